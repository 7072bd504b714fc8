/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding: naming the layers of a frame.
 *
 * One protocol is one file with one `const struct decoder_ops dec_<name>` and
 * one line in decoders.def. A decoder validates exactly one layer, fills its
 * fields of packet.dec, and says what comes next; the loop in decode.c calls
 * the next one. No decoder calls another, allocates, logs, keeps state or
 * knows a rule; so each can be tested with a byte array alone.
 */
#ifndef DECODERS_DECODE_H
#define DECODERS_DECODE_H

#include "core/base.h"
#include "core/counter.h"
#include "core/cursor.h"
#include "decoders/packet.h"

/* One id per decoder, from the table; DEC_ID_NONE ends a chain. */
enum dec_id {
	DEC_ID_NONE,
#define DECODER(name) DEC_ID_##name,
#include "decoders/decoders.def"
#undef DECODER
	DEC_ID_COUNT
};

/* What a key means. A key space and a value find the decoder. */
enum dec_space {
	DEC_SPACE_DLT,       /* libpcap link type */
	DEC_SPACE_ETHERTYPE, /* also SNAP, GRE, SLL, Geneve */
	DEC_SPACE_IPPROTO,   /* IPv4's protocol field */
	DEC_SPACE_IP6_NEXT,  /* IPv6's next header: transports, extensions */
	DEC_SPACE_PPP,       /* PPP protocol number */
	DEC_SPACE_UDP_PORT,  /* either port; a guess: DEC_NOT_MINE backs out */
	DEC_SPACE_COUNT
};

struct dec_key {
	enum dec_space space;
	uint32_t value;
};

enum dec_result {
	DEC_NEXT,    /* ctx->next says who comes next (dec_next_*) */
	DEC_PAYLOAD, /* the rest is payload for rules */
	DEC_STOP,    /* malformed: at least one event was raised; rules see
	                what was decoded so far, if dec.flags allows */
	DEC_NOT_MINE, /* a guessed tunnel that was none: the loop backs out and
	                 the layer before it keeps its payload; no event stays */
};

/* What the configuration says to decoders; read-only while packets run. */
struct dec_conf {
	/* Which checksums to verify (-k, config checksum_mode). */
	bool csum_ip, csum_tcp, csum_udp, csum_icmp;
	/* config enable_decode_oversized_alerts: 116:6, 47, 97, 275 */
	bool oversized_alerts;
	bool decode_esp;         /* config decode_esp: null-encrypted ESP */
	bool gtp;                /* config enable_gtp */
	bool deep_teredo;        /* config enable_deep_teredo_inspection */
	uint8_t min_ttl;         /* config min_ttl */
	uint8_t max_ip6_ext;     /* config max_ip6_extensions */
	int max_mpls_depth;      /* config max_mpls_labelchain_len, -1: any */
	bool mpls_multicast;     /* config enable_mpls_multicast */
	/* An IPv4 fragment without bytes raises 116:459 and is decoded as a
	 * whole datagram; else it is a fragment as others. In Snort 2.9.19 that
	 * depends on whether a rule for 116:459 is there. */
	bool zero_frag_event;
	enum { MPLS_PAYLOAD_IP4, MPLS_PAYLOAD_IP6, MPLS_PAYLOAD_ETH }
	    mpls_payload;        /* config mpls_payload_type */
	uint16_t gtp_ports[64];  /* portvar GTP_PORTS */
	unsigned n_gtp_ports;
	/* Classes of decoder events that are off (disable_*_alerts); all of
	 * them are on when false. */
	bool no_decode, no_tcpopt, no_tcpopt_exp, no_tcpopt_obs,
	    no_tcpopt_ttcp, no_ipopt;
};

/* Snort 2.9's defaults; every checksum verified. */
struct dec_conf dec_conf_default(void);

/* A decoder event: its sid within gid 116 (stable for ever), the class that
 * the disable_* directives switch, and the text of Snort's gen-msg.map. */
enum dec_event_class {
	DEC_EV_DECODE,
	DEC_EV_TCPOPT,     /* 54, 55, 59 */
	DEC_EV_TCPOPT_TTCP, /* 56 */
	DEC_EV_TCPOPT_OBS, /* 57 */
	DEC_EV_TCPOPT_EXP, /* 58 */
	DEC_EV_IPOPT,      /* 4, 5 */
	DEC_EV_OVERSIZED,  /* 6, 47, 97, 275 */
};
enum { DEC_EV_CLASSES = DEC_EV_OVERSIZED + 1 };

struct dec_event_def {
	uint32_t sid;
	enum dec_event_class class;
	const char *name;    /* "udp.bad_length" */
	const char *message; /* "(snort_decoder) WARNING: ..." */
};

/* Per worker. */
struct decoder {
	const struct dec_conf *conf;
	/* layers decoded per enum dec_id */
	uint64_t layers[DEC_ID_COUNT];
	/* the modules' own counters, a module's from dec_ctr_base(id) on */
	uint64_t *ctrs;
	/* the loop's own counters, decode_counters */
	uint64_t *loop_ctrs;
};

