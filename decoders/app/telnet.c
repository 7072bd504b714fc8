/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/telnet.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/app.h"

enum {
	GID = 126,
	EV_AYT = 1,
	EV_ENCRYPTED,
	EV_UNFINISHED,

	/* RFC 854 */
	SE = 240, /* the first of the commands */
	AYT = 246,
	EC,
	EL,
	SB = 250,
	WILL,
	DONT = 254,
	IAC = 255,
	OPT_ENCRYPT = 38, /* RFC 2946 */
	/* lines go together up to this, and a long one is cut */
	PDU_LEAST = 192,
	PDU_MOST = 4096,
	ROOM = 65536,
};

static const struct telnet_conf conf_default = { .normalize = true };

#define TELNET_COUNTERS(X)                                                     \
	X(NORMALIZED, "normalized", "units that commands were taken out of")
enum {
#define X(NAME, name, help) CTR_##NAME,
	TELNET_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { TELNET_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "telnet", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_AYT, DEC_EV_DECODE, "telnet.are_you_there",
	    "(telnet) Consecutive telnet AYT commands beyond threshold" },
	{ EV_ENCRYPTED, DEC_EV_DECODE, "telnet.encrypted",
	    "(telnet) Telnet traffic encrypted" },
	{ EV_UNFINISHED, DEC_EV_DECODE, "telnet.unfinished_option",
	    "(telnet) Telnet subnegotiation begin command without "
	    "subnegotiation end" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

struct telnet_session {
	uint32_t ayt[FLOW_SIDES]; /* in a row so far */
	uint32_t pdu[FLOW_SIDES]; /* bytes since the last end */
};

struct telnet_worker {
	uint8_t room[ROOM];
};

/* -- commands --------------------------------------------------------------- */

/* Skips a subnegotiation up to its end; false: there is none. */
static bool
skip_option(struct cursor *c, struct telnet_seen *seen)
{
	uint8_t b = 0, last = 0;
	bool first = true;

	while (cur_u8(c, &b)) {
		if (first && b == OPT_ENCRYPT)
			seen->encrypted = true;
		first = false;
		if (last == IAC && b == SE)
			return true;
		/* a doubled IAC is a byte of the option */
		last = last == IAC && b == IAC ? 0 : b;
	}
	return false;
}

/* The command behind an IAC; n bytes are in out. Returns how many are then. */
static size_t
command(struct cursor *c, bool erase, uint8_t *out, size_t n,
    struct telnet_seen *seen)
{
	uint8_t b, option;

	if (!cur_u8(c, &b)) {
		seen->unfinished = true;
		return n;
	}
	if (b == IAC) {
		out[n] = b;
		return n + 1;
	}
	seen->commands = true;
	seen->ayt = b == AYT ? seen->ayt + 1 : 0;
	if (seen->ayt_most < seen->ayt)
		seen->ayt_most = seen->ayt;
	if (b == SB) {
		if (!skip_option(c, seen))
			seen->unfinished = true;
	} else if (b >= WILL && b <= DONT) {
		if (!cur_u8(c, &option))
			seen->unfinished = true;
	} else if (b == EC && erase) {
		n -= n > 0;
	} else if (b == EL && erase) {
		while (n && out[n - 1] != '\n')
			n--;
	} else if (b < SE) {
		seen->unknown = true;
	}
	return n;
}

size_t
telnet_strip(struct slice in, bool erase, uint32_t ayt, uint8_t *out,
    struct telnet_seen *seen)
{
	struct cursor c = cur_make(in.ptr, in.len);
	size_t n = 0;

	*seen = (struct telnet_seen){ .ayt = ayt, .ayt_most = ayt };
	while (cur_left(&c)) {
		const uint8_t *p = cur_peek(&c, cur_left(&c));
		const uint8_t *iac = memchr(p, IAC, cur_left(&c));
		size_t plain = iac ? (size_t)(iac - p) : cur_left(&c);

		if (plain) {
			memcpy(out + n, p, plain);
			n += plain;
			seen->ayt = 0;
		}
		if (!cur_skip(&c, plain) || !iac || !cur_skip(&c, 1))
			break;
		n = command(&c, erase, out, n, seen);
	}
	return n;
}

/* -- Telnet itself -------------------------------------------------------------- */

/* The unit's normalised bytes, where it has commands. */
static void
normalize(struct app_call *c, struct slice in, uint32_t ayt,
    struct telnet_seen *seen, struct app_unit *u)
{
	const struct telnet_conf *conf = c->conf;
	struct telnet_worker *w = c->worker;
	size_t n;

	if (in.len > ROOM)
		in.len = ROOM;
	n = telnet_strip(in, true, ayt, w->room, seen);
	if (seen->commands && conf->normalize) {
		c->ctrs[CTR_NORMALIZED]++;
		app_set(u, BUF_DECODED, slice_make(w->room, n));
	}
}

static size_t
telnet_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct telnet_session *t = c->session;
	uint32_t *pdu = &t->pdu[side];

	if (!bytes.ptr)
		*pdu = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		++*pdu;
		if ((*pdu >= PDU_LEAST && bytes.ptr[i] == '\n') ||
		    *pdu == PDU_MOST) {
			*pdu = 0;
			return i + 1;
		}
	}
	return 0;
}

static bool
telnet_segment(struct app_call *c, enum flow_side side, struct slice bytes,
    struct app_unit *u)
{
	struct telnet_seen seen;

	(void)side;
	normalize(c, bytes, 0, &seen, u);
	return true;
}

static bool
telnet_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	const struct telnet_conf *conf = c->conf;
	struct telnet_session *t = c->session;
	uint32_t ayt = t->ayt[pdu->side];
	struct telnet_seen seen;

	if (!first)
		return false;
	normalize(c, pdu->bytes, ayt, &seen, u);
	t->ayt[pdu->side] = seen.ayt;
	/* once for each row that passes it */
	if (conf->ayt_threshold && pdu->side == FLOW_CLIENT &&
	    ayt < conf->ayt_threshold && seen.ayt_most >= conf->ayt_threshold)
		app_event(c, GID, EV_AYT);
	if (seen.unfinished && conf->detect_anomalies)
		app_event(c, GID, EV_UNFINISHED);
	if (seen.encrypted && (conf->check_encrypted ||
	    conf->alert_encrypted)) {
		if (conf->alert_encrypted)
			app_event(c, GID, EV_ENCRYPTED);
		if (conf->check_encrypted)
			c->fate = APP_ENCRYPTED;
	}
	return true;
}

/* An option is agreed on first, as a rule by the server. */
static enum app_guess
telnet_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	const uint8_t *b = bytes.ptr;

	(void)datagram;
	for (size_t i = 0; i < bytes.len && i < 6; i += 3) {
		if (b[i] != IAC)
			return APP_NO;
		if (i + 1 < bytes.len && (b[i + 1] < WILL || b[i + 1] > DONT))
			return APP_NO;
		if (i + 2 < bytes.len && b[i + 2] > 49)
			return APP_NO;
	}
	(void)side;
	return bytes.len >= 6 ? APP_YES : APP_MAYBE;
}

const struct app_ops app_telnet = {
	.name = "telnet",
	.help = "Telnet",
	.preproc = "ftp_telnet_protocol",
	.conf_default = &conf_default,
	.session_size = sizeof(struct telnet_session),
	.worker_size = sizeof(struct telnet_worker),
	.tcp = true,
	.guess = telnet_guess,
	.segment = telnet_segment,
	.flights = true,
	.split = telnet_split,
	.next = telnet_next,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
