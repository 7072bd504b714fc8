/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SSH: what its configuration says (Snort's README.ssh). */
#ifndef DECODERS_APP_SSH_H
#define DECODERS_APP_SSH_H

#include "core/base.h"

/* What is told, as options of preprocessor ssh name it. */
enum ssh_alert {
	SSH_RESPOVERFLOW = 1 << 0,
	SSH_CRC32 = 1 << 1,
	SSH_SRVOVERFLOW = 1 << 2,
	SSH_PROTOMISMATCH = 1 << 3,
	SSH_BADMSGDIR = 1 << 4,
	SSH_PAYSIZE = 1 << 5,
	SSH_RECOGNITION = 1 << 6,
};

struct ssh_conf {
	uint32_t alerts;           /* enum ssh_alert */
	uint32_t max_packets;      /* encrypted ones that are looked at */
	uint32_t max_client_bytes; /* encrypted, without an answer */
	uint32_t max_version_len;
};

#endif
