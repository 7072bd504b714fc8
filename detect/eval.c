/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/eval.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "core/xalloc.h"
#include "detect/option.h"

enum { JIT_STACK_MIN = 32 * 1024, JIT_STACK_MAX = 512 * 1024 };

static const struct ctr_def counters[] = { EVAL_COUNTERS(COUNTER_DEF) };
const struct ctr_group eval_counters = { "eval", counters, EVAL_CTR_MAX };

bool
eval_init(struct eval *e)
{
	pcre2_match_context *mc;

	*e = (struct eval){ 0 };
	/* one pair: options need a match's start and end only */
	e->pcre_data = pcre2_match_data_create(1, NULL);
	e->pcre_context = mc = pcre2_match_context_create(NULL);
	e->pcre_stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX,
	    NULL);
	e->base64_room = mem_calloc(1, LIM_BASE64);
	e->ctrs = mem_calloc(EVAL_CTR_MAX, sizeof(*e->ctrs));
	if (!e->pcre_data || !mc || !e->base64_room || !e->ctrs) {
		eval_fini(e);
		return false;
	}
	/* without a stack (no JIT on this machine) pcre2 interprets */
	if (e->pcre_stack)
		pcre2_jit_stack_assign(mc, NULL, e->pcre_stack);
	return true;
}

void
eval_fini(struct eval *e)
{
	pcre2_match_data_free(e->pcre_data);
	pcre2_match_context_free(e->pcre_context);
	pcre2_jit_stack_free(e->pcre_stack);
	free(e->base64_room);
	free(e->ctrs);
	*e = (struct eval){ 0 };
}

void
eval_unit(struct eval *e, const struct unit *u)
{
	e->unit = u;
	e->flow_wrong = flow_wrong(u);
	e->unit_steps = 0;
	e->hit.buf = NULL;
	e->file_type = -1;
}

bool
eval_bytes(const struct eval *e, enum buf_id id, struct slice *s)
{
	const struct unit *u = e->unit;

	if (id == BUF_BASE64) {
		*s = e->base64;
		return e->base64.len > 0;
	}
	if (id == BUF_GTP_IE) {
		*s = e->gtp_ie;
		return e->gtp_ie.ptr != NULL;
	}
	if (id == BUF_PAYLOAD || (id == BUF_FILE_DATA && !unit_has(u, id))) {
		*s = u->bufs[BUF_PAYLOAD];
		return true;
	}
	*s = u->bufs[id];
	return unit_has(u, id);
}

enum buf_id
eval_buf(const struct eval *e, bool raw)
{
	if (raw)
		return BUF_PAYLOAD;
	if (e->s.sticky != BUF_PAYLOAD)
		return e->s.sticky;
	return unit_has(e->unit, BUF_DECODED) ? BUF_DECODED : BUF_PAYLOAD;
}

/* A request's body is not copied out of the message: what is relative to a
 * match in it goes on in the payload, as in Snort. */
static bool
body_lies_in(const struct eval *e, struct slice own, struct slice s,
    uint32_t *at)
{
	uintptr_t begin = (uintptr_t)s.ptr, body = (uintptr_t)own.ptr;

	if (e->s.buf != BUF_HTTP_CLIENT_BODY || body < begin ||
	    body - begin > s.len)
		return false;
	*at = (uint32_t)(body - begin);
	return true;
}

bool
eval_cursor(const struct eval *e, enum buf_id id, struct slice s,
    uint32_t *pos)
{
	uint32_t at = 0;
	struct slice own;

	if (!e->s.set) {
		*pos = 0;
		return true;
	}
	/* the same bytes may be there under two names */
	if (e->s.buf != id &&
	    (!eval_bytes(e, e->s.buf, &own) || (own.ptr != s.ptr &&
	    !body_lies_in(e, own, s, &at))))
		return false;
	*pos = at + e->s.pos;
	return *pos <= s.len;
}

/* A test that matched and may match again further on, with the state from
 * before it and what it left to go on from. */
struct retry {
	unsigned test;
	uint32_t resume;
	struct eval_state before;
};

static bool
run(struct eval *e, const struct opt_test *t, uint32_t *resume)
{
	e->steps++;
	if (t->ops->match_next)
		return t->ops->match_next(e, t->data, resume);
	*resume = UINT32_MAX;
	return t->ops->match(e, t->data);
}

/*
 * Left to right. A test is tried again further on only when the one after it
 * is relative to the cursor it left, and something behind failed. Snort
 * evaluates a test that is not relative once per packet and remembers the
 * result with all that follows from it: so such a test ends what came before
 * it, and there is no way back over it.
 */
static bool
test_all(struct eval *e, const struct crule *r)
{
	struct retry stack[LIM_RULE_OPTIONS];
	unsigned top = 0, i = 0;

	while (i < r->n_tests) {
		const struct opt_test *t = &r->tests[i];
		struct retry *now;

		if (!t->relative)
			top = 0;
		now = &stack[top];
		now->test = i;
		now->resume = 0;
		if (t->retry)
			now->before = e->s;
		if (run(e, t, &now->resume)) {
			if (t->retry && now->resume != UINT32_MAX)
				top++;
			i++;
			continue;
		}
		for (;;) {
			struct retry *back;

			if (top == 0)
				return false;
			if (e->steps > e->allowed) {
				e->ctrs[EVAL_CTR_STEP_LIMIT]++;
				return false;
			}
			back = &stack[top - 1];
			e->s = back->before;
			i = back->test;
			if (run(e, &r->tests[i], &back->resume)) {
				if (r->tests[i + 1].once)
					return false;
				if (back->resume == UINT32_MAX)
					top--;
				i++;
				break;
			}
			top--;
		}
	}
	return true;
}

/* What a rule may take, when those before it have taken their part. */
static uint32_t
allowance(const struct eval *e)
{
	uint32_t left = e->unit_steps < LIM_UNIT_STEPS ?
	    LIM_UNIT_STEPS - e->unit_steps : 0;

	if (left < LIM_LEAST_STEPS)
		return LIM_LEAST_STEPS;
	return left < LIM_EVAL_STEPS ? left : LIM_EVAL_STEPS;
}

bool
rule_match(struct eval *e, const struct crule *r)
{
	bool is;

	e->s = (struct eval_state){ .sticky = BUF_PAYLOAD };
	e->base64 = slice_make(NULL, 0);
	e->hit.len = r->fast.len;
	if (r->fast.once && e->hit.buf)
		e->hit.known = e->hit.ends[0];
	e->steps = e->pcre_calls = 0;
	e->n_replaces = 0;
	e->allowed = allowance(e);
	is = test_all(e, r);
	e->unit_steps += e->steps;
	return is;
}

void
rule_act(const struct eval *e, const struct crule *r)
{
	for (unsigned i = 0; i < r->n_parts; i++)
		if (r->tests[i].ops->act)
			r->tests[i].ops->act(e, r->tests[i].data);
}
