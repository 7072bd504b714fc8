/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server makes of a URI, as far as its http_inspect_server line says:
 * decoded as often as the server does, slashes and directories folded. One
 * pass; what it writes is never longer than what it read.
 */
#include "decoders/app/http_int.h"

enum { NO_CHAR = 0xff }; /* stands for what is no character */

struct norm {
	const struct http_conf *conf;
	const struct http_server *sv;
	struct slice in;
	size_t at;
	uint8_t *out;
	size_t n;
	size_t dir; /* where the directory under way begins, in out */
	bool query; /* behind a `?' that was not encoded */
	struct http_uri_found *found;
};

/* A decoded character, and whether it was written as one. */
struct code {
	uint8_t c;
	bool coded;
};

static int
hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n hexadecimal digits from `at` on; -1: they are not there. */
static int
hex_at(struct slice s, size_t at, unsigned n)
{
	int v = 0;

	if (s.len < at || s.len - at < n)
		return -1;
	for (unsigned i = 0; i < n; i++) {
		int d = hex(s.ptr[at + i]);

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* A character above 0x7f, by the code page. */
static uint8_t
map(struct norm *s, uint32_t v)
{
	uint8_t c = 0;

	if (v <= 0x7f)
		return (uint8_t)v;
	if (s->sv->norm & HTTP_NORM_IIS_UNICODE) {
		s->found->norm |= HTTP_NORM_IIS_UNICODE;
		s->found->encodings |= HTTP_ENC_IIS_UNICODE;
		if (s->conf->codepage && v <= UINT16_MAX)
			c = s->conf->codepage[v];
	}
	s->found->encodings |= c ? 0 : HTTP_ENC_NON_ASCII;
	return c ? c : NO_CHAR;
}

/* The byte that stands at `at`, as %XX or, with bare_byte, itself; its length,
 * 0: it is none of these. */
static unsigned
coded_byte(const struct norm *s, size_t at, uint8_t *b)
{
	int v;

	if (at >= s->in.len)
		return 0;
	if (s->in.ptr[at] != '%') {
		*b = s->in.ptr[at];
		return s->sv->norm & HTTP_NORM_BARE_BYTE ? 1 : 0;
	}
	v = hex_at(s->in, at + 1, 2);
	if (v < 0)
		return 0;
	*b = (uint8_t)v;
	return 3;
}

/* The rest of a sequence of UTF-8, whose first byte was read; longer forms than
 * needed are taken as servers took them. */
static bool
utf8(struct norm *s, uint8_t first, uint32_t *v)
{
	unsigned more = (first & 0xe0) == 0xc0 ? 1 :
	    (first & 0xf0) == 0xe0 ? 2 : (first & 0xf8) == 0xf0 ? 3 : 0;
	uint32_t sum = first & (0x7fu >> (more + 1));
	size_t at = s->at;

	if (!more || !(s->sv->norm & HTTP_NORM_UTF8))
		return false;
	for (; more; more--) {
		uint8_t b = 0;
		unsigned n = coded_byte(s, at, &b);

		if (!n || (b & 0xc0) != 0x80)
			return false;
		sum = sum << 6 | (b & 0x3f);
		at += n;
	}
	s->at = at;
	*v = sum;
	return true;
}

/* What stands for a byte that is no ASCII. */
static uint8_t
high(struct norm *s, uint8_t b)
{
	uint32_t v;

	if (utf8(s, b, &v)) {
		s->found->norm |= HTTP_NORM_UTF8;
		s->found->encodings |= HTTP_ENC_UTF8;
		return map(s, v);
	}
	s->found->encodings |= HTTP_ENC_NON_ASCII;
	return b;
}

/* Behind a `%', which was read. */
static uint8_t
percent(struct norm *s)
{
	const struct slice in = s->in;
	int v;

	if (s->sv->norm & HTTP_NORM_U_ENCODE && s->at < in.len &&
	    (in.ptr[s->at] | 0x20) == 'u') {
		v = hex_at(in, s->at + 1, 4);
		if (v >= 0) {
			s->at += 5;
			s->found->norm |= HTTP_NORM_U_ENCODE;
			s->found->encodings |= HTTP_ENC_U_ENCODE;
			return map(s, (uint32_t)v);
		}
	}
	v = hex_at(in, s->at, 2);
	if (v < 0)
		return NO_CHAR;
	s->at += 2;
	s->found->norm |= HTTP_NORM_ASCII;
	s->found->encodings |= HTTP_ENC_ASCII;
	return v >= 0x80 ? high(s, (uint8_t)v) : (uint8_t)v;
}

/* The next character, decoded once. */
static struct code
read_once(struct norm *s)
{
	uint8_t c = s->in.ptr[s->at++];

	if (c == '%' && s->sv->norm & HTTP_NORM_ASCII)
		return (struct code){ percent(s), true };
	if (c >= 0x80) {
		if (s->sv->norm & HTTP_NORM_BARE_BYTE) {
			s->found->norm |= HTTP_NORM_BARE_BYTE;
			s->found->encodings |= HTTP_ENC_BARE_BYTE;
			return (struct code){ high(s, c), false };
		}
		s->found->encodings |= HTTP_ENC_NON_ASCII;
	}
	return (struct code){ c, false };
}

/* Behind a `%' that was itself encoded: what it means decoded again; false: no
 * more than itself. */
static bool
read_twice(struct norm *s, uint8_t *c)
{
	size_t before = s->at;
	struct code d[5];
	unsigned want = 2, n;
	uint32_t v = 0;

	for (n = 0; n < want && s->at < s->in.len; n++) {
		d[n] = read_once(s);
		if (n == 0 && (d[0].c | 0x20) == 'u' &&
		    s->sv->norm & HTTP_NORM_U_ENCODE)
			want = 5;
		else if (hex(d[n].c) < 0)
			break;
		else
			v = v << 4 | (uint32_t)hex(d[n].c);
	}
	if (n < want) {
		s->at = before;
		return false;
	}
	s->found->norm |= HTTP_NORM_DOUBLE_DECODE;
	s->found->encodings |= HTTP_ENC_DOUBLE;
	*c = want == 5 ? map(s, v) : (uint8_t)v;
	return true;
}

/* -- slashes and directories ------------------------------------------------- */

static bool
ends_with(const struct norm *s, const char *what, size_t len)
{
	return s->n >= len && memcmp(s->out + s->n - len, what, len) == 0;
}

/* Back to behind the slash before the last one. */
static void
go_up(struct norm *s)
{
	size_t n = s->n - sizeof("/../") + 1;

	while (n && s->out[n - 1] != '/')
		n--;
	if (!n) {
		if (!s->query)
			s->found->norm |= HTTP_NORM_WEBROOT;
		s->out[0] = '/';
		n = 1;
	}
	s->n = n;
}

static void
put_slash(struct norm *s)
{
	uint32_t norm = s->sv->norm;

	if (norm & HTTP_NORM_MULTI_SLASH && s->n && s->out[s->n - 1] == '/') {
		/* scheme://host */
		if (s->n >= 2 && s->out[s->n - 2] == ':' &&
		    !memchr(s->out, '/', s->n - 1)) {
			s->out[s->n++] = '/';
			s->dir = s->n;
			return;
		}
		if (!s->query)
			s->found->norm |= HTTP_NORM_MULTI_SLASH;
		return;
	}
	s->found->oversize_dir |= !s->query && s->sv->oversize_dir &&
	    s->n - s->dir > s->sv->oversize_dir;
	s->out[s->n++] = '/';
	if (norm & HTTP_NORM_DIRECTORY && ends_with(s, "/./", 3)) {
		s->n -= 2;
		s->found->self_dir |= !s->query;
	} else if (norm & HTTP_NORM_DIRECTORY && ends_with(s, "/../", 4)) {
		go_up(s);
		s->found->dir_up |= !s->query;
	}
	s->dir = s->n;
}

static void
put(struct norm *s, struct code k)
{
	uint8_t c = k.c;

	if (c == '\\' && s->sv->norm & HTTP_NORM_BACKSLASH) {
		if (!s->query)
			s->found->norm |= HTTP_NORM_BACKSLASH;
		c = '/';
	}
	if (c == '/') {
		put_slash(s);
		return;
	}
	if (c == '+' && !k.coded)
		c = ' ';
	if ((c == '?' || c == '#') && !k.coded)
		s->query = true;
	s->out[s->n++] = c;
}

/* Bytes that need a look. */
static bool
is_plain(struct slice raw)
{
	uint8_t last = 0;

	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = raw.ptr[i];

		if (c == '%' || c == '\\' || c == '+' || c >= 0x7f ||
		    (last == '/' && (c == '/' || c == '.')))
			return false;
		last = c;
	}
	return true;
}

static bool
has_non_rfc(const struct http_server *sv, struct slice raw)
{
	for (size_t i = 0; sv->non_rfc && i < raw.len; i++)
		if (sv->non_rfc[raw.ptr[i] >> 3] >> (raw.ptr[i] & 7) & 1)
			return true;
	return false;
}

/* A directory that is longer than the server's are. */
static bool
has_long_dir(const struct http_server *sv, struct slice raw)
{
	size_t dir = 0;

	if (!sv->oversize_dir || raw.len <= sv->oversize_dir)
		return false;
	for (size_t i = 0; i < raw.len && raw.ptr[i] != '?'; i++) {
		if (raw.ptr[i] != '/')
			continue;
		if (i - dir > sv->oversize_dir)
			return true;
		dir = i + 1;
	}
	return false;
}

struct slice
http_uri_read(const struct http_conf *conf, const struct http_server *sv,
    struct slice raw, uint8_t *room, struct http_uri_found *found)
{
	struct norm s = { .conf = conf, .sv = sv, .in = raw, .out = room,
		.found = found };

	found->non_rfc |= has_non_rfc(sv, raw);
	if (is_plain(raw)) {
		found->oversize_dir |= has_long_dir(sv, raw);
		return raw;
	}
	while (s.at < raw.len) {
		struct code k = read_once(&s);

		if (k.coded && k.c == '%' &&
		    sv->norm & HTTP_NORM_DOUBLE_DECODE)
			(void)read_twice(&s, &k.c);
		put(&s, k);
	}
	return slice_make(room, s.n);
}
