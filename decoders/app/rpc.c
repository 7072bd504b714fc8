/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ONC RPC over TCP (RFC 5531, section 11): a message is a record of fragments,
 * each behind four bytes that say its length and whether it is the last. A PDU
 * is a record; what the client sends in more than one fragment, rules see as
 * one. Events of gid 106 as Snort's manual says: those about packets are
 * judged by packets.
 */
#include "decoders/app/rpc.h"

#include <string.h>

#include "core/cursor.h"
#include "core/limits.h"
#include "decoders/app/app.h"

enum {
	GID = 106,
	EV_FRAGMENTS = 1,
	EV_MULTIPLE,
	EV_LARGE,
	EV_INCOMPLETE,
	EV_EMPTY,

	MARK_LEN = 4,
	HEAD_LEN = 12, /* xid, type, and RPC's version or a reply's kind */
	CALL = 0,
	REPLY = 1,
	RPC_VERSION = 2,
	DENIED = 1, /* the last kind of reply */
};
#define LAST UINT32_C(0x80000000)

/* Where in a record somebody is. */
struct rpc_place {
	uint8_t n_mark, mark[MARK_LEN];
	bool last;      /* the fragment under way ends the record */
	uint32_t left;  /* of the fragment, once n_mark is MARK_LEN */
};

struct rpc_side {
	/* split's */
	struct rpc_place at;
	uint8_t n_head, head[HEAD_LEN];
	uint16_t empty; /* fragments without a byte, before the head is there */
	/* next's */
	struct rpc_place read;
	uint32_t fragments; /* of the record so far */
};

struct rpc_session {
	struct rpc_side side[FLOW_SIDES];
	bool known;  /* a call or a reply was seen */
	bool judged; /* its events are raised */
};

struct rpc_worker {
	uint8_t room[MARK_LEN + LIM_RPC_ROOM];
};

#define RPC_COUNTERS(X)                                                        \
	X(RECORDS, "records", "records read")                                  \
	X(FRAGMENTED, "fragmented", "of them, from clients in several"         \
	    " fragments and put together")                                     \
	X(CUT, "cut", "pieces of records longer than what is put together")    \
	X(BAD, "malformed", "records that hold no call and no reply")
