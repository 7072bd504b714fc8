/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/block_cmd.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/ipaddr.h"
#include "core/limits.h"
#include "core/log.h"

enum { WAIT_S = 30, CHUNK = 65536 };

static const struct {
	const char *name, *args, *help;
	bool addr;
} commands[] = {
	{ "list", "", "the blocks there are", false },
	{ "add", "ADDRESS [DURATION]", "block an address, as 300, `5 min' or "
	    "perm", true },
	{ "del", "ADDRESS", "unblock it", true },
	{ "flush", "", "unblock all", false },
	{ "explain", "ADDRESS", "why it is blocked, or is not", true },
	{ "where", "", "chains and rules of the packet filter, as the sensor "
	    "sees them", false },
};

struct request {
	const char *socket;
	bool json;
	char line[LIM_CONTROL_LINE];
};

void
block_cmd_help(FILE *to)
{
	fprintf(to, "usage: aduana block COMMAND [--json] [--socket PATH]\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-8s %-20s %s\n", commands[i].name,
		    commands[i].args, commands[i].help);
	fprintf(to, "PATH is config block: socket, if that is not %s\n",
	    ADUANA_LOGDIR "/block.socket");
}

/* The words that are no options, in order. */
static bool
take_options(struct request *q, int argc, char **argv, const char **words,
    int *n)
{
	*n = 0;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			q->json = true;
		} else if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc) {
			q->socket = argv[++i];
		} else if (strncmp(argv[i], "--socket=", 9) == 0) {
			q->socket = argv[i] + 9;
		} else if (argv[i][0] == '-') {
			log_warnx("%s: no such option; there are --json and "
			    "--socket PATH", argv[i]);
			return false;
		} else {
			words[(*n)++] = argv[i];
		}
	}
	return true;
}

static bool
make_line(struct request *q, const char *const *words, int n)
{
	size_t i = 0, len;
	struct ipaddr a;

	while (n && i < ARRAY_LEN(commands) &&
	    strcmp(words[0], commands[i].name) != 0)
		i++;
	if (!n || i == ARRAY_LEN(commands)) {
		block_cmd_help(stderr);
		return false;
	}
	if (commands[i].addr ? n < 2 || !ipaddr_parse(text_of(words[1]), &a) :
	    n > 1) {
		if (n > 1)
			log_warnx("aduana block %s %s: not so", words[0],
			    words[1]);
		log_warnx("aduana block %s %s", words[0], commands[i].args);
		return false;
	}
	len = (size_t)snprintf(q->line, sizeof(q->line), "%s%s", words[0],
	    q->json ? " json" : "");
	for (int w = 1; w < n && len < sizeof(q->line); w++)
		len += (size_t)snprintf(q->line + len, sizeof(q->line) - len,
		    " %s", words[w]);
	if (len + 1 >= sizeof(q->line)) {
		log_warnx("that is too long");
		return false;
	}
	q->line[len] = '\n';
	q->line[len + 1] = '\0';
	return true;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = WAIT_S };
	int fd;

	if (strlen(path) >= sizeof(sa.sun_path)) {
		log_warnx("%s: the name is too long for a socket", path);
		return -1;
	}
	memcpy(sa.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd != -1 && connect(fd, (const struct sockaddr *)&sa,
	    sizeof(sa)) == 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		return fd;
	}
	log_warn("cannot ask the sensor on %s", path);
	if (errno == EACCES)
		log_warnx("only root and the sensor's user may");
	else
		log_warnx("is it running, with config block: on? Its log "
		    "folder, or config block: socket, says where the socket "
		    "is: name it with --socket");
	if (fd != -1)
		close(fd);
	return -1;
}

/* The answer's lines as they come, less the last one, which is a dot: what is
 * behind the last newline is held back until it is known not to be that. */
struct answer {
	bool has_head, is_error, complete;
	char held[4]; /* of a line that may be the last */
	size_t n_held;
	bool at_start; /* of a line */
};

static void
take_byte(struct answer *a, char c, FILE *to)
{
	if (a->at_start && c == '.' && !a->n_held) {
		a->held[a->n_held++] = c;
		return;
	}
	if (a->n_held) {
		if (c == '\n') {
			a->complete = true;
			return;
		}
		fputc('.', to);
		a->n_held = 0;
	}
	fputc(c, to);
	a->at_start = c == '\n';
}

static int
read_answer(int fd)
{
	struct answer a = { .at_start = true };
	static char chunk[CHUNK];
	char head[8];
	size_t n_head = 0;
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0 ||
	    (n == -1 && errno == EINTR))
		for (ssize_t i = 0; i < n && !a.complete; i++) {
			if (a.has_head) {
				take_byte(&a, chunk[i], a.is_error ? stderr :
				    stdout);
			} else if (chunk[i] == '\n') {
				a.has_head = true;
				a.is_error = n_head != 2 || memcmp(head, "ok",
				    2) != 0;
				if (a.is_error)
					fputs("aduana: ", stderr);
			} else if (n_head < sizeof(head)) {
				head[n_head++] = chunk[i];
			}
		}
	if (!a.complete) {
		log_warnx(n == -1 ? "the sensor does not answer" : "the "
		    "sensor ended before it had said all");
		return 1;
	}
	if (fflush(stdout) != 0) {
		log_warn("cannot write");
		return 1;
	}
	return a.is_error ? 1 : 0;
}

int
block_cmd_run(int argc, char **argv)
{
	struct request q = { .socket = ADUANA_LOGDIR "/block.socket" };
	const char *words[64];
	int n, fd, status;

	if (argc > (int)ARRAY_LEN(words)) {
		block_cmd_help(stderr);
		return 2;
	}
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		block_cmd_help(stdout);
		return 0;
	}
	if (!take_options(&q, argc, argv, words, &n) ||
	    !make_line(&q, words, n))
		return 2;
	fd = connect_to(q.socket);
	if (fd == -1)
		return 1;
	if (send(fd, q.line, strlen(q.line), MSG_NOSIGNAL) == -1) {
		log_warn("cannot ask the sensor on %s", q.socket);
		close(fd);
		return 1;
	}
	status = read_answer(fd);
	close(fd);
	return status;
}
