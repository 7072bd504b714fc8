/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of formats, and the opened outputs of a run. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/xalloc.h"
#include "output/output.h"

static const struct out_ops *const table[] = {
#define OUTPUT(name) &out_##name,
#include "output/outputs.def"
#undef OUTPUT
};

struct entry {
	const struct out_ops *ops;
	void *self;
	unsigned ruletype;
};

struct outputs {
	const struct out_conf *conf;
	struct entry *entries;
	unsigned n;
	pthread_mutex_t lock; /* one worker writes at a time */
};

const struct out_ops *
out_find(struct text name)
{
	for (unsigned i = 0; i < ARRAY_LEN(table); i++)
		if (text_is_nocase(name, table[i]->name))
			return table[i];
	return NULL;
}

const struct out_ops *
out_at(unsigned i)
{
	return i < ARRAY_LEN(table) ? table[i] : NULL;
}

struct outputs *
outputs_new(const struct out_conf *conf)
{
	struct outputs *os = xcalloc(1, sizeof(*os));

	tzset(); /* for localtime_r, and before any chroot */
	os->conf = conf;
	pthread_mutex_init(&os->lock, NULL);
	return os;
}

bool
outputs_add(struct outputs *os, const struct out_ops *ops, struct text args,
    unsigned ruletype, char *err, size_t err_len)
{
	void *self = ops->open(os->conf, text_trim(args), err, err_len);

	if (!self)
		return false;
	os->entries = xreallocarray(os->entries, os->n + 1,
	    sizeof(*os->entries));
	os->entries[os->n++] = (struct entry){ ops, self, ruletype };
	return true;
}

/* Every output whose mask has the kind `want` and not `without`. */
static void
write_to(struct outputs *os, unsigned want, unsigned without,
    const struct record *r)
{
	for (unsigned i = 0; i < os->n; i++) {
		const struct entry *e = &os->entries[i];

		if (e->ops->mask & want && !(e->ops->mask & without) &&
		    e->ruletype == r->ruletype)
			e->ops->write(e->self, r);
	}
}

void
outputs_write(struct outputs *os, const struct record *r)
{
	pthread_mutex_lock(&os->lock);
	switch (r->kind) {
	case RECORD_ALERT:
		write_to(os, OUT_ALERT, 0, r);
		write_to(os, OUT_LOG, OUT_ALERT, r);
		write_to(os, OUT_PORTSCAN, 0, r);
		break;
	case RECORD_LOG:
		write_to(os, OUT_LOG, 0, r);
		write_to(os, OUT_PORTSCAN, 0, r);
		break;
	case RECORD_PACKET:
		write_to(os, OUT_PACKET, os->conf->log_packets ? 0 : OUT_LOG,
		    r);
		break;
	case RECORD_SESSION:
		write_to(os, OUT_SESSION, 0, r);
		break;
	case RECORD_APP:
	case RECORD_FLOW:
	case RECORD_ANOMALY:
	case RECORD_STATS:
	case RECORD_BLOCK:
	case RECORD_DROP:
		write_to(os, OUT_APP, 0, r);
		break;
	}
	pthread_mutex_unlock(&os->lock);
}

void
outputs_flush(struct outputs *os)
{
	pthread_mutex_lock(&os->lock);
	for (unsigned i = 0; i < os->n; i++)
		if (os->entries[i].ops->flush)
			os->entries[i].ops->flush(os->entries[i].self);
	pthread_mutex_unlock(&os->lock);
}

void
outputs_reopen(struct outputs *os)
{
	for (unsigned i = 0; i < os->n; i++)
		if (os->entries[i].ops->reopen)
			os->entries[i].ops->reopen(os->entries[i].self);
}

uint64_t
outputs_lost(const struct outputs *os)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < os->n; i++)
		if (os->entries[i].ops->lost)
			sum += os->entries[i].ops->lost(os->entries[i].self);
	return sum;
}

void
outputs_free(struct outputs *os)
{
	if (!os)
		return;
	for (unsigned i = 0; i < os->n; i++)
		os->entries[i].ops->close(os->entries[i].self);
	free(os->entries);
	pthread_mutex_destroy(&os->lock);
	free(os);
}
