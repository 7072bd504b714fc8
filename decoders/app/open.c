/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decoders/app/open.h"

#include <string.h>

struct slice
app_tail_view(struct app_tail *t, struct slice add, uint8_t *room)
{
	t->out += add.len;
	if (!t->n)
		return add;
	memcpy(room, t->b, t->n);
	if (add.len)
		memmove(room + t->n, add.ptr, add.len);
	return slice_make(room, t->n + add.len);
}

void
app_tail_keep(struct app_tail *t, struct slice all, bool ends)
{
	size_t n = all.len < sizeof(t->b) ? all.len : sizeof(t->b);

	t->cut |= n < all.len;
	if (ends) {
		t->cut = false;
		n = 0;
	}
	if (n)
		memmove(t->b, all.ptr + (all.len - n), n);
	t->n = (uint16_t)n;
}
