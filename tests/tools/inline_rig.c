/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/inline_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/xalloc.h"

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x); \
			abort();                                               \
		}                                                              \
	} while (0)

enum { ISN_CLIENT = 1000, ISN_SERVER = 5000 };

static struct rig *current;

/* -- a place for records -------------------------------------------------- */

static void *
sink_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	(void)conf;
	(void)args;
	(void)err;
	(void)err_len;
	return current;
}

static void
sink_write(void *self, const struct record *rec)
{
	struct rig *r = self;
	struct rig_record *out = &r->records[r->n_records];

	if (rec->kind != RECORD_ALERT && rec->kind != RECORD_LOG &&
	    rec->kind != RECORD_DROP)
		return;
	CHECK(r->n_records < RIG_RECORDS);
	*out = (struct rig_record){ .kind = rec->kind, .verdict = rec->verdict,
		.gid = rec->event.gid, .sid = rec->event.sid };
	if (rec->reason)
		snprintf(out->reason, sizeof(out->reason), "%s", rec->reason);
	r->n_records++;
}

static void
sink_close(void *self)
{
	(void)self;
}

static const struct out_ops sink = {
	.name = "sink",
	.mask = OUT_ALERT | OUT_APP,
	.open = sink_open,
	.write = sink_write,
	.close = sink_close,
};

static bool
keep_sent(void *self, const struct packet *p, const struct reject_link *link,
    const struct reject_packet *a)
{
	struct rig *r = self;

	(void)p;
	CHECK(r->n_sent < RIG_SENT);
	r->sent_by[r->n_sent] = *link;
	r->sent[r->n_sent++] = *a;
	return true;
}

/* -- life ------------------------------------------------------------------ */

static void
load(struct rig *r, const char *options, const char *conf)
{
	static char words[16][128];
	char line[512], path[96], err[512], *argv[17];
	struct text rest, word;
	int argc = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/conf", r->dir);
	f = fopen(path, "w");
	CHECK(f);
	fprintf(f, "preprocessor stream5_global: track_tcp yes, track_udp yes, "
	    "track_icmp no\n"
	    "preprocessor stream5_tcp: policy first, ports both all\n"
	    "preprocessor stream5_udp: timeout 60\n"
	    "preprocessor frag3_global\n"
	    "preprocessor frag3_engine: policy first\n"
	    "config protocol_detection: ports\n%s", conf);
	fclose(f);
	snprintf(line, sizeof(line), "aduana -q -A none -N -c %s -r x %s", path,
	    options);
	rest = text_of(line);
	while ((word = text_word(&rest)).len && argc < 16) {
		snprintf(words[argc], sizeof(words[argc]), "%.*s",
		    TEXT_ARG(word));
		argv[argc] = words[argc];
		argc++;
	}
	argv[argc] = NULL;
	CHECK(cmdline_parse(&r->cl, argc, argv, err, sizeof(err)));
	r->names = flowbit_names_new();
	r->gen = generation_load(&r->cl, r->names);
	CHECK(r->gen && r->gen->usable);
	unlink(path);
}

struct rig *
rig_new(const char *options, const char *conf)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct inspect_conf ic = { 0 };
	const struct settings *s;
	char err[256];

	snprintf(r->dir, sizeof(r->dir), "/tmp/inline_rig.XXXXXX");
	CHECK(mkdtemp(r->dir));
	load(r, options, conf);
	s = &r->gen->settings;
	r->det = detector_new(r->gen->rules);
	r->outs = outputs_new(&r->out_conf);
	CHECK(r->det && r->outs);
	current = r;
	CHECK(outputs_add(r->outs, &sink, TEXT(""), 0, err, sizeof(err)));
	ic.track = &s->track;
	ic.watch = &s->watch;
	ic.enforce = s->enforce;
	ic.checksum_drop = s->checksum_drop;
	ic.response = s->response;
	ic.bypass = s->inline_bypass;
	ic.depth = s->inline_depth;
	ic.norm = s->enforce == ENFORCE_ALL ? &s->norm : NULL;
	ic.wants = s->wants;
	ic.wants.shows |= 1u << SHOW_DROP;
	CHECK(inspect_init(&r->in, &s->dec, r->det, r->outs, &ic));
	r->sticky = sticky_new(&s->sticky, r->dir, err, sizeof(err));
	CHECK(r->sticky);
	r->in.sticky = r->sticky;
	r->in.dlt = 1;
	r->in.sender = (struct reject_sender){ r, keep_sent, NULL };
	r->ms = 1000000;
	r->client = "10.1.1.1";
	r->server = "10.1.1.2";
	r->cport = 1025;
	r->sport = 9999;
	return r;
}

