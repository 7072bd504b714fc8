/* SPDX-License-Identifier: GPL-2.0-or-later */
/* preprocessor dcerpc2 and dcerpc2_server (Snort's README.dcerpc2). */
#include <string.h>

#include "decoders/app/dce.h"
#include "sensor/applier.h"

enum {
	KB = 1024,
	MEMCAP_MIN = 1024, MEMCAP_MAX = 4194303, /* in KB */
	FRAG_MIN = 1514,
	FILE_DEPTH = 16384,
	MAX_CHAIN = 3,
};

static const uint16_t smb_ports[] = { 139, 445 };
static const uint16_t epm_ports[] = { 135 };
static const uint16_t http_ports[] = { 593 };
static const struct {
	const uint16_t *ports;
	unsigned n;
} default_ports[DCE_TRANSPORTS] = {
	[DCE_SMB] = { smb_ports, ARRAY_LEN(smb_ports) },
	[DCE_TCP] = { epm_ports, ARRAY_LEN(epm_ports) },
	[DCE_UDP] = { epm_ports, ARRAY_LEN(epm_ports) },
	[DCE_HTTP_SERVER] = { http_ports, ARRAY_LEN(http_ports) },
};

struct word {
	const char *name;
	unsigned value;
};

/* -- words ------------------ */

/* The next word: blanks and commas part them, a bracket is one of its own,
 * quotes hold one together. */
static struct text
next_word(struct text *rest)
{
	struct text t = *rest, word;
	size_t n = 0;
	bool quoted;

	while (t.len && (text_is_blank(t.ptr[0]) || t.ptr[0] == ','))
		t.ptr++, t.len--;
	quoted = t.len && t.ptr[0] == '"';
	if (quoted)
		t.ptr++, t.len--;
	while (n < t.len && (quoted ? t.ptr[n] != '"' :
	    !text_is_blank(t.ptr[n]) && !strchr(",[]", t.ptr[n])))
		n++;
	if (!n && t.len && !quoted)
		n = 1; /* a bracket */
	word = text_make(t.ptr, n);
	n += quoted && n < t.len;
	*rest = text_make(t.ptr ? t.ptr + n : NULL, t.len - n);
	return word;
}

static struct text
peek_word(const struct text *rest)
{
	struct text ahead = *rest;

	return next_word(&ahead);
}

/* word, or [word, word ...]: item returns false after an error. */
static bool
each(struct applier *a, struct text *rest,
    bool (*item)(struct applier *a, struct text *rest, void *arg), void *arg)
{
	if (!text_is(peek_word(rest), "["))
		return item(a, rest, arg);
	next_word(rest);
	while (!text_is(peek_word(rest), "]")) {
		if (!peek_word(rest).len) {
			applier_bad(a, *rest, "the list has no end: a ']' is "
			    "missing");
			return false;
		}
		if (!item(a, rest, arg))
			return false;
	}
	next_word(rest);
	return true;
}

static bool
number(struct applier *a, struct text *rest, int64_t min, int64_t max,
    int64_t *v)
{
	struct text word = next_word(rest);

	if (text_to_i64(word, min, max, v))
		return true;
	applier_bad(a, word, "a number in the option's range belongs here");
	return false;
}

static bool
find_word(const struct word *words, unsigned n, struct text t, unsigned *v)
{
	for (unsigned i = 0; i < n; i++)
		if (text_is_nocase(t, words[i].name)) {
			*v = words[i].value;
			return true;
		}
	return false;
}

/* -- the configuration ------------------ */

static const enum app_id apps[] = { APP_SMB, APP_DCE, APP_DCE_UDP };

