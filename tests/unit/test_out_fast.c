/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
check(const char *golden, const char *args, const char *file,
    const struct record *const *records, unsigned n)
{
	size_t len;
	char *text = written(&conf, &dir, "alert_fast", args, file, &len,
	    records, n);

	assert_golden(golden, text, len);
	free(text);
}

static void
test_every_kind_of_packet(void **state)
{
	static struct made m[8];
	const struct record *r[8];

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		r[i] = &m[i].r;
	make_tcp(&m[0]);
	make_icmp_echo(&m[1]);
	make_udp(&m[2]);
	make_ip6_tcp(&m[3]);
	make_icmp6(&m[4]);
	make_fragment(&m[5]);
	m[5].r.verdict = VERDICT_WOULD_DROP;
	make_arp(&m[6]);
	make_ip_options(&m[7]);
	m[7].r.verdict = VERDICT_CANNOT_DROP;
	m[7].r.event.msg = TEXT("");
	check("fast", "", "alert", r, 8);
}

static void
test_year_and_interface(void **state)
{
	static struct made m;
	const struct record *r = &m.r;

	(void)state;
	make_udp(&m);
	conf.show_year = conf.with_interface = true;
	check("fast-year-iface", "here.fast", "here.fast", &r, 1);
}

static void
test_obfuscation(void **state)
{
	static struct made m[2];
	const struct record *r[2] = { &m[0].r, &m[1].r };

	(void)state;
	make_udp(&m[0]);
	make_icmp6(&m[1]);
	conf.obfuscate = true;
	check("fast-obfuscated", "a", "a", r, 2);
	conf.obfuscate = false;
	conf.obfuscate_home = true; /* and no net: hide rather than show */
	check("fast-obfuscated", "b", "b", r, 2);
}

/* -B 10.1.0.0/16 -h 192.0.2.0/24 */
static void
test_obfuscation_of_home(void **state)
{
	static struct made m;
	const struct record *r = &m.r;

	(void)state;
	make_udp(&m);
	conf.obfuscate = conf.obfuscate_home = true;
	conf.obfuscate_net = (struct ipaddr){ 4, { 10, 1 } };
	conf.obfuscate_bits = 16;
	conf.home = (struct ipaddr){ 4, { 192, 0, 2 } };
	conf.home_bits = 24;
	check("fast-home-obfuscated", "", "alert", &r, 1);
}

static void
test_packet_argument(void **state)
{
	static struct made m;
	const struct record *r = &m.r;

	(void)state;
	make_tcp(&m);
	conf.dump_link = conf.dump_payload = true;
	check("cmg", "alert packet", "alert", &r, 1);
}

static void
test_local_time(void **state)
{
	static struct made m;
	const struct record *r = &m.r;
	char *text;

	(void)state;
	make_udp(&m);
	setenv("TZ", "XXX-2:30", 1);
	tzset();
	conf.utc = false;
	text = written(&conf, &dir, "alert_fast", "", "alert", NULL, &r, 1);
	assert_int_equal(strncmp(text, "03/14-11:56:53.589793  [**] ", 28), 0);
	free(text);
	unsetenv("TZ");
	tzset();
}

static void
test_seconds_change(void **state)
{
	static struct made m[3];
	const struct record *r[3] = { &m[0].r, &m[1].r, &m[2].r };
	char *text, *line;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		make_udp(&m[i]);
	m[1].r.pkt.ts.ns += 1000000000;
	text = written(&conf, &dir, "alert_fast", "", "alert", NULL, r, 3);
	line = strchr(text, '\n');
	assert_int_equal(strncmp(line, "\n03/14-09:26:54.589793", 22), 0);
	line = strchr(line + 1, '\n');
	assert_int_equal(strncmp(line, "\n03/14-09:26:53.589793", 22), 0);
	free(text);
}

static void
test_bad_arguments(void **state)
{
	struct outputs *os = outputs_new(&conf);
	char err[256];

	(void)state;
	assert_false(outputs_add(os, &out_alert_fast, TEXT("f 12Q"), 0, err,
	    sizeof(err)));
	assert_non_null(strstr(err, "12Q"));
	assert_false(outputs_add(os, &out_alert_fast, TEXT("f 10"), 0, err,
	    sizeof(err)));
	assert_false(outputs_add(os, &out_alert_fast, TEXT("/nowhere/f"), 0,
	    err, sizeof(err)));
	assert_non_null(strstr(err, "/nowhere/f"));
	outputs_free(os);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_every_kind_of_packet),
		TEST(test_year_and_interface),
		TEST(test_obfuscation),
		TEST(test_obfuscation_of_home),
		TEST(test_packet_argument),
		TEST(test_local_time),
		TEST(test_seconds_change),
		TEST(test_bad_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
