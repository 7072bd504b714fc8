/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/conntrack.h"

#include <config.h>
#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_LIBNETFILTER_CONNTRACK
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <sys/socket.h>
#endif

#include "core/be.h"
#include "core/hash.h"
#include "core/xalloc.h"

static bool
port_is(const struct block_key *k, uint16_t port)
{
	bool icmp = k->proto == 1 || k->proto == 58;

	/* of ICMP any kind is the one flow */
	return icmp || (k->port[0] << 8 | k->port[1]) == port;
}

bool
conntrack_is_of(const struct conntrack_ends *e, const struct block_key *k)
{
	if (k->kind == BLOCK_ADDR)
		return ipaddr_eq(&k->addr, &e->src) ||
		    ipaddr_eq(&k->addr, &e->dst) ||
		    ipaddr_eq(&k->addr, &e->answers);
	if (k->proto != e->proto)
		return false;
	if (ipaddr_eq(&k->addr, &e->src))
		return (ipaddr_eq(&k->peer, &e->dst) && port_is(k, e->dport)) ||
		    (ipaddr_eq(&k->peer, &e->answers) &&
		        port_is(k, e->answer_port));
	return ipaddr_eq(&k->peer, &e->src) && port_is(k, e->sport) &&
	    (ipaddr_eq(&k->addr, &e->dst) || ipaddr_eq(&k->addr, &e->answers));
}

#ifdef HAVE_LIBNETFILTER_CONNTRACK

enum {
	BYTES = 1 << 16,
	SLOTS = 2 * CONNTRACK_WANTED, /* of the table of addresses */
	FEW = 2,          /* addresses the kernel is asked for one by one */
	SMALL = 8192,     /* entries: the whole table is read at once */
	ANSWER_S = 5,
	RECEIVE_BYTES = 1 << 21,
	/* The kernel's flags of CTA_FILTER, as net/netfilter has them. */
	FILTER_IP_SRC = 1 << 0,
	FILTER_IP_DST = 1 << 1,
};

/* Blocks that wait, found by the address that is blocked. */
struct wanted {
	struct block_key keys[CONNTRACK_WANTED];
	uint32_t slots[SLOTS]; /* index + 1 */
	unsigned n;
};

struct dump {
	uint8_t family;
	/* only of an address, as the source, destination or who answers */
	bool of_address;
	struct ipaddr addr;
	unsigned side;
};

struct conntrack {
	struct mnl_socket *nl, *del;
	struct wanted *wanted;
	struct nf_conntrack *one;
	bool no_filter; /* an older kernel: the whole table is read */
	uint32_t seq;
	struct dump dumps[3 * FEW];
	unsigned n_dumps, at_dump;
	/* messages begin with words */
	alignas(struct nlmsghdr) uint8_t out[1024];
	alignas(struct nlmsghdr) uint8_t in[BYTES];
};

static struct mnl_socket *
open_socket(int *error)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER,
	    SOCK_CLOEXEC);
	struct timeval limit = { .tv_sec = ANSWER_S };
	int size = RECEIVE_BYTES;

	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0) {
		(void)setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET,
		    SO_RCVBUFFORCE, &size, sizeof(size));
		(void)setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET,
		    SO_RCVTIMEO, &limit, sizeof(limit));
		return nl;
	}
	*error = errno;
	if (nl)
		mnl_socket_close(nl);
	return NULL;
}

struct conntrack *
conntrack_open(int *error)
{
	struct conntrack *c = xcalloc(1, sizeof(*c));

	c->nl = open_socket(error);
	c->del = c->nl ? open_socket(error) : NULL;
	if (!c->del) {
		conntrack_close(c);
		return NULL;
	}
	c->wanted = xcalloc(1, sizeof(*c->wanted));
	return c;
}

void
conntrack_close(struct conntrack *c)
{
	if (!c)
		return;
	if (c->nl)
		mnl_socket_close(c->nl);
	if (c->del)
		mnl_socket_close(c->del);
	free(c->wanted);
	free(c);
}

/* -- what is looked for ------------------------------------------------------- */

static unsigned
slot_of(const struct ipaddr *a)
{
	return (unsigned)(hash_keyed(a, sizeof(*a)) % SLOTS);
}

bool
conntrack_want(struct conntrack *c, const struct block_key *k)
{
	struct wanted *w = c->wanted;
	unsigned at = slot_of(&k->addr);

	if (w->n == CONNTRACK_WANTED)
		return false;
	for (; w->slots[at]; at = (at + 1) % SLOTS)
		if (memcmp(&w->keys[w->slots[at] - 1], k, sizeof(*k)) == 0)
			return true;
	w->keys[w->n++] = *k;
	w->slots[at] = w->n;
	return true;
}

