/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMB 1 (MS-CIFS, MS-SMB): commands and their chains, what goes to files and
 * pipes. */
#include <string.h>

#include "decoders/app/smb_int.h"

enum {
	HEADER = 32,
	FLAG_RESPONSE = 0x80,
	FLAG2_UNICODE = 0x8000,
	NO_ANDX = 0xff,

	OPEN = 0x02, CREATE = 0x03, CLOSE = 0x04, READ = 0x0a, WRITE = 0x0b,
	CREATE_NEW = 0x0f, LOCKING_ANDX = 0x24, TRANSACTION = 0x25,
	TRANSACTION_MORE = 0x26, WRITE_CLOSE = 0x2c, OPEN_ANDX = 0x2d,
	READ_ANDX = 0x2e, WRITE_ANDX = 0x2f, TREE_CONNECT = 0x70,
	TREE_LEAVE = 0x71, NEGOTIATE = 0x72, LOGIN_ANDX = 0x73,
	LOGOFF_ANDX = 0x74, TREE_ANDX = 0x75, NT_CREATE_ANDX = 0xa2,

	/* functions of a transaction with a named pipe */
	TRANSACT_PIPE = 0x26, READ_PIPE = 0x36, WRITE_PIPE = 0x37,
	RAW_READ_PIPE = 0x11, RAW_WRITE_PIPE = 0x31,
	READONLY_HIDDEN_SYSTEM = 7,
	FORMAT_DATA = 1, FORMAT_DIALECT = 2, FORMAT_TEXT = 4,
	NO_DIALECT = 0xffff,
};

/* A command of a message. */
struct smb1 {
	const uint8_t *h, *words;
	unsigned n_words;
	struct slice bytes; /* what is there of them */
	uint16_t n_bytes;   /* what the command says */
	uint8_t command;
	bool answer, wide;
	uint32_t status;
	uint16_t tree;
	uint64_t id;
};

enum { OLD = 1, ODD = 2, CHAINS = 4 };

/*
 * Word counts that may be, of requests and responses, NONE ending them; and
 * what MS-CIFS 2.2.2.1 says of the command: OLD ones nobody sends, ODD ones
 * that were never, or hardly, there.
 */
