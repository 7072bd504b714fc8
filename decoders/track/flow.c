/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/track/flow.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/slab.h"
#include "core/xalloc.h"

enum {
	RELIST_S = 8,     /* seconds until a busy flow is put in order again */
	ID_LOW_BITS = 21, /* of a running number in an id; the rest is time */
	BIT_WORDS = FLOW_BITS_MAX / 64,
	LISTS = FLOW_PROTOS * FLOW_CLASSES,
};

static const struct ctr_def counter_defs[] = { FLOW_COUNTERS(COUNTER_DEF) };
const struct ctr_group flow_counters = { "flow", counter_defs, FLOW_CTR_MAX };

/*
 * Flows by age, the youngest last. A flow with packets moves to the end every
 * RELIST_S seconds, so that most packets touch no neighbour; the order, and
 * with it the moment in which a silent flow is found, is right but for these.
 */
struct age_list {
	struct flow *oldest, *youngest;
};

struct flow_table {
	const struct flow_conf *conf;
	struct flow **buckets;
	uint32_t mask; /* buckets - 1 */
	struct age_list ages[LISTS];
	struct age_list dead; /* in the order in which they ended */
	struct slab flows, bits, sensitive, files;
	uint64_t live[FLOW_PROTOS];
	uint32_t next_id;
	/* flow_expire: the list it looks at next, and how many in a row had
	 * nothing for it in this second */
	unsigned turn, quiet;
	uint64_t quiet_sec;
	uint64_t ctrs[FLOW_CTR_MAX];
};

/* -- life -------------------------------------------------------------- */

static uint64_t
limit_of(const struct flow_conf *conf)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < FLOW_PROTOS; i++)
		if (conf->track[i])
			sum += conf->max[i];
	return sum;
}

struct flow_table *
flow_table_new(const struct flow_conf *conf)
{
	struct flow_table *t = mem_calloc(1, sizeof(*t));
	uint64_t max = limit_of(conf);
	uint32_t n = 1;

	if (!t)
		return NULL;
	while (n < max && n < 1u << 24)
		n *= 2;
	t->conf = conf;
	t->mask = n - 1;
	t->buckets = mem_calloc(n, sizeof(*t->buckets));
	if (!t->buckets) {
		free(t);
		return NULL;
	}
	slab_init(&t->flows, sizeof(struct flow), max + LIM_FLOW_ENDED);
	slab_init(&t->bits, sizeof(struct flow_bits), max + LIM_FLOW_ENDED);
	slab_init(&t->sensitive, sizeof(struct flow_sensitive),
	    LIM_SD_SESSIONS);
	slab_init(&t->files, sizeof(struct flow_files), LIM_FILE_SESSIONS);
	return t;
}

void
flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	slab_fini(&t->flows);
	slab_fini(&t->bits);
	slab_fini(&t->sensitive);
	slab_fini(&t->files);
	free(t->buckets);
	free(t);
}

/* The index keeps its size: with higher limits its chains grow longer. */
void
flow_table_adopt(struct flow_table *t, const struct flow_conf *conf)
{
	t->conf = conf;
	t->flows.max = t->bits.max = limit_of(conf) + LIM_FLOW_ENDED;
}

void
flow_table_reset(struct flow_table *t)
{
	t->turn = t->quiet = 0;
	t->quiet_sec = 0;
}

uint64_t *
flow_table_counters(struct flow_table *t)
{
	t->ctrs[FLOW_CTR_NO_ROOM] = t->flows.refused;
	t->ctrs[FLOW_CTR_NO_BITS] = t->bits.refused;
	return t->ctrs;
}

uint64_t
flow_table_max(const struct flow_table *t)
{
	return t->flows.max;
}

uint64_t
flow_live(const struct flow_table *t, enum flow_proto proto)
{
	return t->live[proto];
}

/* -- age --------------------------------------------------------------- */

static struct age_list *
ages_of(struct flow_table *t, const struct flow *f)
{
	return &t->ages[f->kind * FLOW_CLASSES + f->class];
}

static void
list_add(struct age_list *l, struct flow *f)
{
	f->younger = NULL;
	f->older = l->youngest;
	if (l->youngest)
		l->youngest->younger = f;
	else
		l->oldest = f;
	l->youngest = f;
}

