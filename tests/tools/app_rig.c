/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/app_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);\
			abort();                                               \
		}                                                              \
	} while (0)

enum { TEXT_MAX = 64 << 20 };

static const char *const buf_names[] = {
#define BUFFER(ID, name, CLASS, help) name,
#include "decoders/app/buffers.def"
#undef BUFFER
};

bool
rig_init(struct rig *r, enum app_id id, const void *conf)
{
	*r = (struct rig){ .id = id };
	r->conf.proto[id] = (struct app_proto_conf){ .on = true,
		.conf = conf };
	r->conf.logs = UINT32_MAX;
	r->conf.file_logs = true;
	r->app = app_new(&r->conf, NULL, 4);
	if (!r->app)
		return false;
	buf_init(&r->text, TEXT_MAX);
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		r->side[i].bytes = malloc(RIG_BYTES);
		CHECK(r->side[i].bytes);
	}
	r->oom = true;
	rig_session(r);
	r->oom = false;
	return true;
}

void
rig_fini(struct rig *r)
{
	if (r->app && r->flow.app)
		app_end(r->app, &r->flow);
	app_free(r->app);
	if (r->text.max)
		buf_fini(&r->text);
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		free(r->side[i].bytes);
	*r = (struct rig){ .id = APP_NONE };
}

void
rig_session(struct rig *r)
{
	if (r->flow.app)
		app_end(r->app, &r->flow);
	r->flow = (struct flow){ .kind = FLOW_TCP, .client_is_low = true,
		.id = 1, .key = { .version = 4, .proto = 6,
		.port = { 40000, 80 } } };
	r->flow.key.addr[0][0] = 10;
	r->flow.key.addr[0][3] = 1;
	r->flow.key.addr[1][0] = 10;
	r->flow.key.addr[1][3] = 2;
	app_clock(r->app, mtime_make(1000, 0));
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		r->side[i].n = r->side[i].seen = 0;
		r->side[i].gap = false;
	}
	CHECK(app_attach(r->app, &r->flow, r->id, 0) || r->oom);
}

void
rig_clear(struct rig *r)
{
	buf_reset(&r->text);
}

/* -- what came out ------------------------------------------------------- */

static void
put_escaped(struct buf *b, struct slice s)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\r')
			buf_puts(b, "\\r");
		else if (c == '\n')
			buf_puts(b, "\\n");
		else if (c == '"' || c == '\\' || c < ' ' || c > '~')
			buf_printf(b, "\\x%02x", c);
		else
			buf_putc(b, (char)c);
	}
	buf_putc(b, '"');
}

static void
put_log(struct rig *r, const struct app_log *l)
{
	bool comma = false;

	buf_printf(&r->text, "log %s {", l->type);
	for (unsigned i = 0; i < l->n; i++) {
		const struct field *f = &l->fields[i];
		struct slice s = slice_make((const uint8_t *)f->text.ptr,
		    f->text.len);

		if (f->kind == FIELD_END) {
			buf_putc(&r->text, f->number ? ']' : '}');
			comma = true;
			continue;
		}
		if (comma)
			buf_putc(&r->text, ',');
		comma = true;
		if (f->name)
			buf_printf(&r->text, "\"%s\":", f->name);
		switch (f->kind) {
		case FIELD_TEXT:
			put_escaped(&r->text, s);
			break;
		case FIELD_HEX:
			for (size_t j = 0; j < s.len; j++)
				buf_printf(&r->text, "%02x", s.ptr[j]);
			break;
		case FIELD_NUMBER:
			buf_printf(&r->text, "%llu",
			    (unsigned long long)f->number);
			break;
		case FIELD_BOOL:
			buf_puts(&r->text, f->number ? "true" : "false");
			break;
		case FIELD_OBJECT:
			buf_putc(&r->text, '{');
			comma = false;
			break;
		case FIELD_ARRAY:
			buf_putc(&r->text, '[');
			comma = false;
			break;
		case FIELD_END:
			break;
		}
	}
	buf_puts(&r->text, "}\n");
}

static void
put_logs(struct rig *r)
{
	struct app_log l;

	while (app_log_next(r->app, &l))
		put_log(r, &l);
}

