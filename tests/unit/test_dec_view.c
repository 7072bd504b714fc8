/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rules and records are told of a packet: which header, which transport,
 * where the payload lies, which flags. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tools/craft.h"
#include "tests/tools/dec_check.h"
#include "decoders/decode.h"

static struct craft c;
static struct packet pkt;

/* Decodes the frame as link type dlt, under the default configuration
 * (checksums verified) or *conf. */
static const struct pkt_dec *
view_as(int dlt, const struct dec_conf *conf)
{
	struct dec_conf def = dec_conf_default();
	struct decoder dec;

	assert_true(decoder_init(&dec, conf ? conf : &def));
	pkt.data = c.b;
	pkt.caplen = pkt.wirelen = (uint32_t)c.len;
	pkt.dlt = dlt;
	decode(&dec, &pkt);
	decoder_fini(&dec);
	assert_null(dec_check(&pkt));
	return &pkt.dec;
}

static const struct pkt_dec *
view(void)
{
	craft_done(&c);
	return view_as(1, NULL);
}

static void
begin(uint16_t ethertype)
{
	craft_init(&c);
	craft_eth(&c, ethertype);
}

static void
begin_ip4(uint8_t proto)
{
	begin(0x0800);
	craft_ip4(&c, proto, "10.1.1.1", "10.1.1.2");
}

static void
begin_ip6(uint8_t next)
{
	begin(0x86dd);
	craft_ip6(&c, next, "fd00::1", "fd00::2");
}

static bool
payload_is(const char *s)
{
	struct slice p = pkt_payload(&pkt);

	return p.len == strlen(s) && memcmp(p.ptr, s, p.len) == 0;
}

/* An inner packet that every tunnel test recognises. */
static void
add_inner(bool six)
{
	if (six)
		craft_ip6(&c, 6, "fd00:1::1", "fd00:1::2");
	else
		craft_ip4(&c, 6, "192.168.1.1", "192.168.1.2");
	craft_tcp(&c, 1111, 80, 1, 2, TCP_ACK);
	craft_text(&c, "inner");
}

static void
assert_inner(const struct pkt_dec *d, uint8_t version)
{
	assert_int_equal(d->n_events, 0);
	assert_int_equal(d->ip_ver, version);
	assert_int_equal(d->l4, PKT_L4_TCP);
	assert_int_equal(d->sport, 1111);
	assert_int_equal(d->udp_len, 0);
	assert_true(payload_is("inner"));
	assert_int_equal(d->flags & (PKT_BAD_TCP_CSUM | PKT_BAD_IP_CSUM), 0);
}

static void
assert_tunnelled(const struct pkt_dec *d, uint8_t version)
{
	assert_inner(d, version);
	assert_true(d->flags & PKT_TUNNELLED);
	assert_int_equal(d->n_ip, 2);
	assert_int_equal(d->outer_src.b[0],
	    d->outer_src.family == 4 ? 10 : 0xfd);
}

static void
test_tcp(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip4(6);
	craft_tcp(&c, 1234, 80, 0x01020304, 0x05060708, TCP_ACK | TCP_PSH);
	craft_tcp_opts(&c, "0101 080a 00000001 00000002");
	craft_text(&c, "GET /");
	d = view();
	assert_int_equal(d->n_events, 0);
	assert_int_equal(d->flags, 0);
	assert_true(d->has_eth);
	assert_int_equal(d->ethertype, 0x0800);
	assert_int_equal(d->ip_ver, 4);
	assert_int_equal(d->ip_proto, 6);
	assert_int_equal(d->ip_ttl, 64);
	assert_int_equal(d->ip_id, 1);
	assert_int_equal(d->ip_hlen, 20);
	assert_int_equal(d->ip_len, 20 + 32 + 5);
	assert_int_equal(d->src.b[3], 1);
	assert_int_equal(d->dst.b[3], 2);
	assert_int_equal(d->l4, PKT_L4_TCP);
	assert_int_equal(d->l4_hlen, 32);
	assert_int_equal(d->sport, 1234);
	assert_int_equal(d->dport, 80);
	assert_int_equal(d->tcp_seq, 0x01020304);
	assert_int_equal(d->tcp_ack, 0x05060708);
	assert_int_equal(d->tcp_flags, TCP_ACK | TCP_PSH);
	assert_int_equal(d->tcp_win, 8192);
	assert_int_equal(d->n_tcp_opts, 3);
	assert_int_equal(pkt.tcp_opts[2].kind, 8);
	assert_int_equal(pkt.tcp_opts[2].len, 8);
	assert_int_equal(pkt.data[pkt.tcp_opts[2].off + 3], 1);
	assert_int_equal(d->n_layers, 3);
	assert_int_equal(pkt.layers[2].id, DEC_ID_tcp);
	assert_int_equal(pkt.layers[2].off, 34);
	assert_int_equal(pkt.layers[2].len, 32);
	assert_true(payload_is("GET /"));
}

