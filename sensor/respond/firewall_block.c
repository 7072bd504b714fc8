/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/respond/firewall_block.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN FIREWALL_BLOCK_CHAIN
#define JUMP " -j " CHAIN

enum { FORWARD = 1, DOCKER_USER = 3 };

const char *const firewall_block_chains[FIREWALL_BLOCK_JUMPS] = { "INPUT",
	"FORWARD", "OUTPUT", "DOCKER-USER" };

/* Matches of the sets; the family's digit stands between. A connection is
 * stopped both ways. */
static const struct {
	const char *set, *match;
} set_rules[] = {
	{ "from", "src" },
	{ "to", "dst" },
	{ "conn", "src,dst,dst" },
	{ "conn", "dst,src,src" },
};

static void
set_rule(unsigned i, enum firewall_family family, char *out, size_t len)
{
	snprintf(out, len, "-m set --match-set aduana-%s%u %s -j DROP",
	    set_rules[i].set, family == FIREWALL_IP6 ? 6u : 4u,
	    set_rules[i].match);
}

/* Who may have undone it, by the chains they make. */
static const struct {
	const char *prefix, *name;
} makers[] = {
	{ "DOCKER", "docker" }, { "KUBE-", "kubernetes" },
	{ "ufw", "ufw" }, { "f2b-", "fail2ban" }, { "FWD", "firewalld" },
	{ "LIBVIRT_", "libvirt" }, { "cali-", "calico" },
	{ "shorewall", "shorewall" }, { "fw2zones", "shorewall" },
};

/* -- reading ---------------------------------------------------------------- */

static bool
begins(struct text t, const char *with)
{
	size_t n = strlen(with);

	return t.len >= n && memcmp(t.ptr, with, n) == 0;
}

/* "-A CHAIN rest": the chain, and *line the rest; empty: no rule. */
static struct text
rule_chain(struct text *line)
{
	if (!begins(*line, "-A "))
		return text_make(NULL, 0);
	line->ptr += 3;
	line->len -= 3;
	return text_cut(line, ' ');
}

/* What stands in a rule's comment, as an iptables-save may quote it. */
static struct text
comment_of(struct text rule)
{
	static const char mark[] = "--comment ";
	const char *at = rule.len ? memmem(rule.ptr, rule.len, mark,
	    sizeof(mark) - 1) : NULL;
	struct text t;

	if (!at)
		return text_make(NULL, 0);
	at += sizeof(mark) - 1;
	t = text_make(at, (size_t)(rule.ptr + rule.len - at));
	if (t.len && t.ptr[0] == '"') {
		t.ptr++;
		t.len--;
		return text_cut(&t, '"');
	}
	return text_cut(&t, ' ');
}

bool
firewall_block_is_ours(struct text line, struct text *comment)
{
	struct text rule = text_trim(line), chain = rule_chain(&rule);

	*comment = comment_of(rule);
	return text_is(chain, CHAIN);
}

static bool
drops(struct text rule)
{
	return rule.len > 8 && memcmp(rule.ptr + rule.len - 8, " -j DROP",
	    8) == 0;
}

/* Compares the chain's rules with what they are to be, one after the other. */
struct compare {
	const struct firewall_block *b;
	enum firewall_family family;
	struct text plain; /* lines to come */
	unsigned n;
	bool same;
};

static void
compare_rule(struct compare *c, struct text rule)
{
	char want[80];

	if (c->b->plain[c->family]) {
		struct text line = text_cut(&c->plain, '\n');

		c->same &= line.len && drops(rule) &&
		    text_eq(comment_of(line), comment_of(rule));
	} else if (c->n < ARRAY_LEN(set_rules)) {
		set_rule(c->n, c->family, want, sizeof(want));
		c->same &= text_is(rule, want);
	} else {
		c->same = false;
	}
	c->n++;
}

static bool
compare_end(const struct compare *c)
{
	return c->same && (c->b->plain[c->family] ? !c->plain.len :
	    c->n == ARRAY_LEN(set_rules));
}

static void
name_maker(struct firewall_block_state *s, struct text chain)
{
	for (unsigned i = 0; i < ARRAY_LEN(makers); i++) {
		size_t n = strlen(s->others);

		if (!begins(chain, makers[i].prefix) || strstr(s->others,
		    makers[i].name))
			continue;
		snprintf(s->others + n, sizeof(s->others) - n, "%s%s",
		    n ? ", " : "", makers[i].name);
	}
}

