/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor normalize_ip4, _ip6, _tcp, _icmp4 and _icmp6. */
#include "sensor/applier.h"

struct word {
	const char *name;
	unsigned bit;
};

static bool
find(const struct word *words, unsigned n, struct text word, unsigned *bit)
{
	for (unsigned i = 0; i < n; i++)
		if (text_is_nocase(word, words[i].name)) {
			*bit = words[i].bit;
			return true;
		}
	return false;
}

void
config_normalize_ip4(struct applier *a)
{
	static const struct word words[] = {
#define X(NAME, word) { word, NORM_IP4_##NAME },
		NORM_IP4_WORDS(X)
#undef X
	};
	struct text rest = a->d->args, word;
	unsigned bit;

	a->s->norm.ip4 = true;
	while ((word = applier_word(&rest)).len) {
		if (find(words, ARRAY_LEN(words), word, &bit))
			a->s->norm.ip4_on |= bit;
		else
			applier_bad(a, word, "df, rf, tos or trim");
	}
}

/* Those without a word. */
static void
plain(struct applier *a, bool *on)
{
	if (a->d->args.len)
		applier_bad(a, a->d->args, "it takes nothing");
	*on = true;
}

void
config_normalize_ip6(struct applier *a)
{
	plain(a, &a->s->norm.ip6);
}

void
config_normalize_icmp4(struct applier *a)
{
	plain(a, &a->s->norm.icmp4);
}

void
config_normalize_icmp6(struct applier *a)
{
	plain(a, &a->s->norm.icmp6);
}

/* opts [allow KIND...]: up to the end of the line. */
static void
allowed_options(struct applier *a, struct text *rest)
{
	struct text word = applier_word(rest);

	if (!word.len)
		return;
	if (!text_is_nocase(word, "allow")) {
		applier_bad(a, word, "allow and kinds of options");
		return;
	}
	while ((word = applier_word(rest)).len)
		if (!norm_opts_allow(word, a->s->norm.opts))
			applier_bad(a, word, "sack, echo, partial_order, "
			    "conn_count, alt_checksum, md5 or a number from 3 "
			    "to 255");
}

static void
ecn(struct applier *a, struct text *rest)
{
	struct text word = applier_word(rest);

	if (text_is_nocase(word, "packet"))
		a->s->norm.tcp_on |= NORM_TCP_ECN_PACKET;
	else if (text_is_nocase(word, "stream"))
		a->s->norm.tcp_on |= NORM_TCP_ECN_STREAM;
	else
		applier_bad(a, word, "packet or stream");
}

/*
 * Without a word of the base's own all of the base is on, as before there were
 * such words.
 */
void
config_normalize_tcp(struct applier *a)
{
	static const struct word words[] = {
#define X(NAME, word) { word, NORM_TCP_##NAME },
		NORM_TCP_WORDS(X)
#undef X
		{ "trim", NORM_TCP_TRIM_SYN | NORM_TCP_TRIM_RST |
		    NORM_TCP_TRIM_WIN | NORM_TCP_TRIM_MSS },
	};
	struct norm_conf *c = &a->s->norm;
	struct text rest = a->d->args, word;
	unsigned bit, named = 0;

	c->tcp = true;
	while ((word = applier_word(&rest)).len) {
		if (text_is_nocase(word, "ecn")) {
			ecn(a, &rest);
		} else if (text_is_nocase(word, "opts")) {
			c->tcp_on |= NORM_TCP_OPTS;
			allowed_options(a, &rest);
		} else if (find(words, ARRAY_LEN(words), word, &bit)) {
			c->tcp_on |= bit;
			named |= bit & (NORM_TCP_BASE | NORM_TCP_BLOCK);
		} else {
			applier_bad(a, word, "not a word of normalize_tcp");
		}
	}
	if (!named)
		c->tcp_on |= NORM_TCP_BASE;
}
