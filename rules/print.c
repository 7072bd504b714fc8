/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The canonical text of a rule's header and general options. */
#include "rules/parse.h"

void
rule_print_header(struct buf *b, const struct rule *r)
{
	if (r->ruletype)
		buf_puttext(b, r->ruletype->name);
	else
		buf_puts(b, rule_action_name(r->action));
	if (!r->has_header)
		return;
	buf_printf(b, " %s ", rule_proto_name(r->proto));
	ip_set_print(b, r->src);
	buf_putc(b, ' ');
	port_set_print(b, r->sports);
	buf_puts(b, r->bidirectional ? " <> " : " -> ");
	ip_set_print(b, r->dst);
	buf_putc(b, ' ');
	port_set_print(b, r->dports);
}

/* Text with a backslash before each of the bytes in `special`. */
static void
put_escaped(struct buf *b, struct text t, const char *special)
{
	for (size_t i = 0; i < t.len; i++) {
		if (strchr(special, t.ptr[i]))
			buf_putc(b, '\\');
		buf_putc(b, t.ptr[i]);
	}
}

static void
put_metadata(struct buf *b, const struct rule *r)
{
	for (unsigned i = 0; i < r->n_metas; i++) {
		buf_puts(b, i ? ", " : " metadata:");
		put_escaped(b, r->metas[i].key, ";");
		if (r->metas[i].value.len)
			buf_putc(b, ' ');
		put_escaped(b, r->metas[i].value, ";");
	}
	if (r->n_metas)
		buf_putc(b, ';');
}

void
rule_print_general(struct buf *b, const struct rule *r)
{
	unsigned implied = r->class ? r->class->priority : 0;

	if (r->msg.len) {
		buf_puts(b, "msg:\"");
		put_escaped(b, r->msg, "\\\";");
		buf_puts(b, "\"; ");
	}
	if (r->gid != 1 || !r->has_header)
		buf_printf(b, "gid:%u; ", r->gid);
	buf_printf(b, "sid:%u;", r->sid);
	if (r->rev)
		buf_printf(b, " rev:%u;", r->rev);
	if (r->class)
		buf_printf(b, " classtype:%.*s;", TEXT_ARG(r->class->name));
	if (r->priority != implied)
		buf_printf(b, " priority:%u;", r->priority);
	for (unsigned i = 0; i < r->n_refs; i++) {
		buf_puts(b, " reference:");
		put_escaped(b, r->refs[i].system, ";");
		buf_putc(b, ',');
		put_escaped(b, r->refs[i].id, ";");
		buf_putc(b, ';');
	}
	put_metadata(b, r);
}
