/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DCE/RPC over TCP (and behind an HTTP server's banner, MS-RPCH) and over UDP
 * (C706 12.5): a PDU is a fragment. Events of gid 133 as Snort's
 * README.dcerpc2 says.
 */
#include "decoders/app/dce.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/dce_int.h"
#include "decoders/app/frames.h"

enum {
	HEADER = 16,
	CL_HEADER = 80,
	/* connectionless flags */
	CL_LAST = 0x02, CL_FRAG = 0x04,
	CL_REQUEST = 0, CL_RESPONSE = 2, CL_TYPE_MAX = 10,
	LITTLE = 0x10,
	MEMCAP = 102400 << 10,
	MAX_CHAIN = 3,
	/* memcap is shared: half of it for sessions of SMB, and of what is
	 * left as much for sessions as for what is put together */
	SHARE = 8,
};

static const struct ctr_def counter_defs[] = { DCE_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "dcerpc", counter_defs, DCE_CTRS };
static const struct ctr_group counters_udp = { "dcerpc_udp", counter_defs,
	DCE_CTRS };

static const struct dec_event_def events[] = {
	{ DCE_EV_MEMCAP, DEC_EV_DECODE, "dcerpc.memcap",
	    "(dcerpc2) Memory cap exceeded" },
	{ CO_EV_MAJOR, DEC_EV_DECODE, "dcerpc.co_major",
	    "(dcerpc2) Connection-oriented DCE/RPC - Invalid major version" },
	{ CO_EV_MINOR, DEC_EV_DECODE, "dcerpc.co_minor",
	    "(dcerpc2) Connection-oriented DCE/RPC - Invalid minor version" },
	{ CO_EV_TYPE, DEC_EV_DECODE, "dcerpc.co_type",
	    "(dcerpc2) Connection-oriented DCE/RPC - Invalid pdu type" },
	{ CO_EV_SHORT, DEC_EV_DECODE, "dcerpc.co_short",
	    "(dcerpc2) Connection-oriented DCE/RPC - Fragment length less "
	    "than header size" },
	{ CO_EV_SHORT_REST, DEC_EV_DECODE, "dcerpc.co_short_rest",
	    "(dcerpc2) Connection-oriented DCE/RPC - Remaining fragment "
	    "length less than size needed" },
	{ CO_EV_NO_CONTEXT, DEC_EV_DECODE, "dcerpc.co_no_context",
	    "(dcerpc2) Connection-oriented DCE/RPC - No context items "
	    "specified" },
	{ CO_EV_NO_SYNTAX, DEC_EV_DECODE, "dcerpc.co_no_syntax",
	    "(dcerpc2) Connection-oriented DCE/RPC - No transfer syntaxes "
	    "specified" },
	{ CO_EV_BELOW_MAX, DEC_EV_DECODE, "dcerpc.co_below_max",
	    "(dcerpc2) Connection-oriented DCE/RPC - Fragment length on "
	    "non-last fragment less than maximum negotiated fragment transmit "
	    "size for client" },
	{ CO_EV_ABOVE_MAX, DEC_EV_DECODE, "dcerpc.co_above_max",
	    "(dcerpc2) Connection-oriented DCE/RPC - Fragment length greater "
	    "than maximum negotiated fragment transmit size" },
	{ CO_EV_ORDER, DEC_EV_DECODE, "dcerpc.co_byte_order",
	    "(dcerpc2) Connection-oriented DCE/RPC - Alter Context byte order "
	    "different from Bind" },
	{ CO_EV_CALL, DEC_EV_DECODE, "dcerpc.co_call_id",
	    "(dcerpc2) Connection-oriented DCE/RPC - Call id of non "
	    "first/last fragment different from call id established for "
	    "fragmented request" },
	{ CO_EV_OPNUM, DEC_EV_DECODE, "dcerpc.co_opnum",
	    "(dcerpc2) Connection-oriented DCE/RPC - Opnum of non first/last "
	    "fragment different from opnum established for fragmented "
	    "request" },
	{ CO_EV_CONTEXT, DEC_EV_DECODE, "dcerpc.co_context_id",
	    "(dcerpc2) Connection-oriented DCE/RPC - Context id of non "
	    "first/last fragment different from context id established for "
	    "fragmented request" },
	{ CL_EV_MAJOR, DEC_EV_DECODE, "dcerpc.cl_major",
	    "(dcerpc2) Connectionless DCE/RPC - Invalid major version" },
	{ CL_EV_TYPE, DEC_EV_DECODE, "dcerpc.cl_type",
	    "(dcerpc2) Connectionless DCE/RPC - Invalid pdu type" },
	{ CL_EV_SHORT, DEC_EV_DECODE, "dcerpc.cl_short",
	    "(dcerpc2) Connectionless DCE/RPC - Data length less than header "
	    "size" },
	{ CL_EV_SEQUENCE, DEC_EV_DECODE, "dcerpc.cl_sequence",
	    "(dcerpc2) Connectionless DCE/RPC - Bad sequence number" },
};
static const struct event_table event_tables[] = {
	{ DCE_GID, events, ARRAY_LEN(events) },
};

static const struct dce_server_conf default_server = {
	.versions = DCE_SMB_ALL, .smb_max_chain = MAX_CHAIN,
};
const struct dce_conf dce_conf_default = {
	.memcap = MEMCAP, .defrag = true,
	.servers = &default_server, .n_servers = 1,
};

void
dce_raise(struct app_call *c, enum dce_class class, enum dce_event ev)
{
	const struct dce_conf *conf = c->conf;

	if (conf->events & class)
		app_event(c, DCE_GID, ev);
}

/* -- whose configuration ------------------ */

static bool
is_in(const struct dce_server_conf *s, const struct ipaddr *a)
{
	for (unsigned i = 0; i < s->n_nets; i++)
		if (ipaddr_in_net(a, &s->nets[i].addr, s->nets[i].bits))
			return true;
	return false;
}

const struct dce_server_conf *
dce_server_of(const struct app_call *c)
{
	const struct dce_conf *conf = c->conf;
	const struct dce_server_conf *found = &default_server;
	struct ipaddr a = { .family = c->flow->key.version };

	memcpy(a.b, c->flow->key.addr[c->flow->client_is_low ? 1 : 0],
	    sizeof(a.b));
	for (unsigned i = 0; i < conf->n_servers; i++) {
		if (is_in(&conf->servers[i], &a))
			return &conf->servers[i];
		if (!conf->servers[i].n_nets)
			found = &conf->servers[i];
	}
	return found;
}

bool
dce_room_init(struct dce_room *r, const struct dce_conf *conf)
{
	return pages_init(&r->pages, conf->memcap / SHARE);
}

static uint64_t
dce_memcap(const void *conf)
{
	return ((const struct dce_conf *)conf)->memcap / SHARE;
}

static bool
worker_init(void *worker, const void *conf)
{
	return dce_room_init(worker, conf);
}

static void
worker_fini(void *worker)
{
	struct dce_room *r = worker;

	pages_fini(&r->pages);
}

/* -- TCP ------------------ */

/* What an HTTP server that carries it says first (MS-RPCH 2.1.2.1). */
static const char banner[] = "ncacn_http/1.0";
enum { BANNER = sizeof(banner) - 1 };

struct dce_session {
	const struct dce_server_conf *server;
	struct dce_co co;
	struct {
		struct frames frames;
		uint8_t n_banner;
		bool started;    /* there is no banner, or it is over */
		bool lost;       /* bytes were missing: a header is to come */
	} side[FLOW_SIDES];
};

static void
dce_begin(struct app_call *c, uint32_t tag)
{
	struct dce_session *s = c->session;

	(void)tag;
	s->server = dce_server_of(c);
	s->side[FLOW_CLIENT].started = true;
}

static uint32_t
rest_of(const uint8_t *h)
{
	uint32_t len = dce_co_length(h);

	return h[0] == 5 && len > HEADER ? len - HEADER : 0;
}

/* Bytes of the banner at the beginning; false: it is none after all. */
static bool
skip_banner(struct dce_session *s, enum flow_side side, struct slice bytes,
    size_t *at)
{
	while (!s->side[side].started && *at < bytes.len) {
		uint8_t n = s->side[side].n_banner;

		if (bytes.ptr[*at] != (uint8_t)banner[n]) {
			s->side[side].started = true;
			return n == 0;
		}
		(*at)++;
		s->side[side].n_banner++;
		s->side[side].started = n + 1 == BANNER;
	}
	return true;
}

static size_t
dce_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct dce_session *s = c->session;
	struct frames *f = &s->side[side].frames;
	size_t at = 0, n;

	if (!bytes.ptr) {
		frames_reset(f);
		s->side[side].started = true;
		s->side[side].lost = true;
		return 0;
	}
	if (!skip_banner(s, side, bytes, &at)) {
		c->fate = APP_NOT_MINE;
		return at + 1;
	}
	if (at)
		return s->side[side].started ? at : 0;
	n = frames_split(f, bytes, HEADER, rest_of);
	if (s->side[side].lost && (f->n == HEADER || n)) {
		s->side[side].lost = false;
		if (!dce_co_looks_so(f->header)) {
			c->fate = APP_NOT_MINE;
			at = rest_of(f->header) - f->left;
			return (n ? n : bytes.len) - at;
		}
	}
	return n;
}

