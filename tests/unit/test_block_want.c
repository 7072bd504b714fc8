/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config block, block_for and the maps into settings; and what rules want. */
#include "rules_help.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/block_want.h"
#include "sensor/config.h"

struct loaded {
	struct tree *t;
	struct settings s;
};

static struct loaded
apply(const char *text)
{
	struct loaded l = { .t = load(text), .s = settings_default() };

	config_apply(&l.s, l.t);
	return l;
}

static void
expect_bad(const char *text, const char *part)
{
	struct loaded l = apply(text);
	const struct erec *e = find_error(l.t, part);

	assert_int_equal(e->kind, EREC_CONFIG);
	assert_int_equal(l.t->errors.n_config, 1);
	tree_free(l.t);
}

static void
test_default(void **state)
{
	struct loaded l = apply("config utc\n");

	(void)state;
	assert_false(l.s.block.on);
	assert_int_equal(l.s.block.seconds, 300);
	assert_int_equal(l.s.block.admin_ports[0], 22);
	tree_free(l.t);
}

static void
test_words(void **state)
{
	struct loaded l = apply("ipvar HOME_NET [10.0.0.0/8,!10.1.0.0/16]\n"
	    "config block: on, duration 5min, max 1000, ceiling 20/5, "
	    "rollback 7, pause 60, escalate 3, remember 1hour, repeat 0, "
	    "min_duration 10, max_duration 0, dry_run, leave, allow_home, "
	    "spoofable flow, evidence none, drops no, save none, "
	    "socket /run/x.socket, backend legacy, plain, files, "
	    "admin_ports 22 2222\n"
	    "config block: never [192.0.2.0/24, 2001:db8::/32] "
	    "never 198.51.100.1, exempt 2001 [203.0.113.0/24] exempt 116:7 "
	    "any\n");
	const struct block_conf *c = &l.s.block;
	struct ipaddr a;

	(void)state;
	if (l.t->errors.first)
		print_error("%s\n", l.t->errors.first->message);
	assert_null(l.t->errors.first);
	assert_true(c->on && c->dry_run && c->leave && c->allow_home &&
	    c->flow_unproven && c->no_evidence && c->no_drops && c->plain &&
	    c->on_files);
	assert_int_equal(c->seconds, 300);
	assert_int_equal(c->max, 1000);
	assert_int_equal(c->ceiling, 20);
	assert_int_equal(c->ceiling_s, 5);
	assert_int_equal(c->rollback, 7);
	assert_int_equal(c->pause_s, 60);
	assert_int_equal(c->escalate, 3);
	assert_int_equal(c->remember_s, 3600);
	assert_int_equal(c->repeat_s, 0);
	assert_int_equal(c->min_seconds, 10);
	assert_int_equal(c->max_seconds, 0);
	assert_string_equal(c->save, "none");
	assert_string_equal(c->socket, "/run/x.socket");
	assert_string_equal(c->backend, "legacy");
	assert_int_equal(c->n_admin_ports, 2);
	assert_int_equal(c->never.n, 3);
	assert_true(ipaddr_parse(TEXT("198.51.100.1"), &a));
	assert_true(block_nets_have(&c->never, &a));
	assert_true(ipaddr_parse(TEXT("10.2.0.1"), &a));
	assert_true(block_nets_have(&c->home, &a));
	assert_true(ipaddr_parse(TEXT("10.1.0.1"), &a));
	assert_false(block_nets_have(&c->home, &a));
	assert_int_equal(c->n_exempt, 2);
	assert_int_equal(c->exempt[1].gid, 116);
	assert_int_equal(c->exempt[1].nets.n, 0);
	tree_free(l.t);
	l = apply("config block: on, admin_ports none, ceiling 0, "
	    "duration perm\n");
	assert_null(l.t->errors.first);
	assert_int_equal(l.s.block.n_admin_ports, 0);
	assert_int_equal(l.s.block.ceiling, 0);
	assert_int_equal(l.s.block.seconds, UINT32_MAX);
	assert_int_equal(l.s.block.home.n, 0); /* any is nobody */
	tree_free(l.t);
}

