/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a file is, by the bytes it has at certain places: `file' lines, as in
 * Snort's file_magic.conf. A file is looked at as it comes, in any pieces; the
 * bytes of a line are compared once each.
 */
#ifndef DETECT_FILETYPE_H
#define DETECT_FILETYPE_H

#include "core/base.h"
#include "core/limits.h"
#include "core/slice.h"
#include "detect/unit.h"

/* One line. */
struct file_magic {
	uint32_t id;
	struct text type, groups, version;
	unsigned n;
	struct {
		uint32_t offset;
		struct slice bytes;
	} parts[LIM_FILE_PARTS];
	uint32_t length; /* of the bytes of all */
	uint32_t end;    /* of the last one */
};

struct file_conf {
	struct file_magic *magics;
	unsigned n;
	uint32_t depth; /* bytes of a file that are looked at */
};
enum { FILE_TYPE_DEPTH = 1460 };

/*
 * The type of the file in the unit's file_data, as far as it is known by its
 * end: the number of the line with the most bytes, -1 without one. set: number
 * of the rule set, never 0. *no_room: there is no memory to go on with it.
 */
int filetype_unit(const struct file_conf *c, uint32_t set,
    const struct unit *u, bool *no_room);

#endif
