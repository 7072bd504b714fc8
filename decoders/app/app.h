/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Application protocols. A parser is one file with one struct app_ops and one
 * line in apps.def; it knows bytes and sessions, never a rule.
 *
 * A direction's bytes come to it twice. `split` sees each byte once and in
 * order, in pieces of any size, and says where a message ends: a small state
 * machine in the session. What it ended, a PDU, comes to `next` as one slice:
 * that fills inspection buffers, raises events, and tells what happened
 * (logs), message by message. So how a sender cut its bytes into segments
 * changes nothing that `next` sees. A datagram is a PDU without `split`.
 *
 * Memory: the session is a slab object of session_size bytes, zeroed, gone
 * with its flow; the worker's part is taken at start. Neither may allocate on
 * the packet's path. What slices of a unit point to (the PDU, the worker's
 * room, the session) holds until the next call of `next`.
 */
#ifndef DECODERS_APP_APP_H
#define DECODERS_APP_APP_H

#include "core/base.h"
#include "core/counter.h"
#include "core/field.h"
#include "core/slice.h"
#include "decoders/app/app_id.h"
#include "decoders/app/buffers.h"
#include "decoders/events.h"
#include "decoders/packet.h"
#include "decoders/track/flow.h"
#include "decoders/track/stream.h"

struct app;

/* -- configuration ------------------------------------------------------ */

/* What the preprocessor line of a protocol says. */
struct app_proto_conf {
	bool on;              /* parsed at all */
	const uint8_t *ports; /* bitmap of server ports, NULL: none */
	/* where it is looked for by content even without by_content; NULL:
	 * nowhere */
	const uint8_t *guess_ports;
	const void *conf;     /* the parser's own, NULL: its default */
};

/* Digests of files; in the order of EVE's words for them. */
enum { APP_HASH_MD5, APP_HASH_SHA1, APP_HASH_SHA256, APP_HASHES };
enum app_file_hash {
	APP_FILE_MD5 = 1 << APP_HASH_MD5,
	APP_FILE_SHA1 = 1 << APP_HASH_SHA1,
	APP_FILE_SHA256 = 1 << APP_HASH_SHA256,
};

struct app_conf {
	struct app_proto_conf proto[APP_COUNT];
	bool by_content; /* config protocol_detection: both */
	uint32_t logs;   /* bit per app_id whose logs somebody reads */
	bool file_logs;  /* those of type "fileinfo", whoever tells them */
	uint8_t file_hashes; /* and in them, bits of enum app_file_hash */
};

/* Nothing is parsed but what is found by content. */
struct app_conf app_conf_default(void);

/* -- the parser's side --------------------------------------------------- */

/* What a parser says about the rest of a session. */
enum app_fate {
	APP_GO_ON,
	APP_NOT_MINE,  /* not this protocol: bytes flow as without a parser */
	APP_ANOTHER,   /* c->another reads what follows (STARTTLS) */
	APP_IGNORED,   /* the configuration does not want it inspected */
	APP_ENCRYPTED, /* no more to see: both directions pass uninspected */
	APP_DARK,      /* the same, but the parser reads on, for its events */
};

/* One call into a parser. */
struct app_call {
	struct app *app;
	const void *conf;    /* its app_proto_conf.conf */
	void *worker, *session;
	uint64_t *ctrs;      /* of its ctr_group */
	struct packet *pkt;  /* `next`: events are raised on it */
	struct flow *flow;
	enum app_id id;
	bool log;            /* somebody reads logs of this protocol, or of the
	                        files in it */
	bool others;         /* `split', nothing was read yet: APP_NOT_MINE
	                      * has other parsers look at the bytes */
	enum app_fate fate;  /* to be set by it */
	enum app_id another;
};

/* Bytes to be read. */
struct app_pdu {
	struct slice bytes;
	enum flow_side side; /* who sent them */
	bool datagram;
	bool begins; /* behind the end of another PDU, or the session's first */
	bool ends;   /* with the byte that `split` named */
	bool gap;    /* bytes that are missing stand before it */
	bool cut;    /* for its length alone: more of it follows */
	/* inline: more of it may come, and all is shown again then. The
	 * session is put back to what it was; what it holds elsewhere is to be
	 * left as it is. */
	bool open;
};

