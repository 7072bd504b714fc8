/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `file type:NAME; id:N; ...' as in Snort's file_magic.conf, and config file
 * (Snort's README.file). */
#include "detect/filetype.h"
#include "sensor/applier.h"

static struct file_conf *
files_of(struct applier *a)
{
	if (!a->files) {
		a->files = arena_xalloc(&a->t->arena, sizeof(*a->files));
		a->files->depth = FILE_TYPE_DEPTH;
	}
	return a->files;
}

static int
hex(char c)
{
	c = text_lower(c);
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* |50 4B 03 04|, or text; both may follow one another. */
static bool
read_bytes(struct applier *a, struct text t, struct slice *out)
{
	uint8_t *room = arena_xalloc(&a->t->arena, t.len + 1);
	bool between = false, half = false;
	size_t n = 0;

	if (t.len >= 2 && t.ptr[0] == '"' && t.ptr[t.len - 1] == '"')
		t = text_make(t.ptr + 1, t.len - 2);
	for (size_t i = 0; i < t.len; i++) {
		int v = hex(t.ptr[i]);

		if (t.ptr[i] == '|') {
			between = !between;
			if (half)
				break;
		} else if (!between) {
			room[n++] = (uint8_t)t.ptr[i];
		} else if (v >= 0) {
			room[n] = (uint8_t)(room[n] << 4 | v);
			n += half;
			half = !half;
		} else if (!text_is_blank(t.ptr[i])) {
			half = true;
			break;
		}
	}
	*out = slice_make(room, n);
	if (n && !between && !half)
		return true;
	applier_bad(a, t, "bytes belong here: |hexadecimal digits, two each|, "
	    "or text");
	return false;
}

static bool
read_content(struct applier *a, struct text value, struct file_magic *m)
{
	if (m->n == LIM_FILE_PARTS) {
		applier_bad(a, value, "too many contents in one line");
		return false;
	}
	return read_bytes(a, value, &m->parts[m->n++].bytes);
}

static bool
read_item(struct applier *a, struct text name, struct text value,
    struct file_magic *m)
{
	int64_t v;

	if (text_is_nocase(name, "type")) {
		m->type = value;
	} else if (text_is_nocase(name, "id") &&
	    text_to_i64(value, 1, UINT32_MAX, &v)) {
		m->id = (uint32_t)v;
	} else if (text_is_nocase(name, "group")) {
		m->groups = value;
	} else if (text_is_nocase(name, "ver")) {
		m->version = value;
	} else if (text_is_nocase(name, "content")) {
		return read_content(a, value, m);
	} else if (text_is_nocase(name, "offset") && m->n &&
	    text_to_i64(value, 0, INT32_MAX, &v)) {
		m->parts[m->n - 1].offset = (uint32_t)v;
	} else if (!text_is_nocase(name, "category") &&
	    !text_is_nocase(name, "msg") && !text_is_nocase(name, "rev")) {
		applier_bad(a, name, "type:NAME, id:N, category:TEXT, "
		    "msg:\"TEXT\", rev:N, ver:TEXT, group:NAME[,NAME], "
		    "content:|BYTES| and behind it offset:N belong here");
		return false;
	}
	return true;
}

/* Up to the next ';' that is not in quotes. */
static struct text
next_item(struct text *rest)
{
	struct text item = text_make(rest->ptr, 0);
	bool quoted = false;

	while (item.len < rest->len && (quoted || item.ptr[item.len] != ';'))
		quoted ^= item.ptr[item.len++] == '"';
	rest->ptr += item.len + (item.len < rest->len);
	rest->len -= item.len + (item.len < rest->len);
	return text_trim(item);
}

void
config_file_line(struct applier *a)
{
	struct file_conf *c = files_of(a);
	struct file_magic m = { .n = 0 };
	struct text rest = a->d->args;

	while (rest.len) {
		struct text value = next_item(&rest), name;

		if (!value.len)
			continue;
		name = text_trim(text_cut(&value, ':'));
		if (!read_item(a, name, text_trim(value), &m))
			return;
	}
	if (!m.type.len || !m.id || !m.n) {
		applier_bad(a, a->d->args, "a type, an id and a content "
		    "belong here");
		return;
	}
	if (c->n == LIM_FILE_TYPES) {
		applier_bad(a, a->d->args, "too many `file' lines");
		return;
	}
	for (unsigned i = 0; i < m.n; i++) {
		uint32_t end = m.parts[i].offset +
		    (uint32_t)m.parts[i].bytes.len;

		m.length += (uint32_t)m.parts[i].bytes.len;
		if (end > m.end)
			m.end = end;
	}
	c->magics = settings_grow(&a->t->arena, c->magics, c->n, sizeof(m));
	c->magics[c->n++] = m;
	a->s->detect.opt.files = c;
}

/* config file: file_type_depth N, and what has no meaning here */
void
config_file(struct applier *a)
{
	static const char *const others[] = { "file_signature_depth",
		"signature_depth", "file_block_timeout", "file_lookup_timeout",
		"block_timeout", "lookup_timeout", "file_capture_memcap",
		"file_capture_max", "file_capture_min",
		"file_capture_block_size" };
	struct text rest = a->d->args, word;
	int64_t n;

	while ((word = applier_word(&rest)).len) {
		bool depth = text_is_nocase(word, "file_type_depth") ||
		    text_is_nocase(word, "type_depth");
		bool known = depth;

		for (size_t i = 0; i < ARRAY_LEN(others); i++)
			known |= text_is_nocase(word, others[i]);
		if (text_is_nocase(word, "block_timeout_lookup"))
			continue;
		if (!known) {
			applier_bad(a, word, "file_type_depth N belongs here");
			return;
		}
		if (!applier_number(a, &rest, 0, INT32_MAX, &n))
			return;
		if (depth)
			files_of(a)->depth = n ? (uint32_t)n : INT32_MAX;
	}
}
