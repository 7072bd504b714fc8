/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line says wins over the configuration. */
#include <stdio.h>
#include <string.h>

#include "sensor/cmdline.h"

/* By enum alert_mode. */
static const struct mode {
	const char *output, *args;
} modes[] = {
	{ NULL, NULL }, /* ALERT_MODE_UNSET */
#define ALERT_MODE(ID, name, output, args, help) { output, args },
#include "sensor/alert_modes.def"
#undef ALERT_MODE
};

static void
apply_checksum(struct dec_conf *d, const char *mode)
{
	bool all = strcmp(mode, "none") != 0;

	d->csum_ip = all && strcmp(mode, "noip") != 0;
	d->csum_tcp = all && strcmp(mode, "notcp") != 0;
	d->csum_udp = all && strcmp(mode, "noudp") != 0;
	d->csum_icmp = all && strcmp(mode, "noicmp") != 0;
}

/* Snort's order is pass, drop, sdrop, reject, alert; with this the pass rules
 * are looked at after the alerts. */
static void
alert_before_pass(struct detect_conf *d)
{
	unsigned pass = d->n_order;

	for (unsigned i = 0; i < d->n_order; i++)
		if (d->order[i] == ACTION_PASS)
			pass = i;
	for (unsigned i = pass; i + 1 < d->n_order; i++) {
		uint16_t next = d->order[i + 1];

		d->order[i + 1] = d->order[i];
		d->order[i] = next;
		if (next == ACTION_ALERT)
			break;
	}
}

static void
apply_rules(const struct cmdline *cl, struct settings *s)
{
	struct detect_conf *d = &s->detect;

	if (cl->checksum)
		apply_checksum(&s->dec, cl->checksum);
	s->stateful |= cl->stateful;
	if (cl->alert_before_pass)
		alert_before_pass(d);
	d->treat_drop_as_alert |= cl->treat_drop_as_alert;
	d->treat_drop_as_ignore |= cl->treat_drop_as_ignore;
	d->process_all_events |= cl->process_all_events;
	if (cl->inline_test)
		s->policy = POLICY_INLINE_TEST;
	if (cl->rule_cache)
		d->cache_dir = cl->rule_cache;
	s->dec.mpls_multicast |= cl->mpls_multicast;
	if (cl->mpls_depth != CMDLINE_UNSET)
		s->dec.max_mpls_depth = (int)cl->mpls_depth;
	if (cl->mpls_payload == MPLS_PAYLOAD_IP4)
		s->dec.mpls_payload = MPLS_PAYLOAD_IP4;
	else if (cl->mpls_payload == MPLS_PAYLOAD_IP6)
		s->dec.mpls_payload = MPLS_PAYLOAD_IP6;
	else if (cl->mpls_payload == MPLS_PAYLOAD_ETH)
		s->dec.mpls_payload = MPLS_PAYLOAD_ETH;
	if (cl->log_id >= 0)
		s->event_id_base = (uint32_t)cl->log_id << 16;
}

static void
apply_source(const struct cmdline *cl, struct settings *s)
{
	if (cl->has_pcaps)
		s->interface = NULL;
	else if (cl->interface)
		s->interface = cl->interface;
	if (cl->bpf_file || cl->bpf)
		s->bpf_file = cl->bpf_file;
	if (cl->snaplen >= 0)
		s->snaplen = (uint32_t)cl->snaplen;
	if (cl->pkt_count >= 0)
		s->pkt_count = (uint64_t)cl->pkt_count;
	if (cl->ring_bytes > 0)
		s->ring_bytes = (uint32_t)cl->ring_bytes;
	s->no_promisc |= cl->no_promisc;
	if (cl->daq)
		s->daq = cl->daq;
	if (cl->daq_mode)
		s->daq_mode = cl->daq_mode;
}

static bool
is(const char *s, const char *what)
{
	return s && strcmp(s, what) == 0;
}

/*
 * Do packets wait for a verdict? As in Snort, a mode that was named goes before
 * -Q, but they must not contradict each other; a capture file can be asked
 * what would go on of it, whatever source the configuration names.
 */