static void
chain_seen(struct firewall_block_state *s, struct text line)
{
	struct text chain;
	bool usual = false;

	line.ptr++;
	line.len--;
	chain = text_cut(&line, ' ');
	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++)
		if (text_is(chain, firewall_block_chains[i])) {
			s->at[i].exists = true;
			usual = i != DOCKER_USER && begins(line, "ACCEPT ");
		}
	if (text_is(chain, CHAIN))
		s->has_chain = true;
	s->is_empty &= usual;
	name_maker(s, chain);
}

static void
rule_seen(struct firewall_block_state *s, struct text chain,
    struct text rule, unsigned seen[FIREWALL_BLOCK_JUMPS])
{
	bool ours = text_is(rule, "-j " CHAIN);

	s->is_empty = false;
	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++) {
		if (!text_is(chain, firewall_block_chains[i]))
			continue;
		if (!seen[i]++ && !ours)
			snprintf(s->at[i].before, sizeof(s->at[i].before),
			    "%.*s", TEXT_ARG(rule));
		else if (seen[i] == 1)
			s->at[i].first = true;
		s->at[i].jumps += ours;
	}
}

void
firewall_block_parse(struct text save, enum firewall_family family,
    const struct firewall_block *b, struct firewall_block_state *s)
{
	struct compare c = { .b = b, .family = family, .same = true,
		.plain = text_of(b->plain[family]) };
	unsigned seen[FIREWALL_BLOCK_JUMPS] = { 0 };
	bool in_filter = false;

	*s = (struct firewall_block_state){ .is_empty = true };
	while (save.ptr) {
		struct text line = text_trim(text_cut(&save, '\n')), chain;

		if (line.len && line.ptr[0] == '*') {
			in_filter = text_is(line, "*filter");
			s->has_table |= in_filter;
		}
		if (!in_filter)
			continue;
		if (line.len && line.ptr[0] == ':')
			chain_seen(s, line);
		chain = rule_chain(&line);
		if (!chain.len)
			continue;
		rule_seen(s, chain, line, seen);
		if (text_is(chain, CHAIN))
			compare_rule(&c, line);
	}
	s->chain_whole = s->has_chain && compare_end(&c);
	/* Docker puts its chain first, in which we are: as good */
	if (s->at[DOCKER_USER].first && s->at[FORWARD].jumps &&
	    strcmp(s->at[FORWARD].before, "-j DOCKER-USER") == 0)
		s->at[FORWARD].first = true;
}

bool
firewall_block_is_whole(const struct firewall_block_state *s)
{
	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++)
		if (!s->at[i].first && (s->at[i].exists || i != DOCKER_USER))
			return false;
	return s->chain_whole;
}

/* -- writing ---------------------------------------------------------------- */

static void
print_chain(FILE *f, enum firewall_family family,
    const struct firewall_block *b)
{
	char rule[80];

	fputs(":" CHAIN " - [0:0]\n", f);
	if (b->plain[family]) {
		fputs(b->plain[family], f);
		return;
	}
	for (unsigned i = 0; i < ARRAY_LEN(set_rules); i++) {
		set_rule(i, family, rule, sizeof(rule));
		fprintf(f, "-A " CHAIN " %s\n", rule);
	}
}

static void
print_unjump(FILE *f, const struct firewall_block_state *s, unsigned i)
{
	for (unsigned n = 0; n < s->at[i].jumps; n++)
		fprintf(f, "-D %s" JUMP "\n", firewall_block_chains[i]);
}

void
firewall_block_print(FILE *f, enum firewall_family family,
    const struct firewall_block *b, const struct firewall_block_state *s)
{
	fputs("*filter\n", f);
	print_chain(f, family, b);
	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++) {
		if (s->at[i].first || (i == DOCKER_USER && !s->at[i].exists))
			continue;
		print_unjump(f, s, i);
		fprintf(f, "-I %s 1" JUMP "\n", firewall_block_chains[i]);
	}
	fputs("COMMIT\n", f);
}

void
firewall_block_print_removal(FILE *f, const struct firewall_block_state *s)
{
	fputs("*filter\n", f);
	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++)
		print_unjump(f, s, i);
	if (s->has_chain)
		fputs("-F " CHAIN "\n-X " CHAIN "\n", f);
	fputs("COMMIT\n", f);
}

/* Does our jump come in the chain, in what follows of its table? */
static bool
jump_follows(struct text rest, struct text chain)
{
	while (rest.ptr) {
		struct text line = text_trim(text_cut(&rest, '\n'));

		if (text_is(line, "COMMIT"))
			return false;
		if (text_eq(rule_chain(&line), chain) &&
		    text_is(line, "-j " CHAIN))
			return true;
	}
	return false;
}

static bool
has_word(struct text line, const char *word)
{
	while (line.ptr) {
		struct text w = text_word(&line);

		if (!w.len)
			return false;
		if (text_is(w, word))
			return true;
	}
	return false;
}

