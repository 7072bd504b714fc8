/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "core/xalloc.h"
#include "sensor/say.h"

/* -- background --------------------------------------------------------- */

static int ready_fd = -1; /* the process in front reads one byte from it */

/* The process in front: waits for the byte or for the end of the other. */
NORETURN static void
wait_until_ready(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n == -1 && errno == EINTR);
	_exit(n == 1 ? 0 : 1);
}

bool
daemon_fork(char *err, size_t err_len)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		snprintf(err, err_len, "-D: %s", strerror(errno));
		return false;
	}
	if (pid) {
		close(fds[1]);
		wait_until_ready(fds[0]);
	}
	close(fds[0]);
	/* the second fork leaves a process that can never get a terminal */
	if (setsid() == -1 || (pid = fork()) == -1) {
		snprintf(err, err_len, "-D: %s", strerror(errno));
		return false;
	}
	if (pid)
		_exit(0);
	ready_fd = fds[1];
	return true;
}

static void
leave_terminal(void)
{
	int null;

	say_to_syslog();
	null = open("/dev/null", O_RDWR);
	if (null != -1) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
}

void
daemon_let_go(void)
{
	if (ready_fd == -1)
		return;
	leave_terminal();
	close(ready_fd);
	ready_fd = -1;
}

void
daemon_ready(void)
{
	if (ready_fd == -1)
		return;
	leave_terminal();
	if (write(ready_fd, "", 1) != 1)
		log_warn("the process in front has gone");
	close(ready_fd);
	ready_fd = -1;
}

/* -- pid file ----------------------------------------------------------- */

static bool
is_writable_dir(const char *dir)
{
	struct stat st;

	return dir && stat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    access(dir, W_OK | X_OK) == 0;
}

static const char *
pid_dir(const struct settings *s)
{
	const char *const dirs[] = { s->pid_path, "/var/run", "/var/log",
		s->out.logdir };

	for (unsigned i = 0; i < ARRAY_LEN(dirs); i++)
		if (is_writable_dir(dirs[i]))
			return dirs[i];
	return NULL;
}

/* The file's name; an interface name may hold nothing that leaves the dir. */
static char *
pid_path(const struct settings *s, const char *dir)
{
	const char *suffix = s->pid_suffix ? s->pid_suffix : "";
	bool with_if = s->interface && !s->no_interface_pidfile;
	char *path = xasprintf("%s/snort%s%s%s.pid", dir,
	    with_if ? "_" : "", with_if ? s->interface : "", suffix);

	for (char *p = path + strlen(dir) + 1; *p; p++)
		if (*p == '/')
			*p = '_';
	return path;
}

static bool
lock_pid(struct pidfile *p, int uid, int gid, char *err, size_t err_len)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	p->lock_path = xasprintf("%s.lck", p->path);
	p->lock_fd = open(p->lock_path, O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (p->lock_fd == -1) {
		snprintf(err, err_len, "cannot write the lock file %s: %s",
		    p->lock_path, strerror(errno));
		return false;
	}
	if (fcntl(p->lock_fd, F_SETLK, &lock) == -1) {
		snprintf(err, err_len, "%s is locked: another aduana runs on "
		    "the same interface; stop it, or use -R or "
		    "--nolock-pidfile", p->lock_path);
		/* it is the other one's file */
		free(p->lock_path);
		p->lock_path = NULL;
		free(p->path);
		p->path = NULL;
		return false;
	}
	if ((uid != -1 || gid != -1) &&
	    fchown(p->lock_fd, (uid_t)uid, (gid_t)gid) == -1)
		log_warn("cannot give %s away", p->lock_path);
	return true;
}

