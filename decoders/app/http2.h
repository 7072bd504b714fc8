/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/2 in clear text, RFC 9113: what http.c hands over. A session of HTTP/1
 * becomes one of HTTP/2 where its bytes begin so, or behind an answer that
 * changes to h2c (RFC 7540 3.2); from there on http2_split and http2_next do
 * the contract's work. A stream's fields are written as HTTP/1 has them, and
 * what reads requests and responses of HTTP/1 reads them and their bodies.
 */
#ifndef DECODERS_APP_HTTP2_H
#define DECODERS_APP_HTTP2_H

#include "decoders/app/http_int.h"

enum { HTTP2_PREFACE = 24, HTTP2_EVENTS = 33, HTTP2_GID = 121 };
extern const struct dec_event_def http2_event_defs[HTTP2_EVENTS];

/* Do a side's bytes begin as HTTP/2's do: the client's with the preface, the
 * server's with its settings? Never APP_MAYBE with HTTP2_PREFACE of them. */
enum app_guess http2_begins(enum flow_side side, struct slice bytes);

/* How many bytes are the preface's, where the request that it would be in
 * HTTP/1 is whole and something else follows or nothing; else 0. */
size_t http2_false_start(struct slice bytes);

/* A worker's part; NULL: out of memory. */
NODISCARD struct http2_worker *http2_worker_new(void);
void http2_worker_free(struct http2_worker *w);

/* A session, for both sides; NULL (counted): no memory. */
NODISCARD struct http2 *http2_open(struct app_call *c);
/* Tells of what is left; takes NULL. */
void http2_close(struct app_call *c, struct http2 *h2);

/* As app_ops.split has it. */
size_t http2_split(struct app_call *c, struct http2 *h2, enum flow_side side,
    struct slice bytes);
/* As app_ops.next has it. */
bool http2_next(struct http_call *h, bool first);

#endif
