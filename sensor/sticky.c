/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/sticky.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/hash.h"
#include "core/limits.h"
#include "core/lru.h"
#include "core/xalloc.h"

enum {
	SHARDS = 16,
	DEFAULT_ENTRIES = 5000,
	ENTRY_BYTES = 96, /* of an entry in a part, at most */
};

/* Until when; the key is a struct ipaddr. */
struct entry {
	uint64_t until_ns;
};

struct shard {
	pthread_mutex_t lock;
	struct lru table;
};

struct sticky {
	const struct sticky_conf *conf;
	struct shard shards[SHARDS];
	unsigned n_shards; /* made so far */
	atomic_uint n;     /* addresses in all of them */
	pthread_mutex_t log_lock;
	FILE *log; /* NULL: nobody asked */
	uint64_t log_s; /* the second in which log_n lines were written */
	unsigned log_n;
};

static const struct ctr_def counter_defs[] = { STICKY_COUNTERS(COUNTER_DEF) };
const struct ctr_group sticky_counters = { "sticky", counter_defs,
	STICKY_CTR_MAX };

static bool
make_shard(struct shard *s, uint32_t entries)
{
	if (!lru_init(&s->table, sizeof(struct ipaddr), sizeof(struct entry),
	    (size_t)entries * ENTRY_BYTES))
		return false;
	if (s->table.cap > entries)
		s->table.cap = entries;
	pthread_mutex_init(&s->lock, NULL);
	return true;
}

static bool
open_log(struct sticky *s, const char *logdir, char *err, size_t err_len)
{
	const char *name = s->conf->log_file;
	char *path;

	if (!name)
		return true;
	path = *name == '/' ? xstrdup(name) : xasprintf("%s/%s", logdir, name);
	s->log = fopen(path, "ae");
	if (!s->log)
		snprintf(err, err_len, "stickydrop: cannot write %s: %s", path,
		    strerror(errno));
	free(path);
	return s->log != NULL;
}

struct sticky *
sticky_new(const struct sticky_conf *conf, const char *logdir, char *err,
    size_t err_len)
{
	uint32_t n = conf->max_entries ? conf->max_entries : DEFAULT_ENTRIES;
	struct sticky *s = mem_calloc(1, sizeof(*s));

	if (!s) {
		snprintf(err, err_len, "out of memory");
		return NULL;
	}
	s->conf = conf;
	pthread_mutex_init(&s->log_lock, NULL);
	while (s->n_shards < SHARDS && make_shard(&s->shards[s->n_shards],
	    (n + SHARDS - 1) / SHARDS))
		s->n_shards++;
	if (s->n_shards < SHARDS)
		snprintf(err, err_len, "out of memory");
	else if (open_log(s, logdir, err, err_len))
		return s;
	sticky_free(s);
	return NULL;
}

void
sticky_free(struct sticky *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->n_shards; i++) {
		lru_fini(&s->shards[i].table);
		pthread_mutex_destroy(&s->shards[i].lock);
	}
	if (s->log)
		fclose(s->log);
	pthread_mutex_destroy(&s->log_lock);
	free(s);
}

void
sticky_adopt(struct sticky *s, const struct sticky_conf *conf)
{
	s->conf = conf;
}

uint32_t
sticky_portscan_s(const struct sticky *s)
{
	return s->conf->portscan_s;
}

/* -- the table --------------------------------------------------------------- */

static struct shard *
shard_of(struct sticky *s, const struct ipaddr *a)
{
	return &s->shards[hash_keyed(a, sizeof(*a)) % SHARDS];
}

static bool
port_in(const uint8_t *bitmap, uint16_t port)
{
	return bitmap && bitmap[port >> 3] >> (port & 7) & 1;
}

bool
sticky_ignores(const struct sticky_conf *c, const struct sticky_event *e)
{
	const struct ipaddr *a = e->dest ? e->dst : e->src;
	uint16_t port = e->dest ? e->dport : e->sport;

	if (port_in(c->from, e->sport) || port_in(c->to, e->dport))
		return true;
	for (unsigned i = 0; i < c->n_ignored; i++)
		if (ipaddr_in_net(a, &c->ignored[i].net, c->ignored[i].bits) &&
		    (!c->ignored[i].port || c->ignored[i].port == port))
			return true;
	return false;
}

