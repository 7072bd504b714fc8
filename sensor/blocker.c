/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/blocker.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/block_want.h"
#include "sensor/control.h"
#include "sensor/inspect.h"
#include "sensor/respond/block_never.h"

enum { STATE_NAME_MAX = 64, SAID_MAX = 64 };

struct blocker {
	const struct settings *settings;
	const struct hands_ops *ops;
	struct hands *hands; /* NULL: dry run */
	struct never *never;
	struct blocks *blocks;
	struct control *control; /* NULL: no socket */
	struct inspect *in; /* outputs are its */
	bool files, leave, refresh;
	uint64_t refreshed_ns;
	struct record rec;
};

/* -- opening -------------------------------------------------------------------- */

static char *
path_of(const struct settings *s, const char *name, const char *usual)
{
	if (name && strcmp(name, "none") == 0)
		return NULL;
	if (name && *name == '/')
		return xstrdup(name);
	return xasprintf("%s/%s", s->out.logdir, name ? name : usual);
}

static bool
open_hands(struct blocker *b, const struct block_conf *c, char *err,
    size_t err_len)
{
	struct hands_conf hc = { .backend = c->backend, .entries = c->max,
		.leave = c->leave, .plain = c->plain };
	char why[768];

	if (c->dry_run || (b->files && !c->on_files)) {
		log_info("blocks: a dry run%s: nothing is given to the kernel",
		    c->dry_run ? "" : " of what capture files hold");
		return true;
	}
	b->hands = b->ops->start(&hc, why, sizeof(why));
	if (!b->hands)
		snprintf(err, err_len, "config block: %s", why);
	return b->hands != NULL;
}

static bool
open_control(struct blocker *b, const struct blocker_conf *c, char *err,
    size_t err_len)
{
	const struct settings *s = c->settings;
	char *path = path_of(s, s->block.socket, BLOCKER_SOCKET);
	bool ok = true;

	if (path && !b->files) {
		b->control = control_open(path, c->uid, c->gid, err, err_len);
		ok = b->control != NULL;
	}
	free(path);
	return ok;
}

bool
blocker_open(struct blocker **out, const struct blocker_conf *c, char *err,
    size_t err_len)
{
	const struct settings *s = c->settings;
	struct never_conf nc = { .admin_ports = s->block.admin_ports,
		.n_admin_ports = s->block.n_admin_ports };
	struct blocker *b;

	*out = NULL;
	if (!s->block.on)
		return true;
	if (c->n_workers > 1) {
		log_warnx("config block: with several queues nothing is "
		    "blocked beyond the packets that rules drop");
		return true;
	}
	b = xcalloc(1, sizeof(*b));
	b->settings = s;
	b->files = c->files;
	b->leave = s->block.leave;
	b->ops = c->ops ? c->ops : &hands_kernel;
	b->never = never_new(&nc);
	if (!b->never) {
		snprintf(err, err_len, "out of memory");
	} else if (open_hands(b, &s->block, err, err_len) &&
	    open_control(b, c, err, err_len)) {
		*out = b;
		return true;
	}
	blocker_stop(b);
	return false;
}

static void
say_home(const struct settings *s)
{
	if (!s->block.home.n && !s->block.allow_home)
		log_warnx("config block: HOME_NET is any, so that it keeps "
		    "nobody from being blocked; name your networks there or "
		    "in config block: never");
}

/* -- news ----------------------------------------------------------------------- */

static void
fill_packet(struct record_packet *p, const struct block_news *n)
{
	const struct block_why *w = &n->block->why;

	*p = (struct record_packet){
		.ts = n->now,
		.ip_ver = w->dst.family ? w->src.family : 0,
		.ip_proto = w->proto,
		.event_proto = w->proto,
		.src = w->src,
		.dst = w->dst,
		.sport = w->sport,
		.dport = w->dport,
		.l4_kind = w->proto == 6 ? REC_L4_TCP : w->proto == 17 ?
		    REC_L4_UDP : REC_L4_NONE,
	};
}

