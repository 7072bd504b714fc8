/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_session: the data of sessions that a rule's `session' asked for, in a
 * directory per host (hostdir.h), in SESSION:high-low of the ports, as Snort
 * names it. Both directions stand in one file, in the order of the packets;
 * another session between the same ports goes on in it.
 *
 *	printable  what is printable, and line ends; the rest is left out
 *	all        and the rest as \XX in hexadecimal, a backslash as two
 *	binary     as it is
 *
 * Traffic decides about names and sizes: how many files are open, how many are
 * made and how long each grows has a limit (core/limits.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "output/file.h"
#include "output/hostdir.h"
#include "output/text.h"

/* An open file; fd -1: a free place. */
struct session_file {
	struct buf path;
	int fd;
	uint64_t size;
	uint64_t used; /* the write that used it last */
};

struct session_log {
	const struct out_conf *conf;
	uint64_t limit, files; /* bytes of a file; files that may be made */
	struct session_file open[LIM_SESSION_OPEN];
	struct buf path, text; /* of one record; kept for the next */
	uint64_t writes, made;
	struct out_loss loss;
	bool said_full, said_many;
};

static const char grammar[] = "[LIMIT[K|M|G]] [FILES]";

static void *
session_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct text limit = text_word(&args), files = text_word(&args);
	uint64_t bytes = LIM_SESSION_BYTES;
	int64_t n = LIM_SESSION_FILES;
	struct session_log *l;

	if (limit.len && !out_parse_limit(limit, &bytes))
		return out_bad_arg(limit, grammar, err, err_len);
	if (files.len && !text_to_i64(files, 1, UINT32_MAX, &n))
		return out_bad_arg(files, grammar, err, err_len);
	if (args.len)
		return out_bad_arg(args, grammar, err, err_len);
	l = xcalloc(1, sizeof(*l));
	l->conf = conf;
	l->limit = bytes;
	l->files = (uint64_t)n;
	buf_init(&l->text, LIM_RECORD_TEXT);
	buf_init(&l->path, HOSTDIR_PATH_MAX);
	for (unsigned i = 0; i < LIM_SESSION_OPEN; i++) {
		buf_init(&l->open[i].path, HOSTDIR_PATH_MAX);
		l->open[i].fd = -1;
	}
	return l;
}

static void
close_file(struct session_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
}

/* -- bytes ------------------------------------------------------------- */

static bool
is_shown(uint8_t c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r';
}

static void
put_all(struct buf *b, struct slice s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (!is_shown(c)) {
			const char escaped[3] = { '\\', hex[c >> 4],
				hex[c & 15] };

			buf_put(b, escaped, sizeof(escaped));
			continue;
		}
		if (c == '\\')
			buf_putc(b, '\\');
		buf_putc(b, (char)c);
	}
}

static void
put_data(struct buf *b, enum record_session how, struct slice s)
{
	switch (how) {
	case RECORD_SESSION_PRINTABLE:
		for (size_t i = 0; i < s.len; i++)
			if (is_shown(s.ptr[i]))
				buf_putc(b, (char)s.ptr[i]);
		break;
	case RECORD_SESSION_BINARY:
		buf_put(b, s.ptr, s.len);
		break;
	case RECORD_SESSION_ALL:
		put_all(b, s);
		break;
	}
}

/* -- files ------------------------------------------------------------- */

/* The place of the file, or the one that is free or was used longest ago. */
static struct session_file *
place_of(struct session_log *l)
{
	struct session_file *oldest = &l->open[0];

	for (unsigned i = 0; i < LIM_SESSION_OPEN; i++) {
		struct session_file *f = &l->open[i];

		if (f->fd != -1 && f->path.len == l->path.len &&
		    memcmp(f->path.ptr, l->path.ptr, f->path.len) == 0)
			return f;
		if (f->fd == -1 ? oldest->fd != -1 :
		    oldest->fd != -1 && f->used < oldest->used)
			oldest = f;
	}
	close_file(oldest);
	return oldest;
}

