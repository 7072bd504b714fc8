/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dialogs (RFC 3261, section 12) as far as Snort follows them, and the media
 * channels that their descriptions (RFC 4566) agree on (RFC 3264).
 */
#include "decoders/app/sip_int.h"

#include "core/hash.h"

enum { PROTO_UDP = 17, INVITE_OK = 200 };

/* -- descriptions --------------------------------------------------------- */

/* "IN IP4 10.1.1.1" and what may follow the address. */
static bool
take_address(struct text value, struct ipaddr *a)
{
	struct text net = text_word(&value), kind = text_word(&value);
	struct text addr = text_word(&value);

	if (!text_is(net, "IN") || !(text_is(kind, "IP4") ||
	    text_is(kind, "IP6")))
		return false;
	addr = text_cut(&addr, '/');
	return ipaddr_parse(addr, a);
}

/* "audio 49170 RTP/AVP 0": media over UDP that are wanted. */
static bool
take_port(struct text value, uint16_t *port)
{
	struct text word, proto;
	uint32_t v;

	text_word(&value);
	word = text_word(&value);
	proto = text_word(&value);
	if (proto.len < 4 || !sip_is_same(text_make(proto.ptr, 4),
	    TEXT("RTP/")) || !sip_number(&word, &v) || !v || v > UINT16_MAX)
		return false;
	*port = (uint16_t)v;
	return true;
}

static void
parse_description(struct text sdp, struct sip_description *d)
{
	struct ipaddr session = { 0 };
	struct sip_media *under = NULL; /* the m= line before */
	bool in_media = false;

	*d = (struct sip_description){ 0 };
	while (sdp.len) {
		struct text line = text_trim(text_cut(&sdp, '\n'));
		struct text value = line;
		uint16_t port;

		if (line.len < 2 || line.ptr[1] != '=')
			continue;
		value = text_make(line.ptr + 2, line.len - 2);
		if (line.ptr[0] == 'c') {
			if (!in_media)
				(void)!take_address(value, &session);
			else if (under)
				(void)!take_address(value, &under->addr);
		} else if (line.ptr[0] == 'm') {
			in_media = true;
			under = NULL;
			if (d->n == LIM_SIP_MEDIA || !take_port(value, &port))
				continue;
			under = &d->media[d->n++];
			*under = (struct sip_media){ .addr = session,
				.port = port };
		}
	}
}

static bool
is_same(const struct sip_description *a, const struct sip_description *b)
{
	if (a->n != b->n)
		return false;
	for (unsigned i = 0; i < a->n; i++)
		if (a->media[i].port != b->media[i].port ||
		    !ipaddr_eq(&a->media[i].addr, &b->media[i].addr))
			return false;
	return true;
}

/* The message's description; false: it has none. */
static bool
take_description(const struct sip_msg *m, struct sip_description *d)
{
	struct text type = m->content_type.value;
	struct text sdp = TEXT("application/sdp");

	if (type.len < sdp.len || !m->rest.len ||
	    !sip_is_same(text_make(type.ptr, sdp.len), sdp))
		return false;
	parse_description(text_make((const char *)m->rest.ptr, m->rest.len),
	    d);
	return true;
}

/* What a sends to b is media. */
static void
expect(struct app_call *c, const struct sip_media *a,
    const struct sip_media *b)
{
	const struct app_expect x = { .client = a->addr, .server = b->addr,
		.server_port = b->port, .ip_proto = PROTO_UDP,
		.app = APP_SIP_MEDIA };

	app_expect(c, &x);
}

/* Both sides have said where they receive. */
static void
ignore_media(struct app_call *c, const struct sip_dialog *d)
{
	const struct sip_description *a = &d->said[FLOW_CLIENT];
	const struct sip_description *b = &d->said[FLOW_SERVER];
	const struct sip_conf *conf = c->conf;

	if (!conf->ignore_call_channel)
		return;
	for (unsigned i = 0; i < a->n && i < b->n; i++) {
		if (!a->media[i].addr.family || !b->media[i].addr.family)
			continue;
		c->ctrs[SIP_CTR_MEDIA]++;
		/* whoever speaks first */
		expect(c, &a->media[i], &b->media[i]);
		expect(c, &b->media[i], &a->media[i]);
	}
}

static void
describe(struct app_call *c, struct sip_dialog *d, enum flow_side side,
    const struct sip_msg *m)
{
	struct sip_description said;

	if (!take_description(m, &said))
		return;
	d->said[side] = said;
	if (d->said[FLOW_CLIENT].n && d->said[FLOW_SERVER].n)
		ignore_media(c, d);
}

/* -- the list ------------------------------------------------------------- */

static void
remove_from(struct slab *room, struct sip_dialogs *l, struct sip_dialog **at)
{
	struct sip_dialog *d = *at;

	*at = d->next;
	l->n--;
	slab_give(room, d);
}

