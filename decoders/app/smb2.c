/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMB 2 and 3 (MS-SMB2): commands, compounds, what goes to files and pipes. */
#include <string.h>

#include "decoders/app/smb_int.h"

enum {
	HEADER = 64,
	/* flags */
	RESPONSE = 1, ASYNC = 2, RELATED = 4,

	NEGOTIATE = 0, LOGIN, LOGOFF, TREE_CONNECT, TREE_LEAVE, CREATE, CLOSE,
	FLUSH, READ, WRITE, LOCK, IOCTL, CANCEL, ECHO, QUERY_DIR, NOTIFY,
	QUERY_INFO, SET_INFO, OPLOCK_BREAK, COMMANDS,

	STATUS_PENDING = 0x103,
	ERROR_SIZE = 9,
	FSCTL_PIPE_TRANSCEIVE = 0x11c017,
	READONLY_HIDDEN_SYSTEM = 7,
	DIALECT_SMB1 = 0x2ff, DIALECT_3_1_1 = 0x311,
};

/* A command: its header and what is behind it. */
struct smb2 {
	const uint8_t *h, *body;
	size_t n; /* of the message from h on */
	uint16_t command;
	uint32_t status, tree, flags;
	uint64_t id, session;
};

/* StructureSize of requests and responses, MS-SMB2 2.2. */
static const struct {
	const char *name;
	uint8_t request, response;
} commands[COMMANDS] = {
	[NEGOTIATE] = { "SMB2_COMMAND_NEGOTIATE_PROTOCOL", 36, 65 },
	[LOGIN] = { "SMB2_COMMAND_SESSION_SETUP", 25, 9 },
	[LOGOFF] = { "SMB2_COMMAND_SESSION_LOGOFF", 4, 4 },
	[TREE_CONNECT] = { "SMB2_COMMAND_TREE_CONNECT", 9, 16 },
	[TREE_LEAVE] = { "SMB2_COMMAND_TREE_DISCONNECT", 4, 4 },
	[CREATE] = { "SMB2_COMMAND_CREATE", 57, 89 },
	[CLOSE] = { "SMB2_COMMAND_CLOSE", 24, 60 },
	[FLUSH] = { "SMB2_COMMAND_FLUSH", 24, 4 },
	[READ] = { "SMB2_COMMAND_READ", 49, 17 },
	[WRITE] = { "SMB2_COMMAND_WRITE", 49, 17 },
	[LOCK] = { "SMB2_COMMAND_LOCK", 48, 4 },
	[IOCTL] = { "SMB2_COMMAND_IOCTL", 57, 49 },
	[CANCEL] = { "SMB2_COMMAND_CANCEL", 4, 4 },
	[ECHO] = { "SMB2_COMMAND_KEEPALIVE", 4, 4 },
	[QUERY_DIR] = { "SMB2_COMMAND_FIND", 33, 9 },
	[NOTIFY] = { "SMB2_COMMAND_CHANGE_NOTIFY", 32, 9 },
	[QUERY_INFO] = { "SMB2_COMMAND_GET_INFO", 41, 9 },
	[SET_INFO] = { "SMB2_COMMAND_SET_INFO", 33, 2 },
	[OPLOCK_BREAK] = { "SMB2_COMMAND_OPLOCK_BREAK", 24, 24 },
};

/* What is there of n bytes at an offset from the header on. */
static struct slice
part(const struct smb2 *x, size_t off, size_t n)
{
	if (off < HEADER || off > x->n)
		return slice_make(x->h, 0);
	return slice_make(x->h + off, n < x->n - off ? n : x->n - off);
}

static void
log_it(struct smb *m, const struct smb2 *x, const char *field,
    const struct smb_name *name)
{
	if (!smb_log_begin(m, commands[x->command].name, x->status,
	    x->session, x->tree))
		return;
	if (name)
		smb_log_name(m, field, name);
	app_log_end(m->c);
}

