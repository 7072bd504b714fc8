/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/cmdline.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/slice.h"
#include "core/xalloc.h"
#include "sensor/capture/nfqueue.h"

enum opt_kind { KIND_FLAG, KIND_TEXT, KIND_NUMBER, KIND_CALL, KIND_NOOP };

enum opt_group {
	GROUP_RULES,
	GROUP_PACKETS,
	GROUP_OUTPUT,
	GROUP_PRINT,
	GROUP_PROCESS,
	GROUP_INFO,
	GROUP_NOOP,
	GROUP_COUNT
};

static const char *const group_titles[GROUP_COUNT] = {
	"Rules", "Where packets come from", "Alerts and logs",
	"What is shown", "The process", "Information",
	"Accepted, and without effect",
};

#define FLAG(ID, ...) CL_##ID,
#define STRING(ID, ...) CL_##ID,
#define NUMBER(ID, ...) CL_##ID,
#define CALL(ID, ...) CL_##ID,
#define NOOP(ID, ...) CL_##ID,
enum cl_id {
#include "sensor/cmdline.def"
	CL_COUNT
};
#undef FLAG
#undef STRING
#undef NUMBER
#undef CALL
#undef NOOP

struct cl_option {
	enum opt_kind kind;
	enum opt_group group;
	char letter;           /* 0: none */
	const char *long_name; /* NULL: none */
	const char *arg;       /* NULL: none; "[...": may be left out */
	const char *help;
	size_t field; /* offset in struct cmdline */
	int64_t min, max;
};

