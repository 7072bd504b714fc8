/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/signals.h"

#include <signal.h>

#include "core/mtime.h"

/* Whoever ends a whole group of processes reaches one that is watched directly
 * and by the one that watches it: so soon after each other it is one word. */
#define ONE_WORD_NS UINT64_C(1000000000)

static volatile sig_atomic_t stop, reload, stats, watched;
static volatile uint64_t stop_ns;

static void
on_signal(int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		if (stop && !(watched && clock_ns() - stop_ns <
		    ONE_WORD_NS)) {
			/* whoever asks twice does not want to wait for a
			 * flush: back to the default action */
			signal(sig, SIG_DFL);
			raise(sig);
		}
		if (!stop)
			stop_ns = clock_ns();
		stop = 1;
		break;
	case SIGHUP:
		reload = 1;
		break;
	case SIGUSR1:
		stats = 1;
		break;
	default:
		break;
	}
}

void
signals_init(void)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
		SIGUSR1, SIGUSR2, SIGURG };
	/* no SA_RESTART: poll() and a read() on a pipe are to return */
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	for (unsigned i = 0; i < ARRAY_LEN(caught); i++)
		sigaction(caught[i], &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit is a full disk, not the end */
}

void
signals_are_handed_on(void)
{
	watched = 1;
}

void
signals_ask_reload(void)
{
	reload = 1;
}

bool
signals_stop(void)
{
	return stop;
}

bool
signals_take_reload(void)
{
	if (!reload)
		return false;
	reload = 0;
	return true;
}

bool
signals_take_stats(void)
{
	if (!stats)
		return false;
	stats = 0;
	return true;
}
