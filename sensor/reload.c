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
	pthread_t thread;
	bool running, again;
	struct generation *built; /* the thread's until `done` */
	atomic_bool done;
};

struct reload *
reload_new(const struct cmdline *cl, struct flowbit_names *names)
{
	struct reload *r = mem_calloc(1, sizeof(*r));

	if (r) {
		r->cl = cl;
		r->names = names;
		atomic_init(&r->done, false);
	}
	return r;
}

static void *
build(void *arg)
{
	struct reload *r = arg;
	struct generation *g;

	/* this thread and those that compile for it: packets go first */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), RELOAD_NICE);
	g = generation_load(r->cl, r->names);
	if (!g)
		log_warnx("reload: out of memory; the old rules go on");
	if (g && !g->usable) {
		log_warnx("reload: %s cannot be used (see above); the old "
		    "rules go on", r->cl->conf);
		generation_free(g);
		g = NULL;
	}
	r->built = g;
	atomic_store_explicit(&r->done, true, memory_order_release);
	return NULL;
}

void
reload_start(struct reload *r)
{
	sigset_t all, old;
	int error;

	if (r->running) {
		r->again = true;
		return;
	}
	log_info("reload: reading %s; packets go on", r->cl->conf);
	/* signals are for the worker: they wake it from waiting */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&r->thread, NULL, build, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error)
		log_warnx("reload: no thread: %s; the old rules go on",
		    strerror(error));
	r->running = !error;
}

bool
reload_take(struct reload *r, struct generation **g)
{
	if (LIKELY(!r->running) ||
	    !atomic_load_explicit(&r->done, memory_order_acquire))
		return false;
	pthread_join(r->thread, NULL);
	*g = r->built;
	r->built = NULL;
	r->running = false;
	atomic_store_explicit(&r->done, false, memory_order_relaxed);
	if (r->again) {
		r->again = false;
		reload_start(r);
	}
	return true;
}

void
reload_free(struct reload *r)
{
	if (!r)
		return;
	if (r->running) {
		pthread_join(r->thread, NULL);
		generation_free(r->built);
	}
	free(r);
}
