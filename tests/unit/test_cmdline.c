/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/cmdline.h"

enum { WORDS_MAX = 64 };

static char err[512];

/* Parses words separated by blanks; the caller releases cl. */
static bool
parse(struct cmdline *cl, const char *line)
{
	static char copy[1024];
	static char program[] = "aduana";
	static char *argv[WORDS_MAX + 2];
	int argc = 0;
	size_t n = strlen(line);

	assert_true(n < sizeof(copy));
	memcpy(copy, line, n + 1);
	argv[argc++] = program;
	for (size_t i = 0; i < n; i++) {
		if (copy[i] == ' ')
			copy[i] = '\0';
		else if (i == 0 || !copy[i - 1])
			argv[argc++] = &copy[i];
		assert_true(argc <= WORDS_MAX);
	}
	argv[argc] = NULL;
	err[0] = '\0';
	return cmdline_parse(cl, argc, argv, err, sizeof(err));
}

static void
refuses(const char *line, const char *says)
{
	struct cmdline cl;

	if (parse(&cl, line))
		fail_msg("%s: was accepted", line);
	if (!strstr(err, says))
		fail_msg("%s: says \"%s\", not \"%s\"", line, err, says);
	cmdline_fini(&cl);
}

static void
accepts(const char *line)
{
	struct cmdline cl;

	if (!parse(&cl, line))
		fail_msg("%s: %s", line, err);
	cmdline_fini(&cl);
}

static void
test_usual_lines(void **state)
{
	struct cmdline cl;

	(void)state;
	assert_true(parse(&cl, "-D -u snort -g snort -c /etc/s.conf -i eth0 "
	    "-l /var/log/s -m 027 -U -y -A fast -k none -S A=1 -S B=2"));
	assert_true(cl.daemon && cl.utc && cl.show_year);
	assert_string_equal(cl.user, "snort");
	assert_string_equal(cl.interface, "eth0");
	assert_string_equal(cl.conf, "/etc/s.conf");
	assert_int_equal(cl.umask, 027);
	assert_int_equal(cl.alert_mode, ALERT_MODE_FAST);
	assert_string_equal(cl.checksum, "none");
	assert_int_equal(cl.n_defines, 2);
	assert_null(cl.bpf);
	cmdline_fini(&cl);

	/* joined letters, an attached argument, a filter at the end */
	assert_true(parse(&cl, "-Tqc x -n5 -r f.pcap tcp and port 80"));
	assert_true(cl.test && cl.quiet);
	assert_int_equal(cl.pkt_count, 5);
	assert_string_equal(cl.bpf, "tcp and port 80");
	assert_true(cl.has_pcaps);
	cmdline_fini(&cl);
}

static void
test_pcap_arguments_keep_their_order(void **state)
{
	struct cmdline cl;

	(void)state;
	assert_true(parse(&cl, "--pcap-filter=*.cap --pcap-dir d --pcap-no-filt"
	    "er --pcap-file=l -r x --pcap-loop 0 --pcap-reset --pcap-show"));
	assert_int_equal(cl.n_pcaps, 5);
	assert_int_equal(cl.pcaps[0].kind, PCAP_ARG_FILTER);
	assert_int_equal(cl.pcaps[1].kind, PCAP_ARG_DIR);
	assert_int_equal(cl.pcaps[2].kind, PCAP_ARG_NO_FILTER);
	assert_int_equal(cl.pcaps[3].kind, PCAP_ARG_FILE);
	assert_int_equal(cl.pcaps[4].kind, PCAP_ARG_SINGLE);
	assert_int_equal(cl.pcap_loop, 0);
	assert_true(cl.pcap_reset && cl.pcap_show);
	cmdline_fini(&cl);
}

/* Snort 2.9.19's letters and long options, with arguments as it takes them:
 * none may be unknown. -J and -Q are for inline. */
