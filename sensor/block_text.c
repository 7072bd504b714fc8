/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/block_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

void
block_put_time(struct buf *b, struct mtime t)
{
	time_t sec = (time_t)mtime_sec(t);
	struct tm tm;
	char text[40];

	if (!localtime_r(&sec, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm))
		snprintf(text, sizeof(text), "%lld", (long long)sec);
	buf_puts(b, text);
}

static void
put_json_time(struct buf *b, const char *name, struct mtime t)
{
	buf_printf(b, ",\"%s\":\"", name);
	block_put_time(b, t);
	buf_putc(b, '"');
}

static const char *
how_name(const struct block *k)
{
	return k->key.kind == BLOCK_CONN ? "conn" :
	    k->key.how == BLOCK_FROM ? "in" :
	    k->key.how == BLOCK_TO ? "out" : "either";
}

static const char *
state_name(const struct block *k)
{
	static const char *const names[] = {
		[BLOCK_STATE_FREE] = "free", [BLOCK_STATE_DRY] = "would block",
		[BLOCK_STATE_ASKED] = "asked", [BLOCK_STATE_HELD] = "in force",
		[BLOCK_STATE_LEAVING] = "leaving",
	};

	return names[k->state];
}

static const struct ipaddr *
peer_of(const struct block *k)
{
	return k->of_peer ? &k->key.addr : &k->key.peer;
}

static unsigned
port_of(const struct block *k)
{
	return (unsigned)k->key.port[0] << 8 | k->key.port[1];
}

