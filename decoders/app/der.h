/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DER (X.690), as far as certificates need it: one element after the other,
 * entered by whoever knows what stands there, so no nesting leads anywhere.
 */
#ifndef DECODERS_APP_DER_H
#define DECODERS_APP_DER_H

#include "core/cursor.h"
#include "core/slice.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_OID = 0x06,
	DER_UTF8 = 0x0c,
	DER_NUMERIC = 0x12,
	DER_PRINTABLE = 0x13,
	DER_TELETEX = 0x14,
	DER_IA5 = 0x16,
	DER_UTC_TIME = 0x17,
	DER_TIME = 0x18,
	DER_VISIBLE = 0x1a,
	DER_UNIVERSAL = 0x1c,
	DER_BMP = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,
};

/*
 * The next element, taken off. false, and nothing taken: it is cut off, has a
 * tag of several bytes, or no length (X.690 8.1.3.6).
 */
NODISCARD bool der_next(struct cursor *c, uint8_t *tag, struct cursor *value);
/* The next one, if it has this tag. */
NODISCARD bool der_enter(struct cursor *c, uint8_t tag, struct cursor *value);
/* The same, but the value may be cut off. */
NODISCARD bool der_enter_cut(struct cursor *c, uint8_t tag,
    struct cursor *value);

static inline struct slice
der_bytes(const struct cursor *value)
{
	return slice_make(value->p, cur_left(value));
}

#endif
