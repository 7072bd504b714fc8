/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/firewall.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/slice.h"

/* Our chains. The verdict's mark is saved in a later hook than that of the
 * queue: an accepted packet leaves the hook it was queued in at once, so that
 * a rule behind the queue's would never see it. */
#define CHAIN_QUEUE "ADUANA_QUEUE"
#define CHAIN_SAVE "ADUANA_SAVE"
#define CHAIN_TRY "ADUANA_TRY"

/* NFQ_MARK_DROP of the front end, SENDER_MARK */
#define MARK_DROP "0x20000000/0x20000000"
#define MARK_OURS "0x40000000/0x40000000"

enum {
	OUTPUT_MAX = 4 << 20, /* of a command */
	JUMPS_MAX = 16,       /* of ours taken away, were it ever so many */
	WORDS_MAX = 16,
};

static const char *const place_names[] = { "bridge", "route", "host" };

/* Where our chains are jumped to from; restrict: only what fits it. */
struct jump {
	const char *table, *chain, *match, *target;
};

static const struct jump bridge_jumps[] = {
	{ "mangle", "FORWARD", "-m physdev --physdev-is-bridged ",
	    CHAIN_QUEUE },
	{ "mangle", "POSTROUTING", "", CHAIN_SAVE },
};
static const struct jump route_jumps[] = {
	{ "mangle", "FORWARD", "", CHAIN_QUEUE },
	{ "mangle", "POSTROUTING", "", CHAIN_SAVE },
};
/* A host's own: loopback stays out of it; received packets have no later hook
 * of the table mangle. */
static const struct jump host_jumps[] = {
	{ "mangle", "INPUT", "! -i lo ", CHAIN_QUEUE },
	{ "mangle", "OUTPUT", "! -o lo ", CHAIN_QUEUE },
	{ "mangle", "POSTROUTING", "", CHAIN_SAVE },
	{ "filter", "INPUT", "", CHAIN_SAVE },
};

static const struct jump *
jumps_of(enum firewall_place place, unsigned *n)
{
	switch (place) {
	case FIREWALL_BRIDGE:
		*n = ARRAY_LEN(bridge_jumps);
		return bridge_jumps;
	case FIREWALL_ROUTE:
		*n = ARRAY_LEN(route_jumps);
		return route_jumps;
	case FIREWALL_HOST:
		*n = ARRAY_LEN(host_jumps);
		return host_jumps;
	}
	*n = 0;
	return NULL;
}

bool
firewall_place_find(const char *name, enum firewall_place *place)
{
	for (unsigned i = 0; i < ARRAY_LEN(place_names); i++)
		if (strcmp(name, place_names[i]) == 0) {
			*place = (enum firewall_place)i;
			return true;
		}
	return false;
}

/* -- the rules as text ------------------------------------------------------ */

static void
print_queue_rules(FILE *f, const struct firewall_wiring *w)
{
	const char *bypass = w->closed ? "" : " --queue-bypass";

	/* what is sent for us, where a host's own packets are queued */
	if (w->place == FIREWALL_HOST)
		fputs("-A " CHAIN_QUEUE " -m mark --mark " MARK_OURS
		    " -j RETURN\n", f);
	/* what comes back with its verdict is the first of a connection that
	 * the kernel drops by itself from then on */
	fputs("-A " CHAIN_QUEUE " -m mark --mark " MARK_DROP " -j CONNMARK "
	    "--save-mark --nfmask 0x20000000 --ctmask 0x20000000\n"
	    "-A " CHAIN_QUEUE " -m mark --mark " MARK_DROP " -j DROP\n"
	    "-A " CHAIN_QUEUE " -m connmark --mark " MARK_DROP " -j DROP\n",
	    f);
	fputs("-A " CHAIN_QUEUE " -m connmark --mark 0x1/0x1 -j RETURN\n", f);
	if (w->n_queues > 1)
		fprintf(f, "-A " CHAIN_QUEUE " -j NFQUEUE --queue-balance "
		    "%u:%u%s\n", w->first_queue, w->first_queue +
		    w->n_queues - 1, bypass);
	else
		fprintf(f, "-A " CHAIN_QUEUE " -j NFQUEUE --queue-num %u%s\n",
		    w->first_queue, bypass);
}

