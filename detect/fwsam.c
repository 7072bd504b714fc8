/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/fwsam.h"

enum { FWSAM_DEFAULT = 5 * 60 };

static const struct {
	const char *name;
	uint32_t seconds;
} units[] = {
	{ "sec", 1 }, { "min", 60 }, { "hour", 3600 }, { "day", 86400 },
	{ "week", 7 * 86400 }, { "month", 30 * 86400 },
	{ "year", 365 * 86400 },
};

static bool
starts(struct text t, const char *with)
{
	size_t n = strlen(with);

	return t.len >= n && text_is_nocase(text_make(t.ptr, n), with);
}

static uint32_t
unit_seconds(struct text t)
{
	for (unsigned i = 0; i < ARRAY_LEN(units); i++)
		if (starts(t, units[i].name))
			return units[i].seconds;
	/* one letter: m is minutes */
	for (unsigned i = 0; i < ARRAY_LEN(units); i++)
		if (t.len == 1 && text_lower(t.ptr[0]) == units[i].name[0])
			return units[i].seconds;
	return 0;
}

/* The letters, or the digits, that the text begins with. */
static struct text
run_of(struct text t, char lo, char hi)
{
	struct text run = { t.ptr, 0 };

	while (run.len < t.len && text_lower(t.ptr[run.len]) >= lo &&
	    text_lower(t.ptr[run.len]) <= hi)
		run.len++;
	return run;
}

static struct text
behind(struct text t, struct text head)
{
	return text_trim(text_make(t.ptr + head.len, t.len - head.len));
}

static bool
is_forever(struct text t)
{
	return starts(t, "perm") || starts(t, "inf") ||
	    starts(t, "forever") || starts(t, "always");
}

bool
fwsam_duration(struct text t, uint32_t *seconds)
{
	int64_t sum = 0;

	t = text_trim(t);
	if (is_forever(t) || text_is(t, "0")) {
		*seconds = RESPONSE_FOREVER;
		return true;
	}
	if (!t.len)
		return false;
	while (t.len) {
		struct text number = run_of(t, '0', '9'), unit;
		int64_t n;

		if (!text_to_i64(number, 0, UINT32_MAX, &n))
			return false;
		t = behind(t, number);
		unit = run_of(t, 'a', 'z');
		t = behind(t, unit);
		if (unit.len && !unit_seconds(unit))
			return false;
		sum += n * (unit.len ? (int64_t)unit_seconds(unit) : 1);
		if (sum >= RESPONSE_FOREVER)
			return false;
	}
	*seconds = sum ? (uint32_t)sum : RESPONSE_FOREVER;
	return true;
}

/* "src", "dst[in]": the first letters decide. */
static void
parse_who(struct text t, struct fwsam *f, struct fwsam_doubt *doubt)
{
	struct text who = text_trim(text_cut(&t, '[')), how = text_trim(t);

	if (who.len && text_lower(who.ptr[0]) == 'd')
		f->dest = true;
	else if (who.len && text_lower(who.ptr[0]) != 's')
		*doubt = (struct fwsam_doubt){ who, "src and dst can be "
		    "blocked: src is taken" };
	if (!how.len)
		return;
	switch (text_lower(how.ptr[0])) {
	case 'i':
	case 's':
		f->how = FWSAM_IN;
		break;
	case 'o':
	case 'd':
		f->how = FWSAM_OUT;
		break;
	case 'e':
	case 'b':
		break;
	case 't':
	case 'c':
		f->how = FWSAM_CONN;
		break;
	default:
		*doubt = (struct fwsam_doubt){ how, "there is in, out, "
		    "either and conn: either is taken" };
		break;
	}
}

bool
fwsam_parse(struct text t, struct fwsam *f, struct fwsam_doubt *doubt)
{
	struct text rest = t, item = text_trim(text_cut(&rest, ','));

	*f = (struct fwsam){ .on = true, .seconds = FWSAM_DEFAULT };
	*doubt = (struct fwsam_doubt){ { NULL, 0 }, NULL };
	/* a duration may stand alone */
	if (!rest.ptr && item.len && ((item.ptr[0] >= '0' &&
	    item.ptr[0] <= '9') || is_forever(item)))
		rest = item;
	else
		parse_who(item, f, doubt);
	rest = text_trim(rest);
	if (!rest.len)
		return true;
	f->timed = true;
	if (fwsam_duration(rest, &f->seconds))
		return true;
	*doubt = (struct fwsam_doubt){ rest, "a duration is written `15 min', "
	    "`1 hour 30 min' or `perm'" };
	return false;
}
