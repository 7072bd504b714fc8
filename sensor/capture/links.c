/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/capture/links.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct listing {
	struct link_info *list;
	unsigned n, max;
};

/* Does an attribute stand before the end? */
static bool
has(const struct nlattr *a, const void *end)
{
	return mnl_attr_ok(a, (int)((const char *)end - (const char *)a));
}

static void
read_kind(const struct nlattr *info, struct link_info *l)
{
	const struct nlattr *a;
	const char *at = mnl_attr_get_payload(info);
	const char *end = at + mnl_attr_get_payload_len(info);

	for (a = (const void *)at; has(a, end); a = mnl_attr_next(a))
		if (mnl_attr_get_type(a) == IFLA_INFO_KIND &&
		    mnl_attr_validate(a, MNL_TYPE_STRING) >= 0)
			l->is_bridge = strncmp(mnl_attr_get_str(a), "bridge",
			    mnl_attr_get_payload_len(a)) == 0;
}

static int
take_link(const struct nlmsghdr *h, void *arg)
{
	struct listing *ls = arg;
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(h);
	struct link_info *l = &ls->list[ls->n];
	const struct nlattr *a;

	if (h->nlmsg_type != RTM_NEWLINK || ls->n == ls->max ||
	    mnl_nlmsg_get_payload_len(h) < sizeof(*m))
		return MNL_CB_OK;
	*l = (struct link_info){ .index = (uint32_t)m->ifi_index,
		.is_up = m->ifi_flags & IFF_UP,
		.is_loopback = m->ifi_flags & IFF_LOOPBACK };
	for (a = mnl_nlmsg_get_payload_offset(h, sizeof(*m)); has(a,
	    mnl_nlmsg_get_payload_tail(h)); a = mnl_attr_next(a)) {
		if (mnl_attr_get_type(a) == IFLA_IFNAME &&
		    mnl_attr_validate(a, MNL_TYPE_STRING) >= 0)
			snprintf(l->name, sizeof(l->name), "%.*s",
			    (int)mnl_attr_get_payload_len(a),
			    mnl_attr_get_str(a));
		else if (mnl_attr_get_type(a) == IFLA_MASTER &&
		    mnl_attr_validate(a, MNL_TYPE_U32) >= 0)
			l->bridge = mnl_attr_get_u32(a);
		else if (mnl_attr_get_type(a) == IFLA_LINKINFO)
			read_kind(a, l);
	}
	ls->n += l->name[0] != '\0';
	return MNL_CB_OK;
}

/* Asks for all links and reads the answers; 0 or an errno. */
static int
dump(struct mnl_socket *s, struct listing *ls)
{
	alignas(struct nlmsghdr) char b[8192];
	struct nlmsghdr *h = mnl_nlmsg_put_header(b);
	struct ifinfomsg *m;
	unsigned seq = (unsigned)time(NULL);
	ssize_t n;
	int r = MNL_CB_OK;

	h->nlmsg_type = RTM_GETLINK;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	h->nlmsg_seq = seq;
	m = mnl_nlmsg_put_extra_header(h, sizeof(*m));
	m->ifi_family = AF_UNSPEC;
	if (mnl_socket_sendto(s, h, h->nlmsg_len) == -1)
		return errno;
	while (r > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(s, b, sizeof(b));
		if (n == -1)
			return errno;
		r = mnl_cb_run(b, (size_t)n, seq, mnl_socket_get_portid(s),
		    take_link, ls);
	}
	return r == MNL_CB_ERROR ? errno : 0;
}

/* A port's master may be something else than a bridge. */
static void
keep_bridges(struct listing *ls)
{
	for (unsigned i = 0; i < ls->n; i++) {
		bool is = false;

		for (unsigned k = 0; k < ls->n && !is; k++)
			is = ls->list[k].is_bridge &&
			    ls->list[k].index == ls->list[i].bridge;
		if (!is)
			ls->list[i].bridge = 0;
	}
}

int
links_list(struct link_info *list, unsigned n, char *err, size_t err_len)
{
	struct listing ls = { list, 0, n };
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int error = s && mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) == 0 ?
	    dump(s, &ls) : errno;

	if (s)
		mnl_socket_close(s);
	if (error) {
		snprintf(err, err_len, "the kernel does not list its "
		    "interfaces: %s", strerror(error));
		return -1;
	}
	keep_bridges(&ls);
	return (int)ls.n;
}

/* -- offloads --------------------------------------------------------------- */

static const struct {
	const char *name;
	uint32_t get, mask;
} offloads[LINK_OFFLOADS] = {
	[LINK_LRO] = { "large-receive-offload", ETHTOOL_GFLAGS, ETH_FLAG_LRO },
	[LINK_GRO] = { "generic-receive-offload", ETHTOOL_GGRO, UINT32_MAX },
	[LINK_GSO] = { "generic-segmentation-offload", ETHTOOL_GGSO,
	    UINT32_MAX },
	[LINK_TSO] = { "tcp-segmentation-offload", ETHTOOL_GTSO, UINT32_MAX },
};

const char *
link_offload_name(enum link_offload o)
{
	return offloads[o].name;
}

bool
link_offload_get(const char *name, enum link_offload o, bool *on)
{
	struct ethtool_value v = { .cmd = offloads[o].get };
	struct ifreq req = { .ifr_data = (char *)&v };
	int fd, r;

	if (strlen(name) >= sizeof(req.ifr_name))
		return false;
	memcpy(req.ifr_name, name, strlen(name));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return false;
	r = ioctl(fd, SIOCETHTOOL, &req);
	close(fd);
	*on = (v.data & offloads[o].mask) != 0;
	return r == 0;
}
