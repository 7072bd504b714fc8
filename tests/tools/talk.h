/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversations of fuzzers' corpora as sessions. */
#ifndef TESTS_TOOLS_TALK_H
#define TESTS_TOOLS_TALK_H

#include "tests/tools/scene.h"

/* The conversation in this file, with a server on the port. A file that cannot
 * be read ends the program. */
void talk_play(struct scene *s, uint16_t port, const char *path);

#endif
