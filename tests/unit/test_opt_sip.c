/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules ask about SIP: sip_method, sip_stat_code, sip_header, sip_body;
 * and rpc about a call that was put together. */
#include "opt_help.h"

#include "decoders/app/sip.h"

static const struct sip_facts invite = { .method = { "INVITE", 6 } };
static const struct sip_facts busy = { .status = 486 };
static const struct sip_facts nothing;

static bool
ask(const char *options, const struct sip_facts *facts, enum app_id app)
{
	static const uint8_t bytes[] = "header body";
	struct packet pkt = { .dec = { .ip_ver = 4, .ip_proto = 17,
		.l4 = PKT_L4_UDP, .src = { 4, { 10, 1, 1, 2 } },
		.dst = { 4, { 10, 1, 1, 3 } } } };
	struct unit u = { .kind = UNIT_RAW, .pkt = &pkt, .app = app,
		.facts = facts };

	unit_set(&u, BUF_PAYLOAD, slice_make(bytes, 11));
	unit_set(&u, BUF_SIP_HEADER, slice_make(bytes, 7));
	unit_set(&u, BUF_SIP_BODY, slice_make(bytes + 7, 4));
	return judge(&u, "udp", options);
}

static void
options(void **state)
{
	static const struct {
		const char *options;
		const struct sip_facts *facts;
		bool is;
	} cases[] = {
		{ "sip_method:invite", &invite, true },
		{ "sip_method:Invite", &invite, true },
		{ "sip_method:bye,invite", &invite, true },
		{ "sip_method:inv", &invite, false },
		{ "sip_method:bye", &invite, false },
		{ "sip_method:!bye", &invite, true },
		{ "sip_method:!invite", &invite, false },
		{ "sip_method:!bye", &busy, false },
		{ "sip_stat_code:486", &busy, true },
		{ "sip_stat_code:200,4", &busy, true },
		{ "sip_stat_code:480,5", &busy, false },
		{ "sip_stat_code:4", &invite, false },
		{ "sip_stat_code:4", &nothing, false },
		{ "sip_header; content:\"header\"", &invite, true },
		{ "sip_header; content:\"body\"", &invite, false },
		{ "sip_body; content:\"body\"; depth:4", &busy, true },
		{ "sip_body; content:\"header\"; pkt_data; "
		    "content:\"header\"", &busy, false },
		{ "sip_body; content:\"body\"; pkt_data; "
		    "content:\"header\"", &busy, true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(ask(cases[i].options, cases[i].facts,
		    APP_SIP), cases[i].is);
		/* somebody else's facts */
		if (cases[i].options[4] == 'm' || cases[i].options[4] == 's')
			assert_false(ask(cases[i].options, cases[i].facts,
			    APP_DNS));
	}
}

/* The call is looked for in what was made of fragments. */
static void
fragments(void **state)
{
	static const uint8_t sent[] = "\0\0\0\4" "xid0" "\x80\0\0\x14"
	    "\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3";
	static const uint8_t one[] = "\x80\0\0\x18" "xid0"
	    "\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3";
	struct packet pkt = { .dec = { .ip_ver = 4, .ip_proto = 6,
		.l4 = PKT_L4_TCP } };
	struct unit u = { .kind = UNIT_STREAM, .pkt = &pkt, .app = APP_RPC };

	(void)state;
	unit_set(&u, BUF_PAYLOAD, slice_make(sent, sizeof(sent) - 1));
	assert_false(judge(&u, "tcp", "rpc:100000,2,3"));
	unit_set(&u, BUF_DECODED, slice_make(one, sizeof(one) - 1));
	assert_true(judge(&u, "tcp", "rpc:100000,2,3"));
	assert_false(judge(&u, "tcp", "rpc:100000,2,4"));
	assert_true(judge(&u, "tcp", "content:\"xid0|00 00 00 00|\""));
	assert_false(judge(&u, "tcp", "content:\"xid0|00 00|\"; rawbytes"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options),
		cmocka_unit_test(fragments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
