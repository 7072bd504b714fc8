/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outputs of a run, with the configuration they borrow. */
#ifndef SENSOR_OUTSET_H
#define SENSOR_OUTSET_H

#include "core/base.h"
#include "output/output.h"
#include "sensor/settings.h"

struct outset {
	struct arena arena; /* copies: a generation may go before its outputs */
	struct out_conf conf;
	struct output_setting *list;
	unsigned n;
	struct outputs *outputs;
	bool no_log;      /* not even sessions that rules log */
	bool to_stdout;   /* one of them writes to standard output */
	bool all_packets; /* one of them wants every packet */
};

/* Opens what the settings name, and log_session, for packets of a link type
 * and snaplen. NULL with a message that says what to do in err; nothing stays
 * open then. */
NODISCARD struct outset *outset_open(const struct settings *s, int dlt,
    uint32_t snaplen, char *err, size_t err_len);
/* Does it already do what the settings ask for? */
bool outset_fits(const struct outset *o, const struct settings *s);
/* Flushes and closes all. */
void outset_free(struct outset *o);

/* Is there such a folder that we may write to? Else false and what to do. */
NODISCARD bool outset_check_dir(const char *dir, char *err, size_t err_len);

#endif
