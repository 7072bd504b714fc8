/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/outset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/xalloc.h"

bool
outset_check_dir(const char *dir, char *err, size_t err_len)
{
	struct stat st;

	if (stat(dir, &st) == -1) {
		snprintf(err, err_len, "the log folder %s: %s; create it "
		    "(install -d -m 750 %s) or name another one with -l", dir,
		    strerror(errno), dir);
		return false;
	}
	if (!S_ISDIR(st.st_mode)) {
		snprintf(err, err_len, "%s is not a folder: name one for "
		    "alerts and logs with -l", dir);
		return false;
	}
	if (access(dir, W_OK | X_OK) == -1) {
		snprintf(err, err_len, "the log folder %s: %s; change its "
		    "owner or mode, or name another one with -l", dir,
		    strerror(errno));
		return false;
	}
	return true;
}

static const char *
dup_or_null(struct arena *a, const char *s)
{
	return s ? arena_xdup(a, s, strlen(s) + 1) : NULL;
}

static void
copy_settings(struct outset *o, const struct settings *s)
{
	o->conf = s->out;
	o->conf.logdir = dup_or_null(&o->arena, s->out.logdir);
	o->conf.alertfile = dup_or_null(&o->arena, s->out.alertfile);
	o->conf.sensor_name = dup_or_null(&o->arena, s->out.sensor_name);
	o->no_log = s->no_log;
	o->n = s->n_outputs;
	o->list = arena_xalloc(&o->arena, (o->n + 1) * sizeof(*o->list));
	for (unsigned i = 0; i < o->n; i++) {
		o->list[i] = s->outputs[i];
		o->list[i].args = arena_xtext(&o->arena, s->outputs[i].args);
		o->list[i].loc = (struct loc){ 0 };
	}
}

static bool
is_stdout(struct text args)
{
	return text_is(text_word(&args), "stdout");
}

/* As in Snort, rules that log sessions need no directive. */
static bool
add_session_log(struct outset *o, char *err, size_t err_len)
{
	if (o->no_log)
		return true;
	for (unsigned i = 0; i < o->n; i++)
		if (o->list[i].ops->mask & OUT_SESSION &&
		    !o->list[i].ruletype)
			return true;
	return outputs_add(o->outputs, &out_log_session, TEXT(""), 0, err,
	    err_len);
}

/* What the run has to know of an output. */
static void
note_kind(struct outset *o, const struct output_setting *set)
{
	unsigned mask = set->ops->mask;

	o->to_stdout |= set->ops == &out_sniffer || is_stdout(set->args);
	o->all_packets |= (mask & OUT_PACKET) &&
	    (!(mask & OUT_LOG) || o->conf.log_packets);
}

struct outset *
outset_open(const struct settings *s, int dlt, uint32_t snaplen, char *err,
    size_t err_len)
{
	struct outset *o = xcalloc(1, sizeof(*o));
	char why[512], no_dir[512];

	arena_init(&o->arena, 0);
	copy_settings(o, s);
	o->conf.dlt = dlt;
	o->conf.snaplen = snaplen;
	o->outputs = outputs_new(&o->conf);
	if (!o->outputs) {
		snprintf(err, err_len, "out of memory");
		goto bad;
	}
	for (unsigned i = 0; i < o->n; i++) {
		const struct output_setting *set = &o->list[i];
		const struct loc *loc = &s->outputs[i].loc;

		note_kind(o, set);
		if (outputs_add(o->outputs, set->ops, set->args, set->ruletype,
		        why, sizeof(why)))
			continue;
		/* a test opens no file: the folder is not what is wrong */
		if (!o->conf.test &&
		    !outset_check_dir(o->conf.logdir, no_dir, sizeof(no_dir)))
			snprintf(err, err_len, "%s", no_dir);
		else if (loc->file)
			snprintf(err, err_len, "%s:%u: output %s: %s",
			    loc->file, loc->line, set->ops->name, why);
		else
			snprintf(err, err_len, "output %s: %s", set->ops->name,
			    why);
		goto bad;
	}
	if (add_session_log(o, err, err_len))
		return o;
bad:
	outset_free(o);
	return NULL;
}

static bool
same_string(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_conf(const struct out_conf *a, const struct out_conf *b)
{
	return same_string(a->logdir, b->logdir) &&
	    same_string(a->alertfile, b->alertfile) &&
	    same_string(a->sensor_name, b->sensor_name) && a->utc == b->utc &&
	    a->show_year == b->show_year && a->obfuscate == b->obfuscate &&
	    a->with_interface == b->with_interface &&
	    a->nostamps == b->nostamps && a->dump_link == b->dump_link &&
	    a->dump_payload == b->dump_payload &&
	    a->dump_hex_all == b->dump_hex_all &&
	    a->dump_chars == b->dump_chars && a->verbose == b->verbose &&
	    a->no_flush == b->no_flush && ipaddr_eq(&a->home, &b->home) &&
	    a->home_bits == b->home_bits &&
	    a->obfuscate_home == b->obfuscate_home &&
	    ipaddr_eq(&a->obfuscate_net, &b->obfuscate_net) &&
	    a->obfuscate_bits == b->obfuscate_bits &&
	    a->log_packets == b->log_packets && a->test == b->test &&
	    a->vlan_in_alerts == b->vlan_in_alerts &&
	    a->daemon == b->daemon &&
	    a->ipv6_extra_data == b->ipv6_extra_data;
}

bool
outset_fits(const struct outset *o, const struct settings *s)
{
	if (o->n != s->n_outputs || o->no_log != s->no_log || !same_conf(&o->conf, &s->out))
		return false;
	for (unsigned i = 0; i < o->n; i++)
		if (o->list[i].ops != s->outputs[i].ops ||
		    o->list[i].ruletype != s->outputs[i].ruletype ||
		    !text_eq(o->list[i].args, s->outputs[i].args))
			return false;
	return true;
}

void
outset_free(struct outset *o)
{
	if (!o)
		return;
	if (o->outputs)
		outputs_free(o->outputs);
	arena_fini(&o->arena);
	free(o);
}
