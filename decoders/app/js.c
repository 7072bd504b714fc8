/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/js.h"

#include <string.h>

#include "core/cursor.h"

enum { IN_HTML, IN_TAG, IN_SCRIPT };

enum {
	ST_TEXT,
	ST_QUOTE,   /* a string ended: is another one added? */
	ST_HELD,    /* what may begin a call is held */
	ST_STRING,  /* in a call's string */
	ST_ESCAPE,  /* behind its backslash */
	ST_AFTER,   /* behind it */
	ST_NUMBERS, /* of String.fromCharCode */
};

/* How characters were written. */
enum {
	ENC_PERCENT = 1 << 0,
	ENC_PERCENT_U = 1 << 1,
	ENC_ZERO_X = 1 << 2,
	ENC_X = 1 << 3,
	ENC_U = 1 << 4,
	ENC_DECIMAL = 1 << 5,
	ENC_HEX = 1 << 6,
	ENC_OCTAL = 1 << 7,
};

static const char open_tag[] = "<script", close_tag[] = "</script";
static const char from_char_code[] = "String.fromCharCode";
static const char *const names[] = { "unescape", "decodeURI",
	"decodeURIComponent", from_char_code };

void
js_begin(struct js *j, uint32_t max_spaces)
{
	*j = (struct js){ .max_spaces = max_spaces };
}

static bool
is_blank(uint8_t c)
{
	return text_is_blank((char)c);
}

static bool
is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

/* Of an identifier. */
static bool
is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '$' || c >= 0x80;
}

static int
hex(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
flag(struct js *j, unsigned f)
{
	if (!(j->told & f))
		j->flags |= f;
	j->told = (uint8_t)(j->told | f);
}

static void
emit(struct js *j, uint8_t c)
{
	if (!j->room) /* never: LIM_JS_ROOM is more than a byte makes */
		return;
	*j->out++ = c;
	j->room--;
	j->last = c;
}

static void
emit_text(struct js *j, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		emit(j, (uint8_t)p[i]);
}

/* -- encoded characters ----------------------------------------------------- */

static void
encoding(struct js *j, unsigned e)
{
	j->encodings = (uint8_t)(j->encodings | e);
	if (j->encodings & (j->encodings - 1))
		flag(j, JS_MIXED);
}

enum match { MATCH_NO, MATCH_BEGINS, MATCH_WHOLE };

/* %XX, %uXXXX or 0xXX? */
static enum match
encoded(const struct js_level *l, uint32_t *v, unsigned *e)
{
	size_t from, want;

	*v = 0;
	if (l->held[0] == '%') {
		bool u = l->len > 1 && l->held[1] == 'u';

		from = u ? 2 : 1;
		want = u ? 6 : 3;
		*e = u ? ENC_PERCENT_U : ENC_PERCENT;
	} else if (l->held[0] == '0') {
		if (l->len > 1 && l->held[1] != 'x')
			return MATCH_NO;
		from = 2;
		want = 4;
		*e = ENC_ZERO_X;
	} else {
		return MATCH_NO;
	}
	for (size_t i = from; i < l->len; i++) {
		int digit = hex(l->held[i]);

		if (digit < 0)
			return MATCH_NO;
		*v = *v << 4 | (uint32_t)digit;
	}
	return l->len == want ? MATCH_WHOLE : MATCH_BEGINS;
}

static void put(struct js *j, unsigned n, uint8_t c);

static void
put_wide(struct js *j, unsigned n, uint32_t v)
{
	put(j, n, (uint8_t)v);
	if (v > 0xff)
		put(j, n, (uint8_t)(v >> 8));
}

/* A byte through the innermost of the n outer calls, out of which what it
 * makes goes on through the others. Recursion is bounded by LIM_JS_NEST. */
static void
put(struct js *j, unsigned n, uint8_t c)
{
	struct js_level *l;
	uint32_t v;
	unsigned e;

	if (!n) {
		emit(j, c);
		return;
	}
	n--;
	if (j->chars >> n & 1) {
		put(j, n, c);
		return;
	}
	l = &j->level[n];
	l->held[l->len++] = c;
	while (l->len) {
		switch (encoded(l, &v, &e)) {
		case MATCH_BEGINS:
			return;
		case MATCH_WHOLE:
			encoding(j, e);
			l->len = 0;
			put_wide(j, n, v);
			return;
		case MATCH_NO: /* the first is itself; and the others? */
			c = l->held[0];
			l->len--;
			memmove(l->held, l->held + 1, l->len);
			put(j, n, c);
			break;
		}
	}
}

/* The innermost call ends: what was held is what it is. */
static void
level_end(struct js *j)
{
	struct js_level *l = &j->level[j->nest - 1];

	for (unsigned i = 0; i < l->len; i++)
		put(j, j->nest - 1u, l->held[i]);
	l->len = 0;
	j->nest--;
	j->chars = (uint8_t)(j->chars & ~(1u << j->nest));
}

/* -- what was held ------------------------------------------------------------ */

static void
quote_begin(struct js *j, uint8_t quote)
{
	j->pending = quote;
	j->before = j->plus = j->after = false;
}

/* No string is added: the quote and what followed come out. */
static void
quote_flush(struct js *j)
{
	if (!j->pending)
		return;
	emit(j, j->pending);
	if (j->before)
		emit(j, ' ');
	if (j->plus)
		emit(j, '+');
	if (j->after)
		emit(j, ' ');
	j->pending = 0;
}

/* Something in a call that is no string, or the end: what was read so far is
 * a string, and the rest stays as it is. */
static void
give_up(struct js *j)
{
	if (j->nest) {
		while (j->nest)
			level_end(j);
		j->pending = j->call_quote;
	}
	quote_flush(j);
	if (j->state == ST_HELD)
		emit_text(j, j->held, j->held_len);
	j->held_len = 0;
	j->open = 0;
	j->state = ST_TEXT;
}

static void
hold(struct js *j, uint8_t c)
{
	j->held[j->held_len++] = (char)c;
}

/* May a word that begins with this be one of the names? */
static bool
begins_name(uint8_t c)
{
	return c == 'u' || c == 'd' || c == 'S';
}

static void
held_begin(struct js *j, uint8_t c)
{
	j->held_len = j->word = j->opened = j->held_chars = 0;
	hold(j, c);
	j->state = ST_HELD;
}

static enum match
match_name(const char *p, size_t n)
{
	enum match best = MATCH_NO;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		size_t len = strlen(names[i]);

		if (n > len || memcmp(names[i], p, n) != 0)
			continue;
		if (n == len)
			return MATCH_WHOLE;
		best = MATCH_BEGINS;
	}
	return best;
}

