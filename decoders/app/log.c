/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions, from a parser's calls to the list that outputs are told. */
#include <string.h>

#include "decoders/app/app_int.h"

static struct app_log_flow
flow_of(const struct app *a, const struct flow *f)
{
	struct app_log_flow l = { .id = f->id, .ts = a->now,
		.first = f->first, .ip_proto = f->key.proto,
		.vlan = f->key.vlan, .iface = f->iface };

	flow_ends(f, l.addr, l.port);
	for (unsigned i = 0; i < FLOW_SIDES; i++) {
		l.packets[i] = f->packets[i];
		l.bytes[i] = f->bytes[i];
	}
	return l;
}

bool
app_log_begin(struct app_call *c, const char *type)
{
	struct app_logs *l = &c->app->logs;
	const struct app_conf *conf = c->app->conf;

	if (!c->log || !(strcmp(type, "fileinfo") == 0 ? conf->file_logs :
	    conf->logs >> c->id & 1))
		return false;
	if (l->told == l->n) /* all of them were told */
		l->n = l->told = l->n_fields = l->used = 0;
	if (l->n == LIM_APP_LOGS) {
		c->app->ctrs[APP_CTR_LOGS_LOST]++;
		return false;
	}
	l->list[l->n].type = type;
	l->list[l->n].app = (uint8_t)c->id;
	l->list[l->n].first = l->n_fields;
	l->first_byte = l->used;
	l->list[l->n].flow = flow_of(c->app, c->flow);
	l->open = true;
	l->lost = false;
	l->depth = 0;
	return true;
}

static struct field *
add(struct app_call *c, const char *name, enum field_kind kind)
{
	struct app_logs *l = &c->app->logs;
	struct field *f;

	if (!l->open)
		return NULL;
	if (l->n_fields == LIM_APP_LOG_FIELDS) {
		l->lost = true;
		return NULL;
	}
	f = &l->fields[l->n_fields++];
	*f = (struct field){ .name = name, .kind = kind };
	return f;
}

static void
add_bytes(struct app_call *c, const char *name, enum field_kind kind,
    struct slice s)
{
	struct app_logs *l = &c->app->logs;
	struct field *f = add(c, name, kind);
	size_t n = s.len < LIM_APP_LOG_TEXT ? s.len : LIM_APP_LOG_TEXT;

	if (!f)
		return;
	if (n > LIM_APP_LOG_ROOM - l->used) {
		l->lost = true;
		return;
	}
	if (n)
		memcpy(l->room + l->used, s.ptr, n);
	f->text = text_make((const char *)l->room + l->used, n);
	l->used += (uint32_t)n;
}

void
app_log_text(struct app_call *c, const char *name, struct slice s)
{
	add_bytes(c, name, FIELD_TEXT, s);
}

void
app_log_hex(struct app_call *c, const char *name, struct slice s)
{
	add_bytes(c, name, FIELD_HEX, s);
}

void
app_log_number(struct app_call *c, const char *name, uint64_t v)
{
	struct field *f = add(c, name, FIELD_NUMBER);

	if (f)
		f->number = v;
}

void
app_log_bool(struct app_call *c, const char *name, bool v)
{
	struct field *f = add(c, name, FIELD_BOOL);

	if (f)
		f->number = v;
}

void
app_log_open(struct app_call *c, const char *name, enum field_kind kind)
{
	struct app_logs *l = &c->app->logs;

	if (l->depth == LIM_APP_LOG_DEPTH)
		l->lost = true;
	else if (add(c, name, kind))
		l->is_array[l->depth++] = kind == FIELD_ARRAY;
}

void
app_log_close(struct app_call *c)
{
	struct app_logs *l = &c->app->logs;
	struct field *f = l->depth ? add(c, NULL, FIELD_END) : NULL;

	if (f)
		f->number = l->is_array[--l->depth];
}

void
app_log_end(struct app_call *c)
{
	struct app_logs *l = &c->app->logs;

	if (!l->open)
		return;
	l->open = false;
	if (l->lost || l->depth) {
		c->app->ctrs[APP_CTR_LOGS_LOST]++;
		l->n_fields = l->list[l->n].first;
		l->used = l->first_byte;
		return;
	}
	l->list[l->n].n = l->n_fields - l->list[l->n].first;
	l->n++;
	c->app->ctrs[APP_CTR_LOGS]++;
}

bool
app_has_logs(const struct app *a)
{
	return a->logs.told != a->logs.n;
}

bool
app_log_next(struct app *a, struct app_log *out)
{
	struct app_logs *l = &a->logs;

	if (l->told == l->n)
		return false;
	*out = (struct app_log){
		.type = l->list[l->told].type,
		.app = (enum app_id)l->list[l->told].app,
		.flow = &l->list[l->told].flow,
		.fields = l->fields + l->list[l->told].first,
		.n = l->list[l->told].n,
	};
	l->told++;
	return true;
}
