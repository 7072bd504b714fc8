/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "detect/fwsam.h"
#include "sensor/block_text.h"

enum {
	OUT_MAX = 1 << 20,
	ROWS = 256,        /* of a list, at a time */
	IDLE_MS = 2,
	IDLE_ROUNDS = 40,  /* a list goes on without waiting for packets */
};

enum command { CMD_NONE, CMD_LIST, CMD_ADD, CMD_DEL, CMD_FLUSH, CMD_EXPLAIN,
	CMD_WHERE };

struct client {
	int fd; /* -1: none */
	char in[LIM_CONTROL_LINE];
	size_t in_len;
	struct buf out;
	size_t sent;
	enum command cmd;
	bool json, done; /* all is in out */
	struct ipaddr addr;
	uint32_t at, rows; /* of the list */
	unsigned n;        /* blocks that are to go */
	uint64_t since_ns; /* of its last sign of life */
	bool waits_where;
};

struct control {
	int fd;
	char *path;
	dev_t dev; /* of the socket: another one is not ours to remove */
	ino_t ino;
	uid_t uids[2];
	struct client clients[LIM_CONTROL_CLIENTS];
};

/* -- the socket ------------------------------------------------------------ */

/* Does somebody listen there? */
static bool
is_alive(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool alive;

	if (fd == -1)
		return false;
	alive = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0;
	close(fd);
	return alive;
}

/* A socket that a killed sensor left; nothing else is touched. */
static bool
make_room(const struct sockaddr_un *sa, char *err, size_t err_len)
{
	struct stat st;

	if (lstat(sa->sun_path, &st) == -1)
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(err, err_len, "%s is no socket: name another one "
		    "with config block: socket", sa->sun_path);
		return false;
	}
	if (is_alive(sa)) {
		snprintf(err, err_len, "another sensor answers on %s: name "
		    "another socket with config block: socket", sa->sun_path);
		return false;
	}
	if (unlink(sa->sun_path) == 0)
		return true;
	snprintf(err, err_len, "cannot remove the old socket %s: %s",
	    sa->sun_path, strerror(errno));
	return false;
}

static bool
listen_on(struct control *c, const struct sockaddr_un *sa, int uid, int gid)
{
	struct stat st;
	mode_t before = umask(0177);
	bool ok = bind(c->fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0;

	umask(before);
	if (!ok)
		return false;
	if (lstat(sa->sun_path, &st) == 0) {
		c->dev = st.st_dev;
		c->ino = st.st_ino;
	}
	return ((uid == -1 && gid == -1) || lchown(sa->sun_path, (uid_t)uid,
	    (gid_t)gid) == 0) && listen(c->fd, LIM_CONTROL_CLIENTS) == 0;
}

struct control *
control_open(const char *path, int uid, int gid, char *err, size_t err_len)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct control *c;

	if (strlen(path) >= sizeof(sa.sun_path)) {
		snprintf(err, err_len, "the name of the control socket is too "
		    "long: %s; name another one with config block: socket",
		    path);
		return NULL;
	}
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (!make_room(&sa, err, err_len))
		return NULL;
	c = xcalloc(1, sizeof(*c));
	for (unsigned i = 0; i < LIM_CONTROL_CLIENTS; i++)
		c->clients[i].fd = -1;
	c->uids[0] = geteuid();
	c->uids[1] = uid == -1 ? geteuid() : (uid_t)uid;
	c->path = xstrdup(path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd != -1 && listen_on(c, &sa, uid, gid))
		return c;
	snprintf(err, err_len, "the control socket %s: %s; name another one "
	    "with config block: socket, or none", path, strerror(errno));
	control_close(c);
	return NULL;
}

static void
end_client(struct client *k)
{
	if (k->fd != -1)
		close(k->fd);
	buf_fini(&k->out);
	*k = (struct client){ .fd = -1 };
}

void
control_close(struct control *c)
{
	struct stat st;

	if (!c)
		return;
	for (unsigned i = 0; i < LIM_CONTROL_CLIENTS; i++)
		end_client(&c->clients[i]);
	if (c->fd != -1)
		close(c->fd);
	if (lstat(c->path, &st) == 0 && st.st_dev == c->dev &&
	    st.st_ino == c->ino)
		unlink(c->path);
	free(c->path);
	free(c);
}

