/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/capture/links.h"
#include "sensor/capture/nfqueue.h"
#include "sensor/respond/firewall.h"

static bool
read_wiring(const struct cmdline *cl, const struct settings *s,
    struct firewall_wiring *w, char *err, size_t err_len)
{
	const char *place = cl->setup ? cl->setup : "bridge";
	unsigned last;
	uint16_t first = 0;
	unsigned n = 1;

	if (!firewall_place_find(place, &w->place)) {
		snprintf(err, err_len, "--setup %s: give bridge, route%s",
		    place, cl->check_inline ? " or host with --check-inline" :
		    ", host or remove");
		return false;
	}
	if (s->queues && !nfqueue_range(s->queues, &first, &n, err, err_len))
		return false;
	w->first_queue = first;
	w->n_queues = cl->n_queues > 0 ? (unsigned)cl->n_queues : n;
	last = w->first_queue + w->n_queues - 1;
	if (last > UINT16_MAX) {
		snprintf(err, err_len, "--queues %u: the last one would be "
		    "queue %u, and they end with 65535: begin with a lower "
		    "one, as -H %u", w->n_queues, last,
		    UINT16_MAX + 1 - w->n_queues);
		return false;
	}
	w->closed = s->on_failure == FAILURE_CLOSED;
	return true;
}

static void
print_all(const struct firewall_wiring *w)
{
	unsigned n;
	const struct firewall_sysctl *s = firewall_sysctls(w->place, &n);

	for (unsigned i = 0; i < n; i++) {
		printf("sysctl -w ");
		for (const char *c = s[i].path; *c; c++)
			putchar(*c == '/' ? '.' : *c);
		printf("=%s\n", s[i].value);
	}
	for (unsigned i = 0; i < 2; i++) {
		printf("%s --noflush <<'END'\n", i ? "ip6tables-restore" :
		    "iptables-restore");
		firewall_print_rules(stdout, w);
		puts("END");
	}
}

/* What to do after it. */
static void
say_next(const struct firewall_wiring *w, const struct settings *s)
{
	const char *word = s->on_failure == FAILURE_CLOSED ?
	    " --on-failure closed" : s->on_failure == FAILURE_OPEN ?
	    " --on-failure open" : "";

	if (w->n_queues == 1)
		log_info("packets go to queue %u; start the sensor with: "
		    "aduana -Q -H %u%s -c FILE", w->first_queue,
		    w->first_queue, word);
	else
		log_info("packets go to queues %u to %u; start the sensor "
		    "with: aduana -Q -H %u:%u%s -c FILE", w->first_queue,
		    w->first_queue + w->n_queues - 1, w->first_queue,
		    w->first_queue + w->n_queues - 1, word);
}

