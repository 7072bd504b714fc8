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
	LOOK_NS = 100000000,
	/* who looks so late was not let look, nor was anybody let move */
	LATE_NS = 5 * LOOK_NS,
	AGAIN_MAX_MS = 30000,
};
/* how long workers may take to begin, and to end once no queue is theirs */
#define BEGIN_NS UINT64_C(20000000000)
#define END_NS UINT64_C(20000000000)

/* Each worker's in a cache line of its own. */
struct beat {
	atomic_ulong n; /* 0: has not begun */
	char pad[64 - sizeof(atomic_ulong)];
};

/* What both processes see. */
struct shared {
	struct beat beats[NFQ_QUEUES_MAX];
	atomic_bool ends, reloaded;
	atomic_uint hold_s;
	atomic_ulong ctrs[WATCHDOG_CTR_MAX];
};
static struct shared *shared;
static pid_t watcher; /* in the process that works */
static bool to_reload;

static const struct ctr_def counter_defs[] = {
	WATCHDOG_COUNTERS(COUNTER_DEF)
};
const struct ctr_group watchdog_counters = { "watchdog", counter_defs,
	WATCHDOG_CTR_MAX };

/* -- in the process that works -------------------------------------------- */

bool
watchdog_is_there(void)
{
	return watcher != 0;
}

void
watchdog_bind(void)
{
	if (!watcher)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* it may have gone before */
	if (getppid() != watcher)
		_exit(1);
}

void
watchdog_beat(unsigned nth)
{
	if (watcher && nth < NFQ_QUEUES_MAX)
		atomic_fetch_add_explicit(&shared->beats[nth].n, 1,
		    memory_order_relaxed);
}

void
watchdog_reloaded(void)
{
	if (watcher)
		atomic_store(&shared->reloaded, true);
}

bool
watchdog_wants_reload(void)
{
	bool yes = to_reload;

	to_reload = false;
	return yes;
}

void
watchdog_ends(void)
{
	if (watcher)
		atomic_store(&shared->ends, true);
}

unsigned
watchdog_hold(void)
{
	return watcher ? atomic_load(&shared->hold_s) : 0;
}

const uint64_t *
watchdog_counters_of(void)
{
	static uint64_t copy[WATCHDOG_CTR_MAX];

	if (!watcher)
		return NULL;
	for (unsigned i = 0; i < WATCHDOG_CTR_MAX; i++)
		copy[i] = atomic_load_explicit(&shared->ctrs[i],
		    memory_order_relaxed);
	return copy;
}

/* -- in the one that watches ------------------------------------------------ */

struct watch {
	const struct watchdog_conf *conf;
	sigset_t set;      /* taken by sigtimedwait() */
	pid_t child;
	uint64_t began_ns;
	bool stopping;     /* asked to end */
	bool told;         /* conf.begun was called */
	bool killed;       /* the child was, by us */
	unsigned quick;    /* ends soon after their begin, in a row */
	unsigned hold_s;
	unsigned long seen[NFQ_QUEUES_MAX];
	uint64_t since[NFQ_QUEUES_MAX];
	uint64_t looked_ns;
};

static void
count(unsigned ctr, uint64_t n)
{
	atomic_fetch_add_explicit(&shared->ctrs[ctr], n,
	    memory_order_relaxed);
}

static bool
share(char *err, size_t err_len)
{
	void *p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		snprintf(err, err_len, "watchdog: %s", strerror(errno));
		return false;
	}
	shared = p;
	return true;
}

static void
fill_set(sigset_t *set)
{
	static const int taken[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
		SIGUSR1, SIGUSR2, SIGCHLD };

	sigemptyset(set);
	for (unsigned i = 0; i < ARRAY_LEN(taken); i++)
		sigaddset(set, taken[i]);
}

