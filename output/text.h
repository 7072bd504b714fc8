/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pieces that Snort's text formats share: times, addresses, names. All
 * append to the buffer.
 */
#ifndef OUTPUT_TEXT_H
#define OUTPUT_TEXT_H

#include <time.h>

#include "core/base.h"
#include "core/buf.h"
#include "core/mtime.h"
#include "output/file.h"
#include "output/output.h"

/* The calendar of the last second that was asked for: most records share
 * theirs with the one before. Zero at first. */
struct out_clock {
	bool set;
	uint64_t sec;
	struct tm tm;
	char text[24]; /* MM/DD-hh:mm:ss. or MM/DD/YY-hh:mm:ss. */
	unsigned len;
};

/* The broken-down time of t by conf->utc, kept in the clock. */
const struct tm *out_tm(struct out_clock *clock, const struct out_conf *conf,
    struct mtime t);
/* MM/DD-hh:mm:ss.uuuuuu and a blank. */
void out_put_time(struct buf *b, struct out_clock *clock,
    const struct out_conf *conf, struct mtime t);

/* Are addresses hidden (-O, -B)? Then nothing may show them by the way. */
bool out_hides(const struct out_conf *conf);
/* Address as -O and -B ask for it. */
void out_put_addr(struct buf *b, const struct out_conf *conf,
    const struct ipaddr *a);
/* a:sp -> b:dp; without ports for fragments and what is not TCP or UDP. */
void out_put_flow(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p);
/* Are ports shown for this packet? */
bool out_has_ports(const struct record_packet *p);

/* [g:s:r] */
void out_put_sig(struct buf *b, const struct record_event *e);
/* [Classification: text] and [Priority: n], each with a blank behind. */
void out_put_class(struct buf *b, const struct record_event *e);
/* " <eth0> " with -I, for the place before msg. */
void out_put_iface(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p);

/* TCP, UDP, ... or PROTO:nnn; out is room for that. */
enum { OUT_PROTO_MAX = 20 };
const char *out_proto_name(uint8_t proto, char out[OUT_PROTO_MAX]);

/* 12UAPRSF with * for what is clear. */
void out_tcp_flags(uint8_t flags, char out[8]);

/* Upper-case hexadecimal, at least `digits` wide. */
void out_put_hex(struct buf *b, uint64_t v, unsigned digits);
/* 0xHEX without leading zeros */
void out_put_0x(struct buf *b, uint64_t v);
/* XX:XX:XX:XX:XX:XX of six bytes. */
void out_put_mac(struct buf *b, const uint8_t mac[6]);

/*
 * What text outputs have in common: one file and one clock. Such an output's
 * own struct begins with it, so that the hooks below serve all of them.
 */
struct out_text {
	const struct out_conf *conf;
	struct out_file file;
	struct out_clock clock;
};

/* Opens name (empty: `otherwise`); limit 0: Snort's default. size is that of
 * the output's whole struct, zeroed. NULL with a message. */
NODISCARD void *out_text_new(const struct out_conf *conf, size_t size,
    struct text name, const char *otherwise, uint64_t limit, char *err,
    size_t err_len);
void out_text_flush(void *self);
void out_text_reopen(void *self);
void out_text_close(void *self);
uint64_t out_text_lost(const void *self);
/* The file of alert outputs that were given none: config alertfile. */
const char *out_alert_file(const struct out_conf *conf);
/* Says that a directive's argument is not understood; returns NULL. */
void *out_bad_arg(struct text arg, const char *grammar, char *err,
    size_t err_len);

#endif
