/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modbus over TCP (Modbus Messaging on TCP/IP V1.0b, Application Protocol
 * V1.1b3). A PDU is a message with its header; modbus_data is what follows the
 * function code. Events of gid 144 as Snort's README.modbus says.
 */
#include "decoders/app/modbus.h"

#include "core/cursor.h"
#include "decoders/app/app.h"
#include "decoders/app/frames.h"

enum {
	GID = 144,
	EV_LENGTH = 1,
	EV_PROTOCOL,
	EV_RESERVED,

	HEADER_LEN = 6, /* transaction, protocol, length: what it counts from */
	UNIT_AND_FUNC = 2,
	LENGTH_MAX = 254, /* unit, function and 252 bytes */
	EXCEPTION = 0x80, /* bit of a response's function */
	NO_COUNT = 0xff,
};

struct modbus_session {
	struct modbus_facts facts;
	struct frames side[FLOW_SIDES];
};

#define MODBUS_COUNTERS(X)                                                     \
	X(MESSAGES, "messages", "messages read")                               \
	X(EXCEPTIONS, "exceptions", "of them, exception responses")            \
	X(CUT, "cut", "messages cut off")
enum {
#define X(NAME, name, help) CTR_##NAME,
	MODBUS_COUNTERS(X)
#undef X
	CTR_MAX
};
static const struct ctr_def counter_defs[] = { MODBUS_COUNTERS(COUNTER_DEF) };
static const struct ctr_group counters = { "modbus", counter_defs, CTR_MAX };

static const struct dec_event_def events[] = {
	{ EV_LENGTH, DEC_EV_DECODE, "modbus.bad_length",
	    "(spp_modbus) Length in Modbus MBAP header does not match the "
	    "length needed for the given Modbus function" },
	{ EV_PROTOCOL, DEC_EV_DECODE, "modbus.bad_protocol",
	    "(spp_modbus) Modbus protocol ID is non-zero" },
	{ EV_RESERVED, DEC_EV_DECODE, "modbus.reserved_function",
	    "(spp_modbus) Reserved Modbus function code in use" },
};
static const struct event_table event_tables[] = {
	{ GID, events, ARRAY_LEN(events) },
};

static uint32_t
rest_of(const uint8_t *h)
{
	return (uint32_t)h[4] << 8 | h[5];
}

static size_t
modbus_split(struct app_call *c, enum flow_side side, struct slice bytes)
{
	struct modbus_session *m = c->session;

	if (!bytes.ptr) {
		/* a message begins a segment, as a rule */
		frames_reset(&m->side[side]);
		return 0;
	}
	return frames_split(&m->side[side], bytes, HEADER_LEN, rest_of);
}

/* -- lengths ---------------------------------------------------------------- */

/*
 * What follows the function code: `fixed` bytes and, where there is a count at
 * `count`, as many more as that says. What a function is not listed with is
 * not checked.
 */
struct layout {
	uint8_t func;
	bool request, response;
	uint8_t fixed;
	uint8_t count; /* its place, NO_COUNT: none */
};

static const struct layout layouts[] = {
	/* reading bits and registers: address and quantity; count, values */
	{ 1, true, false, 4, NO_COUNT }, { 1, false, true, 1, 0 },
	{ 2, true, false, 4, NO_COUNT }, { 2, false, true, 1, 0 },
	{ 3, true, false, 4, NO_COUNT }, { 3, false, true, 1, 0 },
	{ 4, true, false, 4, NO_COUNT }, { 4, false, true, 1, 0 },
	/* writing one: echoed */
	{ 5, true, true, 4, NO_COUNT },
	{ 6, true, true, 4, NO_COUNT },
	{ 7, true, false, 0, NO_COUNT }, { 7, false, true, 1, NO_COUNT },
	{ 11, true, false, 0, NO_COUNT }, { 11, false, true, 4, NO_COUNT },
	{ 12, true, false, 0, NO_COUNT }, { 12, false, true, 1, 0 },
	/* writing many: address, quantity, count, values */
	{ 15, true, false, 5, 4 }, { 15, false, true, 4, NO_COUNT },
	{ 16, true, false, 5, 4 }, { 16, false, true, 4, NO_COUNT },
	{ 17, true, false, 0, NO_COUNT }, { 17, false, true, 1, 0 },
	{ 20, true, true, 1, 0 },
	{ 21, true, true, 1, 0 },
	{ 22, true, true, 6, NO_COUNT },
	{ 23, true, false, 9, 8 }, { 23, false, true, 1, 0 },
	{ 24, true, false, 2, NO_COUNT },
};

