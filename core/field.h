/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Named values in order, as a parser tells of a transaction and an output
 * writes it: a flat list in which objects and arrays are opened and closed.
 * Names are static strings (inside arrays NULL); text is borrowed.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include "core/slice.h"

enum field_kind {
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_BOOL,
	FIELD_HEX,    /* text holds raw bytes, to be shown as hex digits */
	FIELD_OBJECT, /* up to the FIELD_END that closes it */
	FIELD_ARRAY,
	FIELD_END,
};

struct field {
	const char *name;
	enum field_kind kind;
	struct text text;
	uint64_t number; /* FIELD_BOOL: 0 or 1; FIELD_END: 1 of an array */
};

#endif
