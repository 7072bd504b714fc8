/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/tools/h2_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);\
			abort();                                               \
		}                                                              \
	} while (0)

static const char *const statics[][2] = {
#define HPACK_STATIC(name, value) { name, value },
#include "decoders/app/hpack_static.def"
#undef HPACK_STATIC
};
static const uint8_t lengths[257] = {
#include "decoders/app/hpack_codes.def"
};
enum { STATICS = sizeof(statics) / sizeof(statics[0]), TABLE = 4096 };

struct h2_make *
h2_make_new(void)
{
	struct h2_make *m = calloc(1, sizeof(*m));

	CHECK(m);
	return m;
}

void
h2_make_free(struct h2_make *m)
{
	for (unsigned i = 0; i < m->n_entries; i++) {
		free(m->entries[i].name);
		free(m->entries[i].value);
	}
	free(m);
}

void
h2_clear(struct h2_make *m)
{
	m->n = 0;
}

void
h2_raw(struct h2_make *m, const void *bytes, size_t n)
{
	CHECK(n <= H2_BYTES - m->n);
	if (n)
		memcpy(m->bytes + m->n, bytes, n);
	m->n += n;
}

void
h2_preface(struct h2_make *m)
{
	h2_raw(m, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
}

void
h2_frame(struct h2_make *m, unsigned type, unsigned flags, uint32_t stream,
    const void *bytes, size_t n)
{
	const uint8_t head[9] = { (uint8_t)(n >> 16), (uint8_t)(n >> 8),
		(uint8_t)n, (uint8_t)type, (uint8_t)flags,
		(uint8_t)(stream >> 24), (uint8_t)(stream >> 16),
		(uint8_t)(stream >> 8), (uint8_t)stream };

	h2_raw(m, head, sizeof(head));
	h2_raw(m, bytes, n);
}

void
h2_setting(struct h2_make *m, unsigned id, uint32_t value)
{
	const uint8_t s[6] = { (uint8_t)(id >> 8), (uint8_t)id,
		(uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	h2_frame(m, H2_SETTINGS, 0, 0, s, id ? sizeof(s) : 0);
}

/* -- HPACK ---------------------------------------------------------------- */

size_t
h2_integer(uint8_t *to, unsigned first, unsigned prefix, uint32_t v)
{
	uint32_t mask = (1u << prefix) - 1;
	size_t n = 0;

	if (v < mask) {
		to[0] = (uint8_t)(first | v);
		return 1;
	}
	to[n++] = (uint8_t)(first | mask);
	for (v -= mask; v >= 128; v >>= 7)
		to[n++] = (uint8_t)(0x80 | (v & 0x7f));
	to[n++] = (uint8_t)v;
	return n;
}

/* Counted out each time: tests have time. */
static uint32_t
code_of(unsigned symbol)
{
	uint32_t code = 0;

	for (unsigned len = 1;; len++) {
		code <<= 1;
		for (unsigned s = 0; s < 257; s++) {
			if (lengths[s] != len)
				continue;
			if (s == symbol)
				return code;
			code++;
		}
	}
}

static size_t
huffman(uint8_t *to, const char *s)
{
	uint64_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (; *s; s++) {
		unsigned c = (unsigned char)*s;

		bits = bits << lengths[c] | code_of(c);
		for (have += lengths[c]; have >= 8; have -= 8)
			to[n++] = (uint8_t)(bits >> (have - 8));
	}
	if (have)
		to[n++] = (uint8_t)(bits << (8 - have) |
		    ((1u << (8 - have)) - 1));
	return n;
}

size_t
h2_string(const struct h2_make *m, uint8_t *to, const char *s)
{
	uint8_t coded[2 * H2_TEXT];
	size_t len = strlen(s), n;

	CHECK(len < H2_TEXT / 2);
	if (m->huffman)
		len = huffman(coded, s);
	else
		memcpy(coded, s, len);
	n = h2_integer(to, m->huffman ? 0x80 : 0, 7, (uint32_t)len);
	memcpy(to + n, coded, len);
	return n + len;
}

/* The entry with this name, and value where there is one. */
static unsigned
find(const struct h2_make *m, const char *name, const char *value, bool *both)
{
	unsigned by_name = 0;

	*both = true;
	for (unsigned i = 0; i < STATICS; i++) {
		if (strcmp(statics[i][0], name) != 0)
			continue;
		if (strcmp(statics[i][1], value) == 0)
			return i + 1;
		by_name = by_name ? by_name : i + 1;
	}
	for (unsigned i = 0; i < m->n_entries; i++) {
		if (strcmp(m->entries[i].name, name) != 0)
			continue;
		if (strcmp(m->entries[i].value, value) == 0)
			return STATICS + i + 1;
		by_name = by_name ? by_name : STATICS + i + 1;
	}
	*both = false;
	return by_name;
}

static void
remember(struct h2_make *m, const char *name, const char *value)
{
	size_t need = strlen(name) + strlen(value) + 32;

	while (m->n_entries && m->used + need > TABLE) {
		m->n_entries--;
		m->used -= strlen(m->entries[m->n_entries].name) +
		    strlen(m->entries[m->n_entries].value) + 32;
		free(m->entries[m->n_entries].name);
		free(m->entries[m->n_entries].value);
	}
	if (need > TABLE)
		return;
	CHECK(m->n_entries < H2_ENTRIES);
	memmove(m->entries + 1, m->entries, m->n_entries *
	    sizeof(m->entries[0]));
	m->entries[0].name = strdup(name);
	m->entries[0].value = strdup(value);
	CHECK(m->entries[0].name && m->entries[0].value);
	m->n_entries++;
	m->used += need;
}

size_t
h2_block(struct h2_make *m, uint8_t *to, const char *const *fields)
{
	size_t n = 0;

	for (; *fields; fields += 2) {
		bool both;
		unsigned at = find(m, fields[0], fields[1], &both);

		if (both) {
			n += h2_integer(to + n, 0x80, 7, at);
			continue;
		}
		n += h2_integer(to + n, m->plain ? 0 : 0x40, m->plain ? 4 : 6,
		    at);
		if (!at)
			n += h2_string(m, to + n, fields[0]);
		n += h2_string(m, to + n, fields[1]);
		if (!m->plain)
			remember(m, fields[0], fields[1]);
	}
	return n;
}

void
h2_fields(struct h2_make *m, unsigned flags, uint32_t stream,
    const char *const *fields)
{
	static uint8_t block[H2_BYTES];
	size_t n = h2_block(m, block, fields);

	h2_frame(m, H2_HEADERS, flags | H2_END_HEADERS, stream, block, n);
}

void
h2_data(struct h2_make *m, unsigned flags, uint32_t stream, const void *bytes,
    size_t n)
{
	const uint8_t *p = bytes;

	n = n ? n : strlen(bytes);
	for (; n > 16384; n -= 16384, p += 16384)
		h2_frame(m, H2_DATA, 0, stream, p, 16384);
	h2_frame(m, H2_DATA, flags, stream, p, n);
}
