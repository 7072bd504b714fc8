/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directives into settings. */
#include "config_help.h"

#include "decoders/app/dns.h"
#include "decoders/app/rpc.h"
#include "decoders/app/sip.h"

/* How answers are sent. */
static void
answers(void **state)
{
	static const uint8_t to[] = { 0, 0x11, 0x22, 0x33, 0x44, 0x55 };
	struct loaded l = apply_clean("config response: device eth7, dst_mac "
	    "00:11:22:33:44:55, attempts 3\nconfig layer2resets\n"
	    "preprocessor stream5_global: max_active_responses 4, "
	    "min_response_seconds 7\npreprocessor stream5_tcp\n"
	    "preprocessor stream5_udp\n");
	const struct response_conf *r = &l.s.response;

	(void)state;
	assert_string_equal(r->sender.device, "eth7");
	assert_true(r->sender.has_dst);
	assert_memory_equal(r->sender.dst, to, sizeof(to));
	assert_int_equal(r->attempts, 3);
	assert_true(r->sender.own_src && !r->sender.has_src);
	assert_int_equal(r->max_active, 4);
	assert_int_equal(r->min_seconds, 7);
	tree_free(l.t);
	l = apply_clean("config response: device ip\n"
	    "config layer2resets: 0:11:22:33:44:55\n");
	assert_true(l.s.response.sender.routed);
	assert_null(l.s.response.sender.device);
	assert_true(l.s.response.sender.has_src);
	assert_memory_equal(l.s.response.sender.src, to, sizeof(to));
	assert_int_equal(l.s.response.max_active, 0);
	tree_free(l.t);
	expect_bad("config response: dst_mac 1:2:3", 1, 26, "an address as");
	expect_bad("config response: device", 1, 24, "an interface");
	expect_bad("config layer2resets: x", 1, 22, "an address as");
	expect_bad("config layer2resets: 1:2:3:4:5:6 7", 1, 34,
	    "one address");
}

static void
ppm(void **state)
{
	struct loaded l = apply_clean("config utc\n");
	const struct ppm_conf *c = &l.s.detect.ppm;

	(void)state;
	assert_true(c->max_rule_us > 0 && c->suspend && c->rule_alert);
	assert_int_equal(c->max_pkt_us, 0);
	tree_free(l.t);
	/* a line takes the default's place, whatever it says */
	l = apply_clean("config ppm: max-pkt-time 50, "
	    "fastpath-expensive-packets, pkt-log log, debug-pkts\n");
	assert_int_equal(c->max_rule_us, 0);
	assert_int_equal(c->max_pkt_us, 50);
	assert_true(c->fastpath && !c->suspend && !c->pkt_alert &&
	    !c->rule_alert);
	tree_free(l.t);
	/* and another one adds to it */
	l = apply_clean("config ppm: max-pkt-time 50, pkt-log log alert\n"
	    "config ppm: max-rule-time 200, threshold 3, \\\n"
	    "suspend-expensive-rules, suspend-timeout 0, rule-log alert\n");
	assert_int_equal(c->max_pkt_us, 50);
	assert_int_equal(c->max_rule_us, 200);
	assert_int_equal(c->threshold, 3);
	assert_int_equal(c->suspend_s, 0);
	assert_true(!c->fastpath && c->suspend && c->pkt_alert &&
	    c->rule_alert);
	tree_free(l.t);
	l = apply_clean("config ppm: suspend-expensive-rules\n");
	assert_int_equal(c->threshold, 5);
	assert_int_equal(c->suspend_s, 60);
	tree_free(l.t);
	expect_bad("config ppm: max-rule-time -1\n", 1, 27, "");
	expect_bad("config ppm: rule-log loud\n", 1, 22, "max-rule-time");
}

