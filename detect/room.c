/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/room.h"

#include <stdlib.h>

#include "core/xalloc.h"
#include "detect/detect.h"
#include "detect/ruleset.h"

void
room_fini(struct detector_room *r)
{
	hits_fini(&r->hits);
	ppm_fini(&r->ppm);
	free(r->tried);
	for (unsigned i = 0; i < SIDES; i++) {
		free(r->ips[i].v);
		free(r->ports[i].v);
	}
}

bool
room_init(struct detector_room *r, const struct ruleset *rs)
{
	*r = (struct detector_room){ .rs = rs };
	r->tried = mem_calloc(rs->n_rules + 1u, sizeof(*r->tried));
	if (!r->tried)
		return false;
	for (unsigned i = 0; i < SIDES; i++) {
		r->ips[i].v = mem_calloc(rs->n_ip_sets + 1u, sizeof(uint32_t));
		r->ports[i].v = mem_calloc(rs->n_port_sets + 1u,
		    sizeof(uint32_t));
		if (!r->ips[i].v || !r->ports[i].v)
			goto err;
	}
	if (ppm_init(&r->ppm, &rs->conf.ppm, rs->n_rules) &&
	    hits_init(&r->hits, &rs->prefilter))
		return true;
err:
	room_fini(r);
	return false;
}

struct detector_room *
detector_room_new(const struct ruleset *rs)
{
	struct detector_room *r = mem_calloc(1, sizeof(*r));

	if (r && !room_init(r, rs)) {
		free(r);
		r = NULL;
	}
	return r;
}

void
detector_room_free(struct detector_room *r)
{
	if (!r)
		return;
	room_fini(r);
	free(r);
}