enum { NONE = 0xff };
static const struct command {
	uint8_t code, flags;
	const char *name;
	uint8_t request[4], response[4];
} commands[] = {
	{ 0x00, OLD, "SMB1_COMMAND_CREATE_DIRECTORY", { 0, NONE },
	    { 0, NONE } },
	{ 0x01, 0, "SMB1_COMMAND_DELETE_DIRECTORY", { 0, NONE }, { 0, NONE } },
	{ OPEN, OLD, "SMB1_COMMAND_OPEN", { 2, NONE }, { 7, 0, NONE } },
	{ CREATE, OLD, "SMB1_COMMAND_CREATE", { 3, NONE }, { 1, 0, NONE } },
	{ CLOSE, 0, "SMB1_COMMAND_CLOSE", { 3, NONE }, { 0, NONE } },
	{ 0x05, 0, "SMB1_COMMAND_FLUSH", { 1, NONE }, { 0, NONE } },
	{ 0x06, 0, "SMB1_COMMAND_DELETE", { 1, NONE }, { 0, NONE } },
	{ 0x07, 0, "SMB1_COMMAND_RENAME", { 1, NONE }, { 0, NONE } },
	{ READ, OLD, "SMB1_COMMAND_READ", { 5, NONE }, { 5, 0, NONE } },
	{ WRITE, OLD, "SMB1_COMMAND_WRITE", { 5, NONE }, { 1, 0, NONE } },
	{ CREATE_NEW, OLD, "SMB1_COMMAND_CREATE_NEW", { 3, NONE },
	    { 1, 0, NONE } },
	{ LOCKING_ANDX, CHAINS, "SMB1_COMMAND_LOCKING_ANDX", { 8, NONE },
	    { 2, 0, NONE } },
	{ TRANSACTION, 0, "SMB1_COMMAND_TRANS", { NONE }, { NONE } },
	{ TRANSACTION_MORE, 0, "SMB1_COMMAND_TRANSACTION_SECONDARY",
	    { 8, NONE }, { NONE } },
	{ WRITE_CLOSE, OLD, "SMB1_COMMAND_WRITE_AND_CLOSE", { 6, 12, NONE },
	    { 1, 0, NONE } },
	{ OPEN_ANDX, CHAINS, "SMB1_COMMAND_OPEN_ANDX", { 15, NONE },
	    { 15, 0, NONE } },
	{ READ_ANDX, CHAINS, "SMB1_COMMAND_READ_ANDX", { 10, 12, NONE },
	    { 12, 0, NONE } },
	{ WRITE_ANDX, CHAINS, "SMB1_COMMAND_WRITE_ANDX", { 12, 14, NONE },
	    { 6, 0, NONE } },
	{ 0x2b, 0, "SMB1_COMMAND_ECHO", { 1, NONE }, { 1, 0, NONE } },
	{ 0x32, 0, "SMB1_COMMAND_TRANS2", { NONE }, { NONE } },
	{ TREE_CONNECT, OLD, "SMB1_COMMAND_TREE_CONNECT", { 0, NONE },
	    { 2, 0, NONE } },
	{ TREE_LEAVE, 0, "SMB1_COMMAND_TREE_DISCONNECT", { 0, NONE },
	    { 0, NONE } },
	{ NEGOTIATE, 0, "SMB1_COMMAND_NEGOTIATE_PROTOCOL", { 0, NONE },
	    { NONE } },
	{ LOGIN_ANDX, CHAINS, "SMB1_COMMAND_SESSION_SETUP_ANDX",
	    { 10, 12, 13, NONE }, { 3, 4, 0, NONE } },
	{ LOGOFF_ANDX, CHAINS, "SMB1_COMMAND_LOGOFF_ANDX", { 2, NONE },
	    { 2, 0, NONE } },
	{ TREE_ANDX, CHAINS, "SMB1_COMMAND_TREE_CONNECT_ANDX", { 4, NONE },
	    { 2, 3, 7, 0 } },
	{ NT_CREATE_ANDX, CHAINS, "SMB1_COMMAND_NT_CREATE_ANDX", { 24, NONE },
	    { 34, 42, 50, 0 } },
};
static const uint8_t deprecated[] = { 0x0c, 0x0d, 0x0e, 0x11, 0x12, 0x13, 0x14,
	0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x22, 0x23, 0x35, 0x80,
	0x81, 0x82, 0x83, 0x84, 0xc0, 0xc1, 0xc2, 0xc3 };
static const uint8_t unusual[] = { 0x09, 0x15, 0x16, 0x17, 0x18, 0x19, 0x21,
	0x27, 0x28, 0x29, 0x2a, 0x30, 0x31, 0x36, 0x37, 0x38, 0x39, 0x3a,
	0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x60, 0x7e, 0x7f, 0xa5, 0xd0, 0xd1,
	0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda };

static const struct command *
find_command(uint8_t code)
{
	for (unsigned i = 0; i < ARRAY_LEN(commands); i++)
		if (commands[i].code == code)
			return &commands[i];
	return NULL;
}

static void
log_it(struct smb *m, const struct smb1 *x, const char *field,
    const struct smb_name *name)
{
	const struct command *k = find_command(x->command);

	if (!smb_log_begin(m, k ? k->name : "SMB1_COMMAND_UNKNOWN", x->status,
	    u16(x->h + 28), x->tree))
		return;
	if (name)
		smb_log_name(m, field, name);
	app_log_end(m->c);
}

/* -- strings ------------------------------------------------------------------------ */

/* A text behind `at` bytes, terminated; wide ones begin at even places of the
 * message. */
static struct slice
text_at(struct smb *m, const struct smb1 *x, size_t at)
{
	size_t here = (size_t)(x->bytes.ptr - m->w->message.ptr) + at;

	if (x->wide && here % 2)
		at++;
	return at < x->bytes.len ? slice_make(x->bytes.ptr + at,
	    x->bytes.len - at) : slice_make(x->bytes.ptr, 0);
}

/* Behind the text's end. */
static struct slice
behind_text(struct slice s, bool wide)
{
	size_t step = wide ? 2 : 1, i = 0;

	while (i + step <= s.len && (s.ptr[i] || (wide && s.ptr[i + 1])))
		i += step;
	i += step;
	return i < s.len ? slice_make(s.ptr + i, s.len - i) :
	    slice_make(s.ptr, 0);
}

static bool
is_text(struct slice s, const char *text)
{
	size_t n = strlen(text);

	return s.len > n && !memcmp(s.ptr, text, n) && !s.ptr[n];
}