static void
flags_texts_and_numbers(void **state)
{
	struct loaded l = apply_clean("config disable_decode_alerts\n"
	    "config DISABLE_tcpopt_ttcp_alerts\n"
	    "config utc\nconfig show_year\nconfig nopcre\n"
	    "config logdir: /var/x\nconfig set_uid: nobody\n"
	    "config min_ttl: 5\nconfig snaplen: 65535\n"
	    "config pkt_count: 99999999999\n"
	    "config max_mpls_labelchain_len: -1\n"
	    "config pcre_match_limit: -1\n"
	    "config pcre_match_limit_recursion: 1500\n"
	    "config tagged_packet_limit: 4294967295\n"
	    "config umask: 027\nconfig asn1: 512\n"
	    "config daq_var: buffer_size_mb=16\n");

	(void)state;
	assert_true(l.s.dec.no_decode);
	assert_true(l.s.dec.no_tcpopt_ttcp);
	assert_false(l.s.dec.no_tcpopt);
	assert_true(l.s.out.utc && l.s.out.show_year);
	assert_true(l.s.detect.opt.nopcre);
	assert_string_equal(l.s.out.logdir, "/var/x");
	assert_string_equal(l.s.user, "nobody");
	assert_int_equal(l.s.dec.min_ttl, 5);
	assert_int_equal(l.s.snaplen, 65535);
	assert_int_equal(l.s.pkt_count, 99999999999);
	assert_int_equal(l.s.dec.max_mpls_depth, -1);
	assert_int_equal(l.s.detect.opt.pcre_match_limit, -1);
	assert_int_equal(l.s.detect.opt.pcre_match_limit_recursion, 1500);
	assert_int_equal(l.s.detect.tagged_packet_limit, 4294967295u);
	assert_int_equal(l.s.umask, 027);
	assert_int_equal(l.s.ring_bytes, 16 << 20);
	assert_int_equal(l.s.detect.opt.asn1_max_nodes, 512);
	tree_free(l.t);
}

static unsigned
checksums(const char *words)
{
	char text[100];
	struct loaded l;
	unsigned set;

	snprintf(text, sizeof(text), "config checksum_mode: %s\n", words);
	l = apply_clean(text);
	set = (l.s.dec.csum_ip ? 1u : 0) | (l.s.dec.csum_tcp ? 2u : 0) |
	    (l.s.dec.csum_udp ? 4u : 0) | (l.s.dec.csum_icmp ? 8u : 0);
	tree_free(l.t);
	return set;
}

static void
checksum_words_combine(void **state)
{
	(void)state;
	assert_int_equal(checksums("all"), 15);
	assert_int_equal(checksums("none"), 0);
	assert_int_equal(checksums("ip tcp"), 3);
	assert_int_equal(checksums("noip noudp"), 10);
	assert_int_equal(checksums("all notcp"), 13);
	assert_int_equal(checksums("tcp udp noudp"), 2);
}

static void
engine_settings(void **state)
{
	struct loaded l = apply_clean(
	    "config event_queue: max_queue 12 log 7, order_events priority "
	    "process_all_events\n"
	    "config detection: search-method ac-split search-optimize "
	    "max-pattern-len 20\n"
	    "config detection: max_queue_events 9 split-any-any "
	    "bleedover-port-limit 50 debug-print-nocontent-rule-tests\n"
	    "config event_filter: memcap 2000000\n"
	    "config rate_filter: memcap 3\nconfig detection_filter: memcap 4\n"
	    "config protected_content: sha256\nconfig policy_mode: inline\n"
	    "config on_failure: Closed\nconfig fallback: exit\n"
	    "config fallback_interface: br0\n"
	    "config memory_policy: stream.memcap pass\n");
	const struct detect_conf *c = &l.s.detect;

	(void)state;
	assert_int_equal(l.s.on_failure, FAILURE_CLOSED);
	assert_true(l.s.fallback_exit);
	assert_string_equal(l.s.fallback_interface, "br0");
	assert_int_equal(l.s.track.policy.named,
	    POLICY_BIT(POLICY_STREAM_MEMCAP));
	assert_int_equal(c->max_queue, 12);
	assert_int_equal(c->log, 7);
	assert_int_equal(c->order_events, ORDER_PRIORITY);
	assert_true(c->process_all_events);
	assert_int_equal(c->opt.max_pattern_len, 20);
	assert_int_equal(c->max_queue_events, 9);
	assert_int_equal(c->bleedover_port_limit, 50);
	assert_true(c->split_any_any);
	assert_false(c->single_rule_group);
	assert_int_equal(c->threshold_memcap, 2000000);
	assert_int_equal(c->rate_filter_memcap, 3);
	assert_int_equal(c->detection_filter_memcap, 4);
	assert_int_equal(c->opt.protected_default, PROTECTED_SHA256);
	assert_int_equal(l.s.policy, POLICY_INLINE);
	tree_free(l.t);
}

