/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the HTTP parser share; nobody else includes this.
 *
 *	http.c           the contract: ends of messages, PDUs, transactions
 *	http_scan.c      where messages, and their parts, begin and end
 *	http_head.c      header fields, and the buffers made of them
 *	http_request.c   request line, its oddities, its body
 *	http_response.c  status line, its oddities, its body
 *	http_body.c      bodies: out of their chunks, out of their codings
 *	http_open.c      messages that are under way, inline
 *	http_lost.c      what Snort makes of an answer behind missing bytes
 *	http_uri.c       what a server makes of a URI
 *	http_log.c       what outputs are told of a transaction
 *	http_events.c    gid 119 and 120
 *	http2.c ...      HTTP/2 on its way to all these; http2.h
 */
#ifndef DECODERS_APP_HTTP_INT_H
#define DECODERS_APP_HTTP_INT_H

#include "core/limits.h"
#include "core/slab.h"
#include "decoders/app/app.h"
#include "decoders/app/body.h"
#include "decoders/app/http.h"
#include "decoders/app/http_scan.h"

#define HTTP_COUNTERS(X)                                                       \
	X(REQUESTS, "requests", "requests read")                               \
	X(RESPONSES, "responses", "responses read")                            \
	X(CONTINUED, "continued", "parts of messages longer than a unit")      \
	X(GAPS, "gaps", "messages with bytes missing")                         \
	X(JUNK, "junk", "lines where a message should begin")                  \
	X(WAITING_LOST, "waiting_lost", "requests forgotten before their"      \
	    " answer: too many wait")                                          \
	X(NO_TX, "no_transaction", "transactions told without their request:"  \
	    " no memory")                                                      \
	X(NO_ROOM, "no_room", "fields cut: longer than a unit's room")         \
	X(OPEN_CUT, "open_cut", "inline: heads too long to be judged before"  \
	    " they are whole")                                                 \
	X(OPEN_DARK, "open_dark", "inline: parts of messages whose coding"     \
	    " cannot be undone before they are whole")                         \
	X(OPEN_NO_ROOM, "open_no_room", "inline: parts of messages not judged" \
	    " before they are whole: too many are under way")                  \
	X(H2_SESSIONS, "h2_sessions", "sessions of HTTP/2")                    \
	X(H2_FRAMES, "h2_frames", "frames of HTTP/2 read")                     \
	X(H2_STREAMS, "h2_streams", "streams of HTTP/2 opened")                \
	X(H2_STREAMS_LOST, "h2_streams_lost", "streams forgotten for newer"    \
	    " ones: too many are open")                                        \
	X(H2_STRAY, "h2_stray", "frames of streams that are not open")         \
	X(H2_RESETS, "h2_resets", "streams that clients reset")                \
	X(H2_PUSHES, "h2_pushes", "requests that servers promised to answer")  \
	X(H2_HEADS_CUT, "h2_heads_cut", "lists of fields cut for their length")\
	X(H2_FIELDS_LOST, "h2_fields_lost", "fields that refer to missing"     \
	    " bytes")                                                          \
	X(H2_BLOCKS_LOST, "h2_blocks_lost", "blocks of fields forgotten before"\
	    " their end: too many wait")                                       \
	X(H2_GIVEN_UP, "h2_given_up", "sessions of HTTP/2 whose fields cannot" \
	    " be decoded any more")                                            \
	X(H2_NO_MEMORY, "h2_no_memory", "sessions or streams of HTTP/2 not"    \
	    " read: no memory")                                                \
	BODY_COUNTERS(X)
enum {
#define X(NAME, name, help) HTTP_CTR_##NAME,
	HTTP_COUNTERS(X)
#undef X
	HTTP_CTR_MAX
};

/* -- events, http_events.c ------------------------------------------------- */

enum { HTTP_GID_CLIENT = 119, HTTP_GID_SERVER = 120 };

