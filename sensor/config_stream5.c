/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * preprocessor stream5_global, stream5_tcp, stream5_udp, stream5_icmp and
 * stream5_ip, which newer Snorts of the series also call stream6_*. Each is a
 * list of settings between commas; the tables below are their grammar.
 */
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "sensor/applier.h"

enum {
	TIMEOUT_MAX = 86400,
	QUEUED_MAX = 1 << 30,
	MAX_WINDOW = 65535 << 14, /* the largest that can be advertised */
};

/* A setting while it is read: its name, and the words behind it. */
struct setting {
	struct applier *a;
	struct text name, rest;
	void *to; /* the struct that the table's fields are in */
};

struct setting_def {
	const char *name;
	enum { FLAG, YES_NO, NUMBER, NUMBER_OR_ZERO, OWN } kind;
	size_t field;     /* bool, or uint32_t; NOWHERE: checked, not kept */
	int64_t min, max; /* NUMBER_OR_ZERO: from 0, or this range */
	void (*read)(struct setting *s);
};
#define NOWHERE SIZE_MAX

static bool
is_from_to(int64_t v, int64_t min, int64_t max)
{
	return v >= min && v <= max;
}

static bool
read_number(struct setting *s, const struct setting_def *d, int64_t *v)
{
	struct text word = text_word(&s->rest);
	bool zero = d->kind == NUMBER_OR_ZERO;
	char what[80];

	if (text_to_i64(word, 0, INT64_MAX, v) &&
	    ((zero && *v == 0) || is_from_to(*v, d->min, d->max)))
		return true;
	snprintf(what, sizeof(what), "a number from %lld to %lld%s belongs "
	    "here", (long long)d->min, (long long)d->max,
	    zero && d->min > 0 ? ", or 0," : "");
	applier_bad(s->a, word.len ? word : s->name, what);
	return false;
}

static bool
read_yes_no(struct setting *s, bool *v)
{
	struct text word = text_word(&s->rest);

	*v = text_is_nocase(word, "yes");
	if (*v || text_is_nocase(word, "no"))
		return true;
	applier_bad(s->a, word.len ? word : s->name, "yes or no belongs here");
	return false;
}

static void
read_setting(struct setting *s, const struct setting_def *d)
{
	char *at = d->field == NOWHERE ? NULL : (char *)s->to + d->field;
	bool flag = true;
	int64_t v;

	switch (d->kind) {
	case FLAG:
		break;
	case YES_NO:
		if (!read_yes_no(s, &flag))
			return;
		break;
	case NUMBER:
	case NUMBER_OR_ZERO:
		if (!read_number(s, d, &v))
			return;
		if (at)
			memcpy(at, &(uint32_t){ (uint32_t)v }, 4);
		at = NULL;
		break;
	case OWN:
		d->read(s);
		return;
	}
	if (at)
		memcpy(at, &flag, sizeof(flag));
	if (s->rest.len)
		applier_bad(s->a, s->rest, "this does not belong here");
}

/* Up to the next comma outside of brackets. */
static struct text
next_item(struct text *rest)
{
	struct text item = *rest;
	size_t depth = 0, n;

	for (n = 0; n < rest->len; n++) {
		char c = rest->ptr[n];

		if (c == ',' && !depth)
			break;
		if (c == '[')
			depth++;
		else if (c == ']' && depth)
			depth--;
	}
	item.len = n;
	if (n < rest->len)
		*rest = text_make(rest->ptr + n + 1, rest->len - n - 1);
	else
		*rest = text_make(NULL, 0);
	return text_trim(item);
}

static void
read_settings(struct applier *a, const struct setting_def *defs, size_t n,
    void *to)
{
	struct text rest = a->d->args;

	a->stream5.loc = a->d->loc;
	while (rest.len) {
		struct setting s = { .a = a, .to = to,
			.rest = next_item(&rest) };
		size_t i = 0;

		s.name = text_word(&s.rest);
		s.rest = text_trim(s.rest);
		if (!s.name.len)
			continue;
		while (i < n && !text_is_nocase(s.name, defs[i].name))
			i++;
		if (i < n)
			read_setting(&s, &defs[i]);
		else
			applier_bad(a, s.name, "not a setting of this "
			    "preprocessor");
	}
}

