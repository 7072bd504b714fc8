/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cisco metadata (TrustSec): version, length, one option of two bytes (length
 * in the top three bits, kind in the rest) with the security group tag, and
 * the next ethertype.
 */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	SID_TRUNCATED = 468,
	SID_BAD_OPTION_LEN = 469,
	SID_BAD_OPTION_KIND = 470,
	SID_BAD_GROUP = 471,

	META_LEN = 8,
	OPTION_LEN_SHIFT = 13,
	OPTION_KIND_MASK = 0x1fff,
	OPTION_GROUP = 1,
	GROUP_INVALID = 0xffff,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_ETHERTYPE, ETHERTYPE_CISCO_META },
};

static const struct dec_event_def events[] = {
	{ SID_TRUNCATED, DEC_EV_DECODE, "cisco_meta.truncated",
	    DEC_MSG("truncated Cisco Metadata header") },
	{ SID_BAD_OPTION_LEN, DEC_EV_DECODE, "cisco_meta.bad_option_length",
	    DEC_MSG("invalid Cisco Metadata option length") },
	{ SID_BAD_OPTION_KIND, DEC_EV_DECODE, "cisco_meta.bad_option_type",
	    DEC_MSG("invalid Cisco Metadata option type") },
	{ SID_BAD_GROUP, DEC_EV_DECODE, "cisco_meta.bad_group",
	    DEC_MSG("invalid Cisco Metadata SGT") },
};

static uint32_t
what_is_wrong(uint16_t option, uint16_t group)
{
	/* the one kind there is leaves its length at 0 */
	if (option >> OPTION_LEN_SHIFT)
		return SID_BAD_OPTION_LEN;
	if ((option & OPTION_KIND_MASK) != OPTION_GROUP)
		return SID_BAD_OPTION_KIND;
	return group == GROUP_INVALID ? SID_BAD_GROUP : 0;
}

static enum dec_result
decode_cisco_meta(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, META_LEN);
	uint32_t bad;

	bad = p ? what_is_wrong((uint16_t)(p[2] << 8 | p[3]),
		      (uint16_t)(p[4] << 8 | p[5]))
		: SID_TRUNCATED;
	if (bad) {
		dec_event(ctx, pkt, bad);
		return DEC_STOP;
	}
	return dec_next_or_payload(ctx, DEC_SPACE_ETHERTYPE,
	    (uint32_t)(p[6] << 8 | p[7]));
}

const struct decoder_ops dec_cisco_meta = {
	.name = "cisco_meta",
	.help = "Cisco metadata (security group tags)",
	DEC_KEYS(keys),
	DEC_EVENTS(events),
	.decode = decode_cisco_meta,
};