static void
test_every_option_of_snort(void **state)
{
	static const char *const lines[] = {
		"-A none -c x", "-b -r x", "-B 10.0.0.0/8 -r x", "-c x", "-C",
		"-d", "-D -c x", "-e", "-E", "-f", "-F file", "-g g",
		"-G 0x12", "-h 10.0.0.0/8", "-H", "-i eth0", "-I", "-k all",
		"-K ascii", "-l .", "-L f", "-m 022", "-M", "-n 10", "-N",
		"-o", "-O", "-p", "-P 1514", "-q", "-r x", "-R suf", "-s",
		"-S a=b", "-t /", "-T -c x", "-u u", "-U", "-v", "-V", "-w",
		"-W", "-x", "-X", "-y", "-z file", "-z est", "-Z file", "-?",
		"--logid 1", "--perfmon-file f", "--snaplen 10", "--version",
		"--help", "--conf-error-out", "--alert-before-pass",
		"--treat-drop-as-alert", "--treat-drop-as-ignore",
		"--process-all-events", "--enable-inline-test",
		"--pid-path d", "--create-pidfile", "--nolock-pidfile",
		"--no-interface-pidfile", "--nostamps",
		"--disable-inline-init-failopen",
		"--disable-attribute-reload-thread", "--pcap-single f",
		"--pcap-file f", "--pcap-list f", "--pcap-dir d",
		"--pcap-filter f -r x", "--pcap-no-filter -r x",
		"--pcap-loop 2 -r x", "--pcap-reset -r x",
		"--pcap-reload -r x", "--pcap-show -r x",
		"-Q -c x", "-Q -c x -r f", "-Q --daq nfq -c x",
		"-Q --daq nfq --daq-mode inline --daq-var queue=0 -c x",
		"-Q --daq dump --daq-var file=f --daq-var load-mode=read-file "
		"-c x -r f", "--daq-mode inline -c x -r f",
		"--search-method ac", "--require-rule-sid", "--daq pcap",
		"--daq-mode passive", "--daq-var buffer_size=1",
		"--daq-dir d", "--daq-list", "--daq-list=d", "--dirty-pig",
		"--cs-dir d", "--ha-peer", "--ha-in f", "--ha-out f",
		"--suppress-config-log", "--dynamic-engine-lib f",
		"--dynamic-engine-lib-dir d", "--dynamic-detection-lib f",
		"--dynamic-detection-lib-dir d",
		"--dynamic-preprocessor-lib f",
		"--dynamic-preprocessor-lib-dir d", "--dynamic-output-lib f",
		"--dynamic-output-lib-dir d", "--dump-dynamic-rules d",
		"--enable-mpls-multicast", "--enable-mpls-overlapping-ip",
		"--max-mpls-labelchain-len 3", "--mpls-payload-type ipv4",
		"--exit-check 1", "--buffer-dump=f", "--buffer-dump-alert=f",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(lines); i++)
		accepts(lines[i]);
}

static void
test_actions(void **state)
{
	static const struct {
		const char *line;
		enum cmdline_action action;
	} lines[] = {
		{ "-V", ACT_VERSION }, { "--version -c x", ACT_VERSION },
		{ "--help", ACT_HELP }, { "-?", ACT_USAGE },
		{ "--list-decoders", ACT_LIST_DECODERS },
		{ "--list-app-protocols", ACT_LIST_APPS },
		{ "--list-options", ACT_LIST_OPTIONS },
		{ "--list-events", ACT_LIST_EVENTS },
		{ "--list-counters", ACT_LIST_COUNTERS },
		{ "--list-outputs", ACT_LIST_OUTPUTS },
		{ "--daq-list", ACT_LIST_CAPTURES },
		{ "-c x -i y", ACT_RUN },
	};
	struct cmdline cl;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(lines); i++) {
		assert_true(parse(&cl, lines[i].line));
		assert_int_equal(cl.action, lines[i].action);
		cmdline_fini(&cl);
	}
}

