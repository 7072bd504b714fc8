/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VXLAN, RFC 7348: eight bytes of which all but the network identifier and
 * one flag are fixed, then an Ethernet frame. A guess by port. */
#include "decoders/decode.h"
#include "decoders/wire/eth.h"

enum {
	VXLAN_LEN = 8,
	VXLAN_FLAG_VNI = 0x08,
};

static const struct dec_key keys[] = {
	{ DEC_SPACE_UDP_PORT, 4789 },
};

static enum dec_result
decode_vxlan(struct dec_ctx *ctx, struct packet *pkt, struct cursor *c)
{
	const uint8_t *p = cur_take(c, VXLAN_LEN);

	(void)pkt;
	if (!p || p[0] != VXLAN_FLAG_VNI || p[1] || p[2] || p[3] || p[7] ||
	    cur_left(c) < sizeof(struct wire_eth))
		return DEC_NOT_MINE;
	ctx->next = DEC_ID_ethernet;
	return DEC_NEXT;
}

const struct decoder_ops dec_vxlan = {
	.name = "vxlan",
	.help = "VXLAN, RFC 7348",
	DEC_KEYS(keys),
	.decode = decode_vxlan,
};
