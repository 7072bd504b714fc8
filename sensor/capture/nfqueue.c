/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One kernel packet queue: packets that wait in the path for a verdict. They
 * are taken several at a system call, each into a slot of its own that it may
 * be rewritten in, and whole: the kernel neither segments what offloading
 * merged nor completes its checksums first. Verdicts go out in the order of
 * the packets: a run of those that are alike is one message, and a batch's
 * messages are one system call, before anything is waited for.
 *
 * The socket's buffer is what fills first: a packet that does not fit there
 * leaves a gap in the ids, so that what fail_open lets through is counted; of
 * packets that a full queue lets through the kernel tells nothing.
 */
#include "sensor/capture/nfqueue.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/capture/nfqueue_msg.h"

enum {
	SLOTS = 64, /* packets of a batch */
	SLOT_BYTES = NFQ_HEAD_MAX + NFQ_RANGE_MAX + 5,
	/* no power of two: the heads of slots are to spread over the cache */
	SLOT_STRIDE = 66 * 1024 + 192,
	/* verdicts of one system call, and the payload bytes among them */
	SEND_MESSAGES = SLOTS,
	SEND_BYTES = 1 << 20,
	SEND_TRIES = 8,
	SNDBUF_BYTES = 4 << 20,
	/* what a waiting packet takes of the socket's buffer, by guess */
	RCVBUF_EACH = 4096,
	RCVBUF_MIN = 8 << 20,
	RCVBUF_MAX = 256 << 20,
	DLT_RAW_IP = 12,
	CHECK_NS = 1000000000, /* between looks at what was lost */
};
/* between attempts to have a queue: twice as long each time, up to this */
#define RETRY_MAX_NS UINT64_C(30000000000)
static_assert(SLOT_BYTES <= SLOT_STRIDE, "a slot holds any message");
static_assert(SLOT_STRIDE % 64 == 0, "slots are aligned");

/* A run of verdicts alike that has not been written down yet. */
struct pending {
	unsigned n;
	uint32_t last_id;
	bool has_mark;
	uint32_t mark, ct_bits;
};

struct nfqueue {
	struct capture_conf conf;
	struct nfqueue_conf q;
	uint16_t number;
	char name[16];
	int fd; /* -1: lost */
	uint32_t portid;
	atomic_bool had; /* fd, for other threads */
	bool last;       /* nothing is waited for any more */
	bool given_up;
	uint64_t retry_ns, retry_step_ns;
	char why[256];   /* it is not had */
	int state;       /* -1: the kernel's word cannot be read */

	uint8_t *slots;
	size_t slots_bytes;
	struct mmsghdr msgs[SLOTS];
	struct iovec iovs[SLOTS];

	/* of the batch handed out */
	struct nfq_packet packets[SLOTS];
	uint8_t *rooms[SLOTS];
	unsigned n_packets, n_judged;

	struct pending pending;
	alignas(struct nlmsghdr) uint8_t out[SEND_MESSAGES * NFQ_VERDICT_MAX];
	size_t out_used, out_bytes; /* with payloads */
	struct iovec out_iovs[2 * SEND_MESSAGES];
	unsigned n_out_iovs, n_out;

	uint32_t last_id;
	bool has_last;
	uint64_t bytes;
	/* of queues had before: the kernel's numbers start again */
	uint64_t queue_dropped_before, user_dropped_before;
	uint64_t ctrs[NFQ_CTR_MAX];
};

static const struct ctr_def counter_defs[] = { NFQUEUE_COUNTERS(COUNTER_DEF) };
const struct ctr_group nfqueue_counters = { "nfqueue", counter_defs,
	NFQ_CTR_MAX };

/* -- having the queue ----------------------------------------------------- */

static void
explain(const struct nfqueue *q, int error, char *err, size_t err_len)
{
	struct nfq_state s;
	char holder[96];

	/* (the file was opened before the root may have changed) */
	if ((error == EPERM || error == EBUSY) && q->state != -1 &&
	    nfq_state_read(q->state, q->number, &s)) {
		nfq_holder(q->number, holder, sizeof(holder));
		snprintf(err, err_len, "queue %u is held by %s; end it, or "
		    "take another queue with -H", q->number, holder);
		return;
	}
	switch (error) {
	case EPERM:
		snprintf(err, err_len, "queue %u: no permission to judge "
		    "packets; run as root, or give the program the right: "
		    "setcap cap_net_raw,cap_net_admin=ep $(command -v aduana)",
		    q->number);
		break;
	case EPROTONOSUPPORT:
	case EINVAL:
	case EOPNOTSUPP:
		snprintf(err, err_len, "queue %u: this kernel has no packet "
		    "queues (%s); try \"modprobe nfnetlink_queue\"", q->number,
		    strerror(error));
		break;
	default:
		snprintf(err, err_len, "queue %u: %s", q->number,
		    strerror(error));
		break;
	}
}

