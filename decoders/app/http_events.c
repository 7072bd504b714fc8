/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of HTTP by Snort's numbers: 119 of requests, 120 of responses. */
#include "decoders/app/http2.h"

#define EVENT(sid, name, text) { sid, DEC_EV_DECODE, "http." name, \
	"(http_inspect) " text }

static const struct dec_event_def client[] = {
	EVENT(HTTP_EV_ASCII, "ascii", "ASCII encoding in the URI"),
	EVENT(HTTP_EV_DOUBLE, "double_decode", "URI encoded twice"),
	EVENT(HTTP_EV_U_ENCODE, "u_encode", "%u encoding in the URI"),
	EVENT(HTTP_EV_BARE_BYTE, "bare_byte", "bytes above 0x7f in the URI"),
	EVENT(HTTP_EV_UTF8, "utf8", "UTF-8 encoding in the URI"),
	EVENT(HTTP_EV_IIS_UNICODE, "iis_unicode",
	    "a character of a code page in the URI"),
	EVENT(HTTP_EV_MULTI_SLASH, "multi_slash", "several slashes in a row"),
	EVENT(HTTP_EV_BACKSLASH, "backslash", "backslash in the URI"),
	EVENT(HTTP_EV_SELF_DIR, "self_dir", "/./ in the URI"),
	EVENT(HTTP_EV_DIR_UP, "dir_up", "/../ in the URI"),
	EVENT(HTTP_EV_WHITESPACE, "tab", "tabulator in the request line"),
	EVENT(HTTP_EV_DELIMITER, "bare_lf",
	    "request line that ends without a carriage return"),
	EVENT(HTTP_EV_NON_RFC, "non_rfc_char",
	    "character that does not belong in a URI"),
	EVENT(HTTP_EV_OVERSIZE_DIR, "long_dir", "long directory in the URI"),
	EVENT(HTTP_EV_LARGE_CHUNK, "large_chunk", "large chunk"),
	EVENT(HTTP_EV_PROXY, "proxy", "request to a proxy that is none"),
	EVENT(HTTP_EV_WEBROOT, "webroot", "/../ above the root"),
	EVENT(HTTP_EV_LONG_HEADER, "long_header", "long header field"),
	EVENT(HTTP_EV_MANY_HEADERS, "many_headers", "many header fields"),
	EVENT(HTTP_EV_LENGTHS, "several_lengths",
	    "several Content-Length fields"),
	EVENT(HTTP_EV_CHUNK_MISMATCH, "chunk_mismatch",
	    "data that does not fit the size of its chunk"),
	EVENT(HTTP_EV_BAD_XFF, "bad_client",
	    "no address in a field that names the client"),
	EVENT(HTTP_EV_HOSTS, "several_hosts", "several Host fields"),
	EVENT(HTTP_EV_LONG_HOST, "long_host", "host name above 255 bytes"),
	EVENT(HTTP_EV_SPACES, "spaces", "many blanks in a header field"),
	EVENT(HTTP_EV_SMALL_CHUNKS, "small_chunks", "many small chunks"),
	EVENT(HTTP_EV_UNBOUNDED_POST, "unbounded_post",
	    "POST without Content-Length or chunks"),
	EVENT(HTTP_EV_SEVERAL_CLIENTS, "several_clients",
	    "several clients' addresses in a session"),
	EVENT(HTTP_EV_BOTH_CLIENTS, "both_clients",
	    "X-Forwarded-For and True-Client-IP"),
	EVENT(HTTP_EV_METHOD, "method", "method that is not known"),
	EVENT(HTTP_EV_SIMPLE, "simple", "request without a version"),
	EVENT(HTTP_EV_SPACE_IN_URI, "space_in_uri", "blank in the URI"),
	EVENT(HTTP_EV_PIPELINED, "pipelined", "many requests at once"),
	EVENT(HTTP_EV_COLONS, "colons", "several colons behind a name"),
	EVENT(HTTP_EV_RANGE_UNIT, "range_unit", "Range of no known unit"),
	EVENT(HTTP_EV_RANGE_METHOD, "range_method", "Range without GET"),
	EVENT(HTTP_EV_RANGE, "range", "Range that is none"),
};
static const struct dec_event_def server[] = {
	EVENT(HTTP_EV_ANOMALOUS, "anomalous_server",
	    "response on another port than those of servers"),
	EVENT(HTTP_EV_STATUS, "status", "status code that is none"),
	EVENT(HTTP_EV_NO_LENGTH, "no_length",
	    "response without Content-Length or chunks"),
	EVENT(HTTP_EV_UTF, "utf", "text that is not in its encoding"),
	EVENT(HTTP_EV_UTF7, "utf7", "text in UTF-7"),
	EVENT(HTTP_EV_DECODING, "decoding", "body that cannot be decoded"),
	EVENT(HTTP_EV_S_SMALL_CHUNKS, "small_chunks_sent",
	    "many small chunks"),
	EVENT(HTTP_EV_SIZE, "size", "Content-Length or chunk that is none"),
	EVENT(HTTP_EV_JS_LEVELS, "js_levels",
	    "script obfuscated more than once"),
	EVENT(HTTP_EV_JS_BLANKS, "js_blanks", "many blanks in a script"),
	EVENT(HTTP_EV_JS_MIXED, "js_mixed",
	    "script obfuscated in several ways"),
	EVENT(HTTP_EV_SWF_ZLIB, "swf_zlib", "SWF that zlib cannot decode"),
	EVENT(HTTP_EV_SWF_LZMA, "swf_lzma", "SWF that LZMA cannot decode"),
	EVENT(HTTP_EV_PDF_DEFLATE, "pdf_deflate",
	    "PDF that deflate cannot decode"),
	EVENT(HTTP_EV_PDF_FILTER, "pdf_filter", "PDF with an unknown filter"),
	EVENT(HTTP_EV_PDF_CASCADE, "pdf_cascade",
	    "PDF with filters in a row"),
	EVENT(HTTP_EV_PDF_PARSE, "pdf", "PDF that cannot be read"),
	EVENT(HTTP_EV_UNASKED, "unasked", "response before a request"),
	EVENT(HTTP_EV_S_LENGTHS, "several_lengths_sent",
	    "several Content-Length fields"),
	EVENT(HTTP_EV_CODINGS, "several_codings",
	    "several Content-Encoding fields"),
	EVENT(HTTP_EV_S_COLONS, "colons_sent",
	    "several colons behind a name"),
	EVENT(HTTP_EV_FIELD_CHAR, "field_char",
	    "bad character between name and value"),
	EVENT(HTTP_EV_CHUNKED_1_0, "chunked_1_0",
	    "chunks in HTTP/1.0"),
	EVENT(HTTP_EV_PARTIAL_DECODING, "partial_decoding",
	    "body that was decoded in part"),
	EVENT(HTTP_EV_FOLDING, "folding", "bad folding of a header field"),
	EVENT(HTTP_EV_JUNK, "junk", "junk in front of a response"),
	EVENT(HTTP_EV_NO_HEAD_END, "no_head_end",
	    "response whose header does not end"),
	EVENT(HTTP_EV_CHUNK_JUNK, "chunk_junk",
	    "chunk size with other characters"),
	EVENT(HTTP_EV_VERSION, "version", "response of a bad version"),
	EVENT(HTTP_EV_S_RANGE_UNIT, "content_range_unit",
	    "Content-Range of no known unit"),
	EVENT(HTTP_EV_S_RANGE, "content_range", "Content-Range that is none"),
	EVENT(HTTP_EV_PARTIAL_UNASKED, "partial_unasked",
	    "206 to a request without Range"),
};

