/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/bypass.h"

#include <inttypes.h>

#include "core/buf.h"
#include "core/log.h"
#include "decoders/track/flow.h"

enum {
	DROPPED = 1u << FLOW_INSPECTED,
	ALL = DROPPED | 1u << FLOW_BYPASS_RULE | 1u << FLOW_BYPASS_TRUSTED |
	    1u << FLOW_BYPASS_ENCRYPTED | 1u << FLOW_BYPASS_CONFIG |
	    1u << FLOW_BYPASS_PASS | 1u << FLOW_BYPASS_DEPTH,
	/* not those that were dropped: a connection's mark outlives them, and
	 * who comes back with the same port would be dropped for days */
	DEFAULT = ALL & ~DROPPED,
	SAID_MAX = 256,
};

static const struct {
	const char *name;
	uint32_t bits;
} words[] = {
	{ "none", 0 },
	{ "dropped", DROPPED },
	{ "fastpath", 1u << FLOW_BYPASS_RULE },
	{ "trusted", 1u << FLOW_BYPASS_TRUSTED },
	{ "encrypted", 1u << FLOW_BYPASS_ENCRYPTED },
	{ "config", 1u << FLOW_BYPASS_CONFIG },
	{ "pass", 1u << FLOW_BYPASS_PASS },
	{ "depth", 1u << FLOW_BYPASS_DEPTH },
	{ "all", ALL },
};

bool
bypass_of(struct text word, uint32_t *bits)
{
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (text_is_nocase(word, words[i].name)) {
			*bits = words[i].bits;
			return true;
		}
	return false;
}

uint32_t
bypass_settle(const struct settings *s, bool wired)
{
	return s->has_inline_bypass ? s->inline_bypass : wired ? DEFAULT : 0;
}

void
bypass_say(uint32_t bits, uint64_t depth)
{
	struct buf b;

	if (!bits)
		return;
	buf_init(&b, SAID_MAX);
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].bits != ALL && words[i].bits & bits)
			buf_printf(&b, "%s%s", b.len ? ", " : "",
			    words[i].name);
	if (bits & 1u << FLOW_BYPASS_DEPTH && depth)
		buf_printf(&b, " of %" PRIu64 " bytes", depth);
	log_info("inline: the kernel judges the rest of sessions by itself: "
	    "%.200s (config inline_bypass, inline_depth)", b.ptr);
	buf_fini(&b);
}
