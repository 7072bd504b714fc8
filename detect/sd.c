/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/sd.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "decoders/app/app.h"
#include "detect/ruleset.h"

static const struct ctr_def counter_defs[] = { SD_COUNTERS(COUNTER_DEF) };
const struct ctr_group sd_counters = { "sensitive", counter_defs,
	SD_CTR_MAX };

/* Where a session's bytes come from; another source begins anew. */
enum { FROM_PAYLOAD = 1, FROM_FILE };

static_assert(LIM_SD_RULES <= 64, "a bit for each rule");
static_assert(LIM_SD_RULES < UINT8_MAX, "pattern_at");

/* -- the set ------------------------------------------------------------- */

/* Parsers that rules know by Snort's names of services. */
static uint32_t
apps_of(const struct rule *r)
{
	static const struct {
		const char *service;
		enum app_id app;
	} others[] = {
		{ "dcerpc", APP_DCE_UDP }, { "netbios-ssn", APP_SMB },
		{ "ssl", APP_TLS },
	};
	uint32_t apps = 0;

	for (unsigned i = 0; i < r->n_metas; i++) {
		struct text name = r->metas[i].value;

		if (!text_is_nocase(r->metas[i].key, "service"))
			continue;
		for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++)
			if (text_is_nocase(name, app_ops(id)->name))
				apps |= UINT32_C(1) << id;
		for (size_t j = 0; j < ARRAY_LEN(others); j++)
			if (text_is_nocase(name, others[j].service))
				apps |= UINT32_C(1) << others[j].app;
	}
	return apps;
}

/* The pattern's number in the set, UINT_MAX: there is no room for it. */
static unsigned
add_pattern(struct sd_set *s, const struct sd_pattern *p, unsigned *bits)
{
	for (unsigned i = 0; i < s->n_patterns; i++)
		if (text_eq(s->patterns[i].p->text, p->text))
			return i;
	/* and a bit behind the last element */
	if (*bits + p->n + 1u > LIM_SD_WORDS * 64)
		return UINT_MAX;
	s->patterns[s->n_patterns].p = p;
	s->patterns[s->n_patterns].first = (uint16_t)*bits;
	*bits += p->n + 1u;
	return s->n_patterns++;
}

static void
set_bit(uint64_t *words, unsigned bit)
{
	words[bit / 64] |= UINT64_C(1) << bit % 64;
}

static bool
element_has(const struct sd_element *e, uint8_t c)
{
	return e->has[c / 64] >> c % 64 & 1;
}

/* The tables that searching reads. */
static void
fill(struct sd_set *s, struct arena *a, unsigned bits)
{
	uint64_t *match;

	s->n_words = (bits + 63) / 64;
	match = arena_xalloc(a, 256 * s->n_words * sizeof(*match));
	for (unsigned i = 0; i < s->n_patterns; i++) {
		const struct sd_pattern *p = s->patterns[i].p;
		unsigned first = s->patterns[i].first;

		set_bit(s->start, first);
		set_bit(s->accept, first + p->n);
		s->pattern_at[first + p->n] = (uint8_t)i;
		for (unsigned j = 0; j < p->n; j++) {
			if (p->elements[j].optional)
				set_bit(s->optional, first + j);
			for (unsigned c = 0; c < 256; c++)
				if (element_has(&p->elements[j], (uint8_t)c))
					set_bit(match + c * s->n_words,
					    first + j);
		}
	}
	s->match = match;
}

