/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inspection buffers by number: what parsers fill and rules look at. */
#ifndef DECODERS_APP_BUFFERS_H
#define DECODERS_APP_BUFFERS_H

enum buf_id {
#define BUFFER(ID, name, CLASS, help) BUF_##ID,
#include "decoders/app/buffers.def"
#undef BUFFER
};
enum {
#define BUFFER(ID, name, CLASS, help) +1
	BUF_COUNT = 0
#include "decoders/app/buffers.def"
#undef BUFFER
};

#endif
