/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSL and TLS: what its configuration says and what rules ask about it. */
#ifndef DECODERS_APP_TLS_H
#define DECODERS_APP_TLS_H

#include "core/base.h"

struct tls_conf {
	bool noinspect_encrypted; /* once encrypted: not inspected any more */
	bool trust_servers;       /* the server's word is enough for that */
	uint32_t max_heartbeat;   /* max_heartbeat_length, 0: no limit */
};

/* ssl_state */
enum tls_state {
	TLS_CLIENT_HELLO = 1 << 0,
	TLS_SERVER_HELLO = 1 << 1,
	TLS_CLIENT_KEYX = 1 << 2,
	TLS_SERVER_KEYX = 1 << 3,
	TLS_UNKNOWN = 1 << 4,
};

/* ssl_version */
enum tls_version {
	TLS_SSL2 = 1 << 0,
	TLS_SSL3 = 1 << 1,
	TLS_1_0 = 1 << 2,
	TLS_1_1 = 1 << 3,
	TLS_1_2 = 1 << 4,
};

/* Of a packet or a unit. In Snort, too, states go with it and versions stay. */
struct tls_facts {
	uint32_t states;   /* enum tls_state: what is in it */
	uint32_t versions; /* enum tls_version: all that the session named */
};

#endif
