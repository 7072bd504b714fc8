/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor sfportscan, arpspoof and arpspoof_detect_host. */
#include <string.h>

#include "sensor/applier.h"

struct reader {
	struct settings *s;
	struct tree *t;
	const struct directive *d;
	struct text rest;
	bool failed; /* said once; the rest of the line is not read */
};

static struct reader
reader_of(const struct applier *a)
{
	return (struct reader){ .s = a->s, .t = a->t, .d = a->d,
		.rest = a->d->args };
}

/* Does an earlier line carry the same name? */
static bool
is_repeated(const struct applier *a)
{
	for (const struct directive *d = a->t->directives; d != a->d; d++)
		if (d->kind == a->d->kind && text_eq(d->name, a->d->name))
			return true;
	return false;
}

static struct loc
loc_of(const struct reader *r, struct text at)
{
	struct text all = r->d->args;
	bool inside = at.ptr && all.ptr && at.ptr >= all.ptr &&
	    at.ptr <= all.ptr + all.len;

	return loc_at(r->d->args_loc, inside ? (size_t)(at.ptr - all.ptr) : 0);
}

static void
bad(struct reader *r, struct text at, const char *what)
{
	if (r->failed)
		return;
	r->failed = true;
	erec_add(&r->t->errors, EREC_CONFIG, loc_of(r, at), "%.*s%s%.*s%s: %s",
	    TEXT_ARG(r->d->name), at.len ? " '" : "", TEXT_ARG(at),
	    at.len ? "'" : "", what);
}

static bool
is_mark(char c)
{
	return c == '{' || c == '}' || c == '[' || c == ']' || c == '!';
}

/* The next brace, bracket, `!` or word; blanks and commas separate. Empty at
 * the end, and after an error. */
static struct text
token(struct reader *r)
{
	struct text t = r->rest;
	size_t n = 0;

	while (t.len && (text_is_blank(t.ptr[0]) || t.ptr[0] == ','))
		t.ptr++, t.len--;
	if (r->failed)
		t.len = 0;
	if (t.len && is_mark(t.ptr[0]))
		n = 1;
	else
		while (n < t.len && !text_is_blank(t.ptr[n]) &&
		    t.ptr[n] != ',' && !is_mark(t.ptr[n]))
			n++;
	r->rest = text_make(t.ptr ? t.ptr + n : NULL, t.len - n);
	return text_make(t.ptr, n);
}

static bool
expect(struct reader *r, const char *mark)
{
	struct text t = token(r);

	if (text_is(t, mark))
		return true;
	bad(r, t, *mark == '{' ? "a '{' belongs here" : "a '}' belongs here");
	return false;
}

/* The single word of `{ WORD }`. */
static struct text
braced_word(struct reader *r)
{
	struct text word = { NULL, 0 };

	if (!expect(r, "{"))
		return word;
	word = token(r);
	if (!word.len || is_mark(word.ptr[0]))
		bad(r, word, "a word belongs here");
	if (!expect(r, "}"))
		word.len = 0;
	return word;
}

/* -- sfportscan ------------------------------------------------------------ */

struct choice {
	const char *name;
	unsigned value;
};

static const struct choice protos[] = {
	{ "tcp", 1 << PS_TCP }, { "udp", 1 << PS_UDP },
	{ "icmp", 1 << PS_ICMP }, { "ip", 1 << PS_IP },
	{ "ip_proto", 1 << PS_IP }, { "all", PS_ALL_PROTOS },
};
static const struct choice scans[] = {
	{ "portscan", 1 << PS_SCAN }, { "portsweep", 1 << PS_SWEEP },
	{ "decoy_portscan", 1 << PS_DECOY },
	{ "distributed_portscan", 1 << PS_DISTRIBUTED },
	{ "all", PS_ALL_SCANS },
};
static const struct choice senses[] = {
	{ "low", PS_LOW }, { "medium", PS_MEDIUM }, { "high", PS_HIGH },
};

static bool
choose(struct text word, const struct choice *from, size_t n, unsigned *value)
{
	for (size_t i = 0; i < n; i++)
		if (text_is_nocase(word, from[i].name)) {
			*value = from[i].value;
			return true;
		}
	return false;
}

