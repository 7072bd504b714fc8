/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SMB over TCP (RFC 1001, 1002; MS-CIFS, MS-SMB2): messages in a stream,
 * shares, files and pipes, and what goes over them. A PDU is a message with
 * its NetBIOS header. Events of gid 133 as Snort's README.dcerpc2 says.
 */
#include <string.h>

#include "decoders/app/smb_int.h"

enum {
	NBSS = 4,
	NBSS_MESSAGE = 0,
	NBSS_REQUEST = 0x81,
	NBSS_KEEPALIVE = 0x85,
	NAME_LEN = 32, /* of a NetBIOS name, encoded */
	SMB1_HEADER = 32,
	WINDOW = 8, /* NBSS header and the protocol's name */
	HUNT_MAX = 65536,
	CO_LEAST = 10,
};

static const struct ctr_def counter_defs[] = { DCE_COUNTERS(COUNTER_DEF)
	SMB_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "smb", counter_defs, SMB_CTRS };

#define EVENT(ev, name, text) { ev, DEC_EV_DECODE, "smb." name,                \
	"(dcerpc2) SMB - " text }
static const struct dec_event_def events[] = {
	EVENT(SMB_EV_NBSS_TYPE, "nbss_type",
	    "Bad NetBIOS Session Service session type"),
	EVENT(SMB_EV_TYPE, "type", "Bad SMB message type"),
	EVENT(SMB_EV_ID, "id", "Bad SMB Id (not \\xffSMB for SMB1 or not "
	    "\\xfeSMB for SMB2)"),
	EVENT(SMB_EV_WORDS, "word_count",
	    "Bad word count or structure size for command"),
	EVENT(SMB_EV_BYTES, "byte_count", "Bad byte count for command"),
	EVENT(SMB_EV_FORMAT, "format", "Bad format type for command"),
	EVENT(SMB_EV_OFFSET, "offset",
	    "Bad AndX or data offset in command"),
	EVENT(SMB_EV_NO_TOTAL, "no_total",
	    "Zero total data count in command"),
	EVENT(SMB_EV_SHORT, "short",
	    "NetBIOS data length less than SMB header length"),
	EVENT(SMB_EV_SHORT_COMMAND, "short_command",
	    "Remaining NetBIOS data length less than command length"),
	EVENT(SMB_EV_SHORT_BYTES, "short_bytes",
	    "Remaining NetBIOS data length less than command byte count"),
	EVENT(SMB_EV_SHORT_DATA, "short_data",
	    "Remaining NetBIOS data length less than command data size"),
	EVENT(SMB_EV_TOTAL_LESS, "total_less", "Remaining total data count "
	    "less than this command data size"),
	EVENT(SMB_EV_BYTES_LESS, "bytes_less",
	    "Byte count less than command data size"),
	EVENT(SMB_EV_CHAIN, "chain", "Excessive command chaining"),
	EVENT(SMB_EV_CHAIN_LOGINS, "chain_logins",
	    "Multiple chained login requests"),
	EVENT(SMB_EV_CHAIN_TREES, "chain_trees",
	    "Multiple chained tree connect requests"),
	EVENT(SMB_EV_CHAIN_LOGOFF, "chain_logoff",
	    "Chained/Compounded login followed by logoff"),
	EVENT(SMB_EV_CHAIN_LEAVE, "chain_leave", "Chained/Compounded tree "
	    "connect followed by tree disconnect"),
	EVENT(SMB_EV_CHAIN_CLOSE, "chain_close",
	    "Chained/Compounded open pipe followed by close pipe"),
	EVENT(SMB_EV_SHARE, "share", "Invalid share access"),
	EVENT(SMB_EV_NO_DATA, "no_data", "Zero data count"),
	EVENT(SMB_EV_DATA_MISMATCH, "data_mismatch", "Data count mismatch"),
	EVENT(SMB_EV_DIALECT, "dialect", "Deprecated dialect negotiated"),
	EVENT(SMB_EV_DEPRECATED, "deprecated", "Deprecated command used"),
	EVENT(SMB_EV_UNUSUAL, "unusual", "Unusual command used"),
	EVENT(SMB_EV_SETUP, "setup", "Invalid setup count"),
	EVENT(SMB_EV_NEGOTIATIONS, "negotiations",
	    "Client attempted multiple dialect negotiations on session"),
	EVENT(SMB_EV_ATTRIBUTES, "attributes", "Client attempted to create "
	    "or set a file's attributes to readonly/hidden/system"),
	EVENT(SMB_EV_NEXT, "next", "Nextcommand specified in SMB2 header is "
	    "beyond payload boundary"),
};
static const struct event_table event_tables[] = {
	{ DCE_GID, events, ARRAY_LEN(events) },
};

