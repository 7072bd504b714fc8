/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/watchdog.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/mtime.h"
#include "sensor/capture/nfqueue.h"

enum {
	LOOK_MS = 100,
	/* one that ends sooner after its start is not begun again at once */
	SOON_NS = 1000000000,
};
/* and how long its workers may take to begin */
#define BEGIN_NS UINT64_C(20000000000)


/* Shared by both processes. Each in a cache line of its own. */
struct beat {
	atomic_ulong n; /* 0: has not begun */
	char pad[64 - sizeof(atomic_ulong)];
};
static struct beat *beats;

static volatile sig_atomic_t child;

void
watchdog_beat(unsigned nth)
{
	if (beats && nth < NFQ_QUEUES_MAX)
		atomic_fetch_add_explicit(&beats[nth].n, 1,
		    memory_order_relaxed);
}

static void
hand_on(int sig)
{
	if (child > 0)
		kill((pid_t)child, sig);
}

static void
catch_signals(void (*handler)(int))
{
	static const int handed[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
		SIGUSR1 };
	struct sigaction sa = { .sa_handler = handler };

	sigemptyset(&sa.sa_mask);
	for (unsigned i = 0; i < ARRAY_LEN(handed); i++)
		sigaction(handed[i], &sa, NULL);
}

static void
nap(void)
{
	(void)nanosleep(&(struct timespec){ 0, LOOK_MS * 1000000L }, NULL);
}

/* What ending the process costs: the packets that wait in its queues. */
static uint64_t
waiting(const struct watchdog_queues *q)
{
	struct nfq_state s;
	uint64_t sum = 0;

	for (unsigned i = 0; i < q->n; i++)
		if (nfq_state_get((uint16_t)(q->first + i), &s))
			sum += s.waiting;
	return sum;
}

/* Has one of the workers not moved since it was seen to? */
static bool
is_stuck(unsigned n, unsigned long *seen, uint64_t *since, uint64_t limit_ns)
{
	uint64_t now = clock_ns();

	for (unsigned i = 0; i < n; i++) {
		unsigned long b = atomic_load_explicit(&beats[i].n,
		    memory_order_relaxed);

		if (!since[i] || b != seen[i]) {
			seen[i] = b;
			since[i] = now;
		} else if (now - since[i] > (b ? limit_ns : BEGIN_NS)) {
			return true;
		}
	}
	return false;
}

/* Until the process ends, or is ended: its status as wait() gives it. */
static int
watch(unsigned seconds, const struct watchdog_queues *q)
{
	unsigned long seen[NFQ_QUEUES_MAX] = { 0 };
	uint64_t since[NFQ_QUEUES_MAX] = { 0 };
	int status = 0;

	for (;;) {
		pid_t r = waitpid((pid_t)child, &status, WNOHANG);

		if (r > 0 || (r == -1 && errno != EINTR))
			return status;
		if (is_stuck(q->n, seen, since, seconds * 1000000000ull)) {
			log_warnx("watchdog: a worker has not moved for %u s; "
			    "its process is ended, and %llu packets that wait "
			    "for it are lost", seconds,
			    (unsigned long long)waiting(q));
			kill((pid_t)child, SIGKILL);
			while (waitpid((pid_t)child, &status, 0) == -1 &&
			    errno == EINTR)
				;
			return status;
		}
		nap();
	}
}

bool
watchdog_split(unsigned seconds, const struct watchdog_queues *q, int *status,
    char *err, size_t err_len)
{
	void *p = mmap(NULL, NFQ_QUEUES_MAX * sizeof(*beats), PROT_READ |
	    PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*status = -1;
	if (p == MAP_FAILED) {
		snprintf(err, err_len, "watchdog: %s", strerror(errno));
		return false;
	}
	beats = p;
	for (;;) {
		uint64_t began = clock_ns();
		pid_t pid;
		int ended;

		memset(p, 0, NFQ_QUEUES_MAX * sizeof(*beats));
		pid = fork();
		if (pid == -1) {
			snprintf(err, err_len, "watchdog: %s",
			    strerror(errno));
			return false;
		}
		if (pid == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			return true;
		}
		child = pid;
		catch_signals(hand_on);
		ended = watch(seconds, q);
		child = 0;
		if (WIFEXITED(ended)) {
			*status = WEXITSTATUS(ended);
			return false;
		}
		log_warnx("watchdog: the process that worked ended by signal "
		    "%d; another one begins", WTERMSIG(ended));
		while (clock_ns() - began < SOON_NS)
			nap();
	}
}