/* -- stream5_global ---------------------------------------------------- */

/* What the line says, before other lines say what is there to track. */
struct global {
	bool track[FLOW_PROTOS], disabled;
	uint32_t max[FLOW_PROTOS], memcap, responses, response_s;
};

#define AT(field) offsetof(struct global, field)
static const struct setting_def global_defs[] = {
	{ "track_tcp", YES_NO, AT(track[FLOW_TCP]), 0, 0, NULL },
	{ "track_udp", YES_NO, AT(track[FLOW_UDP]), 0, 0, NULL },
	{ "track_icmp", YES_NO, AT(track[FLOW_ICMP]), 0, 0, NULL },
	{ "track_ip", YES_NO, AT(track[FLOW_IP]), 0, 0, NULL },
	{ "max_tcp", NUMBER, AT(max[FLOW_TCP]), 2, LIM_FLOWS, NULL },
	{ "max_udp", NUMBER, AT(max[FLOW_UDP]), 1, LIM_FLOWS, NULL },
	{ "max_icmp", NUMBER, AT(max[FLOW_ICMP]), 1, LIM_FLOWS, NULL },
	{ "max_ip", NUMBER, AT(max[FLOW_IP]), 1, LIM_FLOWS, NULL },
	{ "memcap", NUMBER, AT(memcap), 32768, QUEUED_MAX, NULL },
	{ "disabled", FLAG, AT(disabled), 0, 0, NULL },
	/* what has no meaning here */
	{ "flush_on_alert", FLAG, NOWHERE, 0, 0, NULL },
	{ "show_rebuilt_packets", FLAG, NOWHERE, 0, 0, NULL },
	{ "no_midstream_drop_alerts", FLAG, NOWHERE, 0, 0, NULL },
	{ "enable_ha", FLAG, NOWHERE, 0, 0, NULL },
	{ "prune_log_max", NUMBER_OR_ZERO, NOWHERE, 1024, QUEUED_MAX, NULL },
	{ "max_active_responses", NUMBER, AT(responses), 0, 25, NULL },
	{ "min_response_seconds", NUMBER, AT(response_s), 1, 300, NULL },
	{ "tcp_cache_pruning_timeout", NUMBER, NOWHERE, 1, TIMEOUT_MAX, NULL },
	{ "tcp_cache_nominal_timeout", NUMBER, NOWHERE, 1, TIMEOUT_MAX, NULL },
	{ "udp_cache_pruning_timeout", NUMBER, NOWHERE, 1, TIMEOUT_MAX, NULL },
	{ "udp_cache_nominal_timeout", NUMBER, NOWHERE, 1, TIMEOUT_MAX, NULL },
};
#undef AT

void
config_stream5_global(struct applier *a)
{
	struct track_conf *c = &a->s->track;
	struct global g = { .track = { [FLOW_TCP] = true, [FLOW_UDP] = true },
		.memcap = (uint32_t)c->stream.memcap, .response_s = 1 };

	if (a->stream5.has_global) {
		applier_bad(a, a->d->args, "stands twice: take one away");
		return;
	}
	a->stream5.has_global = true;
	memcpy(g.max, c->flow.max, sizeof(g.max));
	read_settings(a, global_defs, ARRAY_LEN(global_defs), &g);
	memcpy(c->flow.max, g.max, sizeof(g.max));
	c->stream.memcap = g.memcap;
	a->s->response.max = g.responses;
	a->s->response.wait_s = g.response_s;
	for (unsigned i = 0; i < FLOW_PROTOS; i++)
		a->stream5.wanted[i] = g.track[i] && !g.disabled;
}

/* -- stream5_tcp ------------------------------------------------------- */

/* An engine while it is read: bitmaps that can be written, and whether ports
 * were named at all. */
struct tcp_line {
	struct stream_engine e;
	uint8_t *ports[FLOW_SIDES];
	bool has_ports;
};

