/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PDUs say: versions, messages of the handshake and what follows from
 * them, heartbeats. Events of gid 137 as Snort's README.ssl says.
 */
#include "decoders/app/tls_int.h"

enum {
	EV_CLIENT_HELLO_LATE = 1, /* behind the server's hello */
	EV_SERVER_HELLO_ALONE,    /* without a client's */
	EV_HEARTBEAT_REQUEST,
	EV_HEARTBEAT_RESPONSE,

	HEARTBEAT_REQUEST = 1, /* RFC 6520 4 */
	HEARTBEAT_RESPONSE = 2,
	HEARTBEAT_HEADER = 3,
};

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
const struct event_table tls_event_tables[1] = {
	{ TLS_GID, events, ARRAY_LEN(events) },
};

uint32_t
tls_version_bit(unsigned major, unsigned minor)
{
	static const uint32_t bits[] = { TLS_SSL3, TLS_1_0, TLS_1_1, TLS_1_2 };

	return major == 3 && minor < ARRAY_LEN(bits) ? bits[minor] : 0;
}

void
tls_note_version(struct tls_session *t, uint32_t bit, bool server_hello)
{
	if (server_hello && bit & ~(uint32_t)TLS_SSL2)
		t->versions &= ~(uint32_t)TLS_SSL2;
	t->versions |= bit;
}

/* -- the handshake -------------------------------------------------------- */

/* A PDU being read. */
struct reading {
	struct app_call *c;
	struct tls_session *t;
	struct tls_reader *r;
	enum flow_side side;
	bool open;               /* all of it is shown again */
	struct tls_notes *notes; /* NULL: nothing is to be told */
	/* the message under way, as far as it is in this PDU */
	struct slice msg;
	bool kept;   /* it began in this PDU, and is wanted */
	bool in_room;
	bool tell;   /* the handshake is over */
};

static void
show_state(struct reading *g, uint32_t state)
{
	g->t->states |= state;
	g->t->facts.states |= state;
}

static void
begin_hello(struct reading *g, uint32_t state)
{
	show_state(g, state);
	if (!g->open && !g->notes)
		g->notes = tls_notes_take(g->c);
}

static void
begin_client_hello(struct reading *g)
{
	const uint32_t both = TLS_CLIENT_HELLO | TLS_SERVER_HELLO;

	if ((g->t->states & both) == both)
		app_event(g->c, TLS_GID, EV_CLIENT_HELLO_LATE);
	begin_hello(g, TLS_CLIENT_HELLO);
}

static void
begin_server_hello(struct reading *g)
{
	const struct tls_conf *conf = g->c->conf;

	if (!(g->t->states & TLS_CLIENT_HELLO) && !conf->trust_servers &&
	    !g->t->side[FLOW_CLIENT].rec.started)
		app_event(g->c, TLS_GID, EV_SERVER_HELLO_ALONE);
	begin_hello(g, TLS_SERVER_HELLO);
}

/* A message begins: its type says it. */
static void
begin_message(struct reading *g)
{
	bool server = g->side == FLOW_SERVER;

	g->r->message = g->r->msg.header[0];
	g->msg = slice_make(NULL, 0);
	g->in_room = false;
	g->kept = false;
	g->c->ctrs[TLS_CTR_HANDSHAKES]++;
	switch (g->r->message) {
	case HS_CLIENT_HELLO:
		if (!server)
			begin_client_hello(g);
		g->kept = !server;
		break;
	case HS_SERVER_HELLO:
		if (server)
			begin_server_hello(g);
		g->kept = server;
		break;
	case HS_CERTIFICATE:
		g->kept = server;
		if (server && g->notes)
			g->notes->certificate = true;
		break;
	case HS_SERVER_KEYX:
		if (server)
			show_state(g, TLS_SERVER_KEYX);
		if (server && g->notes)
			g->notes->keyx = true;
		break;
	case HS_CLIENT_KEYX:
		if (!server)
			show_state(g, TLS_CLIENT_KEYX);
		break;
	default:
		break;
	}
}

/* The message is here, or as much of it as this PDU has. */
static void
read_message(struct reading *g, bool whole)
{
	struct tls_session *t = g->t;
	uint16_t version = 0;
	bool good = true;

	switch (g->r->message) {
	case HS_CLIENT_HELLO:
		good = tls_client_hello(g->c, g->notes, g->msg, whole,
		    &version);
		break;
	case HS_SERVER_HELLO:
		good = tls_server_hello(g->c, g->notes, g->msg, whole,
		    &version);
		t->is_13 |= version == TLS_VERSION_13;
		break;
	case HS_CERTIFICATE:
		if (g->notes)
			good = tls_certificate(g->c, g->notes, g->msg);
		break;
	default:
		break;
	}
	if (g->msg.len >= 2 && g->r->message <= HS_SERVER_HELLO)
		tls_note_version(t, tls_version_bit(g->msg.ptr[0],
		    g->msg.ptr[1]), g->r->message == HS_SERVER_HELLO);
	g->c->ctrs[TLS_CTR_BAD] += whole && !good;
	g->c->ctrs[TLS_CTR_CUT] += !whole;
	g->kept = false;
}

