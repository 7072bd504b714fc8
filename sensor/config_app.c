/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the preprocessor lines of application protocols have in common, and
 * config protocol_detection. A protocol's own grammar is in config_<it>.c.
 */
#include <string.h>

#include "sensor/applier.h"

/* What rules may ask once the protocol is parsed. */
static const uint32_t gives[APP_COUNT] = {
	[APP_DCE] = RULE_NEEDS_DCE,
	[APP_DCE_UDP] = RULE_NEEDS_DCE,
	[APP_DNP3] = RULE_NEEDS_DNP3,
	[APP_GTP] = RULE_NEEDS_GTP,
	[APP_HTTP] = RULE_NEEDS_HTTP | RULE_NEEDS_FILE_DATA,
	[APP_MODBUS] = RULE_NEEDS_MODBUS,
	[APP_SMB] = RULE_NEEDS_DCE,
	[APP_TLS] = RULE_NEEDS_SSL,
};

struct text
applier_token(struct text *rest)
{
	struct text t = *rest, token;
	size_t n = 0;

	while (t.len && (text_is_blank(t.ptr[0]) || t.ptr[0] == ','))
		t.ptr++, t.len--;
	while (n < t.len && !text_is_blank(t.ptr[n]) && t.ptr[n] != ',' &&
	    t.ptr[n] != '{' && t.ptr[n] != '}')
		n++;
	if (!n && t.len)
		n = 1; /* a brace */
	token = text_make(t.ptr, n);
	*rest = text_make(t.ptr ? t.ptr + n : NULL, t.len - n);
	return token;
}

bool
applier_is_on(struct applier *a, struct text *rest, bool *on)
{
	struct text word = applier_token(rest);

	*on = text_is_nocase(word, "yes");
	if (*on || text_is_nocase(word, "no"))
		return true;
	applier_bad(a, word, "yes or no belongs here");
	return false;
}

bool
applier_list(struct applier *a, struct text *rest,
    bool (*item)(struct applier *a, struct text word, void *arg), void *arg)
{
	struct text word = applier_token(rest);

	if (!text_is(word, "{")) {
		applier_bad(a, word, "a list belongs here, in { }");
		return false;
	}
	for (;;) {
		word = applier_token(rest);
		if (text_is(word, "}"))
			return true;
		if (!word.len) {
			applier_bad(a, word, "the list has no end: a '}' is "
			    "missing");
			return false;
		}
		if (!item(a, word, arg))
			return false;
	}
}

uint8_t *
applier_ports(struct applier *a, const uint16_t *ports, unsigned n)
{
	uint8_t *bits = arena_xalloc(&a->t->arena, PORT_BITMAP_BYTES);

	memset(bits, 0, PORT_BITMAP_BYTES);
	for (unsigned i = 0; i < n; i++)
		bits[ports[i] >> 3] |= (uint8_t)(1 << (ports[i] & 7));
	return bits;
}

static bool
take_port(struct applier *a, struct text word, void *arg)
{
	uint8_t *bits = arg;
	int64_t v;

	if (!text_to_i64(word, 0, UINT16_MAX, &v)) {
		applier_bad(a, word, "a port from 0 to 65535 belongs here");
		return false;
	}
	bits[v >> 3] |= (uint8_t)(1 << (v & 7));
	return true;
}

bool
applier_port_list(struct applier *a, struct text *rest, const uint8_t **bits)
{
	uint8_t *all = applier_ports(a, NULL, 0);

	if (!applier_list(a, rest, take_port, all))
		return false;
	*bits = all;
	return true;
}

void *
applier_proto(struct applier *a, enum app_id id, size_t size,
    const uint16_t *ports, unsigned n_ports)
{
	struct app_proto_conf *p = &a->s->track.app.proto[id];
	void *conf = size ? arena_xalloc(&a->t->arena, size) : NULL;

	if (p->on) {
		applier_bad(a, a->d->args, "stands twice: take one away");
		return NULL;
	}
	if (size)
		memcpy(conf, app_ops(id)->conf_default, size);
	*p = (struct app_proto_conf){ .on = true, .conf = conf,
		.ports = applier_ports(a, ports, n_ports) };
	return conf;
}

void
applier_ports_only(struct applier *a, enum app_id id, const uint16_t *ports,
    unsigned n)
{
	struct app_proto_conf *p = &a->s->track.app.proto[id];
	struct text rest = a->d->args, word;

	if (p->on)
		applier_bad(a, a->d->args, "stands twice: take one away");
	*p = (struct app_proto_conf){ .on = true,
		.ports = applier_ports(a, ports, n) };
	while ((word = applier_token(&rest)).len) {
		if (!text_is_nocase(word, "ports")) {
			applier_bad(a, word, "ports { } belongs here");
			return;
		}
		if (!applier_port_list(a, &rest, &p->ports))
			return;
	}
}

/* config protocol_detection: ports | both */
void
config_protocol_detection(struct applier *a)
{
	bool both = text_is_nocase(a->d->args, "both");

	if (!both && !text_is_nocase(a->d->args, "ports"))
		applier_bad(a, a->d->args, "ports or both belongs here");
	a->s->track.app.by_content = both;
}

void
config_app_end(struct applier *a)
{
	struct app_conf *c = &a->s->track.app;

	for (enum app_id id = APP_NONE + 1; id < APP_COUNT; id++) {
		/* found by content where no line speaks of it */
		if (c->by_content && app_ops(id)->guess)
			c->proto[id].on = true;
		if (c->proto[id].on)
			a->s->detect.opt.has |= gives[id];
	}
}
