/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet on which Snort reports a scan: never on the wire, IP protocol 255
 * from the scanner to the scanned host, MAC addresses that spell MACDAD, and
 * the counts as text:
 *
 *	Priority Count: 5
 *	Connection Count: 5
 *	IP Count: 1
 *	Scanner IP Range: 10.1.1.1:10.1.1.1
 *	Port/Proto Count: 5
 *	Port/Proto Range: 1:5
 */
#include <stdio.h>

#include "decoders/watch/portscan_int.h"

enum { IP_PROTO_PORTSCAN = 255 };

static size_t
print_counts(char *out, size_t size, const struct ps_finding *f)
{
	const struct ps_count *c = &f->count;
	char low[IPADDR_TEXT_MAX], high[IPADDR_TEXT_MAX];
	int n;

	if (f->sid == PS_SID_OPEN_PORT)
		n = snprintf(out, size, "Open Port: %u\n", f->open_port);
	else
		n = snprintf(out, size,
		    "Priority Count: %u\n"
		    "Connection Count: %u\n"
		    "IP Count: %u\n"
		    "%s IP Range: %s:%s\n"
		    "Port/Proto Count: %u\n"
		    "Port/Proto Range: %u:%u\n",
		    c->bad, c->conns, c->ips,
		    f->of_scanner ? "Scanned" : "Scanner",
		    ipaddr_print(&c->low_ip, low),
		    ipaddr_print(&c->high_ip, high),
		    c->ports, c->low_port, c->high_port);
	assert(n > 0 && (size_t)n < size);
	return (size_t)n;
}

void
ps_report_make(struct pseudo_room *room, const struct packet *trigger,
    const struct ps_finding *f)
{
	char text[512];
	size_t n = print_counts(text, sizeof(text), f);
	struct pseudo what = {
		.ip_proto = IP_PROTO_PORTSCAN,
		.src = f->sight.scanner,
		.dst = f->sight.scanned,
		.own_link = true,
		.text = slice_make((const uint8_t *)text, n),
	};

	pseudo_make(room, trigger, &what);
	(void)pkt_event_add(&room->pkt, GID_PORTSCAN, f->sid);
}
