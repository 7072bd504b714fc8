/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a judged packet to the record that outputs see. */
#ifndef SENSOR_RECORD_H
#define SENSOR_RECORD_H

#include "decoders/packet.h"
#include "decoders/track/flow.h"
#include "detect/detect.h"
#include "output/record.h"

enum { RECORD_REFS = 32, RECORD_METAS = 64 };

/* Room for what a record points to; per worker, reused for each record. A rule
 * with more references or metadata shows the first ones. */
struct record_room {
	struct record_ref refs[RECORD_REFS];
	struct record_meta metas[RECORD_METAS];
};

/* Where the packet came from. */
struct record_source {
	const char *file;  /* capture file, NULL when live */
	const char *iface; /* interface name, NULL when from a file */
};

/* Fills r's packet part. Everything is borrowed from p and src; r must not
 * outlive them. */
void record_packet(struct record *r, const struct packet *p,
    const struct record_source *src);

/* Makes r, its packet filled, a record of a session's data. */
void record_session_data(struct record *r, enum flow_log how);

/* Fills r's session from a flow, NULL: there is none. */
void record_session(struct record *r, const struct flow *f);

/* Fills r's kind and event part from an event of the detector; borrowed from
 * the rule set and from room. */
void record_event(struct record *r, const struct event *ev,
    struct record_room *room);

#endif