static void
print_table(FILE *f, const struct firewall_wiring *w, const char *table)
{
	bool mangle = strcmp(table, "mangle") == 0;
	unsigned n;
	const struct jump *j = jumps_of(w->place, &n);

	fprintf(f, "*%s\n", table);
	if (mangle)
		fputs(":" CHAIN_QUEUE " - [0:0]\n", f);
	fputs(":" CHAIN_SAVE " - [0:0]\n", f);
	if (mangle)
		print_queue_rules(f, w);
	fputs("-A " CHAIN_SAVE " -m mark --mark 0x1/0x1 -j CONNMARK "
	    "--save-mark --nfmask 0x1 --ctmask 0x1\n", f);
	for (unsigned i = 0; i < n; i++)
		if (strcmp(j[i].table, table) == 0)
			fprintf(f, "-I %s 1 %s-j %s\n", j[i].chain, j[i].match,
			    j[i].target);
	fputs("COMMIT\n", f);
}

void
firewall_print_rules(FILE *f, const struct firewall_wiring *w)
{
	print_table(f, w, "mangle");
	if (w->place == FIREWALL_HOST)
		print_table(f, w, "filter");
}

/* -- settings of the kernel ------------------------------------------------- */

static const struct firewall_sysctl bridge_sysctls[] = {
	{ "net/bridge/bridge-nf-call-iptables", "1",
	    "bridged IPv4 does not pass the rules", true },
	{ "net/bridge/bridge-nf-call-ip6tables", "1",
	    "bridged IPv6 does not pass the rules", true },
	{ "net/bridge/bridge-nf-filter-vlan-tagged", "1",
	    "packets in VLANs pass by the sensor", true },
	{ "net/bridge/bridge-nf-filter-pppoe-tagged", "1",
	    "packets in PPPoE pass by the sensor", true },
	{ "net/netfilter/nf_conntrack_acct", "1",
	    "what the kernel lets through by itself is not counted", false },
};

const struct firewall_sysctl *
firewall_sysctls(enum firewall_place place, unsigned *n)
{
	unsigned all = ARRAY_LEN(bridge_sysctls);

	*n = place == FIREWALL_BRIDGE ? all : 1;
	return place == FIREWALL_BRIDGE ? bridge_sysctls :
	    &bridge_sysctls[all - 1];
}

bool
firewall_sysctl_is_set(const struct firewall_sysctl *s, bool *known)
{
	char path[128], value[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/%s", s->path);
	f = fopen(path, "re");
	*known = f != NULL;
	if (!f)
		return false;
	if (!fgets(value, sizeof(value), f))
		value[0] = '\0';
	fclose(f);
	value[strcspn(value, "\n")] = '\0';
	return strcmp(value, s->value) == 0;
}

static bool
set_sysctl(const struct firewall_sysctl *s, char *err, size_t err_len)
{
	char path[128];
	bool known, ok;
	FILE *f;

	if (firewall_sysctl_is_set(s, &known))
		return true;
	if (!known) {
		snprintf(err, err_len, "this kernel has no %s: %s; try "
		    "\"modprobe %s\"", s->path, s->why,
		    strncmp(s->path, "net/bridge", 10) == 0 ? "br_netfilter" :
		    "nf_conntrack");
		return false;
	}
	snprintf(path, sizeof(path), "/proc/sys/%s", s->path);
	f = fopen(path, "we");
	ok = f && fputs(s->value, f) >= 0;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok)
		snprintf(err, err_len, "cannot set %s to %s: %s", s->path,
		    s->value, strerror(errno));
	return ok;
}

/* -- the commands ------------------------------------------------------------- */

