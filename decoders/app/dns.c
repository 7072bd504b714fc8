/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS over UDP and, with its length before each message, TCP (RFC 1035).
 * Events of gid 131 as Snort's README.dns says: they are about what servers
 * answer.
 */
#include "decoders/app/dns.h"

#include <string.h>

#include "core/limits.h"
#include "decoders/app/dns_msg.h"

enum {
	GID = 131,
	EV_OBSOLETE = 1,
	EV_EXPERIMENTAL,
	EV_RDATA_OVERFLOW,

	PREFIX_LEN = 2, /* RFC 1035, section 4.2.2 */
	QUESTION_MIN = 5, /* a root name, type, class */
	RECORD_MIN = 11,  /* and TTL, length */
	QUESTION_FIXED = 4,
	RECORD_FIXED = 10,
	RCODE_MAX = 10, /* that servers of today answer with */
	LABEL_MAX = 63,
};

enum walk_at { WALK_HEADER, WALK_NAME, WALK_FIXED, WALK_TEXTS, WALK_DONE };

/* Where in an answer the search for events is; it goes on in the next piece of
 * a message that is longer than what is put together. */
struct dns_walk {
	uint8_t at; /* enum walk_at */
	uint8_t n, fixed[DNS_HEADER_LEN];
	uint32_t skip; /* bytes to be passed first */
	uint32_t questions, records; /* to come, this one included */
	uint32_t texts; /* bytes of TXT data left */
	uint32_t n_texts, text_bytes;
	uint8_t found; /* 1 << EV_x */
};

struct dns_side {
	uint8_t head[PREFIX_LEN + DNS_HEADER_LEN];
	uint8_t n_head;
	uint32_t left; /* of the message under way */
	/* the reader's */
	struct dns_walk walk;
};

struct dns_session {
	struct dns_side side[FLOW_SIDES];
	uint32_t n_queries;
};

static const struct ctr_def counter_defs[] = { DNS_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "dns", counter_defs, DNS_CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_OBSOLETE, DEC_EV_DECODE, "dns.obsolete_type",
	    "(spp_dns) Obsolete DNS RData Type" },
	{ EV_EXPERIMENTAL, DEC_EV_DECODE, "dns.experimental_type",
	    "(spp_dns) Experimental DNS RData Type" },
	{ EV_RDATA_OVERFLOW, DEC_EV_DECODE, "dns.rdata_overflow",
	    "(spp_dns) Client rdata txt Overflow" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static const struct dns_conf conf_default;

/* -- headers ------------------------------------------------------------------ */

bool
dns_read_header(struct cursor *c, struct dns_header *h)
{
	struct cursor at = *c;

	if (!cur_be16(&at, &h->id) || !cur_be16(&at, &h->flags) ||
	    !cur_be16(&at, &h->qd) || !cur_be16(&at, &h->an) ||
	    !cur_be16(&at, &h->ns) || !cur_be16(&at, &h->ar))
		return false;
	*c = at;
	return true;
}

/* Could a message of this length have such a header? */
static bool
fits(const struct dns_header *h, size_t len)
{
	size_t records = (size_t)h->an + h->ns + h->ar;

	return dns_opcode(h) <= 6 && !(h->flags & DNS_Z) &&
	    DNS_HEADER_LEN + (size_t)h->qd * QUESTION_MIN +
	    records * RECORD_MIN <= len;
}

/* What a resolver sends and gets: one question, recursion wanted, a number;
 * that tells it from the name services of local networks (RFC 4795, section
 * 2.1.1; RFC 6762, section 18.1). */
static bool
is_usual(const struct dns_header *h)
{
	if (!h->id || dns_opcode(h) || h->flags & DNS_Z ||
	    !(h->flags & DNS_RD) || h->qd != 1)
		return false;
	if (!(h->flags & DNS_QR))
		return !(h->flags & (DNS_AA | DNS_TC | DNS_RA | DNS_RCODE)) &&
		    !h->an && !h->ns && h->ar <= 2;
	return (h->flags & DNS_RCODE) <= RCODE_MAX && h->an <= 255 &&
	    h->ns <= 255 && h->ar <= 255;
}

/* NetBIOS names look like this (RFC 1001, section 14.1). */
static bool
is_netbios(const uint8_t *label, size_t seen)
{
	for (size_t i = 0; i < seen; i++)
		if (label[i] < 'A' || label[i] > 'P')
			return false;
	return true;
}

/* As much of the question as there is. */
static enum app_guess
guess_question(struct cursor *c)
{
	struct text last = { NULL, 0 };
	uint16_t type, class;
	bool any = false;
	uint8_t len;

	while (cur_u8(c, &len) && len) {
		size_t seen = len < cur_left(c) ? len : cur_left(c);
		const uint8_t *label = cur_take(c, seen);

		if (len > LABEL_MAX || (len == 32 && is_netbios(label, seen)))
			return APP_NO;
		for (size_t i = 0; i < seen; i++)
			if (label[i] <= ' ' || label[i] > '~')
				return APP_NO;
		any |= seen >= QUESTION_MIN - 1;
		if (seen < len)
			return any ? APP_YES : APP_MAYBE;
		last = text_make((const char *)label, len);
	}
	/* such names are asked for by multicast, RFC 6762, section 3 */
	if (text_is_nocase(last, "local"))
		return APP_NO;
	if (!cur_be16(c, &type) || !cur_be16(c, &class))
		return any ? APP_YES : APP_MAYBE;
	return type && (class == 1 || class == 3 || class == 4 ||
	    class == 255) ? APP_YES : APP_NO;
}

static enum app_guess
dns_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	const enum app_guess more = datagram ? APP_NO : APP_MAYBE;
	struct cursor c = cur_make(bytes.ptr, bytes.len);
	enum { FLAGS_HI = PREFIX_LEN + 2 };
	enum app_guess g;
	struct dns_header h;
	uint16_t len = 0;

	(void)side;
	if (!datagram) {
		/* text is none by its fifth byte */
		if (bytes.len > FLAGS_HI &&
		    (bytes.ptr[FLAGS_HI] & 0x79) != DNS_RD >> 8)
			return APP_NO;
		if (!cur_be16(&c, &len))
			return APP_MAYBE;
	}
	if (!dns_read_header(&c, &h))
		return more;
	if (!is_usual(&h) || !fits(&h, datagram ? bytes.len : len))
		return APP_NO;
	g = guess_question(&c);
	return g == APP_MAYBE ? more : g;
}

