/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP and fragments are not followed in this tree. */
#include "core/xalloc.h"
#include "decoders/track/track.h"

#include <stdlib.h>

#ifndef HAVE_STREAM
struct streams {
	uint64_t none;
};
const struct ctr_group stream_counters = { "stream", NULL, 0 };

struct streams *
streams_new(const struct stream_conf *conf, struct flow_table *flows)
{
	(void)conf;
	(void)flows;
	return mem_calloc(1, sizeof(struct streams));
}

void streams_free(struct streams *s) { free(s); }
void streams_adopt(struct streams *s, const struct stream_conf *c)
{ (void)s; (void)c; }
void streams_reset(struct streams *s) { (void)s; }
uint64_t *streams_counters(struct streams *s) { return &s->none; }
void streams_clock(struct streams *s, struct mtime now) { (void)s; (void)now; }
void stream_packet(struct streams *s, struct packet *p, struct stream_facts *f)
{ (void)s; (void)p; (void)f; }
bool stream_next(struct streams *s, struct packet *p, struct stream_facts *f)
{ (void)s; (void)p; (void)f; return false; }
void stream_end(struct streams *s, struct flow *f) { (void)s; (void)f; }
void stream_free(struct streams *s, struct flow *f) { (void)s; (void)f; }
void stream_alert_note(struct flow *f, enum flow_side side, uint32_t seq,
    uint32_t gid, uint32_t sid)
{ (void)f; (void)side; (void)seq; (void)gid; (void)sid; }
bool stream_alert_noted(const struct flow *f, enum flow_side side,
    uint32_t gid, uint32_t sid)
{ (void)f; (void)side; (void)gid; (void)sid; return false; }
bool stream_bytes(const struct flow *f, enum flow_side side, uint32_t *n)
{ (void)f; (void)side; (void)n; return false; }
void stream_set_reassembly(struct flow *f, enum flow_side side, bool on)
{ (void)f; (void)side; (void)on; }
const struct dec_event_def *stream_events(unsigned *n) { *n = 0; return NULL; }
#endif

struct defrag {
	uint64_t none;
};
const struct ctr_group defrag_counters = { "defrag", NULL, 0 };
struct defrag *defrag_new(const struct defrag_conf *conf)
{ (void)conf; return mem_calloc(1, sizeof(struct defrag)); }
void defrag_free(struct defrag *d) { free(d); }
void defrag_reset(struct defrag *d) { (void)d; }
void defrag_adopt(struct defrag *d, const struct defrag_conf *c)
{ (void)d; (void)c; }
uint64_t *defrag_counters_of(struct defrag *d) { return &d->none; }
enum defrag_result defrag_packet(struct defrag *d, struct packet *p,
    struct packet *r)
{ (void)d; (void)p; (void)r; return DEFRAG_PASS; }