/* Makes it the youngest of its class. */
static void
age_add(struct flow_table *t, struct flow *f, struct mtime now)
{
	f->listed = (uint32_t)mtime_sec(now);
	list_add(ages_of(t, f), f);
}

static void
list_remove(struct age_list *l, struct flow *f)
{
	if (f->older)
		f->older->younger = f->younger;
	else
		l->oldest = f->younger;
	if (f->younger)
		f->younger->older = f->older;
	else
		l->youngest = f->older;
}

static bool
is_expired(const struct flow *f, struct mtime now)
{
	return now.ns > f->last.ns &&
	    now.ns - f->last.ns > f->timeout_s * UINT64_C(1000000000);
}

/* -- keys -------------------------------------------------------------- */

/* ICMP messages about another packet, which belongs to its own flow. */
static bool
is_icmp_error(const struct pkt_dec *d)
{
	if (d->l4 == PKT_L4_ICMP6)
		return d->icmp_type < 128;
	return d->icmp_type == 3 || d->icmp_type == 4 || d->icmp_type == 5 ||
	    d->icmp_type == 11 || d->icmp_type == 12;
}

bool
flow_proto_of(const struct packet *p, enum flow_proto *proto)
{
	enum { TCP = 6, UDP = 17, ICMP4 = 1, ICMP6 = 58 };
	const struct pkt_dec *d = &p->dec;

	if (!d->ip_ver || d->flags & (PKT_NO_RULES | PKT_FRAGMENT))
		return false;
	switch (d->l4) {
	case PKT_L4_TCP:
		*proto = FLOW_TCP;
		return true;
	case PKT_L4_UDP:
		*proto = FLOW_UDP;
		return true;
	case PKT_L4_ICMP4:
	case PKT_L4_ICMP6:
		*proto = FLOW_ICMP;
		return !is_icmp_error(d);
	case PKT_L4_NONE:
		break;
	}
	*proto = FLOW_IP;
	return d->ip_proto != TCP && d->ip_proto != UDP &&
	    d->ip_proto != ICMP4 && d->ip_proto != ICMP6;
}

/* Both directions of a tunnel have one number. */
static uint32_t
tunnel_of(const struct pkt_dec *d)
{
	struct ipaddr ends[2] = { d->outer_src, d->outer_dst };

	if (!(d->flags & PKT_TUNNELLED))
		return 0;
	if (memcmp(&ends[0], &ends[1], sizeof(ends[0])) > 0) {
		ends[0] = d->outer_dst;
		ends[1] = d->outer_src;
	}
	return (uint32_t)hash_keyed(ends, sizeof(ends)) | 1;
}

/* Returns which side of the key sent the packet. */
static unsigned
key_of(const struct flow_table *t, const struct packet *p,
    struct flow_key *key)
{
	const struct pkt_dec *d = &p->dec;
	int order = memcmp(d->src.b, d->dst.b, sizeof(d->src.b));
	unsigned from = order > 0 || (order == 0 && d->sport > d->dport);

	*key = (struct flow_key){
		.tunnel = tunnel_of(d),
		.vlan = d->n_vlan && !t->conf->vlan_agnostic ?
		    d->vlan[0] & 0xfff : 0,
		.proto = d->ip_proto,
		.version = d->ip_ver,
	};
	memcpy(key->addr[from], d->src.b, sizeof(key->addr[0]));
	memcpy(key->addr[!from], d->dst.b, sizeof(key->addr[0]));
	key->port[from] = d->sport;
	key->port[!from] = d->dport;
	return from;
}

static enum flow_side
side_of(const struct flow *f, unsigned from)
{
	return (from == 0) == f->client_is_low ? FLOW_CLIENT : FLOW_SERVER;
}

/* -- the index --------------------------------------------------------- */

