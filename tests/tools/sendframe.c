/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sendframe INTERFACE <FRAME: sends one link layer frame. */
#include <pcap/pcap.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	unsigned char frame[1514];
	size_t n = fread(frame, 1, sizeof(frame), stdin);
	pcap_t *p;

	if (argc != 2 || !n) {
		fprintf(stderr, "usage: sendframe INTERFACE <FRAME\n");
		return 2;
	}
	p = pcap_open_live(argv[1], 64, 0, 10, err);
	if (!p || pcap_inject(p, frame, n) != (int)n) {
		fprintf(stderr, "sendframe: %s\n", p ? pcap_geterr(p) : err);
		return 1;
	}
	pcap_close(p);
	return 0;
}
