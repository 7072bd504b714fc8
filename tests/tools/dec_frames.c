/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/dec_frames.h"

/* A quoted UDP datagram, as in ICMP errors: 36 bytes. */
#define QUOTED                                                                 \
	"45000024 00010000 40110000 0a010101 0a010102 03e807d0 00100000 "      \
	"6f6f6f6f 6f6f6f6f"
#define QUOTED6                                                                \
	"60000000 00081140 fd000000 00000000 00000000 00000001 "               \
	"fd000000 00000000 00000000 00000002 00010002 00080000"
/* 802.11 data, from an access point, and SNAP with EAPOL's type. */
#define WIFI "0802 0000 020000000001 020000000002 020000000003 1000"
#define WIFI_EAPOL WIFI "aaaa03000000888e"

static void
gre_in_gre(struct craft *c)
{
	craft_eth(c, 0x0800);
	craft_ip4(c, 47, "10.1.1.1", "10.1.1.2");
	craft_hex(c, "00000800");
	craft_ip4(c, 47, "10.2.1.1", "10.2.1.2");
	craft_hex(c, "00006558");
	craft_eth(c, 0x0806);
	craft_fill(c, 0, 28);
}

static void
three_ip(struct craft *c)
{
	craft_eth(c, 0x0800);
	craft_ip4(c, 4, "10.1.1.1", "10.1.1.2");
	craft_ip4(c, 41, "10.2.1.1", "10.2.1.2");
	craft_ip6(c, 17, "fd00::1", "fd00::2");
	craft_udp(c, 1000, 2000);
}

static void
many_tags(struct craft *c)
{
	craft_eth(c, 0x8100);
	for (unsigned i = 0; i < LIM_LAYERS; i++)
		craft_vlan(c, (uint16_t)i, 0x8100);
	craft_vlan(c, 1, 0x0800);
	craft_ip4(c, 17, "10.1.1.1", "10.1.1.2");
	craft_udp(c, 1000, 2000);
}

static void
gtp_in_gtp(struct craft *c)
{
	/* 28 bytes of headers, GTP, and 36 inside */
	craft_eth(c, 0x0800);
	craft_ip4(c, 17, "10.1.1.1", "10.1.1.2");
	craft_udp(c, 2152, 2152);
	craft_hex(c, "30ff0026 00000001");
	craft_ip4(c, 17, "10.2.1.1", "10.2.1.2");
	craft_udp(c, 2152, 2152);
	craft_hex(c, "30ff0002 00000001 4500");
}

static void
isatap(struct craft *c)
{
	craft_eth(c, 0x0800);
	craft_ip4(c, 41, "10.1.1.1", "10.1.1.2");
	craft_ip6(c, 59, "fe80::5efe:a09:909", "fd00::2");
}

static void
isatap_fine(struct craft *c)
{
	craft_eth(c, 0x0800);
	craft_ip4(c, 41, "10.1.1.1", "10.1.1.2");
	craft_ip6(c, 59, "fe80::5efe:a01:101", "fd00::2");
}

static void
torn_record_route(struct craft *c)
{
	craft_eth(c, 0x0800);
	craft_ip4(c, 1, "10.1.1.1", "10.1.1.2");
	craft_ip4_opts(c, "07060400000000");
	craft_icmp(c, 8, 0, 0x00010001);
	craft_text(c, "abcdefgh");
}

static void
naptha(struct craft *c)
{
	craft_eth(c, 0x0800);
	c->next_id = 413;
	craft_ip4(c, 6, "10.1.1.1", "10.1.1.2");
	craft_tcp(c, 1000, 2000, 6060842, 0, TCP_SYN);
}

static void
reply_with_route(struct craft *c)
{
	craft_eth(c, 0x0800);
	craft_ip4(c, 1, "10.1.1.1", "10.1.1.2");
	craft_ip4_opts(c, "07070400000000");
	craft_icmp(c, 0, 0, 0x00010001);
}

