/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripts in HTML, as Snort's normalize_javascript has them (README.
 * http_inspect): between <script> and </script>, where the type is none or
 * JavaScript,
 *
 *	blanks in a row become one space;
 *	"a" + "b" becomes "ab";
 *	unescape("..."), decodeURI("..."), decodeURIComponent("...") and
 *	String.fromCharCode(...) become the string they return, also inside
 *	each other. Read within them are %XX, %uXXXX, 0xXX, \xXX and \uXXXX;
 *	a character of more than 8 bits becomes two, the low one first.
 *
 * What is no such call, or takes anything but strings and numbers, stays as
 * it is, and so does everything else. Text comes in any pieces; time is linear
 * in it and state bounded. See body.h for the loop.
 */
#ifndef DECODERS_APP_JS_H
#define DECODERS_APP_JS_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"

enum js_flag {
	JS_FULL = 1 << 0,   /* no more room: call again with the rest */
	JS_LEVELS = 1 << 1, /* calls within calls: 120:9 */
	JS_SPACES = 1 << 2, /* too many blanks in a row: 120:10 */
	JS_MIXED = 1 << 3,  /* one call with several encodings: 120:11 */
};

struct js_out {
	struct slice bytes; /* in the room, or the input itself */
	size_t consumed;
	unsigned flags;     /* enum js_flag; each is said once */
};

struct js {
	uint32_t max_spaces; /* 0: any number */
	uint8_t where;       /* in HTML, a tag, a script */
	uint8_t matched;     /* of "<script" or "</script" */
	uint8_t told;        /* enum js_flag */
	/* the tag */
	uint8_t quote;       /* in an attribute */
	uint8_t tag_len;
	char tag[LIM_JS_TAG];
	/* the script */
	uint8_t state;
	uint8_t last;        /* what came before, for words' begins */
	bool blank;          /* the last one was a blank */
	uint32_t spaces;     /* in a row */
	uint8_t open;        /* quote of the string that may be under way */
	bool backslash;      /* just came */
	/* held: a string's end and a plus; calls that may begin */
	uint8_t pending;     /* the quote */
	bool before, plus, after; /* a blank, the plus, a blank */
	uint8_t held_len;
	uint8_t word;        /* where the word under way begins in it */
	uint8_t opened;      /* calls in it */
	uint8_t held_chars;  /* bit per call in it: String.fromCharCode */
	char held[LIM_JS_HELD];
	/* inside of calls */
	uint8_t nest;        /* how many */
	uint8_t chars;       /* bit per call: String.fromCharCode */
	uint8_t call_quote;  /* around what the outermost returns */
	uint8_t string;      /* quote of the string under way */
	uint8_t encodings;   /* bits: what was read in the outermost call */
	uint8_t digits;      /* of a number or escape */
	uint8_t base;
	uint32_t number;
	struct js_level {
		uint8_t len;
		uint8_t held[6]; /* the beginning of an encoded character */
	} level[LIM_JS_NEST];
	uint8_t *out;        /* during a call */
	size_t room;
	unsigned flags;
};

/* max_spaces: as many blanks in a row are too many; 0: never. */
void js_begin(struct js *j, uint32_t max_spaces);
/* size: at least LIM_JS_ROOM. */
struct js_out js_feed(struct js *j, struct slice in, uint8_t *room,
    size_t size);
/* Would all of it come out as it is, and nothing be held? Then it may be taken
 * so, and not be fed. */
bool js_passes(const struct js *j, struct slice in);
/* The text ended: what was held of it. */
struct js_out js_finish(struct js *j, uint8_t *room, size_t size);

#endif