static void
order_puts_the_given_first(void **state)
{
	struct loaded l = apply_clean(
	    "config order: log red alert\n"
	    "ruletype red { type alert }\nruletype blue { type log }\n");
	static const uint16_t want[] = { ACTION_LOG, ACTION_COUNT,
		ACTION_ALERT, ACTION_PASS, ACTION_DROP, ACTION_SDROP,
		ACTION_REJECT, ACTION_COUNT + 1 };

	(void)state;
	assert_int_equal(l.s.detect.n_order, ARRAY_LEN(want));
	assert_memory_equal(l.s.detect.order, want, sizeof(want));
	tree_free(l.t);
}

static void
ports_of_lists(void **state)
{
	struct loaded l = apply_clean("portvar GTP_PORTS [2123,2152:2153]\n"
	    "config enable_gtp\n"
	    "config ignore_ports: tcp 22 1000:1002\n"
	    "config ignore_ports: tcp 80\n");
	const uint8_t *tcp = l.s.ignore_tcp;

	(void)state;
	assert_true(l.s.dec.gtp);
	assert_int_equal(l.s.dec.n_gtp_ports, 3);
	assert_int_equal(l.s.dec.gtp_ports[2], 2153);
	assert_null(l.s.ignore_udp);
	assert_non_null(tcp);
	for (unsigned p = 0; p < 65536; p++)
		assert_int_equal(tcp[p / 8] >> p % 8 & 1, p == 22 || p == 80 ||
		    (p >= 1000 && p <= 1002));
	tree_free(l.t);
}

static void
outputs_are_found(void **state)
{
	struct loaded l = apply_clean(
	    "output alert_fast: x.txt packet\n"
	    "ruletype red { type alert output log_tcpdump: red.pcap }\n"
	    "output database: log, mysql\n");

	(void)state;
	assert_int_equal(l.s.n_outputs, 2);
	assert_string_equal(l.s.outputs[0].ops->name, "alert_fast");
	assert_text(l.s.outputs[0].args, "x.txt packet");
	assert_int_equal(l.s.outputs[0].ruletype, 0);
	assert_int_equal(l.s.outputs[1].ruletype, 1);
	assert_int_equal(l.s.n_ignored, 1);
	assert_text(l.s.ignored[0].dir->name, "database");
	tree_free(l.t);
}

static void
what_does_nothing_is_listed(void **state)
{
	struct loaded l = apply_clean("config policy_id: 1\n"
	    "preprocessor stream5_ha: use_daq\n"
	    "preprocessor stream4: disable_evasion_alerts\n"
	    "dynamicengine /x.so\nattribute_table filename x\n"
	    "config default_rule_state\n");

	(void)state;
	assert_int_equal(l.s.n_ignored, 5);
	for (unsigned i = 0; i < l.s.n_ignored; i++)
		assert_non_null(l.s.ignored[i].why);
	tree_free(l.t);
}

