/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that look at the payload: one table, a rule's options, a payload,
 * and whether it matches. The expectations are Snort 2.9.19's. */
#include "opt_help.h"

struct payload_case {
	const char *options, *payload;
	size_t len;
	bool want;
};
#define YES(options, payload) { options, payload, sizeof(payload) - 1, true }
#define NO(options, payload) { options, payload, sizeof(payload) - 1, false }

static void
run_cases(const struct payload_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (judge_payload(cases[i].options, cases[i].payload,
		    cases[i].len) != cases[i].want)
			fail_msg("%s on '%s': %s expected", cases[i].options,
			    cases[i].payload,
			    cases[i].want ? "a match" : "none");
}
#define RUN(cases) run_cases(cases, ARRAY_LEN(cases))

static void
content(void **state)
{
	static const struct payload_case cases[] = {
		YES("content:\"he\"", "say hello"),
		NO("content:\"He\"", "say hello"),
		YES("content:\"HE\"; nocase", "say hello"),
		NO("content:\"[\"; nocase", "{"),
		NO("content:\"|e9|\"; nocase", "\xc9"),
		YES("content:\"|41|\"; nocase", "a"),
		YES("content:\"|6 8|e\"", "hello"),
		YES("content:\"a\\\"b\\\\c\\:d\\;e\"", "a\"b\\c:d;e"),
		YES("content: ! \"zz\"", "hello"),
		NO("content:!\"he\"", "hello"),
		YES("content:\"!he\"", "!hello"),
		NO("content:!\"zz\"", ""),
		YES("content:\"llo\", offset 2, depth 3", "hello"),
		YES("content:\"a,b\"", "a,b"),
		YES("content:\"x\"; rawbytes", "x"),
		YES("content:\"aa\"; fast_pattern:only", "bb"),
	};

	(void)state;
	RUN(cases);
}

/* rule-language 4.3 and 4.4. */
static void
windows(void **state)
{
	static const struct payload_case cases[] = {
		YES("content:\"b\"; offset:1", "ab"),
		NO("content:\"a\"; offset:1", "ab"),
		YES("content:\"ab\"; depth:2", "abc"),
		NO("content:\"bc\"; depth:2", "abc"),
		YES("content:\"bc\"; offset:1; depth:2", "abcd"),
		NO("content:\"cd\"; offset:1; depth:2", "abcd"),
		YES("content:\"c\"; depth:65535", "abc"),
		/* start behind the end: fails, negated or not */
		NO("content:\"c\"; offset:3", "abc"),
		NO("content:!\"c\"; offset:3", "abc"),
		NO("content:!\"c\"; offset:4", "abc"),
		/* smaller than the pattern: only the negated one matches */
		NO("content:\"cd\"; offset:2", "abc"),
		YES("content:!\"cd\"; offset:2", "abc"),
		/* start before the buffer */
		NO("content:\"a\"; offset:-1", "abc"),
		NO("content:!\"x\"; offset:-1", "abc"),
		YES("content:\"a\"; offset:-1; depth:2", "abc"),
		NO("content:\"b\"; offset:-1; depth:2", "abc"),
		NO("content:!\"x\"; offset:-2; depth:1", "abc"),
		/* relative */
		YES("content:\"a\"; content:\"c\"; distance:1", "abc"),
		NO("content:\"a\"; content:\"b\"; distance:1", "abc"),
		YES("content:\"a\"; content:\"b\"; within:1", "abc"),
		NO("content:\"a\"; content:\"c\"; within:1", "abc"),
		YES("content:\"a\"; content:\"cd\"; distance:1; within:2",
		    "abcd"),
		NO("content:\"a\"; content:\"cd\"; distance:0; within:2",
		    "abcd"),
		YES("content:\"c\"; content:\"b\"; distance:-2", "abc"),
		NO("content:\"c\"; content:\"b\"; distance:-4", "abc"),
		NO("content:\"c\"; content:!\"x\"; distance:-4", "abc"),
		YES("content:\"c\"; content:\"a\"; distance:-4; within:3",
		    "abc"),
		YES("content:\"a\"; distance:0", "abc"),
		/* the cursor exactly at the end */
		NO("content:\"c\"; content:\"x\"; distance:0", "abc"),
		YES("content:\"c\"; content:!\"x\"; distance:0", "abc"),
		YES("content:\"c\"; content:!\"x\"; within:1", "abc"),
		NO("content:\"b\"; content:!\"x\"; distance:1", "abc"),
		/* within:-1 has no end */
		YES("content:\"a\"; content:\"d\"; within:-1", "abcd"),
		NO("content:\"a\"; content:!\"d\"; within:-1", "abcd"),
		NO("content:\"a\"; content:\"d\"; within:-4", "abcd"),
		/* a 0 before it hides from the check: offset is a distance */
		YES("content:\"a\"; content:\"c\"; distance:0; offset:1",
		    "abc"),
		NO("content:\"a\"; content:\"b\"; distance:0; offset:1",
		    "abc"),
		YES("content:\"a\"; content:\"b\"; offset:0; within:1", "ab"),
	};

	(void)state;
	RUN(cases);
}

