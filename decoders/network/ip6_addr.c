/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 addresses that no honest header carries: RFC 4291, and IANA's registry
 * of multicast addresses. */
#include "decoders/network/ip6.h"
#include "decoders/wire/ip6.h"

#include <string.h>

enum {
	SCOPE_INTERFACE = 1,
	SCOPE_LINK = 2,
	SCOPE_SITE = 5,
	SCOPE_ANY = 0xff, /* variable scope: assigned in all of them */

	FLAG_TRANSIENT = 0x10, /* not assigned by IANA at all */
};

/* Assigned group identifiers: the last 40 bits, all others being zero. */
static const struct {
	uint8_t scope;
	uint64_t first, last;
} groups[] = {
	{ SCOPE_INTERFACE, 0x01, 0x02 }, /* all nodes, all routers */
	{ SCOPE_LINK, 0x01, 0x02 },
	{ SCOPE_LINK, 0x04, 0x0f },      /* routing protocols, SSDP, PIM... */
	{ SCOPE_LINK, 0x11, 0x12 },      /* VRRP */
	{ SCOPE_LINK, 0x16, 0x16 },      /* MLDv2 */
	{ SCOPE_LINK, 0x1a, 0x1a },      /* RPL */
	{ SCOPE_LINK, 0x6a, 0x6f },
	{ SCOPE_LINK, 0x10001, 0x10008 },  /* link name, DHCPv6, LLMNR... */
	{ SCOPE_LINK, 0x1ff000000, 0x1ffffffff }, /* solicited node */
	{ SCOPE_LINK, 0x2ff000000, 0x2ffffffff }, /* node information */
	{ SCOPE_SITE, 0x02, 0x02 },
	{ SCOPE_SITE, 0x10003, 0x10005 },  /* DHCPv6 servers... */
	{ SCOPE_ANY, 0x0c, 0x0c },       /* SSDP */
	{ SCOPE_ANY, 0xfb, 0xfd },       /* mDNS... */
	{ SCOPE_ANY, 0x100, 0x5ff },     /* NTP, and what else has a name */
	{ SCOPE_ANY, 0x20000, 0x2ffff }, /* conferences, SAP */
};

static const uint8_t zero[16];

static bool
is_assigned_group(const uint8_t a[16], uint8_t scope)
{
	uint64_t id = 0;

	if (memcmp(a + 2, zero, 9) != 0)
		return false;
	for (unsigned i = 11; i < 16; i++)
		id = id << 8 | a[i];
	for (unsigned i = 0; i < ARRAY_LEN(groups); i++)
		if ((groups[i].scope == SCOPE_ANY ||
			groups[i].scope == scope) &&
		    id >= groups[i].first && id <= groups[i].last)
			return true;
	return false;
}

static void
check_multicast(struct dec_ctx *ctx, struct packet *pkt, const uint8_t a[16])
{
	/* reserved, interface, link, admin, site, organisation, global */
	static const uint16_t scopes = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 4 |
	    1 << 5 | 1 << 8 | 1 << 14;
	uint8_t scope = a[1] & 0x0f;

	if (!(scopes >> scope & 1))
		dec_event(ctx, pkt, IP6_SID_BAD_SCOPE);
	if (!(a[1] & FLAG_TRANSIENT) && !is_assigned_group(a, scope))
		dec_event(ctx, pkt, IP6_SID_DST_RESERVED_MULTICAST);
}

static bool
is_loopback(const uint8_t a[16])
{
	return a[15] == 1 && memcmp(a, zero, 15) == 0;
}

/* An ISATAP interface identifier names the IPv4 address it is reached by
 * (RFC 5214 6.1): in 6in4 the outer source must be that. */
static void
check_isatap(struct dec_ctx *ctx, struct packet *pkt, const uint8_t a[16])
{
	const struct ipaddr *outer = &pkt->dec.outer_src;

	if ((a[8] & 0xfc) != 0 || a[9] != 0 || a[10] != 0x5e || a[11] != 0xfe)
		return;
	if (outer->family == 4 && memcmp(outer->b, a + 12, 4) != 0)
		dec_event(ctx, pkt, IP6_SID_ISATAP_SPOOF);
}

void
dec_ip6_check_addresses(struct dec_ctx *ctx, struct packet *pkt,
    const struct wire_ip6 *h)
{
	if (memcmp(h->src, h->dst, sizeof(h->src)) == 0)
		dec_event(ctx, pkt, IP6_SID_SAME);
	if (is_loopback(h->src) || is_loopback(h->dst))
		dec_event(ctx, pkt, IP6_SID_LOOPBACK);
	if (memcmp(h->dst, zero, sizeof(h->dst)) == 0)
		dec_event(ctx, pkt, IP6_SID_DST_UNSPECIFIED);
	if (h->src[0] == 0xff)
		dec_event(ctx, pkt, IP6_SID_SRC_MULTICAST);
	if (h->dst[0] == 0xff)
		check_multicast(ctx, pkt, h->dst);
	if (pkt->dec.flags & PKT_TUNNELLED)
		check_isatap(ctx, pkt, h->src);
}