static bool
dce_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct dce_session *s = c->session;
	struct dce_room *r = c->worker;

	if (pdu->open)
		return false;
	if (first) {
		r->ctrs = c->ctrs;
		r->co = NULL;
		r->bad = false;
		r->policy = s->server->policy;
		/* a port is no proof: nothing is said before a fragment was
		 * read */
		r->quiet = pdu->gap || !s->co.known;
		if (pdu->gap)
			dce_co_gap(r, &s->co, pdu->side);
		if (pdu->side == FLOW_SERVER && pdu->bytes.len == BANNER &&
		    !memcmp(pdu->bytes.ptr, banner, BANNER))
			return true;
		dce_co_feed(r, &s->co, pdu->side, pdu->bytes);
	}
	if (dce_co_next(c, r, u))
		return true;
	if (r->bad)
		c->fate = APP_NOT_MINE;
	return false;
}

static void
dce_end(struct app_call *c)
{
	struct dce_session *s = c->session;

	dce_co_end(c->worker, &s->co);
}

/* A client begins with a bind, and a server answers it. */
static enum app_guess
dce_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	const uint8_t *h = bytes.ptr;
	size_t n = bytes.len;

	(void)datagram;
	if (side == FLOW_SERVER && n && h[0] == (uint8_t)banner[0]) {
		if (memcmp(h, banner, n < BANNER ? n : BANNER) != 0)
			return APP_NO;
		return n < BANNER ? APP_MAYBE : APP_YES;
	}
	if ((n >= 1 && h[0] != 5) || (n >= 2 && h[1] > 1))
		return APP_NO;
	/* what a bind must have behind its header */
	if (n < HEADER + 8)
		return APP_MAYBE;
	if (!dce_co_looks_so(h) || dce_co_length(h) < HEADER + 12)
		return APP_NO;
	return side == FLOW_CLIENT ? h[2] == 11 || h[2] == 0 ? APP_YES :
	    APP_NO : h[2] == 12 || h[2] == 13 || h[2] == 2 ? APP_YES : APP_NO;
}

