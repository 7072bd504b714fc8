/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what was found in a frame to what becomes of it: the verdict, what is
 * written into it, and who is answered. All take the worker's path while
 * inspect_frame() works on a frame; where nothing is to be stopped
 * (ENFORCE_NOTHING) they change nothing.
 */
#ifndef SENSOR_ENFORCE_H
#define SENSOR_ENFORCE_H

#include "sensor/inspect.h"

/* Before anybody looks at the frame, makes it what the normalize lines say it
 * should have been. What cannot be changed is dropped where normalize_tcp says
 * block. */
void enforce_normalize(struct inspect *in);
/* The same with what the frame's TCP session says, before that sees it. */
void enforce_normalize_terms(struct inspect *in);

/* sticky-drop: is the frame of an address that is held? And the addresses of
 * the event in inspect.rec, if its rule or preprocessor holds one. */
void enforce_sticky(struct inspect *in);
void enforce_stick(struct inspect *in, const struct crule *r);
/* bait-and-switch, of a rule that has it: its session ends here, and what the
 * attacker begins with the victim from then on goes to the honeypot. */
void enforce_bait(struct inspect *in, const struct unit *u,
    const struct crule *r);

/* The frame is to be dropped; the first reason stands. */
void enforce_drop(struct inspect *in, enum drop_reason why);
/* And what follows in its session, both ways; f may be NULL. */
void enforce_session(struct inspect *in, struct flow *f);
/* What the rule that matched the unit wants answered, besides what others do;
 * action is what it does, after rate filters. */
void enforce_answer(struct inspect *in, const struct unit *u,
    const struct crule *r, enum rule_action action);
/* What the unit that was judged means for the frame that completed it, and for
 * its session. */
void enforce_decide(struct inspect *in, const struct unit *u);
/* How outputs show a drop that a rule asked for. */
enum record_verdict enforce_shown(const struct inspect *in,
    const struct crule *r);
/* config inline_depth: leaves a session alone that sent that much, where the
 * configuration lets it. */
void enforce_depth(struct inspect *in, struct flow *f);
/* What rules write over the packet's payload before it goes on; its stream
 * holds what goes on. */
void enforce_replace(struct inspect *in, const struct unit *u);

/* Answers that wait until their packets went on. */
void enforce_answer_late(struct inspect *in);

/* The frame is done with: who is answered, and what becomes of it, counted and
 * told. */
struct frame_verdict enforce_conclude(struct inspect *in,
    const struct frame *f);

#endif
