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
	ETH_HEADER = 2 * MAC + 2,
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
	ip_t *ip;
	int fd6;
	struct port ports[PORTS];
	unsigned n_ports;
	eth_t *device; /* of all that has a link header; NULL: none */
	bool has_mac;
	uint8_t mac[MAC];
};

void
sender_swap(uint8_t *eth)
{
	uint8_t mac[MAC];

	memcpy(mac, eth, MAC);
	memcpy(eth, eth + MAC, MAC);
	memcpy(eth + MAC, mac, MAC);
}

struct sender *
sender_open(char *err, size_t err_len)
{
	struct sender *s = xcalloc(1, sizeof(*s));

	s->ip = ip_open();
	s->fd6 = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    IPPROTO_RAW);
	if (s->ip)
		return s;
	snprintf(err, err_len, "cannot open a raw socket to answer with: %s",
	    strerror(errno));
	sender_close(s);
	return NULL;
}

bool
sender_use_device(struct sender *s, const char *device, const uint8_t mac[6],
    char *err, size_t err_len)
{
	if (!*device)
		return true;
	s->has_mac = mac != NULL;
	if (mac)
		memcpy(s->mac, mac, MAC);
	s->device = eth_open(device);
	if (!s->device)
		snprintf(err, err_len, "config response: device %s cannot be "
		    "sent by: %s", device, strerror(errno));
	return s->device != NULL;
}

void
sender_close(struct sender *s)
{
	if (!s)
		return;
	if (s->device)
		eth_close(s->device);
	if (s->ip)
		ip_close(s->ip);
	if (s->fd6 != -1)
		close(s->fd6);
	for (unsigned i = 0; i < s->n_ports; i++)
		if (s->ports[i].eth)
			eth_close(s->ports[i].eth);
	free(s);
}

/* NULL: there is no such port, or it cannot be sent by. */
static struct port *
port_of(struct sender *s, uint32_t index)
{
	char name[IF_NAMESIZE];
	struct port *p;
	eth_addr_t mac;

	for (unsigned i = 0; i < s->n_ports; i++)
		if (s->ports[i].index == index)
			return s->ports[i].eth ? &s->ports[i] : NULL;
	if (s->n_ports == PORTS || !if_indextoname(index, name))
		return NULL;
	p = &s->ports[s->n_ports++];
	p->index = index;
	p->eth = eth_open(name);
	if (!p->eth)
		return NULL;
	if (eth_get(p->eth, &mac) == 0)
		memcpy(p->mac, mac.data, MAC);
	return p;
}

static bool
send_frame(struct sender *s, const struct packet *p, uint32_t index,
    const uint8_t hw[MAC], const struct reject_packet *a)
{
	struct port *port = port_of(s, index);
	uint8_t out[ETH_HEADER + REJECT_PACKET_MAX];
	struct be16 type = be16_make(p->dec.ip_ver == 4 ? ETH_TYPE_IP :
	    ETH_TYPE_IPV6);
	size_t n = ETH_HEADER + a->len;

	if (!port)
		return false;
	memcpy(out, hw, MAC);
	memcpy(out + MAC, port->mac, MAC);
	memcpy(out + 2 * MAC, type.b, sizeof(type));
	memcpy(out + ETH_HEADER, a->b, a->len);
	return eth_send(port->eth, out, n) == (ssize_t)n;
}

/* Behind what the packet itself had before its IP header. */
static bool
send_by_device(struct sender *s, const struct packet *p,
    const struct reject_packet *a)
{
	struct slice head = pkt_bytes(p, 0, p->dec.ip_off);
	uint8_t out[LINK_HEADER_MAX + REJECT_PACKET_MAX];
	size_t n = head.len + a->len;

	if (!p->dec.has_eth || p->dec.eth_off || !head.len ||
	    head.len > LINK_HEADER_MAX)
		return false;
	memcpy(out, head.ptr, head.len);
	if (a->to_source)
		sender_swap(out);
	if (s->has_mac)
		memcpy(out, s->mac, MAC);
	memcpy(out + head.len, a->b, a->len);
	return eth_send(s->device, out, n) == (ssize_t)n;
}

static bool
send_routed(struct sender *s, const struct packet *p,
    const struct reject_packet *a)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	const struct ipaddr *dst = a->to_source ? &p->dec.src : &p->dec.dst;

	if (p->dec.ip_ver == 4)
		return ip_send(s->ip, a->b, a->len) == (ssize_t)a->len;
	memcpy(&to.sin6_addr, dst->b, sizeof(to.sin6_addr));
	return s->fd6 != -1 && sendto(s->fd6, a->b, a->len, 0,
	    (const struct sockaddr *)&to, sizeof(to)) == (ssize_t)a->len;
}

static bool
net_send(void *self, const struct packet *p, const struct reject_link *link,
    const struct reject_packet *a)
{
	struct sender *s = self;

	if (p->dec.flags & PKT_TUNNELLED)
		return false;
	if (s->device && p->dec.has_eth)
		return send_by_device(s, p, a);
	/* the packet says where its sender is */
	if (a->to_source && link->port && link->hw_len == MAC &&
	    send_frame(s, p, link->port, link->hw, a))
		return true;
	return send_routed(s, p, a);
}

struct reject_sender
sender_net(struct sender *s)
{
	return (struct reject_sender){ s, s ? net_send : NULL };
}
