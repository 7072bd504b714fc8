/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/slice.h"
#include "sensor/capture/capture.h"

/* A capture file under construction. */
struct maker {
	uint8_t bytes[1 << 16];
	size_t len;
	bool big_endian;
};

static void
put(struct maker *m, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		m->bytes[m->len++] = (uint8_t)(v >>
		    8 * (m->big_endian ? n - 1 - i : i));
}

static void
put_header(struct maker *m, uint32_t magic, uint32_t snaplen, uint32_t dlt)
{
	put(m, magic, 4);
	put(m, 2, 2);
	put(m, 4, 2);
	put(m, 0, 4);
	put(m, 0, 4);
	put(m, snaplen, 4);
	put(m, dlt, 4);
}

static void
put_record(struct maker *m, uint32_t sec, uint32_t fraction, uint32_t caplen,
    uint32_t wirelen, uint8_t fill)
{
	put(m, sec, 4);
	put(m, fraction, 4);
	put(m, caplen, 4);
	put(m, wirelen, 4);
	memset(m->bytes + m->len, fill, caplen);
	m->len += caplen;
}

static char path[] = "/tmp/aduana-test-XXXXXX";

static void
save(const struct maker *m)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(m->bytes, 1, m->len, f), m->len);
	assert_int_equal(fclose(f), 0);
}

/* What reading a file to its end gave. */
struct result {
	bool opened;
	enum capture_status status;
	unsigned n, n_batches;
	struct frame frames[1024]; /* data points into bytes */
	uint8_t bytes[1 << 16];
	size_t len;
	struct capture_stats stats;
	int dlt;
	char err[512];
};

static void
keep(struct result *r, const struct frame *frames, unsigned n)
{
	/* all of a batch is valid together */
	for (unsigned i = 0; i < n; i++) {
		struct frame *f = &r->frames[r->n++];

		*f = frames[i];
		memcpy(r->bytes + r->len, f->data, f->caplen);
		f->data = r->bytes + r->len;
		r->len += f->caplen;
	}
}

static void
read_file(struct result *r, const char *bpf, unsigned batch)
{
	const struct capture_ops *ops = &capture_pcap_file;
	struct capture_conf conf = { .snaplen = 65535, .bpf = bpf,
		.timeout_ms = 1000 };
	struct frame frames[CAPTURE_BATCH];
	void *self;
	unsigned got;

	memset(r, 0, sizeof(*r));
	self = ops->open(path, &conf, r->err, sizeof(r->err));
	if (!self)
		return;
	r->opened = true;
	r->dlt = ops->dlt(self, 0);
	for (;;) {
		r->status = ops->batch(self, frames, batch, &got, r->err,
		    sizeof(r->err));
		assert_true(got <= batch);
		assert_int_equal(r->status == CAPTURE_FRAMES, got > 0);
		keep(r, frames, got);
		if (r->status != CAPTURE_FRAMES)
			break;
		r->n_batches++;
	}
	ops->stats(self, &r->stats);
	ops->close(self);
}

static struct result r;
static struct maker m;

static void
start(bool big_endian)
{
	memset(&m, 0, sizeof(m));
	m.big_endian = big_endian;
}

static void
check_three(uint64_t ns)
{
	assert_true(r.opened);
	assert_int_equal(r.status, CAPTURE_END);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.dlt, 1);
	assert_false(r.stats.truncated);
	assert_int_equal(r.stats.received, 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(r.frames[i].caplen, 60 + i);
		assert_int_equal(r.frames[i].wirelen, 100);
		assert_int_equal(r.frames[i].data[0], i);
		assert_int_equal(r.frames[i].data[59 + i], i);
		assert_int_equal(r.frames[i].ts.ns,
		    (1000 + i) * 1000000000ull + ns);
	}
}

static void
test_classic_formats(void **state)
{
	static const struct {
		uint32_t magic;
		bool big_endian;
		uint32_t fraction;
		uint64_t ns;
	} kinds[] = {
		{ 0xa1b2c3d4, false, 123456, 123456000 },
		{ 0xa1b2c3d4, true, 123456, 123456000 },
		{ 0xa1b23c4d, false, 123456789, 123456789 },
		{ 0xa1b23c4d, true, 123456789, 123456789 },
	};

	(void)state;
	for (unsigned k = 0; k < ARRAY_LEN(kinds); k++) {
		start(kinds[k].big_endian);
		put_header(&m, kinds[k].magic, 65535, 1);
		for (unsigned i = 0; i < 3; i++)
			put_record(&m, 1000 + i, kinds[k].fraction, 60 + i,
			    100, (uint8_t)i);
		save(&m);
		read_file(&r, NULL, CAPTURE_BATCH);
		check_three(kinds[k].ns);
		assert_int_equal(r.n_batches, 1);
		read_file(&r, NULL, 1);
		check_three(kinds[k].ns);
		assert_int_equal(r.n_batches, 3);
	}
}