static bool
apply_inline(const struct cmdline *cl, struct settings *s, char *err,
    size_t err_len)
{
	bool asked = cl->inline_mode || is(s->daq_mode, "inline");

	if (cl->n_daq_vars) {
		memcpy(s->daq_vars, cl->daq_vars, sizeof(cl->daq_vars));
		s->n_daq_vars = cl->n_daq_vars;
	}
	if (cl->on_failure)
		settings_failure_of(text_of(cl->on_failure), &s->on_failure);
	if (cl->fallback)
		settings_fallback_of(text_of(cl->fallback), &s->fallback_exit);
	if (cl->fallback_interface)
		s->fallback_interface = cl->fallback_interface;
	s->queues = cl->queues ? cl->queues : settings_daq_var(s, "queue");
	if (cl->inline_mode && s->daq_mode && !is(s->daq_mode, "inline")) {
		snprintf(err, err_len, "-Q and config daq_mode: %s exclude "
		    "each other", s->daq_mode);
		return false;
	}
	/* a configuration for inline, tried on a capture */
	if (cl->has_pcaps && !cl->inline_mode && !cl->daq_mode &&
	    !is(s->daq, "dump"))
		asked = false;
	if (!asked && (is(cl->daq, "nfq") || is(cl->daq, "dump"))) {
		snprintf(err, err_len, "--daq %s is inline: give -Q with it",
		    cl->daq);
		return false;
	}
	s->inline_source = asked;
	if (asked && !cl->has_pcaps && s->daq && !is(s->daq, "nfq")) {
		cmdline_say_inline(cl->conf, s->daq, err, err_len);
		return false;
	}
	return true;
}

/* Closed, what finds no room does not go on, where memory_policy does not say
 * otherwise. */
static void
settle_failure(struct settings *s)
{
	struct policy_conf *p = &s->track.policy;

	if (s->on_failure != FAILURE_CLOSED || !s->inline_source)
		return;
	for (unsigned i = 0; i < POLICY_POINTS; i++)
		if (!(p->named & POLICY_BIT(i)))
			p->action[i] = POLICY_ACT_DROP;
}

/* policy_mode says what is done where it can be done. */
static void
settle_enforcement(struct settings *s)
{
	s->enforce = s->policy == POLICY_INLINE_TEST ? ENFORCE_TEST :
	    s->inline_source && s->policy != POLICY_TAP ? ENFORCE_ALL :
	    ENFORCE_NOTHING;
}

static void
apply_formats(const struct cmdline *cl, struct settings *s)
{
	struct out_conf *o = &s->out;

	if (cl->log_dir)
		o->logdir = cl->log_dir;
	o->utc |= cl->utc;
	o->show_year |= cl->show_year;
	o->obfuscate |= cl->obfuscate;
	o->with_interface |= cl->with_interface;
	o->nostamps |= cl->nostamps;
	o->no_flush |= cl->no_flush;
	o->dump_link |= cl->dump_link;
	o->dump_payload |= cl->dump_payload;
	o->dump_hex_all |= cl->dump_hex_all;
	o->dump_chars |= cl->dump_chars;
	s->verbose |= cl->verbose;
	o->verbose = s->verbose;
	o->test = cl->test;
	if (cl->home.family) {
		o->home = cl->home;
		o->home_bits = cl->home_bits;
	}
	if (cl->obfuscate_net.family) {
		o->obfuscate_home = true;
		o->obfuscate_net = cl->obfuscate_net;
		o->obfuscate_bits = cl->obfuscate_bits;
	}
	s->no_log |= cl->no_log;
}

static void
apply_process(const struct cmdline *cl, struct settings *s)
{
	s->daemon |= cl->daemon;
	s->out.daemon = s->daemon;
	s->quiet |= cl->quiet;
	s->to_syslog |= cl->to_syslog;
	if (cl->user)
		s->user = cl->user;
	if (cl->group)
		s->group = cl->group;
	if (cl->chroot)
		s->chroot = cl->chroot;
	if (cl->umask >= 0)
		s->umask = cl->umask;
	if (cl->pid_path)
		s->pid_path = cl->pid_path;
	if (cl->pid_suffix)
		s->pid_suffix = cl->pid_suffix;
	s->create_pidfile |= cl->create_pidfile;
	s->nolock_pidfile |= cl->nolock_pidfile;
	s->no_interface_pidfile |= cl->no_interface_pidfile;
}