/* -- messages in a stream ------------------ */

/* "SMB" behind 0xff (1), 0xfe (2), 0xfd (encrypted) or 0xfc (compressed). */
static bool
is_protocol(const uint8_t *h)
{
	return h[0] >= 0xfc && h[1] == 'S' && h[2] == 'M' && h[3] == 'B';
}

static uint32_t
nbss_length(const uint8_t *h)
{
	return (uint32_t)h[1] << 16 | (uint32_t)h[2] << 8 | h[3];
}

static bool
is_nbss(uint8_t type)
{
	return type == NBSS_MESSAGE ||
	    (type >= NBSS_REQUEST && type <= NBSS_KEEPALIVE);
}

static bool
is_message(const uint8_t *w)
{
	return w[0] == NBSS_MESSAGE && is_protocol(w + NBSS) &&
	    nbss_length(w) >= SMB1_HEADER;
}

/* Looks for the beginning of a message; where it goes on, or all of it. */
static size_t
hunt(struct app_call *c, struct smb_side *s, struct slice bytes)
{
	for (size_t at = 0; at < bytes.len; at++) {
		memmove(s->window, s->window + 1, WINDOW - 1);
		s->window[WINDOW - 1] = bytes.ptr[at];
		if (s->hunted < WINDOW - 1) {
			s->hunted++;
			continue;
		}
		if (is_message(s->window)) {
			s->hunting = false;
			s->ready = true;
			s->left = nbss_length(s->window) - (WINDOW - NBSS);
			return at + 1;
		}
		c->ctrs[SMB_CTR_JUNK]++;
		if (++s->hunted > HUNT_MAX) {
			c->fate = APP_NOT_MINE;
			return at + 1;
		}
	}
	return bytes.len;
}

static void
hunt_begin(struct smb_side *s)
{
	s->hunting = true;
	s->ready = false;
	s->hunted = 0;
	s->n_header = 0;
	s->left = 0;
}

/* A byte of the header more, and of the protocol's name behind it; false: it
 * is none. */
static bool
take_header(struct smb_side *s)
{
	if (s->n_header == NBSS) {
		s->left = nbss_length(s->window);
		s->ready = s->window[0] != NBSS_MESSAGE ||
		    s->left < WINDOW - NBSS;
	} else if (s->n_header == WINDOW) {
		s->left -= WINDOW - NBSS;
		s->ready = true;
	}
	if ((s->n_header != NBSS || is_nbss(s->window[0])) &&
	    (s->n_header != WINDOW || is_protocol(s->window + NBSS)))
		return true;
	hunt_begin(s);
	return false;
}

static size_t
smb_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct smb_session *m = c->session;
	struct smb_side *s = &m->side[side];
	size_t at = 0;

	if (!bytes.ptr) {
		hunt_begin(s);
		return 0;
	}
	while (at < bytes.len) {
		size_t n = bytes.len - at;

		if (s->hunting) {
			at += hunt(c, s, slice_make(bytes.ptr + at, n));
			if (c->fate != APP_GO_ON)
				return at;
		} else if (!s->ready) {
			s->window[s->n_header++] = bytes.ptr[at++];
			/* where it is no message, next says so */
			if (!take_header(s))
				return at;
		} else {
			n = n < s->left ? n : s->left;
			s->left -= (uint32_t)n;
			at += n;
		}
		if (s->ready && !s->left) {
			s->ready = false;
			s->n_header = 0;
			return at;
		}
	}
	return 0;
}

