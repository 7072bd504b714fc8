/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connection-oriented DCE/RPC (C706 chapter 12, MS-RPCE): fragments, the
 * interfaces that contexts stand for, requests put together. Whose reading
 * applies where servers differ, and the events, as Snort's README.dcerpc2
 * says.
 */
#include <string.h>

#include "core/cursor.h"
#include "decoders/app/dce_int.h"

enum {
	HEADER = 16,
	REQUEST_HEADER = 24, /* of a response as well */
	LITTLE = 0x10,

	/* flags */
	FIRST = 0x01, LAST = 0x02, OBJECT = 0x80,

	/* packet types */
	REQUEST = 0,
	RESPONSE = 2,
	BIND = 11,
	BIND_ACK = 12,
	ALTER = 14,
	ALTER_ACK = 15,
	TYPE_MAX = 20,

	ACCEPTED = 0,
	AUTH_HEADER = 8,
	AUTH_PRIVACY = 6,
	SYNTAX_LEN = 20,
	/* fragments that are so much shorter than they might be are no try to
	 * evade */
	XMIT_FUZZ = 500,
};

struct fragment {
	const uint8_t *h; /* its header */
	bool little;
	uint8_t type, flags;
	uint16_t auth;
	uint32_t call;
	struct cursor body;
};

/* -- bytes ------------------ */

static bool
grow(struct dce_room *r, struct dce_bytes *b, uint32_t need)
{
	uint32_t cap = b->cap ? b->cap : PAGES_BYTES;
	uint8_t *p;

	while (cap < need)
		cap *= 2;
	p = pages_take(&r->pages, cap);
	if (!p)
		return false;
	if (b->n)
		memcpy(p, b->p, b->n);
	pages_give(&r->pages, b->p);
	b->p = p;
	b->cap = cap;
	return true;
}

void
dce_bytes_add(struct app_call *c, struct dce_room *r, struct dce_bytes *b,
    struct slice s)
{
	size_t room = LIM_DCE_STUB - b->n, n = s.len < room ? s.len : room;

	r->ctrs[DCE_CTR_CUT] += s.len - n;
	if (!n)
		return;
	if (n > b->cap - b->n && !grow(r, b, b->n + (uint32_t)n)) {
		r->ctrs[DCE_CTR_NO_MEMORY] += n;
		dce_raise(c, DCE_EVENTS_MEMCAP, DCE_EV_MEMCAP);
		return;
	}
	memcpy(b->p + b->n, s.ptr, n);
	b->n += (uint32_t)n;
}

void
dce_bytes_end(struct dce_room *r, struct dce_bytes *b)
{
	pages_give(&r->pages, b->p);
	*b = (struct dce_bytes){ 0 };
}

void
dce_uuid(uint8_t out[16], const uint8_t *in, bool little)
{
	static const uint8_t order[8] = { 3, 2, 1, 0, 5, 4, 7, 6 };

	memcpy(out, in, 16);
	for (unsigned i = 0; little && i < 8; i++)
		out[i] = in[order[i]];
}

/* -- headers ------------------ */

static bool
is_type(uint8_t type)
{
	return type <= TYPE_MAX;
}

uint32_t
dce_co_length(const uint8_t *h)
{
	return dce_u16(h + 8, h[4] & LITTLE);
}

bool
dce_co_looks_so(const uint8_t *h)
{
	return h[0] == 5 && h[1] <= 1 && is_type(h[2]) &&
	    (h[4] == 0 || h[4] == LITTLE) && h[5] <= 3 && !h[6] && !h[7] &&
	    dce_co_length(h) >= HEADER;
}

static bool
is_header(struct app_call *c, struct dce_room *r, const uint8_t *h)
{
	enum dce_event ev;

	if (dce_co_length(h) < HEADER)
		ev = CO_EV_SHORT;
	else if (h[0] != 5)
		ev = CO_EV_MAJOR;
	else if (h[1] > 1)
		ev = CO_EV_MINOR;
	else if (!is_type(h[2]))
		ev = CO_EV_TYPE;
	else
		return true;
	r->ctrs[DCE_CTR_BAD]++;
	r->bad = true;
	if (!r->quiet)
		dce_raise(c, DCE_EVENTS_CO, ev);
	return false;
}