/* Removes the outputs that take any of the kinds; a ruletype's own stay. */
static void
remove_outputs(struct settings *s, unsigned kinds)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->n_outputs; i++)
		if (s->outputs[i].ruletype ||
		    !(s->outputs[i].ops->mask & kinds))
			s->outputs[kept++] = s->outputs[i];
	s->n_outputs = kept;
}

static bool
add_output(struct settings *s, struct arena *a, const char *name,
    const char *args, char *err, size_t err_len)
{
	struct output_setting o = { .ops = out_find(text_of(name)),
		.args = text_of(args) };

	if (!o.ops) {
		snprintf(err, err_len, "this build has no output %s; see "
		    "--list-outputs", name);
		return false;
	}
	settings_add_output(s, a, &o);
	return true;
}

/* The name of the log output that the command line asks for, NULL if none. */
static const char *
asked_log(const struct cmdline *cl)
{
	if (cl->log_mode == LOG_MODE_ASCII)
		return "log_ascii";
	if (cl->log_mode == LOG_MODE_PCAP || cl->log_binary || cl->log_file)
		return "log_tcpdump";
	return NULL;
}

static unsigned
output_kinds(const struct settings *s)
{
	unsigned kinds = 0;

	for (unsigned i = 0; i < s->n_outputs; i++)
		if (!s->outputs[i].ruletype)
			kinds |= s->outputs[i].ops->mask;
	return kinds;
}

static bool
apply_outputs(const struct cmdline *cl, struct settings *s, struct arena *a,
    char *err, size_t err_len)
{
	const struct mode *mode = &modes[cl->alert_mode];
	const char *log = asked_log(cl);
	/* what the command line spoke about, and what must stay silent */
	bool alerts = cl->alert_mode != ALERT_MODE_UNSET || cl->alert_syslog;
	bool no_alerts = cl->alert_mode == ALERT_MODE_NONE && !cl->alert_syslog;
	bool cmg = cl->alert_mode == ALERT_MODE_CMG ||
	    cl->alert_mode == ALERT_MODE_JH ||
	    cl->alert_mode == ALERT_MODE_DJR;
	bool no_log;
	unsigned missing;

	s->no_log |= cl->log_mode == LOG_MODE_NONE;
	no_log = s->no_log || (cmg && !log);
	if (!cl->conf && cl->log_dir && !log && !no_log)
		log = "log_tcpdump"; /* -l alone asks for a packet log */
	s->out.log_packets = !cl->conf && log;
	if ((s->verbose || (!cl->conf && !log && !no_log)) &&
	    !add_output(s, a, "sniffer", "", err, err_len))
		return false;
	if (alerts)
		remove_outputs(s, OUT_ALERT);
	if (log || no_log)
		remove_outputs(s, OUT_LOG);
	if (s->no_log)
		remove_outputs(s, OUT_SESSION);
	if (cmg)
		s->out.dump_link = s->out.dump_payload = true;
	if (mode->output &&
	    !add_output(s, a, mode->output, mode->args, err, err_len))
		return false;
	if (cl->alert_syslog &&
	    !add_output(s, a, "alert_syslog", "", err, err_len))
		return false;
	if (log && !no_log && !add_output(s, a, log, cl->log_file &&
	        strcmp(log, "log_tcpdump") == 0 ? cl->log_file : "", err,
	        err_len))
		return false;

	if (!cl->conf) /* without rules nothing alerts */
		return true;
	missing = (OUT_ALERT | OUT_LOG) & ~output_kinds(s);
	if (missing & OUT_ALERT && !no_alerts &&
	    !add_output(s, a, "alert_full", "", err, err_len))
		return false;
	if (missing & OUT_LOG && !no_log &&
	    !add_output(s, a, "log_tcpdump", "", err, err_len))
		return false;
	return true;
}

bool
cmdline_apply(const struct cmdline *cl, struct settings *s, struct arena *a,
    char *err, size_t err_len)
{
	apply_rules(cl, s);
	apply_source(cl, s);
	if (!apply_inline(cl, s, err, err_len))
		return false;
	settle_enforcement(s);
	settle_failure(s);
	apply_formats(cl, s);
	apply_process(cl, s);
	return apply_outputs(cl, s, a, err, err_len);
}
