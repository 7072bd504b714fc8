/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows that ended and transactions on their way to outputs: each is told once
 * when somebody reads of it, never otherwise, and within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/app_int.h"
#include "decoders/track/track.h"
#include "tests/tools/app_rig.h"

static struct track_conf conf;
static struct track *t;
static struct packet unit;
static struct stream_facts facts;

static void
begin(bool flow_logs, uint32_t logs)
{
	conf = track_conf_default();
	conf.flow.track[FLOW_UDP] = conf.flow.track[FLOW_ICMP] = true;
	conf.flow.max[FLOW_UDP] = 500;
	conf.flow_logs = flow_logs;
	conf.app.logs = logs;
	conf.app.proto[APP_DNS].on = true;
	t = track_new(&conf);
	assert_non_null(t);
}

static struct packet *
packet(enum pkt_l4 l4, uint16_t sport, uint16_t dport, uint64_t sec)
{
	static struct packet p;

	p = (struct packet){ .ts = mtime_make(sec, 0), .wirelen = 100,
		.iface = 3 };
	p.dec.ip_ver = p.dec.src.family = p.dec.dst.family = 4;
	p.dec.src.b[3] = 2;
	p.dec.dst.b[3] = 1;
	p.dec.l4 = l4;
	p.dec.ip_proto = l4 == PKT_L4_UDP ? 17 : 1;
	p.dec.sport = sport;
	p.dec.dport = dport;
	p.dec.icmp_type = l4 == PKT_L4_UDP ? 0 : 13;
	return &p;
}

static const struct flow *
send(enum pkt_l4 l4, uint16_t sport, uint16_t dport, uint64_t sec)
{
	struct stream_facts f;

	track_packet(t, packet(l4, sport, dport, sec), &f);
	return f.flow;
}

/* How many flows the calls behind one packet told of. */
static unsigned
told(uint64_t sec, bool all)
{
	enum track_step step;
	unsigned n = 0;

	while ((step = track_expire(t, mtime_make(sec, 0), all, &unit,
	    &facts)) != TRACK_IDLE) {
		assert_int_equal(step, TRACK_ENDED);
		assert_non_null(track_ended(t));
		n++;
	}
	assert_null(track_ended(t));
	return n;
}

static void
each_flow_once(void **state)
{
	uint64_t low = UINT64_MAX, high = 0;
	unsigned n = 0;

	(void)state;
	begin(true, 0);
	for (uint16_t i = 0; i < 100; i++)
		send(PKT_L4_UDP, (uint16_t)(1000 + i), 99, 100);
	assert_int_equal(told(100, false), 0);
	while (track_expire(t, mtime_make(100, 0), true, &unit, &facts)) {
		const struct flow *f = track_ended(t);

		assert_int_equal(f->packets[FLOW_CLIENT], 1);
		assert_int_equal(f->end, FLOW_END_SHUTDOWN);
		low = f->id < low ? f->id : low;
		high = f->id > high ? f->id : high;
		n++;
	}
	assert_int_equal(n, 100);
	assert_int_equal(high - low, 99);
	track_free(t);
}

/* The bound on flows that end per packet is the same as without. */
static void
no_more_per_packet(void **state)
{
	unsigned sum = 0;

	(void)state;
	begin(true, 0);
	for (uint16_t i = 0; i < 400; i++)
		send(PKT_L4_UDP, (uint16_t)(1000 + i), 99, 100);
	for (unsigned i = 0; i < 1000 && sum < 400; i++) {
		unsigned n = told(200, false);

		assert_true(n <= LIM_FLOW_EXPIRE);
		sum += n;
	}
	assert_int_equal(sum, 400);
	/* those that gave way for others */
	for (uint16_t i = 0; i < 600; i++)
		send(PKT_L4_UDP, (uint16_t)(1000 + i), 99, 300);
	assert_int_equal(told(300, false), 100);
	assert_int_equal(told(300, true), 500);
	track_free(t);
}

static void
nothing_when_nobody_reads(void **state)
{
	(void)state;
	begin(false, 0);
	for (uint16_t i = 0; i < 100; i++)
		send(PKT_L4_UDP, (uint16_t)(1000 + i), 99, 100);
	assert_int_equal(told(100, true), 0);
	assert_int_equal(flow_live(track_flows(t), FLOW_UDP), 0);
	track_free(t);
}

/* A flow that waits to be told when the input ends, or the configuration
 * changes, is not lost. */
