/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/play_tcp.h"

#include <stdlib.h>
#include <string.h>

#include "tests/tools/dec_check.h"

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); \
			abort();                                               \
		}                                                              \
	} while (0)

static const uint8_t *
all_ports(void)
{
	static uint8_t map[8192];

	memset(map, 0xff, sizeof(map));
	return map;
}

void
play_init(struct play *p, enum tcp_policy policy)
{
	memset(p, 0, sizeof(*p));
	p->engine = (struct stream_engine){
		.policy = policy,
		.timeout_s = 30,
		.detect_anomalies = true,
		.require_3whs = true,
		.grace_s = 100,
		.max_queued_bytes = 1 << 20,
		.max_queued_segs = 2621,
		.ports = { all_ports(), all_ports() },
	};
	p->conf = track_conf_default();
	p->conf.flow.track[FLOW_TCP] = true;
	p->conf.stream.engines = &p->engine;
	p->conf.stream.n_engines = 1;
	p->isn[FLOW_CLIENT] = 1000;
	p->isn[FLOW_SERVER] = 5000;
	p->port = 1025;
	p->window = 8192;
	p->ms = 1000;
	p->dec_conf = dec_conf_default();
}

void
play_start(struct play *p)
{
	p->track = track_new(&p->conf);
	CHECK(p->track);
	CHECK(decoder_init(&p->dec, &p->dec_conf));
}

static void
keep_unit(struct play *p, const struct stream_facts *facts)
{
	struct play_unit *u = &p->units[p->n_units];
	struct slice s = pkt_payload(&p->unit);
	const struct pkt_dec *d = &p->unit.dec;

	/* a real frame: it decodes to what it says it is */
	struct packet again = p->unit;

	CHECK(s.len == d->payload_len && s.len);
	CHECK(d->flags & PKT_REBUILT_STREAM);
	CHECK(!dec_check(&p->unit));
	again.dec = (struct pkt_dec){ 0 };
	p->dec_conf.csum_tcp = false; /* has none */
	decode(&p->dec, &again);
	p->dec_conf.csum_tcp = true;
	CHECK(again.dec.l4 == PKT_L4_TCP);
	CHECK(again.dec.payload_off == d->payload_off);
	CHECK(again.dec.payload_len == d->payload_len);
	CHECK(again.dec.tcp_seq == d->tcp_seq);
	CHECK(again.dec.tcp_ack == d->tcp_ack);
	CHECK(again.dec.tcp_flags == d->tcp_flags);
	CHECK(again.dec.ip_len == d->ip_len);
	CHECK(again.dec.ip_id == d->ip_id);
	CHECK(again.dec.ip_ttl == d->ip_ttl);
	CHECK(ipaddr_eq(&again.dec.src, &d->src));
	CHECK(ipaddr_eq(&again.dec.dst, &d->dst));
	CHECK(!(again.dec.flags & PKT_BAD_IP_CSUM));
	CHECK((facts->side == FLOW_CLIENT ? d->dport : d->sport) == 80);
	CHECK(facts->flow && facts->has_direction);
	/* whoever is not seen did not take part in it */
	CHECK(facts->established == (facts->flow->packets[!facts->side] > 0));

	CHECK(p->n_units < PLAY_UNITS && p->n_bytes + s.len <= PLAY_BYTES);
	memcpy(p->bytes + p->n_bytes, s.ptr, s.len);
	*u = (struct play_unit){
		.side = facts->side,
		.seq = d->tcp_seq - p->isn[facts->side],
		.ptr = p->bytes + p->n_bytes,
		.len = (uint32_t)s.len,
		.flags = d->tcp_flags,
		.established = facts->established,
		.not_inspected = facts->not_inspected,
		.ts = p->unit.ts,
	};
	p->n_bytes += (uint32_t)s.len;
	p->n_units++;
}

/* Also to the parser of the session, if there is one. */
static void
take_unit(struct play *p, const struct stream_facts *facts)
{
	struct app *app = track_app(p->track);
	struct app_unit u;

	keep_unit(p, facts);
	p->n_proven += facts->proven;
	app_pdu_begin(app, &p->unit, facts);
	while (app_next(app, &u))
		continue;
	app_pdu_end(app);
}

void
play_drain(struct play *p)
{
	struct stream_facts facts;

	while (track_expire(p->track, p->pkt.ts, true, &p->unit, &facts))
		take_unit(p, &facts);
}

void
play_end(struct play *p)
{
	play_drain(p);
	CHECK(flow_live(track_flows(p->track), FLOW_TCP) == 0);
	play_fini(p);
}