/* -- streams -------------------------------------------------------------------- */

/* The length of a message that begins so in a stream, 0: none does. */
static uint16_t
message_len(struct cursor c)
{
	struct dns_header h;
	uint16_t len;

	return cur_be16(&c, &len) && dns_read_header(&c, &h) &&
	    fits(&h, len) ? len : 0;
}

/* Length and header of a message are there; false: it is none. */
static bool
message_begin(struct dns_side *s)
{
	uint16_t len = message_len(cur_make(s->head, sizeof(s->head)));

	if (!len)
		return false;
	s->left = (uint32_t)len - DNS_HEADER_LEN;
	s->n_head = 0;
	return true;
}

static size_t
dns_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct dns_session *d = c->session;
	struct dns_side *s = &d->side[side];
	size_t at = 0;

	if (!bytes.ptr) {
		/* the next message begins behind the gap, or this is over */
		s->n_head = 0;
		s->left = 0;
		return 0;
	}
	while (at < bytes.len) {
		size_t n = bytes.len - at;

		if (s->left) {
			n = n < s->left ? n : s->left;
			s->left -= (uint32_t)n;
		} else {
			size_t want = sizeof(s->head) - s->n_head;

			n = n < want ? n : want;
			memcpy(s->head + s->n_head, bytes.ptr + at, n);
			s->n_head += (uint8_t)n;
			if (n == want && !message_begin(s)) {
				c->fate = APP_NOT_MINE;
				return 0;
			}
		}
		at += n;
		if (!s->left && !s->n_head)
			return at;
	}
	return 0;
}

/* -- events ------------------------------------------------------------------------ */

bool
dns_skip_name(struct cursor *c)
{
	struct cursor at = *c;
	uint8_t len;

	while (cur_u8(&at, &len)) {
		if (!len || (len & 0xc0) == 0xc0) {
			if (len && !cur_skip(&at, 1))
				return false;
			*c = at;
			return true;
		}
		if (len > LABEL_MAX || !cur_skip(&at, len))
			return false;
	}
	return false;
}

/* The next question or record, if there is one. */
static void
walk_item(struct dns_walk *w)
{
	w->at = w->questions || w->records ? WALK_NAME : WALK_DONE;
	w->n = 0;
}

static void
walk_header(struct dns_walk *w)
{
	struct cursor c = cur_make(w->fixed, DNS_HEADER_LEN);
	struct dns_header h;

	if (!dns_read_header(&c, &h) || !(h.flags & DNS_QR)) {
		w->at = WALK_DONE;
		return;
	}
	w->questions = h.qd;
	w->records = (uint32_t)h.an + h.ns + h.ar;
	walk_item(w);
}

/* What stands behind a record's name is there. */
static void
walk_record(struct dns_walk *w)
{
	struct cursor c = cur_make(w->fixed, RECORD_FIXED);
	uint16_t type, len;

	if (!cur_be16(&c, &type) || !cur_skip(&c, 6) || !cur_be16(&c, &len))
		return;
	switch (type) {
	case DNS_MD:
	case DNS_MF:
		w->found |= 1 << EV_OBSOLETE;
		break;
	case DNS_MB:
	case DNS_MG:
	case DNS_MR:
	case DNS_NULL:
	case DNS_MINFO:
		w->found |= 1 << EV_EXPERIMENTAL;
		break;
	case DNS_TXT:
		w->at = WALK_TEXTS;
		w->texts = len;
		w->n_texts = w->text_bytes = 0;
		return;
	default:
		break;
	}
	w->skip = len;
	w->records--;
	walk_item(w);
}