void
firewall_block_mark(FILE *f, struct text save)
{
	while (save.len) {
		struct text line = text_trim(text_cut(&save, '\n')),
		    rule = line, chain = rule_chain(&rule);
		const char *mark = "  ";

		if (!line.len || line.ptr[0] == '#')
			continue;
		if (has_word(line, CHAIN) || begins(line, ":" CHAIN " "))
			mark = "= ";
		else if (chain.len && jump_follows(save, chain))
			mark = "< ";
		fprintf(f, "%s%.*s\n", mark, TEXT_ARG(line));
	}
}

/* -- the kernel ------------------------------------------------------------- */

static bool
state_of(const struct firewall_block *b, enum firewall_family family,
    struct firewall_block_state *s, char *err, size_t err_len)
{
	struct buf said;
	bool ok;

	buf_init(&said, FIREWALL_OUTPUT_MAX);
	ok = firewall_save(family, b->backend, "filter", &said, err, err_len);
	if (ok && said.truncated) {
		snprintf(err, err_len, "the table filter has too many rules "
		    "to be read");
		ok = false;
	}
	if (ok)
		firewall_block_parse(text_make(said.ptr, said.len), family, b,
		    s);
	buf_fini(&said);
	return ok;
}

static bool
restore_state(const struct firewall_block *b, enum firewall_family family,
    const struct firewall_block_state *s, bool remove, char *err,
    size_t err_len)
{
	char *rules = NULL;
	size_t len;
	FILE *f = open_memstream(&rules, &len);
	bool ok;

	if (!f) {
		snprintf(err, err_len, "out of memory");
		return false;
	}
	if (remove)
		firewall_block_print_removal(f, s);
	else
		firewall_block_print(f, family, b, s);
	fclose(f);
	ok = firewall_restore(family, b->backend, rules, err, err_len);
	free(rules);
	return ok;
}

static bool
is_left_out(const struct firewall_block *b, enum firewall_family family)
{
	return b->no_ip6 && family == FIREWALL_IP6;
}

bool
firewall_block_install(struct firewall_block *b, char *err, size_t err_len)
{
	struct firewall_block_state s;

	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		if (is_left_out(b, i))
			continue;
		if (!state_of(b, i, &s, err, err_len))
			return false;
		b->had_no_table[i] = !s.has_table;
		if (!restore_state(b, i, &s, false, err, err_len))
			return false;
	}
	return true;
}

static void
say_wrong(const struct firewall_block_state *s, enum firewall_family family,
    char *err, size_t err_len)
{
	const char *ip = family == FIREWALL_IP6 ? "ip6tables" : "iptables";

	if (!s->has_chain) {
		snprintf(err, err_len, "%s: the chain " CHAIN " is gone", ip);
		return;
	}
	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++) {
		if (s->at[i].first || (!s->at[i].exists && i == DOCKER_USER))
			continue;
		if (!s->at[i].jumps)
			snprintf(err, err_len, "%s: the jump of %s is gone%s%s",
			    ip, firewall_block_chains[i], s->others[0] ?
			    "; chains are here of: " : "", s->others);
		else
			snprintf(err, err_len, "%s: \"%s\" was put before the "
			    "jump of %s%s%s", ip, s->at[i].before,
			    firewall_block_chains[i], s->others[0] ?
			    "; chains are here of: " : "", s->others);
		return;
	}
	snprintf(err, err_len, "%s: the rules of " CHAIN " were changed", ip);
}

enum firewall_block_found
firewall_block_check(struct firewall_block *b, bool mend, char *err,
    size_t err_len)
{
	enum firewall_block_found found = FIREWALL_BLOCK_WHOLE;
	struct firewall_block_state s;
	char why[FIREWALL_BLOCK_LINE];

	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		if (is_left_out(b, i))
			continue;
		if (!state_of(b, i, &s, err, err_len))
			return FIREWALL_BLOCK_BROKEN;
		if (firewall_block_is_whole(&s))
			continue;
		say_wrong(&s, i, err, err_len);
		if (!mend)
			return FIREWALL_BLOCK_BROKEN;
		if (!restore_state(b, i, &s, false, why, sizeof(why))) {
			snprintf(err, err_len, "%s", why);
			return FIREWALL_BLOCK_BROKEN;
		}
		found = FIREWALL_BLOCK_MENDED;
	}
	return found;
}

