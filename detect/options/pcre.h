/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DETECT_OPTIONS_PCRE_H
#define DETECT_OPTIONS_PCRE_H

#include "core/base.h"

/* Translates a pcre test's data to machine code. Costs ten times what the
 * parsing does, so it is left out for rules that cannot match. */
void pcre_ready(const void *data);

#endif