static void
stream5_lines(void **state)
{
	struct loaded l = apply_clean("preprocessor stream5_global: "
	    "track_tcp yes, track_udp yes, track_icmp no, max_tcp 1000, \\\n"
	    "max_udp 2000, memcap 100000, max_active_responses 2, "
	    "min_response_seconds 5\n"
	    "preprocessor stream5_tcp: policy windows, detect_anomalies, "
	    "require_3whs 180, overlap_limit 10, small_segments 3 bytes 150 "
	    "ignore_ports 7 8, timeout 90, ports client 21 1000:1002, "
	    "ports both 80 443, log_asymmetric_traffic no\n"
	    "preprocessor stream6_tcp: bind_to [10.0.0.0/8,192.0.2.1], "
	    "policy hpux10, ports server all, max_queued_segs 0\n"
	    "preprocessor stream5_udp: timeout 77, ignore_any_rules\n"
	    "config paf_max: 2000\nconfig flowbits_size: 2048\n"
	    "config vlan_agnostic\n");
	const struct track_conf *c = &l.s.track;
	const struct stream_engine *e = c->stream.engines;

	(void)state;
	assert_true(c->flow.track[FLOW_TCP] && c->flow.track[FLOW_UDP]);
	assert_false(c->flow.track[FLOW_ICMP] || c->flow.track[FLOW_IP]);
	assert_true(l.s.detect.opt.tracked[FLOW_UDP]);
	assert_int_equal(c->flow.max[FLOW_TCP], 1000);
	assert_int_equal(c->flow.max[FLOW_UDP], 2000);
	assert_int_equal(c->flow.timeout_s[FLOW_UDP], 77);
	assert_true(c->flow.vlan_agnostic);
	assert_int_equal(c->stream.memcap, 100000);
	assert_int_equal(c->stream.paf_max, 2000);
	assert_int_equal(l.s.detect.flowbits_size, 2048);
	assert_int_equal(c->stream.n_engines, 2);
	assert_int_equal(e[0].policy, TCP_WINDOWS);
	assert_true(e[0].detect_anomalies && e[0].require_3whs);
	assert_int_equal(e[0].grace_s, 180);
	assert_int_equal(e[0].overlap_limit, 10);
	assert_int_equal(e[0].small_count, 3);
	assert_int_equal(e[0].small_bytes, 150);
	assert_true(has_port(e[0].small_ignore, 8));
	assert_int_equal(e[0].timeout_s, 90);
	assert_true(has_port(e[0].ports[FLOW_CLIENT], 21));
	assert_true(has_port(e[0].ports[FLOW_CLIENT], 1001));
	assert_true(has_port(e[0].ports[FLOW_CLIENT], 443));
	assert_false(has_port(e[0].ports[FLOW_CLIENT], 23));
	assert_true(has_port(e[0].ports[FLOW_SERVER], 80));
	assert_false(has_port(e[0].ports[FLOW_SERVER], 21));
	assert_int_equal(e[1].policy, TCP_HPUX10);
	assert_int_equal(e[1].n_nets, 2);
	assert_int_equal(e[1].max_queued_segs, 0);
	assert_int_equal(e[1].max_queued_bytes, 1048576);
	assert_true(has_port(e[1].ports[FLOW_SERVER], 65535));
	assert_false(has_port(e[1].ports[FLOW_CLIENT], 80));
	tree_free(l.t);
}

