/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the words of `preprocessor' lines do that Snort's stock configuration
 * has for FTP, Telnet and mail: each line and one that differs in a word, and
 * the conversation that shows the difference.
 */
#include <stdio.h>
#include <unistd.h>

#include "effect_help.h"

#include "decoders/app/ftp.h"
#include "detect/filetype.h"

#define FTP "preprocessor ftp_telnet: global inspection_type stateful\n"
#define SERVER FTP "preprocessor ftp_telnet_protocol: ftp server default \\\n"
#define CLIENT FTP "preprocessor ftp_telnet_protocol: ftp client default \\\n"
#define TELNET FTP "preprocessor ftp_telnet_protocol: telnet \\\n"
#define SMTP "preprocessor smtp: ports { 25 } "
#define PART(coding, body) C("EHLO a\r\n"), C("MAIL FROM:<me>\r\n"),           \
	C("RCPT TO:<you>\r\n"), C("DATA\r\n"), C("Subject: hello\r\n"          \
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"   \
	"\r\n--b\r\nContent-Type: image/png\r\n"                               \
	"Content-Disposition: attachment; filename=\"f.png\"\r\n"              \
	"Content-Transfer-Encoding: " coding "\r\n\r\n" body                   \
	"\r\n--b--\r\n.\r\n")
/* 30 and 90 of them */
#define A30 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A90 A30 A30 A30

static const struct effect cases[] = {
	/* -- ftp server ------------------------------------------------- */
	{ SERVER "def_max_param_len 100", SERVER "def_max_param_len 200",
	  APP_FTP, { C("CWD " A90 A30 "\r\n") }, 1, "event 125:3" },
	{ SERVER "def_max_param_len 100 alt_max_param_len 50 { CWD }",
	  SERVER "def_max_param_len 100",
	  APP_FTP, { C("CWD " A30 A30 "\r\n") }, 1, "event 125:3" },
	{ SERVER "alt_max_param_len 0 { CDUP }", SERVER "telnet_cmds no",
	  APP_FTP, { C("CDUP a\r\n") }, 1, "event 125:3" },
	{ SERVER "telnet_cmds yes", SERVER "telnet_cmds no",
	  APP_FTP, { C("USER \xff\xf1" "a\r\n") }, 1, "event 125:1" },
	{ SERVER "ignore_telnet_erase_cmds no",
	  SERVER "ignore_telnet_erase_cmds yes",
	  APP_FTP, { C("USER ab\xff\xf7" "c\r\n") }, 1,
	  "unit client full decoded=\"USER ac\\r\\n\"" },
	{ SERVER "ftp_cmds { CWD }", SERVER "ftp_cmds { CWD FROB }",
	  APP_FTP, { C("FROB a\r\n") }, 1, "event 125:2" },
	{ SERVER "chk_str_fmt { CWD }", SERVER "chk_str_fmt { USER }",
	  APP_FTP, { C("CWD %n%n\r\n") }, 1, "event 125:5" },
	{ SERVER "cmd_validity MODE < char ASBCZ >", SERVER "telnet_cmds no",
	  APP_FTP, { C("MODE X\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity ALLO < int [ char R int ] >",
	  SERVER "telnet_cmds no",
	  APP_FTP, { C("ALLO 12 X 3\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity EPSV < [ { char 12 | char A char L char L } ] >",
	  SERVER "telnet_cmds no",
	  APP_FTP, { C("EPSV 7\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity MDTM < [ date nnnnnnnnnnnnnn[.n[n[n]]] ] "
	  "string >", SERVER "telnet_cmds no",
	  APP_FTP, { C("MDTM\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity MACB < string >", SERVER "telnet_cmds no",
	  APP_FTP, { C("MACB\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity PORT < host_port >",
	  SERVER "cmd_validity PORT < string >",
	  APP_FTP, { C("PORT 1,2,3,4,5,678\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity PROT < char CSEP >",
	  SERVER "cmd_validity PROT < string >",
	  APP_FTP, { C("PROT X\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity STRU < char FRPO [ string ] >",
	  SERVER "cmd_validity STRU < string >",
	  APP_FTP, { C("STRU X\r\n") }, 1, "event 125:4" },
	{ SERVER "cmd_validity TYPE < { char AE [ char NTC ] | char I | "
	  "char L [ number ] } >", SERVER "cmd_validity TYPE < string >",
	  APP_FTP, { C("TYPE A X\r\n") }, 1, "event 125:4" },
	/* -- ftp client ------------------------------------------------- */
	{ CLIENT "max_resp_len 50", CLIENT "max_resp_len 256",
	  APP_FTP, { S("220 " A30 A30 "\r\n") }, 1, "event 125:6" },
	{ CLIENT "bounce yes", CLIENT "bounce no",
	  APP_FTP, { C("PORT 192,0,2,9,4,5\r\n") }, 1, "event 125:8" },
	{ CLIENT "telnet_cmds yes", CLIENT "telnet_cmds no",
	  APP_FTP, { S("220 \xff\xf1" "a\r\n") }, 1, "event 125:1" },
	{ CLIENT "ignore_telnet_erase_cmds no",
	  CLIENT "ignore_telnet_erase_cmds yes",
	  APP_FTP, { S("220 ab\xff\xf7" "c\r\n") }, 1,
	  "unit server full decoded=\"220 ac\\r\\n\"" },
	/* -- telnet ------------------------------------------------------ */
	{ TELNET "ayt_attack_thresh 2 detect_anomalies",
	  TELNET "ayt_attack_thresh 20 detect_anomalies",
	  APP_TELNET, { C("\xff\xf6\xff\xf6\xff\xf6\xff\xf6") }, 1,
	  "event 126:1" },
	{ TELNET "normalize", TELNET "ayt_attack_thresh 20",
	  APP_TELNET, { C("lo\xff\xfb\x01gin") }, 1,
	  "unit client decoded=\"login\"" },
	{ TELNET "detect_anomalies", TELNET "normalize",
	  APP_TELNET, { C("\xff\xfa\x18"), C("a") }, 2, "event 126:3" },
	{ "preprocessor ftp_telnet: global check_encrypted encrypted_traffic "
	  "yes\npreprocessor ftp_telnet_protocol: telnet normalize",
	  "preprocessor ftp_telnet: global check_encrypted encrypted_traffic "
	  "no\npreprocessor ftp_telnet_protocol: telnet normalize",
	  APP_TELNET, { S("\xff\xfa\x26\x03\xff\xf0") }, 1, "event 126:2" },
	/* -- smtp ---------------------------------------------------------- */
	{ SMTP "max_command_line_len 50", SMTP "max_command_line_len 512",
	  APP_SMTP, { C("EHLO " A30 A30 "\r\n") }, 1, "event 124:1" },
	{ SMTP "max_header_line_len 50", SMTP "max_header_line_len 1000",
	  APP_SMTP, { C("DATA\r\n"), S("354 go\r\n"), C("Subject: " A30 A30
	  "\r\n\r\n.\r\n") }, 3, "event 124:2" },
	{ SMTP "max_response_line_len 50", SMTP "max_response_line_len 512",
	  APP_SMTP, { S("220 " A30 A30 "\r\n") }, 1, "event 124:3" },
	{ SMTP "max_command_line_len 512 alt_max_command_line_len 60 { MAIL }",
	  SMTP "max_command_line_len 512 alt_max_command_line_len 260 { MAIL }",
	  APP_SMTP, { C("MAIL FROM:<" A30 A30 ">\r\n") }, 1, "event 124:4" },
	{ SMTP "alert_unknown_cmds", SMTP "alert_unknown_cmds "
	  "valid_cmds { FROB }",
	  APP_SMTP, { C("FROB a\r\n") }, 1, "event 124:5" },
	{ SMTP "normalize cmds normalize_cmds { NOOP }",
	  SMTP "normalize none",
	  APP_SMTP, { C("NOOP   \t a\r\n") }, 1,
	  "unit client full decoded=\"NOOP a\\r\\n\"" },
	{ SMTP "xlink2state { enabled }", SMTP "xlink2state { disabled }",
	  APP_SMTP, { C("X-LINK2STATE FIRST CHUNK=" A90 A90 A90 A90 A90 A90
	  "\r\n") }, 1, "event 124:8" },
	{ SMTP "log_mailfrom", SMTP,
	  APP_SMTP, { C("MAIL FROM:<" A90 A30 ">\r\nDATA\r\n\r\n.\r\n") }, 1,
	  "log smtp {\"mail_from\":\"<" A90 A30 ">\"" },
	{ SMTP "log_rcptto", SMTP,
	  APP_SMTP, { C("RCPT TO:1\r\nRCPT TO:2\r\nRCPT TO:3\r\n"
	  "RCPT TO:4\r\nRCPT TO:5\r\nDATA\r\n\r\n.\r\n") }, 1,
	  "log smtp {\"rcpt_to\":[\"1\",\"2\",\"3\",\"4\",\"5\"]" },
	{ SMTP "log_filename", SMTP,
	  APP_SMTP, { C("DATA\r\nContent-Type: image/png; name=" A90 A90
	  "\r\n\r\na\r\n.\r\n") }, 1,
	  "log smtp {\"email\":{\"attachment\":[\"" A90 A90 "\"]" },
	{ SMTP "log_email_hdrs", SMTP,
	  APP_SMTP, { C("DATA\r\nSubject: a\r\n\r\nb\r\n.\r\n") }, 1,
	  "log smtp {\"email\":{\"subject\":\"a\",\"headers\":\"Subject: a" },
	{ SMTP "log_email_hdrs email_hdrs_log_depth 7",
	  SMTP "log_email_hdrs email_hdrs_log_depth 8",
	  APP_SMTP, { C("DATA\r\nSubject: a\r\n\r\nb\r\n.\r\n") }, 1,
	  "log smtp {\"email\":{\"subject\":\"a\",\"headers\":\"Subject\"}" },
	{ SMTP "b64_decode_depth 0", SMTP "b64_decode_depth -1",
	  APP_SMTP, { PART("base64", "YXR0YWNr") }, 5,
	  "unit client full file_data=\"attack" },
	{ SMTP "qp_decode_depth 0", SMTP "qp_decode_depth -1",
	  APP_SMTP, { PART("quoted-printable", "att=61ck") }, 5,
	  "unit client full file_data=\"attack" },
	{ SMTP "bitenc_decode_depth 0", SMTP "bitenc_decode_depth -1",
	  APP_SMTP, { PART("8bit", "attack") }, 5,
	  "unit client full file_data=\"attack" },
	{ SMTP "uu_decode_depth 0", SMTP "uu_decode_depth -1",
	  APP_SMTP, { PART("x-uuencode", "begin 644 a\r\n&871T86-K\r\n`\r\n"
	  "end") }, 5, "unit client full file_data=\"attack" },
	/* -- imap, pop --------------------------------------------------- */
	{ "preprocessor imap: ports { 143 } b64_decode_depth 0",
	  "preprocessor imap: ports { 143 } b64_decode_depth -1", APP_IMAP,
	  { C("a FETCH 1 BODY[]\r\n"), S("* 1 FETCH (BODY[] {53}\r\n"
	  "Content-Transfer-Encoding: base64\r\n\r\nYXR0YWNrYXR0YWNr)\r\n"
	  "a OK\r\n") }, 2, "unit server full file_data=\"attack" },
	{ "preprocessor imap: ports { 143 } qp_decode_depth 0",
	  "preprocessor imap: ports { 143 } qp_decode_depth -1", APP_IMAP,
	  { C("a FETCH 1 BODY[]\r\n"), S("* 1 FETCH (BODY[] {55}\r\n"
	  "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	  "att=61ck)\r\n"
	  "a OK\r\n") }, 2, "unit server full file_data=\"attack" },
	{ "preprocessor imap: ports { 143 } bitenc_decode_depth 0",
	  "preprocessor imap: ports { 143 } bitenc_decode_depth -1", APP_IMAP,
	  { C("a FETCH 1 BODY[]\r\n"), S("* 1 FETCH (BODY[] {41}\r\n"
	  "Content-Transfer-Encoding: 8bit\r\n\r\n"
	  "attack)\r\n"
	  "a OK\r\n") }, 2, "unit server full file_data=\"attack" },
	{ "preprocessor imap: ports { 143 } uu_decode_depth 0",
	  "preprocessor imap: ports { 143 } uu_decode_depth -1", APP_IMAP,
	  { C("a FETCH 1 BODY[]\r\n"), S("* 1 FETCH (BODY[] {73}\r\n"
	  "Content-Transfer-Encoding: x-uuencode\r\n\r\n"
	  "begin 644 a\r\n&871T86-K\r\n`\r\nend\r\n)\r\n"
	  "a OK\r\n") }, 2, "unit server full file_data=\"attack" },
	{ "preprocessor pop: ports { 110 } b64_decode_depth 0",
	  "preprocessor pop: ports { 110 } b64_decode_depth -1", APP_POP3,
	  { C("RETR 1\r\n"), S("+OK\r\nContent-Transfer-Encoding: base64\r\n"
	  "\r\nYXR0YWNr\r\n.\r\n") }, 2,
	  "unit server full file_data=\"attack" },
	{ "preprocessor pop: ports { 110 } qp_decode_depth 0",
	  "preprocessor pop: ports { 110 } qp_decode_depth -1", APP_POP3,
	  { C("RETR 1\r\n"), S("+OK\r\nContent-Transfer-Encoding: "
	  "quoted-printable\r\n\r\natt=61ck\r\n.\r\n") }, 2,
	  "unit server full file_data=\"attack" },
	{ "preprocessor pop: ports { 110 } bitenc_decode_depth 0",
	  "preprocessor pop: ports { 110 } bitenc_decode_depth -1", APP_POP3,
	  { C("RETR 1\r\n"), S("+OK\r\nContent-Transfer-Encoding: 8bit\r\n"
	  "\r\nattack\r\n.\r\n") }, 2,
	  "unit server full file_data=\"attack" },
	{ "preprocessor pop: ports { 110 } uu_decode_depth 0",
	  "preprocessor pop: ports { 110 } uu_decode_depth -1", APP_POP3,
	  { C("RETR 1\r\n"), S("+OK\r\nContent-Transfer-Encoding: x-uuencode"
	  "\r\n\r\nbegin 644 a\r\n&871T86-K\r\n`\r\nend\r\n.\r\n") }, 2,
	  "unit server full file_data=\"attack" },
};