void
sticky_add(struct sticky *s, const struct sticky_event *e,
    uint64_t ctrs[STICKY_CTR_MAX])
{
	const struct ipaddr *a = e->dest ? e->dst : e->src;
	uint64_t until = e->now.ns + (uint64_t)e->seconds * 1000000000u;
	struct shard *sh;
	struct entry *entry;
	uint64_t evicted;
	bool is_new;

	if (!a->family || sticky_ignores(s->conf, e)) {
		ctrs[STICKY_CTR_IGNORED]++;
		return;
	}
	sh = shard_of(s, a);
	pthread_mutex_lock(&sh->lock);
	evicted = sh->table.evicted;
	entry = lru_get(&sh->table, a, &is_new);
	evicted = sh->table.evicted - evicted;
	if (entry->until_ns < until)
		entry->until_ns = until;
	pthread_mutex_unlock(&sh->lock);
	ctrs[is_new ? STICKY_CTR_ADDED : STICKY_CTR_EXTENDED]++;
	ctrs[STICKY_CTR_EVICTED] += evicted;
	if (is_new && !evicted)
		atomic_fetch_add_explicit(&s->n, 1, memory_order_relaxed);
}

static bool
has(struct sticky *s, const struct ipaddr *a, struct mtime now,
    uint64_t ctrs[STICKY_CTR_MAX])
{
	struct shard *sh = shard_of(s, a);
	const struct entry *e;
	bool yes;

	pthread_mutex_lock(&sh->lock);
	e = lru_find(&sh->table, a);
	yes = e && e->until_ns > now.ns;
	if (e && !yes) {
		lru_drop(&sh->table, a);
		atomic_fetch_sub_explicit(&s->n, 1, memory_order_relaxed);
		ctrs[STICKY_CTR_EXPIRED]++;
	}
	pthread_mutex_unlock(&sh->lock);
	return yes;
}

bool
sticky_has(struct sticky *s, const struct pkt_dec *d, struct mtime now,
    uint64_t ctrs[STICKY_CTR_MAX])
{
	if (LIKELY(!atomic_load_explicit(&s->n, memory_order_relaxed)) ||
	    !d->ip_ver)
		return false;
	return has(s, &d->src, now, ctrs) || has(s, &d->dst, now, ctrs);
}

/* -- its log ----------------------------------------------------------------- */

static const char *
proto_name(const struct pkt_dec *d)
{
	switch (d->l4) {
	case PKT_L4_TCP:
		return "TCP";
	case PKT_L4_UDP:
		return "UDP";
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		return "ICMP";
	case PKT_L4_NONE:
		break;
	}
	return "IP";
}

/* "Dropped TIME PROTOCOL a:p -> b:q FLAGS" */
static void
write_line(FILE *f, const struct packet *p)
{
	static const char letters[] = "12UAPRSF";
	const struct pkt_dec *d = &p->dec;
	char src[IPADDR_TEXT_MAX], dst[IPADDR_TEXT_MAX], flags[9] = "", at[32];
	time_t sec = (time_t)mtime_sec(p->ts);
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(at, sizeof(at), "%m/%d-%H:%M:%S", &tm);
	for (unsigned i = 0; d->l4 == PKT_L4_TCP && i < 8; i++)
		flags[i] = d->tcp_flags & 0x80 >> i ? letters[i] : '*';
	fprintf(f, "Dropped %s.%06u %s %s:%u -> %s:%u%s%s\n", at,
	    (unsigned)(p->ts.ns % 1000000000u / 1000), proto_name(d),
	    ipaddr_print(&d->src, src), d->sport, ipaddr_print(&d->dst, dst),
	    d->dport, *flags ? " " : "", flags);
	fflush(f);
}

void
sticky_log(struct sticky *s, const struct packet *p,
    uint64_t ctrs[STICKY_CTR_MAX])
{
	uint64_t sec = mtime_sec(p->ts);

	if (!s->log)
		return;
	pthread_mutex_lock(&s->log_lock);
	if (sec != s->log_s) {
		s->log_s = sec;
		s->log_n = 0;
	}
	if (s->log_n < LIM_STICKY_LOG) {
		s->log_n++;
		ctrs[STICKY_CTR_LOGGED]++;
		write_line(s->log, p);
	} else {
		ctrs[STICKY_CTR_NOT_LOGGED]++;
	}
	pthread_mutex_unlock(&s->log_lock);
}
