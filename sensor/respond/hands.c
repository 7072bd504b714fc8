/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/hands.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mtime.h"
#include "core/xalloc.h"
#include "sensor/respond/hands_ring.h"

enum {
	LINES = 16,       /* that wait to be said */
	START_MS = 60000, /* iptables may have to wait for others */
	STOP_MS = 60000,
	ICMP = 1, ICMP6 = 58, TCP = 6, UDP = 17, SCTP = 132, UDPLITE = 136,
};

struct hands {
	struct hands_shared *sh;
	int fd;
	pid_t pid;
	bool gone;
	int file; /* of a HAND_WHERE, until its answer is read; -1 */
	char lines[LINES][HANDS_LINE];
	unsigned n_lines;
	bool ready, stopped;
	char end[HANDS_LINE]; /* what READY, FAILED and STOPPED said */
	uint64_t asked, full, answered, failed, lost;
};

/* -- what may be asked for -------------------------------------------------- */

void
block_key_plain(struct block_key *k)
{
	if (k->kind == BLOCK_CONN) {
		k->how = BLOCK_FROM | BLOCK_TO;
		return;
	}
	k->peer = (struct ipaddr){ 0 };
	k->proto = k->port[0] = k->port[1] = 0;
}

static bool
is_zero(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* One host, of which packets may be: no network, no group. */
static bool
is_host(const struct ipaddr *a)
{
	if (a->family == 4)
		return is_zero(a->b + 4, 12) && a->b[0] != 0 &&
		    a->b[0] < 224;
	return a->family == 6 && !is_zero(a->b, 16) && a->b[0] != 0xff;
}

static bool
has_ports(uint8_t proto)
{
	return proto == TCP || proto == UDP || proto == SCTP ||
	    proto == UDPLITE || proto == ICMP || proto == ICMP6;
}

bool
block_key_ok(const struct block_key *k, const char **why)
{
	struct block_key plain = *k;

	if (k->kind != BLOCK_ADDR && k->kind != BLOCK_CONN)
		*why = "neither an address nor a connection";
	else if (!k->how || k->how & ~(BLOCK_FROM | BLOCK_TO))
		*why = "neither from nor to";
	else if (!is_host(&k->addr))
		*why = "not the address of a host";
	else if (k->kind == BLOCK_CONN && (!is_host(&k->peer) ||
	    k->peer.family != k->addr.family))
		*why = "the other end is not the address of a host";
	else if (k->kind == BLOCK_CONN && (!k->proto || (!has_ports(k->proto) &&
	    (k->port[0] || k->port[1]))))
		*why = "no such protocol, or one without ports";
	else if (block_key_plain(&plain), memcmp(&plain, k, sizeof(plain)) != 0)
		*why = "more than belongs to it";
	else
		return true;
	return false;
}

const char *
hands_why(int error)
{
	switch (error) {
	case 0:
		return "done";
	case EPERM:
	case EACCES:
		return "no permission: blocking needs CAP_NET_ADMIN; start as "
		    "root";
	case ENOENT:
		return "it is not blocked";
	case EBUSY:
		return "busy with another one: ask again";
	case HAND_E_FULL:
		return "the set is full: more may be allowed, or blocks be "
		    "shorter";
	case HAND_E_TYPE:
		return "a set of that name is of another kind: see \"ipset "
		    "list\", and destroy it";
	case HAND_E_SETS:
		return "the kernel has no sets: try \"modprobe ip_set_hash_ip "
		    "ip_set_hash_ipportip xt_set\"";
	case HAND_E_JOB:
		return "not to be blocked: no address of a host, or no such "
		    "connection";
	case HAND_E_BUILT:
		return "this aduana was built without blocking: "
		    "libnetfilter_conntrack was missing";
	case HAND_E_FIREWALL:
		return "iptables could not make its rules";
	default:
		return strerror(error);
	}
}

/* -- the socket ------------------------------------------------------------- */

static void
keep_line(struct hands *h, const char *text)
{
	if (h->n_lines == LINES) {
		h->lost++;
		return;
	}
	snprintf(h->lines[h->n_lines++], HANDS_LINE, "%s", text);
}

static void
ended(struct hands *h)
{
	if (h->gone)
		return;
	h->gone = true;
	if (!h->stopped && h->ready)
		keep_line(h, "the process that blocks has ended: nothing more "
		    "is blocked, and what is ends by itself; start the sensor "
		    "anew");
}

static void
keep_file(struct hands *h, struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	if (h->file != -1)
		close(h->file);
	memcpy(&h->file, CMSG_DATA(c), sizeof(h->file));
}

/* Reads one message; false: there is none. */
static bool
hear(struct hands *h)
{
	char b[HANDS_MESSAGE + 1];
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	struct iovec v = { b, HANDS_MESSAGE };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room) };
	ssize_t n;

	do
		n = recvmsg(h->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		ended(h);
		return false;
	}
	b[n] = '\0';
	switch (b[0]) {
	case HANDS_READY:
		h->ready = true;
		break;
	case HANDS_LINE_SAID:
		keep_line(h, b + 1);
		break;
	case HANDS_FILE:
		keep_file(h, &m);
		break;
	case HANDS_STOPPED:
		h->stopped = true;
		snprintf(h->end, sizeof(h->end), "%s", b + 1);
		break;
	case HANDS_FAILED:
		snprintf(h->end, sizeof(h->end), "%s", b + 1);
		break;
	default:
		break;
	}
	return true;
}

