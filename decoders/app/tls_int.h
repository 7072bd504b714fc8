/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of TLS share; nobody else includes this.
 *
 *	tls.c         the parser: where PDUs end, when it is dark
 *	tls_record.c  records and handshake messages out of bytes in pieces
 *	tls_packet.c  packets as they arrive, as Snort judges them
 *	tls_read.c    what PDUs say: states, events
 *	tls_hello.c   hellos, and fingerprints of them
 *	tls_cert.c    certificates (X.509)
 *	tls_log.c     what is told of a session
 */
#ifndef DECODERS_APP_TLS_INT_H
#define DECODERS_APP_TLS_INT_H

#include "core/cursor.h"
#include "core/limits.h"
#include "core/digest.h"
#include "core/slab.h"
#include "decoders/app/app.h"
#include "decoders/app/tls.h"

enum {
	TLS_GID = 137,

	/* record types, RFC 8446 B.1 and RFC 6520 */
	REC_CHANGE_CIPHER = 20,
	REC_ALERT,
	REC_HANDSHAKE,
	REC_DATA,
	REC_HEARTBEAT,
	REC_SSL2 = 128, /* a hello of SSL 2.0 */

	/* messages, RFC 5246 7.4 and RFC 6066 */
	HS_HELLO_REQUEST = 0,
	HS_CLIENT_HELLO = 1,
	HS_SERVER_HELLO = 2,
	HS_CERTIFICATE = 11,
	HS_SERVER_KEYX = 12,
	HS_CERTIFICATE_REQUEST = 13,
	HS_SERVER_DONE = 14,
	HS_CERTIFICATE_VERIFY = 15,
	HS_CLIENT_KEYX = 16,
	HS_CERTIFICATE_URL = 21,
	HS_CERTIFICATE_STATUS = 22,

	REC_HEADER = 5,
	REC_MAX = 16384 + 2048, /* RFC 5246 6.2.3 */
	HS_HEADER = 4,

	TLS_VERSION_13 = 0x0304,

	/* a PDU's handshake messages, in one piece */
	TLS_ROOM = 65536 + REC_MAX,
	TLS_TEXT = LIM_APP_LOG_TEXT,
};

#define TLS_COUNTERS(X)                                                        \
	X(RECORDS, "records", "records seen")                                  \
	X(HANDSHAKES, "handshakes", "handshake messages read")                 \
	X(CUT, "cut", "handshake messages read in parts: longer than a unit")  \
	X(BAD, "malformed", "handshake messages and certificates whose"        \
	    " lengths do not fit")                                             \
	X(HUNTED, "found_again", "sides whose records were found again"        \
	    " behind a gap or in the middle of a session")                     \
	X(NOTES_FULL, "handshakes_lost", "handshakes that are not told: too"   \
	    " many at once")                                                   \
	X(NOTE_CUT, "notes_cut", "texts of a handshake that are not told or"   \
	    " cut: too long")
enum {
#define X(NAME, name, help) TLS_CTR_##NAME,
	TLS_COUNTERS(X)
#undef X
	TLS_CTRS
};

/* ------------------------------------------------------------ records */

/* Records out of bytes that come in pieces of any size. */
struct tls_records {
	uint8_t header[REC_HEADER], n_header;
	uint8_t type;
	bool in_body;
	bool started;    /* a record was seen */
	bool hunting;    /* for one: bytes are missing before */
	bool doubtful;   /* the one under way was found so */
	uint32_t left;   /* of the record under way */
	uint32_t hunted; /* bytes that are none */
};

enum tls_step {
	TLS_MORE,   /* all was taken */
	TLS_HEADER, /* a record begins: type and header */
	TLS_BODY,   /* bytes of it */
	TLS_END,
	TLS_LOST,   /* this is no record */
};

bool tls_is_record(const uint8_t h[REC_HEADER]);
/* Takes bytes of c up to the next step; body: those of TLS_BODY. */
enum tls_step tls_records_step(struct tls_records *r, struct cursor *c,
    struct slice *body);
/* Bytes are missing, or the beginning is: looks for the next record. */
void tls_records_hunt(struct tls_records *r);

/* Messages out of the bodies of handshake records. */
struct tls_messages {
	uint8_t header[HS_HEADER], n_header;
	uint32_t left; /* of the message under way */
};

/* Takes bytes of c: a header that is complete (TLS_HEADER), a part of a message
 * (TLS_BODY; the last one when left is 0 then), or TLS_MORE. */
enum tls_step tls_messages_step(struct tls_messages *m, struct cursor *c,
    struct slice *body);

static inline bool
tls_is_mid_message(const struct tls_messages *m)
{
	return m->n_header || m->left;
}

/* ------------------------------------------------------------ sessions */