/* Of gid 119, by Snort's sids. */
enum http_client_event {
	HTTP_EV_ASCII = 1, HTTP_EV_DOUBLE, HTTP_EV_U_ENCODE, HTTP_EV_BARE_BYTE,
	HTTP_EV_UTF8 = 6, HTTP_EV_IIS_UNICODE, HTTP_EV_MULTI_SLASH,
	HTTP_EV_BACKSLASH, HTTP_EV_SELF_DIR, HTTP_EV_DIR_UP,
	HTTP_EV_WHITESPACE, HTTP_EV_DELIMITER, HTTP_EV_NON_RFC,
	HTTP_EV_OVERSIZE_DIR, HTTP_EV_LARGE_CHUNK, HTTP_EV_PROXY,
	HTTP_EV_WEBROOT, HTTP_EV_LONG_HEADER, HTTP_EV_MANY_HEADERS,
	HTTP_EV_LENGTHS, HTTP_EV_CHUNK_MISMATCH, HTTP_EV_BAD_XFF,
	HTTP_EV_HOSTS, HTTP_EV_LONG_HOST, HTTP_EV_SPACES,
	HTTP_EV_SMALL_CHUNKS, HTTP_EV_UNBOUNDED_POST, HTTP_EV_SEVERAL_CLIENTS,
	HTTP_EV_BOTH_CLIENTS, HTTP_EV_METHOD, HTTP_EV_SIMPLE,
	HTTP_EV_SPACE_IN_URI, HTTP_EV_PIPELINED, HTTP_EV_COLONS,
	HTTP_EV_RANGE_UNIT, HTTP_EV_RANGE_METHOD, HTTP_EV_RANGE,
};
/* Of gid 120. */
enum http_server_event {
	HTTP_EV_ANOMALOUS = 1, HTTP_EV_STATUS, HTTP_EV_NO_LENGTH,
	HTTP_EV_UTF, HTTP_EV_UTF7, HTTP_EV_DECODING, HTTP_EV_S_SMALL_CHUNKS,
	HTTP_EV_SIZE, HTTP_EV_JS_LEVELS, HTTP_EV_JS_BLANKS, HTTP_EV_JS_MIXED,
	HTTP_EV_SWF_ZLIB, HTTP_EV_SWF_LZMA, HTTP_EV_PDF_DEFLATE,
	HTTP_EV_PDF_FILTER, HTTP_EV_PDF_CASCADE, HTTP_EV_PDF_PARSE,
	HTTP_EV_UNASKED, HTTP_EV_S_LENGTHS, HTTP_EV_CODINGS,
	HTTP_EV_S_COLONS, HTTP_EV_FIELD_CHAR, HTTP_EV_CHUNKED_1_0,
	HTTP_EV_PARTIAL_DECODING, HTTP_EV_FOLDING, HTTP_EV_JUNK,
	HTTP_EV_NO_HEAD_END, HTTP_EV_CHUNK_JUNK, HTTP_EV_VERSION,
	HTTP_EV_S_RANGE_UNIT, HTTP_EV_S_RANGE, HTTP_EV_PARTIAL_UNASKED,
};
enum { HTTP_EVENT_TABLES = 3 }; /* and HTTP/2's */
extern const struct event_table http_events[HTTP_EVENT_TABLES];

/* -- fields, http_head.c ------------------------------------------------------ */

#define HTTP_FIELDS(X)                                                         \
	X(CONTENT_DISPOSITION, "content-disposition")                          \
	X(CONTENT_ENCODING, "content-encoding")                                \
	X(CONTENT_LENGTH, "content-length")                                    \
	X(CONTENT_RANGE, "content-range")                                      \
	X(CONTENT_TYPE, "content-type")                                        \
	X(COOKIE, "cookie")                                                    \
	X(HOST, "host")                                                        \
	X(LOCATION, "location")                                                \
	X(RANGE, "range")                                                      \
	X(REFERER, "referer")                                                  \
	X(SET_COOKIE, "set-cookie")                                            \
	X(TRANSFER_ENCODING, "transfer-encoding")                              \
	X(TRUE_CLIENT_IP, "true-client-ip")                                    \
	X(USER_AGENT, "user-agent")                                            \
	X(X_FORWARDED_FOR, "x-forwarded-for")
