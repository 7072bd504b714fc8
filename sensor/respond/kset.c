/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/kset.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/ipset/ip_set.h>
#include <linux/netfilter/ipset/ip_set_hash.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/be.h"
#include "core/xalloc.h"

enum {
	ENTRY_MAX = 256, /* bytes of a message about one entry */
	BATCH_BYTES = 2 * KSET_BATCH * ENTRY_MAX,
	ANSWER_BYTES = 1 << 16,
	RECEIVE_BYTES = 1 << 22, /* answers that wait in the socket */
	REVISION_OLDEST = 1,
};

const char *const kset_names[KSETS] = { "aduana-from4", "aduana-to4",
	"aduana-conn4", "aduana-from6", "aduana-to6", "aduana-conn6" };
/* while a set is changed for one of another size */
static const char spare_name[] = "aduana-spare";

struct kset {
	struct mnl_socket *nl;
	unsigned portid;
	uint32_t seq;
	uint8_t protocol;
	/* messages begin with words */
	alignas(struct nlmsghdr) uint8_t out[BATCH_BYTES];
	alignas(struct nlmsghdr) uint8_t in[ANSWER_BYTES];
};

static bool
is_conn(enum kset_id id)
{
	return id == KSET_CONN4 || id == KSET_CONN6;
}

static uint8_t
family_of(enum kset_id id)
{
	return id >= KSET_FROM6 ? AF_INET6 : AF_INET;
}

static const char *
type_of(enum kset_id id)
{
	return is_conn(id) ? "hash:ip,port,ip" : "hash:ip";
}

unsigned
kset_of(const struct block_key *k, enum kset_id id[2])
{
	unsigned six = k->addr.family == 6 ? KSET_FROM6 : KSET_FROM4, n = 0;

	if (k->kind == BLOCK_CONN) {
		id[n++] = (enum kset_id)(six + KSET_CONN4);
		return n;
	}
	if (k->how & BLOCK_FROM)
		id[n++] = (enum kset_id)(six + KSET_FROM4);
	if (k->how & BLOCK_TO)
		id[n++] = (enum kset_id)(six + KSET_TO4);
	return n;
}

/* -- messages --------------------------------------------------------------- */

static struct nlmsghdr *
begin(struct kset *k, void *at, uint16_t command, uint16_t flags,
    uint8_t family, const char *name)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(at);
	struct nfgenmsg *g;

	h->nlmsg_type = (uint16_t)(NFNL_SUBSYS_IPSET << 8 | command);
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = ++k->seq;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = family;
	g->version = NFNETLINK_V0;
	mnl_attr_put_u8(h, IPSET_ATTR_PROTOCOL, k->protocol);
	if (name)
		mnl_attr_put_strz(h, IPSET_ATTR_SETNAME, name);
	return h;
}

static void
put_be32(struct nlmsghdr *h, uint16_t type, uint32_t v)
{
	struct be32 b = be32_make(v);

	mnl_attr_put(h, type | NLA_F_NET_BYTEORDER, sizeof(b), &b);
}

static void
put_ip(struct nlmsghdr *h, uint16_t type, const struct ipaddr *a)
{
	struct nlattr *n = mnl_attr_nest_start(h, type);

	if (a->family == 4)
		mnl_attr_put(h, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER,
		    4, a->b);
	else
		mnl_attr_put(h, IPSET_ATTR_IPADDR_IPV6 | NLA_F_NET_BYTEORDER,
		    16, a->b);
	mnl_attr_nest_end(h, n);
}

/* What the kernel's error numbers mean here. */
static int
error_of(int e)
{
	switch (e) {
	case IPSET_ERR_HASH_FULL:
		return HAND_E_FULL;
	case IPSET_ERR_EXIST:
		return ENOENT; /* of what is to be deleted */
	case IPSET_ERR_TYPE_MISMATCH:
		return HAND_E_TYPE;
	case IPSET_ERR_FIND_TYPE:
	case IPSET_ERR_PROTOCOL:
		return HAND_E_SETS;
	case IPSET_ERR_BUSY:
	case IPSET_ERR_REFERENCED:
		return EBUSY;
	default:
		return e >= IPSET_ERR_PRIVATE ? EPROTO : e;
	}
}

typedef void message_seen(void *arg, const struct nlmsghdr *h);

