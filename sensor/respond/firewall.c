/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/firewall.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/slice.h"
#include "sensor/respond/firewall_run.h"

/* Our chains. The verdict's mark is saved in a later hook than that of the
 * queue: an accepted packet leaves the hook it was queued in at once, so that
 * a rule behind the queue's would never see it. */
#define CHAIN_QUEUE "ADUANA_QUEUE"
#define CHAIN_SAVE "ADUANA_SAVE"
#define CHAIN_TRY "ADUANA_TRY"

/* NFQ_MARK_DROP of the front end, SENDER_MARK */
#define MARK_DROP "0x20000000/0x20000000"
#define SAVE_ACCEPT "-m mark --mark 0x1/0x1 -j CONNMARK --save-mark " \
	"--nfmask 0x1 --ctmask 0x1"
#define MARK_OURS "0x40000000/0x40000000"

enum {
	JUMPS_MAX = 16, /* of ours taken away, were it ever so many */
};

static const char *const place_names[FIREWALL_PLACES] = { "bridge", "route",
	"host" };

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
	case FIREWALL_PLACES:
		break;
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

static const struct jump our_chains[] = {
	{ "mangle", CHAIN_QUEUE, "", "" },
	{ "mangle", CHAIN_SAVE, "", "" },
	{ "filter", CHAIN_SAVE, "", "" },
};

/* A line of -save or of our own that names a table: it is that of what
 * follows. */
static bool
is_table(struct text line, struct text *table)
{
	if (!line.len || line.ptr[0] != '*')
		return false;
	*table = text_make(line.ptr + 1, line.len - 1);
	return true;
}

static bool
ends_with(struct text s, const char *end)
{
	size_t n = strlen(end);

	return s.len >= n && memcmp(s.ptr + s.len - n, end, n) == 0;
}

/* The next line of a table in what -save said; false: there is none. */
static bool
next_line(struct text *rest, struct text *there, struct text table,
    struct text *line)
{
	while (rest->ptr) {
		*line = text_trim(text_cut(rest, '\n'));
		if (!is_table(*line, there) && text_eq(*there, table))
			return true;
	}
	return false;
}

/* Is the chain in the table, as -save said? said NULL: it is not asked. */
static bool
has_chain(const struct buf *said, const char *table, const char *chain)
{
	struct text rest = said ? text_make(said->ptr, said->len) :
	    (struct text){ 0 };
	struct text there = { 0 }, line;

	while (next_line(&rest, &there, text_of(table), &line)) {
		struct text name = text_word(&line);

		if (name.len && name.ptr[0] == ':' &&
		    text_is(text_make(name.ptr + 1, name.len - 1), chain))
			return true;
	}
	return false;
}

/* The jumps to our chains that are there are taken away. */
static void
print_deletions(FILE *f, const struct buf *said, const char *table)
{
	struct text rest = text_make(said->ptr, said->len);
	struct text there = { 0 }, line;

	while (next_line(&rest, &there, text_of(table), &line))
		if (line.len > 3 && memcmp(line.ptr, "-A ", 3) == 0 &&
		    (ends_with(line, " -j " CHAIN_QUEUE) ||
		        ends_with(line, " -j " CHAIN_SAVE)))
			fprintf(f, "-D%.*s\n", (int)line.len - 2,
			    line.ptr + 2);
}

/*
 * A table's part. said: what -save says is there; what of it is ours is
 * replaced, at one stroke, for a table is taken whole.
 */
static void
print_table(FILE *f, const struct firewall_wiring *w, const char *table,
    const struct buf *said)
{
	bool mangle = strcmp(table, "mangle") == 0;
	bool wanted = mangle || w->place == FIREWALL_HOST;
	unsigned n;
	const struct jump *j = jumps_of(w->place, &n);

	if (!wanted && !has_chain(said, table, CHAIN_SAVE))
		return;
	fprintf(f, "*%s\n", table);
	if (mangle)
		fputs(":" CHAIN_QUEUE " - [0:0]\n", f);
	fputs(":" CHAIN_SAVE " - [0:0]\n", f);
	if (said)
		print_deletions(f, said, table);
	if (mangle)
		print_queue_rules(f, w);
	if (wanted)
		fputs("-A " CHAIN_SAVE " " SAVE_ACCEPT "\n", f);
	else
		fputs("-X " CHAIN_SAVE "\n", f);
	for (unsigned i = 0; wanted && i < n; i++)
		if (strcmp(j[i].table, table) == 0)
			fprintf(f, "-I %s 1 %s-j %s\n", j[i].chain, j[i].match,
			    j[i].target);
	fputs("COMMIT\n", f);
}

