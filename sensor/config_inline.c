/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directives of inline: what the kernel may do by itself, and how answers are
 * sent. */
#include <string.h>

#include "core/limits.h"
#include "sensor/applier.h"
#include "sensor/bypass.h"

/* none, all, or a list of them. */
void
config_inline_bypass(struct applier *a)
{
	struct text rest = a->d->args, word;

	a->s->has_inline_bypass = true;
	while ((word = applier_word(&rest)).len) {
		uint32_t bits = 0;

		if (!bypass_of(word, &bits))
			applier_bad(a, word, "none, all, or some of dropped, "
			    "fastpath, trusted, encrypted, config, pass and "
			    "depth");
		a->s->inline_bypass |= bits;
	}
}

/* SID or GID:SID, as often as there are rules. */
void
config_inline_test_rules(struct applier *a)
{
	struct opt_conf *c = &a->s->detect.opt;
	struct text rest = a->d->args, word;

	while ((word = applier_word(&rest)).len) {
		struct text sid = word, gid = text_cut(&sid, ':');
		struct rule_id *ids;
		int64_t g = 1, s;

		if (!sid.ptr)
			sid = gid;
		else if (!text_to_i64(gid, 0, UINT32_MAX, &g))
			g = -1;
		if (g == -1 || !text_to_i64(sid, 0, UINT32_MAX, &s)) {
			applier_bad(a, word, "SID or GID:SID");
			continue;
		}
		ids = settings_grow(&a->t->arena, (void *)(uintptr_t)
		    c->test_rules, c->n_test_rules, sizeof(*ids));
		ids[c->n_test_rules++] = (struct rule_id){ (uint32_t)g,
			(uint32_t)s };
		c->test_rules = ids;
	}
}

/* -- stickydrop ------------------------------------------------------------- */

/* max_entries N, log, log-file F; false: it is none of them. */
static bool
table_word(struct applier *a, struct sticky_conf *c, struct text word,
    struct text *rest, int64_t max, const char *log)
{
	int64_t n;

	if (text_is_nocase(word, "max_entries")) {
		if (applier_number(a, rest, 1, max, &n))
			c->max_entries = (uint32_t)n;
		return true;
	}
	if (text_is_nocase(word, "log")) {
		if (!c->log_file)
			c->log_file = log;
		return true;
	}
	if (!text_is_nocase(word, "log-file"))
		return false;
	word = applier_word(rest);
	if (word.len)
		c->log_file = arena_xtext(&a->t->arena, word).ptr;
	else
		applier_bad(a, word, "a file's name");
	return true;
}

void
config_stickydrop(struct applier *a)
{
	struct text rest = a->d->args, word;

	while ((word = applier_word(&rest)).len)
		if (!table_word(a, &a->s->sticky, word, &rest, LIM_STICKY,
		    "stickydrop.log"))
			applier_bad(a, word, "max_entries N, log or log-file "
			    "FILE");
}

/* sfportscan N, clamav N */
void
config_stickydrop_timeouts(struct applier *a)
{
	struct text rest = a->d->args, word;
	int64_t n;

	while ((word = applier_word(&rest)).len) {
		bool scan = text_is_nocase(word, "sfportscan") ||
		    text_is_nocase(word, "portscan2");

		if (!scan && !text_is_nocase(word, "clamav"))
			applier_bad(a, word, "sfportscan N or clamav N");
		else if (applier_number(a, &rest, 0, INT32_MAX, &n) && scan)
			a->s->sticky.portscan_s = (uint32_t)n;
	}
}

static void
ignore_host(struct applier *a, struct sticky_conf *c, const struct ip_net *net,
    int64_t port)
{
	c->ignored = settings_grow(&a->t->arena, c->ignored, c->n_ignored,
	    sizeof(*c->ignored));
	c->ignored[c->n_ignored++] = (struct sticky_host){ .net = net->addr,
		.bits = net->bits, .port = (uint16_t)port };
}

