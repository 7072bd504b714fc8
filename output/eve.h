/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the EVE output share; nobody else includes it.
 *
 *	eve.c        the directive, and what all records begin with
 *	eve_alert.c  alerts, and anomalies
 *	eve_app.c    transactions and statistics: fields under a name
 *	eve_flow.c   flows: in alerts, and when they ended
 */
#ifndef OUTPUT_EVE_H
#define OUTPUT_EVE_H

#include "core/buf.h"
#include "output/output.h"
#include "output/text.h"

/* What a line carries besides the usual; a word of the directive each. */
#define EVE_SWITCHES(X)                                                        \
	X(PAYLOAD, "payload")                     /* base64 */                 \
	X(PAYLOAD_PRINTABLE, "payload_printable")                              \
	X(PACKET, "packet")                       /* base64 */                 \
	X(PACKET_INFO, "packet_info")             /* its link type */          \
	X(RULE, "rule")                           /* the rule's text */        \
	X(REFERENCES, "references")                                            \
	X(NO_METADATA, "no_metadata")                                          \
	X(NO_ALERT, "no_alert")                                                \
	X(COMMUNITY_ID, "community_id")

enum {
#define X(NAME, word) EVE_BIT_##NAME,
	EVE_SWITCHES(X)
#undef X
};
enum eve_switch {
#define X(NAME, word) EVE_##NAME = 1 << EVE_BIT_##NAME,
	EVE_SWITCHES(X)
#undef X
};

struct eve {
	struct out_text t; /* first: the shared hooks take it */
	unsigned on;       /* enum eve_switch */
	struct out_wants wants; /* what this one shows besides alerts */
	uint16_t seed;     /* of Community IDs */
	struct buf printable; /* room to make one text in */
	uint64_t date_sec;    /* the second of date and zone */
	char date[80], zone[48];
};

/* eve.c: `"name":value` behind the first member of an object. */
void eve_key(struct buf *b, const char *name);
void eve_text(struct buf *b, const char *name, struct text v);
void eve_str(struct buf *b, const char *name, const char *v);
void eve_num(struct buf *b, const char *name, uint64_t v);
void eve_addr(struct buf *b, const char *name, const struct out_conf *conf,
    const struct ipaddr *a);
/* A quoted time. */
void eve_time(struct eve *e, struct buf *b, struct mtime t);

/* Each adds the members of its kind of record. */
void eve_put_alert(struct eve *e, struct buf *b, const struct record *r);
void eve_put_block(struct eve *e, struct buf *b, const struct record *r);
void eve_put_drop(struct eve *e, struct buf *b, const struct record *r);
void eve_put_anomaly(struct buf *b, const struct record *r);
void eve_put_app(struct buf *b, const struct record_app *a);
void eve_put_flow(struct eve *e, struct buf *b, const struct record_flow *f);
/* The session so far, in an alert. */
void eve_put_session(struct eve *e, struct buf *b,
    const struct record_flow *f);

#endif