bool
firewall_block_refill(struct firewall_block *b, char *err, size_t err_len)
{
	/* as if all else were in place: only the chain is written */
	struct firewall_block_state s = { .has_chain = true };

	for (unsigned i = 0; i < FIREWALL_BLOCK_JUMPS; i++)
		s.at[i].first = true;
	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++)
		if (!is_left_out(b, i) &&
		    !restore_state(b, i, &s, false, err, err_len))
			return false;
	return true;
}

/* -- a table that was not there --------------------------------------------- */

static bool
is_nft(const struct firewall_block *b, enum firewall_family family)
{
	static const char *const words[] = { "iptables-restore", "--version",
		NULL };
	struct buf said;
	char path[64];
	bool nft;

	buf_init(&said, FIREWALL_OUTPUT_MAX);
	nft = firewall_program(family, b->backend, "-restore", path,
	    sizeof(path)) && firewall_run(path, words, NULL, &said) &&
	    said.len && memmem(said.ptr, said.len, "nf_tables", 9);
	buf_fini(&said);
	return nft;
}

static struct nlmsghdr *
put_message(uint8_t *at, uint16_t type, uint8_t family, uint16_t subsystem,
    uint16_t flags)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(at);
	struct nfgenmsg *g;

	h->nlmsg_type = type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = family;
	g->version = NFNETLINK_V0;
	g->res_id = htons(subsystem);
	return h;
}

/* What iptables-nft makes when the first rule comes and leaves for ever: the
 * table filter, empty. No program of iptables takes it away. */
static void
delete_table(enum firewall_family family)
{
	uint8_t out[512];
	struct nlmsghdr *h;
	size_t n = 0;
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_NETFILTER,
	    SOCK_CLOEXEC);

	if (!nl)
		return;
	h = put_message(out, NFNL_MSG_BATCH_BEGIN, AF_UNSPEC,
	    NFNL_SUBSYS_NFTABLES, 0);
	n += NLMSG_ALIGN(h->nlmsg_len);
	h = put_message(out + n, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE,
	    family == FIREWALL_IP6 ? NFPROTO_IPV6 : NFPROTO_IPV4, 0, 0);
	mnl_attr_put_strz(h, NFTA_TABLE_NAME, "filter");
	n += NLMSG_ALIGN(h->nlmsg_len);
	h = put_message(out + n, NFNL_MSG_BATCH_END, AF_UNSPEC,
	    NFNL_SUBSYS_NFTABLES, 0);
	n += NLMSG_ALIGN(h->nlmsg_len);
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0)
		(void)mnl_socket_sendto(nl, out, n);
	mnl_socket_close(nl);
}

bool
firewall_block_remove(struct firewall_block *b, char *err, size_t err_len)
{
	struct firewall_block_state s;
	bool ok = true;

	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		bool left = false;

		if (is_left_out(b, i))
			continue;
		if (!state_of(b, i, &s, err, err_len)) {
			ok = false;
			continue;
		}
		for (unsigned k = 0; k < FIREWALL_BLOCK_JUMPS; k++)
			left |= s.at[k].jumps != 0;
		if ((left || s.has_chain) && (!restore_state(b, i, &s, true,
		    err, err_len) || !state_of(b, i, &s, err, err_len) ||
		    s.has_chain)) {
			ok = false;
			continue;
		}
		if (b->had_no_table[i] && s.is_empty && is_nft(b, i))
			delete_table(i);
	}
	return ok;
}

/* -- for people ------------------------------------------------------------- */

static void
where_of(FILE *f, enum firewall_family family, const char *backend)
{
	char path[64], err[FIREWALL_BLOCK_LINE];
	struct buf said;

	if (!firewall_program(family, backend, "-save", path, sizeof(path)))
		return;
	fprintf(f, "# %s, %s\n", family == FIREWALL_IP6 ? "IPv6" : "IPv4",
	    strrchr(path, '/') + 1);
	buf_init(&said, FIREWALL_OUTPUT_MAX);
	if (!firewall_save(family, backend, NULL, &said, err, sizeof(err)))
		fprintf(f, "# %s\n", err);
	else
		firewall_block_mark(f, text_make(said.ptr, said.len));
	if (said.truncated)
		fputs("# cut off: there are more rules\n", f);
	buf_fini(&said);
}

void
firewall_block_where(const struct firewall_block *b, FILE *f)
{
	char path[64];

	for (enum firewall_family i = 0; i < FIREWALL_FAMILIES; i++) {
		bool both = firewall_program(i, "nft", "-save", path,
		    sizeof(path)) && firewall_program(i, "legacy", "-save",
		    path, sizeof(path));

		if (is_left_out(b, i))
			continue;
		if (!both) {
			where_of(f, i, b->backend);
			continue;
		}
		where_of(f, i, "nft");
		where_of(f, i, "legacy");
	}
}
