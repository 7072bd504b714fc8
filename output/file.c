/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/xalloc.h"

enum {
	FLUSH_AT = 64 << 10, /* bytes that wait at most, with a working file */
	WAIT_MAX = 1 << 20,  /* and with one that takes none */
	ENDS_MAX = WAIT_MAX / 4, /* bytes: no record is below 16 bytes */
	STAMP_TRIES = 10000,    /* seconds ahead a free name is looked for */
};

char *
out_path(const struct out_conf *conf, struct text name)
{
	if (name.len && name.ptr[0] == '/')
		return xasprintf("%.*s", TEXT_ARG(name));
	return xasprintf("%s/%.*s", conf->logdir, TEXT_ARG(name));
}

bool
out_parse_limit(struct text t, uint64_t *limit)
{
	unsigned shift = 0;
	int64_t v;

	if (t.len) {
		char c = text_lower(t.ptr[t.len - 1]);

		shift = c == 'k' ? 10 : c == 'm' ? 20 : c == 'g' ? 30 : 0;
		if (shift)
			t.len--;
	}
	if (!text_to_i64(t, 1, INT64_MAX >> shift, &v))
		return false;
	if ((uint64_t)v << shift < 1024)
		return false;
	*limit = (uint64_t)v << shift;
	return true;
}

/* Opens path for appending, with the preamble in it; flags: more of open(2).
 * *size is what is in it (0 for what is no regular file). -1 with errno. */
static int
open_file(const char *path, const struct out_file_spec *spec, int flags,
    uint64_t *size)
{
	struct slice head = spec->preamble;
	struct stat st;
	/* O_NONBLOCK: neither opening nor writing a FIFO waits for a reader */
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC |
	    O_NONBLOCK | O_NOCTTY | flags, 0666);

	if (fd == -1)
		return -1;
	*size = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		*size = (uint64_t)st.st_size;
	if (head.len && !*size) {
		ssize_t w = write(fd, head.ptr, head.len);

		if (w != (ssize_t)head.len) {
			int error = w == -1 ? errno : ENOSPC;

			(void)!ftruncate(fd, 0);
			close(fd);
			if (flags & O_EXCL)
				unlink(path); /* made for nothing */
			errno = error;
			return -1;
		}
		*size = head.len;
	}
	return fd;
}

static void
set_failing(struct out_file *f)
{
	if (!f->failing)
		log_warn("cannot write %s; trying again",
		    f->is_stdout ? "standard output" : f->path);
	f->failing = true;
	f->failed_at = (uint64_t)time(NULL);
}

static void
set_working(struct out_file *f)
{
	if (f->failing)
		log_info("writing %s again; %llu records lost so far",
		    f->is_stdout ? "standard output" : f->path,
		    (unsigned long long)f->lost);
	f->failing = false;
}

/* Makes fd the open file; path becomes ours. */
static void
adopt(struct out_file *f, int fd, char *path, uint64_t size, uint64_t stamp)
{
	if (f->fd != -1)
		close(f->fd);
	free(f->path);
	f->fd = fd;
	f->path = path;
	f->size = size;
	f->stamp = stamp;
}

