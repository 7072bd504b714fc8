/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/capture/nfqueue_msg.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <string.h>
#include <sys/socket.h>

#include "core/be.h"

/* -- reading ------------------------------------------------------------ */

/* What a message says of tags: the one beside the packet, and what the payload
 * begins with. */
struct nfq_tags {
	bool has_proto, has_tci;
	struct be16 proto, tci;
	uint16_t type;
};

/* The attribute's value as a struct of n bytes; false where it is shorter. */
static bool
value(const struct nlattr *a, void *to, size_t n)
{
	if (mnl_attr_get_payload_len(a) < n)
		return false;
	memcpy(to, mnl_attr_get_payload(a), n);
	return true;
}

static uint32_t
value_be32(const struct nlattr *a)
{
	struct be32 v;

	return value(a, &v, sizeof(v)) ? be32_get(v) : 0;
}

static void
read_address(const struct nlattr *a, struct frame_link *link)
{
	struct nfqnl_msg_packet_hw hw;
	uint16_t len;

	if (!value(a, &hw, sizeof(hw)))
		return;
	len = ntohs(hw.hw_addrlen);
	static_assert(sizeof(hw.hw_addr) == sizeof(link->hw), "as wide");
	if (len > sizeof(link->hw))
		return;
	link->hw_len = (uint8_t)len;
	memcpy(link->hw, hw.hw_addr, len);
}

static void
read_time(const struct nlattr *a, struct mtime *ts)
{
	struct {
		struct be64 sec, usec;
	} t;

	if (value(a, &t, sizeof(t)))
		*ts = mtime_make(be64_get(t.sec),
		    (uint32_t)(be64_get(t.usec) * 1000u));
}

static uint32_t
flags_of(uint32_t info)
{
	return (info & NFQA_SKB_CSUMNOTREADY ? FRAME_CSUM_NOT_READY : 0u) |
	    (info & NFQA_SKB_GSO ? FRAME_GSO : 0u);
}

/* -- tags ----------------------------------------------------------------- */

enum {
	TYPE_VLAN = 0x8100,
	TYPE_QINQ = 0x88a8,
	TYPE_PPPOE = 0x8864, /* a session's: RFC 2516 */
	PPP_IP = 0x0021,
	PPP_IP6 = 0x0057,
	TAG_BYTES = 4,
	PPPOE_BYTES = 8, /* with PPP's protocol */
	TAGS_MAX = 2,
	/* NFQA_VLAN and what it holds, which libnetfilter_queue's own copy of
	 * the kernel's header does not have */
	ATTR_VLAN = 19,
	ATTR_VLAN_PROTO = 1,
	ATTR_VLAN_TCI = 2,
};

static bool
is_tag(uint16_t type)
{
	return type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_PPPOE;
}

static void
add_shim(struct frame_link *link, const void *b, size_t n)
{
	memcpy(link->shim + link->shim_len, b, n);
	link->shim_len = (uint8_t)(link->shim_len + n);
}

/* The tag that the kernel keeps beside the packet: a bridge's queue alone tells
 * it. */
static void
read_tag(const struct nlattr *nest, struct nfq_tags *t)
{
	const uint8_t *end = (const uint8_t *)mnl_attr_get_payload(nest) +
	    mnl_attr_get_payload_len(nest);

	for (const struct nlattr *a = mnl_attr_get_payload(nest);
	    mnl_attr_ok(a, (int)(end - (const uint8_t *)a));
	    a = mnl_attr_next(a)) {
		if (mnl_attr_get_type(a) == ATTR_VLAN_PROTO)
			t->has_proto = value(a, &t->proto, sizeof(t->proto));
		else if (mnl_attr_get_type(a) == ATTR_VLAN_TCI)
			t->has_tci = value(a, &t->tci, sizeof(t->tci));
	}
}

/* What the payload begins with before its IP header, by the type of what it
 * begins with. What cannot be read stays as it is: it is no IP then. */
