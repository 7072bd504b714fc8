/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel as judge of TCP tracking.
 *
 *	streamkernel passive|inline NAMESPACE SEED SETS FIRST
 *
 * Plays SETS clients (streamclient.h), from the FIRST one of the seed on, to
 * sockets in the far namespace, a batch at a time, and gives every packet that
 * passed to a tracker. What it hands out must be what the receiver read.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decoders/decode.h"
#include "decoders/track/track.h"
#include "decoders/wire/tcp.h"
#include "tests/tools/netpair.h"
#include "tests/tools/streamclient.h"

enum {
	BATCH = 64,          /* connections at a time */
	SERVER_BYTES = 2000, /* that the receiver says at most */
	FRAMES = 1 << 26,    /* bytes of a batch's frames */
	FAILURES = 5,        /* and no more */
};

struct kept {
	uint32_t off, len;
	bool sent; /* by the receiver */
};

struct side_bytes {
	uint8_t b[2 * CLIENT_BYTES];
	uint32_t n;
};

struct conn {
	struct client client;
	uint64_t set;
	int fd;                  /* of the receiver, -1: none */
	bool done, shut;
	struct side_bytes got;   /* what the receiver read */
	struct side_bytes wrote; /* and said */
	struct side_bytes seen[FLOW_SIDES]; /* what the tracker handed out */
};

struct judge {
	struct netpair net;
	int tap, listener[2];
	bool inline_view;
	struct craft frame;
	struct conn conns[BATCH];

	struct dec_conf dec_conf;
	struct decoder dec;
	struct stream_engine engine;
	struct track_conf conf;
	struct track *track;
	struct packet pkt, unit;
	uint64_t packets;

	uint8_t *frames;
	struct kept *kept;
	uint32_t n_kept, kept_bytes;
	bool drained;     /* the tap is emptied after each step */

	uint64_t seed;
	unsigned failures;
	uint64_t bytes, whole, more;
};

static void
die(const char *what)
{
	fprintf(stderr, "streamkernel: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* ------------------------------------------------------------ receiver */

static int
listen_at(const struct judge *j, uint16_t port)
{
	int fd = netpair_socket(&j->net, AF_INET, SOCK_STREAM, 0);
	int room = 2304, yes = 1;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port) };

	if (port == SERVER_PORT_SMALL && setsockopt(fd, SOL_SOCKET, SO_RCVBUF,
	    &room, sizeof(room)) == -1)
		die("room");
	/* what ended a moment ago is not in the way */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(fd, 4096) == -1)
		die("listen");
	return fd;
}

static struct conn *
conn_of(struct judge *j, uint16_t port)
{
	for (unsigned i = 0; i < BATCH; i++)
		if (j->conns[i].client.port == port)
			return &j->conns[i];
	return NULL;
}