enum {
#define X(NAME, name, help) CTR_##NAME,
	RPC_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { RPC_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "rpc", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_FRAGMENTS, DEC_EV_DECODE, "rpc.fragments",
	    "(spp_rpc_decode) Fragmented RPC Records" },
	{ EV_MULTIPLE, DEC_EV_DECODE, "rpc.multiple_records",
	    "(spp_rpc_decode) Multiple RPC Records" },
	{ EV_LARGE, DEC_EV_DECODE, "rpc.large_fragment",
	    "(spp_rpc_decode) Large RPC Record Fragment" },
	{ EV_INCOMPLETE, DEC_EV_DECODE, "rpc.incomplete",
	    "(spp_rpc_decode) Incomplete RPC segment" },
	{ EV_EMPTY, DEC_EV_DECODE, "rpc.empty_fragment",
	    "(spp_rpc_decode) Zero-length RPC Fragment" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

/* without a line, nothing is raised */
static const struct rpc_conf conf_default;

/* -- records -------------------------------------------------------------- */

/* A byte of a mark; true: it is complete. */
static bool
take_mark(struct rpc_place *p, uint8_t b)
{
	struct cursor c;
	uint32_t v;

	p->mark[p->n_mark++] = b;
	c = cur_make(p->mark, MARK_LEN);
	if (p->n_mark < MARK_LEN || !cur_be32(&c, &v))
		return false;
	p->last = v & LAST;
	p->left = v & ~LAST;
	return true;
}

/* Could a message begin so? RFC 5531, section 9. */
static bool
is_message(const uint8_t head[HEAD_LEN])
{
	struct cursor c = cur_make(head, HEAD_LEN);
	uint32_t xid, type, v;

	if (!cur_be32(&c, &xid) || !cur_be32(&c, &type) || !cur_be32(&c, &v))
		return false;
	return (type == CALL && v == RPC_VERSION) ||
	    (type == REPLY && v <= DENIED);
}

/* The next bytes of the message's head, if it is not there yet; false: it is
 * none. */
static bool
take_head(struct rpc_side *s, const uint8_t *p, size_t n)
{
	size_t room = sizeof(s->head) - s->n_head;

	n = n < room ? n : room;
	if (!n)
		return true;
	memcpy(s->head + s->n_head, p, n);
	s->n_head += (uint8_t)n;
	return s->n_head < HEAD_LEN || is_message(s->head);
}

/* A fragment's mark is there; false: nobody sends such. */
static bool
begin_fragment(const struct rpc_session *r, struct rpc_side *s)
{
	if (s->n_head == HEAD_LEN)
		return true;
	s->empty = (uint16_t)(s->empty + !s->at.left);
	return s->empty <= LIM_RPC_EMPTY &&
	    (r->known || s->at.left <= LIM_RPC_FIRST);
}

static void
rpc_begin(struct app_call *c, uint32_t tag)
{
	const struct rpc_conf *conf = c->conf;
	const struct flow *f = c->flow;
	uint16_t port = f->key.port[f->client_is_low ? 1 : 0];
	struct rpc_session *r = c->session;

	(void)tag;
	r->judged = conf->ports && conf->ports[port >> 3] >> (port & 7) & 1;
}

static size_t
rpc_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct rpc_session *r = c->session;
	struct rpc_side *s = &r->side[side];
	struct cursor cur = cur_make(bytes.ptr, bytes.len);
	bool good = true;

	if (!bytes.ptr) {
		/* a record begins behind it, or this is over */
		s->at = (struct rpc_place){ 0 };
		s->n_head = 0;
		s->empty = 0;
		return 0;
	}
	while (good && cur_left(&cur)) {
		size_t n = cur_left(&cur);
		uint8_t b;

		if (s->at.n_mark < MARK_LEN) {
			if (cur_u8(&cur, &b) && take_mark(&s->at, b))
				good = begin_fragment(r, s);
		} else {
			size_t head = (size_t)(HEAD_LEN - s->n_head);

			n = n < s->at.left ? n : s->at.left;
			/* the head alone, so that where it is found to be none
			 * does not depend on the pieces */
			if (head && n > head)
				n = head;
			s->at.left -= (uint32_t)n;
			good = take_head(s, cur_take(&cur, n), n);
		}
		r->known |= good && s->n_head == HEAD_LEN;
		if (!good || s->at.n_mark < MARK_LEN || s->at.left)
			continue;
		s->at.n_mark = 0;
		if (!s->at.last)
			continue;
		/* too short for a message: only among others */
		if (s->n_head < HEAD_LEN && !r->known) {
			good = false;
			break;
		}
		s->n_head = 0;
		s->empty = 0;
		return bytes.len - cur_left(&cur);
	}
	if (good)
		return 0;
	c->fate = APP_NOT_MINE;
	return bytes.len - cur_left(&cur);
}

/* -- packets -------------------------------------------------------------- */

/*
 * A client's packet that begins with a call: does more than the call's record
 * stand in it, or less?
 */
static void
rpc_packet(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct rpc_session *r = c->session;
	const struct rpc_conf *conf = c->conf;
	struct cursor cur = cur_make(bytes.ptr, bytes.len);
	struct rpc_side s = { .n_head = 0 };
	unsigned fragments = 0;
	uint32_t found = 0, mark, len;

	if (side != FLOW_CLIENT || !r->judged)
		return;
	while (cur_be32(&cur, &mark)) {
		size_t n = cur_left(&cur);

		len = mark & ~LAST;
		n = n < len ? n : len;
		fragments++;
		if (!take_head(&s, cur_take(&cur, n), n))
			return;
		if (n < len) {
			found = mark & LAST && fragments == 1 ? EV_INCOMPLETE :
			    EV_LARGE;
			break;
		}
		if (mark & LAST) {
			found = cur_left(&cur) ? EV_MULTIPLE : 0;
			break;
		}
	}
	/* a call, not a reply to one of the server's */
	if (s.n_head < HEAD_LEN || s.head[7] != CALL)
		return;
	if ((found == EV_MULTIPLE && conf->multiple) ||
	    (found == EV_LARGE && conf->large) ||
	    (found == EV_INCOMPLETE && conf->incomplete))
		app_event(c, GID, found);
}

/* -- messages ------------------------------------------------------------- */

/*
 * The bytes of a record, or a piece of one, without the marks of fragments:
 * they go to out, which has room for as many. Returns how many they are; *marks
 * is how many marks there were, *empty says whether one was of nothing.
 */
static size_t
join(struct rpc_place *p, struct slice in, uint8_t *out, uint32_t *marks,
    bool *empty)
{
	struct cursor cur = cur_make(in.ptr, in.len);
	size_t at = 0;
	uint8_t b;

	*marks = 0;
	*empty = false;
	while (cur_left(&cur)) {
		if (p->n_mark < MARK_LEN) {
			if (!cur_u8(&cur, &b) || !take_mark(p, b))
				continue;
			++*marks;
			*empty |= !p->left;
		} else {
			size_t n = cur_left(&cur);
			const uint8_t *from;

			n = n < p->left ? n : p->left;
			from = cur_take(&cur, n);
			if (n)
				memcpy(out + at, from, n);
			at += n;
			p->left -= (uint32_t)n;
		}
		if (!p->left)
			p->n_mark = 0;
	}
	return at;
}

/* One fragment, as Snort has it: its mark before the message. */
static void
put_mark(uint8_t *out, size_t n)
{
	uint32_t v = LAST | (uint32_t)n;

	for (unsigned i = 0; i < MARK_LEN; i++)
		out[i] = (uint8_t)(v >> (24 - 8 * i));
}

static bool
rpc_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	const struct rpc_conf *conf = c->conf;
	struct rpc_session *r = c->session;
	struct rpc_worker *w = c->worker;
	struct rpc_side *s = &r->side[pdu->side];
	bool begins = pdu->begins || pdu->gap, empty;
	struct slice in = pdu->bytes;
	uint32_t marks, before;
	size_t n;