/*
 * Sends what is in out and reads up to the answer to its last message; the
 * error of that one. Data goes to seen(), errors of messages before it to
 * failed(seq, error).
 */
static int
talk(struct kset *k, size_t len, uint32_t last, message_seen *seen,
    void (*failed)(void *arg, uint32_t seq, int error), void *arg)
{
	if (mnl_socket_sendto(k->nl, k->out, len) == -1)
		return errno;
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(k->nl, k->in, sizeof(k->in));
		const struct nlmsghdr *h = (const void *)k->in;
		int n = (int)got;

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return errno;
		for (; mnl_nlmsg_ok(h, n); h = mnl_nlmsg_next(h, &n)) {
			int e = 0;

			if (h->nlmsg_type == NLMSG_ERROR &&
			    mnl_nlmsg_get_payload_len(h) >= sizeof(int)) {
				memcpy(&e, mnl_nlmsg_get_payload(h),
				    sizeof(e));
				e = error_of(-e);
			} else if (h->nlmsg_type != NLMSG_DONE) {
				if (seen && h->nlmsg_seq == last)
					seen(arg, h);
				continue;
			}
			if (h->nlmsg_seq == last)
				return e;
			if (failed)
				failed(arg, h->nlmsg_seq, e);
		}
	}
}

static int
talk_one(struct kset *k, const struct nlmsghdr *h, message_seen *seen,
    void *arg)
{
	return talk(k, h->nlmsg_len, h->nlmsg_seq, seen, NULL, arg);
}

/* -- attributes ------------------------------------------------------------- */

struct attrs {
	const struct nlattr *a[64]; /* more than there are kinds of */
};
static int
keep(const struct nlattr *a, void *data)
{
	struct attrs *all = data;

	if (mnl_attr_get_type(a) < ARRAY_LEN(all->a))
		all->a[mnl_attr_get_type(a)] = a;
	return MNL_CB_OK;
}

static bool
get_be32(const struct attrs *all, unsigned type, uint32_t *v)
{
	struct be32 b;

	if (!all->a[type] || mnl_attr_get_payload_len(all->a[type]) !=
	    sizeof(b))
		return false;
	memcpy(&b, mnl_attr_get_payload(all->a[type]), sizeof(b));
	*v = be32_get(b);
	return true;
}

static bool
get_ip(const struct attrs *all, unsigned type, struct ipaddr *ip)
{
	struct attrs in = { { NULL } };
	const struct nlattr *a;

	*ip = (struct ipaddr){ 0 };
	if (!all->a[type] || mnl_attr_parse_nested(all->a[type], keep, &in) ==
	    MNL_CB_ERROR)
		return false;
	a = in.a[IPSET_ATTR_IPADDR_IPV4];
	ip->family = a ? 4 : 6;
	a = a ? a : in.a[IPSET_ATTR_IPADDR_IPV6];
	if (!a || mnl_attr_get_payload_len(a) != (ip->family == 4 ? 4 : 16))
		return false;
	memcpy(ip->b, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
	return true;
}

/* -- opening ---------------------------------------------------------------- */

static void
protocol_seen(void *arg, const struct nlmsghdr *h)
{
	struct attrs all = { { NULL } };
	struct kset *k = arg;

	if (mnl_attr_parse(h, sizeof(struct nfgenmsg), keep, &all) ==
	    MNL_CB_ERROR || !all.a[IPSET_ATTR_PROTOCOL])
		return;
	/* the kernel's newest, as far as it is known here */
	if (mnl_attr_get_payload_len(all.a[IPSET_ATTR_PROTOCOL]) == 1 &&
	    mnl_attr_get_u8(all.a[IPSET_ATTR_PROTOCOL]) < IPSET_PROTOCOL)
		k->protocol = IPSET_PROTOCOL_MIN;
}

struct kset *
kset_open(int *error)
{
	struct kset *k = xcalloc(1, sizeof(*k));
	int size = RECEIVE_BYTES, fd;

	k->protocol = IPSET_PROTOCOL;
	k->nl = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!k->nl || mnl_socket_bind(k->nl, 0, MNL_SOCKET_AUTOPID) == -1) {
		*error = errno;
		kset_close(k);
		return NULL;
	}
	fd = mnl_socket_get_fd(k->nl);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	size = 1;
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &size,
	    sizeof(size));
	*error = talk_one(k, begin(k, k->out, IPSET_CMD_PROTOCOL, NLM_F_ACK,
	    AF_INET, NULL), protocol_seen, k);
	/* nobody in the kernel to speak with */
	if (*error == EINVAL || *error == EOPNOTSUPP)
		*error = HAND_E_SETS;
	if (!*error)
		return k;
	kset_close(k);
	return NULL;
}