static void
a_reload_between(void **state)
{
	struct track_conf off;

	(void)state;
	begin(true, 0);
	for (uint16_t i = 0; i < 3; i++)
		send(PKT_L4_UDP, (uint16_t)(1000 + i), 99, 100);
	assert_int_equal(track_expire(t, mtime_make(100, 0), true, &unit,
	    &facts), TRACK_ENDED);
	off = conf;
	off.flow_logs = false;
	track_adopt(t, &off);
	assert_int_equal(told(100, true), 0);
	send(PKT_L4_UDP, 1, 99, 100);
	track_adopt(t, &conf);
	assert_int_equal(told(100, true), 1);
	track_free(t);
}

static void
icmp_keeps_its_type(void **state)
{
	const struct flow *f;

	(void)state;
	begin(true, 0);
	f = send(PKT_L4_ICMP4, 0, 0, 100);
	assert_int_equal(f->l4[0], 13);
	assert_int_equal(f->l4[1], 0);
	assert_int_equal(f->iface, 3);
	assert_int_equal(told(100, true), 1);
	track_free(t);
}

/* -- transactions ------------------------------------------------------------- */

static struct rig r;
static struct app_call call;

static int
rig_up(void **state)
{
	(void)state;
	if (!rig_init(&r, APP_DNS, NULL))
		return -1;
	call = (struct app_call){ .app = r.app, .flow = &r.flow,
		.id = APP_DNS, .log = true };
	return 0;
}

static int
rig_down(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

static const uint8_t text[LIM_APP_LOG_TEXT + 1];

/* Room is taken back from one that does not fit, however often. */
static void
too_large_a_log(void **state)
{
	struct app_log l;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		assert_true(app_log_begin(&call, "dns"));
		for (unsigned n = 0; n < LIM_APP_LOG_ROOM / LIM_APP_LOG_TEXT +
		    1; n++)
			app_log_text(&call, "x", slice_make(text,
			    sizeof(text)));
		app_log_end(&call);
		assert_false(app_has_logs(r.app));
	}
	assert_true(app_log_begin(&call, "dns"));
	for (unsigned n = 0; n < LIM_APP_LOG_FIELDS + 1; n++)
		app_log_number(&call, "x", 1);
	app_log_end(&call);
	assert_false(app_has_logs(r.app));
	/* nor one that was left open in the middle */
	assert_true(app_log_begin(&call, "dns"));
	app_log_open(&call, "a", FIELD_ARRAY);
	app_log_end(&call);
	assert_false(app_has_logs(r.app));
	assert_int_equal(app_counters_of(r.app)[APP_CTR_LOGS_LOST], 1002);
	assert_true(app_log_begin(&call, "dns"));
	app_log_text(&call, "x", slice_make(text, sizeof(text)));
	app_log_end(&call);
	assert_true(app_has_logs(r.app));
	assert_true(app_log_next(r.app, &l));
	assert_int_equal(l.n, 1);
	assert_int_equal(l.fields[0].text.len, LIM_APP_LOG_TEXT);
	assert_false(app_log_next(r.app, &l));
}

/* One that does not fit takes nothing from those before it. */
static void
a_large_log_behind_others(void **state)
{
	struct app_log l;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_true(app_log_begin(&call, "dns"));
		app_log_number(&call, "n", i);
		app_log_end(&call);
		assert_true(app_log_begin(&call, "dns"));
		for (unsigned n = 0; n < 40; n++)
			app_log_text(&call, "x", slice_make(text,
			    sizeof(text)));
		app_log_end(&call);
	}
	for (unsigned i = 0; i < 3; i++) {
		assert_true(app_log_next(r.app, &l));
		assert_int_equal(l.n, 1);
		assert_int_equal(l.fields[0].number, i);
	}
	assert_false(app_log_next(r.app, &l));
}

static void
who_reads_what(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		r.conf.logs = i & 1 ? 1u << APP_DNS : 1u << APP_TLS;
		r.conf.file_logs = i & 2;
		assert_int_equal(app_log_begin(&call, "dns"), i & 1);
		app_log_end(&call);
		assert_int_equal(app_log_begin(&call, "fileinfo"), i >> 1);
		app_log_end(&call);
	}
	call.log = false;
	assert_false(app_log_begin(&call, "dns"));
}

int
main(void)
{
#define RIG(f) cmocka_unit_test_setup_teardown(f, rig_up, rig_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_flow_once),
		cmocka_unit_test(no_more_per_packet),
		cmocka_unit_test(nothing_when_nobody_reads),
		cmocka_unit_test(a_reload_between),
		cmocka_unit_test(icmp_keeps_its_type),
		RIG(too_large_a_log),
		RIG(a_large_log_behind_others),
		RIG(who_reads_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
