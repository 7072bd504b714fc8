/* SPDX-License-Identifier: GPL-2.0-or-later */
/* brotli: a library's decoder in memory that has a cap. */
#include "decoders/app/body_int.h"

/* The decoder keeps what it decoded of a call's input to itself when that
 * turns out bad; so it gets little at a time, and as long as it is not known
 * to be brotli at all, least. */
enum { STEP_FIRST = 1, STEP = 256 };

static void *
take(void *opaque, size_t n)
{
	struct body_pool *p = opaque;

	return pages_take(&p->big, n);
}

static void
give(void *opaque, void *at)
{
	struct body_pool *p = opaque;

	pages_give(&p->big, at);
}

bool
brotli_begin(struct layer *l)
{
	l->brotli = BrotliDecoderCreateInstance(take, give, l->pool);
	return l->brotli != NULL;
}

void
brotli_finish(struct layer *l)
{
	if (l->brotli)
		BrotliDecoderDestroyInstance(l->brotli);
	l->brotli = NULL;
}

static bool
out_of_memory(const BrotliDecoderState *s)
{
	BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(s);

	return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
	    code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

enum layer_end
brotli_step(struct layer *l, struct layer_io *io)
{
	size_t room = io->room;

	for (;;) {
		size_t step = l->sure || io->room != room ? STEP : STEP_FIRST;
		size_t left = cur_left(&io->in), n = left < step ? left : step;
		const uint8_t *in = io->in.p;
		BrotliDecoderResult rc;
		size_t rest = n;

		rc = BrotliDecoderDecompressStream(l->brotli, &rest, &in,
		    &io->room, &io->out, NULL);
		if (!cur_skip(&io->in, n - rest))
			return LAYER_BAD;
		switch (rc) {
		case BROTLI_DECODER_RESULT_SUCCESS:
			return LAYER_DONE;
		case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
			return LAYER_FULL;
		case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
			if (!cur_left(&io->in))
				return LAYER_HUNGRY;
			break;
		case BROTLI_DECODER_RESULT_ERROR:
			return out_of_memory(l->brotli) ? LAYER_NO_MEMORY :
			    LAYER_BAD;
		}
	}
}