enum http_field {
#define X(NAME, name) HTTP_##NAME,
	HTTP_FIELDS(X)
#undef X
	HTTP_FIELD_OTHER
};

/* The fields of a head. */
struct http_head {
	struct slice value[HTTP_FIELD_OTHER]; /* of the first of each name */
	uint32_t has, twice;  /* bits of enum http_field */
	unsigned n;
	size_t spaces;        /* the longest run of blanks */
	uint8_t n_hosts;      /* names that begin with Host, as Snort counts */
	bool range, bad_range, bad_unit; /* likewise with Range */
	/* several colons, or something else, between a name and its value; a
	 * line that goes on with nothing */
	bool colons, odd_char, bad_folding;
	struct body_codings codings;
	struct slice client;  /* of the field that names it, enable_xff */
	unsigned client_rank; /* its precedence */
};

struct http_call;

/* Reads the fields and sets the buffers of headers and cookies. */
void http_head_read(struct http_call *h, struct slice bytes, bool is_response,
    struct http_head *head);

/* The words of a request line. */
struct http_request_line {
	struct slice method, uri, version;
	bool tabs, space_in_uri, bare_lf;
};

/* -- URIs, http_uri.c -------------------------------------------------------------- */

/* What normalising found. */
struct http_uri_found {
	uint32_t norm;      /* bits of enum http_norm */
	uint32_t encodings; /* bits of enum http_encoding */
	bool self_dir, dir_up, oversize_dir, non_rfc;
};
enum http_uri_kind { HTTP_URI_PATH, HTTP_URI_TEXT /* a field's value */ };
/*
 * What the server makes of the bytes: these themselves, or others in the room
 * (of at least as many bytes). What was found is added.
 */
struct slice http_uri_read(const struct http_conf *conf,
    const struct http_server *sv, struct slice raw, uint8_t *room,
    struct http_uri_found *found);

/* -- transactions, http_log.c ---------------------------------------------------------- */

/* What is told of a request, until it is answered. */
enum http_tx_field {
	HTTP_TX_HOST, HTTP_TX_URL, HTTP_TX_AGENT, HTTP_TX_REFERER,
	HTTP_TX_METHOD, HTTP_TX_PROTOCOL, HTTP_TX_XFF, HTTP_TX_TYPE,
	HTTP_TX_S_PROTOCOL, HTTP_TX_STATUS, HTTP_TX_LOCATION, HTTP_TX_FILE,
	HTTP_TX_UPLOAD,
};
enum { HTTP_TX_FIELDS = HTTP_TX_UPLOAD + 1 };

struct http_tx {
	struct { uint16_t at, len; } field[HTTP_TX_FIELDS];
	uint32_t stream; /* of HTTP/2, 0: HTTP/1 */
	uint16_t used;
	uint8_t refs;    /* from the session, as a request and as an answer */
	bool form;       /* the file is a part of the request's body */
	bool begun[FLOW_SIDES]; /* the body's digests, if there are any */
	struct app_digests *digests[FLOW_SIDES];
	uint8_t text[LIM_HTTP_TX_TEXT];
};

/* -- the session -------------------------------------------------------------------------- */

/* A body as a file. */
struct http_file {
	uint64_t len; /* out of its codings, but not unpacked */
	bool seen;    /* rules saw some of it */
	bool unread;  /* more of it came in the last PDU, as yet unread */
	bool gaps, whole;
	bool coded;   /* its coding did not end yet */
	bool cut;     /* nor will it: bad, or past a limit */
};

/* An answer behind missing bytes, in Snort's view. */
struct http_lost {
	bool on;
	bool chunked, has_length;
	bool in_size;  /* the last unit ended among the digits of a size */
	bool bad;      /* what is coded cannot be decoded any more */
	uint64_t left; /* of a chunk, or that size so far */
	struct body *coded; /* NULL: not, or it was given up */
};

