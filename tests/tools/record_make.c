/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/record_make.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/be.h"
#include "core/xalloc.h"

enum { GOLDEN_MAX = 1 << 18 };

static const uint8_t eth_ip4[14] = { 0x02, 0, 0x5e, 0x10, 0xab, 0xcd,
	0x00, 0x0c, 0x29, 0x4f, 0x8e, 0x35, 0x08, 0x00 };

static void
base(struct made *m, const uint8_t *bytes, size_t len)
{
	struct record_packet *p = &m->r.pkt;

	memset(m, 0, sizeof(*m));
	memcpy(m->frame, bytes, len);
	m->r.kind = RECORD_ALERT;
	m->r.event = (struct record_event){
		.gid = 1, .sid = 1000001, .rev = 3, .event_id = 7,
		.event_ref = 7, .class_id = 5, .priority = 2,
		.msg = TEXT("LOCAL suspicious thing"),
		.class_name = TEXT("bad-unknown"),
		.class_text = TEXT("Potentially Bad Traffic"),
		.action = "alert",
	};
	*p = (struct record_packet){
		.ts = { 1710408413589793000u + 999u },
		.dlt = 1,
		.caplen = (uint32_t)len,
		.wirelen = (uint32_t)len,
		.num = 42,
		.raw = slice_make(m->frame, len),
		.iface = "eth0",
		.eth = slice_make(m->frame, 14),
	};
	p->ethertype = (uint16_t)(bytes[12] << 8 | bytes[13]);
}

static uint16_t
u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
u32(const uint8_t *p)
{
	return (uint32_t)u16(p) << 16 | u16(p + 2);
}

/* The transport header at frame offset `at`, up to `end`. */
static void
decode_l4(struct made *m, size_t at, size_t end)
{
	struct record_packet *p = &m->r.pkt;
	const uint8_t *f = m->frame + at;
	size_t left = end - at, head = left;

	p->ip_payload = slice_make(f, left);
	p->payload = p->ip_payload;
	if (p->is_fragment)
		return;
	switch (p->ip_proto) {
	case 6:
		p->l4_kind = REC_L4_TCP;
		p->sport = u16(f);
		p->dport = u16(f + 2);
		p->tcp_seq = u32(f + 4);
		p->tcp_ack = u32(f + 8);
		p->tcp_hlen = (uint16_t)((f[12] >> 4) * 4);
		p->tcp_flags = f[13];
		p->tcp_win = u16(f + 14);
		p->tcp_urp = u16(f + 18);
		head = p->tcp_hlen;
		break;
	case 17:
		p->l4_kind = REC_L4_UDP;
		p->sport = u16(f);
		p->dport = u16(f + 2);
		p->udp_len = u16(f + 4);
		head = 8;
		break;
	case 1:
	case 58:
		p->l4_kind = p->ip_proto == 1 ? REC_L4_ICMP4 : REC_L4_ICMP6;
		p->icmp_type = f[0];
		p->icmp_code = f[1];
		p->l4 = slice_make(f, left);
		if (f[0] == 8 || f[0] == 0 || f[0] == 128 || f[0] == 129) {
			p->icmp_id = u16(f + 4);
			p->icmp_seq = u16(f + 6);
		}
		p->payload = slice_make(f + 8, left - 8);
		return;
	default:
		return;
	}
	p->l4 = slice_make(f, head);
	p->payload = slice_make(f + head, left - head);
}

void
make_from_ip4(struct made *m, const uint8_t *ip, size_t len)
{
	uint8_t frame[sizeof(m->frame)];
	struct record_packet *p = &m->r.pkt;

	memcpy(frame, eth_ip4, 14);
	memcpy(frame + 14, ip, len);
	base(m, frame, 14 + len);
	p->ip_ver = 4;
	p->ip_hlen = (uint16_t)((ip[0] & 15) * 4);
	p->ip_tos = ip[1];
	p->ip_len = u16(ip + 2);
	p->ip_id = u16(ip + 4);
	p->ip_frag = u16(ip + 6);
	p->is_fragment = (p->ip_frag & 0x3fff) != 0;
	p->ip_ttl = ip[8];
	p->ip_proto = p->event_proto = ip[9];
	p->src.family = p->dst.family = 4;
	memcpy(p->src.b, ip + 12, 4);
	memcpy(p->dst.b, ip + 16, 4);
	p->ip = slice_make(m->frame + 14, p->ip_hlen);
	decode_l4(m, 14u + p->ip_hlen, 14 + len);
}

