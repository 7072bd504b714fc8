/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions find their parser, by port, by content and by announcement; lose
 * it; and go dark. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "decoders/app/app_int.h"
#include "tests/tools/play_tcp.h"

static const uint8_t client_hello[] = { 22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 7,
	7 };
static const uint8_t server_hello[] = { 22, 3, 3, 0, 8, 2, 0, 0, 4, 3, 3, 7,
	7 };
static const uint8_t data[] = { 23, 3, 3, 0, 4, 1, 2, 3, 4 };

static struct play p;
static uint8_t ports[65536 / 8];

/* Sides put together by nobody's wish but a parser's. */
static void
begin(bool by_port, bool by_content)
{
	play_init(&p, TCP_LINUX);
	p.engine.ports[FLOW_CLIENT] = p.engine.ports[FLOW_SERVER] = NULL;
	memset(ports, 0, sizeof(ports));
	if (by_port)
		ports[80 / 8] |= 1 << 80 % 8;
	p.conf.app.proto[APP_TLS] = (struct app_proto_conf){ .on = true,
		.ports = ports };
	p.conf.app.by_content = by_content;
	play_start(&p);
	play_handshake(&p);
}

static uint64_t
ctr(const char *name)
{
	for (unsigned i = 0; i < app_counters.n; i++)
		if (strcmp(app_counters.defs[i].name, name) == 0)
			return app_counters_of(track_app(p.track))[i];
	fail();
	return 0;
}

/* The parser reads what play took out as units. */
static void
hellos(unsigned cut)
{
	const unsigned all = sizeof(client_hello);

	for (unsigned i = 0; i < all; i += cut) {
		unsigned n = all - i < cut ? all - i : cut;

		play_data(&p, FLOW_CLIENT, "PA", 1 + i, 1, client_hello + i,
		    n);
		play(&p, FLOW_SERVER, "A", 1, 1 + i + n, "");
	}
}

static void
test_by_port(void **state)
{
	(void)state;
	begin(true, false);
	assert_int_equal(app_of(p.facts.flow), APP_TLS);
	hellos(sizeof(client_hello));
	assert_int_equal(p.n_units, 1);
	assert_int_equal(ctr("by_port"), 1);
	play_end(&p);
}

static void
test_by_content(void **state)
{
	(void)state;
	for (unsigned cut = 1; cut <= sizeof(client_hello); cut++) {
		begin(false, true);
		assert_int_equal(app_of(p.facts.flow), APP_NONE);
		hellos(cut);
		assert_int_equal(app_of(p.facts.flow), APP_TLS);
		assert_int_equal(p.n_units, 1);
		assert_int_equal(p.units[0].len, sizeof(client_hello));
		assert_int_equal(ctr("by_content"), 1);
		play_end(&p);
	}
	/* by the server's word as well */
	begin(false, true);
	play_data(&p, FLOW_SERVER, "PA", 1, 1, server_hello,
	    sizeof(server_hello));
	play(&p, FLOW_CLIENT, "A", 1, 1 + sizeof(server_hello), "");
	assert_int_equal(app_of(p.facts.flow), APP_TLS);
	play_end(&p);
}

/* Bytes nobody knows are not kept, nor judged where the configuration does not
 * have them put together. */
static void
test_unknown(void **state)
{
	(void)state;
	begin(false, true);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "hello");
	play(&p, FLOW_SERVER, "A", 1, 6, "");
	assert_null(p.facts.flow->app);
	assert_int_equal(ctr("unknown"), 1);
	play(&p, FLOW_CLIENT, "PA", 6, 1, "again");
	play(&p, FLOW_SERVER, "A", 1, 11, "");
	assert_int_equal(p.n_units, 0);
	play_end(&p);
	assert_int_equal(p.n_units, 0);
}

/* A server of HTTP answers so whatever it is sent. */
static void
begin_http(bool by_port)
{
	play_init(&p, TCP_LINUX);
	p.engine.ports[FLOW_CLIENT] = p.engine.ports[FLOW_SERVER] = NULL;
	memset(ports, 0, sizeof(ports));
	if (by_port)
		ports[80 / 8] |= 1 << 80 % 8;
	p.conf.app.proto[APP_HTTP] = (struct app_proto_conf){ .on = true,
		.ports = ports };
	p.conf.app.by_content = true;
	play_start(&p);
	play_handshake(&p);
}

