/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directives into settings. The grammar of each `config` stands in
 * config.def; the few with one of their own have a function here. */
#include "sensor/config.h"

#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "sensor/applier.h"

#define WHY_TUNNEL "a verdict is the whole packet's"
#define WHY_FAILOPEN "rules load before a queue is bound; see --on-failure"
#define WHY_HA "one sensor does not follow another's sessions"
#define WHY_RESPONSE "config response says how answers are sent"
#define WHY_FWSAM "no agent is asked: the sensor blocks itself, with config " \
    "block: on"
#define WHY_HOSTS "no host attribute table"
#define WHY_OLD "a preprocessor of older releases"

enum config_kind {
	CONFIG_FLAG,
	CONFIG_TEXT,
	CONFIG_NUMBER,
	CONFIG_CALL,
	CONFIG_BARE_CALL, /* may stand without an argument */
	CONFIG_NOOP,
};
enum config_times { ONCE, MANY };

struct config_def {
	const char *name;
	enum config_kind kind;
	enum config_times times;
	size_t field, size; /* offset in struct settings, bytes */
	int64_t min, max;
	void (*call)(struct applier *a);
	const char *why;
};

void
applier_bad(struct applier *a, struct text at, const char *what)
{
	size_t off = at.ptr && at.ptr >= a->d->args.ptr &&
		at.ptr <= a->d->args.ptr + a->d->args.len ?
	    (size_t)(at.ptr - a->d->args.ptr) : 0;

	erec_add(&a->t->errors, EREC_CONFIG, loc_at(a->d->args_loc, off),
	    "%.*s '%.*s': %s", TEXT_ARG(a->d->name), TEXT_ARG(at), what);
}

struct text
applier_word(struct text *rest)
{
	struct text t = *rest, word;
	size_t n = 0;

	while (t.len && (text_is_blank(t.ptr[0]) || t.ptr[0] == ','))
		t.ptr++, t.len--;
	while (n < t.len && !text_is_blank(t.ptr[n]) && t.ptr[n] != ',')
		n++;
	word = text_make(t.ptr, n);
	*rest = text_make(t.ptr ? t.ptr + n : NULL, t.len - n);
	return word;
}

bool
applier_number(struct applier *a, struct text *rest, int64_t min, int64_t max,
    int64_t *v)
{
	struct text word = applier_word(rest);
	char what[80];

	if (text_to_i64(word, min, max, v))
		return true;
	snprintf(what, sizeof(what), "a number from %lld to %lld belongs here",
	    (long long)min, (long long)max);
	applier_bad(a, word, what);
	return false;
}

/* -- directives with a grammar of their own ------------------------------------ */

enum { CSUM_IP = 1, CSUM_TCP = 2, CSUM_UDP = 4, CSUM_ICMP = 8, CSUM_ALL = 15 };

/* Positive words name what is meant, negative ones what is not; without a
 * positive one all the rest is. false after an error. */
static bool
checksum_list(struct applier *a, unsigned *out)
{
	static const struct {
		const char *name;
		unsigned set, clear;
	} modes[] = {
		{ "all", CSUM_ALL, 0 }, { "none", 0, CSUM_ALL },
		{ "ip", CSUM_IP, 0 }, { "noip", 0, CSUM_IP },
		{ "tcp", CSUM_TCP, 0 }, { "notcp", 0, CSUM_TCP },
		{ "udp", CSUM_UDP, 0 }, { "noudp", 0, CSUM_UDP },
		{ "icmp", CSUM_ICMP, 0 }, { "noicmp", 0, CSUM_ICMP },
	};
	struct text rest = a->d->args, word;
	unsigned set = 0, clear = 0;

	while ((word = applier_word(&rest)).len) {
		size_t i;

		for (i = 0; i < ARRAY_LEN(modes); i++)
			if (text_is_nocase(word, modes[i].name))
				break;
		if (i == ARRAY_LEN(modes)) {
			applier_bad(a, word, "all, none, or a list of ip, tcp, udp, "
			    "icmp, noip, notcp, noudp, noicmp");
			return false;
		}
		set |= modes[i].set;
		clear |= modes[i].clear;
	}
	if (!set && !clear) {
		applier_bad(a, a->d->args, "all or none belongs here");
		return false;
	}
	*out = (set ? set : CSUM_ALL) & ~clear;
	return true;
}

