/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor http_inspect: global and http_inspect_server (Snort's
 * README.http_inspect). */
#include <stddef.h>
#include <string.h>

#include "core/limits.h"
#include "decoders/app/http.h"
#include "sensor/applier.h"

static const uint16_t default_ports[] = { 80 };

/* -- a line's own words ------------------------------------------------------ */

struct line {
	struct applier *a;
	struct http_conf *conf;
	struct http_server *sv;
	struct text rest;
	/* lists of this line; NULL: none was named */
	uint8_t *ports, *non_rfc;
	struct text *methods;
	struct http_xff *xffs;
	struct bind_net *nets;
};

enum kind {
	FLAG,    /* a bool, set by the word */
	NUMBER,  /* an int32_t or uint32_t */
	SIZE,    /* a size_t */
	NORM,    /* a bit of norm, and yes or no of alert */
	ANSWER,  /* yes or no, without effect */
	NOTHING, /* accepted without effect */
	OWN,
};

struct word_def {
	const char *name;
	enum kind kind;
	size_t at;        /* offset; NORM: the bit */
	int64_t min, max;
	bool (*read)(struct line *l);
};

static bool
take(struct line *l, const struct word_def *d, void *to)
{
	uint8_t *at = (uint8_t *)to + d->at;
	bool on;
	int64_t v;

	switch (d->kind) {
	case FLAG:
		*(bool *)(void *)at = true;
		return true;
	case NUMBER:
		if (!applier_number(l->a, &l->rest, d->min, d->max, &v))
			return false;
		*(int32_t *)(void *)at = (int32_t)v;
		return true;
	case SIZE:
		if (!applier_number(l->a, &l->rest, d->min, d->max, &v))
			return false;
		*(size_t *)(void *)at = (size_t)v;
		return true;
	case NORM:
		if (!applier_is_on(l->a, &l->rest, &on))
			return false;
		/* to say yes or no is to switch it on */
		l->sv->norm |= (uint32_t)d->at;
		l->sv->alert &= ~(uint32_t)d->at;
		l->sv->alert |= on ? (uint32_t)d->at : 0;
		return true;
	case ANSWER:
		return applier_is_on(l->a, &l->rest, &on);
	case NOTHING:
		return true;
	case OWN:
		return d->read(l);
	}
	return false;
}

/* Reads words up to the end of the line; false after an error. */
static bool
take_all(struct line *l, const struct word_def *defs, size_t n, void *to)
{
	struct text word;

	while ((word = applier_token(&l->rest)).len) {
		size_t i = 0;

		while (i < n && !text_is_nocase(word, defs[i].name))
			i++;
		if (i == n) {
			applier_bad(l->a, word, "no word of this line");
			return false;
		}
		if (!take(l, &defs[i], to))
			return false;
	}
	return true;
}

/* -- the code page -------------------------------------------------------------- */

static int
hex_of(struct text t, uint32_t *v)
{
	*v = 0;
	for (size_t i = 0; i < t.len; i++) {
		char c = text_lower(t.ptr[i]);

		if (c >= '0' && c <= '9')
			*v = *v << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*v = *v << 4 | (uint32_t)(c - 'a' + 10);
		else
			return -1;
	}
	return t.len && t.len <= 4 ? 0 : -1;
}

/* XXXX:XX, a character and what it is taken for. */
static bool
take_pair(struct text pair, uint8_t *map)
{
	struct text from = text_cut(&pair, ':');
	uint32_t a, b;

	if (hex_of(from, &a) || hex_of(pair, &b) || b > UINT8_MAX)
		return false;
	map[a] = (uint8_t)b;
	return true;
}

/*
 * Snort's unicode.map: a line that begins with a code page's number, and pairs
 * in the lines behind it, up to an empty one. false: there is no such page.
 */
