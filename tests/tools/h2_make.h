/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of HTTP/2 for tests, and their fields in HPACK: an encoder of its own
 * that shares nothing with the decoder but the RFCs' tables.
 */
#ifndef TESTS_TOOLS_H2_MAKE_H
#define TESTS_TOOLS_H2_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { H2_BYTES = 1 << 20, H2_ENTRIES = 128, H2_TEXT = 8000 };

enum { H2_DATA, H2_HEADERS, H2_PRIORITY, H2_RST, H2_SETTINGS, H2_PUSH, H2_PING,
	H2_GOAWAY, H2_WINDOW, H2_CONT };
enum { H2_END = 1, H2_END_HEADERS = 4, H2_PADDED = 8, H2_PRIO = 0x20 };

/* One direction. */
struct h2_make {
	size_t n;
	bool huffman;  /* code strings */
	bool plain;    /* nothing goes into the dynamic table */
	unsigned n_entries;
	size_t used;   /* of the dynamic table's 4096 bytes */
	struct { char *name, *value; } entries[H2_ENTRIES]; /* newest first */
	uint8_t bytes[H2_BYTES];
};

struct h2_make *h2_make_new(void);
void h2_make_free(struct h2_make *m);
/* Forgets the frames, not the table. */
void h2_clear(struct h2_make *m);

void h2_raw(struct h2_make *m, const void *bytes, size_t n);
/* The client's preface. */
void h2_preface(struct h2_make *m);
void h2_frame(struct h2_make *m, unsigned type, unsigned flags,
    uint32_t stream, const void *bytes, size_t n);
/* A SETTINGS frame of the one setting; id 0: without any. */
void h2_setting(struct h2_make *m, unsigned id, uint32_t value);
/* What a block of the fields is, names and values in turn up to NULL. */
size_t h2_block(struct h2_make *m, uint8_t *to, const char *const *fields);
void h2_fields(struct h2_make *m, unsigned flags, uint32_t stream,
    const char *const *fields);
#define H2_HEAD(m, flags, stream, ...)                                         \
	h2_fields(m, flags, stream, (const char *const[]){ __VA_ARGS__, NULL })
/* A string, n 0; in frames of at most 16384. */
void h2_data(struct h2_make *m, unsigned flags, uint32_t stream,
    const void *bytes, size_t n);
size_t h2_integer(uint8_t *to, unsigned first, unsigned prefix, uint32_t v);
size_t h2_string(const struct h2_make *m, uint8_t *to, const char *s);

#endif
