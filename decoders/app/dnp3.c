/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNP3 (IEEE 1815-2012): link frames, transport segments, application
 * messages. A PDU is a link frame; dnp3_data is a message of the application
 * layer put together from segments, without its CRCs. Events of gid 145 as
 * Snort's README.dnp3 says.
 */
#include "decoders/app/dnp3.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/app.h"

enum {
	GID = 145,
	EV_CRC = 1,
	EV_FRAME,
	EV_SEGMENT,
	EV_CLEARED,
	EV_ADDRESS,
	EV_FUNCTION,

	START_0 = 0x05,
	START_1 = 0x64,
	HEADER_LEN = 10, /* with its CRC */
	LENGTH_LEAST = 5, /* control and addresses, which the length counts */
	BLOCK = 16,
	CRC_LEN = 2,
	ADDRESS_RESERVED_FIRST = 0xfff0,
	ADDRESS_RESERVED_LAST = 0xfffb,
	/* transport octet, 8.2.1 */
	FIN = 0x80, FIR = 0x40, SEQ = 0x3f,
	MESSAGE_MAX = 2048, /* what a fragment of the application may be */
	USER_MAX = 250,
	FN_RESPONSE = 129, /* from here on with indications */
	FN_LAST_REQUEST = 33,
	FN_LAST_RESPONSE = 131,
};

/* A direction's message while it is put together. */
struct dnp3_side {
	/* split's */
	uint8_t header[HEADER_LEN];
	uint8_t n_header;
	uint16_t left;
	/* next's */
	bool open;   /* a first segment came */
	uint8_t seq; /* of the segment that is next */
	uint16_t n;
	uint8_t message[MESSAGE_MAX];
};

struct dnp3_session {
	struct dnp3_facts facts;
	struct dnp3_side side[FLOW_SIDES];
};

struct dnp3_worker {
	uint8_t user[USER_MAX + BLOCK]; /* a frame's user data */
};

#define DNP3_COUNTERS(X)                                                       \
	X(FRAMES, "frames", "link frames read")                                \
	X(MESSAGES, "messages", "messages of the application layer")           \
	X(JUNK, "junk", "bytes that are no frame, skipped")                    \
	X(BAD_CRC, "bad_crc", "frames with a wrong CRC")                       \
	X(DROPPED, "dropped_segments", "segments out of their order")          \
	X(CLEARED, "cleared", "messages given up unfinished")