/* The one under construction, which all three parsers have. */
static struct dce_conf *
dce_conf(struct applier *a)
{
	struct app_proto_conf *smb = &a->s->track.app.proto[APP_SMB];
	struct dce_conf *c;

	if (smb->on)
		return (struct dce_conf *)(uintptr_t)smb->conf;
	c = applier_proto(a, APP_SMB, sizeof(*c), NULL, 0);
	c->servers = NULL;
	c->n_servers = 0;
	for (unsigned i = 1; i < ARRAY_LEN(apps); i++)
		a->s->track.app.proto[apps[i]] =
		    (struct app_proto_conf){ .on = true, .conf = c };
	return c;
}

static uint8_t *
ports_of(struct applier *a, const uint8_t *old)
{
	uint8_t *bits = applier_ports(a, NULL, 0);

	if (old)
		memcpy(bits, old, PORT_BITMAP_BYTES);
	return bits;
}

static void
add_ports(uint8_t *all, const uint8_t *some)
{
	for (unsigned i = 0; some && i < PORT_BITMAP_BYTES; i++)
		all[i] |= some[i];
}

/* Where servers are expected: together what their lines say. */
static void
set_ports(struct applier *a, const struct dce_conf *c)
{
	static const enum app_id app_of[DCE_TRANSPORTS] = {
		[DCE_SMB] = APP_SMB, [DCE_TCP] = APP_DCE,
		[DCE_UDP] = APP_DCE_UDP, [DCE_HTTP_SERVER] = APP_DCE };

	for (unsigned i = 0; i < ARRAY_LEN(apps); i++) {
		a->s->track.app.proto[apps[i]].ports =
		    applier_ports(a, NULL, 0);
		a->s->track.app.proto[apps[i]].guess_ports =
		    applier_ports(a, NULL, 0);
	}
	for (unsigned t = 0; t < DCE_TRANSPORTS; t++) {
		struct app_proto_conf *p =
		    &a->s->track.app.proto[app_of[t]];

		for (unsigned i = 0; i < c->n_servers; i++) {
			add_ports((uint8_t *)(uintptr_t)p->ports,
			    c->servers[i].detect[t]);
			add_ports((uint8_t *)(uintptr_t)p->guess_ports,
			    c->servers[i].autodetect[t]);
		}
	}
}

static uint8_t *
range(struct applier *a, unsigned from)
{
	uint8_t *bits = applier_ports(a, NULL, 0);

	for (unsigned i = from; i <= UINT16_MAX; i++)
		bits[i >> 3] |= (uint8_t)(1 << (i & 7));
	return bits;
}

static struct dce_server_conf *
add_server(struct applier *a, struct dce_conf *c)
{
	struct dce_server_conf *all = settings_grow(&a->t->arena,
	    (void *)(uintptr_t)c->servers, c->n_servers, sizeof(*all));
	struct dce_server_conf *s = &all[c->n_servers];

	*s = (struct dce_server_conf){ .versions = DCE_SMB_ALL,
		.smb_max_chain = MAX_CHAIN, .file_depth = FILE_DEPTH };
	for (unsigned t = 0; t < DCE_TRANSPORTS; t++) {
		s->detect[t] = applier_ports(a, default_ports[t].ports,
		    default_ports[t].n);
		if (t != DCE_SMB)
			s->autodetect[t] = range(a, 1025);
	}
	c->servers = all;
	c->n_servers++;
	return s;
}

/* -- dcerpc2 ------------------ */

static bool
take_event(struct applier *a, struct text *rest, void *arg)
{
	static const struct word words[] = { { "none", 0 },
		{ "all", DCE_EVENTS_ALL }, { "memcap", DCE_EVENTS_MEMCAP },
		{ "smb", DCE_EVENTS_SMB }, { "co", DCE_EVENTS_CO },
		{ "cl", DCE_EVENTS_CL } };
	struct text word = next_word(rest);
	uint8_t *events = arg;
	unsigned v;

	if (!find_word(words, ARRAY_LEN(words), word, &v)) {
		applier_bad(a, word, "memcap, smb, co, cl, all or none");
		return false;
	}
	*events |= (uint8_t)v;
	return true;
}

