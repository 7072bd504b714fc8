/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first line of the input is a pattern of sensitive data and the content
 * of a file type, the rest what a session carries. Counting, masking and
 * finding types stay within the bytes, whole and in pieces; masking changes
 * neither the length nor what it masked before; and a file is of one type,
 * however it comes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "detect/filetype.h"
#include "detect/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct flow_conf flows = { .track = { [FLOW_TCP] = true },
	.max = { [FLOW_TCP] = 4 }, .timeout_s = { [FLOW_TCP] = 30 } };
static struct file_magic magic = { .id = 1, .type = { "A", 1 }, .n = 2 };
static const struct file_conf files = { &magic, 1, FILE_TYPE_DEPTH };

static bool
any_header(void *arg, uint32_t rule, bool ports, bool addresses)
{
	(void)arg;
	(void)rule;
	(void)ports;
	(void)addresses;
	return true;
}

/* A session in pieces of that size; the type of its file. */
static int
session(const struct ruleset *rs, struct sd_search *s, struct slice all,
    size_t piece)
{
	struct flow_table *t = flow_table_new(&flows);
	struct packet pkt = { .dec = { .ip_ver = 4, .l4 = PKT_L4_TCP,
		.ip_proto = 6, .src = { 4, { 1 } }, .dst = { 4, { 2 } } } };
	struct flow *f = t ? flow_create(t, &pkt, false) : NULL;
	int type = -1;
	bool no_room;

	if (!f)
		abort();
	for (size_t at = 0; at < all.len;) {
		size_t n = piece < all.len - at ? piece : all.len - at;
		uint8_t *copy = malloc(n);
		struct unit u = { .kind = UNIT_STREAM, .pkt = &pkt,
			.file_begins = at == 0, .flow = { .flow = f,
			    .table = t } };

		if (!copy)
			abort();
		memcpy(copy, all.ptr + at, n);
		unit_set(&u, BUF_PAYLOAD, slice_make(copy, n));
		unit_set(&u, BUF_FILE_DATA, slice_make(copy, n));
		sd_unit(s, rs, 1, &u, any_header, NULL);
		type = filetype_unit(&files, 1, &u, &no_room);
		free(copy);
		at += n;
	}
	flow_end(t, f, FLOW_END_CLOSED);
	while ((f = flow_next_dead(t)))
		flow_free(t, f);
	flow_table_free(t);
	return type;
}

static void
mask(const struct ruleset *rs, struct sd_search *s, struct slice all)
{
	uint8_t *once = malloc(all.len + 1), *twice = malloc(all.len + 1);

	if (!once || !twice)
		abort();
	memcpy(once, all.ptr, all.len);
	sd_mask(s, rs, once, all.len);
	for (size_t i = 0; i < all.len; i++)
		if (once[i] != all.ptr[i] && once[i] != 'X')
			abort();
	memcpy(twice, once, all.len);
	sd_mask(s, rs, twice, all.len);
	for (size_t i = 0; i < all.len; i++)
		if (once[i] == 'X' && twice[i] != 'X')
			abort();
	free(once);
	free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	struct detect_conf conf = detect_conf_default();
	struct sd_conf sd = sd_conf_default();
	static struct sd_search s;
	struct ruleset *rs;
	struct tree *t;
	struct slice all;
	char text[1024];
	size_t len;

	if (!end || end == data || end - data > 200)
		return 0;
	len = (size_t)(end - data);
	all = slice_make(end + 1, size - len - 1);
	snprintf(text, sizeof(text), "alert tcp any any -> any any ("
	    "sd_pattern:1,credit_card; gid:138; sid:1;)\n"
	    "alert tcp any any -> any any (sd_pattern:1,us_social; gid:138; "
	    "sid:2;)\n"
	    "alert tcp any any -> any any (sd_pattern:1,us_social_nodashes; "
	    "gid:138; sid:3;)\n"
	    "alert tcp any any -> any any (sd_pattern:1,%.*s; gid:138; "
	    "sid:4;)\n", (int)len, (const char *)data);
	conf.sd = &sd;
	conf.opt.has = RULE_NEEDS_SENSITIVE;
	conf.compile_threads = 1;
	magic.parts[0].bytes = slice_make(data, len);
	magic.parts[0].offset = data[0];
	magic.parts[1].bytes = slice_make(data, 1);
	magic.length = (uint32_t)len + 1;
	magic.end = data[0] + (uint32_t)len;
	t = conf_load_text("fuzz", text_of(text), NULL);
	rs = ruleset_compile(t, &conf);
	if (!rs)
		abort();
	if (rs->sd.n_rules && all.len) {
		int type = session(rs, &s, all, SIZE_MAX);

		if (session(rs, &s, all, 1) != type ||
		    session(rs, &s, all, 7) != type)
			abort();
		mask(rs, &s, all);
	}
	ruleset_free(rs);
	tree_free(t);
	return 0;
}