enum {
#define X(NAME, name, help) CTR_##NAME,
	DNP3_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { DNP3_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "dnp3", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_CRC, DEC_EV_DECODE, "dnp3.bad_crc",
	    "(spp_dnp3) DNP3 Link-Layer Frame contains bad CRC" },
	{ EV_FRAME, DEC_EV_DECODE, "dnp3.dropped_frame",
	    "(spp_dnp3) DNP3 Link-Layer Frame was dropped" },
	{ EV_SEGMENT, DEC_EV_DECODE, "dnp3.dropped_segment",
	    "(spp_dnp3) DNP3 Transport-Layer Segment was dropped during "
	    "reassembly" },
	{ EV_CLEARED, DEC_EV_DECODE, "dnp3.buffer_cleared",
	    "(spp_dnp3) DNP3 Reassembly Buffer was cleared without "
	    "reassembling a complete message" },
	{ EV_ADDRESS, DEC_EV_DECODE, "dnp3.reserved_address",
	    "(spp_dnp3) DNP3 Link-Layer Frame uses a reserved address" },
	{ EV_FUNCTION, DEC_EV_DECODE, "dnp3.reserved_function",
	    "(spp_dnp3) DNP3 Application-Layer Fragment uses a reserved "
	    "function code" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static const struct dnp3_conf conf_default = { .memcap = 262144 };

static uint64_t
dnp3_memcap(const void *conf)
{
	return ((const struct dnp3_conf *)conf)->memcap;
}

/* -- frames ------------------------------------------------------------------ */

/* Bytes behind the header: user data, and a CRC for each block of it. */
static unsigned
rest_of(const uint8_t *h)
{
	unsigned user = h[2] > LENGTH_LEAST ? h[2] - LENGTH_LEAST : 0;

	return user + (user + BLOCK - 1) / BLOCK * CRC_LEN;
}

static size_t
dnp3_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct dnp3_session *d = c->session;
	struct dnp3_side *s = &d->side[side];
	size_t at = 0;

	if (!bytes.ptr) {
		s->n_header = 0;
		s->left = 0;
		return 0;
	}
	while (at < bytes.len) {
		if (s->n_header == HEADER_LEN) {
			size_t n = bytes.len - at;

			n = n < s->left ? n : s->left;
			s->left = (uint16_t)(s->left - n);
			at += n;
		} else {
			uint8_t b = bytes.ptr[at++];

			/* a frame begins with its two octets of start */
			if ((s->n_header == 0 && b != START_0) ||
			    (s->n_header == 1 && b != START_1)) {
				s->n_header = b == START_0;
				continue;
			}
			s->header[s->n_header++] = b;
			if (s->n_header == HEADER_LEN)
				s->left = (uint16_t)rest_of(s->header);
		}
		if (s->n_header == HEADER_LEN && !s->left) {
			s->n_header = 0;
			return at;
		}
	}
	return 0;
}

/* The CRC of clause 9.2.4.2: polynomial 0x3d65, reflected, inverted. */
static bool
crc_is_right(const uint8_t *p, size_t n, const uint8_t *crc)
{
	uint16_t v = 0;

	for (size_t i = 0; i < n; i++) {
		v ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			v = v & 1 ? v >> 1 ^ 0xa6bc : v >> 1;
	}
	v = (uint16_t)~v;
	return crc[0] == (v & 0xff) && crc[1] == v >> 8;
}

static bool
is_reserved(const uint8_t *le)
{
	unsigned a = (unsigned)le[1] << 8 | le[0];

	return a >= ADDRESS_RESERVED_FIRST && a <= ADDRESS_RESERVED_LAST;
}

/* The frame's user data without CRCs; false: the frame is dropped. */
static bool
take_frame(struct app_call *c, struct cursor *cur, struct slice *user)
{
	const struct dnp3_conf *conf = c->conf;
	struct dnp3_worker *w = c->worker;
	const uint8_t *h = cur_take(cur, HEADER_LEN), *p;
	size_t left, n = 0;
	bool crc_ok;

	if (!h || h[2] < LENGTH_LEAST) {
		app_event(c, GID, EV_FRAME);
		return false;
	}
	c->ctrs[CTR_FRAMES]++;
	crc_ok = !conf->check_crc || crc_is_right(h, HEADER_LEN - CRC_LEN,
	    h + HEADER_LEN - CRC_LEN);
	if (is_reserved(h + 4) || is_reserved(h + 6))
		app_event(c, GID, EV_ADDRESS);
	for (left = h[2] - (size_t)LENGTH_LEAST; left;) {
		size_t part = left < BLOCK ? left : BLOCK;

		p = cur_take(cur, part + CRC_LEN);
		if (!p) {
			app_event(c, GID, EV_FRAME);
			return false;
		}
		crc_ok = crc_ok && (!conf->check_crc ||
		    crc_is_right(p, part, p + part));
		memcpy(w->user + n, p, part);
		n += part;
		left -= part;
	}
	if (!crc_ok) {
		c->ctrs[CTR_BAD_CRC]++;
		app_event(c, GID, EV_CRC);
		app_event(c, GID, EV_FRAME);
		return false;
	}
	*user = slice_make(w->user, n);
	return true;
}

/* -- segments ------------------------------------------------------------------- */

static void
clear(struct app_call *c, struct dnp3_side *s)
{
	if (s->open && s->n) {
		c->ctrs[CTR_CLEARED]++;
		app_event(c, GID, EV_CLEARED);
	}
	s->open = false;
	s->n = 0;
}

static void
drop_segment(struct app_call *c)
{
	c->ctrs[CTR_DROPPED]++;
	app_event(c, GID, EV_SEGMENT);
}

/* Is the message complete with this segment? */
static bool
take_segment(struct app_call *c, struct dnp3_side *s, struct slice user)
{
	struct cursor cur = cur_make(user.ptr, user.len);
	uint8_t transport;
	size_t n;

	if (!cur_u8(&cur, &transport))
		return false; /* of the link layer alone */
	n = cur_left(&cur);
	if (transport & FIR) {
		clear(c, s);
		s->open = true;
	} else if (!s->open || (transport & SEQ) != s->seq) {
		drop_segment(c);
		return false;
	}
	if (n > sizeof(s->message) - s->n) {
		drop_segment(c);
		clear(c, s);
		return false;
	}
	if (n)
		memcpy(s->message + s->n, cur_peek(&cur, n), n);
	s->n = (uint16_t)(s->n + n);
	s->seq = (transport + 1) & SEQ;
	return transport & FIN;
}

/* -- messages -------------------------------------------------------------------- */

/*
 * Object headers, as far as their lengths are known: only those that name
 * objects without carrying them (a qualifier of 6, or ranges in a request)
 * can be passed without the table of all objects.
 */
static void
take_objects(struct dnp3_facts *f, struct cursor cur)
{
	uint8_t group, variation, qualifier;

	f->n_objects = 0;
	while (f->n_objects < DNP3_OBJECTS && cur_u8(&cur, &group) &&
	    cur_u8(&cur, &variation)) {
		size_t range;

		f->objects[f->n_objects].group = group;
		f->objects[f->n_objects].variation = variation;
		f->n_objects++;
		if (f->response || !cur_u8(&cur, &qualifier) ||
		    qualifier >> 4)
			return;
		switch (qualifier & 0x0f) {
		case 0: /* start and stop, an octet each; 1, 2: two, four */
			range = 2;
			break;
		case 1:
			range = 4;
			break;
		case 2:
			range = 8;
			break;
		case 6: /* all of them */
			range = 0;
			break;
		case 7: /* a count of one, two, four octets */
			range = 1;
			break;
		case 8:
			range = 2;
			break;
		case 9:
			range = 4;
			break;
		default:
			return;
		}
		if (!cur_skip(&cur, range))
			return;
	}
}

static bool
is_known(uint8_t func)
{
	return func <= FN_LAST_REQUEST ||
	    (func >= FN_RESPONSE && func <= FN_LAST_RESPONSE);
}

static bool
read_message(struct app_call *c, struct dnp3_session *d, struct dnp3_side *s)
{
	struct cursor cur = cur_make(s->message, s->n);
	struct dnp3_facts *f = &d->facts;
	uint8_t control, func;

	*f = (struct dnp3_facts){ 0 };
	if (!cur_u8(&cur, &control) || !cur_u8(&cur, &func))
		return false;
	c->ctrs[CTR_MESSAGES]++;
	f->func = func;
	if (!is_known(func))
		app_event(c, GID, EV_FUNCTION);
	if (func >= FN_RESPONSE) {
		if (!cur_be16(&cur, &f->indications))
			return true;
		f->response = true;
	}
	take_objects(f, cur);
	return true;
}

static bool
dnp3_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct dnp3_session *d = c->session;
	struct dnp3_side *s = &d->side[pdu->side];
	struct cursor cur = cur_make(pdu->bytes.ptr, pdu->bytes.len);
	struct slice user;
	const uint8_t *next;
	uint8_t b;