/* The calls that were held begin, with this byte of the argument. */
static void
calls_begin(struct js *j, uint8_t c)
{
	bool chars = j->held_chars >> (j->opened - 1) & 1;

	if (!j->nest) {
		j->encodings = 0;
		j->call_quote = chars ? '"' : c;
		if (!j->pending)
			emit(j, j->call_quote);
	}
	for (unsigned i = 0; i < j->opened; i++) {
		if (j->held_chars >> i & 1)
			j->chars = (uint8_t)(j->chars | 1u << j->nest);
		j->level[j->nest++].len = 0;
	}
	if (j->nest > 1)
		flag(j, JS_LEVELS);
	quote_begin(j, 0);
	j->held_len = 0;
	j->string = c;
	j->digits = 0;
	j->state = chars ? ST_NUMBERS : ST_STRING;
}

static void script(struct js *j, uint8_t c);

static void
held(struct js *j, uint8_t c)
{
	uint8_t h = (uint8_t)j->held[j->held_len - 1];
	bool in_args = h == '(' || (h == ' ' && j->held_len > 1 &&
	    j->held[j->held_len - 2] == '(');
	const char *word = j->held + j->word;
	size_t n = (size_t)(j->held_len - j->word) - (h == ' ');
	bool chars;

	if (j->held_len == sizeof(j->held)) {
		give_up(j);
		script(j, c);
		return;
	}
	if (in_args) {
		chars = j->held_chars >> (j->opened - 1) & 1;
		if (chars ? c >= '0' && c <= '9' : is_quote(c)) {
			calls_begin(j, c);
			if (chars)
				script(j, c);
			return;
		}
		if ((c == ' ' && h == '(') || (!chars && begins_name(c))) {
			if (c != ' ')
				j->word = j->held_len;
			hold(j, c);
			return;
		}
	} else if (h != ' ' && is_word(c)) {
		hold(j, c);
		if (match_name(word, n + 1) != MATCH_NO)
			return;
		j->held_len--;
	} else if (h != ' ' && c == '.') {
		hold(j, c);
		if (match_name(word, n + 1) != MATCH_NO)
			return;
		j->held_len--;
	} else if (match_name(word, n) == MATCH_WHOLE) {
		if (c == ' ' && h != ' ') {
			hold(j, c);
			return;
		}
		if (c == '(' && j->nest + j->opened == LIM_JS_NEST) {
			flag(j, JS_LEVELS);
		} else if (c == '(') {
			if (n == sizeof(from_char_code) - 1)
				j->held_chars = (uint8_t)(j->held_chars |
				    1u << j->opened);
			j->opened++;
			hold(j, c);
			return;
		}
	}
	give_up(j);
	script(j, c);
}

