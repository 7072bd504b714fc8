/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records (RFC 8446 5.1, and the one of SSL 2.0 that older clients begin
 * with), and the messages of a handshake, which know no records:
 *
 *	record   type 1, version 2, length 2, body
 *	SSL 2.0  0x8000 + length 2, message type 1, version 2, ...
 *	message  type 1, length 3, body
 */
#include "decoders/app/tls_int.h"

enum {
	/* where no record is found in so many bytes, there is none */
	HUNT_MAX = 2 * (REC_HEADER + REC_MAX),
};

bool
tls_is_record(const uint8_t h[REC_HEADER])
{
	unsigned len = (unsigned)h[3] << 8 | h[4];

	return h[0] >= REC_CHANGE_CIPHER && h[0] <= REC_HEARTBEAT &&
	    h[1] == 3 && h[2] <= 4 && len <= REC_MAX;
}

static bool
is_ssl2(const uint8_t h[REC_HEADER])
{
	return h[0] & 0x80 && (h[2] == 1 || h[2] == 4) && h[3] <= 3;
}

void
tls_records_hunt(struct tls_records *r)
{
	*r = (struct tls_records){ .started = true, .hunting = true,
		.doubtful = true };
}

/* The header is complete: what is it? */
static enum tls_step
judge_header(struct tls_records *r)
{
	const uint8_t *h = r->header;

	if (tls_is_record(h)) {
		r->type = h[0];
		r->left = (uint32_t)h[3] << 8 | h[4];
		/* one that was found may be none, until another follows */
		if (!r->hunting)
			r->doubtful = false;
	} else if (r->hunting || r->doubtful) {
		r->hunting = r->doubtful = true;
		if (++r->hunted > HUNT_MAX)
			return TLS_LOST;
		memmove(r->header, r->header + 1, REC_HEADER - 1);
		r->n_header--;
		return TLS_MORE;
	} else if (!r->started && is_ssl2(h)) {
		uint32_t len = ((uint32_t)(h[0] & 0x7f) << 8 | h[1]) + 2;

		r->type = REC_SSL2;
		r->left = len > REC_HEADER ? len - REC_HEADER : 0;
	} else {
		return TLS_LOST;
	}
	r->started = r->in_body = true;
	r->hunting = false;
	if (!r->doubtful)
		r->hunted = 0;
	r->n_header = 0;
	return TLS_HEADER;
}

enum tls_step
tls_records_step(struct tls_records *r, struct cursor *c, struct slice *body)
{
	enum tls_step step = TLS_MORE;
	size_t n;

	while (step == TLS_MORE && !r->in_body) {
		if (!cur_u8(c, &r->header[r->n_header]))
			return TLS_MORE;
		if (++r->n_header == REC_HEADER)
			step = judge_header(r);
	}
	if (step != TLS_MORE)
		return step;
	if (!r->left) {
		r->in_body = false;
		return TLS_END;
	}
	n = r->left < cur_left(c) ? r->left : cur_left(c);
	if (!n)
		return TLS_MORE;
	*body = slice_make(cur_take(c, n), n);
	r->left -= (uint32_t)n;
	return TLS_BODY;
}

enum tls_step
tls_messages_step(struct tls_messages *m, struct cursor *c, struct slice *body)
{
	size_t n;

	if (m->left) {
		n = m->left < cur_left(c) ? m->left : cur_left(c);
		if (!n)
			return TLS_MORE;
		*body = slice_make(cur_take(c, n), n);
		m->left -= (uint32_t)n;
		return TLS_BODY;
	}
	while (cur_u8(c, &m->header[m->n_header])) {
		if (++m->n_header < HS_HEADER)
			continue;
		m->n_header = 0;
		m->left = (uint32_t)m->header[1] << 16 |
		    (uint32_t)m->header[2] << 8 | m->header[3];
		return TLS_HEADER;
	}
	return TLS_MORE;
}
