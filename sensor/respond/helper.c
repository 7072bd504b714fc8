/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that blocks. It is two: one that made sets and rules, keeps the
 * few rights that are needed and begins the other one anew should it be
 * killed; and that other one, which does the jobs. Checks of the rules, which
 * take some milliseconds of other programs, have a process of their own, so
 * that no block waits for them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mtime.h"
#include "core/xalloc.h"
#include "sensor/respond/conntrack.h"
#include "sensor/respond/firewall_block.h"
#include "sensor/respond/hands_ring.h"
#include "sensor/respond/kset.h"
#include "sensor/respond/plain.h"

enum {
	BATCH = KSET_BATCH / 2, /* jobs: each is of two sets at most */
	CHECK_IDS = 8,          /* HAND_CHECKs that wait for one check */
	CAPS = 1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW,
	LOCK_MS = 10000, /* for an earlier helper to have cleaned up */
	MEND_MAX_S = 64,
	SOON_NS = 1000000000,
};
#define SECOND UINT64_C(1000000000)
/* mended again within so long, somebody does it again and again */
#define AGAIN_NS (60 * SECOND)

struct held {
	struct block_key key;
	uint32_t seconds;
};

struct check_result {
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

	struct held *held; /* of a HAND_LIST, until answered */
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
	uint64_t check_ids[CHECK_IDS], check_began, next_check;
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

static volatile sig_atomic_t told;

/* -- to the near end -------------------------------------------------------- */

static void
send_text(struct helper *h, char kind, const char *text)
{
	char b[HANDS_MESSAGE];
	int n = snprintf(b, sizeof(b), "%c%s", kind, text);
	size_t len = n < (int)sizeof(b) ? (size_t)n : sizeof(b) - 1;

	/* one line for people */
	while (len > 1 && (b[len - 1] == '\n' || b[len - 1] == ' '))
		len--;
	for (size_t i = 1; i < len; i++)
		if (b[i] == '\n')
			b[i] = ' ';
	if (send(h->fd, b, len, MSG_DONTWAIT | MSG_NOSIGNAL) == -1)
		atomic_fetch_add(&h->sh->ctrs[HANDS_CTR_LINES_LOST], 1);
}

/* Says it, unless it was what was said last. */
static void
say(struct helper *h, const char *text)
{
	if (strcmp(h->last_said, text) == 0)
		return;
	snprintf(h->last_said, sizeof(h->last_said), "%s", text);
	send_text(h, HANDS_LINE_SAID, text);
}

static unsigned
room(const struct helper *h)
{
	unsigned long long used = h->done_head - atomic_load_explicit(
	    &h->sh->done_tail, memory_order_acquire);

	return used > HANDS_QUEUE ? 0 : (unsigned)(HANDS_QUEUE - used);
}

/* There is room. */
static void
put_done(struct helper *h, const struct hand_done *d)
{
	h->sh->dones[h->done_head++ % HANDS_QUEUE] = *d;
}

static void
publish(struct helper *h)
{
	static const char bell = HANDS_BELL;

	if (atomic_load_explicit(&h->sh->done_head, memory_order_relaxed) ==
	    h->done_head)
		return;
	atomic_store(&h->sh->done_head, h->done_head);
	if (!atomic_exchange(&h->sh->rung, 1))
		(void)send(h->fd, &bell, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
answer(struct helper *h, uint8_t what, uint64_t id, int error)
{
	put_done(h, &(struct hand_done){ .id = id, .what = what,
		.error = error, .done_ns = clock_ns(), .fd = -1 });
}

static void
count(struct helper *h, enum hands_ctr c, uint64_t n)
{
	if (n)
		atomic_fetch_add(&h->sh->ctrs[c], n);
}

/* -- sets ------------------------------------------------------------------- */

static bool
is_left_out(const struct helper *h, enum kset_id id)
{
	return h->wall.no_ip6 && id >= KSET_FROM6;
}

/* *made: a bit for each set that was not there. */
static int
make_sets(struct helper *h, unsigned *made, enum kset_id *which)
{
	int e = 0;

	*made = 0;
	for (*which = 0; !e && *which < KSETS; (*which)++) {
		bool is_new = false;

		if (is_left_out(h, *which))
			continue;
		e = kset_make(h->sets, *which, h->c.entries, &is_new);
		*made |= (unsigned)(is_new && !e) << *which;
		if (e)
			break;
	}
	return e;
}

static void
destroy_sets(struct helper *h, unsigned which)
{
	for (enum kset_id i = 0; i < KSETS; i++)
		if (which >> i & 1)
			(void)kset_destroy(h->sets, i);
}

/* -- adding and deleting ---------------------------------------------------- */

static uint64_t
wall_seconds(void)
{
	return mtime_sec(mtime_now());
}

/* The chain as the table of blocks has it. false: said why. */
static bool
write_plain(struct helper *h)
{
	char err[HANDS_LINE];

	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		char *text = plain_rules(h->plain, i);

		if (!text)
			return false;
		free(h->plain_text[i]);
		h->plain_text[i] = text;
		h->wall.plain[i] = text;
	}
	if (firewall_block_refill(&h->wall, err, sizeof(err)))
		return true;
	say(h, err);
	return false;
}

static void
apply_plain(struct helper *h, struct hand_done *d, const uint32_t *seconds,
    unsigned n)
{
	uint64_t now = wall_seconds();
	bool changed = false;

	for (unsigned i = 0; i < n; i++) {
		if (d[i].error)
			continue;
		d[i].error = d[i].what == HAND_ADD ? plain_add(h->plain,
		    &d[i].key, seconds[i], now) : plain_del(h->plain,
		    &d[i].key);
		changed |= !d[i].error;
	}
	if (!changed || write_plain(h))
		return;
	for (unsigned i = 0; i < n; i++)
		if (!d[i].error) {
			if (d[i].what == HAND_ADD)
				(void)plain_del(h->plain, &d[i].key);
			d[i].error = HAND_E_FIREWALL;
		}
}

static void
remember(struct helper *h, const struct kset_op *op)
{
	uint64_t end = op->seconds ? clock_ns() + op->seconds * SECOND :
	    UINT64_MAX;

	if (op->del) {
		h->filled[op->id] = false;
		return;
	}
	if (!h->filled[op->id])
		h->until_ns[op->id] = 0;
	h->filled[op->id] = true;
	if (end > h->until_ns[op->id])
		h->until_ns[op->id] = end;
}

/* Error of an answer of which the ops from `at` on are. */
static int
error_of(struct helper *h, const struct hand_done *d, struct kset_op *ops,
    unsigned n)
{
	unsigned failed = 0;
	int e = 0;

	for (unsigned i = 0; i < n; i++) {
		if (ops[i].error) {
			failed++;
			e = ops[i].error;
		} else {
			remember(h, &ops[i]);
		}
	}
	if (failed == 0 || (d->what == HAND_DEL && failed < n &&
	    e == ENOENT))
		return 0;
	/* half a block is none */
	if (d->what == HAND_ADD && failed < n)
		for (unsigned i = 0; i < n; i++)
			if (!ops[i].error) {
				struct kset_op undo = ops[i];

				undo.del = true;
				kset_apply(h->sets, &undo, 1);
			}
	return e;
}

static void
apply_sets(struct helper *h, struct hand_done *d, const uint32_t *seconds,
    unsigned n)
{
	struct kset_op ops[KSET_BATCH];
	unsigned first[BATCH + 1], n_ops = 0, made;
	bool missing = false;
	enum kset_id which;

	for (unsigned i = 0; i < n; i++) {
		enum kset_id id[2];
		unsigned k = d[i].error ? 0 : kset_of(&d[i].key, id);

		first[i] = n_ops;
		for (unsigned s = 0; s < k; s++)
			ops[n_ops++] = (struct kset_op){ .id = id[s],
				.del = d[i].what == HAND_DEL,
				.seconds = seconds[i], .key = &d[i].key };
	}
	first[n] = n_ops;
	kset_apply(h->sets, ops, n_ops);
	for (unsigned i = 0; i < n_ops; i++)
		missing |= ops[i].error == ENOENT && !ops[i].del;
	if (missing && make_sets(h, &made, &which) == 0) {
		/* somebody destroyed them */
		h->lost = made != 0;
		h->next_check = 0;
		kset_apply(h->sets, ops, n_ops);
	}
	for (unsigned i = 0; i < n; i++)
		if (!d[i].error)
			d[i].error = error_of(h, &d[i], ops + first[i],
			    first[i + 1] - first[i]);
}

/* -- connections of what was blocked ---------------------------------------- */

/* All that waits is looked for in the kernel's table at once; then it rests,
 * so that it takes no more than a quarter of a processor. */
NORETURN static void
ender_main(struct helper *h, int fd)
{
	(void)prctl(PR_SET_NAME, "aduana-ender");
	(void)setpriority(PRIO_PROCESS, 0, 5);
	for (;;) {
		struct block_key keys[BATCH];
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t began;
		ssize_t n;

		(void)poll(&p, 1, -1);
		began = clock_ns();
		while ((n = recv(fd, keys, sizeof(keys), MSG_DONTWAIT)) > 0)
			for (size_t i = 0; i < (size_t)n / sizeof(keys[0]); i++)
				if (!conntrack_want(h->ct, &keys[i]))
					count(h, HANDS_CTR_CONNECTIONS_LATE,
					    1);
		if (n == 0)
			_exit(0);
		count(h, HANDS_CTR_CONNECTIONS, conntrack_end(h->ct));
		(void)poll(NULL, 0, (int)((clock_ns() - began) * 3 /
		    1000000));
	}
}

static void
begin_ender(struct helper *h)
{
	int fds[2], size = 1 << 22;
	pid_t pid;

	h->ender = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return;
	(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDBUFFORCE, &size,
	    sizeof(size));
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		ender_main(h, fds[1]);
	}
	close(fds[1]);
	if (pid == -1)
		close(fds[0]);
	else
		h->ender = fds[0];
}

static void
end_connections(struct helper *h, const struct hand_done *d, unsigned n)
{
	struct block_key keys[BATCH];
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++)
		if (d[i].what == HAND_ADD && !d[i].error)
			keys[k++] = d[i].key;
	if (!k || send(h->ender, keys, k * sizeof(keys[0]), MSG_DONTWAIT |
	    MSG_NOSIGNAL) != -1)
		return;
	count(h, HANDS_CTR_CONNECTIONS_LATE, k);
	if (errno == EAGAIN)
		return;
	/* it was killed */
	close(h->ender);
	begin_ender(h);
}