static void
read_policy(struct setting *s)
{
	static const struct {
		const char *name;
		enum tcp_policy policy;
	} policies[] = {
		{ "first", TCP_FIRST }, { "last", TCP_LAST },
		{ "bsd", TCP_BSD }, { "linux", TCP_LINUX },
		{ "old-linux", TCP_OLD_LINUX }, { "windows", TCP_WINDOWS },
		{ "win2003", TCP_WIN2003 }, { "win-2003", TCP_WIN2003 },
		{ "win2k3", TCP_WIN2003 }, { "vista", TCP_VISTA },
		{ "win-vista", TCP_VISTA }, { "solaris", TCP_SOLARIS },
		{ "hpux", TCP_HPUX11 }, { "hpux11", TCP_HPUX11 },
		{ "hpux10", TCP_HPUX10 }, { "irix", TCP_IRIX },
		{ "macos", TCP_MACOS }, { "noack", TCP_NOACK },
	};
	struct tcp_line *l = s->to;

	for (size_t i = 0; i < ARRAY_LEN(policies); i++)
		if (text_is_nocase(s->rest, policies[i].name)) {
			l->e.policy = policies[i].policy;
			return;
		}
	applier_bad(s->a, s->rest.len ? s->rest : s->name, "first, last, bsd, "
	    "linux, old-linux, windows, win2003, vista, solaris, hpux, hpux10, "
	    "irix, macos or noack");
}

/* The seconds after the start in which sessions may be picked up. */
static void
read_require_3whs(struct setting *s)
{
	static const struct setting_def grace = { "", NUMBER, NOWHERE, 0,
		TIMEOUT_MAX, NULL };
	struct tcp_line *l = s->to;
	int64_t v = 0;

	l->e.require_3whs = true;
	if (s->rest.len && !read_number(s, &grace, &v))
		return;
	l->e.grace_s = (uint32_t)v;
	if (s->rest.len)
		applier_bad(s->a, s->rest, "this does not belong here");
}

static uint8_t *
new_ports(struct applier *a)
{
	return arena_xalloc(&a->t->arena, PORT_BITMAP_BYTES);
}

static void
add_ports(uint8_t *bits, const struct port_set *set)
{
	for (unsigned i = 0; i < set->n; i++)
		for (unsigned p = set->ranges[i].lo; p <= set->ranges[i].hi;
		     p++)
			bits[p / 8] |= (uint8_t)(1u << p % 8);
}

/* Numbers, ranges and variables between blanks, into the bitmap. */
static void
read_port_words(struct setting *s, uint8_t *bits)
{
	struct text word;

	if (!s->rest.len)
		applier_bad(s->a, s->name, "ports belong here");
	while ((word = text_word(&s->rest)).len) {
		const struct port_set *set = tree_port_list(s->a->t, word,
		    loc_at(s->a->d->args_loc,
		        (size_t)(word.ptr - s->a->d->args.ptr)));

		if (set)
			add_ports(bits, set);
	}
}

static void
read_small_segments(struct setting *s)
{
	static const struct setting_def up_to = { "", NUMBER, NOWHERE, 0, 2048,
		NULL };
	struct tcp_line *l = s->to;
	struct text word;
	uint8_t *bits;
	int64_t count, bytes;

	if (!read_number(s, &up_to, &count))
		return;
	word = text_word(&s->rest);
	if (!text_is_nocase(word, "bytes")) {
		applier_bad(s->a, word.len ? word : s->name,
		    "small_segments N bytes M [ignore_ports ...]");
		return;
	}
	if (!read_number(s, &up_to, &bytes))
		return;
	l->e.small_count = (uint32_t)count;
	l->e.small_bytes = (uint32_t)bytes;
	word = text_word(&s->rest);
	if (!word.len)
		return;
	if (!text_is_nocase(word, "ignore_ports")) {
		applier_bad(s->a, word, "ignore_ports, or nothing");
		return;
	}
	bits = new_ports(s->a);
	read_port_words(s, bits);
	l->e.small_ignore = bits;
}

/* Which sides' data is reassembled, by the server's port. */
static void
read_ports(struct setting *s)
{
	struct tcp_line *l = s->to;
	struct text side = text_word(&s->rest);
	bool both = text_is_nocase(side, "both");
	uint8_t *bits;

	if (!both && !text_is_nocase(side, "client") &&
	    !text_is_nocase(side, "server")) {
		applier_bad(s->a, side.len ? side : s->name,
		    "client, server or both belongs here");
		return;
	}
	l->has_ports = true;
	bits = new_ports(s->a);
	s->rest = text_trim(s->rest);
	if (text_is_nocase(s->rest, "all"))
		memset(bits, 0xff, PORT_BITMAP_BYTES);
	else if (!text_is_nocase(s->rest, "none"))
		read_port_words(s, bits);
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		const char *name = i == FLOW_CLIENT ? "client" : "server";

		if (!both && !text_is_nocase(side, name))
			continue;
		for (size_t j = 0; j < PORT_BITMAP_BYTES; j++)
			l->ports[i][j] |= bits[j];
	}
}