static void
test_refusals_say_what_to_do(void **state)
{
	(void)state;
	refuses("-Y", "unknown option -Y");
	refuses("--no-such", "--no-such");
	refuses("-c", "-c needs an argument");
	refuses("-n x -r f", "-n x: give a number");
	refuses("-n -1 -r f", "-n -1: give a number");
	refuses("-P 999999 -r f", "from 0 to 262144");
	refuses("-A loud", "-A loud: no such mode");
	refuses("-K loud", "pcap, ascii or none");
	refuses("-k some", "noicmp");
	refuses("-m 999", "octal");
	refuses("-S x", "NAME=VALUE");
	refuses("-S x=1 -S x=2", "given twice");
	refuses("-R ../x", "-R");
	refuses("-h 10.0.0.0/33", "prefix length");
	refuses("-G 0x10000", "0xffff");
	refuses("-T", "-c");
	refuses("-T -c x -D", "exclude each other");
	refuses("-Q --enable-inline-test -c x", "exclude each other");
	refuses("-Q --daq-mode passive -c x", "exclude each other");
	refuses("--daq-mode inline --enable-inline-test -c x",
	    "exclude each other");
	refuses("--on-failure ajar -c x -Q", "open or closed");
	refuses("--fallback ips -c x -Q", "ids or exit");
	refuses("--watchdog -1 -c x -Q", "0 to 3600");
	refuses("--daq-mode tap -c x", "read-file, passive or inline");
	refuses("--daq ipfw -c x -i e", "libpcap");
	refuses("-Q --daq pcap -c x -r f", "NFQUEUE");
	refuses("-Q --daq nfq -c x -r f", "--daq dump");
	refuses("-Q --daq dump -c x", "-r");
	refuses("-i eth0 -r x", "-i and -r exclude each other");
	refuses("--pcap-loop 3 -i eth0", "need captures");
	refuses("--pcap-reset -i eth0", "need captures");
	refuses("-F f -r x tcp", "give one");
	refuses("--daq-var x", "NAME=VALUE");
}

/* Those who come from Snort's afpacket are told what to type instead. */
static void
test_commands_for_the_queue(void **state)
{
	static const char *const said[] = { "afpacket",
		"\n    iptables -t mangle -I FORWARD -j NFQUEUE --queue-num 0 "
		"--queue-bypass\n",
		"\n    ip6tables -t mangle -I FORWARD -j NFQUEUE --queue-num 0 "
		"--queue-bypass\n",
		"\n    aduana -Q --daq nfq --daq-var queue=0 -c my.conf",
		"net.bridge.bridge-nf-call-iptables" };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(said); i++)
		refuses("-Q --daq afpacket -i eth0:eth1 -c my.conf", said[i]);
}

static void
test_what_does_nothing_is_noted(void **state)
{
	struct cmdline cl;

	(void)state;
	assert_true(parse(&cl, "-H --dirty-pig -z stats.txt -r x"));
	assert_int_equal(cl.n_notes, 3);
	assert_string_equal(cl.notes[0].name, "-H");
	assert_string_equal(cl.notes[1].name, "--dirty-pig");
	assert_string_equal(cl.notes[2].name, "-z");
	cmdline_fini(&cl);
}

/* -- winning over the configuration ----------------------------------------- */

/* Applies the command line to settings with these outputs (names separated by
 * blanks) and returns what outputs there are, "name(args)" each. */
static const char *
outputs_after(const char *line, const char *conf_outputs)
{
	static char out[1024];
	struct settings s = settings_default();
	struct text rest = text_of(conf_outputs), name;
	struct cmdline cl;
	struct arena a;
	size_t at = 0;

	arena_init(&a, 0);
	if (!parse(&cl, line))
		fail_msg("%s: %s", line, err);
	while ((name = text_word(&rest)).len) {
		struct output_setting o = { .ops = out_find(name) };

		assert_non_null(o.ops);
		settings_add_output(&s, &a, &o);
	}
	if (!cmdline_apply(&cl, &s, &a, err, sizeof(err)))
		fail_msg("%s: %s", line, err);
	out[0] = '\0';
	for (unsigned i = 0; i < s.n_outputs; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at,
		    "%s%s(%.*s)", i ? " " : "", s.outputs[i].ops->name,
		    TEXT_ARG(s.outputs[i].args));
	cmdline_fini(&cl);
	arena_fini(&a);
	return out;
}

