/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the words of preprocessor dns, ssl, ssh, sip, rpc_decode, dcerpc2 and
 * dnp3 do, each by itself. Those of http_inspect stand in test_effect_http.c,
 * those of FTP, Telnet and mail in test_config_apps.c. */
#include "effect_help.h"

#include <stdio.h>

#define DNS "preprocessor dns: ports { 53 } "
#define SSL "preprocessor ssl: ports { 443 } "
#define SSH "preprocessor ssh: server_ports { 22 } "
#define SIP "preprocessor sip: ports { 5060 }, "
#define DNP3 "preprocessor dnp3: ports { 20000 } "

/* A record of this type, from a server. */
#define RECORD(type) { S("\0\x19\x12\x34\x81\x80\0\0\0\1\0\0\0\0\1a\0\0" type  \
	"\0\1\0\0\0\1\0\0") }, 1

/* -- records of TLS */
#define HELLO "\x16\3\1\0\x08\1\0\0\4\3\3\7\7"
#define SERVER_HELLO "\x16\3\3\0\x08\2\0\0\4\3\3\7\7"
#define DARK "\x17\3\3\0\4\1\2\3\4"
#define HEARTBEAT "\x18\3\2\0\x10\1\0\7" "1234567......"

/* -- packets of SSH */
#define CLIENT "SSH-2.0-OpenSSH_9.2p1\r\n"
#define SERVER "SSH-2.0-dropbear\r\n"
#define NEW_KEYS "\0\0\0\2\0\x15"
#define SIXTEEN "1234567890123456"
#define KEY_1 "\0\0\0\6\1\2\3\1\2\3\4\5\6\7"

/* -- messages of SIP */
#define HEAD "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n" \
	"To: <sip:b@h>\r\nCall-ID: one@h\r\n"
#define OPTIONS "OPTIONS sip:b@h SIP/2.0\r\n" HEAD "CSeq: 1 OPTIONS\r\n"
#define OPTION { C(OPTIONS "Contact: <sip:a@h>\r\n"                             \
	"Content-Length: 0\r\n\r\n") }, 1
#define CALL(id) C("INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n"          \
	"From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: " id "\r\n"        \
	"CSeq: 1 INVITE\r\nContact: <sip:a@h>\r\nContent-Length: 0\r\n\r\n")

/* -- DCE/RPC: a bind to svcctl, and parts of a request */
#define CO(version, type, flags, len, call) version "\0" type flags            \
	"\x10\0\0\0" len "\0\0\0" call "\0\0\0"
#define BIND C(CO("\5", "\x0b", "\3", "\x48", "\1") "\xd0\x16\xd0\x16\0\0\0\0" \
	"\1\0\0\0\7\0\1\0\x81\xbb\x7a\x36\x44\x98\xf1\x35\xad\x32\x98\xf0"     \
	"\x38\0\x10\3\2\0\0\0" "12345678901234567890")
#define REQUEST(flags, opnum, stub) C(CO("\5", "\0", flags, "\x1b", "\2")      \
	"\3\0\0\0\7\0" opnum "\0" stub)
#define SERVERS "preprocessor dcerpc2_server: default, "

/* -- SMB 2: a share is left, and whoever asked for it is told so */
#define LEAVE(flag) "\0\0\0\x44\xfeSMB\x40\0\0\0\0\0\0\0\4\0\1\0" flag      \
	"\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\7\0\0\0\x77\0\0\0\0\0\0\0"   \
	"1234567890123456\4\0\0\0"
#define SMB(words) "preprocessor dcerpc2: memcap 102400" words "\n" SERVERS    \
	"detect [smb [445]]"

/* -- a frame of DNP3: a read */
#define FRAME(crc) { C("\5\x64\x08\xc4\1\0\2\0" crc "\xc0\xc0\1\x8e\xfc") }, 1

