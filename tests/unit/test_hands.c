/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be asked for, the rules as text, and what is read of iptables-save;
 * without a kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "sensor/respond/conntrack.h"
#include "sensor/respond/firewall_block.h"
#include "sensor/respond/hands.h"
#include "sensor/respond/kset.h"
#include "sensor/respond/plain.h"

static struct ipaddr
addr(const char *text)
{
	struct ipaddr a = { 0 };

	assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

static struct block_key
key_of(const char *a)
{
	return (struct block_key){ .kind = BLOCK_ADDR, .how = BLOCK_FROM,
		.addr = addr(a) };
}

static struct block_key
conn_of(const char *a, const char *b, uint8_t proto, uint16_t port)
{
	return (struct block_key){ .kind = BLOCK_CONN,
		.how = BLOCK_FROM | BLOCK_TO, .addr = addr(a),
		.peer = addr(b), .proto = proto,
		.port = { (uint8_t)(port >> 8), (uint8_t)port } };
}

static bool
ok(struct block_key k)
{
	const char *why = NULL;
	bool good = block_key_ok(&k, &why);

	assert_true(good || why);
	return good;
}

static void
test_jobs(void **state)
{
	struct block_key k;

	(void)state;
	assert_true(ok(key_of("192.0.2.1")));
	assert_true(ok(key_of("2001:db8::1")));
	assert_true(ok(conn_of("192.0.2.1", "192.0.2.2", 6, 80)));
	assert_true(ok(conn_of("192.0.2.1", "192.0.2.2", 47, 0)));
	assert_false(ok(conn_of("192.0.2.1", "192.0.2.2", 47, 1)));
	assert_false(ok(conn_of("192.0.2.1", "192.0.2.2", 0, 0)));
	assert_false(ok(conn_of("192.0.2.1", "2001:db8::1", 6, 80)));
	assert_false(ok(key_of("0.0.0.0")));
	assert_false(ok(key_of("0.1.2.3")));
	assert_false(ok(key_of("224.0.0.1")));
	assert_false(ok(key_of("255.255.255.255")));
	assert_false(ok(key_of("::")));
	assert_false(ok(key_of("ff02::1")));
	for (unsigned how = 0; how < 256; how++) {
		k = key_of("192.0.2.1");
		k.how = (uint8_t)how;
		assert_int_equal(ok(k), how >= 1 && how <= 3);
	}
	for (unsigned kind = 2; kind < 256; kind++) {
		k = key_of("192.0.2.1");
		k.kind = (uint8_t)kind;
		assert_false(ok(k));
	}
	for (unsigned family = 0; family < 256; family++) {
		k = key_of("192.0.2.1");
		k.addr.family = (uint8_t)family;
		/* (the first bytes of an IPv6 address are one as well) */
		assert_int_equal(ok(k), family == 4 || family == 6);
	}
	/* nothing that does not belong to it */
	k = key_of("192.0.2.1");
	k.port[1] = 1;
	assert_false(ok(k));
	k = key_of("192.0.2.1");
	k.peer = addr("192.0.2.2");
	assert_false(ok(k));
	block_key_plain(&k);
	assert_true(ok(k));
	k = key_of("192.0.2.1");
	k.addr.b[9] = 1;
	assert_false(ok(k));
	k = conn_of("192.0.2.1", "192.0.2.2", 6, 80);
	k.how = BLOCK_FROM;
	assert_false(ok(k));
}

static void
test_sets(void **state)
{
	struct block_key k = key_of("2001:db8::1");
	enum kset_id id[2];

	(void)state;
	assert_int_equal(kset_of(&k, id), 1);
	assert_string_equal(kset_names[id[0]], "aduana-from6");
	k = key_of("192.0.2.1");
	k.how = BLOCK_FROM | BLOCK_TO;
	assert_int_equal(kset_of(&k, id), 2);
	assert_string_equal(kset_names[id[0]], "aduana-from4");
	assert_string_equal(kset_names[id[1]], "aduana-to4");
	k = conn_of("192.0.2.1", "192.0.2.2", 6, 80);
	assert_int_equal(kset_of(&k, id), 1);
	assert_string_equal(kset_names[id[0]], "aduana-conn4");
}

static void
test_words(void **state)
{
	(void)state;
	assert_non_null(strstr(hands_why(HAND_E_FULL), "full"));
	assert_non_null(strstr(hands_why(HAND_E_SETS), "modprobe"));
	assert_non_null(strstr(hands_why(EPERM), "CAP_NET_ADMIN"));
	assert_non_null(hands_why(99999));
}

/* -- connections -------------------------------------------------------------- */

static void
test_connections(void **state)
{
	struct conntrack_ends e = { .src = addr("192.0.2.1"),
		.dst = addr("198.51.100.1"), .answers = addr("10.0.0.1"),
		.proto = 6, .sport = 40000, .dport = 80, .answer_port = 8080 };
	struct block_key k;

	(void)state;
	k = key_of("192.0.2.1");
	assert_true(conntrack_is_of(&e, &k));
	k = key_of("198.51.100.1");
	assert_true(conntrack_is_of(&e, &k));
	k = key_of("10.0.0.1");
	assert_true(conntrack_is_of(&e, &k));
	k = key_of("192.0.2.2");
	assert_false(conntrack_is_of(&e, &k));
	k = conn_of("192.0.2.1", "198.51.100.1", 6, 80);
	assert_true(conntrack_is_of(&e, &k));
	k = conn_of("192.0.2.1", "10.0.0.1", 6, 8080);
	assert_true(conntrack_is_of(&e, &k));
	k = conn_of("192.0.2.1", "198.51.100.1", 6, 81);
	assert_false(conntrack_is_of(&e, &k));
	k = conn_of("192.0.2.1", "198.51.100.1", 17, 80);
	assert_false(conntrack_is_of(&e, &k));
	/* the other way round: who is blocked is the server */
	k = conn_of("198.51.100.1", "192.0.2.1", 6, 40000);
	assert_true(conntrack_is_of(&e, &k));
	k = conn_of("198.51.100.1", "192.0.2.1", 6, 80);
	assert_false(conntrack_is_of(&e, &k));
}

/* -- rules -------------------------------------------------------------------- */

static const char whole[] = "# Generated\n"
    "*mangle\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n"
    "*filter\n:INPUT ACCEPT [5:6]\n:FORWARD DROP [0:0]\n"
    ":OUTPUT ACCEPT [0:0]\n:ADUANA-BLOCK - [0:0]\n:DOCKER-USER - [0:0]\n"
    "-A INPUT -j ADUANA-BLOCK\n-A INPUT -j ACCEPT\n"
    "-A FORWARD -j DOCKER-USER\n-A FORWARD -j ADUANA-BLOCK\n"
    "-A OUTPUT -j ADUANA-BLOCK\n"
    "-A ADUANA-BLOCK -m set --match-set aduana-from4 src -j DROP\n"
    "-A ADUANA-BLOCK -m set --match-set aduana-to4 dst -j DROP\n"
    "-A ADUANA-BLOCK -m set --match-set aduana-conn4 src,dst,dst -j DROP\n"
    "-A ADUANA-BLOCK -m set --match-set aduana-conn4 dst,src,src -j DROP\n"
    "-A DOCKER-USER -j ADUANA-BLOCK\n-A DOCKER-USER -j RETURN\nCOMMIT\n";

static struct firewall_block_state
parsed(const char *save)
{
	struct firewall_block b = { .backend = NULL };
	struct firewall_block_state s;

	firewall_block_parse(text_of(save), FIREWALL_IP4, &b, &s);
	return s;
}

/* The text without its nth line. */
static char *
without(const char *text, unsigned nth)
{
	char *out = malloc(strlen(text) + 1), *at = out;

	assert_non_null(out);
	for (unsigned line = 0; *text; text++) {
		if (line != nth)
			*at++ = *text;
		line += *text == '\n';
	}
	*at = '\0';
	return out;
}

static void
test_parse(void **state)
{
	struct firewall_block_state s = parsed(whole);
	unsigned broken = 0;

	(void)state;
	assert_true(s.has_table && s.has_chain && s.chain_whole);
	assert_false(s.is_empty);
	assert_true(firewall_block_is_whole(&s));
	assert_string_equal(s.others, "docker");
	/* any rule of ours that is missing is seen, and no other */
	for (unsigned i = 0; i < 22; i++) {
		char *less = without(whole, i);

		s = parsed(less);
		broken += !firewall_block_is_whole(&s);
		free(less);
	}
	/* *filter, the chain, 4 jumps and 4 rules; the jump to DOCKER-USER
	 * is not ours */
	assert_int_equal(broken, 10);
	s = parsed("");
	assert_false(s.has_table);
	assert_true(s.is_empty);
	s = parsed("*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
	    "COMMIT\n");
	assert_true(s.has_table && s.is_empty);
	s = parsed("*filter\n:INPUT DROP [0:0]\nCOMMIT\n");
	assert_false(s.is_empty);
	s = parsed("*filter\n:mine - [0:0]\nCOMMIT\n");
	assert_false(s.is_empty);
	/* at every length */
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct firewall_block b = { .backend = NULL };

		firewall_block_parse(text_make(whole, n), FIREWALL_IP4, &b,
		    &s);
		assert_int_equal(firewall_block_is_whole(&s),
		    n >= strlen(whole) - strlen("\n-A DOCKER-USER -j RETURN\n"
		        "COMMIT\n"));
	}
}

