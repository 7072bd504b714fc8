/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSL and TLS: records in any pieces, states, the dark, events of gid 137, and
 * what is told of handshakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest.h"
#include "core/xalloc.h"
#include "decoders/app/tls.h"
#include "tests/tools/app_rig.h"
#include "tests/tools/play_tcp.h"

static const uint8_t client_hello[] = { 22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 7,
	7 };
static const uint8_t server_hello[] = { 22, 3, 3, 0, 8, 2, 0, 0, 4, 3, 3, 7,
	7 };
static const uint8_t change_cipher[] = { 20, 3, 3, 0, 1, 1 };
static const uint8_t finished[] = { 22, 3, 3, 0, 6, 0x9c, 1, 2, 3, 4, 5 };
static const uint8_t data[] = { 23, 3, 3, 0, 4, 1, 2, 3, 4 };
static const uint8_t alert[] = { 21, 3, 3, 0, 2, 2, 40 };
static const uint8_t big_heartbeat[] = { 24, 3, 2, 0, 4, 1, 0x40, 0, 0 };

#define SAY(side, bytes) { FLOW_##side, bytes, sizeof(bytes) }

static struct rig r;

static int
setup(void **state)
{
	(void)state;
	return rig_init(&r, APP_TLS, NULL) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

/* -- bytes ---------------------------------------------------------------- */

struct msg {
	uint8_t b[80000];
	size_t n;
};

static void
put(struct msg *m, const void *p, size_t n)
{
	assert_true(m->n + n <= sizeof(m->b));
	memcpy(m->b + m->n, p, n);
	m->n += n;
}

static void
put_u(struct msg *m, uint64_t v, unsigned bytes)
{
	for (unsigned i = bytes; i-- > 0;) {
		uint8_t b = (uint8_t)(v >> 8 * i);

		put(m, &b, 1);
	}
}

static void
put_s(struct msg *m, const char *s)
{
	put(m, s, strlen(s));
}

/* A length that is filled in later. */
static size_t
open_len(struct msg *m, unsigned bytes)
{
	put_u(m, 0, bytes);
	return m->n;
}

static void
close_len(struct msg *m, size_t at, unsigned bytes)
{
	size_t len = m->n - at;

	for (unsigned i = 0; i < bytes; i++)
		m->b[at - 1 - i] = (uint8_t)(len >> 8 * i);
}

/* The messages in records of at most `max` bytes. */
static void
put_records(struct msg *to, const struct msg *from, size_t max)
{
	for (size_t at = 0; at < from->n;) {
		size_t n = from->n - at < max ? from->n - at : max;

		put_u(to, 22, 1);
		put_u(to, 0x0303, 2);
		put_u(to, n, 2);
		put(to, from->b + at, n);
		at += n;
	}
}

enum { H_SNI = 1, H_13 = 2, H_ODD_ALPN = 4, H_PLAIN = 8 };

static void
put_client_hello(struct msg *m, unsigned how)
{
	size_t len, exts, ext;

	put_u(m, 1, 1);
	len = open_len(m, 3);
	put_u(m, 0x0303, 2);
	for (unsigned i = 0; i < 32; i++)
		put_u(m, i, 1);
	put_u(m, 4, 1); /* session id */
	put_s(m, "sess");
	put_u(m, 8, 2);
	put_u(m, 0x0a0a1302c02b0035, 8);
	put_u(m, 0x0100, 2);
	if (how & H_PLAIN) {
		close_len(m, len, 3);
		return;
	}
	exts = open_len(m, 2);
	put_u(m, 0x1a1a0000, 4);
	if (how & H_SNI) {
		put_u(m, 0, 2);
		ext = open_len(m, 2);
		put_u(m, 14, 2);
		put_u(m, 0, 1);
		put_u(m, 11, 2);
		put_s(m, "www.example");
		close_len(m, ext, 2);
	}
	put_u(m, 10, 2); /* groups */
	put_u(m, 8, 2);
	put_u(m, 0x00060a0a001d0017, 8);
	put_u(m, 0x000b00020100, 6); /* point formats */
	put_u(m, 0x000d, 2); /* signatures */
	put_u(m, 6, 2);
	put_u(m, 0x000404030804, 6);
	put_u(m, 16, 2);
	ext = open_len(m, 2);
	if (how & H_ODD_ALPN) {
		put_u(m, 0x0003, 2);
		put_u(m, 0x02ab12, 3);
	} else {
		put_u(m, 0x000c, 2);
		put_u(m, 2, 1);
		put_s(m, "h2");
		put_u(m, 8, 1);
		put_s(m, "http/1.1");
	}
	close_len(m, ext, 2);
	if (how & H_13) {
		put_u(m, 0x002b0007, 4);
		put_u(m, 0x065a5a03040303, 7);
	}
	close_len(m, exts, 2);
	close_len(m, len, 3);
}

enum { S_PSK = 1, S_13 = 2, S_RETRY = 4, S_SAME_ID = 8 };

static void
put_server_hello(struct msg *m, unsigned how)
{
	static const uint8_t retry[] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a,
		0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e,
		0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };
	size_t len, exts;

	put_u(m, 2, 1);
	len = open_len(m, 3);
	put_u(m, 0x0303, 2);
	for (unsigned i = 0; i < 32; i++)
		put_u(m, how & S_RETRY ? retry[i] : 99, 1);
	if (how & S_SAME_ID) {
		put_u(m, 4, 1);
		put_s(m, "sess");
	} else {
		put_u(m, 0, 1);
	}
	put_u(m, 0x1302, 2);
	put_u(m, 0, 1);
	exts = open_len(m, 2);
	if (how & S_13) {
		put_u(m, 0x002b0002, 4);
		put_u(m, 0x0304, 2);
	} else {
		put_u(m, 0x00100005, 4);
		put_u(m, 0x0003, 2);
		put_u(m, 2, 1);
		put_s(m, "h2");
	}
	if (how & S_PSK) {
		put_u(m, 0x00290002, 4);
		put_u(m, 0, 2);
	}
	close_len(m, exts, 2);
	close_len(m, len, 3);
}