void
sd_build(struct ruleset *rs, const uint32_t *rules, uint32_t n)
{
	struct sd_set *s = &rs->sd;
	unsigned bits = 0;

	s->conf = rs->conf.sd;
	if (!s->conf || !n)
		return;
	/* they are numbered from the highest sid down */
	for (uint32_t i = n; i-- > 0;) {
		const struct crule *r = &rs->rules[rules[i]];
		unsigned at = s->n_rules < LIM_SD_RULES ?
		    add_pattern(s, r->sd, &bits) : UINT_MAX;

		if (at == UINT_MAX) {
			erec_add(&rs->tree->errors, EREC_RULE, r->rule->loc,
			    "no room: rules with sd_pattern may be %d, their "
			    "patterns %d bytes long in all", LIM_SD_RULES,
			    LIM_SD_WORDS * 64);
			rs->stats.refused++;
			continue;
		}
		s->rules[s->n_rules].rule = rules[i];
		s->rules[s->n_rules].apps = apps_of(r->rule);
		s->rules[s->n_rules].count = r->sd->count;
		s->patterns[at].rules |= UINT64_C(1) << s->n_rules++;
	}
	fill(s, &rs->arena, bits);
}

/* -- numbers ----------------------------------------------------------------- */

/* Issued by one of the four that Snort knows, and the last digit right
 * (ISO/IEC 7812, Luhn). */
static bool
is_card(const uint8_t *digits, unsigned n)
{
	unsigned sum = 0;

	if (n < 13 || n > 16)
		return false;
	if (digits[0] != 4 && (digits[0] != 5 || digits[1] < 1 ||
	    digits[1] > 5) && (digits[0] != 3 || (digits[1] != 4 &&
	    digits[1] != 7)) && (digits[0] != 6 || digits[1] != 0 ||
	    digits[2] != 1 || digits[3] != 1))
		return false;
	for (unsigned i = 0; i < n; i++) {
		unsigned v = digits[n - 1 - i] * (1 + i % 2);

		sum += v > 9 ? v - 9 : v;
	}
	return sum % 10 == 0;
}

/* The turn in which an area's group is issued: odd ones below 10, even ones
 * from 10, even ones below 10, odd ones from 11. */
static unsigned
group_turn(unsigned group)
{
	unsigned part = group % 2 ? (group < 10 ? 0 : 3) :
	    group >= 10 ? 1 : 2;

	return part * 100 + group;
}

static bool
is_social(const struct sd_conf *c, const uint8_t *d, unsigned n)
{
	unsigned area, group;

	if (n != 9)
		return false;
	area = d[0] * 100u + d[1] * 10u + d[2];
	group = d[3] * 10u + d[4];
	return area && area < SD_AREAS && area != 666 && group &&
	    (d[5] || d[6] || d[7] || d[8]) && c->groups[area] &&
	    group_turn(group) <= group_turn(c->groups[area]);
}

/* Bytes that such a pattern takes if it begins at t; SIZE_MAX: it does not
 * match there. An element that may be missing is, where it does not fit. */
static size_t
walk(const struct sd_pattern *p, const uint8_t *t, size_t n)
{
	size_t at = 0;

	for (unsigned i = 0; i < p->n; i++) {
		if (at < n && element_has(&p->elements[i], t[at]))
			at++;
		else if (!p->elements[i].optional)
			return SIZE_MAX;
	}
	return at;
}

/*
 * Is there a number that the pattern's kind takes for real at the end of these
 * bytes? Returns its length with the bytes around it, 0: there is none.
 */
static size_t
check(const struct sd_set *s, const struct sd_pattern *p, const uint8_t *t,
    size_t n)
{
	for (size_t len = p->n < n ? p->n : n; len; len--) {
		const uint8_t *from = t + n - len;
		uint8_t digits[LIM_SD_TAIL];
		unsigned k = 0;

		if (walk(p, from, len) != len)
			continue;
		for (size_t i = 0; i < len && k < sizeof(digits); i++)
			if (from[i] >= '0' && from[i] <= '9')
				digits[k++] = (uint8_t)(from[i] - '0');
		if (p->kind == SD_CARD ? is_card(digits, k) :
		    is_social(s->conf, digits, k))
			return len;
	}
	return 0;
}

/* -- searching --------------------------------------------------------------- */

/* What is found: the pattern, and for numbers the bytes with what stands
 * around them; their last is at offset end - 1. */