/* The next jobs, as far as they are of one kind; answers are published. */
static unsigned
do_changes(struct helper *h, unsigned n)
{
	struct hand_done d[BATCH];
	uint32_t seconds[BATCH];
	unsigned k = 0;
	uint64_t now;

	for (; k < n; k++) {
		struct hand_job j = h->sh->jobs[(h->job_tail + k) %
		    HANDS_QUEUE];
		const char *why;

		if (j.what != HAND_ADD && j.what != HAND_DEL)
			break;
		d[k] = (struct hand_done){ .id = j.id, .what = j.what,
			.fd = -1, .key = j.key,
			.error = block_key_ok(&j.key, &why) ? 0 :
			    HAND_E_JOB };
		seconds[k] = j.seconds < HAND_SECONDS_MAX ? j.seconds :
		    HAND_SECONDS_MAX;
	}
	if (h->sets)
		apply_sets(h, d, seconds, k);
	else
		apply_plain(h, d, seconds, k);
	now = clock_ns();
	for (unsigned i = 0; i < k; i++) {
		d[i].done_ns = now;
		put_done(h, &d[i]);
	}
	publish(h);
	end_connections(h, d, k);
	return k;
}

/* -- the other jobs --------------------------------------------------------- */

static int
flush(struct helper *h)
{
	int e = 0;

	if (!h->sets) {
		h->plain->n = 0;
		return write_plain(h) ? 0 : HAND_E_FIREWALL;
	}
	for (enum kset_id i = 0; i < KSETS; i++) {
		int one = is_left_out(h, i) ? 0 : kset_flush(h->sets, i);

		h->filled[i] = false;
		e = one ? one : e;
	}
	return e;
}

