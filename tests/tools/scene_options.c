/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions for what rules do to them. */
#include <string.h>

#include "tests/tools/scene.h"

void
scene_options(struct scene *s)
{
	static const char client[] = "192.0.2.10", server[] = "192.0.2.80";
	static const char odd[] = "a tail \\ of\0bytes\xff";
	struct conn c;

	/* four alarms, the last in another session between the same ports */
	c = conn_open(s, client, 2000, server, 80);
	conn_text(&c, CLIENT, "first alarm ");
	conn_text(&c, SERVER, "leave me ");
	conn_text(&c, CLIENT, "second alarm ");
	conn_text(&c, SERVER, "third alarm ");
	conn_close(&c);
	c = conn_open(s, client, 2000, server, 80);
	conn_text(&c, CLIENT, "fourth alarm ");
	conn_close(&c);

	/* to a port of no service */
	c = conn_open(s, client, 2001, server, 9999);
	conn_send(&c, CLIENT, odd, sizeof(odd) - 1);
	conn_twice(&c, CLIENT, "in two seg", 10);
	conn_text(&c, CLIENT, "ments");
	conn_close(&c);
	scene_udp(s, client, 2002, server, 9999, "a tail", 6);
	scene_udp(s, server, 9999, client, 2002, "an answer", 9);
}
