/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GTP signalling over UDP: GTP' and GTP v0 (3GPP TS 09.60), v1 (TS 29.060), v2
 * (TS 29.274). The header, and where information elements are. Events of gid
 * 143 as Snort's README.gtp says. User traffic (T-PDU) is the tunnel decoder's.
 */
#include "decoders/app/gtp.h"

#include <string.h>

#include "core/cursor.h"
#include "decoders/app/app.h"

enum {
	GID = 143,
	EV_LENGTH = 1,
	EV_IE_LENGTH,
	EV_IE_ORDER,

	T_PDU = 255,
	V0_HEADER = 20,
	V0_PRIME_HEADER = 6, /* GTP' with the short header */
	V1_HEADER = 8,
	V1_OPTIONAL = 4,
	V2_HEADER = 4,
	/* bits of the first octet */
	PT = 0x10,         /* GTP, not GTP' */
	V0_SHORT = 0x01,
	V1_EXTENSION = 0x04, V1_SEQUENCE = 0x02, V1_N_PDU = 0x01,
	V2_TEID = 0x08,
	TLV = 0x80, /* elements of v0 and v1 from here on carry a length */
};

#define GTP_COUNTERS(X)                                                        \
	X(MESSAGES, "messages", "signalling messages read")                    \
	X(ELEMENTS, "elements", "information elements in them")                \
	X(BAD, "malformed", "messages whose lengths do not fit")
enum {
#define X(NAME, name, help) CTR_##NAME,
	GTP_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { GTP_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "gtp_c", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_LENGTH, DEC_EV_DECODE, "gtp_c.bad_length",
	    "(spp_gtp) Message length is invalid" },
	{ EV_IE_LENGTH, DEC_EV_DECODE, "gtp_c.bad_element_length",
	    "(spp_gtp) Information element length is invalid" },
	{ EV_IE_ORDER, DEC_EV_DECODE, "gtp_c.element_order",
	    "(spp_gtp) Information elements are out of order" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

/* Octets behind the type of v0's and v1's elements below TLV; 0: one that is
 * not known, so that what follows cannot be found (TS 29.060 7.7). */
static const uint8_t fixed_len[TLV] = {
	[1] = 1, [2] = 8, [3] = 6, [4] = 4, [5] = 4, [6] = 8, [7] = 8,
	[8] = 1, [9] = 3, [11] = 1, [12] = 3, [13] = 1, [14] = 1, [15] = 1,
	[16] = 4, [17] = 4, [18] = 5, [19] = 1, [20] = 1, [21] = 1, [22] = 9,
	[23] = 1, [24] = 1, [25] = 2, [26] = 2, [27] = 2, [28] = 2, [29] = 1,
	[126] = 1, [127] = 4,
};

/* -- the header ------------------------------------------------------------- */

/* Takes the header off; *len is what it says of the whole message. */
static bool
take_header(struct cursor *c, struct gtp_facts *f, size_t *len)
{
	uint8_t first, type, ext;
	uint16_t n;

	if (!cur_u8(c, &first) || !cur_u8(c, &type) || !cur_be16(c, &n))
		return false;
	f->version = first >> 5;
	f->type = type;
	switch (f->version) {
	case 0:
		*len = (first & PT || !(first & V0_SHORT) ? V0_HEADER :
		    V0_PRIME_HEADER) + (size_t)n;
		return cur_skip(c, (first & PT || !(first & V0_SHORT) ?
		    V0_HEADER : V0_PRIME_HEADER) - 4);
	case 1:
		*len = V1_HEADER + (size_t)n;
		if (!cur_skip(c, V1_HEADER - 4))
			return false;
		if (!(first & (V1_EXTENSION | V1_SEQUENCE | V1_N_PDU)))
			return true;
		if (!cur_skip(c, V1_OPTIONAL - 1) || !cur_u8(c, &ext))
			return false;
		/* each extension is at least four octets, so this ends */
		while (first & V1_EXTENSION && ext) {
			uint8_t words;

			if (!cur_u8(c, &words) || !words ||
			    !cur_skip(c, (size_t)words * 4 - 2) ||
			    !cur_u8(c, &ext))
				return false;
		}
		return true;
	case 2:
		*len = V2_HEADER + (size_t)n;
		return cur_skip(c, first & V2_TEID ? 8 : 4);
	default:
		return false;
	}
}

/* -- elements ----------------------------------------------------------------- */

static void
note(struct gtp_facts *f, uint8_t type, const uint8_t *p, size_t len)
{
	if (f->ie[type].off)
		return; /* the first one counts */
	f->ie[type].off = (uint16_t)(p - f->message.ptr);
	f->ie[type].len = (uint16_t)len;
}

/* v2: type, length, spare and instance, value. */
static bool
take_v2(struct cursor *c, uint8_t type, size_t *len, const uint8_t **value)
{
	uint16_t n;

	(void)type;
	if (!cur_be16(c, &n) || !cur_skip(c, 1))
		return false;
	*len = n;
	*value = cur_take(c, n);
	return *value || !n;
}

static bool
take_v1(struct cursor *c, uint8_t type, size_t *len, const uint8_t **value)
{
	uint16_t n;

	if (type & TLV) {
		if (!cur_be16(c, &n))
			return false;
		*len = n;
	} else {
		*len = fixed_len[type];
		if (!*len)
			return false;
	}
	*value = cur_take(c, *len);
	return *value || !*len;
}

/* Each step consumes an octet at least. */
static void
take_elements(struct app_call *c, struct gtp_facts *f, struct cursor cur)
{
	uint8_t type, last = 0;
	bool ordered = true;

	while (cur_u8(&cur, &type)) {
		const uint8_t *value;
		size_t len;

		if (!(f->version == 2 ? take_v2(&cur, type, &len, &value) :
		    take_v1(&cur, type, &len, &value))) {
			c->ctrs[CTR_BAD]++;
			app_event(c, GID, EV_IE_LENGTH);
			return;
		}
		c->ctrs[CTR_ELEMENTS]++;
		if (value)
			note(f, type, value, len);
		/* v2 leaves the order free (TS 29.274 8.2.1) */
		if (f->version < 2 && type < last && ordered) {
			ordered = false;
			app_event(c, GID, EV_IE_ORDER);
		}
		last = type;
	}
}

static bool
gtp_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct cursor cur = cur_make(pdu->bytes.ptr, pdu->bytes.len);
	struct gtp_facts *f = c->worker;
	size_t len;

	if (!first || !pdu->bytes.len)
		return false;
	memset(f, 0, sizeof(*f));
	f->message = pdu->bytes;
	if (!take_header(&cur, f, &len)) {
		c->ctrs[CTR_BAD]++;
		app_event(c, GID, EV_LENGTH);
		return false;
	}
	if (f->type == T_PDU)
		return false;
	u->facts = f;
	c->ctrs[CTR_MESSAGES]++;
	if (len != pdu->bytes.len) {
		c->ctrs[CTR_BAD]++;
		app_event(c, GID, EV_LENGTH);
		return true;
	}
	take_elements(c, f, cur);
	return true;
}

const struct app_ops app_gtp = {
	.name = "gtp",
	.help = "GTP signalling",
	.preproc = "gtp",
	.worker_size = sizeof(struct gtp_facts),
	.udp = true,
	.next = gtp_next,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