const struct dec_frame dec_frames[] = {
	{ "udp", FRAME_UDP, .hex = "64617461", .conf = CONF_CSUM, .want = "" },
	{ "udp6", FRAME_UDP6, .hex = "64617461", .conf = CONF_CSUM,
	    .want = "" },
	{ "tcp", FRAME_TCP, TCP_ACK, .hex = "64617461", .conf = CONF_CSUM,
	    .want = "" },

	/* IPv4 */
	{ "version 5", FRAME_UDP, .poke = { { 14, 0x55 } }, .want = "1" },
	{ "ihl 4", FRAME_UDP, .poke = { { 14, 0x44 } }, .want = "2" },
	{ "length 10", FRAME_UDP, .poke = { { 17, 10 } }, .want = "3" },
	{ "option length 1", FRAME_IP4, 253, .opts = "83010000",
	    .want = "4 449" },
	{ "option beyond", FRAME_IP4, 2, .opts = "83200000", .want = "5" },
	{ "option cut", FRAME_IP4, 2, .opts = "01010183", .want = "5" },
	{ "no option events", FRAME_IP4, 2, .opts = "01010183",
	    .conf = CONF_NO_OPTS, .want = "" },
	{ "length beyond", FRAME_UDP, .poke = { { 17, 200 } },
	    .conf = CONF_OVERSIZED, .want = "6" },
	{ "length beyond, silent", FRAME_UDP, .poke = { { 17, 200 } },
	    .want = "" },
	{ "loopback", FRAME_UDP, .src = "127.0.0.1", .want = "150" },
	{ "to loopback", FRAME_UDP, .dst = "127.0.0.1", .want = "150" },
	{ "same", FRAME_UDP, .src = "10.1.1.2", .want = "151" },
	{ "ttl 0", FRAME_UDP, .poke = { { 22, 0 }, { 23, 17 } },
	    .want = "404" },
	{ "mf and df", FRAME_UDP, .frag = 0x6000, .fill = 8, .want = "405" },
	{ "far fragment", FRAME_IP4, 17, .frag = 0x1fff, .fill = 60000,
	    .want = "407" },
	{ "from this net", FRAME_UDP, .src = "0.1.1.1", .want = "408" },
	{ "to this net", FRAME_UDP, .dst = "0.0.0.0", .want = "409" },
	{ "from multicast", FRAME_UDP, .src = "224.0.0.5", .want = "410" },
	{ "from unassigned multicast", FRAME_UDP, .src = "234.1.1.1",
	    .want = "410 411" },
	{ "from reserved", FRAME_UDP, .src = "240.1.1.1", .want = "411" },
	{ "to reserved", FRAME_UDP, .dst = "240.1.1.1", .want = "412" },
	{ "to unassigned multicast", FRAME_UDP, .dst = "224.1.1.1",
	    .want = "412" },
	{ "to assigned multicast", FRAME_UDP, .dst = "239.255.255.250",
	    .want = "" },
	{ "from broadcast", FRAME_UDP, .src = "255.255.255.255",
	    .want = "413 411" },
	{ "to broadcast", FRAME_UDP, .dst = "255.255.255.255",
	    .want = "414 412" },
	{ "ip4 short", FRAME_ETH, 0x0800, .hex = "450000", .want = "425" },
	{ "ttl low", FRAME_UDP, .poke = { { 22, 4 } },
	    .conf = CONF_MIN_TTL_5, .want = "428" },
	{ "df and offset", FRAME_IP4, 17, .frag = 0x4001, .fill = 8,
	    .want = "430" },
	{ "an option", FRAME_IP4, 2, .opts = "01", .want = "444" },
	{ "only end of options", FRAME_IP4, 253, .opts = "00",
	    .want = "449" },
	{ "reserved bit", FRAME_UDP, .frag = 0x8000, .want = "448" },
	{ "protocol 200", FRAME_IP4, 200, .hex = "00", .want = "449" },
	{ "protocol 103", FRAME_IP4, 103, .hex = "00", .want = "450" },
	{ "empty fragment", FRAME_IP4, 17, .frag = 0x2004,
	    .want = "459 95" },
	{ "no decoder events", FRAME_UDP, .dst = "255.255.255.255",
	    .conf = CONF_NO_DECODE, .want = "" },

	/* TCP */
	{ "tcp short", FRAME_IP4, 6, .fill = 10, .want = "45" },
	{ "offset 4", FRAME_TCP, TCP_ACK, .poke = { { 46, 0x40 } },
	    .want = "46" },
	{ "offset 15", FRAME_TCP, TCP_ACK, .poke = { { 46, 0xf0 } },
	    .conf = CONF_OVERSIZED, .want = "47" },
	{ "offset 15, silent", FRAME_TCP, TCP_ACK, .poke = { { 46, 0xf0 } },
	    .want = "" },
	{ "mss of length 1", FRAME_TCP, TCP_ACK, .opts = "0201",
	    .want = "54" },
	{ "option beyond header", FRAME_TCP, TCP_ACK, .opts = "fd200000",
	    .want = "54" },
	{ "option cut", FRAME_TCP, TCP_ACK, .opts = "01010102",
	    .want = "55" },
	{ "cc.echo", FRAME_TCP, TCP_ACK, .opts = "0d0600000001",
	    .want = "56" },
	{ "cc", FRAME_TCP, TCP_ACK, .opts = "0b0600000001", .want = "" },
	{ "echo", FRAME_TCP, TCP_ACK, .opts = "060600000001", .want = "57" },
	{ "experiment", FRAME_TCP, TCP_ACK, .opts = "fd040000",
	    .want = "58" },
	{ "experiment over echo", FRAME_TCP, TCP_ACK,
	    .opts = "060600000001fd0400000d0600000001", .want = "58" },
	{ "echo over cc.echo", FRAME_TCP, TCP_ACK,
	    .opts = "0d0600000001060600000001", .want = "57" },
	{ "scale 15", FRAME_TCP, TCP_ACK, .opts = "03030f", .want = "59" },
	{ "scale 14", FRAME_TCP, TCP_ACK, .opts = "03030e", .want = "" },
	{ "usual options", FRAME_TCP, TCP_SYN,
	    .opts = "020405b40402080a000000010000000001030307", .want = "" },
	{ "fsrpau", FRAME_TCP, 0x3f, .hex = "41", .want = "400 421 420" },
	{ "fpu", FRAME_TCP, 0x29, .hex = "41", .want = "401 423 422" },
	{ "naptha", .build = naptha, .want = "402" },
	{ "syn to multicast", FRAME_TCP, TCP_SYN, .dst = "224.0.0.5",
	    .want = "403" },
	{ "urgent", FRAME_TCP, TCP_ACK | TCP_URG, .want = "419" },
	{ "urgent, fine", FRAME_TCP, TCP_ACK | TCP_URG, .hex = "4141",
	    .poke = { { 53, 2 } }, .want = "" },
	{ "syn fin", FRAME_TCP, TCP_SYN | TCP_FIN, .want = "420 422" },
	{ "syn rst", FRAME_TCP, TCP_SYN | TCP_RST, .want = "421" },
	{ "fin", FRAME_TCP, TCP_FIN, .want = "423 422" },
	{ "no flags", FRAME_TCP, 0, .want = "423" },
	{ "shaft", FRAME_TCP, TCP_SYN, 674711609, .want = "433" },
	{ "tcp port 0", FRAME_TCP, TCP_ACK, .poke = { { 36, 0 }, { 37, 0 } },
	    .want = "446" },

	/* UDP */
	{ "udp short", FRAME_IP4, 17, .fill = 4, .want = "95" },
	{ "udp length 4", FRAME_UDP, .poke = { { 39, 4 } }, .want = "96" },
	{ "udp length beyond", FRAME_UDP, .poke = { { 39, 100 } },
	    .conf = CONF_OVERSIZED, .want = "97" },
	{ "udp length below", FRAME_UDP, .fill = 50, .poke = { { 39, 10 } },
	    .want = "98" },
	{ "udp6 without checksum", FRAME_UDP6, .conf = CONF_CSUM,
	    .poke = { { 60, 0 }, { 61, 0 } }, .want = "406" },
	{ "large", FRAME_UDP, .fill = 4001, .want = "445" },
	{ "not large", FRAME_UDP, .fill = 4000, .want = "" },
	{ "udp port 0", FRAME_UDP, .poke = { { 34, 0 }, { 35, 0 } },
	    .want = "447" },

	/* ICMP */
	{ "echo short", FRAME_IP4, 1, .hex = "08000000", .want = "105" },
	{ "timestamp short", FRAME_ICMP4, 0x0d00, .want = "106" },
	{ "mask short", FRAME_ICMP4, 0x1100, .want = "107" },
	{ "no quote", FRAME_ICMP4, 0x0301, .hex = "4500001c", .want = "250" },
	{ "quote of version 6", FRAME_ICMP4, 0x0301, .hex = QUOTED,
	    .poke = { { 42, 0x65 } }, .want = "251" },
	{ "quote of long header", FRAME_ICMP4, 0x0301, .hex = QUOTED,
	    .poke = { { 42, 0x4f } }, .want = "252" },
	{ "short quote", FRAME_ICMP4, 0x0301, .hex = QUOTED,
	    .poke = { { 42, 0x48 } }, .want = "253" },
	{ "long quote", FRAME_ICMP4, 0x0301, .hex = QUOTED, .fill = 700,
	    .want = "254" },
	{ "quote of later fragment", FRAME_ICMP4, 0x0301, .hex = QUOTED,
	    .poke = { { 49, 5 } }, .want = "255" },
	{ "unreachable, fine", FRAME_ICMP4, 0x0301, .hex = QUOTED,
	    .want = "" },
	{ "echo to multicast", FRAME_ICMP4, 0x0800, 1, .dst = "224.0.0.5",
	    .hex = "41", .want = "415" },
	{ "echo to broadcast", FRAME_ICMP4, 0x0800, 1, .hex = "41",
	    .dst = "255.255.255.255", .want = "414 412 416" },
	{ "type 6", FRAME_ICMP4, 0x0600, .want = "418" },
	{ "icmp short", FRAME_IP4, 1, .hex = "0800", .want = "426" },
	{ "empty echo", FRAME_ICMP4, 0x0800, 1, .want = "434" },
	{ "icmpenum", FRAME_ICMP4, 0x0800, 0x00019a02, .want = "434 435" },
	{ "redirect host", FRAME_ICMP4, 0x0501, .hex = QUOTED,
	    .want = "436" },
	{ "redirect net", FRAME_ICMP4, 0x0500, .hex = QUOTED,
	    .want = "437" },
	{ "reply with route", .build = reply_with_route,
	    .want = "444 438" },
	{ "quench", FRAME_ICMP4, 0x0400, .hex = QUOTED, .want = "439" },
	{ "smurf scan", FRAME_ICMP4, 0x0800, 0x00010000, .fill = 4,
	    .want = "440" },
	{ "filtered", FRAME_ICMP4, 0x030d, .hex = QUOTED, .want = "441" },
	{ "host prohibited", FRAME_ICMP4, 0x030a, .hex = QUOTED,
	    .want = "442" },
	{ "net prohibited", FRAME_ICMP4, 0x0309, .hex = QUOTED,
	    .want = "443" },
	{ "mtu 100", FRAME_ICMP4, 0x0304, 100, .hex = QUOTED, .want = "451" },
	{ "mtu 1400", FRAME_ICMP4, 0x0304, 1400, .hex = QUOTED, .want = "" },
	{ "torn option", .build = torn_record_route, .want = "444 452" },
	{ "igmp, empty options", FRAME_IP4, 2, .opts = "0000000000000000",
	    .hex = "1100000000000000", .want = "455" },
	{ "igmp, router alert", FRAME_IP4, 2, .opts = "94040000",
	    .hex = "1100000000000000", .want = "444" },

	/* link */
	{ "eth short", FRAME_RAW, 1, .hex = "0200000000", .want = "424" },
	{ "arp short", FRAME_ETH, 0x0806, .hex = "0001080006040001",
	    .want = "109" },
	{ "arp", FRAME_ETH, 0x0806, .fill = 28, .want = "" },
	{ "eapol short", FRAME_RAW, 105, .hex = WIFI_EAPOL "01",
	    .want = "110" },
	{ "eapol key short", FRAME_RAW, 105, .hex = WIFI_EAPOL "01030002ff",
	    .want = "111" },
	{ "eap short", FRAME_RAW, 105, .hex = WIFI_EAPOL "01000002ff",
	    .want = "112" },
	{ "eapol on ethernet", FRAME_ETH, 0x888e, .hex = "01", .want = "" },
	{ "wifi llc short", FRAME_RAW, 105, .hex = WIFI "aaaa",
	    .want = "133" },
	{ "wifi snap short", FRAME_RAW, 105, .hex = WIFI "aaaa0300",
	    .want = "134" },
	{ "pppoe short", FRAME_ETH, 0x8864, .hex = "1100", .want = "120" },
	{ "vlan short", FRAME_ETH, 0x8100, .hex = "00", .want = "130" },
	{ "vlan llc short", FRAME_ETH, 0x8100, .hex = "00010010aa",
	    .want = "131" },
	{ "vlan snap short", FRAME_ETH, 0x8100, .hex = "00010010aaaa0300",
	    .want = "132" },
	{ "mpls short", FRAME_ETH, 0x8847, .hex = "0001", .want = "170" },
	{ "mpls without bottom", FRAME_ETH, 0x8847, .hex = "0010004000100040",
	    .want = "170" },
	{ "mpls multicast", FRAME_ETH, 0x8848, .hex = "00100140" QUOTED,
	    .want = "170" },
	{ "label 0 for ip6", FRAME_ETH, 0x8847, .hex = "00000140" QUOTED,
	    .conf = CONF_MPLS_IP6, .want = "171" },
	{ "label 0", FRAME_ETH, 0x8847, .hex = "00000140" QUOTED,
	    .want = "" },
	{ "label 1", FRAME_ETH, 0x8847, .hex = "00001140" QUOTED,
	    .want = "172" },
	{ "label 2", FRAME_ETH, 0x8847, .hex = "00002140" QUOTED,
	    .want = "173 273" },
	{ "label 3", FRAME_ETH, 0x8847, .hex = "00003140" QUOTED,
	    .want = "174" },
	{ "label 4", FRAME_ETH, 0x8847, .hex = "00004140" QUOTED,
	    .want = "175" },
	{ "two labels", FRAME_ETH, 0x8847, .hex = "0010004000100140" QUOTED,
	    .conf = CONF_MPLS_DEPTH_1, .want = "176" },
	{ "too many layers", .build = many_tags, .want = "300" },
	{ "fabricpath short", FRAME_ETH, 0x8903, .hex = "00",
	    .want = "467" },
	{ "fabricpath alone", FRAME_ETH, 0x8903, .hex = "0000",
	    .want = "424" },
	{ "metadata short", FRAME_ETH, 0x8909, .hex = "0101",
	    .want = "468" },
	{ "metadata length", FRAME_ETH, 0x8909, .hex = "0101200100010800",
	    .want = "469" },
	{ "metadata kind", FRAME_ETH, 0x8909, .hex = "0101000200010800",
	    .want = "470" },
	{ "metadata group", FRAME_ETH, 0x8909, .hex = "01010001ffff0800",
	    .want = "471" },
	{ "metadata", FRAME_ETH, 0x8909, .hex = "0101000100070800" QUOTED,
	    .want = "" },

	/* IPv6 */
	{ "hop limit low", FRAME_UDP6, .poke = { { 21, 4 } },
	    .conf = CONF_MIN_TTL_5, .want = "270" },
	{ "version 5 of 6", FRAME_UDP6, .poke = { { 14, 0x50 } },
	    .want = "271" },
	{ "extension cut", FRAME_IP6, 0, .hex = "11", .want = "272" },
	{ "ip6 short", FRAME_ETH, 0x86dd, .hex = "60000000", .want = "273" },
	{ "ip6 length beyond", FRAME_UDP6, .poke = { { 19, 200 } },
	    .conf = CONF_OVERSIZED, .want = "275" },
	{ "to ::", FRAME_UDP6, .dst = "::", .want = "276" },
	{ "from multicast 6", FRAME_UDP6, .src = "ff02::1", .want = "277" },
	{ "to ff05::3", FRAME_UDP6, .dst = "ff05::3", .want = "278" },
	{ "to ff00::1", FRAME_UDP6, .dst = "ff00::1", .want = "278" },
	{ "to mdns", FRAME_UDP6, .dst = "ff02::fb", .want = "" },
	{ "to a solicited node", FRAME_UDP6, .dst = "ff02::1:ff12:3456",
	    .want = "" },
	{ "to a transient group", FRAME_UDP6, .dst = "ff15::abcd",
	    .want = "" },
	{ "unknown option", FRAME_IP6, 0, .hex = "3b003f0400000000",
	    .want = "279" },
	{ "scope 3", FRAME_UDP6, .dst = "ff03::1", .want = "280 278" },
	{ "next header 200", FRAME_IP6, 200, .hex = "00", .want = "281" },
	{ "routing then hop by hop", FRAME_IP6, 43,
	    .hex = "0000020000000000 3b00010400000000", .want = "282 296" },
	{ "two routing", FRAME_IP6, 43,
	    .hex = "2b00020000000000 3b00020000000000", .want = "283 296" },
	{ "mtu 100 of 6", FRAME_ICMP6, 0x0200, 100, .hex = QUOTED6,
	    .want = "285" },
	{ "unreachable 2", FRAME_ICMP6, 0x0102, .hex = QUOTED6,
	    .want = "286" },
	{ "unreachable 8", FRAME_ICMP6, 0x0108, .hex = QUOTED6,
	    .want = "457" },
	{ "unreachable 6, no quote", FRAME_ICMP6, 0x0104, .want = "250" },
	{ "quote of version 4", FRAME_ICMP6, 0x0104, .hex = QUOTED6,
	    .poke = { { 62, 0x45 } }, .want = "251" },
	{ "solicitation code", FRAME_ICMP6, 0x8501, .want = "287" },
	{ "solicitation reserved", FRAME_ICMP6, 0x8500, 1, .want = "289" },
	{ "advertisement code", FRAME_ICMP6, 0x8601, .fill = 8,
	    .poke = { { 62, 0 } }, .want = "288 290" },
	{ "advertisement", FRAME_ICMP6, 0x8600, .hex = "0000000000000000",
	    .want = "" },
	{ "echo of 6 short", FRAME_IP6, 58, .hex = "80000000",
	    .want = "105" },
	{ "icmp6 short", FRAME_IP6, 58, .hex = "8000", .want = "427" },
	{ "icmp6 type 200", FRAME_ICMP6, 0xc800, .want = "431" },
	{ "echo to multicast 6", FRAME_ICMP6, 0x8000, 1, .dst = "ff02::1",
	    .want = "432" },
	{ "node info code", FRAME_ICMP6, 0x8b05, .fill = 8, .want = "460" },
	{ "6in4 cut", FRAME_IP4, 41, .hex = "600000000000", .want = "291 273" },
	{ "options then routing", FRAME_IP6, 60,
	    .hex = "2b00010400000000 3b00020000000000", .want = "292" },
	{ "three ip", .build = three_ip, .want = "293" },
	{ "option too big", FRAME_IP6, 0, .hex = "3b00014000000000",
	    .want = "295" },
	{ "options then hop by hop", FRAME_IP6, 60,
	    .hex = "0000010400000000 3b00010400000000", .want = "296" },
	{ "options before and behind routing", FRAME_IP6, 60,
	    .hex = "2b00010400000000 3c00020000000000 3b00010400000000",
	    .want = "292" },
	{ "hop limit 0", FRAME_UDP6, .poke = { { 20, 17 }, { 21, 0 } },
	    .want = "429" },
	{ "isatap spoof", .build = isatap, .want = "453" },
	{ "isatap", .build = isatap_fine, .want = "" },
	{ "too many extensions", FRAME_IP6, 60,
	    .hex = "3c00010400000000 3c00010400000000 3c00010400000000"
		   "3c00010400000000 3c00010400000000 3c00010400000000"
		   "3c00010400000000 3c00010400000000 3b00010400000000",
	    .want = "456" },
	{ "atomic fragment", FRAME_IP6, 44, .hex = "3b00000000000001",
	    .want = "458" },
	{ "empty fragment 6", FRAME_IP6, 44, .hex = "1100000100000001",
	    .want = "459" },
	{ "routing type 0", FRAME_IP6, 43, .hex = "3b00000000000000",
	    .want = "461" },
	{ "same and loopback 6", FRAME_UDP6, .src = "::1", .dst = "::1",
	    .want = "151 150" },

	/* tunnels and what else ends a chain */
	{ "gre short", FRAME_IP4, 47, .hex = "00", .want = "160" },
	{ "gre key cut", FRAME_IP4, 47, .hex = "20000800", .want = "160" },
	{ "gre in gre", .build = gre_in_gre, .want = "161" },
	{ "gre version 3", FRAME_IP4, 47, .hex = "00030800" QUOTED,
	    .want = "162" },
	{ "gre flags", FRAME_IP4, 47, .hex = "00f80800" QUOTED,
	    .want = "163" },
	{ "gre 1 for ip", FRAME_IP4, 47, .hex = "80010800" QUOTED,
	    .want = "164" },
	{ "gre ethernet cut", FRAME_IP4, 47, .hex = "00006558616263",
	    .want = "165" },
	{ "gre", FRAME_IP4, 47, .hex = "00000800" QUOTED, .want = "" },
	{ "pptp", FRAME_IP4, 47,
	    .hex = "3081880b 00280001 00000001 00000001 ff030021" QUOTED,
	    .want = "" },
	{ "gre with a route", FRAME_IP4, 47,
	    .hex = "40000800 00000000 08000004 0a010101 00000000" QUOTED,
	    .want = "" },
	{ "erspan version", FRAME_IP4, 47,
	    .hex = "100088be 00000001 7000000000000000", .want = "462" },
	{ "erspan 2 cut", FRAME_IP4, 47, .hex = "100088be 00000001 10",
	    .want = "463" },
	{ "erspan 3 cut", FRAME_IP4, 47, .hex = "000022eb 20",
	    .want = "464" },
	{ "ah short", FRAME_IP4, 51, .hex = "11040000", .want = "465" },
	{ "ah length", FRAME_IP4, 51, .hex = "11ff0000 0000000100000001",
	    .want = "466" },
	{ "esp short", FRAME_IP4, 50, .fill = 10, .conf = CONF_ESP,
	    .want = "294" },
	{ "esp not decoded", FRAME_IP4, 50, .fill = 10, .want = "" },
	{ "gtp in gtp", .build = gtp_in_gtp, .conf = CONF_GTP,
	    .want = "297" },
	{ "gtp length", FRAME_UDP, 2152, .hex = "30ff001000000001616263",
	    .conf = CONF_GTP, .want = "298" },
	{ "gtp not decoded", FRAME_UDP, 2152,
	    .hex = "30ff001000000001616263", .want = "" },
	{ "pgm nak", FRAME_IP4, 113,
	    .hex = "00010002 08010000 00000000 00000000"
		   "00000001 00010000 0a010101 00010000 e0000001"
		   "00040010 82ff0000",
	    .want = "454" },
	{ "pgm nak, fine", FRAME_IP4, 113,
	    .hex = "00010002 08010000 00000000 00000000"
		   "00000001 00010000 0a010101 00010000 e0000001"
		   "0004000c 82080000 00000002",
	    .want = "" },
	{ "vxlan that is none", FRAME_UDP, 4789, .fill = 60, .want = "" },
	{ "vxlan with nothing in it", FRAME_UDP, 4789,
	    .hex = "0800000000000100 020000000002020000000001 0800 55",
	    .want = "" },
	{ "teredo of bad length", FRAME_UDP, 3544,
	    .hex = "6000000000013b40", .fill = 40, .want = "" },
	{ "geneve", FRAME_UDP, 6081, .hex = "0000080000000100" QUOTED,
	    .want = "" },
	{ "l2tp", FRAME_UDP, 1701, .hex = "000200010001ff030021" QUOTED,
	    .want = "" },
	{ "sctp", FRAME_IP4, 132, .fill = 12, .want = "" },
	{ "sctp cut", FRAME_IP4, 132, .fill = 5, .want = "" },
	{ "raw ip6", FRAME_RAW, 12, .hex = QUOTED6, .want = "" },
	{ "empty", FRAME_RAW, 1, .hex = "", .want = "424" },
};
const unsigned n_dec_frames = ARRAY_LEN(dec_frames);

