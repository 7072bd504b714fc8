/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the command line to a running sensor, and back to an exit status. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/hash.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/block_cmd.h"
#include "sensor/cmdline.h"
#include "sensor/daemon.h"
#include "sensor/generation.h"
#include "sensor/lists.h"
#include "sensor/run.h"
#include "sensor/say.h"
#include "sensor/setup.h"
#include "sensor/signals.h"
#include "sensor/stats.h"
#include "sensor/watchdog.h"

/* The actions that print a table and exit. */
static int
print_and_exit(enum cmdline_action action)
{
	switch (action) {
	case ACT_RUN:
		break;
	case ACT_HELP:
		cmdline_help(stdout);
		break;
	case ACT_USAGE:
		cmdline_help(stderr);
		return 1;
	case ACT_VERSION:
		lists_version(stdout);
		break;
	case ACT_LIST_DECODERS:
		lists_decoders(stdout);
		break;
	case ACT_LIST_APPS:
		lists_apps(stdout);
		break;
	case ACT_LIST_OPTIONS:
		lists_options(stdout);
		break;
	case ACT_LIST_EVENTS:
		lists_events(stdout);
		break;
	case ACT_LIST_COUNTERS:
		lists_counters(stdout);
		break;
	case ACT_LIST_OUTPUTS:
		lists_outputs(stdout);
		break;
	case ACT_LIST_CAPTURES:
		lists_captures(stdout);
		break;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

/* A folder that was named must be there, whatever is written. */
static bool
check_log_dir(const struct settings *s, char *err, size_t err_len)
{
	return strcmp(s->out.logdir, ADUANA_LOGDIR) == 0 ||
	    outset_check_dir(s->out.logdir, err, err_len);
}

/* Each output by itself, so that all that is wrong is said in one run. */
static bool
test_outputs(const struct settings *all)
{
	bool ok = true;

	for (unsigned i = 0; i < all->n_outputs; i++) {
		struct settings one = *all;
		struct outset *outs;
		char err[1024];

		one.outputs = &all->outputs[i];
		one.n_outputs = 1;
		outs = outset_open(&one, 1, 65535, err, sizeof(err));
		if (!outs) {
			log_warnx("%s", err);
			ok = false;
		}
		outset_free(outs);
	}
	return ok;
}

/* -T: opens what can be opened without leaving a trace. */
static int
test_configuration(const struct cmdline *cl, struct generation *g)
{
	bool ok = test_outputs(&g->settings) && g->usable;
	struct ids ids;
	char err[1024];

	run_say_passive(&g->settings);
	if (!check_log_dir(&g->settings, err, sizeof(err))) {
		log_warnx("%s", err);
		ok = false;
	}
	if (!ids_find(&ids, &g->settings, err, sizeof(err))) {
		log_warnx("%s", err);
		ok = false;
	}
	if (ok)
		log_info("%s is valid", cl->conf);
	else
		log_warnx("%s is not valid: see above", cl->conf);
	generation_free(g);
	return ok ? 0 : 1;
}

static unsigned
watchdog_seconds(const struct cmdline *cl, const struct settings *s)
{
	if (!s->inline_source || cl->has_pcaps)
		return 0;
	return cl->watchdog < 0 ? WATCHDOG_SECONDS : (unsigned)cl->watchdog;
}

/* The one that watches: the other does its work now. */
static void
worker_has_begun(void *arg)
{
	const struct settings *s = arg;

	if (s->to_syslog)
		say_to_syslog();
	if (s->daemon)
		daemon_let_go();
}

/* The process that is to work comes back from here; the one that watches it
 * ends with its status. */
static bool
watch_over(struct pidfile *pid, unsigned seconds, struct settings *s,
    char *err, size_t err_len)
{
	struct watchdog_conf conf = { .seconds = seconds, .n_queues = 1,
		.may_fall_back = !s->fallback_exit,
		.begun = worker_has_begun, .arg = s };
	uint16_t first = 0;
	int status;

	if (s->queues && !nfqueue_range(s->queues, &first, &conf.n_queues, err,
	    err_len))
		return false;
	conf.first_queue = first;
	if (watchdog_split(&conf, &status, err, err_len)) {
		signals_are_handed_on();
		if (watchdog_wants_reload())
			signals_ask_reload();
		pidfile_forget(pid);
		return true;
	}
	if (status == -1)
		return false;
	pidfile_remove(pid);
	exit(status);
}

/* What needs privileges comes before they are dropped; the files that the
 * sensor will rotate are opened by the user it becomes. */
static bool
start(struct run *r, struct pidfile *pid, const struct cmdline *cl,
    struct generation *g, char *err, size_t err_len)
{
	struct settings *s = &g->settings;
	struct ids ids;

	if (!check_log_dir(s, err, err_len) ||
	    !ids_find(&ids, s, err, err_len))
		return false;
	if (s->umask >= 0)
		umask((mode_t)s->umask);
	if (s->daemon && !daemon_fork(err, err_len))
		return false;
	if (!pidfile_create(pid, s, ids.uid, ids.gid, err, err_len))
		return false;
	if (watchdog_seconds(cl, s) && !watch_over(pid,
	    watchdog_seconds(cl, s), s, err, err_len))
		return false;
	if (!run_open_source(r, cl, g, err, err_len) ||
	    !run_open_blocker(r, &ids, err, err_len) ||
	    !privileges_drop(s, &ids, err, err_len))
		return false;
	watchdog_bind();
	if (s->chroot)
		s->out.logdir = privileges_path(s->chroot, s->out.logdir);
	if (!run_open_outputs(r, err, err_len))
		return false;
	if (s->to_syslog)
		say_to_syslog();
	if (s->daemon)
		daemon_ready();
	return true;
}

static int
run_sensor(const struct cmdline *cl, struct generation *g)
{
	struct pidfile pid = { .lock_fd = -1 };
	struct run *r = xcalloc(1, sizeof(*r)); /* too large for a stack */
	bool quiet = g->settings.quiet;
	char err[1024];
	int status;

	r->gen = g;
	signals_init();
	if (!start(r, &pid, cl, g, err, sizeof(err))) {
		run_close(r);
		pidfile_remove(&pid);
		fatalx("%s", err);
	}
	status = run_loop(r);
	if (!quiet)
		stats_say(r);
	run_close(r);
	free(r);
	pidfile_remove(&pid);
	return status;
}

/* With -c: what the configuration says of queues and of failure. */
static int
run_setup(const struct cmdline *cl)
{
	struct generation *g = cl->conf ? generation_load(cl, NULL) : NULL;
	struct settings s = g ? g->settings : settings_default();
	int status = 1;

	if (g && !g->usable)
		goto out;
	if (!g) {
		s.queues = cl->queues;
		if (cl->on_failure)
			settings_failure_of(text_of(cl->on_failure),
			    &s.on_failure);
	}
	status = cl->check_inline ? setup_check(cl, &s) : setup_run(cl, &s);
out:
	generation_free(g);
	return status;
}

int
main(int argc, char **argv)
{
	struct cmdline cl;
	struct flowbit_names *names;
	struct generation *g;
	char err[1024];
	int status;

	if (argc > 1 && strcmp(argv[1], "block") == 0)
		return block_cmd_run(argc - 1, argv + 1);
	if (!cmdline_parse(&cl, argc, argv, err, sizeof(err)))
		fatalx("%s", err);
	if (cl.action != ACT_RUN) {
		cmdline_fini(&cl);
		return print_and_exit(cl.action);
	}
	log_set_quiet(cl.quiet);
	if (cl.check_inline || cl.setup) {
		status = run_setup(&cl);
		cmdline_fini(&cl);
		return status;
	}
	hash_seed();
	names = flowbit_names_new();
	g = names ? generation_load(&cl, names) : NULL;
	if (!g)
		fatalx("out of memory");
	if (cl.test)
		status = test_configuration(&cl, g);
	else if (g->usable)
		status = run_sensor(&cl, g);
	else
		status = 1, generation_free(g);
	flowbit_names_free(names);
	cmdline_fini(&cl);
	return status;
}
