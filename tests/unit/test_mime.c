/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mail messages: fields, parts, encodings, in any pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/xalloc.h"
#include "decoders/app/mime.h"

enum { TEXT_MAX = 8 << 20 };

static struct mime_conf conf;
static struct buf said, want;
static uint8_t room[1024];
static unsigned marks;

static int
setup(void **state)
{
	(void)state;
	conf = (struct mime_conf){ .depth = { 0 } };
	buf_init(&said, TEXT_MAX);
	buf_init(&want, TEXT_MAX);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	buf_fini(&said);
	buf_fini(&want);
	return 0;
}

/* -- a message as a list of what was said about it ------------------------- */

static const char *
coding_name(enum mime_coding c)
{
	static const char *const names[] = { "base64", "qp", "bit", "uu", "?",
		"none" };

	return names[c];
}

static void
put_bytes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 32 || s.ptr[i] > 126)
			buf_printf(&said, "\\%02x", s.ptr[i]);
		else
			buf_putc(&said, (char)s.ptr[i]);
}

/* Bytes stand between < and >, whatever calls they came in. */
static void
say(const struct mime *m, const struct mime_out *o)
{
	if (o->flags & MIME_FIELD) {
		buf_puts(&said, o->flags & MIME_HEADER ? "field " : "sub ");
		put_bytes(o->field.name);
		buf_puts(&said, "=");
		put_bytes(o->field.value);
		buf_puts(&said, "\n");
	}
	if (o->flags & MIME_BODY) {
		buf_printf(&said, "body %u %s %.*s '%.*s' <", m->level,
		    coding_name(m->coding), m->type_len, m->type, m->name_len,
		    m->name);
	}
	put_bytes(o->bytes);
	/* told at the end: a call's bytes and flags have no order */
	marks |= o->flags & (MIME_DEPTH | MIME_BAD);
	if (o->flags & MIME_END) {
		buf_printf(&said, "%s%s>\n", marks & MIME_DEPTH ? "|" : "",
		    marks & MIME_BAD ? "!" : "");
		marks = 0;
	}
	if (o->flags & MIME_TOO_DEEP)
		buf_puts(&said, "deep\n");
}

/* piece 0: random ones */
static void
play(const void *text, size_t n, size_t piece)
{
	const uint8_t *p = text;
	uint32_t seed = 5;
	struct mime m;
	struct mime_out o;

	buf_reset(&said);
	marks = 0;
	mime_begin(&m, &conf);
	for (size_t at = 0; at < n;) {
		size_t len = piece ? piece : (seed = seed * 1664525 +
		    1013904223) >> 26;
		uint8_t *copy;
		size_t done = 0;

		if (len > n - at)
			len = n - at;
		copy = xcalloc(1, len ? len : 1);
		if (len)
			memcpy(copy, p + at, len);
		do {
			o = mime_feed(&m, slice_make(copy + done, len - done),
			    room, sizeof(room));
			say(&m, &o);
			done += o.consumed;
			assert_true(done <= len);
		} while (o.flags & MIME_MORE);
		assert_int_equal(done, len);
		free(copy);
		at += len;
	}
	do {
		o = mime_end(&m, room, sizeof(room));
		say(&m, &o);
	} while (o.flags & MIME_MORE);
}

static void
expect(const char *text, size_t n, const char *transcript)
{
	static const size_t pieces[] = { SIZE_MAX, 1, 2, 3, 11, 0 };

	for (unsigned i = 0; i < ARRAY_LEN(pieces); i++) {
		play(text, n, pieces[i]);
		assert_string_equal(said.ptr ? said.ptr : "", transcript);
	}
}

#define EXPECT(text, transcript) expect(text, sizeof(text) - 1, transcript)

/* -- messages -------------------------------------------------------------- */

