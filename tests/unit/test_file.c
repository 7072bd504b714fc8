/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files as fileinfo tells them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/file.h"
#include "tests/tools/app_rig.h"

enum { ALL = APP_FILE_MD5 | APP_FILE_SHA1 | APP_FILE_SHA256 };

static struct rig r;
static struct app_call call;
static struct app_file file;
static struct app_log told;

static int
setup(void **state)
{
	(void)state;
	if (!rig_init(&r, APP_TLS, NULL))
		return -1;
	r.conf.file_hashes = ALL;
	call = (struct app_call){ .app = r.app, .flow = &r.flow,
		.id = APP_TLS, .log = true };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static struct slice
text(const char *s)
{
	return slice_make((const uint8_t *)s, strlen(s));
}

static bool
has(const char *name, struct field *f)
{
	for (unsigned i = 0; i < told.n; i++) {
		*f = told.fields[i];
		if (f->name && strcmp(f->name, name) == 0)
			return true;
	}
	return false;
}

static struct field
field(const char *name)
{
	struct field f = { .name = NULL };

	assert_true(has(name, &f));
	return f;
}

static bool
lacks(const char *name)
{
	struct field f;

	return !has(name, &f);
}

static uint64_t
counter(const char *name)
{
	for (unsigned i = 0; i < app_counters.n; i++)
		if (strcmp(app_counters.defs[i].name, name) == 0)
			return app_counters_of(r.app)[i];
	fail();
	return 0;
}

static void
tell(void)
{
	app_file_log(&call, &file, 7, FLOW_CLIENT);
	assert_true(app_log_next(r.app, &told));
	assert_string_equal(told.type, "fileinfo");
	assert_int_equal(field("tx_id").number, 7);
	assert_true(text_is(field("direction").text, "to_server"));
	assert_int_equal(field("stored").number, 0);
}

static void
test_whole(void **state)
{
	static const uint8_t md5[] = { 0x90, 0x01, 0x50, 0x98 };
	static const uint8_t sha1[] = { 0xa9, 0x99, 0x3e, 0x36 };
	static const uint8_t sha256[] = { 0xba, 0x78, 0x16, 0xbf };

	(void)state;
	app_file_begin(&call, &file, text("a.txt"));
	app_file_data(&file, text("a"));
	app_file_data(&file, text("bc"));
	app_file_end(&file, false);
	app_file_data(&file, text("more")); /* not of it */
	tell();
	assert_true(text_is(field("filename").text, "a.txt"));
	assert_true(text_is(field("state").text, "CLOSED"));
	assert_int_equal(field("size").number, 3);
	assert_int_equal(field("gaps").number, 0);
	assert_int_equal(field("md5").text.len, 16);
	assert_memory_equal(field("md5").text.ptr, md5, sizeof(md5));
	assert_memory_equal(field("sha1").text.ptr, sha1, sizeof(sha1));
	assert_memory_equal(field("sha256").text.ptr, sha256,
	    sizeof(sha256));
}

static void
test_parts(void **state)
{
	char name[1000];

	(void)state;
	memset(name, 'n', sizeof(name));
	app_file_begin(&call, &file, slice_make((uint8_t *)name, sizeof(name)));
	app_file_data(&file, text("abc"));
	app_file_end(&file, true);
	tell();
	assert_int_equal(field("filename").text.len, LIM_APP_FILE_NAME);
	assert_true(text_is(field("state").text, "TRUNCATED"));
	assert_true(lacks("md5"));

	app_file_begin(&call, &file, text(""));
	app_file_data(&file, text("abc"));
	app_file_gap(&file, 10);
	app_file_data(&file, text("abc"));
	app_file_end(&file, false);
	tell();
	assert_true(lacks("filename"));
	assert_true(lacks("sha1"));
	assert_int_equal(field("gaps").number, 1);
	assert_int_equal(field("size").number, 16);

	/* nobody asked for digests; the name came late */
	r.conf.file_hashes = 0;
	app_file_begin(&call, &file, text(""));
	app_file_name(&file, text("late"));
	app_file_end(&file, false);
	tell();
	assert_true(text_is(field("filename").text, "late"));
	assert_true(lacks("sha256"));
	assert_int_equal(field("size").number, 0);

	/* nobody listens */
	call.log = false;
	app_file_log(&call, &file, 1, FLOW_CLIENT);
	assert_false(app_log_next(r.app, &told));
}

/* Digests are many, and not more. */
static void
test_many(void **state)
{
	static struct app_digests *all[LIM_APP_DIGESTS];

	(void)state;
	for (size_t i = 0; i < LIM_APP_DIGESTS; i++) {
		all[i] = app_digests_begin(&call);
		assert_non_null(all[i]);
	}
	app_file_begin(&call, &file, text("one.more"));
	app_file_data(&file, text("abc"));
	assert_int_equal(counter("digests_lost"), 1);
	app_file_end(&file, false);
	tell();
	assert_true(text_is(field("state").text, "CLOSED"));
	assert_int_equal(field("size").number, 3);
	assert_true(lacks("md5") && lacks("sha1") && lacks("sha256"));
	for (size_t i = 0; i < LIM_APP_DIGESTS; i++)
		app_digests_drop(all[i]);

	/* one alone, of those there are; what was begun before is gone */
	r.conf.file_hashes = APP_FILE_SHA1;
	for (unsigned i = 0; i < LIM_APP_DIGESTS; i++)
		app_file_begin(&call, &file, text("again"));
	app_file_end(&file, false);
	tell();
	assert_int_equal(field("sha1").text.len, 20);
	assert_true(lacks("md5") && lacks("sha256"));
	assert_int_equal(counter("digests_lost"), 1);
	app_file_drop(&file);

	/* nobody reads of files */
	r.conf.file_logs = false;
	assert_null(app_digests_begin(&call));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