/* Inline: what came of a PDU that is not whole yet. */
struct app_open {
	struct slice fresh; /* its bytes that were not shown before */
	struct slice shown; /* and as many before these as a unit's payload has:
	                       LIM_STREAM_OPEN in all, if there are no more */
	uint32_t at;        /* where in the PDU they begin */
	enum flow_side side;
	bool begins;        /* as of a struct app_pdu */
	bool gap;
	bool again;         /* some of it was shown before */
};

/* Something to be judged by itself. */
struct app_unit {
	uint32_t present; /* bit per enum buf_id; without BUF_PAYLOAD the first
	                     unit of a PDU has the PDU's bytes, others none */
	struct slice bufs[BUF_COUNT];
	enum app_id app;   /* whose facts; APP_NONE: no parser */
	const void *facts; /* struct <protocol>_facts, for rule options */
	bool file_begins;  /* with the first byte of BUF_FILE_DATA */
	bool full_pdu;     /* dsize means something (set by app_next) */
	/* of a PDU that is open: buffers that nothing more comes to, present
	 * or not, and those whose first bytes are not there; bits as above */
	uint32_t whole, cut;
};

static inline void
app_set(struct app_unit *u, enum buf_id id, struct slice s)
{
	u->present |= 1u << id;
	u->bufs[id] = s;
}

/* Raises an event on the packet of the call. */
static inline void
app_event(struct app_call *c, uint16_t gid, uint32_t sid)
{
	if (c->pkt)
		pkt_event_add(c->pkt, gid, sid);
}

/*
 * Logs: what an output shows of a transaction, with the field names of EVE.
 *
 *	if (app_log_begin(c, "dns")) {
 *		app_log_text(c, "rrname", name);
 *		app_log_end(c);
 *	}
 *
 * false: nobody wants it, or there is no room for more (counted). One of type
 * "fileinfo" is wanted by itself. Text is copied, cut at LIM_APP_LOG_TEXT. A
 * log is told with the unit that `next` returns or, from `split` and `end`,
 * with the next one or the session's end.
 */
bool app_log_begin(struct app_call *c, const char *type);
void app_log_text(struct app_call *c, const char *name, struct slice s);
void app_log_hex(struct app_call *c, const char *name, struct slice s);
void app_log_number(struct app_call *c, const char *name, uint64_t v);
void app_log_bool(struct app_call *c, const char *name, bool v);
/* FIELD_OBJECT or FIELD_ARRAY, closed by app_log_close. */
void app_log_open(struct app_call *c, const char *name, enum field_kind kind);
void app_log_close(struct app_call *c);
void app_log_end(struct app_call *c);

/* A session that is to come: a data channel that this one agreed on. */
struct app_expect {
	struct ipaddr client, server; /* the client sends the first packet */
	uint16_t server_port;
	uint8_t ip_proto;
	enum app_id app;
	uint32_t tag; /* handed to the parser's begin */
};
/* Waited for LIM_APP_EXPECT_S; without room the oldest gives way, counted. */
void app_expect(struct app_call *c, const struct app_expect *x);

/* Is it this protocol, by the first bytes of a direction? */
enum app_guess { APP_NO, APP_MAYBE /* with more bytes */, APP_YES };

