/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every event that this room raises, by generator: decoders (116), ARP (112),
 * port scans (122) and whoever else has a table of definitions. From it come
 * --list-events and the rules that
 * config autogenerate_preprocessor_decoder_rules makes.
 */
#ifndef DECODERS_EVENTS_H
#define DECODERS_EVENTS_H

#include "decoders/decode.h"

struct event_table {
	uint16_t gid;
	const struct dec_event_def *defs; /* their class matters in 116 only */
	unsigned n;
};

/* The table of that number, from 0 on; false past the last one. A generator
 * may have several tables, of which some are empty. */
NODISCARD bool events_table(unsigned i, struct event_table *out);
/* What is known of an event, NULL if it is none. Looks through all tables of
 * its generator. */
const struct dec_event_def *events_find(uint32_t gid, uint32_t sid);

#endif