/* `{ A B ... }`: the choices' values put together. */
static uint8_t
read_set(struct reader *r, const struct choice *from, size_t n,
    const char *what)
{
	unsigned set = 0, one;
	struct text word;

	if (!expect(r, "{"))
		return 0;
	while ((word = token(r)).len && !text_is(word, "}")) {
		if (choose(word, from, n, &one))
			set |= one;
		else
			bad(r, word, what);
	}
	if (!word.len)
		bad(r, word, "the '}' is missing");
	else if (!set)
		bad(r, word, "nothing is named before it");
	return (uint8_t)set;
}

struct host_list {
	struct ps_host *hosts;
	unsigned n;
};

static void
add_host(struct reader *r, struct host_list *l, const struct ps_host *h)
{
	l->hosts = settings_grow(&r->t->arena, l->hosts, l->n, sizeof(*h));
	l->hosts[l->n++] = *h;
}

/* Is the next token this mark? Then it is taken. */
static bool
accept(struct reader *r, const char *mark)
{
	struct text before = r->rest;

	if (text_is(token(r), mark))
		return true;
	r->rest = before;
	return false;
}

static bool
read_port_range(struct text word, struct ps_ports *out)
{
	struct text hi = word, lo = text_cut(&hi, '-');
	int64_t a, b;

	if (!text_to_i64(lo, 0, 65535, &a))
		return false;
	b = a;
	if (hi.ptr && !text_to_i64(hi, a, 65535, &b))
		return false;
	*out = (struct ps_ports){ (uint16_t)a, (uint16_t)b };
	return true;
}

/* `80 1000-2000 ]`, the bracket before it taken. */
static void
read_ports(struct reader *r, struct ps_host *h)
{
	/* each is at least one byte and a separator */
	struct ps_ports *ports = arena_xalloc(&r->t->arena,
	    (r->rest.len / 2 + 1) * sizeof(*ports));
	struct text word;

	h->ports = ports;
	while ((word = token(r)).len && !text_is(word, "]")) {
		if (read_port_range(word, &ports[h->n_ports]))
			h->n_ports++;
		else
			bad(r, word, "a port or LOW-HIGH belongs here");
	}
	if (!h->n_ports)
		bad(r, word, "ports belong here");
	else if (!word.len)
		bad(r, word, "the ']' is missing");
}

/* The text from an address list's '[' to its ']', or a word; `!` before it
 * included. */
static struct text
address_span(struct reader *r, struct text first)
{
	struct text last = first;
	unsigned depth = 0;

	while (text_is(last, "!"))
		last = token(r);
	for (;; last = token(r)) {
		if (!last.len) {
			bad(r, first, "the list does not end");
			return last;
		}
		depth += text_is(last, "[");
		if (text_is(last, "]") && depth)
			depth--;
		if (!depth)
			break;
	}
	first.len = (size_t)(last.ptr + last.len - first.ptr);
	return first;
}

/* One entry: addresses, and the ports that belong to them. */
static void
read_entry(struct reader *r, struct host_list *l, struct text first)
{
	struct text span = address_span(r, first);
	struct ps_host h = { .n_ports = 0 };
	const struct ip_set *set;

	if (!span.len)
		return;
	set = tree_ip_list(r->t, span, loc_of(r, span));
	if (!set) {
		r->failed = true;
		return;
	}
	if (accept(r, "["))
		read_ports(r, &h);
	if (set->any) {
		h.net.family = 4;
		add_host(r, l, &h);
		h.net.family = 6;
		add_host(r, l, &h);
		return;
	}
	for (unsigned i = 0; i < set->n; i++) {
		h.net = set->nets[i].addr;
		h.bits = set->nets[i].bits;
		h.negated = set->nets[i].negated;
		add_host(r, l, &h);
	}
}

static struct ps_hosts
read_hosts(struct reader *r)
{
	struct host_list l = { .n = 0 };
	struct text word;

	if (!expect(r, "{"))
		return (struct ps_hosts){ .n = 0 };
	while ((word = token(r)).len && !text_is(word, "}"))
		read_entry(r, &l, word);
	if (!word.len)
		bad(r, word, "the '}' is missing");
	return (struct ps_hosts){ l.hosts, l.n };
}

static void
read_memcap(struct reader *r, struct portscan_conf *c)
{
	struct text word = braced_word(r);
	int64_t n;

	if (text_to_i64(word, 1, INT32_MAX, &n))
		c->memcap = (size_t)n;
	else
		bad(r, word, "a number of bytes belongs here");
}

static void
read_sense(struct reader *r, struct portscan_conf *c)
{
	struct text word = braced_word(r);
	unsigned v = 0;

	if (!choose(word, senses, ARRAY_LEN(senses), &v))
		bad(r, word, "low, medium or high belongs here");
	c->sense = (enum ps_sense)v;
}

