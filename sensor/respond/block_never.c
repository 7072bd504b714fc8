/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/block_never.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/xalloc.h"

enum {
	REFRESH_S = 2,
	READ_BYTES = 65536,
	LINE_BYTES = 1024,
	STATE_ESTABLISHED = 1, /* of /proc/net/tcp */
	ROUTE_GATEWAY = 2,     /* RTF_GATEWAY */
};

enum never_file { FILE_TCP, FILE_TCP6, FILE_ROUTE, FILE_ROUTE6, FILE_RESOLV };
enum { NEVER_FILES = FILE_RESOLV + 1 };

struct never_entry {
	struct ipaddr addr;
	const char *what;
};

struct never_list {
	struct never_entry v[LIM_BLOCK_NEVER];
	unsigned n;
};

struct never {
	int fd[NEVER_FILES]; /* -1: it cannot be read */
	char *resolv;
	uint16_t ports[LIM_BLOCK_ADMIN_PORTS];
	unsigned n_ports;
	bool full; /* said once */
	pthread_mutex_t lock; /* of now, and of end */
	pthread_cond_t wake;
	pthread_t thread;
	bool has_thread, end;
	struct never_list lists[2]; /* one in force, one being made */
	struct never_list *now;
	char text[READ_BYTES];
};

const char *
never_no_host(const struct ipaddr *a)
{
	static const uint8_t zero[16];

	if (a->family == 4) {
		if (a->b[0] == 0 || a->b[0] == 127 || a->b[0] >= 224)
			return "no host's address";
	} else if (a->family == 6) {
		if (a->b[0] == 0xff || memcmp(a->b, zero, 15) == 0)
			return "no host's address";
	} else {
		return "no address";
	}
	return NULL;
}

/* -- reading -------------------------------------------------------------------- */

static void
add(struct never *n, struct never_list *l, const struct ipaddr *a,
    const char *what)
{
	if (!a->family || never_no_host(a))
		return;
	if (l->n < LIM_BLOCK_NEVER) {
		l->v[l->n++] = (struct never_entry){ *a, what };
		return;
	}
	if (!n->full)
		log_warnx("never-block list: more than %d addresses; what is "
		    "beyond is not on it", LIM_BLOCK_NEVER);
	n->full = true;
}

static bool
from_sockaddr(const struct sockaddr *sa, struct ipaddr *a)
{
	*a = (struct ipaddr){ 0 };
	if (sa && sa->sa_family == AF_INET) {
		a->family = 4;
		memcpy(a->b, &((const struct sockaddr_in *)(const void *)
		    sa)->sin_addr, 4);
	} else if (sa && sa->sa_family == AF_INET6) {
		a->family = 6;
		memcpy(a->b, &((const struct sockaddr_in6 *)(const void *)
		    sa)->sin6_addr, 16);
	}
	return a->family != 0;
}

static void
read_own(struct never *n, struct never_list *l)
{
	struct ifaddrs *all, *i;
	struct ipaddr own, a;

	if (getifaddrs(&all) == -1)
		return;
	for (i = all; i; i = i->ifa_next) {
		if (from_sockaddr(i->ifa_addr, &own))
			add(n, l, &own, "own address");
		if (i->ifa_flags & IFF_BROADCAST &&
		    from_sockaddr(i->ifa_broadaddr, &a) &&
		    !ipaddr_eq(&a, &own))
			add(n, l, &a, "broadcast address");
	}
	freeifaddrs(all);
}

/* Eight hexadecimal digits are the bytes of a word as this machine has them. */
static bool
from_words(struct text t, struct ipaddr *a)
{
	char word[9] = { 0 };

	*a = (struct ipaddr){ .family = t.len == 8 ? 4 : 6 };
	if (t.len != 8 && t.len != 32)
		return false;
	for (size_t i = 0; i < t.len / 8; i++) {
		uint32_t v;
		char *end;

		memcpy(word, t.ptr + 8 * i, 8);
		v = (uint32_t)strtoul(word, &end, 16);
		if (*end)
			return false;
		memcpy(a->b + 4 * i, &v, 4);
	}
	return true;
}

