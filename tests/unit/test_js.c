/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts in HTML: what becomes of calls, strings and blanks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "decoders/app/js.h"
#include "tests/unit/feed_help.h"

static struct js j;
static uint32_t max_spaces;
static uint8_t room[LIM_JS_ROOM], out[1 << 20];

static void
begin(void)
{
	js_begin(&j, max_spaces);
}

static struct fed
feed(struct slice in)
{
	struct js_out o = in.ptr ? js_feed(&j, in, room, sizeof(room)) :
	    js_finish(&j, room, sizeof(room));

	return (struct fed){ o.bytes, o.consumed,
		o.flags & ~(unsigned)JS_FULL, o.flags & JS_FULL };
}

static struct feeder f = { begin, feed, out, 0, sizeof(out) - 1, 0 };

static void
expect(const char *in, const char *want, unsigned flags)
{
	for (unsigned i = 0; i < ARRAY_LEN(feed_pieces); i++) {
		feed_all(&f, in, strlen(in), feed_pieces[i]);
		out[f.n] = 0;
		assert_string_equal((char *)out, want);
		assert_int_equal(f.flags, flags);
	}
}

/* What passes comes out as it is, whatever follows. */
static void
test_passes(void **state)
{
	static const struct {
		const char *in;
		bool passes;
	} cases[] = {
		{ "a < b <b> <sb> <SX <<s>", true },
		{ "<sbc", true },
		{ "", false },
		{ "a<", false },
		{ "a<s", false },
		{ "a<S", false },
		{ "a<Sc", false },
		{ "a<script>b", false },
		{ "a<scale>b", false }, /* not looked at that closely */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice in = slice_make((const uint8_t *)cases[i].in,
		    strlen(cases[i].in));
		struct js_out o;

		begin();
		assert_int_equal(js_passes(&j, in), cases[i].passes);
		if (!cases[i].passes)
			continue;
		o = js_feed(&j, in, room, sizeof(room));
		assert_int_equal(o.bytes.len, in.len);
		assert_memory_equal(o.bytes.ptr, in.ptr, in.len);
		assert_true(js_passes(&j, in));
	}
	/* not within a tag, nor within a script */
	begin();
	feed(slice_make((const uint8_t *)"<scrip", 6));
	assert_false(js_passes(&j, slice_make((const uint8_t *)"t>", 2)));
	feed(slice_make((const uint8_t *)"t>", 2));
	assert_false(js_passes(&j, slice_make((const uint8_t *)"a", 1)));
}

/* Within a script. */
static void
expect_script(const char *in, const char *want, unsigned flags)
{
	char a[2048], b[2048];

	snprintf(a, sizeof(a), "<b><script>%s</script> c", in);
	snprintf(b, sizeof(b), "<b><script>%s</script> c", want);
	expect(a, b, flags);
	/* and to the end of the body */
	snprintf(a, sizeof(a), "<script>%s", in);
	snprintf(b, sizeof(b), "<script>%s", want);
	expect(a, b, flags);
}

static void
test_where(void **state)
{
	static const char *const yes[] = { "<script>", "<SCRIPT >",
		"<script\ttype=\"text/javascript\">", "<script type=''>",
		"<script src='>' type = Application/JavaScript defer>",
		"<script language=JavaScript>", "<script type=module>",
		"<script data-type='x'>", "<x<script/>", "<<script>" };
	static const char *const no[] = { "<scripts>", "< script>",
		"<script type=\"text/vbscript\">", "<script language='vb'>",
		"<script type=text/template>", "script>", "" };
	char a[256], b[256];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(yes); i++) {
		snprintf(a, sizeof(a), "a  b%sa  b</Script >a  b", yes[i]);
		snprintf(b, sizeof(b), "a  b%sa b</Script >a  b", yes[i]);
		expect(a, b, 0);
	}
	for (unsigned i = 0; i < ARRAY_LEN(no); i++) {
		snprintf(a, sizeof(a), "a  b%sa  b</script>a  b", no[i]);
		expect(a, a, 0);
	}
	expect("<script>a  </scrip></scr</script>b  <script>c  d",
	    "<script>a </scrip></scr</script>b  <script>c d", 0);
	expect("<script><", "<script><", 0);
	expect("<script></scrip", "<script></scrip", 0);
	expect("", "", 0);
}