/* Makes the file and, dir_len bytes of its path, the directory. */
static int
make_file(struct session_log *l, size_t dir_len)
{
	char *slash = l->path.ptr + dir_len;
	bool ok;
	int fd;

	if (l->made >= l->files) {
		errno = EDQUOT;
		return -1;
	}
	*slash = '\0';
	ok = hostdir_make(l->path.ptr);
	*slash = '/';
	fd = ok ? hostdir_open(l->path.ptr, true) : -1;
	l->made += fd != -1;
	return fd;
}

/* The open file at l->path; NULL with errno. */
static struct session_file *
file_of(struct session_log *l, size_t dir_len)
{
	struct session_file *f = place_of(l);
	struct stat st;

	if (f->fd != -1)
		return f;
	f->fd = hostdir_open(l->path.ptr, false);
	if (f->fd == -1 && errno == ENOENT)
		f->fd = make_file(l, dir_len);
	if (f->fd == -1)
		return NULL;
	if (fstat(f->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close_file(f);
		errno = EINVAL;
		return NULL;
	}
	f->size = (uint64_t)st.st_size;
	buf_reset(&f->path);
	buf_put(&f->path, l->path.ptr, l->path.len);
	return f;
}

/* -- records ----------------------------------------------------------- */

static bool
write_text(struct session_log *l, size_t dir_len)
{
	struct session_file *f = file_of(l, dir_len);

	if (!f)
		return false;
	f->used = ++l->writes;
	if (f->size + l->text.len > l->limit) {
		errno = EFBIG;
		return false;
	}
	if (!hostdir_append(f->fd, l->text.ptr, l->text.len))
		return false;
	f->size += l->text.len;
	return true;
}

/* Our own limits are said once. */
static void
lose(struct session_log *l)
{
	bool *said = errno == EFBIG ? &l->said_full : &l->said_many;

	if (errno != EFBIG && errno != EDQUOT) {
		out_loss_add(&l->loss, "log_session", l->path.ptr);
		return;
	}
	l->loss.records++;
	if (!*said)
		log_warnx("log_session: %s is not written to: %s",
		    l->path.ptr, errno == EFBIG ? "a file is full, and what "
		    "follows for it is lost" : "as many files were made as may "
		    "be, and further sessions are lost");
	*said = true;
}

static void
session_write(void *self, const struct record *r)
{
	struct session_log *l = self;
	const struct record_packet *p = &r->pkt;
	size_t dir_len;

	if (l->conf->test || !p->ip_ver)
		return;
	buf_reset(&l->text);
	put_data(&l->text, r->session, p->payload);
	if (!l->text.len)
		return;
	buf_reset(&l->path);
	hostdir_put(&l->path, l->conf, p);
	dir_len = l->path.len;
	buf_printf(&l->path, "/SESSION:%u-%u",
	    p->sport >= p->dport ? p->sport : p->dport,
	    p->sport >= p->dport ? p->dport : p->sport);
	errno = ENAMETOOLONG;
	if (!l->path.truncated && !l->text.truncated &&
	    write_text(l, dir_len))
		out_loss_end(&l->loss);
	else
		lose(l);
}

/* HUP: files that were moved away are made anew. */
static void
session_reopen(void *self)
{
	struct session_log *l = self;

	for (unsigned i = 0; i < LIM_SESSION_OPEN; i++)
		close_file(&l->open[i]);
	l->made = 0;
	l->said_full = l->said_many = false;
}

static void
session_close(void *self)
{
	struct session_log *l = self;

	for (unsigned i = 0; i < LIM_SESSION_OPEN; i++) {
		close_file(&l->open[i]);
		buf_fini(&l->open[i].path);
	}
	buf_fini(&l->text);
	buf_fini(&l->path);
	free(l);
}

static uint64_t
session_lost(const void *self)
{
	const struct session_log *l = self;

	return l->loss.records;
}

const struct out_ops out_log_session = {
	.name = "log_session",
	.help = "data of sessions that rules log, a file each",
	.grammar = grammar,
	.mask = OUT_SESSION,
	.open = session_open,
	.write = session_write,
	.reopen = session_reopen,
	.close = session_close,
	.lost = session_lost,
};
