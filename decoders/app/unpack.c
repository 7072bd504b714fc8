/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/unpack.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/body_int.h"

enum {
	ST_START,  /* the first bytes */
	ST_PLAIN,  /* nothing to be undone any more */
	ST_SWF,    /* in its data */
	ST_LZMA,
	ST_SEEK,   /* a PDF's head may come yet */
	/* in a PDF, outside of streams (ISO 32000-1, 7.2) */
	ST_OBJECT,
	ST_COMMENT,
	ST_STRING,
	ST_HEX,    /* a string in <>, or a dictionary begins */
	ST_CLOSE,  /* a dictionary may end */
	ST_NAME,
	ST_WORD,
	ST_EOL,    /* behind "stream" */
	ST_LF,
	ST_FLATE,  /* in a stream that is undone */
	ST_STREAM, /* in another one: "endstream" is looked for */
};

/* Of /Filter: the value is to come, or a list of them is open. */
enum { FILTER_NONE, FILTER_WANTED, FILTER_LIST };

enum {
	SWF_HEAD = 8,   /* signature, version, length */
	ZWS_HEAD = 17,  /* and the compressed length, and properties */
	LZMA_PROPS = 5,
	LZMA_SIZE = 8,
	PDF_SEEK = 1024, /* readers look for a PDF's head so far */
};

static const char pdf_head[] = "%PDF-", end_stream[] = "endstream";

void
unpack_begin(struct unpack *u, struct body_pool *pool, unsigned what)
{
	*u = (struct unpack){ .pool = pool, .what = (uint8_t)what,
		.state = what ? ST_START : ST_PLAIN };
}

void
unpack_end(struct unpack *u)
{
	body_end(u->body);
	u->body = NULL;
	u->state = ST_PLAIN;
}

static void
emit(struct unpack *u, uint8_t c)
{
	if (!u->room) /* never: a byte makes no more than the least room */
		return;
	*u->out++ = c;
	u->room--;
}

/* As much as there is room for. */
static void
emit_run(struct unpack *u, struct cursor *in)
{
	size_t n = cur_left(in) < u->room ? cur_left(in) : u->room;
	const uint8_t *p = cur_take(in, n);

	if (!p || !n)
		return;
	memcpy(u->out, p, n);
	u->out += n;
	u->room -= n;
}

static bool
decoder_begin(struct unpack *u, unsigned coding, unsigned bad)
{
	u->body = body_begin_as(u->pool, coding);
	if (!u->body)
		u->flags |= bad | UNPACK_NO_MEMORY;
	return u->body != NULL;
}

static void byte(struct unpack *u, uint8_t c);

/* The decoder has nothing more to say; what it read in vain comes out. */
static void
decoder_end(struct unpack *u, uint8_t next)
{
	struct slice kept = body_kept(u->body);

	u->state = next;
	u->n = 0;
	u->no_stream = true;
	for (size_t i = 0; i < kept.len; i++)
		byte(u, kept.ptr[i]);
	u->no_stream = false;
	body_end(u->body);
	u->body = NULL;
}

/* Has the decoder read. next: the state behind its end. */
static void
decode(struct unpack *u, struct cursor *in, bool ends, unsigned bad,
    uint8_t next)
{
	struct body_out o;
	struct slice s = { cur_peek(in, cur_left(in)), cur_left(in) };

	o = body_feed_to(u->body, s, u->out, u->room, ends);
	if (!cur_skip(in, o.consumed))
		return;
	u->out += o.bytes.len;
	u->room -= o.bytes.len;
	if (o.flags & (BODY_BAD | BODY_NO_MEMORY))
		u->flags |= bad;
	if (o.flags & BODY_NO_MEMORY)
		u->flags |= UNPACK_NO_MEMORY;
	if (o.flags & BODY_BOMB)
		u->flags |= UNPACK_BOMB;
	if (o.flags & (BODY_BAD | BODY_NO_MEMORY | BODY_BOMB | BODY_DONE) ||
	    (ends && !(o.flags & BODY_FULL)))
		decoder_end(u, next);
	else if (o.flags & BODY_FULL)
		u->flags |= UNPACK_FULL;
}

/* -- SWF (the format's specification, "The SWF header") --------------------- */

