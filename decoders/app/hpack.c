/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HPACK, RFC 7541. The dynamic table's bytes lie one behind the other in a
 * room of twice its size, and are moved to its front when the end is reached:
 * each byte that comes moves at most one.
 */
#include "decoders/app/hpack.h"

#include <string.h>

static const struct { struct slice name, value; } statics[] = {
#define HPACK_STATIC(name, value)                                              \
	{ { (const uint8_t *)(name), sizeof(name) - 1 },                       \
	    { (const uint8_t *)(value), sizeof(value) - 1 } },
#include "decoders/app/hpack_static.def"
#undef HPACK_STATIC
};

static const uint8_t lengths[HPACK_SYMBOLS] = {
#include "decoders/app/hpack_codes.def"
};

enum { EOS = 256, STATICS = ARRAY_LEN(statics) };

struct hpack_entry {
	uint32_t at, name, value; /* where its bytes are, and lengths */
};

struct hpack_table {
	uint32_t size;    /* its bytes and entries may have in all */
	uint32_t used;    /* bytes of entries, with HPACK_ENTRY for each */
	uint32_t end;     /* of the bytes */
	uint32_t n, newest; /* entries in a ring, and where the newest is */
	uint32_t ring;    /* its places */
	bool large;
	struct hpack_entry *entries;
	uint8_t *bytes;   /* 2 * size */
};

static size_t
table_bytes(uint32_t size)
{
	return sizeof(struct hpack_table) +
	    size / HPACK_ENTRY * sizeof(struct hpack_entry) + 2 * (size_t)size;
}

/* -- Huffman's code ------------------------------------------------------- */

static void
make_codes(struct hpack_pool *p)
{
	uint32_t code = 0;
	uint16_t n = 0;

	for (unsigned len = 1; len <= HPACK_BITS; len++) {
		code <<= 1;
		p->first[len] = code;
		p->at[len] = n;
		for (uint16_t s = 0; s < HPACK_SYMBOLS; s++) {
			if (lengths[s] != len)
				continue;
			if (len <= HPACK_FAST_BITS) {
				unsigned rest = HPACK_FAST_BITS - len;

				for (unsigned i = 0; i < 1u << rest; i++)
					p->fast[(code << rest) + i] =
					    (uint16_t)(len << 8 | s);
			}
			p->sorted[n++] = s;
			code++;
		}
		/* as the first bits of 32 */
		p->limit[len] = len < 32 && code >> len ? UINT32_MAX :
		    code << (32 - len);
	}
}

bool
hpack_huffman(const struct hpack_pool *p, struct slice coded, uint8_t *room,
    size_t size, size_t *n)
{
	uint64_t bits = 0;  /* the first ones on top */
	unsigned have = 0;
	size_t at = 0;

	for (*n = 0;;) {
		uint32_t top;
		unsigned len;
		uint16_t s;

		while (have <= 56 && at < coded.len) {
			bits |= (uint64_t)coded.ptr[at++] << (56 - have);
			have += 8;
		}
		if (!have)
			return true;
		top = (uint32_t)(bits >> 32);
		s = p->fast[top >> (32 - HPACK_FAST_BITS)];
		len = s >> 8;
		s &= 0xff;
		if (!len) {
			for (len = HPACK_FAST_BITS + 1; len < HPACK_BITS &&
			    top >= p->limit[len]; len++)
				;
			s = p->sorted[p->at[len] + ((top >> (32 - len)) -
			    p->first[len])];
		}
		if (len > have || s == EOS)
			break;
		if (*n == size)
			return false;
		room[(*n)++] = (uint8_t)s;
		bits <<= len;
		have -= len;
	}
	/* the rest fills the last byte with the end's first bits */
	return have < 8 && bits >> (64 - have) == (1u << have) - 1;
}

/* -- memory --------------------------------------------------------------- */

void
hpack_pool_init(struct hpack_pool *p, uint64_t small, uint64_t large)
{
	slab_init(&p->small, table_bytes(HPACK_TABLE_SIZE), small);
	slab_init(&p->large, table_bytes(LIM_HPACK_TABLE), large);
	make_codes(p);
}

void
hpack_pool_fini(struct hpack_pool *p)
{
	slab_fini(&p->small);
	slab_fini(&p->large);
}

static struct hpack_table *
table_take(struct hpack_pool *p, uint32_t size)
{
	bool large = size > HPACK_TABLE_SIZE;
	struct hpack_table *t = slab_take_raw(large ? &p->large : &p->small);
	uint32_t most = large ? LIM_HPACK_TABLE : HPACK_TABLE_SIZE;

	if (!t)
		return NULL;
	*t = (struct hpack_table){ .large = large, .ring = most / HPACK_ENTRY,
		.entries = (struct hpack_entry *)(void *)(t + 1) };
	t->size = most;
	t->bytes = (uint8_t *)(t->entries + t->ring);
	return t;
}