	if (!first)
		return false;
	if (begins) {
		s->read = (struct rpc_place){ 0 };
		s->fragments = 0;
	}
	c->ctrs[CTR_RECORDS] += pdu->ends;
	c->ctrs[CTR_CUT] += pdu->cut;
	c->ctrs[CTR_BAD] += pdu->ends && begins &&
	    in.len < MARK_LEN + HEAD_LEN;
	if (in.len > LIM_RPC_ROOM)
		in.len = LIM_RPC_ROOM;
	n = join(&s->read, in, w->room + MARK_LEN, &marks, &empty);
	if (pdu->side != FLOW_CLIENT)
		return true;
	before = s->fragments;
	s->fragments += marks;
	if (r->judged && s->fragments > 1 && before <= 1 && conf->fragments)
		app_event(c, GID, EV_FRAGMENTS);
	if (r->judged && empty)
		app_event(c, GID, EV_EMPTY);
	/* a mark in the middle: its message has none there */
	if (marks > begins) {
		put_mark(w->room, n);
		c->ctrs[CTR_FRAGMENTED] += begins;
		app_set(u, BUF_DECODED, slice_make(w->room, MARK_LEN + n));
	}
	return true;
}

/* A call's head says who it is; a reply's might be somebody else's. */
static enum app_guess
rpc_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const uint8_t call[] = { 0, 0, 0, CALL, 0, 0, 0, RPC_VERSION };
	enum { XID_END = 8, PROGRAM = 16 };
	size_t n = bytes.len;

	(void)datagram;
	/* a first fragment of less than 16 MB, then xid, call, version, and
	 * a program of RFC 5531's first ranges */
	if (n && ((bytes.ptr[0] & 0x7f) || side != FLOW_CLIENT))
		return APP_NO;
	if (n > XID_END && memcmp(bytes.ptr + XID_END, call,
	    n < PROGRAM ? n - XID_END : sizeof(call)) != 0)
		return APP_NO;
	if (n <= PROGRAM)
		return APP_MAYBE;
	return bytes.ptr[PROGRAM] < 0x60 ? APP_YES : APP_NO;
}

const struct app_ops app_rpc = {
	.name = "rpc",
	.help = "ONC RPC over TCP",
	.preproc = "rpc_decode",
	.conf_default = &conf_default,
	.session_size = sizeof(struct rpc_session),
	.worker_size = sizeof(struct rpc_worker),
	.tcp = true,
	.guess = rpc_guess,
	.begin = rpc_begin,
	.split = rpc_split,
	.packet = rpc_packet,
	.next = rpc_next,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