/* -- tables ------------------ */

/* At most max characters of a name; returns how many. */
static uint8_t
narrow(struct slice s, bool wide, char *to, uint8_t max)
{
	size_t step = wide ? 2 : 1;
	uint8_t n = 0;

	for (size_t i = 0; i + step <= s.len && n < max; i += step) {
		uint8_t lo = s.ptr[i], hi = wide ? s.ptr[i + 1] : 0;

		if (!lo && !hi)
			break;
		to[n++] = hi ? '?' : (char)lo;
	}
	return n;
}

struct smb_name
smb_name(struct slice s, bool wide)
{
	struct smb_name n = { 0 };

	n.n = narrow(s, wide, n.text, LIM_SMB_NAME);
	return n;
}

void
smb_check_share(struct smb *m, const struct smb_name *path)
{
	const struct dce_server_conf *conf = m->s->server;
	const char *last = strrchr(path->text, '\\');

	last = last ? last + 1 : path->text;
	for (unsigned i = 0; i < conf->n_shares; i++)
		if (text_is_nocase(conf->shares[i], last))
			smb_event(m, SMB_EV_SHARE);
}

/* A place that is free, or the next one in turn, counted. */
#define PLACE(table, max, next, counter)                                       \
	for (unsigned i = 0; i < (max); i++)                                   \
		if (m->s->table[i].state == SMB_FREE)                          \
			return &m->s->table[i];                                \
	m->c->ctrs[counter]++;                                                 \
	m->s->next = (uint16_t)((m->s->next + 1) % (max));                     \
	return &m->s->table[m->s->next]

static struct smb_tree *
tree_place(struct smb *m)
{
	PLACE(trees, LIM_SMB_TREES, next_tree, SMB_CTR_TREES_LOST);
}

static struct smb_file *
file_place(struct smb *m)
{
	PLACE(files, LIM_SMB_FILES, next_file, SMB_CTR_FILES_LOST);
}

struct smb_tree *
smb_tree_ask(struct smb *m, uint64_t asked, struct smb_name name)
{
	struct smb_tree *t = tree_place(m);

	*t = (struct smb_tree){ .state = SMB_ASKED, .asked = asked,
		.name = name };
	return t;
}

struct smb_tree *
smb_tree_asked(struct smb *m, uint64_t asked)
{
	for (unsigned i = 0; i < LIM_SMB_TREES; i++) {
		struct smb_tree *t = &m->s->trees[i];

		if (t->state == SMB_ASKED && t->asked == asked)
			return t;
	}
	return NULL;
}

struct smb_tree *
smb_tree_find(struct smb *m, uint32_t id)
{
	for (unsigned i = 0; i < LIM_SMB_TREES; i++) {
		struct smb_tree *t = &m->s->trees[i];

		if (t->state == SMB_OPEN && t->id == id)
			return t;
	}
	return NULL;
}

void
smb_tree_open(struct smb *m, struct smb_tree *t, uint32_t id)
{
	struct smb_tree *old = smb_tree_find(m, id);

	if (old)
		old->state = SMB_FREE;
	t->state = SMB_OPEN;
	t->id = id;
}

/* -- what fileinfo tells ------------------ */

/* Pipes are no files. */
static void
told_begin(struct smb *m, struct smb_file *f, struct slice name, bool wide)
{
	if (!m->c->log || f->pipe)
		return;
	f->told = slab_take(&m->w->told);
	if (!f->told) {
		m->c->ctrs[SMB_CTR_FILES_UNTOLD]++;
		return;
	}
	f->told->n = narrow(name, wide, f->told->name, LIM_APP_FILE_NAME);
}

