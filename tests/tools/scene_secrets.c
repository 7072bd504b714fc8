/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and addresses that should not leave a network; none is anybody's. */
#include "tests/tools/scene.h"

void
scene_secrets(struct scene *s)
{
	static const char client[] = "192.0.2.10", server[] = "198.51.100.80";
	struct conn c;

	/* a form, its second number in two segments; the mail address is in
	 * the URI, and not as it is */
	c = conn_open(s, client, 3000, server, 80);
	conn_text(&c, CLIENT, "POST /a?m=me%40example.org HTTP/1.1\r\n"
	    "Host: example.com\r\nContent-Length: 50\r\n\r\n"
	    "a=219-09-9999&b=219-0");
	conn_text(&c, CLIENT, "9-9998&c=4111111111111111&dd=");
	conn_text(&c, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"
	    "you@example.org");
	conn_close(&c);

	/* a mail whose attachment has two cards, one of them no card */
	c = conn_open(s, client, 3001, server, 25);
	conn_text(&c, SERVER, "220 mail\r\n");
	conn_text(&c, CLIENT, "EHLO me\r\n");
	conn_text(&c, SERVER, "250 OK\r\n");
	conn_text(&c, CLIENT, "MAIL FROM:<me>\r\n");
	conn_text(&c, SERVER, "250 OK\r\n");
	conn_text(&c, CLIENT, "RCPT TO:<you>\r\n");
	conn_text(&c, SERVER, "250 OK\r\n");
	conn_text(&c, CLIENT, "DATA\r\n");
	conn_text(&c, SERVER, "354 go\r\n");
	conn_text(&c, CLIENT, "Subject: cards\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; name=\"cards.txt\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n"
	    "NDExMS0xMTExLTExMTEtMTExMSA0MTExMTExMTExMTExMTEyIDYwMTEwMDAwMDAw"
	    "MDAwMDQK\r\n.\r\n");
	conn_text(&c, SERVER, "250 OK\r\n");
	conn_close(&c);

	/* to a port that no rule is about, and a datagram */
	c = conn_open(s, client, 3002, server, 9999);
	conn_text(&c, CLIENT, "219-09-9999 219-09-9998");
	conn_close(&c);
	scene_udp(s, client, 3003, server, 9999, "219-09-9999 219-09-9998",
	    23);
}
