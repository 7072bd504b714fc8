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
	if (!p->last_ns) /* many small files are one long reading */
		p->last_ns = now_ns;
	p->started_packets = packets;
}

void
progress_show(struct progress *p, uint64_t now_ns, uint64_t at, uint64_t size,
    uint64_t packets, uint64_t alerts)
{
	double seconds;

	if (LIKELY(!p->on) || now_ns - p->last_ns < INTERVAL_NS ||
	    now_ns == p->started_ns)
		return;
	p->last_ns = now_ns;
	p->shown = true;
	seconds = (double)(now_ns - p->started_ns) / 1e9;
	fprintf(stderr, "\r%.*s: ", NAME_COLS, p->name);
	if (size)
		fprintf(stderr, "%.0f%%, ", 100.0 * (double)at / (double)size);
	fprintf(stderr, "%.2f M packets, %.0f MB/s, %.0f k packets/s, "
	    "%llu alerts", (double)packets / 1e6,
	    (double)at / 1e6 / seconds,
	    (double)(packets - p->started_packets) / 1e3 / seconds,
	    (unsigned long long)alerts);
	if (size && at && at < size)
		fprintf(stderr, ", %.0f s left",
		    seconds * (double)(size - at) / (double)at);
	fprintf(stderr, "\033[K");
	fflush(stderr);
}

void
progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	fprintf(stderr, "\r\033[K");
	p->shown = false;
}
