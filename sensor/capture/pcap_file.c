/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capture files: classic pcap of any byte order and resolution, read here in
 * large pieces so that a batch of frames lies in one buffer; everything else
 * that libpcap knows (pcapng above all) through libpcap, copied into the same
 * buffer. Regular files, pipes and standard input alike.
 */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/slice.h"
#include "core/xalloc.h"
#include "sensor/capture/capture.h"

/* https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ */
enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16,
	VERSION_MAJOR = 2,
	VERSION_MINOR = 4, /* 2.0 to 2.3 had the two lengths swapped */
	BUFFER_BYTES = 1 << 20, /* holds a record of any size */
	STDIO_BYTES = 256 << 10,
};
static_assert(BUFFER_BYTES >= 2 * (RECORD_HEADER + LIM_SNAPLEN_MAX),
    "a whole record always fits behind what is left of a batch");

struct pcap_file {
	char *name;
	int fd;
	bool is_stdin, is_regular;
	const struct capture_conf *conf;
	pcap_t *pcap;     /* NULL: classic, read here */
	pcap_t *dead;     /* classic: link type and filter compilation */
	struct bpf_program filter;
	bool has_filter;
	int dlt;
	uint32_t snaplen; /* the file's own */

	/* classic: bytes [at, filled) of buf are read and not handed out;
	 * libpcap: bytes [0, at) hold this batch's frames */
	uint8_t *buf;
	size_t at, filled;
	bool swapped, nanoseconds, eof;
	/* libpcap: a packet read that did not fit into the last batch */
	struct pcap_pkthdr *pending;
	const u_char *pending_data;
	int ended; /* what pcap_next_ex() said at the end, else 0 */

	uint64_t n_read, size, n_frames, n_bytes;
	bool truncated;

	/* what was read to tell the format, for libpcap to read again */
	uint8_t head[FILE_HEADER];
	size_t head_len, head_at;
};

/* Reads n bytes or up to the end of the file; -1 with errno. */
static ssize_t
read_full(int fd, uint8_t *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, p + got, n - got);

		if (r == -1 && errno == EINTR && !got)
			continue;
		if (r == -1)
			return got ? (ssize_t)got : -1;
		if (!r)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

static uint32_t
get32(const struct pcap_file *f, const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return f->swapped ? __builtin_bswap32(v) : v;
}

static uint16_t
get16(const struct pcap_file *f, const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return f->swapped ? __builtin_bswap16(v) : v;
}

/* Is it a classic capture whose records we read ourselves? */
static bool
is_classic(struct pcap_file *f)
{
	static const struct {
		uint32_t magic;
		bool swapped, nanoseconds;
	} kinds[] = {
		{ 0xa1b2c3d4, false, false }, { 0xd4c3b2a1, true, false },
		{ 0xa1b23c4d, false, true }, { 0x4d3cb2a1, true, true },
	};
	uint32_t magic;

	if (f->head_len < FILE_HEADER)
		return false;
	memcpy(&magic, f->head, sizeof(magic));
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		if (magic == kinds[i].magic) {
			f->swapped = kinds[i].swapped;
			f->nanoseconds = kinds[i].nanoseconds;
			return get16(f, f->head + 4) == VERSION_MAJOR &&
			    get16(f, f->head + 6) == VERSION_MINOR;
		}
	return false;
}

/* Is there something to read, or the end? A pipe may have nothing for long:
 * false after the time that a batch may take. */
static bool
wait_readable(const struct pcap_file *f)
{
	struct pollfd p = { .fd = f->fd, .events = POLLIN };

	return f->is_regular || poll(&p, 1, f->conf->timeout_ms) == 1;
}

/* fopencookie: the file as libpcap sees it, its first bytes included. */
static ssize_t
cookie_read(void *cookie, char *buf, size_t n)
{
	struct pcap_file *f = cookie;
	size_t head = f->head_len - f->head_at;
	ssize_t r;

	if (head) {
		if (n > head)
			n = head;
		memcpy(buf, f->head + f->head_at, n);
		f->head_at += n;
		return (ssize_t)n;
	}
	/* libpcap knows only data and the end, so it is told the end when
	 * the run is to stop */
	while (!wait_readable(f))
		if (f->conf->stop && f->conf->stop())
			return 0;
	do
		r = read(f->fd, buf, n);
	while (r == -1 && errno == EINTR);
	if (r > 0)
		f->n_read += (uint64_t)r;
	return r;
}

