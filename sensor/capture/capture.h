/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Front ends: where frames come from, and where their verdicts go. One source
 * is one file here with one `const struct capture_ops`. A front end knows
 * frames, not rules.
 */
#ifndef SENSOR_CAPTURE_CAPTURE_H
#define SENSOR_CAPTURE_CAPTURE_H

#include "core/base.h"
#include "core/mtime.h"

enum {
	FRAME_HW_MAX = 8,
	FRAME_SHIM_MAX = 20, /* two VLAN tags, PPPoE and a type are 18 */
};

/* What an inline source knows of the link a packet came by and leaves by;
 * kernel interface indices, 0: none. */
struct frame_link {
	uint32_t in, out, in_port, out_port; /* port: of a bridge */
	uint8_t hw_len, hw[FRAME_HW_MAX];    /* the sender's address */
	/* what the frame had between its addresses and its IP header, tags and
	 * type and all; 0: the type alone, or not known */
	uint8_t shim_len, shim[FRAME_SHIM_MAX];
};

enum {
	/* the kernel fills in the transport checksum later: not wrong */
	FRAME_CSUM_NOT_READY = 1 << 0,
	FRAME_GSO = 1 << 1, /* several segments in one */
};

/* A captured frame, its bytes borrowed until the next batch() or close(). */
struct frame {
	const uint8_t *data;
	uint32_t caplen, wirelen;
	struct mtime ts;
	uint32_t iface; /* index of the interface, 0 for a file */
	uint32_t flags; /* FRAME_* */
	uint8_t *room;  /* data, where it may be rewritten; NULL: nowhere */
	const struct frame_link *link; /* NULL: not known */
};

enum frame_action { FRAME_ACCEPT, FRAME_DROP };

/* What the kernel may do by itself with the rest of the connection, where the
 * user let it. */
enum frame_rest { FRAME_REST_INSPECT, FRAME_REST_ACCEPT, FRAME_REST_DROP };

struct frame_verdict {
	enum frame_action action;
	enum frame_rest rest;
	/* accepted as rewritten: so many bytes of frame.room go on, which is
	 * not more than caplen was; 0: as it came */
	uint32_t rewritten;
};

enum capture_status {
	CAPTURE_FRAMES, /* at least one frame */
	CAPTURE_IDLE,   /* none within the time allowed; call again */
	CAPTURE_END,    /* the file ended, or -n was reached */
	CAPTURE_ERROR,  /* cannot go on; the message is in err */
};

struct capture_stats {
	uint64_t received, dropped, if_dropped; /* as libpcap counts */
	uint64_t bytes;
	bool truncated; /* the file ends inside a record */
};

struct nfqueue_conf;

struct capture_conf {
	uint32_t snaplen;
	bool promisc;
	const char *bpf;      /* filter expression, NULL for none */
	uint32_t ring_bytes;  /* live: kernel ring */
	bool incoming;        /* live: not what leaves by the interface */
	bool csum_not_ready;  /* live: of packets that this machine forwards,
	                         merged or its own: FRAME_CSUM_NOT_READY */
	int timeout_ms;       /* how long batch() may wait for packets */
	unsigned gather_ms; /* of live packets, before they are handed over; 0:
	                       as is good for throughput */
	bool (*stop)(void);   /* asked where a read cannot be left: true ends
	                         the source; NULL: never */
	const struct nfqueue_conf *queue; /* NULL: its defaults */
};

enum { CAPTURE_BATCH = 256 };

struct capture_ops {
	const char *name, *help;
	/* Opens the source (a file name, "-", interface names by ':'). NULL
	 * with a message that says what to do in err. conf is borrowed. */
	void *(*open)(const char *source, const struct capture_conf *conf,
	    char *err, size_t err_len);
	/* Up to n frames; *got says how many. */
	enum capture_status (*batch)(void *self, struct frame *frames,
	    unsigned n, unsigned *got, char *err, size_t err_len);
	/* The verdict of frame i of the last batch; each frame gets exactly
	 * one, in order, whatever happened. v is borrowed for the call. NULL
	 * where copies cannot be stopped. */
	void (*verdict)(void *self, unsigned i,
	    const struct frame_verdict *v);
	void (*stats)(void *self, struct capture_stats *out);
	int (*dlt)(void *self, uint32_t iface);
	const char *(*iface_name)(void *self, uint32_t iface); /* NULL: file */
	/* How far a file was read, in bytes, and its size; 0 0 if unknown. */
	void (*progress)(void *self, uint64_t *at, uint64_t *size);
	void (*close)(void *self);
};

/* Before any file is opened: can bpf (NULL: none) be compiled for some link
 * type at all? false with a message, once instead of for every capture. */
NODISCARD bool capture_check_filter(const char *bpf, char *err,
    size_t err_len);

extern const struct capture_ops capture_pcap_file;
extern const struct capture_ops capture_pcap_live;
extern const struct capture_ops capture_nfqueue;

#endif