static void
table_give(struct hpack_pool *p, struct hpack_table *t)
{
	if (t)
		slab_give(t->large ? &p->large : &p->small, t);
}

void
hpack_init(struct hpack *h)
{
	*h = (struct hpack){ .size = HPACK_TABLE_SIZE,
		.allowed = HPACK_TABLE_SIZE };
}

void
hpack_fini(struct hpack *h, struct hpack_pool *p)
{
	table_give(p, h->table);
	h->table = NULL;
}

void
hpack_lose(struct hpack *h, struct hpack_pool *p)
{
	hpack_fini(h, p);
	h->lost = true;
}

void
hpack_allow(struct hpack *h, uint32_t size)
{
	/* it holds once it is acknowledged: nobody knows when that was */
	if (size > h->allowed)
		h->allowed = size;
}

/* -- the dynamic table ---------------------------------------------------- */

static struct hpack_entry *
entry(const struct hpack_table *t, uint32_t i)
{
	return &t->entries[(t->newest + i) % t->ring];
}

static uint32_t
cost(const struct hpack_entry *e)
{
	return e->name + e->value + HPACK_ENTRY;
}

static void
evict_to(struct hpack_table *t, uint32_t most)
{
	while (t->n && t->used > most)
		t->used -= cost(entry(t, --t->n));
	if (!t->n)
		t->end = 0;
}

/* The bytes of entries, the oldest's first, to the front. */
static void
move_down(struct hpack_table *t)
{
	uint32_t from = t->n ? entry(t, t->n - 1)->at : t->end;

	memmove(t->bytes, t->bytes + from, t->end - from);
	for (uint32_t i = 0; i < t->n; i++)
		entry(t, i)->at -= from;
	t->end -= from;
}

/* Name and value must not lie in the table. */
static bool
insert(struct hpack *h, struct hpack_pool *p, struct slice name,
    struct slice value)
{
	uint64_t need = (uint64_t)name.len + value.len + HPACK_ENTRY;
	struct hpack_table *t = h->table;
	struct hpack_entry *e;

	if (need > h->size) {
		/* RFC 7541 4.4: not an error, and nothing is left */
		if (t)
			evict_to(t, 0);
		return true;
	}
	if (!t)
		t = h->table = table_take(p, h->size);
	if (!t)
		return false;
	evict_to(t, h->size - (uint32_t)need);
	if (need - HPACK_ENTRY > 2 * t->size - t->end)
		move_down(t);
	t->newest = (t->newest + t->ring - 1) % t->ring;
	t->n++;
	t->used += (uint32_t)need;
	e = entry(t, 0);
	*e = (struct hpack_entry){ .at = t->end, .name = (uint32_t)name.len,
		.value = (uint32_t)value.len };
	if (name.len)
		memcpy(t->bytes + t->end, name.ptr, name.len);
	if (value.len)
		memcpy(t->bytes + t->end + name.len, value.ptr, value.len);
	t->end += (uint32_t)(name.len + value.len);
	return true;
}

/* Another size: entries that do not fit go, the others may have to move. */
static bool
resize(struct hpack *h, struct hpack_pool *p, uint32_t size)
{
	struct hpack_table *t = h->table, *larger;

	if (t)
		evict_to(t, size);
	h->size = size;
	if (!t || size <= t->size)
		return true;
	larger = table_take(p, size);
	if (!larger)
		return false;
	move_down(t);
	memcpy(larger->bytes, t->bytes, t->end);
	for (uint32_t i = 0; i < t->n; i++)
		larger->entries[i] = *entry(t, i);
	larger->n = t->n;
	larger->used = t->used;
	larger->end = t->end;
	table_give(p, t);
	h->table = larger;
	return true;
}

unsigned
hpack_entries(const struct hpack *h)
{
	return h->table ? h->table->n : 0;
}

/* false: there is no such entry. */
static bool
look_up(struct hpack *h, uint64_t index, struct hpack_field *f)
{
	const struct hpack_table *t = h->table;
	const struct hpack_entry *e;

	if (!index)
		return false;
	if (index <= STATICS) {
		f->name = statics[index - 1].name;
		f->value = statics[index - 1].value;
		return true;
	}
	index -= STATICS + 1;
	if (!t || index >= t->n) {
		f->unknown = h->lost;
		h->odd |= HPACK_ODD_UNKNOWN;
		return h->lost;
	}
	e = entry(t, (uint32_t)index);
	f->name = slice_make(t->bytes + e->at, e->name);
	f->value = slice_make(t->bytes + e->at + e->name, e->value);
	return true;
}

/* -- reading -------------------------------------------------------------- */

/* RFC 7541 5.1, behind a byte of which prefix bits belong to it. Five more are
 * enough for whatever 32 bits can say. */
