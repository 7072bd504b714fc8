/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parser of SIP's files share; nobody else includes it.
 *
 *	sip.c         sessions, streams, units, events about sizes, the log
 *	sip_msg.c     a message taken apart
 *	sip_dialog.c  dialogs, and the media that they agree on
 */
#ifndef DECODERS_APP_SIP_INT_H
#define DECODERS_APP_SIP_INT_H

#include "core/ipaddr.h"
#include "core/limits.h"
#include "core/slab.h"
#include "decoders/app/app.h"
#include "decoders/app/sip.h"

enum {
	SIP_GID = 140,
	SIP_EV_SESSIONS = 1,
	SIP_EV_URI_EMPTY,
	SIP_EV_URI,
	SIP_EV_CALL_ID_EMPTY,
	SIP_EV_CALL_ID,
	SIP_EV_CSEQ,
	SIP_EV_CSEQ_NAME,
	SIP_EV_FROM_EMPTY,
	SIP_EV_FROM,
	SIP_EV_TO_EMPTY,
	SIP_EV_TO,
	SIP_EV_VIA_EMPTY,
	SIP_EV_VIA,
	SIP_EV_CONTACT_EMPTY,
	SIP_EV_CONTACT,
	SIP_EV_CONTENT,
	SIP_EV_MULTIPLE,
	SIP_EV_LENGTH,
	SIP_EV_CSEQ_UNKNOWN,
	SIP_EV_REPLAY,
	SIP_EV_CHANGED,
	SIP_EV_STATUS,
	SIP_EV_NO_TYPE,
	SIP_EV_VERSION,
	SIP_EV_MISMATCH,
	SIP_EV_METHOD,
	SIP_EV_DIALOGS,
};

/* -- messages ------------------------------------------------------------- */

/* A header field: its first value, and the bytes of all of that name. */
struct sip_field {
	bool there;
	struct text value;
	size_t len;
};

struct sip_msg {
	struct text start_line; /* without its end */
	struct text method, uri; /* of a request; else empty */
	struct text version;     /* "SIP/2.0" */
	struct text reason;      /* of a response */
	struct text code;        /* likewise, as it stands there */
	uint16_t status;         /* likewise, 0: it is none of three digits */
	bool is_response;
	struct slice header; /* behind the start line, the empty line too */
	bool header_ends;    /* the empty line is there */
	struct slice rest;   /* behind it */
	struct sip_field call_id, from, to, via, contact, content_type, cseq,
	    authorization, content_length;
};

/* Could a line with this beginning (up to a blank) be a message's first? */
bool sip_is_start(struct text word);
/* Takes the message at the beginning of bytes apart; false: there is none, its
 * start line is not complete or not SIP's. */
bool sip_parse(struct slice bytes, struct sip_msg *m);
/* The number in a text's beginning, with what follows it in *rest; false:
 * none, or it is above UINT32_MAX. */
bool sip_number(struct text *rest, uint32_t *v);
/* Is the field's name this, or the letter that stands for it? */
bool sip_is_field(struct text name, const char *full, const char *letter);
bool sip_is_same(struct text a, struct text b); /* without regard to case */

/* Raises an event of gid 140, if there is a line for SIP. */
static inline void
sip_event(struct app_call *c, uint32_t sid)
{
	const struct sip_conf *conf = c->conf;

	if (conf->events)
		app_event(c, SIP_GID, sid);
}

/* -- dialogs -------------------------------------------------------------- */

struct sip_media {
	struct ipaddr addr;
	uint16_t port;
};

/* What one side said it receives. */
struct sip_description {
	uint8_t n;
	struct sip_media media[LIM_SIP_MEDIA];
};

enum sip_dialog_state {
	SIP_CREATED,
	SIP_INVITING,
	SIP_EARLY,
	SIP_CHALLENGED, /* the server wants to know who it is */
	SIP_ESTABLISHED,
	SIP_REINVITING,
	SIP_ENDING,
};

struct sip_dialog {
	struct sip_dialog *next; /* of the session's, the newest first */
	uint64_t call;           /* hash of Call-ID */
	uint8_t state;
	struct sip_description said[FLOW_SIDES];
};

struct sip_dialogs {
	struct sip_dialog *first;
	uint32_t n;
};

/* The message's part in its dialog: events, and media to be ignored. room
 * holds the dialogs of all sessions. */
void sip_dialog_message(struct app_call *c, struct slab *room,
    struct sip_dialogs *dialogs, enum flow_side side,
    const struct sip_msg *m);
void sip_dialogs_end(struct slab *room, struct sip_dialogs *dialogs);

#define SIP_COUNTERS(X)                                                        \
	X(REQUESTS, "requests", "requests read")                               \
	X(RESPONSES, "responses", "responses read")                            \
	X(BAD, "malformed", "what was no message where one was looked for")    \
	X(CUT, "cut", "pieces of messages longer than what is put together")   \
	X(REFUSED, "sessions_refused", "sessions not read: max_sessions")      \
	X(DIALOGS, "dialogs", "dialogs")                                       \
	X(DIALOGS_LOST, "dialogs_lost", "of them, forgotten for newer ones:"   \
	    " max_dialogs")                                                    \
	X(NO_MEMORY, "dialogs_no_memory", "dialogs not followed: no memory")   \
	X(MEDIA, "media", "media channels announced that are not inspected")
enum {
#define X(NAME, name, help) SIP_CTR_##NAME,
	SIP_COUNTERS(X)
#undef X
	SIP_CTR_MAX
};

#endif
