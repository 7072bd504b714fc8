/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns of sensitive data: their names and their text. */
#include "detect/sd.h"

#include <string.h>

static const struct {
	const char *name;
	enum sd_kind kind;
	const char *text;
} names[] = {
	{ "credit_card", SD_CARD, "\\D\\d{4} ?-?\\d{4} ?-?\\d{2} ?-?\\d{2} ?-?"
	    "\\d{3}\\d?\\D" },
	{ "us_social", SD_SOCIAL, "\\D\\d{3}-\\d{2}-\\d{4}\\D" },
	{ "us_social_nodashes", SD_SOCIAL, "\\D\\d{9}\\D" },
	{ "email", SD_PLAIN, "\\w@\\w" },
	{ "us_phone", SD_PLAIN, "\\D(?\\d{3})? ?-?\\d{3}-\\d{4}\\D" },
};

enum { DIGITS = 1, LETTERS = 2 };

static bool
in_class(int c, unsigned class)
{
	return (class & DIGITS && c >= '0' && c <= '9') ||
	    (class & LETTERS && ((c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z')));
}

static void
set_class(struct sd_element *e, unsigned class, bool negated)
{
	for (int c = 0; c < 256; c++)
		if (in_class(c, class) != negated)
			e->has[c / 64] |= UINT64_C(1) << c % 64;
}

/* One element of the pattern, without what repeats it. */
static void
read_element(struct text *t, struct sd_element *e, bool *any_byte)
{
	char c = *t->ptr++;

	t->len--;
	*e = (struct sd_element){ .optional = false };
	if (c != '\\' || !t->len) {
		e->has[(uint8_t)c / 64] |= UINT64_C(1) << (uint8_t)c % 64;
		return;
	}
	c = *t->ptr++;
	t->len--;
	switch (c) {
	case 'd':
	case 'D':
		set_class(e, DIGITS, c == 'D');
		break;
	case 'l':
	case 'L':
		set_class(e, LETTERS, c == 'L');
		break;
	case 'w':
	case 'W':
		set_class(e, LETTERS | DIGITS, c == 'W');
		break;
	case '\\':
	case '{':
	case '}':
	case '?':
		e->has[(uint8_t)c / 64] |= UINT64_C(1) << (uint8_t)c % 64;
		break;
	default:
		*any_byte = true;
		memset(e->has, 0xff, sizeof(e->has));
	}
}

/* {n}, if that comes next; 1 without. false: it is none. */
static bool
read_repeat(struct text *t, int64_t *n)
{
	struct text in;

	*n = 1;
	if (!t->len || *t->ptr != '{')
		return true;
	in = text_make(t->ptr + 1, 0);
	while (in.len + 1 < t->len && in.ptr[in.len] != '}')
		in.len++;
	if (in.len + 1 >= t->len ||
	    !text_to_i64(in, 0, LIM_SD_ELEMENTS, n))
		return false;
	t->ptr += in.len + 2;
	t->len -= in.len + 2;
	return true;
}

static const char *
read_all(struct text t, struct sd_element all[LIM_SD_ELEMENTS], unsigned *n,
    bool *any_byte)
{
	*n = 0;
	while (t.len) {
		struct sd_element e;
		int64_t times;

		if (*t.ptr == '{')
			return "the {n} has nothing before it to repeat";
		read_element(&t, &e, any_byte);
		if (!read_repeat(&t, &times))
			return "a number in { } belongs behind the '{'";
		if (*n + (uint64_t)times > LIM_SD_ELEMENTS)
			return "the pattern is too long";
		for (; times > 0; times--)
			all[(*n)++] = e;
		if (t.len && *t.ptr == '?' && *n) {
			all[*n - 1].optional = true;
			t.ptr++;
			t.len--;
		}
	}
	for (unsigned i = 0; i < *n; i++)
		if (!all[i].optional)
			return NULL;
	return "the pattern may be of no byte at all";
}

const char *
sd_pattern_parse(struct arena *a, struct text text, struct sd_pattern *out,
    bool *any_byte)
{
	struct sd_element all[LIM_SD_ELEMENTS];
	struct text real = text;
	const char *why;
	unsigned n;

	*any_byte = false;
	*out = (struct sd_pattern){ .text = text };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_is_nocase(text, names[i].name)) {
			out->kind = names[i].kind;
			real = text_of(names[i].text);
		}
	why = read_all(real, all, &n, any_byte);
	if (why)
		return why;
	out->n = (uint16_t)n;
	out->elements = arena_xdup(a, all, n * sizeof(all[0]));
	return NULL;
}

/* -- social security numbers -------------------------------------------- */

/* The highest groups that the Social Security Administration had issued by
 * November 2009: up to this area, that group. */
static const struct {
	uint16_t area;
	uint8_t group;
} issued[] = {
	{ 2, 8 }, { 3, 6 }, { 6, 11 }, { 7, 8 }, { 28, 92 }, { 34, 90 },
	{ 36, 74 }, { 39, 72 }, { 40, 15 }, { 49, 13 }, { 119, 98 },
	{ 134, 96 }, { 158, 21 }, { 166, 86 }, { 211, 84 }, { 220, 85 },
	{ 222, 8 }, { 231, 99 }, { 236, 55 }, { 267, 99 }, { 287, 15 },
	{ 302, 13 }, { 310, 35 }, { 317, 33 }, { 353, 8 }, { 361, 6 },
	{ 372, 37 }, { 386, 35 }, { 398, 31 }, { 399, 29 }, { 405, 71 },
	{ 407, 69 }, { 415, 99 }, { 422, 65 }, { 424, 63 }, { 439, 99 },
	{ 440, 27 }, { 448, 25 }, { 467, 99 }, { 468, 55 }, { 477, 53 },
	{ 479, 41 }, { 485, 39 }, { 500, 27 }, { 502, 35 }, { 504, 43 },
	{ 508, 55 }, { 511, 31 }, { 515, 29 }, { 517, 47 }, { 519, 83 },
	{ 520, 59 }, { 530, 99 }, { 538, 67 }, { 539, 65 }, { 542, 79 },
	{ 544, 77 }, { 573, 99 }, { 574, 57 }, { 576, 99 }, { 579, 49 },
	{ 580, 39 }, { 585, 99 }, { 586, 65 }, { 587, 99 }, { 588, 5 },
	{ 595, 99 }, { 596, 90 }, { 599, 88 }, { 601, 99 }, { 606, 79 },
	{ 626, 77 }, { 633, 23 }, { 645, 21 }, { 646, 13 }, { 647, 11 },
	{ 649, 52 }, { 651, 56 }, { 653, 54 }, { 658, 32 }, { 662, 20 },
	{ 665, 18 }, { 666, 0 }, { 667, 44 }, { 675, 42 }, { 678, 18 },
	{ 679, 16 }, { 680, 17 }, { 684, 20 }, { 690, 18 }, { 699, 12 },
	{ 723, 18 }, { 724, 28 }, { 726, 18 }, { 727, 10 }, { 728, 14 },
	{ 729, 20 }, { 733, 18 }, { 749, 0 }, { 751, 14 }, { 755, 5 },
	{ 756, 10 }, { 763, 9 }, { 764, 11 }, { 765, 8 }, { 769, 86 },
	{ 772, 84 },
};

struct sd_conf
sd_conf_default(void)
{
	struct sd_conf c = { .threshold = 25 };
	unsigned area = 1;

	for (size_t i = 0; i < ARRAY_LEN(issued); i++)
		for (; area <= issued[i].area; area++)
			c.groups[area] = issued[i].group;
	return c;
}