/* Ethernet pads short frames; the IP header says where the datagram ends. */
static void
test_padding_is_no_payload(void **state)
{
	(void)state;
	begin_ip4(17);
	craft_udp(&c, 1, 2);
	craft_text(&c, "ab");
	craft_done(&c);
	craft_fill(&c, 0, 16);
	view_as(1, NULL);
	assert_true(payload_is("ab"));
	assert_int_equal(pkt.dec.flags, 0);
}

static void
test_bad_checksums(void **state)
{
	static const struct {
		uint8_t proto;
		uint32_t flag;
	} cases[] = {
		{ 6, PKT_BAD_TCP_CSUM },
		{ 17, PKT_BAD_UDP_CSUM },
		{ 1, PKT_BAD_ICMP_CSUM },
	};
	struct dec_conf none = dec_conf_default();
	unsigned i;

	(void)state;
	none.csum_ip = none.csum_tcp = none.csum_udp = none.csum_icmp = false;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		begin_ip4(cases[i].proto);
		if (cases[i].proto == 6)
			craft_tcp(&c, 1, 2, 3, 4, TCP_ACK);
		else if (cases[i].proto == 17)
			craft_udp(&c, 1, 2);
		else
			craft_icmp(&c, 8, 0, 1);
		craft_text(&c, "odd");
		assert_int_equal(view()->flags, 0);
		c.b[c.len - 1] ^= 1;
		assert_int_equal(view_as(1, NULL)->flags, cases[i].flag);
		assert_int_not_equal(pkt.dec.l4, PKT_L4_NONE);
		assert_int_equal(view_as(1, &none)->flags, 0);
	}
	c.b[14 + 8] ^= 1;
	c.b[c.len - 1] ^= 1;
	assert_int_equal(view_as(1, NULL)->flags, PKT_BAD_IP_CSUM);
}