static void
put_block(struct maker *b, uint32_t type, uint32_t body_len)
{
	put(b, type, 4);
	put(b, body_len + 12, 4);
}

/* pcapng: a section, an interface in nanoseconds, three packets. */
static void
make_pcapng(bool big_endian)
{
	start(big_endian);
	put_block(&m, 0x0a0d0d0a, 16);
	put(&m, 0x1a2b3c4d, 4);
	put(&m, 1, 2);
	put(&m, 0, 2);
	put(&m, UINT64_MAX, 8);
	put(&m, 28, 4);
	put_block(&m, 1, 16);
	put(&m, 1, 2);
	put(&m, 0, 2);
	put(&m, 65535, 4);
	put(&m, 9, 2); /* if_tsresol: 10^-9 */
	put(&m, 1, 2);
	put(&m, big_endian ? 0x09000000u : 9, 4);
	put(&m, 28, 4);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t ts = (1000 + i) * 1000000000ull + 123456789;
		uint32_t len = 60 + i, padded = (len + 3) & ~3u;

		put_block(&m, 6, 20 + padded);
		put(&m, 0, 4);
		put(&m, ts >> 32, 4);
		put(&m, ts & UINT32_MAX, 4);
		put(&m, len, 4);
		put(&m, 100, 4);
		memset(m.bytes + m.len, (int)i, len);
		m.len += padded;
		put(&m, 32 + padded, 4);
	}
}

static void
test_pcapng(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		make_pcapng(big);
		save(&m);
		read_file(&r, NULL, CAPTURE_BATCH);
		check_three(123456789);
		assert_int_equal(r.n_batches, 1);
		read_file(&r, NULL, 2);
		check_three(123456789);
	}
}

static void
test_pcapng_truncated(void **state)
{
	(void)state;
	make_pcapng(false);
	m.len -= 10;
	save(&m);
	read_file(&r, NULL, CAPTURE_BATCH);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.status, CAPTURE_END);
	assert_true(r.stats.truncated);
}

/* Cut at every length: never a frame too many, and it is said. */
static void
test_truncated(void **state)
{
	size_t whole, ends[3];

	(void)state;
	start(false);
	put_header(&m, 0xa1b2c3d4, 65535, 1);
	for (unsigned i = 0; i < 3; i++) {
		put_record(&m, 1000 + i, 0, 20, 20, (uint8_t)i);
		ends[i] = m.len;
	}
	whole = m.len;
	for (size_t len = 0; len <= whole; len++) {
		unsigned want = (unsigned)((len >= ends[0]) + (len >= ends[1]) +
		    (len >= ends[2]));

		m.len = len;
		save(&m);
		read_file(&r, NULL, CAPTURE_BATCH);
		assert_int_equal(r.opened, len >= 24);
		if (!r.opened) {
			assert_non_null(strstr(r.err, "not a capture file"));
			continue;
		}
		assert_int_equal(r.n, want);
		assert_int_equal(r.status, CAPTURE_END);
		assert_int_equal(r.stats.truncated, len != 24 &&
		    len != ends[0] && len != ends[1] && len != ends[2]);
	}
}

static void
test_damaged_record(void **state)
{
	(void)state;
	start(false);
	put_header(&m, 0xa1b2c3d4, 65535, 1);
	put_record(&m, 1, 0, 20, 20, 1);
	put(&m, 2, 4);
	put(&m, 0, 4);
	put(&m, LIM_SNAPLEN_MAX + 1, 4);
	put(&m, 20, 4);
	save(&m);
	read_file(&r, NULL, CAPTURE_BATCH);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.status, CAPTURE_ERROR);
	assert_non_null(strstr(r.err, "byte 60 is damaged"));
}

/* A record longer than the file's own snaplen is cut to it, as libpcap does;
 * a wire length below the captured one is not believed. */
