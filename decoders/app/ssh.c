/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SSH (RFC 4253, and version 1): the lines in which both sides name their
 * versions, the exchange of keys, and then what is encrypted, of which only
 * amounts are known. Events of gid 128 as Snort's README.ssh says.
 *
 *	line      "SSH-" version "-" software [" " comment] CR LF
 *	packet    length 4, padding length 1, type 1, ...; version 1:
 *	          length 4, padding 8 - length % 8, type 1, ...
 *
 * Snort counts packets that it put together; here the encrypted packets of
 * max_encrypted_packets are those on the wire, and all else is of the bytes.
 */
#include "decoders/app/ssh.h"

#include "core/cursor.h"
#include "core/digest.h"
#include "core/limits.h"
#include "decoders/app/app.h"

enum {
	GID = 128,
	EV_RESPOVERFLOW = 1,
	EV_CRC32,
	EV_SRVOVERFLOW,
	EV_PROTOMISMATCH,
	EV_BADMSGDIR,
	EV_PAYSIZE,
	EV_RECOGNITION,

	/* messages, RFC 4250 4.1.2 */
	MSG_TRANSPORT_MAX = 4, /* disconnect, ignore, unimplemented, debug */
	MSG_KEXINIT = 20,
	MSG_NEWKEYS = 21,
	MSG_KEX = 30,          /* of the method agreed on, up to 49 */
	MSG_KEX_MAX = 49,
	MSG_KEX_INIT = 30,     /* RFC 4253 8: by the client */
	MSG_KEX_REPLY = 31,    /* by the server; RFC 4419 3: */
	MSG_GEX_INIT = 32,     /* by the client */
	MSG_GEX_REPLY = 33,    /* by the server */
	MSG_GEX_REQUEST = 34,  /* by the client */
	/* version 1 */
	MSG1_PUBLIC_KEY = 2,   /* by the server */
	MSG1_SESSION_KEY = 3,  /* by the client */

	PREFIX = 4,            /* "SSH-" */
	HEADER = 6,
	HEADER1_MAX = 4 + 8 + 1,
	PACKET_MAX = 256 << 10, /* as OpenSSH; RFC 4253 6.1 wants 35000 */
	LINE_MAX = 512,         /* RFC 4253 4.2 allows 255 */
	LINES_MAX = 64,         /* before the server's version, ibidem */
	KEXINIT_COOKIE = 16,
	TEXT_MAX = 255,
};

enum stage {
	STAGE_LINES, /* up to the version */
	STAGE_KEYS,  /* packets in clear */
	STAGE_DARK,
	STAGE_LOST,
};

struct ssh_side {
	uint8_t stage; /* as split sees it */
	uint8_t header[HEADER1_MAX], n_header;
	uint16_t lines, n_line;
	uint32_t left;  /* of the packet under way */
	bool new_keys;  /* it is the last one in clear */
	/* as raw packets show: the first bytes */
	uint8_t start[PREFIX + 2], n_start;
	/* the reader's: its line, without its end */
	uint8_t line[TEXT_MAX];
	uint8_t line_len;
	uint8_t hassh[16];
	bool has_line, has_hassh;
};

struct ssh_session {
	struct ssh_side side[FLOW_SIDES];
	uint8_t version;      /* 1 or 2; 0: not named yet */
	uint8_t event;        /* to be raised with the PDU that split ended */
	bool told, mismatch, enough;
	uint32_t packets;     /* encrypted ones */
	uint32_t client_bytes; /* encrypted, since the server's last */
};

#define SSH_COUNTERS(X)                                                        \
	X(VERSIONS, "versions", "lines that name a version")                   \
	X(V1, "version_1", "of them, of SSH 1")                                \
	X(PACKETS, "packets", "packets of a key exchange")                     \
	X(BAD, "malformed", "packets whose length cannot be")                  \
	X(ENCRYPTED, "encrypted", "encrypted packets looked at")