static void
checksum_mode(struct applier *a)
{
	struct dec_conf *d = &a->s->dec;
	unsigned set;

	if (!checksum_list(a, &set))
		return;
	d->csum_ip = set & CSUM_IP;
	d->csum_tcp = set & CSUM_TCP;
	d->csum_udp = set & CSUM_UDP;
	d->csum_icmp = set & CSUM_ICMP;
}

static void
checksum_drop(struct applier *a)
{
	unsigned set;

	if (checksum_list(a, &set))
		a->s->checksum_drop =
		    (set & CSUM_IP ? PKT_BAD_IP_CSUM : 0) |
		    (set & CSUM_TCP ? PKT_BAD_TCP_CSUM : 0) |
		    (set & CSUM_UDP ? PKT_BAD_UDP_CSUM : 0) |
		    (set & CSUM_ICMP ? PKT_BAD_ICMP_CSUM : 0);
}

static bool
is_search_method(struct text t)
{
	static const char *const methods[] = { "ac", "ac-q", "ac-nq",
		"ac-bnfa", "ac-bnfa-q", "ac-bnfa-nq", "lowmem", "lowmem-q",
		"lowmem-nq", "ac-split", "ac-std", "acs", "ac-banded",
		"ac-sparsebands", "intel-cpm", "mwm", "hyperscan" };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (text_is_nocase(t, methods[i]))
			return true;
	return false;
}

static void
detection(struct applier *a)
{
	struct detect_conf *c = &a->s->detect;
	struct text rest = a->d->args, word;
	int64_t n;

	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "search-method")) {
			/* all of them find the same; ours is Hyperscan */
			struct text method = applier_word(&rest);

			if (!is_search_method(method))
				applier_bad(a, method, "not a search method");
		} else if (text_is_nocase(word, "split-any-any")) {
			c->split_any_any = true;
		} else if (text_is_nocase(word,
		    "enable-single-rule-group")) {
			c->single_rule_group = true;
		} else if (text_is_nocase(word, "max-pattern-len")) {
			if (applier_number(a, &rest, 0, LIM_CONTENT_LEN, &n))
				c->opt.max_pattern_len = (unsigned)n;
		} else if (text_is_nocase(word, "max_queue_events")) {
			if (applier_number(a, &rest, 1, UINT32_MAX, &n))
				c->max_queue_events = (unsigned)n;
		} else if (text_is_nocase(word, "bleedover-port-limit")) {
			if (applier_number(a, &rest, 1, 65536, &n))
				c->bleedover_port_limit = (unsigned)n;
		} else if (text_is_nocase(word, "no_stream_inserts")) {
			a->s->no_stream_inserts = true;
		} else if (!text_is_nocase(word, "search-optimize") &&
		    !(word.len >= 5 &&
		        text_is_nocase(text_make(word.ptr, 5), "debug"))) {
			applier_bad(a, word, "not a setting of detection");
		}
	}
}

static void
memcap(struct applier *a, uint64_t *to)
{
	struct text rest = a->d->args, word = applier_word(&rest);
	int64_t n;

	if (!text_is_nocase(word, "memcap"))
		applier_bad(a, word, "memcap N belongs here");
	else if (applier_number(a, &rest, 1, INT64_MAX, &n))
		*to = (uint64_t)n;
}

static void
detection_filter(struct applier *a)
{
	memcap(a, &a->s->detect.detection_filter_memcap);
}

static void
event_filter(struct applier *a)
{
	memcap(a, &a->s->detect.threshold_memcap);
}

static void
rate_filter(struct applier *a)
{
	memcap(a, &a->s->detect.rate_filter_memcap);
}