static void
short_rest(struct app_call *c, struct dce_room *r)
{
	r->ctrs[DCE_CTR_BAD]++;
	dce_raise(c, DCE_EVENTS_CO, CO_EV_SHORT_REST);
}

/* -- contexts ------------------ */

static bool
is_samba(const struct dce_room *r)
{
	return r->policy >= DCE_SAMBA;
}

static void
forget_contexts(struct dce_co *co)
{
	memset(co->contexts, 0, sizeof(co->contexts));
	co->n_contexts = co->next_context = 0;
}

static const struct dce_context *
find_context(const struct dce_co *co, uint16_t id)
{
	for (unsigned i = 0; i < co->n_contexts; i++) {
		const struct dce_context *x = &co->contexts[i];

		if (x->id == id && (x->state == DCE_CTX_BOUND ||
		    x->state == DCE_CTX_ASKED))
			return x;
	}
	return NULL;
}

/* The place for a context: its own, a new one, or the oldest one's. */
static struct dce_context *
context_place(struct dce_room *r, struct dce_co *co, uint16_t id)
{
	struct dce_context *x;

	for (unsigned i = 0; i < co->n_contexts; i++)
		if (co->contexts[i].id == id &&
		    co->contexts[i].state != DCE_CTX_BOUND)
			return &co->contexts[i];
	if (co->n_contexts < LIM_DCE_CONTEXTS)
		return &co->contexts[co->n_contexts++];
	r->ctrs[DCE_CTR_CONTEXTS_LOST]++;
	x = &co->contexts[co->next_context];
	co->next_context = (uint8_t)((co->next_context + 1) %
	    LIM_DCE_CONTEXTS);
	return x;
}

static void
take_context(struct dce_room *r, struct dce_co *co, const uint8_t *h,
    bool little)
{
	uint16_t id = dce_u16(h, little);
	const struct dce_context *old = find_context(co, id);
	struct dce_context *x;

	/* what is bound stays so */
	if (old && old->state == DCE_CTX_BOUND)
		return;
	x = context_place(r, co, id);
	*x = (struct dce_context){ .id = id, .state = DCE_CTX_ASKED,
		.version = dce_u16(h + 20, little) };
	dce_uuid(x->uuid, h + 4, little);
}

/* May a bind follow another one? Where not, what was bound is void. */
static void
bind_again(struct dce_room *r, struct dce_co *co)
{
	bool some = false;

	for (unsigned i = 0; i < co->n_contexts; i++)
		some |= co->contexts[i].state == DCE_CTX_BOUND;
	if (r->policy == DCE_SAMBA_3_0_20)
		return;
	if (!is_samba(r) || some)
		forget_contexts(co);
}

static void
read_bind(struct app_call *c, struct dce_room *r, struct dce_co *co,
    struct fragment *f)
{
	const uint8_t *h = cur_take(&f->body, 12), *item;
	unsigned n;

	r->ctrs[DCE_CTR_BINDS]++;
	if (!h) {
		short_rest(c, r);
		return;
	}
	n = h[8];
	if (f->type == BIND) {
		if (co->bound)
			bind_again(r, co);
		co->bound = true;
		co->bind_little = f->little;
		co->max_xmit = dce_u16(h, f->little);
	} else if (co->bound && co->bind_little != f->little) {
		dce_raise(c, DCE_EVENTS_CO, CO_EV_ORDER);
	}
	if (!n)
		dce_raise(c, DCE_EVENTS_CO, CO_EV_NO_CONTEXT);
	for (unsigned i = 0; i < n; i++) {
		item = cur_take(&f->body, 24);
		if (!item) {
			short_rest(c, r);
			return;
		}
		if (!item[2])
			dce_raise(c, DCE_EVENTS_CO, CO_EV_NO_SYNTAX);
		take_context(r, co, item, f->little);
		if (!cur_skip(&f->body, (size_t)item[2] * SYNTAX_LEN)) {
			short_rest(c, r);
			return;
		}
	}
}

/* The contexts that were asked for, in their order, are bound or refused. */
static void
read_bind_ack(struct app_call *c, struct dce_room *r, struct dce_co *co,
    struct fragment *f)
{
	const uint8_t *h = cur_take(&f->body, 10), *item;
	size_t at = HEADER + 10, secondary;
	unsigned n, next = 0;

