/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ONC RPC over TCP: what its configuration says. */
#ifndef DECODERS_APP_RPC_H
#define DECODERS_APP_RPC_H

#include "core/base.h"

/* Which events are raised: Snort's manual, "RPC Decode". */
struct rpc_conf {
	const uint8_t *ports; /* bitmap: of sessions with these servers' ports;
	                         NULL: of none */
	bool fragments; /* alert_fragments */
	bool multiple;  /* without no_alert_multiple_requests */
	bool large;     /* without no_alert_large_fragments */
	bool incomplete; /* without no_alert_incomplete */
};

#endif