void
rig_free(struct rig *r)
{
	inspect_flush(&r->in);
	inspect_fini(&r->in);
	sticky_free(r->sticky);
	outputs_free(r->outs);
	detector_free(r->det);
	generation_free(r->gen);
	flowbit_names_free(r->names);
	cmdline_fini(&r->cl);
	rmdir(r->dir);
	free(r);
}

void
rig_forget(struct rig *r)
{
	r->n_records = r->n_sent = 0;
}

/* -- packets --------------------------------------------------------------- */

bool
rig_send(struct rig *r)
{
	memcpy(r->room, r->c.b, r->c.len);
	r->frame = (struct frame){ .data = r->room, .room = r->room,
		.caplen = (uint32_t)r->c.len, .wirelen = (uint32_t)r->c.len,
		.flags = r->flags, .link = r->link,
		.ts = mtime_make(r->ms / 1000, (uint32_t)(r->ms % 1000) *
		    1000000u) };
	r->ms += 10;
	r->v = inspect_frame(&r->in, &r->frame);
	return r->v.action == FRAME_ACCEPT;
}

static void
begin(struct rig *r, bool from_client, uint8_t proto)
{
	const char *src = from_client ? r->client : r->server;
	const char *dst = from_client ? r->server : r->client;
	bool v6 = strchr(src, ':') != NULL;

	craft_init(&r->c);
	craft_eth(&r->c, v6 ? 0x86dd : 0x0800);
	if (v6)
		craft_ip6(&r->c, proto, src, dst);
	else
		craft_ip4(&r->c, proto, src, dst);
}

bool
rig_tcp(struct rig *r, bool from_client, const char *flags, uint32_t seq,
    uint32_t ack, const char *text)
{
	return rig_tcp_bytes(r, from_client, flags, seq, ack, text,
	    strlen(text));
}

bool
rig_tcp_bytes(struct rig *r, bool from_client, const char *flags,
    uint32_t seq, uint32_t ack, const void *bytes, size_t n)
{
	static const char letters[] = "FSRPAU";
	uint8_t bits = 0;

	for (const char *f = flags; *f; f++)
		bits |= (uint8_t)(1 << (strchr(letters, *f) - letters));
	begin(r, from_client, 6);
	craft_tcp(&r->c, from_client ? r->cport : r->sport, from_client ?
	    r->sport : r->cport, seq + (from_client ? ISN_CLIENT : ISN_SERVER),
	    bits & 0x10 ? ack + (from_client ? ISN_SERVER : ISN_CLIENT) : 0,
	    bits);
	craft_bytes(&r->c, bytes, n);
	craft_done(&r->c);
	return rig_send(r);
}

bool
rig_udp(struct rig *r, bool from_client, const char *text)
{
	begin(r, from_client, 17);
	craft_udp(&r->c, from_client ? r->cport : r->sport, from_client ?
	    r->sport : r->cport);
	craft_text(&r->c, text);
	craft_done(&r->c);
	return rig_send(r);
}

void
rig_handshake(struct rig *r)
{
	CHECK(rig_tcp(r, true, "S", 0, 0, ""));
	CHECK(rig_tcp(r, false, "SA", 0, 1, ""));
	CHECK(rig_tcp(r, true, "A", 1, 1, ""));
}

bool
rig_sums_are_right(struct rig *r)
{
	static struct packet p;
	static struct decoder dec;
	static struct dec_conf conf;
	bool ok;

	conf = dec_conf_default();
	CHECK(decoder_init(&dec, &conf));
	p = (struct packet){ .data = r->room, .dlt = 1, .caplen =
		r->v.rewritten ? r->v.rewritten : r->frame.caplen };
	p.wirelen = p.caplen;
	decode(&dec, &p);
	ok = !(p.dec.flags & (PKT_BAD_IP_CSUM | PKT_BAD_TCP_CSUM |
	    PKT_BAD_UDP_CSUM | PKT_BAD_ICMP_CSUM | PKT_MALFORMED)) &&
	    p.dec.ip_ver && p.dec.l4 != PKT_L4_NONE;
	decoder_fini(&dec);
	return ok;
}

/* -- answers --------------------------------------------------------------- */

bool
rig_has(const struct rig *r, uint32_t sid, enum record_verdict v)
{
	for (unsigned i = 0; i < r->n_records; i++)
		if (r->records[i].kind == RECORD_ALERT &&
		    r->records[i].sid == sid && r->records[i].verdict == v)
			return true;
	return false;
}

uint64_t
rig_ctr(const struct rig *r, const char *name)
{
	for (unsigned i = 0; i < verdict_counters.n; i++)
		if (strcmp(verdict_counters.defs[i].name, name) == 0)
			return r->in.verdict_ctrs[i];
	fprintf(stderr, "no counter %s\n", name);
	abort();
}