/* The chain of extension headers behind the innermost IPv6 header. */
struct dec_ip6_chain {
	uint8_t count;     /* so far */
	uint8_t rank;      /* RFC 8200 4.1 order of the last one */
	uint8_t unordered; /* how many stand out of that order */
	bool routing;      /* a routing header was among them */
	/* Addresses for the transport's pseudo header where they are not the
	 * IPv6 header's (RFC 8200 8.1, RFC 6275 11.3.1): offsets from the
	 * frame's first byte, 0 for none. */
	uint32_t src_off, dst_off;
};

struct dec_ctx {
	const struct dec_conf *conf;
	uint64_t *ctrs;       /* this decoder's own counters */
	uint64_t *loop_ctrs;
	enum dec_id next;     /* set by dec_next */
	/* The key by which the layer before found this one: e.g. the
	 * ethertype that a GRE header announced. 0 for the first layer. */
	uint32_t arg;
	bool in_ip6;          /* the IP header around is IPv6 */
	bool quiet;           /* the layer begins within packet.quiet_len */
	/* A decoder that DEC_NEXTs into a guess sets this. The guess stands
	 * once it has led to an IP header; when decoding ends before that, for
	 * whatever reason, packet.dec is put back to how it was here. */
	bool guess;
	struct dec_ip6_chain ip6;
};

struct decoder_ops {
	const char *name; /* "udp" */
	const char *help; /* one line, names the RFC */
	const struct dec_key *keys;
	unsigned n_keys;
	const struct dec_event_def *events;
	unsigned n_events;
	const struct ctr_def *counters;
	unsigned n_counters;
	/* The cursor holds this layer and what is behind it, already trimmed
	 * to what outer headers say; on DEC_NEXT and DEC_PAYLOAD the decoder
	 * has consumed its header and trimmed the cursor to its own length
	 * field. Each DEC_NEXT makes a layer, one that consumed nothing too
	 * (Teredo without indications), so that LIM_LAYERS bounds the loop;
	 * with DEC_PAYLOAD a decoder that consumed nothing makes none. */
	enum dec_result (*decode)(struct dec_ctx *ctx, struct packet *pkt,
	    struct cursor *c);
};

/* The arrays of a module's ops. */
#define DEC_KEYS(a) .keys = (a), .n_keys = ARRAY_LEN(a)
#define DEC_EVENTS(a) .events = (a), .n_events = ARRAY_LEN(a)
/* How the text of every decoder event begins. */
#define DEC_MSG(text) "(snort_decoder) WARNING: " text

#define DECODER(name) extern const struct decoder_ops dec_##name;
#include "decoders/decoders.def"
#undef DECODER

/* The ops of an id (not DEC_ID_NONE). */
const struct decoder_ops *dec_ops(enum dec_id id);
/* DEC_ID_NONE when nobody has that key. */
enum dec_id dec_find(enum dec_space space, uint32_t value);
/* The events of the loop itself; *n is their number. */
const struct dec_event_def *dec_loop_events(unsigned *n);
/* And its counters: decoder.loop_ctrs. */
extern const struct ctr_group decode_counters;
/* Where a module's counters begin in decoder.ctrs. */
unsigned dec_ctr_base(enum dec_id id);

/* Raises 116:sid unless the configuration switched its class off. */
void dec_event(struct dec_ctx *ctx, struct packet *pkt, uint32_t sid);
/* Sets ctx->next and ctx->arg by key; false (and DEC_ID_NONE) when nobody has
 * it. */
bool dec_next(struct dec_ctx *ctx, enum dec_space space, uint32_t value);
/* DEC_NEXT to whoever has the key, or DEC_PAYLOAD. */
enum dec_result dec_next_or_payload(struct dec_ctx *ctx, enum dec_space space,
    uint32_t value);

/* Where the cursor stands, from the frame's first byte. */
static inline uint32_t
dec_off(const struct packet *pkt, const struct cursor *c)
{
	const uint8_t *at = c->p;

	return (uint32_t)(at - pkt->data);
}

/* The end of a chain: the header of n bytes is named and the rest is payload.
 * One that is cut short is no layer, and nobody's event. */
static inline enum dec_result
dec_end(struct cursor *c, size_t n)
{
	if (n <= cur_left(c) && !cur_skip(c, n))
		return DEC_STOP;
	return DEC_PAYLOAD;
}

/* Memory for a worker's decoder; conf is borrowed. false: out of memory. */
NODISCARD bool decoder_init(struct decoder *d, const struct dec_conf *conf);
void decoder_fini(struct decoder *d);

/*
 * Decodes p->data[0, caplen) by p->dlt. Fills p->dec and its arrays whole; p's
 * other fields are the caller's. Never fails: what cannot be decoded raises
 * events, and p->dec says how far it came. Work is linear in caplen.
 */
void decode(struct decoder *d, struct packet *p);
/* Is this link type known? Its name for messages, else NULL. */
const char *decode_dlt_name(int dlt);

/* The Internet checksum (RFC 1071) of the bytes, not inverted; `sum` is what
 * came before (pseudo header), 0 at first. An odd length may only end it. */
uint32_t dec_csum_add(uint32_t sum, const uint8_t *p, size_t n);
/* Folded to 16 bits, not inverted: 0xffff when the bytes hold a right
 * checksum. */
uint16_t dec_csum_fold(uint32_t sum);

#endif