struct flow *
flow_find(struct flow_table *t, const struct packet *p, enum flow_side *side)
{
	struct flow_key key;
	unsigned from = key_of(t, p, &key);
	uint32_t hash = (uint32_t)hash_keyed(&key, sizeof(key));
	struct flow *f = t->buckets[hash & t->mask];

	while (f && (f->hash != hash ||
	    memcmp(&f->key, &key, sizeof(key)) != 0))
		f = f->hash_next;
	if (!f)
		return NULL;
	if (is_expired(f, p->ts)) {
		flow_end(t, f, FLOW_END_TIMEOUT);
		return NULL;
	}
	*side = side_of(f, from);
	return f;
}

/* The oldest of the weakest class gives way. */
static void
make_room(struct flow_table *t, enum flow_proto proto)
{
	for (unsigned class = 0; class < FLOW_CLASSES; class++) {
		struct flow *f = t->ages[proto * FLOW_CLASSES + class].oldest;

		if (f) {
			flow_end(t, f, FLOW_END_PRUNED);
			return;
		}
	}
}

/* Seconds and a running number: 53 bits, which any reader of JSON keeps. */
static uint64_t
make_id(struct flow_table *t, struct mtime now)
{
	uint64_t low = ++t->next_id & ((1u << ID_LOW_BITS) - 1);

	return (mtime_sec(now) & UINT32_MAX) << ID_LOW_BITS | low;
}

struct flow *
flow_create(struct flow_table *t, const struct packet *p, bool from_server)
{
	enum flow_proto proto;
	struct flow *f, **bucket;
	unsigned from;

	if (!flow_proto_of(p, &proto) || !t->conf->track[proto])
		return NULL;
	if (t->live[proto] >= t->conf->max[proto])
		make_room(t, proto);
	f = slab_take(&t->flows);
	if (!f)
		return NULL;
	from = key_of(t, p, &f->key);
	f->client_is_low = (from == 0) != from_server;
	f->hash = (uint32_t)hash_keyed(&f->key, sizeof(f->key));
	f->kind = (uint8_t)proto;
	f->class = proto == FLOW_TCP ? FLOW_CLASS_HALF_OPEN :
	    FLOW_CLASS_ONE_SIDED;
	f->timeout_s = t->conf->timeout_s[proto];
	f->first = f->last = p->ts;
	f->iface = (uint16_t)p->iface;
	if (proto == FLOW_ICMP) {
		f->l4[0] = p->dec.icmp_type;
		f->l4[1] = p->dec.icmp_code;
	}
	f->id = make_id(t, p->ts);
	bucket = &t->buckets[f->hash & t->mask];
	f->hash_next = *bucket;
	*bucket = f;
	age_add(t, f, p->ts);
	t->live[proto]++;
	t->ctrs[flow_ctr_created(proto)]++;
	return f;
}

void
flow_touch(struct flow_table *t, struct flow *f, const struct packet *p,
    enum flow_side side)
{
	uint32_t since = (uint32_t)mtime_sec(p->ts) - f->listed;

	f->packets[side]++;
	f->bytes[side] += p->wirelen;
	f->last = p->ts;
	if (f->kind == FLOW_TCP)
		f->l4[side] |= p->dec.tcp_flags;
	if (since < RELIST_S || f->dying)
		return;
	list_remove(ages_of(t, f), f);
	age_add(t, f, p->ts);
}

void
flow_set_class(struct flow_table *t, struct flow *f, enum flow_class class)
{
	if (f->class == class)
		return;
	if (!f->dying)
		list_remove(ages_of(t, f), f);
	f->class = (uint8_t)class;
	if (!f->dying)
		age_add(t, f, f->last);
}

void
flow_ends(const struct flow *f, struct ipaddr addr[FLOW_SIDES],
    uint16_t port[FLOW_SIDES])
{
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		unsigned at = f->client_is_low ? i : !i;

		addr[i] = (struct ipaddr){ .family = f->key.version };
		memcpy(addr[i].b, f->key.addr[at], sizeof(addr[i].b));
		port[i] = f->key.port[at];
	}
}

void
flow_set_timeout(struct flow *f, uint32_t seconds)
{
	f->timeout_s = seconds;
}

void
flow_end(struct flow_table *t, struct flow *f, enum flow_end why)
{
	struct flow **at = &t->buckets[f->hash & t->mask];

	if (f->dying)
		return;
	while (*at != f)
		at = &(*at)->hash_next;
	*at = f->hash_next;
	list_remove(ages_of(t, f), f);
	list_add(&t->dead, f);
	f->dying = true;
	f->end = (uint8_t)why;
	t->live[f->kind]--;
	t->ctrs[flow_ctr_ended(f->kind, why)]++;
}