typedef void sd_found_fn(void *arg, unsigned pattern, size_t end, size_t len);

struct hunt {
	const struct sd_set *set;
	uint64_t *at;   /* elements that the next byte is compared with */
	uint8_t *tail;  /* the last bytes before */
	uint8_t *n_tail;
	struct slice bytes;
	sd_found_fn *found;
	void *arg;
	uint64_t refuted;
};

/* The bytes that end at `end` of what is searched, at most LIM_SD_TAIL; past
 * the last stands a NUL. */
static size_t
window(const struct hunt *h, size_t end, uint8_t out[LIM_SD_TAIL])
{
	bool beyond = end > h->bytes.len;
	size_t own = beyond ? h->bytes.len : end, n = beyond, old;

	if (own > LIM_SD_TAIL - n)
		own = LIM_SD_TAIL - n;
	old = LIM_SD_TAIL - n - own < *h->n_tail ? LIM_SD_TAIL - n - own :
	    *h->n_tail;
	memcpy(out, h->tail + *h->n_tail - old, old);
	if (own)
		memcpy(out + old, h->bytes.ptr + (end - n - own), own);
	if (beyond)
		out[old + own] = 0;
	return old + own + n;
}

/* A pattern ends before offset `end`. true: it counts. */
static bool
found(struct hunt *h, unsigned pattern, size_t end)
{
	const struct sd_pattern *p = h->set->patterns[pattern].p;
	uint8_t text[LIM_SD_TAIL];
	size_t len = 0;

	if (p->kind != SD_PLAIN) {
		size_t n = window(h, end, text);

		len = check(h->set, p, text, n);
		if (!len) {
			h->refuted++;
			return false;
		}
	}
	h->found(h->arg, pattern, end, len);
	return true;
}

/* Forgets where the pattern was; its next match may begin with the byte c,
 * the last one of this (-1: with none). */
static void
restart(struct hunt *h, unsigned pattern, int c)
{
	const struct sd_pattern *p = h->set->patterns[pattern].p;
	unsigned first = h->set->patterns[pattern].first;

	for (unsigned i = 0; i <= p->n; i++)
		h->at[(first + i) / 64] &= ~(UINT64_C(1) << (first + i) % 64);
	for (unsigned i = 0; c >= 0 && i < p->n; i++) {
		if (element_has(&p->elements[i], (uint8_t)c)) {
			set_bit(h->at, first + i + 1);
			return;
		}
		if (!p->elements[i].optional)
			return;
	}
}

static void
take_hits(struct hunt *h, unsigned word, uint64_t hits, size_t end, int c)
{
	for (; hits; hits &= hits - 1) {
		unsigned pattern = h->set->pattern_at[word * 64 +
		    (unsigned)__builtin_ctzll(hits)];

		if (found(h, pattern, end))
			restart(h, pattern, c);
	}
}

/*
 * Moves every pattern on by a byte. An element that may be missing and does
 * not fit is passed: adding a bit to a run of such elements carries it to
 * what stands behind them. Sets the bits of patterns that end before the byte
 * and with it.
 */
static inline bool
step(const struct sd_set *s, const uint64_t *match, const uint64_t *at,
    uint64_t *next, uint64_t *before, uint64_t *with)
{
	uint64_t carry = 0, shift = 0, any = 0;

	for (unsigned w = 0; w < s->n_words; w++) {
		uint64_t active = at[w] | s->start[w];
		uint64_t passed = s->optional[w] & ~match[w];
		uint64_t from = active & passed, sum = passed + from;
		uint64_t over = sum < passed, to;

		sum += carry;
		over |= sum < carry;
		carry = over;
		to = sum & ~passed;
		before[w] = to & s->accept[w];
		to = ((active & ~passed) | to) & match[w];
		next[w] = to << 1 | shift;
		shift = to >> 63;
		with[w] = next[w] & s->accept[w];
		any |= before[w] | with[w];
	}
	return any != 0;
}

