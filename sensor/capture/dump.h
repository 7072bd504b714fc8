/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes on of a capture file that is inspected inline, and what would be
 * sent, as a capture file: Snort's DAQ module dump. */
#ifndef SENSOR_CAPTURE_DUMP_H
#define SENSOR_CAPTURE_DUMP_H

#include "sensor/capture/capture.h"

/* The file's name, where --daq-var file gives none. */
#define DUMP_FILE "inline-out.pcap"

struct dump;

struct dump_stats {
	uint64_t written, bytes;
	uint64_t lost; /* could not be written */
};

/* Makes the file, which was there before or not. NULL with a message that says
 * what to do in err. */
NODISCARD struct dump *dump_open(const char *path, char *err, size_t err_len);
/* The packets to come are of this link type; the first one is the file's.
 * false with a message in err: a capture file holds one. */
NODISCARD bool dump_source(struct dump *d, int dlt, uint32_t snaplen,
    char *err, size_t err_len);
/* A frame and its verdict: in the file, unless it was dropped. */
void dump_verdict(struct dump *d, const struct frame *f,
    const struct frame_verdict *v);
/* A packet of the sensor's own. */
void dump_sent(struct dump *d, struct mtime ts, const uint8_t *p, uint32_t n);
void dump_stats(const struct dump *d, struct dump_stats *out);
/* Flushes what is there. */
void dump_flush(struct dump *d);
/* Closes the file, NULL too; false: not all of it is written. */
bool dump_close(struct dump *d);

#endif
