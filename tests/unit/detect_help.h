/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests of detection: a rule set from text, packets by hand, and what was
 * reported as text. */
#ifndef TESTS_UNIT_DETECT_HELP_H
#define TESTS_UNIT_DETECT_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "decoders/events.h"
#include "detect/ruleset.h"

/* Stands for what decoders and the others raise: some tables hold the same, as
 * two decoders may, and sids repeat from one generator to another. */
bool
events_table(unsigned i, struct event_table *out)
{
	static const struct dec_event_def decoder[] = {
		{ 1, DEC_EV_DECODE, "ip4.none", "(snort_decoder) WARNING: x" },
		{ 430, DEC_EV_DECODE, "tcp.x", "(snort_decoder) WARNING: y" },
	};
	static const struct dec_event_def scan[] = {
		{ 1, DEC_EV_DECODE, "scan.x", "(portscan) z" },
	};
	static const struct event_table tables[] = {
		{ 116, decoder, ARRAY_LEN(decoder) },
		{ 116, decoder, ARRAY_LEN(decoder) },
		{ 122, scan, ARRAY_LEN(scan) },
	};

	if (i >= ARRAY_LEN(tables))
		return false;
	*out = tables[i];
	return true;
}

struct set {
	struct tree *tree;
	struct ruleset *rs;
	struct detector *d;
};

/* The detector goes by other rules from here on; false: out of memory. */
static UNUSED bool
set_adopt(struct detector *d, const struct ruleset *rs)
{
	struct detector_room *room = detector_room_new(rs);
	bool done = room && detector_adopt(d, room);

	detector_room_free(room);
	return done;
}

/* Loads configuration text; `conf` NULL: defaults. */
static UNUSED struct set
set_load(const char *text, const struct detect_conf *conf)
{
	struct detect_conf def = detect_conf_default();
	struct set s;

	s.tree = conf_load_text("test", text_of(text), NULL);
	assert_non_null(s.tree);
	s.rs = ruleset_compile(s.tree, conf ? conf : &def);
	assert_non_null(s.rs);
	s.d = detector_new(s.rs);
	assert_non_null(s.d);
	return s;
}

static UNUSED void
set_free(struct set *s)
{
	detector_free(s->d);
	ruleset_free(s->rs);
	tree_free(s->tree);
}

static UNUSED struct ipaddr
ip(const char *text)
{
	struct ipaddr a;

	assert_true(ipaddr_parse(text_of(text), &a));
	return a;
}

/* A packet as decoding leaves it; change it as needed. */
static UNUSED struct packet *
packet_make(enum pkt_l4 l4, const char *src, unsigned sport, const char *dst,
    unsigned dport)
{
	static const uint8_t protos[] = { 255, 6, 17, 1, 58 };
	static struct packet p;

	p = (struct packet){ .ts = mtime_make(1000, 0) };
	p.dec.src = ip(src);
	p.dec.dst = ip(dst);
	p.dec.ip_ver = p.dec.src.family;
	p.dec.ip_proto = protos[l4];
	p.dec.l4 = l4;
	p.dec.sport = (uint16_t)sport;
	p.dec.dport = (uint16_t)dport;
	p.data = (const uint8_t *)"";
	return &p;
}

/* Judges the packet with this payload: "gid:sid gid:sid ..." in the order
 * reported. `events` are its builtin ones. */
static UNUSED const char *
judge_with(struct set *s, const struct packet *p, const char *payload,
    const struct pkt_event *events, unsigned n_events,
    enum rule_action *verdict)
{
	static char out[4096];
	const struct event *ev;
	struct unit u = { .kind = UNIT_RAW, .pkt = p };
	size_t at = 0;
	unsigned n;

	unit_set(&u, BUF_PAYLOAD, slice_make((const uint8_t *)payload,
	    strlen(payload)));
	n = detect_unit(s->d, &u, events, n_events, &ev, verdict);
	out[0] = '\0';
	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%u:%u",
		    i ? " " : "", ev[i].gid, ev[i].sid);
	return out;
}

static UNUSED const char *
judge(struct set *s, const struct packet *p, const char *payload)
{
	enum rule_action verdict;

	return judge_with(s, p, payload, NULL, 0, &verdict);
}

static UNUSED uint64_t
counter(struct set *s, const char *name)
{
	for (unsigned i = 0; i < detect_counters.n; i++)
		if (strcmp(detect_counters.defs[i].name, name) == 0)
			return detector_counters(s->d)[i];
	fail_msg("no counter %s", name);
	return 0;
}

/* A small generator whose seed is printed, so that a failure can be had
 * again. */
static uint64_t test_state;

static UNUSED void
test_seed(void)
{
	const char *env = getenv("TEST_SEED");

	test_state = env ? strtoull(env, NULL, 0) : 0x243f6a8885a308d3u;
	print_message("TEST_SEED=0x%llx\n", (unsigned long long)test_state);
}

static UNUSED uint32_t
test_random(uint32_t below)
{
	test_state = test_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(test_state >> 33) % below;
}

#endif