/* Waits for a signal, ns at most, and hands it on. */
static void
take_signal(struct watch *w, uint64_t ns)
{
	struct timespec t = { (time_t)(ns / 1000000000),
		(long)(ns % 1000000000) };
	int sig = sigtimedwait(&w->set, NULL, &t);

	if (sig <= 0 || sig == SIGCHLD)
		return;
	w->stopping |= sig == SIGTERM || sig == SIGINT || sig == SIGQUIT;
	if (w->child)
		kill(w->child, sig);
	else if (sig == SIGHUP)
		atomic_store(&shared->reloaded, true);
}

/* What ending the process costs: the packets that wait in its queues. */
static uint64_t
waiting(const struct watchdog_conf *c)
{
	struct nfq_state s;
	uint64_t sum = 0;

	for (unsigned i = 0; i < c->n_queues; i++)
		if (nfq_state_get((uint16_t)(c->first_queue + i), &s))
			sum += s.waiting;
	return sum;
}

static bool
has_begun(const struct watch *w)
{
	return atomic_load_explicit(&shared->beats[0].n,
	    memory_order_relaxed) && w->child;
}

/* Has one of the workers not moved since it was seen to? */
static bool
is_stuck(struct watch *w)
{
	uint64_t now = clock_ns(), limit = w->conf->seconds * 1000000000ull;
	bool late = now - w->looked_ns > LATE_NS;

	w->looked_ns = now;
	if (atomic_load(&shared->ends))
		limit = END_NS;
	for (unsigned i = 0; i < w->conf->n_queues; i++) {
		unsigned long b = atomic_load_explicit(&shared->beats[i].n,
		    memory_order_relaxed);

		if (!w->since[i] || late || b != w->seen[i]) {
			w->seen[i] = b;
			w->since[i] = now;
		} else if (now - w->since[i] > (b ? limit : BEGIN_NS)) {
			return true;
		}
	}
	return false;
}

static void
end_child(struct watch *w, int *status)
{
	uint64_t lost = waiting(w->conf);

	count(WATCHDOG_CTR_STUCK, 1);
	count(WATCHDOG_CTR_PACKETS_LOST, lost);
	log_warnx("watchdog: a worker has not moved for %u s; its process is "
	    "ended, and %llu packets that wait for it are lost",
	    w->conf->seconds, (unsigned long long)lost);
	w->killed = true;
	kill(w->child, SIGKILL);
	while (waitpid(w->child, status, 0) == -1 && errno == EINTR)
		;
}

/* Until the process ends, or is ended: its status as wait() gives it. */
static int
watch(struct watch *w)
{
	int status = 0;

	for (;;) {
		pid_t r = waitpid(w->child, &status, WNOHANG);

		if (r > 0 || (r == -1 && errno != EINTR))
			break;
		if (!w->told && has_begun(w)) {
			w->told = true;
			w->conf->begun(w->conf->arg);
		}
		if (is_stuck(w)) {
			end_child(w, &status);
			break;
		}
		take_signal(w, LOOK_NS);
	}
	w->child = 0;
	return status;
}

/* Is there nobody to begin in its place? Then the exit status. */
static bool
is_over(const struct watch *w, int ended, int *status)
{
	bool by_itself = WIFEXITED(ended) && (atomic_load(&shared->ends) ||
	    !w->told || w->stopping);

	if (!by_itself && !w->stopping)
		return false;
	*status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
	return true;
}

static void
say_end(const struct watch *w, int ended, double lived_s)
{
	if (w->killed)
		return;
	count(WATCHDOG_CTR_CRASHED, 1);
	if (WIFSIGNALED(ended))
		log_warnx("watchdog: the process that worked was ended by "
		    "signal %d (%s) after %.1f s", WTERMSIG(ended),
		    strsignal(WTERMSIG(ended)), lived_s);
	else
		log_warnx("watchdog: the process that worked gave up with "
		    "status %d after %.1f s", WEXITSTATUS(ended), lived_s);
}