const struct event_table http_events[HTTP_EVENT_TABLES] = {
	{ HTTP_GID_CLIENT, client, ARRAY_LEN(client) },
	{ HTTP_GID_SERVER, server, ARRAY_LEN(server) },
	{ HTTP2_GID, http2_event_defs, HTTP2_EVENTS },
};

void
http_client_event(struct http_call *h, enum http_client_event sid)
{
	uint64_t bit = UINT64_C(1) << sid;

	if (h->sv->no_alerts || h->s->told & bit)
		return;
	h->s->told |= bit;
	app_event(h->c, HTTP_GID_CLIENT, sid);
}

void
http_server_event(struct http_call *h, enum http_server_event sid)
{
	if (!h->sv->no_alerts)
		app_event(h->c, HTTP_GID_SERVER, sid);
}

void
http_tell_odd(struct http_call *h)
{
	const struct http_scan *scan = &h->r->scan;
	uint16_t news = (uint16_t)(scan->odd & ~h->r->odd);
	bool asks = h->pdu->side == FLOW_CLIENT;

	if (h->p.head_whole && scan->chunked && scan->major == 1 &&
	    !scan->minor)
		http_server_event(h, HTTP_EV_CHUNKED_1_0);

	h->r->odd |= news;
	if (h->s->met.odd_cr)
		news |= HTTP_ODD_CHUNK_JUNK;
	h->s->met.odd_cr = false;
	if (news & (HTTP_ODD_LENGTH | HTTP_ODD_CHUNK_SIZE))
		http_server_event(h, HTTP_EV_SIZE);
	if (news & HTTP_ODD_CHUNK_JUNK)
		http_server_event(h, HTTP_EV_CHUNK_JUNK);
	if (news & HTTP_ODD_CHUNK_END)
		http_client_event(h, HTTP_EV_CHUNK_MISMATCH);
	if (news & HTTP_ODD_CHUNK_LARGE)
		http_client_event(h, HTTP_EV_LARGE_CHUNK);
	if (news & HTTP_ODD_LENGTHS && asks)
		http_client_event(h, HTTP_EV_LENGTHS);
	else if (news & HTTP_ODD_LENGTHS)
		http_server_event(h, HTTP_EV_S_LENGTHS);
	if (news & HTTP_ODD_CHUNKS_SMALL && asks)
		http_client_event(h, HTTP_EV_SMALL_CHUNKS);
	else if (news & HTTP_ODD_CHUNKS_SMALL)
		http_server_event(h, HTTP_EV_S_SMALL_CHUNKS);
}
