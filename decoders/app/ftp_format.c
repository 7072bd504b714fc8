/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters of FTP's commands: their formats, and the addresses in them. */
#include "decoders/app/ftp.h"

enum { STEPS_MAX = 1000, NUMBERS_MAX = 32 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct text
after(struct text t, size_t n)
{
	return text_make(t.ptr + n, t.len - n);
}

static struct text
skip_blanks(struct text t)
{
	while (t.len && t.ptr[0] == ' ')
		t = after(t, 1);
	return t;
}

static size_t
word_len(struct text t)
{
	size_t n = 0;

	while (n < t.len && t.ptr[n] != ' ')
		n++;
	return n;
}

/* Numbers up to `max` between separators, so many at most; 0: there are none,
 * or one is too large. *used is how far they reach. */
static unsigned
numbers(struct text t, char sep, unsigned max, unsigned *out, size_t *used)
{
	unsigned n = 0;
	size_t at = 0;

	while (n < NUMBERS_MAX && at < t.len && is_digit(t.ptr[at])) {
		unsigned v = 0;

		for (; at < t.len && is_digit(t.ptr[at]); at++) {
			v = v * 10 + (unsigned)(t.ptr[at] - '0');
			if (v > max)
				return 0;
		}
		out[n++] = v;
		if (at == t.len || t.ptr[at] != sep)
			break;
		at++;
	}
	*used = at;
	return n;
}

bool
ftp_parse_port(struct text t, struct ipaddr *addr, uint16_t *port)
{
	unsigned v[NUMBERS_MAX];
	size_t used;

	if (numbers(t, ',', UINT8_MAX, v, &used) != 6)
		return false;
	*addr = (struct ipaddr){ .family = 4 };
	for (unsigned i = 0; i < 4; i++)
		addr->b[i] = (uint8_t)v[i];
	*port = (uint16_t)(v[4] << 8 | v[5]);
	return true;
}

bool
ftp_parse_eprt(struct text t, struct ipaddr *addr, uint16_t *port)
{
	struct text family, host, number;
	char sep;
	int64_t v;

	if (t.len < 4)
		return false;
	sep = t.ptr[0];
	t = after(t, 1);
	family = text_cut(&t, sep);
	host = text_cut(&t, sep);
	number = text_cut(&t, sep);
	if (!text_to_i64(number, 1, UINT16_MAX, &v))
		return false;
	*addr = (struct ipaddr){ .family = 0 };
	if (host.len && (!ipaddr_parse(host, addr) ||
	    (family.len && !text_is(family, addr->family == 4 ? "1" : "2"))))
		return false;
	*port = (uint16_t)v;
	return true;
}

/* -- cmd_validity -------------------------------------------------------- */

/*
 * n is a digit, C a letter, [ ] an optional part, | an alternative (the first
 * that fits counts); all else stands for itself. Returns how much of t fits,
 * SIZE_MAX: it does not. `steps` bounds the work.
 */
static size_t
date_len(struct text pattern, struct text t, unsigned *steps)
{
	size_t at = 0;

	while (pattern.len && *steps) {
		char p = pattern.ptr[0];

		--*steps;
		if (p == '[') {
			unsigned depth = 1;
			size_t n = 1, inner;

			while (n < pattern.len && depth) {
				depth += pattern.ptr[n] == '[';
				depth -= pattern.ptr[n] == ']';
				n++;
			}
			inner = date_len(text_make(pattern.ptr + 1,
			    n > 2 ? n - 2 : 0), after(t, at), steps);
			if (inner != SIZE_MAX)
				at += inner;
			pattern = after(pattern, n);
			continue;
		}
		if (p == '|')
			return at;
		if (at == t.len || (p == 'n' ? !is_digit(t.ptr[at]) :
		    p == 'C' ? text_lower(t.ptr[at]) < 'a' ||
		    text_lower(t.ptr[at]) > 'z' : t.ptr[at] != p)) {
			/* the next alternative, from the beginning */
			struct text rest = pattern;

			text_cut(&rest, '|');
			if (!rest.ptr)
				return SIZE_MAX;
			pattern = rest;
			at = 0;
			continue;
		}
		at++;
		pattern = after(pattern, 1);
	}
	return at;
}

/* How much of t the item takes; SIZE_MAX: it does not fit. */
static size_t
item_len(const struct ftp_format *f, struct text t, unsigned *steps)
{
	unsigned v[NUMBERS_MAX], n;
	struct ipaddr addr;
	uint16_t port;
	size_t used;

	switch (f->kind) {
	case FTP_INT:
		used = t.len && t.ptr[0] == '-';
		while (used < t.len && is_digit(t.ptr[used]))
			used++;
		return used && is_digit(t.ptr[used - 1]) ? used : SIZE_MAX;
	case FTP_NUMBER:
		n = numbers(t, '\0', UINT8_MAX, v, &used);
		return n == 1 && v[0] ? used : SIZE_MAX;
	case FTP_CHAR:
		return t.len && memchr(f->text.ptr, t.ptr[0], f->text.len) ?
		    1 : SIZE_MAX;
	case FTP_DATE:
		return date_len(f->text, t, steps);
	case FTP_STRING:
		return !t.len ? SIZE_MAX : f->next ? word_len(t) : t.len;
	case FTP_HOST_PORT:
		n = numbers(t, ',', UINT8_MAX, v, &used);
		return n == 6 ? used : SIZE_MAX;
	case FTP_LONG_HOST_PORT:
		n = numbers(t, ',', UINT8_MAX, v, &used);
		return n >= 3 && v[1] + 3 <= n && n == 3 + v[1] + v[2 + v[1]] ?
		    used : SIZE_MAX;
	case FTP_EXT_HOST_PORT:
		used = word_len(t);
		return ftp_parse_eprt(text_make(t.ptr, used), &addr, &port) ?
		    used : SIZE_MAX;
	case FTP_OPTIONAL:
	case FTP_CHOICE:
		break;
	}
	return SIZE_MAX;
}

/* Recursion is as deep as the format has parts: the configuration bounds it,
 * and steps the work. */
static bool
fits(const struct ftp_format *f, struct text t, unsigned *steps)
{
	for (;;) {
		size_t n;

		t = skip_blanks(t);
		if (!*steps)
			return true;
		--*steps;
		if (!f)
			return !t.len;
		if (f->kind == FTP_OPTIONAL) {
			if (fits(f->inner, t, steps))
				return true;
			f = f->next;
			continue;
		}
		if (f->kind == FTP_CHOICE) {
			if (fits(f->inner, t, steps))
				return true;
			if (!f->other)
				return false;
			f = f->other;
			continue;
		}
		n = item_len(f, t, steps);
		if (n == SIZE_MAX)
			return false;
		t = after(t, n);
		f = f->next;
	}
}

bool
ftp_format_fits(const struct ftp_format *f, struct text param)
{
	unsigned steps = STEPS_MAX;

	return !f || fits(f, text_trim(param), &steps);
}
