/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the application layer share; no parser includes it.
 *
 *	app.c      which parser reads a session, and its bytes' way to it
 *	guess.c    finding the parser by the first bytes of a stream
 *	expect.c   sessions that another one announced
 *	log.c      transactions on their way to outputs
 *	file.c     files, likewise
 */
#ifndef DECODERS_APP_APP_INT_H
#define DECODERS_APP_APP_INT_H

#include "core/digest.h"
#include "core/lru.h"
#include "core/slab.h"
#include "decoders/app/app.h"

enum {
#define X(NAME, name, help) APP_CTR_##NAME,
	APP_COUNTERS(X)
#undef X
	APP_CTRS
};

/* The state of a stream's hook. */
struct app_side {
	struct app_session *session;
	uint8_t side;
	bool at_begin; /* the next PDU begins where one ended */
	struct stream_shown shown; /* of it, before it is whole */
};

/* Before the parser's own session. */
struct app_session {
	_Alignas(16) struct app *app;
	struct flow *flow;
	uint8_t id;   /* APP_NONE: a struct app_guesser */
	bool read;    /* `next` was called */
	bool answered; /* found by the server's bytes, against the client's */
	uint8_t another; /* APP_ANOTHER: enum app_id */
	uint8_t fate; /* enum app_fate, once its bytes so far were read */
	bool dark;    /* APP_DARK, likewise */
	struct app_side side[FLOW_SIDES];
};

/* A stream whose protocol is not known yet. */
struct app_guesser {
	struct app_session head; /* first: flow.app points to it */
	uint32_t out; /* bit per app_id that it cannot be */
	uint32_t answer; /* or only by what the server says: app_ops.answers */
	uint8_t n[FLOW_SIDES];
	uint8_t bytes[FLOW_SIDES][APP_GUESS_BYTES];
};
static_assert(APP_COUNT <= 32, "a bit for each protocol");

struct app_proto {
	const void *conf;
	void *worker;
	uint64_t *ctrs;
	struct slab sessions;
};

/* Without padding: compared as bytes. */
struct app_expect_key {
	struct ipaddr client, server;
	uint8_t port[2], ip_proto, zero;
};
static_assert(sizeof(struct app_expect_key) == 38, "a key has no padding");

struct app_expected {
	uint64_t until_s;
	uint32_t tag;
	uint8_t app;
};

struct app_logs {
	struct {
		const char *type;
		uint8_t app;
		uint32_t first, n; /* fields */
		struct app_log_flow flow;
	} list[LIM_APP_LOGS];
	unsigned n, told;
	struct field fields[LIM_APP_LOG_FIELDS];
	uint32_t n_fields;
	uint8_t room[LIM_APP_LOG_ROOM];
	uint32_t used, first_byte; /* of all, and where the open one begins */
	bool open;      /* between begin and end */
	bool lost;      /* what is open does not fit */
	unsigned depth;
	bool is_array[LIM_APP_LOG_DEPTH];
};

struct app_digests {
	struct slab *of; /* where it comes from */
	unsigned n;
	struct digest list[APP_HASHES];
};

struct app {
	const struct app_conf *conf;
	struct streams *streams;
	uint64_t max; /* sessions */
	struct app_proto proto[APP_COUNT];
	struct slab guesses;
	uint64_t ctrs[APP_CTRS];

	/* the PDU being read */
	struct app_session *session; /* NULL: no parser */
	struct packet *pkt;
	struct app_pdu pdu;
	struct app_open open; /* likewise */
	unsigned n_units;
	bool done;

	struct mtime now;
	struct lru expected;
	struct app_logs logs;
	struct slab digests;
};

/* Is it parsed, and is there memory for it? */
bool app_usable(const struct app *a, enum app_id id);
/* Is it looked for by content in sessions with this port? */
bool app_guessed(const struct app *a, enum app_id id, uint16_t port);
/* Has the parser read the flow; false: no memory. */
bool app_attach(struct app *a, struct flow *f, enum app_id id, uint32_t tag);
/* The hook of streams with a parser; state is a struct app_side. */
size_t app_split(void *state, struct slice bytes);
/* Ends the parser's session, if there is one. The stream's hook is the
 * caller's matter: app_attach, app_guess_begin or app_unhook. */
void app_leave(struct app *a, struct flow *f);
/* Snort's rule for the stream again. */
void app_unhook(struct app *a, struct flow *f);
/* Looks for the parser of a stream by its bytes; not_it: one that refused. */
void app_guess_begin(struct app *a, struct flow *f, enum app_id not_it);
/* Was this session announced? It is not any more, then. */
enum app_id app_expected(struct app *a, const struct packet *p,
    bool to_server, uint32_t *tag);

#endif
