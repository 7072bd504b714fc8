/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/firewall_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/slice.h"

bool
firewall_program(enum firewall_family family, const char *backend,
    const char *suffix, char *path, size_t len)
{
	static const char *const folders[] = { "/usr/sbin", "/sbin",
		"/usr/local/sbin", "/usr/bin" };

	for (unsigned i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, len, "%s/ip%stables%s%s%s", folders[i],
		    family == FIREWALL_IP6 ? "6" : "", backend ? "-" : "",
		    backend ? backend : "", suffix);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* The child: from `in` and to `out` for all that it says. */
NORETURN static void
become(char *path, const char *const *words, int in, int out)
{
	static char *const environment[] = { NULL };
	static const int usual[] = { SIGPIPE, SIGINT, SIGQUIT, SIGHUP,
		SIGTERM, SIGTSTP };
	char *argv[FIREWALL_WORDS_MAX + 1];
	unsigned n = 0;
	sigset_t none;

	if (dup2(in, 0) == -1 || dup2(out, 1) == -1 || dup2(out, 2) == -1)
		_exit(127);
	for (unsigned i = 0; i < ARRAY_LEN(usual); i++)
		(void)signal(usual[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (; n < FIREWALL_WORDS_MAX && words[n]; n++)
		argv[n] = (char *)(uintptr_t)words[n];
	argv[n] = NULL;
	/* one program for all: it goes by its name */
	argv[0] = strrchr(path, '/') + 1;
	execve(path, argv, environment);
	_exit(127);
}

/* A file without a name that holds the text: what a program reads. */
static int
hold(const char *text)
{
	int fd = memfd_create("rules", MFD_CLOEXEC);
	size_t len = strlen(text), at = 0;

	while (fd != -1 && at < len) {
		ssize_t n = write(fd, text + at, len - at);

		if (n > 0) {
			at += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			close(fd);
			fd = -1;
		}
	}
	if (fd != -1)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

bool
firewall_run(char *path, const char *const *words, const char *text,
    struct buf *said)
{
	int out[2], in = text ? hold(text) : open("/dev/null", O_RDONLY |
	    O_CLOEXEC), status = -1;
	char b[4096];
	ssize_t n;
	pid_t pid;

	if (in == -1 || pipe2(out, O_CLOEXEC) == -1) {
		if (in != -1)
			close(in);
		return false;
	}
	pid = fork();
	if (pid == 0)
		become(path, words, in, out[1]);
	close(in);
	close(out[1]);
	while (pid != -1 && ((n = read(out[0], b, sizeof(b))) > 0 ||
	    (n == -1 && errno == EINTR)))
		if (n > 0)
			buf_puttext(said, text_make(b, (size_t)n));
	close(out[0]);
	while (pid != -1 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool
firewall_restore(enum firewall_family family, const char *backend,
    const char *rules, char *err, size_t err_len)
{
	static const char *const words[] = { "iptables-restore", "--noflush",
		"-w", NULL };
	struct buf said;
	char path[64];
	bool ok;

	if (!firewall_program(family, backend, "-restore", path,
	    sizeof(path))) {
		snprintf(err, err_len, "there is no ip%stables%s%s-restore: "
		    "install iptables", family == FIREWALL_IP6 ? "6" : "",
		    backend ? "-" : "", backend ? backend : "");
		return false;
	}
	buf_init(&said, FIREWALL_OUTPUT_MAX);
	ok = firewall_run(path, words, rules, &said);
	if (!ok)
		snprintf(err, err_len, "%s: %.*s", path, said.len ?
		    (int)(said.len < 400 ? said.len : 400) : 6, said.len ?
		    said.ptr : "failed");
	buf_fini(&said);
	return ok;
}

bool
firewall_save(enum firewall_family family, const char *backend,
    const char *table, struct buf *said, char *err, size_t err_len)
{
	const char *words[] = { "iptables-save", table ? "-t" : NULL, table,
		NULL };
	char path[64];

	if (firewall_program(family, backend, "-save", path, sizeof(path)) &&
	    firewall_run(path, words, NULL, said))
		return true;
	snprintf(err, err_len, "ip%stables-save cannot be asked what is in "
	    "force: install iptables, or run as root",
	    family == FIREWALL_IP6 ? "6" : "");
	return false;
}
