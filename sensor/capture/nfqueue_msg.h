/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages of a kernel packet queue (linux/netfilter/nfnetlink_queue.h):
 * packets read from what the kernel sent, configuration and verdicts written.
 * Nothing here talks to a socket.
 */
#ifndef SENSOR_CAPTURE_NFQUEUE_MSG_H
#define SENSOR_CAPTURE_NFQUEUE_MSG_H

#include "core/base.h"
#include "sensor/capture/capture.h"

struct nlmsghdr;

enum {
	/* the kernel's own limit: an attribute's length has 16 bits */
	NFQ_RANGE_MAX = 65535 - 4,
	/* what stands before the payload; some 200 bytes are in use */
	NFQ_HEAD_MAX = 1024,
	NFQ_CONFIG_MAX = 256,
	/* a verdict without its payload's bytes */
	NFQ_VERDICT_MAX = 64,
};

struct nfq_packet {
	uint32_t id, mark;
	const uint8_t *data; /* in the message */
	uint32_t caplen, wirelen;
	/* of a bridge's own queue: what stands before data in the payload, tags
	 * and PPPoE, and goes back with it */
	uint32_t head;
	uint32_t flags; /* FRAME_* */
	struct mtime ts; /* 0: not stamped */
	struct frame_link link;
};

enum nfq_kind {
	NFQ_PACKET,
	NFQ_ERROR,   /* the kernel refused something; see *error */
	NFQ_OTHER,   /* an acknowledgement, or nothing of ours */
	NFQ_BROKEN,  /* not a whole message */
};

/*
 * One message of len bytes, aligned as a struct nlmsghdr. NFQ_PACKET: *p is
 * filled, and borrows the payload. NFQ_ERROR: *error is the errno.
 */
enum nfq_kind nfq_msg_read(const uint8_t *msg, size_t len,
    struct nfq_packet *p, int *error);

/* Data becomes so many bytes, shorter: so does what its head says of it. */
void nfq_msg_shorten(const struct nfq_packet *p, uint8_t *data, uint32_t len);

struct nfq_config {
	uint16_t queue;
	uint32_t range, maxlen;
	bool fail_open, gso;
};

/*
 * Writes the message that binds the queue and sets all of it up at once, so
 * that no packet meets a queue half made: NFQ_CONFIG_MAX bytes of room,
 * aligned. Returns its length; the kernel acknowledges seq.
 */
size_t nfq_msg_config(uint8_t *room, const struct nfq_config *c,
    uint32_t seq);

struct nfq_verdict {
	uint16_t queue;
	bool batch; /* of every packet up to id that has none yet */
	uint32_t id;
	bool drop;
	bool repeat; /* the rules look at it again, with its mark, first */
	bool has_mark;
	uint32_t mark;
	/* bits of the connection's mark to be set, where the kernel can do that
	 * with a verdict of one packet; others ignore it. 0: none */
	uint32_t ct_bits;
	/* so many bytes follow what is written here, nfq_msg_aligned() with
	 * the padding; 0: the packet goes on as it is */
	uint32_t payload_len;
};

static inline size_t
nfq_msg_aligned(uint32_t len)
{
	return ((size_t)len + 3) & ~(size_t)3;
}

/* Writes a verdict into NFQ_VERDICT_MAX bytes of room, aligned; returns how
 * many are to be sent, before the payload. */
size_t nfq_msg_verdict(uint8_t *room, const struct nfq_verdict *v);

#endif
