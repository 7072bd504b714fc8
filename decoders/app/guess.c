/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the parser of a stream by what its sides say first: both are put
 * together until one direction's bytes decide, or none can.
 */
#include <string.h>

#include "decoders/app/app_int.h"

/* The side's bytes exclude the protocol. */
static void
exclude(struct app_guesser *g, enum app_id id, enum flow_side side)
{
	if (side == FLOW_CLIENT && app_ops(id)->answers)
		g->answer |= 1u << id;
	else
		g->out |= 1u << id;
}

/* What the side's bytes so far say; every protocol that they exclude is out. */
static enum app_id
ask(struct app_guesser *g, enum flow_side side)
{
	struct slice bytes = slice_make(g->bytes[side], g->n[side]);
	uint32_t not_asked = g->out;

	if (side == FLOW_CLIENT)
		not_asked |= g->answer;

	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		if (not_asked >> id & 1)
			continue;
		switch (app_ops(id)->guess(side, bytes, false)) {
		case APP_YES:
			return id;
		case APP_NO:
			exclude(g, id, side);
			break;
		case APP_MAYBE:
			if (g->n[side] == APP_GUESS_BYTES)
				exclude(g, id, side);
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

/* Only an answer can tell. */
static bool
is_up_to_server(const struct app_guesser *g)
{
	const uint32_t all = (uint32_t)((UINT64_C(1) << APP_COUNT) - 1);

	return ((g->out | g->answer) & all) == all;
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
	bool answered;

	if (bytes.ptr) {
		memcpy(g->bytes[side] + g->n[side], bytes.ptr, n);
		g->n[side] += (uint8_t)n;
		id = ask(g, side);
	}
	if (id == APP_NONE && bytes.ptr && !is_hopeless(g)) {
		/* the client's bytes need not wait for it */
		if (side == FLOW_CLIENT && is_up_to_server(g))
			stream_set_pdu(a->streams, f, side, NULL, NULL);
		return 0;
	}
	answered = g->answer >> id & 1;
	/* the bytes are shown again to whoever comes next */
	app_leave(a, f);
	if (id == APP_NONE) {
		a->ctrs[APP_CTR_UNKNOWN]++;
		app_unhook(a, f);
		return 0;
	}
	if (app_attach(a, f, id, 0)) {
		a->ctrs[APP_CTR_BY_CONTENT]++;
		f->app->answered = answered;
	}
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
		.out = 1u << APP_NONE };
	/* it refused the client's bytes, as a rule; the server's are asked for
	 * again */
	if (not_it != APP_NONE)
		exclude(g, not_it, FLOW_CLIENT);
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
