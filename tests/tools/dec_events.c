/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decodes capture files alone, for comparing decoder events with another
 * sensor's:
 *
 *	dec_events [option...] FILE...
 *
 * prints `file packet gid:sid` for each event, in order, and with `view` what
 * rules would see: `file packet view ip l4 payload_off payload_len flags`.
 * Options: the words oversized, csum (verify checksums), gtp, esp, teredo,
 * nodecode, noopts, view, time (print only how long decoding took).
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decoders/decode.h"

static struct dec_conf conf;
static bool view, timed;
static uint64_t total_ns, total_packets;

static bool
set_option(const char *s)
{
	if (strcmp(s, "oversized") == 0)
		conf.oversized_alerts = true;
	else if (strcmp(s, "csum") == 0)
		conf.csum_ip = conf.csum_tcp = conf.csum_udp =
		    conf.csum_icmp = true;
	else if (strcmp(s, "gtp") == 0)
		conf.gtp = true;
	else if (strcmp(s, "esp") == 0)
		conf.decode_esp = true;
	else if (strcmp(s, "teredo") == 0)
		conf.deep_teredo = true;
	else if (strcmp(s, "nodecode") == 0)
		conf.no_decode = true;
	else if (strcmp(s, "noopts") == 0)
		conf.no_ipopt = conf.no_tcpopt = conf.no_tcpopt_exp =
		    conf.no_tcpopt_obs = conf.no_tcpopt_ttcp = true;
	else if (strcmp(s, "view") == 0)
		view = true;
	else if (strcmp(s, "time") == 0)
		timed = true;
	else
		return false;
	return true;
}

static uint64_t
now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void
print_packet(const char *file, const struct packet *p)
{
	const struct pkt_dec *d = &p->dec;

	for (unsigned i = 0; i < d->n_events; i++)
		printf("%s %llu %u:%u\n", file, (unsigned long long)p->num,
		    p->events[i].gid, p->events[i].sid);
	if (view)
		printf("%s %llu view %u %u %u %u %x\n", file,
		    (unsigned long long)p->num, d->ip_ver, (unsigned)d->l4,
		    d->payload_off, d->payload_len, d->flags);
}

static void
run(struct decoder *dec, const char *path)
{
	static struct packet pkt;
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, err);
	const char *slash = strrchr(path, '/');
	struct pcap_pkthdr *h;
	const uint8_t *data;
	uint64_t start;

	if (!pcap) {
		fprintf(stderr, "%s: %s\n", path, err);
		exit(1);
	}
	pkt.num = 0;
	pkt.dlt = pcap_datalink(pcap);
	while (pcap_next_ex(pcap, &h, &data) == 1) {
		pkt.data = data;
		pkt.caplen = h->caplen;
		pkt.wirelen = h->len;
		pkt.num++;
		if (timed) {
			start = now_ns();
			for (unsigned i = 0; i < 16; i++)
				decode(dec, &pkt);
			total_ns += (now_ns() - start) / 16;
			total_packets++;
			continue;
		}
		decode(dec, &pkt);
		print_packet(slash ? slash + 1 : path, &pkt);
	}
	pcap_close(pcap);
}

int
main(int argc, char **argv)
{
	struct decoder dec;

	conf = dec_conf_default();
	conf.csum_ip = conf.csum_tcp = conf.csum_udp = conf.csum_icmp = false;
	conf.n_gtp_ports = 3;
	conf.gtp_ports[0] = 2123;
	conf.gtp_ports[1] = 2152;
	conf.gtp_ports[2] = 3386;
	if (!decoder_init(&dec, &conf))
		return 1;
	for (int i = 1; i < argc; i++)
		if (!set_option(argv[i]))
			run(&dec, argv[i]);
	if (timed && total_packets)
		printf("%llu packets, %.1f ns each\n",
		    (unsigned long long)total_packets,
		    (double)total_ns / (double)total_packets);
	decoder_fini(&dec);
	return 0;
}