/* The link to the dialog, or the end of the list. */
static struct sip_dialog **
find(struct sip_dialogs *l, uint64_t call)
{
	struct sip_dialog **at = &l->first;

	while (*at && (*at)->call != call)
		at = &(*at)->next;
	return at;
}

static struct sip_dialog *
add(struct app_call *c, struct slab *room, struct sip_dialogs *l,
    uint64_t call)
{
	const struct sip_conf *conf = c->conf;
	uint32_t max = conf->max_dialogs < LIM_SIP_DIALOGS ?
	    conf->max_dialogs : LIM_SIP_DIALOGS;
	struct sip_dialog *d;

	if (l->n >= max) {
		struct sip_dialog **at = &l->first;

		sip_event(c, SIP_EV_DIALOGS);
		while ((*at)->next)
			at = &(*at)->next;
		remove_from(room, l, at);
		c->ctrs[SIP_CTR_DIALOGS_LOST]++;
	}
	d = slab_take(room);
	if (!d) {
		c->ctrs[SIP_CTR_NO_MEMORY]++;
		return NULL;
	}
	c->ctrs[SIP_CTR_DIALOGS]++;
	d->call = call;
	d->next = l->first;
	l->first = d;
	l->n++;
	return d;
}

void
sip_dialogs_end(struct slab *room, struct sip_dialogs *l)
{
	while (l->first)
		remove_from(room, l, &l->first);
}

/* -- messages ------------------------------------------------------------- */

/*
 * An INVITE. One that says who it is before anybody asked is one sent again,
 * for somebody else to pay; and who it was asked about must be what is meant
 * then (Snort's README.sip: "InviteReplay", "FakeBusy").
 */
static void
invite(struct app_call *c, struct sip_dialog *d, enum flow_side side,
    const struct sip_msg *m)
{
	struct sip_description said;

	if (m->authorization.there && d->state != SIP_CHALLENGED &&
	    d->state != SIP_ESTABLISHED && d->state != SIP_REINVITING) {
		sip_event(c, SIP_EV_REPLAY);
		return;
	}
	if (d->state == SIP_CHALLENGED && m->authorization.there &&
	    d->said[side].n && take_description(m, &said) &&
	    !is_same(&said, &d->said[side]))
		sip_event(c, SIP_EV_CHANGED);
	/* the answer to come is about this one */
	d->said[side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT].n = 0;
	describe(c, d, side, m);
	if (d->state == SIP_ESTABLISHED || d->state == SIP_REINVITING)
		d->state = SIP_REINVITING;
	else if (d->state != SIP_CHALLENGED)
		d->state = SIP_INVITING;
}

static void
request(struct app_call *c, struct slab *room, struct sip_dialogs *l,
    struct sip_dialog **at, uint64_t call, enum flow_side side,
    const struct sip_msg *m)
{
	struct sip_dialog *d = *at;

	if (text_is_nocase(m->method, "cancel")) {
		if (d && d->state <= SIP_EARLY)
			remove_from(room, l, at);
		return;
	}
	if (!d)
		d = add(c, room, l, call);
	if (!d)
		return;
	if (text_is_nocase(m->method, "invite"))
		invite(c, d, side, m);
	else if (text_is_nocase(m->method, "ack"))
		/* the answer, where the offer came with the response */
		describe(c, d, side, m);
	else if (text_is_nocase(m->method, "bye"))
		d->state = SIP_ENDING;
}

/* A response to an INVITE. */
static void
answer(struct app_call *c, struct slab *room, struct sip_dialogs *l,
    struct sip_dialog **at, enum flow_side side, const struct sip_msg *m)
{
	struct sip_dialog *d = *at;

	if (m->status < INVITE_OK) {
		if (d->state < SIP_ESTABLISHED)
			d->state = SIP_EARLY;
		describe(c, d, side, m);
	} else if (m->status < 300) {
		d->state = SIP_ESTABLISHED;
		describe(c, d, side, m);
	} else if (d->state == SIP_REINVITING) {
		d->state = SIP_ESTABLISHED;
	} else if (m->status == 401 || m->status == 407) {
		d->state = SIP_CHALLENGED;
	} else if (d->state < SIP_ESTABLISHED) {
		remove_from(room, l, at);
	}
}

void
sip_dialog_message(struct app_call *c, struct slab *room,
    struct sip_dialogs *l, enum flow_side side, const struct sip_msg *m)
{
	struct text id = m->call_id.value, name = m->cseq.value;
	struct sip_dialog **at;
	uint64_t call;
	uint32_t v;

	if (!id.len)
		return;
	call = hash_keyed(id.ptr, id.len);
	at = find(l, call);
	if (!m->is_response) {
		request(c, room, l, at, call, side, m);
		return;
	}
	if (!*at || !m->status || !sip_number(&name, &v))
		return;
	name = text_trim(name);
	if (text_is_nocase(name, "invite"))
		answer(c, room, l, at, side, m);
	else if (text_is_nocase(name, "bye") && m->status >= INVITE_OK &&
	    (*at)->state == SIP_ENDING)
		remove_from(room, l, at);
}