/* -- requests -------------------------------------------------------------- */

static void
reply_error(struct client *k, const char *what)
{
	buf_reset(&k->out);
	buf_printf(&k->out, "error\n%s\n.\n", what);
	k->done = true;
}

static void
reply_end(struct client *k)
{
	buf_puts(&k->out, ".\n");
	k->done = true;
}

static void
do_add(struct client *k, struct blocks *bs, struct text rest,
    struct mtime now)
{
	static const char *const why[BLOCK_OUTCOME_COUNT] = {
		[BLOCK_FULL] = "there are as many blocks as may be: see "
		    "config block: max",
		[BLOCK_NO_HANDS] = "the helper takes no more now: try again",
	};
	char detail[BLOCK_DETAIL_MAX], text[200];
	enum block_outcome o;
	uint32_t seconds = 0;

	rest = text_trim(rest);
	if (rest.len && !fwsam_duration(rest, &seconds)) {
		reply_error(k, "the duration is written 300, `5 min' or perm");
		return;
	}
	if (seconds == RESPONSE_FOREVER)
		seconds = UINT32_MAX;
	o = block_add(bs, &k->addr, seconds, now, detail);
	if (o == BLOCK_NEVER) {
		snprintf(text, sizeof(text), "it is never blocked: %s",
		    detail);
		reply_error(k, text);
	} else if (why[o]) {
		reply_error(k, why[o]);
	}
}

/* The text of HAND_WHERE. */
static void
on_where(void *arg, int fd, int error)
{
	struct client *k = arg;
	char chunk[4096];
	ssize_t n;

	if (!k->waits_where)
		return;
	k->waits_where = false;
	if (error || fd == -1) {
		reply_error(k, error ? hands_why(error) : "there is no text");
		return;
	}
	buf_puts(&k->out, "ok\n");
	if (k->json)
		buf_puts(&k->out, "{\"where\":");
	if (k->json) { /* as one text */
		struct buf all;

		buf_init(&all, OUT_MAX / 2);
		while ((n = read(fd, chunk, sizeof(chunk))) > 0)
			buf_put(&all, chunk, (size_t)n);
		buf_putjson(&k->out, text_make(all.ptr, all.len));
		buf_puts(&k->out, "}\n");
		buf_fini(&all);
	} else {
		while ((n = read(fd, chunk, sizeof(chunk))) > 0)
			buf_put(&k->out, chunk, (size_t)n);
	}
	reply_end(k);
}

static const struct {
	const char *name;
	enum command cmd;
	bool wants_addr;
} commands[] = {
	{ "list", CMD_LIST, false }, { "add", CMD_ADD, true },
	{ "del", CMD_DEL, true }, { "flush", CMD_FLUSH, false },
	{ "explain", CMD_EXPLAIN, true }, { "where", CMD_WHERE, false },
};

static void
begin(struct client *k, struct blocks *bs, struct text line,
    struct mtime now)
{
	struct text rest = line, word = text_word(&rest), peek;
	size_t i = 0;

	while (i < ARRAY_LEN(commands) && !text_is(word, commands[i].name))
		i++;
	if (i == ARRAY_LEN(commands)) {
		reply_error(k, "list, add, del, flush, explain or where");
		return;
	}
	k->cmd = commands[i].cmd;
	peek = rest;
	if (text_is(text_word(&peek), "json")) {
		k->json = true;
		rest = peek;
	}
	if (commands[i].wants_addr &&
	    !ipaddr_parse(text_word(&rest), &k->addr)) {
		reply_error(k, "an IPv4 or IPv6 address belongs here");
		return;
	}
	switch (k->cmd) {
	case CMD_NONE:
		break;
	case CMD_LIST:
		buf_puts(&k->out, "ok\n");
		break;
	case CMD_ADD:
		do_add(k, bs, rest, now);
		break;
	case CMD_DEL:
		k->n = block_del(bs, &k->addr, now);
		break;
	case CMD_FLUSH:
		k->n = block_del(bs, NULL, now);
		break;
	case CMD_EXPLAIN:
		buf_puts(&k->out, "ok\n");
		block_explain(&k->out, bs, &k->addr, k->json, now);
		reply_end(k);
		break;
	case CMD_WHERE:
		k->waits_where = true;
		if (!blocks_where(bs, on_where, k))
			reply_error(k, "the packet filter is asked by the "
			    "helper, which there is not in a dry run, or "
			    "which is busy: see aduana(8)");
		break;
	}
}

