/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule's line: header, and the splitting of its options. */
#include "rules/parse.h"

static const struct {
	const char *name;
	enum rule_action action;
} actions[] = {
	/* the first name of each is the canonical one */
	{ "alert", ACTION_ALERT }, { "log", ACTION_LOG },
	{ "pass", ACTION_PASS }, { "drop", ACTION_DROP },
	{ "block", ACTION_DROP }, { "sdrop", ACTION_SDROP },
	{ "sblock", ACTION_SDROP }, { "reject", ACTION_REJECT },
	{ "activate", ACTION_ACTIVATE }, { "dynamic", ACTION_DYNAMIC },
};

static const char *const protos[] = {
	[PROTO_IP] = "ip", [PROTO_TCP] = "tcp", [PROTO_UDP] = "udp",
	[PROTO_ICMP] = "icmp",
};

const char *
rule_action_name(enum rule_action a)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (actions[i].action == a)
			return actions[i].name;
	return "custom";
}

const char *
rule_proto_name(enum rule_proto p)
{
	return protos[p];
}

bool
rule_action_find(struct text name, enum rule_action *a)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (text_is_nocase(name, actions[i].name)) {
			*a = actions[i].action;
			return true;
		}
	return false;
}

bool
rule_is_action(const struct tree *t, struct text word)
{
	enum rule_action ignored;

	return rule_action_find(word, &ignored) || ruletype_find(t, word);
}

/* -- one rule ------------------------------------------------------------------- */

/* The line while it is read. `loc` stands for the byte at `at`, so that a
 * later place is found from there instead of from the line's start. */
struct reader {
	struct tree *tree;
	struct rule *rule;
	unsigned position;
	struct text rest; /* not read yet */
	struct loc loc;
	const char *at;
};

static struct loc
place(struct reader *in, const char *p)
{
	if (p >= in->at) {
		in->loc = loc_at(in->loc, (size_t)(p - in->at));
		in->at = p;
		return in->loc;
	}
	return loc_at(in->rule->loc, (size_t)(p - in->rule->raw.ptr));
}

#define refuse(in, p, ...)                                                     \
	((in)->rule->refused = true,                                           \
	    erec_add(&(in)->tree->errors, EREC_RULE, place(in, p), __VA_ARGS__))

/*
 * The next field of a header. Brackets keep their blanks, as Snort 3 and
 * Suricata allow; a bracket that opens options ends the field.
 */
static struct text
field(struct reader *in)
{
	struct text t = text_trim(in->rest);
	unsigned depth = 0;
	size_t i;

	for (i = 0; i < t.len; i++) {
		char c = t.ptr[i];

		if (c == '[' || (c == '(' && i && t.ptr[i - 1] == '$'))
			depth++;
		else if ((c == ']' || c == ')') && depth)
			depth--;
		else if (!depth && (text_is_blank(c) || c == '('))
			break;
	}
	in->rest = text_make(t.ptr + i, t.len - i);
	return text_make(t.ptr, i);
}

static const struct ip_set *
read_addresses(struct reader *in, struct text f)
{
	struct set_error e = { .message = "" };
	const struct ip_set *s = ip_set_parse(in->tree, f, in->position, &e);

	if (!s)
		refuse(in, f.ptr + e.off, "%s", e.message);
	return s;
}

static const struct port_set *
read_ports(struct reader *in, struct text f)
{
	struct set_error e = { .message = "" };
	const struct port_set *s = port_set_parse(in->tree, f, in->position,
	    &e);

	if (!s)
		refuse(in, f.ptr + e.off, "%s", e.message);
	return s;
}

static bool
read_proto(struct reader *in, struct text f)
{
	struct text value;

	if (!var_expand(in->tree, EREC_RULE, f, place(in, f.ptr),
	    in->position, &value)) {
		in->rule->refused = true;
		return false;
	}
	for (unsigned i = 0; i < ARRAY_LEN(protos); i++)
		if (text_is_nocase(value, protos[i])) {
			in->rule->proto = (enum rule_proto)i;
			return true;
		}
	refuse(in, f.ptr, "unknown protocol '%.*s': tcp, udp, icmp or ip",
	    TEXT_ARG(value));
	return false;
}

