/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "detect/unit.h"

enum buf_class { CLASS_STD, CLASS_HTTP };

static const struct {
	const char *name;
	enum buf_class class;
} buffers[BUF_COUNT] = {
#define BUFFER(ID, name, CLASS, help) [BUF_##ID] = { name, CLASS_##CLASS },
#include "decoders/app/buffers.def"
#undef BUFFER
};

const char *
buf_name(enum buf_id id)
{
	return buffers[id].name;
}

bool
buf_is_http(enum buf_id id)
{
	return buffers[id].class == CLASS_HTTP;
}
