/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/track/peek.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/wire/eth.h"
#include "decoders/wire/ip4.h"
#include "decoders/wire/ip6.h"
#include "decoders/wire/wire.h"

enum {
	DLT_ETHERNET = 1,
	DLT_RAW_IP = 12,
	LINKTYPE_RAW_IP = 101,
};

/* What stands in the key besides its ends. */
static struct flow_key
key_with(uint16_t vlan, uint8_t proto, uint8_t version)
{
	return (struct flow_key){ .vlan = vlan, .proto = proto,
		.version = version };
}

/* The ports, which TCP and UDP both begin with. */
static bool
take_ends(struct cursor *c, const uint8_t src[16], const uint8_t dst[16],
    struct flow_key *key, unsigned *from)
{
	uint16_t sport, dport;

	if ((key->proto != IP_PROTO_TCP && key->proto != IP_PROTO_UDP) ||
	    !cur_be16(c, &sport) || !cur_be16(c, &dport))
		return false;
	*from = flow_key_ends(key, src, dst, sport, dport);
	return true;
}

static bool
peek_ip4(struct cursor *c, uint16_t vlan, struct flow_key *key, unsigned *from)
{
	enum { IHL_UNIT = 4 };
	uint8_t src[16] = { 0 }, dst[16] = { 0 };
	struct wire_ip4 h;
	size_t hlen;

	if (!WIRE_TAKE(c, &h))
		return false;
	hlen = (h.ver_ihl & 0xfu) * IHL_UNIT;
	if (h.ver_ihl >> 4 != 4 || hlen < sizeof(h) ||
	    !cur_skip(c, hlen - sizeof(h)) ||
	    (be16_get(h.frag) & ~(IP_FLAG_DF | IP_FLAG_RB)))
		return false;
	memcpy(src, h.src, sizeof(h.src));
	memcpy(dst, h.dst, sizeof(h.dst));
	*key = key_with(vlan, h.proto, 4);
	return take_ends(c, src, dst, key, from);
}

static bool
peek_ip6(struct cursor *c, uint16_t vlan, struct flow_key *key, unsigned *from)
{
	struct wire_ip6 h;

	if (!WIRE_TAKE(c, &h) || be32_get(h.ver_tc_flow) >> 28 != 6)
		return false;
	*key = key_with(vlan, h.next, 6);
	return take_ends(c, h.src, h.dst, key, from);
}

/* The type behind Ethernet's addresses and tags; the outermost tag's VLAN. */
static bool
take_link(struct cursor *c, uint16_t *type, uint16_t *vlan)
{
	struct wire_eth h;
	struct wire_vlan tag;

	if (!WIRE_TAKE(c, &h))
		return false;
	*type = be16_get(h.type);
	for (unsigned i = 0; i < LIM_VLAN_TAGS && (*type == ETHERTYPE_VLAN ||
	    *type == ETHERTYPE_QINQ); i++) {
		if (!WIRE_TAKE(c, &tag))
			return false;
		*type = be16_get(tag.type);
		if (i == 0)
			*vlan = be16_get(tag.tci) & 0xfff;
	}
	return true;
}

bool
peek_key(int dlt, struct slice frame, bool vlan_agnostic,
    struct flow_key *key, unsigned *from)
{
	struct cursor c = cur_make(frame.ptr, frame.len);
	uint16_t type = 0, vlan = 0;
	const uint8_t *first;

	if (dlt == DLT_ETHERNET) {
		if (!take_link(&c, &type, &vlan))
			return false;
	} else if (dlt == DLT_RAW_IP || dlt == LINKTYPE_RAW_IP) {
		first = cur_peek(&c, 1);
		type = !first ? 0 : *first >> 4 == 4 ? ETHERTYPE_IP4 :
		    ETHERTYPE_IP6;
	}
	if (vlan_agnostic)
		vlan = 0;
	if (type == ETHERTYPE_IP4)
		return peek_ip4(&c, vlan, key, from);
	return type == ETHERTYPE_IP6 && peek_ip6(&c, vlan, key, from);
}