static bool
read_integer(struct hpack *h, struct cursor *c, uint8_t first, unsigned prefix,
    uint64_t *v)
{
	uint8_t mask = (uint8_t)((1u << prefix) - 1), b = 0;

	*v = first & mask;
	if (*v < mask)
		return true;
	for (unsigned i = 0; i < 5; i++) {
		if (!cur_u8(c, &b))
			return false;
		*v += (uint64_t)(b & 0x7f) << 7 * i;
		if (b & 0x80)
			continue;
		if (i && !b)
			h->odd |= HPACK_ODD_ZEROS;
		return true;
	}
	return false;
}

/* RFC 7541 5.2: where it stands, or out of Huffman's code into the room. */
static enum hpack_result
read_string(struct hpack *h, struct hpack_pool *p, struct cursor *c,
    struct slice *s)
{
	uint8_t first;
	uint64_t len;
	size_t n;

	if (!cur_u8(c, &first) || !read_integer(h, c, first, 7, &len))
		return HPACK_BAD_INTEGER;
	if (len > cur_left(c))
		return HPACK_BAD_STRING;
	*s = slice_make(cur_take(c, (size_t)len), (size_t)len);
	if (!(first & 0x80))
		return HPACK_FIELD;
	if (!hpack_huffman(p, *s, p->room + p->used, sizeof(p->room) - p->used,
	    &n))
		return HPACK_BAD_STRING;
	*s = slice_make(p->room + p->used, n);
	p->used += n;
	return HPACK_FIELD;
}

static enum hpack_result
read_update(struct hpack *h, struct hpack_pool *p, struct cursor *c,
    uint8_t first)
{
	uint64_t size;

	if (!read_integer(h, c, first, 5, &size))
		return HPACK_BAD_INTEGER;
	if (h->fields)
		h->odd |= HPACK_ODD_LATE;
	if (h->updates < 3 && ++h->updates == 3)
		h->odd |= HPACK_ODD_UPDATES;
	if (size > h->allowed)
		h->odd |= HPACK_ODD_LARGE;
	if (size > LIM_HPACK_TABLE)
		return HPACK_BAD_UPDATE;
	return resize(h, p, (uint32_t)size) ? HPACK_FIELD : HPACK_NO_MEMORY;
}

/* A name from the table, for an entry that may push out the one it is in. */
static bool
copy_name(struct hpack_pool *p, struct slice *name)
{
	if (name->len > sizeof(p->room) - p->used)
		return false;
	if (name->len)
		memcpy(p->room + p->used, name->ptr, name->len);
	name->ptr = p->room + p->used;
	p->used += name->len;
	return true;
}

static enum hpack_result
read_literal(struct hpack *h, struct hpack_pool *p, struct cursor *c,
    uint8_t first, struct hpack_field *f)
{
	bool keep = first & 0x40;
	enum hpack_result res;
	uint64_t index;

	if (!read_integer(h, c, first, keep ? 6 : 4, &index))
		return HPACK_BAD_INTEGER;
	if (!index) {
		res = read_string(h, p, c, &f->name);
		if (res != HPACK_FIELD)
			return res;
	} else if (!look_up(h, index, f)) {
		return HPACK_BAD_INDEX;
	}
	if (keep && index > STATICS && !copy_name(p, &f->name))
		return HPACK_BAD_STRING;
	res = read_string(h, p, c, &f->value);
	if (res != HPACK_FIELD || !keep)
		return res;
	return insert(h, p, f->name, f->value) ? HPACK_FIELD : HPACK_NO_MEMORY;
}

void
hpack_block(struct hpack *h)
{
	h->updates = 0;
	h->fields = false;
	h->odd = 0;
}

static enum hpack_result
next_field(struct hpack *h, struct hpack_pool *p, struct cursor *c,
    struct hpack_field *f)
{
	enum hpack_result res;
	uint64_t index;
	uint8_t first;

	for (;;) {
		*f = (struct hpack_field){ .unknown = false };
		p->used = 0;
		if (!cur_u8(c, &first))
			return HPACK_END;
		if (first & 0x80) {
			if (!read_integer(h, c, first, 7, &index))
				return HPACK_BAD_INTEGER;
			return look_up(h, index, f) ? HPACK_FIELD :
			    HPACK_BAD_INDEX;
		}
		if ((first & 0xe0) != 0x20)
			return read_literal(h, p, c, first, f);
		res = read_update(h, p, c, first);
		if (res != HPACK_FIELD)
			return res;
	}
}

enum hpack_result
hpack_next(struct hpack *h, struct hpack_pool *p, struct cursor *c,
    struct hpack_field *f)
{
	size_t before = cur_left(c);
	enum hpack_result res;

	if (h->dead)
		return HPACK_BAD_INDEX;
	res = next_field(h, p, c, f);
	h->in += before - cur_left(c);
	if (res == HPACK_FIELD) {
		h->fields = true;
		h->out += f->name.len + f->value.len;
		if (h->out > LIM_HPACK_FREE &&
		    h->out - LIM_HPACK_FREE > LIM_HPACK_RATIO * h->in)
			res = HPACK_BOMB;
	}
	h->dead = res != HPACK_FIELD && res != HPACK_END;
	return res;
}
