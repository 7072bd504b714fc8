/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What byte_test, byte_jump, byte_extract and byte_math share: a number in
 * the buffer, binary or as text. */
#ifndef DETECT_OPTIONS_BYTE_H
#define DETECT_OPTIONS_BYTE_H

#include "detect/eval.h"
#include "detect/option.h"
#include "detect/options/arg.h"

enum {
	BYTE_BINARY_MAX = 4,
	BYTE_STRING_MAX = 10,
	BYTE_OFFSET_MAX = 65535,
};

struct byte_field {
	uint8_t n; /* bytes to read */
	bool relative, little, string, dce;
	bool has_base;
	uint8_t base; /* of a string: 8, 10, 16, or 0: by its prefix, as C */
	uint32_t bitmask; /* 0: none */
};

/* One item of the list's tail: relative, big, little, string, hex, dec, oct,
 * dce, bitmask N. `known` is false when it is none of these; returns false
 * after adding an error. */
NODISCARD bool byte_tail(struct opt_build *b, const struct rule_opt *o,
    struct text item, struct byte_field *f, bool *known);
/* The number of bytes, given as `t`, and whether all agrees with it. */
NODISCARD bool byte_finish(struct opt_build *b, const struct rule_opt *o,
    struct text t, int64_t min, uint8_t default_base, struct byte_field *f);
void byte_tail_print(struct buf *out, const struct byte_field *f,
    uint8_t default_base);

/* Where it is: the buffer, and `offset` from the cursor or the start. false:
 * the cursor is outside the buffer, or there is no such buffer. *pos may lie
 * outside. */
NODISCARD bool byte_place(const struct eval *e, const struct byte_field *f,
    int64_t offset, enum buf_id *id, struct slice *s, int64_t *pos);
/* Its value, the mask applied; *used is how many bytes it took. false: not
 * wholly in the buffer, or no number. */
NODISCARD bool byte_value(const struct eval *e, const struct byte_field *f,
    struct slice s, int64_t pos, uint32_t *value, uint32_t *used);

#endif