static void
from_ip6(struct made *m, const uint8_t *ip, size_t len)
{
	static const uint8_t eth_ip6[14] = { 0x33, 0x33, 0, 0, 0, 1,
		0x00, 0x0c, 0x29, 0x4f, 0x8e, 0x35, 0x86, 0xdd };
	uint8_t frame[sizeof(m->frame)];
	struct record_packet *p = &m->r.pkt;

	memcpy(frame, eth_ip6, 14);
	memcpy(frame + 14, ip, len);
	base(m, frame, 14 + len);
	p->ip_ver = 6;
	p->ip_hlen = 40;
	p->ip_tos = (uint8_t)(ip[0] << 4 | ip[1] >> 4);
	p->ip_len = u16(ip + 4) + 40u;
	p->ip_ttl = ip[7];
	p->ip_proto = p->event_proto = ip[6];
	p->src.family = p->dst.family = 6;
	memcpy(p->src.b, ip + 8, 16);
	memcpy(p->dst.b, ip + 24, 16);
	p->ip = slice_make(m->frame + 14, 40);
	decode_l4(m, 54, 14 + len);
}

void
make_tcp(struct made *m)
{
	static const uint8_t ip[] = {
		0x45, 0, 0, 72, 0x12, 0x34, 0x40, 0, 64, 6, 0xab, 0xcd,
		192, 0, 2, 10, 198, 51, 100, 7,
		0xc9, 0x3a, 0, 80, 0x1a, 0x2b, 0x3c, 0x4d,
		0x55, 0x66, 0x77, 0x88, 0x80, 0x18, 0x01, 0xf5, 0, 0, 0, 0,
		1, 1, 8, 10, 0x00, 0x01, 0xe2, 0x40, 0x00, 0x09, 0xfb, 0xf1,
		'G', 'E', 'T', ' ', '/', 'a', '?', 'b', '=', '"', '\\', 0xff,
		0x00, 0x7f, ' ', 'H', 'T', 'T', '\r', '\n',
	};

	make_from_ip4(m, ip, sizeof(ip));
	m->refs[0] = (struct record_ref){ TEXT("url"), TEXT("example.org/adv/1"),
		TEXT("http://") };
	m->refs[1] = (struct record_ref){ TEXT("cve"), TEXT("2024-0001"),
		TEXT("") };
	m->metas[0] = (struct record_meta){ TEXT("policy"), TEXT("security-ips") };
	m->metas[1] = (struct record_meta){ TEXT("created_at"),
		TEXT("2024_01_02") };
	m->metas[2] = (struct record_meta){ TEXT("policy"), TEXT("balanced-ips") };
	m->r.event.refs = m->refs;
	m->r.event.n_refs = 2;
	m->r.event.metas = m->metas;
	m->r.event.n_metas = 3;
	m->r.event.rule_text = TEXT("alert tcp any any -> any 80 "
	    "(msg:\"LOCAL suspicious thing\"; sid:1000001; rev:3;)");
	m->r.flow = (struct record_flow){ .id = 1234567890123,
		.start = mtime_make(1710408411, 1000), .packets = { 4, 3 },
		.bytes = { 411, 3214 }, .has_direction = true,
		.to_server = true };
}

