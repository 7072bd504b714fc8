/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ipaddr.h"

#include <arpa/inet.h>

const char *
ipaddr_print(const struct ipaddr *a, char out[IPADDR_TEXT_MAX])
{
	out[0] = '\0';
	if (a->family == 4)
		inet_ntop(AF_INET, a->b, out, IPADDR_TEXT_MAX);
	else if (a->family == 6)
		inet_ntop(AF_INET6, a->b, out, IPADDR_TEXT_MAX);
	return out;
}

bool
ipaddr_parse(struct text t, struct ipaddr *a)
{
	char s[IPADDR_TEXT_MAX];
	struct ipaddr r = { 0 };

	if (!t.len || t.len >= sizeof(s))
		return false;
	memcpy(s, t.ptr, t.len);
	s[t.len] = '\0';
	if (inet_pton(AF_INET, s, r.b) == 1)
		r.family = 4;
	else if (inet_pton(AF_INET6, s, r.b) == 1)
		r.family = 6;
	else
		return false;
	*a = r;
	return true;
}

bool
ipaddr_in_net(const struct ipaddr *a, const struct ipaddr *net, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (a->family != net->family || bits > 128)
		return false;
	if (memcmp(a->b, net->b, whole) != 0)
		return false;
	return !rest || ((a->b[whole] ^ net->b[whole]) >> (8 - rest)) == 0;
}

void
ipaddr_mask(struct ipaddr *a, unsigned bits)
{
	for (unsigned i = 0; i < sizeof(a->b); i++) {
		if (bits >= 8) {
			bits -= 8;
			continue;
		}
		a->b[i] = (uint8_t)(a->b[i] & (0xff00u >> bits));
		bits = 0;
	}
}
