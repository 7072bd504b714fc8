/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { INTERVAL_NS = 500000000, NAME_COLS = 30 };

void
progress_init(struct progress *p, bool wanted)
{
	*p = (struct progress){ .on = wanted && isatty(STDERR_FILENO) == 1 };
}

void
progress_start(struct progress *p, const char *name, uint64_t now_ns,
    uint64_t packets)
{
	const char *slash = strrchr(name, '/');

	p->name = slash ? slash + 1 : name;
	p->started_ns = now_ns;
	if (!p->last_ns) { /* many small files are one long reading */
		p->last_ns = now_ns;
		p->last_packets = packets;
	}
}

void
progress_show(struct progress *p, uint64_t now_ns, uint64_t at, uint64_t size,
    uint64_t packets, uint64_t alerts)
{
	double since, in_file;

	if (LIKELY(!p->on) || now_ns - p->last_ns < INTERVAL_NS)
		return;
	since = (double)(now_ns - p->last_ns) / 1e9;
	in_file = (double)(now_ns - p->started_ns) / 1e9;
	fprintf(stderr, "\r%.*s: ", NAME_COLS, p->name);
	if (size)
		fprintf(stderr, "%.0f%%, ", 100.0 * (double)at / (double)size);
	fprintf(stderr, "%.2f M packets, %.0f k packets/s, %llu alerts",
	    (double)packets / 1e6,
	    (double)(packets - p->last_packets) / 1e3 / since,
	    (unsigned long long)alerts);
	/* of a file just begun they would be a guess */
	if (in_file >= since)
		fprintf(stderr, ", %.0f MB/s", (double)at / 1e6 / in_file);
	if (in_file >= since && at && at < size)
		fprintf(stderr, ", %.0f s left",
		    in_file * (double)(size - at) / (double)at);
	fprintf(stderr, "\033[K");
	fflush(stderr);
	p->last_ns = now_ns;
	p->last_packets = packets;
	p->shown = true;
}

void
progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	fprintf(stderr, "\r\033[K");
	p->shown = false;
}
