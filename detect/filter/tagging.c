/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/filter/tagging.h"

#include "core/limits.h"

/* A session by the number of its flow, or where there is none by addresses and
 * ports in either direction; or a host: then only `a` is set. */
struct tag_key {
	struct ipaddr a, b;
	uint8_t proto;
	uint8_t zero;
	uint16_t a_port, b_port;
};
static_assert(sizeof(struct tag_key) == 40, "tag_key has no padding");

struct tag {
	uint32_t event_id;
	/* what is left until the end; a metric not used has nothing left */
	uint32_t packets, bytes;
	uint64_t until; /* seconds */
	uint32_t logged;
	bool counts_packets;
};

bool
tags_init(struct tags *t)
{
	const size_t mem = (size_t)LIM_TAGS *
	    (sizeof(struct tag_key) + sizeof(struct tag) + 48);

	*t = (struct tags){ .sessions = { .cap = 0 } };
	if (lru_init(&t->sessions, sizeof(struct tag_key), sizeof(struct tag),
	    mem) && lru_init(&t->hosts, sizeof(struct tag_key),
	    sizeof(struct tag), mem))
		return true;
	tags_fini(t);
	return false;
}

void
tags_fini(struct tags *t)
{
	lru_fini(&t->sessions);
	lru_fini(&t->hosts);
}

void
tags_clear(struct tags *t)
{
	lru_clear(&t->sessions);
	lru_clear(&t->hosts);
}

/* No address has family 0, so no other key is like it. */
static struct tag_key
flow_key(uint64_t flow)
{
	struct tag_key key = { .proto = 0 };

	static_assert(sizeof(key.a.b) >= sizeof(flow), "a number fits");
	memcpy(key.a.b, &flow, sizeof(flow));
	return key;
}

static struct tag_key
session_key(const struct pkt_dec *d)
{
	int c = memcmp(&d->src, &d->dst, sizeof(d->src));
	bool swap = c > 0 || (c == 0 && d->sport > d->dport);

	return (struct tag_key){
		.a = swap ? d->dst : d->src, .b = swap ? d->src : d->dst,
		.a_port = swap ? d->dport : d->sport,
		.b_port = swap ? d->sport : d->dport,
		.proto = d->ip_proto,
	};
}

void
tags_set(struct tags *t, const struct rule_tag *tag, const struct packet *pkt,
    uint64_t flow, uint32_t event_id)
{
	const struct pkt_dec *d = &pkt->dec;
	struct tag_key key = flow ? flow_key(flow) : session_key(d);
	bool is_new;
	struct tag *v;

	if (!d->ip_ver)
		return;
	if (tag->host)
		key = (struct tag_key){ .a = tag->by_dst ? d->dst : d->src };
	v = lru_get(tag->host ? &t->hosts : &t->sessions, &key, &is_new);
	if (!is_new && tag->exclusive)
		return;
	*v = (struct tag){
		.event_id = event_id,
		.packets = tag->packets,
		.bytes = tag->bytes,
		.until = tag->seconds ? mtime_sec(pkt->ts) + tag->seconds : 0,
		.counts_packets = tag->packets != 0,
	};
}

/* Counts the packet; the tag ends when no metric has anything left. */
static bool
tag_count(struct lru *table, const struct tag_key *key,
    const struct packet *pkt, unsigned limit, uint32_t *event_ref)
{
	struct tag *v = lru_find(table, key);
	bool in_time;

	if (!v)
		return false;
	in_time = v->until && mtime_sec(pkt->ts) <= v->until;
	if ((!v->packets && !v->bytes && !in_time) ||
	    (!v->counts_packets && limit && v->logged >= limit)) {
		lru_drop(table, key);
		return false;
	}
	if (v->packets)
		v->packets--;
	v->bytes -= v->bytes < pkt->caplen ? v->bytes : pkt->caplen;
	v->logged++;
	*event_ref = v->event_id;
	return true;
}

bool
tags_check(struct tags *t, const struct packet *pkt, uint64_t flow,
    unsigned limit, uint32_t *event_ref)
{
	const struct pkt_dec *d = &pkt->dec;
	struct tag_key key;

	if (!d->ip_ver)
		return false;
	if (t->sessions.n && flow) {
		key = flow_key(flow);
		if (tag_count(&t->sessions, &key, pkt, limit, event_ref))
			return true;
	}
	if (t->sessions.n) { /* tagged when it had no flow yet */
		key = session_key(d);
		if (tag_count(&t->sessions, &key, pkt, limit, event_ref))
			return true;
	}
	if (!t->hosts.n)
		return false;
	key = (struct tag_key){ .a = d->src };
	if (tag_count(&t->hosts, &key, pkt, limit, event_ref))
		return true;
	key.a = d->dst;
	return tag_count(&t->hosts, &key, pkt, limit, event_ref);
}