static void
test_outputs(void **state)
{
	static const struct {
		const char *line, *conf, *want;
	} rows[] = {
		/* Snort's defaults where the file names none of a kind */
		{ "-c x", "", "alert_full() log_tcpdump()" },
		{ "-c x", "alert_fast", "alert_fast() log_tcpdump()" },
		{ "-c x", "log_tcpdump", "log_tcpdump() alert_full()" },
		{ "-c x", "unified2", "unified2()" },
		/* the command line removes the file's of the same kind */
		{ "-c x -A fast", "alert_full log_tcpdump",
		    "log_tcpdump() alert_fast()" },
		{ "-c x -A fast", "unified2", "alert_fast() log_tcpdump()" },
		{ "-c x -A console", "alert_full",
		    "alert_fast(stdout) log_tcpdump()" },
		{ "-c x -s", "alert_full", "alert_syslog() log_tcpdump()" },
		{ "-c x -A fast -s -N", "",
		    "alert_fast() alert_syslog()" },
		{ "-c x -b", "log_ascii alert_fast",
		    "alert_fast() log_tcpdump()" },
		{ "-c x -K ascii", "alert_fast", "alert_fast() log_ascii()" },
		{ "-c x -L f.pcap", "alert_fast",
		    "alert_fast() log_tcpdump(f.pcap)" },
		/* and none is none */
		{ "-c x -A none -N", "alert_full log_tcpdump", "" },
		{ "-c x -A none", "alert_full", "log_tcpdump()" },
		{ "-c x -N", "alert_fast log_tcpdump", "alert_fast()" },
		{ "-c x -K none", "alert_fast log_tcpdump", "alert_fast()" },
		{ "-c x -A cmg", "log_tcpdump",
		    "alert_fast(stdout packet)" },
		/* without rules: print, or log what -l, -b, -K, -L say */
		{ "-r x -v", "", "sniffer()" },
		{ "-r x", "", "sniffer()" },
		{ "-r x -l .", "", "log_tcpdump()" },
		{ "-r x -l . -K ascii", "", "log_ascii()" },
		{ "-r x -b", "", "log_tcpdump()" },
		{ "-r x -b -v", "", "sniffer() log_tcpdump()" },
		/* -v shows the packets beside the rules, too */
		{ "-c x -v -A fast -N", "", "sniffer() alert_fast()" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const char *got = outputs_after(rows[i].line, rows[i].conf);

		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s with %s: %s, not %s", rows[i].line,
			    rows[i].conf, got, rows[i].want);
	}
}

/* Every mode of -A has an output in this build. */
static void
test_alert_modes(void **state)
{
	static const char *const lines[] = {
#define ALERT_MODE(ID, name, output, args, help) "-c x -N -A " name,
#include "sensor/alert_modes.def"
#undef ALERT_MODE
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(lines); i++)
		(void)outputs_after(lines[i], "");
}

/* Applies the line to the defaults. */
static struct settings
settle(const char *line)
{
	static struct cmdline cl;
	static struct arena a;
	struct settings s = settings_default();

	cmdline_fini(&cl);
	arena_fini(&a);
	arena_init(&a, 0);
	assert_true(parse(&cl, line));
	assert_true(cmdline_apply(&cl, &s, &a, err, sizeof(err)));
	return s;
}

static unsigned
order_of(const struct settings *s, enum rule_action action)
{
	for (unsigned i = 0; i < s->detect.n_order; i++)
		if (s->detect.order[i] == action)
			return i;
	fail_msg("action %d is not in the order", action);
	return 0;
}

