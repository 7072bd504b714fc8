/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges the packets of a kernel queue by words in them, through the sensor's
 * own front end and without the rest of the sensor; until TERM or INT, then
 * prints what was counted, "name value" a line.
 *
 *	queueread QUEUE [drop=TEXT] [from=TEXT to=TEXT] [mark=TEXT] [fail_open]
 *	    [no_gso] [maxlen=N] [rcvbuf=N] [range=N] [slow=MICROSECONDS]
 *
 * from and to are of one length; checksums are made anew, of TCP and UDP in
 * IPv4 and IPv6 without extension headers. A packet with the text of mark has
 * the rest of its connection accepted.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/be.h"
#include "core/log.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/nfqueue.h"

static volatile sig_atomic_t stop;

static const char *drop, *from, *to, *mark;
static long slow;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static uint32_t
sum_bytes(uint32_t sum, const uint8_t *b, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(b[i] << 8 | b[i + 1]);
	if (n & 1)
		sum += (uint32_t)(b[n - 1] << 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Makes the transport checksum anew, or where the kernel does that itself,
 * as it expects it: that of the pseudo header. */
static void
fix_sums(uint8_t *ip, size_t len, bool not_ready)
{
	bool v6 = ip[0] >> 4 == 6;
	size_t head = v6 ? 40 : (size_t)(ip[0] & 15) * 4, at;
	uint8_t proto = v6 ? ip[6] : ip[9], *l4 = ip + head;
	uint32_t sum;

	if ((proto != 6 && proto != 17) || head + 8 > len)
		return;
	at = proto == 6 ? 16 : 6;
	sum = sum_bytes((uint32_t)proto + (uint32_t)(len - head),
	    ip + (v6 ? 8 : 12), v6 ? 32 : 8);
	l4[at] = l4[at + 1] = 0;
	if (!not_ready)
		sum = ~sum_bytes(sum, l4, len - head) & 0xffff;
	l4[at] = (uint8_t)(sum >> 8);
	l4[at + 1] = (uint8_t)sum;
}

static bool
rewrite(const struct frame *f)
{
	bool any = false;
	uint8_t *at = f->room, *end = f->room + f->caplen;
	size_t n = strlen(from);

	while ((at = memmem(at, (size_t)(end - at), from, n))) {
		memcpy(at, to, n);
		any = true;
	}
	if (any)
		fix_sums(f->room, f->caplen, false);
	return any;
}

static bool
has(const struct frame *f, const char *text)
{
	return text && memmem(f->data, f->caplen, text, strlen(text));
}

static struct frame_verdict
judge(const struct frame *f)
{
	struct frame_verdict v = { .action = FRAME_ACCEPT };

	if (slow)
		nanosleep(&(struct timespec){ 0, slow * 1000 }, NULL);
	if (has(f, drop))
		v.action = FRAME_DROP;
	else if (from && rewrite(f))
		v.rewritten = f->caplen;
	if (has(f, mark))
		v.rest = FRAME_REST_ACCEPT;
	return v;
}

static bool
read_args(char **args, struct nfqueue_conf *q)
{
	for (; *args; args++) {
		char *eq = strchr(*args, '=');
		const char *v = eq ? eq + 1 : "";

		if (eq)
			*eq = '\0';
		if (strcmp(*args, "drop") == 0)
			drop = v;
		else if (strcmp(*args, "from") == 0)
			from = v;
		else if (strcmp(*args, "to") == 0)
			to = v;
		else if (strcmp(*args, "mark") == 0)
			mark = v;
		else if (strcmp(*args, "slow") == 0)
			slow = strtol(v, NULL, 10);
		else if (strcmp(*args, "fail_open") == 0)
			q->fail_open = true;
		else if (strcmp(*args, "no_gso") == 0)
			q->no_gso = true;
		else if (strcmp(*args, "maxlen") == 0)
			q->maxlen = (uint32_t)strtoul(v, NULL, 10);
		else if (strcmp(*args, "rcvbuf") == 0)
			q->rcvbuf = (uint32_t)strtoul(v, NULL, 10);
		else if (strcmp(*args, "range") == 0)
			q->range = (uint32_t)strtoul(v, NULL, 10);
		else
			return false;
	}
	return !from || (to && strlen(from) == strlen(to));
}

static void
run(void *q)
{
	struct frame frames[CAPTURE_BATCH];
	unsigned got;
	char err[512];

	while (!stop) {
		if (capture_nfqueue.batch(q, frames, CAPTURE_BATCH, &got, err,
		    sizeof(err)) == CAPTURE_ERROR)
			fatalx("%s", err);
		for (unsigned i = 0; i < got; i++) {
			struct frame_verdict v = judge(&frames[i]);

			capture_nfqueue.verdict(q, i, &v);
		}
	}
}

int
main(int argc, char **argv)
{
	struct nfqueue_conf queue = { 0 };
	struct capture_conf conf = { .timeout_ms = 200, .queue = &queue };
	struct sigaction sa = { .sa_handler = on_signal };
	char err[512];
	void *q;

	if (argc < 2 || !read_args(argv + 2, &queue)) {
		fprintf(stderr, "usage: queueread QUEUE [WORD[=VALUE]...]\n");
		return 2;
	}
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	q = capture_nfqueue.open(argv[1], &conf, err, sizeof(err));
	if (!q || !nfqueue_begin(q, err, sizeof(err)))
		fatalx("%s", err);
	puts("ready");
	fflush(stdout);
	run(q);
	for (unsigned i = 0; i < NFQ_CTR_MAX; i++)
		printf("%s %llu\n", nfqueue_counters.defs[i].name,
		    (unsigned long long)nfqueue_counters_of(q)[i]);
	capture_nfqueue.close(q);
	return 0;
}