const struct app_ops app_dce = {
	.name = "dcerpc",
	.help = "DCE/RPC over TCP",
	.preproc = "dcerpc2",
	.conf_default = &dce_conf_default,
	.session_size = sizeof(struct dce_session),
	.memcap = dce_memcap,
	.worker_size = sizeof(struct dce_room),
	.worker_init = worker_init,
	.worker_fini = worker_fini,
	.tcp = true,
	.guess = dce_guess,
	.begin = dce_begin,
	.split = dce_split,
	.next = dce_next,
	.end = dce_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};

/* -- UDP ------------------ */

struct dce_udp_session {
	const struct dce_server_conf *server;
	struct dce_cl_side {
		uint8_t activity[16];
		bool known, open, ready;
		uint32_t sequence;
		uint16_t next; /* fragment */
		struct dce_bytes stub;
		struct dce_facts facts;
	} side[FLOW_SIDES];
};

static void
udp_begin(struct app_call *c, uint32_t tag)
{
	struct dce_udp_session *s = c->session;

	(void)tag;
	s->server = dce_server_of(c);
}

static bool
is_cl_header(struct app_call *c, struct slice bytes)
{
	const uint8_t *h = bytes.ptr;
	enum dce_event ev;

	if (bytes.len < CL_HEADER)
		ev = CL_EV_SHORT;
	else if (h[0] != 4)
		ev = CL_EV_MAJOR;
	else if (h[1] > CL_TYPE_MAX)
		ev = CL_EV_TYPE;
	else
		return true;
	c->ctrs[DCE_CTR_BAD]++;
	dce_raise(c, DCE_EVENTS_CL, ev);
	return false;
}

/* A sequence number names a call of an activity: none comes back. */
static void
check_sequence(struct app_call *c, struct dce_room *r, struct dce_cl_side *s,
    const uint8_t *activity, uint32_t sequence)
{
	if (s->known && !memcmp(s->activity, activity, 16)) {
		if (sequence < s->sequence) {
			dce_raise(c, DCE_EVENTS_CL, CL_EV_SEQUENCE);
			return;
		}
		if (sequence == s->sequence)
			return;
	}
	dce_bytes_end(r, &s->stub);
	s->open = false;
	s->known = true;
	s->sequence = sequence;
	memcpy(s->activity, activity, sizeof(s->activity));
}