void
make_udp(struct made *m)
{
	static const uint8_t ip[] = {
		0x45, 0, 0, 32, 0, 1, 0, 0, 255, 17, 0, 0,
		192, 0, 2, 9, 224, 0, 0, 251,
		0x14, 0xe9, 0x14, 0xe9, 0, 12, 0, 0, 1, 2, 3, 4,
	};

	make_from_ip4(m, ip, sizeof(ip));
	m->r.event = (struct record_event){ .gid = 116, .sid = 444, .rev = 1,
		.event_id = 8, .event_ref = 8, .priority = 3,
		.msg = TEXT("(snort_decoder) WARNING: IP option set"),
		.action = "alert" };
}

void
make_icmp_echo(struct made *m)
{
	static const uint8_t ip[] = {
		0x45, 0, 0, 30, 0, 2, 0, 0, 128, 1, 0, 0,
		192, 0, 2, 10, 198, 51, 100, 7,
		8, 0, 0x12, 0x34, 0x02, 0x01, 0, 9, 'h', 'i',
	};

	make_from_ip4(m, ip, sizeof(ip));
	m->r.event.msg = TEXT("LOCAL blocked");
	m->r.event.sid = 1000002;
	m->r.event.rev = 1;
	m->r.event.priority = 0;
	m->r.event.class_id = 0;
	m->r.event.class_name = m->r.event.class_text = TEXT("");
	m->r.event.action = "drop";
	m->r.verdict = VERDICT_DROPPED;
}

void
make_icmp_unreach(struct made *m)
{
	static const uint8_t ip[] = {
		0x45, 0xc0, 0, 68, 0, 3, 0, 0, 63, 1, 0, 0,
		203, 0, 113, 1, 192, 0, 2, 10,
		3, 3, 0xfc, 0xff, 0, 0, 0, 0,
		0x45, 0, 0, 40, 0x86, 0x68, 0x40, 0, 1, 17, 0x12, 0x34,
		192, 0, 2, 10, 203, 0, 113, 1,
		0xbd, 0xbf, 0x07, 0x6c, 0, 20, 0xbc, 0xed,
		'M', '-', 'S', 'E', 'A', 'R', 'C', 'H', ' ', '*', ' ', 'H',
	};

	make_from_ip4(m, ip, sizeof(ip));
}

void
make_ip6_tcp(struct made *m)
{
	static const uint8_t ip[] = {
		0x61, 0x20, 0, 0, 0, 24, 6, 57,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x80,
		0x80, 0x01, 0x01, 0xbb, 0, 0, 0, 16, 0, 0, 0, 0,
		0x60, 0xe2, 0xff, 0xff, 0, 0, 0, 7, 2, 4, 5, 0xb4,
	};

	from_ip6(m, ip, sizeof(ip));
}

void
make_icmp6(struct made *m)
{
	static const uint8_t ip[] = {
		0x60, 0, 0, 0, 0, 12, 58, 64,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
		128, 0, 0, 0, 0, 5, 0, 6, 'a', 'b', 'c', 'd',
	};

	from_ip6(m, ip, sizeof(ip));
}

void
make_fragment(struct made *m)
{
	static const uint8_t ip[] = {
		0x45, 0, 0, 28, 0x12, 0x35, 0x20, 0x10, 64, 17, 0, 0,
		192, 0, 2, 10, 198, 51, 100, 7,
		'f', 'r', 'a', 'g', 'm', 'e', 'n', 't',
	};

	make_from_ip4(m, ip, sizeof(ip));
}

void
make_arp(struct made *m)
{
	static const uint8_t frame[] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x00, 0x0c, 0x29, 0x4f, 0x8e, 0x35, 0x08, 0x06,
		0, 1, 8, 0, 6, 4, 0, 1,
		0x00, 0x0c, 0x29, 0x4f, 0x8e, 0x35, 192, 0, 2, 1,
		0, 0, 0, 0, 0, 0, 192, 0, 2, 254,
	};

	base(m, frame, sizeof(frame));
	m->r.pkt.arp = slice_make(m->frame + 14, 28);
}

