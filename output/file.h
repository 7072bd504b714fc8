/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file (or standard output) that takes whole records.
 *
 * Records collect in memory and are written together, so that a flush is one
 * write and a file never ends within a record: the records that a full disk
 * took whole stay, half a one is cut off again. Records that could not be
 * written wait for the next flush; when the room is full, new ones are dropped
 * and counted. The first failure of a row is said, the end of it as well. A
 * FIFO never blocks.
 */
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H

#include "core/base.h"
#include "core/buf.h"
#include "core/slice.h"
#include "output/output.h"

enum out_roll {
	OUT_ROLL_RENAME, /* `name`; a full one is renamed to name.<epoch> */
	OUT_ROLL_STAMP,  /* every file is name.<epoch> of its first second */
};

struct out_file_spec {
	struct text name; /* "stdout", absolute, or within logdir */
	enum out_roll roll;
	uint64_t limit;   /* bytes, 0: none */
	bool fresh;       /* a file that is there already is emptied */
	/* What an empty file starts with, at most 64 bytes (borrowed for the
	 * file's life). */
	struct slice preamble;
};

struct out_file {
	struct out_file_spec spec; /* without the name */
	char *base;          /* full name without a stamp */
	char *path;          /* of the open file */
	int fd;              /* -1: standard output, or only checking (-T) */
	bool is_stdout, off; /* off: -T, nothing is written */
	bool made;           /* the open file was not there before */
	struct buf buf;      /* whole records waiting */
	struct buf ends;     /* uint32_t each: where they end in buf */
	size_t mark;         /* where the record being composed starts */
	uint64_t waiting;    /* records in buf */
	uint64_t size;       /* bytes in the open file */
	uint64_t stamp;      /* second it was opened or last renamed */
	bool failing;        /* the last write failed and that was said */
	uint64_t failed_at;  /* in which second: tried again in the next */
	uint64_t records;    /* taken in since it was opened */
	uint64_t lost;       /* records that could not be written */
};

/* false with a message. Nothing is created with conf->test. */
NODISCARD bool out_file_open(struct out_file *f, const struct out_conf *conf,
    const struct out_file_spec *spec, char *err, size_t err_len);
/* Write one record into the buffer this returns, then call end: the record
 * is in, or (too long, no room) counted as lost. cancel takes it back. */
struct buf *out_file_begin(struct out_file *f);
void out_file_end(struct out_file *f);
void out_file_cancel(struct out_file *f);
void out_file_flush(struct out_file *f);
/* HUP: a new stamped file, or the same name opened anew. */
void out_file_reopen(struct out_file *f);
/* A new file now, whatever the size; false when it could not be opened and
 * the old one goes on. */
NODISCARD bool out_file_roll(struct out_file *f);
/* Records lost so far, with those that wait in vain now. */
uint64_t out_file_lost(const struct out_file *f);
/* Flushes, closes, frees; remove_empty: no record, no file (of ours). */
void out_file_close(struct out_file *f, bool remove_empty);

/* For outputs that are no such file: what they lost, said once in a row. */
struct out_loss {
	uint64_t records;
	uint64_t said; /* in which second */
	bool failing;
};
/* A record could not be written to `to`; errno says why. */
void out_loss_add(struct out_loss *l, const char *name, const char *to);
/* One was written. */
void out_loss_end(struct out_loss *l);

/* logdir/name, or name itself when it is absolute; to be freed. */
NODISCARD char *out_path(const struct out_conf *conf, struct text name);
/* A size with an optional K, M or G; false when it is none, or below 1K. */
NODISCARD bool out_parse_limit(struct text t, uint64_t *limit);

enum { OUT_LIMIT_DEFAULT = 128 << 20 }; /* Snort's 128 MB for every file */

#endif