enum {
#define X(NAME, name, help) CTR_##NAME,
	SSH_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { SSH_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "ssh", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_RESPOVERFLOW, DEC_EV_DECODE, "ssh.challenge_response",
	    "(spp_ssh) Challenge-Response Overflow exploit" },
	{ EV_CRC32, DEC_EV_DECODE, "ssh.crc32",
	    "(spp_ssh) SSH1 CRC32 exploit" },
	{ EV_SRVOVERFLOW, DEC_EV_DECODE, "ssh.version_too_long",
	    "(spp_ssh) Server version string overflow" },
	{ EV_PROTOMISMATCH, DEC_EV_DECODE, "ssh.protocol_mismatch",
	    "(spp_ssh) Protocol mismatch" },
	{ EV_BADMSGDIR, DEC_EV_DECODE, "ssh.bad_direction",
	    "(spp_ssh) Bad message direction" },
	{ EV_PAYSIZE, DEC_EV_DECODE, "ssh.payload_size",
	    "(spp_ssh) Payload size incorrect for the given payload" },
	{ EV_RECOGNITION, DEC_EV_DECODE, "ssh.no_version",
	    "(spp_ssh) Failed to detect SSH version string" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static const struct ssh_conf conf_default = { .max_packets = 25,
	.max_client_bytes = 19600, .max_version_len = 80 };

static bool
wants(const struct app_call *c, uint32_t alert)
{
	const struct ssh_conf *conf = c->conf;

	return conf->alerts & alert;
}

/* -- the line ------------------------------------------------------------- */

static bool
is_prefix(const uint8_t *p, size_t n)
{
	static const char prefix[] = "SSH-";
	size_t want = n < PREFIX ? n : PREFIX;

	return !want || memcmp(p, prefix, want) == 0;
}

/* "SSH-1.99" means that a server speaks both, RFC 4253 5.1. */
static uint8_t
version_of(const uint8_t *p, size_t n)
{
	if (n < 6 || !is_prefix(p, n) || p[5] != '.')
		return 0;
	if (p[4] == '2')
		return 2;
	if (p[4] != '1')
		return 0;
	return n >= 8 && p[6] == '9' && p[7] == '9' ? 2 : 1;
}

static enum app_guess
ssh_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	(void)side;
	(void)datagram;
	if (!is_prefix(bytes.ptr, bytes.len))
		return APP_NO;
	if (bytes.len < 8)
		return APP_MAYBE;
	return version_of(bytes.ptr, bytes.len) ? APP_YES : APP_NO;
}

/* -- where PDUs end ------------------------------------------------------- */

/* Goes on in a line; true: it ends with this byte. */
static bool
line_byte(struct ssh_session *t, struct ssh_side *s, uint8_t byte)
{
	bool is_version;

	if (s->n_line < sizeof(s->header))
		s->header[s->n_line] = byte;
	s->n_line++;
	is_version = is_prefix(s->header, s->n_line);
	if (byte != '\n' && (!is_version || s->n_line < LINE_MAX))
		return false;
	if (!is_version) {
		s->lines++;
		s->n_line = 0;
		return false;
	}
	if (!t->version || version_of(s->header, s->n_line) == 1)
		t->version = version_of(s->header, s->n_line);
	s->stage = byte == '\n' && s->n_line >= PREFIX ? STAGE_KEYS :
	    STAGE_LOST;
	return true;
}

/* Does this line cost more patience than there is? A client has to begin with
 * its version; a server may say something before, RFC 4253 4.2. */
static bool
is_hopeless(const struct ssh_side *s, enum flow_side side)
{
	if (s->lines >= LINES_MAX)
		return true;
	return !is_prefix(s->header, s->n_line) &&
	    (side == FLOW_CLIENT || s->n_line >= LINE_MAX);
}

static size_t
split_lines(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[side];

	for (size_t i = 0; i < bytes.len; i++) {
		if (line_byte(t, s, bytes.ptr[i]))
			return i + 1;
		if (!is_hopeless(s, side))
			continue;
		if (side == FLOW_CLIENT ||
		    t->side[FLOW_CLIENT].stage == STAGE_LINES) {
			c->fate = APP_NOT_MINE;
			return 0;
		}
		s->stage = STAGE_LOST;
		t->event = wants(c, SSH_RECOGNITION) ? EV_RECOGNITION : 0;
		return i + 1;
	}
	return 0;
}

/* The header of a packet in clear is complete: the rest of the packet; 0: its
 * length cannot be, or it is encrypted. */
static uint32_t
packet_left(struct app_call *c, struct ssh_session *t, struct ssh_side *s,
    enum flow_side side)
{
	const uint8_t *h = s->header;
	uint32_t len = (uint32_t)h[0] << 24 | (uint32_t)h[1] << 16 |
	    (uint32_t)h[2] << 8 | h[3];
	uint32_t pad = t->version == 1 ? 8 - len % 8 : 0;
	uint8_t type = h[s->n_header - 1];
	bool known = type && (type <= MSG_TRANSPORT_MAX ||
	    type == MSG_KEXINIT || type == MSG_NEWKEYS ||
	    (type >= MSG_KEX && type <= MSG_KEX_MAX));