/* Bytes of a file at an offset. What came before is not looked at again; what
 * is passed over is missing. */
static void
told_data(struct smb *m, struct smb_file *f, uint64_t offset,
    struct slice here)
{
	struct smb_told *t = f ? f->told : NULL;
	struct app_file *file = t ? &t->way[m->side].file : NULL;
	uint64_t next = t ? t->way[m->side].next : 0;

	if (!t || !here.len)
		return;
	if (offset == UINT64_MAX) /* MS-SMB2 2.2.21: at the end */
		offset = next;
	if (offset > UINT64_MAX - here.len)
		return;
	if (!file->open)
		app_file_begin(m->c, file, slice_make(
		    (const uint8_t *)t->name, t->n));
	if (offset > next)
		app_file_gap(file, offset - next);
	else
		t->way[m->side].lost = false;
	if (offset < next) {
		if (here.len <= next - offset)
			return;
		here = slice_make(here.ptr + (size_t)(next - offset),
		    here.len - (size_t)(next - offset));
		offset = next;
	}
	app_file_data(file, here);
	t->way[m->side].next = offset + here.len;
}

/* Bytes of a side are missing. */
static void
told_gap(struct smb *m)
{
	for (unsigned i = 0; i < LIM_SMB_FILES; i++)
		if (m->s->files[i].told)
			m->s->files[i].told->way[m->side].lost = true;
}

/* One that was read to the size it had is whole, closed or not; one that was
 * not is none. */
static void
told_end(struct smb *m, struct smb_file *f, bool closed)
{
	struct smb_told *t = f->told;

	f->told = NULL;
	for (unsigned i = 0; t && i < FLOW_SIDES; i++) {
		struct app_file *file = &t->way[i].file;
		bool whole = closed;

		if (!file->open)
			continue;
		if (i == FLOW_SERVER && t->sized)
			whole = t->way[i].next >= t->size;
		if (t->way[i].lost && !(i == FLOW_SERVER && t->sized && whole))
			app_file_gap(file, 0);
		app_file_end(file, !whole);
		app_file_log(m->c, file, m->s->files_told++,
		    (enum flow_side)i);
		m->c->ctrs[SMB_CTR_FILES_TOLD]++;
	}
	if (t)
		slab_give(&m->w->told, t);
}

/* -- open files ------------------ */

struct smb_file *
smb_file_ask(struct smb *m, uint64_t asked, uint32_t tree,
    struct slice name, bool wide)
{
	struct smb_file *f = file_place(m);
	const struct smb_tree *t = smb_tree_find(m, tree);

	smb_file_close(m, f, false);
	*f = (struct smb_file){ .state = SMB_ASKED, .asked = asked,
		.tree = tree, .name = smb_name(name, wide), .guessed = !t ||
		t->share == SMB_SHARE_UNKNOWN,
		.pipe = t && t->share == SMB_SHARE_PIPE };
	told_begin(m, f, name, wide);
	return f;
}

struct smb_file *
smb_file_asked(struct smb *m, uint64_t asked)
{
	for (unsigned i = 0; i < LIM_SMB_FILES; i++) {
		struct smb_file *f = &m->s->files[i];

		if (f->state == SMB_ASKED && f->asked == asked)
			return f;
	}
	return NULL;
}

void
smb_file_size(struct smb_file *f, uint64_t size)
{
	if (!f->told)
		return;
	f->told->sized = true;
	f->told->size = size;
}

static bool
looks_like_dce(struct slice data)
{
	return data.len >= CO_LEAST && dce_co_looks_so(data.ptr);
}

struct smb_file *
smb_file_find(struct smb *m, const uint64_t id[2], uint32_t tree,
    struct slice data)
{
	struct smb_file *f = NULL;

