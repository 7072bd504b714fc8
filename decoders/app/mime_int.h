/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of mail messages share; nobody else includes it.
 *
 *	mime.c         lines, boundaries, parts
 *	mime_field.c   what header fields say of a part
 *	mime_decode.c  base64 and the other encodings
 */
#ifndef DECODERS_APP_MIME_INT_H
#define DECODERS_APP_MIME_INT_H

#include "decoders/app/mime.h"

/* No byte makes more of them, and no end of a part does. */
enum { MIME_ROOM_LEAST = 8 };

/* Where decoded bytes go. */
struct mime_room {
	uint8_t *ptr;
	size_t size, len;
	unsigned flags; /* enum mime_flag */
};

/* Content-Type, Content-Transfer-Encoding and Content-Disposition; others are
 * nothing. */
void mime_field_read(struct mime *m, struct text name, struct text value,
    unsigned *flags);

/* Bytes of the part under way, up to its depth; returns how many were read:
 * all, or as many as the room is for. */
size_t mime_decode(struct mime *m, struct slice in, struct mime_room *r);
/* The part ended. */
void mime_decode_end(struct mime *m, struct mime_room *r);

#endif
