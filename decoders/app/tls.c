/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SSL 2.0 to TLS 1.3 (RFC 6101, 2246, 4346, 5246, 8446): records, handshake
 * messages, and the moment from which on all is encrypted. Events of gid 137
 * as Snort's README.ssl says.
 */
#include "decoders/app/tls.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/app.h"

enum {
	GID = 137,
	EV_CLIENT_HELLO_LATE = 1, /* behind the server's hello */
	EV_SERVER_HELLO_ALONE,    /* without a client's */
	EV_HEARTBEAT_REQUEST,
	EV_HEARTBEAT_RESPONSE,

	/* record types, RFC 5246 A.1 and RFC 6520 */
	REC_CHANGE_CIPHER = 20,
	REC_ALERT,
	REC_HANDSHAKE,
	REC_DATA,
	REC_HEARTBEAT,

	HS_HELLO_REQUEST = 0,
	HS_CLIENT_HELLO = 1,
	HS_SERVER_HELLO = 2,
	HS_CERTIFICATE = 11,
	HS_SERVER_KEYX = 12,
	HS_CERTIFICATE_REQUEST = 13,
	HS_SERVER_DONE = 14,
	HS_CERTIFICATE_VERIFY = 15,
	HS_CLIENT_KEYX = 16,
	HS_CERTIFICATE_URL = 21,
	HS_CERTIFICATE_STATUS = 22,

	HEADER_LEN = 5,
	RECORD_MAX = 16384 + 2048, /* RFC 5246 6.2.3 */
	/* Records go together up to this; but a hello is read before its
	 * answer is, and what comes before the dark before that. */
	PDU_LEAST = 192,
};

/* Of a side, as it arrives. */
struct tls_raw {
	uint32_t left; /* of a record that goes on in the next packet */
	bool data;     /* application data was seen */
};

struct tls_side {
	uint8_t header[HEADER_LEN];
	uint8_t n_header;
	bool started;   /* a record's header was seen */
	bool data;      /* application data was */
	bool ciphered;  /* a change of cipher was: handshake is unreadable */
	uint8_t message; /* a handshake record's first byte, else 0 */
	bool at_body;    /* that is next */
	uint32_t left;  /* of the record under way */
	uint32_t pdu;   /* bytes since the last end */
	/* the reader's */
	uint32_t skip;  /* bytes of a record whose beginning was read before */
	bool dark;      /* its change of cipher was read */
};

struct tls_session {
	struct tls_facts facts;
	struct tls_side side[FLOW_SIDES];
	struct tls_raw raw[FLOW_SIDES];
};

#define TLS_COUNTERS(X)                                                        \
	X(RECORDS, "records", "records seen")                                  \
	X(HANDSHAKES, "handshakes", "handshake messages read")                 \
	X(CUT, "cut", "records read in parts: longer than a unit")             \
	X(BAD, "malformed", "handshake messages whose lengths do not fit")