	for (unsigned i = 0; i < LIM_SMB_FILES && !f; i++)
		if (m->s->files[i].state == SMB_OPEN &&
		    m->s->files[i].id[0] == id[0] &&
		    m->s->files[i].id[1] == id[1])
			f = &m->s->files[i];
	if (!looks_like_dce(data))
		return f;
	if (!f) {
		f = smb_file_ask(m, 0, tree, slice_make(NULL, 0), false);
		f->state = SMB_OPEN;
		f->id[0] = id[0];
		f->id[1] = id[1];
	}
	if (f->guessed)
		f->pipe = true;
	return f;
}

void
smb_file_close(struct smb *m, struct smb_file *f, bool closed)
{
	told_end(m, f, closed);
	if (f->co) {
		if (m->w->room.co == f->co)
			m->w->room.co = NULL;
		dce_co_end(&m->w->room, f->co);
		slab_give(&m->w->pipes, f->co);
	}
	f->co = NULL;
	f->state = SMB_FREE;
}

uint16_t
smb_file_place(const struct smb *m, const struct smb_file *f)
{
	return f ? (uint16_t)(f - m->s->files + 1) : 0;
}

struct smb_file *
smb_file_at(struct smb *m, uint16_t place)
{
	struct smb_file *f = place ? &m->s->files[place - 1] : NULL;

	return f && f->state == SMB_OPEN ? f : NULL;
}

struct smb_asked *
smb_ask(struct smb *m, uint64_t id, uint16_t command, struct smb_file *f,
    uint64_t offset)
{
	struct smb_asked *a = NULL;

	for (unsigned i = 0; i < LIM_SMB_ASKED && !a; i++)
		if (!m->s->asked[i].used)
			a = &m->s->asked[i];
	if (!a) {
		m->c->ctrs[SMB_CTR_ASKED_LOST]++;
		m->s->next_asked = (uint16_t)((m->s->next_asked + 1) %
		    LIM_SMB_ASKED);
		a = &m->s->asked[m->s->next_asked];
	}
	*a = (struct smb_asked){ .used = true, .id = id, .command = command,
		.file = smb_file_place(m, f), .offset = offset };
	return a;
}

struct smb_asked *
smb_asked(struct smb *m, uint64_t id, uint16_t command)
{
	for (unsigned i = 0; i < LIM_SMB_ASKED; i++) {
		struct smb_asked *a = &m->s->asked[i];

		if (a->used && a->id == id && a->command == command)
			return a;
	}
	return NULL;
}

/* -- data ------------------ */

/* The part of a file's data that rules see. */
static void
show_file(struct smb *m, uint64_t offset, struct slice here)
{
	const struct dce_server_conf *conf = m->s->server;

	if (conf->files == DCE_FILES_OFF || conf->file_depth < 0 || !here.len)
		return;
	if (conf->file_depth) {
		uint64_t depth = (uint32_t)conf->file_depth;

		if (offset >= depth)
			return;
		if (here.len > depth - offset)
			here.len = (size_t)(depth - offset);
	}
	m->w->data = here;
	m->w->begins = offset == 0;
	m->w->has_data = true;
}

static void
feed_pipe(struct smb *m, struct smb_file *f, struct slice here)
{
	if (m->s->server->files == DCE_FILES_ONLY)
		return;
	if (!f->co) {
		f->co = slab_take(&m->w->pipes);
		if (!f->co) {
			m->c->ctrs[SMB_CTR_PIPES_LOST]++;
			dce_raise(m->c, DCE_EVENTS_MEMCAP, DCE_EV_MEMCAP);
			return;
		}
		m->c->ctrs[SMB_CTR_PIPES]++;
	}
	/* other protocols have pipes, too */
	m->w->room.quiet = !f->co->known;
	dce_co_feed(&m->w->room, f->co, m->side, here);
}