static void
test_plain(void **state)
{
	(void)state;
	EXPECT("Subject: Hi\r\nFrom:  a@b \r\n\r\nhello\r\nthere\r\n",
	    "field Subject=Hi\nfield From=a@b\nbody 0 none  '' <>\n");
	EXPECT("Subject: Hi\nContent-Transfer-Encoding: 7bit\n\nhello\nthere",
	    "field Subject=Hi\nfield Content-Transfer-Encoding=7bit\n"
	    "body 0 bit  '' <hello\\0athere>\n");
	EXPECT("Content-Type: application/x; name=a.bin\r\n\r\nA\r\rB\r\n\r",
	    "field Content-Type=application/x; name=a.bin\n"
	    "body 0 bit application/x 'a.bin' <A\\0d\\0dB\\0d\\0a\\0d>\n");
	/* folded, without a name, cut off */
	EXPECT("Subject: one\r\n two\r\n\tthree\r\nnonsense\r\nTo: x",
	    "field Subject=one two\\09three\nfield To=x\n");
	EXPECT("", "");
	EXPECT("\r\n", "body 0 none  '' <>\n");
}

static void
test_base64(void **state)
{
#define B64 "Content-Transfer-Encoding: base64\r\n\r\n"
#define B64_SAID "field Content-Transfer-Encoding=base64\n"
	(void)state;
	EXPECT(B64 "aGVs\r\nbG8=\r\n", B64_SAID "body 0 base64  '' <hello>\n");
	/* what is not of it is passed over; padding may lack */
	EXPECT(B64 "a G*V\r\n\tsbG8", B64_SAID "body 0 base64  '' <hello>\n");
	/* one encoding behind another */
	EXPECT(B64 "aA==aGk=aGVs", B64_SAID "body 0 base64  '' <hhihel>\n");
	EXPECT(B64 "aGVsb", B64_SAID "body 0 base64  '' <hel!>\n");
	EXPECT(B64 "=aGVsb===", B64_SAID "body 0 base64  '' <hel!>\n");
	conf.depth[MIME_BASE64] = 5; /* 8 */
	EXPECT(B64 "aGVs\r\nbG8u\r\n", B64_SAID "body 0 base64  '' <hello.|>\n");
	EXPECT(B64 "aGVs\r\nbG8u\r\nQUFBQQ",
	    B64_SAID "body 0 base64  '' <hello.|>\n");
	conf.depth[MIME_BASE64] = -1;
	EXPECT(B64 "aGVsbG8", B64_SAID "body 0 base64  '' <>\n");
}

static void
test_qp(void **state)
{
#define QP "Content-Transfer-Encoding: Quoted-Printable\r\n\r\n"
#define QP_SAID "field Content-Transfer-Encoding=Quoted-Printable\n" \
	"body 0 qp  '' <"
	(void)state;
	EXPECT(QP "a=3D=3db=\r\nc=\nd=  \r\ne",
	    QP_SAID "a==bcde>\n");
	EXPECT(QP "a=zz=4x=\r", QP_SAID "a=zz=4x!>\n");
	EXPECT(QP "a= x", QP_SAID "ax!>\n");
	EXPECT(QP "a=4", QP_SAID "a!>\n");
	conf.depth[MIME_QP] = 3;
	EXPECT(QP "=41bc", QP_SAID "A|>\n");
}

static void
test_uu(void **state)
{
#define UU "Content-Transfer-Encoding: x-uuencode\r\n\r\n"
#define UU_SAID "field Content-Transfer-Encoding=x-uuencode\n" \
	"body 0 uu  '' <"
	(void)state;
	EXPECT(UU "text\r\nbegin 644 a.txt\r\n%:&5L;&\\`\r\n`\r\nend\r\nmore",
	    UU_SAID "hello>\n");
	EXPECT(UU "begin 644 a.txt\n#0V%T\n#0V%T\n \nend\n",
	    UU_SAID "CatCat>\n");
	EXPECT(UU "begin 644 a.txt\n#0V%T\n", UU_SAID "Cat!>\n");
	EXPECT(UU "begin 644 a.txt\n#0V%\n#0V%T\n`\nend\n",
	    UU_SAID "Cat!>\n");
	EXPECT(UU "begin 644 a.txt\n\x7fxx\n#0V%T\n`\nend\n",
	    UU_SAID "Cat!>\n");
	EXPECT(UU "#0V%T\n", UU_SAID "!>\n");
}

static const char parts[] =
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed;\r\n boundary=\"a=_b c\"\r\n\r\n"
    "preamble\r\n--a=_b cx is none?\r\n"
    "Content-Type: text/plain\r\n\r\n"
    "first\r\n--a=_b\r\n"
    "--a=_b c  \r\n"
    "Content-Type: IMAGE/png; name=\"other\"\r\n"
    "Content-Disposition: attachment; filename=\"a \\\"b\\\".png\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n"
    "aGVsbG8=\r\n\r\n"
    "--a=_b c\r\n\r\nthird\r\n"
    "--a=_b c--\r\nepilogue\r\n--a=_b c\r\n\r\nnot seen";