static void
hold(void *arg, const struct block_key *key, uint32_t seconds)
{
	struct helper *h = arg;

	if (h->n_held == h->size_held) {
		if (h->size_held >= (size_t)KSETS * HANDS_ENTRIES_MAX) {
			h->list_error = HAND_E_FULL;
			return;
		}
		h->size_held = h->size_held ? h->size_held * 2 : 1024;
		h->held = xreallocarray(h->held, h->size_held,
		    sizeof(h->held[0]));
	}
	h->held[h->n_held].key = *key;
	h->held[h->n_held++].seconds = seconds;
}

static void
begin_list(struct helper *h, uint64_t id)
{
	uint64_t now = wall_seconds();

	if (h->listing) {
		answer(h, HAND_LIST, id, EBUSY);
		return;
	}
	h->listing = true;
	h->list_id = id;
	h->list_error = 0;
	h->n_held = h->at_held = 0;
	for (enum kset_id i = 0; h->sets && i < KSETS; i++) {
		int e = is_left_out(h, i) ? 0 : kset_list(h->sets, i, hold, h);

		h->list_error = e ? e : h->list_error;
	}
	for (unsigned i = 0; h->plain && i < h->plain->n; i++)
		hold(h, &h->plain->all[i].key, h->plain->all[i].until ?
		    (uint32_t)(h->plain->all[i].until - now) : 0);
}

