/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/helper.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mtime.h"
#include "core/xalloc.h"

/* -- sets ------------------------------------------------------------------- */

bool
helper_left_out(const struct helper *h, enum kset_id id)
{
	return h->wall.no_ip6 && id >= KSET_FROM6;
}

/* *made: a bit for each set that was not there. */
int
helper_make_sets(struct helper *h, unsigned *made, enum kset_id *which)
{
	int e = 0;

	*made = 0;
	for (*which = 0; !e && *which < KSETS; (*which)++) {
		bool is_new = false;

		if (helper_left_out(h, *which))
			continue;
		e = kset_make(h->sets, *which, h->c.entries, &is_new);
		*made |= (unsigned)(is_new && !e) << *which;
		if (e)
			break;
	}
	return e;
}

void
helper_destroy_sets(struct helper *h, unsigned which)
{
	for (enum kset_id i = 0; i < KSETS; i++)
		if (which >> i & 1)
			(void)kset_destroy(h->sets, i);
}

/* -- adding and deleting ---------------------------------------------------- */

uint64_t
helper_wall_seconds(void)
{
	return mtime_sec(mtime_now());
}

/* The chain as the table of blocks has it. false: said why. */
bool
helper_write_plain(struct helper *h)
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
	helper_say(h, err);
	return false;
}

static void
apply_plain(struct helper *h, struct hand_done *d, const uint32_t *seconds,
    unsigned n)
{
	uint64_t now = helper_wall_seconds();
	bool changed = false;

	for (unsigned i = 0; i < n; i++) {
		if (d[i].error)
			continue;
		d[i].error = d[i].what == HAND_ADD ? plain_add(h->plain,
		    &d[i].key, seconds[i], now) : plain_del(h->plain,
		    &d[i].key);
		changed |= !d[i].error;
	}
	if (!changed || helper_write_plain(h))
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
	uint64_t end = op->seconds ? clock_ns() + op->seconds * HELPER_SECOND :
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
	unsigned first[HELPER_BATCH + 1], n_ops = 0, made;
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
	if (missing && helper_make_sets(h, &made, &which) == 0) {
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

static void
want_all(struct helper *h, const struct block_key *keys, size_t n)
{
	uint64_t late = 0;

	for (size_t i = 0; i < n; i++)
		late += !conntrack_want(h->ct, &keys[i]);
	helper_count(h, HANDS_CTR_CONNECTIONS_LATE, late);
}

/* All that waits is looked for in the kernel's table at once; then it rests,
 * so that it takes no more than a quarter of a processor. */
NORETURN static void
ender_main(struct helper *h, int fd)
{
	(void)prctl(PR_SET_NAME, "aduana-ender");
	(void)setpriority(PRIO_PROCESS, 0, 5);
	for (;;) {
		struct block_key keys[HELPER_BATCH];
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t began;
		ssize_t n;

		(void)poll(&p, 1, -1);
		began = clock_ns();
		while ((n = recv(fd, keys, sizeof(keys), MSG_DONTWAIT)) > 0)
			want_all(h, keys, (size_t)n / sizeof(keys[0]));
		if (n == 0)
			_exit(0);
		helper_count(h, HANDS_CTR_CONNECTIONS, conntrack_end(h->ct));
		(void)poll(NULL, 0, (int)((clock_ns() - began) * 3 /
		    1000000));
	}
}

void
helper_begin_ender(struct helper *h)
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
	struct block_key keys[HELPER_BATCH];
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++)
		if (d[i].what == HAND_ADD && !d[i].error)
			keys[k++] = d[i].key;
	if (!k || send(h->ender, keys, k * sizeof(keys[0]), MSG_DONTWAIT |
	    MSG_NOSIGNAL) != -1)
		return;
	helper_count(h, HANDS_CTR_CONNECTIONS_LATE, k);
	if (errno == EAGAIN)
		return;
	/* it was killed */
	close(h->ender);
	helper_begin_ender(h);
}

