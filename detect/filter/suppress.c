/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/filter/filter.h"

bool
suppress_test(const struct filter_plan *p, const struct filter_event *ev)
{
	for (unsigned i = 0; i < p->n_suppress; i++) {
		const struct suppress *s = p->suppress[i];

		if (s->always ||
		    ip_set_has(s->ips, s->by_dst ? ev->dst : ev->src))
			return true;
	}
	return false;
}