/* Hears until told: the end of the other comes after what it said last. */
static bool
wait_for(struct hands *h, const bool *told, unsigned ms)
{
	uint64_t end = clock_ns() + ms * UINT64_C(1000000);

	while (!*told && !h->gone && clock_ns() < end) {
		struct pollfd p = { .fd = h->fd, .events = POLLIN };

		/* who has to wait for room gets it */
		atomic_store(&h->sh->done_tail,
		    atomic_load(&h->sh->done_head));
		(void)poll(&p, 1, 20);
		while (!*told && hear(h))
			;
	}
	return *told;
}

/* -- life ------------------------------------------------------------------- */

static void
let_go(struct hands *h)
{
	if (h->fd != -1)
		close(h->fd);
	if (h->file != -1)
		close(h->file);
	while (h->pid > 0 && waitpid(h->pid, NULL, 0) == -1 && errno == EINTR)
		;
	munmap(h->sh, sizeof(*h->sh));
	free(h);
}

struct hands *
hands_start(const struct hands_conf *conf, char *err, size_t err_len)
{
	struct hands_conf c = *conf;
	struct hands *h = xcalloc(1, sizeof(*h));
	int fds[2] = { -1, -1 }, parent = (int)getpid();
	void *p = mmap(NULL, sizeof(*h->sh), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	c.entries = !c.entries ? 65536 : c.entries > HANDS_ENTRIES_MAX ?
	    HANDS_ENTRIES_MAX : c.entries;
	c.check_ms = c.check_ms ? c.check_ms : 1000;
	h->file = h->fd = -1;
	if (p != MAP_FAILED && socketpair(AF_UNIX, SOCK_SEQPACKET |
	    SOCK_CLOEXEC, 0, fds) == 0) {
		h->sh = p;
		h->fd = fds[0];
		h->pid = fork();
		if (h->pid == 0) {
			close(fds[0]);
			helper_main(h->sh, fds[1], &c, parent);
		}
		close(fds[1]);
	}
	if (!h->sh || h->pid == -1) {
		snprintf(err, err_len, "blocking: %s", strerror(errno));
		if (h->fd != -1)
			close(h->fd);
		if (p != MAP_FAILED)
			munmap(p, sizeof(*h->sh));
		free(h);
		return NULL;
	}
	if (wait_for(h, &h->ready, START_MS))
		return h;
	snprintf(err, err_len, "blocking: %s", h->end[0] ? h->end :
	    h->gone ? "the process that is to block has ended" :
	    "iptables takes too long");
	let_go(h);
	return NULL;
}

bool
hands_stop(struct hands *h, bool leave, char *err, size_t err_len)
{
	const char stop[2] = { HANDS_STOP, leave };
	bool ok;

	if (!h)
		return true;
	if (!h->gone)
		(void)send(h->fd, stop, sizeof(stop), MSG_NOSIGNAL);
	ok = wait_for(h, &h->stopped, STOP_MS);
	if (!ok)
		snprintf(err, err_len, "blocking: the process that blocks "
		    "ended before its work did; see \"ipset list\" and "
		    "\"iptables-save\" for what is left");
	else if (h->end[0])
		snprintf(err, err_len, "blocking: %s", h->end);
	ok = ok && !h->end[0];
	let_go(h);
	return ok;
}

/* -- asking ----------------------------------------------------------------- */

bool
hands_ask(struct hands *h, const struct hand_job *j)
{
	struct hands_shared *sh = h->sh;
	unsigned long long head = atomic_load_explicit(&sh->job_head,
	    memory_order_relaxed);
	static const char bell = HANDS_BELL;

	if (h->gone || head - atomic_load_explicit(&sh->job_tail,
	    memory_order_acquire) >= HANDS_QUEUE) {
		h->full++;
		return false;
	}
	sh->jobs[head % HANDS_QUEUE] = *j;
	atomic_store(&sh->job_head, head + 1);
	h->asked++;
	if (atomic_load(&sh->asleep) && atomic_exchange(&sh->asleep, 0))
		(void)send(h->fd, &bell, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	return true;
}

unsigned
hands_answers(struct hands *h, struct hand_done *d, unsigned max)
{
	struct hands_shared *sh = h->sh;
	unsigned long long tail, head;
	unsigned n = 0;

	atomic_store(&sh->rung, 0);
	while (!h->gone && hear(h))
		;
	tail = atomic_load_explicit(&sh->done_tail, memory_order_relaxed);
	head = atomic_load_explicit(&sh->done_head, memory_order_acquire);
	for (; n < max && tail != head; n++, tail++) {
		d[n] = sh->dones[tail % HANDS_QUEUE];
		d[n].fd = -1;
		if (d[n].what == HAND_WHERE && !d[n].error) {
			d[n].fd = h->file;
			h->file = -1;
		}
		if (d[n].what != HAND_HELD && d[n].what != HAND_MENDED) {
			h->answered++;
			h->failed += d[n].error != 0;
		}
	}
	atomic_store_explicit(&sh->done_tail, tail, memory_order_release);
	return n;
}

int
hands_fd(const struct hands *h)
{
	return h->fd;
}

bool
hands_said(struct hands *h, char line[HANDS_LINE])
{
	if (!h->n_lines)
		return false;
	memcpy(line, h->lines[0], HANDS_LINE);
	memmove(h->lines[0], h->lines[1], --h->n_lines * sizeof(h->lines[0]));
	return true;
}

void
hands_stats(struct hands *h, struct hands_stats *s)
{
	const atomic_ullong *c = h->sh->ctrs;

	*s = (struct hands_stats){
		.asked = h->asked, .full = h->full, .answered = h->answered,
		.failed = h->failed,
		.connections = atomic_load(&c[HANDS_CTR_CONNECTIONS]),
		.connections_late =
		    atomic_load(&c[HANDS_CTR_CONNECTIONS_LATE]),
		.checks = atomic_load(&c[HANDS_CTR_CHECKS]),
		.mended = atomic_load(&c[HANDS_CTR_MENDED]),
		.restarts = atomic_load(&c[HANDS_CTR_RESTARTS]),
		.lines_lost = h->lost + atomic_load(&c[HANDS_CTR_LINES_LOST]),
		.plain = atomic_load(&c[HANDS_CTR_PLAIN]) != 0,
		.gone = h->gone,
	};
}

const struct hands_ops hands_kernel = {
	.start = hands_start, .ask = hands_ask, .answers = hands_answers,
	.fd = hands_fd, .said = hands_said, .stats = hands_stats,
	.stop = hands_stop,
};
