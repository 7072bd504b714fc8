/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a capture file: what we hand out is what libpcap reads from
 * the same bytes, frame by frame, and both end at the same one.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/limits.h"
#include "sensor/capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BATCH = 3 }; /* small: many batches */

static void
check_frame(const struct frame *f, pcap_t *model)
{
	struct pcap_pkthdr *h;
	const u_char *data;
	uint32_t caplen;

	if (pcap_next_ex(model, &h, &data) != 1)
		abort();
	caplen = h->caplen < LIM_SNAPLEN_MAX ? h->caplen : LIM_SNAPLEN_MAX;
	if (f->caplen != caplen || f->wirelen < f->caplen ||
	    memcmp(f->data, data, caplen) != 0)
		abort();
	/* libpcap takes a classic file's 32 bits of time for signed; we read
	 * on after 2038 */
	if (h->ts.tv_sec >= 0 && h->ts.tv_usec >= 0 &&
	    f->ts.ns != (uint64_t)h->ts.tv_sec * 1000000000u +
	    (uint64_t)h->ts.tv_usec)
		abort();
}

static void
compare(void *self, pcap_t *model)
{
	struct frame frames[BATCH];
	struct pcap_pkthdr *h;
	const u_char *data;
	enum capture_status status;
	char err[512];
	unsigned got;

	do {
		status = capture_pcap_file.batch(self, frames, BATCH, &got,
		    err, sizeof(err));
		if ((status == CAPTURE_FRAMES) != (got > 0))
			abort();
		for (unsigned i = 0; i < got; i++)
			check_frame(&frames[i], model);
	} while (status == CAPTURE_FRAMES);
	if (status == CAPTURE_END && pcap_next_ex(model, &h, &data) == 1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct capture_conf conf = { .snaplen = LIM_SNAPLEN_MAX };
	char why[PCAP_ERRBUF_SIZE], err[512], path[64];
	int fd = memfd_create("capture", 0);
	FILE *f;
	pcap_t *model;
	void *self;

	if (fd == -1 || !size || write(fd, data, size) != (ssize_t)size)
		goto out;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	self = capture_pcap_file.open(path, &conf, err, sizeof(err));
	f = fopen(path, "rb");
	if (!f)
		abort();
	model = pcap_fopen_offline_with_tstamp_precision(f,
	    PCAP_TSTAMP_PRECISION_NANO, why);
	if (!model)
		fclose(f);
	if (!self != !model)
		abort();
	if (self) {
		compare(self, model);
		capture_pcap_file.close(self);
		pcap_close(model);
	}
out:
	if (fd != -1)
		close(fd);
	return 0;
}
