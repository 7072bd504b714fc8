/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/account.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/be.h"
#include "core/limits.h"
#include "core/lru.h"
#include "core/mtime.h"
#include "core/xalloc.h"
#include "decoders/wire/tcp.h"

enum {
	ENTRY_BYTES = 256, /* of a session in the table, at most */
	ANSWER = 4096,
	NL_HEAD = sizeof(struct nlmsghdr),
	GEN_HEAD = sizeof(struct nfgenmsg),
};
static_assert(NL_HEAD % NLMSG_ALIGNTO == 0 && GEN_HEAD % NLMSG_ALIGNTO == 0,
    "what follows a head is aligned");

static const struct ctr_def counter_defs[] = { ACCOUNT_COUNTERS(COUNTER_DEF) };
const struct ctr_group account_counters = { "account", counter_defs,
	ACCOUNT_CTR_MAX };

/* A session whose rest the kernel has. */
struct session {
	struct ipaddr addr[FLOW_SIDES];
	uint16_t port[FLOW_SIDES];
	uint8_t proto;
	bool known; /* counts are */
	bool gone;  /* the kernel has forgotten it: there is no more to come */
	struct account_counts counts; /* of all of it */
	uint64_t seen[FLOW_SIDES]; /* of them, when it last timed out here */
	uint64_t looked_ns;
};

struct account {
	struct account_ops ops;
	struct flow_table *flows;
	struct lru sessions; /* by the flow's id; the oldest is looked at next */
	uint64_t second;     /* in which n_asked were asked */
	unsigned n_asked;
	uint64_t ctrs[ACCOUNT_CTR_MAX];
};

/* -- messages ---------------------------------------------------------------- */

size_t
account_put(void *room, uint32_t seq, uint8_t proto,
    const struct ipaddr addr[2], const uint16_t port[2])
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(room);
	struct nfgenmsg *g;
	struct nlattr *tuple, *part;
	bool six = addr[0].family == 6;

	h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	h->nlmsg_flags = NLM_F_REQUEST;
	h->nlmsg_seq = seq;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = six ? AF_INET6 : AF_INET;
	g->version = NFNETLINK_V0;
	tuple = mnl_attr_nest_start(h, CTA_TUPLE_ORIG);
	part = mnl_attr_nest_start(h, CTA_TUPLE_IP);
	mnl_attr_put(h, six ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, six ? 16 : 4,
	    addr[0].b);
	mnl_attr_put(h, six ? CTA_IP_V6_DST : CTA_IP_V4_DST, six ? 16 : 4,
	    addr[1].b);
	mnl_attr_nest_end(h, part);
	part = mnl_attr_nest_start(h, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(h, CTA_PROTO_NUM, proto);
	mnl_attr_put_u16(h, CTA_PROTO_SRC_PORT, htons(port[0]));
	mnl_attr_put_u16(h, CTA_PROTO_DST_PORT, htons(port[1]));
	mnl_attr_nest_end(h, part);
	mnl_attr_nest_end(h, tuple);
	return h->nlmsg_len;
}

/* The attribute of a type among those of n bytes, or in another one. */
static const struct nlattr *
find(const void *p, size_t n, uint16_t type)
{
	const struct nlattr *a = p;
	int left = (int)n;

	for (; mnl_attr_ok(a, left); left -= MNL_ALIGN(a->nla_len),
	    a = mnl_attr_next(a))
		if (mnl_attr_get_type(a) == type)
			return a;
	return NULL;
}

static const struct nlattr *
find_in(const struct nlattr *a, uint16_t type)
{
	return a ? find(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a),
	    type) : NULL;
}

/* Is the tuple sent by that end? */
static bool
is_from(const struct nlattr *tuple, const struct ipaddr *addr, uint16_t port)
{
	bool six = addr->family == 6;
	size_t n = six ? 16 : 4;
	const struct nlattr *src = find_in(find_in(tuple, CTA_TUPLE_IP), six ?
	    CTA_IP_V6_SRC : CTA_IP_V4_SRC), *p = find_in(find_in(tuple,
	    CTA_TUPLE_PROTO), CTA_PROTO_SRC_PORT);
	struct be16 b;

	if (!src || !p || mnl_attr_get_payload_len(src) != n ||
	    mnl_attr_get_payload_len(p) != sizeof(b))
		return false;
	memcpy(&b, mnl_attr_get_payload(p), sizeof(b));
	return memcmp(mnl_attr_get_payload(src), addr->b, n) == 0 &&
	    be16_get(b) == port;
}

static bool
read_count(const struct nlattr *counts, uint16_t type, uint64_t *out)
{
	const struct nlattr *a = find_in(counts, type);
	struct be64 v;

	if (!a || mnl_attr_get_payload_len(a) != sizeof(v))
		return false;
	memcpy(&v, mnl_attr_get_payload(a), sizeof(v));
	*out = be64_get(v);
	return true;
}