/* -- files ------------------ */

/* The file a command is about: the compound's, where it says so. */
static struct smb_file *
file_of(struct smb *m, const struct smb2 *x, const uint8_t *id,
    struct slice data)
{
	struct smb_worker *w = m->w;
	uint64_t v[2] = { u64(id), u64(id + 8) };

	if (x->flags & RELATED && v[0] == UINT64_MAX && v[1] == UINT64_MAX) {
		if (!w->has_file_id)
			return w->file ? &m->s->files[w->file - 1] : NULL;
		v[0] = w->file_id[0];
		v[1] = w->file_id[1];
	}
	w->has_file_id = true;
	w->file_id[0] = v[0];
	w->file_id[1] = v[1];
	return smb_file_find(m, v, x->tree, data);
}

static void
ask_tree(struct smb *m, const struct smb2 *x)
{
	struct slice path = part(x, u16(x->body + 4), u16(x->body + 6));
	struct smb_name name = smb_name(path, true);

	if (path.len < u16(x->body + 6))
		smb_bad(m, SMB_EV_SHORT_DATA);
	m->w->saw_tree = true;
	smb_tree_ask(m, x->id, name);
	smb_check_share(m, &name);
}

static void
ask_create(struct smb *m, const struct smb2 *x)
{
	struct slice name = part(x, u16(x->body + 44), u16(x->body + 46));

	if (name.len < u16(x->body + 46))
		smb_bad(m, SMB_EV_SHORT_DATA);
	if (u32(x->body + 28) & READONLY_HIDDEN_SYSTEM)
		smb_event(m, SMB_EV_ATTRIBUTES);
	m->w->has_file_id = false;
	m->w->saw_open = true;
	m->w->file = smb_file_place(m, smb_file_ask(m, x->id, x->tree, name,
	    true));
}

static void
ask_close(struct smb *m, const struct smb2 *x)
{
	struct smb_file *f = file_of(m, x, x->body + 8, slice_make(NULL, 0));

	if (f && f->pipe && m->w->saw_open)
		smb_event(m, SMB_EV_CHAIN_CLOSE);
	smb_ask(m, x->id, CLOSE, f, 0);
}

static void
ask_write(struct smb *m, const struct smb2 *x)
{
	uint32_t n = u32(x->body + 4);
	struct slice data = part(x, u16(x->body + 2), n);
	struct smb_file *f = file_of(m, x, x->body + 16, data);

	if (!n)
		smb_event(m, SMB_EV_NO_DATA);
	if (u16(x->body + 2) < HEADER + 48 || u16(x->body + 2) > x->n)
		smb_bad(m, SMB_EV_OFFSET);
	else
		smb_data(m, f, u64(x->body + 8), data, n);
}

static void
ask_ioctl(struct smb *m, const struct smb2 *x)
{
	uint32_t n = u32(x->body + 28), off = u32(x->body + 24);
	struct slice data = part(x, off, n);
	struct smb_file *f = file_of(m, x, x->body + 8, data);

	if (u32(x->body + 4) != FSCTL_PIPE_TRANSCEIVE)
		return;
	if (n && (off < HEADER + 56 || off > x->n)) {
		smb_bad(m, SMB_EV_OFFSET);
		return;
	}
	if (f && f->guessed)
		f->pipe = true;
	smb_ask(m, x->id, IOCTL, f, 0);
	if (f && f->pipe)
		smb_data(m, f, 0, data, n);
}

/*
 * Snort takes the reset at the end of a session of SMB 3.1.1 for one outside
 * the window (129:15), unless the client connected to a share of files: it
 * does not look at the session any more, from some place before the client
 * leaves. Only there is it known that no such share comes.
 */
static void
leave(const struct smb *m)
{
	if (m->s->dialect == DIALECT_3_1_1 && !m->s->disk)
		stream_freeze(m->c->flow);
}

