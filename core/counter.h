/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters. A module lists its own as X(NAME, "name", "help") and gets an
 * enum and a table from it; a counter group is that table with a prefix. At
 * run time each worker has a plain array of uint64_t per group and adds with
 * ++; readers sum the workers' copies.
 *
 *	#define UDP_COUNTERS(X) X(BAD_LEN, "bad_length", "length field < 8")
 *	#define X(NAME, name, help) UDP_CTR_##NAME,
 *	enum { UDP_COUNTERS(X) UDP_CTR_MAX };
 *	#undef X
 *	static const struct ctr_def defs[] = { UDP_COUNTERS(COUNTER_DEF) };
 */
#ifndef CORE_COUNTER_H
#define CORE_COUNTER_H

#include "core/base.h"

struct ctr_def {
	const char *name;
	const char *help;
};

struct ctr_group {
	const char *prefix; /* "udp": its counters print as udp.bad_length */
	const struct ctr_def *defs;
	unsigned n;
};

#define COUNTER_DEF(NAME, name, help) { name, help },

#endif