	if (!h) {
		short_rest(c, r);
		return;
	}
	if (f->type == BIND_ACK)
		co->max_xmit = dce_u16(h + 2, f->little);
	secondary = dce_u16(h + 8, f->little);
	at += secondary;
	if (!cur_skip(&f->body, secondary + (4 - at % 4) % 4) ||
	    !(h = cur_take(&f->body, 4))) {
		short_rest(c, r);
		return;
	}
	n = h[0];
	for (unsigned i = 0; i < n; i++) {
		item = cur_take(&f->body, 24);
		if (!item) {
			short_rest(c, r);
			return;
		}
		while (next < co->n_contexts &&
		    co->contexts[next].state != DCE_CTX_ASKED)
			next++;
		if (next == co->n_contexts)
			return;
		co->contexts[next].state = dce_u16(item, f->little) ==
		    ACCEPTED ? DCE_CTX_BOUND : DCE_CTX_REFUSED;
	}
}

/* -- requests and responses ------------------ */

static void
note_call(struct dce_co *co, uint32_t id, uint16_t opnum, uint16_t context)
{
	unsigned at = co->next_call;

	for (unsigned i = 0; i < LIM_DCE_CALLS; i++)
		if (co->calls[i].used && co->calls[i].id == id)
			at = i;
	if (at == co->next_call)
		co->next_call = (uint8_t)((at + 1) % LIM_DCE_CALLS);
	co->calls[at].id = id;
	co->calls[at].opnum = opnum;
	co->calls[at].context = context;
	co->calls[at].used = true;
}

static void
find_call(const struct dce_co *co, uint32_t id, struct dce_facts *facts)
{
	for (unsigned i = 0; i < LIM_DCE_CALLS; i++)
		if (co->calls[i].used && co->calls[i].id == id) {
			facts->has_opnum = true;
			facts->opnum = co->calls[i].opnum;
			return;
		}
}

static void
set_iface(const struct dce_co *co, uint16_t id, struct dce_facts *facts)
{
	const struct dce_context *x = find_context(co, id);

	facts->has_iface = x != NULL;
	if (!x)
		return;
	memcpy(facts->uuid, x->uuid, sizeof(facts->uuid));
	facts->version = x->version;
}

/* Without what proves who sent it. false: it is encrypted. */
static bool
take_auth(struct app_call *c, struct dce_room *r, struct fragment *f)
{
	size_t n = (size_t)f->auth + AUTH_HEADER;
	const uint8_t *auth;

	if (!f->auth)
		return true;
	if (n > cur_left(&f->body)) {
		short_rest(c, r);
		return true;
	}
	auth = f->body.end - n;
	f->body.end = auth;
	if (auth[2] <= cur_left(&f->body))
		f->body.end -= auth[2]; /* filled up to its place */
	return auth[1] != AUTH_PRIVACY;
}

static void
check_length(struct app_call *c, const struct dce_co *co,
    const struct fragment *f)
{
	unsigned len = (unsigned)dce_co_length(f->h), max = co->max_xmit;

	if (!max)
		return;
	if (len > max)
		dce_raise(c, DCE_EVENTS_CO, CO_EV_ABOVE_MAX);
	else if (!(f->flags & LAST) && len + XMIT_FUZZ < max)
		dce_raise(c, DCE_EVENTS_CO, CO_EV_BELOW_MAX);
}

/* A first fragment begins it, the others must belong to it. */
static bool
join(struct app_call *c, struct dce_room *r, struct dce_co_side *s,
    const struct fragment *f, uint16_t opnum, uint16_t context)
{
	bool request = f->type == REQUEST, ok = true;

	if (f->flags & FIRST) {
		s->open = true;
		s->over = s->cut = false;
		s->stub.n = 0;
		s->early = 0;
		s->call = f->call;
		s->opnum = opnum;
		s->context = context;
		dce_bytes_add(c, r, &s->stub, slice_make(f->h,
		    REQUEST_HEADER));
		s->open = s->stub.n != 0;
		return s->open;
	}
	if (!s->open) {
		r->ctrs[DCE_CTR_OUT_OF_ORDER]++;
		return false;
	}
	if (f->call != s->call) {
		dce_raise(c, DCE_EVENTS_CO, CO_EV_CALL);
		ok = false;
	}
	if (request && opnum != s->opnum) {
		dce_raise(c, DCE_EVENTS_CO, CO_EV_OPNUM);
		if (is_samba(r) || r->policy >= DCE_WIN_VISTA)
			s->opnum = opnum;
	}
	if (request && context != s->context) {
		dce_raise(c, DCE_EVENTS_CO, CO_EV_CONTEXT);
		if (!is_samba(r) && r->policy >= DCE_WIN_VISTA)
			s->context = context;
	}
	return ok;
}