static const struct effect cases[] = {
	/* -- dns ------------------------------------------------------------ */
	{ DNS "enable_obsolete_types", DNS, APP_DNS, RECORD("\3"),
	  "event 131:1" },
	{ DNS "enable_experimental_types", DNS, APP_DNS, RECORD("\7"),
	  "event 131:2" },
	/* -- ssl ------------------------------------------------------------ */
	{ SSL "noinspect_encrypted", SSL "noinspect_encrypted trustservers",
	  APP_TLS, { S(SERVER_HELLO) }, 1,
	  "event 137:2" },
	{ SSL "noinspect_encrypted", SSL, APP_TLS, { C(HELLO),
	  S(SERVER_HELLO), S(DARK), C(DARK) }, 4, "fate encrypted" },
	{ SSL "noinspect_encrypted trustservers", SSL "noinspect_encrypted",
	  APP_TLS, { C(HELLO), S(SERVER_HELLO), S(DARK) }, 3,
	  "fate encrypted" },
	{ SSL "max_heartbeat_length 5", SSL "max_heartbeat_length 50",
	  APP_TLS, { C(HELLO), C(HEARTBEAT) }, 2, "event 137:3" },
	/* -- ssh ------------------------------------------------------------ */
	{ SSH "enable_respoverflow max_client_bytes 40", SSH
	  "max_client_bytes 40", APP_SSH, { C(CLIENT), S(SERVER),
	  C(NEW_KEYS), C(SIXTEEN SIXTEEN SIXTEEN SIXTEEN) }, 4,
	  "event 128:1" },
	{ SSH "enable_respoverflow max_client_bytes 40", SSH
	  "enable_respoverflow max_client_bytes 4000", APP_SSH,
	  { C(CLIENT), S(SERVER), C(NEW_KEYS),
	  C(SIXTEEN SIXTEEN SIXTEEN SIXTEEN) }, 4, "event 128:1" },
	{ SSH "enable_srvoverflow max_server_version_len 20",
	  SSH "enable_srvoverflow max_server_version_len 100", APP_SSH,
	  { C(CLIENT), S("SSH-1.99-" SIXTEEN "\n") }, 2, "event 128:3" },
	{ SSH "enable_srvoverflow max_server_version_len 20",
	  SSH "max_server_version_len 20", APP_SSH,
	  { C(CLIENT), S("SSH-1.99-" SIXTEEN "\n") }, 2, "event 128:3" },
	{ SSH "enable_badmsgdir", SSH, APP_SSH, { C(CLIENT), S(SERVER),
	  C("\0\0\0\6\1\x1f\1\2\3\4") }, 3, "event 128:5" },
	{ SSH "enable_paysize", SSH, APP_SSH, { C(CLIENT), S(SERVER),
	  C("\0\0\0\1\0\x14") }, 3, "event 128:6" },
	{ SSH "enable_recognition", SSH, APP_SSH, { S("SSH-3.0-x\n") }, 1,
	  "event 128:7" },
	/* -- sip ------------------------------------------------------------ */
	{ SIP "max_uri_len 6", SIP "max_uri_len 512", APP_SIP, OPTION,
	  "event 140:3\n" },
	{ SIP "max_call_id_len 4", SIP "max_call_id_len 80", APP_SIP, OPTION,
	  "event 140:5\n" },
	{ SIP "max_requestName_len 6", SIP "max_requestName_len 20", APP_SIP,
	  OPTION, "event 140:7\n" },
	{ SIP "max_from_len 14", SIP "max_from_len 256", APP_SIP, OPTION,
	  "event 140:9\n" },
	{ SIP "max_to_len 8", SIP "max_to_len 256", APP_SIP, OPTION,
	  "event 140:11\n" },
	{ SIP "max_via_len 28", SIP "max_via_len 1024", APP_SIP, OPTION,
	  "event 140:13\n" },
	{ SIP "max_contact_len 8", SIP "max_contact_len 512", APP_SIP, OPTION,
	  "event 140:15\n" },
	{ SIP "max_content_len 4", SIP "max_content_len 2048", APP_SIP,
	  { C(OPTIONS "Content-Type: a/b\r\nContent-Length: 5\r\n\r\nhello")
	  }, 1, "event 140:16\n" },
	{ SIP "methods { invite }", SIP "methods { invite options }", APP_SIP,
	  OPTION, "event 140:26\n" },
	{ SIP "max_dialogs 1", SIP "max_dialogs 4", APP_SIP, { CALL("1"),
	  CALL("2") }, 2, "event 140:27\n" },
	/* -- rpc_decode ------------------------------------------------------ */
	{ "preprocessor rpc_decode: 80 alert_fragments",
	  "preprocessor rpc_decode: 80", APP_RPC,
	  { C("\0\0\0\4" "1234" "\x80\0\0\x14\0\0\0\0\0\0\0\2\0\1\x86\xa0"
	  "\0\0\0\2\0\0\0\3") }, 1, "event 106:1\n" },
	/* -- dcerpc2 --------------------------------------------------------- */
	{ "preprocessor dcerpc2: events [co]", "preprocessor dcerpc2: events "
	  "[cl]", APP_DCE, { BIND, C(CO("\4", "\0", "\3", "\x1b", "\2")
	  "\3\0\0\0\7\0\x0c\0abc") }, 2, "event 133:27\n" },
	{ "preprocessor dcerpc2", "preprocessor dcerpc2: disable_defrag",
	  APP_DCE, { BIND, REQUEST("\1", "\x0c", "abc"),
	  REQUEST("\2", "\x0c", "def") }, 3, "dce_stub_data=\"abcdef\"" },
	{ SMB(""), SMB(", smb_legacy_mode"), APP_SMB,
	  { C(LEAVE("\0")), S(LEAVE("\1")) }, 2,
	  "\"command\":\"SMB2_COMMAND_TREE_DISCONNECT\"" },
	{ "preprocessor dcerpc2: reassemble_threshold 5",
	  "preprocessor dcerpc2", APP_DCE, { BIND,
	  REQUEST("\1", "\x0c", "abc"), REQUEST("\0", "\x0c", "def") }, 3,
	  "dce_stub_data=\"abcdef\"" },
	/* -- dnp3 ------------------------------------------------------------- */
	{ DNP3 "check_crc", DNP3, APP_DNP3, FRAME("\1\1"), "event 145:1\n" },
};