/* Hands out what is listed, as far as there is room besides that for others. */
static void
go_on_list(struct helper *h)
{
	unsigned n = room(h);

	if (!h->listing)
		return;
	for (n = n > HANDS_QUEUE / 2 ? n - HANDS_QUEUE / 2 : 0;
	    n && h->at_held < h->n_held; n--, h->at_held++)
		put_done(h, &(struct hand_done){ .id = h->list_id,
			.what = HAND_HELD, .fd = -1, .done_ns = clock_ns(),
			.seconds = h->held[h->at_held].seconds,
			.key = h->held[h->at_held].key });
	if (n && h->at_held == h->n_held) {
		answer(h, HAND_LIST, h->list_id, h->list_error);
		h->listing = false;
		free(h->held);
		h->held = NULL;
		h->size_held = 0;
	}
	publish(h);
}

static void
begin_where(struct helper *h, uint64_t id)
{
	int fd = h->where_pid > 0 ? -1 : memfd_create("where", MFD_CLOEXEC);

	if (fd == -1) {
		answer(h, HAND_WHERE, id, h->where_pid > 0 ? EBUSY : errno);
		return;
	}
	h->where_id = id;
	h->where_fd = fd;
	h->where_pid = fork();
	if (h->where_pid == 0) {
		FILE *f = fdopen(fd, "w");

		if (f) {
			firewall_block_where(&h->wall, f);
			fclose(f);
		}
		_exit(!f);
	}
	if (h->where_pid == -1) {
		answer(h, HAND_WHERE, id, errno);
		close(fd);
	}
}

