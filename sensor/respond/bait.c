/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/bait.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mtime.h"
#include "core/xalloc.h"
#include "sensor/respond/apart.h"

enum {
	START_MS = 20000, /* for chains, and an earlier process to end */
	STOP_MS = 10000,
	WRITE_MS = 100,   /* between two changes of the rules, at least */
	SAID_MAX = 512,
	JUMPS_MAX = 8,    /* of ours taken away, were it ever so many */
	BATCH = 256,      /* jobs taken before rules are written */
};

static const struct ctr_def counter_defs[] = { BAIT_COUNTERS(COUNTER_DEF) };
const struct ctr_group bait_counters = { "bait", counter_defs, BAIT_CTR_MAX };

/* What both processes see: the one that works only adds. */
struct shared {
	atomic_ullong ctrs[BAIT_CTR_MAX];
};

struct bait {
	struct shared *sh;
	int fd;
	pid_t pid;
};

/* -- the chains ------------------------------------------------------------- */

static const char *const jumps[] = {
	"PREROUTING 1 -j " BAIT_CHAIN, "POSTROUTING 1 -j " BAIT_BACK,
	"PREROUTING -j " BAIT_CHAIN, "POSTROUTING -j " BAIT_BACK,
};

/* Are chains of ours in the table? */
static bool
is_there(enum firewall_family f)
{
	struct buf said;
	char err[SAID_MAX];
	bool yes;

	buf_init(&said, FIREWALL_OUTPUT_MAX);
	yes = firewall_save(f, NULL, "nat", &said, err, sizeof(err)) &&
	    said.len && memmem(said.ptr, said.len, BAIT_CHAIN,
	        strlen(BAIT_CHAIN));
	buf_fini(&said);
	return yes;
}

static void
take_away(enum firewall_family f)
{
	char text[256], err[SAID_MAX];

	if (!is_there(f))
		return;
	for (unsigned i = 2; i < ARRAY_LEN(jumps); i++) {
		snprintf(text, sizeof(text), "*nat\n-D %s\nCOMMIT\n", jumps[i]);
		for (unsigned k = 0; k < JUMPS_MAX && firewall_restore(f, NULL,
		    text, err, sizeof(err)); k++)
			;
	}
	/* (what stays is taken by the next start; nothing jumps to it) */
	if (!firewall_restore(f, NULL, "*nat\n-F " BAIT_CHAIN "\n-F "
	    BAIT_BACK "\n-X " BAIT_CHAIN "\n-X " BAIT_BACK "\nCOMMIT\n", err,
	    sizeof(err)))
		return;
}

static bool
make(enum firewall_family f, char *err, size_t err_len)
{
	char text[256];

	take_away(f);
	snprintf(text, sizeof(text), "*nat\n:%s - [0:0]\n:%s - [0:0]\n-I %s\n"
	    "-I %s\nCOMMIT\n", BAIT_CHAIN, BAIT_BACK, jumps[0], jumps[1]);
	return firewall_restore(f, NULL, text, err, err_len);
}

/* -- the process that works ------------------------------------------------- */

struct worker {
	struct shared *sh;
	int fd;
	bool has[FIREWALL_FAMILIES];  /* the chains are there */
	bool dirty[FIREWALL_FAMILIES]; /* and are not what the table is */
	uint64_t written_ns;
	struct bait_table table;
};

static void
count(struct worker *w, unsigned ctr, unsigned n)
{
	if (n)
		atomic_fetch_add_explicit(&w->sh->ctrs[ctr], n,
		    memory_order_relaxed);
}

static void
write_rules(struct worker *w)
{
	char err[SAID_MAX];

	for (enum firewall_family f = 0; f < FIREWALL_FAMILIES; f++) {
		struct buf b;

		if (!w->dirty[f])
			continue;
		w->dirty[f] = false;
		buf_init(&b, FIREWALL_OUTPUT_MAX);
		bait_table_print(&w->table, f, &b);
		if (b.truncated || !firewall_restore(f, NULL, b.ptr,
		    err, sizeof(err)))
			count(w, BAIT_CTR_FAILED, 1);
		buf_fini(&b);
	}
	w->written_ns = clock_ns();
}

static void
take(struct worker *w, const struct bait_job *j)
{
	static const unsigned ctrs[] = { [BAIT_ADDED] = BAIT_CTR_ADDED,
		[BAIT_EXTENDED] = BAIT_CTR_EXTENDED,
		[BAIT_EVICTED] = BAIT_CTR_ADDED };
	enum bait_added how;

	/* (who asks may be in the hands of an attacker) */
	if (!bait_job_ok(j))
		return;
	how = bait_table_add(&w->table, j, clock_ns());
	count(w, ctrs[how], 1);
	if (how == BAIT_EXTENDED)
		return;
	if (how == BAIT_EVICTED) {
		/* of either family */
		count(w, BAIT_CTR_EVICTED, 1);
		w->dirty[FIREWALL_IP4] = w->dirty[FIREWALL_IP6] = true;
	}
	w->dirty[j->attacker.family == 4 ? FIREWALL_IP4 : FIREWALL_IP6] = true;
}