/* Text for a terminal: nothing in it moves the cursor. */
static void
put_plain(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_putc(b, (unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s);
}

void
block_put_row(struct buf *b, const struct block *k)
{
	char addr[IPADDR_TEXT_MAX], peer[IPADDR_TEXT_MAX], rule[40] = "-";
	size_t begin;

	if (k->why.gid)
		snprintf(rule, sizeof(rule), "%u:%u", k->why.gid, k->why.sid);
	buf_printf(b, "%-39s %-6s ", ipaddr_print(block_who(k), addr),
	    how_name(k));
	begin = b->len;
	if (k->until.ns)
		block_put_time(b, k->until);
	else
		buf_puts(b, "for ever");
	while (b->len < begin + 25 && !b->truncated)
		buf_putc(b, ' ');
	buf_printf(b, "%-14s %-9s %-11s ", rule, block_evidence_name(
	    (enum block_evidence)k->why.evidence), state_name(k));
	put_plain(b, k->why.msg);
	if (k->key.kind == BLOCK_CONN)
		buf_printf(b, " (with %s, protocol %u, port %u)", ipaddr_print(
		    peer_of(k), peer), k->key.proto, port_of(k));
	buf_putc(b, '\n');
}

void
block_put_json(struct buf *b, const struct block *k)
{
	const struct block_why *w = &k->why;
	char addr[IPADDR_TEXT_MAX];

	buf_printf(b, "{\"address\":\"%s\",\"kind\":\"%s\"",
	    ipaddr_print(block_who(k), addr), k->key.kind == BLOCK_CONN ?
	    "connection" : "address");
	buf_printf(b, ",\"direction\":\"%s\",\"state\":\"%s\"",
	    k->key.kind == BLOCK_CONN ? "either" : how_name(k),
	    state_name(k));
	if (k->key.kind == BLOCK_CONN)
		buf_printf(b, ",\"peer\":\"%s\",\"proto\":%u,\"port\":%u",
		    ipaddr_print(peer_of(k), addr), k->key.proto, port_of(k));
	buf_printf(b, ",\"evidence\":\"%s\",\"asked_by\":\"%s\"",
	    block_evidence_name((enum block_evidence)w->evidence),
	    block_asker_name((enum block_asker)w->asker));
	put_json_time(b, "since", k->made);
	if (k->until.ns)
		put_json_time(b, "until", k->until);
	buf_printf(b, ",\"permanent\":%s,\"times_before\":%u,\"repeats\":%u",
	    k->until.ns ? "false" : "true", k->times, k->repeats);
	if (k->latency_ns)
		buf_printf(b, ",\"latency_us\":%" PRIu64,
		    k->latency_ns / 1000);
	if (w->gid) {
		buf_printf(b, ",\"gid\":%u,\"sid\":%u,\"rev\":%u,"
		    "\"priority\":%u,\"msg\":", w->gid, w->sid, w->rev,
		    w->priority);
		buf_putjson(b, text_of(w->msg));
		buf_puts(b, ",\"class\":");
		buf_putjson(b, text_of(w->class));
	}
	if (w->dst.family) {
		buf_printf(b, ",\"src_ip\":\"%s\",\"src_port\":%u",
		    ipaddr_print(&w->src, addr), w->sport);
		buf_printf(b, ",\"dest_ip\":\"%s\",\"dest_port\":%u,"
		    "\"packet_proto\":%u", ipaddr_print(&w->dst, addr),
		    w->dport, w->proto);
	}
	buf_putc(b, '}');
}

static void
explain_block(struct buf *b, const struct block *k, struct mtime now)
{
	const struct block_why *w = &k->why;
	char addr[IPADDR_TEXT_MAX], other[IPADDR_TEXT_MAX];

	buf_printf(b, "%s is %s", ipaddr_print(block_who(k), addr),
	    k->state == BLOCK_STATE_DRY ? "not blocked, but would be (dry run)"
	    : k->state == BLOCK_STATE_LEAVING ? "being unblocked" :
	    k->state == BLOCK_STATE_ASKED ? "being blocked" : "blocked");
	if (k->key.kind == BLOCK_CONN)
		buf_printf(b, ", in what it has with %s, protocol %u, port %u",
		    ipaddr_print(peer_of(k), other), k->key.proto,
		    port_of(k));
	else
		buf_printf(b, ", %s", k->key.how == BLOCK_FROM ?
		    "what it sends" : k->key.how == BLOCK_TO ?
		    "what it is sent" : "either way");
	buf_puts(b, "\n  since     ");
	block_put_time(b, k->made);
	buf_puts(b, "\n  until     ");
	if (k->until.ns)
		block_put_time(b, k->until);
	else
		buf_puts(b, "it is unblocked by hand");
	if (k->until.ns > now.ns)
		buf_printf(b, " (%" PRIu64 " s left)", (k->until.ns - now.ns) /
		    1000000000u);
	buf_printf(b, "\n  asked by  %s", block_asker_name(
	    (enum block_asker)w->asker));
	if (w->gid) {
		buf_printf(b, ", rule %u:%u rev %u: ", w->gid, w->sid, w->rev);
		put_plain(b, w->msg);
		buf_printf(b, " (class %s, priority %u)", *w->class ?
		    w->class : "none", w->priority);
	}
	if (w->dst.family)
		buf_printf(b, "\n  packet    protocol %u, %s:%u -> %s:%u",
		    w->proto, ipaddr_print(&w->src, addr), w->sport,
		    ipaddr_print(&w->dst, other), w->dport);
	buf_printf(b, "\n  evidence  %s%s", block_evidence_name(
	    (enum block_evidence)w->evidence),
	    w->evidence == BLOCK_EVIDENCE_HANDSHAKE ? ": it knew the number "
	    "that the other side chose" : w->evidence == BLOCK_EVIDENCE_NONE ?
	    ": anybody can have sent the packet" : "");
	buf_printf(b, "\n  besides   %u more events asked for it; it was "
	    "blocked %u times before\n", k->repeats, k->times);
}

static void
explain_json(struct buf *b, struct blocks *bs, const struct ipaddr *a,
    bool never, const char *entry)
{
	const struct block_refusal *r = block_refused(bs, a);
	char addr[IPADDR_TEXT_MAX];
	const struct block *k;
	uint32_t at = 0;
	bool any = false;

	buf_printf(b, "{\"address\":\"%s\",\"never_block\":%s",
	    ipaddr_print(a, addr), never ? "true" : "false");
	if (never) {
		buf_puts(b, ",\"entry\":");
		buf_putjson(b, text_of(entry));
	}
	buf_puts(b, ",\"blocks\":[");
	while ((k = blocks_next(bs, &at)))
		if (ipaddr_eq(block_who(k), a)) {
			if (any)
				buf_putc(b, ',');
			any = true;
			block_put_json(b, k);
		}
	buf_putc(b, ']');
	if (r) {
		buf_printf(b, ",\"refused\":{\"reason\":\"%s\",\"gid\":%u,"
		    "\"sid\":%u,\"times\":%u", r->failed ? "failed" :
		    block_outcome_name((enum block_outcome)r->outcome),
		    r->gid, r->sid, r->times);
		put_json_time(b, "last", r->last);
		buf_puts(b, ",\"detail\":");
		buf_putjson(b, text_of(r->detail));
		buf_putc(b, '}');
	}
	buf_puts(b, "}\n");
}

/* Why events that asked for it were not answered. */
static void
explain_refusal(struct buf *b, const struct block_refusal *r)
{
	static const char *const why[BLOCK_OUTCOME_COUNT] = {
		[BLOCK_SPOOFABLE] = "anybody can have sent its packet: no "
		    "handshake shows that it was this address (config block: "
		    "evidence, spoofable)",
		[BLOCK_NEVER] = "it is on the never-block list",
		[BLOCK_PAUSED] = "there were too many blocks at once (config "
		    "block: ceiling)",
		[BLOCK_FULL] = "there were as many blocks as may be (config "
		    "block: max)",
		[BLOCK_NO_HANDS] = "the helper could not be asked",
	};

	buf_printf(b, "  %u events asked for it, the last one of rule %u:%u "
	    "at ", r->times, r->gid, r->sid);
	block_put_time(b, r->last);
	buf_printf(b, ";\n  not done: %s", r->failed || !why[r->outcome] ?
	    "the kernel refused" : why[r->outcome]);
	if (*r->detail)
		buf_printf(b, ": %s", r->detail);
	buf_putc(b, '\n');
}

void
block_explain(struct buf *b, struct blocks *bs, const struct ipaddr *a,
    bool json, struct mtime now)
{
	char addr[IPADDR_TEXT_MAX], entry[BLOCK_DETAIL_MAX];
	bool never = block_is_never(bs, a, entry), any = false;
	const struct block_refusal *r;
	const struct block *k;
	struct block_report rep;
	uint32_t at = 0;

	if (json) {
		explain_json(b, bs, a, never, entry);
		return;
	}
	while ((k = blocks_next(bs, &at)))
		if (ipaddr_eq(block_who(k), a)) {
			explain_block(b, k, now);
			any = true;
		}
	if (!any)
		buf_printf(b, "%s is not blocked\n", ipaddr_print(a, addr));
	r = block_refused(bs, a);
	if (r)
		explain_refusal(b, r);
	else if (!any)
		buf_puts(b, "  no event asked for it, as far as is "
		    "remembered\n");
	if (never)
		buf_printf(b, "  it never is: %s\n", entry);
	blocks_report(bs, &rep);
	if (rep.paused_until.ns > now.ns) {
		buf_puts(b, "  nobody is blocked now, for there were too many "
		    "at once; until ");
		block_put_time(b, rep.paused_until);
		buf_putc(b, '\n');
	}
}
