/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every packet of the captures given (none: those of tests/data), cut at every
 * length, through decode(). The bytes lie in memory of exactly that length,
 * so that the sanitizers see each one too many; and what decoding says of the
 * packet must lie inside it.
 */
#include <glob.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoders/decode.h"

static struct decoder decoder;
static struct packet pkt;
static uint64_t n_cuts;

#define MUST(what)                                                             \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "packet %llu cut at %u: not %s\n",     \
			    (unsigned long long)pkt.num, pkt.caplen, #what);   \
			abort();                                               \
		}                                                              \
	} while (0)

static bool
inside(uint32_t off, uint32_t len)
{
	return off <= pkt.caplen && len <= pkt.caplen - off;
}

static void
check(void)
{
	const struct pkt_dec *d = &pkt.dec;

	MUST(d->n_layers <= LIM_LAYERS);
	MUST(d->n_events <= LIM_PKT_EVENTS);
	MUST(d->n_ip4_opts <= LIM_IP4_OPTIONS);
	MUST(d->n_tcp_opts <= LIM_TCP_OPTIONS);
	for (unsigned i = 0; i < d->n_layers; i++)
		MUST(inside(pkt.layers[i].off, pkt.layers[i].len));
	for (unsigned i = 0; i < d->n_ip4_opts; i++)
		MUST(inside(pkt.ip4_opts[i].off, pkt.ip4_opts[i].len));
	for (unsigned i = 0; i < d->n_tcp_opts; i++)
		MUST(inside(pkt.tcp_opts[i].off, pkt.tcp_opts[i].len));
	MUST(inside(d->payload_off, d->payload_len));
	MUST(inside(d->ip_payload_off, d->ip_payload_len));
	MUST(!d->has_eth || inside(d->eth_off, 14));
	if (d->ip_ver)
		MUST(inside(d->ip_off, d->ip_hlen));
	if (d->l4 != PKT_L4_NONE)
		MUST(inside(d->l4_off, d->l4_hlen));
}

static void
cut_everywhere(const uint8_t *data, uint32_t len, uint32_t wirelen, int dlt)
{
	for (uint32_t caplen = 0; caplen <= len; caplen++) {
		uint8_t *copy = malloc(caplen ? caplen : 1);

		if (!copy)
			abort();
		memcpy(copy, data, caplen);
		pkt.data = copy;
		pkt.caplen = caplen;
		pkt.wirelen = wirelen;
		pkt.dlt = dlt;
		decode(&decoder, &pkt);
		check();
		free(copy);
		n_cuts++;
	}
}

static void
cut_capture(const char *path)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, err);
	struct pcap_pkthdr *header;
	const uint8_t *data;

	if (!p) {
		fprintf(stderr, "%s\n", err);
		exit(1);
	}
	pkt.num = 0;
	while (pcap_next_ex(p, &header, &data) == 1) {
		pkt.num++;
		cut_everywhere(data, header->caplen, header->len,
		    pcap_datalink(p));
	}
	pcap_close(p);
	printf("ok cut %s: %llu packets\n", strrchr(path, '/') + 1,
	    (unsigned long long)pkt.num);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	struct dec_conf conf = dec_conf_default();
	char pattern[4096];
	glob_t found;

	if (!decoder_init(&decoder, &conf))
		return 1;
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			cut_capture(argv[i]);
	} else {
		snprintf(pattern, sizeof(pattern), "%s/tests/data/*.pcap",
		    top ? top : ".");
		if (glob(pattern, 0, NULL, &found) != 0)
			return 1;
		for (size_t i = 0; i < found.gl_pathc; i++)
			cut_capture(found.gl_pathv[i]);
		globfree(&found);
	}
	decoder_fini(&decoder);
	printf("%llu cuts\n", (unsigned long long)n_cuts);
	return 0;
}
