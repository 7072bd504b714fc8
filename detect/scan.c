/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/scan.h"

#include <string.h>

#include "decoders/track/stream.h"
#include "detect/kept.h"

static_assert(LIM_CANDIDATES <= LIM_SCAN_HITS, "scan_segment");

/* The buffers that payload's literals are searched in. */
static const enum buf_id payloads[] = { BUF_DECODED, BUF_FILE_DATA,
	BUF_PAYLOAD };

/* Candidates go by buffer, HTTP's first, and by offset. */
enum { SCAN_BODY = BUF_COUNT + 1, SCAN_PAYLOAD };
static_assert(ARRAY_LEN(payloads) == SCAN_PAYLOAD - BUF_COUNT + 1, "numbers");

struct slice
scan_bytes(const struct unit *u, uint64_t scan)
{
	return u->bufs[scan < BUF_COUNT ? scan : payloads[scan - BUF_COUNT]];
}

/* One bundle in one buffer; false: not all of its hits are known. */
static bool
scan_buffer(struct scanner *sc, const struct unit *u, const struct bundle *b,
    enum buf_id id, uint32_t scan, const struct kept *kept)
{
	struct slice s = u->bufs[id];
	struct kept_cost cost = { 0 };
	uint64_t *c = sc->ctrs;
	bool ok;

	if (id != BUF_PAYLOAD) {
		c[SCAN_CTR_SCANS]++;
		c[SCAN_CTR_SCANNED] += s.len;
		return hits_scan(sc->hits, b, s, scan);
	}
	if (kept) {
		ok = kept_search(kept, sc->hits, b, &cost);
	} else if (sc->body_at != SIZE_MAX) {
		cost.scans = 1;
		ok = hits_scan_around(sc->hits, b, s, sc->body_at,
		    sc->body_at + u->bufs[BUF_FILE_DATA].len, scan,
		    &cost.bytes);
	} else {
		cost = (struct kept_cost){ .scans = 1, .bytes = s.len };
		ok = hits_scan(sc->hits, b, s, scan);
	}
	c[SCAN_CTR_SCANS] += cost.scans;
	c[SCAN_CTR_SCANNED] += cost.bytes;
	if (kept) {
		c[SCAN_CTR_RESCANNED] += cost.rescanned;
		c[SCAN_CTR_SEAMS] += cost.bytes - cost.rescanned;
	} else if (u->kind == UNIT_STREAM) {
		c[SCAN_CTR_RESCANNED] += cost.bytes;
	}
	return ok;
}

/* The buffers that a space's literals are searched in. */
static bool
scan_bundle(struct scanner *sc, const struct unit *u, const struct bundle *b,
    const struct kept *kept)
{
	const enum buf_id *bufs = &b->space;
	uint32_t scan = b->space;
	size_t n = 1;
	bool ok = true;

	if (b->space == BUF_PAYLOAD) {
		bufs = payloads;
		n = ARRAY_LEN(payloads);
		scan = BUF_COUNT;
	}
	for (size_t i = 0; i < n; i++) {
		if (!unit_has(u, bufs[i]) || !u->bufs[bufs[i]].len)
			continue;
		if (kept && scan + i == SCAN_BODY && sc->body_at != SIZE_MAX)
			continue; /* with the payload that it is part of */
		ok = scan_buffer(sc, u, b, bufs[i], scan + (uint32_t)i,
		    kept) && ok;
	}
	return ok;
}

static bool
take_kept(struct scanner *sc, const struct kept *kept)
{
	struct kept_cost cost = { 0 };
	bool ok = kept_take(kept, sc->hits, &cost);

	sc->ctrs[SCAN_CTR_SCANNED] += cost.bytes;
	sc->ctrs[SCAN_CTR_SEAMS] += cost.bytes;
	return ok;
}

static bool
scan_all(struct scanner *sc, const struct unit *u, const struct plan *plan,
    const struct kept *kept)
{
	bool ok = true;

	hits_begin(sc->hits, &sc->rs->prefilter);
	if (kept && !take_kept(sc, kept))
		return false;
	for (unsigned i = plan->first; i < plan->n; i++)
		for (uint32_t j = 0; j < plan->parts[i]->n_bundles; j++) {
			if (sc->any_ignored &&
			    plan->parts[i]->bundles[j]->any_ignored)
				continue;
			ok = scan_bundle(sc, u, plan->parts[i]->bundles[j],
			    kept) && ok;
			if (kept && !ok)
				return false;
		}
	return ok;
}