static void
end_where(struct helper *h)
{
	char kind = HANDS_FILE;
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec v = { &kind, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (h->where_pid <= 0 || !room(h) || waitpid(h->where_pid, NULL,
	    WNOHANG) != h->where_pid)
		return;
	h->where_pid = 0;
	(void)lseek(h->where_fd, 0, SEEK_SET);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &h->where_fd, sizeof(int));
	answer(h, HAND_WHERE, h->where_id, sendmsg(h->fd, &m, MSG_DONTWAIT |
	    MSG_NOSIGNAL) == 1 ? 0 : EBUSY);
	close(h->where_fd);
	publish(h);
}

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
		int e = is_left_out(h, i) ? 0 : kset_count(h->sets, i, &n);

		missing |= e == ENOENT;
		if (is_left_out(h, i) || e || n || !h->filled[i])
			continue;
		h->filled[i] = false;
		lost |= h->until_ns[i] > now + 2 * SECOND;
	}
	if (missing && make_sets(h, &made, &which) == 0 && made)
		say(h, "blocking: sets were destroyed, and are made anew");
	else if (lost)
		say(h, "blocking: somebody emptied the sets");
	return lost || made;
}

/* Mended, again and again: each time it is waited longer with it. */
static void
mended(struct helper *h, const char *why)
{
	uint64_t now = clock_ns();
	bool again = h->last_mend && now - h->last_mend < AGAIN_NS;
	char line[HANDS_LINE];

	count(h, HANDS_CTR_MENDED, 1);
	if (!again)
		h->mend_wait = 0;
	else
		h->mend_wait = !h->mend_wait ? 2 : h->mend_wait * 2 <
		    MEND_MAX_S ? h->mend_wait * 2 : MEND_MAX_S;
	h->last_mend = now;
	h->mend_after = now + h->mend_wait * SECOND;
	snprintf(line, sizeof(line), "blocking: %.300s; mended%s", why,
	    again ? ", again" : "");
	h->last_said[0] = '\0';
	say(h, line);
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
	say(h, line);
}

static void
judge_check(struct helper *h, struct check_result *r)
{
	uint64_t took = clock_ns() - h->check_began,
	    least = h->c.check_ms * UINT64_C(1000000);

	/* no more than a fifth of the time */
	h->next_check = clock_ns() + (took * 4 > least ? took * 4 : least);
	count(h, HANDS_CTR_CHECKS, 1);
	r->why[sizeof(r->why) - 1] = '\0';
	if (r->found == FIREWALL_BLOCK_MENDED)
		mended(h, r->why);
	else if (r->found == FIREWALL_BLOCK_BROKEN)
		broken(h, r->why);
	if (r->found == FIREWALL_BLOCK_MENDED || h->lost) {
		struct hand_done d = { .what = HAND_MENDED, .fd = -1,
			.entries_lost = h->lost, .done_ns = clock_ns() };

		put_done(h, &d);
		h->lost = false;
	}
	for (unsigned i = 0; i < h->n_check_ids; i++)
		answer(h, HAND_CHECK, h->check_ids[i], r->found ==
		    FIREWALL_BLOCK_BROKEN ? HAND_E_FIREWALL : 0);
	h->n_check_ids = 0;
	publish(h);
}

