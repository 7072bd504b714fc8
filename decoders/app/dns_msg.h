/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the DNS parser share; nobody else includes it.
 *
 *	dns.c      finding messages in a stream, events
 *	dns_log.c  messages as transactions for outputs
 */
#ifndef DECODERS_APP_DNS_MSG_H
#define DECODERS_APP_DNS_MSG_H

#include "core/cursor.h"
#include "decoders/app/app.h"

enum { DNS_HEADER_LEN = 12 };

/* RFC 1035, section 4.1.1. */
enum {
	DNS_QR = 0x8000,
	DNS_AA = 0x0400,
	DNS_TC = 0x0200,
	DNS_RD = 0x0100,
	DNS_RA = 0x0080,
	DNS_Z = 0x0040,
	DNS_RCODE = 0x000f,
};

/* Section 3.2.2 and later documents: those that are looked into. */
enum {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_MD = 3,
	DNS_MF = 4,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_MB = 7,
	DNS_MG = 8,
	DNS_MR = 9,
	DNS_NULL = 10,
	DNS_PTR = 12,
	DNS_MINFO = 14,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28, /* RFC 3596 */
	DNS_SRV = 33,  /* RFC 2782 */
	DNS_DNAME = 39, /* RFC 6672 */
	DNS_SSHFP = 44, /* RFC 4255 */
};

struct dns_header {
	uint16_t id, flags, qd, an, ns, ar;
};

static inline unsigned
dns_opcode(const struct dns_header *h)
{
	return h->flags >> 11 & 15;
}

/* A record of a message; rdata is cut off with the message. */
struct dns_rr {
	struct cursor name; /* begins there */
	struct cursor rdata;
	uint32_t ttl;
	uint16_t type;
};

/* The worker's room. */
struct dns_worker {
	struct dns_rr rr[LIM_DNS_RECORDS];
};

#define DNS_COUNTERS(X)                                                        \
	X(QUERIES, "queries", "messages that ask")                             \
	X(ANSWERS, "answers", "messages that answer")                          \
	X(CUT, "cut", "messages longer than what is put together")             \
	X(BAD, "malformed", "messages that end too early")                     \
	X(BAD_NAME, "bad_names", "names that lead nowhere or too far")         \
	X(NOT_TOLD, "not_told", "records of long answers that logs leave out")
enum {
#define X(NAME, name, help) DNS_CTR_##NAME,
	DNS_COUNTERS(X)
#undef X
	DNS_CTR_MAX
};

NODISCARD bool dns_read_header(struct cursor *c, struct dns_header *h);
/* Behind a name as it stands, however it goes on elsewhere; false: cut off or
 * of a kind that is not known. */
NODISCARD bool dns_skip_name(struct cursor *c);

/* Tells the message: what it asks, or what it answers. tx: its number in the
 * session. */
void dns_log(struct app_call *c, struct slice message, uint32_t tx);

#endif
