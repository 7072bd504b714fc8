/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chain ADUANA-BLOCK of the table filter and the jumps to it, which are to
 * be the first rules of their chains: what lets known connections through must
 * not come before them. Changes are one transaction of iptables-restore, so
 * that there is no moment without the rules.
 */
#ifndef SENSOR_RESPOND_FIREWALL_BLOCK_H
#define SENSOR_RESPOND_FIREWALL_BLOCK_H

#include <stdio.h>

#include "core/base.h"
#include "core/slice.h"
#include "sensor/respond/firewall_run.h"

#define FIREWALL_BLOCK_CHAIN "ADUANA-BLOCK"

/* INPUT, FORWARD, OUTPUT, DOCKER-USER */
enum { FIREWALL_BLOCK_JUMPS = 4, FIREWALL_BLOCK_LINE = 200 };
extern const char *const firewall_block_chains[FIREWALL_BLOCK_JUMPS];

/* What a family's table filter has of it. */
struct firewall_block_state {
	bool has_table;  /* the table is there at all */
	bool is_empty;   /* with no rule and no chain but the usual */
	bool has_chain, chain_whole;
	struct {
		bool exists;    /* the chain we are to be first of */
		bool first;     /* we are */
		unsigned jumps; /* of ours that are in it */
		char before[FIREWALL_BLOCK_LINE]; /* the rule that is first */
	} at[FIREWALL_BLOCK_JUMPS];
	char others[FIREWALL_BLOCK_LINE]; /* programs whose chains are there */
};

/* The rules of the chain: those of a family's sets, or (not NULL) what stands
 * in place of them, a line each, compared by their comments. */
struct firewall_block {
	const char *backend;
	const char *plain[FIREWALL_FAMILIES];
	bool had_no_table[FIREWALL_FAMILIES]; /* before us */
	bool no_ip6; /* the kernel has none */
};

/* -- text ------------------------------------------------------------------- */

/* Of what iptables-save -t filter says. */
void firewall_block_parse(struct text save, enum firewall_family family,
    const struct firewall_block *b, struct firewall_block_state *s);
bool firewall_block_is_whole(const struct firewall_block_state *s);
/* What iptables-restore --noflush makes the state whole with. */
void firewall_block_print(FILE *f, enum firewall_family family,
    const struct firewall_block *b, const struct firewall_block_state *s);
/* And what takes all of it away. */
void firewall_block_print_removal(FILE *f,
    const struct firewall_block_state *s);
/* Is the line a rule of our chain? *comment: its comment, if it has one. */
bool firewall_block_is_ours(struct text line, struct text *comment);
/* Lines of iptables-save with two characters before each: "= " is ours, "< "
 * stands before ours in a chain, "  " the rest. */
void firewall_block_mark(FILE *f, struct text save);

/* -- the kernel ------------------------------------------------------------- */

/* All of these with a message in err when false. */
NODISCARD bool firewall_block_install(struct firewall_block *b, char *err,
    size_t err_len);
enum firewall_block_found {
	FIREWALL_BLOCK_WHOLE,
	FIREWALL_BLOCK_MENDED, /* err says what was wrong */
	FIREWALL_BLOCK_BROKEN, /* it is, and mend was false; or cannot be */
};
enum firewall_block_found firewall_block_check(struct firewall_block *b,
    bool mend, char *err, size_t err_len);
/* The chain gets new rules, after b->plain was changed. */
NODISCARD bool firewall_block_refill(struct firewall_block *b, char *err,
    size_t err_len);
/* Verified. */
NODISCARD bool firewall_block_remove(struct firewall_block *b, char *err,
    size_t err_len);
/* The chains and rules of all tables, both families and both kinds. */
void firewall_block_where(const struct firewall_block *b, FILE *f);

#endif
