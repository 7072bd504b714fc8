/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/streamclient.h"

#include <stdlib.h>
#include <string.h>

#include "decoders/wire/tcp.h"

enum { MSS = 1400, RETRY = 60 };

static uint32_t
draw(struct client *c, uint32_t n)
{
	return rng_below(&c->rng, n);
}

/* Once in n times. */
static bool
once(struct client *c, uint32_t n)
{
	return draw(c, n) == 0;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* ------------------------------------------------------------ segments */

struct segment {
	uint32_t off;         /* of its first byte in the stream */
	uint32_t len;
	const uint8_t *bytes;
	uint8_t flags;
	uint32_t ack;         /* offset in the receiver's bytes */
	uint16_t window, urgent;
	uint32_t ts;
	bool no_ts;
	const char *options;  /* in place of usual ones */
	bool bad_checksum;
};

/* A segment that its receiver takes if it wants the bytes. */
static struct segment
plain(struct client *c, uint32_t off, uint32_t len)
{
	struct segment g = {
		.off = off,
		.len = len,
		.bytes = c->bytes + off,
		.flags = (uint8_t)(TCP_ACK | (once(c, 3) ? TCP_PSH : 0)),
		.ack = c->peer_next,
		/* a receiver that may not send does not acknowledge late */
		.window = (uint16_t)(c->is.quick && once(c, 12) ? draw(c, 5) :
		    1000 + draw(c, 60000)),
		.ts = c->ts,
	};

	/* what is unacknowledged may stay so, and be so again */
	if (once(c, 4))
		g.ack = c->ack_sent + draw(c, c->peer_next - c->ack_sent + 1);
	if (once(c, 16))
		g.flags |= once(c, 2) ? 0x40 : 0x80; /* congestion: means
		                                        nothing here */
	c->ts += draw(c, 3);
	return g;
}

/* Other bytes than the stream's. */
static const uint8_t *
noise(struct client *c, uint32_t len)
{
	static uint8_t b[2 * MSS];

	for (uint32_t i = 0; i < len; i++)
		b[i] = (uint8_t)('A' + draw(c, 26));
	return b;
}

static void
options(struct client *c, const struct segment *g)
{
	char text[128];

	if (g->options) {
		craft_tcp_opts(c->frame, g->options);
	} else if (g->flags & TCP_SYN) {
		snprintf(text, sizeof(text), "02040578%s%s",
		    c->is.sack ? "0402" : "", c->is.wscale ? "030307" : "");
		if (c->is.timestamps)
			snprintf(text + strlen(text), sizeof(text) -
			    strlen(text), "080a%08x00000000", g->ts);
		craft_tcp_opts(c->frame, text);
	} else if (c->is.timestamps && !g->no_ts) {
		snprintf(text, sizeof(text), "0101080a%08x%08x", g->ts,
		    c->peer_ts);
		craft_tcp_opts(c->frame, text);
	}
}

static void
emit(struct client *c, const struct segment *g)
{
	struct craft *f = c->frame;
	size_t tcp;

	craft_init(f);
	craft_eth(f, 0x0800);
	craft_ip4(f, 6, c->address, "10.99.0.2");
	tcp = craft_tcp(f, c->port, c->server_port, c->isn + 1 + g->off,
	    g->flags & TCP_ACK ? c->peer_isn + 1 + g->ack : 0, g->flags);
	options(c, g);
	if (g->len)
		craft_bytes(f, g->bytes, g->len);
	craft_poke16(f, tcp + 14, g->window);
	craft_poke16(f, tcp + 18, g->urgent);
	craft_done(f);
	if (g->bad_checksum)
		craft_poke16(f, tcp + 16, (uint16_t)(f->b[tcp + 16] << 8 |
		    (f->b[tcp + 17] ^ (1 + draw(c, 255)))));
	if (g->flags & TCP_ACK && g->ack > c->ack_sent &&
	    g->ack <= c->peer_next)
		c->ack_sent = g->ack;
}

/* ------------------------------------------------------------ steps */

/* The bytes of a segment that may differ from the stream's. */
static void
maybe_other(struct client *c, struct segment *g)
{
	if (c->is.conflicts && g->len && once(c, 2))
		g->bytes = noise(c, g->len);
}

/* A range near what is expected next, within the stream. */
static void
near(struct client *c, uint32_t *off, uint32_t *len)
{
	uint32_t back = draw(c, 40), from = c->acked + draw(c, 300);

	from = from > back ? from - back : 0;
	*off = least(from, c->total);
	*len = least(c->total - *off, 1 + draw(c, once(c, 5) ? MSS : 60));
}

static void
send_piece(struct client *c, unsigned i)
{
	uint32_t from = c->cut[i], to = c->cut[i + 1];
	struct segment g;

	if (!c->is.urgent && once(c, 4))
		to = least(c->total, to + draw(c, 80));
	if (!c->is.urgent && once(c, 4))
		from -= least(from, draw(c, 80));
	to = least(to, from + 2 * MSS);
	if (c->is.urgent && i % 3 == 0 && to - from > 1) {
		/* one urgent byte at a time, and at the front: see the head
		 * of tests/sh/stream_kernel.sh */
		if (c->has_urgent && c->acked <= c->urgent_at &&
		    c->urgent_at != from)
			return;
		c->has_urgent = true;
		c->urgent_at = from;
		g = plain(c, from, to - from);
		g.flags |= TCP_URG;
		g.urgent = 1;
	} else {
		g = plain(c, from, to - from);
	}
	maybe_other(c, &g);
	if (c->is.fin && to == c->total && once(c, 2))
		g.flags |= TCP_FIN;
	emit(c, &g);
}

static enum client_wish
do_piece(struct client *c)
{
	/* soon it is the turn of each, some are early, some come again */
	if (c->at_order < c->n_order)
		send_piece(c, c->order[c->at_order++]);
	else
		send_piece(c, draw(c, c->n_pieces));
	return WISH_NOTHING;
}

static enum client_wish
do_near(struct client *c)
{
	struct segment g;
	uint32_t off, len;

	near(c, &off, &len);
	if (c->is.urgent)
		len = 0;
	g = plain(c, off, len);
	maybe_other(c, &g);
	emit(c, &g);
	return WISH_NOTHING;
}

/* The end, which is none when the segment is covered before its turn. */
static enum client_wish
do_wild_fin(struct client *c)
{
	struct segment g;

	if (!c->is.wild_fin || c->acked > c->fin_to)
		return WISH_NOTHING;
	g = plain(c, c->fin_from, c->fin_to - c->fin_from);
	maybe_other(c, &g);
	g.flags |= TCP_FIN;
	emit(c, &g);
	return WISH_NOTHING;
}

/* Beyond the window: nobody takes it. */
static enum client_wish
do_beyond(struct client *c)
{
	uint32_t len = draw(c, 200);
	struct segment g = plain(c, 0, len);

	g.off = c->edge + 1 + (once(c, 2) ? draw(c, 100) :
	    draw(c, UINT32_C(1) << 30));
	g.bytes = noise(c, len);
	if (once(c, 8))
		g.flags |= TCP_FIN;
	emit(c, &g);
	return WISH_NOTHING;
}

/* Up to the window's end and over it, with the stream's bytes; and at its end,
 * where nothing is taken. */
static enum client_wish
do_edge(struct client *c)
{
	uint32_t off = c->edge - least(c->edge, draw(c, 2) * draw(c, 100)), len;
	struct segment g;

	if (off >= c->total || c->is.urgent)
		return WISH_NOTHING;
	len = least(c->total - off, 1 + draw(c, 200));
	g = plain(c, off, len);
	if (off == c->edge)
		g.bytes = noise(c, len);
	emit(c, &g);
	return WISH_NOTHING;
}

/* Below what is expected: a keep-alive, and more of it. */
static enum client_wish
do_old(struct client *c)
{
	uint32_t back = once(c, 2) ? 1 : draw(c, 400);
	uint32_t len = draw(c, back + 1);
	struct segment g;

	len = least(len, MSS);
	g = plain(c, 0, len);
	g.off = c->acked - back;
	g.bytes = noise(c, len);
	emit(c, &g);
	return WISH_NOTHING;
}

static enum client_wish
do_empty(struct client *c)
{
	struct segment g = plain(c, least(c->acked, c->total), 0);

	emit(c, &g);
	return WISH_NOTHING;
}

/* Acknowledges what was never sent, or what is long done. */
static enum client_wish
do_bad_ack(struct client *c)
{
	struct segment g;
	uint32_t off, len;

	near(c, &off, &len);
	if (c->is.urgent)
		len = 0;
	g = plain(c, off, c->is.conflicts || c->is.wild_fin ? 0 : len);
	if (once(c, 2)) {
		g.ack = c->peer_next + 1 + draw(c, once(c, 2) ? 10 :
		    UINT32_C(1) << 31);
		c->lied = true;
	} else {
		g.ack = UINT32_MAX - draw(c, 100);
	}
	if (once(c, 2))
		g.ts += draw(c, 1 << 20);
	emit(c, &g);
	return WISH_NOTHING;
}

static enum client_wish
do_no_ack(struct client *c)
{
	static const uint8_t flags[] = { 0, TCP_PSH, TCP_FIN, TCP_URG };
	struct segment g;
	uint32_t off, len;

	near(c, &off, &len);
	if (c->is.urgent)
		len = 0;
	g = plain(c, off, c->is.conflicts || c->is.wild_fin ? 0 : len);
	g.flags = flags[draw(c, 4)];
	if (once(c, 2))
		g.ts += draw(c, 1 << 20);
	emit(c, &g);
	return WISH_NOTHING;
}

static enum client_wish
do_bad_checksum(struct client *c)
{
	struct segment g;
	uint32_t off, len;

	near(c, &off, &len);
	g = plain(c, off, len);
	g.bytes = noise(c, len);
	g.bad_checksum = true;
	if (once(c, 8))
		g.flags |= once(c, 2) ? TCP_RST : TCP_FIN;
	emit(c, &g);
	return WISH_NOTHING;
}

/* A clock that goes wrong, for a segment. */
static enum client_wish
do_bad_ts(struct client *c)
{
	struct segment g;
	uint32_t off, len;

	near(c, &off, &len);
	if (c->is.urgent)
		len = 0;
	g = plain(c, off, len);
	maybe_other(c, &g);
	switch (draw(c, 8)) {
	case 0:
		g.no_ts = true;
		break;
	case 1:
		g.ts += draw(c, 1 << 10); /* and all is late from here on */
		c->ts = g.ts;
		break;
	case 2:
		g.ts -= draw(c, UINT32_C(1) << 31);
		break;
	case 3:
		g.ts -= 1 + draw(c, 3);
		break;
	case 4:
		/* out of order, it says nothing about what is expected */
		g.off = least(c->total, off + 50);
		g.len = least(c->total - g.off, g.len);
		g.bytes = c->bytes + g.off;
		g.ts += draw(c, 1 << 20);
		break;
	default:
		g.ts -= draw(c, 100);
		break;
	}
	emit(c, &g);
	return WISH_NOTHING;
}

/* A reset that nobody believes. */
static enum client_wish
do_reset(struct client *c)
{
	struct segment g = plain(c, 0, 0);

	g.flags = (uint8_t)(TCP_RST | (once(c, 2) ? TCP_ACK : 0));
	g.off = once(c, 2) ? c->edge + 1 + draw(c, 100000) :
	    c->acked - 2 - draw(c, 100000);
	if (once(c, 2))
		g.ts += draw(c, 1 << 20);
	emit(c, &g);
	return WISH_NOTHING;
}

/* SYN within the connection, with data or without. */
static enum client_wish
do_syn(struct client *c)
{
	struct segment g = plain(c, 0, draw(c, 2) * draw(c, 50));

	if (c->closed)
		return WISH_NOTHING; /* it might begin another connection */
	g.flags = (uint8_t)(TCP_SYN | (once(c, 3) ? TCP_ACK : 0));
	if (once(c, 4))
		g.off = UINT32_MAX; /* as it began */
	else if (c->stage == CLIENT_OPENING || once(c, 2))
		/* one in the window ends what is only half open */
		g.off = (1 + draw(c, 7)) << 28;
	else
		g.off = c->acked + draw(c, 100) - 50;
	g.bytes = noise(c, g.len);
	if (once(c, 2))
		g.ts += draw(c, 1 << 20);
	emit(c, &g);
	return WISH_NOTHING;
}

/* Options that are cut, said twice or unknown. */
static enum client_wish
do_options(struct client *c)
{
	struct segment g;
	uint32_t off, len;
	char text[128];

	near(c, &off, &len);
	if (c->is.urgent)
		len = 0;
	g = plain(c, off, len);
	maybe_other(c, &g);
	switch (draw(c, 6)) {
	case 0:
		g.options = "fd04abcd01010101";
		break;
	case 1:
		g.options = "01010101fd0a0000";
		break;
	case 2:
		g.options = "0000010101010101";
		break;
	case 3:
		snprintf(text, sizeof(text), "0101080a%08x%08x0101080a%08x%08x",
		    g.ts - draw(c, 100), c->peer_ts, g.ts - draw(c, 100),
		    c->peer_ts);
		g.options = text;
		break;
	case 4:
		snprintf(text, sizeof(text), "fe000000080a%08x%08x0101",
		    g.ts - 100, c->peer_ts);
		g.options = text;
		break;
	case 5:
		snprintf(text, sizeof(text), "fd06abcdef01080a%08x%08x0101",
		    g.ts, c->peer_ts);
		g.options = text;
		break;
	}
	emit(c, &g);
	return WISH_NOTHING;
}

static enum client_wish
do_read(struct client *c)
{
	(void)c;
	return WISH_READ;
}

static enum client_wish
do_write(struct client *c)
{
	(void)c;
	return WISH_WRITE;
}

static enum client_wish
do_shut(struct client *c)
{
	(void)c;
	return WISH_SHUT;
}

static const struct {
	enum client_wish (*act)(struct client *c);
	unsigned weight;
} acts[] = {
	{ do_piece, 40 },
	{ do_near, 20 },
	{ do_beyond, 4 },
	{ do_edge, 2 },
	{ do_old, 6 },
	{ do_wild_fin, 3 },
	{ do_empty, 3 },
	{ do_bad_ack, 3 },
	{ do_no_ack, 2 },
	{ do_bad_checksum, 2 },
	{ do_bad_ts, 3 },
	{ do_reset, 2 },
	{ do_syn, 2 },
	{ do_options, 2 },
	{ do_read, 4 },
	{ do_write, 2 },
	{ do_shut, 1 },
};

static enum client_wish
act(struct client *c)
{
	unsigned sum = 0, n;

	for (unsigned i = 0; i < ARRAY_LEN(acts); i++)
		sum += acts[i].weight;
	n = draw(c, sum);
	for (unsigned i = 0;; i++) {
		if (n < acts[i].weight)
			return acts[i].act(c);
		n -= acts[i].weight;
	}
}

/* ------------------------------------------------------------ stages */

void
client_kill(struct client *c)
{
	struct segment g = { .off = c->acked, .flags = TCP_RST | TCP_ACK,
		.ack = c->peer_next, .ts = c->ts };

	emit(c, &g);
}

static void
begin_fill(struct client *c)
{
	if (c->is.quick && once(c, 10)) {
		client_kill(c);
		c->stage = CLIENT_GONE;
		c->steps = draw(c, 6);
		return;
	}
	c->stage = CLIENT_FILL;
	c->steps = once(c, 5) ? draw(c, 5) : RETRY + c->total / 500;
}

/* All that is missing, in order. */
static enum client_wish
fill(struct client *c)
{
	uint32_t off = c->acked, len, end = c->total + c->is.fin;
	struct segment g;

	if (off >= end || !c->steps--) {
		c->stage = CLIENT_DONE;
		return WISH_READ;
	}
	if (c->edge <= off)
		return WISH_READ; /* and hear of room */
	len = off < c->total ? least(least(c->total - off, c->edge - off),
	    1 + draw(c, MSS)) : 0;
	if (c->is.urgent) {
		/* as it was sent */
		for (unsigned i = 0; i < c->n_pieces; i++)
			if (c->cut[i] <= off && off < c->cut[i + 1]) {
				send_piece(c, i);
				if (c->frame->len)
					return WISH_NOTHING;
				len = least(len, c->cut[i + 1] - off);
			}
	}
	g = plain(c, off, len);
	g.window = 60000;
	if (c->is.fin && off + len == c->total)
		g.flags |= TCP_FIN;
	emit(c, &g);
	return once(c, 3) ? WISH_READ : WISH_NOTHING;
}

static void
send_syn(struct client *c)
{
	struct segment g = plain(c, (uint32_t)-1, 0);

	g.flags = TCP_SYN;
	if (once(c, 8)) {
		g.len = 1 + draw(c, 40);
		g.bytes = noise(c, g.len);
	}
	emit(c, &g);
}

static enum client_wish
opening(struct client *c)
{
	struct segment g;

	if (!c->answered) {
		if (!c->steps--)
			c->stage = CLIENT_DONE;
		else
			send_syn(c);
		return WISH_NOTHING;
	}
	if (once(c, 8))
		return do_syn(c);
	c->stage = CLIENT_DATA;
	c->steps = 2 + draw(c, c->n_pieces * 3);
	if (once(c, 4))
		return do_piece(c); /* data with the handshake's ACK */
	g = plain(c, 0, 0);
	g.flags = TCP_ACK;
	emit(c, &g);
	return WISH_NOTHING;
}

enum client_wish
client_step(struct client *c)
{
	enum client_wish wish = WISH_NOTHING;

	c->frame->len = 0;
	switch (c->stage) {
	case CLIENT_SYN:
		send_syn(c);
		c->stage = CLIENT_OPENING;
		c->steps = 5;
		break;
	case CLIENT_OPENING:
		wish = opening(c);
		break;
	case CLIENT_DATA:
		if (c->steps--)
			wish = act(c);
		else
			begin_fill(c);
		break;
	case CLIENT_FILL:
		wish = fill(c);
		break;
	case CLIENT_GONE:
		/* nobody is there any more */
		wish = do_piece(c);
		if (!c->steps--)
			c->stage = CLIENT_DONE;
		break;
	case CLIENT_DONE:
		break;
	}
	if (c->reset && c->stage != CLIENT_GONE)
		c->stage = CLIENT_DONE;
	return wish;
}

/* ------------------------------------------------------------ ears */

void
client_hear(struct client *c, const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;
	uint32_t ack = d->tcp_ack - c->isn - 1, win = d->tcp_win, next;

	if (d->tcp_flags & TCP_RST) {
		/* an answer to what was no part of the connection */
		if (c->answered && c->stage > CLIENT_OPENING &&
		    c->stage < CLIENT_GONE)
			c->reset |= d->tcp_seq == c->peer_isn + 1 +
			    c->peer_next;
		return;
	}
	for (unsigned i = 0; i < d->n_tcp_opts; i++) {
		const struct hdr_opt *o = &p->tcp_opts[i];
		struct slice v = pkt_bytes(p, o->off, o->len);

		if (o->kind == TCP_OPT_TS && v.len == 8 &&
		    d->tcp_flags & TCP_SYN)
			c->peer_ts = (uint32_t)v.ptr[0] << 24 |
			    (uint32_t)v.ptr[1] << 16 |
			    (uint32_t)v.ptr[2] << 8 | v.ptr[3];
		if (o->kind == TCP_OPT_WSCALE && v.len == 1 &&
		    d->tcp_flags & TCP_SYN)
			c->peer_wscale = v.ptr[0];
	}
	if (d->tcp_flags & TCP_SYN) {
		c->answered = true;
		c->peer_isn = d->tcp_seq;
	} else if (c->is.wscale) {
		win <<= c->peer_wscale;
	}
	next = d->tcp_seq - c->peer_isn - 1 + d->payload_len +
	    !!(d->tcp_flags & TCP_FIN) + !!(d->tcp_flags & TCP_SYN);
	c->closed |= d->tcp_flags & TCP_FIN;
	if ((int32_t)(next - c->peer_next) > 0)
		c->peer_next = next;
	if ((int32_t)(ack - c->acked) > 0)
		c->acked = ack;
	if ((int32_t)(ack + win - c->edge) > 0)
		c->edge = ack + win;
}

/* ------------------------------------------------------------ beginning */

static void
make_pieces(struct client *c)
{
	uint32_t at = 0, most;

	c->n_pieces = 1 + draw(c, CLIENT_PIECES - 1);
	most = c->total / c->n_pieces * 2 + 1;
	for (unsigned i = 0; i < c->n_pieces; i++) {
		c->cut[i] = at;
		at = least(c->total, at + draw(c, most + 1));
		if (at - c->cut[i] > MSS)
			at = c->cut[i] + MSS;
	}
	c->cut[c->n_pieces] = least(c->total, at + MSS);
	c->total = c->cut[c->n_pieces];
	for (unsigned i = 0; i < c->n_pieces; i++) {
		c->order[c->n_order++] = i;
		if (once(c, 6))
			c->order[c->n_order++] = draw(c, i + 1);
	}
	/* out of order, but for the order as a whole */
	if (once(c, 4))
		return;
	most = once(c, 3) ? c->n_order : 4;
	for (unsigned i = 0; i + 1 < c->n_order; i++) {
		unsigned j = i + draw(c, least(most, c->n_order - i));
		unsigned was = c->order[i];

		c->order[i] = c->order[j];
		c->order[j] = was;
	}
}

void
client_init(struct client *c, struct craft *frame, uint64_t seed,
    uint64_t set, const struct client_traits *allowed)
{
	struct client_traits *is = &c->is;

	memset(c, 0, sizeof(*c));
	c->frame = frame;
	c->rng = rng_make(seed, set);
	is->quick = !once(c, 4);
	is->small_room = allowed->small_room && once(c, 8);
	is->lazy = once(c, 4);
	is->urgent = allowed->urgent && is->quick && !is->small_room &&
	    !is->lazy && once(c, 8);
	is->conflicts = allowed->conflicts && is->quick && !is->small_room &&
	    !is->urgent && !once(c, 4);
	is->timestamps = once(c, 2);
	is->sack = once(c, 2);
	is->wscale = once(c, 2);
	is->wild_fin = allowed->wild_fin && is->quick && !is->urgent &&
	    !is->small_room && once(c, 16);
	is->fin = !is->wild_fin && once(c, 2);
	c->port = (uint16_t)(1024 + set % 60000);
	c->server_port = is->small_room ? SERVER_PORT_SMALL : SERVER_PORT;
	c->address = is->quick ? "10.99.1.1" : "10.99.2.1";
	c->isn = once(c, 4) ? 0 - draw(c, 3000) : draw(c, UINT32_MAX);
	c->ts = 1 + (once(c, 4) ? 0 - draw(c, 200) - 2 : draw(c, UINT32_MAX));
	c->total = draw(c, once(c, 8) || is->small_room ? 16000 : 1500);
	make_pieces(c);
	c->fin_from = draw(c, c->total + 1);
	c->fin_to = c->fin_from + least(c->total - c->fin_from, draw(c, 60));
	for (uint32_t i = 0; i < c->total; i++)
		c->bytes[i] = (uint8_t)('a' + draw(c, 26));
}
