/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HPACK under a fuzzer: blocks, a byte of length before each (its highest bit:
 * what came before is lost), read one after the other. */
#include <stdint.h>
#include <stdlib.h>

#include "decoders/app/hpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte that was handed out is there. */
static uint8_t
sum(struct slice s)
{
	uint8_t v = 0;

	for (size_t i = 0; i < s.len; i++)
		v = (uint8_t)(v + s.ptr[i]);
	return v;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hpack_pool pool;
	struct cursor c = cur_make(data, size);
	struct hpack h;
	unsigned total = 0;
	uint8_t len;

	if (!pool.small.max)
		hpack_pool_init(&pool, 2, 2);
	hpack_init(&h);
	hpack_allow(&h, LIM_HPACK_TABLE);
	while (cur_u8(&c, &len)) {
		size_t n = len & 0x7f, left = cur_left(&c);
		struct cursor block;
		struct hpack_field f;

		n = n < left ? n : left;
		block = cur_make(cur_take(&c, n), n);
		if (len & 0x80)
			hpack_lose(&h, &pool);
		hpack_block(&h);
		while (hpack_next(&h, &pool, &block, &f) == HPACK_FIELD)
			total = (uint8_t)(total + sum(f.name) + sum(f.value));
		if (hpack_entries(&h) > h.size / HPACK_ENTRY ||
		    total > UINT8_MAX)
			abort();
	}
	hpack_fini(&h, &pool);
	if (pool.small.live || pool.large.live)
		abort();
	return 0;
}