/* -- negotiation ----------------------------------------------------------------------- */

static void
ask_dialects(struct smb *m, const struct smb1 *x)
{
	struct slice s = x->bytes;

	if (m->s->negotiated1)
		smb_event(m, SMB_EV_NEGOTIATIONS);
	m->s->negotiated1 = true;
	m->s->nt_dialect = UINT16_MAX;
	for (uint16_t i = 0; s.len; i++) {
		if (s.ptr[0] != FORMAT_DIALECT) {
			smb_bad(m, SMB_EV_FORMAT);
			return;
		}
		s = slice_make(s.ptr + 1, s.len - 1);
		if (is_text(s, "NT LM 0.12"))
			m->s->nt_dialect = i;
		s = behind_text(s, false);
	}
}

static void
answer_dialects(struct smb *m, const struct smb1 *x)
{
	uint16_t chosen = x->n_words ? u16(x->words) : NO_DIALECT;

	if (x->n_words && chosen != NO_DIALECT &&
	    chosen != m->s->nt_dialect)
		smb_event(m, SMB_EV_DIALECT);
	log_it(m, x, NULL, NULL);
}

/* -- logins: who is it? ------------------------------------------------------------- */

static bool
begins(const struct smb_name *n, const char *text)
{
	return !strncmp(n->text, text, strlen(text));
}