/* The next jobs, as far as they are of one kind; answers are published. */
static unsigned
do_changes(struct helper *h, unsigned n)
{
	struct hand_done d[HELPER_BATCH];
	uint32_t seconds[HELPER_BATCH];
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
		helper_put(h, &d[i]);
	}
	helper_publish(h);
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
		return helper_write_plain(h) ? 0 : HAND_E_FIREWALL;
	}
	for (enum kset_id i = 0; i < KSETS; i++) {
		int one = helper_left_out(h, i) ? 0 : kset_flush(h->sets, i);

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
	uint64_t now = helper_wall_seconds();

	if (h->listing) {
		helper_answer(h, HAND_LIST, id, EBUSY);
		return;
	}
	h->listing = true;
	h->list_id = id;
	h->list_error = 0;
	h->n_held = h->at_held = 0;
	for (enum kset_id i = 0; h->sets && i < KSETS; i++) {
		int e = helper_left_out(h, i) ? 0 : kset_list(h->sets, i,
		    hold, h);

		h->list_error = e ? e : h->list_error;
	}
	for (unsigned i = 0; h->plain && i < h->plain->n; i++)
		hold(h, &h->plain->all[i].key, h->plain->all[i].until ?
		    (uint32_t)(h->plain->all[i].until - now) : 0);
}

/* Hands out what is listed, as far as there is room besides that for others. */
void
helper_go_on_list(struct helper *h)
{
	unsigned n = helper_room(h);

	if (!h->listing)
		return;
	for (n = n > HANDS_QUEUE / 2 ? n - HANDS_QUEUE / 2 : 0;
	    n && h->at_held < h->n_held; n--, h->at_held++)
		helper_put(h, &(struct hand_done){ .id = h->list_id,
			.what = HAND_HELD, .fd = -1, .done_ns = clock_ns(),
			.seconds = h->held[h->at_held].seconds,
			.key = h->held[h->at_held].key });
	if (n && h->at_held == h->n_held) {
		helper_answer(h, HAND_LIST, h->list_id, h->list_error);
		h->listing = false;
		free(h->held);
		h->held = NULL;
		h->size_held = 0;
	}
	helper_publish(h);
}

static void
begin_where(struct helper *h, uint64_t id)
{
	int fd = h->where_pid > 0 ? -1 : memfd_create("where", MFD_CLOEXEC);

	if (fd == -1) {
		helper_answer(h, HAND_WHERE, id, h->where_pid > 0 ? EBUSY :
		    errno);
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
		helper_answer(h, HAND_WHERE, id, errno);
		close(fd);
	}
}

void
helper_end_where(struct helper *h)
{
	char kind = HANDS_FILE;
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec v = { &kind, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (h->where_pid <= 0 || !helper_room(h) || waitpid(h->where_pid, NULL,
	    WNOHANG) != h->where_pid)
		return;
	h->where_pid = 0;
	(void)lseek(h->where_fd, 0, SEEK_SET);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &h->where_fd, sizeof(int));
	helper_answer(h, HAND_WHERE, h->where_id, sendmsg(h->fd, &m,
	    MSG_DONTWAIT | MSG_NOSIGNAL) == 1 ? 0 : EBUSY);
	close(h->where_fd);
	helper_publish(h);
}

/* -- the jobs --------------------------------------------------------------- */

static void
do_one(struct helper *h)
{
	struct hand_job j = h->sh->jobs[h->job_tail % HANDS_QUEUE];

	switch (j.what) {
	case HAND_FLUSH:
		helper_answer(h, j.what, j.id, flush(h));
		break;
	case HAND_LIST:
		begin_list(h, j.id);
		break;
	case HAND_WHERE:
		begin_where(h, j.id);
		break;
	case HAND_CHECK:
		if (h->n_check_ids == HELPER_CHECK_IDS || h->check_pid > 0) {
			helper_answer(h, j.what, j.id, EBUSY);
			break;
		}
		h->check_ids[h->n_check_ids++] = j.id;
		h->next_check = 0;
		break;
	default:
		helper_answer(h, j.what, j.id, HAND_E_JOB);
		break;
	}
	helper_publish(h);
}

/* Some jobs; false: there are none, or no room for answers. */
bool
helper_do_jobs(struct helper *h)
{
	unsigned long long n = atomic_load_explicit(&h->sh->job_head,
	    memory_order_acquire) - h->job_tail;
	unsigned done, most = helper_room(h);

	/* (what is in the ring is what it is, were its place a lie) */
	if (!n || n > HANDS_QUEUE || most <= HELPER_CHECK_IDS + 2)
		return false;
	most -= HELPER_CHECK_IDS + 2;
	if (most > HELPER_BATCH)
		most = HELPER_BATCH;
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
