/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaced by the room's own files. */
extern int output_room;
int output_room;
