/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which parser reads which session, and the way of its bytes: from the
 * stream's hook to split, from rebuilt packets to next.
 */
#include "decoders/app/app.h"

#include <stdlib.h>
#include <string.h>

#include "core/slab.h"
#include "core/xalloc.h"
#include "decoders/app/app_int.h"
#include "decoders/wire/tcp.h"

#define APP(ID, ops) extern const struct app_ops ops;
#include "decoders/app/apps.def"
#undef APP

static const struct app_ops *const table[APP_COUNT] = {
#define APP(ID, ops) [APP_##ID] = &ops,
#include "decoders/app/apps.def"
#undef APP
};

static const struct ctr_def counter_defs[] = { APP_COUNTERS(COUNTER_DEF) };
const struct ctr_group app_counters = { "app", counter_defs, APP_CTRS };

const struct app_ops *
app_ops(enum app_id id)
{
	return table[id];
}

struct app_conf
app_conf_default(void)
{
	return (struct app_conf){ .by_content = true };
}

/* -- life ----------------------------------------------------------------- */

static uint64_t
sessions_max(const struct app *a, enum app_id id)
{
	const struct app_ops *o = table[id];
	uint64_t size = sizeof(struct app_session) + o->session_size, max;

	if (!o->memcap)
		return a->max;
	max = o->memcap(a->proto[id].conf) / size;
	return max < a->max ? max : a->max;
}

static bool
proto_init(struct app *a, enum app_id id)
{
	const struct app_ops *o = table[id];
	struct app_proto *p = &a->proto[id];

	p->conf = a->conf->proto[id].conf ? a->conf->proto[id].conf :
	    o->conf_default;
	slab_init(&p->sessions, sizeof(struct app_session) + o->session_size,
	    sessions_max(a, id));
	if (o->counters) {
		p->ctrs = mem_calloc(o->counters->n, sizeof(*p->ctrs));
		if (!p->ctrs)
			return false;
	}
	if (!a->conf->proto[id].on || !o->worker_size)
		return true;
	p->worker = mem_calloc(1, o->worker_size);
	if (p->worker && (!o->worker_init ||
	    o->worker_init(p->worker, p->conf)))
		return true;
	free(p->worker);
	p->worker = NULL;
	return false;
}

static void
proto_fini(struct app *a, enum app_id id)
{
	const struct app_ops *o = table[id];
	struct app_proto *p = &a->proto[id];

	slab_fini(&p->sessions);
	if (p->worker && o->worker_fini)
		o->worker_fini(p->worker);
	free(p->worker);
	free(p->ctrs);
}

struct app *
app_new(const struct app_conf *conf, struct streams *streams, uint64_t max)
{
	struct app *a = mem_calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->conf = conf;
	a->streams = streams;
	a->max = max;
	slab_init(&a->guesses, sizeof(struct app_guesser), max);
	slab_init(&a->digests, sizeof(struct app_digests), LIM_APP_DIGESTS);
	if (!lru_init(&a->expected, sizeof(struct app_expect_key),
	    sizeof(struct app_expected), LIM_APP_EXPECT *
	    (sizeof(struct app_expect_key) + sizeof(struct app_expected)))) {
		free(a);
		return NULL;
	}
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++)
		if (!proto_init(a, id)) {
			app_free(a);
			return NULL;
		}
	return a;
}

void
app_free(struct app *a)
{
	if (!a)
		return;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++)
		proto_fini(a, id);
	slab_fini(&a->guesses);
	slab_fini(&a->digests);
	lru_fini(&a->expected);
	free(a);
}

void
app_adopt(struct app *a, const struct app_conf *conf)
{
	a->conf = conf;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		struct app_proto *p = &a->proto[id];
		const struct app_ops *o = table[id];

		p->conf = conf->proto[id].conf ? conf->proto[id].conf :
		    o->conf_default;
		p->sessions.max = sessions_max(a, id);
		/* one that was off until now has no worker's part yet */
		if (conf->proto[id].on && o->worker_size && !p->worker) {
			p->worker = mem_calloc(1, o->worker_size);
			if (p->worker && o->worker_init &&
			    !o->worker_init(p->worker, p->conf)) {
				free(p->worker);
				p->worker = NULL;
			}
			a->ctrs[APP_CTR_NO_MEMORY] += !p->worker;
		}
	}
}