struct app_ops {
	const char *name;     /* as EVE's app_proto */
	const char *help;
	const char *preproc;  /* the preprocessor whose line configures it */
	const void *conf_default;
	size_t session_size;  /* 0: it keeps none */
	/* Bytes its sessions may take in all, by its configuration; NULL: as
	 * many sessions as there may be flows. At the cap a new session has no
	 * parser, counted. */
	uint64_t (*memcap)(const void *conf);
	size_t worker_size;
	/* Take and release what the worker's part holds; may be NULL. */
	bool (*worker_init)(void *worker, const void *conf);
	void (*worker_fini)(void *worker);
	/* Over TCP, over UDP: where it may be. */
	bool tcp, udp;
	/* By content, at most APP_GUESS_BYTES of them; NULL: by port alone. */
	enum app_guess (*guess)(enum flow_side side, struct slice bytes,
	    bool datagram);
	/* What the server says tells by itself, even where the client's bytes
	 * are another protocol's: it answers so whatever it is sent. */
	bool answers;
	/* The session began; tag is the expectation's, 0 without one. May be
	 * NULL. */
	void (*begin)(struct app_call *c, uint32_t tag);
	/* How many of these bytes, from the first on, end a PDU; 0: none ends
	 * in them. It sets c->fate when there is no point in going on; what
	 * came before is read first, up to n or, if that is 0, all of it. An
	 * empty slice with a NULL pointer: bytes are missing here, and what
	 * follows is found again as the protocol allows. NULL: Snort's rule
	 * for streams cuts them. */
	size_t (*split)(struct app_call *c, enum flow_side side,
	    struct slice bytes);
	/* The size of a PDU means nothing (dsize): split only groups what is
	 * sent together, or Snort knows of no messages here. */
	bool flights;
	/* A raw packet of a stream, before `split` sees its bytes: new ones in
	 * the window, in the order of arrival, whatever is missing before
	 * them. For what Snort judges by packets. APP_ENCRYPTED: to Snort the
	 * session is dark from here on (stream_freeze); it has no other
	 * effect. May be NULL. */
	void (*packet)(struct app_call *c, enum flow_side side,
	    struct slice bytes);
	/* A packet with bytes of a TCP flow that has no session, since it was
	 * not seen to begin: one of its ports is the protocol's. c->session is
	 * NULL. May be NULL. */
	void (*stray)(struct app_call *c, struct slice bytes);
	/* The next unit of the PDU; u is empty. false: there is no more. first:
	 * of the calls for this PDU. */
	bool (*next)(struct app_call *c, const struct app_pdu *pdu, bool first,
	    struct app_unit *u);
	/* Inline: buffers of a PDU that is not whole yet, unit by unit as in
	 * `next', for rules that drop; each of its bytes comes once, and comes
	 * to `next' again once it is whole. Nothing is told or counted, and
	 * what `next' reads and holds is not changed. false at first: it did
	 * not look at them, they are to be shown again. NULL: none. */
	bool (*open)(struct app_call *c, const struct app_open *o, bool first,
	    struct app_unit *u);
	/* Buffers for a TCP segment as it came, which is judged besides what is
	 * put together of it; the session is not to be changed. NULL: none. */
	bool (*segment)(struct app_call *c, enum flow_side side,
	    struct slice bytes, struct app_unit *u);
	/* Facts that hold for any packet of the session; may be NULL. */
	const void *(*facts)(const void *session);
	/* The flow ends, or the parser gave it up; may be NULL. */
	void (*end)(struct app_call *c);
	const struct ctr_group *counters; /* NULL: none */
	const struct event_table *events;
	unsigned n_events;
};

/* NULL for APP_NONE. */
const struct app_ops *app_ops(enum app_id id);

enum { APP_GUESS_BYTES = 32 };

/* -- the packet path's side ------------------------------------------------ */