static bool
take_fingerprint(struct applier *a, struct text *rest, uint8_t *fingerprint)
{
	static const struct word words[] = { { "none", 0 },
		{ "client", DCE_FINGERPRINT_CLIENT },
		{ "server", DCE_FINGERPRINT_SERVER },
		{ "both", DCE_FINGERPRINT_CLIENT | DCE_FINGERPRINT_SERVER } };
	struct text word = next_word(rest);
	unsigned v;

	if (!find_word(words, ARRAY_LEN(words), word, &v)) {
		applier_bad(a, word, "client, server, both or none");
		return false;
	}
	*fingerprint = (uint8_t)v;
	return true;
}

static bool
take_global(struct applier *a, struct dce_conf *c, struct text word,
    struct text *rest)
{
	int64_t n;

	if (text_is_nocase(word, "memcap")) {
		if (!number(a, rest, MEMCAP_MIN, MEMCAP_MAX, &n))
			return false;
		c->memcap = (uint64_t)n * KB;
	} else if (text_is_nocase(word, "disable_defrag")) {
		c->defrag = false;
	} else if (text_is_nocase(word, "max_frag_len")) {
		if (!number(a, rest, FRAG_MIN, UINT16_MAX, &n))
			return false;
		c->max_frag_len = (uint32_t)n;
	} else if (text_is_nocase(word, "events")) {
		return each(a, rest, take_event, &c->events);
	} else if (text_is_nocase(word, "reassemble_threshold")) {
		if (!number(a, rest, 0, UINT16_MAX, &n))
			return false;
		c->reassemble_threshold = (uint32_t)n;
	} else if (text_is_nocase(word, "smb_fingerprint_policy")) {
		return take_fingerprint(a, rest, &c->fingerprint);
	} else if (text_is_nocase(word, "smb_legacy_mode")) {
		c->smb1_only = true;
	} else if (text_is_nocase(word, "disabled")) {
		for (unsigned i = 0; i < ARRAY_LEN(apps); i++)
			a->s->track.app.proto[apps[i]].on = false;
	} else {
		applier_bad(a, word, "memcap, disable_defrag, max_frag_len, "
		    "events, reassemble_threshold, smb_fingerprint_policy, "
		    "smb_legacy_mode or disabled");
		return false;
	}
	return true;
}

void
config_dcerpc2(struct applier *a)
{
	struct text rest = a->d->args, word;
	struct dce_conf *c;

	if (a->s->track.app.proto[APP_SMB].on) {
		applier_bad(a, a->d->args, "stands twice, or behind "
		    "dcerpc2_server: it comes first and once");
		return;
	}
	c = dce_conf(a);
	/* until a dcerpc2_server line speaks of servers */
	add_server(a, c);
	set_ports(a, c);
	a->dcerpc2.implied = true;
	while ((word = next_word(&rest)).len)
		if (!take_global(a, c, word, &rest))
			return;
}

/* -- dcerpc2_server ------------------ */

static bool
take_net(struct applier *a, struct text *rest, void *arg)
{
	struct dce_server_conf *s = arg;
	struct dce_net *nets = settings_grow(&a->t->arena,
	    (void *)(uintptr_t)s->nets, s->n_nets, sizeof(*nets));
	struct dce_net *net = &nets[s->n_nets];
	struct text word = next_word(rest), bits = word;
	struct text addr = text_cut(&bits, '/');
	int64_t n;

	if (!ipaddr_parse(addr, &net->addr)) {
		applier_bad(a, word, "an address or a network belongs here");
		return false;
	}
	n = net->addr.family == 4 ? 32 : 128;
	if (bits.ptr && !text_to_i64(bits, 0, n, &n)) {
		applier_bad(a, word, "the network's length is wrong");
		return false;
	}
	net->bits = (uint8_t)n;
	s->nets = nets;
	s->n_nets++;
	return true;
}