void
app_reset(struct app *a)
{
	lru_clear(&a->expected);
}

void
app_clock(struct app *a, struct mtime now)
{
	a->now = now;
}

uint64_t *
app_counters_of(struct app *a)
{
	a->ctrs[APP_CTR_EXPECT_FULL] = a->expected.evicted;
	return a->ctrs;
}

uint64_t *
app_proto_counters(struct app *a, enum app_id id)
{
	return a->proto[id].ctrs;
}

/* -- calls ------------------------------------------------------------------ */

static void *
session_of(struct app_session *s)
{
	return table[s->id]->session_size ? s + 1 : NULL;
}

static struct app_call
call_of(struct app *a, struct app_session *s, struct packet *p)
{
	struct app_proto *proto = &a->proto[s->id];

	return (struct app_call){
		.app = a,
		.conf = proto->conf,
		.worker = proto->worker,
		.session = session_of(s),
		.ctrs = proto->ctrs,
		.pkt = p,
		.flow = s->flow,
		.id = s->id,
		.log = a->conf->logs >> s->id & 1 || a->conf->file_logs,
		.others = !s->read && !s->answered && a->conf->by_content,
	};
}

bool
app_usable(const struct app *a, enum app_id id)
{
	return a->conf->proto[id].on &&
	    (!table[id]->worker_size || a->proto[id].worker);
}

/* -- from streams to split ----------------------------------------------------- */

size_t
app_split(void *state, struct slice bytes)
{
	struct app_side *sd = state;
	struct app_session *s = sd->session;
	struct app *a = s->app;
	struct app_call c = call_of(a, s, NULL);
	size_t n;

	if (s->fate != APP_GO_ON)
		return bytes.len;
	n = table[s->id]->split(&c, sd->side, bytes);
	s->dark |= c.fate == APP_DARK;
	if (c.fate == APP_GO_ON || c.fate == APP_DARK)
		return n;
	/* nothing was read yet: perhaps another parser knows these bytes */
	if (c.fate == APP_NOT_MINE && !s->read && !s->answered) {
		enum app_id not_it = s->id;
		struct flow *f = s->flow;

		a->ctrs[APP_CTR_NOT_MINE]++;
		app_leave(a, f);
		f->app_id = APP_NONE;
		app_guess_begin(a, f, not_it);
		return 0;
	}
	/* what came before is read first */
	s->fate = c.fate;
	s->another = (uint8_t)c.another;
	return n ? n : bytes.len;
}

/* -- sessions ------------------------------------------------------------------- */

bool
app_attach(struct app *a, struct flow *f, enum app_id id, uint32_t tag)
{
	const struct app_ops *o = table[id];
	struct app_session *s = slab_take(&a->proto[id].sessions);

	f->app_done = true;
	if (!s) {
		a->ctrs[APP_CTR_NO_MEMORY]++;
		app_unhook(a, f);
		return false;
	}
	*s = (struct app_session){ .app = a, .flow = f, .id = (uint8_t)id };
	f->app = s;
	f->app_id = (uint8_t)id;
	a->ctrs[APP_CTR_SESSIONS]++;
	if (o->begin) {
		struct app_call c = call_of(a, s, NULL);

		o->begin(&c, tag);
	}
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		s->side[i] = (struct app_side){ .session = s,
			.side = (enum flow_side)i, .at_begin = true };
		if (!f->tcp)
			continue;
		if (o->split)
			stream_set_pdu(a->streams, f, (enum flow_side)i,
			    app_split, &s->side[i]);
		else
			stream_set_reassembly(f, (enum flow_side)i, true);
	}
	return true;
}