static uint32_t
rcvbuf_of(const struct nfqueue_conf *q)
{
	uint64_t n = (uint64_t)q->maxlen * RCVBUF_EACH;

	if (q->rcvbuf)
		return q->rcvbuf;
	return n < RCVBUF_MIN ? RCVBUF_MIN : n > RCVBUF_MAX ? RCVBUF_MAX :
	    (uint32_t)n;
}

/* Sizes a buffer past the system's limit where we may, else up to it. */
static void
size_buffer(int fd, int force, int option, uint32_t bytes)
{
	int n = (int)(bytes / 2); /* the kernel doubles it */

	if (setsockopt(fd, SOL_SOCKET, force, &n, sizeof(n)) == -1)
		(void)setsockopt(fd, SOL_SOCKET, option, &n, sizeof(n));
}

static int
open_socket(const struct nfqueue *q)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	struct timeval wait = { q->conf.timeout_ms / 1000,
		q->conf.timeout_ms % 1000 * 1000 };
	int one = 1, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_NETFILTER);

	if (fd == -1)
		return -1;
	size_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, rcvbuf_of(&q->q));
	size_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, SNDBUF_BYTES);
	/* losses are read from the kernel's counters; a refused verdict comes
	 * back without its payload */
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one,
	    sizeof(one));
	(void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ==
	    -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* Binds the queue and waits for the kernel's word; 0 or an errno. */
static int
bind_queue(struct nfqueue *q, int fd)
{
	alignas(struct nlmsghdr) uint8_t b[NFQ_CONFIG_MAX];
	struct nfq_config c = { .queue = q->number, .range = q->q.range,
		.maxlen = q->q.maxlen, .fail_open = q->q.fail_open,
		.gso = !q->q.no_gso };
	size_t n = nfq_msg_config(b, &c, 1);
	struct nlmsgerr e;
	ssize_t got;

	if (send(fd, b, n, 0) == -1)
		return errno;
	/* the kernel answers before anything else: the queue is not bound
	 * until it has read the message, and then is the answer queued; a
	 * packet may come first */
	for (unsigned tries = 0; tries < 100; tries++) {
		const struct nlmsghdr *h = (const void *)b;

		got = recv(fd, b, sizeof(b), MSG_PEEK);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return errno;
		if ((size_t)got < sizeof(*h) || h->nlmsg_type != NLMSG_ERROR)
			return 0; /* a packet: we have it */
		(void)recv(fd, b, sizeof(b), 0);
		if ((size_t)got < sizeof(*h) + sizeof(e))
			return EPROTO;
		memcpy(&e, b + sizeof(*h), sizeof(e));
		return -e.error;
	}
	return ETIMEDOUT;
}

static bool
queue_start(struct nfqueue *q, char *err, size_t err_len)
{
	struct sockaddr_nl a;
	socklen_t len = sizeof(a);
	int fd = open_socket(q), error = fd == -1 ? errno : bind_queue(q, fd);

	if (error) {
		explain(q, error, err, err_len);
		if (fd != -1)
			close(fd);
		return false;
	}
	if (getsockname(fd, (struct sockaddr *)&a, &len) == 0)
		q->portid = a.nl_pid;
	q->fd = fd;
	atomic_store_explicit(&q->had, true, memory_order_relaxed);
	q->why[0] = '\0';
	q->retry_step_ns = CHECK_NS;
	q->has_last = false;
	q->pending = (struct pending){ 0 };
	q->out_used = q->out_bytes = 0;
	q->n_out = q->n_out_iovs = 0;
	return true;
}

/* The kernel's word on the queue that we have; false: there is none. */
static bool
read_state(struct nfqueue *q, struct nfq_state *s)
{
	return q->state != -1 && nfq_state_read(q->state, q->number, s) &&
	    s->portid == q->portid;
}

/* It is not ours, and the kernel says so. */
static bool
is_unbound(struct nfqueue *q)
{
	struct nfq_state s;

	errno = 0;
	return !read_state(q, &s) && q->state != -1 && errno == 0;
}

/* What the kernel counted of it. */
static void
read_losses(struct nfqueue *q)
{
	struct nfq_state s;

	if (q->fd == -1 || !read_state(q, &s))
		return;
	q->ctrs[NFQ_CTR_QUEUE_DROPPED] = q->queue_dropped_before +
	    s.queue_dropped;
	q->ctrs[NFQ_CTR_USER_DROPPED] = q->user_dropped_before +
	    s.user_dropped;
}

/* Lets go of it: the kernel drops what still waits. */
static void
let_go(struct nfqueue *q)
{
	read_losses(q);
	q->queue_dropped_before = q->ctrs[NFQ_CTR_QUEUE_DROPPED];
	q->user_dropped_before = q->ctrs[NFQ_CTR_USER_DROPPED];
	close(q->fd);
	q->fd = -1;
	atomic_store_explicit(&q->had, false, memory_order_relaxed);
}

static void
queue_lost(struct nfqueue *q, const char *why)
{
	snprintf(q->why, sizeof(q->why), "queue %u is lost: %s", q->number,
	    why);
	log_warnx("%s; until it is had again packets %s", q->why, q->q.closed ?
	    "stop (--on-failure closed)" : "pass by the rules' queue-bypass");
	let_go(q);
	q->ctrs[NFQ_CTR_LOST]++;
	q->retry_ns = clock_ns() + CHECK_NS;
	q->retry_step_ns = CHECK_NS;
}

/* Each reason is said once. */
static void
say_why(struct nfqueue *q, const char *why)
{
	if (strcmp(q->why, why) == 0)
		return;
	snprintf(q->why, sizeof(q->why), "%s", why);
	log_warnx("%s; it is tried again", why);
}

/* Between batches: is the queue still ours? Have it again if not. */
static void
check_queue(struct nfqueue *q)
{
	uint64_t now = clock_ns();
	char err[256];

	if (now < q->retry_ns || q->given_up)
		return;
	q->retry_ns = now + CHECK_NS;
	if (q->fd != -1) {
		if (!is_unbound(q)) {
			read_losses(q);
			return;
		}
		queue_lost(q, "the kernel has unbound it");
	}
	if (queue_start(q, err, sizeof(err))) {
		log_warnx("queue %u is had", q->number);
		return;
	}
	say_why(q, err);
	q->retry_ns = now + q->retry_step_ns;
	q->retry_step_ns = q->retry_step_ns * 2 < RETRY_MAX_NS ?
	    q->retry_step_ns * 2 : RETRY_MAX_NS;
}

bool
nfqueue_is_had(const void *self)
{
	const struct nfqueue *q = self;

	return atomic_load_explicit(&q->had, memory_order_relaxed);
}

const char *
nfqueue_why(const void *self)
{
	const struct nfqueue *q = self;

	return q->why;
}

void
nfqueue_try(void *self)
{
	check_queue(self);
}

void
nfqueue_last_batches(void *self)
{
	struct nfqueue *q = self;

	q->last = true;
}

void
nfqueue_give_up(void *self)
{
	struct nfqueue *q = self;
	struct nfq_state s;

	q->given_up = true;
	if (q->fd == -1)
		return;
	if (read_state(q, &s))
		q->ctrs[NFQ_CTR_LEFT] += s.waiting;
	let_go(q);
}

/* -- opening and closing -------------------------------------------------- */

static void nfqueue_close(void *self);

static void
set_defaults(struct nfqueue_conf *q)
{
	if (!q->maxlen)
		q->maxlen = NFQ_MAXLEN_DEFAULT;
	if (!q->range || q->range > NFQ_RANGE_MAX)
		q->range = NFQ_RANGE_MAX;
	if (!q->mark_accept && !q->mark_drop) {
		q->mark_accept = NFQ_MARK_ACCEPT;
		q->mark_drop = NFQ_MARK_DROP;
	}
}

static bool
take_room(struct nfqueue *q)
{
	void *p;

	q->slots_bytes = (size_t)SLOTS * SLOT_STRIDE;
	p = mmap(NULL, q->slots_bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return false;
	q->slots = p;
	for (unsigned i = 0; i < SLOTS; i++) {
		q->iovs[i] = (struct iovec){ q->slots +
		    (size_t)i * SLOT_STRIDE, SLOT_BYTES };
		q->msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &q->iovs[i],
			.msg_iovlen = 1 };
	}
	return true;
}

/* source is the queue's number, "0"; the range of several is for several
 * sources. */
static void *
nfqueue_open(const char *source, const struct capture_conf *conf, char *err,
    size_t err_len)
{
	struct nfqueue *q = mem_calloc(1, sizeof(*q));
	unsigned n;

	if (!q || !take_room(q)) {
		snprintf(err, err_len, "out of memory");
		free(q);
		return NULL;
	}
	q->fd = q->state = -1;
	q->conf = *conf;
	if (conf->queue)
		q->q = *conf->queue;
	set_defaults(&q->q);
	if (!nfqueue_range(source, &q->number, &n, err, err_len)) {
		nfqueue_close(q);
		return NULL;
	}
	if (n > 1) {
		snprintf(err, err_len, "%s: one source is one queue", source);
		nfqueue_close(q);
		return NULL;
	}
	snprintf(q->name, sizeof(q->name), "nfq:%u", q->number);
	q->state = nfq_state_open();
	return q;
}

bool
nfqueue_begin(void *self, char *err, size_t err_len)
{
	struct nfqueue *q = self;

	q->retry_step_ns = CHECK_NS;
	if (q->q.hold_s)
		snprintf(err, err_len, "queue %u is left alone for %u s",
		    q->number, q->q.hold_s);
	else if (queue_start(q, err, err_len))
		return true;
	if (!q->q.may_wait)
		return false;
	snprintf(q->why, sizeof(q->why), "%s", err);
	q->retry_ns = clock_ns() + (q->q.hold_s ? q->q.hold_s *
	    UINT64_C(1000000000) : CHECK_NS);
	return true;
}

static void
nfqueue_close(void *self)
{
	struct nfqueue *q = self;

	if (q->fd != -1)
		close(q->fd);
	if (q->state != -1)
		close(q->state);
	munmap(q->slots, q->slots_bytes);
	free(q);
}

/* -- verdicts --------------------------------------------------------------- */

/* The kernel reads a whole message before sendmsg() returns. */
static bool
send_all(struct nfqueue *q)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr m = { .msg_name = &kernel, .msg_namelen = sizeof(kernel),
		.msg_iov = q->out_iovs, .msg_iovlen = q->n_out_iovs };

	for (unsigned tries = 0; tries < SEND_TRIES; tries++) {
		q->ctrs[NFQ_CTR_SENDS]++;
		if (sendmsg(q->fd, &m, 0) != -1)
			return true;
		if (errno != EINTR && errno != ENOBUFS && errno != ENOMEM &&
		    errno != EAGAIN)
			break;
	}
	return false;
}

