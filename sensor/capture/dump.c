/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/capture/dump.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/xalloc.h"

struct dump {
	char *path;
	FILE *file;
	pcap_t *dead;         /* NULL: no source yet */
	pcap_dumper_t *dumper; /* file's owner once there is one */
	int dlt;
	bool told; /* that it cannot be written */
	struct dump_stats stats;
};

struct dump *
dump_open(const char *path, char *err, size_t err_len)
{
	struct dump *d = xcalloc(1, sizeof(*d));

	d->path = xstrdup(path);
	d->file = fopen(path, "wbe");
	if (d->file)
		return d;
	snprintf(err, err_len, "cannot write %s, what goes on of the capture: "
	    "%s; name another file with --daq-var file=FILE", path,
	    strerror(errno));
	(void)dump_close(d);
	return NULL;
}

bool
dump_source(struct dump *d, int dlt, uint32_t snaplen, char *err,
    size_t err_len)
{
	if (d->dumper && d->dlt == dlt)
		return true;
	if (d->dumper) {
		snprintf(err, err_len, "its link type (%d) is not that of the "
		    "capture before it (%d), and %s holds one: read it in a "
		    "run of its own", dlt, d->dlt, d->path);
		return false;
	}
	d->dlt = dlt;
	d->dead = pcap_open_dead(dlt, (int)(snaplen ? snaplen :
	    LIM_SNAPLEN_MAX));
	d->dumper = d->dead ? pcap_dump_fopen(d->dead, d->file) : NULL;
	if (!d->dumper) {
		snprintf(err, err_len, "%s: %s", d->path, d->dead ?
		    pcap_geterr(d->dead) : "out of memory");
		return false;
	}
	d->file = NULL;
	return true;
}

/* A file that cannot be written is said once; the run goes on. */
static void
lose(struct dump *d)
{
	d->stats.lost++;
	if (d->told)
		return;
	d->told = true;
	log_warnx("cannot write all that goes on to %s: %s", d->path,
	    strerror(errno));
}

static void
put(struct dump *d, struct mtime ts, const uint8_t *p, uint32_t caplen,
    uint32_t wirelen)
{
	struct pcap_pkthdr h = { .caplen = caplen, .len = wirelen };
	FILE *f;

	if (!d->dumper)
		return;
	h.ts.tv_sec = (time_t)mtime_sec(ts);
	h.ts.tv_usec = (suseconds_t)mtime_usec(ts);
	f = pcap_dump_file(d->dumper);
	pcap_dump((u_char *)d->dumper, &h, p);
	if (ferror(f)) {
		lose(d);
		return;
	}
	d->stats.written++;
	d->stats.bytes += caplen;
}

void
dump_verdict(struct dump *d, const struct frame *f,
    const struct frame_verdict *v)
{
	if (v->action == FRAME_DROP)
		return;
	if (v->rewritten)
		put(d, f->ts, f->room, v->rewritten, f->wirelen > f->caplen ?
		    f->wirelen : v->rewritten);
	else
		put(d, f->ts, f->data, f->caplen, f->wirelen);
}

void
dump_sent(struct dump *d, struct mtime ts, const uint8_t *p, uint32_t n)
{
	put(d, ts, p, n, n);
}

void
dump_stats(const struct dump *d, struct dump_stats *out)
{
	*out = d->stats;
}

void
dump_flush(struct dump *d)
{
	if (d->dumper && pcap_dump_flush(d->dumper) == -1)
		lose(d);
}

bool
dump_close(struct dump *d)
{
	bool ok;

	if (!d)
		return true;
	dump_flush(d);
	ok = !d->stats.lost;
	if (d->dumper)
		pcap_dump_close(d->dumper);
	if (d->dead)
		pcap_close(d->dead);
	if (d->file)
		fclose(d->file);
	free(d->path);
	free(d);
	return ok;
}