static void
read_direction(struct reader *in, struct text f)
{
	if (text_is(f, "<>"))
		in->rule->bidirectional = true;
	else if (text_is(f, "<-"))
		refuse(in, f.ptr,
		    "there is no '<-': swap the two sides and write '->'");
	else if (!text_is(f, "->"))
		refuse(in, f.ptr, "'%.*s' stands where '->' or '<>' belongs",
		    TEXT_ARG(f));
}

/* protocol, source, port, direction, destination, port. False if what stands
 * there has not even that shape. */
static bool
read_header(struct reader *in)
{
	static const char *const names[] = { "protocol", "source address",
		"source port", "direction", "destination address",
		"destination port" };
	struct rule *r = in->rule;
	struct text f[ARRAY_LEN(names)];

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		f[i] = field(in);
		if (!f[i].len) {
			refuse(in, in->rest.ptr, "the %s is missing: "
			    "action protocol address port -> address port",
			    names[i]);
			return false;
		}
		if (in->rest.len && in->rest.ptr[0] == '(') {
			refuse(in, in->rest.ptr, "a blank must stand before "
			    "this bracket");
			return false;
		}
	}
	r->has_header = true;
	read_proto(in, f[0]);
	r->src = read_addresses(in, f[1]);
	r->sports = read_ports(in, f[2]);
	read_direction(in, f[3]);
	r->dst = read_addresses(in, f[4]);
	r->dports = read_ports(in, f[5]);
	if (r->refused || r->proto == PROTO_TCP || r->proto == PROTO_UDP)
		return true;
	/* read, and without meaning: as in Snort */
	if (!r->sports->any || !r->dports->any)
		erec_add(&in->tree->errors, EREC_WARNING,
		    place(in, r->sports->any ? f[5].ptr : f[2].ptr),
		    "ports mean nothing in a rule for %s: write any",
		    rule_proto_name(r->proto));
	r->sports = r->dports = in->tree->port_sets[0];
	return true;
}

/* -- options ------------------------------------------------------------------------ */

/* Takes the backslash of each `\;` away. */
static struct text
unescape_semicolons(struct tree *t, struct text s)
{
	char *out = arena_xalloc(&t->arena, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '\\' || i + 1 == s.len || s.ptr[i + 1] != ';')
			out[n++] = s.ptr[i];
	return text_make(out, n);
}

static struct text
lower_case(struct tree *t, struct text s)
{
	size_t i;

	for (i = 0; i < s.len && text_lower(s.ptr[i]) == s.ptr[i]; i++)
		;
	if (i == s.len)
		return s;
	char *out = arena_xdup(&t->arena, s.ptr, s.len);
	for (; i < s.len; i++)
		out[i] = text_lower(s.ptr[i]);
	return text_make(out, s.len);
}

/* Cuts up to the first `sep` that no backslash precedes off *rest; *escaped
 * tells whether one was passed over. */
static struct text
cut_unescaped(struct text *rest, char sep, bool *escaped)
{
	struct text head = *rest;
	const char *p = head.ptr, *end = head.ptr + head.len;

	*escaped = false;
	while ((p = memchr(p, sep, (size_t)(end - p)))) {
		if (p == head.ptr || p[-1] != '\\') {
			head.len = (size_t)(p - head.ptr);
			rest->ptr = p + 1;
			rest->len = (size_t)(end - p) - 1;
			return head;
		}
		*escaped = true;
		p++;
	}
	*rest = (struct text){ NULL, 0 };
	return head;
}

/* Fills *o from "name: argument"; false after an error. */
static bool
split_option(struct reader *in, struct text piece, bool escaped,
    struct rule_opt *o)
{
	struct text rest = piece, name;
	bool ignored;

	if (piece.ptr[piece.len - 1] == '\\') {
		refuse(in, piece.ptr + piece.len - 1,
		    "an option cannot end in a backslash");
		return false;
	}
	name = text_trim(cut_unescaped(&rest, ':', &ignored));
	o->loc = place(in, piece.ptr);
	o->name = lower_case(in->tree, name);
	o->arg = (struct text){ NULL, 0 };
	o->arg_loc = o->loc;
	if (!name.len) {
		refuse(in, piece.ptr, "an option without a name");
		return false;
	}
	if (!rest.ptr)
		return true;
	o->arg = text_trim(rest);
	o->arg_loc = place(in, o->arg.ptr);
	if (escaped)
		o->arg = unescape_semicolons(in->tree, o->arg);
	return true;
}

