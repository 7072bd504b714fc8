/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/sender.h"

#include <config.h>
#ifdef HAVE_DUMBNET_H
#include <dumbnet.h>
#else
#include <dnet.h>
#endif
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/be.h"
#include "core/xalloc.h"

enum {
	MAC = 6,
	TYPE_PPPOE = 0x8864,
	PORTS = 64,
	LINK_HEADER_MAX = 128,
};

/* A port that frames leave by. */
struct port {
	uint32_t index; /* of the interface; 0: unused */
	eth_t *eth;     /* NULL: it cannot be had */
	uint8_t mac[MAC];
};

struct sender {
	struct sender_conf conf;
	uint32_t device; /* conf.device's index */
	int fd4, fd6;    /* raw sockets of IPv4 and IPv6 */
	struct port ports[PORTS];
	unsigned n_ports; /* ever used: the next one takes the oldest's place */
};

void
sender_swap(uint8_t *eth)
{
	uint8_t mac[MAC];

	memcpy(mac, eth, MAC);
	memcpy(eth, eth + MAC, MAC);
	memcpy(eth + MAC, mac, MAC);
}

/* A socket for packets with their IP header, which rules know by its mark. */
static int
open_raw(int family)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    IPPROTO_RAW), mark = SENDER_MARK;

	if (fd != -1)
		(void)setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	return fd;
}

static void close_port(struct port *p);
static struct port *port_of(struct sender *s, uint32_t index);

struct sender *
sender_open(const struct sender_conf *conf, char *err, size_t err_len)
{
	struct sender *s = xcalloc(1, sizeof(*s));

	s->conf = *conf;
	s->fd4 = open_raw(AF_INET);
	if (s->fd4 == -1)
		snprintf(err, err_len, "cannot open a raw socket to answer "
		    "with: %s", strerror(errno));
	s->fd6 = open_raw(AF_INET6);
	if (conf->device) {
		s->device = if_nametoindex(conf->device);
		if (s->fd4 != -1 && (!s->device || !port_of(s, s->device))) {
			snprintf(err, err_len, "config response: device %s: "
			    "cannot be sent by: %s", conf->device,
			    strerror(errno));
			sender_close(s);
			return NULL;
		}
	}
	if (s->fd4 != -1)
		return s;
	sender_close(s);
	return NULL;
}

void
sender_close(struct sender *s)
{
	if (!s)
		return;
	if (s->fd4 != -1)
		close(s->fd4);
	if (s->fd6 != -1)
		close(s->fd6);
	for (unsigned i = 0; i < PORTS; i++)
		close_port(&s->ports[i]);
	free(s);
}

static void
close_port(struct port *p)
{
	if (p->eth)
		eth_close(p->eth);
	*p = (struct port){ 0 };
}

/* NULL: there is no such port, or it cannot be sent by. */
static struct port *
port_of(struct sender *s, uint32_t index)
{
	char name[IF_NAMESIZE];
	struct port *p;
	eth_addr_t mac;

	for (unsigned i = 0; i < PORTS; i++)
		if (s->ports[i].index == index)
			return s->ports[i].eth ? &s->ports[i] : NULL;
	if (!if_indextoname(index, name))
		return NULL;
	p = &s->ports[s->n_ports++ % PORTS];
	close_port(p);
	p->index = index;
	p->eth = eth_open(name);
	if (!p->eth)
		return NULL;
	if (eth_get(p->eth, &mac) == 0)
		memcpy(p->mac, mac.data, MAC);
	return p;
}

static const uint8_t *
source_of(const struct sender *s, const struct port *port,
    const struct reject_link *link)
{
	if (s->conf.has_src)
		return s->conf.src;
	return s->conf.own_src || !link->has_from ? port->mac : link->from;
}

