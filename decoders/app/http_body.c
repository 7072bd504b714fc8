/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of a message, as far as it lies in this PDU: one piece is where it
 * stands, several (chunks) are put together in the worker's room.
 */
#include "decoders/app/http_int.h"

void
http_body_add(struct http_call *h, struct slice piece)
{
	struct slice *body = &h->p.body;
	uint8_t *room = h->w->chunks;

	if (!body->len) {
		*body = piece;
		return;
	}
	if (body->ptr + body->len == piece.ptr) {
		body->len += piece.len;
		return;
	}
	if (body->len > LIM_HTTP_ROOM)
		body->len = LIM_HTTP_ROOM;
	if (body->ptr != room) {
		memcpy(room, body->ptr, body->len);
		body->ptr = room;
	}
	if (piece.len > LIM_HTTP_ROOM - body->len) {
		h->c->ctrs[HTTP_CTR_NO_ROOM]++;
		piece.len = LIM_HTTP_ROOM - body->len;
	}
	memcpy(room + body->len, piece.ptr, piece.len);
	body->len += piece.len;
}