static void
test_icmp_payload_begins(void **state)
{
	static const struct {
		uint8_t type;
		bool six;
		uint16_t hlen;
	} cases[] = {
		{ 0, false, 8 }, { 3, false, 8 }, { 4, false, 8 },
		{ 5, false, 8 }, { 8, false, 8 }, { 11, false, 8 },
		{ 12, false, 8 }, { 9, false, 4 }, { 13, false, 4 },
		{ 14, false, 4 }, { 17, false, 4 }, { 18, false, 4 },
		{ 40, false, 4 }, { 1, true, 8 }, { 2, true, 8 },
		{ 3, true, 8 }, { 4, true, 8 }, { 128, true, 8 },
		{ 129, true, 8 }, { 134, true, 4 }, { 135, true, 4 },
		{ 200, true, 4 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pkt_dec *d;

		if (cases[i].six)
			begin_ip6(58);
		else
			begin_ip4(1);
		craft_icmp(&c, cases[i].type, 0, 0x12345678);
		craft_fill(&c, 'x', 40);
		d = view();
		assert_int_equal(d->l4,
		    cases[i].six ? PKT_L4_ICMP6 : PKT_L4_ICMP4);
		assert_int_equal(d->icmp_type, cases[i].type);
		assert_int_equal(d->l4_hlen, cases[i].hlen);
		assert_int_equal(d->payload_len, 48 - cases[i].hlen);
		if (cases[i].type == 8 || cases[i].type == 128)
			assert_int_equal(d->icmp_id << 16 | d->icmp_seq,
			    0x12345678);
	}
}

/* Only the first fragment has a transport header. */
static void
test_fragments(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip4(17);
	craft_ip4_frag(&c, IP_FLAG_MF);
	craft_udp(&c, 1111, 53);
	craft_text(&c, "firstfrag");
	craft_done(&c);
	craft_poke16(&c, 38, 500); /* the whole datagram's length */
	d = view_as(1, NULL);
	assert_int_equal(d->flags, PKT_FRAGMENT);
	assert_int_equal(d->l4, PKT_L4_UDP);
	assert_int_equal(d->dport, 53);
	assert_true(payload_is("firstfrag"));

	begin_ip4(17);
	craft_ip4_frag(&c, 2);
	craft_text(&c, "laterfrag");
	d = view();
	assert_int_equal(d->flags, PKT_FRAGMENT);
	assert_int_equal(d->ip_frag, 2);
	assert_int_equal(d->l4, PKT_L4_NONE);
	assert_true(payload_is("laterfrag"));

	/* a tunnel waits for the whole datagram */
	begin_ip4(47);
	craft_ip4_frag(&c, IP_FLAG_MF);
	craft_hex(&c, "00000800");
	add_inner(false);
	d = view();
	assert_int_equal(d->n_ip, 1);
	assert_int_equal(d->l4, PKT_L4_NONE);
}

static void
test_ip6_fragments(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip6(44);
	craft_hex(&c, "11000001 0a0b0c0d");
	craft_udp(&c, 1111, 53);
	craft_text(&c, "first");
	d = view();
	assert_int_equal(d->flags, PKT_FRAGMENT | PKT_IP6_EXT);
	assert_int_equal(d->ip_id, 0x0a0b0c0d);
	assert_int_equal(d->ip_frag, IP_FLAG_MF);
	assert_int_equal(d->ip_hlen, 48);
	assert_int_equal(d->l4, PKT_L4_UDP);
	assert_true(payload_is("first"));

	begin_ip6(44);
	craft_hex(&c, "11000010 0a0b0c0d");
	craft_text(&c, "later");
	d = view();
	assert_true(d->flags & PKT_FRAGMENT);
	assert_int_equal(d->ip_frag, 2);
	assert_int_equal(d->ip_proto, 17);
	assert_int_equal(d->l4, PKT_L4_NONE);
	assert_true(payload_is("later"));

	/* RFC 6946: a fragment of a whole is a whole */
	begin_ip6(44);
	craft_hex(&c, "11000000 0a0b0c0d");
	craft_udp(&c, 1111, 53);
	d = view();
	assert_int_equal(d->flags, PKT_IP6_EXT);
	assert_int_equal(d->l4, PKT_L4_UDP);
}

static void
test_ip6_extensions(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip6(0);
	craft_hex(&c, "2b00010400000000");
	craft_hex(&c, "3c00020000000000");
	craft_hex(&c, "0600010400000000");
	craft_tcp(&c, 1, 2, 3, 4, TCP_ACK);
	craft_text(&c, "x");
	d = view();
	assert_int_equal(d->n_events, 0);
	assert_int_equal(d->flags, PKT_IP6_EXT);
	assert_int_equal(d->ip_hlen, 64);
	assert_int_equal(d->ip_proto, 6);
	assert_true(payload_is("x"));
	assert_int_equal(d->n_layers, 6);
	assert_int_equal(pkt.layers[3].id, DEC_ID_ip6_ext);

	/* a transport behind AH */
	begin_ip6(51);
	craft_hex(&c, "11040000 00000001 00000001 000000000000000000000000");
	craft_udp(&c, 1, 2);
	d = view();
	assert_int_equal(d->l4, PKT_L4_UDP);
	assert_int_equal(d->flags, PKT_IP6_EXT);
}

/* The checksum covers the final destination, the last of the addresses. */
static void
test_routing_header_and_checksum(void **state)
{
	uint8_t udp[12];

	(void)state;
	begin_ip6(17);
	craft_udp(&c, 1, 2);
	craft_text(&c, "data");
	craft_done(&c); /* right for fd00::2 */
	memcpy(udp, c.b + 54, sizeof(udp));

	begin(0x86dd);
	craft_ip6(&c, 43, "fd00::1", "fd00::99");
	craft_hex(&c, "1102000100000000");
	craft_hex(&c, "fd000000000000000000000000000002");
	craft_bytes(&c, udp, sizeof(udp));
	craft_done(&c);
	view_as(1, NULL);
	assert_int_equal(pkt.dec.l4, PKT_L4_UDP);
	assert_false(pkt.dec.flags & PKT_BAD_UDP_CSUM);
	craft_poke8(&c, 57, 0); /* no segments left: it is there already */
	assert_true(view_as(1, NULL)->flags & PKT_BAD_UDP_CSUM);
}

static void
test_length_lies(void **state)
{
	const struct pkt_dec *d;
	struct dec_conf conf = dec_conf_default();

	(void)state;
	begin_ip4(17);
	craft_udp(&c, 1, 2);
	craft_done(&c);
	craft_poke16(&c, 16, 200);
	d = view_as(1, NULL);
	assert_int_equal(d->flags, PKT_NO_RULES | PKT_MALFORMED);
	assert_int_equal(d->src.b[0], 10);
	assert_int_equal(d->l4, PKT_L4_NONE);

	begin_ip6(17);
	craft_udp(&c, 1, 2);
	craft_done(&c);
	craft_poke16(&c, 18, 200);
	d = view_as(1, NULL);
	assert_int_equal(d->flags, PKT_NO_RULES | PKT_MALFORMED);

	/* below a tunnel the outer packet is still looked at */
	begin_ip4(4);
	add_inner(false);
	craft_done(&c);
	craft_poke16(&c, 36, 200);
	d = view_as(1, NULL);
	assert_int_equal(d->flags, PKT_MALFORMED);
	assert_int_equal(d->n_ip, 1);
	assert_int_equal(d->ip_proto, 4);
	assert_int_equal(d->payload_len, 45);

	/* what config min_ttl refuses */
	begin_ip4(17);
	craft_udp(&c, 1, 2);
	craft_done(&c);
	conf.csum_ip = false;
	craft_poke8(&c, 22, 0);
	assert_int_equal(view_as(1, &conf)->flags, 0);
	conf.min_ttl = 5;
	assert_int_equal(view_as(1, &conf)->flags, PKT_NO_RULES);
	craft_poke8(&c, 22, 5);
	assert_int_equal(view_as(1, &conf)->flags, 0);
}

/* A transport that does not decode leaves the IP payload to ip rules. */
static void
test_broken_transport(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip4(6);
	craft_text(&c, "0123456789");
	d = view();
	assert_int_equal(d->flags, PKT_MALFORMED);
	assert_int_equal(d->l4, PKT_L4_NONE);
	assert_int_equal(d->sport, 0);
	assert_true(payload_is("0123456789"));

	begin_ip4(17);
	craft_udp(&c, 1, 2);
	craft_text(&c, "data");
	craft_done(&c);
	craft_poke16(&c, 38, 10);
	d = view_as(1, NULL);
	assert_int_equal(d->l4, PKT_L4_NONE);
	assert_int_equal(d->payload_len, 12);
}

static void
test_ip4_options(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip4(17);
	craft_ip4_opts(&c, "01 94040000 830704 01020304");
	craft_udp(&c, 1, 2);
	d = view();
	assert_int_equal(d->n_ip4_opts, 3);
	assert_int_equal(pkt.ip4_opts[1].kind, 148);
	assert_int_equal(pkt.ip4_opts[1].len, 2);
	assert_int_equal(pkt.ip4_opts[2].kind, 0x83);
	assert_int_equal(pkt.ip4_opts[2].len, 5);
	assert_int_equal(pkt.data[pkt.ip4_opts[2].off], 4);
	assert_int_equal(d->l4, PKT_L4_UDP);

	/* none when one is malformed, none when there is only the end */
	begin_ip4(17);
	craft_ip4_opts(&c, "01 830104 00");
	craft_udp(&c, 1, 2);
	assert_int_equal(view()->n_ip4_opts, 0);
	begin_ip4(17);
	craft_ip4_opts(&c, "00010101");
	craft_udp(&c, 1, 2);
	assert_int_equal(view()->n_ip4_opts, 0);
	assert_int_equal(pkt.dec.n_events, 0);
}

static void
test_vlan(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin(0x88a8);
	craft_vlan(&c, 0x2064, 0x8100);
	craft_vlan(&c, 7, 0x0800);
	add_inner(false);
	d = view();
	assert_inner(d, 4);
	assert_int_equal(d->ethertype, 0x88a8);
	assert_int_equal(d->n_vlan, 2);
	assert_int_equal(d->vlan[0], 0x2064);
	assert_int_equal(d->vlan[1], 7);
}

/* Each link header in front of the same IPv4 packet. */
static void
test_links(void **state)
{
	static const struct {
		int dlt;
		const char *hex;
		bool six;
	} links[] = {
		{ 1, "020000000002 020000000001 8847 00400001 00010140",
		    false }, /* MPLS: two labels */
		{ 1, "020000000002 020000000001 8864 1100 0001 002f 0021",
		    false },
		{ 1, "020000000002 020000000001 88e7 00000001"
		     "020000000004 020000000003 0800", false },
		{ 1, "020000000002 020000000001 8903 1234"
		     "020000000004 020000000003 0800", false },
		{ 1, "020000000002 020000000001 8909 0101 0001 0007 0800",
		    false },
		{ 1, "020000000002 020000000001 0035 aaaa03 000000 0800",
		    false },
		{ 9, "ff03 0021", false },
		{ 50, "21", false },
		{ 51, "1100 0001 002f 0021", false },
		{ 0, "02000000", false },
		{ 0, "1e000000", true },
		{ 108, "00000002", false },
		{ 12, "", false },
		{ 101, "", true },
		{ 228, "", false },
		{ 229, "", true },
		{ 104, "0f00 0800", false },
		{ 113, "0000 0001 0006 0200000000010000 0800", false },
		{ 276, "0800 0000 00000001 0001 00 06 0200000000010000",
		    false },
		{ 117, "3d020000" "0000000000000000000000000000"
		    "00000000000000000000000000000000000000000000"
		    "000000000000000000000000000000000000000000"
		    "000000", false },
		{ 105, "0802 0000 020000000001 020000000002 020000000003 1000"
		    "aaaa03 000000 0800", false },
		{ 105, "8841 0000 020000000001 020000000002 020000000003 1000"
		    "0000 aaaa03 000000 0800", false },
		{ 127, "00000a0000000000 0000"
		    "0801 0000 020000000001 020000000002 020000000003 1000"
		    "aaaa03 000000 0800", false },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(links); i++) {
		bool six = links[i].six;

		craft_init(&c);
		craft_hex(&c, links[i].hex);
		/* the QoS frame above is marked protected: it is not read */
		add_inner(six);
		craft_done(&c);
		view_as(links[i].dlt, NULL);
		if (strncmp(links[i].hex, "8841", 4) == 0)
			assert_int_equal(pkt.dec.n_ip, 0);
		else
			assert_inner(&pkt.dec, six ? 6 : 4);
	}
	assert_int_equal(pkt.dec.has_eth, false);
}

static void
test_macsec(void **state)
{
	(void)state;
	begin(0x88e5);
	craft_hex(&c, "20 00 00000001 0000000000000001 0800");
	add_inner(false);
	craft_done(&c);
	craft_fill(&c, 0xee, 16);
	view_as(1, NULL);
	assert_inner(&pkt.dec, 4);
	craft_poke8(&c, 14, 0x2c); /* encrypted */
	assert_int_equal(view_as(1, NULL)->n_ip, 0);
	assert_int_equal(pkt.dec.n_events, 0);
}

static void
test_tunnels(void **state)
{
	static const struct {
		uint8_t proto;
		const char *hex;
		bool six;
	} tunnels[] = {
		{ 4, "", false },
		{ 41, "", true },
		{ 47, "00000800", false },
		{ 47, "b0000800 0000 0000 00000001 00000002", false },
		{ 47, "000086dd", true },
		{ 47, "00006558 020000000004 020000000003 0800", false },
		{ 47, "3081880b 002f0001 00000001 00000001 ff03 0021",
		    false },
		/* ERSPAN I, II, III and III with a subheader */
		{ 47, "000088be 020000000004 020000000003 0800", false },
		{ 47, "100088be 00000001 1000000000000000"
		      "020000000004 020000000003 86dd", true },
		{ 47, "100022eb 00000001 200000000000000000000000"
		      "020000000004 020000000003 0800", false },
		{ 47, "100022eb 00000001 200000000000000000000001"
		      "0000000000000000 020000000004 020000000003 0800",
		    false },
		{ 47, "00008847 00010140", false },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(tunnels) * 2; i++) {
		unsigned t = i / 2;

		if (i % 2)
			begin_ip6(tunnels[t].proto);
		else
			begin_ip4(tunnels[t].proto);
		craft_hex(&c, tunnels[t].hex);
		add_inner(tunnels[t].six);
		assert_tunnelled(view(), tunnels[t].six ? 6 : 4);
	}
}

static const struct udp_tunnel {
	uint16_t port;
	const char *hex;
	bool six;
} udp_tunnels[] = {
	{ 4789, "0800000000000100 020000000004 020000000003 0800", false },
	{ 6081, "0000655800000100 020000000004 020000000003 86dd", true },
	{ 6081, "0100080000000100 01020304", false },
	{ 1701, "0002 0001 0002 ff030021", false },
	{ 3544, "", true },
	{ 3544, "0000 1234 0a010101", true },
	{ 3544, "0001 0000 0000000000000000 00 0000 1234 0a010101", true },
	{ 2152, "30ff 0032 00000001 00000000", false },
};

static void
begin_udp_tunnel(const struct udp_tunnel *t)
{
	begin_ip4(17);
	craft_udp(&c, 40000, t->port);
	craft_hex(&c, t->hex);
	add_inner(t->six);
}

static void
test_udp_tunnels(void **state)
{
	struct dec_conf conf = dec_conf_default();

	(void)state;
	conf.gtp = true;
	conf.gtp_ports[conf.n_gtp_ports++] = 2152;
	for (unsigned i = 0; i < ARRAY_LEN(udp_tunnels); i++) {
		begin_udp_tunnel(&udp_tunnels[i]);
		craft_done(&c);
		if (udp_tunnels[i].port == 2152) {
			/* S flag: the optional word is there */
			craft_poke8(&c, 42, 0x32);
			craft_poke16(&c, 44, (uint16_t)(c.len - 50));
			conf.csum_udp = false;
		}
		assert_tunnelled(view_as(1, &conf),
		    udp_tunnels[i].six ? 6 : 4);
	}
}

/* Spoilt so that no IP header follows: the datagram is as if no tunnel had
 * been thought of. */
static void
test_wrong_guesses(void **state)
{
	struct dec_conf conf = dec_conf_default();

	(void)state;
	conf.csum_udp = false;
	for (unsigned i = 0; i < ARRAY_LEN(udp_tunnels); i++) {
		const struct pkt_dec *d;
		size_t inner = 42;

		begin_udp_tunnel(&udp_tunnels[i]);
		craft_done(&c);
		while (c.b[inner] >> 4 != (udp_tunnels[i].six ? 6 : 4) ||
		    inner + (udp_tunnels[i].six ? 65 : 45) != c.len)
			inner++;
		craft_poke8(&c, inner, 0x35);
		d = view_as(1, &conf);
		assert_int_equal(d->n_events, 0);
		assert_int_equal(d->flags, 0);
		assert_int_equal(d->n_ip, 1);
		assert_int_equal(d->n_layers, 3);
		assert_int_equal(d->l4, PKT_L4_UDP);
		assert_int_equal(d->dport, udp_tunnels[i].port);
		assert_int_equal(d->payload_off, 42);
		assert_int_equal(d->payload_len, c.len - 42);
	}
}

static void
test_deep_teredo(void **state)
{
	struct dec_conf conf = dec_conf_default();

	(void)state;
	begin_ip4(17);
	craft_udp(&c, 5000, 6000);
	add_inner(true);
	craft_done(&c);
	assert_int_equal(view_as(1, &conf)->l4, PKT_L4_UDP);
	conf.deep_teredo = true;
	assert_tunnelled(view_as(1, &conf), 6);
}

static void
test_null_encrypted_esp(void **state)
{
	struct dec_conf conf = dec_conf_default();

	(void)state;
	conf.decode_esp = true;
	conf.csum_tcp = false;
	begin_ip4(50);
	craft_hex(&c, "00000001 00000001");
	craft_tcp(&c, 1111, 80, 1, 2, TCP_ACK);
	craft_text(&c, "inner");
	craft_hex(&c, "01 01 06 000000000000000000000000");
	craft_done(&c);
	view_as(1, &conf);
	assert_inner(&pkt.dec, 4);
	conf.decode_esp = false;
	assert_int_equal(view_as(1, &conf)->l4, PKT_L4_NONE);
	assert_int_equal(pkt.dec.payload_len, 8 + 25 + 3 + 12);
}

static void
test_third_ip(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin_ip4(4);
	craft_ip4(&c, 4, "10.2.1.1", "10.2.1.2");
	add_inner(false);
	d = view();
	assert_int_equal(d->n_ip, 2);
	assert_int_equal(d->src.b[1], 2);
	assert_int_equal(d->l4, PKT_L4_NONE);
	assert_int_equal(d->payload_len, 45);
}

static void
test_not_ip(void **state)
{
	const struct pkt_dec *d;

	(void)state;
	begin(0x0806);
	craft_fill(&c, 1, 28);
	d = view();
	assert_true(d->has_arp);
	assert_int_equal(d->arp_off, 14);
	assert_int_equal(d->ip_ver, 0);

	begin(0x9999);
	craft_text(&c, "what");
	d = view();
	assert_int_equal(d->n_layers, 1);
	assert_int_equal(d->flags, 0);

	assert_int_equal(view_as(4711, NULL)->n_layers, 0);
	assert_int_equal(view_as(-1, NULL)->n_layers, 0);
}

/* Nothing of a packet shows in the next one. */
static void
test_reset(void **state)
{
	(void)state;
	begin_ip4(4);
	craft_ip4_opts(&c, "94040000");
	add_inner(false);
	assert_true(view()->n_events > 0);
	begin(0x0806);
	craft_fill(&c, 1, 28);
	view();
	assert_int_equal(pkt.dec.n_events, 0);
	assert_int_equal(pkt.dec.n_ip4_opts, 0);
	assert_int_equal(pkt.dec.outer_src.family, 0);
	pkt.wirelen = 0;
}

static void
test_truncated_capture(void **state)
{
	struct dec_conf conf = dec_conf_default();
	struct decoder dec;

	(void)state;
	begin_ip4(17);
	craft_udp(&c, 1, 2);
	craft_done(&c);
	assert_true(decoder_init(&dec, &conf));
	pkt.data = c.b;
	pkt.caplen = (uint32_t)c.len;
	pkt.wirelen = (uint32_t)c.len + 100;
	pkt.dlt = 1;
	decode(&dec, &pkt);
	assert_int_equal(pkt.dec.flags, PKT_TRUNCATED);
	assert_int_equal(dec.layers[DEC_ID_udp], 1);
	assert_int_equal(dec.loop_ctrs[0], 1);
	decoder_fini(&dec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_padding_is_no_payload),
		cmocka_unit_test(test_bad_checksums),
		cmocka_unit_test(test_icmp_payload_begins),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_ip6_fragments),
		cmocka_unit_test(test_ip6_extensions),
		cmocka_unit_test(test_routing_header_and_checksum),
		cmocka_unit_test(test_length_lies),
		cmocka_unit_test(test_broken_transport),
		cmocka_unit_test(test_ip4_options),
		cmocka_unit_test(test_vlan),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_macsec),
		cmocka_unit_test(test_tunnels),
		cmocka_unit_test(test_udp_tunnels),
		cmocka_unit_test(test_wrong_guesses),
		cmocka_unit_test(test_deep_teredo),
		cmocka_unit_test(test_null_encrypted_esp),
		cmocka_unit_test(test_third_ip),
		cmocka_unit_test(test_not_ip),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_truncated_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
