/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IP defragmentation, target-based as Snort 2.9's frag3: fragments of IPv4 and
 * IPv6 datagrams are held until the datagram is whole, and overlaps are
 * resolved as the receiver's system would. Bounded memory; per worker.
 */
#ifndef DECODERS_TRACK_DEFRAG_H
#define DECODERS_TRACK_DEFRAG_H

#include "core/base.h"
#include "core/counter.h"
#include "core/ipaddr.h"
#include "core/mtime.h"
#include "decoders/decode.h"
#include "decoders/packet.h"
#include "decoders/track/policy.h"

enum frag_policy {
	FRAG_FIRST,
	FRAG_LAST,
	FRAG_BSD,
	FRAG_BSD_RIGHT,
	FRAG_LINUX,
	FRAG_WINDOWS,
	FRAG_SOLARIS,
};
enum { FRAG_POLICIES = FRAG_SOLARIS + 1 };
/* As frag3_engine writes it: "bsd-right". */
const char *frag_policy_name(enum frag_policy policy);

/* A network that a policy is bound to. */
struct bind_net {
	struct ipaddr addr;
	uint8_t bits;
	bool negated;
};

/* preprocessor frag3_engine: for datagrams to these networks. */
struct defrag_engine {
	enum frag_policy policy;
	uint32_t timeout_s;
	uint8_t min_ttl;
	bool detect_anomalies;
	uint32_t overlap_limit;       /* 0: none */
	uint32_t min_fragment_length; /* 0: none */
	const struct bind_net *nets;  /* n_nets 0: the default engine */
	unsigned n_nets;
};

/* preprocessor frag3_global; without any engine nothing is reassembled. */
struct defrag_conf {
	size_t memcap;       /* bytes of fragments and trackers */
	uint32_t max_frags;  /* fragments held at once */
	bool disabled;       /* nothing is reassembled */
	const struct defrag_engine *engines;
	unsigned n_engines;
};

enum defrag_result {
	DEFRAG_PASS,    /* no fragment, or not for us: judge it as it is */
	DEFRAG_HELD,    /* taken; judge the raw fragment as it is */
	DEFRAG_REBUILT, /* and it completed a datagram: *rebuilt holds it */
};

/* Events of a datagram's fragments that are remembered. */
enum { DEFRAG_ALERTS = 8 };

struct defrag;

extern const struct ctr_group defrag_counters;
/* The events of gid 123; *n is their number. Those of IPv6's old BSD faults, 9
 * and 10, are the decoder's here (116:458). */
const struct dec_event_def *defrag_events(unsigned *n);

/* Snort 2.9's limits, and no engine. */
struct defrag_conf defrag_conf_default(void);

/* conf is borrowed. NULL: out of memory. All memory is taken here, except
 * pages for fragments, as they are first needed, up to memcap. */
NODISCARD struct defrag *defrag_new(const struct defrag_conf *conf);
void defrag_free(struct defrag *d);
/* Forgets every fragment (--pcap-reset). */
void defrag_reset(struct defrag *d);
/* Another configuration; what is held stays, under its old engine. */
void defrag_adopt(struct defrag *d, const struct defrag_conf *conf);
uint64_t *defrag_counters_of(struct defrag *d);

/*
 * Looks at a decoded packet. Raises its anomalies as events of gid 123 on p.
 * On DEFRAG_REBUILT, rebuilt->data, caplen, wirelen, dlt, ts, iface, num and
 * quiet_len are set, with the first fragment's headers; the caller decodes it
 * anew and sets PKT_REBUILT_FRAG. Its bytes live in d until the next call but
 * one, so that a rebuilt datagram can be p and another come of it.
 */
enum defrag_result defrag_packet(struct defrag *d, struct packet *p,
    struct packet *rebuilt);

/* Where room ran out for the packet of the last defrag_packet():
 * POLICY_BITs. */
uint32_t defrag_points(const struct defrag *d);

/*
 * What Snort does not repeat: what a raw fragment raised is not raised again
 * on the datagram, the first DEFRAG_ALERTS of them. defrag_note() takes an
 * event of the fragment that the last defrag_packet() held; defrag_noted()
 * returns those of a rebuilt datagram, valid as long as its bytes.
 */
void defrag_note(struct defrag *d, uint32_t gid, uint32_t sid);
const struct pkt_event *defrag_noted(const struct defrag *d,
    const struct packet *rebuilt, unsigned *n);

/*
 * Inline: the packet, if it is a fragment, is dropped, and so are those of its
 * datagram that follow until its timeout, also where it was whole; `test`:
 * they would be, and the datagram is put together as before.
 * defrag_is_dropped(): the packet of the last defrag_packet() is one of those;
 * it was not used but in the test.
 */
void defrag_drop(struct defrag *d, const struct packet *p, bool test);
bool defrag_is_dropped(const struct defrag *d);

/* Datagrams held now, and the memory that was taken for them, bytes. */
uint64_t defrag_live(const struct defrag *d);
size_t defrag_memory(const struct defrag *d);

#endif
