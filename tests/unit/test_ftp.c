/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FTP and Telnet: lines in any pieces, formats of parameters, data channels,
 * events. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/ftp.h"
#include "decoders/app/telnet.h"
#include "tests/tools/app_rig.h"

#define C(text) { FLOW_CLIENT, text, sizeof(text) - 1 }
#define S(text) { FLOW_SERVER, text, sizeof(text) - 1 }

static struct rig r;

/* -- Telnet ------------------------------------------------------------- */

static void
test_strip(void **state)
{
	static const struct {
		const char *in, *out;
		size_t n;
	} cases[] = {
		{ "plain", "plain", 5 },
		{ "lo\xff\xfb\x01gin", "login", 8 },
		{ "a\xff\xffz", "a\xffz", 4 },
		{ "ab\xff\xf7z", "az", 5 },
		{ "x\nab\xff\xf8z", "x\nz", 7 },
		{ "a\xff\xfa\x18\x01\xff\xffq\xff\xf0z", "az", 11 },
		{ "a\xff", "a", 2 },
		{ "a\xff\xfd", "a", 3 },
		{ "a\xff\xfa\x18", "a", 4 },
		{ "", "", 0 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		uint8_t out[32];
		struct telnet_seen seen;
		struct slice in = slice_make((const uint8_t *)cases[i].in,
		    cases[i].n);
		size_t n = telnet_strip(in, true, 0, out, &seen);

		assert_int_equal(n, strlen(cases[i].out));
		assert_memory_equal(out, cases[i].out, n);
	}
}

/* One more than that, in a row; what is told of them. */
static void
say_are_you_there(unsigned n)
{
	rig_session(&r);
	rig_clear(&r);
	for (unsigned i = 0; i <= n; i++)
		rig_feed(&r, FLOW_CLIENT, "\xff\xf6", 2, RIG_WHOLE);
	rig_end(&r);
}

static void
test_telnet(void **state)
{
	const struct telnet_conf conf = { .normalize = true,
		.detect_anomalies = true, .ayt_threshold = 3,
		.check_encrypted = true, .alert_encrypted = true };

	(void)state;
	assert_true(rig_init(&r, APP_TELNET, &conf));
	rig_feed(&r, FLOW_CLIENT, "lo\xff\xfb\x01gin", 8, RIG_WHOLE);
	rig_end(&r);
	assert_string_equal(rig_text(&r), "unit client decoded=\"login\"\n");
	/* in a row over units, once */
	say_are_you_there(1);
	assert_false(rig_has(&r, "event"));
	say_are_you_there(2);
	assert_true(rig_has(&r, "event 126:1"));
	say_are_you_there(300);
	assert_string_equal(strstr(rig_text(&r), "event"), "event 126:1\n");
	rig_session(&r);
	rig_feed(&r, FLOW_CLIENT, "\xff\xfa\x18", 3, RIG_WHOLE);
	rig_end(&r);
	assert_true(rig_has(&r, "event 126:3"));
	rig_session(&r);
	rig_feed(&r, FLOW_SERVER, "\xff\xfa\x26\x03\xff\xf0", 6, RIG_WHOLE);
	rig_end(&r);
	assert_true(rig_has(&r, "event 126:2"));
	rig_fini(&r);
}

/* -- FTP ------------------------------------------------------------------- */

static void
test_lines(void **state)
{
	const struct rig_say say[] = { S("220 FTP ready\r\n"),
		C("USER a\r\nPASS b\r\n"),
		S("331-well\r\n331 go on\r\n230 in\r\n"), C("QUIT\r\n"),
		S("221 bye\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_FTP, NULL));
	rig_play(&r, say, ARRAY_LEN(say));
	assert_false(rig_has(&r, "event"));
	assert_true(rig_has(&r, "log ftp {\"command\":\"PASS\","
	    "\"command_data\":\"b\",\"reply\":[\"go on\"],"
	    "\"completion_code\":[\"331\"]}"));
	assert_true(rig_has(&r, "log ftp {\"command\":\"QUIT\","
	    "\"reply\":[\"bye\"],\"completion_code\":[\"221\"]}"));
	rig_truncate(&r, say, ARRAY_LEN(say));
	rig_fini(&r);
}

/* -- data channels ------------------------------------------------------------ */

static bool
expects(const char *client, const char *server, uint16_t port)
{
	struct packet p = { .dec = { .ip_proto = 6, .dport = port } };
	uint32_t tag;

	assert_true(ipaddr_parse(text_of(client), &p.dec.src));
	assert_true(ipaddr_parse(text_of(server), &p.dec.dst));
	return app_expected(r.app, &p, true, &tag) == APP_FTP_DATA;
}

/* The rig's client is 10.0.0.1 and its server 10.0.0.2. */
static void
test_data_channels(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_FTP, NULL));
	rig_feed(&r, FLOW_CLIENT, "PORT 10,0,0,1,4,5\r\n", 19, RIG_WHOLE);
	assert_true(expects("10.0.0.2", "10.0.0.1", 1029));
	assert_false(expects("10.0.0.2", "10.0.0.1", 1029)); /* once */
	rig_feed(&r, FLOW_CLIENT, "EPRT |1|10.0.0.1|99|\r\n", 22, RIG_WHOLE);
	assert_true(expects("10.0.0.2", "10.0.0.1", 99));
	rig_feed(&r, FLOW_SERVER, "227 Entering (10,0,0,2,1,1).\r\n", 30,
	    RIG_WHOLE);
	assert_true(expects("10.0.0.1", "10.0.0.2", 257));
	rig_feed(&r, FLOW_SERVER, "229 Ok (|||6446|)\r\n", 19, RIG_WHOLE);
	assert_true(expects("10.0.0.1", "10.0.0.2", 6446));
	rig_fini(&r);
}

/* What goes over one is a file, of the side that sent first. */
static void
test_files(void **state)
{
	(void)state;
	assert_true(rig_init(&r, APP_FTP_DATA, NULL));
	r.conf.file_hashes = APP_FILE_MD5;
	rig_feed(&r, FLOW_SERVER, "ab", 2, RIG_WHOLE);
	rig_feed(&r, FLOW_CLIENT, "x", 1, RIG_WHOLE);
	rig_feed(&r, FLOW_SERVER, "c", 1, RIG_WHOLE);
	rig_end(&r);
	/* nobody saw a FIN */
	assert_non_null(strstr(rig_text(&r), "log fileinfo {\"gaps\":false,"
	    "\"state\":\"TRUNCATED\",\"stored\":false,\"size\":3,"
	    "\"tx_id\":0,\"direction\":\"to_client\"}"));
	/* one without bytes is none */
	rig_clear(&r);
	rig_session(&r);
	rig_end(&r);
	assert_null(strstr(rig_text(&r), "log"));
	rig_fini(&r);
}

/* -- events ----------------------------------------------------------------------- */

static const struct ftp_format fmt_port = { .kind = FTP_HOST_PORT };
static const struct ftp_command commands[] = {
	{ .name = "PORT", .format = &fmt_port, .has_max = true,
	  .max_len = 400 },
	{ .name = "PWD", .has_max = true, .max_len = 0 },
	{ .name = "USER", .check_format = true },
};
static const struct ftp_bounce bounce = { .net = { .addr = { .family = 4,
	.b = { 10, 0, 0, 9 } }, .bits = 32 }, .port_lo = 1, .port_hi = 1025 };
static const struct ftp_server_conf server = { .commands = commands,
	.n_commands = ARRAY_LEN(commands), .def_max_param_len = 10,
	.telnet_cmds = true };
static const struct ftp_client_conf client = { .max_resp_len = 20,
	.bounce = true, .bounces = &bounce, .n_bounces = 1 };
static const struct ftp_conf conf = { .servers = &server, .n_servers = 1,
	.clients = &client, .n_clients = 1, .alert_encrypted = true };

static void
test_events(void **state)
{
	static const struct {
		struct rig_say say;
		const char *event;
	} cases[] = {
		{ C("US\xff\xf1" "ER a\r\n"), "event 125:1" },
		{ C("US\xff\x01" "ER a\r\n"), "event 125:9" },
		{ C("FROB a\r\n"), "event 125:2" },
		{ C("VERYLONGWORD a\r\n"), "event 125:2" },
		{ C("USER 01234567890\r\n"), "event 125:3" },
		{ C("PWD x\r\n"), "event 125:3" },
		{ C("PORT 1,2,3\r\n"), "event 125:4" },
		{ C("USER %n\r\n"), "event 125:5" },
		{ S("220 a very long greeting\r\n"), "event 125:6" },
		{ C("PORT 10,0,0,8,4,1\r\n"), "event 125:8" },
		{ C("PORT 10,0,0,9,5,1\r\n"), "event 125:8" },
		{ C("PORT 10,0,0,9,4,1\r\n"), NULL },
		{ C("USER a\r\n"), NULL },
		{ C("PWD\r\n"), NULL },
	};
	const struct rig_say dark[] = { C("AUTH TLS\r\n"), S("234 go\r\n") };

	(void)state;
	assert_true(rig_init(&r, APP_FTP, &conf));
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		rig_play(&r, &cases[i].say, 1);
		assert_int_equal(rig_has(&r, "event"), cases[i].event != NULL);
		if (cases[i].event)
			assert_true(rig_has(&r, cases[i].event));
	}
	rig_play(&r, dark, 2);
	assert_true(rig_has(&r, "event 125:7"));
	rig_fini(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strip),
		cmocka_unit_test(test_telnet),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_data_channels),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