void
kset_close(struct kset *k)
{
	if (k && k->nl)
		mnl_socket_close(k->nl);
	free(k);
}

/* -- sets ------------------------------------------------------------------- */

struct head {
	bool seen;
	char type[IPSET_MAXNAMELEN];
	uint8_t family, revision, revision_min;
	bool has_timeout;
	uint32_t max, n;
};

static void
head_seen(void *arg, const struct nlmsghdr *h)
{
	struct attrs all = { { NULL } }, in = { { NULL } };
	struct head *out = arg;
	const struct nlattr *a;

	if (mnl_attr_parse(h, sizeof(struct nfgenmsg), keep, &all) ==
	    MNL_CB_ERROR)
		return;
	a = all.a[IPSET_ATTR_TYPENAME];
	if (a && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) == 0 &&
	    mnl_attr_get_payload_len(a) <= sizeof(out->type)) {
		memcpy(out->type, mnl_attr_get_str(a),
		    mnl_attr_get_payload_len(a));
		out->seen = true;
	}
	a = all.a[IPSET_ATTR_FAMILY];
	if (a && mnl_attr_get_payload_len(a) == 1)
		out->family = mnl_attr_get_u8(a);
	a = all.a[IPSET_ATTR_REVISION];
	if (a && mnl_attr_get_payload_len(a) == 1)
		out->revision = out->revision_min = mnl_attr_get_u8(a);
	a = all.a[IPSET_ATTR_REVISION_MIN];
	if (a && mnl_attr_get_payload_len(a) == 1)
		out->revision_min = mnl_attr_get_u8(a);
	a = all.a[IPSET_ATTR_DATA];
	if (!a || mnl_attr_parse_nested(a, keep, &in) == MNL_CB_ERROR)
		return;
	out->has_timeout = in.a[IPSET_ATTR_TIMEOUT] != NULL;
	(void)get_be32(&in, IPSET_ATTR_MAXELEM, &out->max);
	(void)get_be32(&in, IPSET_ATTR_ELEMENTS, &out->n);
}

static int
head_of(struct kset *k, enum kset_id id, struct head *out)
{
	struct nlmsghdr *h = begin(k, k->out, IPSET_CMD_LIST, NLM_F_DUMP,
	    family_of(id), kset_names[id]);

	*out = (struct head){ 0 };
	put_be32(h, IPSET_ATTR_FLAGS, IPSET_FLAG_LIST_HEADER);
	return talk_one(k, h, head_seen, out);
}

int
kset_count(struct kset *k, enum kset_id id, uint32_t *n)
{
	struct head head;
	int e = head_of(k, id, &head);

	*n = head.n;
	return !e && !head.seen ? ENOENT : e;
}

static int
create(struct kset *k, enum kset_id id, const char *name, uint32_t entries)
{
	uint32_t buckets = 1024;
	struct head head = { 0 };
	struct nlmsghdr *h = begin(k, k->out, IPSET_CMD_TYPE, NLM_F_ACK,
	    family_of(id), NULL);
	struct nlattr *data;
	int e;

	/* the newest kind that the kernel has */
	mnl_attr_put_strz(h, IPSET_ATTR_TYPENAME, type_of(id));
	mnl_attr_put_u8(h, IPSET_ATTR_FAMILY, family_of(id));
	e = talk_one(k, h, head_seen, &head);
	if (e)
		return e == ENOENT || e == EINVAL ? HAND_E_SETS : e;
	if (head.revision < REVISION_OLDEST)
		head.revision = REVISION_OLDEST;
	/* so many that few adds have to make it larger */
	while (buckets < 65536 && buckets < entries / 4)
		buckets *= 2;
	h = begin(k, k->out, IPSET_CMD_CREATE, NLM_F_ACK | NLM_F_CREATE |
	    NLM_F_EXCL, family_of(id), name);
	mnl_attr_put_strz(h, IPSET_ATTR_TYPENAME, type_of(id));
	mnl_attr_put_u8(h, IPSET_ATTR_REVISION, head.revision);
	mnl_attr_put_u8(h, IPSET_ATTR_FAMILY, family_of(id));
	data = mnl_attr_nest_start(h, IPSET_ATTR_DATA);
	put_be32(h, IPSET_ATTR_TIMEOUT, 0);
	put_be32(h, IPSET_ATTR_HASHSIZE, buckets);
	put_be32(h, IPSET_ATTR_MAXELEM, entries);
	mnl_attr_nest_end(h, data);
	return talk_one(k, h, NULL, NULL);
}

