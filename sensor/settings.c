/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/settings.h"

#include <string.h>

struct settings
settings_default(void)
{
	return (struct settings){
		.dec = dec_conf_default(),
		.track = track_conf_default(),
		.watch = watch_conf_default(),
		.detect = detect_conf_default(),
		.out = { .logdir = ADUANA_LOGDIR, .sensor_name = "aduana" },
		.umask = -1,
	};
}

void *
settings_grow(struct arena *a, void *old, unsigned n, size_t size)
{
	void *room;

	if (n & (n - 1)) /* full only at powers of two */
		return old;
	room = arena_xalloc(a, (n ? 2 * (size_t)n : 1) * size);
	if (n)
		memcpy(room, old, n * size);
	return room;
}

void
settings_add_output(struct settings *s, struct arena *a,
    const struct output_setting *o)
{
	s->outputs = settings_grow(a, s->outputs, s->n_outputs, sizeof(*o));
	s->outputs[s->n_outputs++] = *o;
}

void
settings_add_ignored(struct settings *s, struct arena *a,
    const struct directive *dir, const char *why)
{
	s->ignored = settings_grow(a, s->ignored, s->n_ignored,
	    sizeof(*s->ignored));
	s->ignored[s->n_ignored++] = (struct ignored_setting){ dir, why };
}
