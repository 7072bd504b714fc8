/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/limits.h"
#include "core/xalloc.h"
#include "output/output.h"
#include "tests/tools/record_make.h"

static const char odd[] = "GET /a\\b\r\n\t\x7f\0\xff end";

static struct tmp_dir dir;
static struct out_conf conf;
static struct outputs *os;
static struct made m;

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
	os = NULL;
	make_tcp(&m);
	m.r.kind = RECORD_SESSION;
	m.r.session = RECORD_SESSION_ALL;
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
start(const char *args)
{
	char err[256];

	if (!os)
		os = outputs_new(&conf);
	return outputs_add(os, &out_log_session, text_of(args), 0, err,
	    sizeof(err));
}

static void
say(const void *p, size_t n)
{
	m.r.pkt.payload = slice_make(p, n);
	outputs_write(os, &m.r);
}

static void
say_text(const char *text)
{
	say(text, strlen(text));
}

static void
turn_round(void)
{
	struct ipaddr src = m.r.pkt.src;
	uint16_t sport = m.r.pkt.sport;

	m.r.pkt.src = m.r.pkt.dst;
	m.r.pkt.dst = src;
	m.r.pkt.sport = m.r.pkt.dport;
	m.r.pkt.dport = sport;
}

static void
assert_file(const char *name, const void *want, size_t n)
{
	size_t len;
	char *text = tmp_dir_read(&dir, name, &len);

	assert_non_null(text);
	assert_int_equal(len, n);
	assert_memory_equal(text, want, n);
	free(text);
}

#define MADE_FILE "192.0.2.10/SESSION:51514-80"

static void
assert_made(const char *want)
{
	assert_file(MADE_FILE, want, strlen(want));
}

static void
test_kinds(void **state)
{
	static const struct {
		enum record_session how;
		const char *want;
		size_t n;
	} kinds[] = {
		{ RECORD_SESSION_PRINTABLE, "GET /a\\b\r\n end", 14 },
		{ RECORD_SESSION_ALL, "GET /a\\\\b\r\n\\09\\7F\\00\\FF end",
		    27 },
		{ RECORD_SESSION_BINARY, odd, sizeof(odd) - 1 },
	};

	(void)state;
	assert_true(start(""));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char name[64];

		m.r.pkt.sport = (uint16_t)(2000 + i);
		snprintf(name, sizeof(name), "192.0.2.10/SESSION:%zu-80",
		    2000 + i);
		m.r.session = kinds[i].how;
		say(odd, sizeof(odd) - 1);
		assert_file(name, kinds[i].want, kinds[i].n);
	}
	assert_int_equal(outputs_lost(os), 0);
}

/* One file for both directions, under the host that is not at home. */
static void
test_directions(void **state)
{
	(void)state;
	assert_true(start(""));
	say_text("question, ");
	turn_round();
	say_text("answer");
	say_text("");
	assert_made("question, answer");

	assert_true(ipaddr_parse(TEXT("192.0.2.0"), &conf.home));
	conf.home_bits = 24;
	say_text("elsewhere");
	assert_made("question, answer");
	turn_round();
	say_text("!");
	assert_file("198.51.100.7/SESSION:51514-80", "elsewhere!", 10);
}

/* What is no session's data makes no file, and none is made for -T. */
static void
test_nothing(void **state)
{
	(void)state;
	conf.test = true;
	assert_true(start(""));
	say_text("text");
	assert_int_equal(tmp_dir_count(&dir, ""), 0);
	conf.test = false;
	m.r.kind = RECORD_ALERT;
	say_text("text");
	m.r.kind = RECORD_LOG;
	say_text("text");
	m.r.kind = RECORD_PACKET;
	say_text("text");
	m.r.kind = RECORD_SESSION;
	m.r.session = RECORD_SESSION_PRINTABLE;
	say_text("\x01\x02"); /* nothing printable */
	assert_int_equal(tmp_dir_count(&dir, ""), 0);
	assert_int_equal(outputs_lost(os), 0);
}

