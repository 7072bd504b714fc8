/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process as the system sees it: background, pid file, privileges. */
#ifndef SENSOR_DAEMON_H
#define SENSOR_DAEMON_H

#include "core/base.h"
#include "sensor/settings.h"

/*
 * -D. The caller goes on in the background, still talking to the terminal;
 * the process in front waits for daemon_ready() and exits 0 then, or 1 when
 * the one in the background ended before. Call before anything is opened that
 * a fork would share. False with a message in err when it cannot fork.
 */
NODISCARD bool daemon_fork(char *err, size_t err_len);
/* The start-up succeeded: messages go to syslog and the terminal is let go.
 * The working folder stays: relative names in the configuration mean the same
 * at every reload. Does nothing without daemon_fork(). */
void daemon_ready(void);

/* The same in a process that only watches the one that called it. */
void daemon_let_go(void);

/*
 * Writes "PID\n" to <dir>/snort_<interface><suffix>.pid, the name that start
 * scripts know, and locks <that>.lck, as the settings say; does nothing when
 * they ask for no pid file. dir is --pid-path, else /var/run, /var/log or the
 * log folder, the first that can be written. The files are given to uid and
 * gid (-1: not). False with a message when another process holds the lock or
 * nothing can be written.
 */
struct pidfile {
	char *path, *lock_path;
	int lock_fd;
};
NODISCARD bool pidfile_create(struct pidfile *p, const struct settings *s,
    int uid, int gid, char *err, size_t err_len);
/* Removes the files (as far as the privileges still allow) and frees. */
void pidfile_remove(struct pidfile *p);
/* Frees alone: the files are another process's. */
void pidfile_forget(struct pidfile *p);

/* -u and -g as numbers, -1 when not given. */
struct ids {
	int uid, gid;
};
NODISCARD bool ids_find(struct ids *ids, const struct settings *s, char *err,
    size_t err_len);

/*
 * -t, then -g, then -u, checked; the umask was set before. Paths that are used
 * later and lie below the new root are the caller's to shorten. Without -t, -u
 * and -g nothing changes.
 */
NODISCARD bool privileges_drop(const struct settings *s, const struct ids *ids,
    char *err, size_t err_len);
/* What is left of path once the root is `root`; path itself if outside. */
const char *privileges_path(const char *root, const char *path);

#endif
