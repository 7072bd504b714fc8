/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows in EVE: what went each way, and how it ended. */
#include "output/eve.h"

/* The first members of a flow object; it stays open. */
static void
put_counts(struct eve *e, struct buf *b, const struct record_flow *f)
{
	eve_key(b, "flow");
	buf_puts(b, "{\"pkts_toserver\":");
	buf_putu(b, f->packets[0]);
	eve_num(b, "pkts_toclient", f->packets[1]);
	eve_num(b, "bytes_toserver", f->bytes[0]);
	eve_num(b, "bytes_toclient", f->bytes[1]);
	eve_key(b, "start");
	eve_time(e, b, f->start);
}

void
eve_put_session(struct eve *e, struct buf *b, const struct record_flow *f)
{
	const struct out_conf *conf = e->t.conf;

	if (!f->id)
		return;
	if (f->has_direction)
		eve_str(b, "direction", f->to_server ? "to_server" :
		    "to_client");
	put_counts(e, b, f);
	if (f->addr[0].family) {
		eve_addr(b, "src_ip", conf, &f->addr[0]);
		eve_addr(b, "dest_ip", conf, &f->addr[1]);
	}
	if (f->port[0] || f->port[1]) {
		eve_num(b, "src_port", f->port[0]);
		eve_num(b, "dest_port", f->port[1]);
	}
	buf_putc(b, '}');
}

static void
put_flags(struct buf *b, const char *name, unsigned flags)
{
	eve_key(b, name);
	buf_printf(b, "\"%02x\"", flags);
}

static void
put_tcp(struct buf *b, const struct record_flow *f)
{
	static const struct {
		const char *name;
		uint8_t bit;
	} names[] = {
		{ "syn", 0x02 }, { "fin", 0x01 }, { "rst", 0x04 },
		{ "psh", 0x08 }, { "ack", 0x10 }, { "urg", 0x20 },
		{ "ecn", 0x40 }, { "cwr", 0x80 },
	};
	unsigned all = f->tcp_flags[0] | f->tcp_flags[1];

	eve_key(b, "tcp");
	buf_printf(b, "{\"tcp_flags\":\"%02x\"", all);
	put_flags(b, "tcp_flags_ts", f->tcp_flags[0]);
	put_flags(b, "tcp_flags_tc", f->tcp_flags[1]);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		if (!(all & names[i].bit))
			continue;
		eve_key(b, names[i].name);
		buf_puts(b, "true");
	}
	eve_str(b, "state", f->tcp_state);
	buf_putc(b, '}');
}

void
eve_put_flow(struct eve *e, struct buf *b, const struct record_flow *f)
{
	uint64_t start = mtime_sec(f->start), end = mtime_sec(f->end);

	if (f->app_proto)
		eve_str(b, "app_proto", f->app_proto);
	put_counts(e, b, f);
	if (f->rest_known) {
		eve_key(b, "bypassed");
		buf_puts(b, "{\"pkts_toserver\":");
		buf_putu(b, f->rest_packets[0]);
		eve_num(b, "pkts_toclient", f->rest_packets[1]);
		eve_num(b, "bytes_toserver", f->rest_bytes[0]);
		eve_num(b, "bytes_toclient", f->rest_bytes[1]);
		buf_putc(b, '}');
	}
	eve_key(b, "end");
	eve_time(e, b, f->end);
	eve_num(b, "age", end > start ? end - start : 0);
	eve_str(b, "state", f->state);
	eve_str(b, "reason", f->reason);
	if (f->has_rest)
		eve_str(b, "bypass", "capture");
	eve_key(b, "alerted");
	buf_puts(b, f->alerted ? "true}" : "false}");
	if (f->tcp_state)
		put_tcp(b, f);
}
