/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file on its way through a session, as EVE's fileinfo tells it: name,
 * length, how it ended, and digests where somebody asks for them. Bytes are
 * those that the application would get: decoded, but not unpacked.
 */
#ifndef DECODERS_APP_FILE_H
#define DECODERS_APP_FILE_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"
#include "decoders/track/flow.h"

struct app_call;

/*
 * The digests of a file under way: those that app_conf.file_hashes asks for, in
 * an object of the worker. At LIM_APP_DIGESTS of them a file has none, which
 * is counted. All take NULL too.
 */
struct app_digests;
/* NULL: nobody wants any, or there is no room. */
NODISCARD struct app_digests *app_digests_begin(struct app_call *c);
void app_digests_add(struct app_digests *d, struct slice bytes);
/* Adds them to the open log; they are used up, and to be dropped. */
void app_digests_log(struct app_call *c, struct app_digests *d);
void app_digests_drop(struct app_digests *d);

struct app_file {
	bool open;      /* between begin and end */
	bool gap;       /* bytes are missing: no digests */
	bool truncated; /* it ended before its end */
	uint8_t name_len;
	char name[LIM_APP_FILE_NAME]; /* raw; longer ones are cut */
	uint64_t size;
	struct app_digests *digests;
};

/* One that is open is dropped. */
void app_file_begin(struct app_call *c, struct app_file *f, struct slice name);
/* A name that came later. */
void app_file_name(struct app_file *f, struct slice name);
/* Its next bytes. */
void app_file_data(struct app_file *f, struct slice bytes);
/* Bytes are missing here; len of them, as far as one knows. */
void app_file_gap(struct app_file *f, uint64_t len);
void app_file_end(struct app_file *f, bool truncated);
/* Tells of it, once it ended; tx: the transaction's number in its session,
 * from: who sent it. The digests are gone then. */
void app_file_log(struct app_call *c, struct app_file *f, uint64_t tx,
    enum flow_side from);
/* Adds to a log which way a file went, in EVE's words. */
void app_file_way(struct app_call *c, enum flow_side from);
/* Forgets it, and tells of nothing. */
void app_file_drop(struct app_file *f);

#endif
