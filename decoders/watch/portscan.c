/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hosts and what was counted of them. */
#include "decoders/watch/portscan.h"

#include <stdlib.h>
#include <string.h>

#include "core/lru.h"
#include "core/xalloc.h"
#include "decoders/watch/portscan_int.h"
#include "decoders/wire/ip4.h"

enum role { SCANNED, SCANNER };
enum { ROLES = 2, FINDINGS = ROLES * (1 + PS_OPEN_PORTS) };

struct host_key {
	struct ipaddr addr;
	uint8_t proto; /* enum ps_proto */
};
static_assert(sizeof(struct host_key) == 18, "a key has no padding");

struct host {
	uint64_t until;     /* second in which the window ends */
	struct ps_count count;
	bool alerted;       /* in this window */
	uint32_t event_ref; /* what that alert was recorded as, 0: not */
	uint8_t n_open, n_open_told;
	uint16_t open[PS_OPEN_PORTS];
};

struct portscan {
	const struct portscan_conf *conf;
	struct lru hosts[ROLES];
	/* of the last packet */
	const struct packet *trigger;
	struct ps_finding findings[FINDINGS];
	unsigned n, at; /* found, told */
	struct pseudo_room room;
};

struct portscan_conf
portscan_conf_default(void)
{
	return (struct portscan_conf){
		.protos = PS_ALL_PROTOS,
		.scans = PS_ALL_SCANS,
		.sense = PS_LOW,
		.memcap = PS_MEMCAP_DEFAULT,
	};
}

struct portscan *
portscan_new(const struct portscan_conf *conf)
{
	struct portscan *ps = mem_calloc(1, sizeof(*ps));

	if (!ps)
		return NULL;
	ps->conf = conf;
	for (unsigned i = 0; i < ROLES; i++)
		if (!lru_init(&ps->hosts[i], sizeof(struct host_key),
		    sizeof(struct host), conf->memcap / ROLES)) {
			portscan_free(ps);
			return NULL;
		}
	return ps;
}

void
portscan_free(struct portscan *ps)
{
	if (!ps)
		return;
	for (unsigned i = 0; i < ROLES; i++)
		lru_fini(&ps->hosts[i]);
	free(ps);
}

void
portscan_reset(struct portscan *ps)
{
	for (unsigned i = 0; i < ROLES; i++)
		lru_clear(&ps->hosts[i]);
	ps->n = ps->at = 0;
}

void
portscan_adopt(struct portscan *ps, const struct portscan_conf *conf)
{
	ps->conf = conf;
}

uint64_t
portscan_evicted(const struct portscan *ps)
{
	return ps->hosts[SCANNED].evicted + ps->hosts[SCANNER].evicted;
}

static struct host_key
key_of(const struct ps_sight *s, enum role role)
{
	return (struct host_key){ role == SCANNED ? s->scanned : s->scanner,
		(uint8_t)s->proto };
}

/* Only a probe makes a host known: answers to nothing are not counted. */
static struct host *
find_host(struct portscan *ps, const struct ps_sight *s, enum role role)
{
	struct host_key key = key_of(s, role);
	bool is_new;

	if (s->what == PS_PROBE)
		return lru_get(&ps->hosts[role], &key, &is_new);
	return lru_find(&ps->hosts[role], &key);
}

static void
count_peer(struct ps_count *c, const struct ipaddr *peer, uint16_t port)
{
	if (!ipaddr_eq(&c->last_ip, peer)) {
		c->last_ip = *peer;
		c->ips++;
	}
	if (!c->low_ip.family || memcmp(&c->low_ip, peer, sizeof(*peer)) > 0)
		c->low_ip = *peer;
	if (memcmp(&c->high_ip, peer, sizeof(*peer)) < 0)
		c->high_ip = *peer;
	if (!port)
		return;
	if (c->last_port != port) {
		c->last_port = port;
		c->ports++;
	}
	if (!c->low_port || port < c->low_port)
		c->low_port = port;
	if (port > c->high_port)
		c->high_port = port;
}

static void
add_open_port(struct host *h, uint16_t port)
{
	for (unsigned i = 0; i < h->n_open; i++)
		if (h->open[i] == port)
			return;
	if (h->n_open < PS_OPEN_PORTS)
		h->open[h->n_open++] = port;
}