static void
read_options(struct reader *in, struct text body)
{
	struct tree *t = in->tree;
	struct rule *r = in->rule;
	struct rule_opt *opts = t->priv->opts;
	struct general g = { .rule = r };
	unsigned n = 0, seen = 0;

	t->priv->n_metas = 0;
	while (body.ptr) {
		bool escaped;
		struct text piece = text_trim(cut_unescaped(&body, ';',
		    &escaped));

		if (!piece.len) /* Snort passes over ";;" too */
			continue;
		if (++seen > LIM_RULE_OPTIONS) {
			refuse(in, piece.ptr, "more than %d options",
			    LIM_RULE_OPTIONS);
			break;
		}
		if (split_option(in, piece, escaped, &opts[n]) &&
		    !general_option(t, &g, &opts[n]))
			n++;
	}
	r->opts = n ? arena_xdup(&t->arena, opts, n * sizeof(*opts)) : NULL;
	r->n_opts = n;
	general_finish(t, &g);
}

/* What is between the brackets; false after an error. */
static bool
options_body(struct reader *in, struct text *body)
{
	struct text t = text_trim(in->rest);
	const char *last;

	if (!t.len || t.ptr[0] != '(') {
		if (t.len)
			refuse(in, t.ptr, "'(' with the options belongs here");
		else
			refuse(in, in->rest.ptr,
			    "a rule needs options, at least (sid:N;)");
		return false;
	}
	if (t.ptr[t.len - 1] == ')' && t.len > 1) {
		*body = text_make(t.ptr + 1, t.len - 2);
		return true;
	}
	last = memrchr(t.ptr, ')', t.len);
	if (last && last > t.ptr && memchr(t.ptr, ';', t.len) &&
	    text_trim(text_make(last + 1, t.len - 1 -
	    (size_t)(last - t.ptr))).ptr[0] == '#')
		refuse(in, last + 1, "nothing may follow the last ')': "
		    "a comment needs a line of its own");
	else
		refuse(in, t.ptr + t.len - 1, "the line does not end in ')': "
		    "options that go on in the next line need a \\ here");
	return false;
}

static struct rule *
rule_new(struct tree *t)
{
	struct tree_private *priv = t->priv;

	enum { BLOCK = 128 };
	if (!priv->n_rule_block) {
		priv->rule_block = arena_xalloc(&t->arena,
		    BLOCK * sizeof(struct rule));
		priv->n_rule_block = BLOCK;
	}
	struct rule *r = priv->rule_block++;
	priv->n_rule_block--;
	t->rules = vec_room(t->rules, t->n_rules, sizeof(*t->rules));
	r->index = t->n_rules;
	t->rules[t->n_rules++] = r;
	return r;
}

void
rule_parse(struct tree *t, const struct rule_line *l)
{
	struct rule *r = rule_new(t);
	struct reader in = { .tree = t, .rule = r, .position = l->position,
		.rest = l->line.text, .loc = l->line.loc,
		.at = l->line.text.ptr };
	struct text body, action;

	r->loc = l->line.loc;
	r->raw = l->line.text;
	r->gid = 1;
	r->src = r->dst = t->ip_sets[0];
	r->sports = r->dports = t->port_sets[0];
	if (r->raw.len > LIM_RULE_TEXT) {
		refuse(&in, r->raw.ptr, "a rule of %zu bytes: at most %d",
		    r->raw.len, LIM_RULE_TEXT);
		return;
	}
	action = text_word(&in.rest);
	if (!rule_action_find(action, &r->action)) {
		r->action = ACTION_CUSTOM;
		r->ruletype = ruletype_find(t, action);
	}
	struct text rest = text_trim(in.rest);
	if (rest.len && rest.ptr[0] == '(')
		r->bidirectional = true;
	else if (!read_header(&in))
		return;
	if (options_body(&in, &body))
		read_options(&in, body);
	/* a refused rule has no half-made header for others to stumble on */
	if (!r->src || !r->dst)
		r->src = r->dst = t->ip_sets[0];
	if (!r->sports || !r->dports)
		r->sports = r->dports = t->port_sets[0];
}