static void
add_ip(const struct dec_frame *f, struct craft *c, uint8_t proto, bool six)
{
	const char *src = f->src ? f->src : six ? "fd00::1" : "10.1.1.1";
	const char *dst = f->dst ? f->dst : six ? "fd00::2" : "10.1.1.2";

	craft_eth(c, six ? 0x86dd : 0x0800);
	if (six) {
		craft_ip6(c, proto, src, dst);
		return;
	}
	craft_ip4(c, proto, src, dst);
	if (f->base == FRAME_IP4 && f->opts)
		craft_ip4_opts(c, f->opts);
	craft_ip4_frag(c, f->frag);
}

static void
add_headers(const struct dec_frame *f, struct craft *c)
{
	switch (f->base) {
	case FRAME_RAW:
		break;
	case FRAME_ETH:
		craft_eth(c, (uint16_t)f->a);
		break;
	case FRAME_IP4:
		add_ip(f, c, (uint8_t)f->a, false);
		break;
	case FRAME_IP6:
		add_ip(f, c, (uint8_t)f->a, true);
		break;
	case FRAME_TCP:
		add_ip(f, c, 6, false);
		craft_tcp(c, 1000, 2000, f->b, 0, (uint8_t)f->a);
		if (f->opts)
			craft_tcp_opts(c, f->opts);
		break;
	case FRAME_UDP:
	case FRAME_UDP6:
		add_ip(f, c, 17, f->base == FRAME_UDP6);
		craft_udp(c, 1000, f->a ? (uint16_t)f->a : 2000);
		break;
	case FRAME_ICMP4:
	case FRAME_ICMP6:
		add_ip(f, c, f->base == FRAME_ICMP4 ? 1 : 58,
		    f->base == FRAME_ICMP6);
		craft_icmp(c, (uint8_t)(f->a >> 8), (uint8_t)f->a, f->b);
		break;
	}
}