/* The message's bytes: where they lie together they are left there. */
static void
keep_body(struct reading *g, struct slice body)
{
	struct tls_worker *w = g->c->worker;

	if (!g->kept) {
		if (g->notes && g->r->message == HS_CERTIFICATE &&
		    g->side == FLOW_SERVER)
			tls_certificate_more(g->c, g->notes, body);
		return;
	}
	if (!g->msg.len) {
		g->msg = body;
		return;
	}
	if (g->msg.len + body.len > sizeof(w->room))
		return;
	if (!g->in_room)
		memcpy(w->room, g->msg.ptr, g->msg.len);
	g->in_room = true;
	memcpy(w->room + g->msg.len, body.ptr, body.len);
	g->msg = slice_make(w->room, g->msg.len + body.len);
}

static void
read_handshake(struct reading *g, struct slice bytes)
{
	struct cursor c = cur_make(bytes.ptr, bytes.len);
	struct tls_messages *m = &g->r->msg;
	enum tls_step step;
	struct slice body;

	while ((step = tls_messages_step(m, &c, &body)) != TLS_MORE) {
		if (step == TLS_HEADER)
			begin_message(g);
		else
			keep_body(g, body);
		if (!m->left && g->kept)
			read_message(g, true);
	}
}

/* -- records -------------------------------------------------------------- */

/*
 * RFC 6520: a request may not claim more than it carries, nor more than the
 * configuration allows; an answer may not be longer than that. One that is
 * encrypted shows its length alone.
 */
static void
read_heartbeat(struct reading *g, size_t len, struct slice body)
{
	const struct tls_conf *conf = g->c->conf;
	struct cursor c = cur_make(body.ptr, body.len);
	uint32_t max = conf->max_heartbeat;
	uint16_t claimed;
	uint8_t type;
	uint32_t sid = 0;

	if (!cur_u8(&c, &type) || !cur_be16(&c, &claimed))
		return;
	if (type == HEARTBEAT_REQUEST) {
		if ((!g->r->ciphered && claimed > len - HEARTBEAT_HEADER) ||
		    (max && claimed > max))
			sid = EV_HEARTBEAT_REQUEST;
	} else if (max && len > max) {
		sid = type == HEARTBEAT_RESPONSE || g->side == FLOW_SERVER ?
		    EV_HEARTBEAT_RESPONSE : EV_HEARTBEAT_REQUEST;
	}
	if (sid)
		app_event(g->c, TLS_GID, sid);
}

static void
begin_ssl2(struct reading *g, const uint8_t *h)
{
	tls_note_version(g->t, TLS_SSL2, false);
	if (h[2] == 1 && g->side == FLOW_CLIENT)
		begin_client_hello(g);
	else if (h[2] == 4 && g->side == FLOW_SERVER)
		begin_server_hello(g);
	else
		show_state(g, TLS_UNKNOWN);
}

static void
begin_record(struct reading *g)
{
	const struct tls_records *rec = &g->r->rec;
	const uint8_t *h = rec->header;
	uint32_t bit = tls_version_bit(h[1], h[2]);

	g->c->ctrs[TLS_CTR_RECORDS]++;
	if (rec->type == REC_SSL2) {
		begin_ssl2(g, h);
		return;
	}
	tls_note_version(g->t, bit, false);
	if (!bit)
		show_state(g, TLS_UNKNOWN);
	if (rec->type != REC_HANDSHAKE) /* RFC 8446 5.1: they do not mix */
		g->r->msg = (struct tls_messages){ .n_header = 0 };
	if (rec->type == REC_CHANGE_CIPHER)
		g->r->ciphered = true;
	/* the server has nothing more to say in clear */
	g->tell |= rec->type == REC_DATA ||
	    (rec->type == REC_CHANGE_CIPHER && g->side == FLOW_SERVER &&
	    g->notes && g->notes->server);
}

static void
read_body(struct reading *g, struct slice body)
{
	const struct tls_records *rec = &g->r->rec;
	size_t len = (size_t)rec->header[3] << 8 | rec->header[4];

	/* with TLS 1.3 what is encrypted looks like application data */
	if (rec->type == REC_HANDSHAKE && (!g->r->ciphered || g->t->is_13))
		read_handshake(g, body);
	else if (rec->type == REC_HEARTBEAT && rec->left + body.len == len)
		read_heartbeat(g, len, body);
}

bool
tls_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct tls_session *t = c->session;
	struct cursor cur = cur_make(pdu->bytes.ptr, pdu->bytes.len);
	struct reading g = { .c = c, .t = t, .r = &t->reader[pdu->side],
		.side = pdu->side, .open = pdu->open,
		.notes = pdu->open ? NULL : t->notes };
	enum tls_step step;
	struct slice body;

	if (!first)
		return false;
	t->facts.states = 0;
	if (pdu->gap) {
		tls_records_hunt(&g.r->rec);
		g.r->msg = (struct tls_messages){ .n_header = 0 };
	}
	while ((step = tls_records_step(&g.r->rec, &cur, &body)) != TLS_MORE &&
	    step != TLS_LOST) {
		if (step == TLS_HEADER)
			begin_record(&g);
		else if (step == TLS_BODY)
			read_body(&g, body);
	}
	if (step == TLS_LOST)
		show_state(&g, TLS_UNKNOWN);
	if (g.kept && g.r->msg.left)
		read_message(&g, false);
	if (g.tell && g.notes)
		tls_tell(c);
	t->facts.versions = t->versions;
	u->facts = &t->facts;
	return true;
}
