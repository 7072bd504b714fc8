/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SSL 2.0 to TLS 1.3 (RFC 6101, 2246, 4346, 5246, 8446): where its messages
 * end, and the moment from which on all is encrypted.
 */
#include "decoders/app/tls_int.h"

enum {
	/* Records go together up to this; but a hello is read before its
	 * answer is, and what comes before the dark before that. */
	PDU_LEAST = 192,
};

static const struct ctr_def counter_defs[] = { TLS_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "tls", counter_defs, TLS_CTRS };

static const struct tls_conf conf_default = { .noinspect_encrypted = true,
	.trust_servers = true };

/* A client's hello of SSL 2.0 (RFC 5246 E.2): length 2, type 1, version 2, and
 * the lengths of three lists that make it up. */
static enum app_guess
guess_ssl2(struct slice bytes)
{
	struct cursor c = cur_make(bytes.ptr, bytes.len);
	uint16_t len, version, ciphers, id, challenge;
	uint8_t type;

	if (!cur_be16(&c, &len) || !cur_u8(&c, &type))
		return APP_MAYBE;
	if (type != 1)
		return APP_NO;
	if (!cur_be16(&c, &version))
		return APP_MAYBE;
	if (version != 0x0002 && version >> 8 != 3)
		return APP_NO;
	if (!cur_be16(&c, &ciphers) || !cur_be16(&c, &id) ||
	    !cur_be16(&c, &challenge))
		return APP_MAYBE;
	return ciphers && ciphers % 3 == 0 && challenge >= 16 &&
	    challenge <= 32 && (len & 0x7fff) == 9 + ciphers + id + challenge ?
	    APP_YES : APP_NO;
}

static enum app_guess
tls_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	uint8_t type = side == FLOW_CLIENT ? HS_CLIENT_HELLO : HS_SERVER_HELLO;
	const uint8_t *h = bytes.ptr;

	(void)datagram;
	if (bytes.len && h[0] & 0x80 && side == FLOW_CLIENT)
		return guess_ssl2(bytes);
	if (bytes.len && h[0] != REC_HANDSHAKE)
		return APP_NO;
	if (bytes.len >= 2 && h[1] != 3)
		return APP_NO;
	if (bytes.len < REC_HEADER + 1)
		return APP_MAYBE;
	return tls_is_record(h) && h[REC_HEADER] == type ? APP_YES : APP_NO;
}

static void
tls_begin(struct app_call *c, uint32_t tag)
{
	struct tls_session *t = c->session;

	(void)tag;
	if (!stream_is_midstream(c->flow))
		return;
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		tls_records_hunt(&t->side[i].rec);
		tls_records_hunt(&t->reader[i].rec);
	}
}

/* Both sides send data that nobody can read, or the server does and is
 * trusted. */
static bool
is_dark(const struct app_call *c, const struct tls_session *t)
{
	const struct tls_conf *conf = c->conf;

	return conf->noinspect_encrypted && t->side[FLOW_SERVER].data &&
	    (conf->trust_servers || t->side[FLOW_CLIENT].data);
}

/* A record's header is complete. */
static void
begin_record(struct app_call *c, struct tls_side *s, struct tls_side *peer)
{
	const struct tls_conf *conf = c->conf;
	struct tls_session *t = c->session;

	if (s->rec.type != REC_HANDSHAKE)
		s->msg = (struct tls_messages){ .n_header = 0 };
	s->ciphered |= s->rec.type == REC_CHANGE_CIPHER;
	s->data |= s->rec.type == REC_DATA;
	s->has_hello |= s->rec.type == REC_SSL2;
	/* what the other side sent was perhaps not good, after all */
	if (s->rec.type == REC_ALERT)
		peer->data = false;
	if (t->dark || !is_dark(c, t))
		return;
	/* heartbeats are looked for all the same, if they have a limit */
	t->dark = true;
	c->fate = conf->max_heartbeat ? APP_DARK : APP_ENCRYPTED;
}

static void
follow_messages(struct tls_side *s, struct slice bytes)
{
	struct cursor c = cur_make(bytes.ptr, bytes.len);
	enum tls_step step;
	struct slice body;

	while ((step = tls_messages_step(&s->msg, &c, &body)) != TLS_MORE)
		s->has_hello |= step == TLS_HEADER &&
		    s->msg.header[0] == HS_CLIENT_HELLO;
}

/* A record ended: does a PDU? */
static bool
is_end(const struct tls_side *s)
{
	return !tls_is_mid_message(&s->msg) && (s->pdu >= PDU_LEAST ||
	    s->rec.type == REC_CHANGE_CIPHER || s->has_hello);
}

static size_t
tls_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct tls_session *t = c->session;
	struct tls_side *s = &t->side[side];
	struct cursor cur = cur_make(bytes.ptr, bytes.len);
	size_t before = bytes.len, now;
	enum tls_step step;
	struct slice body;

	if (!bytes.ptr) {
		tls_records_hunt(&s->rec);
		s->msg = (struct tls_messages){ .n_header = 0 };
		s->pdu = 0;
		return 0;
	}
	for (;; before = now) {
		bool hunting = s->rec.hunting;

		step = tls_records_step(&s->rec, &cur, &body);
		now = cur_left(&cur);
		s->pdu += (uint32_t)(before - now);
		switch (step) {
		case TLS_MORE:
			return 0;
		case TLS_LOST:
			c->fate = APP_NOT_MINE;
			return 0;
		case TLS_HEADER:
			c->ctrs[TLS_CTR_HUNTED] += hunting;
			begin_record(c, s, &t->side[!side]);
			if (c->fate == APP_ENCRYPTED)
				return bytes.len - now;
			break;
		case TLS_BODY:
			if (s->rec.type == REC_HANDSHAKE && !s->ciphered)
				follow_messages(s, body);
			break;
		case TLS_END:
			if (is_end(s)) {
				s->pdu = 0;
				s->has_hello = false;
				return bytes.len - now;
			}
			break;
		}
	}
}

static const void *
tls_facts(const void *session)
{
	const struct tls_session *t = session;

	return &t->raw_facts;
}

static bool
tls_worker_init(void *worker, const void *conf)
{
	struct tls_worker *w = worker;

	(void)conf;
	slab_init(&w->notes, sizeof(struct tls_notes), LIM_TLS_NOTES);
	return true;
}

static void
tls_worker_fini(void *worker)
{
	struct tls_worker *w = worker;

	slab_fini(&w->notes);
}

const struct app_ops app_tls = {
	.name = "tls",
	.help = "SSL and TLS: handshakes in clear text, then the dark",
	.preproc = "ssl",
	.conf_default = &conf_default,
	.session_size = sizeof(struct tls_session),
	.worker_size = sizeof(struct tls_worker),
	.worker_init = tls_worker_init,
	.worker_fini = tls_worker_fini,
	.tcp = true,
	.guess = tls_guess,
	.flights = true,
	.begin = tls_begin,
	.split = tls_split,
	.packet = tls_packet,
	.next = tls_next,
	.facts = tls_facts,
	.end = tls_end,
	.counters = &counters,
	.events = tls_event_tables,
	.n_events = ARRAY_LEN(tls_event_tables),
};