/* There is room for CHECK_IDS + 1 answers, in this and the next. */
static void
begin_check(struct helper *h)
{
	bool mend = clock_ns() >= h->mend_after;
	struct check_result r = { .found = FIREWALL_BLOCK_WHOLE };
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

static void
end_check(struct helper *h)
{
	struct check_result r = { .found = FIREWALL_BLOCK_BROKEN,
		.why = "the check of the rules ended early" };
	ssize_t n;

	if (h->check_pid <= 0 || room(h) < CHECK_IDS + 1)
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
static void
expire_plain(struct helper *h)
{
	if (h->plain && plain_expire(h->plain, wall_seconds()))
		(void)write_plain(h);
}

/* -- the jobs --------------------------------------------------------------- */

static void
do_one(struct helper *h)
{
	struct hand_job j = h->sh->jobs[h->job_tail % HANDS_QUEUE];

	switch (j.what) {
	case HAND_FLUSH:
		answer(h, j.what, j.id, flush(h));
		break;
	case HAND_LIST:
		begin_list(h, j.id);
		break;
	case HAND_WHERE:
		begin_where(h, j.id);
		break;
	case HAND_CHECK:
		if (h->n_check_ids == CHECK_IDS || h->check_pid > 0) {
			answer(h, j.what, j.id, EBUSY);
			break;
		}
		h->check_ids[h->n_check_ids++] = j.id;
		h->next_check = 0;
		break;
	default:
		answer(h, j.what, j.id, HAND_E_JOB);
		break;
	}
	publish(h);
}

/* Some jobs; false: there are none, or no room for answers. */
static bool
do_jobs(struct helper *h)
{
	unsigned long long n = atomic_load_explicit(&h->sh->job_head,
	    memory_order_acquire) - h->job_tail;
	unsigned done, most = room(h);

	/* (what is in the ring is what it is, were its place a lie) */
	if (!n || n > HANDS_QUEUE || most <= CHECK_IDS + 2)
		return false;
	most = most - CHECK_IDS - 2 < BATCH ? most - CHECK_IDS - 2 : BATCH;
	done = do_changes(h, n < most ? (unsigned)n : most);
	if (!done) {
		do_one(h);
		done = 1;
	}
	h->job_tail += done;
	atomic_store_explicit(&h->sh->job_tail, h->job_tail,
	    memory_order_release);
	return true;
}

/* -- beginning and ending --------------------------------------------------- */

/* What was made goes. "" or what is left. */
static void
clean(struct helper *h, char *err, size_t err_len)
{
	uint32_t n;

	err[0] = '\0';
	if (!firewall_block_remove(&h->wall, err, err_len)) {
		size_t len = strlen(err);

		snprintf(err + len, err_len - len, " (rules of "
		    FIREWALL_BLOCK_CHAIN " are left: see iptables-save)");
	}
	for (enum kset_id i = 0; h->sets && i < KSETS; i++) {
		if (is_left_out(h, i))
			continue;
		(void)kset_destroy(h->sets, i);
		if (kset_count(h->sets, i, &n) != ENOENT && !err[0])
			snprintf(err, err_len, "the set %s is left: \"ipset "
			    "destroy %s\", once no rule has it",
			    kset_names[i], kset_names[i]);
	}
}

/* One helper for a network namespace: an earlier one may still clean up. */
static bool
lock(struct helper *h)
{
	static const char name[] = "\0aduana-block";
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	uint64_t end = clock_ns() + LOCK_MS * UINT64_C(1000000);

	memcpy(a.sun_path, name, sizeof(name) - 1);
	h->lock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	while (h->lock != -1 && bind(h->lock, (const struct sockaddr *)&a,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	        sizeof(name) - 1)) == -1) {
		if (errno != EADDRINUSE || clock_ns() > end)
			return false;
		(void)poll(NULL, 0, 20);
	}
	return h->lock != -1;
}

/* Takes over the rules of one who ended without cleaning up. */
static void
read_plain(struct helper *h)
{
	char err[HANDS_LINE];

	h->plain->n = 0;
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		struct buf said;

		buf_init(&said, FIREWALL_OUTPUT_MAX);
		if (firewall_save(i, h->c.backend, "filter", &said, err,
		    sizeof(err)) && said.len)
			plain_read(h->plain, text_make(said.ptr, said.len),
			    wall_seconds());
		buf_fini(&said);
	}
}

static bool
install_plain(struct helper *h, char *err, size_t err_len)
{
	if (h->sets)
		kset_close(h->sets);
	h->sets = NULL;
	h->plain = xcalloc(1, sizeof(*h->plain));
	read_plain(h);
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		h->plain_text[i] = plain_rules(h->plain, i);
		h->wall.plain[i] = h->plain_text[i];
		if (!h->plain_text[i])
			return false;
	}
	if (!firewall_block_install(&h->wall, err, err_len))
		return false;
	count(h, HANDS_CTR_PLAIN, 1);
	return true;
}

