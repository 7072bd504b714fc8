/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/limits.h"
#include "core/xalloc.h"
#include "output/file.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;
static char err[256];

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path };
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
open_ok(struct out_file *f, const char *name, enum out_roll roll,
    uint64_t limit)
{
	if (!out_file_open(f, &conf, &(struct out_file_spec){
	    .name = text_of(name), .roll = roll, .limit = limit }, err,
	    sizeof(err)))
		fail_msg("%s", err);
}

static void
put(struct out_file *f, const char *s)
{
	buf_puts(out_file_begin(f), s);
	out_file_end(f);
}

static void
assert_file(const char *name, const char *want)
{
	char *text = tmp_dir_read(&dir, name, NULL);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void
test_appends(void **state)
{
	struct out_file f;

	(void)state;
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	put(&f, "one\n");
	assert_file("a", ""); /* until the flush */
	out_file_flush(&f);
	assert_file("a", "one\n");
	out_file_close(&f, false);
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	put(&f, "two\n");
	buf_puts(out_file_begin(&f), "not");
	out_file_cancel(&f);
	out_file_close(&f, false);
	assert_file("a", "one\ntwo\n");
}

static void
test_too_long_a_record_is_lost_whole(void **state)
{
	char *big = malloc(LIM_RECORD_TEXT + (2 << 20));
	struct out_file f;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', LIM_RECORD_TEXT + (2 << 20));
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	put(&f, "one\n");
	buf_put(out_file_begin(&f), big, LIM_RECORD_TEXT + (2 << 20));
	out_file_end(&f);
	put(&f, "two\n");
	assert_int_equal(f.lost, 1);
	out_file_close(&f, false);
	assert_file("a", "one\ntwo\n");
	free(big);
}

static void
test_full_disk(void **state)
{
	struct out_file f;
	uint64_t taken = 0;

	(void)state;
	open_ok(&f, "/dev/full", OUT_ROLL_RENAME, 0);
	put(&f, "one\n");
	out_file_flush(&f);
	assert_true(f.failing);
	assert_int_equal(f.lost, 0); /* it waits */
	while (f.lost < 10 && taken < 100000000) {
		put(&f, "0123456789012345678901234567890123456789012345678\n");
		taken += 50;
	}
	assert_int_equal(f.lost, 10);
	assert_true(taken > 1 << 20 && taken < 2 << 20);
	taken = f.records;
	out_file_close(&f, false);
	assert_int_equal(f.lost, 10 + taken);
}

/* What a full disk took half of is cut off again, and comes whole later. */
static void
test_no_half_record(void **state)
{
	struct rlimit old, small = { 10, 10 };
	struct out_file f;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	put(&f, "first\n");
	out_file_flush(&f);
	put(&f, "second\n");
	out_file_flush(&f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_true(f.failing);
	assert_file("a", "first\n");
	f.failed_at = 0; /* as if a second had passed */
	out_file_flush(&f);
	assert_false(f.failing);
	assert_file("a", "first\nsecond\n");
	out_file_close(&f, false);
	assert_int_equal(f.lost, 0);
}

/* Of a batch, the records that the disk has room for stay in the file. */
static void
test_whole_records_stay(void **state)
{
	struct rlimit old, small = { 16, 16 };
	struct out_file f;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	put(&f, "first\n");
	put(&f, "second\n");
	put(&f, "third\n");
	put(&f, "fourth\n");
	out_file_flush(&f);
	assert_file("a", "first\nsecond\n");
	assert_true(f.failing);
	assert_int_equal(f.waiting, 2);
	assert_int_equal(f.lost, 0);
	assert_int_equal(out_file_lost(&f), 2);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	out_file_close(&f, false);
	assert_file("a", "first\nsecond\nthird\nfourth\n");
	assert_int_equal(out_file_lost(&f), 0);
}

/* A file that could not even begin leaves nothing behind. */
static void
test_no_empty_stamped_file(void **state)
{
	struct rlimit old, small = { 2, 2 };
	struct out_file_spec spec = { .name = TEXT("stamped"),
		.roll = OUT_ROLL_STAMP,
		.preamble = { (const uint8_t *)"begin", 5 } };
	struct out_file f;
	bool opened;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	opened = out_file_open(&f, &conf, &spec, err, sizeof(err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_false(opened);
	assert_int_equal(tmp_dir_count(&dir, "stamped"), 0);
}

static void
test_renaming_roll(void **state)
{
	struct out_file f;

	(void)state;
	open_ok(&f, "a", OUT_ROLL_RENAME, 10);
	f.stamp--; /* as if opened a second ago */
	put(&f, "12345678\n");
	put(&f, "second line, longer than the limit\n");
	out_file_flush(&f);
	assert_file("a", "second line, longer than the limit\n");
	assert_file("a.*", "12345678\n");
	put(&f, "third\n"); /* not twice in a second */
	out_file_close(&f, false);
	assert_int_equal(tmp_dir_count(&dir, "a"), 2);
	assert_file("a", "second line, longer than the limit\nthird\n");
}

static void
test_stamped_roll(void **state)
{
	struct out_file f;

	(void)state;
	open_ok(&f, "u2", OUT_ROLL_STAMP, 10);
	assert_int_equal(tmp_dir_count(&dir, "u2."), 1);
	put(&f, "12345678");
	assert_true(out_file_roll(&f));
	out_file_close(&f, true); /* the second one is empty */
	assert_int_equal(tmp_dir_count(&dir, "u2."), 1);
	assert_file("u2.*", "12345678");
}

/* HUP behind logrotate's rename. */
static void
test_reopen(void **state)
{
	char *from = xasprintf("%s/a", dir.path);
	char *to = xasprintf("%s/old", dir.path);
	struct out_file f;

	(void)state;
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	put(&f, "one\n");
	assert_int_equal(rename(from, to), 0);
	out_file_reopen(&f);
	put(&f, "two\n");
	out_file_close(&f, false);
	assert_file("old", "one\n");
	assert_file("a", "two\n");
	free(from);
	free(to);
}

static void
test_preamble(void **state)
{
	struct out_file f;
	struct out_file_spec spec = { .name = TEXT("a"),
		.preamble = { (const uint8_t *)"head\n", 5 } };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_true(out_file_open(&f, &conf, &spec, err, sizeof(err)));
		put(&f, "x\n");
		out_file_close(&f, true);
	}
	assert_file("a", "head\nx\nx\n");
	spec.fresh = true;
	assert_true(out_file_open(&f, &conf, &spec, err, sizeof(err)));
	assert_file("a", "head\n");
	out_file_close(&f, true);
	assert_int_equal(tmp_dir_count(&dir, "a"), 0);
	spec.name = TEXT("/dev/full");
	assert_false(out_file_open(&f, &conf, &spec, err, sizeof(err)));
}

static void
test_umask(void **state)
{
	char *path = xasprintf("%s/a", dir.path);
	mode_t old = umask(027);
	struct out_file f;
	struct stat st;

	(void)state;
	open_ok(&f, "a", OUT_ROLL_RENAME, 0);
	out_file_close(&f, false);
	umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	free(path);
}

/* A FIFO nobody reads from is refused, a slow reader is not waited for. */
static void
test_fifo(void **state)
{
	char *path = xasprintf("%s/fifo", dir.path), line[1025];
	struct out_file f;
	int fd;

	(void)state;
	memset(line, 'x', 1023);
	memcpy(line + 1023, "\n", 2);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(out_file_open(&f, &conf, &(struct out_file_spec){
	    .name = TEXT("fifo") }, err, sizeof(err)));
	fd = open(path, O_RDONLY | O_NONBLOCK);
	open_ok(&f, "fifo", OUT_ROLL_RENAME, 0);
	for (unsigned i = 0; i < 3000; i++)
		put(&f, line);
	assert_true(f.lost > 0);
	close(fd);
	signal(SIGPIPE, SIG_IGN);
	out_file_close(&f, false);
	free(path);
}

/* Standard output goes to path while f does its work. */
static void
with_stdout_to(const char *path, void (*work)(struct out_file *f),
    struct out_file *f)
{
	int saved, fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_true(fd != -1 && saved != -1);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	work(f);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
}

static void
print_in_turn(struct out_file *f)
{
	printf("first\n");
	put(f, "second\n");
	out_file_flush(f);
	put(f, "third\n");
	printf("fourth\n");
}

static void
test_stdout_keeps_its_order(void **state)
{
	char *path = xasprintf("%s/out", dir.path);
	struct out_file f;

	(void)state;
	open_ok(&f, "stdout", OUT_ROLL_RENAME, 0);
	with_stdout_to(path, print_in_turn, &f);
	out_file_close(&f, false);
	assert_file("out", "first\nsecond\nthird\nfourth\n");
	assert_int_equal(f.lost, 0);
	free(path);
}

static void
print_two(struct out_file *f)
{
	put(f, "one\n");
	put(f, "two\n");
	out_file_flush(f);
}

static void
test_stdout_on_a_full_disk(void **state)
{
	struct out_file f;

	(void)state;
	open_ok(&f, "stdout", OUT_ROLL_RENAME, 0);
	with_stdout_to("/dev/full", print_two, &f);
	assert_int_equal(f.lost, 2);
	out_file_close(&f, false);
}

static void
test_limits(void **state)
{
	uint64_t v = 0;

	(void)state;
	assert_true(out_parse_limit(TEXT("500K"), &v));
	assert_int_equal(v, 500 << 10);
	assert_true(out_parse_limit(TEXT("2m"), &v));
	assert_int_equal(v, 2 << 20);
	assert_true(out_parse_limit(TEXT("1G"), &v));
	assert_int_equal(v, 1 << 30);
	assert_true(out_parse_limit(TEXT("4096"), &v));
	assert_int_equal(v, 4096);
	assert_false(out_parse_limit(TEXT("1023"), &v));
	assert_false(out_parse_limit(TEXT("K"), &v));
	assert_false(out_parse_limit(TEXT(""), &v));
	assert_false(out_parse_limit(TEXT("9999999999999G"), &v));
	assert_false(out_parse_limit(TEXT("-1M"), &v));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_appends),
		TEST(test_too_long_a_record_is_lost_whole),
		TEST(test_full_disk),
		TEST(test_whole_records_stay),
		TEST(test_no_empty_stamped_file),
		TEST(test_no_half_record),
		TEST(test_renaming_roll),
		TEST(test_stamped_roll),
		TEST(test_reopen),
		TEST(test_preamble),
		TEST(test_umask),
		TEST(test_fifo),
		TEST(test_stdout_keeps_its_order),
		TEST(test_stdout_on_a_full_disk),
		TEST(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