static bool
take_codepage(struct text file, struct text number, uint8_t *map)
{
	bool here = false, found = false;

	while (file.len) {
		struct text line = text_trim(text_cut(&file, '\n')), word;

		if (!line.len || line.ptr[0] == '#') {
			here = false;
			continue;
		}
		word = text_word(&line);
		if (!memchr(word.ptr, ':', word.len)) {
			here = text_eq(word, number);
			found |= here;
			continue;
		}
		for (; here && word.len; word = text_word(&line))
			if (!take_pair(word, map))
				return false;
	}
	return found;
}

static bool
read_map(struct line *l)
{
	struct text name = applier_word(&l->rest), text, number;
	uint8_t *map = arena_xalloc(&l->a->t->arena, UINT16_MAX + 1);
	const char *path;
	int64_t v;

	if (!name.len) {
		applier_bad(l->a, name, "the name of a file belongs here");
		return false;
	}
	number = l->rest;
	if (!applier_number(l->a, &l->rest, 0, UINT16_MAX, &v))
		return false;
	number = applier_word(&number);
	if (!tree_file(l->a->t, name, loc_at(l->a->d->args_loc,
	    (size_t)(name.ptr - l->a->d->args.ptr)), &path, &text))
		return false;
	if (!take_codepage(text, number, map)) {
		applier_bad(l->a, number, "the file has no such code page, or "
		    "something else than pairs of numbers in it");
		return false;
	}
	l->conf->codepage = map;
	return true;
}

/* -- http_inspect: global --------------------------------------------------------- */

#define AT(field) offsetof(struct http_conf, field)
static const struct word_def global_words[] = {
	{ "iis_unicode_map", OWN, 0, 0, 0, read_map },
	{ "compress_depth", NUMBER, AT(compress_depth), 1, 65535, NULL },
	{ "decompress_depth", NUMBER, AT(decompress_depth), 1, 65535, NULL },
	{ "max_gzip_mem", SIZE, AT(max_gzip_mem), 3276, UINT32_MAX, NULL },
	{ "memcap", SIZE, AT(memcap), 2304, 603979776, NULL },
	{ "detect_anomalous_servers", FLAG, AT(anomalous_servers), 0, 0,
	    NULL },
	{ "proxy_alert", FLAG, AT(proxy_alert), 0, 0, NULL },
	{ "fast_blocking", NOTHING, 0, 0, 0, NULL },
	{ "disabled", FLAG, AT(disabled), 0, 0, NULL },
};
#undef AT

void
config_http(struct applier *a)
{
	struct line l = { .a = a, .rest = a->d->args };
	struct text word = applier_token(&l.rest);
	static const struct http_server none[1];

	if (!text_is_nocase(word, "global")) {
		applier_bad(a, word, "global belongs here");
		return;
	}
	l.conf = applier_proto(a, APP_HTTP, sizeof(*l.conf), default_ports,
	    ARRAY_LEN(default_ports));
	if (!l.conf)
		return;
	/* as Snort has it without a word */
	l.conf->servers = none;
	l.conf->n_servers = 0;
	l.conf->compress_depth = 1460;
	l.conf->decompress_depth = 2920;
	a->http = l.conf;
	if (!take_all(&l, global_words, ARRAY_LEN(global_words), l.conf))
		return;
	if (l.conf->disabled)
		applier_proto_off(a, APP_HTTP);
}

/* -- lists ---------------------------------------------------------------------------- */

static bool
read_ports(struct line *l)
{
	const uint8_t *bits;

	if (!applier_port_list(l->a, &l->rest, &bits))
		return false;
	if (!l->ports)
		l->ports = applier_ports(l->a, NULL, 0);
	for (size_t i = 0; i < PORT_BITMAP_BYTES; i++)
		l->ports[i] |= bits[i];
	return true;
}

static void
add_method(struct line *l, struct text method)
{
	l->methods = settings_grow(&l->a->t->arena, l->methods,
	    l->sv->n_methods, sizeof(*l->methods));
	l->methods[l->sv->n_methods++] = method;
	l->sv->methods = l->methods;
}

