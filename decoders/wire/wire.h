/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a wire struct: a copy of the next bytes, which costs nothing once
 * compiled. A wire struct consists of uint8_t and be* arrays only. */
#ifndef DECODERS_WIRE_WIRE_H
#define DECODERS_WIRE_WIRE_H

#include <string.h>

#include "core/be.h"
#include "core/cursor.h"

/* Copies the next n bytes to out, consuming them or not; false when there
 * are fewer. */
static inline NODISCARD bool
wire_take_bytes(struct cursor *c, void *out, size_t n)
{
	const uint8_t *p = cur_take(c, n);

	if (!p)
		return false;
	memcpy(out, p, n);
	return true;
}

static inline NODISCARD bool
wire_peek_bytes(const struct cursor *c, void *out, size_t n)
{
	const uint8_t *p = cur_peek(c, n);

	if (!p)
		return false;
	memcpy(out, p, n);
	return true;
}

#define WIRE_TAKE(c, hdr) wire_take_bytes((c), (hdr), sizeof(*(hdr)))
#define WIRE_PEEK(c, hdr) wire_peek_bytes((c), (hdr), sizeof(*(hdr)))

#endif
