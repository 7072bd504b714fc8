/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom to block and for how long, as SnortSam writes it in its rule option and
 * in sid-block.map: who[how][, duration].
 */
#ifndef DETECT_FWSAM_H
#define DETECT_FWSAM_H

#include "core/base.h"
#include "core/slice.h"

enum { RESPONSE_FOREVER = INT32_MAX }; /* seconds */

struct fwsam {
	bool on, dest; /* of the destination, else of the source */
	bool timed;    /* the duration was given; else it is SnortSam's */
	enum { FWSAM_EITHER, FWSAM_IN, FWSAM_OUT, FWSAM_CONN } how;
	uint32_t seconds; /* or RESPONSE_FOREVER */
};

/* What of the text was not understood: nothing where its ptr is NULL. */
struct fwsam_doubt {
	struct text at;
	const char *what;
};

/*
 * Fills *f, on included, from the text; what is missing is src[either], 5
 * minutes. A letter that is none of SnortSam's keeps the default and is told in
 * *doubt. false with *doubt where the duration is none.
 */
NODISCARD bool fwsam_parse(struct text t, struct fwsam *f,
    struct fwsam_doubt *doubt);
/* "1 hour 30 min", "45" (seconds), "perm"; false: it is none. */
NODISCARD bool fwsam_duration(struct text t, uint32_t *seconds);

#endif