/* "iptables" + "-restore" of a family, where such programs are. */
static bool
find_program(enum firewall_family family, const char *suffix, char *path,
    size_t len)
{
	static const char *const folders[] = { "/usr/sbin", "/sbin",
		"/usr/local/sbin", "/usr/bin" };

	for (unsigned i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, len, "%s/ip%stables%s", folders[i],
		    family == FIREWALL_IP6 ? "6" : "", suffix);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* The child: from `in` and to `out` for all that it says. */
NORETURN static void
become(char *path, const char *const *words, int in, int out)
{
	static char *const environment[] = { NULL };
	char *argv[WORDS_MAX + 1];
	unsigned n = 0;

	if (dup2(in, 0) == -1 || dup2(out, 1) == -1 || dup2(out, 2) == -1)
		_exit(127);
	for (; n < WORDS_MAX && words[n]; n++)
		argv[n] = (char *)(uintptr_t)words[n];
	argv[n] = NULL;
	/* one program for all: it goes by its name */
	argv[0] = strrchr(path, '/') + 1;
	execve(path, argv, environment);
	_exit(127);
}

/* A file without a name that holds the text: what a command reads. */
static int
hold(const char *text)
{
	FILE *f = tmpfile();
	int fd = -1;

	if (!f)
		return -1;
	if (fputs(text, f) >= 0 && fflush(f) == 0)
		fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3);
	fclose(f);
	if (fd != -1)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Runs it with the text to read; what it says is appended to said. */
static bool
run_program(char *path, const char *const *words, const char *text,
    struct buf *said)
{
	int out[2], in = text ? hold(text) : open("/dev/null", O_RDONLY |
	    O_CLOEXEC), status = -1;
	char b[4096];
	ssize_t n;
	pid_t pid;

	if (in == -1 || pipe2(out, O_CLOEXEC) == -1) {
		if (in != -1)
			close(in);
		return false;
	}
	pid = fork();
	if (pid == 0)
		become(path, words, in, out[1]);
	close(in);
	close(out[1]);
	while (pid != -1 && ((n = read(out[0], b, sizeof(b))) > 0 ||
	    (n == -1 && errno == EINTR)))
		if (n > 0)
			buf_puttext(said, text_make(b, (size_t)n));
	close(out[0]);
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
restore(enum firewall_family family, const char *rules, char *err,
    size_t err_len)
{
	static const char *const words[] = { "iptables-restore", "--noflush",
		"-w", NULL };
	struct buf said;
	char path[64];
	bool ok;

	if (!find_program(family, "-restore", path, sizeof(path))) {
		snprintf(err, err_len, "there is no ip%stables-restore: "
		    "install iptables", family == FIREWALL_IP6 ? "6" : "");
		return false;
	}
	buf_init(&said, OUTPUT_MAX);
	ok = run_program(path, words, rules, &said);
	if (!ok)
		snprintf(err, err_len, "%s: %.*s", path, said.len ?
		    (int)(said.len < 400 ? said.len : 400) : 6, said.len ?
		    said.ptr : "failed");
	buf_fini(&said);
	return ok;
}

/* One iptables command on our chains; whether it could is the answer. */
static bool
command(enum firewall_family family, const char *table, const char *verb,
    const char *chain, const struct jump *j)
{
	const char *words[WORDS_MAX + 1] = { "iptables", "-w", "-t", table,
		verb, chain };
	char match[64], path[64];
	unsigned n = 6;
	struct buf said;
	bool ok;

	if (!find_program(family, "", path, sizeof(path)))
		return false;
	if (j) {
		char *at = match, *word;

		snprintf(match, sizeof(match), "%s", j->match);
		while ((word = strsep(&at, " ")))
			if (*word && n < WORDS_MAX - 2)
				words[n++] = word;
		words[n++] = "-j";
		words[n++] = j->target;
	}
	buf_init(&said, OUTPUT_MAX);
	ok = run_program(path, words, NULL, &said);
	buf_fini(&said);
	return ok;
}

static void
remove_jumps(enum firewall_family family, const struct jump *j, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < JUMPS_MAX; k++)
			if (!command(family, j[i].table, "-D", j[i].chain,
			    &j[i]))
				break;
}

static void
remove_family(enum firewall_family family)
{
	static const struct jump chains[] = {
		{ "mangle", CHAIN_QUEUE, "", "" },
		{ "mangle", CHAIN_SAVE, "", "" },
		{ "filter", CHAIN_SAVE, "", "" },
	};

	remove_jumps(family, bridge_jumps, ARRAY_LEN(bridge_jumps));
	remove_jumps(family, route_jumps, ARRAY_LEN(route_jumps));
	remove_jumps(family, host_jumps, ARRAY_LEN(host_jumps));
	for (unsigned i = 0; i < ARRAY_LEN(chains); i++)
		if (command(family, chains[i].table, "-F", chains[i].chain,
		    NULL))
			(void)command(family, chains[i].table, "-X",
			    chains[i].chain, NULL);
}

/* Of what a family's -save says; false: it could not be asked. */
static bool
save(enum firewall_family family, struct buf *said, char *err, size_t err_len)
{
	static const char *const words[] = { "iptables-save", NULL };
	char path[64];

	if (find_program(family, "-save", path, sizeof(path)) &&
	    run_program(path, words, NULL, said))
		return true;
	snprintf(err, err_len, "ip%stables-save cannot be asked what is in "
	    "force: install iptables, or run as root",
	    family == FIREWALL_IP6 ? "6" : "");
	return false;
}

bool
firewall_remove(char *err, size_t err_len)
{
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		struct buf said;
		bool left;

		remove_family(i);
		buf_init(&said, OUTPUT_MAX);
		left = !save(i, &said, err, err_len);
		if (!left && said.len && memmem(said.ptr, said.len, "ADUANA_",
		        7)) {
			snprintf(err, err_len, "rules of ours are left: see "
			    "iptables-save");
			left = true;
		}
		buf_fini(&said);
		if (left)
			return false;
	}
	return true;
}

