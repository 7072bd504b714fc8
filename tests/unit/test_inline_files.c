/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inline: an attack in a file that SMB or FTP carries, cut into segments. The
 * one that completes it dies, though the message goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "talk_help.h"

#define EVIL "an evil word"
#define FILE_RULE                                                              \
	"drop tcp any any -> any any (file_data; content:\"" EVIL "\"; sid:1;)\n"

static const char smb_conf[] =
    "preprocessor dcerpc2: memcap 102400\n"
    "preprocessor dcerpc2_server: default, policy Win7, "
    "detect [smb [445]], valid_smb_versions [all], "
    "smb_file_inspection [on, file-depth 0]\n" FILE_RULE;

/* -- messages of SMB --------------------------------------------------------- */

static uint8_t msg[70000];

static void
le(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Its length in front, and n bytes of data from `at` on, all 'x' but for the
 * attack. */
static size_t
finish(size_t at, size_t n, size_t evil)
{
	size_t len = at + n;

	msg[1] = (uint8_t)((len - 4) >> 16);
	msg[2] = (uint8_t)((len - 4) >> 8);
	msg[3] = (uint8_t)(len - 4);
	memset(msg + at, 'x', n);
	memcpy(msg + at + evil, EVIL, sizeof(EVIL) - 1);
	return len;
}

static uint8_t *
smb2_head(uint16_t command, bool reply)
{
	uint8_t *h = msg + 4;

	memset(msg, 0, 200);
	memcpy(h, "\xfeSMB\x40", 5);
	le(h + 12, command, 2);
	le(h + 16, reply, 4);
	le(h + 24, 7, 8);
	return h;
}

static size_t
smb2_write(size_t n, size_t evil)
{
	uint8_t *h = smb2_head(9, false);

	le(h + 64, 49, 2);
	le(h + 66, 64 + 48, 2);
	le(h + 68, n, 4);
	le(h + 80, 33, 8);
	return finish(4 + 64 + 48, n, evil);
}

static size_t
smb2_read(size_t n, size_t evil)
{
	uint8_t *h = smb2_head(8, true);

	le(h + 64, 17, 2);
	h[66] = 80;
	le(h + 68, n, 4);
	return finish(4 + 80, n, evil);
}

enum { SMB1_DATA = 32 + 1 + 24 + 2 };

static uint8_t *
smb1_words(uint8_t command, uint8_t flags)
{
	uint8_t *h = msg + 4;

	memset(msg, 0, 200);
	memcpy(h, "\xffSMB", 4);
	h[4] = command;
	h[9] = flags;
	h[32] = 12;
	h[33] = 0xff;
	return h + 33;
}

static size_t
smb1_write(size_t n, size_t evil)
{
	uint8_t *words = smb1_words(0x2f, 0);

	le(words + 4, 5, 2);
	le(words + 18, n >> 16, 2);
	le(words + 20, n, 2);
	le(words + 22, SMB1_DATA, 2);
	le(words + 24, n, 2);
	return finish(4 + SMB1_DATA, n, evil);
}

static size_t
smb1_read(size_t n, size_t evil)
{
	uint8_t *words = smb1_words(0x2e, 0x80);

	le(words + 10, n, 2);
	le(words + 12, SMB1_DATA, 2);
	le(words + 14, n >> 16, 2);
	le(words + 24, n, 2);
	return finish(4 + SMB1_DATA, n, evil);
}

static const struct {
	size_t (*make)(size_t n, size_t evil);
	bool from_client;
} messages[] = {
	{ smb2_write, true }, { smb2_read, false },
	{ smb1_write, true }, { smb1_read, false },
};

static struct talk
begin(const char *conf, uint16_t port, bool from_client)
{
	struct talk t = { .from_client = from_client, .seq = 1, .ack = 1 };

	t.r = rig_new("-Q", conf);
	t.r->sport = port;
	rig_handshake(t.r);
	return t;
}

/* Where the attack's last byte is, so many bytes from its begin. */
static void
dies(size_t len, bool from_client, size_t last, size_t piece)
{
	struct talk t = begin(smb_conf, 445, from_client);
	size_t passed = say_all(&t, msg, len, piece);

	assert_int_equal(passed, last / piece * piece);
	assert_int_equal(alerts(t.r), 1);
	rig_free(t.r);
}

static void
smb(void **state)
{
	/* in what is shown with the message's begin, and far behind */
	static const size_t evils[] = { 0, 700, 9000, 15000, 20000 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(messages); i++) {
		for (unsigned k = 0; k < ARRAY_LEN(evils); k++) {
			size_t n = 40000;
			size_t len = messages[i].make(n, evils[k]);
			size_t last = len - n + evils[k] + sizeof(EVIL) - 2;

			/* (less than the attack: no segment has all of it) */
			for (size_t piece = 5; piece < 12; piece += 3)
				dies(len, messages[i].from_client, last,
				    piece);
		}
		dies(messages[i].make(300, 5), messages[i].from_client,
		    messages[i].make(300, 5) - 300 + 5 + sizeof(EVIL) - 2, 1);
	}
}

/* Of neither a pipe nor a share that is not looked at, and not behind the
 * data. */
static void
smb_not(void **state)
{
	struct talk t;
	size_t len;

	(void)state;
	/* a compound; an answer from the client; an error */
	for (unsigned i = 0; i < 3; i++) {
		t = begin(smb_conf, 445, i != 2);
		len = i ? smb2_read(5000, 100) : smb2_write(5000, 100);
		if (i == 0)
			le(msg + 4 + 20, 4096, 4);
		if (i == 2)
			le(msg + 4 + 8, 0xc0000022, 4);
		/* (of some there is a file when all of it came) */
		assert_int_equal(say_all(&t, msg, 3000, 7), 3000);
		assert_int_equal(alerts(t.r), 0);
		rig_free(t.r);
	}
	/* data that says it is less than it is */
	t = begin(smb_conf, 445, true);
	len = smb2_write(5000, 100);
	le(msg + 4 + 68, 50, 4);
	assert_int_equal(say_all(&t, msg, len, 7), len);
	assert_int_equal(alerts(t.r), 0);
	rig_free(t.r);
}

/* -- FTP --------------------------------------------------------------------- */

static void
ftp(void **state)
{
	static const char conf[] =
	    "preprocessor http_inspect: global\n"
	    "preprocessor http_inspect_server: server default ports { 80 }\n"
	    "preprocessor ftp_telnet: global\n"
	    "preprocessor ftp_telnet_protocol: ftp server default ports { 21 }\n"
	    "preprocessor ftp_telnet_protocol: ftp client default\n" FILE_RULE;
	static const char reply[] = "227 Entering Passive Mode (%s,200,10)\r\n";
	char line[100], address[40];

	(void)state;
	for (size_t piece = 1; piece < 400; piece += 37) {
		struct talk t = begin(conf, 21, true);
		uint8_t file[3000];
		size_t evil = 1 + piece * 4;

		snprintf(address, sizeof(address), "%s", t.r->server);
		for (char *c = address; *c; c++)
			*c = *c == '.' ? ',' : *c;
		snprintf(line, sizeof(line), reply, address);
		assert_true(rig_tcp(t.r, true, "PA", 1, 1, "PASV\r\n"));
		assert_true(rig_tcp(t.r, false, "PA", 1, 7, line));
		assert_true(rig_tcp(t.r, true, "A", 7,
		    (uint32_t)strlen(line) + 1, ""));
		t.r->sport = 51210;
		t.r->cport++;
		rig_handshake(t.r);
		memset(file, 'x', sizeof(file));
		memcpy(file + evil, EVIL, sizeof(EVIL) - 1);
		t.from_client = false;
		t.seq = t.ack = 1;
		assert_int_equal(say_all(&t, file, sizeof(file), piece),
		    (evil + sizeof(EVIL) - 2) / piece * piece);
		rig_free(t.r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smb),
		cmocka_unit_test(smb_not),
		cmocka_unit_test(ftp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
