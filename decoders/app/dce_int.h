/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parsers of DCE/RPC and SMB share; nobody else includes it.
 *
 *	dce.c     DCE/RPC over TCP and UDP
 *	dce_co.c  connection-oriented DCE/RPC, whatever carries it
 *	smb.c     SMB's messages, trees, files and pipes
 *	smb1.c    SMB 1 (CIFS)
 *	smb2.c    SMB 2 and 3
 */
#ifndef DECODERS_APP_DCE_INT_H
#define DECODERS_APP_DCE_INT_H

#include "core/limits.h"
#include "core/pages.h"
#include "decoders/app/app.h"
#include "decoders/app/dce.h"

enum dce_event {
	DCE_GID = 133,
	DCE_EV_MEMCAP = 1,
	SMB_EV_NBSS_TYPE,
	SMB_EV_TYPE,
	SMB_EV_ID,
	SMB_EV_WORDS,
	SMB_EV_BYTES,
	SMB_EV_FORMAT,
	SMB_EV_OFFSET,
	SMB_EV_NO_TOTAL,
	SMB_EV_SHORT,
	SMB_EV_SHORT_COMMAND,
	SMB_EV_SHORT_BYTES,
	SMB_EV_SHORT_DATA,
	SMB_EV_TOTAL_LESS,
	SMB_EV_TOTAL_MORE,
	SMB_EV_BYTES_LESS,
	SMB_EV_DATA_SIZE,
	SMB_EV_TREES_PENDING,
	SMB_EV_READS_PENDING,
	SMB_EV_CHAIN,
	SMB_EV_CHAIN_LOGINS,
	SMB_EV_CHAIN_TREES,
	SMB_EV_CHAIN_LOGOFF,
	SMB_EV_CHAIN_LEAVE,
	SMB_EV_CHAIN_CLOSE,
	SMB_EV_SHARE,
	CO_EV_MAJOR,
	CO_EV_MINOR,
	CO_EV_TYPE,
	CO_EV_SHORT,
	CO_EV_SHORT_REST,
	CO_EV_NO_CONTEXT,
	CO_EV_NO_SYNTAX,
	CO_EV_BELOW_MAX,
	CO_EV_ABOVE_MAX,
	CO_EV_ORDER,
	CO_EV_CALL,
	CO_EV_OPNUM,
	CO_EV_CONTEXT,
	CL_EV_MAJOR,
	CL_EV_TYPE,
	CL_EV_SHORT,
	CL_EV_SEQUENCE,
	SMB_EV_NO_DATA = 48,
	SMB_EV_DATA_MISMATCH,
	SMB_EV_OUTSTANDING,
	SMB_EV_SAME_MID,
	SMB_EV_DIALECT,
	SMB_EV_DEPRECATED,
	SMB_EV_UNUSUAL,
	SMB_EV_SETUP,
	SMB_EV_NEGOTIATIONS,
	SMB_EV_ATTRIBUTES,
	SMB_EV_FILE_OFFSET,
	SMB_EV_NEXT,
};

#define DCE_COUNTERS(X)                                                        \
	X(FRAGMENTS, "fragments", "fragments of DCE/RPC read")                 \
	X(BINDS, "binds", "binds and changes of context")                      \
	X(REQUESTS, "requests", "requests")                                    \
	X(RESPONSES, "responses", "responses")                                 \
	X(REASSEMBLED, "reassembled", "requests and responses put together"    \
	    " of fragments")                                                   \
	X(SEGMENTED, "segmented", "fragments put together of pieces")          \
	X(CUT, "cut", "bytes of stub data not kept: more than is put together")\
	X(NO_MEMORY, "no_memory", "bytes not kept: memcap")                    \
	X(CONTEXTS_LOST, "contexts_lost", "contexts forgotten for newer ones") \
	X(OUT_OF_ORDER, "out_of_order", "fragments that were not the next")    \
	X(BAD, "malformed", "headers that are none")
enum {
#define X(NAME, name, help) DCE_CTR_##NAME,
	DCE_COUNTERS(X)
#undef X
	DCE_CTRS
};

