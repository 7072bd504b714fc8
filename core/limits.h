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
	LIM_FRAME_RAISED = 16,     /* inline: events of the units a segment is
	                              in that are not told of it again; more
	                              of them are */
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
	LIM_ENDS = 1 << 16,        /* inline: sessions whose ends are known on
	                              the wire: another one takes the place
	                              [ends.replaced]. A power of two */
	LIM_STICKY = 1 << 20,      /* stickydrop: max_entries' upper end: the
	                              address used longest ago gives way
	                              [sticky.evicted] */
	LIM_STICKY_LOG = 1000,     /* lines of its log in a second; more are not
	                              written [sticky.not_logged] */
	LIM_BAIT = 1000,           /* bait-and-switch: max_entries' upper end:
	                              who has the least time left gives way
	                              [bait.evicted] */
	LIM_ANSWERS_LATE = 16,     /* answers that leave behind their packet, of
	                              a batch; more leave before it */
	LIM_FLOW_EXPIRE = 32,      /* ended per packet for their silence; the
	                              others wait [flow.tcp_timeout] */
	LIM_ACCOUNTED = 65536,     /* inline: sessions that the kernel has the
	                              rest of, and is asked how much that is:
	                              the oldest is not any more
	                              [account.not_counted] */
	LIM_ACCOUNT_ASKED = 1000,  /* times it is asked in a second: later,
	                              or not at all [account.late] */
	LIM_FLOW_ENDED = 1024,     /* ended, but not judged to the end: then
	                              packets have no session [flow.no_room] */
	LIM_FLOWBITS = 2048,       /* names, config flowbits_size: a rule with
	                              more is refused */
	LIM_STREAM_OPEN = 4096,    /* inline: bytes of a unit to come that are
	                              judged with each segment; what begins
	                              before them is judged with the unit */
	LIM_INLINE_DEPTH = 16777216, /* config inline_depth, unless it is given:
	                              bytes of a session [packet.depth] */
	LIM_STREAM_ONE_SIDED = 65536, /* bytes of a side that are put together
	                              for logs while nothing of the other one is
	                              seen [stream.one_sided_bytes] */
	LIM_SEG_HITS = 512,        /* patterns found in a segment and kept with
	                              it: with more it is searched again in the
	                              unit it is put into [stream.scans_lost] */
	LIM_SCAN_PIECES = 1024,    /* segments of a rebuilt unit that are not
	                              searched again; the others are
	                              [detect.rescanned] */
	LIM_SCAN_HITS = 4096,      /* patterns known of such a unit: likewise */

	/* -- application protocols --------------------------------------- */
	LIM_APP_EXPECT = 1024,     /* announced sessions: the oldest gives way
	                              [app.expectations_lost] */
	LIM_APP_EXPECT_S = 60,     /* and how long they are waited for */
	LIM_APP_LOGS = 64,         /* transactions told per packet, their
	                              fields and text together:
	                              [app.logs_lost] */
	LIM_APP_LOG_FIELDS = 2048,
	LIM_APP_LOG_ROOM = 131072,
	LIM_APP_LOG_TEXT = 4096,   /* of one field; the rest is cut off */
	LIM_APP_LOG_DEPTH = 8,     /* objects in objects */
	LIM_DNS_RECORDS = 48,      /* of a section that are told
	                              [dns.not_told] */
	LIM_DNS_POINTERS = 16,     /* followed for one name [dns.bad_names] */
	LIM_HTTP_KEPT = 64,        /* of a line, between segments: what a long
	                              field says behind it is not read */
	LIM_HTTP_WAITING = 32,     /* requests without an answer: the oldest is
	                              forgotten [http.waiting_lost] */
	LIM_HTTP_TXS = 8,          /* of them, with what logs tell of them: the
	                              oldest is told without its answer */
	LIM_HTTP_TX_TEXT = 3072,   /* bytes of a request's fields in a log; the
	                              rest is cut off */
	LIM_HTTP_FIELD = 1024,     /* and of one of them */
	LIM_HTTP_GZIP = 16 << 20,  /* memory for gzip and deflate, where
	                              max_gzip_mem says nothing:
	                              [http.body_no_memory] */
	LIM_HTTP_SERVERS = 256,    /* http_inspect_server lines */
	LIM_HTTP_ROOM = 65536,     /* what a unit's fields are written to */
	LIM_HTTP_OPEN = 4096,      /* inline: messages under way that are
	                              judged before they are whole; more are
	                              judged then [http.open_no_room] */
	LIM_HTTP_OPEN_HEAD = 4096, /* bytes of their heads; a longer one wants
	                              one of LIM_HTTP_OPEN_LONGS places */
	LIM_HTTP_OPEN_LONG = 14336, /* of so many bytes: without one, or longer
	                              than that, it is judged once whole
	                              [http.open_cut] */
	LIM_HTTP_OPEN_LONGS = 256,
	LIM_APP_OPEN_TAIL = 2048,  /* inline: bytes of a body, file or part of
	                              a mail before what a segment adds; what
	                              begins before them is judged with the
	                              unit */
	LIM_MAIL_OPEN = 1024,      /* inline: messages of mail under way that
	                              are judged before they are whole; more
	                              are judged then [smtp.open_no_room] */
	LIM_HPACK_TABLE = 65536,   /* bytes of a dynamic table: a larger one
	                              ends the session [http.h2_given_up] */
	LIM_HPACK_ROOM = 172032,   /* a field out of Huffman's code: of a block
	                              of LIM_HTTP2_BLOCK, and a name */
	LIM_HPACK_RATIO = 512,     /* bytes of fields for one of a block, past
	                              the first LIM_HPACK_FREE: then the session
	                              is given up [http.h2_given_up] */
	LIM_HPACK_FREE = 4 << 20,
	LIM_HTTP2_CONNS = 2048,    /* sessions of a worker: another one is not
	                              read [http.h2_no_memory] */
	LIM_HTTP2_TABLES = 4096,   /* dynamic tables of 4096 bytes: without one
	                              a session is given up */
	LIM_HTTP2_LARGE = 128,     /* and of LIM_HPACK_TABLE */
	LIM_HTTP2_STREAMS = 128,   /* open streams of a session: the oldest is
	                              forgotten [http.h2_streams_lost] */
	LIM_HTTP2_STREAMS_ALL = 16384, /* and of a worker: likewise */
	LIM_HTTP2_IN_PDU = 16,     /* streams that are read together */
	LIM_HTTP2_PIECES = 8192,   /* and pieces of their bodies
	                              [http.no_room] */
	LIM_HTTP2_BLOCK = 65536,   /* bytes of a block of fields, coded: a
	                              longer one ends the session
	                              [http.h2_given_up] */
	LIM_HTTP2_BLOCKS = 64,     /* of them that wait for their end: the one
	                              that waited longest ends its session */
	LIM_HTTP2_HEAD = 32768,    /* bytes of fields, decoded: the rest is not
	                              read [http.h2_heads_cut] */
	LIM_HTTP2_KEPT = 4096,     /* of a message that is shown again with
	                              what follows: a longer one is not */
	LIM_HTTP2_KEPTS = 2048,    /* of them in a worker */
	LIM_HTTP2_RESETS = 100,    /* streams that a client resets, more than
	                              half of all, before it is told of */
	LIM_RPC_ROOM = 65536,      /* of a record, put together at a time */
	LIM_RPC_EMPTY = 16,        /* fragments of nothing before an RPC
	                              message: then it is none [app.given_up] */
	LIM_RPC_FIRST = 1 << 24,   /* bytes of a stream's first fragment,
	                              likewise */
	LIM_SIP_DIALOGS = 256,     /* of a session, whatever max_dialogs says
	                              [sip.dialogs_lost] */
	LIM_SIP_ALL_DIALOGS = 65536, /* of a worker [sip.dialogs_no_memory] */
	LIM_SIP_MEDIA = 4,         /* channels of a description; what is said
	                              of others is not looked at */
	LIM_SIP_METHOD = 32,       /* bytes of a method: else it is not SIP
	                              [app.given_up] */
	LIM_SIP_START = 4096,      /* and of a session's first line */
	LIM_SIP_JUNK = 64,         /* lines of a stream that begin no message,
	                              in a row, before it is given up */
	LIM_APP_FILE_NAME = 255,   /* of a file's name; the rest is cut off */
	LIM_APP_DIGESTS = 8192,    /* files of a worker whose digests are under
	                              way, of 704 bytes each: another one is
	                              told without [app.digests_lost] */

	/* -- bodies and files --------------------------------------------- */
	LIM_BODY_LAYERS = 3,       /* codings around a body: more are not
	                              undone [body_layers] */
	LIM_BODY_ROOM = 65536,     /* decoded per call: a unit of detection */
	LIM_BODY_KEEP = 1024,      /* first bytes kept until the coding is
	                              known to be what is said */
	LIM_BODY_BETWEEN = 4096,   /* held between two codings */
	LIM_BODY_RATIO = 256,      /* decoded bytes for one coded, past the
	                              first LIM_BODY_FREE: then it is cut off
	                              [body_bombs] */
	LIM_BODY_FREE = 1 << 20,
	LIM_BODY_BROTLI = 20 << 20, /* memory for brotli a worker has at most:
	                              one of the largest window. Without:
	                              [body_no_memory] */

	LIM_UNPACK_ROOM = 2048,    /* bytes a reader's room has at least: the
	                              LIM_BODY_KEEP of a broken stream */
	LIM_JS_NEST = 8,           /* calls in calls of a script: deeper ones
	                              stay as they are */
	LIM_JS_HELD = 200,         /* bytes of calls that may begin */
	LIM_JS_TAG = 250,          /* of a script's tag that are looked at */
	LIM_JS_ROOM = 1024,        /* bytes a reader's room has at least */
	LIM_MIME_DEPTH = 8,        /* multiparts in multiparts: a deeper one is
	                              read as one part */
	LIM_MIME_BOUNDARY = 128,   /* RFC 2046 has 70; of longer ones, the
	                              beginning */
	LIM_MIME_LINE = 2048,      /* of a header field, unfolded; the rest of
	                              it is not looked at */
	LIM_MIME_NAME = 255,       /* of a part's file; and of its type */
	LIM_MIME_TYPE = 64,

	/* -- DCE/RPC and SMB ---------------------------------------------- */
	LIM_DCE_CONTEXTS = 16,     /* contexts of a connection: the oldest
	                              gives way [dcerpc.contexts_lost] */
	LIM_DCE_CALLS = 8,         /* requests remembered for their response */
	LIM_DCE_STUB = 65536,      /* put together of a request, with its
	                              header: the rest is not [dcerpc.cut] */
	LIM_SMB_TREES = 16,        /* of a session: the oldest gives way
	                              [smb.trees_lost] */
	LIM_SMB_FILES = 64,        /* likewise [smb.files_lost] */
	LIM_SMB_ASKED = 64,        /* requests without their response, likewise
	                              [smb.requests_lost] */
	LIM_SMB_CHAIN = 64,        /* commands read of a message
	                              [smb.chains_cut] */
	LIM_SMB_NAME = 64,         /* characters kept of a share's or file's
	                              name, but for fileinfo */
	LIM_SMB_TOLD = 4096,       /* open files that fileinfo is to tell of,
	                              of 864 bytes each; others it does not
	                              [smb.files_untold] */
	LIM_TLS_NOTES = 8192,      /* handshakes under way that are to be told:
	                              more are not [tls.handshakes_lost] */
	LIM_TLS_VALUES = 256,      /* cipher suites, or extensions, of a hello:
	                              one with more has no JA4 [tls.notes_cut] */

	/* -- detection --------------------------------------------------- */
	LIM_CANDIDATES = 4096,     /* prefilter hits per unit [detect.hits_lost] */
	LIM_HIT_PLACES = 6,        /* of a pattern in a unit that are kept:
	                              behind them it is searched for again */
	LIM_MATCHES = 100,         /* matched rules per action and unit */
	LIM_EVENT_QUEUE = 1024,    /* config event_queue: max_queue's upper end */
	LIM_REPLACES = 32,         /* replacements in a packet; more are not
	                              made [detect.replaces_lost] */
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

	/* -- types of files ------------------------------------------------ */
	LIM_FILE_TYPES = 512,      /* `file' lines: a further one is an
	                              error */
	LIM_FILE_PARTS = 16,       /* contents of one, likewise */
	LIM_FILE_SESSIONS = 65536, /* with a file under way: further ones
	                              have files of no type
	                              [detect.files_no_room] */

	/* -- sensitive data ------------------------------------------------ */
	LIM_SD_RULES = 64,         /* with sd_pattern: a further one is
	                              refused */
	LIM_SD_WORDS = 16,         /* 64 bytes of patterns each, all together:
	                              likewise */
	LIM_SD_ELEMENTS = 255,     /* bytes of a pattern: likewise */
	LIM_SD_TAIL = 32,          /* bytes kept of what was searched, for
	                              numbers that begin in them */
	LIM_SD_SESSIONS = 65536,   /* with counts: packets of further ones
	                              count by themselves
	                              [sensitive.no_room] */

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
	LIM_SESSION_OPEN = 64,     /* log_session's open files: the one written
	                              longest ago is closed */
	LIM_SESSION_FILES = 10000, /* that it makes: the data of further
	                              sessions is lost by outputs */
	LIM_SESSION_BYTES = 16 << 20, /* of one of them: the rest is lost */

	/* -- active response ------------------------------------------------ */
	LIM_BLOCKS = 1 << 20,      /* config block: max, at most; what the
	                              configuration says is the limit: no more
	                              are made [block.full] */
	LIM_BLOCK_CEILING = 1 << 20, /* config block: ceiling, at most
	                              [block.rollbacks] */
	LIM_BLOCK_OFFENDERS = 65536, /* addresses whose blocks are counted for
	                              escalate: the oldest is forgotten */
	LIM_BLOCK_REFUSALS = 16384, /* likewise, of what was not blocked */
	LIM_BLOCK_NEVER = 8192,    /* addresses of this machine, its gateways,
	                              resolvers and administrators; more are
	                              said once and not on the list */
	LIM_BLOCK_ADMIN_PORTS = 16, /* config block: admin_ports; more are an
	                              error */
	LIM_BLOCK_LATENCIES = 1024, /* blocks whose delay the statistics show */
	LIM_BLOCK_STEP = 2048,     /* answers, ends and renewals between two
	                              batches; the others wait */
	LIM_CONTROL_CLIENTS = 16,  /* of the control socket; more are turned
	                              away */
	LIM_CONTROL_LINE = 512,    /* bytes of a request; a longer one ends its
	                              connection */
	LIM_CONTROL_S = 30,        /* seconds a client may be silent */
};

#endif
