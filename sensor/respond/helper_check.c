/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mtime.h"

enum { MEND_MAX_S = 64 };
/* mended again within so long, somebody does it again and again */
#define AGAIN_NS (60 * HELPER_SECOND)

/* -- checks ----------------------------------------------------------------- */

/* Sets that were destroyed are made anew; that they were, or emptied. */
static bool
check_sets(struct helper *h)
{
	uint64_t now = clock_ns();
	unsigned made = 0;
	bool missing = false, lost = false;
	enum kset_id which;

	for (enum kset_id i = 0; h->sets && i < KSETS; i++) {
		uint32_t n;
		int e = helper_left_out(h, i) ? 0 : kset_count(h->sets, i, &n);

		missing |= e == ENOENT;
		if (helper_left_out(h, i) || e || n || !h->filled[i])
			continue;
		h->filled[i] = false;
		lost |= h->until_ns[i] > now + 2 * HELPER_SECOND;
	}
	if (missing && helper_make_sets(h, &made, &which) == 0 && made)
		helper_say(h, "blocking: sets were destroyed, and are made "
		    "anew");
	else if (lost)
		helper_say(h, "blocking: somebody emptied the sets");
	return lost || made;
}

/* Mended, again and again: each time it is waited longer with it. */
static void
mended(struct helper *h, const char *why)
{
	uint64_t now = clock_ns();
	bool again = h->last_mend && now - h->last_mend < AGAIN_NS;
	char line[HANDS_LINE];

	helper_count(h, HANDS_CTR_MENDED, 1);
	if (!again)
		h->mend_wait = 0;
	else
		h->mend_wait = !h->mend_wait ? 2 : h->mend_wait * 2 <
		    MEND_MAX_S ? h->mend_wait * 2 : MEND_MAX_S;
	h->last_mend = now;
	h->mend_after = now + h->mend_wait * HELPER_SECOND;
	snprintf(line, sizeof(line), "blocking: %.300s; mended%s", why,
	    again ? ", again" : "");
	h->last_said[0] = '\0';
	helper_say(h, line);
}

static void
broken(struct helper *h, const char *why)
{
	char line[HANDS_LINE];

	if (clock_ns() < h->mend_after)
		snprintf(line, sizeof(line), "blocking: %.200s; it is undone "
		    "again and again, so that it is mended every %u s only: "
		    "see who writes the firewall's rules", why, h->mend_wait);
	else
		snprintf(line, sizeof(line), "blocking: %.350s", why);
	helper_say(h, line);
}

static void
judge_check(struct helper *h, struct helper_check *r)
{
	uint64_t took = clock_ns() - h->check_began,
	    least = h->c.check_ms * UINT64_C(1000000);

	/* no more than a fifth of the time */
	h->next_check = clock_ns() + (took * 4 > least ? took * 4 : least);
	helper_count(h, HANDS_CTR_CHECKS, 1);
	r->why[sizeof(r->why) - 1] = '\0';
	if (r->found == FIREWALL_BLOCK_MENDED)
		mended(h, r->why);
	else if (r->found == FIREWALL_BLOCK_BROKEN)
		broken(h, r->why);
	if (r->found == FIREWALL_BLOCK_MENDED || h->lost) {
		struct hand_done d = { .what = HAND_MENDED, .fd = -1,
			.entries_lost = h->lost, .done_ns = clock_ns() };

		helper_put(h, &d);
		h->lost = false;
	}
	for (unsigned i = 0; i < h->n_check_ids; i++)
		helper_answer(h, HAND_CHECK, h->check_ids[i], r->found ==
		    FIREWALL_BLOCK_BROKEN ? HAND_E_FIREWALL : 0);
	h->n_check_ids = 0;
	helper_publish(h);
}

/* There is room for HELPER_CHECK_IDS + 1 answers, in this and the next. */
void
helper_begin_check(struct helper *h)
{
	bool mend = clock_ns() >= h->mend_after;
	struct helper_check r = { .found = FIREWALL_BLOCK_WHOLE };
	int fds[2];

	h->lost |= check_sets(h);
	h->check_began = clock_ns();
	/* rules that change must not change meanwhile */
	if (h->plain) {
		r.found = firewall_block_check(&h->wall, mend, r.why,
		    sizeof(r.why));
		judge_check(h, &r);
		return;
	}
	if (pipe2(fds, O_CLOEXEC) == -1)
		return;
	h->check_pid = fork();
	if (h->check_pid == 0) {
		r.found = firewall_block_check(&h->wall, mend, r.why,
		    sizeof(r.why));
		_exit(write(fds[1], &r, sizeof(r)) != sizeof(r));
	}
	close(fds[1]);
	if (h->check_pid == -1)
		close(fds[0]);
	else
		h->check_fd = fds[0];
}

void
helper_end_check(struct helper *h)
{
	struct helper_check r = { .found = FIREWALL_BLOCK_BROKEN,
		.why = "the check of the rules ended early" };
	ssize_t n;

	if (h->check_pid <= 0 || helper_room(h) < HELPER_CHECK_IDS + 1)
		return;
	do
		n = read(h->check_fd, &r, sizeof(r));
	while (n == -1 && errno == EINTR);
	close(h->check_fd);
	while (waitpid(h->check_pid, NULL, 0) == -1 && errno == EINTR)
		;
	h->check_pid = 0;
	judge_check(h, &r);
}

/* Rules have no time of their own. */
void
helper_expire_plain(struct helper *h)
{
	if (h->plain && plain_expire(h->plain, helper_wall_seconds()))
		(void)helper_write_plain(h);
}
