/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message of SIP taken apart: RFC 3261, sections 7 and 25. */
#include "decoders/app/sip_int.h"

enum { VERSION_LEN = 7 }; /* "SIP/2.0" */

/* -- small things --------------------------------------------------------- */

bool
sip_is_same(struct text a, struct text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (text_lower(a.ptr[i]) != text_lower(b.ptr[i]))
			return false;
	return true;
}

bool
sip_is_field(struct text name, const char *full, const char *letter)
{
	return text_is_nocase(name, full) || (letter &&
	    text_is_nocase(name, letter));
}

bool
sip_number(struct text *rest, uint32_t *v)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < rest->len && rest->ptr[i] >= '0' &&
	    rest->ptr[i] <= '9'; i++) {
		n = n * 10 + (uint64_t)(rest->ptr[i] - '0');
		if (n > UINT32_MAX)
			return false;
	}
	if (!i)
		return false;
	*v = (uint32_t)n;
	*rest = text_make(rest->ptr + i, rest->len - i);
	return true;
}

/* RFC 3261, section 25.1: token. */
static bool
is_token(char c)
{
	return (text_lower(c) >= 'a' && text_lower(c) <= 'z') ||
	    (c >= '0' && c <= '9') || (c && strchr("-.!%*_+`'~", c));
}

bool
sip_is_start(struct text word)
{
	size_t i;

	for (i = 0; i < word.len && word.ptr[i] != ' '; i++)
		if (!is_token(word.ptr[i]) && !(i == 3 &&
		    memcmp(word.ptr, "SIP/", 4) == 0))
			return false;
	return i <= LIM_SIP_METHOD && (!word.len || i);
}

/* The next line without its end: CR, LF or both, as Snort has it. false:
 * there is no end. */
static bool
take_line(struct text *rest, struct text *line)
{
	size_t n = 0, end = 1;

	while (n < rest->len && rest->ptr[n] != '\r' && rest->ptr[n] != '\n')
		n++;
	if (n == rest->len)
		return false;
	if (rest->ptr[n] == '\r' && n + 1 < rest->len &&
	    rest->ptr[n + 1] == '\n')
		end = 2;
	*line = text_make(rest->ptr, n);
	*rest = text_make(rest->ptr + n + end, rest->len - n - end);
	return true;
}

/* -- the start line ------------------------------------------------------- */

static bool
is_version(struct text t)
{
	return t.len >= 4 && memcmp(t.ptr, "SIP/", 4) == 0;
}

/* The word up to a blank; false: there is none. */
static bool
up_to_blank(struct text *rest, struct text *word)
{
	const char *at = rest->len ? memchr(rest->ptr, ' ', rest->len) : NULL;

	if (!at)
		return false;
	*word = text_make(rest->ptr, (size_t)(at - rest->ptr));
	*rest = text_make(at + 1, rest->len - word->len - 1);
	return true;
}

static bool
parse_start(struct text line, struct sip_msg *m)
{
	struct text rest = line, code;
	uint32_t v;

	m->start_line = line;
	if (is_version(line)) {
		m->is_response = true;
		if (!up_to_blank(&rest, &m->version))
			return false;
		m->reason = rest;
		if (!up_to_blank(&m->reason, &m->code)) {
			m->code = text_trim(rest);
			m->reason = text_make(NULL, 0);
		}
		code = m->code;
		if (code.len == 3 && sip_number(&code, &v) && !code.len &&
		    v >= SIP_STATUS_MIN)
			m->status = (uint16_t)v;
		return true;
	}
	if (!sip_is_start(line) || !up_to_blank(&rest, &m->method) ||
	    !m->method.len || !up_to_blank(&rest, &m->uri))
		return false;
	m->version = rest;
	return is_version(rest);
}

/* -- header fields -------------------------------------------------------- */

static struct sip_field *
field_of(struct sip_msg *m, struct text name)
{
	const struct {
		const char *full, *letter;
		struct sip_field *field;
	} fields[] = {
		{ "via", "v", &m->via }, { "from", "f", &m->from },
		{ "to", "t", &m->to }, { "call-id", "i", &m->call_id },
		{ "contact", "m", &m->contact },
		{ "content-length", "l", &m->content_length },
		{ "content-type", "c", &m->content_type },
		{ "cseq", NULL, &m->cseq },
		{ "authorization", NULL, &m->authorization },
	};

	for (unsigned i = 0; i < ARRAY_LEN(fields); i++)
		if (sip_is_field(name, fields[i].full, fields[i].letter))
			return fields[i].field;
	return NULL;
}

/* A line of the header; *last is the field that a line may go on with. */
static void
parse_field(struct sip_msg *m, struct text line, struct sip_field **last)
{
	struct text name, value;
	struct sip_field *f = *last;

	if (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
		/* RFC 3261, section 7.3.1: folded */
		value = text_trim(line);
		if (!f)
			return;
		if (!f->len)
			f->value = value;
		f->len += value.len;
		return;
	}
	value = line;
	name = text_trim(text_cut(&value, ':'));
	value = text_trim(value);
	*last = f = value.ptr || line.len > name.len ? field_of(m, name) :
	    NULL;
	if (!f)
		return;
	f->there = true;
	if (!f->len)
		f->value = value;
	f->len += value.len;
}

bool
sip_parse(struct slice bytes, struct sip_msg *m)
{
	struct text rest = text_make((const char *)bytes.ptr, bytes.len);
	struct text line, header;
	struct sip_field *last = NULL;

	*m = (struct sip_msg){ .is_response = false };
	if (!take_line(&rest, &line) || line.len < VERSION_LEN ||
	    !parse_start(line, m))
		return false;
	header = rest;
	while (take_line(&rest, &line)) {
		if (!line.len) {
			m->header_ends = true;
			break;
		}
		parse_field(m, line, &last);
	}
	if (!m->header_ends)
		rest = text_make(header.ptr + header.len, 0);
	m->header = slice_make((const uint8_t *)header.ptr,
	    (size_t)(rest.ptr - header.ptr));
	m->rest = slice_make((const uint8_t *)rest.ptr, rest.len);
	return true;
}