static char *
printed(const struct firewall_block_state *s, bool remove)
{
	struct firewall_block b = { .backend = NULL };
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	if (remove)
		firewall_block_print_removal(f, s);
	else
		firewall_block_print(f, FIREWALL_IP4, &b, s);
	fclose(f);
	return out;
}

static void
test_print(void **state)
{
	struct firewall_block_state s = parsed("*filter\n"
	    ":INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n"
	    "-A INPUT -j ACCEPT\n-A INPUT -j ADUANA-BLOCK\n"
	    "-A INPUT -j ADUANA-BLOCK\nCOMMIT\n");
	char *text = printed(&s, false);

	(void)state;
	assert_string_equal(text, "*filter\n:ADUANA-BLOCK - [0:0]\n"
	    "-A ADUANA-BLOCK -m set --match-set aduana-from4 src -j DROP\n"
	    "-A ADUANA-BLOCK -m set --match-set aduana-to4 dst -j DROP\n"
	    "-A ADUANA-BLOCK -m set --match-set aduana-conn4 src,dst,dst "
	    "-j DROP\n"
	    "-A ADUANA-BLOCK -m set --match-set aduana-conn4 dst,src,src "
	    "-j DROP\n"
	    "-D INPUT -j ADUANA-BLOCK\n-D INPUT -j ADUANA-BLOCK\n"
	    "-I INPUT 1 -j ADUANA-BLOCK\n-I FORWARD 1 -j ADUANA-BLOCK\n"
	    "-I OUTPUT 1 -j ADUANA-BLOCK\nCOMMIT\n");
	free(text);
	s = parsed(whole);
	text = printed(&s, true);
	assert_string_equal(text, "*filter\n-D INPUT -j ADUANA-BLOCK\n"
	    "-D FORWARD -j ADUANA-BLOCK\n-D OUTPUT -j ADUANA-BLOCK\n"
	    "-D DOCKER-USER -j ADUANA-BLOCK\n-F ADUANA-BLOCK\n"
	    "-X ADUANA-BLOCK\nCOMMIT\n");
	free(text);
}