static void
effects(void **state)
{
	(void)state;
	effects_of(cases, ARRAY_LEN(cases));
}

/* Ports of each line, and of no other. */
static void
ports(void **state)
{
	static const struct {
		const char *line;
		enum app_id id;
		uint16_t port;
	} lines[] = {
		{ SERVER "ports { 2121 }", APP_FTP, 2121 },
		{ TELNET "ports { 2323 }", APP_TELNET, 2323 },
		{ "preprocessor smtp: ports { 2525 }", APP_SMTP, 2525 },
		{ "preprocessor imap: ports { 1433 }", APP_IMAP, 1433 },
		{ "preprocessor pop: ports { 1100 }", APP_POP3, 1100 },
		{ "preprocessor modbus: ports { 5020 }", APP_MODBUS, 5020 },
		{ "preprocessor dnp3: ports { 20001 }", APP_DNP3, 20001 },
		{ "preprocessor dns: ports { 5353 }", APP_DNS, 5353 },
		{ "preprocessor ssl: ports { 8443 }", APP_TLS, 8443 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct settings s = settings_default();
		struct tree *t = load_clean(lines[i].line);
		const uint8_t *bits;

		config_apply(&s, t);
		assert_null(t->errors.first);
		bits = s.track.app.proto[lines[i].id].ports;
		for (unsigned p = 0; p <= UINT16_MAX; p++)
			if ((bits[p >> 3] >> (p & 7) & 1) !=
			    (p == lines[i].port))
				fail_msg("%s: %u", lines[i].line, p);
		tree_free(t);
	}
}

/* -- sensitive_data --------------------------------------------------------- */

static struct settings settings;
static struct tree *tree;

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* From a file: a text in memory may not name others. */
static void
apply(const char *text)
{
	char path[] = "/tmp/aduana-conf-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	write_file(path, text);
	tree = conf_load(path, NULL);
	unlink(path);
	settings = settings_default();
	config_apply(&settings, tree);
}

static void
expect_bad(const char *text, const char *part)
{
	apply(text);
	assert_int_equal(find_error(tree, part)->kind, EREC_CONFIG);
	tree_free(tree);
}

static void
sensitive_data(void **state)
{
	char path[] = "/tmp/ssn-XXXXXX", line[128];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	apply("preprocessor stream5_global: track_tcp yes");
	assert_null(settings.detect.sd);
	assert_false(settings.detect.opt.has & RULE_NEEDS_SENSITIVE);
	tree_free(tree);
	/* the stock line */
	apply("preprocessor sensitive_data: alert_threshold 25");
	assert_null(tree->errors.first);
	assert_true(settings.detect.opt.has & RULE_NEEDS_SENSITIVE);
	assert_int_equal(settings.detect.sd->threshold, 25);
	assert_false(settings.detect.sd->mask);
	assert_int_equal(settings.detect.sd->groups[1], 8);
	assert_int_equal(settings.detect.sd->groups[772], 84);
	tree_free(tree);
	snprintf(line, sizeof(line), "preprocessor sensitive_data: "
	    "alert_threshold 7 mask_output ssn_file %s", path);
	write_file(path, "3,5 7\n9,\n");
	apply(line);
	if (tree->errors.first)
		fail_msg("%s", tree->errors.first->message);
	assert_int_equal(settings.detect.sd->threshold, 7);
	assert_true(settings.detect.sd->mask);
	assert_int_equal(settings.detect.sd->groups[1], 3);
	assert_int_equal(settings.detect.sd->groups[4], 9);
	assert_int_equal(settings.detect.sd->groups[5], 11);
	tree_free(tree);
	write_file(path, "");
	expect_bad(line, "the file is empty");
	write_file(path, "3,x");
	expect_bad(line, "groups from 0 to 99");
	write_file(path, "100");
	expect_bad(line, "groups from 0 to 99");
	write_file(path, "");
	for (int i = 0; i < 773; i++) {
		FILE *f = fopen(path, "a");

		assert_non_null(f);
		fputs("1 ", f);
		fclose(f);
	}
	expect_bad(line, "more than 772");
	unlink(path);
	expect_bad(line, "cannot open");
	expect_bad("preprocessor sensitive_data: ssn_file", "name of a file");
	expect_bad("preprocessor sensitive_data: alert_threshold 0",
	    "a number from 1 to 65535");
	expect_bad("preprocessor sensitive_data: threshold 3",
	    "alert_threshold N");
	expect_bad("preprocessor sensitive_data: alert_threshold 1\n"
	    "preprocessor sensitive_data: alert_threshold 2", "stands twice");
}

/* -- file lines ---------------------------------------------------------------- */

static void
file_lines(void **state)
{
	static const struct {
		const char *line, *part;
	} bad[] = {
		{ "file type:A; id:1; content:|41|; offset:x;", "type:NAME" },
		{ "file type:A; id:1; offset:1; content:|41|;", "type:NAME" },
		{ "file type:A; id:0; content:|41|;", "type:NAME" },
		{ "file type:A; id:1; what:2; content:|41|;", "type:NAME" },
		{ "file type:A; id:1;", "a type, an id and a content" },
		{ "file type:A; content:|41|;", "a type, an id and a content" },
		{ "file id:1; content:|41|;", "a type, an id and a content" },
		{ "file type:A; id:1; content:|4|;", "bytes belong here" },
		{ "file type:A; id:1; content:|41;", "bytes belong here" },
		{ "file type:A; id:1; content:|4x|;", "bytes belong here" },
		{ "file type:A; id:1; content:||;", "bytes belong here" },
		{ "file type:A; id:1; content:;", "bytes belong here" },
		{ "config file: file_type_depth x", "a number" },
		{ "config file: what 3", "file_type_depth N" },
	};
	const struct file_conf *c;

	(void)state;
	apply("file type:XLW; id:1; category:Office Documents; msg:\"Excel; "
	    "(MS)\"; rev:1; content:| 09 08 10 |; offset:512; "
	    "group:office,old;\n"
	    "file type:RIFF; id:24; ver:2; content:\"RIFF\"; "
	    "content:W|41 56|E; offset:8;\n"
	    "config file: file_type_depth 100, signature_depth 5\n");
	if (tree->errors.first)
		fail_msg("%s", tree->errors.first->message);
	c = settings.detect.opt.files;
	assert_non_null(c);
	assert_int_equal(c->n, 2);
	assert_int_equal(c->depth, 100);
	assert_true(text_is(c->magics[0].type, "XLW"));
	assert_true(text_is(c->magics[0].groups, "office,old"));
	assert_int_equal(c->magics[0].end, 515);
	assert_int_equal(c->magics[0].parts[0].offset, 512);
	assert_memory_equal(c->magics[0].parts[0].bytes.ptr, "\x09\x08\x10",
	    3);
	assert_int_equal(c->magics[1].n, 2);
	assert_int_equal(c->magics[1].length, 8);
	assert_memory_equal(c->magics[1].parts[1].bytes.ptr, "WAVE", 4);
	tree_free(tree);
	apply("config file: file_type_depth 0\nfile type:A; id:1; "
	    "content:|41|;");
	assert_int_equal(settings.detect.opt.files->depth, INT32_MAX);
	tree_free(tree);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect_bad(bad[i].line, bad[i].part);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effects),
		cmocka_unit_test(ports),
		cmocka_unit_test(sensitive_data),
		cmocka_unit_test(file_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