static void
event_queue(struct applier *a)
{
	struct detect_conf *c = &a->s->detect;
	struct text rest = a->d->args, word;
	int64_t n;

	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "max_queue")) {
			if (applier_number(a, &rest, 1, LIM_EVENT_QUEUE, &n))
				c->max_queue = (unsigned)n;
		} else if (text_is_nocase(word, "log")) {
			if (applier_number(a, &rest, 1, LIM_EVENT_QUEUE, &n))
				c->log = (unsigned)n;
		} else if (text_is_nocase(word, "order_events")) {
			word = applier_word(&rest);
			if (text_is_nocase(word, "content_length"))
				c->order_events = ORDER_CONTENT_LENGTH;
			else if (text_is_nocase(word, "priority"))
				c->order_events = ORDER_PRIORITY;
			else
				applier_bad(a, word, "content_length or priority");
		} else if (text_is_nocase(word, "process_all_events")) {
			c->process_all_events = true;
		} else {
			applier_bad(a, word, "max_queue N, log N, order_events X or "
			    "process_all_events");
		}
	}
	if (c->log > c->max_queue)
		applier_bad(a, a->d->args, "log cannot be above max_queue");
}

static bool
ppm_number(struct applier *a, struct text *rest, uint32_t *to)
{
	int64_t n;

	if (!applier_number(a, rest, 0, UINT32_MAX, &n))
		return false;
	*to = (uint32_t)n;
	return true;
}

/* `log' and `alert' behind pkt-log and rule-log; true: alert. */
static bool
ppm_log(struct text *rest)
{
	bool alert = false;

	for (;;) {
		struct text before = *rest, word = applier_word(rest);

		if (text_is_nocase(word, "alert"))
			alert = true;
		else if (!text_is_nocase(word, "log")) {
			*rest = before;
			return alert;
		}
	}
}

/* Words, with commas between them or without. What is said of rules takes the
 * place of the default. */
static void
ppm(struct applier *a)
{
	struct ppm_conf *c = &a->s->detect.ppm;
	struct text rest = a->d->args, word;

	if (!a->s->ppm_given)
		*c = ppm_snort();
	a->s->ppm_given = true;
	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "max-pkt-time"))
			ppm_number(a, &rest, &c->max_pkt_us);
		else if (text_is_nocase(word, "max-rule-time"))
			ppm_number(a, &rest, &c->max_rule_us);
		else if (text_is_nocase(word, "threshold"))
			ppm_number(a, &rest, &c->threshold);
		else if (text_is_nocase(word, "suspend-timeout"))
			ppm_number(a, &rest, &c->suspend_s);
		else if (text_is_nocase(word, "fastpath-expensive-packets"))
			c->fastpath = true;
		else if (text_is_nocase(word, "suspend-expensive-rules"))
			c->suspend = true;
		else if (text_is_nocase(word, "pkt-log"))
			c->pkt_alert |= ppm_log(&rest);
		else if (text_is_nocase(word, "rule-log"))
			c->rule_alert |= ppm_log(&rest);
		else if (!text_is_nocase(word, "debug-pkts") &&
		    !text_is_nocase(word, "debug-rules"))
			applier_bad(a, word, "max-pkt-time, max-rule-time, "
			    "threshold, suspend-timeout, "
			    "fastpath-expensive-packets, "
			    "suspend-expensive-rules, pkt-log, rule-log");
	}
}

