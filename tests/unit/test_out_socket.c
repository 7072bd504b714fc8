/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alert_syslog and alert_unixsock, read at the other end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/xalloc.h"
#include "output/output.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;
static struct outputs *os;
static char received[70000];

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
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

static int
reader(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", dir.path, name);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static size_t
receive(int fd)
{
	ssize_t n = recv(fd, received, sizeof(received) - 1, 0);

	assert_true(n > 0);
	received[n] = '\0';
	return (size_t)n;
}

static void
add_syslog(const char *words)
{
	char *args = xasprintf("%s socket=%s/log", words, dir.path), err[256];

	assert_true(outputs_add(os, &out_alert_syslog, text_of(args), 0, err,
	    sizeof(err)));
	free(args);
}

/* The message behind <PRI> and "Mmm dd hh:mm:ss ". */
static const char *
message(int pri)
{
	char want[16];
	int n = snprintf(want, sizeof(want), "<%d>", pri);

	assert_int_equal(strncmp(received, want, (size_t)n), 0);
	assert_int_equal(received[n + 3], ' ');
	assert_int_equal(received[n + 6], ' ');
	assert_int_equal(received[n + 9], ':');
	assert_int_equal(received[n + 15], ' ');
	return received + n + 16;
}

static void
test_syslog(void **state)
{
	static struct made m;
	int fd = reader("log");

	(void)state;
	add_syslog("");
	make_tcp(&m);
	outputs_write(os, &m.r);
	receive(fd);
	/* LOG_AUTH (4) and LOG_INFO (6) */
	assert_string_equal(message(4 * 8 + 6), "snort: [1:1000001:3] LOCAL "
	    "suspicious thing [Classification: Potentially Bad Traffic] "
	    "[Priority: 2] {TCP} 192.0.2.10:51514 -> 198.51.100.7:80");
	conf.with_interface = true;
	m.r.event.priority = 0;
	m.r.event.class_text = TEXT("");
	outputs_write(os, &m.r);
	receive(fd);
	assert_string_equal(message(38), "snort: [1:1000001:3] LOCAL "
	    "suspicious thing <eth0> {TCP} 192.0.2.10:51514 -> "
	    "198.51.100.7:80");
	make_arp(&m);
	outputs_write(os, &m.r);
	receive(fd);
	assert_string_equal(message(38), "snort: LOCAL suspicious thing");
	assert_int_equal(outputs_lost(os), 0);
	close(fd);
}

static void
test_syslog_words(void **state)
{
	static struct made m;
	int fd = reader("log");
	char want[64];

	(void)state;
	add_syslog("LOG_LOCAL3 | log_alert LOG_PID|LOG_NDELAY nonsense");
	make_icmp6(&m);
	outputs_write(os, &m.r);
	receive(fd);
	snprintf(want, sizeof(want), "snort[%d]: [1:1000001:3] LOCAL ",
	    (int)getpid());
	assert_int_equal(strncmp(message(19 * 8 + 1), want, strlen(want)), 0);
	assert_non_null(strstr(received,
	    "{IPV6-ICMP} 2001:db8::1 -> 2001:db8::2"));
	close(fd);
}

/* No daemon yet, then one, then another: nothing ends, losses are counted. */
static void
test_syslog_daemon_comes_and_goes(void **state)
{
	static struct made m;
	char *path = xasprintf("%s/log", dir.path);
	int fd;

	(void)state;
	add_syslog("");
	make_udp(&m);
	outputs_write(os, &m.r);
	assert_int_equal(outputs_lost(os), 1);
	fd = reader("log");
	outputs_write(os, &m.r);
	receive(fd);
	close(fd);
	unlink(path);
	fd = reader("log");
	outputs_write(os, &m.r);
	receive(fd);
	assert_int_equal(outputs_lost(os), 1);
	/* nobody reads: full, and not waited for */
	for (unsigned i = 0; i < 10000; i++)
		outputs_write(os, &m.r);
	assert_true(outputs_lost(os) > 1);
	close(fd);
	free(path);
}

static uint32_t
u32_at(size_t off)
{
	uint32_t v;

	memcpy(&v, received + off, sizeof(v));
	return v;
}

static void
test_unixsock(void **state)
{
	static struct made m;
	char err[256];
	int fd;

	(void)state;
	assert_true(outputs_add(os, &out_alert_unixsock, TEXT(""), 0, err,
	    sizeof(err)));
	make_tcp(&m);
	outputs_write(os, &m.r); /* no reader */
	assert_int_equal(outputs_lost(os), 1);
	fd = reader("snort_alert");
	outputs_write(os, &m.r);
	assert_int_equal(receive(fd), 65864);
	assert_string_equal(received, "LOCAL suspicious thing");
	assert_int_equal(u32_at(256), 1710408413);
	assert_int_equal(u32_at(260), 589793);
	assert_int_equal(u32_at(264), 86);
	assert_int_equal(u32_at(268), 86);
	assert_int_equal(u32_at(272), 0);
	assert_int_equal(u32_at(276), 14);
	assert_int_equal(u32_at(280), 34);
	assert_int_equal(u32_at(284), 66);
	assert_int_equal(u32_at(288), 0);
	assert_memory_equal(received + 292, m.frame, 86);
	assert_int_equal(u32_at(65828), 1);
	assert_int_equal(u32_at(65832), 1000001);
	assert_int_equal(u32_at(65836), 3);
	assert_int_equal(u32_at(65840), 5);
	assert_int_equal(u32_at(65844), 2);
	assert_int_equal(u32_at(65848), 7);
	assert_int_equal(u32_at(65852), 7);
	assert_int_equal(u32_at(65856), 0);
	/* a shorter packet leaves nothing of the one before */
	make_arp(&m);
	outputs_write(os, &m.r);
	receive(fd);
	assert_int_equal(u32_at(276), 0);
	assert_int_equal(u32_at(288), 2);
	assert_int_equal(received[292 + 60], 0);
	assert_int_equal(outputs_lost(os), 1);
	close(fd);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_syslog),
		TEST(test_syslog_words),
		TEST(test_syslog_daemon_comes_and_goes),
		TEST(test_unixsock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