	if (t->version == 1) {
		s->new_keys = type == MSG1_SESSION_KEY && side == FLOW_CLIENT;
		return len >= 5 && len <= PACKET_MAX ? len + pad + 4 : 0;
	}
	s->new_keys = type == MSG_NEWKEYS;
	if (len < 2 || len > PACKET_MAX) {
		c->ctrs[CTR_BAD]++;
		t->event = wants(c, SSH_PAYSIZE) ? EV_PAYSIZE : 0;
		return 0;
	}
	return known ? len + 4 : 0;
}

/* Bytes of a header: that of version 1 depends on its own length. */
static unsigned
header_len(const struct ssh_session *t, const struct ssh_side *s)
{
	if (t->version != 1)
		return HEADER;
	return s->n_header < 4 ? 4 : 4u + (8 - s->header[3] % 8) + 1;
}

static void
go_dark(struct ssh_session *t, enum flow_side side)
{
	t->side[side].stage = STAGE_DARK;
	if (t->version == 1) /* one message of the client's does it */
		t->side[FLOW_SERVER].stage = STAGE_DARK;
}

static size_t
split_keys(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[side];

	for (size_t at = 0; at < bytes.len;) {
		size_t n = bytes.len - at;
		uint32_t left;

		if (s->left) {
			n = n < s->left ? n : s->left;
			s->left -= (uint32_t)n;
			at += n;
			if (s->left)
				continue;
			if (s->new_keys)
				go_dark(t, side);
			return at;
		}
		s->header[s->n_header++] = bytes.ptr[at++];
		if (s->n_header < header_len(t, s))
			continue;
		left = packet_left(c, t, s, side);
		if (!left) {
			s->stage = STAGE_DARK;
			return at;
		}
		c->ctrs[CTR_PACKETS]++;
		s->left = left > s->n_header ? left - s->n_header : 0;
		s->n_header = 0;
		if (!s->left && s->new_keys)
			go_dark(t, side);
		if (!s->left)
			return at;
	}
	return 0;
}

/* Attacks on what is encrypted show by how much the client says, all at once
 * (CVE-2002-0639 and CVE-2001-0144). */
static size_t
count_dark(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct ssh_conf *conf = c->conf;
	struct ssh_session *t = c->session;
	bool v1 = t->version == 1;
	uint32_t room;

	if (t->enough) {
		c->fate = APP_ENCRYPTED;
		return 0;
	}
	if (side == FLOW_SERVER) {
		t->client_bytes = 0;
		return 0;
	}
	room = conf->max_client_bytes > t->client_bytes ?
	    conf->max_client_bytes - t->client_bytes : 1;
	if (bytes.len < room || !wants(c, v1 ? SSH_CRC32 : SSH_RESPOVERFLOW)) {
		t->client_bytes += (uint32_t)bytes.len;
		return 0;
	}
	t->event = v1 ? EV_CRC32 : EV_RESPOVERFLOW;
	t->enough = true;
	return room;
}

static size_t
ssh_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[side];

	if (!bytes.ptr) {
		if (s->stage != STAGE_DARK)
			c->fate = APP_NOT_MINE;
		return 0;
	}
	switch (s->stage) {
	case STAGE_LINES:
		return split_lines(c, side, bytes);
	case STAGE_KEYS:
		return split_keys(c, side, bytes);
	case STAGE_DARK:
		return count_dark(c, side, bytes);
	default:
		c->fate = APP_NOT_MINE;
		return 0;
	}
}

/* -- packets -------------------------------------------------------------- */