static void
keep_tail(struct hunt *h)
{
	size_t n = h->bytes.len < LIM_SD_TAIL ? h->bytes.len : LIM_SD_TAIL;
	size_t old = LIM_SD_TAIL - n < *h->n_tail ? LIM_SD_TAIL - n :
	    *h->n_tail;

	memmove(h->tail, h->tail + *h->n_tail - old, old);
	memcpy(h->tail + old, h->bytes.ptr + h->bytes.len - n, n);
	*h->n_tail = (uint8_t)(old + n);
}

/* Searches bytes that go on where others ended. What only waits for a byte
 * that is no digit, or the like, ends with them. */
static void
hunt(struct hunt *h)
{
	const struct sd_set *s = h->set;
	uint64_t before[LIM_SD_WORDS], with[LIM_SD_WORDS], next[LIM_SD_WORDS];
	size_t size = s->n_words * sizeof(next[0]);

	for (size_t i = 0; i < h->bytes.len; i++) {
		uint8_t c = h->bytes.ptr[i];
		bool hit = step(s, s->match + c * s->n_words, h->at, next,
		    before, with);

		memcpy(h->at, next, size);
		if (LIKELY(!hit))
			continue;
		for (unsigned w = 0; w < s->n_words; w++) {
			take_hits(h, w, before[w], i, -1);
			take_hits(h, w, with[w], i + 1, c);
		}
	}
	if (step(s, s->match, h->at, next, before, with))
		for (unsigned w = 0; w < s->n_words; w++)
			take_hits(h, w, with[w], h->bytes.len + 1, -1);
	if (h->bytes.len)
		keep_tail(h);
}

/* -- counting ------------------------------------------------------------------ */

struct count {
	struct sd_search *s;
	const struct ruleset *rs;
	const struct unit *u;
	struct flow_sensitive *f;
	unsigned side;
	sd_header_fn *header;
	void *arg;
};

static bool
fits(const struct count *c, unsigned i, bool ports_alone)
{
	const struct sd_set *s = &c->rs->sd;
	enum rule_proto proto = c->rs->rules[s->rules[i].rule].rule->proto;
	enum app_id app = c->u->flow.flow ? app_of(c->u->flow.flow) :
	    APP_NONE;
	bool service = app != APP_NONE && s->rules[i].apps >> app & 1;

	if (proto == PROTO_ICMP || (proto == PROTO_TCP &&
	    c->u->pkt->dec.l4 != PKT_L4_TCP) || (proto == PROTO_UDP &&
	    c->u->pkt->dec.l4 != PKT_L4_UDP))
		return false;
	if (service && ports_alone)
		return true;
	return c->header(c->arg, s->rules[i].rule, !service, !ports_alone);
}

/* Of the rule, in this direction of the session: asked once. */
static bool
header_fits(const struct count *c, unsigned i)
{
	uint64_t bit = UINT64_C(1) << i;

	if (!(c->f->side[c->side].known & bit)) {
		c->f->side[c->side].known |= bit;
		if (fits(c, i, false))
			c->f->side[c->side].yes |= bit;
	}
	return c->f->side[c->side].yes & bit;
}

static void
write_report(const struct count *c)
{
	struct sd_search *s = c->s;
	const struct sd_set *set = &c->rs->sd;

	s->report_len = 0;
	for (unsigned i = 0; i < set->n_rules; i++) {
		struct text msg = c->rs->rules[set->rules[i].rule].rule->msg;
		size_t room = sizeof(s->report) - s->report_len;
		char text[SD_REPORT];
		int n;

		if (!c->f->counts[i])
			continue;
		n = snprintf(text, sizeof(text), "%.*s: %3u", TEXT_ARG(msg),
		    c->f->counts[i]);
		if (n < 0 || (size_t)n >= sizeof(text) || (size_t)n >= room)
			return;
		memcpy(s->report + s->report_len, text, (size_t)n + 1);
		s->report_len += (size_t)n + 1;
	}
}