/* Digits in the order of bytes. */
static bool
from_bytes(struct text t, struct ipaddr *a)
{
	if (!from_words(t, a))
		return false;
	for (size_t i = 0; i < t.len / 8; i++) {
		uint32_t v;

		memcpy(&v, a->b + 4 * i, 4);
		v = htonl(v);
		memcpy(a->b + 4 * i, &v, 4);
	}
	return true;
}

static uint32_t
hex(struct text t)
{
	char word[9] = { 0 };

	memcpy(word, t.ptr, t.len < 8 ? t.len : 8);
	return (uint32_t)strtoul(word, NULL, 16);
}

static struct text
field(struct text line, unsigned nth)
{
	struct text t = { NULL, 0 };

	for (unsigned i = 0; i <= nth; i++)
		t = text_word(&line);
	return t;
}

/* An IPv4 address in IPv6 is that. */
static void
unmap(struct ipaddr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family != 6 || memcmp(a->b, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->b, a->b + 12, 4);
	memset(a->b + 4, 0, 12);
	a->family = 4;
}

/* sl local:port remote:port state ... */
static void
tcp_line(struct never *n, struct never_list *l, struct text line)
{
	struct text local = field(line, 1), remote = field(line, 2), addr;
	struct ipaddr a;
	uint32_t port;

	if (hex(field(line, 3)) != STATE_ESTABLISHED)
		return;
	text_cut(&local, ':');
	if (!local.ptr)
		return;
	port = hex(local);
	addr = text_cut(&remote, ':');
	for (unsigned i = 0; i < n->n_ports; i++) {
		if (n->ports[i] != port || !from_words(addr, &a))
			continue;
		unmap(&a);
		add(n, l, &a, "administrator's connection");
		return;
	}
}

/* Iface Destination Gateway Flags ... */
static void
route_line(struct never *n, struct never_list *l, struct text line)
{
	struct ipaddr a;

	if (hex(field(line, 3)) & ROUTE_GATEWAY &&
	    from_words(field(line, 2), &a))
		add(n, l, &a, "gateway");
}

/* destination, bits, source, bits, next hop, metric, refs, use, flags */
static void
route6_line(struct never *n, struct never_list *l, struct text line)
{
	struct ipaddr a;

	if (hex(field(line, 8)) & ROUTE_GATEWAY &&
	    from_bytes(field(line, 4), &a))
		add(n, l, &a, "gateway");
}

static void
resolv_line(struct never *n, struct never_list *l, struct text line)
{
	struct text addr;
	struct ipaddr a;

	if (!text_is(text_word(&line), "nameserver"))
		return;
	addr = text_word(&line);
	addr = text_cut(&addr, '%');
	if (ipaddr_parse(addr, &a))
		add(n, l, &a, "resolver");
}

typedef void line_fn(struct never *n, struct never_list *l, struct text line);

/* Line by line; a line that is longer than the room is left out. */
static void
read_lines(struct never *n, struct never_list *l, int fd, line_fn *take)
{
	size_t have = 0;
	ssize_t got;

	if (fd == -1 || lseek(fd, 0, SEEK_SET) == -1)
		return;
	while ((got = read(fd, n->text + have, READ_BYTES - have)) > 0 ||
	    (got == -1 && errno == EINTR)) {
		struct text rest;

		if (got == -1)
			continue;
		have += (size_t)got;
		rest = text_make(n->text, have);
		while (rest.len && memchr(rest.ptr, '\n', rest.len))
			take(n, l, text_cut(&rest, '\n'));
		if (rest.len == READ_BYTES)
			rest.len = 0;
		if (rest.len)
			memmove(n->text, rest.ptr, rest.len);
		have = rest.len;
	}
	if (have)
		take(n, l, text_make(n->text, have));
}