static void
put_attribute(struct msg *m, unsigned type, unsigned tag, const char *value,
    size_t n)
{
	put_u(m, 0x31, 1);
	put_u(m, 9 + n, 1);
	put_u(m, 0x30, 1);
	put_u(m, 7 + n, 1);
	put_u(m, 0x06035504, 4);
	put_u(m, type, 1);
	put_u(m, tag, 1);
	put_u(m, n, 1);
	put(m, value, n);
}

/* An X.509 certificate, with so many bytes where its extensions would be. */
static void
put_leaf(struct msg *m, size_t padding)
{
	size_t cert, tbs, part;

	put_u(m, 0x3084, 2);
	cert = open_len(m, 4);
	put_u(m, 0x3084, 2);
	tbs = open_len(m, 4);
	put_u(m, 0xa003020102, 5);
	put_u(m, 0x020300abcd, 5); /* serial */
	put_u(m, 0x3003, 2);
	put_u(m, 0x06012a, 3);
	put_u(m, 0x30, 1); /* issuer */
	part = open_len(m, 1);
	put_attribute(m, 6, 0x13, "ES", 2);
	put_attribute(m, 3, 0x0c, "Our, CA", 7);
	close_len(m, part, 1);
	put_u(m, 0x30, 1); /* validity */
	part = open_len(m, 1);
	put_u(m, 0x170d, 2);
	put_s(m, "990102030405Z");
	put_u(m, 0x180f, 2);
	put_s(m, "20501231235959Z");
	close_len(m, part, 1);
	put_u(m, 0x30, 1); /* subject */
	part = open_len(m, 1);
	put_attribute(m, 3, 0x1e, "\0w\0\xf1\x20\xac", 6);
	put_attribute(m, 99, 0x13, "x", 1);
	close_len(m, part, 1);
	for (size_t i = 0; i < padding; i++)
		put_u(m, i * 7, 1);
	close_len(m, tbs, 4);
	close_len(m, cert, 4);
}

static void
put_certificate(struct msg *m, const struct msg *leaf)
{
	size_t len, list, one;

	put_u(m, 11, 1);
	len = open_len(m, 3);
	list = open_len(m, 3);
	one = open_len(m, 3);
	put(m, leaf->b, leaf->n);
	close_len(m, one, 3);
	put_u(m, 4, 3); /* another one */
	put_s(m, "next");
	close_len(m, list, 3);
	close_len(m, len, 3);
}

static void
put_empty(struct msg *m, unsigned type)
{
	put_u(m, type, 1);
	put_u(m, 4, 3);
	put_s(m, "keys");
}