static bool
take_method(struct applier *a, struct text word, void *arg)
{
	(void)a;
	add_method(arg, word);
	return true;
}

static bool
read_methods(struct line *l)
{
	return applier_list(l->a, &l->rest, take_method, l);
}

/* A byte, decimal or as 0x00. */
static bool
take_char(struct applier *a, struct text word, void *arg)
{
	struct line *l = arg;
	int64_t v;

	if (!text_to_i64_auto(word, 0, UINT8_MAX, &v)) {
		applier_bad(a, word, "a byte from 0x00 to 0xff belongs here");
		return false;
	}
	l->non_rfc[v >> 3] |= (uint8_t)(1 << (v & 7));
	return true;
}

static bool
read_non_rfc(struct line *l)
{
	l->non_rfc = arena_xalloc(&l->a->t->arena, (UINT8_MAX + 1) / 8);
	l->sv->non_rfc = l->non_rfc;
	return applier_list(l->a, &l->rest, take_char, l);
}

/* whitespace_chars: which bytes are blanks; here those of the standard are. */
static bool
skip_word(struct applier *a, struct text word, void *arg)
{
	(void)a;
	(void)word;
	(void)arg;
	return true;
}

static bool
skip_list(struct line *l)
{
	return applier_list(l->a, &l->rest, skip_word, NULL);
}

static bool
take_swf(struct applier *a, struct text word, void *arg)
{
	struct line *l = arg;

	l->sv->swf_deflate |= text_is_nocase(word, "deflate");
	l->sv->swf_lzma |= text_is_nocase(word, "lzma");
	if (text_is_nocase(word, "deflate") || text_is_nocase(word, "lzma"))
		return true;
	applier_bad(a, word, "deflate or lzma belongs here");
	return false;
}

static bool
read_swf(struct line *l)
{
	return applier_list(l->a, &l->rest, take_swf, l);
}

static bool
take_pdf(struct applier *a, struct text word, void *arg)
{
	struct line *l = arg;

	l->sv->pdf_deflate = text_is_nocase(word, "deflate");
	if (l->sv->pdf_deflate)
		return true;
	applier_bad(a, word, "deflate belongs here");
	return false;
}

static bool
read_pdf(struct line *l)
{
	return applier_list(l->a, &l->rest, take_pdf, l);
}

/* { SIZE COUNT } */
static bool
read_small_chunks(struct line *l)
{
	struct text word = applier_token(&l->rest);
	int64_t size, count;

	if (!text_is(word, "{")) {
		applier_bad(l->a, word, "a size and a count belong here, in "
		    "{ }");
		return false;
	}
	if (!applier_number(l->a, &l->rest, 0, UINT8_MAX, &size) ||
	    !applier_number(l->a, &l->rest, 0, UINT8_MAX, &count))
		return false;
	word = applier_token(&l->rest);
	if (!text_is(word, "}")) {
		applier_bad(l->a, word, "a '}' belongs here");
		return false;
	}
	l->sv->small_chunk = (uint32_t)size;
	l->sv->small_chunks = (uint32_t)count;
	return true;
}

static bool
read_legacy(struct line *l)
{
	return applier_is_on(l->a, &l->rest, &l->sv->http1_only);
}

/* { [ NAME PRECEDENCE ] ... } */
static bool
read_xff_headers(struct line *l)
{
	struct text word = applier_token(&l->rest), rest = l->rest;

	if (!text_is(word, "{")) {
		applier_bad(l->a, word, "a list belongs here, in { }");
		return false;
	}
	rest = text_cut(&l->rest, '}');
	while (text_trim(rest).len) {
		struct text item, name;
		int64_t n;

		(void)text_cut(&rest, '[');
		item = text_cut(&rest, ']');
		name = applier_word(&item);
		if (!name.len) {
			applier_bad(l->a, word, "[ name precedence ] belongs "
			    "here");
			return false;
		}
		if (!applier_number(l->a, &item, 1, UINT8_MAX, &n))
			return false;
		l->xffs = settings_grow(&l->a->t->arena, l->xffs,
		    l->sv->n_xffs, sizeof(*l->xffs));
		l->xffs[l->sv->n_xffs++] = (struct http_xff){ name,
			(unsigned)n };
		l->sv->xffs = l->xffs;
		rest = text_trim(rest);
		if (rest.len && rest.ptr[0] == ',')
			rest.ptr++, rest.len--;
	}
	return true;
}

