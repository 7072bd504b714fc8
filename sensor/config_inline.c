/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directives of inline: what the kernel may do by itself, and how answers are
 * sent. */
#include "sensor/applier.h"

/* none, all, or a list of them. */
void
config_inline_bypass(struct applier *a)
{
	static const struct {
		const char *name;
		uint32_t bits;
	} words[] = {
		{ "none", 0 },
		{ "dropped", 1u << FLOW_INSPECTED },
		{ "fastpath", 1u << FLOW_BYPASS_RULE },
		{ "trusted", 1u << FLOW_BYPASS_TRUSTED },
		{ "encrypted", 1u << FLOW_BYPASS_ENCRYPTED },
		{ "config", 1u << FLOW_BYPASS_CONFIG },
		{ "all", 1u << FLOW_INSPECTED | 1u << FLOW_BYPASS_RULE |
		    1u << FLOW_BYPASS_TRUSTED | 1u << FLOW_BYPASS_ENCRYPTED |
		    1u << FLOW_BYPASS_CONFIG },
	};
	struct text rest = a->d->args, word;

	while ((word = applier_word(&rest)).len) {
		size_t i = 0;

		while (i < ARRAY_LEN(words) &&
		    !text_is_nocase(word, words[i].name))
			i++;
		if (i == ARRAY_LEN(words))
			applier_bad(a, word, "none, all, or some of dropped, "
			    "fastpath, trusted, encrypted and config");
		else
			a->s->inline_bypass |= words[i].bits;
	}
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
