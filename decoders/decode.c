/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of decoders and the loop that walks a frame's layers.
 *
 * The tables are built once per process from what the modules say of
 * themselves, and are constant from then on.
 */
#include "decoders/decode.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/xalloc.h"

enum {
	GID_DECODER = 116,
	KEYS = 65536,   /* of each key space */
	SIDS = 512,     /* above the highest sid of gid 116 */

	SID_TOO_MANY_IP = 293,
	SID_TOO_MANY_LAYERS = 300,
};

#define LOOP_COUNTERS(X)                                                       \
	X(PACKETS, "packets", "frames decoded")                                \
	X(UNKNOWN_LINK, "unknown_link", "frames of a link type not known")     \
	X(TOO_DEEP, "too_deep", "frames with more layers than are decoded")    \
	X(MALFORMED, "malformed", "frames in which decoding had to stop")      \
	X(NOT_MINE, "guess_failed", "tunnels guessed by port that were none")  \
	X(EVENTS_LOST, "events_lost", "events beyond what a packet can hold")
#define X(NAME, name, help) LOOP_CTR_##NAME,
enum { LOOP_COUNTERS(X) LOOP_CTR_MAX };
#undef X

static const struct ctr_def loop_counters[] = { LOOP_COUNTERS(COUNTER_DEF) };
const struct ctr_group decode_counters = { "decode", loop_counters,
	LOOP_CTR_MAX };

static const struct dec_event_def loop_events[] = {
	{ SID_TOO_MANY_IP, DEC_EV_DECODE, "ip.too_many_layers",
	    DEC_MSG("Two or more IP (v4 and/or v6) encapsulation "
		"layers present") },
	{ SID_TOO_MANY_LAYERS, DEC_EV_DECODE, "too_many_layers",
	    DEC_MSG("Too many levels for decoding") },
};

static const struct decoder_ops *const ops_of[DEC_ID_COUNT] = {
#define DECODER(name) [DEC_ID_##name] = &dec_##name,
#include "decoders/decoders.def"
#undef DECODER
};
static_assert(DEC_ID_COUNT <= UINT8_MAX, "an id fits in a byte");

static struct {
	pthread_once_t once;
	uint8_t by_key[DEC_SPACE_COUNT][KEYS]; /* enum dec_id */
	uint8_t class_of[SIDS];                /* enum dec_event_class */
	unsigned ctr_base[DEC_ID_COUNT];
	unsigned n_ctrs;
} tables = { .once = PTHREAD_ONCE_INIT };

static void
enter_events(const struct dec_event_def *events, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert(events[i].sid < SIDS);
		tables.class_of[events[i].sid] = (uint8_t)events[i].class;
	}
}

static void
build_tables(void)
{
	enter_events(loop_events, ARRAY_LEN(loop_events));
	for (unsigned id = DEC_ID_NONE + 1; id < DEC_ID_COUNT; id++) {
		const struct decoder_ops *ops = ops_of[id];

		for (unsigned k = 0; k < ops->n_keys; k++) {
			assert(ops->keys[k].value < KEYS);
			tables.by_key[ops->keys[k].space][ops->keys[k].value] =
			    (uint8_t)id;
		}
		enter_events(ops->events, ops->n_events);
		tables.ctr_base[id] = tables.n_ctrs;
		tables.n_ctrs += ops->n_counters;
	}
}

static void
need_tables(void)
{
	(void)pthread_once(&tables.once, build_tables);
}

struct dec_conf
dec_conf_default(void)
{
	return (struct dec_conf){
		.csum_ip = true,
		.csum_tcp = true,
		.csum_udp = true,
		.csum_icmp = true,
		.min_ttl = 1,
		.max_ip6_ext = 8,
		.max_mpls_depth = -1,
		.zero_frag_event = true,
		.mpls_payload = MPLS_PAYLOAD_IP4,
	};
}

const struct decoder_ops *
dec_ops(enum dec_id id)
{
	return ops_of[id];
}

enum dec_id
dec_find(enum dec_space space, uint32_t value)
{
	need_tables();
	return value < KEYS ? (enum dec_id)tables.by_key[space][value]
			    : DEC_ID_NONE;
}

const struct dec_event_def *
dec_loop_events(unsigned *n)
{
	*n = ARRAY_LEN(loop_events);
	return loop_events;
}

unsigned
dec_ctr_base(enum dec_id id)
{
	need_tables();
	return tables.ctr_base[id];
}

static bool
class_is_on(const struct dec_conf *conf, enum dec_event_class class)
{
	if (conf->no_decode)
		return false;
	switch (class) {
	case DEC_EV_DECODE:
		return true;
	case DEC_EV_TCPOPT:
		return !conf->no_tcpopt;
	case DEC_EV_TCPOPT_TTCP:
		return !conf->no_tcpopt_ttcp;
	case DEC_EV_TCPOPT_OBS:
		return !conf->no_tcpopt_obs;
	case DEC_EV_TCPOPT_EXP:
		return !conf->no_tcpopt_exp;
	case DEC_EV_IPOPT:
		return !conf->no_ipopt;
	case DEC_EV_OVERSIZED:
		return conf->oversized_alerts;
	}
	return true;
}