/* -- profiles ----------------------------------------------------------------------- */

enum {
	/* what every profile has */
	NORM_ALL = HTTP_NORM_ASCII | HTTP_NORM_MULTI_SLASH |
	    HTTP_NORM_DIRECTORY | HTTP_NORM_WEBROOT,
	NORM_IIS = NORM_ALL | HTTP_NORM_U_ENCODE | HTTP_NORM_BARE_BYTE |
	    HTTP_NORM_IIS_UNICODE | HTTP_NORM_BACKSLASH | HTTP_NORM_DELIMITER,
	ALERT_IIS = HTTP_NORM_U_ENCODE | HTTP_NORM_BARE_BYTE |
	    HTTP_NORM_IIS_UNICODE | HTTP_NORM_WEBROOT,
};
static const struct {
	const char *name;
	uint32_t norm, alert;
} profiles[] = {
	{ "all", NORM_IIS | HTTP_NORM_UTF8 | HTTP_NORM_DOUBLE_DECODE |
	    HTTP_NORM_WHITESPACE, ALERT_IIS | HTTP_NORM_DOUBLE_DECODE },
	{ "apache", NORM_ALL | HTTP_NORM_UTF8 | HTTP_NORM_WHITESPACE,
	    HTTP_NORM_WEBROOT },
	{ "iis", NORM_IIS, ALERT_IIS },
	{ "iis4_0", NORM_IIS | HTTP_NORM_DOUBLE_DECODE, ALERT_IIS |
	    HTTP_NORM_DOUBLE_DECODE },
	{ "iis5_0", NORM_IIS | HTTP_NORM_DOUBLE_DECODE, ALERT_IIS |
	    HTTP_NORM_DOUBLE_DECODE },
};

static bool
read_profile(struct line *l)
{
	struct text word = applier_token(&l->rest);

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		if (!text_is_nocase(word, profiles[i].name))
			continue;
		l->sv->norm = profiles[i].norm;
		l->sv->alert = profiles[i].alert;
		return true;
	}
	applier_bad(l->a, word, "all, apache, iis, iis4_0 or iis5_0");
	return false;
}

/* -- http_inspect_server -------------------------------------------------------------- */