/* It is replaced rather than changed; in a new root it may be another one. */
static void
reopen_resolv(struct never *n)
{
	int fd = open(n->resolv, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	if (n->fd[FILE_RESOLV] != -1)
		close(n->fd[FILE_RESOLV]);
	n->fd[FILE_RESOLV] = fd;
}

static int
entry_cmp(const void *pa, const void *pb)
{
	const struct never_entry *a = pa, *b = pb;

	return memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

void
never_refresh(struct never *n)
{
	static line_fn *const takers[NEVER_FILES] = {
		[FILE_TCP] = tcp_line, [FILE_TCP6] = tcp_line,
		[FILE_ROUTE] = route_line, [FILE_ROUTE6] = route6_line,
		[FILE_RESOLV] = resolv_line,
	};
	struct never_list *l = n->now == &n->lists[0] ? &n->lists[1] :
	    &n->lists[0];

	l->n = 0;
	read_own(n, l);
	reopen_resolv(n);
	/* connections last: there may be most of them */
	for (int i = NEVER_FILES; i-- > 0;)
		read_lines(n, l, n->fd[i], takers[i]);
	qsort(l->v, l->n, sizeof(*l->v), entry_cmp);
	pthread_mutex_lock(&n->lock);
	n->now = l;
	pthread_mutex_unlock(&n->lock);
}

/* -- life ------------------------------------------------------------------------ */

static int
open_proc(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

struct never *
never_new(const struct never_conf *c)
{
	static const char *const names[] = { "tcp", "tcp6", "route",
		"ipv6_route" };
	const char *dir = c->proc_net ? c->proc_net : "/proc/net";
	struct never *n = mem_calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->resolv = xstrdup(c->resolv ? c->resolv : "/etc/resolv.conf");
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		n->fd[i] = open_proc(dir, names[i]);
	n->fd[FILE_RESOLV] = -1;
	n->n_ports = c->n_admin_ports;
	memcpy(n->ports, c->admin_ports, n->n_ports * sizeof(*n->ports));
	if (n->fd[FILE_TCP] == -1 && n->n_ports)
		log_warn("never-block list: cannot read %s/tcp: "
		    "administrators' connections are not on it", dir);
	if (n->fd[FILE_ROUTE] == -1)
		log_warn("never-block list: cannot read %s/route: gateways "
		    "are not on it; name them in config block: never", dir);
	n->now = &n->lists[0];
	pthread_mutex_init(&n->lock, NULL);
	pthread_cond_init(&n->wake, NULL);
	never_refresh(n);
	return n;
}

static void *
keep_fresh(void *arg)
{
	struct never *n = arg;

	pthread_mutex_lock(&n->lock);
	while (!n->end) {
		struct timespec t;

		clock_gettime(CLOCK_REALTIME, &t);
		t.tv_sec += REFRESH_S;
		(void)pthread_cond_timedwait(&n->wake, &n->lock, &t);
		if (n->end)
			break;
		pthread_mutex_unlock(&n->lock);
		never_refresh(n);
		pthread_mutex_lock(&n->lock);
	}
	pthread_mutex_unlock(&n->lock);
	return NULL;
}

bool
never_start(struct never *n)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	n->has_thread = pthread_create(&n->thread, NULL, keep_fresh, n) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n->has_thread;
}

void
never_free(struct never *n)
{
	if (!n)
		return;
	if (n->has_thread) {
		pthread_mutex_lock(&n->lock);
		n->end = true;
		pthread_cond_signal(&n->wake);
		pthread_mutex_unlock(&n->lock);
		pthread_join(n->thread, NULL);
	}
	for (unsigned i = 0; i < NEVER_FILES; i++)
		if (n->fd[i] != -1)
			close(n->fd[i]);
	pthread_cond_destroy(&n->wake);
	pthread_mutex_destroy(&n->lock);
	free(n->resolv);
	free(n);
}

/* -- asking ---------------------------------------------------------------------- */

const char *
never_what(struct never *n, const struct ipaddr *a)
{
	const char *what = never_no_host(a);
	unsigned lo = 0, hi;

	if (what)
		return what;
	pthread_mutex_lock(&n->lock);
	hi = n->now->n;
	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		const struct never_entry *e = &n->now->v[mid];
		int cmp = memcmp(a, &e->addr, sizeof(*a));

		if (cmp == 0) {
			what = e->what;
			break;
		}
		if (cmp < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	pthread_mutex_unlock(&n->lock);
	return what;
}
