/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

static bool quiet, use_syslog;

void
log_set_quiet(bool q)
{
	quiet = q;
}

void
log_to_syslog(const char *ident)
{
	openlog(ident, LOG_PID, LOG_DAEMON);
	use_syslog = true;
}

static void PRINTF_LIKE(4, 0)
emit(int priority, const char *prefix, int error, const char *fmt, va_list ap)
{
	char line[2048];
	int saved = errno;
	int n = vsnprintf(line, sizeof(line), fmt, ap);

	if (n < 0)
		n = 0;
	if (error && (size_t)n < sizeof(line))
		snprintf(line + n, sizeof(line) - (size_t)n, ": %s",
		    strerror(error));
	if (use_syslog)
		syslog(priority, "%s%s", prefix, line);
	else
		fprintf(stderr, "aduana: %s%s\n", prefix, line);
	errno = saved;
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WARNING, "warning: ", errno, fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WARNING, "warning: ", 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, fmt);
	emit(LOG_INFO, "", 0, fmt, ap);
	va_end(ap);
}

void
log_warn_limited(uint64_t *last, const char *fmt, ...)
{
	uint64_t now = (uint64_t)time(NULL);
	va_list ap;

	if (*last == now)
		return;
	*last = now;
	va_start(ap, fmt);
	emit(LOG_WARNING, "warning: ", 0, fmt, ap);
	va_end(ap);
}

void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_ERR, "error: ", errno, fmt, ap);
	va_end(ap);
	exit(1);
}

void
fatalx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_ERR, "error: ", 0, fmt, ap);
	va_end(ap);
	exit(1);
}