/* The direction's reader: of `next`. */
struct http_reader {
	struct http_scan scan;
	uint64_t body;      /* bytes of the body so far, out of their chunks */
	uint64_t inspected, shown; /* of the flow depth */
	uint16_t odd;       /* bits of enum http_odd that events told of */
	bool told_no_length;
	bool ended;         /* its message, in the PDU being read */
	struct http_lost lost;
	struct http_file file;
	struct http_body *decode; /* NULL: the body is shown as it is */
};

/* Is a side's first byte, or the first behind a change of protocols, HTTP/2's?
 * What may be is held until it is known. */
struct http_begin {
	bool decided, split, read; /* the latter: it is, to whom */
	uint8_t n, bytes[24];
};

/* Of a session, as `split' sees it; scan_next() says what for. */
struct http_met {
	bool head;    /* the last byte looked at was the last one of a head */
	bool chunked; /* one announced chunks */
	bool odd_cr;  /* and behind it came what Snort tells of */
};

struct http_session {
	struct http_facts facts;
	struct http_scan split[FLOW_SIDES];
	struct http_waiting split_waiting;
	bool requested;           /* `split' met the beginning of a request */
	struct http_met met;
	bool foreign[FLOW_SIDES]; /* and what is no message at all */
	bool first_line;          /* of it from the server: not ended yet */
	uint16_t unended;         /* bytes of the server, without a message,
	                             behind the last PDU's end */
	struct http_reader read[FLOW_SIDES];
	struct http_waiting read_waiting;
	struct http_ahead *ahead[FLOW_SIDES]; /* of a PDU that is open */
	bool asked;    /* a request was read */
	struct ipaddr client; /* whom its fields name */
	uint64_t told; /* events of gid 119, a bit for each: once a session */
	/* HTTP/2: a session of it, whatever its sides have sent until now */
	struct http2 *h2;
	struct http_begin begin[FLOW_SIDES];
	bool upgraded; /* its first request was HTTP/1's */
	uint32_t stream; /* 0: this one is no stream of such a session */
	uint8_t n_txs;
	struct http_tx *txs[LIM_HTTP_TXS]; /* the oldest first */
	struct http_tx *request, *response; /* whose messages are under way */
};

/* A response's body on its way through the stages of http_body.c. */
struct http_pull {
	bool active;
	bool ends;           /* the message ends in this PDU */
	/* what waits before each, perhaps without input, too */
	struct slice raw, decoded, unpacked, text, out;
	bool more_raw, more_decoded, more_unpacked, more_text;
	/* it was finished */
	bool last_raw, at_end, last_unpacked, last_text, last_out;
	struct slice kept;   /* of the last piece, for the next unit */
};

struct http_worker {
	struct slab txs, bodies, aheads, long_heads;
	struct body_pool *pool;
	struct http2_worker *h2;
	struct http_pull pull;
	/* of a PDU that is open: given back when that was shown */
	struct http_body *shown;
	uint64_t uncounted[HTTP_CTR_MAX]; /* what an open PDU would count */
	struct http_open {
		struct http_facts facts;
		struct slice rest; /* of a body, for the next unit */
		uint8_t room[LIM_APP_OPEN_TAIL + LIM_HTTP_ROOM];
	} open;
	uint8_t uri[LIM_HTTP_ROOM], header[LIM_HTTP_ROOM];
	uint8_t cookie[LIM_HTTP_ROOM], chunks[LIM_HTTP_ROOM];
	uint8_t normal_header[LIM_HTTP_ROOM], normal_cookie[LIM_HTTP_ROOM];
	uint8_t unpack[LIM_HTTP_ROOM], utf[LIM_HTTP_ROOM], js[LIM_HTTP_ROOM];
	uint8_t file[LIM_HTTP_ROOM];
};

/* A PDU, taken apart. */
struct http_parts {
	struct slice lead, start, header, body;
	bool has_head;   /* it begins in this PDU */
	bool junk;       /* behind lines that are none of a message */
	bool head_whole;
	bool ended;
};

/* A call of `next`, from file to file. */
struct http_call {
	struct app_call *c;
	const struct http_conf *conf;
	const struct http_server *sv;
	struct http_session *s;
	struct http_worker *w;
	const struct app_pdu *pdu;
	struct http_reader *r;
	struct app_unit *u;
	struct http_parts p;
	bool dark; /* open, and decoding its body would change what is held */
	bool again; /* a head that was read before, shown with its body */
};

