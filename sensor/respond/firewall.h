/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's packet filter, spoken to through iptables-restore and its kin,
 * which are executed directly, never by a shell. What is installed stands in
 * chains of its own and can be taken away again without a trace.
 */
#ifndef SENSOR_RESPOND_FIREWALL_H
#define SENSOR_RESPOND_FIREWALL_H

#include <stdio.h>

#include "core/base.h"
#include "sensor/respond/firewall_run.h"

enum firewall_place {
	FIREWALL_BRIDGE, /* what this machine's bridges forward */
	FIREWALL_ROUTE,  /* what it forwards at all */
	FIREWALL_HOST,   /* what it receives and sends itself */
	FIREWALL_PLACES,
};

struct firewall_wiring {
	enum firewall_place place;
	unsigned first_queue, n_queues;
	bool closed; /* without a sensor nothing passes */
};

/* "bridge", "route", "host"; false: none of them. */
NODISCARD bool firewall_place_find(const char *name,
    enum firewall_place *place);
/* The rules as iptables-restore --noflush reads them, the same for IPv4 and
 * IPv6. */
void firewall_print_rules(FILE *f, const struct firewall_wiring *w);

/* A setting of the kernel that the rules need. */
struct firewall_sysctl {
	const char *path;  /* below /proc/sys */
	const char *value;
	const char *why;   /* what does not work without it */
	bool needed;       /* else it is better to have */
};
/* Those of a place, *n of them. */
const struct firewall_sysctl *firewall_sysctls(enum firewall_place place,
    unsigned *n);
/* Is it in force? *known: the kernel has it at all. */
bool firewall_sysctl_is_set(const struct firewall_sysctl *s, bool *known);

/* Has the kernel what the rules need? `rules`: also of iptables' modules, tried
 * in a chain that nothing jumps to. false with all that is missing, and the
 * command that mends it, in err. */
NODISCARD bool firewall_kernel_has(const struct firewall_wiring *w, bool rules,
    char *err, size_t err_len);

/* Makes it so, in place of what an earlier call installed. false with what
 * is missing and what to do in err; nothing of ours is left then. */
NODISCARD bool firewall_install(const struct firewall_wiring *w, char *err,
    size_t err_len);
/* Takes away what was installed, if anything; false with a message. */
NODISCARD bool firewall_remove(char *err, size_t err_len);
/* The same as commands, for any place; those for what is not there fail. */
void firewall_print_removal(FILE *f);

/* Are rules of firewall_install() there that save the marks of verdicts, for
 * both families? */
bool firewall_is_wired(void);

/*
 * What is in force: calls seen(line) for each of the rules that firewall_print_
 * rules() gives, with what is wrong with it, NULL where the kernel has it and
 * no other rule keeps packets from it. false with a message where the kernel
 * could not be asked.
 */
typedef void firewall_seen(void *arg, enum firewall_family family,
    const char *rule, const char *wrong);
NODISCARD bool firewall_check(const struct firewall_wiring *w,
    firewall_seen *seen, void *arg, char *err, size_t err_len);

#endif