/* 135, 1025:, :1024, 1024:2000 */
static bool
take_port(struct applier *a, struct text *rest, void *arg)
{
	struct text word = next_word(rest), hi = word;
	struct text lo = text_cut(&hi, ':');
	int64_t from = 0, to = UINT16_MAX;
	uint8_t *bits = arg;
	bool ok = !lo.len || text_to_i64(lo, 0, UINT16_MAX, &from);

	if (!hi.ptr)
		to = from;
	else if (hi.len)
		ok = ok && text_to_i64(hi, 0, UINT16_MAX, &to);
	if (!ok || from > to || (!lo.len && !hi.len)) {
		applier_bad(a, word, "a port or a range of them belongs "
		    "here");
		return false;
	}
	for (int64_t i = from; i <= to; i++)
		bits[i >> 3] |= (uint8_t)(1 << (i & 7));
	return true;
}

static bool
is_port(struct text t)
{
	return t.len && (t.ptr[0] == '[' || t.ptr[0] == ':' ||
	    (t.ptr[0] >= '0' && t.ptr[0] <= '9'));
}

struct transports {
	const uint8_t **bits;
	bool autodetect;
};

/* smb, tcp 135, udp [135, 1025:] ... */
static bool
take_transport(struct applier *a, struct text *rest, void *arg)
{
	static const struct word words[] = { { "smb", DCE_SMB },
		{ "tcp", DCE_TCP }, { "udp", DCE_UDP },
		{ "rpc-over-http-server", DCE_HTTP_SERVER },
		/* a proxy's tunnel is not looked into */
		{ "rpc-over-http-proxy", DCE_TRANSPORTS },
		{ "none", DCE_TRANSPORTS + 1 } };
	struct transports *t = arg;
	struct text word = next_word(rest);
	uint8_t *bits;
	unsigned v;

	if (!find_word(words, ARRAY_LEN(words), word, &v)) {
		applier_bad(a, word, "smb, tcp, udp, rpc-over-http-server, "
		    "rpc-over-http-proxy or none");
		return false;
	}
	if (v > DCE_TRANSPORTS)
		return true;
	bits = ports_of(a, v < DCE_TRANSPORTS ? t->bits[v] : NULL);
	if (is_port(peek_word(rest))) {
		if (!each(a, rest, take_port, bits))
			return false;
	} else if (v < DCE_TRANSPORTS) {
		add_ports(bits, t->autodetect ? range(a, 1025) :
		    applier_ports(a, default_ports[v].ports,
		    default_ports[v].n));
	}
	if (v < DCE_TRANSPORTS)
		t->bits[v] = bits;
	return true;
}

static bool
take_share(struct applier *a, struct text *rest, void *arg)
{
	struct dce_server_conf *s = arg;
	struct text *shares = settings_grow(&a->t->arena,
	    (void *)(uintptr_t)s->shares, s->n_shares, sizeof(*shares));

	shares[s->n_shares++] = next_word(rest);
	s->shares = shares;
	return true;
}

static bool
take_files(struct applier *a, struct text *rest, void *arg)
{
	static const struct word words[] = { { "off", DCE_FILES_OFF },
		{ "on", DCE_FILES_ON }, { "only", DCE_FILES_ONLY } };
	struct dce_server_conf *s = arg;
	struct text word = next_word(rest);
	unsigned v;
	int64_t n;

	if (text_is_nocase(word, "file-depth")) {
		if (!number(a, rest, -1, INT32_MAX, &n))
			return false;
		s->file_depth = (int32_t)n;
		return true;
	}
	if (!find_word(words, ARRAY_LEN(words), word, &v)) {
		applier_bad(a, word, "off, on or only, and file-depth N");
		return false;
	}
	s->files = (uint8_t)v;
	return true;
}

static bool
take_version(struct applier *a, struct text *rest, void *arg)
{
	static const struct word words[] = { { "all", DCE_SMB_ALL },
		{ "v1", DCE_SMB_1 }, { "v2", DCE_SMB_2 } };
	struct dce_server_conf *s = arg;
	struct text word = next_word(rest);
	unsigned v;

	if (!find_word(words, ARRAY_LEN(words), word, &v)) {
		applier_bad(a, word, "all, v1 or v2");
		return false;
	}
	s->versions |= (uint8_t)v;
	return true;
}