/* Unless the server's no_alerts; those of requests once a session, as Snort
 * does. */
void http_client_event(struct http_call *h, enum http_client_event sid);
void http_server_event(struct http_call *h, enum http_server_event sid);
/* Those that are the same for both. */
void http_tell_odd(struct http_call *h);

/* The buffers of a head: h->again, and nothing is told of it. */
void http_request_head(struct http_call *h);
void http_response_head(struct http_call *h, struct http_head *head);
/* As much of a request's body as post_depth says. */
struct slice http_request_body(struct http_call *h, struct slice body,
    uint64_t seen);
/* The next part of an answer's, likewise; false: there is no more. */
bool http_response_body(struct http_call *h, struct slice *data);

void http_request_read(struct http_call *h);
void http_response_read(struct http_call *h);
/* Another unit of the same PDU; false: there is none. */
bool http_response_more(struct http_call *h);

/* -- bodies, http_body.c ---------------------------------------------------------------- */

size_t http_body_size(void);
/* Adds a piece to the body of a PDU. */
void http_body_add(struct http_call *h, struct slice piece);
/* A response's body begins, with this head; it ended, or is given up. */
void http_body_open(struct http_call *h, const struct http_head *head);
void http_body_close(struct http_worker *w, struct http_reader *r);
/* What there is of it in this PDU, once; then unit by unit, as long as
 * pull.active says. */
void http_body_start(struct http_call *h);
bool http_body_take(struct http_call *h, struct slice *data);

/* r, which was copied, gets a body of its own that goes on as this one; false:
 * it cannot. */
NODISCARD bool http_body_clone(struct http_worker *w, struct http_reader *r);

/* Its coding, if there is one, for the caller to end; the rest is closed. */
struct body *http_body_lose(struct http_worker *w, struct http_reader *r);

/* -- messages under way, http_open.c ----------------------------------------- */

size_t http_ahead_size(void);
/* app_ops.open. */
bool http_open(struct app_call *c, const struct http_conf *conf,
    const struct http_server *sv, const struct app_open *o, bool first,
    struct app_unit *u);
/* The PDU is whole, or the session ends. */
void http_open_end(struct http_worker *w, struct http_session *s,
    enum flow_side side);

/* -- behind missing bytes, http_lost.c ---------------------------------------- */

/* Bytes of the answer under way are missing; the next PDU behind them; the
 * session ends, or the answer does. */
void http_lost_begin(struct http_call *h);
void http_lost_read(struct http_call *h);
void http_lost_end(struct http_reader *r);

/* -- transactions, http_log.c ------------------------------------------------------------- */

void http_tx_set(struct http_tx *tx, enum http_tx_field f, struct slice s);
/* A request's head was read; its body ended. */
void http_tx_ask(struct http_call *h, const struct http_head *head,
    const struct http_request_line *l);
void http_tx_asked(struct app_call *c, struct http_session *s);
/* The next bytes of the body as a file. */
void http_tx_data(struct http_call *h, struct slice bytes);
/* Likewise; the answer is over, or nothing more of it will come. name: of the
 * file, if it has one by itself. */
void http_tx_answer(struct http_call *h, const struct http_head *head,
    struct slice version, struct slice code, struct slice name);
void http_tx_end(struct app_call *c, struct http_session *s);
/* So is the session. */
void http_tx_end_all(struct app_call *c, struct http_session *s);
/* Forgets all of them, and tells of none. */
void http_tx_drop_all(struct http_worker *w, struct http_session *s);

/* -- text ------------------------------------------------------------------------------------ */

static inline struct slice
http_trim(struct slice s)
{
	while (s.len && s.ptr[0] <= ' ')
		s.ptr++, s.len--;
	while (s.len && s.ptr[s.len - 1] <= ' ')
		s.len--;
	return s;
}

static inline bool
http_is(struct slice s, const char *word)
{
	return text_is_nocase(text_make((const char *)s.ptr, s.len), word);
}

#endif