enum account_answer
account_read(const void *message, size_t len, const struct ipaddr addr[2],
    const uint16_t port[2], struct account_counts *out)
{
	const struct nlmsghdr *h = message;
	const struct nlattr *orig, *reply;
	const uint8_t *p = message;
	struct account_counts c;
	unsigned first;

	if (len < NL_HEAD || h->nlmsg_len > len)
		return ACCOUNT_FAILED;
	if (h->nlmsg_type == NLMSG_ERROR) {
		struct nlmsgerr e;

		if (h->nlmsg_len < NL_HEAD + sizeof(e))
			return ACCOUNT_FAILED;
		memcpy(&e, p + NL_HEAD, sizeof(e));
		return e.error == -ENOENT ? ACCOUNT_GONE : ACCOUNT_FAILED;
	}
	if (h->nlmsg_len < NL_HEAD + GEN_HEAD)
		return ACCOUNT_FAILED;
	p += NL_HEAD + GEN_HEAD;
	len = h->nlmsg_len - NL_HEAD - GEN_HEAD;
	orig = find(p, len, CTA_COUNTERS_ORIG);
	reply = find(p, len, CTA_COUNTERS_REPLY);
	if (!orig || !reply)
		return ACCOUNT_NO_COUNTS;
	/* who began it is not always who is the client here; behind a
	 * translation of addresses either tuple may have its own */
	first = is_from(find(p, len, CTA_TUPLE_ORIG), &addr[0], port[0]) ||
	    (!is_from(find(p, len, CTA_TUPLE_REPLY), &addr[0], port[0]) &&
	        is_from(find(p, len, CTA_TUPLE_REPLY), &addr[1], port[1])) ?
	    0 : 1;
	if (!read_count(orig, CTA_COUNTERS_PACKETS, &c.packets[first]) ||
	    !read_count(orig, CTA_COUNTERS_BYTES, &c.bytes[first]) ||
	    !read_count(reply, CTA_COUNTERS_PACKETS, &c.packets[!first]) ||
	    !read_count(reply, CTA_COUNTERS_BYTES, &c.bytes[!first]))
		return ACCOUNT_NO_COUNTS;
	*out = c;
	return ACCOUNT_KNOWN;
}

/* -- the kernel -------------------------------------------------------------- */

struct kernel {
	struct mnl_socket *nl;
	uint32_t seq;
	alignas(struct nlmsghdr) uint8_t out[ACCOUNT_MESSAGE];
	alignas(struct nlmsghdr) uint8_t in[ANSWER];
};

/* The kernel answers before it returns from being asked. */
static enum account_answer
ask_once(struct kernel *k, uint8_t proto, const struct ipaddr addr[2],
    const uint16_t port[2], const struct ipaddr ends[2],
    const uint16_t ports[2], struct account_counts *out)
{
	size_t n = account_put(k->out, ++k->seq, proto, addr, port);
	int fd = mnl_socket_get_fd(k->nl);
	const struct nlmsghdr *h = (const void *)k->in;
	ssize_t got;

	if (mnl_socket_sendto(k->nl, k->out, n) == -1)
		return ACCOUNT_FAILED;
	while ((got = recv(fd, k->in, sizeof(k->in), MSG_DONTWAIT)) > 0)
		if ((size_t)got >= sizeof(*h) && h->nlmsg_seq == k->seq)
			return account_read(k->in, (size_t)got, ends, ports,
			    out);
	return ACCOUNT_FAILED;
}

static enum account_answer
ask_kernel(void *self, uint8_t proto, const struct ipaddr addr[2],
    const uint16_t port[2], struct account_counts *out)
{
	struct kernel *k = self;
	const struct ipaddr back[2] = { addr[1], addr[0] };
	const uint16_t back_port[2] = { port[1], port[0] };
	enum account_answer a = ask_once(k, proto, addr, port, addr, port,
	    out);

	/* a translated destination is that of the answers alone */
	return a == ACCOUNT_GONE ? ask_once(k, proto, back, back_port, addr,
	    port, out) : a;
}

static void
close_kernel(void *self)
{
	struct kernel *k = self;

	mnl_socket_close(k->nl);
	free(k);
}

bool
account_kernel(struct account_ops *ops, char *err, size_t err_len)
{
	struct kernel *k = xcalloc(1, sizeof(*k));

	k->nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!k->nl || mnl_socket_bind(k->nl, 0, MNL_SOCKET_AUTOPID) == -1) {
		snprintf(err, err_len, "the kernel cannot be asked what it "
		    "lets pass by itself: %s", strerror(errno));
		if (k->nl)
			mnl_socket_close(k->nl);
		free(k);
		return false;
	}
	*ops = (struct account_ops){ k, ask_kernel, close_kernel };
	return true;
}

/* -- sessions ---------------------------------------------------------------- */

static bool
may_ask(struct account *a)
{
	uint64_t now = clock_ns() / 1000000000u;

	if (now != a->second) {
		a->second = now;
		a->n_asked = 0;
	}
	if (a->n_asked == LIM_ACCOUNT_ASKED) {
		a->ctrs[ACCOUNT_CTR_LATE]++;
		return false;
	}
	a->n_asked++;
	a->ctrs[ACCOUNT_CTR_ASKED]++;
	return true;
}

