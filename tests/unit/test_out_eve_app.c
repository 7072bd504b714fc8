/* SPDX-License-Identifier: GPL-2.0-or-later */
/* EVE's records besides alerts: who is shown what, and that it is JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/limits.h"
#include "core/xalloc.h"
#include "output/eve.h"
#include "tests/tools/json_check.h"
#include "tests/tools/record_make.h"

static struct tmp_dir dir;
static struct out_conf conf;

static int
setup(void **state)
{
	(void)state;
	tmp_dir_make(&dir);
	conf = (struct out_conf){ .logdir = dir.path, .utc = true, .dlt = 1 };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tmp_dir_remove(&dir);
	return 0;
}

#define BEGIN "{\"timestamp\":\"2024-03-14T09:26:53.589793+0000\","
#define ENDS "\"src_ip\":\"192.0.2.10\",\"src_port\":40000,"                 \
	"\"dest_ip\":\"198.51.100.7\",\"dest_port\":53,\"proto\":\"UDP\","   \
	"\"ip_v\":4"

/* A record about a session of UDP. */
static struct record
make(enum record_kind kind)
{
	struct record r = { .kind = kind };

	r.pkt = (struct record_packet){
		.ts = { 1710408413589793000u },
		.num = 42, .file = "in.pcap", .ip_ver = 4, .ip_proto = 17,
		.src = { 4, { 192, 0, 2, 10 } },
		.dst = { 4, { 198, 51, 100, 7 } },
		.l4_kind = REC_L4_UDP, .sport = 40000, .dport = 53,
	};
	r.flow = (struct record_flow){
		.id = 1234, .app_proto = "dns",
		.start = mtime_make(1710408411, 1000),
		.end = mtime_make(1710408413, 589793000),
		.addr = { r.pkt.src, r.pkt.dst }, .port = { 40000, 53 },
		.packets = { 4, 3 }, .bytes = { 411, 3214 },
		.state = "established", .reason = "timeout",
	};
	return r;
}

static char *
write_all(const char *args, const struct record *r, unsigned n, size_t *len)
{
	const struct record *list[16];
	char *file = xasprintf("e%u.json", tmp_dir_count(&dir, "e"));
	char *all = xasprintf("%s %s", file, args), *text;

	assert_true(n <= ARRAY_LEN(list));
	for (unsigned i = 0; i < n; i++)
		list[i] = &r[i];
	text = written(&conf, &dir, "eve", all, file, len, list, n);
	free(all);
	free(file);
	return text;
}

