/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What smb.c, smb1.c and smb2.c share; nobody else includes it. */
#ifndef DECODERS_APP_SMB_INT_H
#define DECODERS_APP_SMB_INT_H

#include "core/cursor.h"
#include "core/slab.h"
#include "decoders/app/dce_int.h"
#include "decoders/app/file.h"

#define SMB_COUNTERS(X)                                                        \
	X(MESSAGES, "messages", "messages of SMB read")                        \
	X(COMMANDS, "commands", "commands in them")                            \
	X(JUNK, "junk", "bytes that are no message, skipped")                  \
	X(BAD, "smb_malformed", "messages and commands that cannot be read")   \
	X(ENCRYPTED, "smb_encrypted", "sessions that went on encrypted")       \
	X(COMPRESSED, "compressed", "messages that are compressed: not read")  \
	X(PIPES, "pipes", "named pipes that carried DCE/RPC")                  \
	X(PIPES_LOST, "pipes_lost", "pipes not read: no memory")               \
	X(FILES_LOST, "files_lost", "open files forgotten for newer ones")     \
	X(FILES_TOLD, "files_told", "files that outputs were told of")         \
	X(FILES_UNTOLD, "files_untold", "files not told: too many are open")   \
	X(TREES_LOST, "trees_lost", "connected shares forgotten for newer"     \
	    " ones")                                                           \
	X(ASKED_LOST, "requests_lost", "requests forgotten for newer ones")    \
	X(CHAINS_CUT, "chains_cut", "messages with more commands than are"     \
	    " read")
enum {
#define X(NAME, name, help) SMB_CTR_##NAME = DCE_CTRS + SMB_CTR_AT_##NAME,
#define AT(NAME, name, help) SMB_CTR_AT_##NAME,
	SMB_CTR_BEFORE = -1,
	SMB_COUNTERS(AT)
	SMB_CTR_COUNT,
	SMB_COUNTERS(X)
	SMB_CTRS = DCE_CTRS + SMB_CTR_COUNT,
#undef AT
#undef X
};

enum smb_state { SMB_FREE, SMB_ASKED, SMB_OPEN };

/* A name as it came, in 8 bits; longer ones are cut. */
struct smb_name {
	uint8_t n;
	char text[LIM_SMB_NAME + 1];
};

enum smb_share { SMB_SHARE_UNKNOWN, SMB_SHARE_DISK, SMB_SHARE_PIPE,
	SMB_SHARE_PRINT };

struct smb_tree {
	uint8_t state, share;
	uint32_t id;
	uint64_t asked; /* the request's */
	struct smb_name name;
};

/* What fileinfo is to tell of an open file: of what its client writes, and of
 * what it reads. */
struct smb_told {
	uint8_t n;
	char name[LIM_APP_FILE_NAME];
	bool sized;    /* it had a size when it was opened, */
	uint64_t size; /* this one */
	struct {
		struct app_file file;
		uint64_t next; /* the offset behind its last byte */
		bool lost; /* since then bytes of the session are missing */
	} way[FLOW_SIDES]; /* who sends it */
};

/* An open file or pipe. */
struct smb_file {
	uint8_t state;
	bool pipe, guessed; /* guessed: of what it is nothing was seen */
	uint32_t tree;
	uint64_t id[2]; /* SMB 1: one, of 16 bits */
	uint64_t asked;
	struct dce_co *co;
	struct smb_told *told; /* NULL: nobody wants it, or there is no room */
	struct smb_name name;
};

/* A request that waits for its response. */
struct smb_asked {
	bool used;
	uint16_t command;
	uint16_t file; /* place in files + 1, 0: none */
	uint64_t id;   /* message's */
	uint64_t offset;
};

/* A direction. */
struct smb_side {
	/* split's */
	uint8_t window[8]; /* while hunting: the last bytes */
	uint8_t n_header;
	uint32_t left, hunted;
	bool hunting;
	bool ready; /* the header is complete: left bytes follow */
	/* next's */
	bool searching;
	/* data of a write or a read that goes on in the next piece */
	uint32_t data_left;
	uint16_t data_file;
	uint64_t data_offset;
	/* smb_open.c's: where in the PDU under way data is, for rules */
	uint32_t open_at, open_n;
};

struct smb_session {
	const struct dce_server_conf *server;
	uint8_t policy[FLOW_SIDES]; /* enum dce_policy, of who receives */
	struct smb_side side[FLOW_SIDES];
	bool negotiated1, negotiated2; /* asked by the client */
	uint16_t nt_dialect; /* place of NT LM 0.12 among those offered */
	uint16_t dialect;    /* agreed on; of SMB 2; 0: none */
	bool disk;           /* of SMB 2: a share of files was connected */
	uint64_t commands;   /* that were logged */
	uint64_t files_told;
	uint16_t next_file, next_tree, next_asked;
	struct smb_tree trees[LIM_SMB_TREES];
	struct smb_file files[LIM_SMB_FILES];
	struct smb_asked asked[LIM_SMB_ASKED];
};

