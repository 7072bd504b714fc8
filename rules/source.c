/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text into logical lines, and a place in one back into a physical line. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xalloc.h"
#include "core/log.h"
#include "rules/parse.h"

/* Takes text that ends in a NUL of its own. */
static bool
source_start(struct source *s, const char *name, struct text text)
{
	const char *nul = text.len ? memchr(text.ptr, '\0', text.len) : NULL;

	*s = (struct source){ .name = name, .next = text.ptr,
		.end = text.ptr + text.len, .line = 1 };
	if (nul) {
		for (const char *p = text.ptr; p < nul; p++)
			s->line += *p == '\n';
		return false;
	}
	/* a byte order mark is no part of the text */
	if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0)
		s->next += 3;
	return true;
}

bool
source_open(struct source *s, struct arena *a, const char *name,
    struct text text)
{
	return source_start(s, name, arena_xtext(a, text));
}

/* A file whose size is not known beforehand: a pipe. */
static int
read_pipe(struct source *s, struct arena *a, const char *name, int fd)
{
	size_t len = 0, room = 0;
	char *p = NULL;
	ssize_t n;

	for (;;) {
		if (len == room) {
			room = room ? room * 2 : 65536;
			p = xreallocarray(p, room, 1);
		}
		n = read(fd, p + len, room - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (len > LIM_CONF_FILE) {
			errno = EFBIG;
			n = -1;
			break;
		}
	}
	if (n == 0 && !source_open(s, a, name, text_make(p, len))) {
		errno = EILSEQ;
		n = -1;
	}
	int saved = errno;
	free(p);
	errno = saved;
	return (int)n;
}

int
source_read(struct source *s, struct arena *a, const char *name, int fd)
{
	struct stat st;
	size_t len = 0;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode))
		return read_pipe(s, a, name, fd);
	if (st.st_size > LIM_CONF_FILE) {
		errno = EFBIG;
		return -1;
	}
	char *p = arena_xalloc(a, (size_t)st.st_size + 1);
	while (len < (size_t)st.st_size) {
		ssize_t n = read(fd, p + len, (size_t)st.st_size - len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	p[len] = '\0';
	if (source_start(s, name, text_make(p, len)))
		return 0;
	errno = EILSEQ;
	return -1;
}

/* -- physical lines -------------------------------------------------------- */

/* What a physical line gives to its logical one: text from the first byte
 * that is not blank up to the backslash that continues it, or the last byte
 * that is not blank. */
struct piece {
	size_t from, to; /* offsets in the physical line */
	bool continued;
};

static struct piece
piece_of(struct text phys)
{
	struct piece p = { .to = phys.len };

	while (p.to && text_is_blank(phys.ptr[p.to - 1]))
		p.to--;
	while (p.from < p.to && text_is_blank(phys.ptr[p.from]))
		p.from++;
	if (p.to > p.from && phys.ptr[p.to - 1] == '\\') {
		p.to--;
		p.continued = true;
	}
	return p;
}

/* Blank lines and comments vanish, inside a continued line too. */
static bool
phys_is_content(struct text phys, struct piece p)
{
	if (p.from == p.to && !p.continued)
		return false;
	return phys.ptr[p.from] != '#' && phys.ptr[p.from] != ';';
}

static bool
next_phys(struct source *s, struct text *phys)
{
	if (s->next >= s->end)
		return false;
	const char *nl = memchr(s->next, '\n', (size_t)(s->end - s->next));
	*phys = text_make(s->next, (size_t)((nl ? nl : s->end) - s->next));
	s->next = nl ? nl + 1 : s->end;
	s->line++;
	return true;
}

bool
source_line(struct source *s, struct arena *a, struct buf *glue,
    struct line *out)
{
	struct text phys;
	struct piece p;

	do {
		if (!next_phys(s, &phys))
			return false;
		p = piece_of(phys);
		/* a lone backslash opens nothing */
	} while (!phys_is_content(phys, p) || p.from == p.to);

	out->loc = (struct loc){ .file = s->name, .line = s->line - 1,
		.col = (uint32_t)p.from + 1, .line_text = phys };
	out->text = text_make(phys.ptr + p.from, p.to - p.from);
	if (!p.continued)
		return true;

	buf_reset(glue);
	buf_puttext(glue, out->text);
	while (p.continued && next_phys(s, &phys)) {
		struct piece next = piece_of(phys);

		if (!phys_is_content(phys, next))
			continue;
		p = next;
		buf_put(glue, phys.ptr + p.from, p.to - p.from);
	}
	/* a file is no longer than LIM_CONF_FILE: only memory can be short */
	if (glue->truncated)
		fatalx("out of memory: %s, line %u", s->name, s->line);
	out->text = text_trim(arena_xtext(a,
	    text_make(glue->ptr, glue->len)));
	return true;
}

struct loc
loc_at(struct loc loc, size_t off)
{
	struct text phys = loc.line_text;

	/* not from a file: nothing to follow */
	if (!phys.ptr || !loc.col) {
		loc.col += (uint32_t)off;
		return loc;
	}
	for (;;) {
		struct piece p = piece_of(phys);
		size_t at = loc.col - 1;
		size_t rest = p.to > at ? p.to - at : 0;

		if (!p.continued || off < rest) {
			/* past the end (a variable was expanded before the
			 * place): the end is as near as it gets */
			loc.col += (uint32_t)(off < rest ? off : rest);
			return loc;
		}
		struct loc next = loc;
		off -= rest;
		do {
			const char *end = phys.ptr + phys.len;

			if (!end[0] || !end[1])
				break; /* continued into the file's end */
			phys = text_make(end + 1, strcspn(end + 1, "\n"));
			p = piece_of(phys);
			next.line++;
		} while (!phys_is_content(phys, p));
		if (!phys_is_content(phys, p) || next.line == loc.line) {
			loc.col += (uint32_t)rest;
			return loc;
		}
		next.line_text = phys;
		next.col = (uint32_t)p.from + 1;
		loc = next;
	}
}
