/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IPv4 or IPv6 address, network byte order; IPv4 uses the first 4 bytes
 * and the rest is zero, so that two equal addresses are equal bytes. */
#ifndef CORE_IPADDR_H
#define CORE_IPADDR_H

#include <string.h>

#include "core/base.h"
#include "core/slice.h"

enum { IPADDR_TEXT_MAX = 46 };

struct ipaddr {
	uint8_t family; /* 4, 6, or 0: none */
	uint8_t b[16];
};
static_assert(sizeof(struct ipaddr) == 17, "ipaddr has no padding");

static inline bool
ipaddr_eq(const struct ipaddr *a, const struct ipaddr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Writes the address as inet_ntop does ("" for none) and returns out. */
const char *ipaddr_print(const struct ipaddr *a, char out[IPADDR_TEXT_MAX]);

/* Parses a bare IPv4 or IPv6 address; false leaves *a alone. */
NODISCARD bool ipaddr_parse(struct text t, struct ipaddr *a);

/* Do the first `bits` bits of both agree (and the family)? */
bool ipaddr_in_net(const struct ipaddr *a, const struct ipaddr *net,
    unsigned bits);

/* Clears all but the first `bits` bits. */
void ipaddr_mask(struct ipaddr *a, unsigned bits);

#endif