/* -- what the kernel lacks ---------------------------------------------------- */

/* What our rules are made of. */
static const struct part {
	const char *rule, *module, *why;
	bool bridge; /* needed there alone */
} parts[] = {
	{ "-j NFQUEUE --queue-num 0", "xt_NFQUEUE", "packets to a queue",
	    false },
	{ "-m connmark --mark 0x1/0x1 -j RETURN", "xt_connmark",
	    "marks of connections", false },
	{ "-m mark --mark 0x1/0x1 -j RETURN", "xt_mark", "marks of packets",
	    false },
	{ "-m physdev --physdev-is-bridged -j RETURN", "xt_physdev",
	    "what is bridged", true },
};

/* Is a rule taken, in a chain that nothing jumps to? */
static bool
is_taken(enum firewall_family family, const char *rule)
{
	char text[256], err[512];
	bool ok;

	snprintf(text, sizeof(text), "*mangle\n:" CHAIN_TRY " - [0:0]\n"
	    "-A " CHAIN_TRY " %s\nCOMMIT\n", rule);
	ok = restore(family, text, err, sizeof(err));
	if (command(family, "mangle", "-F", CHAIN_TRY, NULL))
		(void)command(family, "mangle", "-X", CHAIN_TRY, NULL);
	return ok;
}

static void
add_missing(struct buf *list, struct buf *modules, const char *module,
    const char *why)
{
	if (modules->len && memmem(modules->ptr, modules->len, module,
	        strlen(module)))
		return;
	buf_printf(list, "%s%s (%s)", list->len ? ", " : "", module, why);
	buf_printf(modules, " %s", module);
}

static void
find_missing(const struct firewall_wiring *w, bool rules, struct buf *list,
    struct buf *modules)
{
	if (access("/proc/sys/net/bridge", F_OK) == -1 &&
	    w->place == FIREWALL_BRIDGE)
		add_missing(list, modules, "br_netfilter",
		    "rules for what is bridged");
	if (access("/proc/self/net/netfilter/nfnetlink_queue", F_OK) == -1)
		add_missing(list, modules, "nfnetlink_queue",
		    "packet queues");
	for (enum firewall_family i = 0; rules && i < FIREWALL_FAMILIES; i++)
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			if ((w->place == FIREWALL_BRIDGE ||
			        !parts[k].bridge) && is_taken(i, "-j RETURN") &&
			    !is_taken(i, parts[k].rule))
				add_missing(list, modules, parts[k].module,
				    parts[k].why);
}