#define FIELD(NAME, KIND, VALUE)                                               \
	{ .name = NAME, .kind = FIELD_##KIND, VALUE }
#define OPENS(NAME, KIND) { .name = NAME, .kind = FIELD_##KIND }
#define END_OBJECT { .kind = FIELD_END }
#define END_ARRAY { .kind = FIELD_END, .number = 1 }

static void
test_transaction(void **state)
{
	const struct field fields[] = {
		FIELD("type", TEXT, .text = TEXT("answer")),
		FIELD("id", NUMBER, .number = UINT64_MAX),
		FIELD("aa", BOOL, .number = 1),
		FIELD("tc", BOOL, .number = 0),
		FIELD("flags", HEX, .text = TEXT("\x81\x0a")),
		OPENS("answers", ARRAY),
		OPENS(NULL, OBJECT),
		FIELD("rrname", TEXT, .text = TEXT("a\"b\\\n")),
		FIELD("ttl", NUMBER, .number = 7),
		END_OBJECT,
		OPENS(NULL, OBJECT),
		END_OBJECT,
		END_ARRAY,
		OPENS("grouped", OBJECT),
		OPENS("A", ARRAY),
		FIELD(NULL, TEXT, .text = TEXT("192.0.2.1")),
		FIELD(NULL, NUMBER, .number = 0),
		END_ARRAY,
		OPENS("empty", ARRAY),
		END_ARRAY,
		END_OBJECT,
		FIELD("rcode", TEXT, .text = TEXT("")),
	};
	struct record r = make(RECORD_APP);
	size_t len;
	char *text;

	(void)state;
	r.app = (struct record_app){ .show = SHOW_DNS, .type = "dns",
		.fields = fields, .n = ARRAY_LEN(fields) };
	text = write_all("dns", &r, 1, &len);
	assert_string_equal(text, BEGIN "\"flow_id\":1234,\"pcap_cnt\":42,"
	    "\"pcap_filename\":\"in.pcap\",\"event_type\":\"dns\"," ENDS ","
	    "\"dns\":{\"type\":\"answer\",\"id\":18446744073709551615,"
	    "\"aa\":true,\"tc\":false,\"flags\":\"810a\",\"answers\":["
	    "{\"rrname\":\"a\\\"b\\\\\\n\",\"ttl\":7},{}],\"grouped\":{"
	    "\"A\":[\"192.0.2.1\",0],\"empty\":[]},\"rcode\":\"\"}}\n");
	assert_int_equal(json_lines(text, len), 1);
	free(text);
	/* a file's protocol is not its type */
	r.app.show = SHOW_FILEINFO;
	r.app.type = "fileinfo";
	r.app.n = 1;
	text = write_all("fileinfo", &r, 1, &len);
	assert_non_null(strstr(text, "\"ip_v\":4,\"app_proto\":\"dns\","
	    "\"fileinfo\":{\"type\":\"answer\"}}\n"));
	r.app.show = SHOW_DNS;
	r.app.type = "dns";
	free(text);
	/* live, of a VLAN, and with no field at all */
	r.pkt.file = NULL;
	r.pkt.iface = "eth0";
	r.pkt.n_vlan = 1;
	r.pkt.vlan[0] = 7;
	r.app.n = 0;
	conf.sensor_name = "s";
	text = write_all("dns community_id", &r, 1, &len);
	assert_string_equal(text, BEGIN "\"flow_id\":1234,\"in_iface\":"
	    "\"eth0\",\"host\":\"s\",\"event_type\":\"dns\",\"vlan\":[7],"
	    ENDS ",\"community_id\":\"1:4fxN62AxAYYNqa1xvVJtejJfm/U=\","
	    "\"dns\":{}}\n");
	assert_int_equal(json_lines(text, len), 1);
	free(text);
}

static void
test_flow(void **state)
{
	struct record r = make(RECORD_FLOW);
	size_t len;
	char *text;

	(void)state;
	text = write_all("flow", &r, 1, &len);
#define COUNTS "\"flow\":{\"pkts_toserver\":4,\"pkts_toclient\":3,"          \
	"\"bytes_toserver\":411,\"bytes_toclient\":3214,"                    \
	"\"start\":\"2024-03-14T09:26:51.000001+0000\","                     \
	"\"end\":\"2024-03-14T09:26:53.589793+0000\",\"age\":2,"
	assert_string_equal(text, BEGIN "\"flow_id\":1234,\"pcap_cnt\":42,"
	    "\"pcap_filename\":\"in.pcap\",\"event_type\":\"flow\"," ENDS ","
	    "\"app_proto\":\"dns\"," COUNTS "\"state\":\"established\","
	    "\"reason\":\"timeout\",\"alerted\":false}}\n");
	assert_int_equal(json_lines(text, len), 1);
	free(text);
	/* the kernel had the rest of it */
	r.flow.has_rest = r.flow.rest_known = true;
	r.flow.rest_packets[0] = 3;
	r.flow.rest_packets[1] = 2;
	r.flow.rest_bytes[0] = 400;
	r.flow.rest_bytes[1] = 3000;
	text = write_all("flow", &r, 1, &len);
	assert_non_null(strstr(text, "\"bypassed\":{\"pkts_toserver\":3,"
	    "\"pkts_toclient\":2,\"bytes_toserver\":400,"
	    "\"bytes_toclient\":3000},\"end\""));
	assert_non_null(strstr(text, "\"bypass\":\"capture\""));
	assert_int_equal(json_lines(text, len), 1);
	free(text);
	r.flow.rest_known = false;
	text = write_all("flow", &r, 1, &len);
	assert_null(strstr(text, "bypassed"));
	assert_non_null(strstr(text, "\"bypass\":\"capture\""));
	free(text);
	r.flow.has_rest = false;
	r.pkt.ip_proto = 6;
	r.pkt.l4_kind = REC_L4_TCP;
	r.flow.app_proto = NULL;
	r.flow.alerted = true;
	r.flow.state = r.flow.reason = r.flow.tcp_state = "closed";
	r.flow.tcp_flags[0] = 0x1b;
	r.flow.tcp_flags[1] = 0xe4;
	text = write_all("flow", &r, 1, &len);
	assert_non_null(strstr(text, "\"ip_v\":4," COUNTS
	    "\"state\":\"closed\",\"reason\":\"closed\",\"alerted\":true},"
	    "\"tcp\":{\"tcp_flags\":\"ff\",\"tcp_flags_ts\":\"1b\","
	    "\"tcp_flags_tc\":\"e4\",\"syn\":true,\"fin\":true,\"rst\":true,"
	    "\"psh\":true,\"ack\":true,\"urg\":true,\"ecn\":true,"
	    "\"cwr\":true,\"state\":\"closed\"}}\n"));
	assert_int_equal(json_lines(text, len), 1);
	free(text);
#undef COUNTS
}

static void
test_anomaly(void **state)
{
	struct record r[2] = { make(RECORD_ANOMALY), make(RECORD_ANOMALY) };
	size_t len;
	char *text;

	(void)state;
	r[0].event = (struct record_event){ .gid = 116, .sid = 97,
		.msg = TEXT("short") };
	r[0].anomaly = (struct record_anomaly){ "decode", "udp.length",
		false };
	r[1].event = (struct record_event){ .gid = 131, .sid = 3,
		.msg = TEXT("long") };
	r[1].anomaly = (struct record_anomaly){ "applayer", "dns.overflow",
		true };
	text = write_all("anomaly=all", r, 2, &len);
	assert_int_equal(json_lines(text, len), 2);
	assert_non_null(strstr(text, ENDS ",\"pkt_src\":\"wire/pcap\","
	    "\"anomaly\":{\"type\":\"decode\",\"event\":\"udp.length\"},"
	    "\"snort\":{\"gid\":116,\"sid\":97,\"msg\":\"short\"}}\n"));
	assert_non_null(strstr(text, "\"anomaly\":{\"type\":\"applayer\","
	    "\"event\":\"dns.overflow\",\"app_proto\":\"dns\","
	    "\"layer\":\"proto_parser\"}"));
	free(text);
	/* one that has a rule alerts already */
	text = write_all("anomaly", r, 2, &len);
	assert_int_equal(json_lines(text, len), 1);
	assert_non_null(strstr(text, "udp.length"));
	free(text);
}

static void
test_stats(void **state)
{
	static const struct field fields[] = {
		FIELD("uptime", NUMBER, .number = 9),
		OPENS("capture", OBJECT),
		FIELD("kernel_drops", NUMBER, .number = 0),
		END_OBJECT,
	};
	struct record r = { .kind = RECORD_STATS,
		.pkt.ts = { 1710408413589793000u },
		.app = { .show = SHOW_STATS, .type = "stats",
		    .fields = fields, .n = ARRAY_LEN(fields) } };
	size_t len;
	char *text;

	(void)state;
	text = write_all("stats=60", &r, 1, &len);
	assert_string_equal(text, BEGIN "\"event_type\":\"stats\",\"stats\":{"
	    "\"uptime\":9,\"capture\":{\"kernel_drops\":0}}}\n");
	free(text);
}

static void
test_alert_of_a_session(void **state)
{
	static struct made m;
	const struct record *r = &m.r;
	struct record_flow *f = &m.r.flow;
	char *text;

	(void)state;
	make_tcp(&m);
	f->app_proto = "http";
	f->addr[0] = m.r.pkt.dst; /* the packet is an answer */
	f->addr[1] = m.r.pkt.src;
	f->port[0] = 80;
	f->port[1] = 51514;
	f->to_server = false;
	text = written(&conf, &dir, "eve", "e", "e", NULL, &r, 1);
	assert_non_null(strstr(text, "\"app_proto\":\"http\","
	    "\"direction\":\"to_client\",\"flow\":{\"pkts_toserver\":4,"));
	assert_non_null(strstr(text, "\"src_ip\":\"198.51.100.7\","
	    "\"dest_ip\":\"192.0.2.10\",\"src_port\":80,"
	    "\"dest_port\":51514}"));
	assert_int_equal(json_lines(text, strlen(text)), 1);
	free(text);
	/* hidden addresses are so there as well */
	conf.obfuscate = true;
	text = written(&conf, &dir, "eve", "f flow dns", "f", NULL, &r, 1);
	assert_null(strstr(text, "198.51.100.7"));
	assert_null(strstr(text, "192.0.2.10"));
	free(text);
}

/* Which kinds each word shows, and what it says to those who make them. */
static void
test_words(void **state)
{
	static const char *const words[] = {
#define X(NAME, word) word,
		RECORD_SHOWS(X)
#undef X
	};
	static struct made alert;
	struct record r[SHOW_COUNT];
	const struct record *all[SHOW_COUNT + 1];

	(void)state;
	make_udp(&alert);
	for (unsigned i = 0; i < SHOW_COUNT; i++) {
		r[i] = make(i == SHOW_FLOW ? RECORD_FLOW :
		    i == SHOW_ANOMALY ? RECORD_ANOMALY :
		    i == SHOW_STATS ? RECORD_STATS : RECORD_APP);
		r[i].app = (struct record_app){ .show = (enum record_show)i,
			.type = words[i] };
		r[i].anomaly = (struct record_anomaly){ "decode", "x", false };
		all[i] = &r[i];
	}
	all[SHOW_COUNT] = &alert.r;
	for (unsigned i = 0; i < SHOW_COUNT; i++) {
		struct out_wants w = { 0 };
		char *args = xasprintf("%s no_alert %s", words[i], words[i]);
		char *want = xasprintf("\"event_type\":\"%s\"", words[i]);
		size_t len;
		char *text = written(&conf, &dir, "eve", args, words[i], &len,
		    all, SHOW_COUNT + 1);

		assert_int_equal(json_lines(text, len), 1);
		assert_non_null(strstr(text, want));
		free(text);
		out_eve.want(text_of(args), &w);
		assert_int_equal(w.shows, 1u << i);
		assert_int_equal(w.stats_s, i == SHOW_STATS ? 8 : 0);
		assert_false(w.all_anomalies);
		free(args);
		free(want);
	}
	{
		size_t len;
		char *text = written(&conf, &dir, "eve", "only", "only", &len,
		    all, SHOW_COUNT + 1);

		assert_int_equal(json_lines(text, len), 1);
		assert_non_null(strstr(text, "\"event_type\":\"alert\""));
		free(text);
	}
}

static void
test_arguments(void **state)
{
	static const char *const bad[] = { "e stats=0", "e stats=x",
		"e stats=86401", "e anomaly=some", "e dns=1", "e http dsn" };
	struct outputs *os = outputs_new(&conf);
	struct out_wants w = { 0 };
	char err[512];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(outputs_add(os, &out_eve, text_of(bad[i]), 0, err,
		    sizeof(err)));
	assert_true(outputs_add(os, &out_eve,
	    TEXT("e limit 1M stats=1 anomaly=all DNS flow"), 0, err,
	    sizeof(err)));
	outputs_free(os);
	/* wants add up, the shortest time counts; a file's name is none */
	out_eve.want(TEXT("dns limit 1M stats=60 payload tls"), &w);
	out_eve.want(TEXT("x stats=5 anomaly=all"), &w);
	out_eve.want(TEXT("x stats"), &w);
	assert_int_equal(w.shows, 1u << SHOW_STATS | 1u << SHOW_ANOMALY |
	    1u << SHOW_TLS);
	assert_int_equal(w.stats_s, 5);
	assert_true(w.all_anomalies);
}

/* Reads the file that was rolled, if there is one, and takes it away: how many
 * records. */
static unsigned
take_rolled(unsigned *files)
{
	char *path = tmp_dir_first(&dir, "eve.json."), *text;
	size_t len;
	long n;

	if (!path)
		return 0;
	text = tmp_dir_read(&dir, "eve.json.*", &len);
	n = json_lines(text, len);
	assert_true(n > 0 && len <= 2048);
	assert_int_equal(remove(path), 0);
	free(text);
	free(path);
	(*files)++;
	return (unsigned)n;
}

/* A record is whole in one file, or counted as lost. */
static void
test_rotation(void **state)
{
	struct field f = FIELD("rrname", TEXT, .text = TEXT("www.example.net"));
	struct record r = make(RECORD_APP);
	char err[512];
	struct eve *e = out_eve.open(&conf, TEXT("eve.json limit 2K dns"), err,
	    sizeof(err));
	unsigned files = 0, n = 0;

	(void)state;
	assert_non_null(e);
	r.app = (struct record_app){ .show = SHOW_DNS, .type = "dns",
		.fields = &f, .n = 1 };
	for (unsigned i = 0; i < 100; i++) {
		e->t.file.stamp--; /* as if opened a second ago */
		out_eve.write(e, &r);
		n += take_rolled(&files);
	}
	out_eve.close(e);
	assert_true(files > 5);
	{
		size_t len;
		char *text = tmp_dir_read(&dir, "eve.json", &len);

		n += (unsigned)json_lines(text, len);
		free(text);
	}
	assert_int_equal(n, 100);
}

static void
test_lost(void **state)
{
	static char big[LIM_RECORD_TEXT];
	struct field f[3] = { OPENS("x", TEXT), OPENS("y", TEXT),
		OPENS("z", TEXT) };
	struct record r = make(RECORD_APP);
	struct outputs *os = outputs_new(&conf);
	char err[512], *text;
	size_t len;

	(void)state;
	assert_true(outputs_add(os, &out_eve, TEXT("e dns"), 0, err,
	    sizeof(err)));
	memset(big, 'x', sizeof(big));
	r.app = (struct record_app){ .show = SHOW_DNS, .type = "dns",
		.fields = f, .n = 3 };
	outputs_write(os, &r);
	/* longer than a record may be */
	for (unsigned i = 0; i < 3; i++)
		f[i].text = text_make(big, sizeof(big));
	outputs_write(os, &r);
	outputs_write(os, &r);
	assert_int_equal(outputs_lost(os), 2);
	f[0].text = f[1].text = f[2].text = TEXT("again");
	outputs_write(os, &r);
	outputs_free(os);
	text = tmp_dir_read(&dir, "e", &len);
	assert_int_equal(json_lines(text, len), 2);
	assert_non_null(strstr(text, "\"x\":\"again\""));
	free(text);
	/* nothing can be written at all */
	os = outputs_new(&conf);
	assert_true(outputs_add(os, &out_eve, TEXT("/dev/full dns"), 0, err,
	    sizeof(err)));
	f[0].text = text_make(big, 1 << 16);
	for (unsigned i = 0; i < 64; i++)
		outputs_write(os, &r);
	assert_true(outputs_lost(os) > 32);
	outputs_free(os);
}

/* Any bytes, in the worst place: the longest log of a parser is written. */
static void
test_any_bytes(void **state)
{
	static uint8_t bytes[LIM_APP_LOG_ROOM];
	static struct field fields[LIM_APP_LOG_FIELDS];
	struct record r = make(RECORD_APP);
	unsigned n = 0;
	size_t len;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	r.pkt.file = "\xff\"\\\x01";
	fields[n++] = (struct field)OPENS("all", ARRAY);
	while (n < LIM_APP_LOG_FIELDS - 1) {
		fields[n] = (struct field)OPENS(NULL, TEXT);
		fields[n].text = text_make((char *)bytes + n * 64, 64);
		n++;
	}
	fields[n++] = (struct field)END_ARRAY;
	r.app = (struct record_app){ .show = SHOW_HTTP, .type = "http",
		.fields = fields, .n = n };
	text = write_all("http", &r, 1, &len);
	assert_int_equal(json_lines(text, len), 1);
	free(text);
	/* all of a parser's room, each byte six characters */
	memset(bytes, 0xff, sizeof(bytes));
	text = write_all("http", &r, 1, &len);
	assert_int_equal(json_lines(text, len), 1);
	free(text);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_transaction),
		TEST(test_flow),
		TEST(test_anomaly),
		TEST(test_stats),
		TEST(test_alert_of_a_session),
		TEST(test_words),
		TEST(test_arguments),
		TEST(test_rotation),
		TEST(test_lost),
		TEST(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
