/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DCE/RPC and SMB: configuration (preprocessor dcerpc2, dcerpc2_server), and
 * what rules ask about a request. */
#ifndef DECODERS_APP_DCE_H
#define DECODERS_APP_DCE_H

#include "core/base.h"
#include "core/ipaddr.h"
#include "core/slice.h"

enum dce_transport { DCE_SMB, DCE_TCP, DCE_UDP, DCE_HTTP_SERVER,
	DCE_TRANSPORTS };

/* Whose way of reading what the specification leaves open. */
enum dce_policy { DCE_WIN_XP, DCE_WIN_2000, DCE_WIN_2003, DCE_WIN_VISTA,
	DCE_WIN_2008, DCE_WIN_7, DCE_SAMBA, DCE_SAMBA_3_0_37,
	DCE_SAMBA_3_0_22, DCE_SAMBA_3_0_20 };

/* events */
enum dce_class { DCE_EVENTS_MEMCAP = 1 << 0, DCE_EVENTS_SMB = 1 << 1,
	DCE_EVENTS_CO = 1 << 2, DCE_EVENTS_CL = 1 << 3, DCE_EVENTS_ALL = 15 };

/* smb_fingerprint_policy */
enum { DCE_FINGERPRINT_CLIENT = 1 << 0, DCE_FINGERPRINT_SERVER = 1 << 1 };

/* smb_file_inspection */
enum dce_files { DCE_FILES_OFF, DCE_FILES_ON, DCE_FILES_ONLY };

/* valid_smb_versions */
enum { DCE_SMB_1 = 1 << 0, DCE_SMB_2 = 1 << 1, DCE_SMB_ALL = 3 };

struct dce_net {
	struct ipaddr addr;
	uint8_t bits;
};

struct dce_server_conf {
	const struct dce_net *nets; /* none: the default */
	unsigned n_nets;
	uint8_t policy; /* enum dce_policy */
	/* bitmaps of ports; autodetect: asked by content there */
	const uint8_t *detect[DCE_TRANSPORTS], *autodetect[DCE_TRANSPORTS];
	uint8_t versions;      /* of SMB that are read */
	uint8_t smb_max_chain; /* 0: any */
	const struct text *shares; /* smb_invalid_shares */
	unsigned n_shares;
	uint8_t files;      /* enum dce_files */
	int32_t file_depth; /* -1: none, 0: all */
};

struct dce_conf {
	uint64_t memcap; /* bytes of sessions, and of what is put together */
	bool defrag;
	uint32_t max_frag_len;         /* 0: no limit */
	uint32_t reassemble_threshold; /* 0: at the end alone */
	uint8_t events;      /* enum dce_class */
	uint8_t fingerprint;
	bool smb1_only; /* smb_legacy_mode */
	const struct dce_server_conf *servers;
	unsigned n_servers;
};

extern const struct dce_conf dce_conf_default;

/* A request or a response, or a fragment of one. */
struct dce_facts {
	uint8_t uuid[16];    /* of the interface, in the order it is printed */
	bool has_iface;      /* uuid and version mean something */
	uint32_t version;    /* its major one; connectionless: all of it */
	bool has_opnum;
	uint16_t opnum;
	bool first;          /* the first fragment, or all of them */
	bool little;         /* the stub data's byte order */
	bool response;
};

#endif