	if (!first || !pdu->begins)
		return false;
	if (pdu->gap)
		clear(c, s);
	/* what stands before the start is none of a frame's */
	for (;;) {
		struct cursor here = cur;

		if (!cur_u8(&cur, &b))
			return false;
		next = cur_peek(&cur, 1);
		if (b == START_0 && next && *next == START_1) {
			cur = here;
			break;
		}
		c->ctrs[CTR_JUNK]++;
	}
	if (!take_frame(c, &cur, &user) || !take_segment(c, s, user))
		return false;
	s->open = false;
	if (read_message(c, d, s)) {
		app_set(u, BUF_DNP3, slice_make(s->message, s->n));
		u->facts = &d->facts;
	}
	s->n = 0;
	return true;
}

static enum app_guess
dnp3_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	const uint8_t *h = bytes.ptr;

	(void)side;
	(void)datagram;
	if ((bytes.len >= 1 && h[0] != START_0) ||
	    (bytes.len >= 2 && h[1] != START_1))
		return APP_NO;
	if (bytes.len < HEADER_LEN)
		return APP_MAYBE;
	return crc_is_right(h, HEADER_LEN - CRC_LEN, h + HEADER_LEN -
	    CRC_LEN) ? APP_YES : APP_NO;
}

const struct app_ops app_dnp3 = {
	.name = "dnp3",
	.help = "DNP3",
	.preproc = "dnp3",
	.conf_default = &conf_default,
	.session_size = sizeof(struct dnp3_session),
	.memcap = dnp3_memcap,
	.worker_size = sizeof(struct dnp3_worker),
	.tcp = true,
	.udp = true,
	.guess = dnp3_guess,
	.split = dnp3_split,
	.next = dnp3_next,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