static void
send_verdicts(struct nfqueue *q)
{
	if (!q->n_out)
		return;
	if (!send_all(q))
		queue_lost(q, strerror(errno));
	q->n_out = q->n_out_iovs = 0;
	q->out_used = q->out_bytes = 0;
}

/* The next bytes to be sent; those of heads that follow each other are one
 * piece. */
static void
add_piece(struct nfqueue *q, uint8_t *at, size_t n)
{
	struct iovec *last = &q->out_iovs[q->n_out_iovs];

	q->out_bytes += n;
	if (q->n_out_iovs && (uint8_t *)last[-1].iov_base +
	    last[-1].iov_len == at)
		last[-1].iov_len += n;
	else
		q->out_iovs[q->n_out_iovs++] = (struct iovec){ at, n };
}

static void
write_verdict(struct nfqueue *q, const struct nfq_verdict *v, uint8_t *room)
{
	uint8_t *at = q->out + q->out_used;
	size_t n = nfq_msg_verdict(at, v);

	q->out_used += n;
	add_piece(q, at, n);
	if (v->payload_len)
		add_piece(q, room, nfq_msg_aligned(v->payload_len));
	if (++q->n_out == SEND_MESSAGES || q->out_bytes >= SEND_BYTES)
		send_verdicts(q);
}