/* What the tests have as their JA3 and JA4, worked out elsewhere. */
#define JA3_12 "\"ja3\":{\"hash\":4dcb7301a6cea054b0894b0a30124f5c," \
    "\"string\":\"771,4866-49195-53,0-10-11-13-16,29-23,0\"}"
#define JA3S_12 "\"ja3s\":{\"hash\":8dd83c1f8bda29df9a1cfc00687f5f83," \
    "\"string\":\"771,4866,16\"}"
#define JA4_12 "\"ja4\":\"t12d0305h2_5a0623ffc1f7_876bcc86782c\""
#define ALPNS "\"client_alpns\":[\"h2\",\"http/1.1\"]"
#define LEAF(fingerprint) "\"subject\":\"CN=w\\xc3\\xb1\\xe2\\x82\\xac, " \
    "2.5.4.99=x\",\"issuerdn\":\"C=ES, CN=Our, CA\"," \
    "\"serial\":\"00:AB:CD\",\"fingerprint\":\"" fingerprint "\""
#define FINGER300 "12:d6:65:a7:ef:ca:bb:9d:42:ea:8d:60:66:4f:75:bc:6e:23:df:85"
#define VALID "\"notbefore\":\"1999-01-02T03:04:05\"," \
    "\"notafter\":\"2050-12-31T23:59:59\""

/* A handshake of TLS 1.2, its messages in records of at most max bytes. */
static void
full_handshake(struct msg out[4], size_t max, size_t padding)
{
	static struct msg leaf, m;

	for (unsigned i = 0; i < 4; i++)
		out[i].n = 0;
	leaf.n = m.n = 0;
	put_leaf(&leaf, padding);
	put_client_hello(&m, H_SNI);
	put_records(&out[0], &m, max);
	m.n = 0;
	put_server_hello(&m, 0);
	put_certificate(&m, &leaf);
	put_empty(&m, 12);
	put_empty(&m, 14);
	put_records(&out[1], &m, max);
	m.n = 0;
	put_empty(&m, 16);
	put_records(&out[2], &m, max);
	put(&out[2], change_cipher, sizeof(change_cipher));
	put(&out[2], finished, sizeof(finished));
	put(&out[3], change_cipher, sizeof(change_cipher));
	put(&out[3], finished, sizeof(finished));
	put(&out[3], data, sizeof(data));
}

static void
play_handshake_of(struct msg m[4], struct rig_say say[4])
{
	for (unsigned i = 0; i < 4; i++)
		say[i] = (struct rig_say){ i & 1 ? FLOW_SERVER : FLOW_CLIENT,
			m[i].b, m[i].n };
	rig_play(&r, say, 4);
}

/* -- the dark, and events ------------------------------------------------- */

static void
test_handshake(void **state)
{
	const struct rig_say say[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, change_cipher),
		SAY(SERVER, data) };

	(void)state;
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "unit client"));
	assert_true(rig_has(&r, "unit server"));
	assert_true(rig_has(&r, "fate encrypted"));
	assert_false(rig_has(&r, "event"));
	rig_truncate(&r, say, ARRAY_LEN(say));
}

/* Changes of cipher are not the dark; with trustservers the server's data are,
 * without both sides', unless an alert takes them back. */
static void
test_dark(void **state)
{
	static const struct tls_conf distrustful = {
		.noinspect_encrypted = true }, never = { 0 };
	const struct rig_say ciphered[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, change_cipher),
		SAY(CLIENT, change_cipher), SAY(CLIENT, data) };
	const struct rig_say both[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, data),
		SAY(CLIENT, data) };
	const struct rig_say taken_back[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, data),
		SAY(CLIENT, alert), SAY(CLIENT, data) };

	(void)state;
	rig_play(&r, ciphered, ARRAY_LEN(ciphered));
	assert_false(rig_has(&r, "fate"));
	rig_play(&r, both, 3);
	assert_true(rig_has(&r, "fate encrypted"));
	rig_fini(&r);
	assert_true(rig_init(&r, APP_TLS, &distrustful));
	rig_play(&r, both, 3);
	assert_false(rig_has(&r, "fate"));
	rig_play(&r, both, 4);
	assert_true(rig_has(&r, "fate encrypted"));
	rig_play(&r, taken_back, ARRAY_LEN(taken_back));
	assert_false(rig_has(&r, "fate"));
	rig_fini(&r);
	assert_true(rig_init(&r, APP_TLS, &never));
	rig_play(&r, both, 4);
	assert_false(rig_has(&r, "fate"));
}