#define APP_COUNTERS(X)                                                        \
	X(SESSIONS, "sessions", "sessions that a parser reads")                \
	X(BY_PORT, "by_port", "of them, found by their port")                  \
	X(BY_CONTENT, "by_content", "of them, found by their first bytes")     \
	X(EXPECTED, "expected", "of them, announced by another session")       \
	X(UNKNOWN, "unknown", "sessions whose first bytes no parser knew")     \
	X(NOT_MINE, "given_up", "sessions that were not their parser's after"  \
	    " all")                                                            \
	X(IGNORED, "ignored", "sessions that the configuration does not want"  \
	    " inspected")                                                      \
	X(ENCRYPTED, "encrypted", "sessions that pass uninspected once they"   \
	    " are encrypted")                                                  \
	X(NO_MEMORY, "no_memory", "sessions without a parser: no memory")      \
	X(PDUS, "pdus", "messages read")                                       \
	X(UNITS, "units", "units that parsers made of them")                   \
	X(TOO_MANY, "too_many_units", "messages with more units than a packet" \
	    " may have: the rest is not read")                                 \
	X(LOGS, "logs", "transactions told to outputs")                        \
	X(LOGS_LOST, "logs_lost", "transactions not told: no room")            \
	X(DIGESTS_LOST, "digests_lost", "files told without digests: too many" \
	    " are under way")                                                  \
	X(EXPECT_FULL, "expectations_lost", "announced sessions forgotten for" \
	    " newer ones")
extern const struct ctr_group app_counters;

/* Whose transaction it is; the flow itself may be gone by then. */
struct app_log_flow {
	uint64_t id; /* flow.id */
	struct mtime ts, first;
	struct ipaddr addr[FLOW_SIDES];
	uint16_t port[FLOW_SIDES];
	uint64_t packets[FLOW_SIDES], bytes[FLOW_SIDES];
	uint8_t ip_proto;
	uint16_t vlan, iface;
};

/* A transaction to be told. Borrowed until the next call of anything here. */
struct app_log {
	const char *type; /* "http" */
	enum app_id app;
	const struct app_log_flow *flow;
	const struct field *fields;
	unsigned n;
};

/* conf and streams are borrowed; max: sessions there may be. NULL: out of
 * memory. */
NODISCARD struct app *app_new(const struct app_conf *conf,
    struct streams *streams, uint64_t max);
void app_free(struct app *a);
void app_adopt(struct app *a, const struct app_conf *conf);
uint64_t *app_counters_of(struct app *a);
/* A parser's own; NULL: it has none. */
uint64_t *app_proto_counters(struct app *a, enum app_id id);

/* Forgets what was announced; there are no sessions any more. */
void app_reset(struct app *a);
/* The time of every packet. */
void app_clock(struct app *a, struct mtime now);
/* A packet of a session, behind the tracker: finds its parser. */
void app_packet(struct app *a, struct packet *p,
    const struct stream_facts *facts);
/*
 * The units of a rebuilt packet or a datagram, one a call, the first one
 * always (without a parser it has no buffers). app_pdu_begin() first, and
 * app_pdu_end() when they were judged: the session may lose its parser there.
 * Events are raised on p.
 */
void app_pdu_begin(struct app *a, struct packet *p,
    const struct stream_facts *facts);
bool app_next(struct app *a, struct app_unit *u);
void app_pdu_end(struct app *a);
/*
 * Inline: the units of what came of a stream's PDU, as stream_open() shows it,
 * in the same way; there is at least one. app_shown: what it is to be called
 * with; NULL: the session's parser does not look at such.
 */
struct stream_shown *app_shown(const struct flow *f, enum flow_side side);
void app_open_begin(struct app *a, struct packet *p,
    const struct stream_facts *facts, const struct stream_part *part);
bool app_open_next(struct app *a, struct app_unit *u);
/* A TCP segment as it came: what its parser says of it, in u. */
void app_segment(struct app *a, struct packet *p,
    const struct stream_facts *facts, struct app_unit *u);
/* Whose session it is, for rule options. */
enum app_id app_of(const struct flow *f);
/* Whose it is or was, for outputs: EVE's app_proto. NULL: nobody knows. */
const char *app_proto_of(const struct flow *f);
const void *app_facts(const struct flow *f);
/* Does its parser want what it sends, though rules do not (APP_DARK)? */
bool app_reads_on(const struct flow *f);
/* Is there a transaction to be told? */
bool app_has_logs(const struct app *a);
/* Transactions told since: one a call. */
bool app_log_next(struct app *a, struct app_log *l);
/* The flow is about to be freed. */
void app_end(struct app *a, struct flow *f);

#endif
