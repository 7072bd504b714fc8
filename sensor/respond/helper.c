/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that blocks. It is two: one that made sets and rules, keeps the
 * few rights that are needed and begins the other one anew should it be
 * killed; and that other one, which does the jobs. Checks of the rules, which
 * take some milliseconds of other programs, have a process of their own, so
 * that no block waits for them.
 */
#include "sensor/respond/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mtime.h"
#include "core/xalloc.h"
#include "sensor/respond/apart.h"

enum {
	SOON_NS = 1000000000,
};

static volatile sig_atomic_t told;

/* -- to the near end -------------------------------------------------------- */

void
helper_send(struct helper *h, char kind, const char *text)
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
void
helper_say(struct helper *h, const char *text)
{
	if (strcmp(h->last_said, text) == 0)
		return;
	snprintf(h->last_said, sizeof(h->last_said), "%s", text);
	helper_send(h, HANDS_LINE_SAID, text);
}

unsigned
helper_room(const struct helper *h)
{
	unsigned long long used = h->done_head - atomic_load_explicit(
	    &h->sh->done_tail, memory_order_acquire);

	return used > HANDS_QUEUE ? 0 : (unsigned)(HANDS_QUEUE - used);
}

/* There is room. */
void
helper_put(struct helper *h, const struct hand_done *d)
{
	h->sh->dones[h->done_head++ % HANDS_QUEUE] = *d;
}

void
helper_publish(struct helper *h)
{
	static const char bell = HANDS_BELL;

	if (atomic_load_explicit(&h->sh->done_head, memory_order_relaxed) ==
	    h->done_head)
		return;
	atomic_store(&h->sh->done_head, h->done_head);
	if (!atomic_exchange(&h->sh->rung, 1))
		(void)send(h->fd, &bell, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
helper_answer(struct helper *h, uint8_t what, uint64_t id, int error)
{
	helper_put(h, &(struct hand_done){ .id = id, .what = what,
		.error = error, .done_ns = clock_ns(), .fd = -1 });
}

void
helper_count(struct helper *h, enum hands_ctr c, uint64_t n)
{
	if (n)
		atomic_fetch_add(&h->sh->ctrs[c], n);
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
		if (helper_left_out(h, i))
			continue;
		(void)kset_destroy(h->sets, i);
		if (kset_count(h->sets, i, &n) != ENOENT && !err[0])
			snprintf(err, err_len, "the set %s is left: \"ipset "
			    "destroy %s\", once no rule has it",
			    kset_names[i], kset_names[i]);
	}
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
			    helper_wall_seconds());
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
	helper_count(h, HANDS_CTR_PLAIN, 1);
	return true;
}

/* (what could not be installed was said already) */
static void
take_away(struct helper *h)
{
	char more[HANDS_LINE];

	if (!firewall_block_remove(&h->wall, more, sizeof(more)))
		helper_say(h, more);
}

static bool
install(struct helper *h, char *err, size_t err_len)
{
	enum kset_id which = 0;
	unsigned made = 0;
	int e = 0;

	h->lock = apart_lock("aduana-block");
	if (h->lock == -1) {
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
		e = helper_make_sets(h, &made, &which);
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
			helper_destroy_sets(h, made);
		return false;
	}
	if (h->sets)
		helper_destroy_sets(h, made);
	/* without sets, or the match of them */
	if (!install_plain(h, err, err_len)) {
		take_away(h);
		return false;
	}
	if (!h->c.plain)
		helper_say(h, "blocking: the kernel has no sets (\"modprobe "
		    "ip_set_hash_ip ip_set_hash_ipportip xt_set\"): rules are "
		    "used, for 1000 blocks at most");
	return true;
}

/* -- rights ----------------------------------------------------------------- */

static void
wake(int sig)
{
	(void)sig;
	told = 1;
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
	if (h->where_pid > 0 || h->listing || !helper_room(h))
		ms = 1;
	if (busy)
		ms = 0;
	if (!busy) {
		atomic_store(&h->sh->asleep, 1);
		if (atomic_load(&h->sh->job_head) != h->job_tail &&
		    helper_room(h) > HELPER_CHECK_IDS + 2)
			ms = 0;
	}
	(void)poll(p, ARRAY_LEN(p), ms < 1000 ? ms : 1000);
	atomic_store(&h->sh->asleep, 0);
	if (p[0].revents)
		listen_once(h);
	if (p[1].revents)
		helper_end_check(h);
}

/* What is under way ends, so that nothing is made after it was removed. */
static void
settle(struct helper *h)
{
	while (helper_do_jobs(h))
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
	helper_begin_ender(h);
	h->job_tail = atomic_load(&h->sh->job_tail);
	h->done_head = atomic_load(&h->sh->done_head);
	h->next_check = clock_ns() + h->c.check_ms * UINT64_C(1000000);
	while (!h->stop && !h->orphan) {
		bool busy = helper_do_jobs(h);

		helper_go_on_list(h);
		helper_end_where(h);
		if (h->check_pid <= 0 && clock_ns() >= h->next_check &&
		    helper_room(h) > HELPER_CHECK_IDS) {
			helper_expire_plain(h);
			helper_begin_check(h);
		}
		rest(h, busy);
		h->orphan |= told != 0;
	}
	settle(h);
	if (h->stop ? !h->leave : !h->c.leave)
		clean(h, err, sizeof(err));
	if (h->stop)
		helper_send(h, HANDS_STOPPED, err);
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
	apart_signals("aduana-block");
	apart_close_others(fd);
	if (!install(h, err, sizeof(err))) {
		helper_send(h, HANDS_FAILED, err);
		_exit(1);
	}
	if (!apart_keep_rights()) {
		char more[HANDS_LINE];

		clean(h, more, sizeof(more));
		helper_send(h, HANDS_FAILED, "the rights to block cannot be "
		    "kept");
		_exit(1);
	}
	sigaction(SIGTERM, &sa, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	helper_send(h, HANDS_READY, "");
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
		helper_count(h, HANDS_CTR_RESTARTS, 1);
		helper_send(h, HANDS_LINE_SAID, "blocking: the process that "
		    "blocks was killed; another one goes on");
		while (clock_ns() - began < SOON_NS)
			(void)poll(NULL, 0, 50);
	}
}
