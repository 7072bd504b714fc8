/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "output/output.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;
static struct outputs *os;
static char err[256];

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1,
		.nostamps = true };
	os = outputs_new(&conf);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	outputs_free(os);
	tmp_dir_remove(&dir);
	return 0;
}

static void
add(const char *name, const char *args, unsigned ruletype)
{
	if (!outputs_add(os, out_find(text_of(name)), text_of(args), ruletype,
	    err, sizeof(err)))
		fail_msg("%s", err);
}

/* Size of a file in the directory, -1 when there is none. */
static long
size_of(const char *name)
{
	size_t len;
	char *text = tmp_dir_read(&dir, name, &len);

	free(text);
	return text ? (long)len : -1;
}

static void
test_table(void **state)
{
	unsigned n = 0;

	(void)state;
	assert_null(out_find(TEXT("alert_nothing")));
	for (; out_at(n); n++) {
		const struct out_ops *ops = out_at(n);

		assert_ptr_equal(out_find(text_of(ops->name)), ops);
		assert_true(ops->mask & (OUT_ALERT | OUT_LOG | OUT_PACKET |
		    OUT_PORTSCAN | OUT_SESSION));
		assert_non_null(ops->help);
		assert_non_null(ops->grammar);
		assert_non_null(ops->open);
		assert_non_null(ops->write);
		assert_non_null(ops->close);
	}
	assert_true(n >= 3);
	assert_ptr_equal(out_find(TEXT("Alert_Fast")), &out_alert_fast);
}

static void
test_kinds(void **state)
{
	static struct made m;

	(void)state;
	add("alert_fast", "", 0);
	add("log_tcpdump", "log", 0);
	make_udp(&m);
	m.r.kind = RECORD_LOG;
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(size_of("alert"), 0);
	assert_int_equal(size_of("log"), 24 + 16 + 46);
	m.r.kind = RECORD_PACKET; /* not in a run with rules */
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(size_of("log"), 24 + 16 + 46);
	conf.log_packets = true;
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(size_of("alert"), 0);
	assert_int_equal(size_of("log"), 24 + 2 * (16 + 46));
	m.r.kind = RECORD_ALERT;
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_true(size_of("alert") > 0);
	assert_int_equal(size_of("log"), 24 + 3 * (16 + 46));
}

static void
test_ruletype_has_its_own(void **state)
{
	static struct made m;

	(void)state;
	add("alert_fast", "all", 0);
	add("alert_fast", "own", 3);
	make_udp(&m);
	m.r.ruletype = 3;
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(size_of("all"), 0);
	assert_true(size_of("own") > 0);
}

static void
test_checking_creates_nothing(void **state)
{
	static struct made m;

	(void)state;
	conf.test = true;
	make_udp(&m);
	for (unsigned i = 0; out_at(i); i++) {
		if (!outputs_add(os, out_at(i), TEXT(""), 0, err, sizeof(err)))
			assert_non_null(strchr(err, ':'));
	}
	outputs_write(os, &m.r);
	outputs_flush(os);
	outputs_reopen(os);
	assert_int_equal(tmp_dir_count(&dir, ""), 0);
	assert_int_equal(outputs_lost(os), 0);
}

/* A copy of its own size, so that a sanitizer sees a read behind it. */
static struct slice
random_bytes(uint64_t *seed, size_t max)
{
	size_t n;
	uint8_t *p;

	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	n = (size_t)(*seed >> 33) % (max + 1);
	p = malloc(n ? n : 1);
	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		p[i] = (uint8_t)(*seed >> 56);
	}
	return slice_make(p, n);
}

static void
fill_at_random(struct record *r, uint64_t *seed, struct slice s[7])
{
	struct record_packet *p = &r->pkt;
	static const size_t max[7] = { 14, 60, 80, 100, 100, 28, 200 };

	for (unsigned i = 0; i < 7; i++)
		s[i] = random_bytes(seed, max[i]);
	p->eth = s[0];
	p->ip = s[1];
	p->l4 = s[2];
	p->ip_payload = s[3];
	p->payload = s[4];
	p->arp = s[5];
	p->raw = s[6];
	p->ip_ver = (uint8_t[]){ 0, 4, 6, 4 }[*seed >> 40 & 3];
	p->src.family = p->dst.family = p->ip_ver;
	p->ip_proto = (uint8_t[]){ 1, 6, 17, 58 }[*seed >> 42 & 3];
	p->l4_kind = *seed >> 44 & 1 ? REC_L4_NONE :
	    p->ip_proto == 1 ? REC_L4_ICMP4 : p->ip_proto == 6 ? REC_L4_TCP :
	    p->ip_proto == 17 ? REC_L4_UDP : REC_L4_ICMP6;
	p->icmp_type = (uint8_t)(*seed >> 45 & 31);
	p->icmp_code = (uint8_t)(*seed >> 50 & 31);
	p->is_fragment = *seed >> 55 & 1;
	p->n_vlan = *seed >> 56 & 7;
	r->verdict = *seed >> 59 & 3;
}

/* No format reads past what a record holds, whatever its bytes say. */
static void
test_hostile_bytes(void **state)
{
	static struct made m;
	uint64_t seed = 20261123;

	(void)state;
	conf.dump_link = conf.dump_payload = true;
	add("alert_fast", "fast packet", 0);
	add("alert_full", "full", 0);
	add("alert_csv", "csv", 0);
	add("alert_test", "test session rebuilt msg", 0);
	add("alert_unixsock", "", 0);
	add("eve", "eve payload payload_printable packet community_id", 0);
	add("unified2", "filename u2", 0);
	add("log_tcpdump", "pcap", 0);
	add("log_ascii", "", 0);
	make_tcp(&m);
	for (unsigned n = 0; n < 2000; n++) {
		struct slice s[7];

		fill_at_random(&m.r, &seed, s);
		conf.dump_hex_all = n & 1;
		conf.dump_chars = n & 2;
		outputs_write(os, &m.r);
		for (unsigned i = 0; i < 7; i++)
			free((void *)(uintptr_t)s[i].ptr);
	}
	outputs_flush(os);
	assert_true(size_of("fast") > 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_table),
		TEST(test_kinds),
		TEST(test_ruletype_has_its_own),
		TEST(test_checking_creates_nothing),
		TEST(test_hostile_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
