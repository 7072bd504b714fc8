/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of HTTP share: a server as the stock configuration has it, and a
 * look at what a conversation gave. */
#ifndef TESTS_UNIT_HTTP_HELP_H
#define TESTS_UNIT_HTTP_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "decoders/app/http.h"
#include "tests/tools/app_rig.h"

#define C(text) { FLOW_CLIENT, text, 0 }
#define S(text) { FLOW_SERVER, text, 0 }
#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n"

/* "gzipped text" */
static const uint8_t gzipped[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xaf,
	0xca, 0x2c, 0x28, 0x48, 0x4d, 0x51, 0x28, 0x49, 0xad, 0x28, 0x01, 0x00,
	0xb1, 0x4d, 0x76, 0xdb, 0x0c, 0x00, 0x00, 0x00,
};

static const uint8_t control[32] = { 0xff }; /* 0 to 7 */
static const struct text methods[] = { { "GET", 3 }, { "POST", 4 },
	{ "PUT", 3 }, { "HEAD", 4 }, { "CONNECT", 7 } };
static struct http_server sv;
static struct http_conf conf;
static struct rig r;

/* As the stock configuration has it. */
static int
setup(void **state)
{
	(void)state;
	sv = (struct http_server){
		.norm = 0xfff & ~(uint32_t)HTTP_NORM_BARE_BYTE,
		.alert = HTTP_NORM_U_ENCODE,
		.non_rfc = control,
		.methods = methods,
		.n_methods = ARRAY_LEN(methods),
		.oversize_dir = 20,
		.max_header = 200,
		.max_headers = 5,
		.max_spaces = 50,
		.chunk_length = 1000,
		.small_chunk = 2,
		.small_chunks = 3,
		.max_js_blanks = 20,
		.cookies = true,
		.responses = true,
		.gzip = true,
		.unlimited = true,
	};
	conf = (struct http_conf){ .servers = &sv, .n_servers = 1,
		.memcap = 1 << 20, .max_gzip_mem = 1 << 20,
		.compress_depth = 65535, .decompress_depth = 65535 };
	if (!rig_init(&r, APP_HTTP, &conf))
		return -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rig_fini(&r);
	return 0;
}

#define PLAY(...) play((const struct rig_say[]){ __VA_ARGS__ },                \
	sizeof((const struct rig_say[]){ __VA_ARGS__ }) /                      \
	sizeof(struct rig_say))

static void
play(const struct rig_say *say, size_t n)
{
	rig_play(&r, say, n);
}

/* In the text of the last conversation. */
static void
has(const char *part)
{
	if (!strstr(rig_text(&r), part)) {
		print_error("%s\n--- not in\n%s", part, rig_text(&r));
		fail();
	}
}

static void
has_not(const char *part)
{
	if (strstr(rig_text(&r), part)) {
		print_error("%s\n--- is in\n%s", part, rig_text(&r));
		fail();
	}
}

static unsigned
count(const char *part)
{
	unsigned n = 0;

	for (const char *p = rig_text(&r); (p = strstr(p, part)); p++)
		n++;
	return n;
}

#endif
