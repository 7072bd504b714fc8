/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/switcher.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/xalloc.h"

enum {
	DEFAULT_ENTRIES = 100,
	HONEYPOTS = 64, /* of the rules that the kernel is asked a way to */
};

struct switcher {
	const struct sticky_conf *conf;
	struct bait *bait;
	pthread_mutex_t lock; /* of the log */
	FILE *log;            /* NULL: nobody asked */
	uint64_t log_s; /* the second in which log_n lines were written */
	unsigned log_n;
};

/* The honeypots of the rules, each once; false: no rule has one. */
static bool
find_honeypots(const struct ruleset *rules, struct ipaddr pots[HONEYPOTS],
    unsigned *n)
{
	bool any = false;

	*n = 0;
	for (uint32_t i = 0; i < rules->n_rules; i++) {
		const struct rule_response *r = &rules->rules[i].response;
		unsigned k = 0;

		if (!r->bait_and_switch.on)
			continue;
		any = true;
		while (k < *n && !ipaddr_eq(&pots[k],
		    &r->bait_and_switch.honeypot))
			k++;
		if (k == *n && k < HONEYPOTS)
			pots[(*n)++] = r->bait_and_switch.honeypot;
	}
	return any;
}

struct switcher *
switcher_open(const struct sticky_conf *conf, const struct ruleset *rules)
{
	struct ipaddr pots[HONEYPOTS];
	char err[1024], warn[768];
	struct switcher *s;
	unsigned n;

	if (!find_honeypots(rules, pots, &n))
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->conf = conf;
	s->bait = bait_start(conf->max_entries ? conf->max_entries :
	    DEFAULT_ENTRIES, pots, n, warn, sizeof(warn), err, sizeof(err));
	if (!s->bait) {
		log_warnx("%s: attackers' sessions end, and nobody is sent on "
		    "to a honeypot", err);
		free(s);
		return NULL;
	}
	if (warn[0])
		log_warnx("%s", warn);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

bool
switcher_log(struct switcher *s, const char *logdir, char *err, size_t err_len)
{
	const char *name = s ? s->conf->log_file : NULL;
	char *path;

	if (!name)
		return true;
	path = *name == '/' ? xstrdup(name) : xasprintf("%s/%s", logdir, name);
	s->log = fopen(path, "ae");
	if (!s->log)
		snprintf(err, err_len, "bait-and-switch: cannot write %s: %s",
		    path, strerror(errno));
	free(path);
	return s->log != NULL;
}

void
switcher_adopt(struct switcher *s, const struct sticky_conf *conf,
    const struct ruleset *rules)
{
	struct ipaddr pots[HONEYPOTS];
	unsigned n;

	if (s)
		s->conf = conf;
	else if (find_honeypots(rules, pots, &n))
		log_warnx("reload: bait-and-switch sends nobody on until the "
		    "sensor is started anew");
}

void
switcher_close(struct switcher *s)
{
	if (!s)
		return;
	bait_stop(s->bait);
	if (s->log)
		fclose(s->log);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool
switcher_ignores(const struct switcher *s, const struct sticky_event *e)
{
	return sticky_ignores(s->conf, e);
}

/* "TIME ATTACKER -> VICTIM to HONEYPOT for N s" */
static void
write_line(struct switcher *s, const struct bait_job *j, struct mtime now)
{
	char who[IPADDR_TEXT_MAX], to[IPADDR_TEXT_MAX], pot[IPADDR_TEXT_MAX],
	    at[32];
	time_t sec = (time_t)mtime_sec(now);
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(at, sizeof(at), "%m/%d-%H:%M:%S", &tm);
	pthread_mutex_lock(&s->lock);
	if (s->log_s != mtime_sec(now)) {
		s->log_s = mtime_sec(now);
		s->log_n = 0;
	}
	if (s->log_n < LIM_STICKY_LOG) {
		s->log_n++;
		fprintf(s->log, "%s.%06u %s -> %s to %s for %u s\n", at,
		    (unsigned)(now.ns % 1000000000u / 1000),
		    ipaddr_print(&j->attacker, who),
		    ipaddr_print(&j->victim, to),
		    ipaddr_print(&j->honeypot, pot), j->seconds);
		fflush(s->log);
	}
	pthread_mutex_unlock(&s->lock);
}

bool
switcher_ask(struct switcher *s, const struct bait_job *j, struct mtime now)
{
	bool asked = bait_ask(s->bait, j);

	if (asked && s->log)
		write_line(s, j, now);
	return asked;
}

void
switcher_counts(const struct switcher *s, uint64_t ctrs[BAIT_CTR_MAX])
{
	bait_counts(s->bait, ctrs);
}