static void
test_blanks(void **state)
{
	(void)state;
	expect_script("a \t\r\n\f b", "a b", 0);
	max_spaces = 5;
	expect_script("a     b", "a b", JS_SPACES);
	expect_script("a    b    c", "a b c", 0);
	expect("a      <script>b</script>c      ", "a      <script>b</script>"
	    "c      ", 0);
	max_spaces = 0;
}

static void
test_strings(void **state)
{
	(void)state;
	expect_script("x='a'+'b';", "x='ab';", 0);
	expect_script("x='a' + \n \"b\" +'c'", "x='abc'", 0);
	expect_script("x='a' + y", "x='a' + y", 0);
	expect_script("x='a' ++y;z='' ", "x='a' ++y;z='' ", 0);
	expect_script("x=a+'+'+b", "x=a+'+'+b", 0);
	expect_script("x='it\\'s' + 'b'", "x='it\\'sb'", 0);
	expect_script("// don't\nx='a' + 'b'", "// don't x='ab'", 0);
	expect_script("x='a' + under + 'b'", "x='a' + under + 'b'", 0);
	expect_script("x='a' +", "x='a' +", 0);
}

static void
test_calls(void **state)
{
	(void)state;
	expect_script("document.write(unescape(\"%48%65llo\"));",
	    "document.write(\"Hello\");", 0);
	expect_script("unescape('%48') + 'i'", "'Hi'", 0);
	expect_script("x = 'a' + unescape ( '%62' + '%6' + '3' ) + 'd';",
	    "x = 'abcd';", 0);
	expect_script("decodeURI('%41') decodeURIComponent('%42')",
	    "'A' 'B'", 0);
	expect_script("unescape('%u0041%u4242')", "'ABB'", 0);
	expect_script("unescape('\\x41\\x4a')", "'AJ'", 0);
	expect_script("unescape('\\u0041\\u4a4b')", "'AKJ'", 0);
	expect_script("unescape('0x41')", "'A'", 0);
	expect_script("unescape('%zz%4%%41%u00%410')", "'%zz%4%A%u00A0'", 0);
	expect_script("unescape('a\\n\\'\\q\\x4g')", "'a\n'qx4g'", 0);
	expect_script("String.fromCharCode(72, 0151 ,0x21)", "\"Hi!\"",
	    JS_MIXED);
	expect_script("String.fromCharCode(72,105)+'!'", "\"Hi!'", 0);
	expect_script("String.fromCharCode(0x4241)", "\"AB\"", 0);
	expect_script("a=String.fromCharCode( 72 )", "a=\"H\"", 0);
}

/* What is no such call, or not one all the way. */
static void
test_no_calls(void **state)
{
	(void)state;
	expect_script("unescape(x) myunescape('%41') unescape2('%41')",
	    "unescape(x) myunescape('%41') unescape2('%41')", 0);
	expect_script("String.from('a') String('%41') String.unescape('%41')",
	    "String.from('a') String('%41') String.'A'", 0);
	expect_script("unescape  ( unescapes", "unescape ( unescapes", 0);
	expect_script("String.fromCharCode(x,65)", "String.fromCharCode(x,65)",
	    0);
	expect_script("String.fromCharCode(65,x)", "\"A\"x)", 0);
	expect_script("unescape('%41', 2)", "'A', 2)", 0);
	expect_script("unescape('%41' + x)", "'A' + x)", 0);
	expect_script("unescape('%41' + unex)", "'A' + unex)", 0);
	expect_script("unescape('%4", "'%4'", 0);
}

