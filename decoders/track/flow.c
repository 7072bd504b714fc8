/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/track/flow.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/slab.h"
#include "core/xalloc.h"

enum {
	CACHE_LINE = SLAB_ALIGN,
	BUCKET_FLOWS = 5, /* what fits into a line */
	BUCKET_LOAD = 2,  /* of a full table */
	RELIST_S = 8,     /* seconds until a busy flow is put in order again */
	RELIST_PART = 4,  /* or this part of its timeout, if that is longer */
	ID_LOW_BITS = 21, /* of a running number in an id; the rest is time */
	BIT_WORDS = FLOW_BITS_MAX / 64,
	LISTS = FLOW_PROTOS * FLOW_CLASSES,
	FLOW_LINES = 3,    /* all, and those that a packet needs */
	FLOW_HOT_LINES = 2,
	OLD_AHEAD = 4,     /* flows behind the oldest one to look at */
	AHEAD_STEP = FLOW_AHEAD / 4,
	AHEAD_RING = 64,
};
static_assert((int)AHEAD_RING > (int)FLOW_AHEAD, "none of them is forgotten");

static const struct ctr_def counter_defs[] = { FLOW_COUNTERS(COUNTER_DEF) };
const struct ctr_group flow_counters = { "flow", counter_defs, FLOW_CTR_MAX };

/*
 * A bucket of the index is one cache line: flows with 16 bits of their hash,
 * so that a look-up reads this line and the flow it wants, and hardly ever
 * another one. Flows for which there was no place are chained; whether one of
 * them may be wanted is in a bit of 32.
 */
struct bucket {
	uint16_t tags[BUCKET_FLOWS];
	uint32_t chained; /* bits of the flows in the chain */
	struct flow *flows[BUCKET_FLOWS]; /* NULL: free */
	struct flow *chain;
};
static_assert(sizeof(struct bucket) <= CACHE_LINE, "a bucket is a line");

/*
 * Flows by age, the youngest last. A flow with packets moves to the end only
 * every RELIST_S seconds or RELIST_PART of its timeout, so that most packets
 * touch no neighbour; the order, and with it the moment in which a silent flow
 * is found, is right but for these. Before it makes room for another one, it
 * is looked whether it was silent.
 */
struct age_list {
	struct flow *oldest, *youngest;
};

struct flow_table {
	const struct flow_conf *conf;
	struct bucket *buckets;
	uint32_t n_buckets;
	/* by packet number: what it asked for, or probably will */
	struct look_up {
		struct flow_key key;
		bool known;
		uint8_t from; /* which side of the key sent the packet */
		uint64_t hash;
		struct flow *const *place; /* of its tag in the index; NULL */
	} look_ups[AHEAD_RING];
	struct age_list ages[LISTS];
	struct age_list dead; /* in the order in which they ended */
	struct slab flows, bits, sensitive, files;
	bool (*keep)(void *arg, struct flow *f);
	void *keep_arg;
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

