/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aduana block: asks the running sensor over its control socket. */
#ifndef SENSOR_BLOCK_CMD_H
#define SENSOR_BLOCK_CMD_H

#include <stdio.h>

#include "core/base.h"

/* argv[0] is "block". Returns the exit status: 0, 1 after a message, 2 for a
 * command line that is none. */
int block_cmd_run(int argc, char **argv);
void block_cmd_help(FILE *to);

#endif
