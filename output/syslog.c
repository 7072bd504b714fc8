/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alert_syslog: one message an alert (output-formats 1.4), in the form of
 * RFC 3164 that syslog(3) sends. Sent here rather than by the C library: that
 * blocks when the log daemon does, and has one name for the whole process,
 * while alerts go out as `snort`, which log readers look for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/log.h"
#include "core/xalloc.h"
#include "output/output.h"
#include "output/text.h"

struct syslog_out {
	const struct out_conf *conf;
	int facility, priority, options;
	struct sockaddr_un to;
	int fd; /* -1: not connected */
	bool stream;
	struct out_clock now; /* of the wall clock */
	struct buf line;
	struct out_loss loss;
};

static const char grammar[] =
    "[LOG_FACILITY] [LOG_PRIORITY] [LOG_OPTION...] [socket=PATH]";

/* What a word of the directive sets. */
static const struct {
	const char *name;
	enum { FACILITY, PRIORITY, OPTION } kind;
	int value;
} words[] = {
#define F(name) { #name, FACILITY, name }
#define P(name) { #name, PRIORITY, name }
#define O(name) { #name, OPTION, name }
	F(LOG_AUTH), F(LOG_AUTHPRIV), F(LOG_DAEMON), F(LOG_USER),
	F(LOG_LOCAL0), F(LOG_LOCAL1), F(LOG_LOCAL2), F(LOG_LOCAL3),
	F(LOG_LOCAL4), F(LOG_LOCAL5), F(LOG_LOCAL6), F(LOG_LOCAL7),
	P(LOG_EMERG), P(LOG_ALERT), P(LOG_CRIT), P(LOG_ERR), P(LOG_WARNING),
	P(LOG_NOTICE), P(LOG_INFO), P(LOG_DEBUG),
	O(LOG_CONS), O(LOG_NDELAY), O(LOG_PERROR), O(LOG_PID),
#undef F
#undef P
#undef O
};

static void
take_word(struct syslog_out *s, struct text word)
{
	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		if (!text_is_nocase(word, words[i].name))
			continue;
		if (words[i].kind == FACILITY)
			s->facility = words[i].value;
		else if (words[i].kind == PRIORITY)
			s->priority = words[i].value;
		else
			s->options |= words[i].value;
		return;
	}
	log_warnx("alert_syslog: \"%.*s\" is not understood and ignored; "
	    "expected: %s", TEXT_ARG(word), grammar);
}

/* The log daemon's socket, a datagram one or (some daemons) a stream. */
static bool
connect_to_daemon(struct syslog_out *s)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };

	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC |
		    SOCK_NONBLOCK, 0);
		int error;

		if (fd == -1)
			return false;
		if (connect(fd, (const struct sockaddr *)&s->to,
		    sizeof(s->to)) == 0) {
			s->fd = fd;
			s->stream = types[i] == SOCK_STREAM;
			return true;
		}
		error = errno;
		close(fd);
		errno = error;
		if (errno != EPROTOTYPE)
			return false;
	}
	return false;
}

static void *
syslog_open(const struct out_conf *conf, struct text args, char *err,
    size_t err_len)
{
	struct syslog_out *s = xcalloc(1, sizeof(*s));
	struct text path = TEXT("/dev/log"), part;

	s->conf = conf;
	s->facility = LOG_AUTH;
	s->priority = LOG_INFO;
	s->options = conf->daemon ? LOG_PID : 0;
	s->fd = -1;
	while (args.ptr) {
		struct text word;

		part = text_cut(&args, '|');
		while ((word = text_word(&part)).len) {
			if (word.len > 7 && memcmp(word.ptr, "socket=", 7) == 0)
				path = text_make(word.ptr + 7, word.len - 7);
			else
				take_word(s, word);
		}
	}
	s->to.sun_family = AF_UNIX;
	if (path.len >= sizeof(s->to.sun_path)) {
		free(s);
		return out_bad_arg(path, "a shorter path", err, err_len);
	}
	memcpy(s->to.sun_path, path.ptr, path.len);
	buf_init(&s->line, LIM_RECORD_TEXT);
	/* now rather than at the first alert, and before a chroot */
	if (!conf->test && !connect_to_daemon(s)) {
		s->loss.failing = true;
		log_warn("alert_syslog: cannot reach %s; trying again with "
		    "each alert", s->to.sun_path);
	}
	return s;
}

