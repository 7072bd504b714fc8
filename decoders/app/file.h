/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file on its way through a session, as EVE's fileinfo tells it: name,
 * length, how it ended, and digests where somebody asks for them. Bytes are
 * those that the application would get: decoded, but not unpacked.
 */
#ifndef DECODERS_APP_FILE_H
#define DECODERS_APP_FILE_H

#include "core/digest.h"
#include "core/limits.h"
#include "core/slice.h"

struct app_call;

enum app_file_hash {
	APP_FILE_MD5 = 1 << 0,
	APP_FILE_SHA1 = 1 << 1,
	APP_FILE_SHA256 = 1 << 2,
};

struct app_file {
	bool open;      /* between begin and end */
	bool gap;       /* bytes are missing: no digests */
	bool truncated; /* it ended before its end */
	uint8_t hashes; /* enum app_file_hash */
	uint8_t name_len;
	char name[LIM_APP_FILE_NAME]; /* raw; longer ones are cut */
	uint64_t size;
	struct digest md5, sha1, sha256;
};

/* hashes: enum app_file_hash; each costs time for every byte. */
void app_file_begin(struct app_file *f, struct slice name, unsigned hashes);
/* A name that came later. */
void app_file_name(struct app_file *f, struct slice name);
/* Its next bytes. */
void app_file_data(struct app_file *f, struct slice bytes);
/* Bytes are missing here; len of them, as far as one knows. */
void app_file_gap(struct app_file *f, uint64_t len);
void app_file_end(struct app_file *f, bool truncated);
/* Tells of it, once it ended; tx: the transaction's number in its session.
 * The digests are used up. */
void app_file_log(struct app_call *c, struct app_file *f, uint64_t tx);

#endif
