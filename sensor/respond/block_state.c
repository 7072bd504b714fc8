/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file that outlives the process: a line for each change.
 *
 *	aduana-blocks 1
 *	+ KIND HOW ADDR PEER PROTO PORT MADE UNTIL EVIDENCE ASKER TIMES OF_PEER
 *	  SRC SPORT DST DPORT PROTO GID SID REV PRIORITY CLASS MSG
 *	- KIND HOW ADDR PEER PROTO PORT
 *
 * Numbers are decimal, times nanoseconds, a missing address or text "-", and
 * the last two texts end at a tab. A line that was not written whole is the
 * last one, and nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/respond/block_int.h"

#define HEADER "aduana-blocks 1\n"

enum {
	OUT_MAX = 1 << 20,   /* of changes between two steps */
	ROWS = 512,          /* of the table that a step writes anew */
	LEAST = 1 << 20,     /* bytes from which on it is worth it */
	FILE_MAX_BYTES = 1 << 30,
};

/* -- lines ---------------------------------------------------------------------- */

static void
put_addr(struct buf *b, const struct ipaddr *a)
{
	char text[IPADDR_TEXT_MAX];

	buf_putc(b, ' ');
	buf_puts(b, a->family ? ipaddr_print(a, text) : "-");
}

static void
put_num(struct buf *b, uint64_t v)
{
	buf_putc(b, ' ');
	buf_putu(b, v);
}

static void
put_key(struct buf *b, const struct block_key *k)
{
	put_num(b, k->kind);
	put_num(b, k->how);
	put_addr(b, &k->addr);
	put_addr(b, &k->peer);
	put_num(b, k->proto);
	put_num(b, (unsigned)k->port[0] << 8 | k->port[1]);
}

