/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/track/track.h"

#include <stdlib.h>
#include <string.h>

#include "core/xalloc.h"

struct track {
	const struct track_conf *conf;
	struct flow_table *flows;
	struct streams *streams;
	struct defrag *defrag;
	struct app *app;
	struct flow *ending; /* its last units are being taken, or NULL */
	bool ended; /* they were, and it was told: to be freed */
};

struct track_conf
track_conf_default(void)
{
	return (struct track_conf){
		.defrag = defrag_conf_default(),
		.flow = {
			.max = { [FLOW_TCP] = 262144, [FLOW_UDP] = 131072,
				[FLOW_ICMP] = 65536, [FLOW_IP] = 16384 },
			.timeout_s = { [FLOW_TCP] = 30, [FLOW_UDP] = 30,
				[FLOW_ICMP] = 30, [FLOW_IP] = 30 },
		},
		.stream = { .memcap = 8 << 20, .paf_max = 16384 },
		.app = app_conf_default(),
		.policy = policy_conf_default(),
	};
}

struct track *
track_new(const struct track_conf *conf)
{
	struct track *t = mem_calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->conf = conf;
	t->flows = flow_table_new(&conf->flow);
	if (!t->flows)
		goto err_track;
	t->streams = streams_new(&conf->stream, t->flows);
	if (!t->streams)
		goto err_flows;
	t->defrag = defrag_new(&conf->defrag);
	if (!t->defrag)
		goto err_streams;
	t->app = app_new(&conf->app, t->streams, flow_table_max(t->flows));
	if (t->app)
		return t;
	defrag_free(t->defrag);
err_streams:
	streams_free(t->streams);
err_flows:
	flow_table_free(t->flows);
err_track:
	free(t);
	return NULL;
}

void
track_free(struct track *t)
{
	if (!t)
		return;
	app_free(t->app);
	defrag_free(t->defrag);
	streams_free(t->streams);
	flow_table_free(t->flows);
	free(t);
}

void
track_adopt(struct track *t, const struct track_conf *conf)
{
	t->conf = conf;
	flow_table_adopt(t->flows, &conf->flow);
	streams_adopt(t->streams, &conf->stream);
	defrag_adopt(t->defrag, &conf->defrag);
	app_adopt(t->app, &conf->app);
}

void
track_reset(struct track *t)
{
	flow_table_reset(t->flows);
	streams_reset(t->streams);
	defrag_reset(t->defrag);
	app_reset(t->app);
}

struct flow_table *
track_flows(struct track *t)
{
	return t->flows;
}

struct streams *
track_streams(struct track *t)
{
	return t->streams;
}

struct defrag *
track_defrag(struct track *t)
{
	return t->defrag;
}

struct app *
track_app(struct track *t)
{
	return t->app;
}

bool
track_is_inline(const struct track *t)
{
	return t->conf->stream.inline_mode;
}

const struct policy_conf *
track_policy(const struct track *t)
{
	return &t->conf->policy;
}

/* UDP, ICMP and other IP: the first sender is the client, the first answer
 * establishes the session. */
static void
plain_packet(struct track *t, const struct packet *p,
    struct stream_facts *facts)
{
	struct flow *f = flow_find(t->flows, p, &facts->side);

	if (!f) {
		f = flow_create(t->flows, p, false);
		facts->side = FLOW_CLIENT;
	}
	if (!f) {
		facts->points |= POLICY_BIT(POLICY_FLOW_FULL);
		return;
	}
	if (facts->side == FLOW_SERVER && !f->established) {
		f->established = true;
		flow_set_class(t->flows, f, FLOW_CLASS_OPEN);
	}
	flow_touch(t->flows, f, p, facts->side);
	facts->dropped = f->judged == FLOW_DROPPED;
	facts->flow = f;
	facts->has_direction = true;
	facts->established = f->established;
}

void
track_packet(struct track *t, struct packet *p, struct stream_facts *facts)
{
	enum flow_proto proto;

	*facts = (struct stream_facts){ .flow = NULL };
	streams_clock(t->streams, p->ts);
	app_clock(t->app, p->ts);
	if (!flow_proto_of(p, &proto) || !t->conf->flow.track[proto])
		return;
	if (proto == FLOW_TCP)
		stream_packet(t->streams, p, facts);
	else
		plain_packet(t, p, facts);
	if (!facts->dropped)
		app_packet(t->app, p, facts);
}

bool
track_next(struct track *t, struct packet *rebuilt, struct stream_facts *facts)
{
	return stream_next(t->streams, rebuilt, facts);
}

static void
finish(struct track *t)
{
	if (t->ending->tcp)
		stream_free(t->streams, t->ending);
	flow_free(t->flows, t->ending);
	t->ending = NULL;
	t->ended = false;
}

/* All units of the flow were taken; is there something to be told? */
static bool
end(struct track *t)
{
	app_end(t->app, t->ending);
	t->ended = t->conf->flow_logs || app_has_logs(t->app);
	return t->ended;
}

const struct flow *
track_ended(const struct track *t)
{
	return t->ending;
}

/*
 * Flows that wait come first; new ones are ended once a call (each time for
 * the end of input), so that a jump of the clock over many flows is spread
 * over the packets after it.
 */
static struct flow *
next_ending(struct track *t, struct mtime now, bool all, bool *expired)
{
	struct flow *f = flow_next_dead(t->flows);

	if (f || (*expired && !all))
		return f;
	*expired = true;
	flow_expire(t->flows, now, all);
	return flow_next_dead(t->flows);
}

enum track_step
track_expire(struct track *t, struct mtime now, bool all,
    struct packet *rebuilt, struct stream_facts *facts)
{
	/* behind a flow that was told this goes on where it stopped */
	bool expired = t->ended;

	if (t->ended)
		finish(t);
	for (;;) {
		if (!t->ending) {
			t->ending = next_ending(t, now, all, &expired);
			if (!t->ending)
				return TRACK_IDLE;
			if (t->ending->tcp)
				stream_end(t->streams, t->ending);
		}
		if (t->ending->tcp && stream_next(t->streams, rebuilt, facts))
			return TRACK_UNIT;
		if (end(t))
			return TRACK_ENDED;
		finish(t);
	}
}