/* (what could not be installed was said already) */
static void
take_away(struct helper *h)
{
	char more[HANDS_LINE];

	if (!firewall_block_remove(&h->wall, more, sizeof(more)))
		say(h, more);
}

static bool
install(struct helper *h, char *err, size_t err_len)
{
	enum kset_id which = 0;
	unsigned made = 0;
	int e = 0;

	if (!lock(h)) {
		snprintf(err, err_len, "another aduana blocks here already: "
		    "stop it");
		return false;
	}
	h->wall.backend = h->c.backend;
	h->wall.no_ip6 = access("/proc/sys/net/ipv6", F_OK) != 0;
	h->ct = conntrack_open(&e);
	if (!h->ct) {
		snprintf(err, err_len, "%s", hands_why(e));
		return false;
	}
	h->sets = h->c.plain ? NULL : kset_open(&e);
	if (h->sets)
		e = make_sets(h, &made, &which);
	if (h->sets && !e) {
		if (firewall_block_install(&h->wall, err, err_len))
			return true;
		take_away(h);
	} else if (e && e != HAND_E_SETS) {
		if (e == HAND_E_TYPE)
			snprintf(err, err_len, "the set %s is not of the kind "
			    "that is needed: \"ipset list %s\", then \"ipset "
			    "destroy %s\"", kset_names[which],
			    kset_names[which], kset_names[which]);
		else
			snprintf(err, err_len, "%s", hands_why(e));
		if (h->sets)
			destroy_sets(h, made);
		return false;
	}
	if (h->sets)
		destroy_sets(h, made);
	/* without sets, or the match of them */
	if (!install_plain(h, err, err_len)) {
		take_away(h);
		return false;
	}
	if (!h->c.plain)
		say(h, "blocking: the kernel has no sets (\"modprobe "
		    "ip_set_hash_ip ip_set_hash_ipportip xt_set\"): rules are "
		    "used, for 1000 blocks at most");
	return true;
}

/* -- rights ----------------------------------------------------------------- */

static bool
keep_rights(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { { .effective = CAPS,
		.permitted = CAPS, .inheritable = CAPS } };

	/* (iptables started by another user than root needs them handed on) */
	for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++)
		if (i != CAP_NET_ADMIN && i != CAP_NET_RAW)
			(void)prctl(PR_CAPBSET_DROP, i);
	if (syscall(SYS_capset, &head, caps) == -1)
		return false;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static void
close_others(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; null != -1 && i < 3; i++)
		(void)dup2(null, i);
	if (fd > 3)
		(void)syscall(SYS_close_range, 3u, (unsigned)fd - 1, 0u);
	(void)syscall(SYS_close_range, (unsigned)fd + 1, ~0u, 0u);
}

static void
wake(int sig)
{
	(void)sig;
	told = 1;
}

