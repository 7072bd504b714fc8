/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alert_full, alert_csv, alert_test: whole files against goldens. */
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

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tmp_dir_remove(&dir);
	return 0;
}

static void
check(const char *golden, const char *name, const char *args, const char *file,
    struct made *m, unsigned n)
{
	const struct record *r[8];
	size_t len;
	char *text;

	for (unsigned i = 0; i < n; i++)
		r[i] = &m[i].r;
	text = written(&conf, &dir, name, args, file, &len, r, n);
	assert_golden(golden, text, len);
	free(text);
}

static void
test_full(void **state)
{
	static struct made m[6];

	(void)state;
	make_tcp(&m[0]);
	make_udp(&m[1]);
	make_icmp_unreach(&m[2]);
	make_fragment(&m[3]);
	make_ip_options(&m[4]);
	m[4].r.event.msg = TEXT("");
	make_arp(&m[5]);
	conf.alertfile = "alarm";
	check("full", "alert_full", "", "alarm", m, 6);
}

static void
test_full_with_link_and_interface(void **state)
{
	static struct made m;

	(void)state;
	make_udp(&m);
	conf.dump_link = conf.with_interface = true;
	check("full-link", "alert_full", "full 1M", "full", &m, 1);
}

static void
test_csv_default(void **state)
{
	static struct made m[4];

	(void)state;
	make_tcp(&m[0]);
	make_icmp_echo(&m[1]);
	make_ip6_tcp(&m[2]);
	make_arp(&m[3]);
	m[3].r.event.msg = TEXT("say \"hi\" \\ there");
	check("csv", "alert_csv", "", "alert.csv", m, 4);
}

static void
test_csv_of_pfsense(void **state)
{
	static struct made m[2];

	(void)state;
	make_tcp(&m[0]);
	make_icmp_echo(&m[1]);
	conf.show_year = true;
	check("csv-pfsense", "alert_csv", "alert timestamp,sig_generator,"
	    "sig_id,sig_rev,msg,proto,src,srcport,dst,dstport,id,"
	    "classification,priority,action,disposition 500K", "alert", m, 2);
}

static void
test_csv_fields(void **state)
{
	static struct made m;
	const struct record *r = &m.r;
	char *text;

	(void)state;
	make_udp(&m);
	m.r.event.class_text = TEXT("a, \"b\"");
	text = written(&conf, &dir, "alert_csv", "f "
	    "ethtype,udplength,trheader,nonsense,tcplen,classification",
	    "f", NULL, &r, 1);
	assert_string_equal(text, "0x800,12,,,,\"a, \\\"b\\\"\"\n");
	free(text);
}

static void
test_csv_too_many_fields(void **state)
{
	struct outputs *os = outputs_new(&conf);
	char args[512] = "f ", err[256];

	(void)state;
	for (unsigned i = 0; i < 65; i++)
		strncat(args, "ttl,", sizeof(args) - strlen(args) - 1);
	assert_false(outputs_add(os, &out_alert_csv, text_of(args), 0, err,
	    sizeof(err)));
	outputs_free(os);
}

static void
test_alert_test(void **state)
{
	static struct made m[2];
	const struct record *r[] = { &m[0].r, &m[1].r };
	char *text;

	(void)state;
	make_udp(&m[0]);
	make_arp(&m[1]);
	m[1].r.pkt.rebuilt = true;
	text = written(&conf, &dir, "alert_test", "t session rebuilt msg", "t",
	    NULL, r, 2);
	assert_string_equal(text, "42\t116\t444\t1\t"
	    "(snort_decoder) WARNING: IP option set\t"
	    "192.0.2.9:5353 -> 224.0.0.251:5353\t\t\n"
	    "42\t1\t1000001\t3\tLOCAL suspicious thing\t\trebuilt\t\n");
	free(text);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_full),
		TEST(test_full_with_link_and_interface),
		TEST(test_csv_default),
		TEST(test_csv_of_pfsense),
		TEST(test_csv_fields),
		TEST(test_csv_too_many_fields),
		TEST(test_alert_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