	if (!t)
		return NULL;
	t->conf = conf;
	t->n_buckets = (uint32_t)(max / BUCKET_LOAD + 1);
	t->buckets = mem_map(t->n_buckets * sizeof(*t->buckets));
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
	mem_unmap(t->buckets, t->n_buckets * sizeof(*t->buckets));
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

/* A flow that timed out, and goes on where it is not seen. */
static bool
is_kept(const struct flow_table *t, struct flow *f, struct mtime now)
{
	if (LIKELY(!f->has_rest) || !t->keep || !t->keep(t->keep_arg, f))
		return false;
	f->last = now;
	return true;
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

/* Is a above b? In an order of this machine. */
static bool
is_above(const uint8_t a[16], const uint8_t b[16])
{
	uint64_t x[2], y[2];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return x[0] != y[0] ? x[0] > y[0] : x[1] > y[1];
}

unsigned
flow_key_ends(struct flow_key *key, const uint8_t src[16],
    const uint8_t dst[16], uint16_t sport, uint16_t dport)
{
	unsigned from = is_above(src, dst) ||
	    (sport > dport && !is_above(dst, src));

	memcpy(key->addr[from], src, sizeof(key->addr[0]));
	memcpy(key->addr[!from], dst, sizeof(key->addr[0]));
	key->port[from] = sport;
	key->port[!from] = dport;
	return from;
}

static enum flow_side
side_of(const struct flow *f, unsigned from)
{
	return (from == 0) == f->client_is_low ? FLOW_CLIENT : FLOW_SERVER;
}

/* -- the index --------------------------------------------------------- */

static struct bucket *
bucket_of(const struct flow_table *t, uint64_t hash)
{
	return &t->buckets[(uint64_t)(uint32_t)hash * t->n_buckets >> 32];
}

/* Bits that say nothing about the bucket. */
static uint16_t
tag_of(uint64_t hash)
{
	return (uint16_t)(hash >> 48);
}

static uint32_t
chain_bit(uint16_t tag)
{
	return UINT32_C(1) << (tag & 31);
}

/* memcmp() == 0, which is not compiled into a call here. */
static bool
same_key(const struct flow_key *a, const struct flow_key *b)
{
	uint64_t x[5], y[5];

	static_assert(sizeof(*a) == sizeof(x) + sizeof(uint32_t), "all of it");
	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
	    (x[3] ^ y[3]) | (x[4] ^ y[4])) && a->vlan == b->vlan &&
	    a->proto == b->proto && a->version == b->version;
}

static uint16_t
vlan_of(const struct flow_table *t, const struct pkt_dec *d)
{
	return d->n_vlan && !t->conf->vlan_agnostic ? d->vlan[0] & 0xfff : 0;
}

/* Is the look-up, of a packet with this number, what the packet asks for? */
static bool
is_for(const struct flow_table *t, const struct look_up *l,
    const struct pkt_dec *d)
{
	const struct flow_key *k = &l->key;

	return l->known && !k->tunnel && !(d->flags & PKT_TUNNELLED) &&
	    k->port[l->from] == d->sport && k->port[!l->from] == d->dport &&
	    k->proto == d->ip_proto && k->version == d->ip_ver &&
	    k->vlan == vlan_of(t, d) &&
	    memcmp(k->addr[l->from], d->src.b, sizeof(k->addr[0])) == 0 &&
	    memcmp(k->addr[!l->from], d->dst.b, sizeof(k->addr[0])) == 0;
}

/* What the packet asks for, which it may do twice, and was perhaps looked
 * ahead to. */
static const struct look_up *
look_up_of(struct flow_table *t, const struct packet *p)
{
	struct look_up *l = &t->look_ups[p->num % AHEAD_RING];
	const struct pkt_dec *d = &p->dec;

	if (is_for(t, l, d))
		return l;
	l->key = (struct flow_key){ .tunnel = tunnel_of(d),
		.vlan = vlan_of(t, d), .proto = d->ip_proto,
		.version = d->ip_ver };
	l->from = (uint8_t)flow_key_ends(&l->key, d->src.b, d->dst.b,
	    d->sport, d->dport);
	l->hash = hash_keyed(&l->key, sizeof(l->key));
	l->known = true;
	return l;
}

static struct flow *
index_find(const struct flow_table *t, uint64_t hash,
    const struct flow_key *key)
{
	const struct bucket *b = bucket_of(t, hash);
	uint16_t tag = tag_of(hash);
	struct flow *f;

	for (unsigned i = 0; i < BUCKET_FLOWS; i++)
		if (b->tags[i] == tag && b->flows[i] &&
		    same_key(&b->flows[i]->key, key))
			return b->flows[i];
	if (!(b->chained & chain_bit(tag)))
		return NULL;
	for (f = b->chain; f && !same_key(&f->key, key);)
		f = f->hash_next;
	return f;
}

static void
index_add(struct flow_table *t, struct flow *f, uint64_t hash)
{
	struct bucket *b = bucket_of(t, hash);

	f->hash = (uint32_t)hash;
	for (unsigned i = 0; i < BUCKET_FLOWS; i++) {
		if (b->flows[i])
			continue;
		b->flows[i] = f;
		b->tags[i] = tag_of(hash);
		return;
	}
	f->hash_next = b->chain;
	b->chain = f;
	b->chained |= chain_bit(tag_of(hash));
}

static void
index_remove(struct flow_table *t, const struct flow *f)
{
	struct bucket *b = bucket_of(t, f->hash);
	struct flow **at = &b->chain;

	for (unsigned i = 0; i < BUCKET_FLOWS; i++)
		if (b->flows[i] == f) {
			b->flows[i] = NULL;
			return;
		}
	while (*at != f)
		at = &(*at)->hash_next;
	*at = f->hash_next;
	if (!b->chain)
		b->chained = 0;
}

struct flow *
flow_find(struct flow_table *t, const struct packet *p, enum flow_side *side)
{
	const struct look_up *l = look_up_of(t, p);
	struct flow *f = index_find(t, l->hash, &l->key);

	if (!f)
		return NULL;
	if (is_expired(f, p->ts) && !is_kept(t, f, p->ts)) {
		flow_end(t, f, FLOW_END_TIMEOUT);
		return NULL;
	}
	*side = side_of(f, l->from);
	return f;
}

/* -- ahead ------------------------------------------------------------- */

/* Has the processor read the lines that p begins; nothing if p is NULL. Always
 * inline: gcc drops calls of a function that only fetches. */
static ALWAYS_INLINE void
fetch(const void *p, unsigned lines)
{
	const char *at = p;

	for (unsigned i = 0; p && i < lines; i++)
		__builtin_prefetch(at + (size_t)i * CACHE_LINE);
}

/*
 * Three steps for each look-up, each reading what the one before has fetched.
 * They are taken for AHEAD_STEP look-ups at once: a fetch whose page the
 * processor has no translation for holds it up, but several are held up
 * together.
 */
static ALWAYS_INLINE void
fetch_buckets(struct flow_table *t, uint64_t num)
{
	for (unsigned i = 0; i < AHEAD_STEP; i++) {
		const struct look_up *l =
		    &t->look_ups[(num - i) % AHEAD_RING];

		if (l->known)
			fetch(bucket_of(t, l->hash), 1);
	}
}

/* By the tag alone: to compare its key, the flow would have to be here. */
static ALWAYS_INLINE void
fetch_flows(struct flow_table *t, uint64_t num)
{
	for (unsigned i = 0; i < AHEAD_STEP; i++) {
		struct look_up *l = &t->look_ups[(num - i) % AHEAD_RING];
		const struct bucket *b = bucket_of(t, l->hash);
		uint16_t tag = tag_of(l->hash);
		unsigned k = 0;

		if (!l->known)
			continue;
		while (k < BUCKET_FLOWS && b->tags[k] != tag)
			k++;
		if (k < BUCKET_FLOWS)
			l->place = &b->flows[k];
		else
			l->place = b->chained & chain_bit(tag) ? &b->chain :
			    NULL;
		if (l->place)
			fetch(*l->place, FLOW_HOT_LINES);
	}
}

/* What TCP keeps for them. A flow at the place lives, whichever it is now. */
static ALWAYS_INLINE void
fetch_sessions(struct flow_table *t, uint64_t num)
{
	for (unsigned i = 0; i < AHEAD_STEP; i++) {
		const struct look_up *l =
		    &t->look_ups[(num - i) % AHEAD_RING];
		const struct flow *f;

		if (!l->known || !l->place)
			continue;
		f = *l->place;
		if (f)
			fetch(f->tcp, FLOW_TCP_HOT_LINES);
	}
}

void
flow_ahead(struct flow_table *t, uint64_t num, const struct flow_key *key,
    unsigned from)
{
	struct look_up *l = &t->look_ups[num % AHEAD_RING];

	l->known = key;
	l->place = NULL;
	if (key) {
		l->key = *key;
		l->from = (uint8_t)from;
		l->hash = hash_keyed(key, sizeof(*key));
	}
	if (num % AHEAD_STEP)
		return;
	fetch_buckets(t, num);
	fetch_flows(t, num - AHEAD_STEP);
	fetch_sessions(t, num - 2 * AHEAD_STEP);
}

/* -- room -------------------------------------------------------------- */

/* The oldest flow ends. Those behind it were silent for long and are in no
 * cache: what the end of one of them will need is fetched some ends before. */
static void
end_oldest(struct flow_table *t, struct age_list *l, enum flow_end why)
{
	const struct flow *f;

	flow_end(t, l->oldest, why);
	f = l->oldest;
	for (unsigned i = 0; f && i < OLD_AHEAD; i++)
		f = f->younger;
	if (!f)
		return;
	fetch(bucket_of(t, f->hash), 1);
	fetch(f->tcp, FLOW_TCP_LINES);
	fetch(f->younger, FLOW_LINES);
}

/* The oldest of the weakest class gives way, but for busy ones. */
static void
make_room(struct flow_table *t, enum flow_proto proto)
{
	for (unsigned class = 0; class < FLOW_CLASSES; class++) {
		struct age_list *l = &t->ages[proto * FLOW_CLASSES + class];
		struct flow *f;

		for (unsigned i = 0; (f = l->oldest); i++) {
			if (i == LIM_FLOW_PASSED_OVER ||
			    mtime_sec(f->last) <= f->listed) {
				end_oldest(t, l, FLOW_END_PRUNED);
				return;
			}
			list_remove(l, f);
			age_add(t, f, f->last);
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
	const struct look_up *l;
	struct flow *f;

	if (!flow_proto_of(p, &proto) || !t->conf->track[proto])
		return NULL;
	if (t->live[proto] >= t->conf->max[proto])
		make_room(t, proto);
	f = slab_take(&t->flows);
	if (!f)
		return NULL;
	l = look_up_of(t, p);
	f->key = l->key;
	f->client_is_low = (l->from == 0) != from_server;
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
	index_add(t, f, l->hash);
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
	if (since < RELIST_S || since < f->timeout_s / RELIST_PART || f->dying)
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
	if (f->dying)
		return;
	index_remove(t, f);
	list_remove(ages_of(t, f), f);
	list_add(&t->dead, f);
	f->dying = true;
	f->end = (uint8_t)why;
	t->live[f->kind]--;
	t->ctrs[flow_ctr_ended(f->kind, why)]++;
}

void
flow_table_keep(struct flow_table *t, bool (*keep)(void *arg, struct flow *f),
    void *arg)
{
	t->keep = keep;
	t->keep_arg = arg;
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
		struct flow *f = l->oldest;

		n++;
		if (!all && is_kept(t, f, now)) {
			list_remove(l, f);
			age_add(t, f, now);
			continue;
		}
		end_oldest(t, l, all ? FLOW_END_SHUTDOWN : FLOW_END_TIMEOUT);
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
