/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes out of a decoder that is fed in pieces, for each way to cut the
 * input; every piece is a block of its own, so that the sanitizer sees a read
 * past its end. */
#ifndef TESTS_UNIT_FEED_HELP_H
#define TESTS_UNIT_FEED_HELP_H

#include <stdlib.h>
#include <string.h>

#include "core/slice.h"
#include "core/xalloc.h"

struct fed {
	struct slice bytes;
	size_t consumed;
	unsigned flags;
	bool full; /* to be called again */
};

struct feeder {
	void (*begin)(void);
	struct fed (*feed)(struct slice in); /* a NULL slice: the end */
	uint8_t *out;
	size_t n, size;
	unsigned flags;
};

static inline void
feed_one(struct feeder *f, struct slice in)
{
	uint8_t *copy = NULL;
	struct fed o;

	if (in.ptr) {
		copy = xcalloc(1, in.len ? in.len : 1);
		if (in.len)
			memcpy(copy, in.ptr, in.len);
		in.ptr = copy;
	}
	do {
		o = f->feed(in);
		assert_true(o.bytes.len <= f->size - f->n);
		if (o.bytes.len)
			memcpy(f->out + f->n, o.bytes.ptr, o.bytes.len);
		f->n += o.bytes.len;
		f->flags |= o.flags;
		assert_true(o.consumed <= in.len);
		assert_true(o.full || o.consumed == in.len);
		if (in.ptr)
			in = slice_make(in.ptr + o.consumed,
			    in.len - o.consumed);
	} while (o.full);
	free(copy);
}

/* piece 0: random lengths. */
static inline void
feed_all(struct feeder *f, const void *p, size_t n, size_t piece)
{
	uint32_t seed = 3;

	f->begin();
	f->n = 0;
	f->flags = 0;
	for (size_t at = 0; at < n;) {
		size_t len = piece ? piece :
		    (seed = seed * 1664525 + 1013904223) >> 26;

		if (len > n - at)
			len = n - at;
		feed_one(f, slice_make((const uint8_t *)p + at, len));
		at += len;
	}
	feed_one(f, slice_make(NULL, 0));
}

static const size_t feed_pieces[] = { SIZE_MAX, 1, 2, 3, 7, 0 };

#endif
