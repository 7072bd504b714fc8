/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dce_iface and dce_opnum: which operation of which interface a DCE/RPC
 * request or its response is about. */
#include "detect/options/dce.h"

#include <inttypes.h>
#include <string.h>

#include "detect/options/list.h"

/* -- dce_opnum --------------------------------------------------------------- */

static bool
match_opnum(struct eval *e, const void *data)
{
	const struct dce_facts *f = dce_facts_of(e->unit);

	return f && f->has_opnum && list_has(data, f->opnum);
}

LIST_OPTION(dce_opnum, "operation of a DCE/RPC request", "N | N-N, ...", 0,
    match_opnum, .needs = RULE_NEEDS_DCE,
    .what = "operation", .numbers = true, .ranges = true, .max = 65535)

/* -- dce_iface ---------------------------------------------------------------- */

struct dce_iface {
	struct text text;
	uint8_t uuid[16];
	char op; /* 0: any version */
	uint32_t version;
	bool any_frag;
};

/* 8-4-4-4-12 hexadecimal digits. */
static bool
take_uuid(struct text t, uint8_t uuid[16])
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	unsigned n = 0;

	if (t.len != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		char c = text_lower(t.ptr[i]);
		bool digit = c >= '0' && c <= '9';

		if (form[i] == '-') {
			if (c != '-')
				return false;
			continue;
		}
		if (!digit && !(c >= 'a' && c <= 'f'))
			return false;
		uuid[n / 2] = (uint8_t)(uuid[n / 2] << 4 |
		    (digit ? c - '0' : c - 'a' + 10));
		n++;
	}
	return true;
}

static bool
version_fits(const struct dce_iface *d, uint32_t version)
{
	switch (d->op) {
	case '<':
		return version < d->version;
	case '>':
		return version > d->version;
	case '=':
		return version == d->version;
	case '!':
		return version != d->version;
	default:
		return true;
	}
}

static bool
match_iface(struct eval *e, const void *data)
{
	const struct dce_iface *d = data;
	const struct dce_facts *f = dce_facts_of(e->unit);

	return f && f->has_iface && (f->first || d->any_frag) &&
	    !memcmp(f->uuid, d->uuid, sizeof(f->uuid)) &&
	    version_fits(d, f->version);
}

static enum opt_parse
parse_dce_iface(struct opt_build *b, const struct rule_opt *o)
{
	struct dce_iface *d = arena_xalloc(b->arena, sizeof(*d));
	struct text rest = o->arg, item = { NULL, 0 };
	int64_t v;

	if (!arg_next(&rest, ',', &item) || !take_uuid(item, d->uuid))
		return arg_error(b, o, item, "dce_iface wants the interface's "
		    "UUID, 8-4-4-4-12 hexadecimal digits");
	d->text = item;
	while (arg_next(&rest, ',', &item)) {
		if (text_is_nocase(item, "any_frag")) {
			d->any_frag = true;
			continue;
		}
		if (!item.len || !strchr("<>=!", item.ptr[0]) || d->op)
			return arg_error(b, o, item, "after the UUID come "
			    "<, >, = or ! and a version, and any_frag");
		d->op = item.ptr[0];
		if (!arg_int(b, o, text_trim(text_make(item.ptr + 1,
		    item.len - 1)), "the version", 0, UINT16_MAX, &v))
			return OPT_BAD;
		d->version = (uint32_t)v;
	}
	b->out->needs |= RULE_NEEDS_DCE;
	opt_add(b, &opt_dce_iface, d);
	return OPT_OK;
}

static void
print_dce_iface(struct buf *out, const void *data)
{
	const struct dce_iface *d = data;

	buf_printf(out, "dce_iface:%.*s", TEXT_ARG(d->text));
	if (d->op)
		buf_printf(out, ",%c%" PRIu32, d->op, d->version);
	if (d->any_frag)
		buf_puts(out, ",any_frag");
}

const struct opt_ops opt_dce_iface = {
	.name = "dce_iface",
	.help = "interface that a DCE/RPC request is for",
	.grammar = "uuid[, < | > | = | !N][, any_frag]",
	.parse = parse_dce_iface,
	.match = match_iface,
	.print = print_dce_iface,
};