/* Bytes put together, in the worker's pages. */
struct dce_bytes {
	uint8_t *p;
	uint32_t n, cap;
};

/* A presentation context: the number that stands for an interface. */
struct dce_context {
	uint8_t uuid[16];
	uint16_t id, version;
	uint8_t state; /* enum dce_context_state */
};
enum dce_context_state { DCE_CTX_NONE, DCE_CTX_ASKED, DCE_CTX_BOUND,
	DCE_CTX_REFUSED };

/* A direction of a connection. */
struct dce_co_side {
	struct dce_bytes seg;  /* a fragment of which a part came */
	struct dce_bytes stub; /* fragments so far, behind the first header */
	bool seg_done;         /* it was read: its memory goes back */
	bool open;             /* a first fragment came */
	bool ready;            /* to be shown put together */
	bool over;             /* and then let go */
	bool cut;
	uint32_t early;        /* shown before the end from so many bytes on */
	uint32_t call;
	uint16_t opnum, context;
	struct dce_facts facts; /* of the whole */
};

/* A connection: a TCP session, or a pipe. */
struct dce_co {
	struct dce_co_side side[FLOW_SIDES];
	uint16_t max_xmit; /* that the client may send, 0: not known */
	bool bound, bind_little;
	bool known; /* a fragment was read: it is DCE/RPC */
	uint8_t n_contexts, next_context, first_asked;
	struct dce_context contexts[LIM_DCE_CONTEXTS];
	/* requests that wait for their response */
	uint8_t next_call;
	struct {
		uint32_t id;
		uint16_t opnum, context;
		bool used;
	} calls[LIM_DCE_CALLS];
};

/* A worker's. What is being read of a PDU. */
struct dce_room {
	struct pages pages;
	uint64_t *ctrs; /* DCE_COUNTERS, of the parser that reads */
	uint8_t policy;   /* enum dce_policy, of who receives it */
	struct dce_facts facts;
	struct dce_co *co; /* NULL: nothing is being read */
	enum flow_side side;
	struct slice in;   /* what is left of it */
	bool quiet;        /* no events: perhaps it is not DCE/RPC at all */
	bool bad;          /* it was none */
};

void dce_raise(struct app_call *c, enum dce_class class, enum dce_event ev);
const struct dce_server_conf *dce_server_of(const struct app_call *c);
bool dce_room_init(struct dce_room *r, const struct dce_conf *conf);

/* Adds bytes, at most up to LIM_DCE_STUB of them; what does not fit is
 * counted. */
void dce_bytes_add(struct app_call *c, struct dce_room *r,
    struct dce_bytes *b, struct slice s);
void dce_bytes_end(struct dce_room *r, struct dce_bytes *b);

/* Could a fragment begin so? Strict. At least 10 bytes. */
bool dce_co_looks_so(const uint8_t *h);
/* A fragment's length by its first 16 bytes. */
uint32_t dce_co_length(const uint8_t *h);
/* Begins to read bytes of a connection's side; dce_co_next gives a unit of
 * them a call until it returns false. */
void dce_co_feed(struct dce_room *r, struct dce_co *co, enum flow_side side,
    struct slice bytes);
bool dce_co_next(struct app_call *c, struct dce_room *r, struct app_unit *u);
/* Bytes are missing: what is being put together is given up. */
void dce_co_gap(struct dce_room *r, struct dce_co *co, enum flow_side side);
void dce_co_end(struct dce_room *r, struct dce_co *co);

/* 16 bytes as they came, in the order in which they are printed. */
void dce_uuid(uint8_t out[16], const uint8_t *in, bool little);

static inline uint16_t
dce_u16(const uint8_t *p, bool little)
{
	return (uint16_t)(little ? p[1] << 8 | p[0] : p[0] << 8 | p[1]);
}

static inline uint32_t
dce_u32(const uint8_t *p, bool little)
{
	return little ?
	    (uint32_t)dce_u16(p + 2, true) << 16 | dce_u16(p, true) :
	    (uint32_t)dce_u16(p, false) << 16 | dce_u16(p + 2, false);
}

#endif
