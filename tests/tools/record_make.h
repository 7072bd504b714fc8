/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records to write, and a place to write them to, for tests of outputs. */
#ifndef TESTS_TOOLS_RECORD_MAKE_H
#define TESTS_TOOLS_RECORD_MAKE_H

#include "output/output.h"
#include "output/record.h"

/* A record with the frame it points into. Not to be copied. */
struct made {
	struct record r;
	uint8_t frame[2048];
	struct record_ref refs[2];
	struct record_meta metas[3];
};

/* Each fills *m whole: an alert 1:1000001:3 of class 5, with the frame
 * decoded as a sensor would. All times are UTC 2024-03-14 09:26:53.589793. */
void make_tcp(struct made *m);      /* options, PSH ACK, a payload */
void make_udp(struct made *m);      /* 116:444, priority 3, no class */
void make_icmp_echo(struct made *m);
void make_icmp_unreach(struct made *m); /* quotes a UDP datagram */
void make_ip6_tcp(struct made *m);  /* SYN */
void make_icmp6(struct made *m);    /* echo request */
void make_fragment(struct made *m); /* a later one, MF */
void make_arp(struct made *m);      /* who-has */
void make_ip_options(struct made *m); /* protocol 200, record route */

/* The frame anew from other bytes: Ethernet and IPv4 at 14. */
void make_from_ip4(struct made *m, const uint8_t *ip, size_t len);

/* An empty directory of its own, removed with all in it at the end. */
struct tmp_dir {
	char path[64];
};
void tmp_dir_make(struct tmp_dir *d);
void tmp_dir_remove(struct tmp_dir *d);
/* The whole file (freed by the caller, terminated); NULL when it is not
 * there. name: within d; a trailing '*' stands for the rest of one name. */
char *tmp_dir_read(const struct tmp_dir *d, const char *name, size_t *len);
/* The path of the first name in d that begins so, to be freed. */
char *tmp_dir_first(const struct tmp_dir *d, const char *prefix);
/* How many names in d begin so. */
unsigned tmp_dir_count(const struct tmp_dir *d, const char *prefix);

/* Writes the records through `output NAME: ARGS` and reads FILE back. */
char *written(const struct out_conf *conf, const struct tmp_dir *d,
    const char *name, const char *args, const char *file, size_t *len,
    const struct record *const *records, unsigned n);
/* The text equals tests/golden/output/NAME, else the test fails. Those files
 * are written by hand from the format's description. */
void assert_golden(const char *name, const char *text, size_t len);

#endif