/* -- the arguments of calls ----------------------------------------------------- */

static void
escape(struct js *j, uint8_t c)
{
	static const char from[] = "nrtbfv0", to[] = "\n\r\t\b\f\v";
	unsigned want = j->base == 'x' ? 2 : 4;
	const char *at;
	int digit = hex(c);

	if (!j->digits && !j->base) { /* the first one */
		if (c == 'x' || c == 'u') {
			j->base = c;
			j->number = 0;
			return;
		}
		j->state = ST_STRING;
		at = c ? strchr(from, c) : NULL;
		if (c == ' ') /* the line goes on */
			return;
		put(j, j->nest, at ? (uint8_t)to[at - from] : c);
		return;
	}
	if (digit < 0) {
		j->state = ST_STRING;
		put(j, j->nest, j->base);
		for (unsigned i = j->digits; i-- > 0;)
			put(j, j->nest, (uint8_t)"0123456789abcdef"[
			    j->number >> 4 * i & 15]);
		script(j, c);
		return;
	}
	j->number = j->number << 4 | (uint32_t)digit;
	if (++j->digits < want)
		return;
	encoding(j, j->base == 'x' ? ENC_X : ENC_U);
	j->state = ST_STRING;
	put_wide(j, j->nest, j->number);
}

static void
string(struct js *j, uint8_t c)
{
	if (c == j->string) {
		j->before = j->plus = j->after = false;
		j->state = ST_AFTER;
	} else if (c == '\\') {
		j->digits = j->base = 0;
		j->state = ST_ESCAPE;
	} else {
		put(j, j->nest, c);
	}
}

static void
call_end(struct js *j)
{
	level_end(j);
	quote_begin(j, j->nest ? 0 : j->call_quote);
	j->state = j->nest ? ST_AFTER : ST_QUOTE;
}

static void
number_end(struct js *j)
{
	if (!j->digits)
		return;
	encoding(j, j->base == 16 ? ENC_HEX : j->base == 8 ? ENC_OCTAL :
	    ENC_DECIMAL);
	put_wide(j, j->nest, j->number);
	j->digits = 0;
}

static void
numbers(struct js *j, uint8_t c)
{
	int digit = hex(c);

	if (!j->digits && digit >= 0 && digit < 10) {
		j->base = digit ? 10 : 8;
		j->number = (uint32_t)digit;
		j->digits = 1;
	} else if (j->digits == 1 && j->base == 8 && (c | 0x20) == 'x') {
		j->base = 16;
	} else if (j->digits && digit >= 0 && digit < j->base) {
		j->number = (j->number * j->base + (uint32_t)digit) & 0xffff;
		j->digits = 2;
	} else if (c == ',' || c == ' ') {
		number_end(j);
	} else {
		number_end(j);
		if (c == ')') {
			call_end(j);
			return;
		}
		j->before = j->plus = j->after = false;
		give_up(j);
		script(j, c);
	}
}