static void
test_not_tls(void **state)
{
	const struct rig_say say[] = { { FLOW_CLIENT, "GET / HTTP/1.0\r\n",
		0 } };

	(void)state;
	rig_play(&r, say, 1);
	assert_string_equal(rig_text(&r), "fate not mine\n");
}

static void
test_events(void **state)
{
	static const struct tls_conf distrustful = {
		.noinspect_encrypted = true };
	const struct rig_say alone[] = { SAY(SERVER, server_hello),
		SAY(SERVER, change_cipher) };
	const struct rig_say late[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, change_cipher),
		SAY(CLIENT, client_hello) };
	const struct rig_say bleed[] = { SAY(CLIENT, client_hello),
		SAY(CLIENT, big_heartbeat) };

	(void)state;
	/* a trusted server may begin */
	rig_play(&r, alone, ARRAY_LEN(alone));
	assert_false(rig_has(&r, "event"));
	rig_fini(&r);
	assert_true(rig_init(&r, APP_TLS, &distrustful));
	rig_play(&r, alone, ARRAY_LEN(alone));
	assert_true(rig_has(&r, "event 137:2"));
	rig_play(&r, late, ARRAY_LEN(late));
	assert_true(rig_has(&r, "event 137:1"));
	rig_play(&r, bleed, ARRAY_LEN(bleed));
	assert_true(rig_has(&r, "event 137:3"));
}

/* With a limit heartbeats are looked for in the dark, too, where only their
 * length shows. */
static void
test_heartbeats(void **state)
{
	static const struct tls_conf conf = { .noinspect_encrypted = true,
		.trust_servers = true, .max_heartbeat = 8 };
	static const uint8_t good[] = { 24, 3, 3, 0, 7, 1, 0, 4, 1, 2, 3, 4 };
	static const uint8_t answer[] = { 24, 3, 3, 0, 9, 2, 0, 6, 1, 2, 3, 4,
		5, 6 };
	static const uint8_t hidden[] = { 24, 3, 3, 0, 9, 200, 0, 6, 1, 2, 3,
		4, 5, 6 };
	const struct rig_say fine[] = { SAY(CLIENT, client_hello),
		SAY(CLIENT, good), SAY(SERVER, good) };
	const struct rig_say large[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, answer) };
	const struct rig_say dark[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), SAY(SERVER, data),
		SAY(CLIENT, hidden), SAY(SERVER, data) };

	(void)state;
	rig_fini(&r);
	assert_true(rig_init(&r, APP_TLS, &conf));
	rig_play(&r, fine, ARRAY_LEN(fine));
	assert_false(rig_has(&r, "event"));
	rig_play(&r, large, ARRAY_LEN(large));
	assert_true(rig_has(&r, "event 137:4"));
	rig_play(&r, dark, ARRAY_LEN(dark));
	assert_true(rig_has(&r, "event 137:3"));
	assert_false(rig_has(&r, "fate"));
	assert_int_equal(r.flow.bypass, FLOW_BYPASS_ENCRYPTED);
}

/* -- what is told --------------------------------------------------------- */

static void
test_told(void **state)
{
	static struct msg m[4];
	struct rig_say say[4];

	(void)state;
	for (size_t max = 16384; max > 20; max /= 7) {
		full_handshake(m, max, 300);
		play_handshake_of(m, say);
		assert_true(rig_has(&r, "log tls {" LEAF(FINGER300) ","
		    "\"sni\":\"www.example\",\"version\":\"TLS 1.2\"," VALID
		    "," JA3_12 "," JA3S_12 "," JA4_12 "," ALPNS ","
		    "\"server_alpns\":[\"h2\"]}\n"));
		assert_true(rig_has(&r, "fate encrypted"));
		assert_false(rig_has(&r, "event"));
	}
	/* once, and without an end as well */
	rig_play(&r, say, 2);
	assert_true(rig_has(&r, "log tls {" LEAF(FINGER300)));
	assert_null(strstr(strstr(rig_text(&r), "log tls") + 1, "log tls"));
}