static void
test_bad_words(void **state)
{
	(void)state;
	expect_bad("config block: on, bogus\n", "no setting of block");
	expect_bad("config block: max 0\n", "a number from 1");
	expect_bad("config block: duration soon\n", "a time in one word");
	expect_bad("config block: ceiling 20\n", "blocks/seconds");
	expect_bad("config block: never\n", "addresses belong here");
	expect_bad("config block: never any\n", "nobody would be blocked");
	expect_bad("config block: exempt x [10.0.0.0/8]\n", "a rule belongs");
	expect_bad("config block: admin_ports\n", "ports belong here");
	expect_bad("config block: backend other\n", "nft or legacy");
	expect_bad("config block: evidence some\n", "handshake or none");
	expect_bad("config block: min_duration 90, max_duration 80\n",
	    "cannot be above");
	expect_bad("config block: never [10.0.0.0/8,!10.1.0.0/16] never "
	    "10.1.1.1\n", "none may take addresses out");
	expect_bad("config block_for: sid x, src\n", "sid N, class NAME");
	expect_bad("config block_for: sid 7, src, soon\n", "a duration is");
	expect_bad("config block_for: sid 7, who\n", "src is taken");
	expect_bad("config block: on\nconfig block_for: class none-such, "
	    "src\n", "there is no class");
}

/* -- wants ----------------------------------------------------------------------- */

static struct block_ask got;

static bool
wants(const struct settings *s, const struct rule_response *resp,
    enum rule_action action, uint32_t sid, const struct classification *class,
    unsigned priority)
{
	struct rule rule = { .action = action, .gid = 1, .sid = sid,
		.class = class, .priority = priority };
	struct crule c = { .rule = &rule };
	struct event ev = { .rule = &c, .gid = 1, .sid = sid,
		.action = action };

	if (resp)
		c.response = *resp;
	got = (struct block_ask){ .seconds = 0 };
	return block_want(s, &ev, false, &got);
}

static void
test_wants(void **state)
{
	struct loaded l = apply("config classification: bad,A bad thing,1\n"
	    "config classification: dull,A dull thing,3\n"
	    "config block: on\n"
	    "config block_for: sid 7, dst[out], 1 hour\n"
	    "config block_for: sid 8, none\n"
	    "config block_for: class bad, src[in], 10 min\n"
	    "config block_for: priority 2, 20 min\n");
	struct rule_response resp = { .fwsam = { .on = true, .timed = true,
		.how = FWSAM_CONN, .seconds = 77 } };
	struct rule_response sticky = { .sticky_drop = { true, true, 55 } };
	const struct classification *bad, *dull;

	(void)state;
	assert_null(l.t->errors.first);
	bad = l.t->classes[0];
	dull = l.t->classes[1];
	assert_true(text_is(bad->name, "bad"));
	assert_false(wants(&l.s, NULL, ACTION_ALERT, 1, dull, 3));
	/* the action, where nothing else says more */
	assert_true(wants(&l.s, NULL, ACTION_DROP, 1, dull, 3));
	assert_int_equal(got.why.asker, BLOCK_ASKER_ACTION);
	assert_int_equal(got.seconds, 0);
	assert_int_equal(got.how, BLOCK_FROM | BLOCK_TO);
	assert_true(wants(&l.s, NULL, ACTION_REJECT, 1, dull, 3));
	assert_false(wants(&l.s, NULL, ACTION_SDROP, 1, dull, 3));
	l.s.block.no_drops = true;
	assert_false(wants(&l.s, NULL, ACTION_DROP, 1, dull, 3));
	l.s.block.no_drops = false;
	/* class, and priority after it */
	assert_true(wants(&l.s, NULL, ACTION_ALERT, 1, bad, 1));
	assert_int_equal(got.why.asker, BLOCK_ASKER_CLASS);
	assert_int_equal(got.how, BLOCK_FROM);
	assert_int_equal(got.seconds, 600);
	assert_true(wants(&l.s, NULL, ACTION_ALERT, 1, dull, 2));
	assert_int_equal(got.why.asker, BLOCK_ASKER_PRIORITY);
	assert_int_equal(got.seconds, 1200);
	/* options of the rule */
	assert_true(wants(&l.s, &resp, ACTION_ALERT, 1, bad, 1));
	assert_int_equal(got.why.asker, BLOCK_ASKER_FWSAM);
	assert_true(got.conn && got.unproven_ok && !got.dest);
	assert_int_equal(got.seconds, 77);
	resp.fwsam.seconds = RESPONSE_FOREVER;
	assert_true(wants(&l.s, &resp, ACTION_ALERT, 1, bad, 1));
	assert_int_equal(got.seconds, UINT32_MAX);
	resp.fwsam.timed = false;
	assert_true(wants(&l.s, &resp, ACTION_ALERT, 1, bad, 1));
	assert_int_equal(got.seconds, 0);
	assert_true(wants(&l.s, &sticky, ACTION_ALERT, 1, bad, 1));
	assert_int_equal(got.why.asker, BLOCK_ASKER_STICKY);
	assert_true(got.dest);
	assert_int_equal(got.seconds, 55);
	/* block_for: sid before them */
	assert_true(wants(&l.s, &resp, ACTION_ALERT, 7, bad, 1));
	assert_int_equal(got.why.asker, BLOCK_ASKER_SID);
	assert_true(got.dest);
	assert_int_equal(got.how, BLOCK_TO);
	assert_int_equal(got.seconds, 3600);
	assert_false(wants(&l.s, &resp, ACTION_DROP, 8, bad, 1));
	tree_free(l.t);
}