/* Is it shown before its end? From the threshold on, and then each time that
 * it has twice the size, so that work stays linear. */
static bool
is_early(const struct app_call *c, const struct dce_co_side *s)
{
	const struct dce_conf *conf = c->conf;

	return conf->reassemble_threshold && s->stub.n >= REQUEST_HEADER +
	    conf->reassemble_threshold && s->stub.n >= s->early;
}

static void
gather(struct app_call *c, struct dce_room *r, struct dce_co *co,
    struct dce_co_side *s, const struct fragment *f, uint16_t opnum,
    uint16_t context)
{
	const struct dce_conf *conf = c->conf;
	size_t n = cur_left(&f->body);

	if (!conf->defrag || !join(c, r, s, f, opnum, context))
		return;
	if (conf->max_frag_len && n > conf->max_frag_len)
		n = conf->max_frag_len;
	if (n)
		dce_bytes_add(c, r, &s->stub, slice_make(f->body.p, n));
	s->over = f->flags & LAST;
	s->ready = s->over || is_early(c, s);
	if (!s->ready)
		return;
	s->open = !s->over;
	s->early = s->stub.n * 2;
	s->facts = r->facts;
	s->facts.first = true;
	if (f->type == REQUEST) {
		s->facts.has_opnum = true;
		s->facts.opnum = s->opnum;
		note_call(co, s->call, s->opnum, s->context);
	}
	set_iface(co, s->context, &s->facts);
}

static void
read_call(struct app_call *c, struct dce_room *r, struct dce_co *co,
    enum flow_side side, struct fragment *f, struct app_unit *u)
{
	struct dce_co_side *s = &co->side[side];
	const uint8_t *h = cur_take(&f->body, REQUEST_HEADER - HEADER);
	bool clear;
	uint16_t opnum, context;

	if (!h) {
		short_rest(c, r);
		return;
	}
	r->ctrs[f->type == REQUEST ? DCE_CTR_REQUESTS : DCE_CTR_RESPONSES]++;
	context = dce_u16(h + 4, f->little);
	opnum = dce_u16(h + 6, f->little);
	r->facts = (struct dce_facts){ .first = f->flags & FIRST,
		.response = f->type == RESPONSE,
		.little = is_samba(r) || !co->bound ? f->little :
		co->bind_little };
	set_iface(co, context, &r->facts);
	if (f->type == REQUEST) {
		check_length(c, co, f);
		r->facts.has_opnum = true;
		r->facts.opnum = opnum;
		if (f->flags & FIRST)
			note_call(co, f->call, opnum, context);
		if (f->flags & OBJECT && !cur_skip(&f->body, 16)) {
			short_rest(c, r);
			return;
		}
	} else {
		find_call(co, f->call, &r->facts);
	}
	clear = take_auth(c, r, f);
	u->facts = &r->facts;
	if (clear)
		app_set(u, BUF_DCE_STUB, slice_make(f->body.p,
		    cur_left(&f->body)));
	if (clear && (f->flags & (FIRST | LAST)) != (FIRST | LAST))
		gather(c, r, co, s, f, opnum, context);
}

static void
read_fragment(struct app_call *c, struct dce_room *r, struct slice bytes,
    struct app_unit *u)
{
	const uint8_t *h = bytes.ptr;
	bool little = h[4] & LITTLE;
	struct fragment f = { .h = h, .little = little, .type = h[2],
		.flags = h[3], .auth = dce_u16(h + 10, little),
		.call = dce_u32(h + 12, little),
		.body = cur_make(h + HEADER, bytes.len - HEADER) };

	r->ctrs[DCE_CTR_FRAGMENTS]++;
	r->co->known = true;
	r->quiet = false;
	switch (f.type) {
	case BIND:
	case ALTER:
		read_bind(c, r, r->co, &f);
		break;
	case BIND_ACK:
	case ALTER_ACK:
		read_bind_ack(c, r, r->co, &f);
		break;
	case REQUEST:
	case RESPONSE:
		read_call(c, r, r->co, r->side, &f, u);
		break;
	default:
		break;
	}
}