static void
put_unit(struct rig *r, enum flow_side side, const struct app_unit *u)
{
	buf_printf(&r->text, "unit %s%s", side == FLOW_CLIENT ? "client" :
	    "server", u->full_pdu ? " full" : "");
	for (unsigned i = 0; i < BUF_COUNT; i++)
		if (u->present >> i & 1) {
			buf_printf(&r->text, " %s=", buf_names[i]);
			put_escaped(&r->text, u->bufs[i]);
		}
	buf_putc(&r->text, '\n');
	for (unsigned i = 0; i < r->pkt.dec.n_events; i++)
		buf_printf(&r->text, "event %u:%u\n", r->pkt.events[i].gid,
		    (unsigned)r->pkt.events[i].sid);
	r->pkt.dec.n_events = 0;
	put_logs(r);
}

/* Bytes of a side as a packet, in a copy of its own, so that reading past its
 * end is seen; the caller's to free. */
static uint8_t *
make_packet(struct rig *r, enum flow_side side, size_t at, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	CHECK(copy);
	if (n)
		memcpy(copy, r->side[side].bytes + at, n);
	memset(&r->pkt.dec, 0, sizeof(r->pkt.dec));
	r->pkt.data = copy;
	r->pkt.caplen = r->pkt.wirelen = (uint32_t)n;
	r->pkt.dec.payload_len = (uint32_t)n;
	r->pkt.dec.ip_ver = 4;
	r->pkt.dec.l4 = r->datagram ? PKT_L4_UDP : PKT_L4_TCP;
	r->pkt.dec.src = r->pkt.dec.dst = (struct ipaddr){ .family = 4 };
	r->pkt.dec.src.b[0] = r->pkt.dec.dst.b[0] = 10;
	r->pkt.dec.src.b[3] = side == FLOW_CLIENT ? 1 : 2;
	r->pkt.dec.dst.b[3] = side == FLOW_CLIENT ? 2 : 1;
	r->pkt.dec.sport = side == FLOW_CLIENT ? 40000 : 80;
	r->pkt.dec.dport = side == FLOW_CLIENT ? 80 : 40000;
	r->pkt.ts = mtime_make(1000, 0);
	return copy;
}

static void
read_pdu_as(struct rig *r, enum flow_side side, size_t n, bool ends, bool open)
{
	struct stream_facts facts = { .flow = &r->flow, .side = side,
		.has_direction = true, .established = true,
		.gap = r->side[side].gap, .pdu_end = ends,
		.pdu_cut = !ends && n == RIG_PAF_MAX };
	uint8_t *copy = make_packet(r, side, 0, n);
	struct app_unit u;

	r->side[side].gap = false;
	app_pdu_begin(r->app, &r->pkt, &facts);
	r->app->pdu.open = open;
	while (app_next(r->app, &u))
		put_unit(r, side, &u);
	app_pdu_end(r->app);
	put_logs(r);
	free(copy);
	if (open)
		return;
	r->side[side].n -= n;
	r->side[side].seen = r->side[side].ahead = 0;
	if (r->side[side].n)
		memmove(r->side[side].bytes, r->side[side].bytes + n,
		    r->side[side].n);
	if (!r->flow.app)
		buf_printf(&r->text, "fate %s\n",
		    r->flow.bypass == FLOW_BYPASS_ENCRYPTED ? "encrypted" :
		    "not mine");
}

static void
read_pdu(struct rig *r, enum flow_side side, size_t n, bool ends)
{
	read_pdu_as(r, side, n, ends, false);
}

void
rig_open(struct rig *r, enum flow_side side)
{
	struct app_session *s = r->flow.app;
	size_t size = s ? sizeof(*s) + app_ops(r->id)->session_size : 0;
	bool gap = r->side[side].gap;
	void *before;

	if (!s || !r->side[side].n)
		return;
	before = malloc(size);
	CHECK(before);
	memcpy(before, s, size);
	read_pdu_as(r, side, r->side[side].n, false, true);
	CHECK(r->flow.app == s);
	memcpy(s, before, size);
	r->side[side].gap = gap;
	free(before);
}

