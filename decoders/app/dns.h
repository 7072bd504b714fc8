/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS: what its configuration says. */
#ifndef DECODERS_APP_DNS_H
#define DECODERS_APP_DNS_H

#include "core/base.h"

/* Which events are raised: Snort's README.dns. */
struct dns_conf {
	bool obsolete_types;     /* enable_obsolete_types */
	bool experimental_types; /* enable_experimental_types */
	bool rdata_overflow;     /* enable_rdata_overflow */
};

#endif
