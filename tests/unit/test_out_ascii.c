/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "output/output.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;
static struct outputs *os;

static int
setup(void **state)
{
	char err[256];

	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
	os = outputs_new(&conf);
	assert_true(outputs_add(os, &out_log_ascii, TEXT(""), 0, err,
	    sizeof(err)));
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

static bool
exists(const char *name)
{
	char *path = xasprintf("%s/%s", dir.path, name);
	bool yes = access(path, F_OK) == 0;

	free(path);
	return yes;
}

static void
test_content(void **state)
{
	static struct made m;
	size_t len;
	char *text;

	(void)state;
	make_tcp(&m);
	conf.dump_payload = true;
	outputs_write(os, &m.r);
	text = tmp_dir_read(&dir, "192.0.2.10/TCP:51514-80", &len);
	assert_non_null(text);
	assert_golden("ascii", text, len);
	free(text);
}

static void
test_names(void **state)
{
	static void (*const make[])(struct made *) = { make_udp, make_icmp_echo,
		make_icmp_unreach, make_icmp6, make_fragment, make_arp };
	static const char *const names[] = {
		"192.0.2.9/UDP:5353-5353", "192.0.2.10/ICMP_ECHO",
		"203.0.113.1/ICMP_UNREACH", "2001:db8::1/PROTO058",
		"192.0.2.10/IP_FRAG", "ARP",
	};
	static struct made m;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(make); i++) {
		make[i](&m);
		outputs_write(os, &m.r);
		if (!exists(names[i]))
			fail_msg("%s is missing", names[i]);
	}
	assert_int_equal(outputs_lost(os), 0);
}

/* Below the name of the host that is not at home. */
static void
test_home(void **state)
{
	static struct made m;

	(void)state;
	make_tcp(&m);
	conf.home = (struct ipaddr){ 4, { 192, 0, 2 } };
	conf.home_bits = 24;
	outputs_write(os, &m.r);
	assert_true(exists("198.51.100.7/TCP:51514-80"));
	assert_false(exists("192.0.2.10"));
}

static void
test_logto(void **state)
{
	static const char *const bad[] = { "/tmp/aduana-x", "../x", "a/../../x",
		"..", "", "x/.." };
	static struct made m;
	char *path;

	(void)state;
	make_tcp(&m);
	m.r.logto = "own.log";
	outputs_write(os, &m.r);
	assert_true(exists("own.log"));
	assert_int_equal(outputs_lost(os), 0);
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		m.r.logto = bad[i];
		outputs_write(os, &m.r);
		assert_int_equal(outputs_lost(os), i + 1);
	}
	assert_int_not_equal(access("/tmp/aduana-x", F_OK), 0);
	assert_int_equal(tmp_dir_count(&dir, ""), 1);
	/* nor through a link somebody put there */
	path = xasprintf("%s/link", dir.path);
	assert_int_equal(symlink("/tmp/aduana-x", path), 0);
	free(path);
	m.r.logto = "link";
	outputs_write(os, &m.r);
	assert_int_not_equal(access("/tmp/aduana-x", F_OK), 0);
}

static void
test_null(void **state)
{
	static struct made m;
	char err[256];

	(void)state;
	outputs_free(os);
	os = outputs_new(&conf);
	assert_true(outputs_add(os, &out_log_null, TEXT(""), 0, err,
	    sizeof(err)));
	make_tcp(&m);
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(tmp_dir_count(&dir, ""), 0);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_content),
		TEST(test_names),
		TEST(test_home),
		TEST(test_logto),
		TEST(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
