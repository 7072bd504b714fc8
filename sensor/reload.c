/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/reload.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/log.h"
#include "core/xalloc.h"

enum { RELOAD_NICE = 10 };

struct reload {
	const struct cmdline *cl;
	struct flowbit_names *names;
	unsigned n_workers;
	pthread_t thread;
	bool running;
	atomic_bool done; /* there is something to take */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t work;
	bool wanted, ends;
	bool has_built;
	struct generation *built, *retired;
};

struct reload *
reload_new(const struct cmdline *cl, struct flowbit_names *names,
    unsigned n_workers)
{
	struct reload *r = mem_calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->cl = cl;
	r->names = names;
	r->n_workers = n_workers;
	atomic_init(&r->done, false);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->work, NULL);
	return r;
}

/* -- its thread ------------------------------------------------------------- */

static struct generation *
build(const struct reload *r)
{
	struct generation *g;

	log_info("reload: reading %s; packets go on", r->cl->conf);
	g = generation_load(r->cl, r->names);
	if (g && !g->usable) {
		log_warnx("reload: %s cannot be used (see above); the old "
		    "rules go on", r->cl->conf);
		generation_free(g);
		return NULL;
	}
	if (g && generation_make_rooms(g, r->n_workers))
		return g;
	log_warnx("reload: out of memory; the old rules go on");
	generation_free(g);
	return NULL;
}

static void
free_list(struct generation *list)
{
	while (list) {
		struct generation *next = list->next;

		generation_free(list);
		list = next;
	}
	mem_trim();
}

static bool
may_build(const struct reload *r)
{
	return r->wanted && !r->has_built;
}

/* What is next to do: one of both, or neither at the end. */
static bool
wait_for_work(struct reload *r, struct generation **retired)
{
	bool go_on;

	pthread_mutex_lock(&r->lock);
	while (!r->ends && !r->retired && !may_build(r))
		pthread_cond_wait(&r->work, &r->lock);
	*retired = r->retired;
	r->retired = NULL;
	go_on = !r->ends;
	if (go_on && !*retired)
		r->wanted = false;
	pthread_mutex_unlock(&r->lock);
	return go_on;
}

static void
hand_over(struct reload *r, struct generation *g)
{
	pthread_mutex_lock(&r->lock);
	r->built = g;
	r->has_built = true;
	pthread_mutex_unlock(&r->lock);
	atomic_store_explicit(&r->done, true, memory_order_release);
}

/* Reads rules, and takes apart those that are not in force any more. */
static void *
serve(void *arg)
{
	struct reload *r = arg;
	struct generation *retired;
	bool go_on;

	/* this thread and those that compile for it: packets go first */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), RELOAD_NICE);
	do {
		go_on = wait_for_work(r, &retired);
		if (retired)
			free_list(retired);
		else if (go_on)
			hand_over(r, build(r));
	} while (go_on);
	return NULL;
}

/* -- the worker's side ------------------------------------------------------ */

static bool
begin(struct reload *r)
{
	sigset_t all, old;
	int error;

	/* signals are for the worker: they wake it from waiting */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&r->thread, NULL, serve, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error)
		log_warnx("reload: no thread: %s; the old rules go on",
		    strerror(error));
	r->running = !error;
	return r->running;
}

void
reload_start(struct reload *r)
{
	if (!r->running && !begin(r))
		return;
	pthread_mutex_lock(&r->lock);
	r->wanted = true;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
}

bool
reload_take(struct reload *r, struct generation **g)
{
	if (LIKELY(!atomic_load_explicit(&r->done, memory_order_acquire)))
		return false;
	pthread_mutex_lock(&r->lock);
	*g = r->built;
	r->built = NULL;
	r->has_built = false;
	atomic_store_explicit(&r->done, false, memory_order_relaxed);
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
	return true;
}

void
reload_retire(struct reload *r, struct generation *g)
{
	pthread_mutex_lock(&r->lock);
	g->next = r->retired;
	r->retired = g;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
}

void
reload_free(struct reload *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->ends = true;
	pthread_cond_signal(&r->work);
	pthread_mutex_unlock(&r->lock);
	if (r->running)
		pthread_join(r->thread, NULL);
	free_list(r->retired);
	generation_free(r->built);
	pthread_cond_destroy(&r->work);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
