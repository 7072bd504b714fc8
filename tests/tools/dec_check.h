/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must be true of any decoded packet. */
#ifndef TESTS_TOOLS_DEC_CHECK_H
#define TESTS_TOOLS_DEC_CHECK_H

#include "decoders/packet.h"

/* NULL, or what is wrong with what decoding said. */
const char *dec_check(const struct packet *p);

#endif