size_t
sender_frame(uint8_t out[SENDER_FRAME_MAX], const uint8_t dst[MAC],
    const uint8_t src[MAC], const struct reject_link *link,
    const struct reject_packet *a)
{
	struct be16 type = be16_make(reject_is_ip4(a) ? ETH_TYPE_IP :
	    ETH_TYPE_IPV6), v;
	size_t n = 2 * MAC;

	memcpy(out, dst, MAC);
	memcpy(out + MAC, src, MAC);
	if (link->shim_len) {
		memcpy(out + n, link->shim, link->shim_len);
		n += link->shim_len;
		/* type, version and code, session, length, PPP's protocol */
		memcpy(&v, out + n - 10, sizeof(v));
		if (link->shim_len >= 10 && be16_get(v) == TYPE_PPPOE) {
			v = be16_make((uint16_t)(a->len + sizeof(v)));
			memcpy(out + n - 4, &v, sizeof(v));
		}
	} else {
		memcpy(out + n, type.b, sizeof(type));
		n += sizeof(type);
	}
	memcpy(out + n, a->b, a->len);
	return n + a->len;
}

static bool
send_frame(struct sender *s, uint32_t index, const uint8_t dst[MAC],
    const struct reject_link *link, const struct reject_packet *a)
{
	struct port *port = port_of(s, index);
	uint8_t out[SENDER_FRAME_MAX];
	size_t n;

	if (!port)
		return false;
	n = sender_frame(out, dst, source_of(s, port, link), link, a);
	return eth_send(port->eth, out, n) == (ssize_t)n;
}

/* A copy: by the device, behind what the packet itself had before its IP header,
 * tags and all. */
static bool
send_behind(struct sender *s, const struct packet *p,
    const struct reject_packet *a)
{
	struct slice head = pkt_bytes(p, 0, p->dec.ip_off);
	struct port *port = port_of(s, s->device);
	uint8_t out[LINK_HEADER_MAX + REJECT_PACKET_MAX];
	size_t n = head.len + a->len;

	if (!port || p->dec.eth_off || !head.len || head.len > LINK_HEADER_MAX)
		return false;
	memcpy(out, head.ptr, head.len);
	if (a->to_source)
		sender_swap(out);
	if (s->conf.has_dst)
		memcpy(out, s->conf.dst, MAC);
	if (s->conf.has_src || s->conf.own_src)
		memcpy(out + MAC, s->conf.has_src ? s->conf.src : port->mac,
		    MAC);
	memcpy(out + head.len, a->b, a->len);
	return eth_send(port->eth, out, n) == (ssize_t)n;
}

static bool
send_routed(struct sender *s, const struct reject_packet *a)
{
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	bool v4 = reject_is_ip4(a);
	int fd = v4 ? s->fd4 : s->fd6;

	memcpy(v4 ? (void *)&to4.sin_addr : (void *)&to6.sin6_addr,
	    reject_dst(a), v4 ? sizeof(to4.sin_addr) : sizeof(to6.sin6_addr));
	return fd != -1 && sendto(fd, a->b, a->len, 0, v4 ?
	    (const struct sockaddr *)&to4 : (const struct sockaddr *)&to6,
	    v4 ? sizeof(to4) : sizeof(to6)) == (ssize_t)a->len;
}

static bool
net_send_late(void *self, const struct reject_link *link,
    const struct reject_packet *a)
{
	struct sender *s = self;

	if (s->device)
		return (s->conf.has_dst || link->hw_len == MAC) &&
		    send_frame(s, s->device, s->conf.has_dst ? s->conf.dst :
		        link->hw, link, a);
	if (!s->conf.routed && link->port && link->hw_len == MAC &&
	    send_frame(s, link->port, link->hw, link, a))
		return true;
	return send_routed(s, a);
}

static bool
net_send(void *self, const struct packet *p, const struct reject_link *link,
    const struct reject_packet *a)
{
	struct sender *s = self;

	if (p->dec.flags & PKT_TUNNELLED)
		return false;
	if (s->device && p->dec.has_eth)
		return send_behind(s, p, a);
	return net_send_late(self, link, a);
}

struct reject_sender
sender_net(struct sender *s)
{
	return (struct reject_sender){ s, s ? net_send : NULL,
		s ? net_send_late : NULL };
}