static void
chains(void **state)
{
	static const struct payload_case cases[] = {
		YES("content:\"a\"; content:\"b\"; within:1", "a ab"),
		NO("content:\"a\"; content:\"b\"; within:1", "a a b"),
		YES("content:\"aa\"; content:\"b\"; within:1", "aaab"),
		NO("content:\"abab\"; content:\"c\"; within:1", "abababx"),
		YES("content:\"abab\"; content:\"c\"; within:1", "abababc"),
		/* the shift is that of the bytes as written */
		NO("content:\"aA\"; nocase; content:\"b\"; within:1", "aaab"),
		YES("content:\"aA\"; nocase; content:\"b\"; within:1",
		    "aaaab"),
		YES("content:\"aa\"; nocase; content:\"b\"; within:1", "aAab"),
		/* the window shrinks from its first anchor */
		YES("content:\"a\"; depth:4; content:\"b\"; within:1",
		    "a.ab"),
		NO("content:\"a\"; depth:2; content:\"b\"; within:1", "a.ab"),
		YES("content:\"a\"; content:\"b\"; within:3; content:\"c\"; "
		    "within:1", "abbc"),
		NO("content:\"a\"; content:\"b\"; within:2; content:\"c\"; "
		    "within:1", "abxbc"),
		/* a test that is not relative stands in between */
		NO("content:\"a\"; dsize:>1; content:\"b\"; within:1", "a ab"),
		NO("content:\"n\"; byte_extract:1,0,v,relative; "
		    "byte_test:1,=,v,0", "n1n2"),
		/* tried once, negated too */
		NO("content:\"a\"; content:!\"x\"; distance:0", "axay"),
		YES("content:\"a\"; content:!\"x\"; within:1", "axay"),
		NO("content:\"a\"; content:!\"zz\"; distance:0; "
		    "content:\"b\"; within:1", "a ab"),
		/* a negated content that is not relative loses the cursor */
		NO("content:\"a\"; content:!\"x\"; content:\"b\"; within:1",
		    "ab"),
		YES("content:\"b\"; content:!\"x\"; content:\"a\"; within:1",
		    "ab"),
		/* base64_decode makes no retry point, byte_math does */
		NO("content:\"a\"; base64_decode:relative; base64_data; "
		    "content:\"hi\"; within:2", "a !aaGk="),
		YES("content:\"n\"; byte_math:bytes 1,offset 0,oper +,"
		    "rvalue 1,result r,relative,string dec", "nxn5"),
		YES("content:\"n\"; isdataat:!1,relative", "nxxn1"),
		YES("content:\"n\"; asn1:oversize_length 500,"
		    "relative_offset 0", "nAAA n0\x82\x27\x10"),
	};

	(void)state;
	RUN(cases);
}

static void
isdataat(void **state)
{
	static const struct payload_case cases[] = {
		YES("isdataat:2", "abc"),
		NO("isdataat:3", "abc"),
		YES("isdataat:!3", "abc"),
		YES("content:\"b\"; isdataat:0,relative", "abc"),
		YES("content:\"c\"; isdataat:!0,relative", "abc"),
		YES("isdataat:0x2", "abc"),
		YES("isdataat:!0", ""),
		YES("isdataat:!0,relative", ""),
		NO("byte_extract:4,0,v; isdataat:!v", "\xff\xff\xff\xff"),
		YES("byte_extract:4,0,v; isdataat:!v,relative",
		    "\xff\xff\xff\xff"),
		YES("byte_extract:4,0,v; isdataat:!v", "\x7f\xff\xff\xff"),
		YES("isdataat:1,rawbytes", "abc"),
	};

	(void)state;
	RUN(cases);
}