/* Rows of the list, up to a share; the table's end ends it. */
static void
go_on_list(struct client *k, const struct blocks *bs)
{
	const struct block *b = NULL;
	struct block_report r;
	unsigned n = 0;

	if (!k->at && k->json)
		buf_puts(&k->out, "{\"blocks\":[");
	else if (!k->at)
		buf_printf(&k->out, "%-39s %-6s %-24s %-14s %-9s %-11s %s\n",
		    "ADDRESS", "HOW", "UNTIL", "RULE", "EVIDENCE", "STATE",
		    "WHY");
	while (n++ < ROWS && (b = blocks_next(bs, &k->at))) {
		if (k->json && k->rows)
			buf_putc(&k->out, ',');
		if (k->json)
			block_put_json(&k->out, b);
		else
			block_put_row(&k->out, b);
		k->rows++;
	}
	if (b)
		return;
	blocks_report(bs, &r);
	if (k->json)
		buf_printf(&k->out, "],\"count\":%u,\"max\":%u,\"dry_run\":"
		    "%s}\n", k->rows, r.max, r.dry_run ? "true" : "false");
	else
		buf_printf(&k->out, "%u blocks of at most %u%s\n", k->rows,
		    r.max, r.dry_run ? ", a dry run" : "");
	reply_end(k);
}

/* Is it done? The kernel has said so, or there is a reason why not. */
static void
go_on_change(struct client *k, struct blocks *bs)
{
	const struct block_refusal *r;
	char addr[IPADDR_TEXT_MAX], text[200];
	const struct block *b;

	if (k->cmd == CMD_FLUSH) {
		uint32_t at = 0;

		while ((b = blocks_next(bs, &at)))
			if (b->state == BLOCK_STATE_LEAVING)
				return;
		buf_printf(&k->out, k->json ? "ok\n{\"unblocked\":%u}\n" :
		    "ok\n%u blocks were taken away\n", k->n);
		reply_end(k);
		return;
	}
	b = block_find(bs, &k->addr);
	ipaddr_print(&k->addr, addr);
	if (k->cmd == CMD_DEL) {
		if (b && b->state == BLOCK_STATE_LEAVING)
			return;
		if (!k->n) {
			snprintf(text, sizeof(text), "%s is not blocked",
			    addr);
			reply_error(k, text);
			return;
		}
		if (b) {
			snprintf(text, sizeof(text), "the kernel does not let "
			    "go of %s; it is asked again", addr);
			reply_error(k, text);
			return;
		}
		buf_printf(&k->out, k->json ? "ok\n{\"address\":\"%s\","
		    "\"unblocked\":%u}\n" : "ok\n%s: %u blocks were taken "
		    "away\n", addr, k->n);
		reply_end(k);
		return;
	}
	if (b && b->state == BLOCK_STATE_ASKED)
		return;
	if (!b) {
		r = block_refused(bs, &k->addr);
		snprintf(text, sizeof(text), "the kernel refused: %s", r ?
		    r->detail : "it did not say why");
		reply_error(k, text);
		return;
	}
	buf_puts(&k->out, "ok\n");
	if (k->json) {
		block_put_json(&k->out, b);
		buf_putc(&k->out, '\n');
	} else {
		buf_printf(&k->out, "%s is blocked%s until ", addr,
		    b->state == BLOCK_STATE_DRY ? " (dry run: not really)" :
		    "");
		if (b->until.ns)
			block_put_time(&k->out, b->until);
		else
			buf_puts(&k->out, "it is unblocked by hand");
		buf_putc(&k->out, '\n');
	}
	reply_end(k);
}

static void
go_on(struct client *k, struct blocks *bs)
{
	if (k->done || k->out.len - k->sent > OUT_MAX / 4)
		return;
	if (k->sent == k->out.len) {
		buf_reset(&k->out);
		k->sent = 0;
	}
	switch (k->cmd) {
	case CMD_LIST:
		go_on_list(k, bs);
		break;
	case CMD_ADD:
	case CMD_DEL:
	case CMD_FLUSH:
		go_on_change(k, bs);
		break;
	case CMD_NONE:
	case CMD_EXPLAIN:
	case CMD_WHERE:
		break;
	}
}