static void
request(struct smb *m, const struct smb2 *x)
{
	struct smb_worker *w = m->w;

	switch (x->command) {
	case NEGOTIATE:
		if (m->s->negotiated2)
			smb_event(m, SMB_EV_NEGOTIATIONS);
		m->s->negotiated2 = true;
		break;
	case LOGIN:
		w->saw_login = true;
		break;
	case LOGOFF:
		if (w->saw_login)
			smb_event(m, SMB_EV_CHAIN_LOGOFF);
		break;
	case TREE_CONNECT:
		ask_tree(m, x);
		break;
	case TREE_LEAVE:
		if (w->saw_tree)
			smb_event(m, SMB_EV_CHAIN_LEAVE);
		leave(m);
		break;
	case CREATE:
		ask_create(m, x);
		break;
	case CLOSE:
		ask_close(m, x);
		break;
	case READ:
		smb_ask(m, x->id, READ, file_of(m, x, x->body + 16,
		    slice_make(NULL, 0)), u64(x->body + 8));
		break;
	case WRITE:
		ask_write(m, x);
		break;
	case IOCTL:
		ask_ioctl(m, x);
		break;
	default:
		break;
	}
}

/* -- responses ------------------ */

static void
answer_tree(struct smb *m, const struct smb2 *x)
{
	struct smb_tree *t = smb_tree_asked(m, x->id);

	if (!t)
		t = smb_tree_ask(m, x->id, (struct smb_name){ 0 });
	if (x->status) {
		log_it(m, x, "share", &t->name);
		t->state = SMB_FREE;
		return;
	}
	t->share = x->body[2] <= SMB_SHARE_PRINT ? x->body[2] :
	    SMB_SHARE_UNKNOWN;
	m->s->disk |= t->share == SMB_SHARE_DISK;
	smb_tree_open(m, t, x->tree);
	log_it(m, x, "share", &t->name);
}

static void
answer_create(struct smb *m, const struct smb2 *x)
{
	struct smb_file *f = smb_file_asked(m, x->id);

	log_it(m, x, f && f->pipe ? "named_pipe" : "filename", f ? &f->name :
	    NULL);
	if (!f)
		return;
	if (x->status) {
		smb_file_close(m, f, false);
		return;
	}
	f->state = SMB_OPEN;
	f->id[0] = u64(x->body + 64);
	f->id[1] = u64(x->body + 72);
	smb_file_size(f, u64(x->body + 48));
}

static void
answer_close(struct smb *m, const struct smb2 *x)
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

/* off, n: where the command says its data is. */
static void
answer_data(struct smb *m, const struct smb2 *x, uint32_t off, uint32_t n)
{
	struct smb_asked *a = smb_asked(m, x->id, x->command);
	struct slice data = part(x, off, n);
	struct smb_file *f = a ? smb_file_at(m, a->file) : NULL;
	uint64_t offset = a ? a->offset : 0;

	if (a)
		a->used = false;
	if (off < HEADER || off > x->n) {
		if (n)
			smb_bad(m, SMB_EV_OFFSET);
		return;
	}
	if (!f && x->command == IOCTL)
		f = file_of(m, x, x->body + 8, data);
	if (x->command == READ || (f && f->pipe))
		smb_data(m, f, offset, data, n);
}

static void
response(struct smb *m, const struct smb2 *x)
{
	switch (x->command) {
	case NEGOTIATE:
		if (!x->status)
			m->s->dialect = u16(x->body + 4);
		log_it(m, x, NULL, NULL);
		break;
	case TREE_CONNECT:
		answer_tree(m, x);
		break;
	case TREE_LEAVE: {
		struct smb_tree *t = smb_tree_find(m, x->tree);

		log_it(m, x, "share", t ? &t->name : NULL);
		if (t && !x->status)
			t->state = SMB_FREE;
		break;
	}
	case CREATE:
		answer_create(m, x);
		break;
	case CLOSE:
		answer_close(m, x);
		break;
	case READ:
		if (u16(x->body) == commands[READ].response)
			answer_data(m, x, x->body[2], u32(x->body + 4));
		break;
	case IOCTL:
		if (u16(x->body) == commands[IOCTL].response)
			answer_data(m, x, u32(x->body + 32),
			    u32(x->body + 36));
		log_it(m, x, NULL, NULL);
		break;
	case WRITE:
		break;
	default:
		log_it(m, x, NULL, NULL);
		break;
	}
}

