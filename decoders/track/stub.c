/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fragments are not followed in this tree. */
#include "core/xalloc.h"
#include "decoders/track/track.h"

#include <stdlib.h>

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