void
smb_data(struct smb *m, struct smb_file *f, uint64_t offset, struct slice here,
    uint32_t want)
{
	struct smb_side *sd = &m->s->side[m->side];

	if (here.len > want)
		here.len = want;
	if (here.len < want && m->w->whole)
		smb_bad(m, SMB_EV_SHORT_DATA);
	if (f && f->pipe) {
		feed_pipe(m, f, here);
	} else {
		show_file(m, offset, here);
		told_data(m, f, offset, here);
	}
	sd->data_left = want - (uint32_t)here.len;
	sd->data_file = smb_file_place(m, f);
	sd->data_offset = offset + here.len;
}

/* -- logs ------------------ */

static const char *
status_name(uint32_t status)
{
	static const struct {
		uint32_t status;
		const char *name;
	} names[] = {
		{ 0, "STATUS_SUCCESS" },
		{ 0x103, "STATUS_PENDING" },
		{ 0x80000005, "STATUS_BUFFER_OVERFLOW" },
		{ 0x80000006, "STATUS_NO_MORE_FILES" },
		{ 0xc000000d, "STATUS_INVALID_PARAMETER" },
		{ 0xc000000f, "STATUS_NO_SUCH_FILE" },
		{ 0xc0000010, "STATUS_INVALID_DEVICE_REQUEST" },
		{ 0xc0000011, "STATUS_END_OF_FILE" },
		{ 0xc0000016, "STATUS_MORE_PROCESSING_REQUIRED" },
		{ 0xc0000022, "STATUS_ACCESS_DENIED" },
		{ 0xc0000033, "STATUS_OBJECT_NAME_INVALID" },
		{ 0xc0000034, "STATUS_OBJECT_NAME_NOT_FOUND" },
		{ 0xc0000035, "STATUS_OBJECT_NAME_COLLISION" },
		{ 0xc000003a, "STATUS_OBJECT_PATH_NOT_FOUND" },
		{ 0xc0000043, "STATUS_SHARING_VIOLATION" },
		{ 0xc000006d, "STATUS_LOGON_FAILURE" },
		{ 0xc0000072, "STATUS_ACCOUNT_DISABLED" },
		{ 0xc00000ac, "STATUS_PIPE_NOT_AVAILABLE" },
		{ 0xc00000bb, "STATUS_NOT_SUPPORTED" },
		{ 0xc00000cc, "STATUS_BAD_NETWORK_NAME" },
		{ 0xc0000120, "STATUS_CANCELLED" },
		{ 0xc0000128, "STATUS_FILE_CLOSED" },
		{ 0xc0000203, "STATUS_USER_SESSION_DELETED" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (names[i].status == status)
			return names[i].name;
	return NULL;
}

static struct slice
slice_of(const char *text)
{
	return slice_make((const uint8_t *)text, strlen(text));
}

static void
log_status(struct smb *m, uint32_t status)
{
	static const char digits[] = "0123456789abcdef";
	const char *name = status_name(status);
	char code[11] = "0x";
	unsigned n = 2, shift = 28;

	if (name)
		app_log_text(m->c, "status", slice_of(name));
	while (shift && !(status >> shift & 15))
		shift -= 4;
	for (;; shift -= 4) {
		code[n++] = digits[status >> shift & 15];
		if (!shift)
			break;
	}
	app_log_text(m->c, "status_code", slice_make((const uint8_t *)code,
	    n));
}

/* "2.10" of 0x0210; the answer to a negotiation of SMB 1 says 2.??. */
static void
log_dialect(struct smb *m)
{
	uint16_t d = m->s->dialect;
	char text[] = "0.00";

	if (!d) {
		app_log_text(m->c, "dialect", slice_of(m->w->smb2 ? "unknown" :
		    "NT LM 0.12"));
		return;
	}
	text[0] = (char)('0' + (d >> 8 & 15));
	text[2] = d == 0x2ff ? '?' : (char)('0' + (d >> 4 & 15));
	text[3] = d == 0x2ff ? '?' : (char)('0' + (d & 15));
	app_log_text(m->c, "dialect", slice_of(text));
}

bool
smb_log_begin(struct smb *m, const char *command, uint32_t status,
    uint64_t session, uint32_t tree)
{
	if (!app_log_begin(m->c, "smb"))
		return false;
	app_log_number(m->c, "id", ++m->s->commands);
	log_dialect(m);
	app_log_text(m->c, "command", slice_of(command));
	log_status(m, status);
	app_log_number(m->c, "session_id", session);
	app_log_number(m->c, "tree_id", tree);
	return true;
}

void
smb_log_name(struct smb *m, const char *field, const struct smb_name *n)
{
	if (n->n)
		app_log_text(m->c, field, slice_make((const uint8_t *)n->text,
		    n->n));
}

/* -- a message ------------------ */

/* Is this version of the protocol to be read? */
bool
smb_is_wanted(const struct smb *m, uint8_t version)
{
	const struct dce_conf *conf = m->c->conf;

	return m->s->server->versions & version &&
	    !(version == DCE_SMB_2 && conf->smb1_only);
}

static void
begin_message(struct smb *m, struct slice bytes)
{
	struct smb_worker *w = m->w;

	w->message = bytes;
	w->chained = 0;
	w->at = 0;
	w->saw_login = w->saw_tree = w->saw_open = w->has_file_id = false;
	w->file = 0;
	m->s->side[m->side].data_left = 0;
	if (bytes.len >= WINDOW - NBSS && !is_protocol(bytes.ptr)) {
		smb_bad(m, SMB_EV_ID);
		m->s->side[m->side].searching = true;
		return;
	}
	if (bytes.len < SMB1_HEADER) {
		smb_bad(m, SMB_EV_SHORT);
		return;
	}
	m->c->ctrs[SMB_CTR_MESSAGES]++;
	switch (bytes.ptr[0]) {
	case 0xff:
		w->smb2 = false;
		w->active = smb_is_wanted(m, DCE_SMB_1) && smb1_begin(m);
		break;
	case 0xfe:
		w->smb2 = true;
		w->active = smb_is_wanted(m, DCE_SMB_2) && smb2_begin(m);
		break;
	case 0xfd:
		m->c->ctrs[SMB_CTR_ENCRYPTED]++;
		m->c->fate = APP_ENCRYPTED;
		break;
	default:
		m->c->ctrs[SMB_CTR_COMPRESSED]++;
		break;
	}
}

/* Behind a gap: where the first message begins; empty: nowhere. */
static struct slice
search_message(struct slice b)
{
	for (size_t i = 0; b.len >= WINDOW && i <= b.len - WINDOW; i++)
		if (b.ptr[i] == NBSS_MESSAGE && is_message(b.ptr + i))
			return slice_make(b.ptr + i, b.len - i);
	return slice_make(NULL, 0);
}

/* Data that began in an earlier piece. */
static void
go_on(struct smb *m, struct slice bytes)
{
	struct smb_side *sd = &m->s->side[m->side];
	struct smb_file *f = smb_file_at(m, sd->data_file);
	uint32_t want = sd->data_left;

	if (want)
		smb_data(m, f, sd->data_offset, bytes, want);
}

static void
read_piece(struct smb *m, const struct app_pdu *pdu)
{
	struct smb_side *sd = &m->s->side[m->side];
	struct slice b = pdu->bytes;

	m->w->whole = pdu->ends;
	if (pdu->gap) {
		sd->searching = true;
		sd->data_left = 0;
		told_gap(m);
		for (unsigned i = 0; i < LIM_SMB_FILES; i++)
			if (m->s->files[i].co)
				dce_co_gap(&m->w->room, m->s->files[i].co,
				    m->side);
	}
	if (sd->searching) {
		b = search_message(b);
		if (!b.len)
			return;
		sd->searching = false;
	} else if (!pdu->begins) {
		go_on(m, b);
		return;
	}
	if (b.len < NBSS)
		return;
	if (!is_nbss(b.ptr[0])) {
		smb_bad(m, SMB_EV_NBSS_TYPE);
		sd->searching = true;
		return;
	}
	if (b.ptr[0] == NBSS_MESSAGE)
		begin_message(m, slice_make(b.ptr + NBSS, b.len - NBSS));
}

static bool
smb_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct smb_worker *w = c->worker;
	struct smb m = { .c = c, .s = c->session, .w = w, .side = pdu->side };

	if (pdu->open)
		return false;
	if (first) {
		w->room.ctrs = c->ctrs;
		w->room.policy = m.s->policy[!pdu->side];
		w->room.co = NULL;
		w->active = w->has_data = false;
		read_piece(&m, pdu);
	}
	for (;;) {
		if (dce_co_next(c, &w->room, u))
			return true;
		if (w->has_data) {
			w->has_data = false;
			app_set(u, BUF_FILE_DATA, w->data);
			u->file_begins = w->begins;
			return true;
		}
		if (!w->active)
			return false;
		w->active = w->smb2 ? smb2_command(&m) : smb1_command(&m);
	}
}

/* -- the parser ------------------ */

static void
smb_begin(struct app_call *c, uint32_t tag)
{
	struct smb_session *s = c->session;

	(void)tag;
	s->server = dce_server_of(c);
	s->nt_dialect = UINT16_MAX;
	s->policy[FLOW_CLIENT] = s->policy[FLOW_SERVER] = s->server->policy;
}

static void
smb_end(struct app_call *c)
{
	struct smb m = { .c = c, .s = c->session, .w = c->worker };

	m.w->room.ctrs = c->ctrs;
	for (unsigned i = 0; i < LIM_SMB_FILES; i++)
		smb_file_close(&m, &m.s->files[i], false);
}

static uint64_t
smb_memcap(const void *conf)
{
	return ((const struct dce_conf *)conf)->memcap / 2;
}

static bool
smb_worker_init(void *worker, const void *conf)
{
	struct smb_worker *w = worker;
	const struct dce_conf *d = conf;

	slab_init(&w->pipes, sizeof(struct dce_co), d->memcap / 8 /
	    sizeof(struct dce_co));
	slab_init(&w->told, sizeof(struct smb_told), LIM_SMB_TOLD);
	return dce_room_init(&w->room, conf);
}

static void
smb_worker_fini(void *worker)
{
	struct smb_worker *w = worker;

	slab_fini(&w->pipes);
	slab_fini(&w->told);
	pages_fini(&w->room.pages);
}

static enum app_guess
smb_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	static const uint8_t request[] = { NBSS_REQUEST, 0, 0, 68, NAME_LEN };
	const uint8_t *h = bytes.ptr;
	size_t n = bytes.len, k = n < sizeof(request) ? n : sizeof(request);

	(void)datagram;
	if (!n)
		return APP_MAYBE;
	if (side == FLOW_CLIENT && !memcmp(h, request, k))
		return n < sizeof(request) ? APP_MAYBE : APP_YES;
	if (h[0] != NBSS_MESSAGE || (n > NBSS && h[NBSS] < 0xfc))
		return APP_NO;
	if (n < WINDOW)
		return APP_MAYBE;
	return is_message(h) ? APP_YES : APP_NO;
}

const struct app_ops app_smb = {
	.name = "smb",
	.help = "SMB, its files and pipes",
	.preproc = "dcerpc2",
	.conf_default = &dce_conf_default,
	.session_size = sizeof(struct smb_session),
	.memcap = smb_memcap,
	.worker_size = sizeof(struct smb_worker),
	.worker_init = smb_worker_init,
	.worker_fini = smb_worker_fini,
	.tcp = true,
	.guess = smb_guess,
	.begin = smb_begin,
	.split = smb_split,
	.next = smb_next,
	.open = smb_open,
	.end = smb_end,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
