/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of files: `file' lines, files in any pieces, the rule options. */
#include "detect_help.h"

#include "detect/filetype.h"

#define T(literal) { (literal), sizeof(literal) - 1 }

/* ZIP, JAR (which is a longer ZIP), one far behind, one of two parts that
 * stand the other way round. */
static struct file_magic magics[] = {
	{ .id = 29, .type = T("ZIP"), .groups = T("packed"), .n = 1,
		.parts = { { 0, { (const uint8_t *)"PK\3\4", 4 } } },
		.length = 4, .end = 4 },
	{ .id = 73, .type = T("JAR"), .groups = T("packed,code"), .n = 2,
		.parts = { { 0, { (const uint8_t *)"PK\3\4", 4 } },
		    { 30, { (const uint8_t *)"META-INF/", 9 } } },
		.length = 13, .end = 39 },
	{ .id = 2, .type = T("TAR"), .version = T("posix"), .n = 1,
		.parts = { { 257, { (const uint8_t *)"ustar", 5 } } },
		.length = 5, .end = 262 },
	{ .id = 3, .type = T("ODD"), .n = 2,
		.parts = { { 6, { (const uint8_t *)"cd", 2 } },
		    { 1, { (const uint8_t *)"ab", 2 } } },
		.length = 4, .end = 8 },
};
static struct file_conf files = { magics, ARRAY_LEN(magics),
	FILE_TYPE_DEPTH };

static struct flow_table *
flows_new(struct flow_conf *conf)
{
	struct flow_table *t;

	*conf = (struct flow_conf){ .track = { [FLOW_TCP] = true },
		.max = { [FLOW_TCP] = 8 }, .timeout_s = { [FLOW_TCP] = 30 } };
	t = flow_table_new(conf);
	assert_non_null(t);
	return t;
}

static void
flows_free(struct flow_table *t, struct flow *f)
{
	flow_end(t, f, FLOW_END_CLOSED);
	while ((f = flow_next_dead(t)))
		flow_free(t, f);
	flow_table_free(t);
}

/* The type of a file that comes in pieces of that size; -1: none. */
static int
type_of(const struct file_conf *c, const void *p, size_t n, size_t piece)
{
	struct flow_conf conf;
	struct flow_table *t = flows_new(&conf);
	struct packet *pkt = packet_make(PKT_L4_TCP, "10.1.1.1", 1,
	    "10.1.1.2", 80);
	struct flow *f = flow_create(t, pkt, false);
	int type = -1;
	bool no_room;

	for (size_t at = 0; at < n;) {
		size_t len = piece < n - at ? piece : n - at;
		uint8_t *copy = malloc(len);
		struct unit u = { .pkt = pkt, .file_begins = at == 0,
			.flow = { .flow = f, .table = t } };

		memcpy(copy, (const char *)p + at, len);
		unit_set(&u, BUF_FILE_DATA, slice_make(copy, len));
		type = filetype_unit(c, 1, &u, &no_room);
		assert_false(no_room);
		free(copy);
		at += len;
	}
	flows_free(t, f);
	return type;
}

static void
test_pieces(void **state)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 3, 7, 29, 31, 258 };
	static char tar[300];
	static const struct {
		const char *bytes;
		size_t n;
		int type;
	} cases[] = {
		{ "PK\3\4", 4, 0 },
		{ "PK\3", 3, -1 },
		{ "PK\3\5", 4, -1 },
		{ "PK\3\4 and some other things", 26, 0 },
		{ "PK\3\4__________________________META-INF/", 39, 1 },
		{ "PK\3\4__________________________META-INF", 38, 0 },
		{ "PK\3\4__________________________META-INFO", 39, 0 },
		{ tar, 262, 2 },
		{ tar, 261, -1 },
		{ "xab...cd", 8, 3 },
		{ "xab...cD", 8, -1 },
		{ "xaB...cd", 8, -1 },
	};

	(void)state;
	memcpy(tar + 257, "ustar", 5);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t j = 0; j < ARRAY_LEN(pieces); j++) {
			int type = type_of(&files, cases[i].bytes, cases[i].n,
			    pieces[j]);

			if (type != cases[i].type)
				fail_msg("case %zu, pieces of %zu: %d", i,
				    pieces[j], type);
		}
}

static void
test_depth(void **state)
{
	static char tar[300];
	struct file_conf c = files;

	(void)state;
	memcpy(tar + 257, "ustar", 5);
	c.depth = 261;
	assert_int_equal(type_of(&c, tar, 300, SIZE_MAX), -1);
	c.depth = 262;
	assert_int_equal(type_of(&c, tar, 300, SIZE_MAX), 2);
	assert_int_equal(type_of(&c, tar, 300, 100), 2);
}

/* Every number of lines there may be; the last one is found. */
static void
test_many(void **state)
{
	static struct file_magic many[LIM_FILE_TYPES];
	static uint8_t names[LIM_FILE_TYPES][2];

	(void)state;
	for (unsigned n = 1; n <= LIM_FILE_TYPES; n++) {
		struct file_conf c = { many, n, FILE_TYPE_DEPTH };

		names[n - 1][0] = (uint8_t)(n >> 8);
		names[n - 1][1] = (uint8_t)n;
		many[n - 1] = (struct file_magic){ .id = n, .n = 1,
			.parts = { { 0, { names[n - 1], 2 } } }, .length = 2,
			.end = 2 };
		assert_int_equal(type_of(&c, names[n - 1], 2, 1), (int)n - 1);
	}
}

/* Both sides send files, the next begins anew, the middle of one is none. */
static void
test_sides(void **state)
{
	struct flow_conf conf;
	struct flow_table *t = flows_new(&conf);
	struct packet *pkt = packet_make(PKT_L4_TCP, "10.1.1.1", 1,
	    "10.1.1.2", 80);
	struct flow *f = flow_create(t, pkt, false);
	struct unit u = { .pkt = pkt, .flow = { .flow = f, .table = t,
		.has_direction = true } };
	bool no_room;

	(void)state;
	unit_set(&u, BUF_FILE_DATA, slice_make((const uint8_t *)"PK\3\4", 4));
	assert_int_equal(filetype_unit(&files, 1, &u, &no_room), -1);
	u.file_begins = true;
	assert_int_equal(filetype_unit(&files, 1, &u, &no_room), 0);
	u.flow.to_server = true;
	u.file_begins = false;
	assert_int_equal(filetype_unit(&files, 1, &u, &no_room), -1);
	u.flow.to_server = false;
	assert_int_equal(filetype_unit(&files, 1, &u, &no_room), 0);
	/* another rule set's numbers mean nothing */
	assert_int_equal(filetype_unit(&files, 2, &u, &no_room), -1);
	u.file_begins = true;
	assert_int_equal(filetype_unit(&files, 2, &u, &no_room), 0);
	unit_set(&u, BUF_FILE_DATA, slice_make((const uint8_t *)"P!", 2));
	assert_int_equal(filetype_unit(&files, 2, &u, &no_room), -1);
	/* without a file, or a session, there is no type */
	u.present = 0;
	assert_int_equal(filetype_unit(&files, 2, &u, &no_room), -1);
	flows_free(t, f);
	u.present = 1u << BUF_FILE_DATA;
	u.flow.flow = NULL;
	assert_int_equal(filetype_unit(&files, 2, &u, &no_room), -1);
}

static void
test_no_memory(void **state)
{
	struct flow_conf conf;
	struct flow_table *t = flows_new(&conf);
	struct packet *pkt = packet_make(PKT_L4_TCP, "10.1.1.1", 1,
	    "10.1.1.2", 80);
	struct flow *f = flow_create(t, pkt, false);
	struct unit u = { .pkt = pkt, .file_begins = true,
		.flow = { .flow = f, .table = t } };
	bool no_room;

	(void)state;
	for (unsigned i = 0; i < LIM_FILE_SESSIONS; i++) {
		struct flow other = { .files = NULL };

		assert_non_null(flow_files(t, &other));
	}
	unit_set(&u, BUF_FILE_DATA, slice_make((const uint8_t *)"PK\3\4", 4));
	assert_int_equal(filetype_unit(&files, 1, &u, &no_room), -1);
	assert_true(no_room);
	flows_free(t, f);
}

static void
test_options(void **state)
{
	static const char *const good[][2] = {
		{ "file_type:ZIP", "1:1" },
		{ "file_type:JAR", "" },
		{ "file_type:JAR|ZIP", "1:1" },
		{ "file_type:TAR,posix|ZIP", "1:1" },
		{ "file_group:packed", "1:1" },
		{ "file_group:code", "" },
		{ "file_group:code,packed", "1:1" },
		{ "file_data; content:\"|04|\"; file_type:ZIP", "1:1" },
	};
	static const char *const bad[] = { "file_type:PNG", "file_type:zip",
		"file_type:ZIP|", "file_type:TAR,old", "file_group:none",
		"file_type:" };
	struct detect_conf c = detect_conf_default();

	(void)state;
	c.opt.has = RULE_NEEDS_FILE_DATA;
	for (size_t i = 0; i < ARRAY_LEN(good) + ARRAY_LEN(bad); i++) {
		bool is_good = i < ARRAY_LEN(good);
		struct flow_conf conf;
		struct flow_table *t = flows_new(&conf);
		struct packet *pkt = packet_make(PKT_L4_TCP, "10.1.1.1", 1,
		    "10.1.1.2", 80);
		struct flow *f = flow_create(t, pkt, false);
		struct unit u = { .kind = UNIT_STREAM, .pkt = pkt,
			.file_begins = true,
			.flow = { .flow = f, .table = t } };
		const struct event *ev;
		enum rule_action verdict;
		char rule[256];
		struct set s;

		c.opt.files = &files;
		snprintf(rule, sizeof(rule), "alert tcp any any -> any any "
		    "(%s; sid:1;)", is_good ? good[i][0] :
		    bad[i - ARRAY_LEN(good)]);
		s = set_load(rule, &c);
		unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)"x", 1));
		unit_set(&u, BUF_FILE_DATA, slice_make(
		    (const uint8_t *)"PK\3\4", 4));
		if (!is_good)
			assert_int_equal(s.rs->stats.refused, 1);
		else if (detect_unit(s.d, &u, NULL, 0, &ev, &verdict) !=
		    (good[i][1][0] != '\0'))
			fail_msg("%s", rule);
		set_free(&s);
		/* without `file' lines it is inactive, whatever it names */
		c.opt.files = NULL;
		s = set_load(rule, &c);
		if (is_good)
			assert_int_equal(s.rs->stats.inactive, 1);
		set_free(&s);
		flows_free(t, f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_sides),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