/* Without lines nothing is tracked; a line's defaults are Snort's. */
static void
stream5_defaults(void **state)
{
	struct loaded l = apply_clean("config utc\n");

	(void)state;
	for (unsigned i = 0; i < FLOW_PROTOS; i++)
		assert_false(l.s.track.flow.track[i]);
	assert_int_equal(l.s.track.stream.n_engines, 0);
	assert_int_equal(l.s.detect.flowbits_size, 1024);
	tree_free(l.t);
	l = apply_clean("preprocessor stream5_global: track_udp no\n"
	    "preprocessor stream5_tcp\n");
	assert_int_equal(l.s.track.stream.engines[0].policy, TCP_BSD);
	assert_int_equal(l.s.track.stream.engines[0].timeout_s, 30);
	assert_true(has_port(l.s.track.stream.engines[0].ports[FLOW_CLIENT],
	    3306));
	assert_false(has_port(l.s.track.stream.engines[0].ports[FLOW_SERVER],
	    80));
	tree_free(l.t);
	l = apply("preprocessor stream5_global: track_tcp yes\n"
	    "preprocessor stream5_udp: timeout 5\n");
	assert_int_equal(find_error(l.t, "no preprocessor stream5_tcp")->kind,
	    EREC_WARNING);
	assert_false(l.s.track.flow.track[FLOW_TCP]);
	assert_true(l.s.track.flow.track[FLOW_UDP]);
	tree_free(l.t);
	l = apply("preprocessor stream5_global: disabled\n"
	    "preprocessor stream5_tcp\n");
	assert_int_equal(l.s.track.stream.n_engines, 0);
	tree_free(l.t);
}