/* Without what would end the line or the text. */
static void
put_text(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_putc(b, (unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s);
	buf_putc(b, '\t');
}

static void
put_block(struct buf *b, const struct block *k)
{
	const struct block_why *w = &k->why;

	buf_putc(b, '+');
	put_key(b, &k->key);
	put_num(b, k->made.ns);
	put_num(b, k->until.ns);
	put_num(b, w->evidence);
	put_num(b, w->asker);
	put_num(b, k->times);
	put_num(b, k->of_peer);
	put_addr(b, &w->src);
	put_num(b, w->sport);
	put_addr(b, &w->dst);
	put_num(b, w->dport);
	put_num(b, w->proto);
	put_num(b, w->gid);
	put_num(b, w->sid);
	put_num(b, w->rev);
	put_num(b, w->priority);
	buf_putc(b, ' ');
	put_text(b, w->class);
	put_text(b, w->msg);
	buf_putc(b, '\n');
}

static bool
get_num(struct text *t, uint64_t max, uint64_t *v)
{
	int64_t n;

	if (!text_to_i64(text_word(t), 0, max > INT64_MAX ? INT64_MAX :
	    (int64_t)max, &n))
		return false;
	*v = (uint64_t)n;
	return true;
}

static bool
get_addr(struct text *t, struct ipaddr *a)
{
	struct text word = text_word(t);

	*a = (struct ipaddr){ 0 };
	return text_is(word, "-") || ipaddr_parse(word, a);
}

static bool
get_key(struct text *t, struct block_key *k)
{
	uint64_t kind, how, proto, port;

	if (!get_num(t, BLOCK_CONN, &kind) ||
	    !get_num(t, BLOCK_FROM | BLOCK_TO, &how) ||
	    !get_addr(t, &k->addr) || !get_addr(t, &k->peer) ||
	    !get_num(t, UINT8_MAX, &proto) || !get_num(t, UINT16_MAX, &port))
		return false;
	k->kind = (uint8_t)kind;
	k->how = (uint8_t)how;
	k->proto = (uint8_t)proto;
	k->port[0] = (uint8_t)(port >> 8);
	k->port[1] = (uint8_t)port;
	return k->addr.family && (k->kind == BLOCK_CONN ? k->peer.family ==
	    k->addr.family : k->how && !k->peer.family);
}

static void
get_text(struct text *t, char *out, size_t size)
{
	struct text s = text_cut(t, '\t');

	snprintf(out, size, "%.*s", TEXT_ARG(s));
}

static bool
get_block(struct text t, struct block *b)
{
	struct block_why *w = &b->why;
	uint64_t evidence, asker, times, of_peer, sport, dport, proto, gid,
	    sid, rev, priority;

	*b = (struct block){ .state = BLOCK_STATE_ASKED };
	if (!get_key(&t, &b->key) || !get_num(&t, UINT64_MAX, &b->made.ns) ||
	    !get_num(&t, UINT64_MAX, &b->until.ns) ||
	    !get_num(&t, BLOCK_EVIDENCE_COUNT - 1, &evidence) ||
	    !get_num(&t, BLOCK_ASKER_COUNT - 1, &asker) ||
	    !get_num(&t, UINT8_MAX, &times) || !get_num(&t, 1, &of_peer) ||
	    !get_addr(&t, &w->src) || !get_num(&t, UINT16_MAX, &sport) ||
	    !get_addr(&t, &w->dst) || !get_num(&t, UINT16_MAX, &dport) ||
	    !get_num(&t, UINT8_MAX, &proto) ||
	    !get_num(&t, UINT32_MAX, &gid) || !get_num(&t, UINT32_MAX, &sid) ||
	    !get_num(&t, UINT32_MAX, &rev) ||
	    !get_num(&t, UINT32_MAX, &priority))
		return false;
	w->evidence = (uint8_t)evidence;
	w->asker = (uint8_t)asker;
	b->times = (uint8_t)times;
	b->of_peer = of_peer && b->key.kind == BLOCK_CONN;
	w->sport = (uint16_t)sport;
	w->dport = (uint16_t)dport;
	w->proto = (uint8_t)proto;
	w->gid = (uint32_t)gid;
	w->sid = (uint32_t)sid;
	w->rev = (uint32_t)rev;
	w->priority = (uint32_t)priority;
	if (t.len)
		t.ptr++, t.len--; /* the blank before the class */
	get_text(&t, w->class, sizeof(w->class));
	get_text(&t, w->msg, sizeof(w->msg));
	return true;
}

/* -- reading -------------------------------------------------------------------- */

/* false: the line is none. */
static bool
take_line(struct text line, block_load_fn *load, void *arg)
{
	struct text t = line, word = text_word(&t);
	struct block b = { .state = BLOCK_STATE_FREE };

	if (text_is(word, "+")) {
		if (!get_block(t, &b))
			return false;
	} else if (!text_is(word, "-") || !get_key(&t, &b.key)) {
		return false;
	}
	load(arg, &b);
	return true;
}

static bool
read_all(const char *path, int fd, block_load_fn *load, void *arg, char *err,
    size_t err_len)
{
	FILE *f = fdopen(fd, "r");
	char *line = NULL;
	size_t size = 0;
	uint64_t nth = 1, bad = 0;
	ssize_t n;

	if (!f) {
		close(fd);
		snprintf(err, err_len, "%s: %s", path, strerror(errno));
		return false;
	}
	n = getline(&line, &size, f);
	if (n > 0 && strcmp(line, HEADER) != 0) {
		free(line);
		fclose(f);
		snprintf(err, err_len, "%s does not begin with \"%.*s\": it "
		    "is no file of blocks of this version; move it away",
		    path, (int)sizeof(HEADER) - 2, HEADER);
		return false;
	}
	while (n > 0 && (n = getline(&line, &size, f)) > 0) {
		nth++;
		if (line[n - 1] != '\n')
			break; /* not written whole */
		if (!take_line(text_make(line, (size_t)n - 1), load, arg) &&
		    !bad++)
			log_warnx("%s:%" PRIu64 ": no block: the line is left "
			    "out", path, nth);
	}
	free(line);
	fclose(f);
	return true;
}

/* Only we may have written it. */
static bool
is_ours(const char *path, int fd, char *err, size_t err_len)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		snprintf(err, err_len, "%s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_mode & (S_IWGRP | S_IWOTH) ||
	    (st.st_uid != geteuid() && st.st_uid != 0) ||
	    st.st_size > FILE_MAX_BYTES) {
		snprintf(err, err_len, "%s: others may have written it; make "
		    "it yours (chmod 600) or move it away", path);
		return false;
	}
	return true;
}

/* -- writing ---------------------------------------------------------------------- */

