/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/plain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sensor/respond/firewall_block.h"

enum { TCP = 6, UDP = 17, SCTP = 132, UDPLITE = 136, ICMP = 1, ICMP6 = 58 };

static unsigned
find(const struct plain *p, const struct block_key *k)
{
	unsigned i = 0;

	while (i < p->n && memcmp(&p->all[i].key, k, sizeof(*k)) != 0)
		i++;
	return i;
}

int
plain_add(struct plain *p, const struct block_key *k, uint32_t seconds,
    uint64_t now)
{
	unsigned i = find(p, k);

	if (i == HANDS_PLAIN_MAX)
		return HAND_E_FULL;
	p->all[i].key = *k;
	p->all[i].until = seconds ? now + seconds : 0;
	if (i == p->n)
		p->n++;
	return 0;
}

int
plain_del(struct plain *p, const struct block_key *k)
{
	unsigned i = find(p, k);

	if (i == p->n)
		return ENOENT;
	p->all[i] = p->all[--p->n];
	return 0;
}

bool
plain_expire(struct plain *p, uint64_t now)
{
	unsigned before = p->n;

	for (unsigned i = 0; i < p->n; )
		if (p->all[i].until && p->all[i].until <= now)
			p->all[i] = p->all[--p->n];
		else
			i++;
	return p->n != before;
}

/* -- text ------------------------------------------------------------------- */

static const char *
ports_word(uint8_t proto)
{
	switch (proto) {
	case TCP:
		return "tcp";
	case UDP:
		return "udp";
	case SCTP:
		return "sctp";
	case UDPLITE:
		return "udplite";
	default:
		return NULL;
	}
}

/* One way of a block: from (NULL: any) to (NULL: any). */
static void
print_rule(FILE *f, const struct block_key *k, uint64_t until,
    const struct ipaddr *from, const struct ipaddr *to, bool port_is_to)
{
	char a[IPADDR_TEXT_MAX], b[IPADDR_TEXT_MAX];
	unsigned port = (unsigned)(k->port[0] << 8 | k->port[1]);
	bool conn = k->kind == BLOCK_CONN;
	const char *word = ports_word(k->proto);

	fputs("-A " FIREWALL_BLOCK_CHAIN, f);
	if (from)
		fprintf(f, " -s %s", ipaddr_print(from, a));
	if (to)
		fprintf(f, " -d %s", ipaddr_print(to, b));
	if (conn && word)
		fprintf(f, " -p %s -m %s --%cport %u", word, word,
		    port_is_to ? 'd' : 's', port);
	else if (conn && k->proto == ICMP)
		fprintf(f, " -p icmp -m icmp --icmp-type %u/%u", port >> 8,
		    port & 0xff);
	else if (conn && k->proto == ICMP6)
		fprintf(f, " -p ipv6-icmp -m icmp6 --icmpv6-type %u/%u",
		    port >> 8, port & 0xff);
	else if (conn)
		fprintf(f, " -p %u", k->proto);
	fprintf(f, " -m comment --comment %s/%s", conn ? "conn" :
	    k->how == BLOCK_FROM ? "from" : k->how == BLOCK_TO ? "to" :
	    "both", ipaddr_print(&k->addr, a));
	if (conn)
		fprintf(f, "/%s/%u/%u", ipaddr_print(&k->peer, b), k->proto,
		    port);
	fprintf(f, "/%" PRIu64 " -j DROP\n", until);
}

char *
plain_rules(const struct plain *p, enum firewall_family family)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	for (unsigned i = 0; i < p->n; i++) {
		const struct block_key *k = &p->all[i].key;
		uint64_t until = p->all[i].until;

		if ((k->addr.family == 6) != (family == FIREWALL_IP6))
			continue;
		if (k->kind == BLOCK_CONN) {
			print_rule(f, k, until, &k->addr, &k->peer, true);
			print_rule(f, k, until, &k->peer, &k->addr, false);
			continue;
		}
		if (k->how & BLOCK_FROM)
			print_rule(f, k, until, &k->addr, NULL, false);
		if (k->how & BLOCK_TO)
			print_rule(f, k, until, NULL, &k->addr, false);
	}
	fclose(f);
	return out;
}

static bool
read_number(struct text *rest, int64_t max, int64_t *v)
{
	return text_to_i64(text_cut(rest, '/'), 0, max, v);
}

/* A comment as print_rule() writes it. */
static bool
read_comment(struct text t, struct block_key *k, uint64_t *until)
{
	struct text word = text_cut(&t, '/');
	int64_t v;

	*k = (struct block_key){ .kind = BLOCK_ADDR };
	if (text_is(word, "from")) {
		k->how = BLOCK_FROM;
	} else if (text_is(word, "to")) {
		k->how = BLOCK_TO;
	} else {
		k->how = BLOCK_FROM | BLOCK_TO;
		if (text_is(word, "conn"))
			k->kind = BLOCK_CONN;
		else if (!text_is(word, "both"))
			return false;
	}
	if (!ipaddr_parse(text_cut(&t, '/'), &k->addr))
		return false;
	if (k->kind == BLOCK_CONN) {
		if (!ipaddr_parse(text_cut(&t, '/'), &k->peer) ||
		    !read_number(&t, UINT8_MAX, &v))
			return false;
		k->proto = (uint8_t)v;
		if (!read_number(&t, UINT16_MAX, &v))
			return false;
		k->port[0] = (uint8_t)(v >> 8);
		k->port[1] = (uint8_t)v;
	}
	if (!read_number(&t, INT64_MAX, &v))
		return false;
	*until = (uint64_t)v;
	return !t.ptr;
}

void
plain_read(struct plain *p, struct text save, uint64_t now)
{
	while (save.len) {
		struct text line = text_cut(&save, '\n'), comment;
		struct block_key k;
		const char *why;
		uint64_t until;

		if (!firewall_block_is_ours(line, &comment) ||
		    !read_comment(comment, &k, &until) ||
		    !block_key_ok(&k, &why) || (until && until <= now) ||
		    until - (until ? now : 0) > HAND_SECONDS_MAX)
			continue;
		(void)plain_add(p, &k, until ? (uint32_t)(until - now) : 0,
		    now);
	}
}
