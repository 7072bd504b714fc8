/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where liblzma is missing: no memory for LZMA, as it were. */
#include "decoders/app/body_int.h"
#include "decoders/app/unpack.h"

bool
lzma_begin(struct layer *l)
{
	(void)l;
	return false;
}

void
lzma_finish(struct layer *l)
{
	(void)l;
}

enum layer_end
lzma_step(struct layer *l, struct layer_io *io)
{
	(void)l;
	(void)io;
	return LAYER_BAD;
}

bool
unpack_has_lzma(void)
{
	return false;
}