void
dec_event(struct dec_ctx *ctx, struct packet *pkt, uint32_t sid)
{
	need_tables();
	if (ctx->quiet || !class_is_on(ctx->conf, tables.class_of[sid]))
		return;
	if (!pkt_event_add(pkt, GID_DECODER, sid))
		ctx->loop_ctrs[LOOP_CTR_EVENTS_LOST]++;
}

bool
dec_next(struct dec_ctx *ctx, enum dec_space space, uint32_t value)
{
	ctx->next = dec_find(space, value);
	ctx->arg = value;
	return ctx->next != DEC_ID_NONE;
}

enum dec_result
dec_next_or_payload(struct dec_ctx *ctx, enum dec_space space, uint32_t value)
{
	return dec_next(ctx, space, value) ? DEC_NEXT : DEC_PAYLOAD;
}

bool
decoder_init(struct decoder *d, const struct dec_conf *conf)
{
	need_tables();
	*d = (struct decoder){ .conf = conf };
	/* one more, so that there is something to point at */
	d->ctrs = mem_calloc(tables.n_ctrs + 1, sizeof(*d->ctrs));
	d->loop_ctrs = mem_calloc(LOOP_CTR_MAX, sizeof(*d->loop_ctrs));
	if (!d->ctrs || !d->loop_ctrs) {
		decoder_fini(d);
		return false;
	}
	return true;
}

void
decoder_fini(struct decoder *d)
{
	free(d->ctrs);
	free(d->loop_ctrs);
	d->ctrs = d->loop_ctrs = NULL;
}

static bool
is_ip(enum dec_id id)
{
	return id == DEC_ID_ip4 || id == DEC_ID_ip6;
}

/* May one more layer of this kind be decoded? Says so if not. */
static bool
within_limits(struct dec_ctx *ctx, struct packet *p)
{
	if (p->dec.n_layers == LIM_LAYERS) {
		ctx->loop_ctrs[LOOP_CTR_TOO_DEEP]++;
		dec_event(ctx, p, SID_TOO_MANY_LAYERS);
		return false;
	}
	if (is_ip(ctx->next) && p->dec.n_ip == LIM_IP_LAYERS) {
		dec_event(ctx, p, SID_TOO_MANY_IP);
		return false;
	}
	return true;
}

void
decode(struct decoder *d, struct packet *p)
{
	struct dec_ctx ctx = { .conf = d->conf, .loop_ctrs = d->loop_ctrs,
		.quiet = p->quiet_len > 0 };
	struct cursor c = cur_make(p->data, p->caplen);
	struct pkt_dec before_guess;
	bool guessing = false;
	enum dec_result res = DEC_NEXT;

	p->dec = (struct pkt_dec){ 0 };
	if (p->caplen < p->wirelen)
		p->dec.flags |= PKT_TRUNCATED;
	d->loop_ctrs[LOOP_CTR_PACKETS]++;
	ctx.next = p->dlt < 0 ? DEC_ID_NONE
			      : dec_find(DEC_SPACE_DLT, (uint32_t)p->dlt);
	if (ctx.next == DEC_ID_NONE) {
		d->loop_ctrs[LOOP_CTR_UNKNOWN_LINK]++;
		return;
	}

	while (res == DEC_NEXT && within_limits(&ctx, p)) {
		enum dec_id id = ctx.next;
		uint32_t start = dec_off(p, &c), len;

		ctx.ctrs = d->ctrs + tables.ctr_base[id];
		res = ops_of[id]->decode(&ctx, p, &c);
		if (UNLIKELY(ctx.quiet)) {
			p->dec.flags &= ~(uint32_t)(PKT_BAD_IP_CSUM |
			    PKT_BAD_UDP_CSUM);
			ctx.quiet = dec_off(p, &c) < p->quiet_len;
		}
		if (res == DEC_STOP || res == DEC_NOT_MINE)
			break;
		len = dec_off(p, &c) - start;
		if (res == DEC_NEXT || len)
			p->layers[p->dec.n_layers++] = (struct layer){
				.id = (uint8_t)id,
				.off = start,
				.len = len,
			};
		d->layers[id]++;

		if (guessing && p->dec.n_ip > before_guess.n_ip)
			guessing = false;
		if (ctx.guess) {
			ctx.guess = false;
			guessing = true;
			before_guess = p->dec;
		}
	}

	if (guessing) {
		p->dec = before_guess;
		d->loop_ctrs[LOOP_CTR_NOT_MINE]++;
	} else if (res == DEC_STOP) {
		p->dec.flags |= PKT_MALFORMED;
		d->loop_ctrs[LOOP_CTR_MALFORMED]++;
	}
}

const char *
decode_dlt_name(int dlt)
{
	enum dec_id id = dlt < 0 ? DEC_ID_NONE
				 : dec_find(DEC_SPACE_DLT, (uint32_t)dlt);

	return id == DEC_ID_NONE ? NULL : ops_of[id]->name;
}
