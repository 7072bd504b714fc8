/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: a unix stream socket of mode 0600, on which the sensor
 * answers one request a connection. Only root, and the user the sensor runs as
 * or was started by, are answered.
 *
 * A request is one line: a command of `aduana block', its address, and `json'
 * where that is wanted. The answer is a line `ok' and the text, or a line
 * `error' and what is wrong; what is told ends with a line of one dot.
 */
#ifndef SENSOR_CONTROL_H
#define SENSOR_CONTROL_H

#include "core/base.h"
#include "core/mtime.h"
#include "sensor/respond/block.h"

struct control;

/* Makes the socket, in place of one that nobody listens to any more; it belongs
 * to uid and gid (-1: to who makes it). NULL with what is wrong and what to do. */
NODISCARD struct control *control_open(const char *path, int uid, int gid,
    char *err, size_t err_len);
/* Removes it, as far as the rights still allow. NULL is nothing. */
void control_close(struct control *c);
/* Whoever asks is answered; never waits, but where the sensor is idle, a few
 * milliseconds. */
void control_serve(struct control *c, struct blocks *bs, struct mtime now,
    bool idle);

#endif
