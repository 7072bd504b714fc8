/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is it JSON? For tests of what writes some. */
#ifndef TESTS_TOOLS_JSON_CHECK_H
#define TESTS_TOOLS_JSON_CHECK_H

#include "core/base.h"

enum { JSON_BAD = -1 };

/* How many lines there are, each of them one JSON object (RFC 8259) in UTF-8
 * and nothing else, in which no object has a key twice; JSON_BAD otherwise. */
long json_lines(const char *text, size_t len);

#endif
