/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What header fields say of a part: its type, boundary, encoding and name. */
#include "decoders/app/mime_int.h"

#include <string.h>

static const struct {
	const char *name;
	uint8_t coding;
} encodings[] = {
	{ "base64", MIME_BASE64 },
	{ "quoted-printable", MIME_QP },
	{ "x-uuencode", MIME_UU },
	{ "uuencode", MIME_UU },
	{ "x-uue", MIME_UU },
	{ "uue", MIME_UU },
};

static bool
begins(struct text t, const char *s)
{
	size_t n = strlen(s);

	return t.len >= n && text_is_nocase(text_make(t.ptr, n), s);
}

/* One parameter of a field, ";name=value" (RFC 2045 5.1). Values may be
 * quoted; blanks around the signs are taken, as mail readers do. */
struct param {
	struct text name, value;
	bool quoted;
};

static bool
is_blank(char c)
{
	return text_is_blank(c) || c == 0;
}

/* The next one of *rest, that is behind a semicolon. */
static bool
param_next(struct text *rest, struct param *p)
{
	struct text t = *rest;
	size_t i = 0;

	while (t.len && (is_blank(t.ptr[0]) || t.ptr[0] == ';'))
		t.ptr++, t.len--;
	if (!t.len)
		return false;
	while (i < t.len && t.ptr[i] != '=' && t.ptr[i] != ';')
		i++;
	p->name = text_trim(text_make(t.ptr, i));
	p->value = text_make(NULL, 0);
	p->quoted = false;
	if (i == t.len || t.ptr[i] == ';') {
		*rest = text_make(t.ptr + i, t.len - i);
		return true;
	}
	t = text_make(t.ptr + i + 1, t.len - i - 1);
	while (t.len && is_blank(t.ptr[0]))
		t.ptr++, t.len--;
	i = 0;
	if (t.len && t.ptr[0] == '"') {
		p->quoted = true;
		t.ptr++, t.len--;
		while (i < t.len && t.ptr[i] != '"')
			i += t.ptr[i] == '\\' && i + 1 < t.len ? 2 : 1;
		p->value = text_make(t.ptr, i);
		while (i < t.len && t.ptr[i] != ';')
			i++;
	} else {
		while (i < t.len && t.ptr[i] != ';')
			i++;
		p->value = text_trim(text_make(t.ptr, i));
	}
	*rest = text_make(t.ptr + i, t.len - i);
	return true;
}

/* A value without its backslashes; returns its length, at most max. */
static size_t
unquoted(const struct param *p, char *to, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < p->value.len && n < max; i++) {
		if (p->quoted && p->value.ptr[i] == '\\' &&
		    i + 1 < p->value.len)
			i++;
		to[n++] = p->value.ptr[i];
	}
	return n;
}

static void
push(struct mime *m, const struct param *p, unsigned *flags)
{
	struct param bare = *p;
	size_t n;

	if (!p->quoted) { /* no blank is of it */
		struct text rest = p->value;

		bare.value = text_word(&rest);
	}
	if (m->multipart) /* a boundary was said already: the first counts */
		return;
	if (m->n_bound == LIM_MIME_DEPTH) {
		*flags |= MIME_TOO_DEEP;
		return;
	}
	n = unquoted(&bare, m->bound[m->n_bound], LIM_MIME_BOUNDARY);
	if (!n)
		return;
	m->bound_len[m->n_bound++] = (uint8_t)n;
	m->multipart = true;
}

/* The name of a file. Where there are several, Content-Disposition's; of
 * RFC 2231's pieces, one behind the other. */
static void
take_name(struct mime *m, const struct param *p, bool piece)
{
	struct param bare = *p;
	size_t room;

	if (!piece)
		m->name_len = 0;
	if (p->name.len && p->name.ptr[p->name.len - 1] == '*' &&
	    m->name_len == 0) {
		/* charset'language'name, 4 */
		struct text rest = p->value;

		(void)text_cut(&rest, '\'');
		(void)text_cut(&rest, '\'');
		if (rest.ptr)
			bare.value = rest;
	}
	room = (size_t)LIM_MIME_NAME - m->name_len;
	m->name_len = (uint8_t)(m->name_len +
	    unquoted(&bare, m->name + m->name_len, room));
}

static void
type(struct mime *m, struct text value, unsigned *flags)
{
	struct text rest = value, word = text_cut(&rest, ';');
	struct param p;

	word = text_word(&word);
	m->type_len = (uint8_t)(word.len < LIM_MIME_TYPE ? word.len :
	    LIM_MIME_TYPE);
	for (size_t i = 0; i < m->type_len; i++)
		m->type[i] = text_lower(word.ptr[i]);
	m->nested = text_is_nocase(word, "message/rfc822");
	m->typed = word.len && !begins(word, "text/");
	while (param_next(&rest, &p)) {
		if (begins(word, "multipart/") &&
		    text_is_nocase(p.name, "boundary"))
			push(m, &p, flags);
		else if (!m->name_len && (text_is_nocase(p.name, "name") ||
		    text_is_nocase(p.name, "name*")))
			take_name(m, &p, false);
	}
}

static void
disposition(struct mime *m, struct text value)
{
	struct text rest = value, word = text_cut(&rest, ';');
	bool piece = false;
	struct param p;

	m->attachment = text_is_nocase(text_trim(word), "attachment");
	while (param_next(&rest, &p)) {
		if (begins(p.name, "filename*") && p.name.len > 9 &&
		    p.name.ptr[9] >= '0' && p.name.ptr[9] <= '9') {
			take_name(m, &p, piece);
			piece = true;
		} else if (!piece && (text_is_nocase(p.name, "filename") ||
		    text_is_nocase(p.name, "filename*"))) {
			take_name(m, &p, false);
		}
	}
}

void
mime_field_read(struct mime *m, struct text name, struct text value,
    unsigned *flags)
{
	if (text_is_nocase(name, "Content-Type")) {
		type(m, value, flags);
	} else if (text_is_nocase(name, "Content-Disposition")) {
		disposition(m, value);
	} else if (text_is_nocase(name, "Content-Transfer-Encoding")) {
		struct text rest = value, word = text_word(&rest);

		m->coding = MIME_BIT;
		for (unsigned i = 0; i < ARRAY_LEN(encodings); i++)
			if (text_is_nocase(word, encodings[i].name))
				m->coding =
				    (enum mime_coding)encodings[i].coding;
	}
}
