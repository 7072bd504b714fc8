/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions: what rules know of them, and what is put together. */
#include <string.h>

#include "tests/tools/scene.h"

static const char *const client = "192.0.2.10", *const server = "192.0.2.80";

static void
udp(struct scene *s, bool answer, const char *text)
{
	if (answer)
		scene_udp(s, server, 53, client, 4000, text, strlen(text));
	else
		scene_udp(s, client, 4000, server, 53, text, strlen(text));
}

void
scene_sessions(struct scene *s)
{
	struct conn c;

	/* a question and its answer, and a question without one */
	udp(s, false, "mark this");
	udp(s, true, "is it marked");
	scene_udp(s, client, 4001, server, 53, "is it marked", 12);

	/* a word over two segments, then a whole one that is seen twice */
	c = conn_open(s, client, 1024, server, 80);
	conn_text(&c, CLIENT, "the first half of a pass");
	conn_text(&c, CLIENT, "word, and behind it a lot of padding that makes "
	    "the bytes enough to be flushed when they are acknowledged: "
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    "0123456789012345678901234567890123456789012345678901234567890123"
	    " whole");
	conn_text(&c, SERVER, "an answer");
	conn_close(&c);

	/* acknowledged, but not flushed when the capture ends */
	c = conn_open(s, client, 1025, server, 80);
	conn_text(&c, CLIENT, "a pass");
	conn_text(&c, CLIENT, "word at the end");
}