/* Is what came so far the beginning of a compressed one, and how long is its
 * head? 0: it is not. */
static uint8_t
swf_head(const struct unpack *u)
{
	uint8_t c = u->head[0];

	if (!(c == 'C' && u->what & UNPACK_SWF_DEFLATE) &&
	    !(c == 'Z' && u->what & UNPACK_SWF_LZMA))
		return 0;
	if ((u->n > 1 && u->head[1] != 'W') || (u->n > 2 && u->head[2] != 'S'))
		return 0;
	return c == 'C' ? SWF_HEAD : ZWS_HEAD;
}

static void
seek(struct unpack *u)
{
	uint8_t n = u->n;

	u->n = 0;
	u->state = u->what & UNPACK_PDF_DEFLATE ? ST_SEEK : ST_PLAIN;
	for (uint8_t i = 0; i < n; i++)
		byte(u, u->head[i]);
}

static void
swf_begin(struct unpack *u)
{
	bool lzma = u->head[0] == 'Z';
	/* LZMA's own head: properties, and a length of which nothing is said */
	uint8_t head[LZMA_PROPS + LZMA_SIZE];
	struct body_out o;

	if (!decoder_begin(u, lzma ? BODY_LZMA : BODY_ZLIB, lzma ?
	    UNPACK_BAD_LZMA : UNPACK_BAD_SWF)) {
		u->what &= UNPACK_PDF_DEFLATE;
		seek(u);
		return;
	}
	emit(u, 'F');
	for (unsigned i = 1; i < SWF_HEAD; i++)
		emit(u, u->head[i]);
	u->state = lzma ? ST_LZMA : ST_SWF;
	if (!lzma)
		return;
	memcpy(head, u->head + ZWS_HEAD - LZMA_PROPS, LZMA_PROPS);
	memset(head + LZMA_PROPS, 0xff, LZMA_SIZE);
	o = body_feed_to(u->body, slice_make(head, sizeof(head)), u->out,
	    u->room, false);
	if (!(o.flags & (BODY_BAD | BODY_NO_MEMORY)))
		return;
	u->flags |= UNPACK_BAD_LZMA |
	    (o.flags & BODY_NO_MEMORY ? UNPACK_NO_MEMORY : 0);
	body_end(u->body);
	u->body = NULL;
	u->state = ST_PLAIN;
}

static void
start(struct unpack *u, uint8_t c)
{
	uint8_t want;

	u->head[u->n++] = c;
	want = swf_head(u);
	if (!want)
		seek(u);
	else if (u->n == want)
		swf_begin(u);
}

/* -- PDF ------------------------------------------------------------------ */

static bool
is_space(uint8_t c)
{
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' ||
	    c == ' ';
}

static bool
is_delimiter(uint8_t c)
{
	return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' ||
	    c == ']' || c == '{' || c == '}' || c == '/' || c == '%';
}

static bool
word_is(const struct unpack *u, const char *s)
{
	return u->word_len == strlen(s) && !memcmp(u->word, s, u->word_len);
}

static void
word_add(struct unpack *u, uint8_t c)
{
	if (u->word_len < sizeof(u->word))
		u->word[u->word_len++] = (char)c;
}

