/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the parser of a stream by what its sides say first: both are put
 * together until one direction's bytes decide, or none can.
 */
#include <string.h>

#include "decoders/app/app_int.h"

/* What the side's bytes so far say; every protocol that they exclude is out. */
static enum app_id
ask(struct app_guesser *g, enum flow_side side)
{
	struct slice bytes = slice_make(g->bytes[side], g->n[side]);

	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		if (g->out >> id & 1)
			continue;
		switch (app_ops(id)->guess(side, bytes, false)) {
		case APP_YES:
			return id;
		case APP_NO:
			g->out |= 1u << id;
			break;
		case APP_MAYBE:
			if (g->n[side] == APP_GUESS_BYTES)
				g->out |= 1u << id;
			break;
		}
	}
	return APP_NONE;
}

static bool
is_hopeless(const struct app_guesser *g)
{
	const uint32_t all = (uint32_t)((UINT64_C(1) << APP_COUNT) - 1);

	return (g->out & all) == all;
}

static size_t
guess_hook(void *state, struct slice bytes)
{
	struct app_side *sd = state;
	struct app_guesser *g = (struct app_guesser *)(void *)sd->session;
	struct app *a = g->head.app;
	struct flow *f = g->head.flow;
	enum flow_side side = (enum flow_side)sd->side;
	size_t room = sizeof(g->bytes[side]) - g->n[side];
	size_t n = bytes.len < room ? bytes.len : room;
	enum app_id id = APP_NONE;

	if (bytes.ptr) {
		memcpy(g->bytes[side] + g->n[side], bytes.ptr, n);
		g->n[side] += (uint8_t)n;
		id = ask(g, side);
	}
	if (id == APP_NONE && bytes.ptr && !is_hopeless(g))
		return 0;
	/* the bytes are shown again to whoever comes next */
	app_leave(a, f);
	if (id == APP_NONE) {
		a->ctrs[APP_CTR_UNKNOWN]++;
		app_unhook(a, f);
		return 0;
	}
	a->ctrs[APP_CTR_BY_CONTENT] += app_attach(a, f, id, 0);
	return 0;
}

void
app_guess_begin(struct app *a, struct flow *f, enum app_id not_it)
{
	uint16_t port = f->key.port[f->client_is_low ? 1 : 0];
	struct app_guesser *g = slab_take(&a->guesses);

	f->app_done = true;
	if (!g) {
		a->ctrs[APP_CTR_NO_MEMORY]++;
		app_unhook(a, f);
		return;
	}
	*g = (struct app_guesser){ .head = { .app = a, .flow = f },
		.out = 1u << APP_NONE | 1u << not_it };
	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++)
		if (!app_ops(id)->tcp || !app_guessed(a, id, port))
			g->out |= 1u << id;
	f->app = &g->head;
	if (is_hopeless(g)) {
		app_leave(a, f);
		app_unhook(a, f);
		return;
	}
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		g->head.side[i] = (struct app_side){ .session = &g->head,
			.side = (uint8_t)i };
		stream_set_guess(a->streams, f, (enum flow_side)i, guess_hook,
		    &g->head.side[i]);
	}
}