/* Jobs that are there; false: the sensor has ended. */
static bool
take_jobs(struct worker *w)
{
	for (unsigned i = 0; i < BATCH; i++) {
		struct bait_job j;
		ssize_t n = recv(w->fd, &j, sizeof(j), MSG_DONTWAIT);

		if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
			return false;
		if (n == -1)
			break;
		if ((size_t)n == sizeof(j))
			take(w, &j);
	}
	return true;
}

/* How long there is nothing to do. */
static int
rest_ms(const struct worker *w, uint64_t now)
{
	uint64_t next = bait_table_next(&w->table);

	if (w->dirty[FIREWALL_IP4] || w->dirty[FIREWALL_IP6])
		next = w->written_ns + WRITE_MS * UINT64_C(1000000);
	if (next == UINT64_MAX)
		return -1;
	next = next > now ? (next - now) / 1000000 + 1 : 0;
	return next < 60000 ? (int)next : 60000;
}

static void
work(struct worker *w)
{
	bool goes_on = true;

	while (goes_on) {
		struct pollfd p = { .fd = w->fd, .events = POLLIN };
		uint64_t now = clock_ns();
		unsigned n;

		(void)poll(&p, 1, rest_ms(w, now));
		goes_on = take_jobs(w);
		now = clock_ns();
		n = bait_table_expire(&w->table, now);
		count(w, BAIT_CTR_EXPIRED, n);
		if (n)
			w->dirty[FIREWALL_IP4] = w->dirty[FIREWALL_IP6] = true;
		for (unsigned f = 0; f < FIREWALL_FAMILIES; f++)
			w->dirty[f] = w->dirty[f] && w->has[f];
		if ((w->dirty[FIREWALL_IP4] || w->dirty[FIREWALL_IP6]) &&
		    now - w->written_ns >= WRITE_MS * UINT64_C(1000000))
			write_rules(w);
	}
}

NORETURN static void
live(struct shared *sh, int fd, unsigned max_entries, bool wants_ip6)
{
	struct worker w = { .sh = sh, .fd = fd };
	char err[SAID_MAX] = "", unused[SAID_MAX];
	bool ok;

	apart_signals("aduana-bait");
	apart_close_others(fd);
	(void)setpriority(PRIO_PROCESS, 0, 5);
	w.table.max = max_entries;
	w.table.entries = xcalloc(max_entries, sizeof(w.table.entries[0]));
	ok = apart_keep_rights() && apart_lock("aduana-bait") != -1;
	if (!ok)
		snprintf(err, sizeof(err), "another aduana does it here: "
		    "stop it");
	w.has[FIREWALL_IP4] = ok && make(FIREWALL_IP4, err, sizeof(err));
	/* (a kernel may have no such table for IPv6) */
	w.has[FIREWALL_IP6] = w.has[FIREWALL_IP4] && make(FIREWALL_IP6,
	    wants_ip6 ? err : unused, SAID_MAX);
	ok = w.has[FIREWALL_IP4] && (w.has[FIREWALL_IP6] || !wants_ip6);
	/* empty: the chains are there */
	(void)send(fd, ok ? "" : err, ok ? 1 : strlen(err) + 1, MSG_NOSIGNAL);
	if (ok)
		work(&w);
	for (enum firewall_family f = 0; f < FIREWALL_FAMILIES; f++)
		if (w.has[f])
			take_away(f);
	_exit(!ok);
}

/* -- the near end ----------------------------------------------------------- */

/* Does the kernel know a way to the address? Nothing is sent. */
static bool
has_way(const struct ipaddr *a)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = 9 };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = 9 };
	int fd = socket(a->family == 4 ? AF_INET : AF_INET6, SOCK_DGRAM |
	    SOCK_CLOEXEC, 0);
	bool yes;

	memcpy(&in.sin_addr, a->b, 4);
	memcpy(&in6.sin6_addr, a->b, 16);
	yes = fd != -1 && (a->family == 4 ? connect(fd,
	    (const struct sockaddr *)&in, sizeof(in)) :
	    connect(fd, (const struct sockaddr *)&in6, sizeof(in6))) == 0;
	if (fd != -1)
		close(fd);
	return yes;
}

