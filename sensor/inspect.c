/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/inspect.h"

const struct ctr_group inspect_counters = { "packets", NULL, 0 };