static void
count(void *arg, unsigned pattern, size_t end, size_t len)
{
	struct count *c = arg;
	const struct sd_set *set = &c->rs->sd;

	(void)end;
	(void)len;
	c->s->ctrs[SD_CTR_FOUND]++;
	for (uint64_t left = set->patterns[pattern].rules; left;
	    left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);

		if (!header_fits(c, i))
			continue;
		c->s->ctrs[SD_CTR_COUNTED]++;
		if (c->f->counts[i] == UINT8_MAX)
			continue;
		if (++c->f->counts[i] == set->rules[i].count) {
			c->s->due |= UINT64_C(1) << i;
			c->s->ctrs[SD_CTR_ALERTED]++;
		}
	}
	if (c->f->total == UINT32_MAX ||
	    ++c->f->total != set->conf->threshold)
		return;
	c->s->combined = true;
	c->s->ctrs[SD_CTR_COMBINED]++;
	write_report(c);
}

static void
search(struct count *c, struct slice bytes, uint64_t *at, uint8_t *tail,
    uint8_t *n_tail)
{
	struct hunt h = { &c->rs->sd, at, tail, n_tail, bytes, count, c, 0 };

	hunt(&h);
	c->s->ctrs[SD_CTR_REFUTED] += h.refuted;
	c->s->ctrs[SD_CTR_BYTES] += bytes.len;
}

/* Places of a beginning: as behind a byte that is no letter and no digit. */
static void
begin(const struct sd_set *s, uint64_t *at, uint8_t *tail, uint8_t *n_tail)
{
	const uint64_t none[LIM_SD_WORDS] = { 0 };
	uint64_t before[LIM_SD_WORDS], with[LIM_SD_WORDS];

	(void)step(s, s->match, none, at, before, with);
	tail[0] = 0;
	*n_tail = 1;
}

/* Bytes of the session: a pattern may have begun before. */
static void
search_on(struct count *c, struct slice bytes, uint8_t source)
{
	const struct packet *p = c->u->pkt;
	uint32_t end = p->dec.tcp_seq + (uint32_t)pkt_payload(p).len;
	bool whole = c->u->bufs[BUF_PAYLOAD].len > 0;

	/* its last packet may have led to more than one unit */
	if (c->f->side[c->side].source != source || p->dec.l4 != PKT_L4_TCP ||
	    (whole && c->f->side[c->side].next_seq != p->dec.tcp_seq &&
	    c->f->side[c->side].next_seq != end))
		begin(&c->rs->sd, c->f->side[c->side].at,
		    c->f->side[c->side].tail, &c->f->side[c->side].n_tail);
	c->f->side[c->side].source = source;
	c->f->side[c->side].next_seq = end;
	search(c, bytes, c->f->side[c->side].at, c->f->side[c->side].tail,
	    &c->f->side[c->side].n_tail);
}

/* Bytes that were part of what was searched, as another buffer has them. */
static void
search_apart(struct count *c, struct slice bytes)
{
	uint64_t at[LIM_SD_WORDS];
	uint8_t tail[LIM_SD_TAIL], n_tail;

	begin(&c->rs->sd, at, tail, &n_tail);
	search(c, bytes, at, tail, &n_tail);
}

static bool
within(struct slice part, struct slice whole)
{
	return part.ptr && whole.ptr && part.ptr >= whole.ptr &&
	    part.ptr + part.len <= whole.ptr + whole.len;
}

/* Does the URI stand so in the payload that was searched? */
static bool
is_as_sent(const struct sd_search *s, const struct unit *u)
{
	struct slice uri = u->bufs[BUF_HTTP_URI];
	struct slice sent = u->bufs[BUF_HTTP_RAW_URI];

	return unit_has(u, BUF_HTTP_RAW_URI) && within(sent, s->checked) &&
	    uri.len == sent.len && (!uri.len ||
	    memcmp(uri.ptr, sent.ptr, uri.len) == 0);
}