static void
bytes(void **state)
{
	static const struct payload_case cases[] = {
		YES("byte_test:1,=,0x41,0", "A"),
		NO("byte_test:1,=,0x41,0", "B"),
		NO("byte_test:1,!=,0,1", "A"),
		YES("byte_test:2,>,255,0", "\x01\x00"),
		YES("byte_test:2,=,1,0,little", "\x01\x00"),
		YES("byte_test:3,=,66051,0", "\x01\x02\x03"),
		YES("byte_test:4,=,-1,0", "\xff\xff\xff\xff"),
		YES("byte_test:1,&,0x40,0", "A"),
		NO("byte_test:1,!&,0x40,0", "A"),
		YES("byte_test:1,^,0x42,0", "A"),
		NO("byte_test:1,^,0x41,0", "A"),
		YES("byte_test:1,!,1,0", "A"),
		YES("byte_test:1,!<=,64,0", "A"),
		YES("byte_test:1,==,65,0", "A"),
		YES("byte_test:1,<>,66,0", "A"),
		YES("byte_test:1,=,010,0", "\x08"),
		YES("content:\"n\"; byte_test:1,=,5,-2,relative", "\x05n"),
		YES("byte_test:3,=,123,0,string,dec", "123"),
		YES("byte_test:4,=,0x1f,0,string,hex", " +1fz"),
		YES("byte_test:4,=,31,0,string", "0x1f"),
		YES("byte_test:4,=,8,0,string", "010 "),
		NO("byte_test:3,!=,5,0,string,dec", "-12"),
		NO("byte_test:3,!=,5,0,string,dec", "abc"),
		YES("byte_test:2,=,0,0,string,hex", "0x"),
		YES("byte_test:10,=,4294967295,0,string,dec", "9999999999"),
		NO("byte_test:10,>,0,0,string,dec", "1"),
		YES("byte_test:1,=,5,0,bitmask 0xf0", "\x5a"),
		YES("byte_jump:1,0; content:\"c\"; within:1", "\x02" "abc"),
		NO("byte_jump:1,0; content:\"b\"; within:1", "\x02" "abc"),
		YES("byte_jump:1,0,multiplier 2; content:\"c\"; within:1",
		    "\x01" "abc"),
		YES("byte_jump:1,0,align; content:\"e\"; within:1",
		    "\x01" "abcde"),
		YES("byte_jump:1,0,from_beginning; content:\"b\"; within:1",
		    "\x02" "abc"),
		YES("byte_jump:0,0,from_end,post_offset -1; content:\"c\"; "
		    "within:1", "abc"),
		YES("byte_jump:1,0", "\x00"),
		NO("byte_jump:1,0", "\x01"),
		NO("byte_jump:1,0,post_offset -2", "\x00"),
		YES("byte_jump:0,2; content:\"c\"; within:1", "abc"),
		NO("byte_jump:0,0,string,dec", "1"),
		YES("byte_jump:3,0,string,dec; content:\"a\"; within:1",
		    "1zab"),
		YES("byte_jump:0,0,from_end", ""),
		YES("byte_extract:1,0,v; content:\"c\"; offset:v",
		    "\x03" "abc"),
		NO("byte_extract:1,0,v; content:\"b\"; offset:v",
		    "\x03" "abc"),
		YES("byte_extract:1,0,v; content:\"b\"; depth:v", "\x00" "ab"),
		NO("byte_extract:1,0,v; content:!\"b\"; within:v",
		    "\x00" "ab"),
		YES("byte_extract:1,0,v,multiplier 3,align 4; "
		    "byte_test:1,=,v,1", "\x03\x0c"),
		YES("byte_extract:3,0,v,string; content:\"z\"; within:1",
		    "12z"),
		NO("byte_extract:1,0,v,relative", "abc"),
		YES("content:\"a\"; byte_extract:1,0,v,relative; "
		    "byte_test:1,=,v,2", "aXX"),
		YES("byte_math:bytes 1,offset 0,oper +,rvalue 2,result r; "
		    "byte_test:1,=,r,1", "\x03\x05"),
		YES("byte_math:bytes 1,offset 0,oper <<,rvalue 32,result r; "
		    "byte_test:1,=,r,0", "\x05"),
		YES("byte_math:bytes 2,offset 0,oper *,rvalue 3,result r,"
		    "string dec; byte_test:1,=,r,2", "12\x24"),
		NO("byte_math:bytes 1,offset 0,oper -,rvalue 6,result r",
		    "\x05"),
		NO("byte_math:bytes 4,offset 0,oper *,rvalue 2,result r",
		    "\xff\xff\xff\xff"),
		NO("byte_extract:1,0,z; byte_math:bytes 1,offset 1,oper /,"
		    "rvalue z,result r", "\x00\x05"),
		NO("byte_test:1,=,1,0,dce", "\x01"),
	};

	(void)state;
	RUN(cases);
}

