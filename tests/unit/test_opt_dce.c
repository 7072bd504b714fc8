/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules ask about DCE/RPC: dce_iface, dce_opnum, dce_stub_data, and byte
 * options in the byte order of the request. */
#include "opt_help.h"

#include "decoders/app/dce.h"

#define UUID "367abb81-9844-35f1-ad32-98f038001003"

static const struct dce_facts whole = {
	.uuid = { 0x36, 0x7a, 0xbb, 0x81, 0x98, 0x44, 0x35, 0xf1, 0xad, 0x32,
	    0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 },
	.has_iface = true, .version = 2, .has_opnum = true, .opnum = 12,
	.first = true, .little = true,
};

static bool
ask(const char *options, const struct dce_facts *facts, enum app_id app)
{
	static const uint8_t bytes[] = { 'h', 'e', 'a', 'd', 1, 2, 3 };
	struct packet pkt = { .dec = { .ip_ver = 4, .ip_proto = 6,
		.l4 = PKT_L4_TCP, .src = { 4, { 10, 1, 1, 2 } },
		.dst = { 4, { 10, 1, 1, 3 } } } };
	struct unit u = { .kind = UNIT_STREAM, .pkt = &pkt, .app = app,
		.facts = facts, .full_pdu = true };

	unit_set(&u, BUF_PAYLOAD, slice_make(bytes, sizeof(bytes)));
	unit_set(&u, BUF_DCE_STUB, slice_make(bytes + 4, 3));
	return judge(&u, "tcp", options);
}

static void
options(void **state)
{
	static const struct {
		const char *options;
		bool is;
	} cases[] = {
		{ "dce_iface:" UUID, true },
		{ "dce_iface:367ABB81-9844-35F1-AD32-98F038001003", true },
		{ "dce_iface:367abb81-9844-35f1-ad32-98f038001004", false },
		{ "dce_iface:" UUID ",=2", true },
		{ "dce_iface:" UUID ",=3", false },
		{ "dce_iface:" UUID ",<3", true },
		{ "dce_iface:" UUID ",<2", false },
		{ "dce_iface:" UUID ",>1,any_frag", true },
		{ "dce_iface:" UUID ",>2", false },
		{ "dce_iface:" UUID ",!3", true },
		{ "dce_iface:" UUID ",!2", false },
		{ "dce_opnum:12", true },
		{ "dce_opnum:1,10-13", true },
		{ "dce_opnum:1,13-20", false },
		{ "dce_stub_data; content:\"|01 02|\"; depth:2", true },
		{ "dce_stub_data; content:\"head\"", false },
		{ "dce_stub_data; byte_test:2,=,0x0201,0,dce", true },
		{ "dce_stub_data; byte_test:2,=,0x0102,0,dce", false },
		{ "dce_stub_data; byte_jump:1,0,dce; byte_test:1,=,3,0,"
		    "relative", true },
		{ "dce_stub_data; byte_extract:2,0,v,dce; "
		    "byte_test:2,=,v,0,little", true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		if (ask(cases[i].options, &whole, APP_DCE) != cases[i].is)
			fail_msg("%s", cases[i].options);
		assert_int_equal(ask(cases[i].options, &whole, APP_SMB),
		    cases[i].is);
	}
}

static void
facts(void **state)
{
	struct dce_facts f = whole;

	(void)state;
	/* in the middle of a request */
	f.first = false;
	assert_false(ask("dce_iface:" UUID, &f, APP_DCE));
	assert_true(ask("dce_iface:" UUID ",any_frag", &f, APP_DCE));
	assert_true(ask("dce_opnum:12", &f, APP_DCE));
	f.has_iface = f.has_opnum = false;
	assert_false(ask("dce_iface:" UUID ",any_frag", &f, APP_DCE));
	assert_false(ask("dce_opnum:12", &f, APP_DCE));
	f.little = false;
	assert_true(ask("dce_stub_data; byte_test:2,=,0x0102,0,dce", &f,
	    APP_DCE));
	/* no request, and another protocol's facts */
	assert_false(ask("dce_opnum:12", NULL, APP_DCE));
	assert_false(ask("byte_test:1,>,0,0,dce", NULL, APP_DCE));
	assert_false(ask("dce_opnum:12", &whole, APP_TLS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options),
		cmocka_unit_test(facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