static void
set_signals(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTSTP,
		SIGTTIN, SIGTTOU, SIGPIPE, SIGUSR1, SIGUSR2, SIGTERM,
		SIGALRM };
	sigset_t none;

	for (unsigned i = 0; i < ARRAY_LEN(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setsid();
	(void)prctl(PR_SET_NAME, "aduana-block");
}

/* -- the one that works ----------------------------------------------------- */

static void
listen_once(struct helper *h)
{
	char b[2] = { 0 };
	ssize_t n;

	while ((n = recv(h->fd, b, sizeof(b), MSG_DONTWAIT)) > 0)
		if (b[0] == HANDS_STOP && n == 2) {
			h->stop = true;
			h->leave = b[1] != 0;
		}
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		h->orphan = true;
}

/* Until there is something to do. */
static void
rest(struct helper *h, bool busy)
{
	struct pollfd p[] = { { .fd = h->fd, .events = POLLIN },
		{ .fd = h->check_pid > 0 ? h->check_fd : -1,
		    .events = POLLIN } };
	uint64_t now = clock_ns();
	int ms = h->next_check > now ? (int)((h->next_check - now) / 1000000 +
	    1) : 0;

	if (h->check_pid > 0)
		ms = 1000;
	/* what has no file to wait for */
	if (h->where_pid > 0 || h->listing || !room(h))
		ms = 1;
	if (busy)
		ms = 0;
	if (!busy) {
		atomic_store(&h->sh->asleep, 1);
		if (atomic_load(&h->sh->job_head) != h->job_tail &&
		    room(h) > CHECK_IDS + 2)
			ms = 0;
	}
	(void)poll(p, ARRAY_LEN(p), ms < 1000 ? ms : 1000);
	atomic_store(&h->sh->asleep, 0);
	if (p[0].revents)
		listen_once(h);
	if (p[1].revents)
		end_check(h);
}

/* What is under way ends, so that nothing is made after it was removed. */
static void
settle(struct helper *h)
{
	while (do_jobs(h))
		;
	if (h->check_pid > 0) {
		while (waitpid(h->check_pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	if (h->where_pid > 0) {
		kill(h->where_pid, SIGKILL);
		while (waitpid(h->where_pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
}

NORETURN static void
work(struct helper *h)
{
	struct sigaction sa = { .sa_handler = wake };
	char err[HANDS_LINE] = "";

	(void)signal(SIGTERM, SIG_IGN); /* meant for the sensor */
	told = 0;
	sigaction(SIGUSR1, &sa, NULL);
	if (h->plain)
		read_plain(h); /* where another one was killed */
	begin_ender(h);
	h->job_tail = atomic_load(&h->sh->job_tail);
	h->done_head = atomic_load(&h->sh->done_head);
	h->next_check = clock_ns() + h->c.check_ms * UINT64_C(1000000);
	while (!h->stop && !h->orphan) {
		bool busy = do_jobs(h);

		go_on_list(h);
		end_where(h);
		if (h->check_pid <= 0 && clock_ns() >= h->next_check &&
		    room(h) > CHECK_IDS) {
			expire_plain(h);
			begin_check(h);
		}
		rest(h, busy);
		h->orphan |= told != 0;
	}
	settle(h);
	if (h->stop ? !h->leave : !h->c.leave)
		clean(h, err, sizeof(err));
	if (h->stop)
		send_text(h, HANDS_STOPPED, err);
	_exit(err[0] != '\0');
}

NORETURN void
helper_main(struct hands_shared *sh, int fd, const struct hands_conf *c,
    int parent)
{
	struct helper *h = xcalloc(1, sizeof(*h));
	char err[HANDS_LINE] = "";
	struct sigaction sa = { .sa_handler = wake };
	int status = 0;

	*h = (struct helper){ .sh = sh, .c = *c, .fd = fd, .lock = -1,
		.parent = (pid_t)parent, .ender = -1, .check_fd = -1,
		.where_fd = -1 };
	set_signals();
	close_others(fd);
	if (!install(h, err, sizeof(err))) {
		send_text(h, HANDS_FAILED, err);
		_exit(1);
	}
	if (!keep_rights()) {
		char more[HANDS_LINE];

		clean(h, more, sizeof(more));
		send_text(h, HANDS_FAILED, "the rights to block cannot be "
		    "kept");
		_exit(1);
	}
	sigaction(SIGTERM, &sa, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	send_text(h, HANDS_READY, "");
	for (;;) {
		uint64_t began = clock_ns();
		pid_t pid = fork();

		if (pid == 0)
			work(h);
		if (pid == -1)
			_exit(1);
		do {
			/* (the kernel says so with a signal) */
			if (getppid() != h->parent)
				kill(pid, SIGUSR1);
		} while (waitpid(pid, &status, 0) == -1 && errno == EINTR);
		if (WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		count(h, HANDS_CTR_RESTARTS, 1);
		send_text(h, HANDS_LINE_SAID, "blocking: the process that "
		    "blocks was killed; another one goes on");
		while (clock_ns() - began < SOON_NS)
			(void)poll(NULL, 0, 50);
	}
}