static void
stream5_errors(void **state)
{
	static const struct {
		const char *text, *part;
		unsigned line, col;
	} cases[] = {
		{ "preprocessor stream5_global: max_tcp 1\n", "from 2", 1, 38 },
		{ "preprocessor stream5_global: track_tcp maybe\n", "yes or no",
		  1, 40 },
		{ "preprocessor stream5_global: fast\n", "not a setting", 1,
		  30 },
		{ "preprocessor stream5_global: disabled 3\n", "not belong", 1,
		  39 },
		{ "preprocessor stream5_tcp: policy plan9\n", "first, last", 1,
		  34 },
		{ "preprocessor stream5_tcp: ports all\n", "client, server", 1,
		  33 },
		{ "preprocessor stream5_tcp: small_segments 3 of 5\n",
		  "bytes M", 1, 44 },
		{ "preprocessor stream5_tcp: max_queued_bytes 5\n", "or 0", 1,
		  44 },
		{ "preprocessor stream5_tcp: timeout\n", "from 1", 1, 27 },
		{ "preprocessor stream5_tcp\npreprocessor stream5_tcp: timeout "
		  "5\n", "second one", 2, 27 },
		{ "preprocessor stream5_udp: timeout 5\npreprocessor "
		  "stream5_udp: timeout 6\n", "twice", 2, 27 },
		{ "preprocessor stream5_ip: ignore_any_rules\n",
		  "not a setting", 1, 26 },
		{ "preprocessor stream5_tcp: policy bsd\n",
		  "needs a preprocessor stream5_global", 1, 14 },
		{ "config flowbits_size: 2049\n", "2048", 1, 23 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_bad_among(cases[i].text, cases[i].line, cases[i].col,
		    cases[i].part);
}

static void
dns(void **state)
{
	struct loaded l = apply_clean("preprocessor dns: ports { 53 5353 } "
	    "enable_obsolete_types enable_rdata_overflow\n");
	const struct app_proto_conf *p = &l.s.track.app.proto[APP_DNS];
	const struct dns_conf *c = p->conf;

	(void)state;
	assert_true(p->on);
	assert_true(p->ports[53 / 8] >> 53 % 8 & 1);
	assert_true(p->ports[5353 / 8] >> 5353 % 8 & 1);
	assert_false(p->ports[54 / 8] >> 54 % 8 & 1);
	assert_true(c->obsolete_types && c->rdata_overflow);
	assert_false(c->experimental_types);
	tree_free(l.t);

	l = apply_clean("preprocessor dns: enable_experimental_types\n");
	p = &l.s.track.app.proto[APP_DNS];
	c = p->conf;
	assert_true(p->ports[53 / 8] >> 53 % 8 & 1);
	assert_true(c->experimental_types);
	assert_false(c->obsolete_types || c->rdata_overflow);
	tree_free(l.t);

	expect_bad("preprocessor dns: ports 53\n", 1, 25, "a list belongs");
	expect_bad("preprocessor dns: ports { 53 x }\n", 1, 30, "a port from");
	expect_bad("preprocessor dns: fast\n", 1, 19, "enable_obsolete_types");
	expect_bad("preprocessor dns\npreprocessor dns\n", 2, 14, "twice");
}

static void
sip(void **state)
{
	struct loaded l = apply_clean("preprocessor sip: max_sessions 40000, "
	    "ports { 5060 5600 }, methods { invite do }, max_dialogs 7, "
	    "max_uri_len 512, max_call_id_len 80, max_requestName_len 21, "
	    "max_from_len 1, max_to_len 2, max_via_len 3, max_contact_len 4, "
	    "max_content_len 0, ignore_call_channel\n");
	const struct app_proto_conf *p = &l.s.track.app.proto[APP_SIP];
	const struct sip_conf *c = p->conf;

	(void)state;
	assert_true(p->on && l.s.track.app.proto[APP_SIP_MEDIA].on);
	assert_true(p->ports[5600 / 8] >> 5600 % 8 & 1);
	assert_false(p->ports[5061 / 8] >> 5061 % 8 & 1);
	assert_int_equal(c->n_methods, 2);
	assert_true(text_is(c->methods[1], "do"));
	assert_true(c->events && c->ignore_call_channel);
	assert_int_equal(c->max_sessions, 40000);
	assert_int_equal(c->max_dialogs, 7);
	assert_int_equal(c->max_uri, 512);
	assert_int_equal(c->max_call_id, 80);
	assert_int_equal(c->max_request_name, 21);
	assert_int_equal(c->max_from, 1);
	assert_int_equal(c->max_to, 2);
	assert_int_equal(c->max_via, 3);
	assert_int_equal(c->max_contact, 4);
	assert_int_equal(c->max_content, 0);
	tree_free(l.t);

	l = apply_clean("preprocessor sip\n");
	p = &l.s.track.app.proto[APP_SIP];
	c = p->conf;
	assert_true(p->ports[5061 / 8] >> 5061 % 8 & 1);
	assert_int_equal(c->n_methods, 6);
	assert_int_equal(c->max_dialogs, 4);
	assert_false(c->ignore_call_channel ||
	    l.s.track.app.proto[APP_SIP_MEDIA].on);
	tree_free(l.t);

	l = apply_clean("config protocol_detection: ports\n"
	    "preprocessor sip: disabled\n");
	assert_false(l.s.track.app.proto[APP_SIP].on);
	tree_free(l.t);
	expect_bad("preprocessor sip: max_dialogs 0\n", 1, 31, "from 1 to");
	expect_bad("preprocessor sip: max_sessions 1\n", 1, 32,
	    "from 1024 to");
	expect_bad("preprocessor sip: loud\n", 1, 19, "ignore_call_channel");
}

static void
rpc_decode(void **state)
{
	struct loaded l = apply_clean("preprocessor rpc_decode: 111 32770 "
	    "no_alert_multiple_requests no_alert_large_fragments "
	    "no_alert_incomplete alert_fragments\n");
	const struct app_proto_conf *p = &l.s.track.app.proto[APP_RPC];
	const struct rpc_conf *c = p->conf;

	(void)state;
	assert_true(p->on && p->ports == c->ports);
	assert_true(p->ports[32770 / 8] >> 32770 % 8 & 1);
	assert_false(p->ports[32771 / 8] >> 32771 % 8 & 1);
	assert_true(c->fragments);
	assert_false(c->multiple || c->large || c->incomplete);
	tree_free(l.t);

	l = apply_clean("preprocessor rpc_decode\n");
	p = &l.s.track.app.proto[APP_RPC];
	c = p->conf;
	assert_true(c->ports[111 / 8] >> 111 % 8 & 1);
	assert_true(c->ports[32771 / 8] >> 32771 % 8 & 1);
	assert_true(c->multiple && c->large && c->incomplete);
	assert_false(c->fragments);
	tree_free(l.t);
	expect_bad("preprocessor rpc_decode: 65536\n", 1, 26, "a port");
}

/* What is made is what an output asks for. */
static void
wants(void **state)
{
	struct loaded l = apply_clean("output eve: e dns fileinfo\n"
	    "output eve: f flow stats=60\noutput alert_fast\n"
	    "ruletype mine { type alert output eve: g tls }\n");

	(void)state;
	settings_settle_wants(&l.s);
	assert_int_equal(l.s.wants.shows, 1u << SHOW_DNS |
	    1u << SHOW_FILEINFO | 1u << SHOW_FLOW | 1u << SHOW_STATS);
	assert_int_equal(l.s.wants.stats_s, 60);
	assert_int_equal(l.s.track.app.logs, 1u << APP_DNS);
	assert_true(l.s.track.app.file_logs);
	assert_int_equal(l.s.track.app.file_hashes, 0);
	assert_true(l.s.track.flow_logs);
	tree_free(l.t);
	l = apply_clean("output eve: e fileinfo=md5\n"
	    "output eve: f fileinfo=SHA256,md5\n");
	settings_settle_wants(&l.s);
	assert_true(l.s.track.app.file_logs);
	assert_int_equal(l.s.track.app.file_hashes,
	    APP_FILE_MD5 | APP_FILE_SHA256);
	tree_free(l.t);
	l = apply_clean("output eve\n");
	settings_settle_wants(&l.s);
	assert_int_equal(l.s.wants.shows, 0);
	assert_int_equal(l.s.track.app.logs, 0);
	assert_false(l.s.track.app.file_logs || l.s.track.flow_logs);
	tree_free(l.t);
}

static void
errors_have_places(void **state)
{
	(void)state;
	expect_bad("config frobnicate: 1\n", 1, 8, "no config 'frobnicate'");
	expect_bad("config utc\nconfig utc\n", 2, 8, "stands twice");
	expect_bad("config min_ttl\n", 1, 8, "needs an argument");
	expect_bad("config min_ttl: 256\n", 1, 17, "from 1 to 255");
	expect_bad("config checksum_mode: ip foo\n", 1, 26, "'foo': all, none");
	expect_bad("config event_queue: max_queue 0\n", 1, 31,
	    "from 1 to 1024");
	expect_bad("config event_queue: max_queue 2 log 3\n", 1, 21,
	    "cannot be above");
	expect_bad("config event_queue: \\\n max_queue 5 foo\n", 2, 14,
	    "'foo'");
	expect_bad("config detection: search-method x\n", 1, 33,
	    "not a search method");
	expect_bad("config order: alert foo\n", 1, 21, "neither an action");
	expect_bad("config order: alert alert\n", 1, 21, "given twice");
	expect_bad("config ignore_ports: tcp 1 99999\n", 1, 28, "not a port");
	expect_bad("config policy_mode: tub\n", 1, 21, "tap, inline");
	expect_bad("config on_failure: ajar\n", 1, 20, "open or closed");
	expect_bad("config fallback: ips\n", 1, 18, "ids or exit");
	expect_bad("config on_failure: open\nconfig on_failure: open\n", 2, 8,
	    "on_failure");
	expect_bad("config daq_var: x\n", 1, 17, "NAME=VALUE");
	expect_bad("config umask: 888\n", 1, 15, "an octal number");
	expect_bad("config reference_net: x/8\n", 1, 23, "a network as");
	expect_bad("preprocessor nonsense: x\n", 1, 14,
	    "no preprocessor 'nonsense'");
	expect_bad("output nonsense\n", 1, 8, "no output 'nonsense'");
}

static void
frag3(void **state)
{
	struct loaded l = apply_clean("ipvar NET [10.0.0.0/8,!10.1.0.0/16]\n"
	    "preprocessor frag3_global: max_frags 65536, memcap 8388608, "
	    "prealloc_frags 4\n"
	    "preprocessor frag3_engine: policy Solaris bind_to $NET \\\n"
	    "  min_ttl 3 detect_anomalies\n"
	    "preprocessor frag3_engine: bind_to [ 192.0.2.1, fd00::/8 ] "
	    "policy bsd-right\n"
	    "preprocessor frag3_engine: policy windows detect_anomalies "
	    "overlap_limit 10 min_fragment_length 100 timeout 180\n");
	const struct defrag_conf *c = &l.s.track.defrag;
	const struct defrag_engine *e = c->engines;

	(void)state;
	assert_int_equal(c->max_frags, 65536);
	assert_int_equal(c->memcap, 8388608);
	assert_int_equal(c->n_engines, 3);
	assert_int_equal(e[0].policy, FRAG_SOLARIS);
	assert_int_equal(e[0].min_ttl, 3);
	assert_int_equal(e[0].timeout_s, 60);
	assert_int_equal(e[0].n_nets, 2);
	assert_int_equal(e[0].nets[0].bits, 8);
	assert_true(e[0].nets[1].negated);
	assert_int_equal(e[1].policy, FRAG_BSD_RIGHT);
	assert_int_equal(e[1].n_nets, 2);
	assert_false(e[1].detect_anomalies);
	assert_int_equal(e[2].overlap_limit, 10);
	assert_int_equal(e[2].min_fragment_length, 100);
	assert_int_equal(e[2].timeout_s, 180);
	assert_int_equal(e[2].n_nets, 0);
	assert_int_equal(l.s.n_ignored, 0);
	tree_free(l.t);

	l = apply_clean("preprocessor frag3_global: disabled\n"
	    "preprocessor frag3_engine\n");
	assert_true(l.s.track.defrag.disabled);
	assert_int_equal(l.s.track.defrag.engines[0].policy, FRAG_BSD);
	tree_free(l.t);
	l = apply_clean("");
	assert_int_equal(l.s.track.defrag.n_engines, 0);
	tree_free(l.t);

	expect_bad("preprocessor frag3_engine: policy vms\n", 1, 35,
	    "first, last, bsd");
	expect_bad("preprocessor frag3_engine: timeout 0\n", 1, 36,
	    "a number from 1");
	expect_bad("preprocessor frag3_engine: bind_to\n", 1, 35,
	    "an address list");
	expect_bad("preprocessor frag3_engine: turtles\n", 1, 28, "policy P");
	expect_bad("preprocessor frag3_global: memcap 9\n", 1, 35,
	    "a number from 16384");
	expect_bad("preprocessor frag3_global: x\n", 1, 28, "max_frags N");
	expect_bad("preprocessor frag3_global: memcap 20000\n"
	    "preprocessor frag3_global: memcap 20000\n", 2, 28, "twice");
	expect_bad("preprocessor frag3_engine: policy linux\n"
	    "preprocessor frag3_engine: policy first\n", 2, 28,
	    "a second engine");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(flags_texts_and_numbers),
		cmocka_unit_test(ppm),
		cmocka_unit_test(checksum_words_combine),
		cmocka_unit_test(engine_settings),
		cmocka_unit_test(frag3),
		cmocka_unit_test(order_puts_the_given_first),
		cmocka_unit_test(ports_of_lists),
		cmocka_unit_test(outputs_are_found),
		cmocka_unit_test(what_does_nothing_is_listed),
		cmocka_unit_test(stream5_lines),
		cmocka_unit_test(stream5_defaults),
		cmocka_unit_test(stream5_errors),
		cmocka_unit_test(dns),
		cmocka_unit_test(sip),
		cmocka_unit_test(rpc_decode),
		cmocka_unit_test(wants),
		cmocka_unit_test(errors_have_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