void
app_unhook(struct app *a, struct flow *f)
{
	for (unsigned i = 0; f->tcp && i < FLOW_SIDES; i++)
		stream_set_pdu(a->streams, f, (enum flow_side)i, NULL, NULL);
}

void
app_leave(struct app *a, struct flow *f)
{
	struct app_session *s = f->app;

	if (!s)
		return;
	f->app = NULL;
	if (a->session == s)
		a->session = NULL;
	if (s->id == APP_NONE) {
		slab_give(&a->guesses, s);
		return;
	}
	if (table[s->id]->end) {
		struct app_call c = call_of(a, s, NULL);

		table[s->id]->end(&c);
	}
	slab_give(&a->proto[s->id].sessions, s);
}

void
app_end(struct app *a, struct flow *f)
{
	app_leave(a, f);
}

/* Its bytes flow as without a parser. */
static void
drop(struct app *a, struct flow *f)
{
	app_leave(a, f);
	app_unhook(a, f);
}

static void
apply_fate(struct app *a, struct app_session *s, enum app_fate fate)
{
	struct flow *f = s->flow;

	if (fate == APP_NOT_MINE) {
		a->ctrs[APP_CTR_NOT_MINE]++;
		drop(a, f);
		f->app_id = APP_NONE;
	} else if (fate == APP_ANOTHER) {
		enum app_id to = (enum app_id)s->another;

		app_leave(a, f);
		if (app_usable(a, to))
			app_attach(a, f, to, 0);
		else
			app_unhook(a, f);
	} else if (fate == APP_IGNORED) {
		a->ctrs[APP_CTR_IGNORED]++;
		app_leave(a, f);
		app_unhook(a, f);
		f->bypass = FLOW_BYPASS_CONFIG;
		if (f->tcp)
			stream_ignore(a->streams, f);
	} else if (fate == APP_ENCRYPTED) {
		a->ctrs[APP_CTR_ENCRYPTED]++;
		drop(a, f);
		f->bypass = FLOW_BYPASS_ENCRYPTED;
		if (f->tcp)
			stream_ignore(a->streams, f);
	}
}

/* -- finding the parser ------------------------------------------------------------ */

static bool
port_in(const uint8_t *bitmap, uint16_t port)
{
	return bitmap && (bitmap[port >> 3] >> (port & 7) & 1);
}

static enum app_id
find_by_port(const struct app *a, bool tcp, uint16_t port)
{
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		const struct app_ops *o = table[id];

		if ((tcp ? o->tcp : o->udp) && app_usable(a, id) &&
		    port_in(a->conf->proto[id].ports, port))
			return id;
	}
	return APP_NONE;
}

bool
app_guessed(const struct app *a, enum app_id id, uint16_t port)
{
	return table[id]->guess && app_usable(a, id) &&
	    (a->conf->by_content || port_in(a->conf->proto[id].guess_ports,
	    port));
}

/* What the first datagram says. */
static enum app_id
guess_datagram(const struct app *a, enum flow_side side, uint16_t port,
    struct slice bytes)
{
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		const struct app_ops *o = table[id];

		if (o->udp && app_guessed(a, id, port) &&
		    o->guess(side, bytes, true) == APP_YES)
			return id;
	}
	return APP_NONE;
}