/* -- pieces ------------------ */

/* Takes bytes until there are want of them; false: not yet. */
static bool
gather_piece(struct app_call *c, struct dce_room *r, struct dce_bytes *seg,
    uint32_t want)
{
	uint32_t before = seg->n;
	size_t n = want - before;

	if (n > r->in.len)
		n = r->in.len;
	dce_bytes_add(c, r, seg, slice_make(r->in.ptr, n));
	if (seg->n != before + n) { /* no memory: it is lost */
		dce_bytes_end(r, seg);
		r->in = slice_make(NULL, 0);
		return false;
	}
	r->in = slice_make(r->in.ptr + n, r->in.len - n);
	return seg->n == want;
}

/* The next fragment, whole; empty: there is none yet. */
static struct slice
take_fragment(struct app_call *c, struct dce_room *r)
{
	struct dce_co_side *s = &r->co->side[r->side];
	struct slice none = slice_make(NULL, 0), whole;
	uint32_t len;

	if (!s->seg.n && r->in.len >= HEADER) {
		if (!is_header(c, r, r->in.ptr)) {
			r->in = none;
			return none;
		}
		len = dce_co_length(r->in.ptr);
		if (len <= r->in.len) {
			whole = slice_make(r->in.ptr, len);
			r->in = slice_make(r->in.ptr + len, r->in.len - len);
			return whole;
		}
	}
	if (s->seg.n < HEADER) {
		if (!gather_piece(c, r, &s->seg, HEADER))
			return none;
		if (!is_header(c, r, s->seg.p)) {
			dce_bytes_end(r, &s->seg);
			r->in = none;
			return none;
		}
	}
	len = dce_co_length(s->seg.p);
	if (s->seg.n < len && !gather_piece(c, r, &s->seg, len))
		return none;
	s->seg_done = true;
	r->ctrs[DCE_CTR_SEGMENTED]++;
	return slice_make(s->seg.p, s->seg.n);
}

void
dce_co_feed(struct dce_room *r, struct dce_co *co, enum flow_side side,
    struct slice bytes)
{
	r->co = co;
	r->side = side;
	r->in = bytes;
	r->bad = false;
	co->side[side].ready = false; /* there was no room for it */
}

/* What the last unit showed is not needed any more. */
static void
settle(struct dce_room *r, struct dce_co_side *s)
{
	if (s->seg_done) {
		dce_bytes_end(r, &s->seg);
		s->seg_done = false;
	}
	if (s->over && !s->ready) {
		dce_bytes_end(r, &s->stub);
		s->over = s->open = false;
	}
}

static void
show_whole(struct dce_room *r, struct dce_co_side *s, struct app_unit *u)
{
	r->ctrs[DCE_CTR_REASSEMBLED]++;
	r->facts = s->facts;
	u->facts = &r->facts;
	app_set(u, BUF_PAYLOAD, slice_make(s->stub.p, s->stub.n));
	app_set(u, BUF_DCE_STUB, slice_make(s->stub.p + REQUEST_HEADER,
	    s->stub.n - REQUEST_HEADER));
	s->ready = false;
}

bool
dce_co_next(struct app_call *c, struct dce_room *r, struct app_unit *u)
{
	struct dce_co_side *s;
	struct slice f;

	if (!r->co)
		return false;
	s = &r->co->side[r->side];
	settle(r, s);
	if (s->ready) {
		show_whole(r, s, u);
		return true;
	}
	while (r->in.len) {
		f = take_fragment(c, r);
		if (!f.len)
			continue;
		read_fragment(c, r, f, u);
		if (u->facts)
			return true;
		settle(r, s);
	}
	r->co = NULL;
	return false;
}

void
dce_co_gap(struct dce_room *r, struct dce_co *co, enum flow_side side)
{
	struct dce_co_side *s = &co->side[side];

	dce_bytes_end(r, &s->seg);
	dce_bytes_end(r, &s->stub);
	s->open = s->ready = s->over = s->seg_done = false;
}

void
dce_co_end(struct dce_room *r, struct dce_co *co)
{
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		dce_co_gap(r, co, (enum flow_side)i);
}