/* -- headers ------------------ */

/* Is the body as long as its structure has to be? */
static bool
check_body(struct smb *m, const struct smb2 *x, bool answer)
{
	unsigned size = answer ? commands[x->command].response :
	    commands[x->command].request;
	unsigned said;

	if (x->n < HEADER + 2) {
		smb_bad(m, SMB_EV_SHORT_COMMAND);
		return false;
	}
	said = u16(x->body);
	/* an error, or an answer that there is none yet */
	if (answer && x->status && said == ERROR_SIZE)
		return size == ERROR_SIZE || x->n >= HEADER + ERROR_SIZE - 1;
	if (said != size && !(x->command == OPLOCK_BREAK && said == 36)) {
		smb_bad(m, SMB_EV_WORDS);
		return false;
	}
	/* an odd size counts a byte of what follows */
	if (x->n - HEADER < (size & ~1u)) {
		smb_bad(m, SMB_EV_SHORT_COMMAND);
		return false;
	}
	return true;
}

bool
smb2_begin(struct smb *m)
{
	if (m->w->message.len < HEADER) {
		smb_bad(m, SMB_EV_SHORT);
		return false;
	}
	return true;
}

static void
one_command(struct smb *m, struct smb2 *x)
{
	bool answer = x->flags & RESPONSE;

	m->c->ctrs[SMB_CTR_COMMANDS]++;
	if (answer != (m->side == FLOW_SERVER)) {
		smb_bad(m, SMB_EV_TYPE);
		return;
	}
	if (u16(x->h + 4) != HEADER || x->command >= COMMANDS) {
		smb_bad(m, SMB_EV_WORDS);
		return;
	}
	if (answer && x->status == STATUS_PENDING)
		return;
	if (!check_body(m, x, answer))
		return;
	if (!answer) {
		request(m, x);
		return;
	}
	/* without its structure there is only its status */
	if (x->status && u16(x->body) == ERROR_SIZE &&
	    (x->command == READ || x->command == IOCTL)) {
		struct smb_asked *a = smb_asked(m, x->id, x->command);

		if (a)
			a->used = false;
		log_it(m, x, NULL, NULL);
		return;
	}
	response(m, x);
}

bool
smb2_command(struct smb *m)
{
	struct smb_worker *w = m->w;
	const uint8_t *h = w->message.ptr + w->at;
	size_t left = w->message.len - w->at;
	struct smb2 x = { .h = h, .body = h + HEADER, .n = left,
		.command = u16(h + 12), .status = u32(h + 8),
		.flags = u32(h + 16), .id = u64(h + 24),
		.session = u64(h + 40) };
	uint32_t next = u32(h + 20);

	x.tree = x.flags & ASYNC ? 0 : u32(h + 36);
	if (next && (next < HEADER || next > left)) {
		smb_bad(m, SMB_EV_NEXT);
		next = 0;
	}
	if (next)
		x.n = next;
	one_command(m, &x);
	if (!next)
		return false;
	/* only the last one's data may go on in a further piece */
	m->s->side[m->side].data_left = 0;
	if (++w->chained == LIM_SMB_CHAIN) {
		m->c->ctrs[SMB_CTR_CHAINS_CUT]++;
		return false;
	}
	w->at += next;
	left -= next;
	if (left >= HEADER && !memcmp(w->message.ptr + w->at, "\xfeSMB", 4))
		return true;
	smb_bad(m, left < HEADER ? SMB_EV_SHORT : SMB_EV_ID);
	return false;
}