/* Services come from a host attribute table, which there is none of. */
static void
read_protocols(struct setting *s)
{
	if (!s->rest.len)
		applier_bad(s->a, s->name, "client, server or both, and "
		    "services belong here");
}

static void
read_bind_to(struct setting *s)
{
	struct tcp_line *l = s->to;
	struct bind_net *nets;
	const struct ip_set *set;

	if (!s->rest.len) {
		applier_bad(s->a, s->name, "an address list belongs here");
		return;
	}
	set = tree_ip_list(s->a->t, s->rest, loc_at(s->a->d->args_loc,
	    (size_t)(s->rest.ptr - s->a->d->args.ptr)));
	if (!set || set->any || !set->n)
		return;
	nets = arena_xalloc(&s->a->t->arena, set->n * sizeof(*nets));
	for (unsigned i = 0; i < set->n; i++)
		nets[i] = (struct bind_net){ .addr = set->nets[i].addr,
			.bits = set->nets[i].bits,
			.negated = set->nets[i].negated };
	l->e.nets = nets;
	l->e.n_nets = set->n;
}

#define AT(field) offsetof(struct tcp_line, e.field)
static const struct setting_def tcp_defs[] = {
	{ "policy", OWN, 0, 0, 0, read_policy },
	{ "bind_to", OWN, 0, 0, 0, read_bind_to },
	{ "timeout", NUMBER, AT(timeout_s), 1, TIMEOUT_MAX, NULL },
	{ "overlap_limit", NUMBER, AT(overlap_limit), 0, 255, NULL },
	{ "max_window", NUMBER, AT(max_window), 0, MAX_WINDOW, NULL },
	{ "detect_anomalies", FLAG, AT(detect_anomalies), 0, 0, NULL },
	{ "check_session_hijacking", FLAG, AT(check_hijacking), 0, 0, NULL },
	{ "dont_reassemble_async", FLAG, AT(no_reassemble_async), 0, 0, NULL },
	{ "dont_store_large_packets", FLAG, AT(dont_store_large), 0, 0, NULL },
	{ "ignore_any_rules", FLAG, AT(ignore_any_rules), 0, 0, NULL },
	{ "require_3whs", OWN, 0, 0, 0, read_require_3whs },
	{ "max_queued_bytes", NUMBER_OR_ZERO, AT(max_queued_bytes), 1024,
	  QUEUED_MAX, NULL },
	{ "max_queued_segs", NUMBER_OR_ZERO, AT(max_queued_segs), 2,
	  QUEUED_MAX, NULL },
	{ "small_segments", OWN, 0, 0, 0, read_small_segments },
	{ "flush_factor", NUMBER, AT(flush_factor), 0, 2048, NULL },
	{ "ports", OWN, 0, 0, 0, read_ports },
	{ "protocols", OWN, 0, 0, 0, read_protocols },
	{ "use_static_footprint_sizes", FLAG, NOWHERE, 0, 0, NULL },
	{ "log_asymmetric_traffic", YES_NO, NOWHERE, 0, 0, NULL },
};
#undef AT

/* Without a word about ports only clients' data to these is reassembled. */
static void
default_ports(uint8_t *client)
{
	static const uint16_t ports[] = { 21, 23, 25, 42, 53, 80, 110, 111,
		135, 136, 137, 139, 143, 445, 513, 514, 1433, 1521, 2401,
		3306 };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		client[ports[i] / 8] |= (uint8_t)(1u << ports[i] % 8);
}