#define AT(field) offsetof(struct http_server, field)
static const struct word_def server_words[] = {
	{ "profile", OWN, 0, 0, 0, read_profile },
	{ "ports", OWN, 0, 0, 0, read_ports },
	{ "http_methods", OWN, 0, 0, 0, read_methods },
	{ "iis_unicode_map", OWN, 0, 0, 0, read_map },
	{ "server_flow_depth", NUMBER, AT(server_flow_depth), -1, 65535,
	    NULL },
	{ "flow_depth", NUMBER, AT(server_flow_depth), -1, 65535, NULL },
	{ "client_flow_depth", NUMBER, AT(client_flow_depth), -1, 1460,
	    NULL },
	{ "post_depth", NUMBER, AT(post_depth), -1, 65495, NULL },
	{ "ascii", NORM, HTTP_NORM_ASCII, 0, 0, NULL },
	{ "utf_8", NORM, HTTP_NORM_UTF8 | HTTP_NORM_ASCII, 0, 0, NULL },
	{ "u_encode", NORM, HTTP_NORM_U_ENCODE, 0, 0, NULL },
	{ "bare_byte", NORM, HTTP_NORM_BARE_BYTE, 0, 0, NULL },
	{ "iis_unicode", NORM, HTTP_NORM_IIS_UNICODE, 0, 0, NULL },
	{ "double_decode", NORM, HTTP_NORM_DOUBLE_DECODE, 0, 0, NULL },
	{ "multi_slash", NORM, HTTP_NORM_MULTI_SLASH, 0, 0, NULL },
	{ "iis_backslash", NORM, HTTP_NORM_BACKSLASH, 0, 0, NULL },
	{ "directory", NORM, HTTP_NORM_DIRECTORY, 0, 0, NULL },
	{ "apache_whitespace", NORM, HTTP_NORM_WHITESPACE, 0, 0, NULL },
	{ "iis_delimiter", NORM, HTTP_NORM_DELIMITER, 0, 0, NULL },
	{ "webroot", NORM, HTTP_NORM_WEBROOT, 0, 0, NULL },
	{ "base36", ANSWER, 0, 0, 0, NULL },
	{ "non_rfc_char", OWN, 0, 0, 0, read_non_rfc },
	{ "whitespace_chars", OWN, 0, 0, 0, skip_list },
	{ "extended_ascii_uri", FLAG, AT(extended_ascii), 0, 0, NULL },
	{ "chunk_length", NUMBER, AT(chunk_length), 0, INT32_MAX, NULL },
	{ "small_chunk_length", OWN, 0, 0, 0, read_small_chunks },
	{ "oversize_dir_length", NUMBER, AT(oversize_dir), 0, INT32_MAX,
	    NULL },
	{ "max_header_length", NUMBER, AT(max_header), 0, 65535, NULL },
	{ "max_headers", NUMBER, AT(max_headers), 0, 1024, NULL },
	{ "max_spaces", NUMBER, AT(max_spaces), 0, 65535, NULL },
	{ "no_pipeline_req", FLAG, AT(no_pipeline), 0, 0, NULL },
	{ "non_strict", NOTHING, 0, 0, 0, NULL },
	{ "allow_proxy_use", FLAG, AT(allow_proxy_use), 0, 0, NULL },
	{ "no_alerts", FLAG, AT(no_alerts), 0, 0, NULL },
	{ "inspect_uri_only", FLAG, AT(inspect_uri_only), 0, 0, NULL },
	{ "normalize_headers", FLAG, AT(normalize_headers), 0, 0, NULL },
	{ "normalize_cookies", FLAG, AT(normalize_cookies), 0, 0, NULL },
	{ "normalize_utf", FLAG, AT(normalize_utf), 0, 0, NULL },
	{ "normalize_javascript", FLAG, AT(normalize_javascript), 0, 0,
	    NULL },
	{ "max_javascript_whitespaces", NUMBER, AT(max_js_blanks), 0, 65535,
	    NULL },
	{ "enable_cookie", FLAG, AT(cookies), 0, 0, NULL },
	{ "enable_cookies", FLAG, AT(cookies), 0, 0, NULL },
	{ "extended_response_inspection", FLAG, AT(responses), 0, 0, NULL },
	{ "inspect_gzip", FLAG, AT(gzip), 0, 0, NULL },
	{ "unlimited_decompress", FLAG, AT(unlimited), 0, 0, NULL },
	{ "decompress_swf", OWN, 0, 0, 0, read_swf },
	{ "decompress_pdf", OWN, 0, 0, 0, read_pdf },
	{ "enable_xff", FLAG, AT(xff), 0, 0, NULL },
	{ "xff_headers", OWN, 0, 0, 0, read_xff_headers },
	{ "log_uri", FLAG, AT(log_uri), 0, 0, NULL },
	{ "log_hostname", FLAG, AT(log_hostname), 0, 0, NULL },
	{ "legacy_mode", OWN, 0, 0, 0, read_legacy },
};
#undef AT