int
dec_frame_make(const struct dec_frame *f, struct craft *c)
{
	craft_init(c);
	if (f->build) {
		f->build(c);
	} else {
		add_headers(f, c);
		if (f->hex)
			craft_hex(c, f->hex);
		craft_fill(c, 'A', f->fill);
	}
	craft_done(c);
	for (unsigned i = 0; i < ARRAY_LEN(f->poke) && f->poke[i].off; i++)
		craft_poke8(c, f->poke[i].off, f->poke[i].value);
	return f->base == FRAME_RAW && !f->build ? (int)f->a : 1;
}

struct dec_conf
dec_frame_conf(const struct dec_frame *f)
{
	struct dec_conf conf = dec_conf_default();
	bool csum = f->conf & CONF_CSUM, opts = f->conf & CONF_NO_OPTS;

	conf.csum_ip = conf.csum_tcp = conf.csum_udp = conf.csum_icmp = csum;
	conf.oversized_alerts = f->conf & CONF_OVERSIZED;
	conf.no_decode = f->conf & CONF_NO_DECODE;
	conf.no_ipopt = conf.no_tcpopt = conf.no_tcpopt_exp = opts;
	conf.no_tcpopt_obs = conf.no_tcpopt_ttcp = opts;
	conf.gtp = f->conf & CONF_GTP;
	conf.gtp_ports[conf.n_gtp_ports++] = 2152;
	conf.decode_esp = f->conf & CONF_ESP;
	conf.deep_teredo = f->conf & CONF_DEEP_TEREDO;
	if (f->conf & CONF_MIN_TTL_5)
		conf.min_ttl = 5;
	if (f->conf & CONF_MPLS_IP6)
		conf.mpls_payload = MPLS_PAYLOAD_IP6;
	if (f->conf & CONF_MPLS_DEPTH_1)
		conf.max_mpls_depth = 1;
	return conf;
}