/* tcp or udp, then ports and ranges. */
static void
ignore_ports(struct applier *a)
{
	struct text rest = a->d->args, proto = applier_word(&rest), word;
	const uint8_t **to = text_is_nocase(proto, "tcp") ?
	    &a->s->ignore_tcp : &a->s->ignore_udp;
	uint8_t *bits;

	if (!text_is_nocase(proto, "tcp") && !text_is_nocase(proto, "udp")) {
		applier_bad(a, proto, "tcp or udp and ports belong here");
		return;
	}
	bits = arena_xalloc(&a->t->arena, PORT_BITMAP_BYTES);
	if (*to)
		memcpy(bits, *to, PORT_BITMAP_BYTES);
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

/* The ports of GTP are those of the variable. */
static void
enable_gtp(struct applier *a)
{
	struct dec_conf *d = &a->s->dec;
	const struct variable *v = tree_var(a->t, "GTP_PORTS");
	const struct port_set *p;

	d->gtp = true;
	if (!v)
		return;
	p = tree_port_list(a->t, v->value, a->d->loc);
	if (!p)
		return;
	if (p->count > ARRAY_LEN(d->gtp_ports)) {
		applier_bad(a, v->value, "at most 64 ports in GTP_PORTS");
		return;
	}
	d->n_gtp_ports = 0;
	for (unsigned i = 0; i < p->n; i++)
		for (unsigned port = p->ranges[i].lo; port <= p->ranges[i].hi;
		     port++)
			d->gtp_ports[d->n_gtp_ports++] = (uint16_t)port;
}

static bool
order_has(const uint16_t *order, unsigned n, uint16_t what)
{
	for (unsigned i = 0; i < n; i++)
		if (order[i] == what)
			return true;
	return false;
}

/* The entry of detect_conf.order for a name; false if it is none. */
static bool
order_entry(const struct tree *t, struct text name, uint16_t *entry)
{
	/* "activation" is how Snort 2.x wrote the first of them */
	if (text_is_nocase(name, "activation")) {
		*entry = ACTION_ACTIVATE;
		return true;
	}
	for (unsigned i = 0; i < ACTION_CUSTOM; i++)
		if (text_is_nocase(name,
		    rule_action_name((enum rule_action)i))) {
			*entry = (uint16_t)i;
			return true;
		}
	for (unsigned i = 0; i < t->n_ruletypes; i++)
		if (text_eq(t->ruletypes[i]->name, name)) {
			*entry = (uint16_t)(ACTION_COUNT + i);
			return true;
		}
	return false;
}

/* The given ones first, the rest after them in their order. */
static void
order(struct applier *a)
{
	struct detect_conf *c = &a->s->detect;
	uint16_t given[ARRAY_LEN(c->order)], entry;
	struct text rest = a->d->args, word;
	unsigned n = 0;

	while ((word = applier_word(&rest)).len) {
		if (!order_entry(a->t, word, &entry))
			applier_bad(a, word, "neither an action nor a ruletype");
		else if (order_has(given, n, entry))
			applier_bad(a, word, "given twice");
		else if (n < ARRAY_LEN(given))
			given[n++] = entry;
	}
	for (unsigned i = 0; i < c->n_order && n < ARRAY_LEN(given); i++)
		if (!order_has(given, n, c->order[i]))
			given[n++] = c->order[i];
	memcpy(c->order, given, n * sizeof(*given));
	c->n_order = n;
}

/* As in Snort the bare word leaves it off. */
static void
decode_esp(struct applier *a)
{
	if (text_is_nocase(a->d->args, "enable"))
		a->s->dec.decode_esp = true;
	else if (!a->d->args.len)
		erec_add(&a->t->errors, EREC_WARNING, a->d->loc,
		    "decode_esp alone decodes nothing: write decode_esp: "
		    "enable");
	else if (!text_is_nocase(a->d->args, "disable"))
		applier_bad(a, a->d->args, "enable or disable");
}

static void
policy_mode(struct applier *a)
{
	if (text_is_nocase(a->d->args, "tap"))
		a->s->policy = POLICY_TAP;
	else if (text_is_nocase(a->d->args, "inline"))
		a->s->policy = POLICY_INLINE;
	else if (text_is_nocase(a->d->args, "inline_test"))
		a->s->policy = POLICY_INLINE_TEST;
	else
		applier_bad(a, a->d->args, "tap, inline or inline_test");
}

static void
protected_content(struct applier *a)
{
	struct opt_conf *c = &a->s->detect.opt;

	if (text_is_nocase(a->d->args, "md5"))
		c->protected_default = PROTECTED_MD5;
	else if (text_is_nocase(a->d->args, "sha256"))
		c->protected_default = PROTECTED_SHA256;
	else if (text_is_nocase(a->d->args, "sha512"))
		c->protected_default = PROTECTED_SHA512;
	else
		applier_bad(a, a->d->args, "md5, sha256 or sha512");
}

static void
on_failure(struct applier *a)
{
	if (!settings_failure_of(a->d->args, &a->s->on_failure))
		applier_bad(a, a->d->args, "open or closed");
}

static void
fallback(struct applier *a)
{
	if (!settings_fallback_of(a->d->args, &a->s->fallback_exit))
		applier_bad(a, a->d->args, "ids or exit");
}

static void
mpls_payload_type(struct applier *a)
{
	if (text_is_nocase(a->d->args, "ipv4"))
		a->s->dec.mpls_payload = MPLS_PAYLOAD_IP4;
	else if (text_is_nocase(a->d->args, "ipv6"))
		a->s->dec.mpls_payload = MPLS_PAYLOAD_IP6;
	else if (text_is_nocase(a->d->args, "ethernet"))
		a->s->dec.mpls_payload = MPLS_PAYLOAD_ETH;
	else
		applier_bad(a, a->d->args, "ipv4, ipv6 or ethernet");
}

static void
reference_net(struct applier *a)
{
	struct text rest = a->d->args, addr = text_trim(text_cut(&rest, '/'));
	int64_t bits;

	if (!ipaddr_parse(addr, &a->s->out.home)) {
		applier_bad(a, a->d->args, "a network as 10.0.0.0/8");
		return;
	}
	bits = a->s->out.home.family == 4 ? 32 : 128;
	if (rest.ptr && !text_to_i64(text_trim(rest), 0, bits, &bits)) {
		applier_bad(a, rest, "not a prefix length");
		return;
	}
	a->s->out.home_bits = (unsigned)bits;
	ipaddr_mask(&a->s->out.home, (unsigned)bits);
}

/* The kernel's ring here, for others as it is; what modules of other captures
 * take is passed over. */
static void
daq_var(struct applier *a)
{
	struct text value = a->d->args, name = text_trim(text_cut(&value, '='));
	struct settings *s = a->s;
	int64_t n;

	if (!value.ptr && !settings_is_daq_flag(name))
		applier_bad(a, name, "NAME=VALUE belongs here");
	else if (text_is(name, "buffer_size") &&
	    text_to_i64(text_trim(value), 1, INT32_MAX, &n))
		a->s->ring_bytes = (uint32_t)n;
	else if (text_is(name, "buffer_size_mb") &&
	    text_to_i64(text_trim(value), 1, INT32_MAX >> 20, &n))
		a->s->ring_bytes = (uint32_t)n << 20;
	else if (!settings_knows_daq_var(name))
		settings_add_ignored(a->s, &a->t->arena, a->d,
		    "no packet source here takes this variable");
	else if (s->n_daq_vars == SETTINGS_DAQ_VARS)
		applier_bad(a, name, "there are too many of them");
	else
		s->daq_vars[s->n_daq_vars++] =
		    arena_xtext(&a->t->arena, a->d->args).ptr;
}

/* Octal, as for the command of that name. */
static void
set_umask(struct applier *a)
{
	unsigned mask = 0;

	for (size_t i = 0; i < a->d->args.len; i++) {
		char c = a->d->args.ptr[i];

		if (c < '0' || c > '7' || (mask = mask * 8 +
		    (unsigned)(c - '0')) > 0777) {
			applier_bad(a, a->d->args, "an octal number up to 777");
			return;
		}
	}
	a->s->umask = (int)mask;
}

/* -- the table -------------------------------------------------------------------- */

#define PLACE(f) offsetof(struct settings, f), sizeof(((struct settings *)0)->f)
static const struct config_def configs[] = {
#define FLAG(name, times, f)                                                   \
	{ name, CONFIG_FLAG, times, PLACE(f), 0, 0, NULL, NULL },
#define TEXT_FIELD(name, times, f)                                             \
	{ name, CONFIG_TEXT, times, PLACE(f), 0, 0, NULL, NULL },
#define NUMBER(name, times, f, min, max)                                       \
	{ name, CONFIG_NUMBER, times, PLACE(f), min, max, NULL, NULL },
#define CALL(name, times, function)                                            \
	{ name, CONFIG_CALL, times, 0, 0, 0, 0, function, NULL },
#define BARE_CALL(name, times, function)                                       \
	{ name, CONFIG_BARE_CALL, times, 0, 0, 0, 0, function, NULL },
#define NOOP(name, times, why)                                                 \
	{ name, CONFIG_NOOP, times, 0, 0, 0, 0, NULL, why },
#include "sensor/config.def"
#undef FLAG
#undef TEXT_FIELD
#undef NUMBER
#undef CALL
#undef BARE_CALL
#undef NOOP
};

static const struct {
	const char *name;
	void (*call)(struct applier *a); /* NULL: it does nothing */
	const char *why;
} preprocessors[] = {
#define PREPROCESSOR(name, function) { name, function, NULL },
#define PREPROCESSOR_NOOP(name, why) { name, NULL, why },
#include "sensor/preprocessors.def"
#undef PREPROCESSOR
#undef PREPROCESSOR_NOOP
};

/* Formats of others that are accepted and do nothing. */
static const struct {
	const char *name, *why;
} old_outputs[] = {
	{ "database", "Snort 2.9.3 took it away: use unified2" },
	{ "alert_prelude", "Snort 2.9.3 took it away: use alert_syslog" },
	{ "alert_aruba_action", "Snort 2.9.3 took it away" },
	{ "alert_unified", "Snort 2.9.3 took it away: use unified2" },
	{ "log_unified", "Snort 2.9.3 took it away: use unified2" },
	{ "alert_pf", "a table of another system's firewall" },
	{ "alert_fwsam", WHY_FWSAM },
	{ "alert_sf_socket", "no such socket" },
	{ "alert_sf_socket_sid", "no such socket" },
};

static void
set_number(struct applier *a, const struct config_def *def)
{
	char *field = (char *)a->s + def->field, what[80];
	int64_t v;

	if (!text_to_i64(a->d->args, def->min, def->max, &v)) {
		snprintf(what, sizeof(what),
		    "a number from %lld to %lld belongs here",
		    (long long)def->min, (long long)def->max);
		applier_bad(a, a->d->args, what);
		return;
	}
	/* the field's type holds the range that the table gives */
	switch (def->size) {
	case 1:
		*(uint8_t *)field = (uint8_t)v;
		break;
	case 4:
		memcpy(field, &(int32_t){ (int32_t)(uint32_t)v }, 4);
		break;
	default:
		assert(def->size == 8);
		memcpy(field, &v, 8);
		break;
	}
}

static void
apply_config(struct applier *a, uint64_t *seen)
{
	const struct directive *d = a->d;
	const struct config_def *def = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(configs) && !def; i++)
		if (text_is_nocase(d->name, configs[i].name))
			def = &configs[i];
	if (!def) {
		erec_add(&a->t->errors, EREC_CONFIG, d->loc,
		    "there is no config '%.*s'", TEXT_ARG(d->name));
		return;
	}
	i = (size_t)(def - configs);
	if (def->times == ONCE && seen[i / 64] >> i % 64 & 1) {
		erec_add(&a->t->errors, EREC_CONFIG, d->loc,
		    "config %s stands twice: take one away", def->name);
		return;
	}
	seen[i / 64] |= UINT64_C(1) << i % 64;
	if (!d->args.len && (def->kind == CONFIG_TEXT ||
	    def->kind == CONFIG_NUMBER || def->kind == CONFIG_CALL)) {
		erec_add(&a->t->errors, EREC_CONFIG, d->loc,
		    "config %s needs an argument, after a ':'", def->name);
		return;
	}
	switch (def->kind) {
	case CONFIG_FLAG:
		*(bool *)((char *)a->s + def->field) = true;
		break;
	case CONFIG_TEXT:
		*(const char **)(void *)((char *)a->s + def->field) =
		    arena_xtext(&a->t->arena, d->args).ptr;
		break;
	case CONFIG_NUMBER:
		set_number(a, def);
		break;
	case CONFIG_CALL:
	case CONFIG_BARE_CALL:
		def->call(a);
		break;
	case CONFIG_NOOP:
		if (def->why)
			settings_add_ignored(a->s, &a->t->arena, d, def->why);
		break;
	}
}

