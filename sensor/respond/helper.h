/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that blocks, among its own files: helper.c is its life,
 * helper_jobs.c what it is asked for, helper_check.c what it looks after.
 */
#ifndef SENSOR_RESPOND_HELPER_H
#define SENSOR_RESPOND_HELPER_H

#include <sys/types.h>

#include "core/base.h"
#include "sensor/respond/conntrack.h"
#include "sensor/respond/firewall_block.h"
#include "sensor/respond/hands_ring.h"
#include "sensor/respond/kset.h"
#include "sensor/respond/plain.h"

enum {
	HELPER_BATCH = KSET_BATCH / 2, /* jobs: each is of two sets at most */
	HELPER_CHECK_IDS = 8, /* HAND_CHECKs that wait for one check */
};
#define HELPER_SECOND UINT64_C(1000000000)

struct helper_held {
	struct block_key key;
	uint32_t seconds;
};

struct helper_check {
	enum firewall_block_found found;
	char why[HANDS_LINE];
};

struct helper {
	struct hands_shared *sh;
	struct hands_conf c;
	int fd, lock;
	pid_t parent;
	struct kset *sets; /* NULL: plain */
	struct plain *plain;
	char *plain_text[FIREWALL_FAMILIES];
	struct conntrack *ct;
	int ender; /* the socket to who ends connections; -1: nobody */
	struct firewall_block wall;
	unsigned long long job_tail, done_head;

	struct helper_held *held; /* of a HAND_LIST, until answered */
	size_t n_held, at_held, size_held;
	uint64_t list_id;
	bool listing;
	int list_error;

	/* what sets are known to hold: till when, as long as nothing was
	 * deleted */
	uint64_t until_ns[KSETS];
	bool filled[KSETS];

	pid_t check_pid;
	int check_fd;
	uint64_t check_ids[HELPER_CHECK_IDS], check_began, next_check;
	unsigned n_check_ids;
	bool lost; /* entries, to be told with the next answer */
	uint64_t mend_after, last_mend;
	unsigned mend_wait; /* seconds */
	char last_said[HANDS_LINE];

	pid_t where_pid;
	int where_fd;
	uint64_t where_id;

	bool stop, leave, orphan;
};

/* To the near end: a line or another message; a line, unless it was said last;
 * how many answers there is room for, which who puts one has looked at. */
void helper_send(struct helper *h, char kind, const char *text);
void helper_say(struct helper *h, const char *text);
unsigned helper_room(const struct helper *h);
void helper_put(struct helper *h, const struct hand_done *d);
void helper_answer(struct helper *h, uint8_t what, uint64_t id, int error);
void helper_publish(struct helper *h);
void helper_count(struct helper *h, enum hands_ctr c, uint64_t n);

/* helper_jobs.c. *made: a bit for each set that was not there; *which: the one
 * that could not be made. */
bool helper_left_out(const struct helper *h, enum kset_id id);
int helper_make_sets(struct helper *h, unsigned *made, enum kset_id *which);
void helper_destroy_sets(struct helper *h, unsigned which);
void helper_begin_ender(struct helper *h);

/* Some jobs; false: there are none, or no room for answers. */
bool helper_do_jobs(struct helper *h);

/* What takes longer than one turn. */
void helper_go_on_list(struct helper *h);
void helper_end_where(struct helper *h);

/* helper_check.c. Rules end; a check begins, in a process of its own, for which
 * there is room for HELPER_CHECK_IDS + 1 answers; and is over. */
void helper_expire_plain(struct helper *h);
void helper_begin_check(struct helper *h);
void helper_end_check(struct helper *h);

/* The chain as the table of blocks has it. false: said why. */
bool helper_write_plain(struct helper *h);
uint64_t helper_wall_seconds(void);

#endif