/* Writes down the run: legal, as all before it have their verdicts. */
static void
end_run(struct nfqueue *q)
{
	struct pending *p = &q->pending;
	struct nfq_verdict v = { .queue = q->number, .batch = p->n > 1,
		.id = p->last_id, .has_mark = p->has_mark, .mark = p->mark,
		.ct_bits = p->ct_bits };

	if (!p->n)
		return;
	if (p->n > 1)
		q->ctrs[NFQ_CTR_BATCHED] += p->n;
	p->n = 0;
	write_verdict(q, &v, NULL);
}

/* The packet's mark with what the kernel may do with the rest, whose bits are
 * those of the connection as well. */
static bool
mark_of(struct nfqueue *q, const struct nfq_packet *p, enum frame_rest rest,
    uint32_t *mark, uint32_t *ct_bits)
{
	uint32_t bits = 0;

	switch (rest) {
	case FRAME_REST_INSPECT:
		return false;
	case FRAME_REST_ACCEPT:
		bits = q->q.mark_accept;
		break;
	case FRAME_REST_DROP:
		bits = q->q.mark_drop;
		break;
	}
	if (q->q.no_marks || !bits)
		return false;
	q->ctrs[rest == FRAME_REST_ACCEPT ? NFQ_CTR_REST_ACCEPT :
	    NFQ_CTR_REST_DROP]++;
	*mark = (p->mark & ~(q->q.mark_accept | q->q.mark_drop)) | bits;
	*ct_bits = bits;
	return true;
}