/* Every length, and every byte wrong in turn. */
static void
test_told_cut(void **state)
{
	static struct msg m[4];
	struct rig_say say[4];

	(void)state;
	full_handshake(m, 16384, 0);
	play_handshake_of(m, say);
	rig_truncate(&r, say, 1);
	rig_truncate(&r, say, 2);
	rig_truncate(&r, say, 4);
	for (unsigned i = 0; i < 2; i++)
		for (size_t at = 0; at < m[i].n; at++) {
			m[i].b[at] ^= 0xff;
			rig_clear(&r);
			rig_session(&r);
			for (unsigned j = 0; j < 4; j++)
				rig_feed(&r, say[j].side, say[j].bytes,
				    say[j].n, RIG_WHOLE);
			rig_end(&r);
			m[i].b[at] ^= 0xff;
		}
}

/* One longer than a unit, so that only its beginning is in one piece. */
static void
test_large_certificate(void **state)
{
	static struct msg m[4], leaf;
	struct rig_say say[4];
	enum { SHA1_LEN = 20 };
	uint8_t hash[DIGEST_MAX];
	char want[3 * SHA1_LEN + 1] = "", line[512];

	(void)state;
	put_leaf(&leaf, 40000);
	digest(DIGEST_SHA1, slice_make(leaf.b, leaf.n), hash);
	for (unsigned i = 0; i < SHA1_LEN; i++)
		snprintf(want + 3 * i, 4, "%02x%s", hash[i],
		    i + 1 < SHA1_LEN ? ":" : "");
	for (unsigned max = 16000; max > 300; max /= 4) {
		full_handshake(m, max, 40000);
		play_handshake_of(m, say);
		snprintf(line, sizeof(line), "log tls {" LEAF("%s"), want);
		assert_true(rig_has(&r, line));
	}
}

static void
test_resumed(void **state)
{
	static struct msg m, c, s;
	struct rig_say say[] = { { FLOW_CLIENT, NULL, 0 },
		{ FLOW_SERVER, NULL, 0 } };

	(void)state;
	put_client_hello(&m, H_PLAIN);
	put_records(&c, &m, 100);
	m.n = 0;
	put_server_hello(&m, S_SAME_ID);
	put_records(&s, &m, 100);
	put(&s, change_cipher, sizeof(change_cipher));
	put(&s, finished, sizeof(finished));
	say[0].bytes = c.b;
	say[0].n = c.n;
	say[1].bytes = s.b;
	say[1].n = s.n;
	rig_play(&r, say, 2);
	assert_true(rig_has(&r, "log tls {\"version\":\"TLS 1.2\","
	    "\"session_resumed\":true,\"ja3\":{"
	    "\"hash\":0bd88cb14dd01e2adce873e8696b3336,"
	    "\"string\":\"771,4866-49195-53,,,\"},\"ja3s\":"));
	assert_non_null(strstr(rig_text(&r),
	    "\"ja4\":\"t12i030000_5a0623ffc1f7_000000000000\""));
}

/* TLS 1.3: a hello asked for again, and what is encrypted behind it. */
static void
test_tls13(void **state)
{
	static struct msg m, c1, c2, s1, s2;
	struct rig_say say[] = { { FLOW_CLIENT, c1.b, 0 },
		{ FLOW_SERVER, s1.b, 0 }, { FLOW_CLIENT, c2.b, 0 },
		{ FLOW_SERVER, s2.b, 0 } };
	const char *text;

	(void)state;
	put_client_hello(&m, H_13 | H_SNI | H_ODD_ALPN);
	put_records(&c1, &m, 16384);
	put(&c2, change_cipher, sizeof(change_cipher));
	put_records(&c2, &m, 16384);
	m.n = 0;
	put_server_hello(&m, S_13 | S_RETRY);
	put_records(&s1, &m, 16384);
	put(&s1, change_cipher, sizeof(change_cipher));
	m.n = 0;
	put_server_hello(&m, S_13 | S_PSK);
	put_records(&s2, &m, 16384);
	put(&s2, data, sizeof(data));
	say[0].n = c1.n;
	say[1].n = s1.n;
	say[2].n = c2.n;
	say[3].n = s2.n;
	rig_play(&r, say, ARRAY_LEN(say));
	text = rig_text(&r);
	assert_true(rig_has(&r, "log tls {\"sni\":\"www.example\","
	    "\"version\":\"TLS 1.3\",\"session_resumed\":true,"));
	assert_non_null(strstr(text, "\"string\":\"771,4866,43-41\""));
	assert_non_null(strstr(text,
	    "\"ja4\":\"t13d0306a2_5a0623ffc1f7_fb71836bce29\""));
	assert_non_null(strstr(text, "\"client_alpns\":[\"\\xab\\x12\"]"));
	assert_true(rig_has(&r, "fate encrypted"));
}