/* Snort's order: the file or the payload, then what HTTP decoded, unless it
 * stands so in the payload. */
static void
search_unit(struct count *c)
{
	const struct unit *u = c->u;
	struct sd_search *s = c->s;

	if (u->bufs[BUF_PAYLOAD].len)
		s->checked = slice_make(NULL, 0);
	if (unit_has(u, BUF_FILE_DATA) && u->bufs[BUF_FILE_DATA].len) {
		search_on(c, u->bufs[BUF_FILE_DATA], FROM_FILE);
	} else if (u->bufs[BUF_PAYLOAD].len) {
		search_on(c, u->bufs[BUF_PAYLOAD], FROM_PAYLOAD);
		s->checked = u->bufs[BUF_PAYLOAD];
	}
	if (unit_has(u, BUF_HTTP_URI) && !is_as_sent(s, u))
		search_apart(c, u->bufs[BUF_HTTP_URI]);
	if (unit_has(u, BUF_HTTP_CLIENT_BODY) &&
	    !within(u->bufs[BUF_HTTP_CLIENT_BODY], s->checked))
		search_apart(c, u->bufs[BUF_HTTP_CLIENT_BODY]);
}

/* Sessions that a rule's ports or service name, from their first unit on. */
static bool
is_wanted(const struct count *c)
{
	for (unsigned i = 0; i < c->rs->sd.n_rules; i++)
		if (fits(c, i, true))
			return true;
	return false;
}

void
sd_unit(struct sd_search *s, const struct ruleset *rs, uint32_t set,
    const struct unit *u, sd_header_fn *header, void *arg)
{
	struct count c = { .s = s, .rs = rs, .u = u, .header = header,
		.arg = arg, .side = u->flow.has_direction &&
		    !u->flow.to_server ? FLOW_SERVER : FLOW_CLIENT };
	struct flow *f = u->flow.flow;
	bool first;

	s->due = 0;
	s->combined = false;
	/* a stream as it was put together, and datagrams */
	if (u->kind == UNIT_STREAM ? u->pkt->dec.l4 != PKT_L4_TCP :
	    u->pkt->dec.l4 != PKT_L4_UDP || u->pkt->dec.flags & PKT_FRAGMENT)
		return;
	first = !f || !f->sensitive || f->sensitive->set != set;
	if (first && !is_wanted(&c))
		return;
	c.f = f ? flow_sensitive(u->flow.table, f) : NULL;
	if (!c.f) {
		s->ctrs[SD_CTR_NO_ROOM] += f != NULL;
		c.f = &s->alone;
	} else {
		s->ctrs[SD_CTR_SESSIONS] += first;
	}
	if (first)
		*c.f = (struct flow_sensitive){ .set = set };
	search_unit(&c);
}

/* -- masking ------------------------------------------------------------------- */

struct mask {
	uint8_t *bytes;
	struct sd_search *s;
};

static void
mask(void *arg, unsigned pattern, size_t end, size_t len)
{
	enum { SHOWN = 4 };
	struct mask *m = arg;

	(void)pattern;
	if (len < SHOWN + 2)
		return;
	m->s->ctrs[SD_CTR_MASKED]++;
	/* between a byte on either side, the first of which may not be */
	for (size_t at = end - len + 1; at < end - 1 - SHOWN; at++)
		m->bytes[at] = 'X';
}

void
sd_mask(struct sd_search *s, const struct ruleset *rs, uint8_t *bytes,
    size_t n)
{
	const struct sd_set *set = &rs->sd;
	uint64_t at[LIM_SD_WORDS];
	uint8_t tail[LIM_SD_TAIL], n_tail;
	struct mask m = { bytes, s };
	struct hunt h = { set, at, tail, &n_tail, slice_make(bytes, n), mask,
		&m, 0 };

	if (!set->n_rules || !n)
		return;
	begin(set, at, tail, &n_tail);
	hunt(&h);
}