static void
put_alert(struct buf *b, const struct out_conf *conf, const struct record *r)
{
	const struct record_event *e = &r->event;
	char proto[OUT_PROTO_MAX];

	if (!r->pkt.ip_ver) {
		buf_puttext(b, e->msg.len ? e->msg : TEXT("ALERT!"));
		return;
	}
	out_put_sig(b, e);
	buf_putc(b, ' ');
	if (e->msg.len) {
		buf_puttext(b, e->msg);
		buf_putc(b, ' ');
	}
	if (e->class_text.len) {
		buf_puts(b, "[Classification: ");
		buf_puttext(b, e->class_text);
		buf_puts(b, "] ");
	}
	if (e->priority) {
		buf_puts(b, "[Priority: ");
		buf_putu(b, e->priority);
		buf_puts(b, "] ");
	}
	if (conf->with_interface && r->pkt.iface) {
		buf_putc(b, '<');
		buf_puts(b, r->pkt.iface);
		buf_puts(b, "> ");
	}
	buf_putc(b, '{');
	buf_puts(b, out_proto_name(r->pkt.ip_proto, proto));
	buf_puts(b, "} ");
	out_put_flow(b, conf, &r->pkt);
}

/* <PRI>Mmm dd hh:mm:ss snort[pid]: */
static size_t
put_head(struct syslog_out *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct out_conf local = { .utc = false };
	const struct tm *tm = out_tm(&s->now, &local,
	    mtime_make((uint64_t)time(NULL), 0));
	size_t tag;

	buf_printf(&s->line, "<%d>%.3s %2d %02d:%02d:%02d ",
	    s->facility | s->priority, months + 3 * (tm->tm_mon % 12),
	    tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec);
	tag = s->line.len;
	buf_puts(&s->line, "snort");
	if (s->options & LOG_PID) {
		buf_putc(&s->line, '[');
		buf_putu(&s->line, (uint64_t)getpid());
		buf_putc(&s->line, ']');
	}
	buf_puts(&s->line, ": ");
	return tag;
}

static bool
send_once(struct syslog_out *s)
{
	/* a stream's messages end with a NUL */
	size_t len = s->line.len + s->stream;
	ssize_t w;

	if (s->fd == -1 && !connect_to_daemon(s))
		return false;
	w = send(s->fd, s->line.ptr, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (w == (ssize_t)len)
		return true;
	/* a full queue is the daemon's; anything else wants a new socket, and
	 * so does half a message */
	if (w != -1 || (errno != EAGAIN && errno != ENOBUFS)) {
		close(s->fd);
		s->fd = -1;
	}
	return false;
}

static void
syslog_write(void *self, const struct record *r)
{
	struct syslog_out *s = self;
	size_t tag;

	if (s->conf->test)
		return;
	buf_reset(&s->line);
	tag = put_head(s);
	put_alert(&s->line, s->conf, r);
	if (s->options & LOG_PERROR)
		fprintf(stderr, "%s\n", s->line.ptr + tag);
	/* twice: the daemon may have been restarted */
	if (send_once(s) || (s->fd == -1 && send_once(s))) {
		out_loss_end(&s->loss);
		return;
	}
	out_loss_add(&s->loss, "alert_syslog", s->to.sun_path);
	if (s->options & LOG_CONS) {
		FILE *console = fopen("/dev/console", "we");

		if (console) {
			fprintf(console, "%s\r\n", s->line.ptr + tag);
			fclose(console);
		}
	}
}

static void
syslog_reopen(void *self)
{
	struct syslog_out *s = self;

	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

static void
syslog_close(void *self)
{
	struct syslog_out *s = self;

	syslog_reopen(s);
	buf_fini(&s->line);
	free(s);
}

static uint64_t
syslog_lost(const void *self)
{
	const struct syslog_out *s = self;

	return s->loss.records;
}

const struct out_ops out_alert_syslog = {
	.name = "alert_syslog",
	.help = "alerts to the system log, as program snort",
	.grammar = grammar,
	.mask = OUT_ALERT,
	.open = syslog_open,
	.write = syslog_write,
	.reopen = syslog_reopen,
	.close = syslog_close,
	.lost = syslog_lost,
};
