/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule may be judged by before a unit is whole. */
#ifndef DETECT_EARLY_H
#define DETECT_EARLY_H

#include "detect/option.h"

/*
 * Fills out->early: is what the rule says of a part of a unit true of all of
 * it? Of options that are known to be so, read as they are written. A test that
 * more bytes behind the part could make false wants its buffer finished, one
 * that counts from the buffer's beginning wants that to be there. b: the rule's
 * tests as they stand in it, contents finished, its fast pattern chosen.
 */
void early_of(const struct opt_build *b, struct crule *out);

#endif
