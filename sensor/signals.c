/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/signals.h"

#include <signal.h>

static volatile sig_atomic_t stop, reload, stats;

static void
on_signal(int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		if (stop) {
			/* whoever asks twice does not want to wait for a
			 * flush: back to the default action */
			signal(sig, SIG_DFL);
			raise(sig);
		}
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