static void
note_policy(struct smb *m, const struct smb_name *os,
    const struct smb_name *manager)
{
	static const struct {
		const char *name;
		enum dce_policy policy;
	} names[] = {
		{ "Windows 5.0", DCE_WIN_2000 },
		{ "Windows 2000", DCE_WIN_2000 },
		{ "Windows 5.1", DCE_WIN_XP },
		{ "Windows Server 2003", DCE_WIN_2003 },
		{ "Windows Vista", DCE_WIN_VISTA },
		{ "Windows (R) Vista", DCE_WIN_VISTA },
		{ "Windows Server (R) 2008", DCE_WIN_2008 },
		{ "Windows Server 2008", DCE_WIN_2008 },
		{ "Windows 7", DCE_WIN_7 },
		{ "Samba 3.0.20", DCE_SAMBA_3_0_20 },
		{ "Samba 3.0.21", DCE_SAMBA_3_0_22 },
		{ "Samba 3.0.22", DCE_SAMBA_3_0_22 },
		{ "Samba 3.0.", DCE_SAMBA_3_0_37 },
		{ "Samba", DCE_SAMBA },
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (begins(os, names[i].name) ||
		    begins(manager, names[i].name)) {
			m->s->policy[m->side] = (uint8_t)names[i].policy;
			return;
		}
}

/* smb_fingerprint_policy: what the sender calls its system and its software,
 * behind passwords or what stands for them, and the user's names. */
static void
fingerprint(struct smb *m, const struct smb1 *x)
{
	const struct dce_conf *conf = m->c->conf;
	struct smb_name os, manager;
	struct slice names;
	size_t skip = 0;

	if (!(conf->fingerprint & (x->answer ? DCE_FINGERPRINT_SERVER :
	    DCE_FINGERPRINT_CLIENT)))
		return;
	if (x->answer && x->n_words == 4)
		skip = u16(x->words + 6);
	else if (!x->answer && x->n_words >= 12)
		skip = u16(x->words + 14);
	if (!x->answer && x->n_words == 13)
		skip += u16(x->words + 16);
	names = text_at(m, x, skip);
	if (!x->answer && x->n_words == 13)
		names = behind_text(behind_text(names, x->wide), x->wide);
	os = smb_name(names, x->wide);
	manager = smb_name(behind_text(names, x->wide), x->wide);
	note_policy(m, &os, &manager);
}

/* -- shares ----------------------------------------------------------------------------- */

static enum smb_share
share_of(struct slice service)
{
	if (is_text(service, "IPC"))
		return SMB_SHARE_PIPE;
	return is_text(service, "A:") ? SMB_SHARE_DISK :
	    is_text(service, "LPT1:") ? SMB_SHARE_PRINT : SMB_SHARE_UNKNOWN;
}

static void
ask_tree(struct smb *m, const struct smb1 *x)
{
	struct smb_name name;
	struct slice path;
	bool wide = x->wide;

	if (x->command == TREE_CONNECT) {
		if (!x->bytes.len || x->bytes.ptr[0] != FORMAT_TEXT) {
			smb_bad(m, SMB_EV_FORMAT);
			return;
		}
		path = slice_make(x->bytes.ptr + 1, x->bytes.len - 1);
		wide = false;
	} else {
		if (u16(x->words + 6) > x->n_bytes)
			smb_bad(m, SMB_EV_BYTES_LESS);
		path = text_at(m, x, u16(x->words + 6));
	}
	name = smb_name(path, wide);
	if (m->w->saw_tree)
		smb_event(m, SMB_EV_CHAIN_TREES);
	m->w->saw_tree = true;
	smb_tree_ask(m, x->id, name)->share = (uint8_t)share_of(
	    behind_text(path, wide));
	smb_check_share(m, &name);
}

static void
answer_tree(struct smb *m, const struct smb1 *x)
{
	struct smb_tree *t = smb_tree_asked(m, x->id);
	uint16_t id = x->tree;

	if (!t)
		t = smb_tree_ask(m, x->id, (struct smb_name){ 0 });
	log_it(m, x, "share", &t->name);
	if (x->status || !x->n_words) {
		t->state = SMB_FREE;
		return;
	}
	if (x->command == TREE_CONNECT && x->n_words >= 2)
		id = u16(x->words + 2);
	else if (share_of(x->bytes) != SMB_SHARE_UNKNOWN)
		t->share = (uint8_t)share_of(x->bytes);
	smb_tree_open(m, t, id);
}

/* -- files --------------------------------------------------------------------------------- */

static struct smb_file *
file_of(struct smb *m, const struct smb1 *x, uint16_t fid, struct slice data)
{
	uint64_t id[2] = { fid, 0 };

	return smb_file_find(m, id, x->tree, data);
}

static void
ask_open(struct smb *m, const struct smb1 *x)
{
	struct slice name = text_at(m, x, 0);
	bool wide = x->wide;

	if (x->command == NT_CREATE_ANDX) {
		if (u16(x->words + 5) > x->n_bytes)
			smb_bad(m, SMB_EV_BYTES_LESS);
		if (u32(x->words + 27) & READONLY_HIDDEN_SYSTEM)
			smb_event(m, SMB_EV_ATTRIBUTES);
	} else if (x->command != OPEN_ANDX) {
		if (!x->bytes.len || x->bytes.ptr[0] != FORMAT_TEXT) {
			smb_bad(m, SMB_EV_FORMAT);
			return;
		}
		name = text_at(m, x, 1);
	}
	m->w->saw_open = true;
	smb_file_ask(m, x->id, x->tree, name, wide);
}

static void
answer_open(struct smb *m, const struct smb1 *x)
{
	struct smb_file *f = smb_file_asked(m, x->id);
	size_t at = x->command == NT_CREATE_ANDX ? 5 :
	    x->command == OPEN_ANDX ? 4 : 0;

	log_it(m, x, f && f->pipe ? "named_pipe" : "filename", f ? &f->name :
	    NULL);
	if (!f)
		return;
	if (x->status || (size_t)x->n_words * 2 < at + 2) {
		smb_file_close(m, f, false);
		return;
	}
	f->state = SMB_OPEN;
	f->id[0] = u16(x->words + at);
	f->id[1] = 0;
	if (x->command == NT_CREATE_ANDX && x->n_words >= 34)
		smb_file_size(f, u64(x->words + 55));
	else if (x->command == OPEN_ANDX && x->n_words >= 15)
		smb_file_size(f, u32(x->words + 12));
	else if (x->command == OPEN && x->n_words >= 7)
		smb_file_size(f, u32(x->words + 8));
}

static void
ask_close(struct smb *m, const struct smb1 *x)
{
	struct smb_file *f = file_of(m, x, u16(x->words),
	    slice_make(NULL, 0));

	if (f && f->pipe && m->w->saw_open)
		smb_event(m, SMB_EV_CHAIN_CLOSE);
	smb_ask(m, x->id, CLOSE, f, 0);
}

static void
answer_close(struct smb *m, const struct smb1 *x)
{
	struct smb_asked *a = smb_asked(m, x->id, CLOSE);
	struct smb_file *f = a ? smb_file_at(m, a->file) : NULL;

	log_it(m, x, f && f->pipe ? "named_pipe" : "filename", f ? &f->name :
	    NULL);
	if (a)
		a->used = false;
	if (f && !x->status)
		smb_file_close(m, f, true);
}

/* -- data ----------------------------------------------------------------------------------- */

/* The data at an offset of the message; false: it says where none can be. */
static bool
data_at(struct smb *m, const struct smb1 *x, size_t off, uint32_t n,
    struct slice *data)
{
	struct slice all = m->w->message;
	size_t first = (size_t)(x->bytes.ptr - all.ptr);

	*data = slice_make(all.ptr, 0);
	if (!n)
		return true;
	if (off < first || off > all.len) {
		smb_bad(m, SMB_EV_OFFSET);
		return false;
	}
	*data = slice_make(all.ptr + off, n < all.len - off ? n :
	    all.len - off);
	return true;
}

static void
ask_write_andx(struct smb *m, const struct smb1 *x)
{
	uint32_t n = (uint32_t)u16(x->words + 18) << 16 | u16(x->words + 20);
	uint64_t offset = u32(x->words + 6);
	struct slice data;

	if (x->n_words == 14)
		offset |= (uint64_t)u32(x->words + 24) << 32;
	if (!n)
		smb_event(m, SMB_EV_NO_DATA);
	if (n <= UINT16_MAX && n > x->n_bytes)
		smb_bad(m, SMB_EV_BYTES_LESS);
	if (data_at(m, x, u16(x->words + 22), n, &data))
		smb_data(m, file_of(m, x, u16(x->words + 4), data), offset,
		    data, n);
}

/* WRITE, and WRITE AND CLOSE, which has a byte before its data, too. */
static void
ask_write(struct smb *m, const struct smb1 *x)
{
	size_t at = x->command == WRITE ? 3 : 1;
	uint16_t n = u16(x->words + 2);
	struct slice data = x->bytes;

	if (!n)
		smb_event(m, SMB_EV_NO_DATA);
	if (data.len < at) {
		smb_bad(m, SMB_EV_BYTES);
		return;
	}
	if (x->command == WRITE && data.ptr[0] != FORMAT_DATA)
		smb_bad(m, SMB_EV_FORMAT);
	if (x->command == WRITE && u16(data.ptr + 1) != n)
		smb_event(m, SMB_EV_DATA_MISMATCH);
	data = slice_make(data.ptr + at, data.len - at);
	smb_data(m, file_of(m, x, u16(x->words), data), u32(x->words + 4),
	    data, n);
}

static void
ask_read(struct smb *m, const struct smb1 *x)
{
	bool andx = x->command == READ_ANDX;
	uint64_t offset = u32(x->words + (andx ? 6 : 4));

	if (andx && x->n_words == 12)
		offset |= (uint64_t)u32(x->words + 20) << 32;
	smb_ask(m, x->id, READ, file_of(m, x, u16(x->words + (andx ? 4 : 0)),
	    slice_make(NULL, 0)), offset);
}

static void
answer_read(struct smb *m, const struct smb1 *x)
{
	struct smb_asked *a = smb_asked(m, x->id, READ);
	struct smb_file *f = a ? smb_file_at(m, a->file) : NULL;
	uint64_t offset = a ? a->offset : 0;
	struct slice data = x->bytes;
	uint32_t n;

	if (a)
		a->used = false;
	if (x->command == READ_ANDX && x->n_words == 12) {
		n = (uint32_t)u16(x->words + 14) << 16 | u16(x->words + 10);
		if (data_at(m, x, u16(x->words + 12), n, &data))
			smb_data(m, f, offset, data, n);
	} else if (x->command == READ && x->n_words == 5 && data.len >= 3) {
		if (data.ptr[0] != FORMAT_DATA)
			smb_bad(m, SMB_EV_FORMAT);
		n = u16(data.ptr + 1);
		smb_data(m, f, offset, slice_make(data.ptr + 3, data.len - 3),
		    n);
	}
}

static void
ask_transaction(struct smb *m, const struct smb1 *x)
{
	uint16_t total, n;
	uint8_t setup;
	struct slice data;
	struct smb_file *f;

	if (x->n_words < 14 || x->n_words != 14u + x->words[26]) {
		smb_bad(m, SMB_EV_WORDS);
		return;
	}
	setup = x->words[26];
	total = u16(x->words + 2);
	n = u16(x->words + 22);
	if (setup != 2) {
		smb_event(m, SMB_EV_SETUP);
		return;
	}
	if (u16(x->words + 28) != TRANSACT_PIPE &&
	    u16(x->words + 28) != WRITE_PIPE &&
	    u16(x->words + 28) != RAW_WRITE_PIPE)
		return;
	if (!total)
		smb_event(m, SMB_EV_NO_TOTAL);
	if (n > total)
		smb_bad(m, SMB_EV_TOTAL_LESS);
	if (n > x->n_bytes)
		smb_bad(m, SMB_EV_BYTES_LESS);
	if (!data_at(m, x, u16(x->words + 24), n, &data))
		return;
	f = file_of(m, x, u16(x->words + 30), data);
	if (f && f->guessed)
		f->pipe = true;
	smb_ask(m, x->id, TRANSACTION, f, 0);
	if (f && f->pipe)
		smb_data(m, f, 0, data, n);
}

/* The rest of a transaction's data. */
static void
ask_more(struct smb *m, const struct smb1 *x)
{
	struct smb_asked *a = smb_asked(m, x->id, TRANSACTION);
	struct smb_file *f = a ? smb_file_at(m, a->file) : NULL;
	uint16_t n = u16(x->words + 10);
	struct slice data;

	if (n > x->n_bytes)
		smb_bad(m, SMB_EV_BYTES_LESS);
	if (data_at(m, x, u16(x->words + 12), n, &data) && f && f->pipe)
		smb_data(m, f, 0, data, n);
}

static void
answer_transaction(struct smb *m, const struct smb1 *x)
{
	struct smb_asked *a = smb_asked(m, x->id, TRANSACTION);
	struct smb_file *f = a ? smb_file_at(m, a->file) : NULL;
	struct slice data;
	uint16_t n;

	log_it(m, x, f ? "named_pipe" : NULL, f ? &f->name : NULL);
	if (x->n_words < 10)
		return;
	n = u16(x->words + 12);
	/* the last one of an answer in parts */
	if (a && (uint32_t)u16(x->words + 16) + n >= u16(x->words + 2))
		a->used = false;
	if (data_at(m, x, u16(x->words + 14), n, &data) && f && f->pipe)
		smb_data(m, f, 0, data, n);
}

/* -- commands ---------------------------------------- */

static void
request(struct smb *m, const struct smb1 *x)
{
	struct smb_worker *w = m->w;

	switch (x->command) {
	case NEGOTIATE:
		ask_dialects(m, x);
		break;
	case LOGIN_ANDX:
		if (w->saw_login)
			smb_event(m, SMB_EV_CHAIN_LOGINS);
		w->saw_login = true;
		fingerprint(m, x);
		break;
	case LOGOFF_ANDX:
		if (w->saw_login)
			smb_event(m, SMB_EV_CHAIN_LOGOFF);
		break;
	case TREE_CONNECT:
	case TREE_ANDX:
		ask_tree(m, x);
		break;
	case TREE_LEAVE:
		if (w->saw_tree)
			smb_event(m, SMB_EV_CHAIN_LEAVE);
		break;
	case OPEN:
	case CREATE:
	case CREATE_NEW:
	case OPEN_ANDX:
	case NT_CREATE_ANDX:
		ask_open(m, x);
		break;
	case CLOSE:
		ask_close(m, x);
		break;
	case WRITE_ANDX:
		ask_write_andx(m, x);
		break;
	case WRITE:
	case WRITE_CLOSE:
		ask_write(m, x);
		break;
	case READ:
	case READ_ANDX:
		ask_read(m, x);
		break;
	case TRANSACTION:
		ask_transaction(m, x);
		break;
	case TRANSACTION_MORE:
		ask_more(m, x);
		break;
	default:
		break;
	}
}

static void
response(struct smb *m, const struct smb1 *x)
{
	switch (x->command) {
	case NEGOTIATE:
		answer_dialects(m, x);
		break;
	case LOGIN_ANDX:
		fingerprint(m, x);
		log_it(m, x, NULL, NULL);
		break;
	case TREE_CONNECT:
	case TREE_ANDX:
		answer_tree(m, x);
		break;
	case TREE_LEAVE: {
		struct smb_tree *t = smb_tree_find(m, x->tree);

		log_it(m, x, "share", t ? &t->name : NULL);
		if (t && !x->status)
			t->state = SMB_FREE;
		break;
	}
	case OPEN:
	case CREATE:
	case CREATE_NEW:
	case OPEN_ANDX:
	case NT_CREATE_ANDX:
		answer_open(m, x);
		break;
	case CLOSE:
		answer_close(m, x);
		break;
	case READ:
	case READ_ANDX:
		answer_read(m, x);
		break;
	case TRANSACTION:
		answer_transaction(m, x);
		break;
	case WRITE:
	case WRITE_ANDX:
	case WRITE_CLOSE:
		break;
	default:
		log_it(m, x, NULL, NULL);
		break;
	}
}

/* -- headers ---------------------------------------- */

static bool
has(const uint8_t *list, size_t n, uint8_t v)
{
	return memchr(list, v, n) != NULL;
}

/* Is the number of words one that the command may have? */
static bool
check_words(struct smb *m, const struct smb1 *x, const struct command *k)
{
	const uint8_t *may = x->answer ? k->response : k->request;

	if (may[0] == NONE)
		return true;
	for (unsigned i = 0; i < 4 && may[i] != NONE; i++)
		if (may[i] == x->n_words)
			return true;
	/* an error has none */
	if (x->answer && x->status && !x->n_words)
		return true;
	smb_bad(m, SMB_EV_WORDS);
	return false;
}

static bool
read_command(struct smb *m, struct smb1 *x)
{
	struct slice all = m->w->message;
	struct cursor cur = cur_make(all.ptr + m->w->at,
	    all.len - m->w->at);
	const uint8_t *p;
	uint8_t n;

	if (!cur_u8(&cur, &n) || !(x->words = cur_take(&cur, n * 2u)) ||
	    !(p = cur_take(&cur, 2))) {
		smb_bad(m, SMB_EV_SHORT_COMMAND);
		return false;
	}
	x->n_words = n;
	x->n_bytes = u16(p);
	if (x->n_bytes > cur_left(&cur) && m->w->whole)
		smb_bad(m, SMB_EV_SHORT_BYTES);
	x->bytes = slice_make(cur.p, cur_left(&cur) < x->n_bytes ?
	    cur_left(&cur) : x->n_bytes);
	return true;
}

bool
smb1_begin(struct smb *m)
{
	const uint8_t *h = m->w->message.ptr;
	bool answer = h[9] & FLAG_RESPONSE;

	if (answer != (m->side == FLOW_SERVER)) {
		smb_bad(m, SMB_EV_TYPE);
		return false;
	}
	m->w->command = h[4];
	m->w->at = HEADER;
	return true;
}

/* The next one of the chain, behind this one; false: it was the last. */
static bool
chain(struct smb *m, const struct smb1 *x)
{
	struct smb_worker *w = m->w;
	unsigned max = m->s->server->smb_max_chain;
	uint16_t off;

	if (x->n_words < 2 || x->words[0] == NO_ANDX)
		return false;
	off = u16(x->words + 2);
	/* forwards only: a chain has an end */
	if (off < (size_t)(x->words - w->message.ptr) + x->n_words * 2u ||
	    off >= w->message.len) {
		smb_bad(m, SMB_EV_OFFSET);
		return false;
	}
	w->chained++;
	if (max && w->chained + 1 == max && !x->answer)
		smb_event(m, SMB_EV_CHAIN);
	if (w->chained == LIM_SMB_CHAIN) {
		m->c->ctrs[SMB_CTR_CHAINS_CUT]++;
		return false;
	}
	w->command = x->words[0];
	w->at = off;
	return true;
}

bool
smb1_command(struct smb *m)
{
	const uint8_t *h = m->w->message.ptr;
	struct smb1 x = { .h = h, .command = m->w->command,
		.answer = h[9] & FLAG_RESPONSE,
		.wide = u16(h + 10) & FLAG2_UNICODE, .status = u32(h + 5),
		.tree = u16(h + 24),
		.id = smb1_id(h) };
	const struct command *k = find_command(x.command);

	m->c->ctrs[SMB_CTR_COMMANDS]++;
	m->s->side[m->side].data_left = 0;
	if (!x.answer && ((k && k->flags & OLD) ||
	    has(deprecated, sizeof(deprecated), x.command)))
		smb_event(m, SMB_EV_DEPRECATED);
	if (!x.answer && has(unusual, sizeof(unusual), x.command))
		smb_event(m, SMB_EV_UNUSUAL);
	if (!read_command(m, &x) || (k && !check_words(m, &x, k)))
		return false;
	if (!x.answer)
		request(m, &x);
	else
		response(m, &x);
	return k && k->flags & CHAINS && chain(m, &x);
}