static void
test_settings(void **state)
{
	struct settings s = settle("-c x -r f -A none -N");

	(void)state;
	assert_true(s.dec.csum_ip && s.dec.csum_tcp);
	assert_true(order_of(&s, ACTION_PASS) < order_of(&s, ACTION_ALERT));
	s = settle("-c x -k notcp -A none -N --alert-before-pass -i eth1 -P 96 "
	    "-n 7 -z est -G 3 -U -I --enable-inline-test --rule-cache /c");
	assert_true(s.dec.csum_ip && !s.dec.csum_tcp && s.dec.csum_udp);
	assert_int_equal(order_of(&s, ACTION_PASS),
	    order_of(&s, ACTION_ALERT) + 1);
	assert_string_equal(s.interface, "eth1");
	assert_int_equal(s.snaplen, 96);
	assert_int_equal(s.pkt_count, 7);
	assert_true(s.stateful && s.out.utc && s.out.with_interface);
	assert_int_equal(s.event_id_base, 0x30000);
	assert_int_equal(s.policy, POLICY_INLINE_TEST);
	assert_string_equal(s.detect.cache_dir, "/c");
	s = settle("-c x -k none -A none -N");
	assert_false(s.dec.csum_ip || s.dec.csum_tcp || s.dec.csum_udp ||
	    s.dec.csum_icmp);
	(void)settle("-A none -N");
}

/* Where packets come from and what policy_mode says decide together. */
static void
test_enforcement(void **state)
{
	static const struct {
		const char *line;
		enum policy_mode policy; /* of the file */
		const char *daq, *mode;  /* likewise */
		bool is_inline;
		enum enforcement enforce;
	} rows[] = {
		{ "-c x -r f", POLICY_UNSET, NULL, NULL, false,
		    ENFORCE_NOTHING },
		{ "-c x -r f", POLICY_INLINE, NULL, NULL, false,
		    ENFORCE_NOTHING },
		{ "-c x -r f", POLICY_INLINE, "nfq", "inline", false,
		    ENFORCE_NOTHING },
		{ "-c x -r f", POLICY_INLINE, "dump", "inline", true,
		    ENFORCE_ALL },
		{ "-c x -r f", POLICY_INLINE_TEST, NULL, NULL, false,
		    ENFORCE_TEST },
		{ "-c x -r f --enable-inline-test", POLICY_TAP, NULL, NULL,
		    false, ENFORCE_TEST },
		{ "-c x -Q -r f", POLICY_UNSET, NULL, NULL, true, ENFORCE_ALL },
		{ "-c x -Q -r f", POLICY_TAP, "nfq", "inline", true,
		    ENFORCE_NOTHING },
		{ "-c x -Q -r f", POLICY_INLINE_TEST, NULL, NULL, true,
		    ENFORCE_TEST },
		{ "-c x -Q", POLICY_INLINE, "nfq", NULL, true, ENFORCE_ALL },
		{ "-c x", POLICY_INLINE, "nfq", "inline", true, ENFORCE_ALL },
		{ "-c x -i e --daq-mode passive", POLICY_INLINE, "nfq",
		    "inline", false, ENFORCE_NOTHING },
	};
	struct cmdline cl;
	struct arena a;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = settings_default();

		s.policy = rows[i].policy;
		s.daq = rows[i].daq;
		s.daq_mode = rows[i].mode;
		arena_init(&a, 0);
		assert_true(parse(&cl, rows[i].line));
		assert_true(cmdline_apply(&cl, &s, &a, err, sizeof(err)));
		assert_int_equal(s.inline_source, rows[i].is_inline);
		assert_int_equal(s.enforce, rows[i].enforce);
		cmdline_fini(&cl);
		arena_fini(&a);
	}
}

/* One word for all that fails; what the configuration says of a point stands,
 * and the command line's word wins. */
