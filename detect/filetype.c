/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/filetype.h"

/* Does what the line says of these bytes, at this offset of the file, hold? */
static bool
holds(const struct file_magic *m, uint32_t at, struct slice bytes)
{
	uint64_t end = at + (uint64_t)bytes.len;

	for (unsigned i = 0; i < m->n; i++) {
		uint64_t from = m->parts[i].offset;
		uint64_t to = from + m->parts[i].bytes.len;
		uint64_t lo = from > at ? from : at, hi = to < end ? to : end;

		if (lo < hi && memcmp(m->parts[i].bytes.ptr + (lo - from),
		    bytes.ptr + (lo - at), (size_t)(hi - lo)) != 0)
			return false;
	}
	return true;
}

static void
begin(const struct file_conf *c, struct flow_files *f, unsigned side)
{
	for (unsigned i = 0; i < LIM_FILE_TYPES / 64; i++)
		f->side[side].may_be[i] = c->n >= (i + 1) * 64 ? UINT64_MAX :
		    c->n > i * 64 ? (UINT64_C(1) << c->n % 64) - 1 : 0;
	f->side[side].seen = 0;
	f->side[side].begun = true;
	f->side[side].done = false;
	f->side[side].type = -1;
}

/* The next bytes: lines that do not hold are out, of those that hold to their
 * end the longest is the type. */
static void
look(const struct file_conf *c, struct flow_files *f, unsigned side,
    struct slice bytes)
{
	uint32_t at = f->side[side].seen;
	uint64_t left = 0;

	if (bytes.len > c->depth - at)
		bytes.len = c->depth - at;
	for (unsigned w = 0; w < LIM_FILE_TYPES / 64; w++) {
		uint64_t *may_be = &f->side[side].may_be[w];

		for (uint64_t now = *may_be; now; now &= now - 1) {
			unsigned i = w * 64 + (unsigned)__builtin_ctzll(now);
			const struct file_magic *m = &c->magics[i];
			int best = f->side[side].type;

			if (holds(m, at, bytes)) {
				if (m->end > at + bytes.len)
					continue;
				if (best < 0 || m->length >
				    c->magics[best].length)
					f->side[side].type = (int16_t)i;
			}
			*may_be &= ~(UINT64_C(1) << i % 64);
		}
		left |= *may_be;
	}
	f->side[side].seen += (uint32_t)bytes.len;
	f->side[side].done = !left || f->side[side].seen == c->depth;
}

int
filetype_unit(const struct file_conf *c, uint32_t set, const struct unit *u,
    bool *no_room)
{
	unsigned side = u->flow.has_direction && !u->flow.to_server ?
	    FLOW_SERVER : FLOW_CLIENT;
	struct slice bytes = u->bufs[BUF_FILE_DATA];
	struct flow_files *f;

	*no_room = false;
	if (!unit_has(u, BUF_FILE_DATA) || !bytes.len || !u->flow.flow)
		return -1;
	f = flow_files(u->flow.table, u->flow.flow);
	if (!f) {
		*no_room = true;
		return -1;
	}
	if (f->set != set)
		*f = (struct flow_files){ .set = set };
	if (u->file_begins)
		begin(c, f, side);
	if (!f->side[side].begun)
		return -1;
	if (!f->side[side].done)
		look(c, f, side, bytes);
	return f->side[side].type;
}
