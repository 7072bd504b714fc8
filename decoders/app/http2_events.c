/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of HTTP/2. Snort 2.9 has none; their numbers are those of Snort 3,
 * whose gid 121 they are, and above 1000 for what it has no number for.
 */
#include "decoders/app/http2_int.h"

#define EVENT(sid, name, text) { sid, DEC_EV_DECODE, "http2." name, \
	"(http_inspect) HTTP/2: " text }

const struct dec_event_def http2_event_defs[HTTP2_EVENTS] = {
	EVENT(HTTP2_EV_ZEROS, "zeros", "integer longer than it need be"),
	EVENT(HTTP2_EV_STREAM_ID, "stream_id",
	    "stream that this side must not open"),
	EVENT(HTTP2_EV_NO_CONTINUATION, "no_continuation",
	    "another frame where CONTINUATION belongs"),
	EVENT(HTTP2_EV_CONTINUATION, "continuation",
	    "CONTINUATION where none belongs"),
	EVENT(HTTP2_EV_HPACK, "hpack", "header block that cannot be decoded"),
	EVENT(HTTP2_EV_PREFACE, "preface", "preface that is none"),
	EVENT(HTTP2_EV_REQUEST, "request", "request without a path"),
	EVENT(HTTP2_EV_NO_STATUS, "no_status", "response without a status"),
	EVENT(HTTP2_EV_CONNECT, "connect", "CONNECT with a path"),
	EVENT(HTTP2_EV_SETTINGS, "settings", "SETTINGS of a bad length"),
	EVENT(HTTP2_EV_SETTING, "setting", "setting that is not known"),
	EVENT(HTTP2_EV_SEQUENCE, "sequence",
	    "frame on a stream where none belongs"),
	EVENT(HTTP2_EV_ENTRIES, "entries",
	    "dynamic table of more than 512 entries"),
	EVENT(HTTP2_EV_PADDING, "padding", "more padding than the frame has"),
	EVENT(HTTP2_EV_LATE_PSEUDO, "late_pseudo",
	    "pseudo-header behind a header"),
	EVENT(HTTP2_EV_TRAILER_PSEUDO, "trailer_pseudo",
	    "pseudo-header in trailers"),
	EVENT(HTTP2_EV_PSEUDO, "pseudo", "pseudo-header that is not known"),
	EVENT(HTTP2_EV_TRAILERS, "trailers",
	    "trailers that do not end their stream"),
	EVENT(HTTP2_EV_CLIENT_PUSH, "client_push",
	    "PUSH_PROMISE of a client"),
	EVENT(HTTP2_EV_PUSH, "push", "PUSH_PROMISE that is none"),
	EVENT(HTTP2_EV_STREAMS, "streams", "many streams at once"),
	EVENT(HTTP2_EV_RESET, "reset", "RST_STREAM that is none"),
	EVENT(HTTP2_EV_UPPERCASE, "uppercase",
	    "header name with capital letters"),
	EVENT(HTTP2_EV_WINDOW, "window", "WINDOW_UPDATE that is none"),
	EVENT(HTTP2_EV_NO_METHOD, "no_method", "request without a method"),
	EVENT(HTTP2_EV_LATE_UPDATE, "late_update",
	    "table size update behind a header"),
	EVENT(HTTP2_EV_UPDATES, "updates",
	    "more than two table size updates"),
	EVENT(HTTP2_EV_LARGE_TABLE, "large_table",
	    "table size update to more than was allowed"),
	EVENT(HTTP2_EV_LONG_BLOCK, "long_block",
	    "header block that does not end"),
	EVENT(HTTP2_EV_BOMB, "bomb",
	    "header blocks that decode to far more than they are"),
	EVENT(HTTP2_EV_RESETS, "resets", "many streams opened and reset"),
	EVENT(HTTP2_EV_LINE_END, "line_end", "header with a line end in it"),
	EVENT(HTTP2_EV_LONG_LIST, "long_list", "list of headers that is long"),
};

void
http2_event(struct http_call *h, enum http2_event sid)
{
	uint32_t n = sid;
	uint64_t bit = UINT64_C(1) << (n > HTTP2_OWN_SIDS ?
	    n - HTTP2_OWN_SIDS + HTTP2_OWN_BITS : n);
	struct http2 *h2 = h->s->h2;

	if (h->sv->no_alerts || h2->told & bit)
		return;
	h2->told |= bit;
	app_event(h->c, HTTP2_GID, sid);
}
