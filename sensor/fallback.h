/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --fallback ids: while not one of the kernel's queues can be had, the first
 * worker inspects copies of the packets on an interface instead, as a sensor
 * that is not in the path would. It is inline again by itself with the first
 * queue that is had.
 */
#ifndef SENSOR_FALLBACK_H
#define SENSOR_FALLBACK_H

#include "core/base.h"
#include "core/counter.h"
#include "sensor/capture/capture.h"

struct run;

#define FALLBACK_COUNTERS(X)                                                   \
	X(FALLBACKS, "fallbacks",                                              \
	    "times that no queue could be had: an IDS instead")                \
	X(RETURNS, "returns", "times inline again after that")                 \
	X(PASSIVE_S, "passive_s", "seconds as an IDS")                         \
	X(PASSIVE_PACKETS, "passive_packets", "packets inspected meanwhile")
enum {
#define X(NAME, name, help) FALLBACK_CTR_##NAME,
	FALLBACK_COUNTERS(X)
#undef X
	FALLBACK_CTR_MAX
};
extern const struct ctr_group fallback_counters;

/* Of the first worker's run. */
struct fallback {
	char *interface; /* NULL: not looked for, or there is none */
	bool passive;
	void *live; /* the interface; NULL: inline, or it cannot be had */
	const char **names; /* its, and those before it */
	uint64_t retry_ns, since_ns, passive_ns, packets_before;
	uint64_t ctrs[FALLBACK_CTR_MAX];
};

/* Once the queues were opened, and before privileges are dropped: with none of
 * them, opens the interface. false with a message in err: neither can be had
 * (with --fallback exit the queues would not have been opened). */
NODISCARD bool fallback_begin(struct run *r, char *err, size_t err_len);
/* Between batches: goes over to the one or to the other. false with a message:
 * the queues are lost, and --fallback exit. */
NODISCARD bool fallback_look(struct run *r, char *err, size_t err_len);
/* What the worker reads from now. */
const struct capture_ops *fallback_source(const struct run *r, void **source);
void fallback_fini(struct run *r);

#endif