int
setup_run(const struct cmdline *cl, const struct settings *s)
{
	struct firewall_wiring w = { 0 };
	char err[1024];

	if (strcmp(cl->setup, "remove") == 0) {
		if (cl->print) {
			firewall_print_removal(stdout);
			return fflush(stdout) == 0 ? 0 : 1;
		}
		if (firewall_remove(err, sizeof(err)))
			return 0;
		log_warnx("%s", err);
		return 1;
	}
	if (!read_wiring(cl, s, &w, err, sizeof(err))) {
		log_warnx("%s", err);
		return 1;
	}
	if (cl->print) {
		print_all(&w);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (!firewall_install(&w, err, sizeof(err))) {
		log_warnx("%s", err);
		return 1;
	}
	say_next(&w, s);
	return 0;
}

/* -- what is in force --------------------------------------------------------- */

/* One line of the answer; *arg counts what is not as it should be. */
static void
say(void *arg, const char *what, bool ok, const char *detail)
{
	unsigned *wrong = arg;

	printf("%-4s %s%s%s\n", ok ? "ok" : "NOT", what, *detail ? ": " : "",
	    detail);
	*wrong += !ok;
}

static void
rule_seen(void *arg, enum firewall_family family, const char *rule,
    const char *wrong)
{
	char what[300];

	snprintf(what, sizeof(what), "%s rule %s", family == FIREWALL_IP6 ?
	    "IPv6" : "IPv4", rule);
	say(arg, what, !wrong, wrong ? wrong : "");
}

static void
check_sysctls(const struct firewall_wiring *w, unsigned *wrong)
{
	unsigned n;
	const struct firewall_sysctl *s = firewall_sysctls(w->place, &n);

	for (unsigned i = 0; i < n; i++) {
		bool known, set = firewall_sysctl_is_set(&s[i], &known);
		char what[128];

		snprintf(what, sizeof(what), "%s = %s", s[i].path, s[i].value);
		say(wrong, what, set, set ? "" : s[i].why);
	}
}

static void
check_queue(unsigned queue, unsigned *wrong)
{
	struct nfq_state s;
	char what[32], holder[96], detail[256];
	bool whole;

	snprintf(what, sizeof(what), "queue %u", queue);
	if (queue > UINT16_MAX || !nfq_state_get((uint16_t)queue, &s)) {
		say(wrong, what, false, "nobody reads it");
		return;
	}
	nfq_holder((uint16_t)queue, holder, sizeof(holder));
	whole = s.copy_mode == 2 && s.range >= 65531;
	snprintf(detail, sizeof(detail), "read by %s%s, %u wait, lost %llu to "
	    "a full queue and %llu to a full socket", holder, whole ? "" :
	    ", which gets packets only in part", s.waiting,
	    (unsigned long long)s.queue_dropped,
	    (unsigned long long)s.user_dropped);
	say(wrong, what, whole && !s.queue_dropped && !s.user_dropped, detail);
}

/* One interface that packets are forwarded by: what it merges on their way in
 * has to be taken apart as it was, which LRO cannot. */
static void
check_offloads(const struct link_info *l, bool forwards, unsigned *wrong)
{
	char what[64], detail[256];
	bool on[LINK_OFFLOADS] = { false };
	size_t n = 0;

	for (enum link_offload o = 0; o < LINK_OFFLOADS; o++)
		if (link_offload_get(l->name, o, &on[o]))
			n += (size_t)snprintf(detail + n, sizeof(detail) - n,
			    "%s%s %s", n ? ", " : "", link_offload_name(o),
			    on[o] ? "on" : "off");
	if (!n)
		snprintf(detail, sizeof(detail), "it does not say");
	else if (on[LINK_LRO] && forwards)
		snprintf(detail, sizeof(detail), "large-receive-offload is on: "
		    "what it merges cannot be forwarded as it was; "
		    "\"ethtool -K %s lro off\"", l->name);
	else if (!on[LINK_GRO] && n < sizeof(detail) - 80)
		snprintf(detail + n, sizeof(detail) - n, " (with \"ethtool -K "
		    "%s gro on\" fewer, larger packets come)", l->name);
	snprintf(what, sizeof(what), "offloads of %s", l->name);
	say(wrong, what, !(on[LINK_LRO] && forwards), detail);
}

static void
check_links(const struct firewall_wiring *w, unsigned *wrong)
{
	struct link_info *list = xcalloc(LINKS_MAX, sizeof(*list));
	char err[256];
	int n = links_list(list, LINKS_MAX, err, sizeof(err));
	unsigned bridges = 0;

	if (n < 0)
		say(wrong, "offloads", false, err);
	for (int i = 0; i < n; i++) {
		bool is_port = list[i].bridge != 0;

		bridges += list[i].is_bridge;
		if (list[i].is_up && !list[i].is_loopback &&
		    !list[i].is_bridge &&
		    (w->place != FIREWALL_BRIDGE || is_port))
			check_offloads(&list[i], w->place != FIREWALL_HOST,
			    wrong);
	}
	if (w->place == FIREWALL_BRIDGE && n >= 0 && !bridges)
		say(wrong, "bridges", false, "there is none");
	free(list);
}

int
setup_check(const struct cmdline *cl, const struct settings *s)
{
	struct firewall_wiring w = { 0 };
	unsigned wrong = 0;
	char err[1024];

	if (!read_wiring(cl, s, &w, err, sizeof(err))) {
		log_warnx("%s", err);
		return 1;
	}
	if (!firewall_kernel_has(&w, false, err, sizeof(err)))
		say(&wrong, "kernel", false, err);
	check_sysctls(&w, &wrong);
	if (!firewall_check(&w, rule_seen, &wrong, err, sizeof(err))) {
		log_warnx("%s", err);
		return 1;
	}
	for (unsigned i = 0; i < w.n_queues; i++)
		check_queue(w.first_queue + i, &wrong);
	check_links(&w, &wrong);
	puts("     fail_open and merged segments: the kernel does not tell; "
	    "the sensor's statistics do");
	return fflush(stdout) == 0 && !wrong ? 0 : 1;
}