/* -- clients --------------------------------------------------------------- */

/* Is the other end somebody whom we answer? */
static bool
is_welcome(const struct control *c, int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1)
		return false;
	return who.uid == 0 || who.uid == c->uids[0] || who.uid == c->uids[1];
}

static void
turn_away(int fd, const char *what)
{
	char text[120];
	int n = snprintf(text, sizeof(text), "error\n%s\n.\n", what);

	(void)!write(fd, text, (size_t)n);
	close(fd);
}

static void
accept_all(struct control *c)
{
	int fd;

	while ((fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK |
	    SOCK_CLOEXEC)) != -1) {
		struct client *k = NULL;

		for (unsigned i = 0; i < LIM_CONTROL_CLIENTS && !k; i++)
			if (c->clients[i].fd == -1)
				k = &c->clients[i];
		if (!is_welcome(c, fd)) {
			turn_away(fd, "only root and the sensor's user are "
			    "answered");
			continue;
		}
		if (!k) {
			turn_away(fd, "too many ask at once: try again");
			continue;
		}
		k->fd = fd;
		k->since_ns = clock_ns();
		buf_init(&k->out, OUT_MAX);
	}
}

/* false: it went. */
static bool
read_request(struct client *k, struct blocks *bs, struct mtime now)
{
	ssize_t n = read(k->fd, k->in + k->in_len, sizeof(k->in) - k->in_len);
	const char *end;

	if (n == -1)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return k->cmd != CMD_NONE; /* it may have shut its half */
	k->since_ns = clock_ns();
	k->in_len += (size_t)n;
	if (k->cmd != CMD_NONE || k->done)
		return true; /* one request each */
	end = memchr(k->in, '\n', k->in_len);
	if (end)
		begin(k, bs, text_make(k->in, (size_t)(end - k->in)), now);
	else if (k->in_len == sizeof(k->in))
		reply_error(k, "the request is too long");
	return true;
}

/* false: it went, or all is said. */
static bool
write_reply(struct client *k)
{
	ssize_t n;

	while (k->sent < k->out.len) {
		n = send(k->fd, k->out.ptr + k->sent, k->out.len - k->sent,
		    MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN;
		k->sent += (size_t)n;
		k->since_ns = clock_ns();
	}
	return !k->done;
}

static bool
serve_client(struct client *k, struct blocks *bs, struct mtime now)
{
	if (k->in_len < sizeof(k->in) && !read_request(k, bs, now))
		return false;
	go_on(k, bs);
	if (!write_reply(k))
		return false;
	return clock_ns() - k->since_ns < (uint64_t)LIM_CONTROL_S *
	    1000000000u;
}

/* One look at all; how many there are still. */
static unsigned
serve_once(struct control *c, struct blocks *bs, struct mtime now,
    int wait_ms)
{
	struct pollfd fds[LIM_CONTROL_CLIENTS + 1];
	unsigned n = 0;

	fds[n++] = (struct pollfd){ c->fd, POLLIN, 0 };
	for (unsigned i = 0; i < LIM_CONTROL_CLIENTS; i++)
		if (c->clients[i].fd != -1)
			fds[n++] = (struct pollfd){ c->clients[i].fd,
				POLLIN, 0 };
	if (poll(fds, n, wait_ms) > 0 && fds[0].revents)
		accept_all(c);
	n = 0;
	for (unsigned i = 0; i < LIM_CONTROL_CLIENTS; i++) {
		struct client *k = &c->clients[i];

		if (k->fd == -1)
			continue;
		if (serve_client(k, bs, now)) {
			n++;
			continue;
		}
		if (k->waits_where)
			blocks_where(bs, NULL, NULL);
		end_client(k);
	}
	return n;
}

void
control_serve(struct control *c, struct blocks *bs, struct mtime now,
    bool idle)
{
	if (!serve_once(c, bs, now, 0) || !idle)
		return;
	for (unsigned i = 0; i < IDLE_ROUNDS; i++) {
		blocks_step(bs, now);
		if (!serve_once(c, bs, now, IDLE_MS))
			return;
	}
}