static void
read_tags(struct nfq_packet *p, const struct nfq_tags *t)
{
	struct frame_link *link = &p->link;
	struct be16 type = be16_make(t->type), inner;
	uint32_t at = 0;

	if (t->has_proto && t->has_tci) {
		add_shim(link, &t->proto, sizeof(t->proto));
		add_shim(link, &t->tci, sizeof(t->tci));
	}
	for (unsigned i = 0; i < TAGS_MAX && (be16_get(type) == TYPE_VLAN ||
	    be16_get(type) == TYPE_QINQ) && link->shim_len < TAGS_MAX *
	    TAG_BYTES && p->caplen - at >= TAG_BYTES; i++, at += TAG_BYTES) {
		add_shim(link, &type, sizeof(type));
		add_shim(link, p->data + at, TAG_BYTES - sizeof(type));
		memcpy(&type, p->data + at + TAG_BYTES - sizeof(type),
		    sizeof(type));
	}
	if (be16_get(type) == TYPE_PPPOE && p->caplen - at >= PPPOE_BYTES) {
		memcpy(&inner, p->data + at + PPPOE_BYTES - sizeof(inner),
		    sizeof(inner));
		if (be16_get(inner) == PPP_IP || be16_get(inner) == PPP_IP6) {
			add_shim(link, &type, sizeof(type));
			add_shim(link, p->data + at, PPPOE_BYTES -
			    sizeof(inner));
			type = inner;
			at += PPPOE_BYTES;
		}
	}
	if (link->shim_len)
		add_shim(link, &type, sizeof(type));
	p->head = at;
	p->data += at;
	p->caplen -= at;
	p->wirelen = p->wirelen > at ? p->wirelen - at : 0;
}

void
nfq_msg_shorten(const struct nfq_packet *p, uint8_t *data, uint32_t len)
{
	const struct frame_link *l = &p->link;
	struct be16 v;

	if (p->head < PPPOE_BYTES || l->shim_len < PPPOE_BYTES + sizeof(v))
		return;
	memcpy(&v, l->shim + l->shim_len - PPPOE_BYTES - sizeof(v), sizeof(v));
	if (be16_get(v) != TYPE_PPPOE)
		return;
	v = be16_make((uint16_t)(len + sizeof(v)));
	memcpy(data - 2 * sizeof(v), &v, sizeof(v));
}

static void
read_attribute(const struct nlattr *a, struct nfq_packet *p, bool *has_id,
    struct nfq_tags *tags)
{
	struct nfqnl_msg_packet_hdr head;

	switch (mnl_attr_get_type(a)) {
	case NFQA_PACKET_HDR:
		if (!value(a, &head, sizeof(head)))
			break;
		p->id = ntohl(head.packet_id);
		tags->type = ntohs(head.hw_protocol);
		*has_id = true;
		break;
	case NFQA_MARK:
		p->mark = value_be32(a);
		break;
	case NFQA_TIMESTAMP:
		read_time(a, &p->ts);
		break;
	case NFQA_IFINDEX_INDEV:
		p->link.in = value_be32(a);
		break;
	case NFQA_IFINDEX_OUTDEV:
		p->link.out = value_be32(a);
		break;
	case NFQA_IFINDEX_PHYSINDEV:
		p->link.in_port = value_be32(a);
		break;
	case NFQA_IFINDEX_PHYSOUTDEV:
		p->link.out_port = value_be32(a);
		break;
	case ATTR_VLAN:
		read_tag(a, tags);
		break;
	case NFQA_HWADDR:
		read_address(a, &p->link);
		break;
	case NFQA_PAYLOAD:
		p->data = mnl_attr_get_payload(a);
		p->caplen = mnl_attr_get_payload_len(a);
		break;
	case NFQA_CAP_LEN:
		p->wirelen = value_be32(a);
		break;
	case NFQA_SKB_INFO:
		p->flags = flags_of(value_be32(a));
		break;
	default:
		break;
	}
}

static enum nfq_kind
read_error(const struct nlmsghdr *h, int *error)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

	if (mnl_nlmsg_get_payload_len(h) < sizeof(*e))
		return NFQ_BROKEN;
	*error = -e->error;
	return e->error ? NFQ_ERROR : NFQ_OTHER;
}