static void
test_mark(void **state)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	(void)state;
	assert_non_null(f);
	firewall_block_mark(f, text_of(whole));
	fclose(f);
	assert_non_null(strstr(out, "< -A FORWARD -j DOCKER-USER\n"
	    "= -A FORWARD -j ADUANA-BLOCK\n"));
	assert_non_null(strstr(out, "= -A INPUT -j ADUANA-BLOCK\n"
	    "  -A INPUT -j ACCEPT\n"));
	/* the chain of that name of another table is another one */
	assert_non_null(strstr(out, "  *mangle\n  :INPUT ACCEPT [0:0]\n"
	    "  -A INPUT -j ACCEPT\n"));
	assert_null(strstr(out, "Generated"));
	free(out);
}

/* -- without sets ------------------------------------------------------------- */

static void
test_plain(void **state)
{
	static struct plain p, q;
	struct block_key k = key_of("192.0.2.1"),
	    c = conn_of("192.0.2.1", "198.51.100.2", 6, 80),
	    i = conn_of("2001:db8::1", "2001:db8::2", 58, 0x8000);
	struct firewall_block b = { .backend = NULL };
	struct firewall_block_state s;
	char *text, save[2048];

	(void)state;
	assert_int_equal(plain_add(&p, &k, 60, 1000), 0);
	assert_int_equal(plain_add(&p, &k, 90, 1000), 0);
	assert_int_equal(plain_add(&p, &c, 0, 1000), 0);
	assert_int_equal(plain_add(&p, &i, 5, 1000), 0);
	assert_int_equal(p.n, 3);
	text = plain_rules(&p, FIREWALL_IP4);
	assert_string_equal(text, "-A ADUANA-BLOCK -s 192.0.2.1 -m comment "
	    "--comment from/192.0.2.1/1090 -j DROP\n"
	    "-A ADUANA-BLOCK -s 192.0.2.1 -d 198.51.100.2 -p tcp -m tcp "
	    "--dport 80 -m comment --comment conn/192.0.2.1/198.51.100.2/6/80/0"
	    " -j DROP\n"
	    "-A ADUANA-BLOCK -s 198.51.100.2 -d 192.0.2.1 -p tcp -m tcp "
	    "--sport 80 -m comment --comment conn/192.0.2.1/198.51.100.2/6/80/0"
	    " -j DROP\n");
	/* it is known again */
	snprintf(save, sizeof(save), "*filter\n:ADUANA-BLOCK - [0:0]\n%s"
	    "COMMIT\n", text);
	b.plain[FIREWALL_IP4] = text;
	firewall_block_parse(text_of(save), FIREWALL_IP4, &b, &s);
	assert_true(s.chain_whole);
	plain_read(&q, text_of(save), 1010);
	assert_int_equal(q.n, 2);
	assert_memory_equal(&q.all[0].key, &k, sizeof(k));
	assert_int_equal(q.all[0].until, 1090);
	assert_memory_equal(&q.all[1].key, &c, sizeof(c));
	assert_int_equal(q.all[1].until, 0);
	free(text);
	text = plain_rules(&p, FIREWALL_IP6);
	assert_non_null(strstr(text, "--icmpv6-type 128/0"));
	free(text);
	/* as iptables-save quotes it, and what is none of ours */
	q.n = 0;
	plain_read(&q, text_of("-A ADUANA-BLOCK -s 192.0.2.9/32 -m comment "
	    "--comment \"both/192.0.2.9/2000\" -j DROP\n"
	    "-A INPUT -m comment --comment \"both/192.0.2.8/2000\" -j DROP\n"
	    "-A ADUANA-BLOCK -m comment --comment \"both/0.0.0.0/2000\"\n"
	    "-A ADUANA-BLOCK -m comment --comment \"both/192.0.2.8/20\"\n"
	    "-A ADUANA-BLOCK -m comment --comment \"both/192.0.2.8/9/9\"\n"
	    "-A ADUANA-BLOCK -m comment --comment \"conn/192.0.2.8/9\"\n"
	    "-A ADUANA-BLOCK -m comment --comment \"both"), 1000);
	assert_int_equal(q.n, 1);
	assert_true(plain_expire(&p, 1005));
	assert_int_equal(p.n, 2);
	assert_false(plain_expire(&p, 1089));
	assert_int_equal(plain_del(&p, &i), ENOENT);
	assert_int_equal(plain_del(&p, &k), 0);
	assert_int_equal(p.n, 1);
	for (unsigned n = 0; n < HANDS_PLAIN_MAX - 1; n++) {
		k.addr.b[2] = (uint8_t)(n >> 8);
		k.addr.b[3] = (uint8_t)n;
		assert_int_equal(plain_add(&p, &k, 60, 1000), 0);
	}
	k = key_of("203.0.113.1");
	assert_int_equal(plain_add(&p, &k, 60, 1000), HAND_E_FULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
