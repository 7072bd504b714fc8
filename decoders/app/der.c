/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/der.h"

enum {
	TAG_LONG = 0x1f,    /* more bytes follow */
	LENGTH_LONG = 0x80, /* so many bytes of length follow */
	LENGTH_BYTES = 4,
};

static bool
header(struct cursor *c, uint8_t *tag, size_t *len)
{
	uint8_t first, byte;

	if (!cur_u8(c, tag) || !cur_u8(c, &first) ||
	    (*tag & TAG_LONG) == TAG_LONG)
		return false;
	*len = first;
	if (first < LENGTH_LONG)
		return true;
	first &= LENGTH_LONG - 1;
	if (!first || first > LENGTH_BYTES)
		return false;
	for (*len = 0; first; first--) {
		if (!cur_u8(c, &byte))
			return false;
		*len = *len << 8 | byte;
	}
	return true;
}

bool
der_next(struct cursor *c, uint8_t *tag, struct cursor *value)
{
	struct cursor at = *c;
	size_t len;

	if (!header(&at, tag, &len) || !cur_sub(&at, len, value))
		return false;
	*c = at;
	return true;
}

bool
der_enter(struct cursor *c, uint8_t tag, struct cursor *value)
{
	struct cursor at = *c;
	uint8_t found;

	if (!der_next(&at, &found, value) || found != tag)
		return false;
	*c = at;
	return true;
}

bool
der_enter_cut(struct cursor *c, uint8_t tag, struct cursor *value)
{
	struct cursor at = *c;
	uint8_t found;
	size_t len;

	if (!header(&at, &found, &len) || found != tag)
		return false;
	if (len > cur_left(&at))
		len = cur_left(&at);
	if (!cur_sub(&at, len, value))
		return false;
	*c = at;
	return true;
}