/* Behind a string: another one may be added. */
static void
after(struct js *j, uint8_t c)
{
	if (c == ' ') {
		if (j->plus)
			j->after = true;
		else
			j->before = true;
	} else if (c == '+' && !j->plus) {
		j->plus = true;
	} else if (j->plus && is_quote(c)) {
		j->string = j->open = c;
		quote_begin(j, 0);
		j->state = j->nest ? ST_STRING : ST_TEXT;
	} else if (j->plus && begins_name(c)) {
		held_begin(j, c);
	} else if (j->nest && !j->plus && c == ')') {
		call_end(j);
	} else {
		give_up(j);
		script(j, c);
	}
}

static void
text(struct js *j, uint8_t c)
{
	bool escaped = j->backslash;

	j->backslash = c == '\\' && !escaped;
	if (is_quote(c) && j->open == c && !escaped) {
		j->open = 0;
		quote_begin(j, c);
		j->state = ST_QUOTE;
		return;
	}
	if (is_quote(c) && !j->open)
		j->open = c;
	if (begins_name(c) && !is_word(j->last)) {
		held_begin(j, c);
		return;
	}
	emit(j, c);
}

/* A byte of a script, blanks already made one. It comes again at most once a
 * state, for only ST_TEXT takes what others give up on. */
static void
script(struct js *j, uint8_t c)
{
	switch (j->state) {
	case ST_QUOTE:
	case ST_AFTER:
		after(j, c);
		break;
	case ST_HELD:
		held(j, c);
		break;
	case ST_STRING:
		string(j, c);
		break;
	case ST_ESCAPE:
		escape(j, c);
		break;
	case ST_NUMBERS:
		numbers(j, c);
		break;
	default:
		text(j, c);
		break;
	}
}

static void
script_byte(struct js *j, uint8_t c)
{
	/* a string ends with its line, whatever a comment's apostrophe began */
	if (c == '\n')
		j->open = 0;
	if (!is_blank(c)) {
		j->spaces = 0;
		j->blank = false;
		script(j, c);
		return;
	}
	if (++j->spaces == j->max_spaces)
		flag(j, JS_SPACES);
	if (!j->blank)
		script(j, ' ');
	j->blank = true;
}

/* -- HTML ------------------------------------------------------------------------ */

/* The value of an attribute in the tag's text; false: it has none. */
static bool
attribute(const struct js *j, const char *name, struct text *value)
{
	size_t n = strlen(name);

	for (size_t i = 1; i + n <= j->tag_len; i++) {
		struct text rest;

		if (is_word((uint8_t)j->tag[i - 1]) || j->tag[i - 1] == '-' ||
		    memcmp(j->tag + i, name, n) != 0)
			continue;
		rest = text_trim(text_make(j->tag + i + n,
		    j->tag_len - i - n));
		if (!rest.len || *rest.ptr != '=')
			continue;
		rest = text_trim(text_make(rest.ptr + 1, rest.len - 1));
		if (rest.len && is_quote((uint8_t)*rest.ptr)) {
			char quote = *rest.ptr;

			rest = text_make(rest.ptr + 1, rest.len - 1);
			*value = text_cut(&rest, quote);
		} else {
			*value = text_word(&rest);
		}
		return true;
	}
	return false;
}

static bool
is_script(const struct js *j)
{
	static const char *const types[] = { "javascript", "ecmascript",
		"jscript", "livescript", "module" };
	struct text value;

	if (!attribute(j, "type", &value) &&
	    !attribute(j, "language", &value))
		return true;
	if (!text_trim(value).len)
		return true;
	for (unsigned i = 0; i < ARRAY_LEN(types); i++)
		if (memmem(value.ptr, value.len, types[i], strlen(types[i])))
			return true;
	return false;
}

static void
tag_byte(struct js *j, uint8_t c)
{
	emit(j, c);
	if (j->tag_len < sizeof(j->tag))
		j->tag[j->tag_len++] = text_lower((char)c);
	if (j->quote) {
		if (c == j->quote)
			j->quote = 0;
	} else if (is_quote(c)) {
		j->quote = c;
	} else if (c == '>') {
		j->where = is_script(j) ? IN_SCRIPT : IN_HTML;
		j->matched = 0;
		j->state = ST_TEXT;
		j->blank = j->backslash = false;
		j->spaces = 0;
		j->open = 0;
	}
}

