/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/fragrig.h"

#include <stdlib.h>

enum { ETH_IP4 = 0x0800, ETH_IP6 = 0x86dd, IP6_FRAGMENT = 44, MF = 0x2000 };

void
fragrig_init(struct fragrig *r, enum frag_policy policy)
{
	*r = (struct fragrig){
		.dec_conf = dec_conf_default(),
		.engine = { .policy = policy, .timeout_s = 60, .min_ttl = 1,
			.detect_anomalies = true },
		.conf = defrag_conf_default(),
		.id = 1,
		.ttl = 64,
		.proto = RIG_PROTO,
	};
	r->conf.engines = &r->engine;
	r->conf.n_engines = 1;
	r->d = defrag_new(&r->conf);
	if (!r->d || !decoder_init(&r->dec, &r->dec_conf))
		abort();
	r->pkt.dlt = 1;
	r->pkt.ts = mtime_make(1700000000, 0);
}

void
fragrig_fini(struct fragrig *r)
{
	decoder_fini(&r->dec);
	defrag_free(r->d);
}

enum defrag_result
fragrig_frame(struct fragrig *r)
{
	enum defrag_result res;

	r->pkt.data = r->c.b;
	r->pkt.caplen = r->pkt.wirelen = (uint32_t)r->c.len;
	r->pkt.num++;
	decode(&r->dec, &r->pkt);
	r->rebuilt.data = NULL;
	res = defrag_packet(r->d, &r->pkt, &r->rebuilt);
	if ((res == DEFRAG_REBUILT) != (r->rebuilt.data != NULL))
		abort();
	if (res == DEFRAG_REBUILT)
		decode(&r->dec, &r->rebuilt);
	return res;
}

static void
headers(struct fragrig *r, uint32_t off, bool more)
{
	const char *src = r->src, *dst = r->dst;
	size_t at;

	if (r->ip6) {
		craft_eth(&r->c, ETH_IP6);
		at = craft_ip6(&r->c, IP6_FRAGMENT, src ? src : "fd00::1",
		    dst ? dst : "fd00::2");
		craft_poke8(&r->c, at + 7, r->ttl);
		craft_u8(&r->c, r->proto);
		craft_u8(&r->c, 0);
		craft_be16(&r->c, (uint16_t)(off | more));
		craft_be32(&r->c, r->id);
		return;
	}
	craft_eth(&r->c, ETH_IP4);
	at = craft_ip4(&r->c, r->proto, src ? src : "10.1.1.1",
	    dst ? dst : "10.1.1.2");
	craft_poke8(&r->c, at + 8, r->ttl);
	craft_poke16(&r->c, at + 4, (uint16_t)r->id);
	craft_ip4_frag(&r->c, (uint16_t)(off / 8 | (more ? MF : 0)));
	if (r->options)
		craft_ip4_opts(&r->c, r->options);
}

enum defrag_result
fragrig_send(struct fragrig *r, uint32_t off, const void *data, size_t n,
    bool more)
{
	craft_init(&r->c);
	headers(r, off, more);
	craft_bytes(&r->c, data, n);
	craft_done(&r->c);
	return fragrig_frame(r);
}

struct slice
fragrig_datagram(const struct fragrig *r)
{
	return pkt_bytes(&r->rebuilt, r->rebuilt.dec.ip_payload_off,
	    r->rebuilt.dec.ip_payload_len);
}

unsigned
fragrig_events(const struct fragrig *r, uint32_t sid)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->pkt.dec.n_events; i++)
		n += r->pkt.events[i].gid == 123 &&
		    (!sid || r->pkt.events[i].sid == sid);
	return n;
}

uint64_t
fragrig_counter(const struct fragrig *r, const char *name)
{
	for (unsigned i = 0; i < defrag_counters.n; i++)
		if (strcmp(defrag_counters.defs[i].name, name) == 0)
			return defrag_counters_of(r->d)[i];
	abort();
}