static bool
take_policy(struct applier *a, struct text *rest, uint8_t *policy)
{
	static const struct word words[] = { { "WinXP", DCE_WIN_XP },
		{ "Win2000", DCE_WIN_2000 }, { "Win2003", DCE_WIN_2003 },
		{ "WinVista", DCE_WIN_VISTA }, { "Win2008", DCE_WIN_2008 },
		{ "Win7", DCE_WIN_7 }, { "Samba", DCE_SAMBA },
		{ "Samba-3.0.37", DCE_SAMBA_3_0_37 },
		{ "Samba-3.0.22", DCE_SAMBA_3_0_22 },
		{ "Samba-3.0.20", DCE_SAMBA_3_0_20 } };
	struct text word = next_word(rest);
	unsigned v;

	if (!find_word(words, ARRAY_LEN(words), word, &v)) {
		applier_bad(a, word, "Win2000, Win2003, WinXP, WinVista, "
		    "Win2008, Win7, Samba, Samba-3.0.37, Samba-3.0.22 or "
		    "Samba-3.0.20");
		return false;
	}
	*policy = (uint8_t)v;
	return true;
}

static bool
take_option(struct applier *a, struct dce_server_conf *s, struct text word,
    struct text *rest)
{
	struct transports t = { s->detect, false };
	int64_t n;

	if (text_is_nocase(word, "policy"))
		return take_policy(a, rest, &s->policy);
	if (text_is_nocase(word, "detect") ||
	    text_is_nocase(word, "autodetect")) {
		/* what is named is all there is */
		t.autodetect = text_is_nocase(word, "autodetect");
		if (t.autodetect)
			t.bits = s->autodetect;
		memset(t.bits, 0, sizeof(s->detect));
		return each(a, rest, take_transport, &t);
	}
	if (text_is_nocase(word, "smb_max_chain")) {
		if (!number(a, rest, 0, UINT8_MAX, &n))
			return false;
		s->smb_max_chain = (uint8_t)n;
		return true;
	}
	if (text_is_nocase(word, "smb_invalid_shares"))
		return each(a, rest, take_share, s);
	if (text_is_nocase(word, "valid_smb_versions")) {
		s->versions = 0;
		return each(a, rest, take_version, s);
	}
	if (text_is_nocase(word, "smb_file_inspection")) {
		bool ok = each(a, rest, take_files, s);

		while (ok && text_is_nocase(peek_word(rest), "file-depth"))
			ok = take_files(a, rest, s);
		return ok;
	}
	if (text_is_nocase(word, "no_autodetect_http_proxy_ports"))
		return true;
	applier_bad(a, word, "policy, detect, autodetect, smb_max_chain, "
	    "smb_invalid_shares, smb_file_inspection, valid_smb_versions or "
	    "no_autodetect_http_proxy_ports");
	return false;
}

void
config_dcerpc2_server(struct applier *a)
{
	struct text rest = a->d->args, word = next_word(&rest);
	struct dce_conf *c = dce_conf(a);
	struct dce_server_conf *s;

	/* the first line replaces what dcerpc2 alone means */
	if (a->dcerpc2.implied) {
		a->dcerpc2.implied = false;
		c->servers = NULL;
		c->n_servers = 0;
	}
	s = add_server(a, c);
	if (text_is_nocase(word, "net")) {
		if (!each(a, &rest, take_net, s))
			return;
	} else if (!text_is_nocase(word, "default")) {
		applier_bad(a, word, "default, or net and addresses");
		return;
	}
	while ((word = next_word(&rest)).len)
		if (!take_option(a, s, word, &rest))
			return;
	if (s->files != DCE_FILES_OFF)
		a->s->detect.opt.has |= RULE_NEEDS_FILE_DATA;
	set_ports(a, c);
}