/* What a file that libpcap refuses looks like; NULL when nobody knows. */
static const char *
guess_format(const struct pcap_file *f)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *what;
	} known[] = {
		{ "\x1f\x8b", 2, "it is compressed: zcat FILE | aduana -r -" },
		{ "\x28\xb5\x2f\xfd", 4,
		    "it is compressed: zstdcat FILE | aduana -r -" },
		{ "\xfd" "7zXZ", 5, "it is compressed: xzcat FILE | aduana -r -" },
		{ "BZh", 3, "it is compressed: bzcat FILE | aduana -r -" },
		{ "PK", 2, "it is an archive: unpack it first" },
	};

	if (!f->head_len)
		return "it is empty";
	for (unsigned i = 0; i < ARRAY_LEN(known); i++)
		if (f->head_len >= known[i].len &&
		    memcmp(f->head, known[i].magic, known[i].len) == 0)
			return known[i].what;
	return NULL;
}

static bool
not_a_capture(const struct pcap_file *f, const char *why, char *err,
    size_t err_len)
{
	const char *guess = guess_format(f);

	if (guess)
		snprintf(err, err_len, "%s is not a capture file: %s", f->name,
		    guess);
	else
		snprintf(err, err_len, "%s is not a capture file (pcap or "
		    "pcapng): %s", f->name, why);
	return false;
}

/* Lets libpcap judge the file header alone: it maps the link type. */
static bool
open_classic(struct pcap_file *f, char *err, size_t err_len)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *head = fmemopen(f->head, FILE_HEADER, "rb");
	pcap_t *p;

	if (!head) {
		snprintf(err, err_len, "%s: %s", f->name, strerror(errno));
		return false;
	}
	p = pcap_fopen_offline_with_tstamp_precision(head,
	    PCAP_TSTAMP_PRECISION_NANO, why);
	if (!p) {
		fclose(head);
		return not_a_capture(f, why, err, err_len);
	}
	f->dlt = pcap_datalink(p);
	f->snaplen = (uint32_t)pcap_snapshot(p);
	pcap_close(p);
	f->dead = pcap_open_dead(f->dlt, LIM_SNAPLEN_MAX);
	if (!f->dead) {
		snprintf(err, err_len, "%s: out of memory", f->name);
		return false;
	}
	return true;
}

static bool
open_other(struct pcap_file *f, char *err, size_t err_len)
{
	static const cookie_io_functions_t io = { .read = cookie_read };
	char why[PCAP_ERRBUF_SIZE] = "";
	FILE *stream = fopencookie(f, "rb", io);

	if (!stream) {
		snprintf(err, err_len, "%s: %s", f->name, strerror(errno));
		return false;
	}
	setvbuf(stream, NULL, _IOFBF, STDIO_BYTES);
	f->pcap = pcap_fopen_offline_with_tstamp_precision(stream,
	    PCAP_TSTAMP_PRECISION_NANO, why);
	if (!f->pcap) {
		fclose(stream);
		return not_a_capture(f, why, err, err_len);
	}
	f->dlt = pcap_datalink(f->pcap);
	f->snaplen = (uint32_t)pcap_snapshot(f->pcap);
	return true;
}