/* Does a file that is there begin as ours would? */
static bool
begins_with(const char *path, struct slice preamble)
{
	uint8_t head[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool same = fd != -1 && preamble.len <= sizeof(head) &&
	    read(fd, head, preamble.len) == (ssize_t)preamble.len &&
	    memcmp(head, preamble.ptr, preamble.len) == 0;

	if (fd != -1)
		close(fd);
	return same;
}

/* The file of that second. Where another run has one, ours goes behind it if
 * both begin alike, else into the next second's. */
static bool
open_stamped(struct out_file *f, uint64_t stamp)
{
	struct slice head = f->spec.preamble;

	for (unsigned tries = 0; tries < STAMP_TRIES; tries++, stamp++) {
		char *path = xasprintf("%s.%llu", f->base,
		    (unsigned long long)stamp);
		uint64_t size;
		bool made = true;
		int fd = open_file(path, &f->spec, O_EXCL, &size);

		if (fd == -1 && errno == EEXIST) {
			made = false;
			if (!head.len || begins_with(path, head))
				fd = open_file(path, &f->spec, 0, &size);
			else
				errno = EEXIST;
		}
		if (fd != -1) {
			adopt(f, fd, path, size, stamp);
			f->made = made;
			return true;
		}
		free(path);
		if (errno != EEXIST)
			break;
	}
	return false;
}

static bool
open_plain(struct out_file *f, bool fresh, uint64_t stamp)
{
	uint64_t size;
	int fd = open_file(f->base, &f->spec, fresh ? O_TRUNC : 0, &size);

	if (fd == -1)
		return false;
	adopt(f, fd, xstrdup(f->base), size, stamp);
	f->made = fresh;
	return true;
}

bool
out_file_open(struct out_file *f, const struct out_conf *conf,
    const struct out_file_spec *spec, char *err, size_t err_len)
{
	uint64_t now = (uint64_t)time(NULL);
	bool ok;

	*f = (struct out_file){ .spec = *spec, .fd = -1, .off = conf->test };
	f->spec.name = (struct text){ NULL, 0 };
	buf_init(&f->buf, WAIT_MAX + LIM_RECORD_TEXT);
	buf_init(&f->ends, ENDS_MAX);
	if (text_is(spec->name, "stdout")) {
		f->is_stdout = true;
		return true;
	}
	f->base = out_path(conf, spec->name);
	if (f->off)
		return true;
	ok = spec->roll == OUT_ROLL_STAMP ? open_stamped(f, now) :
	    open_plain(f, spec->fresh, now);
	if (!ok) {
		snprintf(err, err_len, "cannot open %s%s: %s", f->base,
		    spec->roll == OUT_ROLL_STAMP ? ".<time>" : "",
		    strerror(errno));
		free(f->base);
		buf_fini(&f->buf);
		buf_fini(&f->ends);
		return false;
	}
	return true;
}

/* The last end of a record at or before n bytes; 0: none. */
static size_t
whole_records(const struct out_file *f, size_t n)
{
	size_t whole = 0;
	uint32_t end;

	for (size_t at = 0; at < f->ends.len; at += sizeof(end)) {
		memcpy(&end, f->ends.ptr + at, sizeof(end));
		if (end > n)
			break;
		whole = end;
	}
	return whole;
}

/* The first n bytes of the buffer are in the file. */
static void
forget(struct out_file *f, size_t n)
{
	size_t to = 0;
	uint32_t end;

	if (!n)
		return;
	for (size_t at = 0; at < f->ends.len; at += sizeof(end)) {
		memcpy(&end, f->ends.ptr + at, sizeof(end));
		if (end <= n) {
			f->waiting--;
			continue;
		}
		end -= (uint32_t)n;
		memcpy(f->ends.ptr + to, &end, sizeof(end));
		to += sizeof(end);
	}
	f->ends.len = to;
	f->size += n;
	f->buf.len -= n;
	f->mark -= n;
	memmove(f->buf.ptr, f->buf.ptr + n, f->buf.len);
	if (!f->mark) { /* all of them */
		f->waiting = 0;
		buf_reset(&f->ends);
	}
}

/* Puts n bytes into the file, or as many whole records of them as it takes.
 * A part that a pipe took cannot be taken back: then the rest of that record
 * stays in front of the buffer. */
static bool
write_bytes(struct out_file *f, size_t n)
{
	size_t done = 0, whole;

	while (done < n) {
		ssize_t w = write(f->fd, f->buf.ptr + done, n - done);

		if (w == -1 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		done += (size_t)w;
	}
	if (done == n) {
		forget(f, n);
		return true;
	}
	whole = whole_records(f, done);
	if (done > whole) {
		int error = errno;
		struct stat st;

		/* only when nobody else appended behind us */
		if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    lseek(f->fd, 0, SEEK_CUR) == st.st_size &&
		    ftruncate(f->fd, st.st_size - (off_t)(done - whole)) == 0)
			done = whole;
		errno = error;
	}
	forget(f, done);
	return false;
}

/* Writes what stands before the record being composed. */
static bool
flush_to_mark(struct out_file *f)
{
	if (!f->mark)
		return true;
	/* a full disk is not worth a try per record */
	if (f->failing && (uint64_t)time(NULL) == f->failed_at)
		return false;
	if (!write_bytes(f, f->mark)) {
		set_failing(f);
		return false;
	}
	set_working(f);
	return true;
}

/* A new file under the next stamp. */
static bool
roll_stamped(struct out_file *f, uint64_t now)
{
	return open_stamped(f, now > f->stamp ? now : f->stamp + 1);
}

/* The open file gets a stamp, and its name a new file. */
static bool
roll_renamed(struct out_file *f, uint64_t now)
{
	uint64_t stamp = now > f->stamp ? now : f->stamp + 1;
	char *to = xasprintf("%s.%llu", f->base, (unsigned long long)stamp);
	/* gone already: then only the new one is missing */
	bool ok = access(to, F_OK) == -1 &&
	    (rename(f->base, to) == 0 || errno == ENOENT);

	free(to);
	return ok && open_plain(f, false, stamp);
}

bool
out_file_roll(struct out_file *f)
{
	uint64_t now = (uint64_t)time(NULL);
	bool ok;

	if (f->is_stdout || f->off)
		return true;
	if (!flush_to_mark(f))
		return false;
	ok = f->spec.roll == OUT_ROLL_STAMP ? roll_stamped(f, now) :
	    roll_renamed(f, now);
	if (!ok) {
		set_failing(f);
		return false;
	}
	return true;
}

struct buf *
out_file_begin(struct out_file *f)
{
	f->mark = f->buf.len;
	f->buf.truncated = false;
	return &f->buf;
}

void
out_file_cancel(struct out_file *f)
{
	f->buf.len = f->mark;
	if (f->buf.ptr)
		f->buf.ptr[f->mark] = '\0';
	f->buf.truncated = false;
}

static void
end_stdout(struct out_file *f)
{
	/* through stdio, so that the order with other lines holds */
	f->waiting++;
	if (fwrite(f->buf.ptr, 1, f->buf.len, stdout) != f->buf.len)
		out_file_flush(f);
	buf_reset(&f->buf);
	f->mark = 0;
}

void
out_file_end(struct out_file *f)
{
	uint32_t end;

	if (f->buf.truncated || f->mark > WAIT_MAX) {
		out_file_cancel(f);
		f->lost++;
		return;
	}
	f->records++;
	if (f->off) {
		out_file_cancel(f);
		return;
	}
	if (f->is_stdout) {
		end_stdout(f);
		return;
	}
	/* never twice in a second: the name would be the same */
	if (f->spec.limit && f->size + f->buf.len > f->spec.limit &&
	    f->size + f->mark > f->spec.preamble.len &&
	    (uint64_t)time(NULL) > f->stamp)
		(void)!out_file_roll(f);
	f->waiting++;
	f->mark = f->buf.len;
	end = (uint32_t)f->mark;
	buf_put(&f->ends, &end, sizeof(end));
	if (f->buf.len >= FLUSH_AT)
		flush_to_mark(f);
}

void
out_file_flush(struct out_file *f)
{
	if (f->off)
		return;
	if (!f->is_stdout) {
		f->mark = f->buf.len;
		flush_to_mark(f);
		return;
	}
	if (!f->waiting)
		return;
	if (fflush(stdout) == 0 && !ferror(stdout)) {
		set_working(f);
	} else {
		set_failing(f);
		f->lost += f->waiting;
		__fpurge(stdout);
		clearerr(stdout);
	}
	f->waiting = 0;
}

void
out_file_reopen(struct out_file *f)
{
	uint64_t now = (uint64_t)time(NULL);
	bool ok;

	if (f->off || f->is_stdout)
		return;
	f->failed_at = 0;
	out_file_flush(f);
	if (f->spec.roll == OUT_ROLL_STAMP)
		ok = now == f->stamp || open_stamped(f, now);
	else
		ok = open_plain(f, false, now);
	if (!ok)
		set_failing(f);
}

uint64_t
out_file_lost(const struct out_file *f)
{
	return f->lost + (f->failing ? f->waiting : 0);
}

void
out_file_close(struct out_file *f, bool remove_empty)
{
	struct stat st;

	f->failed_at = 0;
	out_file_flush(f);
	if (f->fd != -1) {
		f->lost += f->waiting;
		if (f->waiting)
			log_warnx("%s: %llu records were never written",
			    f->path, (unsigned long long)f->waiting);
		if (remove_empty && f->made && fstat(f->fd, &st) == 0 &&
		    S_ISREG(st.st_mode) &&
		    (uint64_t)st.st_size <= f->spec.preamble.len)
			unlink(f->path);
		close(f->fd);
	}
	buf_fini(&f->buf);
	buf_fini(&f->ends);
	free(f->base);
	free(f->path);
	f->base = f->path = NULL;
	f->fd = -1;
}

void
out_loss_add(struct out_loss *l, const char *name, const char *to)
{
	if (!l->failing)
		log_warn_limited(&l->said, "%s: cannot write to %s: %s", name,
		    to, strerror(errno));
	l->failing = true;
	l->records++;
}

void
out_loss_end(struct out_loss *l)
{
	l->failing = false;
}