/* Windows begin with a probe; peer is the host in the other role. */
static void
count(struct host *h, const struct ps_sight *s, const struct ipaddr *peer,
    uint64_t now, unsigned window)
{
	switch (s->what) {
	case PS_PROBE:
		if (now > h->until)
			*h = (struct host){ .until = now + window };
		h->count.conns++;
		count_peer(&h->count, peer, s->port);
		break;
	case PS_DONE:
		h->count.conns -= h->count.conns > 0;
		break;
	case PS_BAD:
		h->count.bad++;
		break;
	case PS_OPEN:
		add_open_port(h, s->port);
		break;
	case PS_NOTHING:
		break;
	}
}

static void
find_out(struct portscan *ps, struct host *h, const struct ps_sight *s,
    enum role role, uint32_t sid)
{
	struct ps_finding f = { .sight = *s, .of_scanner = role == SCANNER };

	if (sid) {
		h->alerted = true;
		f.sid = sid;
		f.count = h->count;
		ps->findings[ps->n++] = f;
	}
	for (; h->alerted && h->n_open_told < h->n_open; h->n_open_told++) {
		f.sid = PS_SID_OPEN_PORT;
		f.open_port = h->open[h->n_open_told];
		ps->findings[ps->n++] = f;
	}
}

void
portscan_packet(struct portscan *ps, const struct packet *p,
    const struct watch_view *v)
{
	struct ps_sight s = ps_see(ps->conf, p, v);
	unsigned window = ps_window_s(ps->conf->sense);
	uint64_t now = mtime_sec(p->ts);
	struct host *scanned = NULL, *scanner;
	uint32_t sid;

	ps->n = ps->at = 0;
	ps->trigger = p;
	if (s.what == PS_NOTHING)
		return;
	/* who is pinged is of no interest: there is only the sweep */
	if (s.proto != PS_ICMP)
		scanned = find_host(ps, &s, SCANNED);
	scanner = find_host(ps, &s, SCANNER);
	if (scanned)
		count(scanned, &s, &s.scanner, now, window);
	if (scanner)
		count(scanner, &s, &s.scanned, now, window);
	if (scanned) {
		sid = scanned->alerted ? 0 : ps_judge_scanned(ps->conf,
		    s.proto, &scanned->count, scanner ? &scanner->count :
		    NULL);
		find_out(ps, scanned, &s, SCANNED, sid);
	}
	if (scanner) {
		sid = scanner->alerted ? 0 : ps_judge_scanner(ps->conf,
		    s.proto, &scanner->count);
		find_out(ps, scanner, &s, SCANNER, sid);
	}
}

static struct host *
host_of(struct portscan *ps, const struct ps_finding *f)
{
	enum role role = f->of_scanner ? SCANNER : SCANNED;
	struct host_key key = key_of(&f->sight, role);

	return lru_find(&ps->hosts[role], &key);
}

bool
portscan_next(struct portscan *ps, struct watch_report *r)
{
	static const uint8_t ip_protos[PS_PROTOS] = {
		[PS_TCP] = IP_PROTO_TCP,
		[PS_UDP] = IP_PROTO_UDP,
		[PS_ICMP] = IP_PROTO_ICMP,
	};

	while (ps->at < ps->n) {
		const struct ps_finding *f = &ps->findings[ps->at++];

		r->event_ref = 0;
		if (f->sid == PS_SID_OPEN_PORT) {
			const struct host *h = host_of(ps, f);

			/* an open port belongs to an alert that was told */
			if (!h || !h->event_ref)
				continue;
			r->event_ref = h->event_ref;
		}
		r->ip_proto = ip_protos[f->sight.proto];
		ps_report_make(&ps->room, ps->trigger, f);
		r->pkt = &ps->room.pkt;
		return true;
	}
	return false;
}

void
portscan_reported(struct portscan *ps, uint32_t event_id)
{
	const struct ps_finding *f;
	struct host *h;

	if (!ps->at)
		return;
	f = &ps->findings[ps->at - 1];
	h = host_of(ps, f);
	if (h && f->sid != PS_SID_OPEN_PORT)
		h->event_ref = event_id;
}