static void
apply_preprocessor(struct applier *a)
{
	for (size_t i = 0; i < ARRAY_LEN(preprocessors); i++)
		if (text_is_nocase(a->d->name, preprocessors[i].name)) {
			if (preprocessors[i].call)
				preprocessors[i].call(a);
			else
				settings_add_ignored(a->s, &a->t->arena, a->d,
				    preprocessors[i].why);
			return;
		}
	erec_add(&a->t->errors, EREC_CONFIG, a->d->loc,
	    "there is no preprocessor '%.*s'", TEXT_ARG(a->d->name));
}

static void
apply_output(struct applier *a)
{
	const struct directive *d = a->d;
	struct output_setting o = { .ops = out_find(d->name),
		.args = d->args, .loc = d->loc,
		.ruletype = d->in_ruletype ? d->in_ruletype->index + 1 : 0 };

	if (o.ops) {
		settings_add_output(a->s, &a->t->arena, &o);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(old_outputs); i++)
		if (text_is_nocase(d->name, old_outputs[i].name)) {
			settings_add_ignored(a->s, &a->t->arena, d,
			    old_outputs[i].why);
			return;
		}
	erec_add(&a->t->errors, EREC_CONFIG, d->loc,
	    "there is no output '%.*s', see aduana --list-outputs",
	    TEXT_ARG(d->name));
}

