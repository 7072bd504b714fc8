/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic without end: the demo over and over, each time other packets of it
 * spoiled in a few bytes or cut short. The reader ends it by closing its end
 * of the pipe.
 */
#include <signal.h>

#include "tests/tools/scene.h"

/* Spoils up to four bytes of a packet, or cuts it, one time in three. */
static void
spoil(struct scene *s)
{
	struct craft *c = &s->c;

	switch (scene_random(s) % 6) {
	case 0:
		for (unsigned n = scene_random(s) % 4u + 1; n && c->len; n--)
			craft_poke8(c, (size_t)(scene_random(s) << 8 |
			    scene_random(s)) % c->len, scene_random(s));
		break;
	case 1:
		craft_cut(c, (size_t)(scene_random(s) << 8 |
		    scene_random(s)) % (c->len + 1));
		break;
	default:
		break;
	}
}

void
scene_noise(struct scene *s)
{
	signal(SIGPIPE, SIG_DFL);
	s->spoil = spoil;
	for (;;)
		scene_demo(s);
}