static void
test_ssl2(void **state)
{
	static const uint8_t hello[] = { 0x80, 28, 1, 3, 1, 0, 3, 0, 0, 0, 16,
		0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		16 };
	const struct rig_say say[] = { SAY(CLIENT, hello),
		SAY(SERVER, server_hello), SAY(SERVER, data) };
	const struct app_ops *o = app_ops(APP_TLS);
	uint8_t odd[sizeof(hello)];

	(void)state;
	rig_play(&r, say, ARRAY_LEN(say));
	assert_true(rig_has(&r, "fate encrypted"));
	assert_true(rig_has(&r, "log tls {"));
	for (size_t n = 0; n <= sizeof(hello); n++)
		assert_int_equal(o->guess(FLOW_CLIENT, slice_make(hello, n),
		    false), n < 11 ? APP_MAYBE : APP_YES);
	assert_int_equal(o->guess(FLOW_SERVER, slice_make(hello, 11), false),
	    APP_NO);
	memcpy(odd, hello, sizeof(odd));
	odd[6] = 4; /* ciphers are three bytes each */
	assert_int_equal(o->guess(FLOW_CLIENT, slice_make(odd, 11), false),
	    APP_NO);
}

static void
test_guess(void **state)
{
	const struct app_ops *o = app_ops(APP_TLS);

	(void)state;
	for (size_t n = 0; n <= 6; n++) {
		assert_int_equal(o->guess(FLOW_CLIENT, slice_make(client_hello,
		    n), false), n < 6 ? APP_MAYBE : APP_YES);
		assert_int_equal(o->guess(FLOW_SERVER, slice_make(server_hello,
		    n), false), n < 6 ? APP_MAYBE : APP_YES);
	}
	assert_int_equal(o->guess(FLOW_SERVER, slice_make(client_hello, 6),
	    false), APP_NO);
	assert_int_equal(o->guess(FLOW_CLIENT, slice_make(data, 6), false),
	    APP_NO);
}

/* -- out of the middle ---------------------------------------------------- */

/* Records are found again; what looks like one and is none (a length of 3) is
 * left behind. */
static void
test_gap(void **state)
{
	static const uint8_t junk[] = { 1, 2, 22, 3, 3, 0, 3, 9, 9, 9, 1, 22,
		3 };

	(void)state;
	for (unsigned cut = RIG_WHOLE; cut < 5; cut++) {
		rig_clear(&r);
		rig_session(&r);
		rig_feed(&r, FLOW_CLIENT, client_hello, sizeof(client_hello),
		    cut);
		rig_feed(&r, FLOW_SERVER, server_hello, 8, cut);
		rig_gap(&r, FLOW_SERVER);
		rig_feed(&r, FLOW_SERVER, junk, sizeof(junk), cut);
		rig_feed(&r, FLOW_SERVER, alert, sizeof(alert), cut);
		assert_non_null(r.flow.app);
		rig_feed(&r, FLOW_SERVER, data, sizeof(data), cut);
		assert_true(rig_has(&r, "fate encrypted"));
	}
	/* no record in sight */
	rig_clear(&r);
	rig_session(&r);
	rig_gap(&r, FLOW_CLIENT);
	for (unsigned i = 0; i < 50000 && r.flow.app; i++)
		rig_feed(&r, FLOW_CLIENT, "x", 1, RIG_WHOLE);
	assert_true(rig_has(&r, "fate not mine"));
}