#define FIELD(f) offsetof(struct cmdline, f)
#define FLAG(ID, c, l, G, f, h)                                                \
	{ KIND_FLAG, GROUP_##G, c, l, NULL, h, FIELD(f), 0, 0 },
#define STRING(ID, c, l, a, G, f, h)                                         \
	{ KIND_TEXT, GROUP_##G, c, l, a, h, FIELD(f), 0, 0 },
#define NUMBER(ID, c, l, a, G, f, min, max, h)                                 \
	{ KIND_NUMBER, GROUP_##G, c, l, a, h, FIELD(f), min, max },
#define CALL(ID, c, l, a, G, h)                                                \
	{ KIND_CALL, GROUP_##G, c, l, a, h, 0, 0, 0 },
#define NOOP(ID, c, l, a, h)                                                   \
	{ KIND_NOOP, GROUP_NOOP, c, l, a, h, 0, 0, 0 },
static const struct cl_option options[] = {
#include "sensor/cmdline.def"
};
#undef FLAG
#undef STRING
#undef NUMBER
#undef CALL
#undef NOOP
static_assert(ARRAY_LEN(options) == CL_COUNT, "one row per option");

static const char *const alert_modes[] = {
	NULL, /* ALERT_MODE_UNSET */
#define ALERT_MODE(ID, name, output, args, help) name,
#include "sensor/alert_modes.def"
#undef ALERT_MODE
};

struct parser {
	struct cmdline *cl;
	char *err;
	size_t err_len;
};

static bool fail(struct parser *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Always false, for return. */
static bool
fail(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->err, p->err_len, fmt, ap);
	va_end(ap);
	return false;
}

/* "-n" or "--pcap-loop", as an error or a note names the option. */
static void
name_option(const struct cl_option *o, char *out, size_t len)
{
	if (o->letter)
		snprintf(out, len, "-%c", o->letter);
	else
		snprintf(out, len, "--%s", o->long_name);
}

static void
note(struct cmdline *cl, const struct cl_option *o, const char *why)
{
	struct cmdline_note *n = &cl->notes[cl->n_notes];

	if (cl->n_notes == CMDLINE_MAX_NOTES)
		return;
	name_option(o, n->name, sizeof(n->name));
	n->why = why;
	cl->n_notes++;
}

static bool
set_define(struct parser *p, const char *arg)
{
	struct cmdline *cl = p->cl;
	const char *equals = strchr(arg, '=');
	size_t len = equals ? (size_t)(equals - arg) : 0;

	if (!len)
		return fail(p, "-S %s: give NAME=VALUE", arg);
	for (unsigned i = 0; i < cl->n_defines; i++)
		if (strncmp(cl->defines[i], arg, len + 1) == 0)
			return fail(p, "-S %.*s: given twice", (int)len, arg);
	if (cl->n_defines == CMDLINE_MAX_DEFINES)
		return fail(p, "more than %d variables with -S",
		    CMDLINE_MAX_DEFINES);
	cl->defines[cl->n_defines++] = arg;
	return true;
}

static bool
set_checksum(struct parser *p, const char *arg)
{
	static const char *const modes[] = { "all", "none", "noip", "notcp",
		"noudp", "noicmp" };

	for (unsigned i = 0; i < ARRAY_LEN(modes); i++)
		if (strcmp(arg, modes[i]) == 0) {
			p->cl->checksum = arg;
			return true;
		}
	return fail(p, "-k %s: give all, none, noip, notcp, noudp or noicmp",
	    arg);
}

static bool
set_alert_mode(struct parser *p, const struct cl_option *o, const char *arg)
{
	if (strcmp(arg, "packet-count") == 0) {
		note(p->cl, o, "packet-count: no numbers are printed between "
		    "alerts; -A test has the packet's");
		return true;
	}
	for (unsigned i = 1; i < ARRAY_LEN(alert_modes); i++)
		if (strcmp(arg, alert_modes[i]) == 0) {
			p->cl->alert_mode = (enum alert_mode)i;
			return true;
		}
	return fail(p, "-A %s: no such mode; give fast, full, console, cmg, "
	    "eve, unsock, test or none", arg);
}

static bool
set_log_mode(struct parser *p, const char *arg)
{
	if (strcmp(arg, "pcap") == 0)
		p->cl->log_mode = LOG_MODE_PCAP;
	else if (strcmp(arg, "ascii") == 0)
		p->cl->log_mode = LOG_MODE_ASCII;
	else if (strcmp(arg, "none") == 0)
		p->cl->log_mode = LOG_MODE_NONE;
	else
		return fail(p, "-K %s: give pcap, ascii or none", arg);
	return true;
}

/* A network for -h or -B. */
static bool
parse_net(struct parser *p, const char *arg, char letter, struct ipaddr *net,
    unsigned *net_bits)
{
	struct text rest = text_of(arg), addr = text_cut(&rest, '/');
	int64_t bits;

	if (!ipaddr_parse(addr, net))
		return fail(p, "-%c %s: give a network as 10.0.0.0/8", letter,
		    arg);
	bits = net->family == 4 ? 32 : 128;
	if (rest.ptr && !text_to_i64(rest, 0, bits, &bits))
		return fail(p, "-%c %s: the prefix length is wrong", letter,
		    arg);
	*net_bits = (unsigned)bits;
	ipaddr_mask(net, *net_bits);
	return true;
}

static bool
set_umask(struct parser *p, const char *arg)
{
	char *end;
	unsigned long v = strtoul(arg, &end, 8);

	if (!*arg || *end || v > 0777)
		return fail(p, "-m %s: give an octal umask such as 027", arg);
	p->cl->umask = (int)v;
	return true;
}

static bool
set_log_id(struct parser *p, const char *arg)
{
	if (!text_to_i64_auto(text_of(arg), 0, UINT16_MAX, &p->cl->log_id))
		return fail(p, "-G %s: give a number up to 0xffff", arg);
	return true;
}

static bool
set_daq_var(struct parser *p, const struct cl_option *o, const char *arg)
{
	struct text value = text_of(arg), name = text_cut(&value, '=');
	int64_t n;

	if (text_is(name, "buffer_size") &&
	    text_to_i64(value, 1, INT32_MAX, &n))
		p->cl->ring_bytes = n;
	else if (text_is(name, "buffer_size_mb") &&
	    text_to_i64(value, 1, INT32_MAX >> 20, &n))
		p->cl->ring_bytes = n << 20;
	else if (!value.ptr && !settings_is_daq_flag(name))
		return fail(p, "--daq-var %s: give NAME=VALUE", arg);
	else if (!settings_knows_daq_var(name))
		note(p->cl, o, "no packet source here takes this variable");
	else if (p->cl->n_daq_vars == SETTINGS_DAQ_VARS)
		return fail(p, "--daq-var %s: there are too many", arg);
	else
		p->cl->daq_vars[p->cl->n_daq_vars++] = arg;
	return true;
}

static bool
set_mpls_payload(struct parser *p, const char *arg)
{
	if (strcmp(arg, "ipv4") == 0)
		p->cl->mpls_payload = MPLS_PAYLOAD_IP4;
	else if (strcmp(arg, "ipv6") == 0)
		p->cl->mpls_payload = MPLS_PAYLOAD_IP6;
	else if (strcmp(arg, "ethernet") == 0)
		p->cl->mpls_payload = MPLS_PAYLOAD_ETH;
	else
		return fail(p, "--mpls-payload-type %s: give ipv4, ipv6 or "
		    "ethernet", arg);
	return true;
}

static bool
add_pcap(struct parser *p, enum pcap_arg_kind kind, const char *arg)
{
	struct cmdline *cl = p->cl;

	cl->pcaps = xreallocarray(cl->pcaps, cl->n_pcaps + 1,
	    sizeof(*cl->pcaps));
	cl->pcaps[cl->n_pcaps++] = (struct pcap_arg){ kind, arg };
	if (kind != PCAP_ARG_FILTER && kind != PCAP_ARG_NO_FILTER)
		cl->has_pcaps = true;
	return true;
}

static bool
set_action(struct parser *p, enum cmdline_action action)
{
	p->cl->action = action;
	return true;
}

static bool
call_option(struct parser *p, enum cl_id id, const char *arg)
{
	struct cmdline *cl = p->cl;
	const struct cl_option *o = &options[id];

	switch ((int)id) {
	case CL_DEFINE:
		return set_define(p, arg);
	case CL_CHECKSUM:
		return set_checksum(p, arg);
	case CL_ASSURE:
		/* Snort 2.9 takes a file for memory statistics here */
		if (strcmp(arg, "est") == 0) {
			cl->stateful = true;
			note(cl, o, "sessions are not followed yet: alerts "
			    "need none");
		} else if (strcmp(arg, "all") != 0) {
			note(cl, o, "no memory statistics file is written");
		}
		return true;
	case CL_ALERT:
		return set_alert_mode(p, o, arg);
	case CL_LOG_MODE:
		return set_log_mode(p, arg);
	case CL_LOG_ID:
		return set_log_id(p, arg);
	case CL_HOME:
		return parse_net(p, arg, 'h', &cl->home, &cl->home_bits);
	case CL_OBFUSCATE_NET:
		return parse_net(p, arg, 'B', &cl->obfuscate_net,
		    &cl->obfuscate_bits);
	case CL_UMASK:
		return set_umask(p, arg);
	case CL_PID_SUFFIX:
		if (strstr(arg, "..") || strchr(arg, '/'))
			return fail(p, "-R %s: no '..' and no '/' there", arg);
		cl->pid_suffix = arg;
		return true;
	case CL_DAQ_VAR:
		return set_daq_var(p, o, arg);
	case CL_QUEUE:
		if (arg) {
			cl->queues = arg;
			cl->inline_mode = true;
		} else {
			note(cl, o, "nothing here depends on a random hash");
		}
		return true;
	case CL_MPLS_MULTICAST:
		cl->mpls_multicast = true;
		return true;
	case CL_MPLS_DEPTH:
		if (!text_to_i64(text_of(arg), -1, 255, &cl->mpls_depth))
			return fail(p, "--%s %s: give -1 to 255",
			    o->long_name, arg);
		return true;
	case CL_MPLS_PAYLOAD:
		return set_mpls_payload(p, arg);
	case CL_READ:
		return add_pcap(p, PCAP_ARG_SINGLE, arg);
	case CL_PCAP_FILE:
		return add_pcap(p, PCAP_ARG_FILE, arg);
	case CL_PCAP_LIST:
		return add_pcap(p, PCAP_ARG_LIST, arg);
	case CL_PCAP_DIR:
		return add_pcap(p, PCAP_ARG_DIR, arg);
	case CL_PCAP_FILTER:
		return add_pcap(p, PCAP_ARG_FILTER, arg);
	case CL_PCAP_NO_FILTER:
		return add_pcap(p, PCAP_ARG_NO_FILTER, NULL);
	case CL_HELP:
		return set_action(p, ACT_HELP);
	case CL_VERSION:
		return set_action(p, ACT_VERSION);
	case CL_LIST_DECODERS:
		return set_action(p, ACT_LIST_DECODERS);
	case CL_LIST_APPS:
		return set_action(p, ACT_LIST_APPS);
	case CL_LIST_OPTIONS:
		return set_action(p, ACT_LIST_OPTIONS);
	case CL_LIST_EVENTS:
		return set_action(p, ACT_LIST_EVENTS);
	case CL_LIST_COUNTERS:
		return set_action(p, ACT_LIST_COUNTERS);
	case CL_LIST_OUTPUTS:
		return set_action(p, ACT_LIST_OUTPUTS);
	case CL_DAQ_LIST:
		return set_action(p, ACT_LIST_CAPTURES);
	}
	return true;
}

static bool
take_option(struct parser *p, enum cl_id id, const char *arg)
{
	const struct cl_option *o = &options[id];
	char *base = (char *)p->cl, name[40];

	switch (o->kind) {
	case KIND_FLAG:
		*(bool *)(void *)(base + o->field) = true;
		return true;
	case KIND_TEXT:
		*(const char **)(void *)(base + o->field) = arg;
		return true;
	case KIND_NUMBER:
		if (text_to_i64(text_of(arg), o->min, o->max,
		        (int64_t *)(void *)(base + o->field)))
			return true;
		name_option(o, name, sizeof(name));
		return fail(p, "%s %s: give a number from %lld to %lld", name,
		    arg, (long long)o->min, (long long)o->max);
	case KIND_CALL:
		return call_option(p, id, arg);
	case KIND_NOOP:
		note(p->cl, o, o->help);
		return true;
	}
	return true;
}

/* What getopt_long wants; a long option's value is its id plus LONG_BASE. */
enum { LONG_BASE = 256 };

struct getopt_tables {
	char letters[2 * CL_COUNT + 2];
	struct option longs[CL_COUNT + 1];
};

static void
make_getopt_tables(struct getopt_tables *t)
{
	size_t at = 0, n = 0;

	t->letters[at++] = ':'; /* tells a missing argument from a bad letter */
	for (int i = 0; i < CL_COUNT; i++) {
		const struct cl_option *o = &options[i];

		if (o->letter) {
			t->letters[at++] = o->letter;
			/* one that may be left out is the next word's */
			if (o->arg && o->arg[0] != '[')
				t->letters[at++] = ':';
		}
		if (o->long_name)
			t->longs[n++] = (struct option){ o->long_name,
				!o->arg ? no_argument : o->arg[0] == '[' ?
				optional_argument : required_argument,
				NULL, LONG_BASE + i };
	}
	t->letters[at] = '\0';
	t->longs[n] = (struct option){ 0 };
}

static enum cl_id
find_letter(int letter)
{
	int i = 0;

	while (i < CL_COUNT && options[i].letter != letter)
		i++;
	return (enum cl_id)i;
}

/* -H and digits in the next word: queues. Taken off argv then, else NULL. */
static const char *
take_queues(int argc, char **argv)
{
	const char *word = optind < argc ? argv[optind] : NULL, *last;

	if (!word || argv[optind - 1][strlen(argv[optind - 1]) - 1] != 'H' ||
	    !*word || word[strspn(word, "0123456789:")])
		return NULL;
	last = word + strlen(word) - 1;
	if (*word == ':' || *last == ':')
		return NULL;
	optind++;
	return word;
}

static bool
parse_options(struct parser *p, int argc, char **argv)
{
	struct getopt_tables t;
	int c;

	make_getopt_tables(&t);
	optind = 0; /* GNU: start anew, a test parses many command lines */
	opterr = 0;
	while ((c = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		if (c == ':') {
			return fail(p, "option %s needs an argument",
			    argv[optind - 1]);
		} else if (c == '?' && optopt == '?') {
			return set_action(p, ACT_USAGE);
		} else if (c == '?') {
			/* a letter within a word: argv[optind - 1] may be the
			 * word before it */
			if (optopt && optopt < LONG_BASE)
				return fail(p, "unknown option -%c; see --help",
				    optopt);
			return fail(p, "unknown, ambiguous or wrongly used "
			    "option %s; see --help", argv[optind - 1]);
		}
		if (c == 'H')
			optarg = (char *)(uintptr_t)take_queues(argc, argv);
		if (!take_option(p, c >= LONG_BASE ?
		        (enum cl_id)(c - LONG_BASE) : find_letter(c), optarg))
			return false;
	}
	return true;
}

static char *
join_words(int n, char **words)
{
	struct buf b;

	if (!n)
		return NULL;
	buf_init(&b, 1 << 20);
	for (int i = 0; i < n; i++) {
		if (i)
			buf_putc(&b, ' ');
		buf_puts(&b, words[i]);
	}
	return b.ptr; /* the caller's now */
}

static bool
is(const char *s, const char *what)
{
	return s && strcmp(s, what) == 0;
}

void
cmdline_say_inline(const char *conf, const char *source, char *err,
    size_t err_len)
{
	snprintf(err, err_len, "inline (-Q): packets of %s are copies, which "
	    "nothing can stop. The kernel hands over those it forwards, on a "
	    "router as on a bridge (there with sysctl "
	    "net.bridge.bridge-nf-call-iptables=1 and -ip6tables=1):\n"
	    "    iptables -t mangle -I FORWARD -j NFQUEUE --queue-num 0 "
	    "--queue-bypass\n"
	    "    ip6tables -t mangle -I FORWARD -j NFQUEUE --queue-num 0 "
	    "--queue-bypass\n"
	    "    aduana -Q --daq nfq --daq-var queue=0 -c %s", source,
	    conf ? conf : "FILE");
}

/* -Q and where packets come from; the configuration may say more. */
static bool
check_source(struct parser *p)
{
	static const char *const types[] = { "pcap", "afpacket", "dump",
		"nfq" };
	const struct cmdline *cl = p->cl;
	bool asked = cl->inline_mode || is(cl->daq_mode, "inline");
	unsigned i = 0;

	while (cl->daq && i < ARRAY_LEN(types) && !is(cl->daq, types[i]))
		i++;
	if (i == ARRAY_LEN(types))
		return fail(p, "--daq %s: packets come by libpcap (pcap, "
		    "afpacket), or with -Q by nfq or dump", cl->daq);
	if (cl->daq_mode && !asked && !is(cl->daq_mode, "passive") &&
	    !is(cl->daq_mode, "read-file"))
		return fail(p, "--daq-mode %s: give read-file, passive or "
		    "inline", cl->daq_mode);
	if (cl->inline_mode && cl->daq_mode && !is(cl->daq_mode, "inline"))
		return fail(p, "-Q and --daq-mode %s exclude each other",
		    cl->daq_mode);
	if (asked && cl->inline_test)
		return fail(p, "-Q and --enable-inline-test exclude each "
		    "other");
	if (cl->queues && cl->has_pcaps)
		return fail(p, "-H %s takes the kernel's packets: it has no "
		    "meaning with -r", cl->queues);
	if (asked && (is(cl->daq, "pcap") || is(cl->daq, "afpacket"))) {
		cmdline_say_inline(cl->conf, cl->daq, p->err, p->err_len);
		return false;
	}
	if (asked && cl->has_pcaps && is(cl->daq, "nfq"))
		return fail(p, "--daq nfq takes the kernel's packets: with -r "
		    "give --daq dump, or nothing");
	if (!cl->has_pcaps && is(cl->daq, "dump"))
		return fail(p, "--daq dump writes what goes on of a capture "
		    "file: name it with -r");
	return true;
}

/* What no configuration can make right. */
static bool
check_together(struct parser *p)
{
	const struct cmdline *cl = p->cl;

	if (cl->on_failure && !is(cl->on_failure, "open") &&
	    !is(cl->on_failure, "closed"))
		return fail(p, "--on-failure %s: give open or closed",
		    cl->on_failure);
	if (cl->fallback && !is(cl->fallback, "ids") &&
	    !is(cl->fallback, "exit"))
		return fail(p, "--fallback %s: give ids or exit",
		    cl->fallback);
	if (cl->print && !cl->setup)
		return fail(p, "--print shows what --setup would do: give "
		    "both");
	if (!check_source(p))
		return false;
	if (cl->test && !cl->conf)
		return fail(p, "-T checks a configuration: name it with -c");
	if (cl->test && cl->daemon)
		return fail(p, "-T and -D exclude each other");
	if (cl->has_pcaps && cl->interface)
		return fail(p, "-i and -r exclude each other: packets come "
		    "from interfaces or from files");
	if (!cl->has_pcaps && (cl->n_pcaps || cl->pcap_loop != 1 ||
	        cl->pcap_reset || cl->pcap_show || cl->pcap_reload))
		return fail(p, "the --pcap- options need captures to read: "
		    "-r, --pcap-file, --pcap-list or --pcap-dir");
	if (cl->bpf && cl->bpf_file)
		return fail(p, "a packet filter from -F and one from the last "
		    "words (%s): give one", cl->bpf);
	return true;
}

bool
cmdline_parse(struct cmdline *cl, int argc, char **argv, char *err,
    size_t err_len)
{
	struct parser p = { cl, err, err_len };

	*cl = (struct cmdline){ .pcap_loop = 1, .pkt_count = -1, .snaplen = -1,
		.ring_bytes = -1, .watchdog = -1, .log_id = -1, .umask = -1,
		.mpls_depth = CMDLINE_UNSET, .mpls_payload = -1 };
	if (!parse_options(&p, argc, argv))
		return false;
	if (cl->action != ACT_RUN)
		return true;
	cl->bpf = join_words(argc - optind, argv + optind);
	return check_together(&p);
}

void
cmdline_fini(struct cmdline *cl)
{
	free(cl->pcaps);
	free(cl->bpf);
	cl->pcaps = NULL;
	cl->bpf = NULL;
}

/* -- help --------------------------------------------------------------- */

static void
help_option(FILE *to, const struct cl_option *o)
{
	char left[64];
	int n = 0;

	n = snprintf(left, sizeof(left), "  ");
	if (o->letter)
		n += snprintf(left + n, sizeof(left) - (size_t)n, "-%c%s",
		    o->letter, o->long_name ? ", " : "");
	else
		n += snprintf(left + n, sizeof(left) - (size_t)n, "    ");
	if (o->long_name)
		n += snprintf(left + n, sizeof(left) - (size_t)n, "--%s",
		    o->long_name);
	if (o->arg)
		snprintf(left + n, sizeof(left) - (size_t)n, "%s%s",
		    o->arg[0] == '[' && o->long_name ? "" : " ", o->arg);
	if (strlen(left) > 28)
		fprintf(to, "%s\n%30s%s\n", left, "", o->help);
	else
		fprintf(to, "%-30s%s\n", left, o->help);
}

void
cmdline_help(FILE *to)
{
	fprintf(to,
	    "usage: aduana -c FILE -i IF | -r FILE   inspect with rules\n"
	    "       aduana -T -c FILE                check a configuration\n"
	    "       aduana [-vdeX] -i IF | -r FILE   print packets\n"
	    "       aduana -l DIR -i IF | -r FILE    log packets\n"
	    "       aduana block COMMAND --json --socket PATH\n"
	    "                                        what is blocked; see "
	    "aduana block --help\n"
	    "The last words are a packet filter as tcpdump takes it.\n");
	for (int g = 0; g < GROUP_COUNT; g++) {
		fprintf(to, "\n%s:\n", group_titles[g]);
		for (unsigned i = 0; i < ARRAY_LEN(options); i++)
			if ((int)options[i].group == g)
				help_option(to, &options[i]);
	}
}
