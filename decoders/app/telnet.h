/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telnet (RFC 854, 855): its commands taken out of the bytes, for Telnet
 * itself and for the control channel of FTP, which has them too (RFC 959 3.1).
 */
#ifndef DECODERS_APP_TELNET_H
#define DECODERS_APP_TELNET_H

#include "core/base.h"
#include "core/slice.h"

struct telnet_conf {
	bool normalize;
	bool detect_anomalies;
	uint32_t ayt_threshold; /* are-you-there in a row, 0: not told */
	bool check_encrypted;   /* look for encryption being agreed on */
	bool alert_encrypted;
};

/* What was among the bytes. */
struct telnet_seen {
	bool commands;      /* any */
	bool unfinished;    /* a subnegotiation without its end, or a command
	                       cut off */
	bool unknown;       /* a command that is none */
	bool encrypted;     /* the encryption option began */
	uint32_t ayt;       /* are-you-there in a row at the end of the bytes */
	uint32_t ayt_most;  /* the most of them in a row, those before counted */
};

/*
 * The bytes of `in` without commands, into out (in.len bytes of room); returns
 * how many there are. erase: erase-character and erase-line are carried out,
 * else left out like any command. ayt: in a row before these bytes.
 */
size_t telnet_strip(struct slice in, bool erase, uint32_t ayt, uint8_t *out,
    struct telnet_seen *seen);

#endif
