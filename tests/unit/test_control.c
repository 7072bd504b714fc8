/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket, spoken to as by anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sensor/control.h"

enum { ANSWER_MAX = 1 << 20, TURNS = 2000 };

static char dir[] = "/tmp/test_control.XXXXXX", path[64];
static struct block_conf conf;
static struct control *control;
static struct blocks *bs;
static struct mtime now;
static char answer[ANSWER_MAX];

static int
setup(void **state)
{
	char err[256];

	(void)state;
	now = mtime_make(1000000, 0);
	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/socket", dir);
	conf = block_conf_default();
	conf.max_seconds = 0;
	/* a dry run: the kernel has no part in it */
	bs = blocks_new(&conf, NULL, NULL, NULL, NULL, now, err, sizeof(err));
	control = control_open(path, -1, -1, err, sizeof(err));
	return !bs || !control;
}

static int
teardown(void **state)
{
	struct stat st;

	(void)state;
	control_close(control);
	blocks_free(bs);
	return lstat(path, &st) == 0 || rmdir(dir) == -1;
}

static int
dial(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

/* All that is answered until the sensor hangs up; false: it does not. */
static bool
hear(int fd)
{
	size_t len = 0;

	for (unsigned i = 0; i < TURNS; i++) {
		ssize_t n;

		control_serve(control, bs, now, false);
		n = recv(fd, answer + len, ANSWER_MAX - 1 - len, 0);
		if (n == 0) {
			answer[len] = '\0';
			close(fd);
			return true;
		}
		if (n > 0)
			len += (size_t)n;
	}
	return false;
}

static const char *
say(const char *request)
{
	int fd = dial();

	assert_int_equal(send(fd, request, strlen(request), 0),
	    strlen(request));
	assert_true(hear(fd));
	return answer;
}

static void
test_commands(void **state)
{
	(void)state;
	assert_non_null(strstr(say("list\n"), "ok\n"));
	assert_non_null(strstr(answer, "0 blocks of at most"));
	assert_non_null(strstr(say("add 192.0.2.1 5 min\n"), "is blocked"));
	assert_non_null(strstr(say("add json 2001:db8::1\n"),
	    "\"address\":\"2001:db8::1\""));
	assert_non_null(strstr(say("list\n"), "\n192.0.2.1 "));
	assert_non_null(strstr(answer, "2 blocks"));
	assert_non_null(strstr(answer, "\n.\n"));
	assert_non_null(strstr(say("list json\n"), "\"count\":2"));
	assert_non_null(strstr(say("explain 192.0.2.1\n"), "by_hand"));
	assert_non_null(strstr(say("explain 192.0.2.9\n"), "is not blocked"));
	assert_non_null(strstr(say("explain json 127.0.0.1\n"),
	    "\"never_block\":true"));
	assert_non_null(strstr(say("add 127.0.0.1\n"), "error\n"));
	assert_non_null(strstr(say("add 192.0.2.1 soon\n"), "error\n"));
	assert_non_null(strstr(say("del 192.0.2.1\n"), "1 blocks were"));
	assert_non_null(strstr(say("del 192.0.2.1\n"), "is not blocked"));
	assert_non_null(strstr(say("flush json\n"), "\"unblocked\":1"));
	assert_non_null(strstr(say("where\n"), "error\n"));
	assert_int_equal(blocks_count(bs), 0);
}

static void
test_odd(void **state)
{
	static char more[LIM_CONTROL_LINE + 10];
	int fds[LIM_CONTROL_CLIENTS + 4];
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_non_null(strstr(say("\n"), "error\n"));
	assert_non_null(strstr(say("nonsense\n"), "error\n"));
	assert_non_null(strstr(say("add\n"), "error\n"));
	assert_non_null(strstr(say("add 1.2.3.4.5\n"), "error\n"));
	memset(more, 'a', sizeof(more));
	fd = dial();
	assert_true(send(fd, more, sizeof(more), 0) > 0);
	assert_true(hear(fd));
	assert_non_null(strstr(answer, "too long"));
	/* byte by byte */
	fd = dial();
	for (const char *s = "list\n"; *s; s++) {
		assert_int_equal(send(fd, s, 1, 0), 1);
		control_serve(control, bs, now, false);
	}
	assert_true(hear(fd));
	assert_non_null(strstr(answer, "0 blocks"));
	/* who says nothing, or goes, is in nobody's way */
	fd = dial();
	control_serve(control, bs, now, false);
	close(fd);
	control_serve(control, bs, now, false);
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = dial();
		control_serve(control, bs, now, false);
	}
	assert_true(hear(fds[ARRAY_LEN(fds) - 1]));
	assert_non_null(strstr(answer, "too many"));
	for (unsigned i = 0; i + 1 < ARRAY_LEN(fds); i++)
		close(fds[i]);
	control_serve(control, bs, now, false);
	assert_non_null(strstr(say("list\n"), "0 blocks"));
}

/* A long list comes whole, a part at a time. */
static void
test_long(void **state)
{
	char detail[BLOCK_DETAIL_MAX];
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct ipaddr a = { 4, { 11, 0, (uint8_t)(i >> 8),
			(uint8_t)i } };

		assert_int_equal(block_add(bs, &a, 100, now, detail),
		    BLOCK_WOULD_BLOCK);
	}
	say("list\n");
	for (const char *s = answer; *s; s++)
		lines += *s == '\n';
	assert_int_equal(lines, 3000 + 4);
	assert_non_null(strstr(answer, "3000 blocks"));
	say("flush\n");
	assert_int_equal(blocks_count(bs), 0);
}

static void
test_place(void **state)
{
	char err[256], name[128];
	struct control *c;
	FILE *f;

	(void)state;
	/* one that answers is not put away, nor what is no socket */
	assert_null(control_open(path, -1, -1, err, sizeof(err)));
	assert_non_null(strstr(err, "another sensor"));
	snprintf(name, sizeof(name), "%s/file", dir);
	f = fopen(name, "w");
	fclose(f);
	assert_null(control_open(name, -1, -1, err, sizeof(err)));
	assert_non_null(strstr(err, "is no socket"));
	unlink(name);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(control_open(name, -1, -1, err, sizeof(err)));
	assert_non_null(strstr(err, "too long"));
	assert_null(control_open("/nowhere/at/all", -1, -1, err,
	    sizeof(err)));
	assert_non_null(strstr(err, "/nowhere/at/all"));
	/* one that nobody listens to any more is */
	snprintf(name, sizeof(name), "%s/old", dir);
	c = control_open(name, -1, -1, err, sizeof(err));
	assert_non_null(c);
	control_close(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_place),
	};

	return cmocka_run_group_tests_name("control", tests, setup, teardown);
}