static void
pcre(void **state)
{
	static const struct payload_case cases[] = {
		YES("pcre:\"/h.llo/\"", "say hello"),
		NO("pcre:\"/^h.llo/\"", "say hello"),
		YES("pcre:\"/HELLO/i\"", "hello"),
		NO("pcre:\"/\\xe9/i\"", "\xc9"),
		YES("pcre:!\"/x/\"", "hello"),
		NO("pcre:!\"/h/\"", "hello"),
		NO("pcre:!\"/x/\"", ""),
		YES("pcre:\"m|a/b|\"", "a/b"),
		YES("pcre:\"/a/b/\"", "a/b"),
		YES("pcre:\"/a\\;b/\"", "a;b"),
		YES("pcre:\"/h e l/x\"", "hel"),
		YES("pcre:\"/a.b/s\"", "a\nb"),
		YES("pcre:\"/^b/m\"", "a\nb"),
		NO("pcre:\"/b/A\"", "ab"),
		NO("pcre:\"/b$/E\"", "b\n"),
		YES("pcre:\"/b$/\"", "b\n"),
		YES("pcre:\"/\\j/\"", "j"),
		YES("content:\"a\"; pcre:\"/^b/R\"", "ab"),
		NO("content:\"a\"; pcre:\"/(?<=a)b/R\"", "ab"),
		NO("content:\"b\"; pcre:!\"/x/R\"", "ab"),
		YES("pcre:\"/a./\"; content:\"c\"; within:1", "axbabc"),
		NO("pcre:\"/a./A\"; content:\"c\"; within:1", "axbabc"),
		YES("content:\"World\"; pcre:\"/^/\"; content:\"!\"; "
		    "within:1", "World!"),
		NO("pcre:\"/x*/\"; content:\"b\"; within:1", "ab"),
		YES("pcre:\"/(?=a)/\"; content:\"a\"; within:1", "ba"),
		/* Snort 2.9.19 never returns from this one */
		NO("content:\"World\"; pcre:\"/x*/R\"; content:\"Hello\"; "
		    "within:5", "World and World, Hello"),
		NO("pcre:\"/(?=a)/\"; content:\"z\"; within:1", "baaa"),
		YES("pcre:\"/b/RB\"", "ab"),
		NO("pcre:\"/a/UH\"", "a"),
	};

	(void)state;
	RUN(cases);
}

static void
buffers(void **state)
{
	static const struct payload_case cases[] = {
		YES("base64_decode; base64_data; content:\"attack\"; depth:6",
		    "YXR0YWNr"),
		NO("base64_decode; content:\"attack\"", "YXR0YWNr"),
		YES("base64_decode; base64_data; content:\"hi\"; "
		    "isdataat:!0,relative", "aGk="),
		YES("base64_decode; base64_data; isdataat:0; isdataat:!1",
		    "AA=="),
		NO("base64_decode; base64_data", "!!!!"),
		YES("base64_decode", "!!!!"),
		NO("base64_decode", ""),
		YES("base64_decode; base64_data; content:\"attack\"",
		    "YXR0\r\n YWNr"),
		NO("base64_decode; base64_data; content:\"attack\"",
		    "YXR0\r\nYWNr"),
		YES("base64_decode:bytes 5; base64_data; isdataat:!3",
		    "YXR0YWNr"),
		YES("base64_decode:offset 2; base64_data; content:\"att\"",
		    "--YXR0"),
		NO("base64_decode:offset 4", "YXR0"),
		YES("content:\":\"; base64_decode:relative; base64_data; "
		    "content:\"att\"", ":YXR0"),
		YES("base64_decode; base64_data; pkt_data; content:\"YXR0\"; "
		    "depth:4", "YXR0"),
		NO("pkt_data; byte_extract:1,0,v,relative", "a"),
		YES("file_data; byte_extract:1,0,v,relative", "a"),
		NO("file_data", ""),
		NO("dce_stub_data", "a"),
		NO("content:\"a\"; http_uri", "a"),
		NO("content:!\"a\"; http_cookie", "b"),
		NO("sip_header; content:\"a\"", "a"),
		NO("sip_body", "a"),
		NO("modbus_data", "a"),
		NO("dnp3_data", "a"),
	};

	(void)state;
	RUN(cases);
}