static void
ssh_packet(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct ssh_conf *conf = c->conf;
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[side];
	size_t room = sizeof(s->start) - s->n_start;
	size_t n = bytes.len < room ? bytes.len : room;

	if (n)
		memcpy(s->start + s->n_start, bytes.ptr, n);
	s->n_start += (uint8_t)n;
	/* CVE-2002-1024: something else where SSH is spoken */
	if (side == FLOW_CLIENT && !t->mismatch &&
	    !is_prefix(s->start, s->n_start) &&
	    !stream_is_midstream(c->flow)) {
		t->mismatch = true;
		if (wants(c, SSH_PROTOMISMATCH))
			app_event(c, GID, EV_PROTOMISMATCH);
	}
	if (t->side[FLOW_CLIENT].stage != STAGE_DARK &&
	    t->side[FLOW_SERVER].stage != STAGE_DARK)
		return;
	if (++t->packets <= conf->max_packets) {
		c->ctrs[CTR_ENCRYPTED]++;
		return;
	}
	t->enough = true;
	c->fate = APP_ENCRYPTED;
}

/* As Snort: packets of a session that was not seen to begin are no SSH, if
 * they do not begin like it. */
static void
ssh_stray(struct app_call *c, struct slice bytes)
{
	if (wants(c, SSH_PROTOMISMATCH) && !version_of(bytes.ptr, bytes.len))
		app_event(c, GID, EV_PROTOMISMATCH);
}

/* -- what they say -------------------------------------------------------- */

/* Whose message it is: FLOW_SIDES where both may send it. */
static unsigned
sender_of(unsigned version, uint8_t type)
{
	if (version == 1)
		return type == MSG1_PUBLIC_KEY ? FLOW_SERVER :
		    type == MSG1_SESSION_KEY ? FLOW_CLIENT : FLOW_SIDES;
	switch (type) {
	case MSG_KEX_INIT:
	case MSG_GEX_INIT:
	case MSG_GEX_REQUEST:
		return FLOW_CLIENT;
	case MSG_KEX_REPLY:
	case MSG_GEX_REPLY:
		return FLOW_SERVER;
	default:
		return FLOW_SIDES;
	}
}

/* HASSH: methods, ciphers, digests and compressions of KEXINIT (RFC 4253 7.1),
 * as text under MD5: those for what its sender sends. */
static void
read_kexinit(struct ssh_side *s, enum flow_side side, struct cursor c)
{
	static const struct {
		unsigned of[4];
	} lists[FLOW_SIDES] = {
		[FLOW_CLIENT] = { { 0, 2, 4, 6 } },
		[FLOW_SERVER] = { { 0, 3, 5, 7 } },
	};
	struct slice all[8];
	uint8_t text[LIM_APP_LOG_TEXT], hash[DIGEST_MAX];
	size_t n = 0;

	if (!cur_skip(&c, KEXINIT_COOKIE))
		return;
	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		struct cursor list;
		uint32_t len;

		if (!cur_be32(&c, &len) || !cur_sub(&c, len, &list))
			return;
		all[i] = slice_make(list.p, cur_left(&list));
	}
	for (unsigned i = 0; i < 4; i++) {
		struct slice one = all[lists[side].of[i]];

		if (one.len + 1 > sizeof(text) - n)
			return;
		if (i)
			text[n++] = ';';
		if (one.len)
			memcpy(text + n, one.ptr, one.len);
		n += one.len;
	}
	digest(DIGEST_MD5, slice_make(text, n), hash);
	memcpy(s->hassh, hash, sizeof(s->hassh));
	s->has_hassh = true;
}

static void
read_packet(struct app_call *c, enum flow_side side, struct cursor cur)
{
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[side];
	unsigned sender;
	uint32_t len;
	uint8_t type;

	if (!cur_be32(&cur, &len) ||
	    !cur_skip(&cur, t->version == 1 ? 8 - len % 8 : 1) ||
	    !cur_u8(&cur, &type))
		return;
	sender = sender_of(t->version, type);
	if (sender != FLOW_SIDES && sender != side && wants(c, SSH_BADMSGDIR))
		app_event(c, GID, EV_BADMSGDIR);
	if (t->version == 2 && type == MSG_KEXINIT && !s->has_hassh)
		read_kexinit(s, side, cur);
}

