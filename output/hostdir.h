/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory per host in the log directory, and files in it that are appended
 * to: what log_ascii and log_session share. The host is the one that is not in
 * the home network (config reference_net, -h), else the one with the higher
 * port (Snort Users Manual, 1.3 packet logger mode).
 */
#ifndef OUTPUT_HOSTDIR_H
#define OUTPUT_HOSTDIR_H

#include "core/buf.h"
#include "output/output.h"

enum { HOSTDIR_PATH_MAX = 4096 };

/* Puts the path of the packet's directory into b. */
void hostdir_put(struct buf *b, const struct out_conf *conf,
    const struct record_packet *p);
/* Makes that directory; there already is fine. false with errno. */
NODISCARD bool hostdir_make(const char *path);
/* Opens the file for appending, made where it is missing and `create`; it is
 * no symbolic link, and opening waits for nobody. -1 with errno. */
NODISCARD int hostdir_open(const char *path, bool create);
/* Appends all of the bytes or none. false with errno. */
NODISCARD bool hostdir_append(int fd, const void *bytes, size_t n);

#endif