/* -- the end ----------------------------------------------------------- */

/* Ends flows of the next list in turn; how many. */
static unsigned
expire_list(struct flow_table *t, struct mtime now, bool all)
{
	struct age_list *l = &t->ages[t->turn];
	unsigned n = 0;

	t->turn = (t->turn + 1) % LISTS;
	while (n < LIM_FLOW_EXPIRE && l->oldest &&
	    (all || is_expired(l->oldest, now))) {
		flow_end(t, l->oldest, all ? FLOW_END_SHUTDOWN :
		    FLOW_END_TIMEOUT);
		n++;
	}
	return n;
}

/* Looks at one list a call, and at none for the rest of a second once all of
 * them had nothing. */
void
flow_expire(struct flow_table *t, struct mtime now, bool all)
{
	if (all) {
		for (unsigned i = 0; i < LISTS; i++)
			if (expire_list(t, now, true))
				return;
		return;
	}
	if (mtime_sec(now) != t->quiet_sec) {
		t->quiet_sec = mtime_sec(now);
		t->quiet = 0;
	}
	if (t->quiet == LISTS)
		return;
	t->quiet = expire_list(t, now, false) ? 0 : t->quiet + 1;
}

struct flow *
flow_next_dead(struct flow_table *t)
{
	struct flow *f = t->dead.oldest;

	if (f)
		list_remove(&t->dead, f);
	return f;
}

void
flow_free(struct flow_table *t, struct flow *f)
{
	slab_give(&t->bits, f->bits);
	slab_give(&t->sensitive, f->sensitive);
	slab_give(&t->files, f->files);
	slab_give(&t->flows, f);
}

/* -- flowbits ---------------------------------------------------------- */

bool
flow_bits_any(const struct flow *f, const struct flow_bits *set)
{
	for (unsigned i = 0; f->bits && set && i < BIT_WORDS; i++)
		if (f->bits->words[i] & set->words[i])
			return true;
	return false;
}

bool
flow_bits_all(const struct flow *f, const struct flow_bits *set)
{
	for (unsigned i = 0; set && i < BIT_WORDS; i++)
		if (set->words[i] & ~(f->bits ? f->bits->words[i] : 0))
			return false;
	return true;
}

static bool
have_bits(struct flow_table *t, struct flow *f, const struct flow_bits *set)
{
	if (set && !f->bits)
		f->bits = slab_take(&t->bits);
	return set && f->bits;
}

void
flow_bits_set(struct flow_table *t, struct flow *f,
    const struct flow_bits *set)
{
	if (!have_bits(t, f, set))
		return;
	for (unsigned i = 0; i < BIT_WORDS; i++)
		f->bits->words[i] |= set->words[i];
}

void
flow_bits_toggle(struct flow_table *t, struct flow *f,
    const struct flow_bits *set)
{
	if (!have_bits(t, f, set))
		return;
	for (unsigned i = 0; i < BIT_WORDS; i++)
		f->bits->words[i] ^= set->words[i];
}

void
flow_bits_clear(struct flow *f, const struct flow_bits *set)
{
	for (unsigned i = 0; f->bits && set && i < BIT_WORDS; i++)
		f->bits->words[i] &= ~set->words[i];
}

uint64_t
flow_bits_lost(const struct flow_table *t)
{
	return t->bits.refused;
}

void
flow_bits_reset(struct flow_table *t, struct flow *f)
{
	slab_give(&t->bits, f->bits);
	f->bits = NULL;
}

/* -- what detection keeps with a flow ---------------------------------------------------- */

struct flow_sensitive *
flow_sensitive(struct flow_table *t, struct flow *f)
{
	if (!f->sensitive)
		f->sensitive = slab_take(&t->sensitive);
	return f->sensitive;
}

struct flow_files *
flow_files(struct flow_table *t, struct flow *f)
{
	if (!f->files)
		f->files = slab_take(&t->files);
	return f->files;
}
