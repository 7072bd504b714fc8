/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's network interfaces: which are bridges, which are ports of one,
 * and what they do to packets by themselves. */
#ifndef SENSOR_CAPTURE_LINKS_H
#define SENSOR_CAPTURE_LINKS_H

#include <net/if.h>

#include "core/base.h"

enum { LINKS_MAX = 1024 }; /* further ones are not looked at */

struct link_info {
	char name[IF_NAMESIZE];
	uint32_t index, bridge; /* whose port it is; 0: of none */
	bool is_bridge, is_up, is_loopback;
};

/* All of this network namespace, up to n; returns how many, or -1 with a
 * message in err. */
int links_list(struct link_info *list, unsigned n, char *err, size_t err_len);

/* What an interface merges and segments by itself. */
enum link_offload { LINK_LRO, LINK_GRO, LINK_GSO, LINK_TSO, LINK_OFFLOADS };
/* By enum link_offload: as ethtool calls it. */
const char *link_offload_name(enum link_offload o);
/* false: it does not say. */
NODISCARD bool link_offload_get(const char *name, enum link_offload o,
    bool *on);

#endif
