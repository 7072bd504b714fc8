/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inline: the data of a write or a read, before all of its message came. Only
 * where it stands is found out here, of the message's first command (writes and
 * answers to reads that carry much are sent alone): nothing is done by it.
 */
#include <string.h>

#include "decoders/app/smb_int.h"

enum {
	NBSS = 4,
	/* SMB 1, MS-CIFS 2.2.3.1, 2.2.4.42.2, 2.2.4.43.1 */
	COMMAND1 = 4, STATUS1 = 5, FLAGS1 = 9, N_WORDS = 32, WORDS = 33,
	REPLY1 = 0x80, READ_ANDX = 0x2e, WRITE_ANDX = 0x2f,
	/* SMB 2, MS-SMB2 2.2.1.2, 2.2.20, 2.2.21 */
	STATUS2 = 8, COMMAND2 = 12, FLAGS2 = 16, NEXT2 = 20, BODY2 = 64,
	REPLY2 = 1, READ = 8, WRITE = 9,
};

/* Where in a message data is. */
struct place {
	uint32_t at, n;
	uint64_t offset; /* in the file */
	const struct smb_file *file; /* NULL: none that is known */
};

static const struct smb_file *
file_of(const struct smb_session *s, uint64_t id, uint64_t more)
{
	for (unsigned i = 0; i < LIM_SMB_FILES; i++)
		if (s->files[i].state == SMB_OPEN &&
		    s->files[i].id[0] == id && s->files[i].id[1] == more)
			return &s->files[i];
	return NULL;
}

static void
asked_for(struct smb *m, uint64_t id, uint16_t command, struct place *p)
{
	const struct smb_asked *a = smb_asked(m, id, command);

	p->file = a ? smb_file_at(m, a->file) : NULL;
	p->offset = a ? a->offset : 0;
}

static bool
place_smb2(struct smb *m, const uint8_t *h, size_t n, struct place *p)
{
	const uint8_t *body = h + BODY2;
	bool reply;

	if (n < BODY2 + 16)
		return false;
	reply = u32(h + FLAGS2) & REPLY2;
	if (u32(h + NEXT2) || reply != (m->side == FLOW_SERVER))
		return false;
	if (!reply && u16(h + COMMAND2) == WRITE && n >= BODY2 + 48) {
		*p = (struct place){ .at = u16(body + 2), .n = u32(body + 4),
			.offset = u64(body + 8), .file = file_of(m->s,
			u64(body + 16), u64(body + 24)) };
		return p->at >= BODY2 + 48;
	}
	if (reply && u16(h + COMMAND2) == READ && !u32(h + STATUS2)) {
		*p = (struct place){ .at = body[2], .n = u32(body + 4) };
		asked_for(m, u64(h + 24), READ, p);
		return p->at >= BODY2;
	}
	return false;
}

static bool
place_smb1(struct smb *m, const uint8_t *h, size_t n, struct place *p)
{
	const uint8_t *words = h + WORDS;
	bool reply;

	if (n < WORDS || n < WORDS + 2u * h[N_WORDS])
		return false;
	reply = h[FLAGS1] & REPLY1;
	if (reply != (m->side == FLOW_SERVER))
		return false;
	if (!reply && h[COMMAND1] == WRITE_ANDX &&
	    (h[N_WORDS] == 12 || h[N_WORDS] == 14)) {
		*p = (struct place){ .at = u16(words + 22),
			.n = (uint32_t)u16(words + 18) << 16 | u16(words + 20),
			.offset = u32(words + 6),
			.file = file_of(m->s, u16(words + 4), 0) };
		if (h[N_WORDS] == 14)
			p->offset |= (uint64_t)u32(words + 24) << 32;
		return p->at >= WORDS + 2u * h[N_WORDS];
	}
	if (reply && h[COMMAND1] == READ_ANDX && h[N_WORDS] == 12 &&
	    !u32(h + STATUS1)) {
		*p = (struct place){ .at = u16(words + 12),
			.n = (uint32_t)u16(words + 14) << 16 | u16(words + 10) };
		asked_for(m, smb1_id(h), READ, p);
		return p->at >= WORDS + 2 * 12;
	}
	return false;
}

/* The data of the message that the PDU begins with; false: none, or it is not
 * known yet. */
static bool
place_first(struct smb *m, const struct app_open *o, struct place *p)
{
	const uint8_t *h = o->shown.ptr + NBSS;
	bool found = false;
	size_t n;

	if (o->at || o->shown.len < NBSS + 4 || o->shown.ptr[0] != 0 ||
	    memcmp(h + 1, "SMB", 3) != 0)
		return false;
	n = o->shown.len - NBSS;
	if (h[0] == 0xfe && smb_is_wanted(m, DCE_SMB_2))
		found = place_smb2(m, h, n, p);
	else if (h[0] == 0xff && smb_is_wanted(m, DCE_SMB_1))
		found = place_smb1(m, h, n, p);
	p->at += NBSS;
	return found;
}

/* And what goes on of a message whose beginning was read. */
static bool
place_rest(struct smb *m, struct place *p)
{
	const struct smb_side *sd = &m->s->side[m->side];

	*p = (struct place){ .n = sd->data_left, .offset = sd->data_offset,
		.file = smb_file_at(m, sd->data_file) };
	return p->n > 0;
}

/* Which bytes of the PDU rules are to see. */
static void
find_data(struct smb *m, const struct app_open *o)
{
	const struct dce_server_conf *conf = m->s->server;
	struct smb_side *sd = &m->s->side[m->side];
	struct place p;

	sd->open_at = sd->open_n = 0;
	if (o->gap || sd->searching || conf->files == DCE_FILES_OFF ||
	    conf->file_depth < 0 || !(o->begins ? place_first(m, o, &p) :
	    place_rest(m, &p)) || (p.file && p.file->pipe))
		return;
	if (conf->file_depth) {
		uint64_t depth = (uint32_t)conf->file_depth;

		if (p.offset >= depth)
			return;
		if (p.n > depth - p.offset)
			p.n = (uint32_t)(depth - p.offset);
	}
	sd->open_at = p.at;
	sd->open_n = p.n;
}

bool
smb_open(struct app_call *c, const struct app_open *o, bool first,
    struct app_unit *u)
{
	struct smb m = { .c = c, .s = c->session, .w = c->worker,
		.side = o->side };
	struct smb_side *sd = &m.s->side[o->side];
	uint64_t from, to, end = (uint64_t)o->at + o->shown.len;

	if (!first)
		return false;
	app_set(u, BUF_FILE_DATA, slice_make(NULL, 0));
	if (!o->again || !sd->open_n)
		find_data(&m, o);
	from = sd->open_at > o->at ? sd->open_at : o->at;
	to = (uint64_t)sd->open_at + sd->open_n;
	if (to > end)
		to = end;
	if (from < to) {
		app_set(u, BUF_FILE_DATA, slice_make(o->shown.ptr +
		    (from - o->at), (size_t)(to - from)));
		u->cut |= from > sd->open_at ? 1u << BUF_FILE_DATA : 0;
	}
	return true;
}