static void
html_byte(struct js *j, uint8_t c)
{
	if (j->matched == sizeof(open_tag) - 1 &&
	    (is_blank(c) || c == '>' || c == '/')) {
		j->where = IN_TAG;
		j->tag_len = j->quote = j->matched = 0;
		tag_byte(j, c);
		return;
	}
	emit(j, c);
	if (j->matched < sizeof(open_tag) - 1 &&
	    text_lower((char)c) == open_tag[j->matched])
		j->matched++;
	else
		j->matched = c == '<';
}

/* The end of a script is that, in whatever it stands. */
static void
end_byte(struct js *j, uint8_t c)
{
	uint8_t n = j->matched;

	if (text_lower((char)c) == close_tag[n]) {
		j->tag[j->matched++] = (char)c;
		if (j->matched < sizeof(close_tag) - 1)
			return;
		give_up(j);
		emit_text(j, j->tag, j->matched);
		j->where = IN_HTML;
		j->matched = 0;
		return;
	}
	j->matched = 0;
	for (uint8_t i = 0; i < n; i++)
		script_byte(j, (uint8_t)j->tag[i]);
	if (c == '<') {
		j->tag[0] = (char)c;
		j->matched = 1;
	} else {
		script_byte(j, c);
	}
}

/* HTML up to the next tag, all at once. */
static void
html_run(struct js *j, struct cursor *c)
{
	size_t n = cur_left(c) < j->room ? cur_left(c) : j->room;
	const uint8_t *p = cur_peek(c, n);
	const uint8_t *tag = p && n ? memchr(p, '<', n) : NULL;

	if (tag)
		n = (size_t)(tag - p);
	if (!n || !cur_skip(c, n))
		return;
	memcpy(j->out, p, n);
	j->out += n;
	j->room -= n;
}

/* May a script's tag begin there? */
static bool
may_open(const uint8_t *p, size_t n)
{
	enum { ENOUGH = 3 };

	for (size_t i = 1; i < ENOUGH && i < n; i++)
		if (text_lower((char)p[i]) != open_tag[i])
			return false;
	return true;
}

bool
js_passes(const struct js *j, struct slice in)
{
	const uint8_t *p = in.ptr, *end = p + in.len;

	if (j->where != IN_HTML || j->matched || !in.len)
		return false;
	for (; p < end && (p = memchr(p, '<', (size_t)(end - p))); p++)
		if (may_open(p, (size_t)(end - p)))
			return false;
	return true;
}

struct js_out
js_feed(struct js *j, struct slice in, uint8_t *room, size_t size)
{
	struct cursor c = cur_make(in.ptr, in.len);
	struct js_out o = { .bytes = { room, 0 } };
	uint8_t byte;

	j->out = room;
	j->room = size;
	j->flags = 0;
	while (cur_left(&c)) {
		if (j->room < LIM_JS_ROOM / 2) {
			j->flags |= JS_FULL;
			break;
		}
		if (j->where == IN_HTML && !j->matched) {
			html_run(j, &c);
			if (j->room < LIM_JS_ROOM / 2)
				continue;
		}
		if (!cur_u8(&c, &byte))
			break;
		if (j->where == IN_HTML)
			html_byte(j, byte);
		else if (j->where == IN_TAG)
			tag_byte(j, byte);
		else
			end_byte(j, byte);
	}
	o.bytes.len = size - j->room;
	o.consumed = in.len - cur_left(&c);
	o.flags = j->flags;
	return o;
}

struct js_out
js_finish(struct js *j, uint8_t *room, size_t size)
{
	struct js_out o = { .bytes = { room, 0 } };

	j->out = room;
	j->room = size;
	j->flags = 0;
	if (j->where == IN_SCRIPT) {
		for (uint8_t i = 0; i < j->matched; i++)
			script_byte(j, (uint8_t)j->tag[i]);
		give_up(j);
	}
	j->where = IN_HTML;
	j->matched = 0;
	o.bytes.len = size - j->room;
	o.flags = j->flags;
	return o;
}
