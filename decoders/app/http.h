/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP: what its configuration says and what rules ask about it. */
#ifndef DECODERS_APP_HTTP_H
#define DECODERS_APP_HTTP_H

#include "core/base.h"
#include "core/ipaddr.h"
#include "core/slice.h"
#include "decoders/track/defrag.h"

/* What a URI may be written with: bits of http_server.norm and .alert. */
enum http_norm {
	HTTP_NORM_ASCII = 1 << 0,          /* %41 */
	HTTP_NORM_UTF8 = 1 << 1,           /* %c0%af */
	HTTP_NORM_U_ENCODE = 1 << 2,       /* %u0041 */
	HTTP_NORM_BARE_BYTE = 1 << 3,      /* UTF-8 without % */
	HTTP_NORM_IIS_UNICODE = 1 << 4,    /* by the code page */
	HTTP_NORM_DOUBLE_DECODE = 1 << 5,  /* %2541 */
	HTTP_NORM_MULTI_SLASH = 1 << 6,
	HTTP_NORM_BACKSLASH = 1 << 7,      /* iis_backslash */
	HTTP_NORM_DIRECTORY = 1 << 8,      /* /./ and /../ */
	HTTP_NORM_WHITESPACE = 1 << 9,     /* apache_whitespace */
	HTTP_NORM_DELIMITER = 1 << 10,     /* iis_delimiter */
	HTTP_NORM_WEBROOT = 1 << 11,       /* /../ above the root */
};

/* http_encode: what was found in a field. */
enum http_encoding {
	HTTP_ENC_UTF8 = 1 << 0,
	HTTP_ENC_DOUBLE = 1 << 1,
	HTTP_ENC_NON_ASCII = 1 << 2,
	HTTP_ENC_U_ENCODE = 1 << 3,
	HTTP_ENC_BARE_BYTE = 1 << 4,
	HTTP_ENC_ASCII = 1 << 5,
	HTTP_ENC_IIS_UNICODE = 1 << 6,
};
enum http_field_kind { HTTP_FIELD_URI, HTTP_FIELD_HEADER, HTTP_FIELD_COOKIE };
enum { HTTP_FIELD_KINDS = HTTP_FIELD_COOKIE + 1 };

struct http_facts {
	/* bits of enum http_encoding, of the message being judged */
	uint32_t encodings[HTTP_FIELD_KINDS];
};

/* xff_headers: a field that names the client, 1 the first to be asked. */
struct http_xff {
	struct text name;
	unsigned precedence;
};

/* preprocessor http_inspect_server */
struct http_server {
	const struct bind_net *nets; /* n_nets 0: the default */
	unsigned n_nets;
	uint32_t norm, alert; /* bits of enum http_norm */
	const uint8_t *non_rfc; /* bitmap of bytes, NULL: none */
	const struct text *methods;
	unsigned n_methods;
	/* -1: nothing, 0: all, else so many bytes */
	int32_t server_flow_depth, client_flow_depth, post_depth;
	/* 0: no limit */
	uint32_t oversize_dir, max_header, max_headers, max_spaces;
	uint32_t chunk_length, small_chunk, small_chunks, max_js_blanks;
	bool no_alerts, allow_proxy_use, inspect_uri_only, no_pipeline;
	bool extended_ascii, normalize_headers, normalize_cookies;
	bool normalize_utf, normalize_javascript;
	bool cookies;     /* enable_cookie */
	bool responses;   /* extended_response_inspection */
	bool gzip;        /* inspect_gzip */
	bool unlimited;   /* unlimited_decompress */
	bool swf_deflate, swf_lzma, pdf_deflate;
	bool xff, log_uri, log_hostname;
	bool http1_only;  /* legacy_mode */
	const struct http_xff *xffs;
	unsigned n_xffs;
};

/* preprocessor http_inspect: global */
struct http_conf {
	const struct http_server *servers; /* the default is the last one */
	unsigned n_servers;
	/* what a code page makes of a character above 0x7f, 0: nothing; NULL:
	 * there is none */
	const uint8_t *codepage; /* 65536 of them */
	const uint8_t *ports; /* bitmap of servers' ports, NULL: not known */
	size_t memcap, max_gzip_mem;
	uint32_t compress_depth, decompress_depth;
	bool proxy_alert, anomalous_servers, disabled;
};

/* A server's without a line; a profile's. */
struct http_server http_server_default(void);
/* The configuration of that server. */
const struct http_server *http_server_of(const struct http_conf *c,
    const struct ipaddr *a);

#endif
