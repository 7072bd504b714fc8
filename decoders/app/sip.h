/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIP: what its configuration says, and what rules ask about a message. */
#ifndef DECODERS_APP_SIP_H
#define DECODERS_APP_SIP_H

#include "core/base.h"
#include "core/slice.h"

enum {
	SIP_METHODS_MAX = 32, /* that a configuration may name */
	SIP_STATUS_MIN = 100,
	SIP_STATUS_MAX = 999,
};

/* Snort's README.sip. A length of 0 has no limit. */
struct sip_conf {
	bool events; /* gid 140: there is a line */
	bool ignore_call_channel;
	uint32_t max_sessions; /* of a worker */
	uint32_t max_dialogs;  /* of a session */
	uint32_t max_uri, max_call_id, max_request_name, max_from, max_to,
	    max_via, max_contact, max_content;
	unsigned n_methods;
	struct text methods[SIP_METHODS_MAX];
};

struct sip_facts {
	struct text method; /* of a request; else empty */
	uint16_t status;    /* of a response; else 0 */
};

#endif