/*
 * One string of TXT data. Windows' resolver made of them two bytes a
 * character, an end and a pointer each, and kept the sum in 16 bits
 * (CVE-2006-3441).
 */
static void
walk_text(struct dns_walk *w, uint8_t len)
{
	w->n_texts++;
	w->text_bytes += len + 1u;
	if (w->n_texts * 4 + w->text_bytes * 2 + 4 > UINT16_MAX)
		w->found |= 1 << EV_RDATA_OVERFLOW;
	w->texts--;
	w->skip = len < w->texts ? len : w->texts;
	w->texts -= w->skip;
}

static void
walk(struct dns_walk *w, struct cursor *c)
{
	uint8_t byte;

	for (;;) {
		size_t n = w->skip < cur_left(c) ? w->skip : cur_left(c);

		if (!cur_skip(c, n))
			return;
		w->skip -= (uint32_t)n;
		if (w->at == WALK_TEXTS && !w->texts) {
			w->records--;
			walk_item(w);
		}
		if (w->at == WALK_DONE || !cur_u8(c, &byte))
			return;
		switch ((enum walk_at)w->at) {
		case WALK_HEADER:
			w->fixed[w->n++] = byte;
			if (w->n == DNS_HEADER_LEN)
				walk_header(w);
			break;
		case WALK_NAME:
			w->skip = byte >= 0xc0 ? 1 : byte;
			if (byte > LABEL_MAX && byte < 0xc0)
				w->at = WALK_DONE;
			else if (!byte || byte >= 0xc0)
				w->at = WALK_FIXED;
			break;
		case WALK_FIXED:
			w->fixed[w->n++] = byte;
			if (w->questions && w->n == QUESTION_FIXED) {
				w->questions--;
				walk_item(w);
			} else if (w->n == RECORD_FIXED) {
				walk_record(w);
			}
			break;
		case WALK_TEXTS:
			walk_text(w, byte);
			break;
		case WALK_DONE:
			break;
		}
	}
}

static void
raise(struct app_call *c, struct dns_walk *w)
{
	const struct dns_conf *conf = c->conf;

	if (w->found >> EV_OBSOLETE & 1 && conf->obsolete_types)
		app_event(c, GID, EV_OBSOLETE);
	if (w->found >> EV_EXPERIMENTAL & 1 && conf->experimental_types)
		app_event(c, GID, EV_EXPERIMENTAL);
	if (w->found >> EV_RDATA_OVERFLOW & 1 && conf->rdata_overflow)
		app_event(c, GID, EV_RDATA_OVERFLOW);
	w->found = 0;
}

/* -- messages ---------------------------------------------------------------------- */

/* A message, or its first piece. */
static void
read_message(struct app_call *c, struct dns_session *d,
    const struct app_pdu *pdu, struct cursor msg)
{
	struct slice bytes = slice_make(msg.p, cur_left(&msg));
	struct dns_header h;

	if (!dns_read_header(&msg, &h)) {
		c->ctrs[DNS_CTR_BAD]++;
		return;
	}
	c->ctrs[h.flags & DNS_QR ? DNS_CTR_ANSWERS : DNS_CTR_QUERIES]++;
	c->ctrs[DNS_CTR_CUT] += !pdu->ends;
	if (c->log && !pdu->open)
		dns_log(c, bytes, d->n_queries);
	if (!(h.flags & DNS_QR))
		d->n_queries++;
}

static bool
dns_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct dns_session *d = c->session;
	struct dns_walk *w = &d->side[pdu->side].walk;
	struct cursor cur = cur_make(pdu->bytes.ptr, pdu->bytes.len);

	(void)u;
	if (!first)
		return false;
	/* behind a gap split takes a message to begin */
	if (pdu->begins || pdu->gap) {
		*w = (struct dns_walk){ .at = WALK_HEADER };
		if (!pdu->datagram && (!message_len(cur) ||
		    !cur_skip(&cur, PREFIX_LEN))) {
			/* what split refused, or cut off in its header */
			w->at = WALK_DONE;
			c->ctrs[DNS_CTR_BAD]++;
			return true;
		}
		read_message(c, d, pdu, cur);
	}
	walk(w, &cur);
	raise(c, w);
	return true;
}

const struct app_ops app_dns = {
	.name = "dns",
	.help = "DNS: names asked for and what they stand for",
	.preproc = "dns",
	.conf_default = &conf_default,
	.session_size = sizeof(struct dns_session),
	.worker_size = sizeof(struct dns_worker),
	.tcp = true,
	.udp = true,
	.guess = dns_guess,
	.split = dns_split,
	.next = dns_next,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
