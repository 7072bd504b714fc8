/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IGMP, RFC 2236 and 3376: named, and watched for one old attack. */
#include "decoders/decode.h"
#include "decoders/wire/ip4.h"

enum {
	SID_OPTIONS_DOS = 455,

	IGMP_LEN = 8,
	IGMP_QUERY = 0x11,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_IPPROTO, IP_PROTO_IGMP },
};

static const struct dec_event_def events[] = {
	{ SID_OPTIONS_DOS, DEC_EV_DECODE, "igmp.options_dos",
	    DEC_MSG("IGMP options dos") },
};

/*
 * A query in a datagram whose IP options are empty ones stopped Windows
 * (CVE-2006-0021). Honest queries carry the router alert option.
 */
static bool
has_bad_options(const struct packet *pkt)
{
	const struct pkt_dec *d = &pkt->dec;
	struct slice opts = pkt_bytes(pkt, d->ip_off + 20, d->ip_hlen - 20u);
	bool empty = false;

	if (d->ip_hlen < 20 + 2 || opts.len < 2)
		return false;
	if (opts.ptr[0] == IP4_OPT_EOL && opts.ptr[1] == IP4_OPT_EOL)
		return true;
	for (unsigned i = 0; i < d->n_ip4_opts; i++) {
		if (pkt->ip4_opts[i].kind == IP4_OPT_RTRALT)
			return false;
		if (pkt->ip4_opts[i].kind != IP4_OPT_NOP &&
		    pkt->ip4_opts[i].len == 0)
			empty = true;
	}
	return empty;
}

static enum dec_result
decode_igmp(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);

	if (p && p[0] == IGMP_QUERY && has_bad_options(pkt))
		dec_event(ctx, pkt, SID_OPTIONS_DOS);
	/* no transport of the rules': the payload stays IP's */
	return dec_end(c, IGMP_LEN);
}

const struct decoder_ops dec_igmp = {
	.name = "igmp",
	.help = "IGMP, RFC 2236 and 3376",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_igmp,
};