/* A message while it is read. */
struct smb_worker {
	struct dce_room room; /* first: dce.c's */
	struct slab pipes, told;
	struct slice message; /* from the SMB header on */
	bool smb2;
	bool whole;           /* nothing of it is to come */
	bool active;          /* there are commands left */
	uint32_t at;          /* the command */
	uint8_t command;      /* SMB 1: AndX */
	unsigned chained;
	bool saw_login, saw_tree, saw_open;
	uint64_t file_id[2];  /* the compound's */
	uint16_t file;        /* likewise; place + 1 */
	bool has_file_id;
	/* to be shown: data of a file */
	struct slice data;
	bool has_data, begins;
};

struct smb {
	struct app_call *c;
	struct smb_session *s;
	struct smb_worker *w;
	enum flow_side side;
};

static inline void
smb_event(struct smb *m, enum dce_event ev)
{
	dce_raise(m->c, DCE_EVENTS_SMB, ev);
}

static inline void
smb_bad(struct smb *m, enum dce_event ev)
{
	m->c->ctrs[SMB_CTR_BAD]++;
	smb_event(m, ev);
}

/* One command; false: it was the message's last. */
bool smb1_command(struct smb *m);
bool smb2_command(struct smb *m);
/* Does the configuration want messages of the version (DCE_SMB_1 or 2)? */
bool smb_is_wanted(const struct smb *m, uint8_t version);
/* app_ops.open */
bool smb_open(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u);
/* Numbers of SMB, little-endian. */
static inline uint16_t
u16(const uint8_t *p)
{
	return dce_u16(p, true);
}

static inline uint32_t
u32(const uint8_t *p)
{
	return dce_u32(p, true);
}

static inline uint64_t
u64(const uint8_t *p)
{
	return (uint64_t)u32(p + 4) << 32 | u32(p);
}

/* A message's id, of SMB 1's header. */
static inline uint64_t
smb1_id(const uint8_t *h)
{
	return (uint64_t)u16(h + 26) << 16 | u16(h + 30);
}
/* The header; false: it cannot be read. */
bool smb1_begin(struct smb *m);
bool smb2_begin(struct smb *m);

/* Names, UTF-16LE or 8 bits. */
struct smb_name smb_name(struct slice s, bool wide);
/* smb_invalid_shares: is it one of them? */
void smb_check_share(struct smb *m, const struct smb_name *path);
struct smb_tree *smb_tree_ask(struct smb *m, uint64_t asked,
    struct smb_name name);
struct smb_tree *smb_tree_asked(struct smb *m, uint64_t asked);
struct smb_tree *smb_tree_find(struct smb *m, uint32_t id);
void smb_tree_open(struct smb *m, struct smb_tree *t, uint32_t id);
/* A create was sent; name as in smb_name(). */
struct smb_file *smb_file_ask(struct smb *m, uint64_t asked, uint32_t tree,
    struct slice name, bool wide);
/* And answered: the file had so many bytes. */
void smb_file_size(struct smb_file *f, uint64_t size);
struct smb_file *smb_file_asked(struct smb *m, uint64_t asked);
/* NULL: none, and the data does not look like DCE/RPC either; else it is taken
 * for a pipe's. */
struct smb_file *smb_file_find(struct smb *m, const uint64_t id[2],
    uint32_t tree, struct slice data);
/* closed: by its client; else it is given up. Tells of its bytes. */
void smb_file_close(struct smb *m, struct smb_file *f, bool closed);
uint16_t smb_file_place(const struct smb *m, const struct smb_file *f);
struct smb_file *smb_file_at(struct smb *m, uint16_t place);

struct smb_asked *smb_ask(struct smb *m, uint64_t id, uint16_t command,
    struct smb_file *f, uint64_t offset);
struct smb_asked *smb_asked(struct smb *m, uint64_t id, uint16_t command);

/* The place of a command's data: what of it is in the message is shown, what
 * follows in further pieces as well. want: what the command says. */
void smb_data(struct smb *m, struct smb_file *f, uint64_t offset,
    struct slice here, uint32_t want);

/* EVE's record; between begin and end more may be added. */
bool smb_log_begin(struct smb *m, const char *command, uint32_t status,
    uint64_t session, uint32_t tree);
void smb_log_name(struct smb *m, const char *field, const struct smb_name *n);

#endif
