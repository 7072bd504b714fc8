/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * content, uricontent and protected_content, and what their modifiers change.
 * Mutable while the rule is parsed, constant after content_finish().
 */
#ifndef DETECT_OPTIONS_CONTENT_H
#define DETECT_OPTIONS_CONTENT_H

#include "core/digest.h"
#include "detect/option.h"
#include "detect/options/arg.h"
#include "detect/options/search.h"

struct content {
	struct content *next; /* of the rule */
	const struct rule_opt *opt; /* where it stands */
	unsigned test; /* its index in the rule's tests */
	const uint8_t *bytes; /* as written; a protected one's digest */
	uint32_t len;         /* of what is looked for; protected: `length` */
	bool negated, nocase, rawbytes;
	bool is_http;
	enum buf_id http;   /* when is_http */
	enum buf_id sticky; /* the buffer that file_data and friends chose */

	/*
	 * The window. Snort's check sees only values that are not 0, so that
	 * `distance:0; offset:5' loads: the content is relative, offset adds
	 * to distance and depth serves as within.
	 */
	struct operand offset, depth, distance, within;
	bool has_offset, has_depth, has_distance, has_within;

	enum { FAST_NONE, FAST_WHOLE, FAST_ONLY, FAST_PART } fast;
	uint32_t fast_off, fast_len; /* FAST_PART */
	bool is_fast; /* the prefilter looks for it, from byte fast_off on */

	bool is_protected;
	enum digest_kind digest; /* DIGEST_NONE until it is known */

	bool has_replace;
	struct slice replace;

	/* from here on: content_finish's */
	struct search search;
	uint32_t overlap; /* a retry starts this far behind the last match */
};

/* Is its window counted from the cursor? */
static inline bool
content_is_relative(const struct content *c)
{
	return c->has_distance || c->has_within;
}

/* Checks what only the whole rule shows and prepares the search; true unless
 * an error was added. */
NODISCARD bool content_finish(struct opt_build *b, struct content *c);

/* The ops under which contents stand in a rule's tests: a fast_pattern:only
 * content is not tested, the prefilter did it. */
extern const struct opt_ops content_test, content_only;

bool content_match(struct eval *e, const void *data, uint32_t *resume);
void content_print(struct buf *out, const void *data);

/* Parses "bytes|0d 0a|\"" between quotes, for content and replace. */
NODISCARD bool content_text(struct opt_build *b, const struct rule_opt *o,
    struct text quoted, struct slice *bytes);
void content_text_print(struct buf *out, struct slice bytes);
/* Cuts the quoted text off *t; false after adding an error. */
NODISCARD bool content_quoted(struct opt_build *b, const struct rule_opt *o,
    struct text *t, struct text *quoted);

#endif