static void
test_lengths_are_lies(void **state)
{
	(void)state;
	start(false);
	put_header(&m, 0xa1b2c3d4, 50, 1);
	put_record(&m, 1, 0, 80, 90, 1);
	put_record(&m, 2, 0, 40, 10, 2);
	put_record(&m, 3, 0, 0, 0, 3);
	save(&m);
	read_file(&r, NULL, CAPTURE_BATCH);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.frames[0].caplen, 50);
	assert_int_equal(r.frames[0].wirelen, 90);
	assert_int_equal(r.frames[1].caplen, 40);
	assert_int_equal(r.frames[1].wirelen, 40);
	assert_int_equal(r.frames[2].caplen, 0);
}

static void
test_not_captures(void **state)
{
	const struct {
		struct text bytes;
		const char *says;
	} files[] = {
		{ TEXT(""), "empty" },
		{ TEXT("\x1f\x8b\x08\x00 and so on and so on"), "zcat" },
		{ TEXT("alert tcp any any -> any any (sid:1;)"),
		    "not a capture file (pcap or pcapng)" },
		{ TEXT("\xd4\xc3\xb2\xa1"), "not a capture file" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(files); i++) {
		start(false);
		memcpy(m.bytes, files[i].bytes.ptr, files[i].bytes.len);
		m.len = files[i].bytes.len;
		save(&m);
		read_file(&r, NULL, CAPTURE_BATCH);
		assert_false(r.opened);
		assert_non_null(strstr(r.err, files[i].says));
	}
}

static void
test_missing_and_folder(void **state)
{
	struct capture_conf conf = { .snaplen = 65535 };
	char err[512];

	(void)state;
	assert_null(capture_pcap_file.open("/nonexistent/x.pcap", &conf, err,
	    sizeof(err)));
	assert_non_null(strstr(err, "No such file"));
	assert_null(capture_pcap_file.open("/tmp", &conf, err, sizeof(err)));
	assert_non_null(strstr(err, "--pcap-dir"));
}

static void
test_filter(void **state)
{
	(void)state;
	start(false);
	put_header(&m, 0xa1b2c3d4, 65535, 1);
	for (unsigned i = 0; i < 600; i++)
		put_record(&m, i, 0, 20, 20 + i % 3, 0);
	save(&m);
	read_file(&r, "greater 22", 7);
	assert_int_equal(r.status, CAPTURE_END);
	assert_int_equal(r.n, 200);
	assert_int_equal(r.frames[199].wirelen, 22);
	read_file(&r, "no such filter", CAPTURE_BATCH);
	assert_false(r.opened);
	assert_non_null(strstr(r.err, "packet filter"));
}

/* More than one buffer's worth, records of all sizes up to the largest. */
static void
test_large_file(void **state)
{
	static uint8_t record[16 + LIM_SNAPLEN_MAX];
	struct capture_conf conf = { .snaplen = 65535 };
	struct frame frames[CAPTURE_BATCH];
	uint32_t n = 0, want = 0;
	char err[512];
	void *self;
	unsigned got;
	FILE *f = fopen(path, "wb");

	(void)state;
	start(false);
	put_header(&m, 0xa1b2c3d4, 0, 1);
	assert_non_null(f);
	fwrite(m.bytes, 1, m.len, f);
	for (uint32_t i = 0; i < 60; i++) {
		uint32_t len = i % 3 ? i * 1000 : LIM_SNAPLEN_MAX - i;

		memcpy(record, &i, 4);
		memcpy(record + 8, &len, 4);
		memcpy(record + 12, &len, 4);
		memset(record + 16, (int)i, len);
		fwrite(record, 1, 16 + len, f);
	}
	fclose(f);
	self = capture_pcap_file.open(path, &conf, err, sizeof(err));
	assert_non_null(self);
	while (capture_pcap_file.batch(self, frames, CAPTURE_BATCH, &got, err,
	    sizeof(err)) == CAPTURE_FRAMES)
		for (unsigned i = 0; i < got; i++, n++) {
			want = n % 3 ? n * 1000 : LIM_SNAPLEN_MAX - n;
			assert_int_equal(frames[i].caplen, want);
			assert_int_equal(mtime_sec(frames[i].ts), n);
			if (want)
				assert_int_equal(frames[i].data[want - 1], n);
		}
	assert_int_equal(n, 60);
	capture_pcap_file.close(self);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classic_formats),
		cmocka_unit_test(test_pcapng),
		cmocka_unit_test(test_pcapng_truncated),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_damaged_record),
		cmocka_unit_test(test_lengths_are_lies),
		cmocka_unit_test(test_not_captures),
		cmocka_unit_test(test_missing_and_folder),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_large_file),
	};
	int fd = mkstemp(path), failed;

	if (fd == -1)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
