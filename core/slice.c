/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/slice.h"

static bool
to_i64(struct text t, unsigned base, int64_t min, int64_t max, int64_t *v)
{
	bool negative = false;
	uint64_t n = 0;
	size_t i = 0;

	if (t.len && (t.ptr[0] == '-' || t.ptr[0] == '+'))
		negative = t.ptr[i++] == '-';
	if (base == 0) {
		base = 10;
		if (t.len > i + 1 && t.ptr[i] == '0') {
			base = 8;
			i++;
			if (text_lower(t.ptr[i]) == 'x') {
				base = 16;
				i++;
			}
		}
	}
	if (i == t.len)
		return false;
	for (; i < t.len; i++) {
		char c = text_lower(t.ptr[i]);
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') :
		    c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;

		if (digit >= base || n > ((uint64_t)INT64_MAX - digit) / base)
			return false;
		n = n * base + digit;
	}
	int64_t value = negative ? -(int64_t)n : (int64_t)n;
	if (value < min || value > max)
		return false;
	*v = value;
	return true;
}

bool
text_to_i64(struct text t, int64_t min, int64_t max, int64_t *v)
{
	return to_i64(t, 10, min, max, v);
}

bool
text_to_i64_auto(struct text t, int64_t min, int64_t max, int64_t *v)
{
	return to_i64(t, 0, min, max, v);
}