/* LIST[@PORT] ... */
static void
ignore_hosts(struct applier *a, struct sticky_conf *c)
{
	struct text rest = a->d->args, word;

	while ((word = text_word(&rest)).len) {
		struct text port = word, list = text_cut(&port, '@');
		const struct ip_set *set = tree_ip_list(a->t, list,
		    loc_at(a->d->args_loc,
		        (size_t)(word.ptr - a->d->args.ptr)));
		int64_t n = 0;

		if (port.ptr && !text_to_i64(port, 1, UINT16_MAX, &n)) {
			applier_bad(a, word, "a port belongs behind the @");
			continue;
		}
		for (unsigned i = 0; set && i < set->n; i++)
			if (set->nets[i].negated)
				applier_bad(a, word, "addresses, none of them "
				    "negated");
			else
				ignore_host(a, c, &set->nets[i], n);
	}
}

void
config_stickydrop_ignorehosts(struct applier *a)
{
	ignore_hosts(a, &a->s->sticky);
}

static void
ignore_ports(struct applier *a, const uint8_t **to)
{
	uint8_t *bits = arena_xalloc(&a->t->arena, PORT_BITMAP_BYTES);
	struct text rest = a->d->args, word;

	while ((word = applier_word(&rest)).len) {
		const struct port_set *p = tree_port_list(a->t, word,
		    loc_at(a->d->args_loc,
		        (size_t)(word.ptr - a->d->args.ptr)));

		for (unsigned i = 0; p && i < p->n; i++)
			for (unsigned port = p->ranges[i].lo;
			     port <= p->ranges[i].hi; port++)
				bits[port / 8] |= (uint8_t)(1u << port % 8);
	}
	*to = bits;
}

void
config_stickydrop_ports_from(struct applier *a)
{
	ignore_ports(a, &a->s->sticky.from);
}

void
config_stickydrop_ports_to(struct applier *a)
{
	ignore_ports(a, &a->s->sticky.to);
}

/* -- bait-and-switch -------------------------------------------------------- */

/* insert_before, iptpath P: rules are always the first, and iptables is
 * found. */
void
config_bait(struct applier *a)
{
	struct text rest = a->d->args, word;

	while ((word = applier_word(&rest)).len) {
		if (table_word(a, &a->s->bait, word, &rest, LIM_BAIT,
		    "bands.log"))
			continue;
		if (text_is_nocase(word, "iptpath"))
			(void)applier_word(&rest);
		else if (!text_is_nocase(word, "insert_before"))
			applier_bad(a, word, "max_entries N, log, log-file "
			    "FILE, insert_before or iptpath FOLDER");
	}
}

void
config_bait_ignorehosts(struct applier *a)
{
	ignore_hosts(a, &a->s->bait);
}

void
config_bait_ports_from(struct applier *a)
{
	ignore_ports(a, &a->s->bait.from);
}

void
config_bait_ports_to(struct applier *a)
{
	ignore_ports(a, &a->s->bait.to);
}

/* -- answers --------------------------------------------------------------- */

/* The address behind a word. */
static void
link_address(struct applier *a, struct text word, uint8_t mac[6])
{
	if (!applier_mac(word, mac))
		applier_bad(a, word, "an address as 00:11:22:33:44:55 belongs "
		    "here");
}

/* device D, dst_mac M, attempts N */
void
config_response(struct applier *a)
{
	struct response_conf *r = &a->s->response;
	struct text rest = a->d->args, word;
	int64_t n;

	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "attempts")) {
			if (applier_number(a, &rest, 0, 20, &n))
				r->attempts = (unsigned)n;
		} else if (text_is_nocase(word, "device")) {
			word = applier_word(&rest);
			if (!word.len)
				applier_bad(a, word, "the name of an "
				    "interface, or ip");
			else if (text_is_nocase(word, "ip"))
				r->sender.routed = true;
			else
				r->sender.device = arena_xtext(
				    &a->t->arena, word).ptr;
		} else if (text_is_nocase(word, "dst_mac")) {
			r->sender.has_dst = true;
			link_address(a, applier_word(&rest), r->sender.dst);
		} else {
			applier_bad(a, word, "device D, dst_mac M or "
			    "attempts N");
		}
	}
}

/* snort_inline's: the address that resets on a bridge seem to come from, that
 * of the interface where none is given. */
void
config_layer2resets(struct applier *a)
{
	struct sender_conf *c = &a->s->response.sender;
	struct text rest = a->d->args, word = applier_word(&rest);

	c->own_src = true;
	if (!word.len)
		return;
	c->has_src = true;
	link_address(a, word, c->src);
	if ((word = applier_word(&rest)).len)
		applier_bad(a, word, "one address belongs here");
}
