/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect_help.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "detect/hscache.h"

static char dir[64];
static const uint64_t key_a[2] = { 1, 2 }, key_b[2] = { 1, 3 };

static int
make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/hscache.XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int
drop_dir(void **state)
{
	char path[128];
	glob_t g;

	(void)state;
	snprintf(path, sizeof(path), "%s/*", dir);
	if (glob(path, 0, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			unlink(g.gl_pathv[i]);
		globfree(&g);
	}
	return rmdir(dir);
}

/* The one file of the cache; the test fails when there are others. */
static const char *
the_file(void)
{
	static char path[256];
	char pattern[128];
	glob_t g;

	snprintf(pattern, sizeof(pattern), "%s/*", dir);
	assert_int_equal(glob(pattern, 0, NULL, &g), 0);
	assert_int_equal(g.gl_pathc, 1);
	snprintf(path, sizeof(path), "%s", g.gl_pathv[0]);
	globfree(&g);
	return path;
}

static hs_database_t *
compile(const char *literal)
{
	const char *lits[] = { literal };
	const size_t lens[] = { strlen(literal) };
	const unsigned flags[] = { HS_FLAG_CASELESS }, ids[] = { 0 };
	hs_database_t *db = NULL;
	hs_compile_error_t *err = NULL;

	assert_int_equal(hs_compile_lit_multi(lits, flags, ids, lens, 1,
	    HS_MODE_BLOCK, NULL, &db, &err), HS_SUCCESS);
	return db;
}

static void
put(struct hscache *c, const uint64_t key[2], const char *literal)
{
	hs_database_t *db = compile(literal);

	hscache_put(c, key, 1, strlen(literal), db);
	hs_free_database(db);
}

static struct hscache *
reopen(void)
{
	struct hscache *c = hscache_open(dir);

	assert_non_null(c);
	return c;
}

static void
write_two(void)
{
	struct hscache *c = reopen();

	put(c, key_a, "alpha");
	put(c, key_b, "beta");
	assert_true(hscache_save(c));
	hscache_close(c);
}

/* How many of the two are found; frees them. */
static unsigned
found(struct hscache *c)
{
	hs_database_t *a = hscache_get(c, key_a, 1, 5);
	hs_database_t *b = hscache_get(c, key_b, 1, 4);
	unsigned n = (a ? 1u : 0u) + (b ? 1u : 0u);

	hs_free_database(a);
	hs_free_database(b);
	return n;
}

static int
count_hits(unsigned id UNUSED, unsigned long long from UNUSED,
    unsigned long long to UNUSED, unsigned flags UNUSED, void *n)
{
	++*(unsigned *)n;
	return 0;
}

static void
test_round_trip(void **state)
{
	struct hscache *c;
	hs_scratch_t *scratch = NULL;
	hs_database_t *db;
	unsigned n = 0;

	(void)state;
	write_two();
	c = reopen();
	assert_null(hscache_refused(c));
	db = hscache_get(c, key_b, 1, 4);
	assert_non_null(db);
	assert_int_equal(hs_alloc_scratch(db, &scratch), HS_SUCCESS);
	hs_scan(db, "a BETA b", 8, 0, scratch, count_hits, &n);
	assert_int_equal(n, 1);
	hs_free_scratch(scratch);
	hs_free_database(db);
	/* the number and length of the literals belong to the key */
	assert_null(hscache_get(c, key_a, 2, 5));
	assert_null(hscache_get(c, key_a, 1, 6));
	hscache_close(c);
}

static void
test_unused_ones_go(void **state)
{
	const uint64_t key_c[2] = { 9, 9 };
	struct hscache *c;

	(void)state;
	write_two();
	for (uint64_t i = 0; i < 6; i++) {
		const uint64_t key[2] = { 100 + i, 0 };

		c = reopen();
		hs_free_database(hscache_get(c, key_a, 1, 5));
		put(c, key, "x");
		assert_true(hscache_save(c));
		hscache_close(c);
	}
	c = reopen();
	assert_int_equal(found(c), 1); /* the one that was used each time */
	assert_null(hscache_get(c, key_c, 1, 1));
	hscache_close(c);
}

/* Cut at every length, and every byte changed: nothing wrong is ever taken,
 * and the next save makes the file good again. */
static void
test_damage(void **state)
{
	static char good[65536], bad[65536];
	size_t len;
	FILE *f;

	(void)state;
	write_two();
	f = fopen(the_file(), "rb");
	len = fread(good, 1, sizeof(good), f);
	fclose(f);
	assert_true(len > 200 && len < sizeof(good));
	for (size_t i = 0; i < 2 * len; i += i < 400 ? 1 : 7) {
		struct hscache *c;
		bool cut = i < len;

		memcpy(bad, good, len);
		if (!cut)
			bad[i - len] ^= 0x10;
		f = fopen(the_file(), "wb");
		fwrite(bad, 1, cut ? i : len, f);
		fclose(f);
		c = reopen();
		assert_true(found(c) < 2);
		assert_non_null(hscache_refused(c));
		hscache_close(c);
	}
	write_two();
	{
		struct hscache *c = reopen();

		assert_null(hscache_refused(c));
		assert_int_equal(found(c), 2);
		hscache_close(c);
	}
}

static void
test_others_may_not_write(void **state)
{
	struct hscache *c;
	struct stat before, after;

	(void)state;
	write_two();
	assert_int_equal(chmod(the_file(), 0620), 0);
	c = reopen();
	assert_int_equal(found(c), 0);
	assert_non_null(strstr(hscache_refused(c), "others can write"));
	put(c, key_a, "alpha");
	stat(the_file(), &before);
	assert_false(hscache_save(c));
	stat(the_file(), &after);
	assert_int_equal(before.st_ino, after.st_ino);
	hscache_close(c);
	chmod(the_file(), 0600);
	chmod(dir, 0777);
	c = reopen();
	assert_int_equal(found(c), 0);
	assert_non_null(hscache_refused(c));
	assert_false(hscache_save(c));
	hscache_close(c);
	chmod(dir, 0700);
	c = reopen();
	assert_int_equal(found(c), 2);
	hscache_close(c);
}

static void
test_someone_elses_file(void **state)
{
	struct hscache *c;

	(void)state;
	if (geteuid() != 0)
		skip();
	write_two();
	assert_int_equal(chown(the_file(), 12345, 12345), 0);
	c = reopen();
	assert_int_equal(found(c), 0);
	assert_non_null(hscache_refused(c));
	hscache_close(c);
}

static void
test_no_file_to_follow(void **state)
{
	char path[256], other[128];
	struct hscache *c;

	(void)state;
	write_two();
	snprintf(path, sizeof(path), "%s", the_file());
	snprintf(other, sizeof(other), "%s.real", dir);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	c = reopen();
	assert_int_equal(found(c), 0);
	assert_non_null(hscache_refused(c));
	hscache_close(c);
	unlink(other);
}

static void
test_no_folder(void **state)
{
	struct hscache *c = hscache_open("/nonexistent/folder");

	(void)state;
	assert_non_null(c);
	assert_non_null(hscache_refused(c));
	assert_int_equal(found(c), 0);
	assert_false(hscache_save(c));
	hscache_close(c);
	hscache_close(NULL);
}

/* A rule set loads the same from the cache as without it. */
static void
test_rule_set(void **state)
{
	const char *rules = "alert udp any any -> any 5 (content:\"abc\"; "
	    "sid:1;)\nalert udp any any -> any any (content:\"b\"; sid:2;)\n";
	struct detect_conf c = detect_conf_default();

	(void)state;
	c.cache_dir = dir;
	for (unsigned round = 0; round < 2; round++) {
		struct set s = set_load(rules, &c);

		assert_int_equal(s.tree->errors.n_warning, 0);
		assert_int_equal(ruleset_stats(s.rs)->databases, 2);
		assert_int_equal(ruleset_stats(s.rs)->databases_cached,
		    round * 2);
		assert_string_equal(judge(&s, packet_make(PKT_L4_UDP,
		    "10.1.1.1", 1, "10.1.1.2", 5), "xabcx"), "1:1 1:2");
		set_free(&s);
	}
}

#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, drop_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(test_round_trip),
		IN_DIR(test_unused_ones_go),
		IN_DIR(test_damage),
		IN_DIR(test_others_may_not_write),
		IN_DIR(test_someone_elses_file),
		IN_DIR(test_no_file_to_follow),
		IN_DIR(test_no_folder),
		IN_DIR(test_rule_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