static void
print_rules(FILE *f, const struct firewall_wiring *w, const struct buf *said)
{
	print_table(f, w, "mangle", said);
	print_table(f, w, "filter", said);
}

void
firewall_print_rules(FILE *f, const struct firewall_wiring *w)
{
	print_rules(f, w, NULL);
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

/* One iptables command on our chains; whether it could is the answer. */
static bool
command(enum firewall_family family, const char *table, const char *verb,
    const char *chain, const struct jump *j)
{
	const char *words[FIREWALL_WORDS_MAX + 1] = { "iptables", "-w", "-t",
		table, verb, chain };
	char match[64], path[64];
	unsigned n = 6;
	struct buf said;
	bool ok;

	if (!firewall_program(family, NULL, "", path, sizeof(path)))
		return false;
	if (j) {
		char *at = match, *word;

		snprintf(match, sizeof(match), "%s", j->match);
		while ((word = strsep(&at, " ")))
			if (*word && n < FIREWALL_WORDS_MAX - 2)
				words[n++] = word;
		words[n++] = "-j";
		words[n++] = j->target;
	}
	buf_init(&said, FIREWALL_OUTPUT_MAX);
	ok = firewall_run(path, words, NULL, &said);
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
	remove_jumps(family, bridge_jumps, ARRAY_LEN(bridge_jumps));
	remove_jumps(family, route_jumps, ARRAY_LEN(route_jumps));
	remove_jumps(family, host_jumps, ARRAY_LEN(host_jumps));
	for (unsigned i = 0; i < ARRAY_LEN(our_chains); i++)
		if (command(family, our_chains[i].table, "-F",
		    our_chains[i].chain, NULL))
			(void)command(family, our_chains[i].table, "-X",
			    our_chains[i].chain, NULL);
}

void
firewall_print_removal(FILE *f)
{
	for (unsigned i = 0; i < FIREWALL_PLACES; i++) {
		unsigned n;
		const struct jump *j = jumps_of((enum firewall_place)i, &n);

		for (unsigned k = 0; k < 2 * n; k++)
			fprintf(f, "ip%stables -w -t %s -D %s %s-j %s\n",
			    k % 2 ? "6" : "", j[k / 2].table, j[k / 2].chain,
			    j[k / 2].match, j[k / 2].target);
	}
	for (unsigned k = 0; k < 4 * ARRAY_LEN(our_chains); k++) {
		const struct jump *c = &our_chains[k / 4];

		fprintf(f, "ip%stables -w -t %s -%c %s\n", k / 2 % 2 ? "6" :
		    "", c->table, k % 2 ? 'X' : 'F', c->chain);
	}
}

bool
firewall_remove(char *err, size_t err_len)
{
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		struct buf said;
		bool left;

		remove_family(i);
		buf_init(&said, FIREWALL_OUTPUT_MAX);
		left = !firewall_save(i, NULL, NULL, &said, err, err_len);
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
	ok = firewall_restore(family, NULL, text, err, sizeof(err));
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

	buf_init(&list, FIREWALL_OUTPUT_MAX);
	buf_init(&modules, FIREWALL_OUTPUT_MAX);
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

/* Puts our rules in, in the place of those of ours that are there; *before:
 * there were some, or that is not known. */
static bool
install_family(enum firewall_family family, const struct firewall_wiring *w,
    bool *before, char *err, size_t err_len)
{
	char *rules = NULL;
	size_t len;
	FILE *f = open_memstream(&rules, &len);
	struct buf said;
	bool ok;

	if (!f) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	buf_init(&said, FIREWALL_OUTPUT_MAX);
	ok = firewall_save(family, NULL, NULL, &said, err, err_len);
	*before |= !ok;
	for (unsigned i = 0; ok && i < ARRAY_LEN(our_chains); i++)
		*before |= has_chain(&said, our_chains[i].table,
		    our_chains[i].chain);
	print_rules(f, w, &said);
	fclose(f);
	ok = ok && firewall_restore(family, NULL, rules, err, err_len);
	buf_fini(&said);
	free(rules);
	return ok;
}

bool
firewall_install(const struct firewall_wiring *w, char *err, size_t err_len)
{
	char why[512];
	unsigned n;
	const struct firewall_sysctl *s = firewall_sysctls(w->place, &n);
	bool before[FIREWALL_FAMILIES] = { false }, ok, stay = false;
	unsigned tried = 0;

	if (!firewall_kernel_has(w, false, err, err_len))
		return false;
	for (ok = true; ok && tried < FIREWALL_FAMILIES; tried++)
		ok = install_family((enum firewall_family)tried, w,
		    &before[tried], err, err_len);
	for (unsigned i = 0; ok && i < n; i++)
		ok = set_sysctl(&s[i], err, err_len) || !s[i].needed;
	if (ok)
		return true;
	/* iptables says no more than that it failed: a module may be why */
	if (!firewall_kernel_has(w, true, why, sizeof(why)))
		snprintf(err, err_len, "%s", why);
	for (unsigned i = 0; i < tried; i++) {
		stay |= before[i];
		if (!before[i])
			remove_family((enum firewall_family)i);
	}
	if (stay)
		snprintf(err + strlen(err), err_len - strlen(err), "; what an "
		    "earlier --setup installed stays: see --check-inline");
	return false;
}

/* -- what is in force --------------------------------------------------------- */

/* Does a packet that a rule fits go no further in the rule's chain? */
static bool
ends_chain(struct text rule)
{
	static const char *const ends[] = { "ACCEPT", "DROP", "RETURN",
		"NFQUEUE", "QUEUE", "REJECT" };
	struct text word;

	while ((word = text_word(&rule)).len) {
		if (text_is(word, "-g"))
			return true;
		if (!text_is(word, "-j"))
			continue;
		word = text_word(&rule);
		for (unsigned i = 0; i < ARRAY_LEN(ends); i++)
			if (text_is(word, ends[i]))
				return true;
	}
	return false;
}

/*
 * Is a rule in force in its table? -save prints one as appended that was
 * inserted; of what we insert, *before is the first rule of its chain that lets
 * packets not come as far.
 */
static bool
has_rule(const struct buf *said, struct text table, struct text rule,
    struct text *before)
{
	struct text rest = text_make(said->ptr, said->len);
	struct text args = rule, chain, line, there = { 0 };
	bool inserted = rule.len > 2 && rule.ptr[1] == 'I';
	char wanted[256], head[64];

	*before = (struct text){ 0 };
	(void)text_cut(&args, ' ');
	chain = text_cut(&args, ' ');
	if (inserted)
		(void)text_cut(&args, ' '); /* its place */
	snprintf(head, sizeof(head), "-A %.*s ", TEXT_ARG(chain));
	snprintf(wanted, sizeof(wanted), "%s%.*s", head, TEXT_ARG(args));
	while (next_line(&rest, &there, table, &line)) {
		if (text_is(line, wanted))
			return true;
		if (inserted && !before->len && line.len > strlen(head) &&
		    memcmp(line.ptr, head, strlen(head)) == 0 &&
		    ends_chain(line))
			*before = line;
	}
	return false;
}

bool
firewall_is_wired(void)
{
	bool wired = true;

	for (enum firewall_family i = 0; wired && i < FIREWALL_FAMILIES; i++) {
		struct text before;
		struct buf said;
		char err[256];

		buf_init(&said, FIREWALL_OUTPUT_MAX);
		wired = firewall_save(i, NULL, "mangle", &said, err,
		    sizeof(err)) && has_rule(&said, TEXT("mangle"),
		    TEXT("-A " CHAIN_SAVE " " SAVE_ACCEPT), &before);
		buf_fini(&said);
	}
	return wired;
}

/* Tells of one of our rules. */
static void
look_at(const struct buf *said, enum firewall_family family,
    struct text table, struct text line, firewall_seen *seen, void *arg)
{
	char rule[256], wrong[400];
	struct text before;
	bool there = has_rule(said, table, line, &before);

	snprintf(rule, sizeof(rule), "%.*s", TEXT_ARG(line));
	if (!there)
		snprintf(wrong, sizeof(wrong), "not in force in the table "
		    "%.*s; see --setup", TEXT_ARG(table));
	else
		snprintf(wrong, sizeof(wrong), "what fits the rule before it, "
		    "\"%.*s\", does not come as far; take that one away, or "
		    "put ours first with --setup", TEXT_ARG(before));
	seen(arg, family, rule, there && !before.len ? NULL : wrong);
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
		struct text rest = text_make(rules, len), table = { 0 };
		struct buf said;

		buf_init(&said, FIREWALL_OUTPUT_MAX);
		ok = firewall_save(i, NULL, NULL, &said, err, err_len);
		while (ok && rest.ptr) {
			struct text line = text_cut(&rest, '\n');

			if (!is_table(line, &table) && line.len &&
			    line.ptr[0] == '-')
				look_at(&said, i, table, line, seen, arg);
		}
		buf_fini(&said);
	}
	free(rules);
	return ok;
}
