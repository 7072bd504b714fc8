/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What outputs are told besides alerts, as far as one of them asks for it:
 * transactions that parsers read, flows that ended, anomalies. Part of
 * inspect.c's path; each fills inspect.rec and hands it over.
 */
#ifndef SENSOR_TELL_H
#define SENSOR_TELL_H

#include "detect/unit.h"
#include "sensor/inspect.h"

/* Where packets of an interface come from. */
struct record_source tell_source(const struct inspect *in, uint32_t iface);
/* inspect.rec's packet and session, from a unit. */
void tell_unit(struct inspect *in, const struct unit *u);

/* Every transaction that was not told yet. */
void tell_logs(struct inspect *in);
/* track_ended(), and what its parser left. */
void tell_ended(struct inspect *in);
/* The frame at hand was dropped, as inspect.verdict says. */
void tell_drop(struct inspect *in);
/* The events of the unit's packet: those without a rule, or all. */
void tell_anomalies(struct inspect *in, const struct unit *u);

#endif