/* (of an address there may be several) */
static bool
is_wanted_by(const struct wanted *w, const struct ipaddr *a,
    const struct conntrack_ends *e)
{
	for (unsigned at = slot_of(a); w->slots[at]; at = (at + 1) % SLOTS) {
		const struct block_key *k = &w->keys[w->slots[at] - 1];

		if (ipaddr_eq(&k->addr, a) && conntrack_is_of(e, k))
			return true;
	}
	return false;
}

static bool
is_wanted(const struct wanted *w, const struct conntrack_ends *e)
{
	return is_wanted_by(w, &e->src, e) || is_wanted_by(w, &e->dst, e) ||
	    is_wanted_by(w, &e->answers, e);
}

/* -- what the kernel has ------------------------------------------------------ */

static struct ipaddr
address(const struct nf_conntrack *ct, enum nf_conntrack_attr v4,
    enum nf_conntrack_attr v6)
{
	struct ipaddr a = { 0 };

	if (nfct_attr_is_set(ct, v4) > 0) {
		a.family = 4;
		memcpy(a.b, nfct_get_attr(ct, v4), 4);
	} else if (nfct_attr_is_set(ct, v6) > 0) {
		a.family = 6;
		memcpy(a.b, nfct_get_attr(ct, v6), 16);
	}
	return a;
}

static uint16_t
port(const struct nf_conntrack *ct, enum nf_conntrack_attr a)
{
	struct be16 b = { { 0 } };

	if (nfct_attr_is_set(ct, a) > 0)
		memcpy(&b, nfct_get_attr(ct, a), sizeof(b));
	return be16_get(b);
}

static void
end(struct conntrack *c, const struct nf_conntrack *ct)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(c->out);
	struct nfgenmsg *g;

	/* the answers are for nobody: it may have ended by itself */
	while (recv(mnl_socket_get_fd(c->del), c->in + BYTES / 2, BYTES / 2,
	    MSG_DONTWAIT) > 0)
		;
	h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	h->nlmsg_flags = NLM_F_REQUEST;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = nfct_get_attr_u8(ct, ATTR_ORIG_L3PROTO);
	g->version = NFNETLINK_V0;
	nfct_copy(c->one, ct, NFCT_CP_ORIG | NFCT_CP_OVERRIDE);
	if (nfct_attr_is_set(ct, ATTR_ZONE) > 0)
		nfct_set_attr_u16(c->one, ATTR_ZONE, nfct_get_attr_u16(ct,
		    ATTR_ZONE));
	if (nfct_nlmsg_build(h, c->one) == 0)
		(void)mnl_socket_sendto(c->del, h, h->nlmsg_len);
}

static void
entry_seen(struct conntrack *c, const struct nlmsghdr *h, uint64_t *ended)
{
	struct nf_conntrack *ct = nfct_new();
	struct conntrack_ends e;

	if (!ct)
		return;
	c->one = nfct_new();
	if (c->one && nfct_nlmsg_parse(h, ct) == 0) {
		e = (struct conntrack_ends){
			.src = address(ct, ATTR_ORIG_IPV4_SRC,
			    ATTR_ORIG_IPV6_SRC),
			.dst = address(ct, ATTR_ORIG_IPV4_DST,
			    ATTR_ORIG_IPV6_DST),
			.answers = address(ct, ATTR_REPL_IPV4_SRC,
			    ATTR_REPL_IPV6_SRC),
			.proto = nfct_get_attr_u8(ct, ATTR_ORIG_L4PROTO),
			.sport = port(ct, ATTR_ORIG_PORT_SRC),
			.dport = port(ct, ATTR_ORIG_PORT_DST),
			.answer_port = port(ct, ATTR_REPL_PORT_SRC) };
		if (is_wanted(c->wanted, &e)) {
			end(c, ct);
			(*ended)++;
		}
	}
	if (c->one)
		nfct_destroy(c->one);
	nfct_destroy(ct);
}

/* -- dumps ------------------------------------------------------------------------ */