enum nfq_kind
nfq_msg_read(const uint8_t *msg, size_t len, struct nfq_packet *p, int *error)
{
	const struct nlmsghdr *h = (const void *)msg;
	struct nfq_tags tags = { 0 };
	bool has_id = false;

	if (len > INT32_MAX || !mnl_nlmsg_ok(h, (int)len))
		return NFQ_BROKEN;
	if (h->nlmsg_type == NLMSG_ERROR)
		return read_error(h, error);
	if (h->nlmsg_type != (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET))
		return NFQ_OTHER;
	if (mnl_nlmsg_get_payload_len(h) < sizeof(struct nfgenmsg))
		return NFQ_BROKEN;
	*p = (struct nfq_packet){ .data = msg };
	for (const struct nlattr *a = mnl_nlmsg_get_payload_offset(h,
	        sizeof(struct nfgenmsg)), *end = mnl_nlmsg_get_payload_tail(h);
	    mnl_attr_ok(a, (int)((const uint8_t *)end - (const uint8_t *)a));
	    a = mnl_attr_next(a))
		read_attribute(a, p, &has_id, &tags);
	if (p->wirelen < p->caplen)
		p->wirelen = p->caplen;
	if (UNLIKELY(tags.has_proto || is_tag(tags.type)))
		read_tags(p, &tags);
	return has_id ? NFQ_PACKET : NFQ_BROKEN;
}

/* -- writing ------------------------------------------------------------ */

/* A message's head; nfq_nlmsg_put() takes a queue's number likewise. */
static struct nlmsghdr *
start(uint8_t *room, int type, uint16_t queue)
{
	return nfq_nlmsg_put((char *)room, type, queue);
}

size_t
nfq_msg_config(uint8_t *room, const struct nfq_config *c, uint32_t seq)
{
	struct nlmsghdr *h = start(room, NFQNL_MSG_CONFIG, c->queue);
	uint32_t flags = (c->fail_open ? NFQA_CFG_F_FAIL_OPEN : 0u) |
	    (c->gso ? NFQA_CFG_F_GSO : 0u);

	h->nlmsg_flags |= NLM_F_ACK;
	h->nlmsg_seq = seq;
	nfq_nlmsg_cfg_put_cmd(h, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
	nfq_nlmsg_cfg_put_params(h, NFQNL_COPY_PACKET, (int)c->range);
	nfq_nlmsg_cfg_put_qmaxlen(h, c->maxlen);
	/* all in one: of two such attributes the kernel takes the last */
	mnl_attr_put_u32(h, NFQA_CFG_MASK,
	    htonl(NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO));
	mnl_attr_put_u32(h, NFQA_CFG_FLAGS, htonl(flags));
	return h->nlmsg_len;
}

size_t
nfq_msg_verdict(uint8_t *room, const struct nfq_verdict *v)
{
	struct nlmsghdr *h = start(room, v->batch ? NFQNL_MSG_VERDICT_BATCH :
	    NFQNL_MSG_VERDICT, v->queue);
	struct nlattr *a;
	size_t n;

	nfq_nlmsg_verdict_put(h, (int)v->id, v->repeat ? NF_REPEAT :
	    v->drop ? NF_DROP : NF_ACCEPT);
	if (v->has_mark)
		nfq_nlmsg_verdict_put_mark(h, v->mark);
	if (v->ct_bits && !v->batch) {
		a = mnl_attr_nest_start(h, NFQA_CT);
		mnl_attr_put_u32(h, CTA_MARK, htonl(v->ct_bits));
		mnl_attr_put_u32(h, CTA_MARK_MASK, htonl(v->ct_bits));
		mnl_attr_nest_end(h, a);
	}
	if (!v->payload_len)
		return h->nlmsg_len;
	a = mnl_nlmsg_get_payload_tail(h);
	a->nla_type = NFQA_PAYLOAD;
	a->nla_len = (uint16_t)(sizeof(*a) + v->payload_len);
	n = h->nlmsg_len + sizeof(*a);
	h->nlmsg_len = (uint32_t)(n + nfq_msg_aligned(v->payload_len));
	return n;
}