static bool
fits(uint8_t func, bool request, struct slice data)
{
	for (unsigned i = 0; i < ARRAY_LEN(layouts); i++) {
		const struct layout *l = &layouts[i];
		size_t need = l->fixed;

		if (l->func != func || !(request ? l->request : l->response))
			continue;
		if (data.len < need)
			return false;
		if (l->count != NO_COUNT)
			need += data.ptr[l->count];
		return data.len == need;
	}
	return true;
}

/* Application Protocol V1.1b3, Annex A. */
static bool
is_reserved(uint8_t func, struct slice data)
{
	unsigned sub = data.len >= 2 ?
	    (unsigned)data.ptr[0] << 8 | data.ptr[1] : 0;

	switch (func) {
	case 8:
		return sub == 19 || sub > 20;
	case 43: /* the kind of encapsulated interface */
		return data.len && data.ptr[0] != 13 && data.ptr[0] != 14;
	case 9: case 10: case 13: case 14: case 41: case 42: case 90:
	case 91: case 125: case 126: case 127:
		return true;
	default:
		return false;
	}
}

static bool
modbus_next(struct app_call *c, const struct app_pdu *pdu, bool first,
    struct app_unit *u)
{
	struct modbus_session *m = c->session;
	struct cursor cur = cur_make(pdu->bytes.ptr, pdu->bytes.len);
	bool request = pdu->side == FLOW_CLIENT;
	uint16_t protocol, length;
	uint8_t unit, func;
	struct slice data;

	if (!first || !pdu->begins)
		return false;
	c->ctrs[CTR_MESSAGES]++;
	c->ctrs[CTR_CUT] += !pdu->ends;
	if (!cur_skip(&cur, 2) || !cur_be16(&cur, &protocol) ||
	    !cur_be16(&cur, &length))
		return false;
	if (protocol) {
		app_event(c, GID, EV_PROTOCOL);
		return false;
	}
	if (!cur_u8(&cur, &unit) || !cur_u8(&cur, &func)) {
		app_event(c, GID, EV_LENGTH);
		return false;
	}
	m->facts = (struct modbus_facts){ unit, func };
	data = slice_make(cur_peek(&cur, cur_left(&cur)), cur_left(&cur));
	u->facts = &m->facts;
	app_set(u, BUF_MODBUS, data);
	if (!request && func & EXCEPTION) {
		c->ctrs[CTR_EXCEPTIONS]++;
		if (data.len != 1)
			app_event(c, GID, EV_LENGTH);
		return true;
	}
	if (length > LENGTH_MAX || !fits(func, request, data))
		app_event(c, GID, EV_LENGTH);
	if (is_reserved(func, data))
		app_event(c, GID, EV_RESERVED);
	return true;
}

/* Nobody else has zeros there and so little behind. */
static enum app_guess
modbus_guess(enum flow_side side, struct slice bytes, bool datagram)
{
	const uint8_t *h = bytes.ptr;

	(void)datagram;
	if (side != FLOW_CLIENT)
		return bytes.len >= HEADER_LEN ? APP_NO : APP_MAYBE;
	if ((bytes.len >= 3 && h[2]) || (bytes.len >= 4 && h[3]))
		return APP_NO;
	if (bytes.len < HEADER_LEN + UNIT_AND_FUNC)
		return APP_MAYBE;
	return rest_of(h) <= LENGTH_MAX && rest_of(h) >= UNIT_AND_FUNC &&
	    rest_of(h) + HEADER_LEN == bytes.len && h[7] >= 1 && h[7] <= 24 &&
	    fits(h[7], true, slice_make(h + 8, bytes.len - 8)) ? APP_YES :
	    APP_NO;
}

static const void *
modbus_facts(const void *session)
{
	const struct modbus_session *m = session;

	return m->facts.func ? &m->facts : NULL;
}

const struct app_ops app_modbus = {
	.name = "modbus",
	.help = "Modbus over TCP",
	.preproc = "modbus",
	.session_size = sizeof(struct modbus_session),
	.tcp = true,
	.guess = modbus_guess,
	.split = modbus_split,
	.next = modbus_next,
	.facts = modbus_facts,
	.counters = &counters,
	.events = event_tables,
	.n_events = ARRAY_LEN(event_tables),
};
