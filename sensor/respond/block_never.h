/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is never blocked, as far as this machine knows by itself: its own
 * addresses, its gateways, its resolvers, and who administers it now. Read
 * anew every few seconds by a thread of its own, for reading all connections
 * takes its time.
 */
#ifndef SENSOR_RESPOND_BLOCK_NEVER_H
#define SENSOR_RESPOND_BLOCK_NEVER_H

#include "core/base.h"
#include "core/ipaddr.h"

struct never_conf {
	/* where it is read; NULL: /proc/net, /etc/resolv.conf */
	const char *proc_net, *resolv;
	const uint16_t *admin_ports; /* copied */
	unsigned n_admin_ports;
};

struct never;

/* Opens what is read, while the process may, and reads it. What cannot be read
 * is said and left out. NULL: out of memory. */
NODISCARD struct never *never_new(const struct never_conf *c);
void never_free(struct never *n);
/* Reads it again, now. */
void never_refresh(struct never *n);
/* Has it read again by a thread; false: there is none, and the caller is to
 * refresh. */
bool never_start(struct never *n);

/* NULL: none of them; else what the address is. Any thread may ask. */
const char *never_what(struct never *n, const struct ipaddr *a);
/* What no host has: unspecified, loopback, multicast, broadcast. NULL: it may
 * be a host's. */
const char *never_no_host(const struct ipaddr *a);

#endif