static void
accept_all(struct judge *j)
{
	for (unsigned i = 0; i < ARRAY_LEN(j->listener); i++) {
		struct sockaddr_in a;
		socklen_t len = sizeof(a);
		int fd;

		while ((fd = accept4(j->listener[i], (struct sockaddr *)&a,
		    &len, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
			struct conn *n = conn_of(j, ntohs(a.sin_port));

			if (!n || n->fd != -1)
				die("a connection of nobody");
			n->fd = fd;
			len = sizeof(a);
		}
	}
}

static void
read_all(struct conn *n)
{
	while (n->fd != -1) {
		ssize_t got = recv(n->fd, n->got.b + n->got.n,
		    sizeof(n->got.b) - n->got.n, 0);

		if (got <= 0)
			return;
		n->got.n += (uint32_t)got;
	}
}

static void
say(struct judge *j, struct conn *n)
{
	uint8_t b[100];
	uint32_t len = 1 + (uint32_t)(j->packets % sizeof(b));

	for (uint32_t i = 0; i < len; i++)
		b[i] = (uint8_t)('0' + (n->wrote.n + i) % 10);
	if (n->fd == -1 || n->shut || n->wrote.n + len > SERVER_BYTES ||
	    send(n->fd, b, len, MSG_NOSIGNAL) != (ssize_t)len)
		return;
	memcpy(n->wrote.b + n->wrote.n, b, len);
	n->wrote.n += len;
}

/* ------------------------------------------------------------ tracker */

static void
keep_unit(struct judge *j, const struct stream_facts *facts)
{
	const struct pkt_dec *d = &j->unit.dec;
	struct slice s = pkt_payload(&j->unit);
	struct conn *n = conn_of(j, facts->side == FLOW_CLIENT ? d->sport :
	    d->dport);
	struct side_bytes *to;

	if (!n)
		die("bytes of nobody");
	to = &n->seen[facts->side];
	if (s.len > sizeof(to->b) - to->n)
		die("too many bytes");
	memcpy(to->b + to->n, s.ptr, s.len);
	to->n += (uint32_t)s.len;
}

static void
print_packet(const struct judge *j, const struct conn *n)
{
	const struct packet *p = &j->pkt;
	const struct pkt_dec *d = &p->dec;
	bool client = d->sport == n->client.port;
	struct slice s = pkt_payload(p);
	uint32_t ours = n->client.isn, its = n->client.peer_isn;

	printf("  %s ", client ? ">" : "<");
	for (unsigned i = 0; i < 8; i++)
		if (d->tcp_flags >> i & 1)
			putchar("FSRPAUEC"[i]);
	printf(" %d+%u ack %d win %u", (int)(d->tcp_seq - (client ? ours :
	    its)), (unsigned)s.len, (int)(d->tcp_ack - (client ? its : ours)),
	    d->tcp_win);
	if (d->tcp_urp)
		printf(" urg %u", d->tcp_urp);
	if (d->flags & PKT_NO_RULES)
		printf(" bad");
	for (unsigned i = 0; i < d->n_tcp_opts; i++) {
		const struct hdr_opt *o = &p->tcp_opts[i];
		struct slice v = pkt_bytes(p, o->off, o->len);

		printf(" %u:", o->kind);
		for (size_t k = 0; k < v.len && k < 4; k++)
			printf("%02x", v.ptr[k]);
	}
	if (client && s.len)
		printf(" %.*s", s.len > 40 ? 40 : (int)s.len,
		    (const char *)s.ptr);
	putchar('\n');
}

static void
decode_frame(struct judge *j, const uint8_t *b, uint32_t len, bool sent)
{
	const uint32_t bad = PKT_BAD_IP_CSUM | PKT_BAD_TCP_CSUM;

	j->pkt.data = b;
	j->pkt.caplen = j->pkt.wirelen = len;
	j->pkt.dlt = 1;
	j->pkt.num = ++j->packets;
	j->pkt.ts = mtime_make(1700000000 + j->packets / 50000,
	    (uint32_t)(j->packets % 50000) * 20000);
	/* what an interface would yet have to fill in */
	j->dec_conf.csum_tcp = !sent;
	decode(&j->dec, &j->pkt);
	if (j->pkt.dec.flags & bad)
		j->pkt.dec.flags |= PKT_NO_RULES;
}

static void
track(struct judge *j)
{
	struct stream_facts facts;

	track_packet(j->track, &j->pkt, &facts);
	while (track_next(j->track, &j->unit, &facts))
		keep_unit(j, &facts);
	while (track_expire(j->track, j->pkt.ts, false, &j->unit, &facts))
		keep_unit(j, &facts);
}

static void
track_end(struct judge *j)
{
	struct stream_facts facts;

	while (track_expire(j->track, j->pkt.ts, true, &j->unit, &facts))
		keep_unit(j, &facts);
	if (flow_live(track_flows(j->track), FLOW_TCP))
		die("a session is left");
}

/* ------------------------------------------------------------ the wire */

static void
keep(struct judge *j, const uint8_t *b, size_t n, bool sent)
{
	if (n > FRAMES - j->kept_bytes)
		die("too many frames");
	memcpy(j->frames + j->kept_bytes, b, n);
	j->kept[j->n_kept++] = (struct kept){ j->kept_bytes, (uint32_t)n,
		sent };
	j->kept_bytes += (uint32_t)n;
}

static void
keep_frames(struct judge *j)
{
	struct netpair_frame f;

	/* inline, they were kept on their way */
	while (netpair_next(j->tap, &f))
		if (!j->inline_view)
			keep(j, f.ptr, f.len, f.sent);
}

/* The client's frame goes out; inline, it passes the tracker first. */
static void
send_frame(struct judge *j)
{
	if (!j->frame.len)
		return;
	if (j->inline_view) {
		keep(j, j->frame.b, j->frame.len, false);
		decode_frame(j, j->frame.b, (uint32_t)j->frame.len, false);
		track(j);
	}
	netpair_send(&j->net, j->frame.b, j->frame.len);
}

static void
hear(struct judge *j)
{
	struct netpair_frame f;

	while (netpair_next(j->net.raw, &f)) {
		struct conn *n;

		decode_frame(j, f.ptr, (uint32_t)f.len, true);
		n = j->pkt.dec.l4 == PKT_L4_TCP ? conn_of(j,
		    j->pkt.dec.dport) : NULL;
		if (!n)
			continue;
		client_hear(&n->client, &j->pkt);
		if (j->inline_view) {
			keep(j, f.ptr, f.len, true);
			track(j);
		}
	}
}

static void
step(struct judge *j, struct conn *n)
{
	struct client *c = &n->client;
	enum client_wish wish = client_step(c);

	send_frame(j);
	if (n->fd == -1)
		accept_all(j);
	if (!c->is.lazy || wish == WISH_READ)
		read_all(n);
	if (wish == WISH_WRITE)
		say(j, n);
	if (wish == WISH_SHUT && n->fd != -1) {
		n->shut = true;
		shutdown(n->fd, SHUT_WR);
	}
	hear(j);
	if (j->drained)
		keep_frames(j);
	n->done = c->stage == CLIENT_DONE;
}

/* Ends the connection: what the receiver has, it acknowledges by its FIN. */
static void
finish(struct judge *j, struct conn *n)
{
	read_all(n);
	if (n->fd != -1)
		close(n->fd);
	hear(j);
	client_kill(&n->client);
	send_frame(j);
	hear(j);
}

/* ------------------------------------------------------------ judging */

static void
print_set(struct judge *j, const struct conn *n)
{
	const struct client_traits *is = &n->client.is;

	printf("set %llu of seed %llu:%s%s%s%s%s%s%s%s%s%s%s\n",
	    (unsigned long long)n->set, (unsigned long long)j->seed,
	    is->quick ? " quick" : "", is->small_room ? " small_room" : "",
	    is->lazy ? " lazy" : "", is->conflicts ? " conflicts" : "",
	    is->timestamps ? " timestamps" : "", is->sack ? " sack" : "",
	    is->wscale ? " wscale" : "", is->urgent ? " urgent" : "",
	    is->fin ? " fin" : "", is->wild_fin ? " wild_fin" : "",
	    j->drained ? " drained" : "");
	for (uint32_t i = 0; i < j->n_kept; i++) {
		const struct kept *k = &j->kept[i];
		const struct pkt_dec *d = &j->pkt.dec;

		decode_frame(j, j->frames + k->off, k->len, k->sent);
		if (d->l4 == PKT_L4_TCP && (k->sent ? d->dport : d->sport) ==
		    n->client.port)
			print_packet(j, n);
	}
}

static void
fail(struct judge *j, const struct conn *n, const char *what,
    const struct side_bytes *want, const struct side_bytes *seen)
{
	uint32_t at = 0;

	while (at < want->n && at < seen->n && want->b[at] == seen->b[at])
		at++;
	printf("not ok: set %llu of seed %llu: %s: %u bytes, handed out %u,"
	    " different from byte %u on\n", (unsigned long long)n->set,
	    (unsigned long long)j->seed, what, want->n, seen->n, at);
	print_set(j, n);
	printf("  receiver: %.*s\n  tracker:  %.*s\n",
	    (int)(want->n - at > 60 ? 60 : want->n - at),
	    (const char *)want->b + at,
	    (int)(seen->n - at > 60 ? 60 : seen->n - at),
	    (const char *)seen->b + at);
	j->failures++;
}

static bool
same(const struct side_bytes *a, const struct side_bytes *b, uint32_t n)
{
	return memcmp(a->b, b->b, n) == 0;
}

static void
judge(struct judge *j, const struct conn *n)
{
	const struct side_bytes *client = &n->seen[FLOW_CLIENT],
	    *server = &n->seen[FLOW_SERVER];

	/* inline, what the receiver had no use for is handed out as well */
	if (client->n < n->got.n || !same(client, &n->got, n->got.n) ||
	    (client->n > n->got.n && !j->inline_view))
		fail(j, n, "read", &n->got, client);
	j->more += client->n > n->got.n;
	if (!n->client.lied && (server->n > n->wrote.n ||
	    !same(server, &n->wrote, server->n)))
		fail(j, n, "said", &n->wrote, server);
	j->bytes += n->got.n;
	j->whole += n->got.n >= n->client.total;
}

static void
run_batch(struct judge *j, uint64_t first)
{
	struct client_traits allowed = { .small_room = true, .urgent = true };
	struct rng rng = rng_make(j->seed, ~first);
	unsigned left = BATCH;

	j->n_kept = j->kept_bytes = 0;
	/* an unread copy of a frame keeps the kernel from joining its bytes
	 * with those of its neighbour */
	j->drained = rng_below(&rng, 4) == 0;
	allowed.conflicts = !j->drained && !j->inline_view;
	allowed.wild_fin = !j->drained;
	for (unsigned i = 0; i < BATCH; i++) {
		struct conn *c = &j->conns[i];

		c->set = first + i;
		c->fd = -1;
		c->done = c->shut = false;
		c->got.n = c->wrote.n = c->seen[0].n = c->seen[1].n = 0;
		client_init(&c->client, &j->frame, j->seed, c->set, &allowed);
	}
	while (left) {
		struct conn *c = &j->conns[rng_below(&rng, BATCH)];

		if (c->done)
			continue;
		step(j, c);
		left -= c->done;
	}
	for (unsigned i = 0; i < BATCH; i++)
		finish(j, &j->conns[i]);
	keep_frames(j);
	for (uint32_t i = 0; !j->inline_view && i < j->n_kept; i++) {
		const struct kept *k = &j->kept[i];

		decode_frame(j, j->frames + k->off, k->len, k->sent);
		track(j);
	}
	track_end(j);
	for (unsigned i = 0; i < BATCH; i++)
		judge(j, &j->conns[i]);
}

static void
start(struct judge *j, const char *ns)
{
	static uint8_t all_ports[8192];

	memset(all_ports, 0xff, sizeof(all_ports));
	if (!netpair_open(&j->net, "a0", "b0", ns))
		die("namespace");
	j->tap = netpair_tap(&j->net);
	j->listener[0] = listen_at(j, SERVER_PORT);
	j->listener[1] = listen_at(j, SERVER_PORT_SMALL);
	j->frames = malloc(FRAMES);
	j->kept = malloc(FRAMES / 40 * sizeof(*j->kept));
	if (!j->frames || !j->kept)
		die("memory");
	j->engine = (struct stream_engine){
		.policy = TCP_LINUX,
		.timeout_s = 3600,
		.detect_anomalies = true,
		.require_3whs = true,
		.ports = { all_ports, all_ports },
	};
	j->conf = track_conf_default();
	j->conf.flow.track[FLOW_TCP] = true;
	j->conf.stream.engines = &j->engine;
	j->conf.stream.n_engines = 1;
	j->conf.stream.inline_mode = j->inline_view;
	j->dec_conf = dec_conf_default();
	j->track = track_new(&j->conf);
	if (!j->track || !decoder_init(&j->dec, &j->dec_conf))
		die("memory");
}

int
main(int argc, char **argv)
{
	static struct judge j;
	uint64_t first, sets;

	if (argc != 6 || (strcmp(argv[1], "passive") != 0 &&
	    strcmp(argv[1], "inline") != 0)) {
		fprintf(stderr, "usage: streamkernel passive|inline NAMESPACE "
		    "SEED SETS FIRST\n");
		return 2;
	}
	j.inline_view = *argv[1] == 'i';
	j.seed = strtoull(argv[3], NULL, 10);
	sets = strtoull(argv[4], NULL, 10);
	/* a batch is drawn as one */
	first = strtoull(argv[5], NULL, 10) / BATCH * BATCH;
	start(&j, argv[2]);
	for (uint64_t at = 0; at < sets && j.failures < FAILURES; at += BATCH)
		run_batch(&j, first + at);
	printf("seed %llu: %llu packets, %llu bytes read, %llu streams whole,"
	    " %llu with more handed out\n",
	    (unsigned long long)j.seed, (unsigned long long)j.packets,
	    (unsigned long long)j.bytes, (unsigned long long)j.whole,
	    (unsigned long long)j.more);
	track_free(j.track);
	decoder_fini(&j.dec);
	free(j.frames);
	free(j.kept);
	netpair_close(&j.net);
	return j.failures != 0;
}