/* Lines before the version are left out. */
static struct slice
version_line(struct slice s)
{
	while (s.len && !is_prefix(s.ptr, s.len)) {
		const uint8_t *end = memchr(s.ptr, '\n', s.len);
		size_t n = end ? (size_t)(end - s.ptr) + 1 : s.len;

		s = slice_make(s.ptr + n, s.len - n);
	}
	while (s.len && (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

static void
read_line(struct app_call *c, enum flow_side side, struct slice bytes)
{
	const struct ssh_conf *conf = c->conf;
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[side];
	struct slice line = version_line(bytes);

	if (!line.len)
		return;
	s->has_line = true;
	c->ctrs[CTR_VERSIONS]++;
	c->ctrs[CTR_V1] += version_of(line.ptr, line.len) == 1;
	/* CVE-2002-1059, of servers of version 1 */
	if (line.len > conf->max_version_len && line.len > 4 &&
	    line.ptr[4] == '1' && wants(c, SSH_SRVOVERFLOW))
		app_event(c, GID, EV_SRVOVERFLOW);
	s->line_len = (uint8_t)(line.len < TEXT_MAX ? line.len : TEXT_MAX);
	if (s->line_len)
		memcpy(s->line, line.ptr, s->line_len);
	if (!version_of(line.ptr, line.len) && wants(c, SSH_RECOGNITION))
		app_event(c, GID, EV_RECOGNITION);
}

/* -- telling -------------------------------------------------------------- */

static void
log_side(struct app_call *c, const char *name, const struct ssh_side *s)
{
	struct slice rest = slice_make(s->line, s->line_len);
	const uint8_t *end;
	size_t n;

	if (!s->has_line || rest.len < PREFIX)
		return;
	rest = slice_make(rest.ptr + PREFIX, rest.len - PREFIX);
	app_log_open(c, name, FIELD_OBJECT);
	end = memchr(rest.ptr, '-', rest.len);
	n = end ? (size_t)(end - rest.ptr) : rest.len;
	app_log_text(c, "proto_version", slice_make(rest.ptr, n));
	if (end) {
		rest = slice_make(end + 1, rest.len - n - 1);
		end = memchr(rest.ptr, ' ', rest.len);
		n = end ? (size_t)(end - rest.ptr) : rest.len;
		app_log_text(c, "software_version", slice_make(rest.ptr, n));
	}
	if (s->has_hassh) {
		app_log_open(c, "hassh", FIELD_OBJECT);
		app_log_hex(c, "hash", slice_make(s->hassh,
		    sizeof(s->hassh)));
		app_log_close(c);
	}
	app_log_close(c);
}

static void
tell(struct app_call *c)
{
	struct ssh_session *t = c->session;

	t->told = true;
	if (!app_log_begin(c, "ssh"))
		return;
	log_side(c, "client", &t->side[FLOW_CLIENT]);
	log_side(c, "server", &t->side[FLOW_SERVER]);
	app_log_end(c);
}

static void
ssh_end(struct app_call *c)
{
	const struct ssh_session *t = c->session;

	if (!t->told && (t->side[FLOW_CLIENT].has_line ||
	    t->side[FLOW_SERVER].has_line))
		tell(c);
}

static bool
ssh_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct ssh_session *t = c->session;
	struct ssh_side *s = &t->side[pdu->side];

	(void)u;
	if (!first)
		return false;
	if (t->event)
		app_event(c, GID, t->event);
	t->event = 0;
	if (pdu->begins && pdu->ends && !pdu->gap) {
		if (!s->has_line)
			read_line(c, pdu->side, pdu->bytes);
		else if (s->stage != STAGE_DARK || s->new_keys)
			read_packet(c, pdu->side, cur_make(pdu->bytes.ptr,
			    pdu->bytes.len));
	}
	if (s->stage == STAGE_DARK && t->side[!pdu->side].has_line &&
	    !t->told && !pdu->open)
		tell(c);
	return true;
}

const struct app_ops app_ssh = {
	.name = "ssh",
	.help = "SSH: versions, the exchange of keys, amounts of what follows",
	.preproc = "ssh",
	.conf_default = &conf_default,
	.session_size = sizeof(struct ssh_session),
	.tcp = true,
	.guess = ssh_guess,
	.flights = true,
	.split = ssh_split,
	.packet = ssh_packet,
	.stray = ssh_stray,
	.next = ssh_next,
	.end = ssh_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