static void
effects(void **state)
{
	(void)state;
	effects_of(cases, ARRAY_LEN(cases));
}

/* -- rpc_decode: events of packets ----------------------------------------- */

static bool
raised(const char *line, const void *bytes, size_t n, unsigned sid)
{
	struct settings s = settings_default();
	struct tree *t = load_clean(line);
	struct stream_facts facts = { .side = FLOW_CLIENT, .taken = true };
	struct packet p = { .caplen = (uint32_t)n, .wirelen = (uint32_t)n };
	struct rig r;
	bool is = false;

	config_apply(&s, t);
	assert_null(t->errors.first);
	assert_true(rig_init(&r, APP_RPC, s.track.app.proto[APP_RPC].conf));
	facts.flow = &r.flow;
	p.data = (uint8_t *)(uintptr_t)bytes;
	p.dec.payload_len = (uint32_t)n;
	app_packet(r.app, &p, &facts);
	for (unsigned i = 0; i < p.dec.n_events; i++)
		is |= p.events[i].gid == 106 && p.events[i].sid == sid;
	rig_fini(&r);
	tree_free(t);
	return is;
}

static void
rpc_packets(void **state)
{
#define CALL_3 "1234\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\3"
	static const struct {
		const char *word, *bytes;
		size_t n;
		unsigned sid;
	} all[] = {
		{ "no_alert_multiple_requests",
		    "\x80\0\0\x18" CALL_3 "\x80\0\0\x18" CALL_3, 56, 2 },
		{ "no_alert_large_fragments", "\0\0\0\x19" CALL_3, 28, 3 },
		{ "no_alert_incomplete", "\x80\0\0\x19" CALL_3, 28, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		char line[128];

		assert_true(raised("preprocessor rpc_decode: 80", all[i].bytes,
		    all[i].n, all[i].sid));
		/* nor on the port of another line */
		assert_false(raised("preprocessor rpc_decode: 111",
		    all[i].bytes, all[i].n, all[i].sid));
		snprintf(line, sizeof(line), "preprocessor rpc_decode: 80 %s",
		    all[i].word);
		assert_false(raised(line, all[i].bytes, all[i].n,
		    all[i].sid));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects),
		cmocka_unit_test(rpc_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