/* Fragments in their order; those that came before it are not waited for. */
static void
cl_gather(struct app_call *c, struct dce_room *r, struct dce_cl_side *s,
    const uint8_t *h, struct slice stub)
{
	const struct dce_conf *conf = c->conf;
	uint16_t number = dce_u16(h + 76, h[4] & LITTLE);

	if (!conf->defrag)
		return;
	if (!number) {
		dce_bytes_end(r, &s->stub);
		s->open = true;
		s->next = 0;
		s->facts = r->facts;
	}
	if (!s->open || number != s->next) {
		r->ctrs[DCE_CTR_OUT_OF_ORDER]++;
		return;
	}
	s->next++;
	if (conf->max_frag_len && stub.len > conf->max_frag_len)
		stub.len = conf->max_frag_len;
	dce_bytes_add(c, r, &s->stub, stub);
	if (!(h[2] & CL_LAST))
		return;
	s->ready = s->stub.n > 0;
	s->open = false;
}

static bool
show_datagrams(struct dce_room *r, struct dce_cl_side *s, struct app_unit *u)
{
	if (!s->ready) {
		if (!s->open)
			dce_bytes_end(r, &s->stub);
		return false;
	}
	s->ready = false;
	r->ctrs[DCE_CTR_REASSEMBLED]++;
	r->facts = s->facts;
	r->facts.first = true;
	u->facts = &r->facts;
	app_set(u, BUF_PAYLOAD, slice_make(s->stub.p, s->stub.n));
	app_set(u, BUF_DCE_STUB, slice_make(s->stub.p, s->stub.n));
	return true;
}

static bool
udp_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct dce_udp_session *s = c->session;
	struct dce_room *r = c->worker;
	struct dce_cl_side *side = &s->side[pdu->side];
	const uint8_t *h = pdu->bytes.ptr;
	struct slice stub;
	bool little;
	size_t len;

	r->ctrs = c->ctrs;
	if (!first)
		return show_datagrams(r, side, u);
	if (!is_cl_header(c, pdu->bytes))
		return false;
	r->ctrs[DCE_CTR_FRAGMENTS]++;
	if (h[1] != CL_REQUEST && h[1] != CL_RESPONSE)
		return true;
	r->ctrs[h[1] == CL_REQUEST ? DCE_CTR_REQUESTS : DCE_CTR_RESPONSES]++;
	little = h[4] & LITTLE;
	len = dce_u16(h + 74, little);
	if (len > pdu->bytes.len - CL_HEADER)
		len = pdu->bytes.len - CL_HEADER;
	stub = slice_make(h + CL_HEADER, len);
	r->facts = (struct dce_facts){ .has_iface = true, .has_opnum = true,
		.version = dce_u32(h + 60, little),
		.opnum = dce_u16(h + 68, little), .little = little,
		.response = h[1] == CL_RESPONSE,
		.first = !(h[2] & CL_FRAG) || !dce_u16(h + 76, little) };
	dce_uuid(r->facts.uuid, h + 24, little);
	check_sequence(c, r, side, h + 40, dce_u32(h + 64, little));
	u->facts = &r->facts;
	app_set(u, BUF_DCE_STUB, stub);
	if (h[2] & CL_FRAG)
		cl_gather(c, r, side, h, stub);
	return true;
}

static void
udp_end(struct app_call *c)
{
	struct dce_udp_session *s = c->session;

	for (unsigned i = 0; i < FLOW_SIDES; i++)
		dce_bytes_end(c->worker, &s->side[i].stub);
}

static enum app_guess
udp_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	const uint8_t *h = bytes.ptr;

	(void)side;
	if (!datagram || bytes.len < CL_HEADER || h[0] != 4 ||
	    (h[1] != CL_REQUEST && h[1] != CL_RESPONSE && h[1] > CL_TYPE_MAX))
		return APP_NO;
	return (h[4] == 0 || h[4] == LITTLE) && h[5] <= 3 && !h[6] &&
	    !(h[2] & 0x81) && h[3] <= 3 &&
	    dce_u16(h + 74, h[4] & LITTLE) <= bytes.len - CL_HEADER ?
	    APP_YES : APP_NO;
}

const struct app_ops app_dce_udp = {
	.name = "dcerpc",
	.help = "DCE/RPC over UDP",
	.preproc = "dcerpc2",
	.conf_default = &dce_conf_default,
	.session_size = sizeof(struct dce_udp_session),
	.memcap = dce_memcap,
	.worker_size = sizeof(struct dce_room),
	.worker_init = worker_init,
	.worker_fini = worker_fini,
	.udp = true,
	.guess = udp_guess,
	.begin = udp_begin,
	.next = udp_next,
	.end = udp_end,
	.counters = &counters_udp,
};
