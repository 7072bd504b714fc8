/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversations of fuzzers' corpora (tests/fuzz/fuzz_app.c) as sessions. */
#include "tests/tools/talk.h"

#include <stdlib.h>

#include "core/cursor.h"
#include "core/slice.h"

enum { SEGMENT = 1400, LOST = 100 };

static size_t
read_file(const char *path, uint8_t *room, size_t max)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(room, 1, max, f);
	if (ferror(f) || fclose(f) == EOF) {
		perror(path);
		exit(1);
	}
	return n;
}

static void
say(struct conn *c, enum side from, struct slice bytes)
{
	for (size_t at = 0, n; at < bytes.len; at += n) {
		n = bytes.len - at < SEGMENT ? bytes.len - at : SEGMENT;
		conn_send(c, from, bytes.ptr + at, n);
	}
}

void
talk_play(struct scene *s, uint16_t port, const char *path)
{
	static const char *const host[] = { "192.0.2.10", "198.51.100.7" };
	static uint8_t room[1 << 18];
	static uint16_t client = 40000;
	struct cursor c = cur_make(room, read_file(path, room, sizeof(room)));
	bool datagrams = cur_left(&c) && room[0] & 4;
	struct conn conn;
	uint8_t how;
	uint16_t len;

	client++;
	if (!datagrams)
		conn = conn_open(s, host[0], client, host[1], port);
	while (cur_u8(&c, &how) && cur_be16(&c, &len)) {
		enum side from = how & 1 ? SERVER : CLIENT;
		size_t n = len < cur_left(&c) ? len : cur_left(&c);
		struct slice bytes = slice_make(cur_take(&c, n), n);

		if (datagrams) {
			scene_udp(s, host[how & 1],
			    how & 1 ? port : client, host[!(how & 1)],
			    how & 1 ? client : port, bytes.ptr, n);
			continue;
		}
		if (how & 2 && from == CLIENT)
			conn.cseq += LOST;
		else if (how & 2)
			conn.sseq += LOST;
		say(&conn, from, bytes);
	}
	if (!datagrams)
		conn_close(&conn);
}
