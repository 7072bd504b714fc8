/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sensitive data (Snort's preprocessor sensitive_data): rules with sd_pattern,
 * which count in a session instead of matching a packet. All patterns of a
 * rule set are searched together, each byte once: one bit for each place in a
 * pattern that a byte may be compared with, all moved on at a time. The bits
 * and the counts stay with the session, so that a pattern may begin in one
 * packet and end in another.
 */
#ifndef DETECT_SD_H
#define DETECT_SD_H

#include "core/arena.h"
#include "core/base.h"
#include "core/counter.h"
#include "core/limits.h"
#include "core/slice.h"
#include "decoders/track/flow.h"
#include "detect/unit.h"

enum {
	GID_SD_RULES = 138,
	GID_SD = 139,
	SID_SD_COMBINED = 1,
	SD_AREAS = 773,      /* of social security numbers, and area 0 */
	SD_REPORT = 1024,    /* bytes that say what was counted */
};

/* The preprocessor's line. */
struct sd_conf {
	uint32_t threshold; /* of all patterns together: 139:1 */
	bool mask;          /* in what outputs show */
	/* the last group of numbers issued in each area */
	uint8_t groups[SD_AREAS];
};
/* Snort's: numbers issued up to November 2009. */
struct sd_conf sd_conf_default(void);

/* What a pattern's digits are checked for. */
enum sd_kind { SD_PLAIN, SD_CARD, SD_SOCIAL };

/* One byte of a pattern: which it may be, and whether it may be missing. */
struct sd_element {
	uint64_t has[4];
	bool optional;
};

struct sd_pattern {
	uint8_t count; /* of matches, for an event */
	enum sd_kind kind;
	struct text text; /* as written */
	uint16_t n;
	const struct sd_element *elements;
};

/* A pattern by its name or in Snort's syntax: \d \D \w \W \l \L, {n}, ? and
 * \\ \{ \} \?. Sets all but count. NULL, or what is wrong; *any_byte: it has an
 * escape that stands for any byte, as in Snort. */
const char *sd_pattern_parse(struct arena *a, struct text text,
    struct sd_pattern *out, bool *any_byte);

/* Rules with such a pattern, ready to be searched for. */
struct sd_set {
	const struct sd_conf *conf; /* NULL: there are none */
	unsigned n_rules, n_patterns, n_words;
	struct {
		uint32_t rule;
		uint32_t apps; /* bit per app_id that its metadata names */
		uint8_t count;
	} rules[LIM_SD_RULES];
	struct {
		const struct sd_pattern *p;
		uint16_t first; /* bit of its first element */
		uint64_t rules;
	} patterns[LIM_SD_RULES];
	/* by byte, n_words each: the elements that it may be */
	const uint64_t *match;
	uint64_t start[LIM_SD_WORDS], optional[LIM_SD_WORDS];
	uint64_t accept[LIM_SD_WORDS]; /* behind a pattern's last element */
	uint8_t pattern_at[LIM_SD_WORDS * 64];
};

struct ruleset;
/* Builds rs->sd of these rules. More than fit are an EREC_RULE each. */
void sd_build(struct ruleset *rs, const uint32_t *rules, uint32_t n);

#define SD_COUNTERS(X)                                                         \
	X(SESSIONS, "sessions", "sessions searched for sensitive data")        \
	X(BYTES, "bytes", "their bytes that were")                             \
	X(FOUND, "found", "patterns found in them")                            \
	X(REFUTED, "refuted", "numbers that are no card's and no person's")    \
	X(COUNTED, "counted", "patterns counted by rules whose header fits")   \
	X(ALERTED, "alerted", "times a rule's count was reached")              \
	X(COMBINED, "combined", "sessions that reached alert_threshold")       \
	X(NO_ROOM, "no_room", "packets searched by themselves: no memory for"  \
	    " their session's counts")                                         \
	X(MASKED, "masked", "numbers that outputs do not show")
enum {
#define X(NAME, name, help) SD_CTR_##NAME,
	SD_COUNTERS(X)
#undef X
	SD_CTR_MAX
};
extern const struct ctr_group sd_counters;

/* A worker's part. */
struct sd_search {
	uint64_t due;  /* rules that the unit brought to their count */
	bool combined; /* it brought the session to the threshold */
	/* what was counted by then: "message: count", each with a NUL */
	uint8_t report[SD_REPORT];
	size_t report_len;
	struct slice checked; /* of the packet's payload, searched */
	struct flow_sensitive alone; /* a packet without a session's */
	uint64_t ctrs[SD_CTR_MAX];
};

/* Does the rule's header fit the unit: its ports, its addresses, both? */
typedef bool sd_header_fn(void *arg, uint32_t rule, bool ports,
    bool addresses);

/* Searches a unit and counts. set: number of the rule set, never 0; others'
 * counts are forgotten. */
void sd_unit(struct sd_search *s, const struct ruleset *rs, uint32_t set,
    const struct unit *u, sd_header_fn *header, void *arg);
/* Writes X over all but the last four characters of every card's and social
 * security number that a rule looks for. */
void sd_mask(struct sd_search *s, const struct ruleset *rs, uint8_t *bytes,
    size_t n);

#endif