static int
hex(char c)
{
	c = text_lower(c);
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void
filter_add(struct unpack *u, bool flate)
{
	if (u->n_filters < UINT8_MAX)
		u->n_filters++;
	u->flate = flate;
	if (u->filter == FILTER_WANTED)
		u->filter = FILTER_NONE;
}

static void
name_byte(struct unpack *u, uint8_t c)
{
	word_add(u, c);
	/* #XX is a byte, 7.3.5 */
	if (c == '#') {
		u->hash = 1;
	} else if (u->hash) {
		u->hash = hex((char)c) < 0 ? 0 : (uint8_t)(u->hash + 1);
		if (u->hash == 3 && u->word_len < sizeof(u->word)) {
			char *p = u->word + u->word_len - 3;

			*p = (char)(hex(p[1]) << 4 | hex(p[2]));
			u->word_len = (uint8_t)(u->word_len - 2);
		}
		if (u->hash == 3)
			u->hash = 0;
	}
}

static void
name_end(struct unpack *u)
{
	if (u->nest != 1)
		return;
	if (u->filter != FILTER_NONE)
		filter_add(u, word_is(u, "FlateDecode") || word_is(u, "Fl"));
	else if (word_is(u, "Filter"))
		u->filter = FILTER_WANTED;
}

/* The stream's data begins. */
static void
stream(struct unpack *u)
{
	u->n = 0;
	u->state = ST_STREAM;
	if (u->n_filters > 1) {
		u->flags |= UNPACK_PDF_CASCADE;
	} else if (u->n_filters && !u->flate) {
		u->flags |= UNPACK_PDF_FILTER;
	} else if (u->n_filters && !u->no_stream &&
	    decoder_begin(u, BODY_ZLIB, 0)) {
		u->state = ST_FLATE;
	}
}

static void
word_end(struct unpack *u)
{
	u->state = ST_OBJECT;
	if (u->filter == FILTER_WANTED) /* said elsewhere: "5 0 R" */
		filter_add(u, false);
	if (u->dict && word_is(u, "stream"))
		u->state = ST_EOL;
	u->dict = false;
}

/* Outside of everything: what begins? */
static void
object(struct unpack *u, uint8_t c)
{
	if (is_space(c))
		return;
	u->word_len = u->hash = 0;
	switch (c) {
	case '%':
		u->state = ST_COMMENT;
		break;
	case '(':
		u->parens = 1;
		u->escaped = false;
		u->state = ST_STRING;
		break;
	case '<':
		u->state = ST_HEX;
		break;
	case '>':
		u->state = ST_CLOSE;
		break;
	case '/':
		u->state = ST_NAME;
		break;
	case '[':
		if (u->filter == FILTER_WANTED && u->nest == 1)
			u->filter = FILTER_LIST;
		break;
	case ']':
		if (u->nest == 1)
			u->filter = FILTER_NONE;
		break;
	default:
		if (is_delimiter(c))
			break;
		word_add(u, c);
		u->state = ST_WORD;
		break;
	}
}

static void
string(struct unpack *u, uint8_t c)
{
	if (u->escaped) {
		u->escaped = false;
	} else if (c == '\\') {
		u->escaped = true;
	} else if (c == '(') {
		if (u->parens < UINT16_MAX)
			u->parens++;
	} else if (c == ')' && --u->parens == 0) {
		u->state = ST_OBJECT;
	}
}

static void
dict_begin(struct unpack *u)
{
	u->state = ST_OBJECT;
	if (u->nest == 0) {
		u->filter = FILTER_NONE;
		u->n_filters = 0;
	} else if (u->nest == 1 && u->filter == FILTER_WANTED) {
		u->filter = FILTER_NONE;
	}
	if (u->nest < UINT16_MAX)
		u->nest++;
	else
		u->flags |= UNPACK_PDF_PARSE;
}

static void
dict_end(struct unpack *u)
{
	u->state = ST_OBJECT;
	if (u->nest)
		u->nest--;
	u->dict = !u->nest;
}

/* A stream's end. What did not go on as "endstream" may have begun it anew:
 * with its second e. */
static void
find_end(struct unpack *u, uint8_t c)
{
	while (u->n && (char)c != end_stream[u->n])
		u->n = u->n == sizeof("endstre") - 1 ? 1 : 0;
	if ((char)c == end_stream[u->n])
		u->n++;
	if (u->n == sizeof(end_stream) - 1) {
		u->state = ST_OBJECT;
		u->nest = 0;
		u->dict = false;
	}
}

static void
find_head(struct unpack *u, uint8_t c)
{
	u->n = (char)c == pdf_head[u->n] ? (uint8_t)(u->n + 1) : c == '%';
	if (u->n == sizeof(pdf_head) - 1)
		u->state = ST_COMMENT;
	else if (++u->at >= PDF_SEEK)
		u->state = ST_PLAIN;
}

/* A byte that is none of a decoder's; it comes out, but for an SWF's head. It
 * is looked at again at most twice. */
static void
byte(struct unpack *u, uint8_t c)
{
	if (u->state == ST_START) {
		start(u, c);
		return;
	}
	switch (u->state) {
	case ST_SEEK:
		find_head(u, c);
		break;
	case ST_OBJECT:
		object(u, c);
		break;
	case ST_COMMENT:
		if (c == '\r' || c == '\n')
			u->state = ST_OBJECT;
		break;
	case ST_STRING:
		string(u, c);
		break;
	case ST_HEX:
		if (c == '<' && u->word_len == 0)
			dict_begin(u);
		else if (c == '>')
			u->state = ST_OBJECT;
		u->word_len = 1;
		break;
	case ST_CLOSE:
		u->state = ST_OBJECT;
		if (c == '>')
			dict_end(u);
		else
			object(u, c);
		break;
	case ST_NAME:
		if (!is_space(c) && !is_delimiter(c)) {
			name_byte(u, c);
			break;
		}
		name_end(u);
		u->state = ST_OBJECT;
		object(u, c);
		break;
	case ST_WORD:
		if (!is_space(c) && !is_delimiter(c)) {
			word_add(u, c);
			break;
		}
		word_end(u);
		if (u->state == ST_OBJECT) {
			object(u, c);
			break;
		}
		/* fall through */
	case ST_EOL: /* 7.3.8.1 */
		if (c == '\r') {
			u->state = ST_LF;
		} else if (c == '\n') {
			emit(u, c);
			stream(u);
			return;
		} else if (c != ' ' && c != '\t') {
			u->flags |= UNPACK_PDF_PARSE;
			u->state = ST_OBJECT;
		}
		break;
	case ST_STREAM:
		find_end(u, c);
		break;
	default:
		break;
	}
	emit(u, c);
}

/* -- a piece ----------------------------------------------------------------- */

static bool
has_byte_work(struct unpack *u, struct cursor *in)
{
	uint8_t c;

	/* a CR by itself before a stream's data is taken as well */
	if (u->state == ST_LF) {
		const uint8_t *next = cur_peek(in, 1);

		if (*next == '\n' && cur_u8(in, &c))
			emit(u, c);
		stream(u);
		return true;
	}
	if (!cur_u8(in, &c))
		return false;
	byte(u, c);
	return true;
}

struct unpack_out
unpack_feed(struct unpack *u, struct slice in, uint8_t *room, size_t size)
{
	struct cursor c = cur_make(in.ptr, in.len);
	struct unpack_out o = { .bytes = { room, 0 } };

	u->out = room;
	u->room = size;
	u->flags = 0;
	while (u->body || cur_left(&c)) {
		/* for what a decoder read in vain */
		if (u->room < LIM_BODY_KEEP + sizeof(u->head)) {
			u->flags |= UNPACK_FULL;
			break;
		}
		/* it may have more, even of no input */
		if (u->state == ST_SWF)
			decode(u, &c, false, UNPACK_BAD_SWF, ST_PLAIN);
		else if (u->state == ST_LZMA)
			decode(u, &c, false, UNPACK_BAD_LZMA, ST_PLAIN);
		else if (u->state == ST_FLATE)
			decode(u, &c, false, UNPACK_BAD_PDF, ST_STREAM);
		if (!cur_left(&c) || u->flags & UNPACK_FULL)
			break;
		if (u->state == ST_PLAIN)
			emit_run(u, &c);
		else if (!u->body && !has_byte_work(u, &c))
			break;
	}
	o.bytes.len = size - u->room;
	o.consumed = in.len - cur_left(&c);
	o.flags = u->flags;
	return o;
}

struct unpack_out
unpack_finish(struct unpack *u, uint8_t *room, size_t size)
{
	struct cursor none = cur_make(NULL, 0);
	struct unpack_out o = { .bytes = { room, 0 } };

	u->out = room;
	u->room = size;
	u->flags = 0;
	if (u->state == ST_START)
		seek(u);
	else if (u->state == ST_SWF)
		decode(u, &none, true, UNPACK_BAD_SWF, ST_PLAIN);
	else if (u->state == ST_LZMA)
		decode(u, &none, true, UNPACK_BAD_LZMA, ST_PLAIN);
	else if (u->state == ST_FLATE)
		decode(u, &none, true, UNPACK_BAD_PDF, ST_STREAM);
	o.bytes.len = size - u->room;
	o.flags = u->flags;
	return o;
}