/* What is remembered of a handshake until it is told. */
enum tls_note {
	NOTE_SNI,
	NOTE_CLIENT_ALPN, /* the list as it came, RFC 7301 3.1 */
	NOTE_SERVER_ALPN,
	NOTE_JA3,
	NOTE_JA3S,
	NOTE_JA4,
	NOTE_SUBJECT,
	NOTE_ISSUER,
	NOTE_SERIAL,
	NOTE_NOT_BEFORE,
	NOTE_NOT_AFTER,
	NOTE_FINGERPRINT, /* raw */
	TLS_NOTES
};

enum { TLS_NOTE_ROOM = 3728 };

struct tls_notes {
	uint16_t at[TLS_NOTES], len[TLS_NOTES], used;
	uint16_t has;          /* bit per tls_note */
	uint16_t version;      /* agreed on, 0: not yet */
	bool client, server;   /* their hellos were read */
	bool certificate, keyx; /* the server sent them */
	bool same_id, psk;     /* the server takes up the session it names */
	uint8_t id[32], id_len; /* the session id that the client names */
	struct digest sha1;    /* of a certificate that came in parts */
	uint32_t leaf_left;    /* of it */
	uint8_t room[TLS_NOTE_ROOM];
};
static_assert(TLS_NOTES <= 16, "a bit for each");

/* A side as split sees it. */
struct tls_side {
	struct tls_records rec;
	struct tls_messages msg;
	uint32_t pdu;     /* bytes since the last end */
	bool data;        /* application data was seen */
	bool ciphered;    /* a change of cipher was */
	bool has_hello;   /* a client's hello is in this PDU */
};

/* As it arrives, packet by packet. */
struct tls_raw {
	uint32_t left; /* of a record that goes on in the next packet */
	bool data;
};

/* As PDUs say. */
struct tls_reader {
	struct tls_records rec;
	struct tls_messages msg;
	uint8_t message; /* the type of the one under way */
	bool ciphered;
};

struct tls_session {
	struct tls_facts facts; /* of the PDU being read */
	struct tls_facts raw_facts; /* of the last packet */
	uint32_t states;        /* all that PDUs have shown */
	uint32_t versions;
	bool dark, told, is_13;
	struct tls_side side[FLOW_SIDES];
	struct tls_raw raw[FLOW_SIDES];
	struct tls_reader reader[FLOW_SIDES];
	struct tls_notes *notes;
};

struct tls_worker {
	struct slab notes;
	uint8_t room[TLS_ROOM];
	char text[TLS_TEXT];
};

/* ------------------------------------------------------------ calls */

uint32_t tls_version_bit(unsigned major, unsigned minor);
/* A server's hello is not of SSL 2.0 after all: RFC 5246 E.2. */
void tls_note_version(struct tls_session *t, uint32_t bit, bool server_hello);

/* tls_packet.c */
void tls_packet(struct app_call *c, enum flow_side side, struct slice bytes);
/* tls_read.c */
bool tls_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u);
extern const struct event_table tls_event_tables[1];

/* tls_hello.c: notes may be NULL; whole: no bytes of it are missing. The
 * server's: *version is what it chose. false: its lengths do not fit. */
bool tls_client_hello(struct app_call *c, struct tls_notes *n,
    struct slice msg, bool whole, uint16_t *version);
bool tls_server_hello(struct app_call *c, struct tls_notes *n,
    struct slice msg, bool whole, uint16_t *version);
/* tls_cert.c: the server's Certificate, RFC 5246 7.4.2, as far as it is here;
 * and what of it comes later. */
bool tls_certificate(struct app_call *c, struct tls_notes *n,
    struct slice msg);
void tls_certificate_more(struct app_call *c, struct tls_notes *n,
    struct slice bytes);

/* tls_log.c: notes for the session, with its first hello; NULL: nobody reads
 * them, they were told, or there are too many. */
struct tls_notes *tls_notes_take(struct app_call *c);
void tls_note(struct app_call *c, struct tls_notes *n, enum tls_note what,
    struct slice s);
/* Tells the session, once, and forgets it. */
void tls_tell(struct app_call *c);
/* Forgets what is not told. */
void tls_end(struct app_call *c);

/* Text that grows in a room of fixed size. */
struct tls_text {
	char *p;
	size_t n, max;
	bool cut;
};
void tls_put(struct tls_text *t, struct slice s);
void tls_put_s(struct tls_text *t, const char *s);
void tls_put_number(struct tls_text *t, uint32_t v);
static inline struct slice
tls_text_slice(const struct tls_text *t)
{
	return slice_make((const uint8_t *)t->p, t->n);
}
static inline struct tls_text
tls_text_begin(struct app_call *c)
{
	struct tls_worker *w = c->worker;

	return (struct tls_text){ .p = w->text, .max = sizeof(w->text) };
}

#endif
