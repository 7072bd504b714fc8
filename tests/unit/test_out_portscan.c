/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "output/output.h"
#include "tests/tools/record_make.h"

static const char counts[] = "Priority Count: 5\nConnection Count: 6\n"
    "IP Count: 1\nScanner IP Range: 10.1.1.1:10.1.1.1\n"
    "Port/Proto Count: 6\nPort/Proto Range: 1:6\n";
static const char open_port[] = "Open Port: 7\n";

static struct tmp_dir dir;
static struct out_conf conf;
static struct made made[3];
static const struct record *records[3];

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
	for (unsigned i = 0; i < 3; i++) {
		make_fragment(&made[i]);
		made[i].r.event.msg = TEXT("scan");
		records[i] = &made[i].r;
	}
	/* a scan, something else, and an open port of that scan */
	made[0].r.event.gid = made[2].r.event.gid = 122;
	made[0].r.event.event_id = made[2].r.event.event_ref = 3;
	made[0].r.pkt.payload = slice_make((const uint8_t *)counts,
	    sizeof(counts) - 1);
	made[2].r.pkt.payload = slice_make((const uint8_t *)open_port,
	    sizeof(open_port) - 1);
	made[2].r.kind = RECORD_LOG;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tmp_dir_remove(&dir);
	return 0;
}

static void
test_scan_and_open_port(void **state)
{
	size_t len;
	char *text = written(&conf, &dir, "log_portscan", "ps.txt", "ps.txt",
	    &len, records, 3);
	const char *second;

	(void)state;
	assert_memory_equal(text, "Time: ", 6);
	assert_non_null(strstr(text, " \nevent_id: 3\n"));
	assert_non_null(strstr(text, " scan\nPriority Count: 5\n"));
	assert_non_null(strstr(text, "Scanner IP Range: "));
	assert_non_null(strstr(text, "Port/Proto Range: 1:6\n\nTime: "));
	second = strstr(text, " \nevent_ref: 3\n");
	assert_non_null(second);
	assert_non_null(strstr(second, " scan\nOpen Port: 7\n\n"));
	assert_null(strstr(second, "Time: "));
	free(text);
}

/* Addresses that are hidden are not in the text either. */
static void
test_hidden_addresses(void **state)
{
	size_t len;
	char *text;

	(void)state;
	conf.obfuscate = true;
	text = written(&conf, &dir, "log_portscan", "ps.txt", "ps.txt", &len,
	    records, 3);
	assert_null(strstr(text, "IP Range"));
	assert_null(strstr(text, "10.1.1.1"));
	assert_non_null(strstr(text, "IP Count: 1\nPort/Proto Count: 6\n"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scan_and_open_port, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_hidden_addresses, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
