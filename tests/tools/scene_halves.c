/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions of which a side is not seen, or the last acknowledgements, or whose
 * client speaks another protocol than its server. */
#include "tests/tools/scene.h"

static const char *const client = "192.0.2.10", *const server = "192.0.2.80";

void
scene_halves(struct scene *s)
{
	struct conn c = { .s = s, .client = client, .server = server,
		.cport = 1024, .sport = 80, .cseq = 1000, .sseq = 7000 };

	/* the client's side alone, from the middle */
	conn_unheard(&c, CLIENT, "GET /one-sided HTTP/1.1\r\nHost: a\r\n"
	    "X-Key: pass");
	conn_unheard(&c, CLIENT, "word\r\n\r\n");

	/* the capture ends before the answer is acknowledged */
	c = conn_open(s, client, 1025, server, 80);
	conn_text(&c, CLIENT, "GET /cut-off HTTP/1.1\r\nHost: b\r\n\r\n");
	conn_unheard(&c, SERVER, "HTTP/1.1 404 Not Found\r\n"
	    "Content-Length: 8\r\n\r\npass");
	conn_unheard(&c, SERVER, "word");

	/* refused in HTTP, whatever it was; on no port of HTTP, and on one */
	for (unsigned i = 0; i < 2; i++) {
		c = conn_open(s, client, (uint16_t)(1026 + i), server,
		    i ? 80 : 18888);
		conn_text(&c, CLIENT, "{\"method\":\"subscribe\"}\n");
		conn_text(&c, SERVER, "HTTP/1.1 400 Bad Request\r\n"
		    "Content-Length: 0\r\n\r\n");
		conn_close(&c);
	}
}
