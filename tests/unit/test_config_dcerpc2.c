/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor dcerpc2 and dcerpc2_server into settings. */
#include "rules_help.h"

#include "decoders/app/dce.h"
#include "sensor/config.h"

static struct settings settings;
static struct tree *tree;

static void
apply(const char *text)
{
	tree = load(text);
	settings = settings_default();
	config_apply(&settings, tree);
}

static const struct dce_conf *
apply_clean(const char *text)
{
	apply(text);
	if (tree->errors.first)
		fail_msg("%s", tree->errors.first->message);
	return settings.track.app.proto[APP_SMB].conf;
}

static bool
has(const uint8_t *bits, unsigned port)
{
	return bits[port >> 3] >> (port & 7) & 1;
}

static void
stock(void **state)
{
	const struct app_proto_conf *p = settings.track.app.proto;
	const struct dce_conf *c = apply_clean(
	    "preprocessor dcerpc2: memcap 102400, events [co ]\n"
	    "preprocessor dcerpc2_server: default, policy WinXP, \\\n"
	    "  detect [smb [139,445], tcp 135, udp 135, "
	    "rpc-over-http-server 593], \\\n"
	    "  autodetect [tcp 1025:, udp 1025:, "
	    "rpc-over-http-server 1025:], \\\n"
	    "  smb_max_chain 3, smb_invalid_shares [\"C$\", \"D$\", "
	    "\"ADMIN$\"]\n");

	(void)state;
	assert_int_equal(c->memcap, 102400 * 1024);
	assert_int_equal(c->events, DCE_EVENTS_CO);
	assert_true(c->defrag);
	assert_int_equal(c->n_servers, 1);
	assert_int_equal(c->servers->policy, DCE_WIN_XP);
	assert_int_equal(c->servers->smb_max_chain, 3);
	assert_int_equal(c->servers->n_shares, 3);
	assert_true(text_is(c->servers->shares[2], "ADMIN$"));
	assert_int_equal(c->servers->files, DCE_FILES_OFF);
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		assert_int_equal(has(p[APP_SMB].ports, port),
		    port == 139 || port == 445);
		assert_int_equal(has(p[APP_DCE].ports, port),
		    port == 135 || port == 593);
		assert_int_equal(has(p[APP_DCE_UDP].ports, port),
		    port == 135);
		assert_int_equal(has(p[APP_DCE].guess_ports, port),
		    port >= 1025);
		assert_int_equal(has(p[APP_DCE_UDP].guess_ports, port),
		    port >= 1025);
		assert_false(has(p[APP_SMB].guess_ports, port));
	}
	assert_true(p[APP_DCE].on && p[APP_DCE_UDP].on && p[APP_SMB].on);
	assert_ptr_equal(p[APP_DCE].conf, c);
	tree_free(tree);
}

static void
others(void **state)
{
	const struct app_proto_conf *p = settings.track.app.proto;
	const struct dce_conf *c = apply_clean(
	    "preprocessor dcerpc2: disable_defrag, max_frag_len 2000, "
	    "events all, reassemble_threshold 500, "
	    "smb_fingerprint_policy both, smb_legacy_mode\n"
	    "preprocessor dcerpc2_server: default, detect smb 1445, "
	    "autodetect none, smb_max_chain 0\n"
	    "preprocessor dcerpc2_server: net [10.0.0.0/8, fe80::1], "
	    "policy Samba-3.0.20, detect [tcp [135, 2000:2002]], "
	    "smb_file_inspection [only, file-depth -1], "
	    "valid_smb_versions [v2]\n");

	(void)state;
	assert_false(c->defrag);
	assert_int_equal(c->max_frag_len, 2000);
	assert_int_equal(c->events, DCE_EVENTS_ALL);
	assert_int_equal(c->reassemble_threshold, 500);
	assert_int_equal(c->fingerprint, DCE_FINGERPRINT_CLIENT |
	    DCE_FINGERPRINT_SERVER);
	assert_true(c->smb1_only);
	assert_int_equal(c->n_servers, 2);
	assert_int_equal(c->servers[0].n_nets, 0);
	assert_int_equal(c->servers[0].smb_max_chain, 0);
	assert_int_equal(c->servers[1].n_nets, 2);
	assert_int_equal(c->servers[1].nets[0].bits, 8);
	assert_int_equal(c->servers[1].nets[1].bits, 128);
	assert_int_equal(c->servers[1].policy, DCE_SAMBA_3_0_20);
	assert_int_equal(c->servers[1].files, DCE_FILES_ONLY);
	assert_int_equal(c->servers[1].file_depth, -1);
	assert_int_equal(c->servers[1].versions, DCE_SMB_2);
	assert_true(has(p[APP_SMB].ports, 1445));
	assert_false(has(p[APP_SMB].ports, 445));
	assert_true(has(p[APP_DCE].ports, 135));
	assert_true(has(p[APP_DCE].ports, 2002));
	assert_false(has(p[APP_DCE].ports, 2003));
	assert_false(has(p[APP_DCE_UDP].ports, 135));
	tree_free(tree);
	/* alone it has the stock's servers */
	c = apply_clean("preprocessor dcerpc2\n");
	assert_int_equal(c->n_servers, 1);
	assert_int_equal(c->events, 0);
	assert_true(has(p[APP_SMB].ports, 445));
	tree_free(tree);
}

static void
wrong(void **state)
{
	static const struct {
		const char *text, *part;
	} cases[] = {
		{ "preprocessor dcerpc2: memcap 3\n", "range" },
		{ "preprocessor dcerpc2: events [smb\n", "no end" },
		{ "preprocessor dcerpc2: events [smp]\n", "memcap, smb" },
		{ "preprocessor dcerpc2: nonsense\n", "disable_defrag" },
		{ "preprocessor dcerpc2\npreprocessor dcerpc2\n", "twice" },
		{ "preprocessor dcerpc2_server: all\n", "default" },
		{ "preprocessor dcerpc2_server: net 10.0.0.0/33\n",
		    "length" },
		{ "preprocessor dcerpc2_server: default, policy OS/2\n",
		    "Win2000" },
		{ "preprocessor dcerpc2_server: default, detect tcp 9:3\n",
		    "a port" },
		{ "preprocessor dcerpc2_server: default, detect ipx\n",
		    "smb, tcp" },
		{ "preprocessor dcerpc2_server: default, nonsense\n",
		    "autodetect" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		apply(cases[i].text);
		assert_int_equal(find_error(tree, cases[i].part)->kind,
		    EREC_CONFIG);
		tree_free(tree);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stock),
		cmocka_unit_test(others),
		cmocka_unit_test(wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
