/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit that traffic or a configuration can reach, on one screen. What
 * happens at each is stated beside it and counted under the name in brackets.
 */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

enum limits {
	/* -- one packet ------------------------------------------------- */
	LIM_SNAPLEN_MAX = 262144,  /* longer captures are cut [packet.snapped] */
	LIM_LAYERS = 24,           /* deeper: decoding stops [decode.too_deep] */
	LIM_IP_LAYERS = 2,         /* the third IP header: 116:293, not decoded
	                              [packet.builtin_events] */
	LIM_PKT_EVENTS = 48,       /* more are not kept [decode.events_lost] */
	LIM_IP4_OPTIONS = 40,      /* all that a header can hold */
	LIM_TCP_OPTIONS = 40,      /* likewise */
	LIM_VLAN_TAGS = 4,         /* deeper tags decode but are not recorded */
	LIM_UNITS = 32,            /* units judged per packet; more are not */

	/* -- fragments ---------------------------------------------------- */
	LIM_FRAGS = 1500,          /* pieces held of one datagram: more than
	                              IPv4's smallest MTU makes of the longest;
	                              then it is given up [defrag.too_many] */
	LIM_FRAG_EXPIRE = 4,       /* timed out datagrams given up per packet;
	                              the others wait [defrag.timeout] */

	/* -- sessions ------------------------------------------------------ */
	LIM_FLOWS = 1 << 20,       /* of a protocol, stream5_global max_*: the
	                              oldest of the weakest kind ends
	                              [flow.tcp_pruned] */
	LIM_FLOW_PASSED_OVER = 2,  /* busy ones a full table looks at to find a
	                              silent one; then it ends what is next */
	LIM_FLOW_EXPIRE = 32,      /* ended per packet for their silence; the
	                              others wait [flow.tcp_timeout] */
	LIM_FLOW_ENDED = 1024,     /* ended, but not judged to the end: then
	                              packets have no session [flow.no_room] */
	LIM_FLOWBITS = 2048,       /* names, config flowbits_size: a rule with
	                              more is refused */

	/* -- detection --------------------------------------------------- */
	LIM_CANDIDATES = 4096,     /* prefilter hits per unit [detect.hits_lost] */
	LIM_MATCHES = 100,         /* matched rules per action and unit */
	LIM_EVENT_QUEUE = 1024,    /* config event_queue: max_queue's upper end */
	LIM_EVAL_STEPS = 200000,   /* steps per rule and unit: then the rule
	                              does not match [eval.step_limit] */
	LIM_UNIT_STEPS = 400000,   /* steps of all rules on a unit: then each
	                              further one has LIM_LEAST_STEPS */
	LIM_LEAST_STEPS = 1000,
	LIM_RULE_OPTIONS = 256,    /* a rule with more is refused */
	LIM_CONTENT_LEN = 2047,    /* Snort's limit; a longer one is refused */
	LIM_RULE_TEXT = 65535,     /* a longer logical line is refused */
	LIM_BYTE_VARS = 3,         /* byte_extract: 2, byte_math: 1 */
	LIM_TAGS = 4096,           /* tagged sessions, and hosts: the oldest
	                              gives way [detect.tags_evicted] */
	LIM_BASE64 = 65536,        /* decoded bytes kept per unit */

	/* -- configuration text ------------------------------------------- */
	LIM_INCLUDE_DEPTH = 32,    /* deeper, or a loop, is an error */
	LIM_VAR_DEPTH = 32,        /* nested variables and lists */
	LIM_LIST_ITEMS = 1 << 20,  /* in one address or port list */
	LIM_CONF_FILE = 512 << 20, /* a larger file is an error */
	LIM_EXPANDED = 64 << 20,   /* bytes that variables may expand to in one
	                              configuration: past it, an error */

	/* -- output -------------------------------------------------------- */
	LIM_RECORD_TEXT = 1 << 20, /* of one record; a longer one is not written
	                              and counted as lost by outputs */
};

#endif
