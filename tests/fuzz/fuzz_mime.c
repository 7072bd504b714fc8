/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mail message under a fuzzer; the first byte says how much of parts is
 * decoded. Whole and byte by byte it is the same list of fields and parts.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "decoders/app/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 64 << 20 };

static struct mime_conf conf;
static uint8_t room[1024];
static unsigned marks;

static void
say(struct buf *to, const struct mime *m, const struct mime_out *o)
{
	if (o->flags & MIME_FIELD) {
		buf_put(to, "field ", 6);
		buf_put(to, o->field.name.ptr, o->field.name.len);
		buf_putc(to, '=');
		buf_put(to, o->field.value.ptr, o->field.value.len);
		buf_putu(to, o->field.name_len);
	}
	if (o->flags & MIME_BODY) {
		buf_printf(to, "body %u %d ", m->level, (int)m->coding);
		buf_put(to, m->name, m->name_len);
		buf_put(to, m->type, m->type_len);
	}
	buf_put(to, o->bytes.ptr, o->bytes.len);
	marks |= o->flags & (MIME_BAD | MIME_DEPTH);
	if (o->flags & MIME_END) {
		buf_printf(to, "end %u", marks);
		marks = 0;
	}
}

static void
run(struct buf *to, const uint8_t *data, size_t size, size_t len)
{
	static struct mime m;
	struct mime_out o;

	buf_reset(to);
	marks = 0;
	mime_begin(&m, &conf);
	for (size_t at = 0; at < size;) {
		size_t n = len < size - at ? len : size - at;

		do {
			o = mime_feed(&m, slice_make(data + at, n), room,
			    sizeof(room));
			if (o.consumed > n)
				abort();
			say(to, &m, &o);
			at += o.consumed;
			n -= o.consumed;
		} while (o.flags & MIME_MORE);
		if (n)
			abort();
	}
	do {
		o = mime_end(&m, room, sizeof(room));
		say(to, &m, &o);
	} while (o.flags & MIME_MORE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf whole, pieces;

	if (!whole.max) {
		buf_init(&whole, TEXT_MAX);
		buf_init(&pieces, TEXT_MAX);
	}
	if (!size)
		return 0;
	for (unsigned i = 0; i < MIME_CODINGS; i++)
		conf.depth[i] = (int32_t)(data[0] >> i & 31) * 3 - 1;
	run(&whole, data + 1, size - 1, SIZE_MAX);
	run(&pieces, data + 1, size - 1, 1);
	if (whole.len != pieces.len ||
	    (whole.len && memcmp(whole.ptr, pieces.ptr, whole.len) != 0))
		abort();
	return 0;
}