/* -- maps ------------------------------------------------------------------------ */

static char dir[] = "/tmp/test_want.XXXXXX";

static void
write_file(const char *name, const char *text)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct loaded
load_dir(void)
{
	static const struct conf_options opts;
	struct loaded l = { .s = settings_default() };
	char path[64];

	snprintf(path, sizeof(path), "%s/conf", dir);
	l.t = conf_load(path, &opts);
	assert_non_null(l.t);
	config_apply(&l.s, l.t);
	return l;
}

static void
test_maps(void **state)
{
	struct rule_response resp = { .fwsam = { .on = true, .timed = true,
		.seconds = 77 } };
	struct loaded l;

	(void)state;
	assert_non_null(mkdtemp(dir));
	write_file("conf", "config block: on\n");
	l = load_dir();
	assert_null(l.t->errors.first);
	assert_int_equal(l.s.n_block_map, 0);
	tree_free(l.t);
	write_file("sid-fwsam.map", "1: dst, 1 min\n9: src\n");
	write_file("sid-block.map", "# SnortSam's\n\n"
	    "; another comment\n"
	    "1: src[in], 5 min ; and one behind\n"
	    "2| dst[conn],1 hour\n"
	    "116:3: 15 min # alone\n"
	    "  4 :src,perm\n"
	    "4: src, 9\n");
	l = load_dir();
	assert_null(l.t->errors.first);
	assert_int_equal(l.s.n_block_map, 5);
	assert_true(wants(&l.s, &resp, ACTION_ALERT, 1, NULL, 0));
	assert_int_equal(got.why.asker, BLOCK_ASKER_MAP);
	assert_int_equal(got.seconds, 300);
	assert_int_equal(got.how, BLOCK_FROM);
	assert_true(wants(&l.s, NULL, ACTION_ALERT, 2, NULL, 0));
	assert_true(got.conn && got.dest);
	assert_true(wants(&l.s, NULL, ACTION_ALERT, 4, NULL, 0));
	assert_int_equal(got.seconds, 9);
	assert_true(wants(&l.s, NULL, ACTION_ALERT, 9, NULL, 0));
	assert_int_equal(got.seconds, 0);
	assert_false(wants(&l.s, NULL, ACTION_ALERT, 3, NULL, 0));
	tree_free(l.t);
	/* with file and line */
	write_file("sid-block.map", "1: src\nx: src\n3: src, soon\n4: all\n");
	l = load_dir();
	assert_int_equal(l.t->errors.n_config, 2);
	assert_int_equal(l.t->errors.n_warning, 1);
	assert_int_equal(find_error(l.t, "a line is written")->loc.line, 2);
	assert_int_equal(find_error(l.t, "a duration is")->loc.line, 3);
	tree_free(l.t);
	/* without blocks nobody reads it */
	write_file("conf", "config utc\n");
	l = load_dir();
	assert_null(l.t->errors.first);
	tree_free(l.t);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const names[] = { "conf", "sid-block.map",
			"sid-fwsam.map" };
		char path[64];

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bad_words),
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_maps),
	};

	return cmocka_run_group_tests_name("block_want", tests, NULL, NULL);
}
