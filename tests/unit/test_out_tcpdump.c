/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "core/xalloc.h"
#include "output/output.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;
static struct outputs *os;
static char err[PCAP_ERRBUF_SIZE];

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .dlt = DLT_EN10MB,
		.snaplen = 1514, .nostamps = true };
	os = outputs_new(&conf);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	outputs_free(os);
	tmp_dir_remove(&dir);
	return 0;
}

static void
add(const char *args)
{
	if (!outputs_add(os, &out_log_tcpdump, text_of(args), 0, err,
	    sizeof(err)))
		fail_msg("%s", err);
}

static void
test_libpcap_reads_it(void **state)
{
	static struct made m[2];
	struct pcap_pkthdr *h;
	const u_char *bytes;
	char *path = xasprintf("%s/snort.log", dir.path);
	pcap_t *p;

	(void)state;
	add("");
	make_tcp(&m[0]);
	make_udp(&m[1]);
	m[1].r.pkt.wirelen = 9000;
	outputs_write(os, &m[0].r);
	outputs_write(os, &m[1].r);
	outputs_flush(os);
	p = pcap_open_offline(path, err);
	assert_non_null(p);
	assert_int_equal(pcap_datalink(p), DLT_EN10MB);
	assert_int_equal(pcap_next_ex(p, &h, &bytes), 1);
	assert_int_equal(h->ts.tv_sec, 1710408413);
	assert_int_equal(h->ts.tv_usec, 589793); /* nanoseconds are cut */
	assert_int_equal(h->caplen, m[0].r.pkt.raw.len);
	assert_int_equal(h->len, m[0].r.pkt.wirelen);
	assert_memory_equal(bytes, m[0].frame, h->caplen);
	assert_int_equal(pcap_next_ex(p, &h, &bytes), 1);
	assert_int_equal(h->len, 9000);
	assert_memory_equal(bytes, m[1].frame, h->caplen);
	assert_int_equal(pcap_next_ex(p, &h, &bytes), -2);
	pcap_close(p);
	free(path);
}

static void
test_header_bytes(void **state)
{
	const uint32_t magic = 0xa1b2c3d4, rest[] = { 0, 0, 65535, 101 };
	const uint16_t version[] = { 2, 4 };
	static struct made m;
	size_t len;
	char *file;

	(void)state;
	conf.dlt = 12; /* DLT_RAW at run time, LINKTYPE_RAW in files */
	add("raw");
	make_udp(&m);
	m.r.pkt.dlt = 12;
	outputs_write(os, &m.r);
	outputs_flush(os);
	file = tmp_dir_read(&dir, "raw", &len);
	assert_memory_equal(file, &magic, 4);
	assert_memory_equal(file + 4, version, 4);
	assert_memory_equal(file + 8, rest, 16);
	free(file);
}

static void
test_stamp_and_removal(void **state)
{
	static struct made m;

	(void)state;
	conf.nostamps = false;
	add("a.log 1M");
	add("b.log");
	assert_int_equal(tmp_dir_count(&dir, "a.log."), 1);
	make_udp(&m);
	outputs_free(os);
	os = outputs_new(&conf);
	assert_int_equal(tmp_dir_count(&dir, ""), 0); /* nothing was logged */
	add("a.log");
	outputs_write(os, &m.r);
	outputs_free(os);
	os = outputs_new(&conf);
	assert_int_equal(tmp_dir_count(&dir, "a.log."), 1);
}

/* A capture file has one link type. */
static void
test_another_link_type(void **state)
{
	static struct made m;

	(void)state;
	conf.nostamps = false;
	add("x");
	make_udp(&m);
	outputs_write(os, &m.r);
	m.r.pkt.dlt = DLT_LINUX_SLL;
	outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(tmp_dir_count(&dir, "x."), 2);
	assert_int_equal(outputs_lost(os), 0);
}

/* Two runs begun in one second, then one with another link type. */
static void
test_same_second(void **state)
{
	static struct made m;
	size_t len;
	char *text;

	(void)state;
	conf.nostamps = false;
	add("x");
	add("x");
	make_udp(&m);
	outputs_write(os, &m.r);
	outputs_flush(os);
	/* a second between the two parts them: then there is nothing to see */
	if (tmp_dir_count(&dir, "x.") == 1) {
		text = tmp_dir_read(&dir, "x.*", &len);
		assert_int_equal(len, 24 + 2 * (16 + 46));
		free(text);
	}
	outputs_free(os);
	conf.dlt = DLT_LINUX_SLL;
	os = outputs_new(&conf);
	add("x");
	assert_true(tmp_dir_count(&dir, "x.") >= 2);
	outputs_free(os); /* its file goes, the others stay */
	os = outputs_new(&conf);
	assert_true(tmp_dir_count(&dir, "x.") >= 1);
}

static void
test_limit(void **state)
{
	static struct made m;

	(void)state;
	conf.nostamps = false;
	add("x 1K");
	make_tcp(&m); /* 102 bytes in the file: 9 fit */
	sleep(1);     /* a file lives for a second at least */
	for (unsigned i = 0; i < 10; i++)
		outputs_write(os, &m.r);
	outputs_flush(os);
	assert_int_equal(tmp_dir_count(&dir, "x."), 2);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_libpcap_reads_it),
		TEST(test_header_bytes),
		TEST(test_stamp_and_removal),
		TEST(test_another_link_type),
		TEST(test_same_second),
		TEST(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