static int
command(struct kset *k, uint16_t what, const char *name, const char *second)
{
	struct nlmsghdr *h = begin(k, k->out, what, NLM_F_ACK, AF_INET, name);

	if (second)
		mnl_attr_put_strz(h, IPSET_ATTR_SETNAME2, second);
	return talk_one(k, h, NULL, NULL);
}

int
kset_flush(struct kset *k, enum kset_id id)
{
	return command(k, IPSET_CMD_FLUSH, kset_names[id], NULL);
}

int
kset_destroy(struct kset *k, enum kset_id id)
{
	int e = command(k, IPSET_CMD_DESTROY, kset_names[id], NULL);

	return e == ENOENT ? 0 : e;
}

/* -- entries ---------------------------------------------------------------- */

static struct nlmsghdr *
put_entry(struct kset *k, void *at, const char *name,
    const struct kset_op *op)
{
	const struct block_key *key = op->key;
	struct nlmsghdr *h = begin(k, at, op->del ? IPSET_CMD_DEL :
	    IPSET_CMD_ADD, op->del ? NLM_F_EXCL : 0, family_of(op->id), name);
	struct nlattr *data = mnl_attr_nest_start(h, IPSET_ATTR_DATA);

	put_ip(h, IPSET_ATTR_IP, &key->addr);
	if (is_conn(op->id)) {
		mnl_attr_put(h, IPSET_ATTR_PORT | NLA_F_NET_BYTEORDER, 2,
		    key->port);
		mnl_attr_put_u8(h, IPSET_ATTR_PROTO, key->proto);
		put_ip(h, IPSET_ATTR_IP2, &key->peer);
	}
	if (!op->del)
		put_be32(h, IPSET_ATTR_TIMEOUT, op->seconds);
	mnl_attr_nest_end(h, data);
	return h;
}

struct applied {
	struct kset_op *ops;
	uint32_t first;
	unsigned n;
};

static void
entry_failed(void *arg, uint32_t seq, int error)
{
	struct applied *a = arg;

	if (seq - a->first < a->n)
		a->ops[seq - a->first].error = error;
}

static void
apply_to(struct kset *k, const char *name, struct kset_op *ops, unsigned n)
{
	struct applied a = { .ops = ops, .first = k->seq + 1, .n = n };
	size_t len = 0;
	int e;

	for (unsigned i = 0; i < n; i++) {
		struct nlmsghdr *h = put_entry(k, k->out + len, name ? name :
		    kset_names[ops[i].id], &ops[i]);

		ops[i].error = 0;
		/* answers to errors, and to the last */
		if (i == n - 1)
			h->nlmsg_flags |= NLM_F_ACK;
		len += NLMSG_ALIGN(h->nlmsg_len);
	}
	if (!n)
		return;
	e = talk(k, len, k->seq, NULL, entry_failed, &a);
	ops[n - 1].error = e;
	/* answers were lost: which of them failed is not known */
	if (e == ENOBUFS)
		for (unsigned i = 0; i < n; i++)
			ops[i].error = e;
}

void
kset_apply(struct kset *k, struct kset_op *ops, unsigned n)
{
	apply_to(k, NULL, ops, n < KSET_BATCH ? n : KSET_BATCH);
}

struct listing {
	enum kset_id id;
	kset_seen *seen;
	void *arg;
};

