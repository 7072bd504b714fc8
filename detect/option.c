/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/option.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAME_ROOM = 24 };

static const struct {
	const struct opt_ops *ops;
	size_t name_len; /* an option's symbol is as long as its name */
} options[OPT_ID_COUNT] = {
#define OPTION(name) [OPT_ID_##name] = { &opt_##name, sizeof(#name) - 1 },
#include "detect/options.def"
#undef OPTION
};

const struct opt_ops *
opt_by_id(enum opt_id id)
{
	return options[id].ops;
}

const struct opt_ops *
opt_find(struct text name)
{
	char low[NAME_ROOM];

	if (!name.len || name.len >= sizeof(low))
		return NULL;
	for (size_t i = 0; i < name.len; i++)
		low[i] = text_lower(name.ptr[i]);
	for (unsigned i = 0; i < OPT_ID_COUNT; i++)
		if (options[i].name_len == name.len &&
		    options[i].ops->name[0] == low[0] &&
		    memcmp(options[i].ops->name, low, name.len) == 0)
			return options[i].ops;
	return NULL;
}

bool
opt_has_sessions(const struct opt_build *b)
{
	const bool *tracked = b->conf->tracked;

	switch (b->rule->proto) {
	case PROTO_TCP:
		return tracked[FLOW_TCP];
	case PROTO_UDP:
		return tracked[FLOW_UDP];
	case PROTO_ICMP:
		return tracked[FLOW_ICMP];
	case PROTO_IP:
		break;
	}
	return tracked[FLOW_TCP] || tracked[FLOW_UDP] || tracked[FLOW_ICMP] ||
	    tracked[FLOW_IP];
}

void
opt_add(struct opt_build *b, const struct opt_ops *ops, const void *data)
{
	b->places[b->n_tests] = b->opt;
	b->tests[b->n_tests++] = (struct opt_test){ .ops = ops, .data = data };
}

static void add_record(struct opt_build *b, enum erec_kind kind,
    struct loc loc, const char *fmt, va_list ap) PRINTF_LIKE(4, 0);

static void
add_record(struct opt_build *b, enum erec_kind kind, struct loc loc,
    const char *fmt, va_list ap)
{
	char message[800];

	vsnprintf(message, sizeof(message), fmt, ap);
	erec_add(b->errors, kind, loc, "%s", message);
}

enum opt_parse
opt_error(struct opt_build *b, const struct rule_opt *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_record(b, EREC_RULE, o->loc, fmt, ap);
	va_end(ap);
	return OPT_BAD;
}

enum opt_parse
opt_error_at(struct opt_build *b, const struct rule_opt *o, size_t off,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_record(b, EREC_RULE, loc_at(o->arg_loc, off), fmt, ap);
	va_end(ap);
	return OPT_BAD;
}

void
opt_warn(struct opt_build *b, const struct rule_opt *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_record(b, EREC_WARNING, o->loc, fmt, ap);
	va_end(ap);
}
