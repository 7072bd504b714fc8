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
		assert_true(ops->mask & (OUT_ALERT | OUT_LOG | OUT_PACKET));
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

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_table),
		TEST(test_kinds),
		TEST(test_ruletype_has_its_own),
		TEST(test_checking_creates_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