static void
test_by_answer(void **state)
{
	static const char junk[] = "{\"id\":1}\n", refusal[] =
	    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
	const uint32_t nj = sizeof(junk) - 1, nr = sizeof(refusal) - 1;

	(void)state;
	for (unsigned way = 0; way < 4; way++) {
		begin_http(way & 1);
		play(&p, FLOW_CLIENT, "PA", 1, 1, junk);
		play(&p, FLOW_SERVER, "A", 1, 1 + nj, "");
		assert_int_equal(app_of(p.facts.flow), APP_NONE);
		play(&p, FLOW_SERVER, "PA", 1, 1 + nj, refusal);
		if (way & 2) {
			/* acknowledged with its end */
			play(&p, FLOW_SERVER, "FA", 1 + nr, 1 + nj, "");
			play(&p, FLOW_CLIENT, "A", 1 + nj, 2 + nr, "");
		} else {
			play(&p, FLOW_CLIENT, "A", 1 + nj, 1 + nr, "");
		}
		assert_int_equal(app_of(p.facts.flow), APP_HTTP);
		assert_int_equal(ctr("by_content"), 1);
		assert_true(p.n_units && play_is(&p, p.n_units - 1,
		    FLOW_SERVER, refusal));
		play_end(&p);

		/* another answer, or a late one */
		begin_http(way & 1);
		play(&p, FLOW_CLIENT, "PA", 1, 1, junk);
		play(&p, FLOW_SERVER, "A", 1, 1 + nj, "");
		if (way & 2) {
			play(&p, FLOW_SERVER, "PA", 1, 1 + nj, "{}\n");
			play(&p, FLOW_CLIENT, "A", 1 + nj, 4, "");
		} else {
			uint32_t at = 1 + nj;

			for (; at < 10000; at += 5) {
				assert_non_null(p.facts.flow->app);
				play(&p, FLOW_CLIENT, "PA", at, 1, "more\n");
				play(&p, FLOW_SERVER, "A", 1, at + 5, "");
			}
			assert_int_equal(p.n_units, 0);
			play(&p, FLOW_SERVER, "PA", 1, at, refusal);
			play(&p, FLOW_CLIENT, "A", at, 1 + nr, "");
			assert_int_equal(app_of(p.facts.flow), APP_HTTP);
			play_end(&p);
			continue;
		}
		assert_null(p.facts.flow->app);
		assert_int_equal(ctr("unknown"), 1);
		play_end(&p);
	}
}

/* Only the client's way is seen. */
static void
test_one_sided(void **state)
{
	(void)state;
	play_init(&p, TCP_LINUX);
	p.engine.ports[FLOW_CLIENT] = p.engine.ports[FLOW_SERVER] = NULL;
	p.conf.app.proto[APP_TLS] = (struct app_proto_conf){ .on = true };
	p.conf.app.by_content = p.conf.stream.tail = true;
	play_start(&p);
	play(&p, FLOW_CLIENT, "S", 0, 0, "");
	play(&p, FLOW_CLIENT, "A", 1, 1, "");
	play_data(&p, FLOW_CLIENT, "PA", 1, 1, client_hello,
	    sizeof(client_hello));
	play_drain(&p);
	assert_int_equal(ctr("by_content"), 1);
	assert_int_equal(p.n_units, 1);
	assert_int_equal(p.units[0].len, sizeof(client_hello));
	play_end(&p);
}

/* On TLS's port, but not TLS: the port's parser lets go. */
static void
test_given_up(void **state)
{
	(void)state;
	begin(true, false);
	play(&p, FLOW_CLIENT, "PA", 1, 1, "GET / HTTP/1.0\r\n");
	play(&p, FLOW_SERVER, "A", 1, 17, "");
	assert_null(p.facts.flow->app);
	assert_int_equal(ctr("given_up"), 1);
	play_end(&p);
}

static void
test_dark(void **state)
{
	(void)state;
	begin(true, false);
	hellos(sizeof(client_hello));
	play_data(&p, FLOW_SERVER, "PA", 1, 14, server_hello,
	    sizeof(server_hello));
	play_data(&p, FLOW_SERVER, "PA", 14, 14, data, sizeof(data));
	assert_int_equal(p.facts.flow->bypass, FLOW_INSPECTED);
	play(&p, FLOW_CLIENT, "A", 14, 23, "");
	/* up to the record's header, and not the rest */
	assert_int_equal(p.facts.flow->bypass,
	    FLOW_BYPASS_ENCRYPTED);
	assert_null(p.facts.flow->app);
	assert_int_equal(p.n_units, 2);
	assert_int_equal(ctr("encrypted"), 1);
	play_end(&p);
}

static void
test_announced(void **state)
{
	struct app_expect x = { .app = APP_TLS, .ip_proto = 6,
		.server_port = 80, .tag = 5 };
	struct app_call c;

	(void)state;
	begin(false, false);
	assert_null(p.facts.flow->app);
	c = (struct app_call){ .app = track_app(p.track) };
	assert_true(ipaddr_parse(text_of("10.0.0.1"), &x.client));
	assert_true(ipaddr_parse(text_of("10.0.0.2"), &x.server));
	app_expect(&c, &x);
	play_next_session(&p);
	play_handshake(&p);
	assert_int_equal(app_of(p.facts.flow), APP_TLS);
	assert_int_equal(ctr("expected"), 1);
	/* once, and not for ever */
	play_next_session(&p);
	play_handshake(&p);
	assert_int_equal(app_of(p.facts.flow), APP_NONE);
	app_expect(&c, &x);
	p.ms += 1000 * (LIM_APP_EXPECT_S + 1);
	play_next_session(&p);
	play_handshake(&p);
	assert_int_equal(app_of(p.facts.flow), APP_NONE);
	play_end(&p);
}

/* All parsers at once: what could not be had is said, and nothing is lost. */
static void
test_no_memory(void **state)
{
	struct app_conf conf = app_conf_default();
	struct app *a = NULL;
	unsigned n = 0;

	(void)state;
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++)
		conf.proto[id].on = true;
	while (!a && n < 1000) {
		mem_fail_at(++n);
		a = app_new(&conf, NULL, 16);
		mem_fail_at(0);
	}
	assert_non_null(a);
	assert_true(n > APP_COUNT);
	app_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_port),
		cmocka_unit_test(test_by_content),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_by_answer),
		cmocka_unit_test(test_one_sided),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_dark),
		cmocka_unit_test(test_announced),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