/* The session's parser, if there is one: from here on. */
static void
find_parser(struct app *a, struct packet *p, const struct stream_facts *facts)
{
	struct flow *f = facts->flow;
	bool tcp, to_server = facts->side == FLOW_CLIENT;
	uint16_t port = to_server ? p->dec.dport : p->dec.sport;
	enum app_id id;
	uint32_t tag;

	if (!f || f->app || f->app_done || f->dying ||
	    p->dec.flags & PKT_NO_RULES)
		return;
	tcp = f->kind == FLOW_TCP;
	/* without its server's side a session is never established */
	if (tcp ? !f->tcp || !(facts->established || p->dec.payload_len ||
	    (p->dec.tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_ACK) :
	    f->kind != FLOW_UDP || !p->dec.payload_len)
		return;
	id = app_expected(a, p, to_server, &tag);
	if (id != APP_NONE && app_usable(a, id)) {
		a->ctrs[APP_CTR_EXPECTED] += app_attach(a, f, id, tag);
		return;
	}
	id = find_by_port(a, tcp, port);
	if (id != APP_NONE) {
		a->ctrs[APP_CTR_BY_PORT] += app_attach(a, f, id, 0);
		return;
	}
	f->app_done = true;
	if (tcp) {
		/* before the first byte, or in the middle it is too late */
		if (!stream_is_midstream(f))
			app_guess_begin(a, f, APP_NONE);
		return;
	}
	id = guess_datagram(a, facts->side, port, pkt_payload(p));
	if (id != APP_NONE)
		a->ctrs[APP_CTR_BY_CONTENT] += app_attach(a, f, id, 0);
	else
		a->ctrs[APP_CTR_UNKNOWN]++;
}

/* A packet outside of any session. Who opened it is not known. */
static void
stray(struct app *a, struct packet *p)
{
	enum app_id id = find_by_port(a, true, p->dec.dport);
	struct app_call c;

	if (id == APP_NONE)
		id = find_by_port(a, true, p->dec.sport);
	if (id == APP_NONE || !table[id]->stray)
		return;
	c = (struct app_call){ .app = a, .conf = a->proto[id].conf,
		.worker = a->proto[id].worker, .ctrs = a->proto[id].ctrs,
		.pkt = p, .id = id };
	table[id]->stray(&c, pkt_payload(p));
}

void
app_packet(struct app *a, struct packet *p, const struct stream_facts *facts)
{
	struct app_session *s;
	struct app_call c;

	if (facts->flow && facts->flow->kind == FLOW_TCP && !facts->flow->tcp &&
	    p->dec.payload_len && !(p->dec.flags & PKT_NO_RULES))
		stray(a, p);
	find_parser(a, p, facts);
	s = facts->flow ? facts->flow->app : NULL;
	if (!s || !facts->taken || s->id == APP_NONE || !table[s->id]->packet)
		return;
	c = call_of(a, s, p);
	table[s->id]->packet(&c, facts->side, pkt_payload(p));
	if (c.fate == APP_ENCRYPTED)
		stream_freeze(s->flow);
}

/* -- units ----------------------------------------------------------------------------- */

void
app_pdu_begin(struct app *a, struct packet *p, const struct stream_facts *facts)
{
	struct app_session *s = facts->flow ? facts->flow->app : NULL;
	bool tcp = facts->flow && facts->flow->kind == FLOW_TCP;
	struct app_side *sd;

	a->session = s && s->id != APP_NONE ? s : NULL;
	a->pkt = p;
	a->n_units = 0;
	a->done = false;
	if (!a->session)
		return;
	sd = &s->side[facts->side];
	a->pdu = (struct app_pdu){
		.bytes = pkt_payload(p),
		.side = facts->side,
		.datagram = !tcp,
		.begins = sd->at_begin || !tcp,
		.ends = facts->pdu_end || !tcp,
		.gap = facts->gap,
		.cut = facts->pdu_cut,
	};
	sd->at_begin = facts->pdu_end;
	sd->shown.any = false;
	s->read = true;
	a->ctrs[APP_CTR_PDUS]++;
}

/* All but the buffers, which `present' tells of. */
static void
unit_empty(struct app_unit *u)
{
	u->present = 0;
	u->app = APP_NONE;
	u->facts = NULL;
	u->file_begins = u->full_pdu = false;
	u->whole = u->cut = 0;
}

void
app_segment(struct app *a, struct packet *p, const struct stream_facts *facts,
    struct app_unit *u)
{
	struct app_session *s = facts->flow ? facts->flow->app : NULL;
	struct slice bytes = pkt_payload(p);

	unit_empty(u);
	u->app = app_of(facts->flow);
	u->facts = app_facts(facts->flow);
	if (u->app != APP_NONE && table[u->app]->segment && bytes.len) {
		struct app_call c = call_of(a, s, p);

		table[u->app]->segment(&c, facts->side, bytes, u);
	}
}

bool
app_next(struct app *a, struct app_unit *u)
{
	struct app_session *s = a->session;
	bool first = !a->n_units, got = false;

	unit_empty(u);
	if (a->done)
		return false;
	a->n_units++;
	if (s && a->n_units <= LIM_UNITS) {
		const struct app_ops *o = table[s->id];
		struct app_call c = call_of(a, s, a->pkt);

		got = o->next(&c, &a->pdu, first, u);
		s->dark |= c.fate == APP_DARK;
		if (c.fate != APP_GO_ON && c.fate != APP_DARK)
			s->fate = c.fate;
		if (c.fate == APP_ANOTHER)
			s->another = (uint8_t)c.another;
		u->app = (enum app_id)s->id;
		if (!u->facts && o->facts)
			u->facts = o->facts(session_of(s));
		u->full_pdu = o->split && !o->flights && a->pdu.begins && a->pdu.ends;
		a->ctrs[APP_CTR_UNITS] += got;
	} else if (s) {
		a->ctrs[APP_CTR_TOO_MANY]++;
	}
	a->done = !got;
	return got || first;
}

struct stream_shown *
app_shown(const struct flow *f, enum flow_side side)
{
	return app_of(f) != APP_NONE && table[f->app->id]->open ?
	    &f->app->side[side].shown : NULL;
}

void
app_open_begin(struct app *a, struct packet *p,
    const struct stream_facts *facts, const struct stream_part *part)
{
	struct app_session *s = facts->flow->app;
	struct slice bytes = pkt_payload(p);

	a->session = s && s->id != APP_NONE ? s : NULL;
	a->n_units = 0;
	a->done = false;
	a->open = (struct app_open){
		.fresh = slice_make(bytes.ptr + part->fresh,
		    bytes.len - part->fresh),
		.shown = bytes,
		.at = part->at,
		.side = facts->side,
		.begins = a->session && s->side[facts->side].at_begin,
		.gap = facts->gap,
		.again = part->again,
	};
}

bool
app_open_next(struct app *a, struct app_unit *u)
{
	struct app_session *s = a->session;
	bool first = !a->n_units, got = false;

	unit_empty(u);
	if (a->done)
		return false;
	a->n_units++;
	if (s && s->fate == APP_GO_ON && table[s->id]->open &&
	    a->n_units <= LIM_UNITS) {
		struct app_call c = call_of(a, s, NULL);

		c.log = false;
		got = table[s->id]->open(&c, &a->open, first, u);
		if (first && !got)
			s->side[a->open.side].shown.any = false;
	}
	if (s) {
		u->app = (enum app_id)s->id;
		/* what will be one may be none yet: not the payload then */
		if (!table[s->id]->open)
			app_set(u, BUF_FILE_DATA, slice_make(NULL, 0));
	}
	a->done = !got;
	return got || first;
}

void
app_pdu_end(struct app *a)
{
	struct app_session *s = a->session;

	a->session = NULL;
	if (!s)
		return;
	if (s->dark && s->flow->bypass == FLOW_INSPECTED) {
		a->ctrs[APP_CTR_ENCRYPTED]++;
		s->flow->bypass = FLOW_BYPASS_ENCRYPTED;
	}
	if (s->fate != APP_GO_ON)
		apply_fate(a, s, s->fate);
}

bool
app_reads_on(const struct flow *f)
{
	return f->bypass == FLOW_BYPASS_ENCRYPTED && f->app && f->app->dark;
}

enum app_id
app_of(const struct flow *f)
{
	return f && f->app ? (enum app_id)f->app->id : APP_NONE;
}

const char *
app_proto_of(const struct flow *f)
{
	return f && f->app_id != APP_NONE ? table[f->app_id]->name : NULL;
}

const void *
app_facts(const struct flow *f)
{
	enum app_id id = app_of(f);

	return id != APP_NONE && table[id]->facts ?
	    table[id]->facts(session_of(f->app)) : NULL;
}