static void
read_all(const struct app_unit *u)
{
	volatile unsigned sum = 0;

	for (unsigned id = 0; id < BUF_COUNT; id++)
		for (size_t i = 0; u->present >> id & 1 &&
		    i < u->bufs[id].len; i++)
			sum += u->bufs[id].ptr[i];
}

/* Shows what is held as stream_open() does: what came new, and before it so
 * much that it is LIM_STREAM_OPEN. */
static void
look_ahead(struct rig *r, enum flow_side side)
{
	struct app_session *s = r->flow.app;
	struct stream_facts facts = { .flow = &r->flow, .side = side,
		.has_direction = true, .established = true,
		.gap = r->side[side].gap };
	size_t n = r->side[side].n, fresh = r->side[side].ahead;
	size_t at = n > LIM_STREAM_OPEN ? n - LIM_STREAM_OPEN : 0;
	struct stream_part part = { .again = fresh > 0 };
	struct app_unit u;
	uint8_t *copy;

	if (!s || fresh >= n || !app_ops(r->id)->open)
		return;
	at = at < fresh ? at : fresh;
	part.at = (uint32_t)at;
	part.begins = !at;
	part.fresh = (uint32_t)(fresh - at);
	copy = make_packet(r, side, at, n - at);
	s->side[side].shown.any = true;
	app_open_begin(r->app, &r->pkt, &facts, &part);
	while (app_open_next(r->app, &u))
		read_all(&u);
	r->side[side].ahead = s->side[side].shown.any ? n : 0;
	free(copy);
}

/* Shows split what it has not seen, and reads what it ends. */
static void
advance(struct rig *r, enum flow_side side)
{
	while (r->flow.app && r->side[side].seen < r->side[side].n) {
		struct app_side *sd = &r->flow.app->side[side];
		size_t at = r->side[side].seen, n;
		struct slice rest = slice_make(r->side[side].bytes + at,
		    r->side[side].n - at);

		if (rest.len > RIG_PAF_MAX - at)
			rest.len = RIG_PAF_MAX - at;
		if (!app_ops(r->id)->split) {
			read_pdu(r, side, r->side[side].n, false);
			return;
		}
		n = app_split(sd, rest);
		/* it is asked what else it may be: here, nothing */
		if (r->flow.app && r->flow.app->id == APP_NONE)
			app_leave(r->app, &r->flow);
		if (!r->flow.app) {
			buf_puts(&r->text, "fate not mine\n");
			return;
		}
		CHECK(n <= rest.len);
		at += n ? n : rest.len;
		r->side[side].seen = at;
		if (n || at == RIG_PAF_MAX)
			read_pdu(r, side, at, n > 0);
	}
	put_logs(r);
}

static uint64_t
next_random(struct rig *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return r->random;
}

void
rig_feed(struct rig *r, enum flow_side side, const void *bytes, size_t n,
    unsigned cut)
{
	const uint8_t *from = bytes;

	r->random = cut * UINT64_C(0x9e3779b97f4a7c15) + 1;
	while (n && r->flow.app) {
		size_t part = n;

		if (cut == RIG_BYTEWISE)
			part = 1;
		else if (cut != RIG_WHOLE)
			part = 1 + next_random(r) % (next_random(r) & 1 ? 8 :
			    600);
		part = part < n ? part : n;
		CHECK(r->side[side].n + part <= RIG_BYTES);
		memcpy(r->side[side].bytes + r->side[side].n, from, part);
		r->side[side].n += part;
		from += part;
		n -= part;
		advance(r, side);
		if (r->looks_ahead)
			look_ahead(r, side);
	}
}

void
rig_gap(struct rig *r, enum flow_side side)
{
	if (r->side[side].n && r->flow.app)
		read_pdu(r, side, r->side[side].n, false);
	if (r->flow.app && app_ops(r->id)->split)
		app_split(&r->flow.app->side[side], slice_make(NULL, 0));
	r->side[side].gap = true;
}

void
rig_datagram(struct rig *r, enum flow_side side, const void *bytes, size_t n)
{
	r->datagram = true;
	r->flow.kind = FLOW_UDP;
	r->flow.key.proto = 17;
	CHECK(n <= RIG_BYTES);
	if (n)
		memcpy(r->side[side].bytes, bytes, n);
	r->side[side].n = n;
	read_pdu(r, side, n, true);
	r->datagram = false;
}