static void
accept_plain(struct nfqueue *q, const struct nfq_verdict *v)
{
	struct pending *p = &q->pending;

	if (p->n && (p->has_mark != v->has_mark || p->mark != v->mark))
		end_run(q);
	p->n++;
	p->last_id = v->id;
	p->has_mark = v->has_mark;
	p->mark = v->mark;
	p->ct_bits = v->ct_bits;
	q->ctrs[NFQ_CTR_ACCEPTED]++;
}

static void
nfqueue_verdict(void *self, unsigned i, const struct frame_verdict *f)
{
	struct nfqueue *q = self;
	const struct nfq_packet *p = &q->packets[i];
	struct nfq_verdict v = { .queue = q->number, .id = p->id,
		.drop = f->action == FRAME_DROP };

	q->n_judged++;
	if (q->fd == -1) { /* lost meanwhile: nobody waits for it */
		q->ctrs[NFQ_CTR_UNANSWERED]++;
		return;
	}
	q->ctrs[NFQ_CTR_VERDICTS]++;
	v.has_mark = mark_of(q, p, f->rest, &v.mark, &v.ct_bits);
	if (!v.drop && f->rewritten && p->caplen < p->wirelen) {
		q->ctrs[NFQ_CTR_NOT_REWRITTEN]++;
		v.drop = true;
	}
	if (v.drop) {
		/* A dropped packet reaches no rule that would save its mark: it
		 * goes back to the first one, which saves it and drops the
		 * packet. Where there is no such rule it comes here again, with
		 * the mark, and dies here. */
		v.repeat = v.has_mark && f->rest == FRAME_REST_DROP &&
		    !(p->mark & q->q.mark_drop);
		q->ctrs[NFQ_CTR_DROPPED]++;
		end_run(q);
		write_verdict(q, &v, NULL);
	} else if (f->rewritten) {
		q->ctrs[NFQ_CTR_REWRITTEN]++;
		v.payload_len = f->rewritten < p->caplen ? f->rewritten :
		    p->caplen;
		if (p->head && v.payload_len < p->caplen)
			nfq_msg_shorten(p, q->rooms[i], v.payload_len);
		v.payload_len += p->head;
		end_run(q);
		write_verdict(q, &v, q->rooms[i] - p->head);
	} else {
		accept_plain(q, &v);
	}
	if (q->n_judged == q->n_packets) {
		end_run(q);
		send_verdicts(q);
	}
}

/* -- reading ---------------------------------------------------------------- */

/* Ids follow each other; one that is missing did not fit into the socket. */
static void
count_gap(struct nfqueue *q, uint32_t id)
{
	uint32_t missing = id - q->last_id - 1;

	if (q->has_last && q->q.fail_open && missing < UINT32_MAX / 2)
		q->ctrs[NFQ_CTR_PASSED_UNSEEN] += missing;
	q->last_id = id;
	q->has_last = true;
}

