/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a watch is told beside the packet, and what it reports. */
#ifndef DECODERS_WATCH_VIEW_H
#define DECODERS_WATCH_VIEW_H

#include "core/base.h"

struct packet;

/* What the session says of the packet; all zero without one. */
struct watch_view {
	bool has_session;
	bool is_first;           /* its first packet */
	bool from_server;
	bool handshake_done;     /* this packet completed TCP's handshake */
	bool midstream;          /* TCP picked up on its way */
	uint64_t server_packets; /* of the session so far, this one included */
};

/* An event of gid 122 on a packet of its own making. */
struct watch_report {
	/* With the event in its list. Not for rules (PKT_NO_RULES): it was
	 * never on the wire. Lives until the next call into the watch. */
	const struct packet *pkt;
	/* 0: an alert. Else to be logged only, as belonging to the event of
	 * that id. */
	uint32_t event_ref;
	uint8_t ip_proto; /* that was scanned; 0: IP's protocols themselves */
};

#endif