/* No memory for notes: nothing is told, and it is counted. */
static void
test_no_notes(void **state)
{
	static struct msg m[4];
	uint64_t *ctrs = app_proto_counters(r.app, APP_TLS);
	const struct ctr_group *g = app_ops(APP_TLS)->counters;
	unsigned lost = 0;

	(void)state;
	while (strcmp(g->defs[lost].name, "handshakes_lost") != 0)
		lost++;
	full_handshake(m, 16384, 0);
	mem_fail_at(1);
	for (unsigned i = 0; i < 4; i++)
		rig_feed(&r, i & 1 ? FLOW_SERVER : FLOW_CLIENT, m[i].b, m[i].n,
		    RIG_WHOLE);
	mem_fail_at(0);
	assert_false(rig_has(&r, "log"));
	assert_true(rig_has(&r, "fate encrypted"));
	assert_int_equal(ctrs[lost], 1);
	/* and nobody who wants it */
	rig_clear(&r);
	r.conf.logs = 0;
	rig_session(&r);
	for (unsigned i = 0; i < 4; i++)
		rig_feed(&r, i & 1 ? FLOW_SERVER : FLOW_CLIENT, m[i].b, m[i].n,
		    RIG_WHOLE);
	assert_false(rig_has(&r, "log"));
	assert_int_equal(ctrs[lost], 1);
}

/* Lists longer than there is room for: no fingerprint, all else. */
static void
test_long_lists(void **state)
{
	static struct msg m, c;
	struct rig_say say = { FLOW_CLIENT, c.b, 0 };
	size_t len;

	(void)state;
	put_u(&m, 1, 1);
	len = open_len(&m, 3);
	put_u(&m, 0x0303, 2);
	for (unsigned i = 0; i < 33; i++)
		put_u(&m, 0, 1);
	put_u(&m, 2000, 2);
	for (unsigned i = 0; i < 1000; i++)
		put_u(&m, 0x1301 + i * 16, 2);
	put_u(&m, 0x0100, 2);
	close_len(&m, len, 3);
	put_records(&c, &m, 16384);
	say.n = c.n;
	rig_play(&r, &say, 1);
	assert_true(rig_has(&r, "log tls {\"version\":\"UNDETERMINED\"}"));
}

/* Records and messages as small as can be, or without end; elements of
 * certificates likewise. */
static void
test_linear(void **state)
{
	static const uint8_t empty[] = { 22, 3, 3, 0, 0 };
	static const uint8_t piece[] = { 22, 3, 3, 0, 1, 11 };
	static const uint8_t endless[] = { 22, 3, 3, 0, 4, 11, 255, 255, 255 };
	static const uint8_t hello[] = { 22, 3, 3, 0, 4, 1, 255, 255, 255 };
	static struct msg nested, list, shaken;
	const struct rig_say small[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, empty) };
	const struct rig_say pieces[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, piece) };
	const struct rig_say endlesses[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, endless), SAY(SERVER, piece) };
	const struct rig_say hellos[] = { SAY(CLIENT, hello),
		SAY(CLIENT, piece) };
	const struct rig_say alerts[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, alert) };
	struct rig_say shakes[] = { { FLOW_SERVER, shaken.b, 0 } };
	struct rig_say ders[] = { SAY(CLIENT, client_hello),
		SAY(SERVER, server_hello), { FLOW_SERVER, list.b, 0 } };

	(void)state;
	for (unsigned i = 0; i < 15000; i++)
		put_u(&nested, 0x30843fff, 4);
	put_certificate(&list, &nested);
	nested.n = 0;
	put_records(&nested, &list, 16384);
	ders[2].bytes = nested.b;
	ders[2].n = nested.n;
	list.n = 0;
	put_server_hello(&list, 0);
	put_records(&shaken, &list, 7);
	shakes[0].n = shaken.n;
	rig_linear(&r, small, ARRAY_LEN(small));
	rig_linear(&r, pieces, ARRAY_LEN(pieces));
	rig_linear(&r, endlesses, ARRAY_LEN(endlesses));
	rig_linear(&r, hellos, ARRAY_LEN(hellos));
	rig_linear(&r, alerts, ARRAY_LEN(alerts));
	rig_linear(&r, shakes, ARRAY_LEN(shakes));
	rig_linear(&r, ders, ARRAY_LEN(ders));
}

/* -- packets, in a session ------------------------------------------------ */

static struct play p;

static const struct tls_facts *
say_packet(enum flow_side side, uint32_t seq, uint32_t ack, const uint8_t *b,
    size_t n)
{
	play_data(&p, side, "PA", seq, ack, b, n);
	return app_facts(p.facts.flow);
}

