/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaced by the room's own files. */
extern int rules_room;
int rules_room;