static void
test_arguments(void **state)
{
	(void)state;
	assert_true(start("2K 7"));
	assert_true(start("1G"));
	assert_false(start("1"));
	assert_false(start("1K none"));
	assert_false(start("1K 0"));
	assert_false(start("1K 7 8"));
}

/* A file never grows beyond its limit, with what was in it before. */
static void
test_size(void **state)
{
	static char kilo[1024];

	(void)state;
	memset(kilo, 'k', sizeof(kilo));
	assert_true(start("2K"));
	say(kilo, sizeof(kilo));
	say(kilo, sizeof(kilo) - 1);
	assert_int_equal(outputs_lost(os), 0);
	say_text("no");
	assert_int_equal(outputs_lost(os), 1);
	say_text("1");
	assert_int_equal(outputs_lost(os), 1);
	outputs_reopen(os);
	say_text("2");
	assert_int_equal(outputs_lost(os), 2);
	m.r.pkt.sport = 1; /* another file */
	say_text("2");
	assert_int_equal(outputs_lost(os), 2);
}

/* More sessions than files may be open: none is lost. */
static void
test_open_files(void **state)
{
	(void)state;
	assert_true(start(""));
	for (unsigned turn = 0; turn < 2; turn++)
		for (unsigned i = 0; i < 3 * LIM_SESSION_OPEN; i++) {
			m.r.pkt.sport = (uint16_t)(1000 + i);
			say_text(turn ? "world" : "hello, ");
		}
	for (unsigned i = 0; i < 3 * LIM_SESSION_OPEN; i++) {
		char name[64];

		snprintf(name, sizeof(name), "192.0.2.10/SESSION:%u-80",
		    1000 + i);
		assert_file(name, "hello, world", 12);
	}
	assert_int_equal(outputs_lost(os), 0);
}

/* Files are not made without end; a rotation begins anew. */
static void
test_many_files(void **state)
{
	(void)state;
	assert_true(start("1K 2"));
	for (unsigned i = 0; i < 4; i++) {
		m.r.pkt.sport = (uint16_t)(1000 + i);
		say_text("x");
	}
	assert_int_equal(outputs_lost(os), 2);
	m.r.pkt.sport = 1000; /* that one is there */
	say_text("y");
	assert_int_equal(outputs_lost(os), 2);
	assert_file("192.0.2.10/SESSION:1000-80", "xy", 2);
	outputs_reopen(os);
	m.r.pkt.sport = 1003;
	say_text("x");
	assert_int_equal(outputs_lost(os), 2);
}

/* After a rotation by renaming the data goes to a new file. */
static void
test_reopen(void **state)
{
	char *from = xasprintf("%s/" MADE_FILE, dir.path);
	char *to = xasprintf("%s/old", dir.path);

	(void)state;
	assert_true(start(""));
	say_text("one");
	assert_int_equal(rename(from, to), 0);
	outputs_reopen(os);
	say_text("two");
	assert_file("old", "one", 3);
	assert_made("two");
	free(from);
	free(to);
}

/* A link somebody put there, a device, a full disk: counted, survived. */
static void
test_unwritable(void **state)
{
	char *sub = xasprintf("%s/192.0.2.10", dir.path);
	char *path = xasprintf("%s/" MADE_FILE, dir.path);

	(void)state;
	assert_true(start(""));
	assert_int_equal(mkdir(sub, 0700), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	say_text("x");
	assert_int_equal(outputs_lost(os), 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	say_text("x");
	assert_int_equal(outputs_lost(os), 2);
	assert_int_equal(unlink(path), 0);
	say_text("written");
	assert_int_equal(outputs_lost(os), 2);
	assert_made("written");
	outputs_reopen(os);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(sub), 0);
	conf.logdir = "/nonexistent/folder";
	say_text("x");
	assert_int_equal(outputs_lost(os), 3);
	conf.logdir = dir.path;
	free(sub);
	free(path);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_kinds), TEST(test_directions), TEST(test_nothing),
		TEST(test_arguments), TEST(test_size), TEST(test_open_files),
		TEST(test_many_files), TEST(test_reopen),
		TEST(test_unwritable),
	};

	return cmocka_run_group_tests_name("out_session", tests, NULL, NULL);
}