/* Ruletypes come after the builtin actions. */
static void
order_ruletypes(struct applier *a)
{
	struct detect_conf *c = &a->s->detect;

	for (unsigned i = 0; i < a->t->n_ruletypes; i++) {
		if (c->n_order == ARRAY_LEN(c->order)) {
			erec_add(&a->t->errors, EREC_CONFIG,
			    a->t->ruletypes[i]->loc, "too many ruletypes");
			return;
		}
		c->order[c->n_order++] = (uint16_t)(ACTION_COUNT + i);
	}
}

void
config_apply(struct settings *s, struct tree *t)
{
	struct applier a = { .s = s, .t = t };
	uint64_t seen[(ARRAY_LEN(configs) + 63) / 64] = { 0 };

	order_ruletypes(&a);
	for (unsigned i = 0; i < t->n_directives; i++) {
		a.d = &t->directives[i];
		switch (a.d->kind) {
		case DIR_CONFIG:
			apply_config(&a, seen);
			break;
		case DIR_PREPROCESSOR:
			apply_preprocessor(&a);
			break;
		case DIR_OUTPUT:
			apply_output(&a);
			break;
		case DIR_ATTRIBUTE_TABLE:
			settings_add_ignored(s, &t->arena, a.d, WHY_HOSTS);
			break;
		case DIR_DYNAMIC:
			settings_add_ignored(s, &t->arena, a.d,
			    "nothing to load: all is built in");
			break;
		case DIR_FILE:
			config_file_line(&a);
			break;
		case DIR_OTHER:
			settings_add_ignored(s, &t->arena, a.d,
			    "not part of this sensor");
			break;
		case DIR_EVENT_FILTER: /* detect's */
		case DIR_RATE_FILTER:
		case DIR_SUPPRESS:
		case DIR_RULE_STATE: /* done where rules are read */
			break;
		}
	}
	config_stream5_end(&a);
	config_app_end(&a);
	config_block_end(&a);
}
