/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: whose further packets the kernel judges by itself (config
 * inline_bypass, inline_depth). Where the configuration says nothing it is
 * what needs no inspection, less what was dropped, and only with the rules of
 * --setup: they give the marks of verdicts their meaning, and with others'
 * rules a mark may mean something else.
 */
#ifndef SENSOR_BYPASS_H
#define SENSOR_BYPASS_H

#include "core/base.h"
#include "core/slice.h"
#include "sensor/settings.h"

/* The words of inline_bypass: a bit per enum flow_bypass, FLOW_INSPECTED's for
 * sessions that were dropped. false: it is none of them. */
bool bypass_of(struct text word, uint32_t *bits);
/* What holds for packets of the kernel's queues; wired: by --setup's rules. */
uint32_t bypass_settle(const struct settings *s, bool wired);
/* Says it, in one line of the log. */
void bypass_say(uint32_t bits, uint64_t depth);

#endif