/* Do the port classes' bundles hold those of the any-any part, parts[0]? */
static bool
any_is_covered(const struct rule_part *const *parts, unsigned n)
{
	return (n > 1 && parts[1]->with_any) || (n > 2 && parts[2]->with_any);
}

struct plan
plan_of(const struct ruleset *rs, const struct pkt_dec *dec)
{
	const struct group *g = &rs->groups.set[group_of(dec)];
	struct plan plan = { .group = g, .parts = { &g->any }, .n = 1 };

	if (g->dst.class_of && g->dst.class_of[dec->dport])
		plan.parts[plan.n++] =
		    &g->dst.classes[g->dst.class_of[dec->dport]];
	if (g->src.class_of && g->src.class_of[dec->sport])
		plan.parts[plan.n++] =
		    &g->src.classes[g->src.class_of[dec->sport]];
	plan.first = any_is_covered(plan.parts, plan.n) ? 1 : 0;
	return plan;
}

/* A segment's hits, for the units it will be part of. */
static void
note_scan(struct scanner *sc, const struct unit *u)
{
	stream_scan_note(u->flow.flow, u->pkt, sc->set_gen, sc->notes,
	    kept_hits(sc->hits, &sc->rs->prefilter, sc->notes, LIM_SEG_HITS));
}

/* Is the unit's payload all of its packet's? */
static bool
is_whole(const struct unit *u)
{
	struct slice s = u->bufs[BUF_PAYLOAD], all = pkt_payload(u->pkt);

	return s.ptr == all.ptr && s.len == all.len;
}

static bool
may_note(const struct unit *u)
{
	/* other buffers may have taken hits of the payload's */
	return u->kind != UNIT_STREAM && u->flow.flow &&
	    u->pkt->dec.l4 == PKT_L4_TCP && !unit_has(u, BUF_DECODED) &&
	    !unit_has(u, BUF_FILE_DATA) && is_whole(u);
}

/* The bytes of a body without a coding are part of the payload, most often its
 * end, and are searched before it. Where they stand there; SIZE_MAX: they are
 * others. */
static size_t
body_in_payload(const struct unit *u)
{
	struct slice body = u->bufs[BUF_FILE_DATA], all = u->bufs[BUF_PAYLOAD];

	const uint8_t *end;

	if (!unit_has(u, BUF_FILE_DATA) || !body.len || body.len > all.len)
		return SIZE_MAX;
	end = all.ptr + (all.len - body.len);
	if (body.ptr != end && memcmp(body.ptr, end, body.len) != 0)
		return SIZE_MAX;
	return all.len - body.len;
}

void
scan_unit(struct scanner *sc, const struct unit *u, const struct plan *plan)
{
	const struct kept kept = { .scan = u->scan, .generation = sc->set_gen,
		.pf = &sc->rs->prefilter, .payload = u->bufs[BUF_PAYLOAD],
		.body_at = sc->body_at = body_in_payload(u),
		.payload_scan = SCAN_PAYLOAD, .body_scan = SCAN_BODY };

	if (u->scan && is_whole(u) && kept_is_any(&kept) &&
	    scan_all(sc, u, plan, &kept))
		return;
	if (scan_all(sc, u, plan, NULL) && may_note(u))
		note_scan(sc, u);
}

bool
scan_segment(struct scanner *sc, const struct unit *u,
    const struct plan *plan, struct stream_scan *scan)
{
	sc->body_at = SIZE_MAX;
	if (!may_note(u) || !scan_all(sc, u, plan, NULL))
		return false;
	note_scan(sc, u);
	scan->n_pieces = 1;
	scan->n_hits = kept_hits(sc->hits, &sc->rs->prefilter, scan->hits,
	    LIM_SCAN_HITS);
	scan->pieces[0] = (struct stream_piece){ 0,
		(uint32_t)u->bufs[BUF_PAYLOAD].len, sc->set_gen, scan->n_hits };
	return true;
}
