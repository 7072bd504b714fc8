/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every counter once in the tree, under its names, with its value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "output/eve.h"
#include "sensor/run.h"
#include "tests/tools/json_check.h"

static struct run *r;
static struct generation gen;
static struct outset outs;
static struct cmdline cl;

static int
setup(void **state)
{
	(void)state;
	r = xcalloc(1, sizeof(*r));
	gen.settings = settings_default();
	outs.outputs = outputs_new(&outs.conf);
	r->gen = &gen;
	r->outs = &outs;
	r->cl = &cl;
	r->counters = counters_new();
	r->in.track = track_new(&gen.settings.track);
	return r->counters && r->in.track ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	track_free(r->in.track);
	counters_free(r->counters);
	outputs_free(outs.outputs);
	free(r);
	return 0;
}

/* The value at "a.b.c"; fails when there is none. */
static uint64_t
value_of(const struct field *f, unsigned n, const char *name)
{
	char path[256] = "";
	size_t len = 0;

	for (unsigned i = 0; i < n; i++) {
		size_t here = len;

		if (f[i].kind == FIELD_END) {
			char *dot;

			path[len - 1] = '\0';
			dot = strrchr(path, '.');
			len = dot ? (size_t)(dot - path) + 1 : 0;
			path[len] = '\0';
			continue;
		}
		here += (size_t)snprintf(path + len, sizeof(path) - len, "%s",
		    f[i].name);
		if (f[i].kind == FIELD_OBJECT) {
			path[here] = '.';
			path[here + 1] = '\0';
			len = here + 1;
			continue;
		}
		if (strcmp(path, name) == 0)
			return f[i].number;
		path[len] = '\0';
	}
	fail_msg("no %s", name);
	return 0;
}

static void
test_every_counter_once(void **state)
{
	struct counters_group g;
	const struct field *f;
	unsigned n, count = 0;
	struct buf b;
	struct record_app a = { .type = "stats" };

	(void)state;
	a.fields = f = counters_fields(r->counters, r, &n);
	a.n = n;
	buf_init(&b, 1 << 20);
	buf_puts(&b, "{\"a\":0");
	eve_put_app(&b, &a);
	buf_puts(&b, "}\n");
	assert_int_equal(json_lines(b.ptr, b.len), 1); /* no key twice */
	buf_fini(&b);
	for (unsigned i = 0; counters_group(i, r, &g); i++)
		for (unsigned k = 0; k < g.def.n; k++, count++) {
			char *name = xasprintf("%s.%s", g.def.prefix,
			    g.def.defs[k].name);

			assert_int_equal(value_of(f, n, name), 0);
			free(name);
		}
	assert_true(count > 100);
	for (unsigned i = 0; i < n; i++)
		count -= f[i].kind == FIELD_NUMBER;
	assert_true((int)count < 0); /* and Suricata's */
}

static void
test_values(void **state)
{
	static const char *const names[] = { "uptime",
		"capture.kernel_packets", "capture.kernel_drops",
		"decoder.pkts", "decoder.bytes", "decoder.invalid",
		"decoder.ipv4", "decoder.ipv6", "decoder.tcp", "decoder.udp",
		"flow.total", "flow.active", "flow.tcp", "flow.udp",
		"tcp.sessions", "tcp.reassembly_gap", "detect.alert" };
	const struct field *f;
	unsigned n;

	(void)state;
	r->started_ns = clock_ns() - 7500000000u;
	r->in.ctrs[INSPECT_CTR_PACKETS] = 10;
	r->in.ctrs[INSPECT_CTR_BYTES] = 1000;
	r->in.ctrs[INSPECT_CTR_ALERTS] = 3;
	r->before.dropped = 4;
	r->in.policy_ctrs[0] = 5;
	f = counters_fields(r->counters, r, &n);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		value_of(f, n, names[i]);
	assert_int_equal(value_of(f, n, "uptime"), 7);
	assert_int_equal(value_of(f, n, "packet.packets"), 10);
	assert_int_equal(value_of(f, n, "decoder.pkts"), 10);
	assert_int_equal(value_of(f, n, "decoder.avg_pkt_size"), 100);
	assert_int_equal(value_of(f, n, "detect.alert"), 3);
	assert_int_equal(value_of(f, n, "capture.kernel_drops"), 4);
	assert_int_equal(value_of(f, n, "policy.flow.full.pass"), 5);
}

static void
test_when_due(void **state)
{
	(void)state;
	assert_false(counters_clock(r->counters, r, mtime_make(1000, 0)));
	r->in.conf.wants.shows = 1u << SHOW_STATS;
	r->in.conf.wants.stats_s = 8;
	assert_false(counters_clock(r->counters, r, mtime_make(1000, 0)));
	assert_false(counters_clock(r->counters, r, mtime_make(1007, 9)));
	assert_true(counters_clock(r->counters, r, mtime_make(1008, 0)));
	assert_false(counters_clock(r->counters, r, mtime_make(1008, 0)));
	/* a long silence is one, and so is a step back in time none */
	assert_true(counters_clock(r->counters, r, mtime_make(100000, 0)));
	assert_false(counters_clock(r->counters, r, mtime_make(500, 0)));
	assert_false(counters_clock(r->counters, r, mtime_make(507, 0)));
	assert_true(counters_clock(r->counters, r, mtime_make(508, 0)));
	/* by a reload */
	r->in.conf.wants.stats_s = 1;
	assert_false(counters_clock(r->counters, r, mtime_make(509, 0)));
	assert_true(counters_clock(r->counters, r, mtime_make(510, 0)));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_every_counter_once),
		TEST(test_values),
		TEST(test_when_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