void
make_ip_options(struct made *m)
{
	static const uint8_t ip[] = {
		0x49, 0x10, 0, 40, 0, 4, 0xc0, 0, 64, 200, 0, 0,
		192, 0, 2, 10, 198, 51, 100, 7,
		7, 7, 4, 0, 0, 0, 0, /* record route */
		1,                   /* no operation */
		0x99, 5, 0xaa, 0xbb, 0xcc, /* unknown */
		0, 0, 0,             /* end */
		'x', 'y', 'z', '!',
	};

	make_from_ip4(m, ip, sizeof(ip));
}

void
tmp_dir_make(struct tmp_dir *d)
{
	snprintf(d->path, sizeof(d->path), "/tmp/aduana-test-XXXXXX");
	assert_non_null(mkdtemp(d->path));
}

static void
remove_tree(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char *child;
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		child = xasprintf("%s/%s", path, e->d_name);
		if (lstat(child, &st) == 0 && S_ISDIR(st.st_mode))
			remove_tree(child);
		else
			unlink(child);
		free(child);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void
tmp_dir_remove(struct tmp_dir *d)
{
	remove_tree(d->path);
}

/* The first name in d that begins so; false when there is none. */
static unsigned
find_prefix(const struct tmp_dir *d, const char *prefix, size_t len,
    char name[256])
{
	DIR *dir = opendir(d->path);
	struct dirent *e;
	unsigned n = 0;

	while (dir && (e = readdir(dir))) {
		if (strncmp(e->d_name, prefix, len) != 0 || e->d_name[0] == '.')
			continue;
		if (!n++ && name)
			snprintf(name, 256, "%s", e->d_name);
	}
	if (dir)
		closedir(dir);
	return n;
}

unsigned
tmp_dir_count(const struct tmp_dir *d, const char *prefix)
{
	return find_prefix(d, prefix, strlen(prefix), NULL);
}

char *
tmp_dir_first(const struct tmp_dir *d, const char *prefix)
{
	char found[256];

	return find_prefix(d, prefix, strlen(prefix), found) ?
	    xasprintf("%s/%s", d->path, found) : NULL;
}

char *
tmp_dir_read(const struct tmp_dir *d, const char *name, size_t *len)
{
	size_t n = strlen(name);
	char found[256], *path, *text;
	struct stat st;
	FILE *f;

	if (n && name[n - 1] == '*') {
		if (!find_prefix(d, name, n - 1, found))
			return NULL;
		name = found;
	}
	path = xasprintf("%s/%s", d->path, name);
	f = fopen(path, "rb");
	free(path);
	if (!f)
		return NULL;
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = xcalloc(1, (size_t)st.st_size + 1);
	n = fread(text, 1, (size_t)st.st_size, f);
	assert_int_equal(n, st.st_size);
	fclose(f);
	if (len)
		*len = n;
	return text;
}

char *
written(const struct out_conf *conf, const struct tmp_dir *d, const char *name,
    const char *args, const char *file, size_t *len,
    const struct record *const *records, unsigned n)
{
	struct outputs *os = outputs_new(conf);
	char err[512] = "";
	char *text;

	assert_non_null(out_find(text_of(name)));
	if (!outputs_add(os, out_find(text_of(name)), text_of(args), 0, err,
	    sizeof(err)))
		fail_msg("%s: %s", name, err);
	for (unsigned i = 0; i < n; i++)
		outputs_write(os, records[i]);
	outputs_flush(os);
	assert_int_equal(outputs_lost(os), 0);
	outputs_free(os);
	text = tmp_dir_read(d, file, len);
	assert_non_null(text);
	return text;
}

void
assert_golden(const char *name, const char *text, size_t len)
{
	char *path = xasprintf("%s/%s", GOLDEN_DIR, name);
	char *want = xcalloc(1, GOLDEN_MAX);
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		fail_msg("cannot open %s", path);
	n = fread(want, 1, GOLDEN_MAX - 1, f);
	fclose(f);
	if (n != len || memcmp(want, text, n) != 0)
		fail_msg("not as in %s:\n%s", path, text);
	free(path);
	free(want);
}