static void
others(void **state)
{
	static const struct payload_case cases[] = {
		YES("dsize:3", "abc"),
		NO("dsize:4", "abc"),
		YES("dsize:<4", "abc"),
		YES("dsize:>2", "abc"),
		YES("dsize:3<>5", "abc"),
		NO("dsize:4<>5", "abc"),
		YES("dsize:0", ""),
		YES("asn1:oversize_length 3", "0\x03\x02\x01\x05"),
		NO("asn1:oversize_length 4", "0\x03\x02\x01\x05"),
		YES("asn1:bitstring_overflow", "\x03\x02\x09\x00"),
		NO("asn1:bitstring_overflow", "\x03\x02\x05\x00"),
		YES("asn1:double_overflow", "\x09\x82\x01\x01\x00"),
		NO("asn1:double_overflow", "\x09\x82\x01\x00\x00"),
		YES("asn1:print", "zzz"),
		NO("asn1:absolute_offset 2", "zzz"),
		YES("rpc:100000,2,*", "\x12\x34\x56\x78\0\0\0\0\0\0\0\2"
		    "\0\1\x86\xa0\0\0\0\2\0\0\0\4"),
		NO("rpc:100000,3,*", "\x12\x34\x56\x78\0\0\0\0\0\0\0\2"
		    "\0\1\x86\xa0\0\0\0\2\0\0\0\4"),
		NO("rpc:100000", "\x12\x34\x56\x78\0\0\0\0\0\0\0\2\0\1\x86"),
		NO("rpc:abc", "\x12\x34\x56\x78\0\0\0\0\0\0\0\2"
		    "\0\1\x86\xa0\0\0\0\2\0\0\0\4"),
		YES("content:\"PORT\"; ftpbounce", "PORT 10,1,1,3,4,5\r\n"),
		NO("content:\"PORT\"; ftpbounce", "PORT 10,1,1,2,4,5\r\n"),
		NO("content:\"PORT\"; ftpbounce", "PORT 300,1,1,2,4,5\r\n"),
		NO("content:\"PORT\"; ftpbounce", "PORT 10,1\r\n"),
		NO("ftpbounce", "PORT 10,1,1,3,4,5\r\n"),
		YES("cvs:invalid-entry", "Entry /a/1///\nIs-modified a\n"
		    "Is-modified a\n"),
		NO("cvs:invalid-entry", "Entry /a/1///\nIs-modified a\n"),
		YES("protected_content:\"5ebe2294ecd0e0f08eab7690d2a6ee69\"; "
		    "hash:md5; length:6; offset:4", "the secret word"),
		NO("protected_content:\"5ebe2294ecd0e0f08eab7690d2a6ee69\"; "
		    "hash:md5; length:6; offset:3", "the secret word"),
		YES("protected_content:!\"5ebe2294ecd0e0f08eab7690d2a6ee69\"; "
		    "hash:md5; length:6; offset:12", "the secret word"),
		YES("content:\" \"; protected_content:"
		    "\"5ebe2294ecd0e0f08eab7690d2a6ee69\"; hash:md5; length:6;"
		    " distance:0", "a the secret word"),
		YES("flow:stateless", "a"),
		YES("flow:to_server", "a"),
		YES("flow:to_client", "a"),
		NO("flow:established", "a"),
		YES("flow:not_established", "a"),
		YES("flow:no_stream,no_frag", "a"),
		NO("flow:only_stream", "a"),
		NO("flow:only_frag", "a"),
		YES("flowbits:set,a", "a"),
		NO("flowbits:isset,a", "a"),
		NO("flowbits:isnotset,a", "a"),
		NO("urilen:5", "a"),
		NO("http_encode:uri,utf8", "a"),
	};

	(void)state;
	RUN(cases);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content),
		cmocka_unit_test(windows),
		cmocka_unit_test(chains),
		cmocka_unit_test(isdataat),
		cmocka_unit_test(bytes),
		cmocka_unit_test(pcre),
		cmocka_unit_test(buffers),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
