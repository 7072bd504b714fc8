/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What SMTP, POP3 and IMAP have in common: a message on its way, its parts
 * decoded into file_data one unit each, its header told to outputs.
 */
#ifndef DECODERS_APP_MAIL_H
#define DECODERS_APP_MAIL_H

#include "core/slab.h"
#include "decoders/app/app.h"
#include "decoders/app/file.h"
#include "decoders/app/mime.h"

/* preprocessor pop, imap; the part of smtp's that concerns messages. */
struct mail_conf {
	struct mime_conf mime;
	uint64_t memcap;    /* of messages on their way */
};

enum {
	MAIL_MEMCAP = 838860, /* Snort 2.9's */
	MAIL_ROOM = 65536,
	MAIL_TEXT = 160,      /* of a header field kept for the log */
	MAIL_FILES = 4,       /* names of attachments kept for it */
	MAIL_LIST = 1024,     /* bytes of a list, where more is to be kept */
};

/* Texts, each ended by a NUL; of the last one the beginning, if the list is
 * full. */
struct mail_list {
	uint16_t n;
	char b[MAIL_LIST];
};
void mail_list_add(struct mail_list *l, struct slice s);
/* As an array, if there are any. */
void mail_list_log(struct app_call *c, const char *name,
    const struct mail_list *l);

/* What an owner of messages wants kept of one besides. */
struct mail_more {
	bool wants_names;
	struct mail_list names; /* of its attachments */
	uint32_t n_headers, max_headers;
	uint8_t *headers;       /* as they came */
};

struct mail_text {
	uint8_t n;
	char b[MAIL_TEXT];
};

/* A message. */
struct mail {
	struct mime mime;
	bool ended;       /* mime_end was called */
	bool stuffed;     /* a line that begins with a dot has one more */
	bool at_line;     /* the next byte begins a line */
	bool in_header;   /* of the message or a part */
	bool told_long;   /* the line under way was found too long */
	uint32_t line;    /* its bytes so far */
	bool unread;      /* of what was fed last, there may be more */
	/* the part under way, where it is a file: attached, or with a name */
	struct app_file file;
	bool file_cut;    /* its depth is reached, or it is not decoded */
	uint64_t tx;      /* the message's number in its session */
	uint8_t side;     /* enum flow_side, of who sends it */
	/* for the log */
	struct mail_text from, to, cc, subject, files[MAIL_FILES];
	unsigned n_files;
	struct mail_more *more; /* its owner's; NULL: no more than this */
};

/* Worker's: memory for messages, and rooms. */
struct mail_worker {
	struct slab messages;
	uint8_t plain[MAIL_ROOM];   /* a PDU without its stuffed dots */
	uint8_t decoded[MAIL_ROOM];
	struct slice left;          /* of the PDU, not fed yet */
	bool finish;                /* the message ends with it */
	/* inline, of a PDU that is under way */
	struct slab aheads;
	struct slice open_left;
	/* the tail, and what is decoded behind it */
	uint8_t open_room[LIM_APP_OPEN_TAIL + MAIL_ROOM];
};

/* The reader of a message that goes ahead of the one of `next'. */
struct mail_ahead;

bool mail_worker_init(struct mail_worker *w, const struct mail_conf *conf);
void mail_worker_fini(struct mail_worker *w);

/* A message of a side begins, the tx-th of its session; NULL: no memory under
 * memcap. stuffed: as in SMTP and POP3 (RFC 5321 4.5.2). */
struct mail *mail_begin(struct mail_worker *w, const struct mail_conf *conf,
    enum flow_side side, bool stuffed, uint64_t tx);
/* It ended, or its session did: tells of a file that was under way (c->worker
 * begins with a mail_worker). Takes NULL too. */
void mail_end(struct app_call *c, struct mail *m);