void
rig_end(struct rig *r)
{
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		if (r->side[i].n && r->flow.app)
			read_pdu(r, (enum flow_side)i, r->side[i].n, false);
	if (r->flow.app)
		app_end(r->app, &r->flow);
	put_logs(r);
}

const char *
rig_text(struct rig *r)
{
	return r->text.ptr ? r->text.ptr : "";
}

bool
rig_has(struct rig *r, const char *line)
{
	const char *t = rig_text(r), *at = t;
	size_t n = strlen(line);

	while ((at = strstr(at, line))) {
		if (at == t || at[-1] == '\n')
			return true;
		at += n;
	}
	return false;
}

/* A new session, and the pieces. */
static void
say_first(struct rig *r, const struct rig_say *say, size_t n)
{
	rig_clear(r);
	rig_session(r);
	for (size_t i = 0; i < n; i++)
		rig_feed(r, say[i].side, say[i].bytes, say[i].n ? say[i].n :
		    strlen(say[i].bytes), RIG_WHOLE);
}

static void
say_all(struct rig *r, const struct rig_say *say, size_t n, unsigned cut,
    size_t last)
{
	app_reset(r->app);
	rig_session(r);
	for (size_t i = 0; i < n; i++) {
		size_t len = say[i].n ? say[i].n : strlen(say[i].bytes);

		if (i == n - 1 && last < len)
			len = last;
		rig_feed(r, say[i].side, say[i].bytes, len, cut);
	}
	rig_end(r);
}

void
rig_play(struct rig *r, const struct rig_say *say, size_t n)
{
	char *whole;

	rig_clear(r);
	say_all(r, say, n, RIG_WHOLE, SIZE_MAX);
	whole = strdup(rig_text(r));
	CHECK(whole);
	for (unsigned cut = RIG_BYTEWISE; cut < 8; cut++) {
		rig_clear(r);
		say_all(r, say, n, cut, SIZE_MAX);
		if (strcmp(whole, rig_text(r)) != 0) {
			fprintf(stderr, "cut %u:\n%s--- instead of\n%s", cut,
			    rig_text(r), whole);
			abort();
		}
	}
	free(whole);
}

void
rig_truncate(struct rig *r, const struct rig_say *say, size_t n)
{
	size_t len = say[n - 1].n ? say[n - 1].n : strlen(say[n - 1].bytes);

	for (size_t last = 0; last < len; last++) {
		rig_clear(r);
		say_all(r, say, n, RIG_WHOLE, last);
	}
	rig_clear(r);
}

/* Nanoseconds for so many bytes, the least of three. */
static uint64_t
cost(struct rig *r, const struct rig_say *say, size_t n, size_t bytes)
{
	const struct rig_say *last = &say[n - 1];
	uint64_t best = UINT64_MAX;
	uint8_t segment[1460];

	for (unsigned i = 0; i < 3; i++) {
		struct timespec a, b;
		uint64_t ns;

		say_first(r, say, n - 1);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		for (size_t at = 0; at < bytes; at += sizeof(segment)) {
			const uint8_t *unit = last->bytes;

			for (size_t j = 0; j < sizeof(segment); j++)
				segment[j] = unit[(at + j) % last->n];
			rig_feed(r, last->side, segment, sizeof(segment),
			    RIG_WHOLE);
			rig_clear(r);
		}
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		CHECK(r->flow.app);
		ns = (uint64_t)(b.tv_sec - a.tv_sec) * 1000000000 +
		    (uint64_t)(b.tv_nsec - a.tv_nsec);
		best = ns < best ? ns : best;
	}
	return best;
}

void
rig_linear(struct rig *r, const struct rig_say *say, size_t n)
{
	uint64_t one = cost(r, say, n, 100000), ten;

	ten = cost(r, say, n, 1000000);
	if (ten <= 40 * one)
		return;
	fprintf(stderr, "%llu ns, ten times: %llu\n", (unsigned long long)one,
	    (unsigned long long)ten);
	abort();
}