enum {
#define X(NAME, name, help) CTR_##NAME,
	TLS_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { TLS_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "tls", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_CLIENT_HELLO_LATE, DEC_EV_DECODE, "ssl.client_hello_late",
	    "(spp_ssl) Invalid Client HELLO after Server HELLO Detected" },
	{ EV_SERVER_HELLO_ALONE, DEC_EV_DECODE, "ssl.server_hello_alone",
	    "(spp_ssl) Invalid Server HELLO without Client HELLO Detected" },
	{ EV_HEARTBEAT_REQUEST, DEC_EV_DECODE, "ssl.heartbeat_request",
	    "(spp_ssl) Heartbeat Read Overrun Attempt Detected" },
	{ EV_HEARTBEAT_RESPONSE, DEC_EV_DECODE, "ssl.heartbeat_response",
	    "(spp_ssl) Large Heartbeat Response Detected" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static const struct tls_conf conf_default = { .noinspect_encrypted = true,
	.trust_servers = true };

/* -- records ------------------------------------------------------------- */

static bool
is_record(const uint8_t h[HEADER_LEN])
{
	unsigned len = (unsigned)h[3] << 8 | h[4];

	return h[0] >= REC_CHANGE_CIPHER && h[0] <= REC_HEARTBEAT &&
	    h[1] == 3 && h[2] <= 4 && len <= RECORD_MAX;
}

/* SSL 2.0's hello, with which older clients begin: a two-byte length with the
 * top bit set, and message type 1 or 4. */
static bool
is_ssl2(const uint8_t h[HEADER_LEN])
{
	return h[0] & 0x80 && (h[2] == 1 || h[2] == 4) && h[3] <= 3;
}

static enum app_guess
tls_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	uint8_t type = side == FLOW_CLIENT ? HS_CLIENT_HELLO : HS_SERVER_HELLO;
	const uint8_t *h = bytes.ptr;

	(void)datagram;
	if (bytes.len && h[0] != REC_HANDSHAKE)
		return APP_NO;
	if (bytes.len >= 2 && h[1] != 3)
		return APP_NO;
	if (bytes.len < HEADER_LEN + 1)
		return APP_MAYBE;
	return is_record(h) && h[HEADER_LEN] == type ? APP_YES : APP_NO;
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

/* A record's header is complete: its length, or what follows of a hello in SSL
 * 2.0; false: it is none. */
static bool
record_begin(struct app_call *c, struct tls_session *t, enum flow_side side)
{
	struct tls_side *s = &t->side[side];
	const uint8_t *h = s->header;

	if (is_record(h)) {
		s->left = (uint32_t)h[3] << 8 | h[4];
	} else if (!s->started && is_ssl2(h)) {
		uint32_t len = ((uint32_t)(h[0] & 0x7f) << 8 | h[1]) + 2;

		s->left = len > HEADER_LEN ? len - HEADER_LEN : 0;
	} else {
		return false;
	}
	s->started = true;
	s->n_header = 0;
	s->message = 0;
	s->at_body = h[0] == REC_HANDSHAKE;
	s->data |= h[0] == REC_DATA;
	s->ciphered |= h[0] == REC_CHANGE_CIPHER;
	c->ctrs[CTR_RECORDS]++;
	return true;
}

/* A record ended: does a PDU? */
static bool
is_end(const struct tls_side *s)
{
	return s->pdu >= PDU_LEAST || s->header[0] == REC_CHANGE_CIPHER ||
	    s->message == HS_CLIENT_HELLO;
}

static size_t
tls_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct tls_session *t = c->session;
	struct tls_side *s = &t->side[side];
	size_t at = 0;

	if (!bytes.ptr) {
		/* where the next record begins cannot be known */
		c->fate = APP_NOT_MINE;
		return 0;
	}
	while (at < bytes.len) {
		size_t n = bytes.len - at;

		if (s->left) {
			n = n < s->left ? n : s->left;
			if (s->at_body)
				s->message = bytes.ptr[at];
			s->at_body = false;
			s->left -= (uint32_t)n;
		} else {
			size_t want = (size_t)HEADER_LEN - s->n_header;

			n = n < want ? n : want;
			memcpy(s->header + s->n_header, bytes.ptr + at, n);
			s->n_header += (uint8_t)n;
			if (n == want && !record_begin(c, t, side)) {
				c->fate = APP_NOT_MINE;
				return 0;
			}
			if (n == want && is_dark(c, t)) {
				c->fate = APP_ENCRYPTED;
				return at + n;
			}
		}
		at += n;
		s->pdu += (uint32_t)n;
		if (!s->left && !s->n_header && is_end(s)) {
			s->pdu = 0;
			return at;
		}
	}
	return 0;
}

/* -- packets ------------------------------------------------------------------ */

/*
 * When Snort looks away: with a packet in which records of application data
 * begin, and none of a handshake in clear or of an alert; if the server has
 * sent such data, and is trusted or the client has, too. An alert takes back
 * what the other side is known to have sent.
 */
struct tls_mix {
	bool handshake, alert, data, ciphered;
};

/* Messages in clear that say it is a handshake: as far as they are here, and
 * only if all of them are known. */
static bool
is_clear_handshake(struct cursor rec)
{
	uint8_t type, hi;
	uint16_t lo;
	bool found = false;

	while (cur_u8(&rec, &type) && cur_u8(&rec, &hi) && cur_be16(&rec, &lo)) {
		switch (type) {
		case HS_CLIENT_HELLO:
		case HS_SERVER_HELLO:
		case HS_CERTIFICATE:
		case HS_SERVER_KEYX:
		case HS_CLIENT_KEYX:
			found = true;
			break;
		case HS_HELLO_REQUEST:
		case HS_CERTIFICATE_REQUEST:
		case HS_SERVER_DONE:
		case HS_CERTIFICATE_VERIFY:
		case HS_CERTIFICATE_URL:
		case HS_CERTIFICATE_STATUS:
			break;
		default:
			return false; /* encrypted */
		}
		if (!cur_skip(&rec, (size_t)hi << 16 | lo))
			break;
	}
	return found;
}

static struct tls_mix
mix_of(struct tls_raw *r, struct slice bytes)
{
	struct cursor c = cur_make(bytes.ptr, bytes.len), rec;
	struct tls_mix m = { false };
	const uint8_t *h;

	if (r->left > cur_left(&c)) {
		r->left -= (uint32_t)cur_left(&c);
		return m;
	}
	if (!cur_skip(&c, r->left))
		return m;
	r->left = 0;
	while ((h = cur_take(&c, HEADER_LEN)) && is_record(h)) {
		size_t len = (size_t)h[3] << 8 | h[4];
		size_t here = len < cur_left(&c) ? len : cur_left(&c);

		if (!cur_sub(&c, here, &rec))
			break;
		r->left = (uint32_t)(len - here);
		m.ciphered |= h[0] == REC_CHANGE_CIPHER;
		m.alert |= h[0] == REC_ALERT;
		m.data |= h[0] == REC_DATA;
		m.handshake |= h[0] == REC_HANDSHAKE && !m.ciphered &&
		    is_clear_handshake(rec);
	}
	return m;
}

static void
tls_packet(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct tls_conf *conf = c->conf;
	struct tls_session *t = c->session;
	struct tls_raw *me = &t->raw[side], *peer = &t->raw[!side];
	struct tls_mix m = mix_of(me, bytes);

	if (m.alert)
		peer->data = false;
	me->data |= m.data;
	if (m.data && !m.alert && !m.handshake && conf->noinspect_encrypted &&
	    !conf->max_heartbeat && t->raw[FLOW_SERVER].data &&
	    (conf->trust_servers || t->raw[FLOW_CLIENT].data))
		c->fate = APP_ENCRYPTED;
}

/* -- messages ----------------------------------------------------------------- */

static void
note_version(struct tls_session *t, unsigned major, unsigned minor)
{
	static const uint32_t versions[] = { TLS_SSL3, TLS_1_0, TLS_1_1,
		TLS_1_2 };

	if (major == 2)
		t->facts.versions = TLS_SSL2;
	else if (major == 3 && minor < ARRAY_LEN(versions))
		t->facts.versions = versions[minor];
}

static void
read_hello(struct app_call *c, struct tls_session *t, bool client)
{
	const struct tls_conf *conf = c->conf;
	const uint32_t both = TLS_CLIENT_HELLO | TLS_SERVER_HELLO;

	if (client && (t->facts.states & both) == both)
		app_event(c, GID, EV_CLIENT_HELLO_LATE);
	if (!client && !(t->facts.states & TLS_CLIENT_HELLO) &&
	    !t->side[FLOW_CLIENT].started && !conf->trust_servers)
		app_event(c, GID, EV_SERVER_HELLO_ALONE);
	t->facts.states |= client ? TLS_CLIENT_HELLO : TLS_SERVER_HELLO;
}

static void
read_handshake(struct app_call *c, struct tls_session *t, struct cursor rec)
{
	uint8_t type, hi;
	uint16_t lo;

	while (cur_u8(&rec, &type) && cur_u8(&rec, &hi) && cur_be16(&rec, &lo)) {
		size_t len = (size_t)hi << 16 | lo;

		c->ctrs[CTR_HANDSHAKES]++;
		switch (type) {
		case HS_CLIENT_HELLO:
			read_hello(c, t, true);
			break;
		case HS_SERVER_HELLO:
			read_hello(c, t, false);
			break;
		case HS_SERVER_KEYX:
			t->facts.states |= TLS_SERVER_KEYX;
			break;
		case HS_CLIENT_KEYX:
			t->facts.states |= TLS_CLIENT_KEYX;
			break;
		default:
			break;
		}
		if (!cur_skip(&rec, len)) {
			/* goes on in the next record */
			c->ctrs[CTR_BAD]++;
			return;
		}
	}
}

/* RFC 6520: a request may not claim more than it carries. */
static void
read_heartbeat(struct app_call *c, struct cursor rec, size_t len)
{
	const struct tls_conf *conf = c->conf;
	uint8_t type;
	uint16_t claimed;

	if (!cur_u8(&rec, &type) || !cur_be16(&rec, &claimed))
		return;
	if (type == 1 && (claimed > len || (conf->max_heartbeat &&
	    claimed > conf->max_heartbeat)))
		app_event(c, GID, EV_HEARTBEAT_REQUEST);
	else if (type == 2 && conf->max_heartbeat &&
	    len > conf->max_heartbeat)
		app_event(c, GID, EV_HEARTBEAT_RESPONSE);
}

static void
read_record(struct app_call *c, struct tls_session *t, struct tls_side *s,
    const uint8_t *h, struct cursor rec, size_t len)
{
	note_version(t, h[1], h[2]);
	switch (h[0]) {
	case REC_CHANGE_CIPHER:
		s->dark = true;
		break;
	case REC_HANDSHAKE:
		if (!s->dark)
			read_handshake(c, t, rec);
		break;
	case REC_HEARTBEAT:
		read_heartbeat(c, rec, len);
		break;
	default:
		break;
	}
}

static bool
tls_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct tls_session *t = c->session;
	struct tls_side *s = &t->side[pdu->side];
	struct cursor cur = cur_make(pdu->bytes.ptr, pdu->bytes.len), rec;
	const uint8_t *h;