/* What was found in a piece of a message. */
enum mail_found {
	MAIL_BAD_B64 = 1 << 0,
	MAIL_BAD_QP = 1 << 1,
	MAIL_BAD_BIT = 1 << 2,
	MAIL_BAD_UU = 1 << 3,
	MAIL_LONG_LINE = 1 << 4, /* a header line past max_line */
	MAIL_LONG_NAME = 1 << 5, /* a header field's name past 64 bytes */
};
/*
 * A PDU's bytes of the message, its end (but for what marks it) included where
 * `last`; gap: bytes are missing before them. Then mail_next() makes its
 * units: true while there was one, with file_data where a part was decoded;
 * *found says what else is to be told, whatever is returned. max_line 0: any.
 * Files are told where they end.
 */
void mail_feed(struct mail_worker *w, struct mail *m, struct slice bytes,
    bool last, bool gap);
bool mail_next(struct app_call *c, struct mail *m, uint32_t max_line,
    struct app_unit *u, unsigned *found);
/* Fields of the log "email", for between app_log_begin and _end. */
void mail_log(struct app_call *c, const struct mail *m);

/*
 * Messages that a session of POP3 or IMAP carries one after the other, PDU by
 * PDU (their gids have the same events).
 */
struct mail_reader {
	struct mail *mail; /* NULL: none under way, or no room for it */
	bool done;         /* it ends with the PDU at hand */
	uint64_t n;        /* messages before it */
	struct mail_ahead *ahead; /* of a PDU that is open */
};

enum mail_event { /* gid 141 and 142 */
	MAIL_EV_MEMCAP = 3,
	MAIL_EV_B64,
	MAIL_EV_QP,
	MAIL_EV_BIT,
	MAIL_EV_UU,
};

struct mail_of {
	const char *log; /* the protocol's name in logs */
	uint16_t gid;
	bool dots;       /* a dot ends a message, and is doubled in it */
	/* of c->ctrs */
	uint8_t ctr_messages, ctr_parts, ctr_no_memory, ctr_open_no_room;
};
/* next of a PDU that is a message's; c->worker begins with a mail_worker, and
 * c->conf is a mail_conf. */
bool mail_read(struct app_call *c, const struct mail_of *of,
    struct mail_reader *r, const struct app_pdu *pdu, bool first,
    struct app_unit *u);
/*
 * app_ops.open of a PDU that is a message's, mail_open.c: its parts are decoded
 * by a copy of the decoder's state, which takes each byte once; m: the message
 * that goes on, NULL: it begins. At LIM_MAIL_OPEN of them it is judged when it
 * is whole; *lost counts that. mail_open_end: `next' has it now, or nobody.
 */
bool mail_open(struct mail_worker *w, const struct mail_conf *conf,
    const struct mail *m, bool stuffed, struct mail_ahead **ahead,
    const struct app_open *o, bool first, uint64_t *lost, struct app_unit *u);
void mail_open_end(struct mail_worker *w, struct mail_ahead **ahead);
/* Bytes of one. */
size_t mail_ahead_size(void);
/* The same of a message that POP3 or IMAP carry. */
bool mail_show(struct app_call *c, const struct mail_of *of,
    struct mail_reader *r, const struct app_open *o, bool first,
    struct app_unit *u);
/* Bytes of the message without the dots that were put before those at the
 * beginning of lines, in `plain'. */
struct slice mail_unstuff(struct mail_worker *w, bool *at_line,
    struct slice in);
/* Tells of the message under way, if there is one, and ends it. */
void mail_finish(struct app_call *c, const struct mail_of *of,
    struct mail_reader *r);

/* The end of a message that a dot alone on a line ends: how many of the bytes
 * belong to it, 0: it goes on. *state is 0 at the message's begin. */
size_t mail_split(uint8_t *state, struct slice bytes);
/* And what of a PDU is the mark. */
struct slice mail_without_dot(struct slice bytes);

/* A command's first word and what follows, of a line in pieces. */
struct mail_verb {
	uint8_t n;
	char b[48];
};
static inline void
mail_verb_add(struct mail_verb *v, const uint8_t *p, size_t n)
{
	size_t room = sizeof(v->b) - v->n;

	n = n < room ? n : room;
	memcpy(v->b + v->n, p, n);
	v->n = (uint8_t)(v->n + n);
}
static inline struct text
mail_verb_text(const struct mail_verb *v)
{
	return text_make(v->b, v->n);
}

#endif
