/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "sensor/block_want.h"

static int
rule_cmp(const void *pa, const void *pb)
{
	const struct block_rule *a = pa, *b = pb;

	if (a->gid != b->gid)
		return a->gid < b->gid ? -1 : 1;
	if (a->sid != b->sid)
		return a->sid < b->sid ? -1 : 1;
	/* in order of appearance */
	return a->loc.line < b->loc.line ? -1 : a->loc.line > b->loc.line;
}

void
block_rules_sort(struct block_rule *v, unsigned *n)
{
	unsigned kept = 0;

	if (!*n)
		return;
	qsort(v, *n, sizeof(*v), rule_cmp);
	for (unsigned i = 0; i < *n; i++) {
		if (kept && v[kept - 1].gid == v[i].gid &&
		    v[kept - 1].sid == v[i].sid)
			kept--;
		v[kept++] = v[i];
	}
	*n = kept;
}

/* SID: spec, GID:SID: spec, SID| spec. */
static bool
split(struct text line, struct block_rule *r, struct text *spec)
{
	size_t n = 0, digits;

	for (unsigned colons = 0; n < line.len; n++) {
		if (line.ptr[n] == '|')
			break;
		if (line.ptr[n] != ':')
			continue;
		/* a number and another colon follow: this was the gid */
		for (digits = n + 1; digits < line.len &&
		    line.ptr[digits] >= '0' && line.ptr[digits] <= '9';)
			digits++;
		if (colons++ || digits == n + 1 || digits == line.len ||
		    (line.ptr[digits] != ':' && line.ptr[digits] != '|'))
			break;
	}
	if (n == line.len)
		return false;
	*spec = text_trim(text_make(line.ptr + n + 1, line.len - n - 1));
	return block_rule_id(text_trim(text_make(line.ptr, n)), &r->gid,
	    &r->sid);
}

static void
read_line(struct settings *s, struct tree *t, struct text line,
    struct loc loc)
{
	struct block_rule r = { .loc = loc };
	struct fwsam_doubt doubt;
	struct text spec;

	if (!split(line, &r, &spec)) {
		erec_add(&t->errors, EREC_CONFIG, loc, "a line is written "
		    "`SID: who[how], duration', as `2001: src[in], 5 min'");
		return;
	}
	if (!fwsam_parse(spec, &r.fwsam, &doubt)) {
		erec_add(&t->errors, EREC_CONFIG, loc, "'%.*s': %s",
		    TEXT_ARG(doubt.at), doubt.what);
		return;
	}
	if (doubt.at.ptr)
		erec_add(&t->errors, EREC_WARNING, loc, "'%.*s': %s",
		    TEXT_ARG(doubt.at), doubt.what);
	s->block_map = settings_grow(&t->arena, s->block_map, s->n_block_map,
	    sizeof(r));
	s->block_map[s->n_block_map++] = r;
}

static void
read_map(struct settings *s, struct tree *t, const char *name)
{
	const char *path = arena_xprintf(&t->arena, "%s/%s", tree_dir(t),
	    name);
	struct loc loc = { .file = path, .col = 1 };
	struct text text;

	if (access(path, F_OK) == -1 || !tree_file(t, text_of(path), loc,
	    &loc.file, &text))
		return;
	while (text.len) {
		struct text phys = text_cut(&text, '\n');
		struct text line = text_trim(text_cut(&(struct text){
			phys.ptr, phys.len }, '#'));

		loc.line++;
		loc.line_text = phys;
		if (line.len && line.ptr[0] != ';')
			read_line(s, t, text_trim(text_cut(&line, ';')), loc);
	}
}

void
block_map_read(struct settings *s, struct tree *t)
{
	if (!tree_dir(t))
		return;
	read_map(s, t, "sid-fwsam.map");
	read_map(s, t, "sid-block.map");
	block_rules_sort(s->block_map, &s->n_block_map);
}