/* States are those of the packet, versions of the session. */
static void
test_packets(void **state)
{
	static uint8_t ports[8192];
	static const uint8_t odd_hello[] = { 22, 3, 1, 0, 6, 2, 0, 0, 2, 3, 3 };
	const struct tls_facts *f;
	uint8_t two[sizeof(server_hello) + sizeof(data)];

	(void)state;
	play_init(&p, TCP_WINDOWS);
	ports[80 >> 3] |= 1 << (80 & 7);
	ports[443 >> 3] |= 1 << (443 & 7);
	p.conf.app.proto[APP_TLS] = (struct app_proto_conf){ .on = true,
		.ports = ports };
	play_start(&p);
	play_handshake(&p);
	f = say_packet(FLOW_CLIENT, 1, 1, client_hello, sizeof(client_hello));
	assert_non_null(f);
	assert_int_equal(f->states, TLS_CLIENT_HELLO | TLS_UNKNOWN);
	assert_int_equal(f->versions, TLS_1_0 | TLS_1_2);
	f = say_packet(FLOW_SERVER, 1, 14, odd_hello, sizeof(odd_hello));
	assert_int_equal(f->states, TLS_SERVER_HELLO | TLS_UNKNOWN);
	/* not dark: a handshake is in it; nor by what the client sends */
	memcpy(two, server_hello, sizeof(server_hello));
	memcpy(two + sizeof(server_hello), data, sizeof(data));
	f = say_packet(FLOW_SERVER, 12, 14, two, sizeof(two));
	assert_int_equal(f->states, TLS_SERVER_HELLO);
	f = say_packet(FLOW_CLIENT, 14, 1, alert, sizeof(alert));
	assert_int_equal(f->states, 0);
	f = say_packet(FLOW_CLIENT, 21, 1, data, 3);
	assert_int_equal(f->states, TLS_UNKNOWN);
	play(&p, FLOW_CLIENT, "RA", 24, 1, "");
	assert_false(play_raised(&p, 15));
	play_end(&p);
}

/* To Snort it is dark with the server's packet, not with its answer. */
static void
test_dark_packet(void **state)
{
	static uint8_t ports[8192];

	(void)state;
	play_init(&p, TCP_WINDOWS);
	ports[80 >> 3] |= 1 << (80 & 7);
	ports[443 >> 3] |= 1 << (443 & 7);
	p.conf.app.proto[APP_TLS] = (struct app_proto_conf){ .on = true,
		.ports = ports };
	play_start(&p);
	play_handshake(&p);
	say_packet(FLOW_CLIENT, 1, 1, client_hello, sizeof(client_hello));
	say_packet(FLOW_SERVER, 1, 14, server_hello, sizeof(server_hello));
	say_packet(FLOW_CLIENT, 14, 14, change_cipher, sizeof(change_cipher));
	say_packet(FLOW_SERVER, 14, 20, data, sizeof(data));
	say_packet(FLOW_SERVER, 23, 20, data, sizeof(data));
	say_packet(FLOW_CLIENT, 20, 32, alert, sizeof(alert));
	play_drain(&p);
	play_end(&p);

	play_init(&p, TCP_WINDOWS);
	p.conf.app.proto[APP_TLS] = (struct app_proto_conf){ .on = true,
		.ports = ports };
	play_start(&p);
	play_handshake(&p);
	say_packet(FLOW_CLIENT, 1, 1, client_hello, sizeof(client_hello));
	say_packet(FLOW_SERVER, 1, 14, server_hello, sizeof(server_hello));
	say_packet(FLOW_SERVER, 14, 14, data, sizeof(data));
	say_packet(FLOW_SERVER, 23, 14, data, sizeof(data));
	say_packet(FLOW_CLIENT, 14, 32, alert, sizeof(alert));
	play(&p, FLOW_CLIENT, "RA", 21, 32, "");
	assert_true(play_raised(&p, 15));
	play(&p, FLOW_SERVER, "RA", 32, 21, "");
	assert_true(play_raised(&p, 15));
	play(&p, FLOW_SERVER, "RA", 23, 21, "");
	assert_false(play_raised(&p, 15));
	play_end(&p);
}

int
main(void)
{
#define RIGGED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		RIGGED(test_handshake), RIGGED(test_dark),
		RIGGED(test_not_tls), RIGGED(test_events),
		RIGGED(test_heartbeats), RIGGED(test_told),
		RIGGED(test_told_cut), RIGGED(test_large_certificate),
		RIGGED(test_resumed), RIGGED(test_tls13), RIGGED(test_ssl2),
		RIGGED(test_guess), RIGGED(test_gap), RIGGED(test_no_notes),
		RIGGED(test_long_lists), RIGGED(test_linear),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_dark_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
