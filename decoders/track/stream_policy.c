/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the TCPs of operating systems differ, as Snort 2.9's stream5 tells
 * them apart, and as it was observed to. */
#include "decoders/track/stream_priv.h"

/*	                 left  inside  right same, later  full same, longer, later */
#define OVERLAP_OLD    { false, false, false, false, false, false, false }
#define OVERLAP_NEW    { true,  true,  true,  true,  true,  true,  true }
#define OVERLAP_BSD    { false, false, false, true,  false, false, true }
#define OVERLAP_LINUX  { false, false, false, true,  false, true,  true }
#define OVERLAP_LINUX3 { false, false, false, true,  false, true,  true, true }
#define OVERLAP_LINUX0 { false, false, false, true,  true,  true,  true }
#define OVERLAP_SUN    { true,  false, false, false, true,  true,  true }

static const struct tcp_policy_def policies[] = {
	[TCP_FIRST] = { OVERLAP_OLD, .rst = RST_EXACT },
	[TCP_NOACK] = { OVERLAP_OLD, .rst = RST_EXACT },
	[TCP_LAST] = { OVERLAP_NEW, .rst = RST_EXACT },
	[TCP_BSD] = { OVERLAP_BSD, .rst = RST_IN_WINDOW },
	[TCP_LINUX] = { OVERLAP_LINUX3, .rst = RST_IN_WINDOW, .paws_slack = 1,
	    .zero_ts_off = true, .queues_no_flags = true },
	[TCP_OLD_LINUX] = { OVERLAP_LINUX0, .rst = RST_IN_WINDOW },
	[TCP_WINDOWS] = { OVERLAP_BSD, .rst = RST_EXACT, .syn = SYN_EXACT,
	    .tells_zero_win = true },
	[TCP_WIN2003] = { OVERLAP_BSD, .rst = RST_EXACT, .syn = SYN_EXACT,
	    .zero_ts_off = true, .tells_zero_win = true },
	[TCP_VISTA] = { OVERLAP_OLD, .rst = RST_EXACT, .syn = SYN_EXACT,
	    .tells_zero_win = true },
	[TCP_SOLARIS] = { OVERLAP_SUN, .rst = RST_IN_WINDOW,
	    .missing_ts_off = true },
	[TCP_HPUX11] = { OVERLAP_SUN, .rst = RST_ABOVE },
	[TCP_HPUX10] = { OVERLAP_LINUX, .rst = RST_EXACT },
	[TCP_IRIX] = { OVERLAP_LINUX, .rst = RST_EXACT },
	[TCP_MACOS] = { OVERLAP_BSD, .rst = RST_EXACT, .syn = SYN_IGNORED,
	    .queues_syn_data = true },
};
static_assert(ARRAY_LEN(policies) == TCP_NOACK + 1, "a row for each policy");

const struct tcp_policy_def *
stream_policy(enum tcp_policy p)
{
	return &policies[p];
}