static void
fill_frame(struct nfqueue *q, unsigned i, struct mtime now, struct frame *f)
{
	const struct nfq_packet *p = &q->packets[i];

	count_gap(q, p->id);
	q->ctrs[NFQ_CTR_RECEIVED]++;
	q->ctrs[NFQ_CTR_GSO] += p->flags & FRAME_GSO ? 1 : 0;
	q->ctrs[NFQ_CTR_CUT] += p->caplen < p->wirelen;
	q->bytes += p->caplen;
	*f = (struct frame){ .data = p->data, .caplen = p->caplen,
		.wirelen = p->wirelen, .ts = p->ts.ns ? p->ts : now,
		.flags = p->flags, .room = q->rooms[i], .link = &p->link };
}

/* The messages in the first n slots; returns how many are packets. */
static unsigned
take_messages(struct nfqueue *q, unsigned n, struct frame *frames)
{
	struct mtime now = mtime_now();
	unsigned got = 0;

	for (unsigned i = 0; i < n; i++) {
		uint8_t *slot = q->iovs[i].iov_base;
		struct nfq_packet *p = &q->packets[got];
		int error = 0;

		switch (nfq_msg_read(slot, q->msgs[i].msg_len, p, &error)) {
		case NFQ_PACKET:
			q->rooms[got] = slot + (p->data - slot);
			fill_frame(q, got, now, &frames[got]);
			got++;
			break;
		case NFQ_ERROR:
			/* a device that went down took its packets along */
			q->ctrs[NFQ_CTR_REFUSED]++;
			break;
		case NFQ_OTHER:
		case NFQ_BROKEN:
			break;
		}
	}
	return got;
}

/* Lost: waits as long as batch() may, for there is nothing else to do. */
static void
wait_lost(const struct nfqueue *q)
{
	struct timespec t = { q->conf.timeout_ms / 1000,
		q->conf.timeout_ms % 1000 * 1000000L };

	(void)nanosleep(&t, NULL);
}

static enum capture_status
nfqueue_batch(void *self, struct frame *frames, unsigned n, unsigned *got,
    char *err, size_t err_len)
{
	struct nfqueue *q = self;
	int r;

	(void)err;
	(void)err_len;
	*got = q->n_packets = q->n_judged = 0;
	if (q->fd == -1) {
		if (!q->last)
			check_queue(q);
		if (q->fd == -1) {
			if (!q->last)
				wait_lost(q);
			return CAPTURE_IDLE;
		}
	}
	r = recvmmsg(q->fd, q->msgs, n < SLOTS ? n : SLOTS, q->last ?
	    MSG_DONTWAIT : MSG_WAITFORONE, NULL);
	if (r > 0) {
		*got = q->n_packets = take_messages(q, (unsigned)r, frames);
	} else if (r == -1 && errno == ENOBUFS) {
		q->ctrs[NFQ_CTR_OVERRUNS]++;
	} else if (r == -1 && errno != EAGAIN && errno != EINTR) {
		queue_lost(q, strerror(errno));
	} else if (r == -1) {
		check_queue(q);
	}
	return *got ? CAPTURE_FRAMES : CAPTURE_IDLE;
}

static void
nfqueue_stats(void *self, struct capture_stats *out)
{
	struct nfqueue *q = self;

	read_losses(q);
	*out = (struct capture_stats){
		.received = q->ctrs[NFQ_CTR_RECEIVED],
		.dropped = q->ctrs[NFQ_CTR_QUEUE_DROPPED] +
		    q->ctrs[NFQ_CTR_USER_DROPPED],
		.bytes = q->bytes,
	};
}

const uint64_t *
nfqueue_counters_of(void *self)
{
	struct nfqueue *q = self;

	read_losses(q);
	return q->ctrs;
}

static int
nfqueue_dlt(void *self, uint32_t iface)
{
	(void)self;
	(void)iface;
	return DLT_RAW_IP;
}

static const char *
nfqueue_iface_name(void *self, uint32_t iface)
{
	const struct nfqueue *q = self;

	return iface ? NULL : q->name;
}

static void
nfqueue_progress(void *self, uint64_t *at, uint64_t *size)
{
	(void)self;
	*at = *size = 0;
}

const struct capture_ops capture_nfqueue = {
	.name = "nfq",
	.help = "kernel packet queues, inline, through NFQUEUE (-Q, -H)",
	.open = nfqueue_open,
	.batch = nfqueue_batch,
	.verdict = nfqueue_verdict,
	.stats = nfqueue_stats,
	.dlt = nfqueue_dlt,
	.iface_name = nfqueue_iface_name,
	.progress = nfqueue_progress,
	.close = nfqueue_close,
};