static void
test_failure(void **state)
{
	static const struct {
		const char *line;
		enum on_failure file, is; /* the file's, and what is in force */
		enum policy_action action; /* of a point that is not named */
	} rows[] = {
		{ "-c x -Q", FAILURE_UNSET, FAILURE_UNSET, POLICY_ACT_PASS },
		{ "-c x -Q", FAILURE_CLOSED, FAILURE_CLOSED, POLICY_ACT_DROP },
		{ "-c x -Q --on-failure open", FAILURE_CLOSED, FAILURE_OPEN,
		    POLICY_ACT_PASS },
		{ "-c x -Q --on-failure closed", FAILURE_OPEN, FAILURE_CLOSED,
		    POLICY_ACT_DROP },
		{ "-c x -i e --on-failure closed", FAILURE_UNSET,
		    FAILURE_CLOSED, POLICY_ACT_PASS },
	};
	struct cmdline cl;
	struct arena a;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = settings_default();

		s.on_failure = rows[i].file;
		s.track.policy.named = POLICY_BIT(POLICY_STREAM_MEMCAP);
		s.track.policy.action[POLICY_STREAM_MEMCAP] =
		    POLICY_ACT_BYPASS;
		arena_init(&a, 0);
		assert_true(parse(&cl, rows[i].line));
		assert_int_equal(cl.watchdog, -1);
		assert_true(cmdline_apply(&cl, &s, &a, err, sizeof(err)));
		assert_int_equal(s.on_failure, rows[i].is);
		for (unsigned k = 0; k < POLICY_POINTS; k++)
			assert_int_equal(s.track.policy.action[k],
			    k == POLICY_STREAM_MEMCAP ? POLICY_ACT_BYPASS :
			    rows[i].action);
		cmdline_fini(&cl);
		arena_fini(&a);
	}
}

static void
test_fallback(void **state)
{
	struct settings s = settle("-c x -Q");

	(void)state;
	assert_false(s.fallback_exit);
	assert_null(s.fallback_interface);
	s = settle("-c x -Q --fallback exit --fallback-interface br0:br1");
	assert_true(s.fallback_exit);
	assert_string_equal(s.fallback_interface, "br0:br1");
}

static void
test_inline_is_refused(void **state)
{
	static const struct {
		const char *line, *daq, *mode, *said;
	} rows[] = {
		{ "-c x -Q", "afpacket", NULL, "NFQUEUE" },
		{ "-c x", "afpacket", "inline", "NFQUEUE" },
		{ "-c x -Q -r f", NULL, "passive", "exclude each other" },
		{ "-c x -r f --daq dump", NULL, NULL, "-Q" },
		{ "-c x -i e --daq nfq", NULL, NULL, "-Q" },
	};
	struct cmdline cl;
	struct arena a;

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = settings_default();

		s.daq = rows[i].daq;
		s.daq_mode = rows[i].mode;
		arena_init(&a, 0);
		assert_true(parse(&cl, rows[i].line));
		assert_false(cmdline_apply(&cl, &s, &a, err, sizeof(err)));
		assert_non_null(strstr(err, rows[i].said));
		cmdline_fini(&cl);
		arena_fini(&a);
	}
}

/* Of the command line and the file, the command line's. */
static void
test_daq_variables(void **state)
{
	struct settings s = settle("-c x -Q --daq-var queue=3 "
	    "--daq-var queue=4 --daq-var proto=ip");

	(void)state;
	assert_string_equal(settings_daq_var(&s, "queue"), "4");
	assert_string_equal(settings_daq_var(&s, "proto"), "ip");
	assert_null(settings_daq_var(&s, "que"));
	assert_null(settings_daq_var(&s, "file"));
}

static void
test_help_names_all(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_non_null(f);
	cmdline_help(f);
	fclose(f);
	assert_non_null(strstr(text, "--pcap-reset"));
	assert_non_null(strstr(text, "-c FILE"));
	assert_non_null(strstr(text, "-P, --snaplen N"));
	assert_non_null(strstr(text, "Where packets come from:"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual_lines),
		cmocka_unit_test(test_pcap_arguments_keep_their_order),
		cmocka_unit_test(test_every_option_of_snort),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_refusals_say_what_to_do),
		cmocka_unit_test(test_commands_for_the_queue),
		cmocka_unit_test(test_what_does_nothing_is_noted),
		cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_alert_modes),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_enforcement),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_inline_is_refused),
		cmocka_unit_test(test_daq_variables),
		cmocka_unit_test(test_help_names_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
