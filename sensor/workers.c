/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/workers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/xalloc.h"

/* How long a worker may overlook that it is to rest: it is told again. */
enum { REMIND_NS = 2000000 };

struct worker {
	struct workers *all;
	void *what;
	pthread_t thread;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t rested, go;
	unsigned n, n_resting;
	bool rest, end;
	atomic_bool wanted; /* rest or end: looked at between batches */
	worker_step *step;
	struct worker list[];
};

/* The nth processor that we may run on, counted round; alone where the system
 * has no say in it. */
static void
pin(pthread_t thread, unsigned nth)
{
	cpu_set_t all, one;
	unsigned n, at = 0;

	if (sched_getaffinity(0, sizeof(all), &all) == -1)
		return;
	n = (unsigned)CPU_COUNT(&all);
	for (unsigned cpu = 0; n && cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || at++ != nth % n)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		(void)pthread_setaffinity_np(thread, sizeof(one), &one);
		return;
	}
}

/* Rests as long as it is wanted; false: to the end. */
static bool
have_rest(struct workers *w)
{
	bool end;

	pthread_mutex_lock(&w->lock);
	w->n_resting++;
	pthread_cond_signal(&w->rested);
	while (w->rest && !w->end)
		pthread_cond_wait(&w->go, &w->lock);
	w->n_resting--;
	end = w->end;
	pthread_mutex_unlock(&w->lock);
	return !end;
}

static void *
work(void *arg)
{
	struct worker *me = arg;
	struct workers *w = me->all;

	do {
		while (!atomic_load_explicit(&w->wanted, memory_order_relaxed))
			w->step(me->what);
	} while (have_rest(w));
	return NULL;
}

/* Signals are for the main thread, but for the one that ends a wait. */
static void
block_signals(sigset_t *before)
{
	sigset_t most;

	sigfillset(&most);
	sigdelset(&most, SIGURG);
	pthread_sigmask(SIG_SETMASK, &most, before);
}

struct workers *
workers_start(void *const *list, unsigned n, worker_step *step, char *err,
    size_t err_len)
{
	struct workers *w = xcalloc(1, sizeof(*w) + n * sizeof(*w->list));
	sigset_t before;
	int error = 0;

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->rested, NULL);
	pthread_cond_init(&w->go, NULL);
	w->step = step;
	block_signals(&before);
	while (w->n < n && !error) {
		struct worker *me = &w->list[w->n];

		*me = (struct worker){ .all = w, .what = list[w->n] };
		error = pthread_create(&me->thread, NULL, work, me);
		w->n += !error;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error) {
		snprintf(err, err_len, "cannot start a worker: %s",
		    strerror(error));
		workers_stop(w);
		return NULL;
	}
	/* the main thread last: the others are placed by what it may use */
	for (unsigned i = 0; i < n; i++)
		pin(w->list[i].thread, i + 1);
	pin(pthread_self(), 0);
	return w;
}

/* With the lock: until all rest. Who waits for packets is woken. */
static void
await_rest(struct workers *w)
{
	while (w->n_resting < w->n) {
		struct timespec t;

		for (unsigned i = 0; i < w->n; i++)
			pthread_kill(w->list[i].thread, SIGURG);
		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_nsec += REMIND_NS;
		if (t.tv_nsec >= 1000000000) {
			t.tv_nsec -= 1000000000;
			t.tv_sec++;
		}
		(void)pthread_cond_timedwait(&w->rested, &w->lock, &t);
	}
}

void
workers_rest(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->rest = true;
	atomic_store_explicit(&w->wanted, true, memory_order_relaxed);
	await_rest(w);
	pthread_mutex_unlock(&w->lock);
}

void
workers_go_on(struct workers *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->rest = false;
	atomic_store_explicit(&w->wanted, false, memory_order_relaxed);
	pthread_cond_broadcast(&w->go);
	pthread_mutex_unlock(&w->lock);
}

void
workers_stop(struct workers *w)
{
	if (!w)
		return;
	workers_rest(w);
	pthread_mutex_lock(&w->lock);
	w->end = true;
	pthread_cond_broadcast(&w->go);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->n; i++)
		pthread_join(w->list[i].thread, NULL);
	pthread_cond_destroy(&w->go);
	pthread_cond_destroy(&w->rested);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
