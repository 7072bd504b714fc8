/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that begin with a header of fixed length which says how much
 * follows: their ends in a stream, whatever its pieces. */
#ifndef DECODERS_APP_FRAMES_H
#define DECODERS_APP_FRAMES_H

#include "core/base.h"
#include "core/slice.h"

enum { FRAME_HEADER_MAX = 16 };

struct frames {
	uint8_t header[FRAME_HEADER_MAX];
	uint8_t n;     /* of the header, seen so far */
	uint32_t left; /* behind the header */
};

/* Bytes are missing: the next ones are taken for a header. */
static inline void
frames_reset(struct frames *f)
{
	f->n = 0;
	f->left = 0;
}

/*
 * How many of these bytes end a message, 0: none ends in them. rest_of says
 * how many bytes follow a complete header of header_len.
 */
static inline size_t
frames_split(struct frames *f, struct slice bytes, uint8_t header_len,
    uint32_t (*rest_of)(const uint8_t *header))
{
	size_t at = 0;

	while (at < bytes.len) {
		if (f->n < header_len) {
			f->header[f->n++] = bytes.ptr[at++];
			if (f->n == header_len)
				f->left = rest_of(f->header);
		} else {
			size_t n = bytes.len - at;

			n = n < f->left ? n : f->left;
			f->left -= (uint32_t)n;
			at += n;
		}
		if (f->n == header_len && !f->left) {
			f->n = 0;
			return at;
		}
	}
	return 0;
}

#endif
