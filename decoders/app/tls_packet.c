/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets as they arrive. Snort's ssl preprocessor looks at each by itself,
 * and remembers how much of a record is to come; so do states that rules ask
 * of a packet (they hold for it alone), and the moment in which Snort looks
 * away. What is read of a session (tls_read.c) does not depend on packets.
 */
#include "decoders/app/tls_int.h"

/* The kinds of records that begin in a packet. */
struct mix {
	uint32_t states, versions;
	bool alert, data, ciphered;
	bool known; /* it is the middle of a record, or whole ones */
};

/* Messages in clear, as far as they are here: their states, and whether they
 * are a handshake: only if all of them are known, else they are encrypted. */
static bool
look_at_handshake(struct mix *m, struct cursor rec, enum flow_side side)
{
	uint32_t states = 0, versions = 0;
	bool found = false;
	uint8_t type, hi;
	uint16_t lo;

	while (cur_u8(&rec, &type) && cur_u8(&rec, &hi) &&
	    cur_be16(&rec, &lo)) {
		const uint8_t *v = cur_peek(&rec, 2);
		uint32_t state = 0;

		switch (type) {
		case HS_CLIENT_HELLO:
			state = side == FLOW_CLIENT ? TLS_CLIENT_HELLO : 0;
			break;
		case HS_SERVER_HELLO:
			state = side == FLOW_SERVER ? TLS_SERVER_HELLO : 0;
			break;
		case HS_SERVER_KEYX:
			state = side == FLOW_SERVER ? TLS_SERVER_KEYX : 0;
			break;
		case HS_CLIENT_KEYX:
			state = side == FLOW_CLIENT ? TLS_CLIENT_KEYX : 0;
			break;
		case HS_CERTIFICATE:
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
			return false;
		}
		found |= state != 0;
		states |= state;
		if (type <= HS_SERVER_HELLO && type != HS_HELLO_REQUEST && v)
			versions |= tls_version_bit(v[0], v[1]);
		if (!cur_skip(&rec, (size_t)hi << 16 | lo))
			break;
	}
	/* a hello of another version than its record: Snort does not know it */
	if (versions && versions != m->versions)
		states |= TLS_UNKNOWN;
	m->states |= states;
	m->versions |= versions;
	return found;
}

static void
look_at_ssl2(struct mix *m, const uint8_t *h, enum flow_side side)
{
	m->versions |= TLS_SSL2;
	m->known = true;
	if (h[2] == 1 && side == FLOW_CLIENT)
		m->states |= TLS_CLIENT_HELLO;
	if (h[2] == 4 && side == FLOW_SERVER)
		m->states |= TLS_SERVER_HELLO;
}

static bool
look(struct tls_raw *r, struct mix *m, struct slice bytes, enum flow_side side)
{
	struct cursor c = cur_make(bytes.ptr, bytes.len), rec;
	bool handshake = false;
	const uint8_t *h;

	if (r->left > cur_left(&c)) {
		r->left -= (uint32_t)cur_left(&c);
		m->known = true;
		return false;
	}
	if (!r->left && (h = cur_peek(&c, REC_HEADER)) && h[0] & 0x80) {
		look_at_ssl2(m, h, side);
		return true;
	}
	if (!cur_skip(&c, r->left))
		return false;
	r->left = 0;
	while ((h = cur_take(&c, REC_HEADER)) && tls_is_record(h)) {
		size_t len = (size_t)h[3] << 8 | h[4];
		size_t here = len < cur_left(&c) ? len : cur_left(&c);

		if (!cur_sub(&c, here, &rec))
			break;
		m->known = true;
		m->versions |= tls_version_bit(h[1], h[2]);
		r->left = (uint32_t)(len - here);
		m->ciphered |= h[0] == REC_CHANGE_CIPHER;
		m->alert |= h[0] == REC_ALERT;
		m->data |= h[0] == REC_DATA;
		handshake |= h[0] == REC_HANDSHAKE && !m->ciphered &&
		    look_at_handshake(m, rec, side);
	}
	return handshake;
}

/*
 * Snort looks away with a packet in which records of application data begin,
 * and none of a handshake in clear or of an alert; if the server has sent such
 * data, and is trusted or the client has, too. An alert takes back what the
 * other side is known to have sent.
 */
void
tls_packet(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct tls_conf *conf = c->conf;
	struct tls_session *t = c->session;
	struct tls_raw *me = &t->raw[side], *peer = &t->raw[!side];
	struct mix m = { 0 };
	bool handshake = look(me, &m, bytes, side);

	tls_note_version(t, m.versions, m.states & TLS_SERVER_HELLO);
	t->raw_facts.states = m.states | (m.known ? 0 : TLS_UNKNOWN);
	t->raw_facts.versions = t->versions;
	if (m.alert)
		peer->data = false;
	me->data |= m.data;
	if (m.data && !m.alert && !handshake && conf->noinspect_encrypted &&
	    !conf->max_heartbeat && t->raw[FLOW_SERVER].data &&
	    (conf->trust_servers || t->raw[FLOW_CLIENT].data))
		c->fate = APP_ENCRYPTED;
}