static void
test_parts(void **state)
{
	(void)state;
	expect(parts, sizeof(parts) - 1,
	    "field MIME-Version=1.0\n"
	    "field Content-Type=multipart/mixed; boundary=\"a=_b c\"\n"
	    "sub Content-Type=text/plain\n"
	    "body 1 bit text/plain '' <first\\0d\\0a--a=_b>\n"
	    "sub Content-Type=IMAGE/png; name=\"other\"\n"
	    "sub Content-Disposition=attachment; filename=\"a \\\"b\\\".png\"\n"
	    "sub Content-Transfer-Encoding=base64\n"
	    "body 1 base64 image/png 'a \"b\".png' <hello>\n"
	    "body 1 bit  '' <third>\n");
}

static void
test_nested(void **state)
{
	(void)state;
	EXPECT("Content-Type: multipart/mixed; boundary=out\n\n"
	    "--out\nContent-Type: multipart/alternative; boundary = outer\n\n"
	    "--outer\n\none\n--outer\n\ntwo\n--outer--\n"
	    "--out\nContent-Type: message/rfc822\n\n"
	    "Subject: inner\nContent-Type: multipart/x; boundary=z\n\n"
	    "--z\n\nthree\n--z\n\nfour\n--out\n\nfive\n--out--\n",
	    "field Content-Type=multipart/mixed; boundary=out\n"
	    "sub Content-Type=multipart/alternative; boundary = outer\n"
	    "body 2 bit  '' <one>\nbody 2 bit  '' <two>\n"
	    "sub Content-Type=message/rfc822\n"
	    "sub Subject=inner\nsub Content-Type=multipart/x; boundary=z\n"
	    "body 2 bit  '' <three>\nbody 2 bit  '' <four>\n"
	    "body 1 bit  '' <five>\n");
	/* a boundary instead of a part's header's end */
	EXPECT("Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\nX: 1\n--b\n\nbody\n--b\nY: 2\n--b--\n\nnone",
	    "field Content-Type=multipart/mixed; boundary=b\n"
	    "sub X=1\nbody 1 bit  '' <body>\nsub Y=2\n");
}

/* One boundary begins with another one. */
static void
test_boundaries(void **state)
{
	(void)state;
	EXPECT("Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\nContent-Type: multipart/mixed; boundary=b--b\n\n"
	    "--b--b\n\none\n--b--b--\n--b-\n\ntwo\n--b--\nrest",
	    "field Content-Type=multipart/mixed; boundary=b\n"
	    "sub Content-Type=multipart/mixed; boundary=b--b\n"
	    "body 2 bit  '' <one>\nbody 1 bit  '' <two>\n");
	/* and ends in the middle of one */
	EXPECT("Content-Type: multipart/mixed; boundary=bbbb\n\n"
	    "--bbbb\n\none\n--bbb", "field Content-Type=multipart/mixed; "
	    "boundary=bbbb\nbody 1 bit  '' <one\\0a--bbb>\n");
}

static void
test_depth(void **state)
{
	(void)state;
	conf.depth[MIME_BIT] = 4;
	EXPECT("Content-Type: multipart/mixed; boundary=b\n\n"
	    "--b\n\none\n--b\n\ntwo and more\n--b\n\nfour\n--b--\n",
	    "field Content-Type=multipart/mixed; boundary=b\n"
	    "body 1 bit  '' <one>\nbody 1 bit  '' <two |>\n"
	    "body 1 bit  '' <four>\n");
}

static void
test_too_deep(void **state)
{
	static char text[8192];
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < LIM_MIME_DEPTH + 3; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n",
		    i, i);
	n += (size_t)snprintf(text + n, sizeof(text) - n, "\nhi\n--b0\n\nx");
	play(text, n, 1);
	assert_non_null(strstr(said.ptr, "deep\n"));
	assert_non_null(strstr(said.ptr, "body 1 bit  '' <x>"));
}

