/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A packet as text, as Snort's sniffer mode, alert_full and log_ascii print
 * it: a line per header, then the payload.
 */
#ifndef OUTPUT_DUMP_H
#define OUTPUT_DUMP_H

#include "core/buf.h"
#include "output/output.h"
#include "output/text.h"

/*
 * The whole packet: time, headers, payload by the switches of conf (-e -d -X
 * -C), separator and an empty line.
 */
void dump_packet(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, const struct record_packet *p);
/* Time, link line with -e, IP header, and the transport's header unless the
 * packet is a fragment; no payload. The packet has an IP header. */
void dump_headers(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, const struct record_packet *p);
/* The ICMP line with what an error message quotes (dump_icmp.c). */
void dump_icmp(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p);
/* The line(s) of an IP header: addresses, then its fields. */
void dump_ip(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p);

/* 16 bytes a line in hexadecimal and ASCII; with_offset: 0xNNNN: in front.
 * Bytes from hide to hide_end show as XX. Ends with an empty line. */
struct dump_hide {
	size_t from, to;
};
void dump_hex(struct buf *b, struct slice s, bool with_offset,
    struct dump_hide hide);
/* ASCII alone, 64 a line. */
void dump_chars(struct buf *b, struct slice s);

#endif