static void
put_filter(struct nlmsghdr *h, const struct dump *d)
{
	bool reply = d->side == 2, dst = d->side == 1;
	struct nlattr *n;
	uint32_t flags = dst ? FILTER_IP_DST : FILTER_IP_SRC;

	n = mnl_attr_nest_start(h, CTA_FILTER);
	mnl_attr_put_u32(h, reply ? CTA_FILTER_REPLY_FLAGS :
	    CTA_FILTER_ORIG_FLAGS, flags);
	mnl_attr_nest_end(h, n);
	n = mnl_attr_nest_start(h, reply ? CTA_TUPLE_REPLY : CTA_TUPLE_ORIG);
	{
		struct nlattr *ip = mnl_attr_nest_start(h, CTA_TUPLE_IP);

		if (d->family == AF_INET)
			mnl_attr_put(h, dst ? CTA_IP_V4_DST : CTA_IP_V4_SRC,
			    4, d->addr.b);
		else
			mnl_attr_put(h, dst ? CTA_IP_V6_DST : CTA_IP_V6_SRC,
			    16, d->addr.b);
		mnl_attr_nest_end(h, ip);
	}
	mnl_attr_nest_end(h, n);
}

static bool
ask(struct conntrack *c)
{
	const struct dump *d = &c->dumps[c->at_dump];
	struct nlmsghdr *h = mnl_nlmsg_put_header(c->out);
	struct nfgenmsg *g;

	h->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	h->nlmsg_seq = ++c->seq;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = d->family;
	g->version = NFNETLINK_V0;
	if (d->of_address)
		put_filter(h, d);
	return mnl_socket_sendto(c->nl, h, h->nlmsg_len) != -1;
}

/* Entries that the kernel has. */
static unsigned long
table_size(void)
{
	FILE *f = fopen("/proc/sys/net/netfilter/nf_conntrack_count", "re");
	unsigned long n = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%lu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

static void
plan(struct conntrack *c)
{
	const struct wanted *w = c->wanted;
	bool four = false, six = false, few = w->n <= FEW &&
	    !c->no_filter && table_size() > SMALL;

	c->n_dumps = c->at_dump = 0;
	for (unsigned i = 0; i < w->n; i++) {
		uint8_t family = w->keys[i].addr.family;

		four |= family == 4;
		six |= family == 6;
		for (unsigned side = 0; few && side < 3; side++)
			c->dumps[c->n_dumps++] = (struct dump){
				.family = family == 4 ? AF_INET : AF_INET6,
				.of_address = true,
				.addr = w->keys[i].addr,
				.side = side };
	}
	if (few)
		return;
	if (four)
		c->dumps[c->n_dumps++] = (struct dump){ .family = AF_INET };
	if (six)
		c->dumps[c->n_dumps++] = (struct dump){ .family = AF_INET6 };
}

/* false: it was the last of its dump. */
static bool
read_messages(struct conntrack *c, int len, uint64_t *ended, bool *failed)
{
	const struct nlmsghdr *h = (const void *)c->in;

	for (; mnl_nlmsg_ok(h, len); h = mnl_nlmsg_next(h, &len)) {
		if (h->nlmsg_seq != c->seq)
			continue;
		*failed = h->nlmsg_type == NLMSG_ERROR;
		if (*failed || h->nlmsg_type == NLMSG_DONE)
			return false;
		entry_seen(c, h, ended);
	}
	return true;
}

/* false: the kernel did not do it. */
static bool
dump(struct conntrack *c, uint64_t *ended)
{
	if (!ask(c))
		return false;
	for (;;) {
		/* (half of it: the other is for the answers of the other) */
		ssize_t n = mnl_socket_recvfrom(c->nl, c->in, BYTES / 2);
		bool failed = false;

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (!read_messages(c, (int)n, ended, &failed))
			return !failed;
	}
}

uint64_t
conntrack_end(struct conntrack *c)
{
	uint64_t ended = 0;

	plan(c);
	for (c->at_dump = 0; c->at_dump < c->n_dumps; c->at_dump++) {
		struct dump *d = &c->dumps[c->at_dump];

		if (dump(c, &ended) || !d->of_address)
			continue;
		c->no_filter = true;
		d->of_address = false;
		(void)dump(c, &ended);
	}
	c->wanted->n = 0;
	memset(c->wanted->slots, 0, sizeof(c->wanted->slots));
	return ended;
}

#else /* without the library */

struct conntrack *
conntrack_open(int *error)
{
	*error = HAND_E_BUILT;
	return NULL;
}

void
conntrack_close(struct conntrack *c)
{
	(void)c;
}

bool
conntrack_want(struct conntrack *c, const struct block_key *k)
{
	(void)c;
	(void)k;
	return false;
}

uint64_t
conntrack_end(struct conntrack *c)
{
	(void)c;
	return 0;
}
#endif