static void
fill_block(struct record_block *r, const struct block_news *n)
{
	const struct block *k = n->block;

	*r = (struct record_block){
		.status = block_status_name(n->status),
		.reason = n->status == BLOCK_STATUS_REFUSED ?
		    block_outcome_name(n->reason) : NULL,
		.detail = n->detail,
		.evidence = block_evidence_name((enum block_evidence)
		    k->why.evidence),
		.asked_by = block_asker_name((enum block_asker)k->why.asker),
		.addr = *block_who(k),
		.from = k->key.how & BLOCK_FROM,
		.to = k->key.how & BLOCK_TO,
		.connection = k->key.kind == BLOCK_CONN,
		.peer = k->of_peer ? k->key.addr : k->key.peer,
		.port = (uint16_t)(k->key.port[0] << 8 | k->key.port[1]),
		.proto = k->key.proto,
		.forever = k->made.ns && !k->until.ns && n->status ==
		    BLOCK_STATUS_BLOCKED,
		.made = k->made,
		.until = k->until,
		.times = k->times,
		.repeats = k->repeats,
		.has_latency = n->status == BLOCK_STATUS_BLOCKED &&
		    k->latency_ns,
		.latency_us = k->latency_ns / 1000,
	};
}

static void
on_news(void *arg, const struct block_news *n)
{
	struct blocker *b = arg;
	const struct block_why *w = &n->block->why;
	struct record *r = &b->rec;

	if (!(b->in->conf.wants.shows >> SHOW_BLOCK & 1))
		return;
	*r = (struct record){ .kind = RECORD_BLOCK };
	fill_packet(&r->pkt, n);
	if (b->in->file) {
		r->pkt.file = b->in->file;
		r->pkt.num = b->in->n_packets;
	}
	fill_block(&r->block, n);
	if (w->gid)
		r->event = (struct record_event){
			.gid = w->gid,
			.sid = w->sid,
			.rev = w->rev,
			.priority = w->priority,
			.msg = text_of(w->msg),
			.class_name = text_of(w->class),
			.class_text = text_of(w->class),
		};
	b->in->ctrs[INSPECT_CTR_TOLD]++;
	outputs_write(b->in->out, r);
}

