/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor ssh and ssl into settings. */
#include "config_help.h"

#include "decoders/app/ssh.h"
#include "decoders/app/tls.h"

static bool
is_found_everywhere(const struct app_proto_conf *p)
{
	for (unsigned i = 0; i < PORT_BITMAP_BYTES; i++)
		if (p->guess_ports[i] != 0xff)
			return false;
	return true;
}

static const struct app_proto_conf *
proto(const struct loaded *l, enum app_id id)
{
	return &l->s.track.app.proto[id];
}

static void
ssh_defaults(void **state)
{
	struct loaded l = apply_clean("preprocessor ssh\n");
	const struct app_proto_conf *p = proto(&l, APP_SSH);
	const struct ssh_conf *c = p->conf;

	(void)state;
	assert_true(p->on && has_port(p->ports, 22));
	assert_false(has_port(p->ports, 23));
	assert_null(p->guess_ports);
	assert_int_equal(c->alerts, 0);
	assert_int_equal(c->max_packets, 25);
	assert_int_equal(c->max_client_bytes, 19600);
	assert_int_equal(c->max_version_len, 80);
	tree_free(l.t);
}

/* The line of the shipped snort.conf, and all that it does not have. */
static void
ssh_options(void **state)
{
	struct loaded l = apply_clean("preprocessor ssh: server_ports { 22 "
	    "2222 } \\\n autodetect \\\n max_client_bytes 19601 \\\n"
	    "max_encrypted_packets 20, max_server_version_len 100 \\\n"
	    "enable_respoverflow enable_ssh1crc32 enable_srvoverflow "
	    "enable_protomismatch\n");
	const struct app_proto_conf *p = proto(&l, APP_SSH);
	const struct ssh_conf *c = p->conf;

	(void)state;
	assert_true(has_port(p->ports, 22) && has_port(p->ports, 2222));
	assert_true(is_found_everywhere(p));
	assert_int_equal(c->alerts, SSH_RESPOVERFLOW | SSH_CRC32 |
	    SSH_SRVOVERFLOW | SSH_PROTOMISMATCH);
	assert_int_equal(c->max_packets, 20);
	assert_int_equal(c->max_client_bytes, 19601);
	assert_int_equal(c->max_version_len, 100);
	tree_free(l.t);
	l = apply_clean("preprocessor ssh: enable_badmsgdir enable_paysize "
	    "enable_recognition\n");
	c = proto(&l, APP_SSH)->conf;
	assert_int_equal(c->alerts, SSH_BADMSGDIR | SSH_PAYSIZE |
	    SSH_RECOGNITION);
	tree_free(l.t);
}

static void
ssh_errors(void **state)
{
	(void)state;
	expect_bad("preprocessor ssh: enable_all\n", 1, 19, "belongs here");
	expect_bad("preprocessor ssh: max_encrypted_packets 65536\n", 1, 41,
	    "65535");
	expect_bad("preprocessor ssh: max_server_version_len 256\n", 1, 42,
	    "255");
	expect_bad("preprocessor ssh: server_ports { 22\n", 1, 36, "no end");
}

static void
ssl_options(void **state)
{
	struct loaded l = apply_clean("preprocessor ssl: ports { 443 7801 }, "
	    "trustservers, noinspect_encrypted, max_heartbeat_length 17\n");
	const struct app_proto_conf *p = proto(&l, APP_TLS);
	const struct tls_conf *c = p->conf;

	(void)state;
	assert_true(has_port(p->ports, 443) && has_port(p->ports, 7801));
	assert_false(has_port(p->ports, 465));
	assert_true(c->trust_servers && c->noinspect_encrypted);
	assert_int_equal(c->max_heartbeat, 17);
	tree_free(l.t);
	l = apply_clean("preprocessor ssl\n");
	p = proto(&l, APP_TLS);
	c = p->conf;
	assert_true(has_port(p->ports, 465) && has_port(p->ports, 995));
	assert_false(c->trust_servers || c->noinspect_encrypted);
	assert_int_equal(c->max_heartbeat, 0);
	tree_free(l.t);
	expect_bad("preprocessor ssl: trustservers\n", 1, 19, "noinspect");
}

/* With protocol_detection: ports, autodetect alone has it found by content. */
static void
detection(void **state)
{
	struct loaded l = apply_clean("config protocol_detection: ports\n"
	    "preprocessor ssh: autodetect\npreprocessor ssl\n");

	(void)state;
	assert_false(l.s.track.app.by_content);
	assert_true(is_found_everywhere(proto(&l, APP_SSH)));
	assert_null(proto(&l, APP_TLS)->guess_ports);
	tree_free(l.t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ssh_defaults), cmocka_unit_test(ssh_options),
		cmocka_unit_test(ssh_errors), cmocka_unit_test(ssl_options),
		cmocka_unit_test(detection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