static int
entry_seen(const struct nlattr *a, void *data)
{
	const struct listing *l = data;
	struct attrs in = { { NULL } };
	struct block_key key = { .kind = is_conn(l->id) ? BLOCK_CONN :
		    BLOCK_ADDR };
	const struct nlattr *port, *proto;
	uint32_t seconds = 0;

	if (mnl_attr_parse_nested(a, keep, &in) == MNL_CB_ERROR ||
	    !get_ip(&in, IPSET_ATTR_IP, &key.addr))
		return MNL_CB_OK;
	(void)get_be32(&in, IPSET_ATTR_TIMEOUT, &seconds);
	key.how = l->id == KSET_FROM4 || l->id == KSET_FROM6 ? BLOCK_FROM :
	    l->id == KSET_TO4 || l->id == KSET_TO6 ? BLOCK_TO :
	    BLOCK_FROM | BLOCK_TO;
	if (is_conn(l->id)) {
		port = in.a[IPSET_ATTR_PORT];
		proto = in.a[IPSET_ATTR_PROTO];
		if (!get_ip(&in, IPSET_ATTR_IP2, &key.peer) || !port ||
		    mnl_attr_get_payload_len(port) != 2 || !proto ||
		    mnl_attr_get_payload_len(proto) != 1)
			return MNL_CB_OK;
		memcpy(key.port, mnl_attr_get_payload(port), 2);
		key.proto = mnl_attr_get_u8(proto);
	}
	l->seen(l->arg, &key, seconds);
	return MNL_CB_OK;
}

static void
entries_seen(void *arg, const struct nlmsghdr *h)
{
	struct attrs all = { { NULL } };
	const struct nlattr *adt;

	if (mnl_attr_parse(h, sizeof(struct nfgenmsg), keep, &all) ==
	    MNL_CB_ERROR)
		return;
	adt = all.a[IPSET_ATTR_ADT];
	if (adt)
		(void)mnl_attr_parse_nested(adt, entry_seen, arg);
}

int
kset_list(struct kset *k, enum kset_id id, kset_seen *seen, void *arg)
{
	struct listing l = { .id = id, .seen = seen, .arg = arg };
	struct nlmsghdr *h = begin(k, k->out, IPSET_CMD_LIST, NLM_F_DUMP,
	    family_of(id), kset_names[id]);

	return talk_one(k, h, entries_seen, &l);
}

/* -- taking over ------------------------------------------------------------ */

struct moved {
	struct { struct block_key key; uint32_t seconds; } *all;
	size_t n, size;
};

static void
moved_seen(void *arg, const struct block_key *key, uint32_t seconds)
{
	struct moved *m = arg;

	if (m->n == m->size) {
		if (m->size >= HANDS_ENTRIES_MAX)
			return;
		m->size = m->size ? m->size * 2 : 1024;
		m->all = xreallocarray(m->all, m->size, sizeof(m->all[0]));
	}
	m->all[m->n].key = *key;
	m->all[m->n++].seconds = seconds;
}

/* The set becomes one of another size, with what it held as far as it fits. */
static int
change_size(struct kset *k, enum kset_id id, uint32_t entries)
{
	struct moved m = { .all = NULL };
	int e;

	(void)command(k, IPSET_CMD_DESTROY, spare_name, NULL);
	e = create(k, id, spare_name, entries);
	if (!e)
		e = kset_list(k, id, moved_seen, &m);
	for (size_t at = 0; !e && at < m.n; ) {
		struct kset_op ops[KSET_BATCH];
		unsigned n = 0;

		for (; n < KSET_BATCH && at < m.n; n++, at++)
			ops[n] = (struct kset_op){ .id = id,
				.key = &m.all[at].key,
				.seconds = m.all[at].seconds };
		apply_to(k, spare_name, ops, n);
	}
	free(m.all);
	if (!e)
		e = command(k, IPSET_CMD_SWAP, spare_name, kset_names[id]);
	(void)command(k, IPSET_CMD_DESTROY, spare_name, NULL);
	return e;
}

int
kset_make(struct kset *k, enum kset_id id, uint32_t entries, bool *made)
{
	struct head head;
	int e = head_of(k, id, &head);

	*made = false;
	if (e == ENOENT || (!e && !head.seen)) {
		*made = true;
		return create(k, id, kset_names[id], entries);
	}
	if (e)
		return e;
	if (strcmp(head.type, type_of(id)) != 0 || head.family !=
	    family_of(id) || !head.has_timeout ||
	    head.revision < REVISION_OLDEST)
		return HAND_E_TYPE;
	return head.max == entries ? 0 : change_size(k, id, entries);
}