bool
pidfile_create(struct pidfile *p, const struct settings *s, int uid, int gid,
    char *err, size_t err_len)
{
	const char *dir;
	int fd, n;

	*p = (struct pidfile){ .lock_fd = -1 };
	if (!s->daemon && !s->create_pidfile && !s->pid_path)
		return true;
	dir = pid_dir(s);
	if (!dir) {
		snprintf(err, err_len, "no folder to write a pid file to: "
		    "%s%snone of /var/run, /var/log and %s can be written; "
		    "name one with --pid-path", s->pid_path ? s->pid_path : "",
		    s->pid_path ? " and " : "", s->out.logdir);
		return false;
	}
	if (s->pid_path && dir != s->pid_path)
		log_warnx("--pid-path %s cannot be written: the pid file "
		    "goes to %s", s->pid_path, dir);
	p->path = pid_path(s, dir);
	if (!s->nolock_pidfile && !lock_pid(p, uid, gid, err, err_len))
		return false;
	fd = open(p->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (fd == -1) {
		snprintf(err, err_len, "cannot write the pid file %s: %s",
		    p->path, strerror(errno));
		return false;
	}
	n = dprintf(fd, "%ld\n", (long)getpid());
	if ((uid != -1 || gid != -1) &&
	    fchown(fd, (uid_t)uid, (gid_t)gid) == -1)
		log_warn("cannot give %s away", p->path);
	if (close(fd) == -1 || n < 0) {
		snprintf(err, err_len, "cannot write the pid file %s: %s",
		    p->path, strerror(errno));
		return false;
	}
	return true;
}

void
pidfile_remove(struct pidfile *p)
{
	if (p->path && unlink(p->path) == -1) {
		/* a folder that is no longer ours to change: an empty file
		 * tells a script that nothing runs */
		if (truncate(p->path, 0) == -1 && errno != ENOENT)
			log_warn("the pid file %s stays behind", p->path);
	}
	if (p->lock_path)
		(void)unlink(p->lock_path);
	pidfile_forget(p);
}

void
pidfile_forget(struct pidfile *p)
{
	if (p->lock_fd != -1)
		close(p->lock_fd);
	free(p->path);
	free(p->lock_path);
	*p = (struct pidfile){ .lock_fd = -1 };
}

/* -- privileges --------------------------------------------------------- */

/* A number that is no name stands for itself. */
static bool
find_id(const char *name, int *id)
{
	int64_t n;

	if (!text_to_i64(text_of(name), 0, INT32_MAX, &n))
		return false;
	*id = (int)n;
	return true;
}

bool
ids_find(struct ids *ids, const struct settings *s, char *err, size_t err_len)
{
	const struct passwd *pw = s->user ? getpwnam(s->user) : NULL;
	const struct group *gr = s->group ? getgrnam(s->group) : NULL;

	*ids = (struct ids){ -1, -1 };
	if (pw) {
		ids->uid = (int)pw->pw_uid;
		ids->gid = (int)pw->pw_gid;
	} else if (s->user && !find_id(s->user, &ids->uid)) {
		snprintf(err, err_len, "-u %s: there is no such user",
		    s->user);
		return false;
	}
	if (gr) {
		ids->gid = (int)gr->gr_gid;
	} else if (s->group && !find_id(s->group, &ids->gid)) {
		snprintf(err, err_len, "-g %s: there is no such group",
		    s->group);
		return false;
	}
	return true;
}

static bool
change_root(const char *dir, char *err, size_t err_len)
{
	tzset(); /* local time is the outer system's */
	if (chroot(dir) == -1 || chdir("/") == -1) {
		snprintf(err, err_len, "-t %s: %s%s", dir, strerror(errno),
		    errno == EPERM ? "; start as root for it" : "");
		return false;
	}
	return true;
}

/* The supplementary groups: the user's own, or none. */
static int
set_groups(const struct settings *s, const struct ids *ids)
{
	gid_t gid = (gid_t)ids->gid;

	if (s->user && getpwnam(s->user))
		return initgroups(s->user, gid);
	return setgroups(1, &gid);
}

/* What verdicts, and what is sent in answer to packets, need for ever. */
enum { INLINE_CAPS = 1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW };

/* Of all the rights of root these alone stay, in another user's process. */
static bool
keep_inline_rights(char *err, size_t err_len)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { { .effective = INLINE_CAPS,
		.permitted = INLINE_CAPS } };

	if (syscall(SYS_capset, &head, caps) == 0)
		return true;
	snprintf(err, err_len, "cannot keep the right to judge packets: %s",
	    strerror(errno));
	return false;
}

bool
privileges_drop(const struct settings *s, const struct ids *ids, char *err,
    size_t err_len)
{
	bool keep = s->inline_source && ids->uid > 0 && getuid() == 0;

	if (keep)
		(void)prctl(PR_SET_KEEPCAPS, 1);
	if (s->chroot && !change_root(s->chroot, err, err_len))
		return false;
	if (ids->gid != -1 && (gid_t)ids->gid != getgid() &&
	    (set_groups(s, ids) == -1 || setgid((gid_t)ids->gid) == -1)) {
		snprintf(err, err_len, "cannot become group %d: %s; start as "
		    "root for -u and -g", ids->gid, strerror(errno));
		return false;
	}
	if (ids->uid != -1 && (uid_t)ids->uid != getuid() &&
	    setuid((uid_t)ids->uid) == -1) {
		snprintf(err, err_len, "cannot become user %d: %s; start as "
		    "root for -u and -g", ids->uid, strerror(errno));
		return false;
	}
	if (keep && !keep_inline_rights(err, err_len))
		return false;
	/* gone means gone */
	if (ids->uid > 0 && (setuid(0) == 0 || geteuid() == 0)) {
		snprintf(err, err_len, "the privileges could not be dropped");
		return false;
	}
	return true;
}

const char *
privileges_path(const char *root, const char *path)
{
	size_t n = strlen(root);

	while (n && root[n - 1] == '/')
		n--;
	if (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/'))
		return path;
	return path[n] ? path + n : "/";
}