static void
look(struct account *a, struct session *s)
{
	static const unsigned ctrs[] = { [ACCOUNT_GONE] = ACCOUNT_CTR_GONE,
		[ACCOUNT_NO_COUNTS] = ACCOUNT_CTR_NO_COUNTS,
		[ACCOUNT_FAILED] = ACCOUNT_CTR_FAILED };
	struct account_counts c;
	enum account_answer how = a->ops.ask(a->ops.self, s->proto, s->addr,
	    s->port, &c);

	s->looked_ns = clock_ns();
	/* fewer than before: another connection between the same ports */
	if (how == ACCOUNT_KNOWN && s->known && (c.packets[0] <
	        s->counts.packets[0] || c.packets[1] < s->counts.packets[1]))
		how = ACCOUNT_GONE;
	if (how == ACCOUNT_KNOWN) {
		s->counts = c;
		s->known = true;
		return;
	}
	a->ctrs[ctrs[how]]++;
	s->gone = how == ACCOUNT_GONE;
}

/* Before its timeout: have its counts grown since the last one? Who cannot be
 * asked for now is taken to go on. */
static bool
goes_on(void *self, struct flow *f)
{
	struct account *a = self;
	struct session *s = lru_find(&a->sessions, &f->id);
	bool grew = false;

	if (!s)
		return false;
	if (!s->gone) {
		if (may_ask(a))
			look(a, s);
		else
			grew = true;
	}
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		grew |= s->counts.packets[i] > s->seen[i];
		s->seen[i] = s->counts.packets[i];
	}
	a->ctrs[ACCOUNT_CTR_KEPT] += grew;
	/* (what is looked at now is so when it ends) */
	s->gone |= !grew;
	return grew;
}

void
account_step(struct account *a, uint64_t now_ns, unsigned max)
{
	const void *key;
	struct session *s;

	for (unsigned i = 0; i < max; i++) {
		s = lru_oldest(&a->sessions, &key);
		if (!s || s->looked_ns + ACCOUNT_LOOK_S *
		    UINT64_C(1000000000) > now_ns || (!s->gone && !may_ask(a)))
			return;
		(void)lru_find(&a->sessions, key);
		if (!s->gone)
			look(a, s);
		s->looked_ns = now_ns;
	}
}

struct account *
account_new(const struct account_ops *ops, struct flow_table *flows)
{
	struct account *a = mem_calloc(1, sizeof(*a));

	if (!a) {
		ops->close(ops->self);
		return NULL;
	}
	if (!lru_init(&a->sessions, sizeof(uint64_t), sizeof(struct session),
	    (size_t)LIM_ACCOUNTED * ENTRY_BYTES)) {
		ops->close(ops->self);
		free(a);
		return NULL;
	}
	if (a->sessions.cap > LIM_ACCOUNTED)
		a->sessions.cap = LIM_ACCOUNTED;
	a->ops = *ops;
	a->flows = flows;
	flow_table_keep(flows, goes_on, a);
	return a;
}

void
account_free(struct account *a)
{
	if (!a)
		return;
	flow_table_keep(a->flows, NULL, NULL);
	lru_fini(&a->sessions);
	a->ops.close(a->ops.self);
	free(a);
}

void
account_begin(struct account *a, struct flow *f)
{
	uint64_t evicted = a->sessions.evicted;
	struct session *s;
	bool is_new;

	/* what the kernel counted before the flow was seen is not the flow's */
	if (f->has_rest || (f->kind != FLOW_TCP && f->kind != FLOW_UDP) ||
	    (f->kind == FLOW_TCP && !(f->l4[FLOW_CLIENT] & TCP_SYN)))
		return;
	a->ctrs[ACCOUNT_CTR_SESSIONS]++;
	f->has_rest = true;
	s = lru_get(&a->sessions, &f->id, &is_new);
	a->ctrs[ACCOUNT_CTR_NOT_COUNTED] += a->sessions.evicted - evicted;
	flow_ends(f, s->addr, s->port);
	s->proto = f->key.proto;
	s->looked_ns = clock_ns();
}

bool
account_end(struct account *a, const struct flow *f, struct account_rest *out)
{
	struct session *s = lru_find(&a->sessions, &f->id);
	bool known;

	*out = (struct account_rest){ .packets = { 0 } };
	if (!s)
		return false;
	if (!s->gone && may_ask(a))
		look(a, s);
	/* what was seen here is counted there as well */
	for (unsigned i = 0; s->known && i < FLOW_SIDES; i++) {
		if (s->counts.packets[i] > f->packets[i])
			out->packets[i] = s->counts.packets[i] - f->packets[i];
		if (s->counts.bytes[i] > f->bytes[i])
			out->bytes[i] = s->counts.bytes[i] - f->bytes[i];
		a->ctrs[ACCOUNT_CTR_PACKETS] += out->packets[i];
		a->ctrs[ACCOUNT_CTR_BYTES] += out->bytes[i];
	}
	known = s->known;
	lru_drop(&a->sessions, &f->id);
	return known;
}

const uint64_t *
account_counters_of(const struct account *a)
{
	return a->ctrs;
}