static void
test_levels(void **state)
{
	(void)state;
	expect_script("document.write(unescape(unescape(\"%48%65%6C%6C%6F\")))"
	    ";", "document.write(\"Hello\");", JS_LEVELS);
	expect_script("unescape(unescape('%2548%65'))", "'He'", JS_LEVELS);
	expect_script("unescape(unescape(unescape('%252548')))", "'H'",
	    JS_LEVELS);
	expect_script("unescape('%4' + decodeURI('%38') + '%49')", "'HI'",
	    JS_LEVELS);
	expect_script("unescape(String.fromCharCode(37,52,56))", "\"H\"",
	    JS_LEVELS | JS_MIXED);
	expect_script("unescape(unescape(unescape(unescape(unescape(unescape("
	    "unescape(unescape('%41'))))))))", "'A'", JS_LEVELS);
	/* more than are undone: told at least */
	feed_all(&f, "<script>unescape(unescape(unescape(unescape(unescape("
	    "unescape(unescape(unescape(unescape('%41')))))))))", 103, 1);
	assert_int_equal(f.flags, JS_LEVELS);
}

static void
test_mixed(void **state)
{
	(void)state;
	expect_script("unescape('%41%u0042')", "'AB'", JS_MIXED);
	expect_script("unescape('%41\\x42')", "'AB'", JS_MIXED);
	expect_script("unescape('%41');unescape('\\x42')", "'A';'B'", 0);
}

/* Nothing is lost, whatever stands in a script. */
static void
test_damaged(void **state)
{
	static const char likely[] = "\"'+ \n()\\%ux0123,<u";
	static const char base[] = "<script>a='b' + unescape(\"%41\" + 'c' + "
	    "String.fromCharCode(65, 0x42) ) + \"%u4142\";</script>";
	char text[sizeof(base)];
	static uint8_t whole[4096];
	uint32_t seed = 23;
	size_t n;
	unsigned flags;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		memcpy(text, base, sizeof(text));
		for (unsigned k = 0; k < 5; k++) {
			seed = seed * 1664525 + 1013904223;
			text[8 + (seed >> 8) % (sizeof(text) - 9)] =
			    likely[(seed >> 4) % (sizeof(likely) - 1)];
		}
		feed_all(&f, text, sizeof(text) - 1, SIZE_MAX);
		n = f.n;
		flags = f.flags;
		memcpy(whole, out, n);
		feed_all(&f, text, sizeof(text) - 1, i % 9);
		assert_int_equal(f.n, n);
		assert_int_equal(f.flags, flags);
		assert_memory_equal(out, whole, n);
	}
}

static uint64_t
cost(const char *unit, size_t n)
{
	char *text = xcalloc(1, n + 8);
	uint64_t best = UINT64_MAX;

	memcpy(text, "<script>", 8);
	for (size_t i = 0, len = strlen(unit); i < n; i++)
		text[8 + i] = unit[i % len];
	for (unsigned i = 0; i < 5; i++) {
		struct slice in = { (uint8_t *)text, n + 8 };
		struct timespec a, b;
		struct js_out o;
		uint64_t ns;

		begin();
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		do {
			o = js_feed(&j, in, room, sizeof(room));
			in = slice_make(in.ptr + o.consumed,
			    in.len - o.consumed);
		} while (o.flags & JS_FULL);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		ns = (uint64_t)(b.tv_sec - a.tv_sec) * 1000000000 +
		    (uint64_t)(b.tv_nsec - a.tv_nsec);
		if (ns < best)
			best = ns;
	}
	free(text);
	return best;
}

static void
test_linear(void **state)
{
	static const char *const units[] = { "unescape(", "unescape('%u000",
		"String.fromCharCode(1,", "'+", "'a' + ", " ", "<", "</scrip",
		"unescape(unescape(unescape(unescape(unescape(unescape("
		"unescape('%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%" };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(units); i++) {
		uint64_t one = cost(units[i], 50000);
		uint64_t ten = cost(units[i], 500000);

		if (ten > 40 * one)
			fail_msg("unit %u: %llu ns, ten times: %llu", i,
			    (unsigned long long)one, (unsigned long long)ten);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_no_calls),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