/* Long lines and names are cut and nothing else. */
static void
test_long(void **state)
{
	static char text[70000];
	size_t n = 0;

	(void)state;
	memset(text, 'n', 5000);
	n = 5000;
	n += (size_t)snprintf(text + n, sizeof(text) - n, ": v\nSubject: ");
	memset(text + n, 's', 9000);
	n += 9000;
	n += (size_t)snprintf(text + n, sizeof(text) - n,
	    "\nContent-Type: multipart/mixed; boundary=");
	memset(text + n, 'b', 300);
	n += 300;
	n += (size_t)snprintf(text + n, sizeof(text) - n, "\n\n--");
	memset(text + n, 'b', 300);
	n += 300;
	n += (size_t)snprintf(text + n, sizeof(text) - n, "\n"
	    "Content-Disposition: attachment; filename=");
	memset(text + n, 'f', 600);
	n += 600;
	n += (size_t)snprintf(text + n, sizeof(text) - n, "\n\nhi");
	play(text, n, 1);
	assert_non_null(strstr(said.ptr, "f' <hi>"));
	play(text, n, SIZE_MAX);
	assert_non_null(strstr(said.ptr, "f' <hi>"));
}

static void
test_truncated(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(parts); n++) {
		play(parts, n, SIZE_MAX);
		buf_reset(&want);
		buf_puts(&want, said.ptr ? said.ptr : "");
		play(parts, n, 1);
		assert_string_equal(said.ptr ? said.ptr : "",
		    want.ptr ? want.ptr : "");
	}
}

/* Bytes changed at random: pieces do not matter then either. */
static void
test_damaged(void **state)
{
	static const char likely[] = "\r\n-=: ;\"abc_+/";
	char text[sizeof(parts)];
	uint32_t seed = 11;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		memcpy(text, parts, sizeof(text));
		for (unsigned k = 0; k < 6; k++) {
			seed = seed * 1664525 + 1013904223;
			text[(seed >> 8) % (sizeof(text) - 1)] =
			    likely[(seed >> 4) % (sizeof(likely) - 1)];
		}
		play(text, sizeof(text) - 1, SIZE_MAX);
		buf_reset(&want);
		buf_puts(&want, said.ptr);
		play(text, sizeof(text) - 1, 0);
		assert_string_equal(said.ptr, want.ptr);
	}
}

/* Nanoseconds of a message whose body is n bytes, the best of some. */
static uint64_t
cost(const char *unit, size_t n)
{
	static const char head[] =
	    "Content-Type: multipart/mixed; boundary=------------------\n\n"
	    "--------------------\n\n";
	char *text = xcalloc(1, sizeof(head) + n);
	uint64_t best = UINT64_MAX;

	memcpy(text, head, sizeof(head) - 1);
	for (size_t i = 0, len = strlen(unit); i < n; i++)
		text[sizeof(head) - 1 + i] = unit[i % len];
	for (unsigned i = 0; i < 5; i++) {
		struct slice in = { (uint8_t *)text, sizeof(head) - 1 + n };
		struct timespec a, b;
		struct mime_out o;
		struct mime m;
		uint64_t ns;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		mime_begin(&m, &conf);
		do {
			o = mime_feed(&m, in, room, sizeof(room));
			in = slice_make(in.ptr + o.consumed,
			    in.len - o.consumed);
		} while (o.flags & MIME_MORE);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		ns = (uint64_t)(b.tv_sec - a.tv_sec) * 1000000000 +
		    (uint64_t)(b.tv_nsec - a.tv_nsec);
		if (ns < best)
			best = ns;
	}
	free(text);
	return best;
}

/* The worst that a sender can do costs what its bytes do. */
static void
test_linear(void **state)
{
	static const char *const units[] = { "\n", "\n-", "\n--------------\r",
		"-", "\n--------------------\n", "\r", "\n--------------------"
		"\nContent-Type: multipart/x; boundary=-\n\n" };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(units); i++) {
		uint64_t one = cost(units[i], 100000);
		uint64_t ten = cost(units[i], 1000000);

		if (ten > 40 * one)
			fail_msg("unit %u: %llu ns, ten times: %llu", i,
			    (unsigned long long)one, (unsigned long long)ten);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_base64),
		TEST(test_qp),
		TEST(test_uu),
		TEST(test_parts),
		TEST(test_nested),
		TEST(test_boundaries),
		TEST(test_depth),
		TEST(test_too_deep),
		TEST(test_long),
		TEST(test_truncated),
		TEST(test_damaged),
		TEST(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