/* Does the kernel forward a family's packets? Of a bridge, too, it sends on
 * only then what the address of was changed. */
static bool
forwards(uint8_t family)
{
	FILE *f = fopen(family == 4 ? "/proc/sys/net/ipv4/ip_forward" :
	    "/proc/sys/net/ipv6/conf/all/forwarding", "re");
	int c = f ? fgetc(f) : '0';

	if (f)
		fclose(f);
	return c != '0';
}

static void
warn_of(const struct ipaddr *honeypots, unsigned n, char *warn,
    size_t warn_len)
{
	bool off[2] = { false };
	struct buf lost;

	warn[0] = '\0';
	buf_init(&lost, FIREWALL_OUTPUT_MAX);
	for (unsigned i = 0; i < n; i++) {
		const struct ipaddr *a = &honeypots[i];
		char text[IPADDR_TEXT_MAX];

		if (!has_way(a))
			buf_printf(&lost, "%s%s", lost.len ? ", " : "",
			    ipaddr_print(a, text));
		off[a->family == 6] |= !forwards(a->family);
	}
	if (lost.len)
		snprintf(warn, warn_len, "bait-and-switch: the kernel knows no "
		    "way to the honeypot %.300s: what is sent on is lost. A "
		    "bridge needs an address in the honeypot's network (ip "
		    "addr add ... dev br0), a router a route", lost.ptr);
	else if (off[0] || off[1])
		snprintf(warn, warn_len, "bait-and-switch: the kernel forwards "
		    "nothing: what is sent on is lost, on a bridge as well. "
		    "sysctl -w%s%s", off[0] ? " net.ipv4.ip_forward=1" : "",
		    off[1] ? " net.ipv6.conf.all.forwarding=1" : "");
	buf_fini(&lost);
}

/* The first message; false with what it says. */
static bool
hear(struct bait *b, char *err, size_t err_len)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	char said[SAID_MAX] = "";
	ssize_t n = -1;

	if (poll(&p, 1, START_MS) == 1)
		n = recv(b->fd, said, sizeof(said) - 1, MSG_DONTWAIT);
	if (n > 0 && !said[0])
		return true;
	said[strcspn(said, "\n")] = '\0';
	snprintf(err, err_len, "bait-and-switch: %s", n > 0 ? said :
	    "iptables takes too long");
	return false;
}

struct bait *
bait_start(unsigned max_entries, const struct ipaddr *honeypots, unsigned n,
    char *warn, size_t warn_len, char *err, size_t err_len)
{
	struct bait *b = xcalloc(1, sizeof(*b));
	int fds[2] = { -1, -1 };
	bool wants_ip6 = false;
	void *p = mmap(NULL, sizeof(*b->sh), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (unsigned i = 0; i < n; i++)
		wants_ip6 |= honeypots[i].family == 6;
	warn_of(honeypots, n, warn, warn_len);
	b->fd = b->pid = -1;
	if (p != MAP_FAILED && socketpair(AF_UNIX, SOCK_SEQPACKET |
	    SOCK_CLOEXEC, 0, fds) == 0) {
		b->sh = p;
		b->fd = fds[0];
		b->pid = fork();
		if (b->pid == 0) {
			close(fds[0]);
			live(b->sh, fds[1], max_entries, wants_ip6);
		}
		close(fds[1]);
	}
	if (b->pid != -1 && hear(b, err, err_len))
		return b;
	if (b->pid == -1)
		snprintf(err, err_len, "bait-and-switch: %s", strerror(errno));
	if (p != MAP_FAILED && !b->sh)
		munmap(p, sizeof(*b->sh));
	bait_stop(b);
	return NULL;
}

void
bait_stop(struct bait *b)
{
	uint64_t end = clock_ns() + STOP_MS * UINT64_C(1000000);

	if (!b)
		return;
	if (b->fd != -1)
		close(b->fd);
	while (b->pid > 0 && waitpid(b->pid, NULL, WNOHANG) == 0) {
		if (clock_ns() > end)
			break;
		(void)poll(NULL, 0, 5);
	}
	if (b->sh)
		munmap(b->sh, sizeof(*b->sh));
	free(b);
}

bool
bait_ask(struct bait *b, const struct bait_job *j)
{
	return send(b->fd, j, sizeof(*j), MSG_DONTWAIT | MSG_NOSIGNAL) ==
	    (ssize_t)sizeof(*j);
}

void
bait_counts(const struct bait *b, uint64_t ctrs[BAIT_CTR_MAX])
{
	for (unsigned i = BAIT_CTR_ADDED; i < BAIT_CTR_MAX; i++)
		ctrs[i] = atomic_load_explicit(&b->sh->ctrs[i],
		    memory_order_relaxed);
}
