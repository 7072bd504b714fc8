/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Big-endian integers as byte arrays: alignment 1, no padding, and unreadable
 * without a conversion. Wire structs (decoders/wire/) consist of these and of
 * uint8_t arrays only.
 */
#ifndef CORE_BE_H
#define CORE_BE_H

#include "core/base.h"

struct be16 {
	uint8_t b[2];
};
struct be24 {
	uint8_t b[3];
};
struct be32 {
	uint8_t b[4];
};
struct be64 {
	uint8_t b[8];
};
static_assert(sizeof(struct be16) == 2, "be16 is two bytes");
static_assert(sizeof(struct be24) == 3, "be24 is three bytes");
static_assert(sizeof(struct be32) == 4, "be32 is four bytes");
static_assert(sizeof(struct be64) == 8, "be64 is eight bytes");

/* Host-order values of the field. */
static inline uint16_t
be16_get(struct be16 v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}

static inline uint32_t
be24_get(struct be24 v)
{
	return (uint32_t)v.b[0] << 16 | (uint32_t)v.b[1] << 8 | v.b[2];
}

static inline uint32_t
be32_get(struct be32 v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 |
	    (uint32_t)v.b[2] << 8 | v.b[3];
}

static inline uint64_t
be64_get(struct be64 v)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < 8; i++)
		r = r << 8 | v.b[i];
	return r;
}

/* The field that holds host-order v. */
static inline struct be16
be16_make(uint16_t v)
{
	return (struct be16){ { (uint8_t)(v >> 8), (uint8_t)v } };
}

static inline struct be32
be32_make(uint32_t v)
{
	return (struct be32){ { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v } };
}

#endif
