/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of gid 129, with the texts of Snort's gen-msg.map. */
#include "decoders/track/stream_priv.h"

#define MSG(text) "stream5: " text

static const struct dec_event_def events[] = {
	{ STREAM_SYN_ON_EST, DEC_EV_DECODE, "stream.syn_on_established",
	    MSG("SYN on established session") },
	{ STREAM_DATA_ON_SYN, DEC_EV_DECODE, "stream.data_on_syn",
	    MSG("Data on SYN packet") },
	{ STREAM_DATA_ON_CLOSED, DEC_EV_DECODE, "stream.data_on_closed",
	    MSG("Data sent on stream not accepting data") },
	{ STREAM_BAD_TIMESTAMP, DEC_EV_DECODE, "stream.bad_timestamp",
	    MSG("TCP Timestamp is outside of PAWS window") },
	{ STREAM_BAD_SEGMENT, DEC_EV_DECODE, "stream.bad_segment",
	    MSG("Bad segment, overlap adjusted size less than/equal 0") },
	{ STREAM_WINDOW_TOO_LARGE, DEC_EV_DECODE, "stream.window_too_large",
	    MSG("Window size (after scaling) larger than policy allows") },
	{ STREAM_OVERLAPS, DEC_EV_DECODE, "stream.overlap_limit",
	    MSG("Limit on number of overlapping TCP packets reached") },
	{ STREAM_DATA_AFTER_RST, DEC_EV_DECODE, "stream.data_after_reset",
	    MSG("Data sent on stream after TCP Reset") },
	{ STREAM_HIJACKED_CLIENT, DEC_EV_DECODE, "stream.hijacked_client",
	    MSG("TCP Client possibly hijacked, different Ethernet Address") },
	{ STREAM_HIJACKED_SERVER, DEC_EV_DECODE, "stream.hijacked_server",
	    MSG("TCP Server possibly hijacked, different Ethernet Address") },
	{ STREAM_DATA_NO_FLAGS, DEC_EV_DECODE, "stream.data_without_flags",
	    MSG("TCP Data with no TCP Flags set") },
	{ STREAM_SMALL_SEGMENTS, DEC_EV_DECODE, "stream.small_segments",
	    MSG("TCP Small Segment Threshold Exceeded") },
	{ STREAM_4WAY_HANDSHAKE, DEC_EV_DECODE, "stream.four_way_handshake",
	    MSG("TCP 4-way handshake detected") },
	{ STREAM_NO_TIMESTAMP, DEC_EV_DECODE, "stream.no_timestamp",
	    MSG("TCP Timestamp is missing") },
	{ STREAM_BAD_RST, DEC_EV_DECODE, "stream.bad_reset",
	    MSG("Reset outside window") },
	{ STREAM_BAD_FIN, DEC_EV_DECODE, "stream.bad_fin",
	    MSG("FIN number is greater than prior FIN") },
	{ STREAM_BAD_ACK, DEC_EV_DECODE, "stream.bad_ack",
	    MSG("ACK number is greater than prior FIN") },
	/* in the table for the rules that name it: Snort did not raise it
	 * where it was expected, and nor is it raised here */
	{ STREAM_DATA_AFTER_RST_RCVD, DEC_EV_DECODE,
	    "stream.data_after_reset_received",
	    MSG("Data sent on stream after TCP Reset received") },
	{ STREAM_WINDOW_SLAM, DEC_EV_DECODE, "stream.window_slam",
	    MSG("TCP window closed before receiving data") },
	{ STREAM_NO_3WHS, DEC_EV_DECODE, "stream.no_handshake",
	    MSG("TCP session without 3-way handshake") },
	{ STREAM_ZERO_WIN_AFTER_FIN, DEC_EV_DECODE,
	    "stream.zero_window_after_fin",
	    MSG("ACK with window size 0 received post FIN,ACK") },
};

const struct dec_event_def *
stream_events(unsigned *n)
{
	*n = ARRAY_LEN(events);
	return events;
}

void
stream_event(struct streams *s, const struct stream_engine *e,
    struct packet *p, enum stream_sid sid)
{
	bool hijack = sid == STREAM_HIJACKED_CLIENT ||
	    sid == STREAM_HIJACKED_SERVER;

	if (!hijack && !e->detect_anomalies)
		return;
	s->ctrs[STREAM_CTR_EVENTS]++;
	pkt_event_add(p, STREAM_GID, sid);
}