bool
firewall_kernel_has(const struct firewall_wiring *w, bool rules, char *err,
    size_t err_len)
{
	struct buf list, modules;
	bool ok;

	buf_init(&list, OUTPUT_MAX);
	buf_init(&modules, OUTPUT_MAX);
	find_missing(w, rules, &list, &modules);
	ok = !list.len;
	if (!ok)
		snprintf(err, err_len, "this kernel lacks %s: try \"modprobe "
		    "-a%s\"; where there is no such module, another kernel "
		    "is needed", list.ptr, modules.ptr);
	buf_fini(&list);
	buf_fini(&modules);
	return ok;
}

bool
firewall_install(const struct firewall_wiring *w, char *err, size_t err_len)
{
	char *rules = NULL;
	size_t len;
	FILE *f = open_memstream(&rules, &len);
	char why[512];
	unsigned n;
	const struct firewall_sysctl *s = firewall_sysctls(w->place, &n);
	bool ok = f != NULL;

	if (!f) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	firewall_print_rules(f, w);
	fclose(f);
	ok = firewall_kernel_has(w, false, err, err_len);
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++)
		remove_family(i);
	for (enum firewall_family i = 0; ok && i < FIREWALL_FAMILIES; i++)
		ok = restore(i, rules, err, err_len);
	for (unsigned i = 0; ok && i < n; i++)
		ok = set_sysctl(&s[i], err, err_len) || !s[i].needed;
	free(rules);
	if (ok)
		return true;
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++)
		remove_family(i);
	/* iptables says no more than that it failed: a module may be why */
	if (!firewall_kernel_has(w, true, why, sizeof(why)))
		snprintf(err, err_len, "%s", why);
	return false;
}

/* -- what is in force --------------------------------------------------------- */

/* A rule as -save prints it: an inserted one as an appended one. */
static bool
has_rule(const struct buf *said, struct text rule)
{
	struct text rest = text_make(said->ptr, said->len);
	char wanted[256];

	if (rule.len > 2 && rule.ptr[1] == 'I') {
		struct text chain = rule;

		(void)text_cut(&chain, ' ');
		rule = chain;
		chain = text_cut(&rule, ' ');
		(void)text_cut(&rule, ' '); /* its place */
		snprintf(wanted, sizeof(wanted), "-A %.*s %.*s",
		    TEXT_ARG(chain), TEXT_ARG(rule));
	} else {
		snprintf(wanted, sizeof(wanted), "%.*s", TEXT_ARG(rule));
	}
	while (rest.ptr) {
		struct text line = text_cut(&rest, '\n');

		if (text_is(text_trim(line), wanted))
			return true;
	}
	return false;
}

bool
firewall_check(const struct firewall_wiring *w, firewall_seen *seen,
    void *arg, char *err, size_t err_len)
{
	char *rules = NULL;
	size_t len;
	FILE *f = open_memstream(&rules, &len);
	bool ok = f != NULL;

	if (!f) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	firewall_print_rules(f, w);
	fclose(f);
	for (enum firewall_family i = 0; ok && i < FIREWALL_FAMILIES; i++) {
		struct text rest = text_make(rules, len);
		struct buf said;

		buf_init(&said, OUTPUT_MAX);
		ok = save(i, &said, err, err_len);
		while (ok && rest.ptr) {
			struct text line = text_cut(&rest, '\n');
			char rule[256];

			if (!line.len || line.ptr[0] != '-')
				continue;
			snprintf(rule, sizeof(rule), "%.*s", TEXT_ARG(line));
			seen(arg, i, rule, has_rule(&said, line));
		}
		buf_fini(&said);
	}
	free(rules);
	return ok;
}
