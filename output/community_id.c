/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Community ID version 1 (github.com/corelight/community-id-spec): base64 of
 * SHA-1 over seed, both addresses, protocol, a zero byte and both ports; the
 * smaller endpoint first. ICMP's type and its counterpart stand for ports;
 * messages without one keep their direction.
 */
#include "output/community_id.h"

#include <string.h>

#include "core/be.h"
#include "core/digest.h"

struct type_pair {
	uint8_t a, b;
};

static const struct type_pair icmp4_pairs[] = {
	{ 0, 8 }, { 8, 0 },     /* echo */
	{ 9, 10 }, { 10, 9 },   /* router advertisement, solicitation */
	{ 13, 14 }, { 14, 13 }, /* timestamp */
	{ 15, 16 }, { 16, 15 }, /* information */
	{ 17, 18 }, { 18, 17 }, /* address mask */
};
static const struct type_pair icmp6_pairs[] = {
	{ 128, 129 }, { 129, 128 }, /* echo */
	{ 130, 131 }, { 131, 130 }, /* multicast listener */
	{ 133, 134 }, { 134, 133 }, /* router */
	{ 135, 136 }, { 136, 135 }, /* neighbor */
	{ 139, 140 }, { 140, 139 }, /* node information */
	{ 144, 145 }, { 145, 144 }, /* home agent discovery */
};

struct endpoints {
	uint16_t sport, dport;
	bool with_ports, one_way;
};

static struct endpoints
icmp_endpoints(const struct record_packet *p, const struct type_pair *pairs,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (pairs[i].a == p->icmp_type)
			return (struct endpoints){ p->icmp_type, pairs[i].b,
				true, false };
	return (struct endpoints){ p->icmp_type, p->icmp_code, true, true };
}

static struct endpoints
endpoints_of(const struct record_packet *p)
{
	switch (p->l4_kind) {
	case REC_L4_TCP:
	case REC_L4_UDP:
		return (struct endpoints){ p->sport, p->dport, true, false };
	case REC_L4_ICMP4:
		return icmp_endpoints(p, icmp4_pairs, ARRAY_LEN(icmp4_pairs));
	case REC_L4_ICMP6:
		return icmp_endpoints(p, icmp6_pairs, ARRAY_LEN(icmp6_pairs));
	case REC_L4_NONE:
		break;
	}
	return (struct endpoints){ 0 };
}

static size_t
put16(uint8_t *out, uint16_t v)
{
	struct be16 be = be16_make(v);

	memcpy(out, &be, sizeof(be));
	return sizeof(be);
}

void
community_id_put(struct buf *b, const struct record_packet *p, uint16_t seed)
{
	struct endpoints e = endpoints_of(p);
	size_t addr_len = p->ip_ver == 6 ? 16 : 4, n = 0;
	int order = memcmp(p->src.b, p->dst.b, addr_len);
	bool swap = !e.one_way &&
	    (order > 0 || (order == 0 && e.sport > e.dport));
	uint8_t in[2 + 16 + 16 + 2 + 4], id[DIGEST_MAX];

	n += put16(in + n, seed);
	memcpy(in + n, swap ? p->dst.b : p->src.b, addr_len);
	n += addr_len;
	memcpy(in + n, swap ? p->src.b : p->dst.b, addr_len);
	n += addr_len;
	in[n++] = p->ip_proto;
	in[n++] = 0;
	if (e.with_ports) {
		n += put16(in + n, swap ? e.dport : e.sport);
		n += put16(in + n, swap ? e.sport : e.dport);
	}
	digest(DIGEST_SHA1, slice_make(in, n), id);
	buf_put(b, "1:", 2);
	buf_putbase64(b, slice_make(id, digest_len(DIGEST_SHA1)));
}