static void
add_engine(struct applier *a, const struct stream_engine *e)
{
	struct stream_conf *c = &a->s->track.stream;
	/* few: the arrays outgrown cost nothing */
	struct stream_engine *all = arena_xalloc(&a->t->arena,
	    (c->n_engines + 1) * sizeof(*all));

	for (unsigned i = 0; i < c->n_engines; i++)
		if (!e->n_nets && !c->engines[i].n_nets) {
			applier_bad(a, a->d->args, "a second one for all "
			    "hosts: bind it to some");
			return;
		}
	if (c->n_engines)
		memcpy(all, c->engines, c->n_engines * sizeof(*all));
	all[c->n_engines++] = *e;
	c->engines = all;
}

/* ignore_any_rules: the first line that says so is named in warnings. */
static void
ignore_any(struct applier *a, enum flow_proto proto)
{
	struct detect_conf *c = &a->s->detect;

	if (c->ignore_any[proto].on)
		return;
	c->ignore_any[proto].on = true;
	c->ignore_any[proto].loc = a->d->loc;
}

void
config_stream5_tcp(struct applier *a)
{
	struct tcp_line l = {
		.e = { .policy = TCP_BSD, .timeout_s = 30,
			.max_queued_bytes = 1048576, .max_queued_segs = 2621 },
		.ports = { new_ports(a), new_ports(a) },
	};

	read_settings(a, tcp_defs, ARRAY_LEN(tcp_defs), &l);
	if (!l.has_ports)
		default_ports(l.ports[FLOW_CLIENT]);
	for (unsigned i = 0; i < FLOW_SIDES; i++)
		l.e.ports[i] = l.ports[i];
	add_engine(a, &l.e);
	if (l.e.ignore_any_rules)
		ignore_any(a, FLOW_TCP);
	a->stream5.has_line[FLOW_TCP] = true;
}

/* -- the others -------------------------------------------------------- */

struct plain_line {
	uint32_t timeout_s;
	bool ignore_any_rules;
};

static void
plain_line(struct applier *a, enum flow_proto proto)
{
	static const struct setting_def defs[] = {
		{ "timeout", NUMBER, offsetof(struct plain_line, timeout_s), 1,
		  TIMEOUT_MAX, NULL },
		{ "ignore_any_rules", FLAG,
		  offsetof(struct plain_line, ignore_any_rules), 0, 0, NULL },
	};
	uint32_t *timeout_s = &a->s->track.flow.timeout_s[proto];
	struct plain_line l = { .timeout_s = *timeout_s };
	/* ignore_any_rules is UDP's alone */
	size_t n = proto == FLOW_UDP ? 2 : 1;

	if (a->stream5.has_line[proto]) {
		applier_bad(a, a->d->args, "stands twice: take one away");
		return;
	}
	a->stream5.has_line[proto] = true;
	read_settings(a, defs, n, &l);
	*timeout_s = l.timeout_s;
	if (l.ignore_any_rules)
		ignore_any(a, proto);
}

void
config_stream5_udp(struct applier *a)
{
	plain_line(a, FLOW_UDP);
}

void
config_stream5_icmp(struct applier *a)
{
	plain_line(a, FLOW_ICMP);
}

void
config_stream5_ip(struct applier *a)
{
	plain_line(a, FLOW_IP);
}

/* A protocol is tracked when stream5_global wants it and it has its line. */
void
config_stream5_end(struct applier *a)
{
	static const char *const names[FLOW_PROTOS] = { "tcp", "udp", "icmp",
		"ip" };
	struct flow_conf *c = &a->s->track.flow;

	for (unsigned i = 0; i < FLOW_PROTOS; i++) {
		bool line = a->stream5.has_line[i];

		c->track[i] = a->stream5.wanted[i] && line;
		a->s->detect.opt.tracked[i] = c->track[i];
		a->s->detect.ignore_any[i].on &= c->track[i];
		if (line && !a->stream5.has_global)
			erec_add(&a->t->errors, EREC_CONFIG, a->stream5.loc,
			    "preprocessor stream5_%s needs a preprocessor "
			    "stream5_global before it", names[i]);
		else if (a->stream5.wanted[i] && !line)
			erec_add(&a->t->errors, EREC_WARNING, a->stream5.loc,
			    "%s sessions are not tracked: there is no "
			    "preprocessor stream5_%s", names[i], names[i]);
	}
	if (!c->track[FLOW_TCP])
		a->s->track.stream.n_engines = 0;
}
