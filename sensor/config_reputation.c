/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor reputation (Snort's README.reputation) and its lists. */
#include "core/limits.h"
#include "sensor/applier.h"

/* Lines of lists while they are read; lists outgrown stay in the arena. */
struct nets {
	struct rep_net *v;
	unsigned n;
};

/* An address or a network; what is behind a blank is a comment. */
static bool
parse_net(struct text line, struct rep_net *net)
{
	struct text word = text_word(&line), addr = text_cut(&word, '/');
	int64_t bits;

	if (!ipaddr_parse(addr, &net->addr))
		return false;
	bits = net->addr.family == 4 ? 32 : 128;
	if (word.ptr && !text_to_i64(word, 1, bits, &bits))
		return false;
	net->bits = (uint8_t)bits;
	return true;
}

static bool
read_list(struct applier *a, struct text *rest, uint8_t list,
    struct nets *nets)
{
	struct text name = applier_word(rest), text;
	const char *path;
	uint32_t line = 0;

	if (!name.len) {
		applier_bad(a, name, "the name of a file with addresses "
		    "belongs here");
		return false;
	}
	if (!tree_file(a->t, name, loc_at(a->d->args_loc,
	    (size_t)(name.ptr - a->d->args.ptr)), &path, &text))
		return false;
	while (text.len) {
		struct text all = text_cut(&text, '\n');
		struct text t = text_trim(text_cut(&all, '#'));
		struct rep_net net = { .list = list };

		line++;
		if (!t.len)
			continue;
		if (!parse_net(t, &net)) {
			erec_add(&a->t->errors, EREC_CONFIG, (struct loc){
				.file = path, .line = line, .col = 1,
				.line_text = t },
			    "'%.*s' is no address or network", TEXT_ARG(t));
			return false;
		}
		nets->v = settings_grow(&a->t->arena, nets->v, nets->n,
		    sizeof(net));
		nets->v[nets->n++] = net;
	}
	return true;
}

/* The word is one of two. */
static bool
choose(struct applier *a, struct text *rest, const char *yes, const char *no,
    const char *what, bool *is_yes)
{
	struct text word = applier_word(rest);

	*is_yes = text_is_nocase(word, yes);
	if (*is_yes || text_is_nocase(word, no))
		return true;
	applier_bad(a, word, what);
	return false;
}

static bool
nested(struct applier *a, struct text *rest, struct reputation_conf *c)
{
	struct text word = applier_word(rest);

	if (text_is_nocase(word, "inner"))
		c->nested = REP_INNER;
	else if (text_is_nocase(word, "outer"))
		c->nested = REP_OUTER;
	else if (text_is_nocase(word, "both"))
		c->nested = REP_BOTH;
	else {
		applier_bad(a, word, "inner, outer or both belongs here");
		return false;
	}
	return true;
}

/* What the word says; false after an error. */
static bool
take(struct applier *a, struct text word, struct text *rest,
    struct reputation_conf *c, struct nets *nets, int64_t *memcap)
{
	if (text_is_nocase(word, "memcap"))
		return applier_number(a, rest, 1, 4095, memcap);
	if (text_is_nocase(word, "scan_local")) {
		c->scan_local = true;
		return true;
	}
	if (text_is_nocase(word, "blacklist"))
		return read_list(a, rest, REP_BLACK, nets);
	if (text_is_nocase(word, "whitelist"))
		return read_list(a, rest, REP_WHITE, nets);
	if (text_is_nocase(word, "priority"))
		return choose(a, rest, "blacklist", "whitelist",
		    "blacklist or whitelist belongs here", &c->priority_black);
	if (text_is_nocase(word, "white"))
		return choose(a, rest, "trust", "unblack",
		    "trust or unblack belongs here", &c->white_trusts);
	if (text_is_nocase(word, "nested_ip"))
		return nested(a, rest, c);
	if (text_is_nocase(word, "shared_mem") ||
	    text_is_nocase(word, "shared_refresh")) {
		/* lists are read with the configuration, and again with it */
		applier_word(rest);
		return true;
	}
	applier_bad(a, word, "memcap N, scan_local, blacklist FILE, whitelist "
	    "FILE, priority, white, nested_ip");
	return false;
}

void
config_reputation(struct applier *a)
{
	struct reputation_conf *c = &a->s->watch.reputation;
	struct text rest = a->d->args, word;
	struct nets nets = { NULL, 0 };
	int64_t memcap = 500;

	if (c->enabled) {
		applier_bad(a, a->d->args, "stands twice: take one away");
		return;
	}
	c->enabled = true;
	while ((word = applier_word(&rest)).len)
		if (!take(a, word, &rest, c, &nets, &memcap))
			return;
	if (reputation_bytes(nets.n) > (size_t)memcap << 20) {
		applier_bad(a, a->d->args, "the lists do not fit into memcap "
		    "(in megabytes)");
		return;
	}
	reputation_build(&c->table, &a->t->arena, nets.v, nets.n);
}