	if (!first)
		return false;
	u->facts = &t->facts;
	if (s->skip) {
		size_t n = s->skip < cur_left(&cur) ? s->skip : cur_left(&cur);

		s->skip -= (uint32_t)n;
		if (!cur_skip(&cur, n))
			return true;
	}
	while ((h = cur_take(&cur, HEADER_LEN))) {
		size_t len = (size_t)h[3] << 8 | h[4], here;

		if (!is_record(h)) {
			if (!is_ssl2(h))
				break;
			note_version(t, h[3] == 3 ? 3 : 2, h[4]);
			read_hello(c, t, h[2] == 1);
			len = ((size_t)(h[0] & 0x7f) << 8 | h[1]) + 2;
			len = len > HEADER_LEN ? len - HEADER_LEN : 0;
			if (!cur_skip(&cur, len))
				break;
			continue;
		}
		here = len < cur_left(&cur) ? len : cur_left(&cur);
		if (!cur_sub(&cur, here, &rec))
			break;
		if (here < len) {
			s->skip = (uint32_t)(len - here);
			c->ctrs[CTR_CUT]++;
		}
		read_record(c, t, s, h, rec, len);
	}
	return true;
}

static const void *
tls_facts(const void *session)
{
	const struct tls_session *t = session;

	return &t->facts;
}

const struct app_ops app_tls = {
	.name = "tls",
	.help = "SSL and TLS: handshakes in clear text, then the dark",
	.preproc = "ssl",
	.conf_default = &conf_default,
	.session_size = sizeof(struct tls_session),
	.tcp = true,
	.guess = tls_guess,
	.flights = true,
	.split = tls_split,
	.packet = tls_packet,
	.next = tls_next,
	.facts = tls_facts,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