void
play_fini(struct play *p)
{
	track_free(p->track);
	decoder_fini(&p->dec);
	p->track = NULL;
}

void
play_next_session(struct play *p)
{
	p->port++;
	play_forget(p);
}

void
play_forget(struct play *p)
{
	p->n_units = p->n_proven = 0;
	p->n_bytes = 0;
}

static uint8_t
flags_of(const char *s)
{
	static const char letters[] = "FSRPAU";
	uint8_t flags = 0;

	for (; *s; s++)
		flags = (uint8_t)(flags | 1 << (strchr(letters, *s) - letters));
	return flags;
}

void
play_data(struct play *p, enum flow_side side, const char *flags,
    uint32_t seq, uint32_t ack, const void *bytes, size_t n)
{
	bool client = side == FLOW_CLIENT;
	const char *ends4[] = { "10.0.0.1", "10.0.0.2" };
	const char *ends6[] = { "fd00::1", "fd00::2" };
	struct craft *c = &p->frame;
	uint8_t fl = flags_of(flags);
	struct stream_facts facts;
	size_t tcp;

	craft_init(c);
	craft_eth(c, p->ip6 ? 0x86dd : 0x0800);
	memset(c->b + 6, 0, 6);
	c->b[11] = p->mac[side];
	if (p->ip6)
		craft_ip6(c, 6, ends6[!client], ends6[client]);
	else
		craft_ip4(c, 6, ends4[!client], ends4[client]);
	tcp = craft_tcp(c, client ? p->port : 80, client ? 80 : p->port,
	    p->isn[side] + seq, fl & TCP_ACK ? p->isn[client] + ack : 0, fl);
	if (p->opts)
		craft_tcp_opts(c, p->opts);
	if (n)
		craft_bytes(c, bytes, n);
	craft_poke16(c, tcp + 14, p->window);
	craft_poke16(c, tcp + 18, p->urgent);
	p->urgent = 0;
	craft_done(c);

	p->pkt.data = c->b;
	p->pkt.caplen = p->pkt.wirelen = (uint32_t)c->len;
	p->pkt.dlt = 1;
	p->pkt.num++;
	p->pkt.ts = mtime_make(p->ms / 1000, (uint32_t)(p->ms % 1000) *
	    1000000);
	p->ms += 10;
	decode(&p->dec, &p->pkt);
	CHECK(p->pkt.dec.l4 == PKT_L4_TCP);
	track_packet(p->track, &p->pkt, &p->facts);
	p->has_size = p->facts.flow;
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		p->has_size = p->has_size && stream_bytes(p->facts.flow,
		    (enum flow_side)i, &p->size[i]);
	while (track_next(p->track, &p->unit, &facts))
		take_unit(p, &facts);
	while (track_expire(p->track, p->pkt.ts, false, &p->unit, &facts))
		take_unit(p, &facts);
}

void
play(struct play *p, enum flow_side side, const char *flags, uint32_t seq,
    uint32_t ack, const char *text)
{
	play_data(p, side, flags, seq, ack, text, strlen(text));
}

void
play_handshake(struct play *p)
{
	play(p, FLOW_CLIENT, "S", 0, 0, "");
	play(p, FLOW_SERVER, "SA", 0, 1, "");
	play(p, FLOW_CLIENT, "A", 1, 1, "");
}

void
play_close(struct play *p, uint32_t client, uint32_t server)
{
	play(p, FLOW_CLIENT, "FA", 1 + client, 1 + server, "");
	play(p, FLOW_SERVER, "FA", 1 + server, 2 + client, "");
	play(p, FLOW_CLIENT, "A", 2 + client, 2 + server, "");
}

bool
play_is(const struct play *p, unsigned i, enum flow_side side,
    const char *text)
{
	const struct play_unit *u = &p->units[i];

	return i < p->n_units && u->side == side && u->len == strlen(text) &&
	    memcmp(u->ptr, text, u->len) == 0;
}

bool
play_raised(const struct play *p, uint32_t sid)
{
	for (unsigned i = 0; i < p->pkt.dec.n_events; i++)
		if (p->pkt.events[i].gid == 129 && p->pkt.events[i].sid == sid)
			return true;
	return false;
}

uint64_t
play_ctr(const struct play *p, const char *name)
{
	const uint64_t *ctrs = streams_counters(track_streams(p->track));

	for (unsigned i = 0; i < stream_counters.n; i++)
		if (strcmp(stream_counters.defs[i].name, name) == 0)
			return ctrs[i];
	CHECK(!"a counter of that name");
	return 0;
}