static bool
open_fd(struct pcap_file *f, const char *source, char *err, size_t err_len)
{
	struct stat st;

	f->is_stdin = strcmp(source, "-") == 0;
	f->name = xstrdup(f->is_stdin ? "standard input" : source);
	f->fd = f->is_stdin ? STDIN_FILENO : open(source, O_RDONLY | O_CLOEXEC);
	if (f->fd == -1 || fstat(f->fd, &st) == -1) {
		snprintf(err, err_len, "cannot read the capture %s: %s",
		    f->name, strerror(errno));
		return false;
	}
	if (S_ISDIR(st.st_mode)) {
		snprintf(err, err_len, "%s is a folder: read the captures in "
		    "it with --pcap-dir", f->name);
		return false;
	}
	if (S_ISREG(st.st_mode)) {
		f->is_regular = true;
		f->size = (uint64_t)st.st_size;
		(void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return true;
}

static bool
read_head(struct pcap_file *f, char *err, size_t err_len)
{
	ssize_t n = read_full(f->fd, f->head, FILE_HEADER);

	if (n == -1) {
		snprintf(err, err_len, "cannot read the capture %s: %s",
		    f->name, strerror(errno));
		return false;
	}
	f->head_len = (size_t)n;
	f->n_read = (uint64_t)n;
	return true;
}

static bool
set_filter(struct pcap_file *f, const char *bpf, char *err, size_t err_len)
{
	pcap_t *p = f->pcap ? f->pcap : f->dead;

	if (!bpf)
		return true;
	if (pcap_compile(p, &f->filter, bpf, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		snprintf(err, err_len, "packet filter \"%s\": %s", bpf,
		    pcap_geterr(p));
		return false;
	}
	f->has_filter = true;
	return true;
}

static void pcap_file_close(void *self);

static void *
pcap_file_open(const char *source, const struct capture_conf *conf, char *err,
    size_t err_len)
{
	struct pcap_file *f = xcalloc(1, sizeof(*f));

	f->conf = conf;
	f->buf = xcalloc(1, BUFFER_BYTES);
	if (!open_fd(f, source, err, err_len) ||
	    !read_head(f, err, err_len))
		goto bad;
	if (is_classic(f) ? !open_classic(f, err, err_len) :
	    !open_other(f, err, err_len))
		goto bad;
	if (!f->snaplen || f->snaplen > LIM_SNAPLEN_MAX)
		f->snaplen = LIM_SNAPLEN_MAX;
	if (!set_filter(f, conf->bpf, err, err_len))
		goto bad;
	return f;
bad:
	pcap_file_close(f);
	return NULL;
}

/* Moves what is left to the front and reads on. One read() only, so that a
 * pipe's packets are handed over as they come. -1 with errno. */
static int
fill(struct pcap_file *f)
{
	ssize_t n;

	memmove(f->buf, f->buf + f->at, f->filled - f->at);
	f->filled -= f->at;
	f->at = 0;
	n = read(f->fd, f->buf + f->filled, BUFFER_BYTES - f->filled);
	if (n == -1)
		return errno == EINTR ? 0 : -1;
	f->eof = n == 0;
	f->filled += (size_t)n;
	f->n_read += (uint64_t)n;
	return 0;
}

enum next_result { NEXT_FRAME, NEXT_SKIPPED, NEXT_MORE, NEXT_BAD };

/* The next record of the buffer; NEXT_MORE when it is not all there. */
static enum next_result
next_record(struct pcap_file *f, struct frame *out)
{
	uint8_t *h = f->buf + f->at;
	size_t left = f->filled - f->at;
	uint32_t caplen, fraction;

	if (left < RECORD_HEADER)
		return NEXT_MORE;
	caplen = get32(f, h + 8);
	if (caplen > LIM_SNAPLEN_MAX)
		return NEXT_BAD;
	if (left - RECORD_HEADER < caplen)
		return NEXT_MORE;
	f->at += RECORD_HEADER + caplen;
	fraction = get32(f, h + 4);
	*out = (struct frame){
		.data = h + RECORD_HEADER,
		.room = h + RECORD_HEADER,
		/* as libpcap: no more than the file says it holds */
		.caplen = caplen < f->snaplen ? caplen : f->snaplen,
		.wirelen = get32(f, h + 12),
		.ts = mtime_make(get32(f, h), 0),
	};
	out->ts.ns += (uint64_t)fraction * (f->nanoseconds ? 1 : 1000);
	if (out->wirelen < out->caplen)
		out->wirelen = out->caplen;
	if (f->has_filter) {
		struct pcap_pkthdr hdr = { .caplen = out->caplen,
			.len = out->wirelen };

		if (!pcap_offline_filter(&f->filter, &hdr, out->data))
			return NEXT_SKIPPED;
	}
	return NEXT_FRAME;
}

static enum capture_status
batch_classic(struct pcap_file *f, struct frame *frames, unsigned n,
    unsigned *got, char *err, size_t err_len)
{
	for (;;) {
		/* a frame handed out must not move: read on only when there
		 * is none */
		enum next_result r = NEXT_SKIPPED;

		while (*got < n && r != NEXT_MORE && r != NEXT_BAD) {
			r = next_record(f, &frames[*got]);
			*got += r == NEXT_FRAME;
		}
		if (*got)
			return CAPTURE_FRAMES;
		if (r == NEXT_BAD) {
			snprintf(err, err_len, "%s: the record at byte %llu is "
			    "damaged (it claims more than %d bytes); read up "
			    "to there", f->name, (unsigned long long)
			    (f->n_read - (f->filled - f->at)),
			    LIM_SNAPLEN_MAX);
			return CAPTURE_ERROR;
		}
		if (f->eof) {
			f->truncated = f->filled != f->at;
			return CAPTURE_END;
		}
		if (!wait_readable(f))
			return CAPTURE_IDLE;
		if (fill(f) == -1) {
			snprintf(err, err_len, "cannot read the capture %s: %s",
			    f->name, strerror(errno));
			return CAPTURE_ERROR;
		}
	}
}

/* libpcap's timeval holds nanoseconds: it was opened that way. */
static struct mtime
stamp(const struct pcap_pkthdr *h)
{
	return (struct mtime){ (uint64_t)h->ts.tv_sec * 1000000000u +
	    (uint64_t)h->ts.tv_usec };
}

static enum capture_status
batch_other(struct pcap_file *f, struct frame *frames, unsigned n,
    unsigned *got, char *err, size_t err_len)
{
	f->at = 0;
	while (*got < n && !f->ended) {
		struct pcap_pkthdr *h = f->pending;
		const u_char *data = f->pending_data;
		uint32_t caplen;

		if (!h) {
			int r = pcap_next_ex(f->pcap, &h, &data);

			if (r != 1) {
				f->ended = r;
				break;
			}
		}
		f->pending = NULL;
		if (f->has_filter && !pcap_offline_filter(&f->filter, h, data))
			continue;
		caplen = h->caplen < LIM_SNAPLEN_MAX ? h->caplen :
		    LIM_SNAPLEN_MAX;
		if (caplen > BUFFER_BYTES - f->at) {
			f->pending = h;
			f->pending_data = data;
			break;
		}
		memcpy(f->buf + f->at, data, caplen);
		frames[(*got)++] = (struct frame){ .data = f->buf + f->at,
			.room = f->buf + f->at,
			.caplen = caplen,
			.wirelen = h->len < caplen ? caplen : h->len,
			.ts = stamp(h) };
		f->at += caplen;
	}
	if (*got)
		return CAPTURE_FRAMES; /* an error shows at the next call */
	if (f->ended == PCAP_ERROR_BREAK)
		return CAPTURE_END;
	if (strstr(pcap_geterr(f->pcap), "truncated")) {
		f->truncated = true;
		return CAPTURE_END;
	}
	snprintf(err, err_len, "%s: %s", f->name, pcap_geterr(f->pcap));
	return CAPTURE_ERROR;
}

static enum capture_status
pcap_file_batch(void *self, struct frame *frames, unsigned n, unsigned *got,
    char *err, size_t err_len)
{
	struct pcap_file *f = self;
	enum capture_status s;

	*got = 0;
	s = f->pcap ? batch_other(f, frames, n, got, err, err_len) :
	    batch_classic(f, frames, n, got, err, err_len);
	f->n_frames += *got;
	for (unsigned i = 0; i < *got; i++)
		f->n_bytes += frames[i].caplen;
	return s;
}

static void
pcap_file_stats(void *self, struct capture_stats *out)
{
	const struct pcap_file *f = self;

	*out = (struct capture_stats){ .received = f->n_frames,
		.bytes = f->n_bytes, .truncated = f->truncated };
}

static int
pcap_file_dlt(void *self, uint32_t iface)
{
	const struct pcap_file *f = self;

	(void)iface;
	return f->dlt;
}

static const char *
pcap_file_iface_name(void *self, uint32_t iface)
{
	(void)self;
	(void)iface;
	return NULL;
}

static void
pcap_file_progress(void *self, uint64_t *at, uint64_t *size)
{
	const struct pcap_file *f = self;

	*at = f->n_read;
	*size = f->size;
}

static void
pcap_file_close(void *self)
{
	struct pcap_file *f = self;

	if (f->has_filter)
		pcap_freecode(&f->filter);
	if (f->pcap)
		pcap_close(f->pcap);
	if (f->dead)
		pcap_close(f->dead);
	if (f->fd != -1 && !f->is_stdin)
		close(f->fd);
	free(f->buf);
	free(f->name);
	free(f);
}

bool
capture_check_filter(const char *bpf, char *err, size_t err_len)
{
	static const int dlts[] = { DLT_IEEE802_11, DLT_PFLOG, DLT_RAW,
		DLT_EN10MB };
	struct bpf_program filter;
	bool ok = !bpf;

	/* the last one's message is what most captures would say */
	for (unsigned i = 0; i < ARRAY_LEN(dlts) && !ok; i++) {
		pcap_t *p = pcap_open_dead(dlts[i], LIM_SNAPLEN_MAX);

		if (!p)
			return true; /* the first capture will say it */
		ok = pcap_compile(p, &filter, bpf, 0,
		    PCAP_NETMASK_UNKNOWN) == 0;
		if (ok)
			pcap_freecode(&filter);
		else
			snprintf(err, err_len, "packet filter \"%s\": %s", bpf,
			    pcap_geterr(p));
		pcap_close(p);
	}
	return ok;
}

const struct capture_ops capture_pcap_file = {
	.name = "pcap_file",
	.help = "capture files, pcap and pcapng (-r and the --pcap- options)",
	.open = pcap_file_open,
	.batch = pcap_file_batch,
	.verdict = NULL,
	.stats = pcap_file_stats,
	.dlt = pcap_file_dlt,
	.iface_name = pcap_file_iface_name,
	.progress = pcap_file_progress,
	.close = pcap_file_close,
};