/* Inline is left alone for a while; false: that is the end. */
static bool
hold_back(struct watch *w)
{
	if (!w->conf->may_fall_back) {
		log_warnx("watchdog: %u processes have ended within %d s of "
		    "their begin; --fallback exit: so does this one. The "
		    "queues are nobody's now", w->quick, WATCHDOG_QUICK_S);
		return false;
	}
	w->hold_s = !w->hold_s ? WATCHDOG_HOLD_S :
	    w->hold_s * 2 > WATCHDOG_HOLD_MAX_S ? WATCHDOG_HOLD_MAX_S :
	    w->hold_s * 2;
	log_warnx("watchdog: %u processes have ended within %d s of their "
	    "begin; the next one leaves the queues alone for %u s and inspects "
	    "copies (--fallback ids)", w->quick, WATCHDOG_QUICK_S, w->hold_s);
	return true;
}

/* Before another process begins: how long to wait for that. false: none is
 * to. */
static bool
wait_turn(struct watch *w)
{
	static const uint64_t ms[] = { 0, 100, 500, 1000, 2000, 5000, 10000,
		AGAIN_MAX_MS };
	uint64_t lived = clock_ns() - w->began_ns, until, now;
	uint64_t least = ((uint64_t)WATCHDOG_QUICK_S + w->hold_s) *
	    1000000000u;
	unsigned nth;

	if (lived >= least)
		w->quick = w->hold_s = 0;
	nth = w->quick < ARRAY_LEN(ms) ? w->quick : ARRAY_LEN(ms) - 1;
	w->quick++;
	if (w->quick >= WATCHDOG_QUICK_MAX && !hold_back(w))
		return false;
	atomic_store(&shared->hold_s, w->hold_s);
	if (ms[nth])
		log_warnx("watchdog: another one begins in %.1f s",
		    (double)ms[nth] / 1e3);
	else
		log_warnx("watchdog: another one begins");
	until = clock_ns() + ms[nth] * 1000000;
	while (!w->stopping && (now = clock_ns()) < until)
		take_signal(w, until - now);
	return true;
}

/* The child's memory of the watch is that of a process of its own. */
static void
become_worker(const sigset_t *mask, pid_t parent)
{
	watcher = parent;
	watchdog_bind();
	/* what a terminal sends to all comes by the one that watches, once */
	(void)setpgid(0, 0);
	to_reload = atomic_load(&shared->reloaded);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

static void
begin(struct watch *w)
{
	for (unsigned i = 0; i < NFQ_QUEUES_MAX; i++)
		atomic_store(&shared->beats[i].n, 0);
	atomic_store(&shared->ends, false);
	memset(w->since, 0, sizeof(w->since));
	w->killed = false;
	w->began_ns = w->looked_ns = clock_ns();
	w->child = fork();
}

bool
watchdog_split(const struct watchdog_conf *conf, int *status, char *err,
    size_t err_len)
{
	struct watch w = { .conf = conf };
	pid_t self = getpid();
	sigset_t before;

	*status = -1;
	if (!share(err, err_len))
		return false;
	fill_set(&w.set);
	sigprocmask(SIG_BLOCK, &w.set, &before);
	for (;;) {
		int ended;

		begin(&w);
		if (w.child == 0) {
			become_worker(&before, self);
			return true;
		}
		if (w.child == -1 && !w.told) {
			snprintf(err, err_len, "watchdog: %s",
			    strerror(errno));
			return false;
		}
		if (w.child == -1) {
			log_warn("watchdog: no other process can begin");
			w.child = 0;
		} else {
			ended = watch(&w);
			if (is_over(&w, ended, status))
				return false;
			say_end(&w, ended, (double)(clock_ns() - w.began_ns) /
			    1e9);
		}
		*status = 1;
		if (!wait_turn(&w))
			return false;
		*status = 0;
		if (w.stopping)
			return false;
		count(WATCHDOG_CTR_RESTARTS, 1);
	}
}