static bool
write_all(int fd, struct buf *b)
{
	size_t at = 0;

	while (at < b->len) {
		ssize_t n = write(fd, b->ptr + at, b->len - at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		at += (size_t)n;
	}
	buf_reset(b);
	return true;
}

static void
lost(struct block_file *f, struct buf *b, uint64_t *n)
{
	if (!f->broken)
		log_warn("cannot save blocks to %s; a crash would lose what "
		    "changes now", f->path);
	f->broken = true;
	buf_reset(b);
	++*n;
}

static void
drop_new(struct block_file *f)
{
	if (f->new_fd == -1)
		return;
	close(f->new_fd);
	unlink(f->new_path);
	f->new_fd = -1;
	buf_reset(&f->new_out);
}

static bool
begin_new(struct block_file *f)
{
	unlink(f->new_path);
	f->new_fd = open(f->new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	f->at = 0;
	buf_reset(&f->new_out);
	buf_puts(&f->new_out, HEADER);
	return f->new_fd != -1;
}

/* The new one is whole: it takes the old one's place. */
static bool
end_new(struct block_file *f)
{
	struct stat st;

	if (!write_all(f->new_fd, &f->new_out) || fsync(f->new_fd) == -1 ||
	    rename(f->new_path, f->path) == -1)
		return false;
	if (f->fd != -1)
		close(f->fd);
	f->fd = f->new_fd;
	f->new_fd = -1;
	f->base = f->size = fstat(f->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return true;
}

/* Some rows more; true: that was all of them. */
static bool
write_rows(struct block_file *f, const struct block_table *t, uint32_t rows)
{
	for (; rows && f->at < t->made; rows--) {
		const struct block *b = &t->slots[++f->at];

		if (b->state == BLOCK_STATE_ASKED ||
		    b->state == BLOCK_STATE_HELD)
			put_block(&f->new_out, b);
	}
	return f->at >= t->made;
}

bool
bfile_open(struct block_file *f, const char *path, block_load_fn *load,
    void *arg, char *err, size_t err_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd == -1 && errno != ENOENT) {
		snprintf(err, err_len, "cannot read %s: %s; see config "
		    "block: save", path, strerror(errno));
		return false;
	}
	if (fd != -1 && !is_ours(path, fd, err, err_len)) {
		close(fd);
		return false;
	}
	if (fd != -1 && !read_all(path, fd, load, arg, err, err_len))
		return false;
	*f = (struct block_file){ .path = xstrdup(path),
		.new_path = xasprintf("%s.new", path), .fd = -1,
		.new_fd = -1 };
	buf_init(&f->out, OUT_MAX);
	buf_init(&f->new_out, OUT_MAX);
	/* what is still in force is written anew, first of all */
	if (begin_new(f))
		return true;
	snprintf(err, err_len, "cannot write %s: %s; see config block: save",
	    f->new_path, strerror(errno));
	bfile_close(f);
	return false;
}

static void
put_change(struct block_file *f, const struct block *b,
    const struct block_key *k)
{
	struct buf *outs[] = { &f->out, &f->new_out };

	if (!f->path)
		return;
	for (unsigned i = f->fd == -1; i < (f->new_fd == -1 ? 1u : 2u); i++) {
		if (b) {
			put_block(outs[i], b);
			continue;
		}
		buf_putc(outs[i], '-');
		put_key(outs[i], k);
		buf_putc(outs[i], '\n');
	}
}

void
bfile_put(struct block_file *f, const struct block *b)
{
	put_change(f, b, NULL);
}

void
bfile_drop(struct block_file *f, const struct block_key *k)
{
	put_change(f, NULL, k);
}

void
bfile_step(struct block_file *f, const struct block_table *t, uint64_t *n)
{
	if (!f->path)
		return;
	f->size += f->out.len;
	if (f->fd != -1 && f->out.len && (f->out.truncated ||
	    !write_all(f->fd, &f->out)))
		lost(f, &f->out, n);
	if (f->new_fd == -1) {
		if (f->size < LEAST || f->size < 4 * f->base)
			return;
		f->base = f->size; /* not at once again, if it fails */
		if (!begin_new(f)) {
			lost(f, &f->new_out, n);
			return;
		}
	}
	if (write_rows(f, t, ROWS)) {
		if (f->new_out.truncated || !end_new(f)) {
			lost(f, &f->new_out, n);
			drop_new(f);
		} else {
			f->broken = false;
		}
	} else if (f->new_out.truncated || !write_all(f->new_fd,
	    &f->new_out)) {
		lost(f, &f->new_out, n);
		drop_new(f);
	}
}

void
bfile_finish(struct block_file *f, const struct block_table *t, uint64_t *n)
{
	if (!f->path)
		return;
	drop_new(f);
	if (!begin_new(f)) {
		lost(f, &f->new_out, n);
		return;
	}
	for (;;) {
		bool all = write_rows(f, t, ROWS);

		if (!write_all(f->new_fd, &f->new_out)) {
			lost(f, &f->new_out, n);
			drop_new(f);
			return;
		}
		if (all)
			break;
	}
	if (!end_new(f)) {
		lost(f, &f->new_out, n);
		drop_new(f);
	}
}

void
bfile_close(struct block_file *f)
{
	if (!f->path)
		return;
	if (f->fd != -1) {
		(void)write_all(f->fd, &f->out);
		close(f->fd);
	}
	if (f->new_fd != -1)
		drop_new(f);
	buf_fini(&f->out);
	buf_fini(&f->new_out);
	free(f->path);
	free(f->new_path);
	*f = (struct block_file){ .fd = -1, .new_fd = -1 };
}