static bool
take_address(struct applier *a, struct text word, void *arg)
{
	const struct ip_set *set = tree_ip_list(a->t, word,
	    loc_at(a->d->args_loc, (size_t)(word.ptr - a->d->args.ptr)));
	struct line *l = arg;

	for (unsigned i = 0; set && i < set->n; i++) {
		l->nets = settings_grow(&a->t->arena, l->nets,
		    l->sv->n_nets, sizeof(*l->nets));
		l->nets[l->sv->n_nets++] = (struct bind_net){
			.addr = set->nets[i].addr,
			.bits = set->nets[i].bits,
			.negated = set->nets[i].negated };
	}
	l->sv->nets = l->nets;
	return set != NULL;
}

/* server default | ADDRESS | { ADDRESS ... } */
static bool
read_server(struct line *l, bool *is_default)
{
	struct text word = applier_token(&l->rest), before = l->rest;

	if (!text_is_nocase(word, "server")) {
		applier_bad(l->a, word, "server belongs here");
		return false;
	}
	word = applier_token(&l->rest);
	*is_default = text_is_nocase(word, "default");
	if (*is_default)
		return true;
	if (text_is(word, "{")) {
		l->rest = before;
		return applier_list(l->a, &l->rest, take_address, l);
	}
	return take_address(l->a, word, l);
}

/* The default server stays the last one. */
static bool
add_server(struct line *l, bool is_default)
{
	struct applier *a = l->a;
	struct http_conf *c = a->http;
	unsigned n = c->n_servers, at = n;

	if (is_default && a->http_has_default) {
		applier_bad(a, a->d->args, "the default stands twice: take one "
		    "away");
		return false;
	}
	if (n == LIM_HTTP_SERVERS) {
		applier_bad(a, a->d->args, "too many servers");
		return false;
	}
	a->http_servers = settings_grow(&a->t->arena, a->http_servers, n,
	    sizeof(*a->http_servers));
	if (a->http_has_default) {
		a->http_servers[n] = a->http_servers[n - 1];
		at = n - 1;
	}
	a->http_has_default |= is_default;
	a->http_servers[at] = *l->sv;
	c->servers = a->http_servers;
	c->n_servers++;
	return true;
}

void
config_http_server(struct applier *a)
{
	/* as Snort has it without a word */
	struct http_server sv = {
		.norm = HTTP_NORM_ASCII | HTTP_NORM_UTF8 |
		    HTTP_NORM_MULTI_SLASH | HTTP_NORM_DIRECTORY |
		    HTTP_NORM_WEBROOT | HTTP_NORM_WHITESPACE |
		    HTTP_NORM_DELIMITER,
		.alert = HTTP_NORM_WEBROOT,
		.server_flow_depth = 300,
		.client_flow_depth = 300,
		.post_depth = -1,
		.chunk_length = 500000,
		.max_spaces = 200,
		.max_js_blanks = 200,
	};
	struct line l = { .a = a, .conf = a->http, .sv = &sv,
		.rest = a->d->args };
	struct app_proto_conf *p = &a->s->track.app.proto[APP_HTTP];
	bool is_default;

	if (!a->http) {
		applier_bad(a, a->d->args, "http_inspect: global belongs "
		    "before it");
		return;
	}
	add_method(&l, TEXT("GET"));
	add_method(&l, TEXT("POST"));
	if (!read_server(&l, &is_default) || !take_all(&l, server_words,
	    ARRAY_LEN(server_words), &sv) || !add_server(&l, is_default))
		return;
	if (!l.ports)
		l.ports = applier_ports(a, default_ports,
		    ARRAY_LEN(default_ports));
	/* of all servers: each has its own in Snort */
	if (a->http_ports)
		for (size_t i = 0; i < PORT_BITMAP_BYTES; i++)
			l.ports[i] |= a->http_ports[i];
	p->ports = a->http_ports = a->http->ports = l.ports;
}