bool
blocker_start(struct blocker *b, const struct settings *s, struct inspect *in,
    char *err, size_t err_len)
{
	char *state;

	if (!b)
		return true;
	b->settings = s;
	b->in = in;
	say_home(s);
	state = b->hands ? path_of(s, s->block.save, "block.state") : NULL;
	b->blocks = blocks_new(&s->block, b->never, b->ops, b->hands, state,
	    mtime_now(), err, err_len);
	free(state);
	if (!b->blocks)
		return false;
	blocks_listen(b->blocks, on_news, b);
	b->refresh = !b->files && !never_start(b->never);
	in->blocker = b;
	return true;
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

void
blocker_adopt(struct blocker *b, const struct settings *s)
{
	const struct block_conf *old, *new = &s->block;

	if (!b) {
		if (new->on)
			log_warnx("reload: config block: on needs a new "
			    "start");
		return;
	}
	old = &b->settings->block;
	if (old->max != new->max || old->plain != new->plain ||
	    old->n_admin_ports != new->n_admin_ports ||
	    (new->dry_run ? 0 : !b->hands && !b->files) ||
	    !same_text(old->backend, new->backend) ||
	    !same_text(old->save, new->save) ||
	    !same_text(old->socket, new->socket))
		log_warnx("reload: of config block: max, plain, backend, "
		    "save, socket, admin_ports and the end of a dry_run need "
		    "a new start");
	b->settings = s;
	b->leave = new->leave;
	blocks_adopt(b->blocks, new);
}

void
blocker_stop(struct blocker *b)
{
	char err[768];

	if (!b)
		return;
	control_close(b->control);
	if (b->blocks)
		blocks_finish(b->blocks);
	if (b->hands && !b->ops->stop(b->hands, b->leave, err, sizeof(err)))
		log_warnx("blocks: %s", err);
	blocks_free(b->blocks);
	never_free(b->never);
	free(b);
}

/* -- events --------------------------------------------------------------------- */

static void
copy_text(char *out, size_t size, struct text t)
{
	size_t n = t.len < size ? t.len : size - 1;

	memset(out, 0, size);
	if (n)
		memcpy(out, t.ptr, n);
}

static struct mtime
time_of(const struct blocker *b, struct mtime packet)
{
	return b->files ? packet : mtime_now();
}

void
blocker_event(struct blocker *b, const struct inspect *in,
    const struct unit *u, const struct event *ev)
{
	const struct pkt_dec *d = &u->pkt->dec;
	const struct rule *rule = ev->rule->rule;
	struct block_ask a = { .seconds = 0 };
	struct block_why *w = &a.why;

	if (!b->settings->block.on || !d->ip_ver || ev->tagged ||
	    !block_want(b->settings, ev, in->conf.enforce == ENFORCE_ALL, &a))
		return;
	w->evidence = u->flow.proven && d->l4 == PKT_L4_TCP ?
	    BLOCK_EVIDENCE_HANDSHAKE : BLOCK_EVIDENCE_NONE;
	w->proto = d->ip_proto;
	w->sport = d->sport;
	w->dport = d->dport;
	if (d->l4 == PKT_L4_ICMP4 || d->l4 == PKT_L4_ICMP6)
		w->dport = (uint16_t)(d->icmp_type << 8 | d->icmp_code);
	w->src = d->src;
	w->dst = d->dst;
	w->gid = ev->gid;
	w->sid = ev->sid;
	w->rev = ev->rev;
	w->priority = rule->priority;
	copy_text(w->msg, sizeof(w->msg), rule->msg);
	if (rule->class)
		copy_text(w->class, sizeof(w->class), rule->class->name);
	a.from_server = u->flow.has_direction && !u->flow.to_server;
	a.ts = u->pkt->ts;
	block_ask(b->blocks, &a, time_of(b, u->pkt->ts));
}

void
blocker_step(struct blocker *b, struct mtime now, bool idle)
{
	char line[HANDS_LINE];

	if (!b)
		return;
	blocks_step(b->blocks, now);
	for (unsigned i = 0; b->hands && i < SAID_MAX &&
	    b->ops->said(b->hands, line); i++)
		log_warnx("blocks: %s", line);
	if (b->refresh && idle && clock_ns() - b->refreshed_ns > 2000000000u) {
		never_refresh(b->never);
		b->refreshed_ns = clock_ns();
	}
	if (b->control)
		control_serve(b->control, b->blocks, now, idle);
}

/* -- statistics ------------------------------------------------------------------- */

const uint64_t *
blocker_counters(const struct blocker *b)
{
	return b && b->blocks ? blocks_counters(b->blocks) : NULL;
}

void
blocker_print(FILE *to, const struct blocker *b)
{
	struct block_report r;
	struct hands_stats h;

	if (!b || !b->blocks)
		return;
	blocks_report(b->blocks, &r);
	fprintf(to, "  %-24s %12" PRIu32 "  of at most %" PRIu32 "%s\n",
	    "now", r.n, r.max, r.dry_run ? ", a dry run" : "");
	if (r.latencies)
		fprintf(to, "  %-24s %12.3f ms  99%%: %.3f ms, longest %.3f "
		    "ms\n", "packet to kernel", (double)r.p50_ns / 1e6,
		    (double)r.p99_ns / 1e6, (double)r.max_ns / 1e6);
	if (!b->hands)
		return;
	b->ops->stats(b->hands, &h);
	fprintf(to, "  %-24s %12" PRIu64 "  ended with their block\n",
	    "connections", h.connections);
	if (h.mended)
		fprintf(to, "  %-24s %12" PRIu64 "  times the packet filter "
		    "was mended\n", "mended", h.mended);
}