/* A file of its own, whatever the other outputs are. */
static void
read_logfile(struct reader *r)
{
	struct output_setting o = { .ops = &out_log_portscan,
		.loc = r->d->loc };

	o.args = braced_word(r);
	if (o.args.len)
		settings_add_output(r->s, &r->t->arena, &o);
}

static void
read_setting(struct reader *r, struct portscan_conf *c, struct text name)
{
	if (text_is_nocase(name, "proto"))
		c->protos = read_set(r, protos, ARRAY_LEN(protos),
		    "tcp, udp, icmp, ip or all belongs here");
	else if (text_is_nocase(name, "scan_type"))
		c->scans = read_set(r, scans, ARRAY_LEN(scans),
		    "portscan, portsweep, decoy_portscan, "
		    "distributed_portscan or all belongs here");
	else if (text_is_nocase(name, "sense_level"))
		read_sense(r, c);
	else if (text_is_nocase(name, "memcap"))
		read_memcap(r, c);
	else if (text_is_nocase(name, "logfile"))
		read_logfile(r);
	else if (text_is_nocase(name, "watch_ip"))
		c->watch = read_hosts(r);
	else if (text_is_nocase(name, "ignore_scanners"))
		c->ignore_scanners = read_hosts(r);
	else if (text_is_nocase(name, "ignore_scanned"))
		c->ignore_scanned = read_hosts(r);
	else if (text_is_nocase(name, "include_midstream"))
		c->midstream = true;
	else if (text_is_nocase(name, "detect_ack_scans"))
		c->ack_scans = true;
	else if (text_is_nocase(name, "disabled"))
		c->enabled = false;
	else
		bad(r, name, "no setting of sfportscan");
}

void
config_sfportscan(struct applier *a)
{
	struct reader r = reader_of(a);
	struct portscan_conf c = portscan_conf_default();
	struct text name;

	if (is_repeated(a)) {
		bad(&r, (struct text){ NULL, 0 }, "stands twice: take one "
		    "away");
		return;
	}
	c.enabled = true;
	while ((name = token(&r)).len)
		read_setting(&r, &c, name);
	a->s->watch.portscan = c;
}

/* -- arpspoof -------------------------------------------------------------- */

void
config_arpspoof(struct applier *a)
{
	struct reader r = reader_of(a);
	struct text word;

	a->s->watch.arpspoof.enabled = true;
	while ((word = token(&r)).len) {
		if (text_is_nocase(word, "-unicast"))
			a->s->watch.arpspoof.unicast = true;
		else
			bad(&r, word, "-unicast or nothing belongs here");
	}
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, text_lower(c), sizeof(digits) - 1);

	return at ? (int)(at - digits) : -1;
}

/* Six pairs of digits; a pair may lack its first one. */
bool
applier_mac(struct text t, uint8_t mac[6])
{
	for (unsigned i = 0; i < 6; i++) {
		struct text part = text_cut(&t, ':');
		int v = 0;

		if (!part.len || part.len > 2 || (i == 5) != !t.ptr)
			return false;
		for (size_t j = 0; j < part.len; j++) {
			int digit = hex_digit(part.ptr[j]);

			if (digit == -1)
				return false;
			v = v * 16 + digit;
		}
		mac[i] = (uint8_t)v;
	}
	return true;
}

void
config_arpspoof_host(struct applier *a)
{
	struct reader r = reader_of(a);
	struct arpspoof_conf *c = &a->s->watch.arpspoof;
	struct text ip = token(&r), mac = token(&r), more = token(&r);
	struct ipaddr addr;
	struct arp_host h;

	if (!c->enabled)
		bad(&r, ip, "a line 'preprocessor arpspoof' belongs before "
		    "it");
	else if (!ipaddr_parse(ip, &addr) || addr.family != 4)
		bad(&r, ip, "an IPv4 address belongs here");
	else if (!applier_mac(mac, h.mac))
		bad(&r, mac, "a MAC address as 00:11:22:33:44:55 belongs "
		    "here");
	else if (more.len)
		bad(&r, more, "one address and its MAC on a line");
	if (r.failed)
		return;
	memcpy(h.ip, addr.b, sizeof(h.ip));
	c->hosts = settings_grow(&a->t->arena, c->hosts, c->n_hosts, sizeof(h));
	if (!arpspoof_add(c->hosts, &c->n_hosts, &h))
		bad(&r, ip, "has a MAC already");
}
