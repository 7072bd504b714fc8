/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: mkpcap SCENE FILE [PACKETS [STEP]]: writes a capture, of as many
 * packets at most; says how many they are after each STEP of them. mkpcap:
 * lists the scenes.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/tools/scene.h"
#include "tests/tools/talk.h"

static const struct scene_def scenes[] = {
#define SCENE(name, help) { #name, help, scene_##name },
#include "tests/tools/scenes.def"
#undef SCENE
};

void
scene_empty(struct scene *s)
{
	(void)s;
}

static int
play(const struct scene_def *def, const char *path, uint64_t last,
    uint64_t told)
{
	static struct scene s;
	FILE *f = fopen(path, "wb");

	if (!f) {
		perror(path);
		return 1;
	}
	scene_begin(&s, f);
	s.last = last;
	s.told = told;
	def->play(&s);
	if (fclose(f) == EOF) {
		perror(path);
		return 1;
	}
	return 0;
}

static int
talk(uint16_t port, const char *path, char **talks)
{
	static struct scene s;
	FILE *f = fopen(path, "wb");

	if (!f) {
		perror(path);
		return 1;
	}
	scene_begin(&s, f);
	while (*talks)
		talk_play(&s, port, *talks++);
	if (fclose(f) == EOF) {
		perror(path);
		return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long port = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;

	if (port && port <= UINT16_MAX)
		return talk((uint16_t)port, argv[2], argv + 3);
	if (argc == 1) {
		for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
			printf("%-12s %s\n", scenes[i].name, scenes[i].help);
		return 0;
	}
	if (argc < 3 || argc > 5) {
		fprintf(stderr,
		    "usage: mkpcap [SCENE FILE [PACKETS [STEP]]]\n");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		if (strcmp(argv[1], scenes[i].name) == 0)
			return play(&scenes[i], argv[2],
			    argc > 3 ? strtoull(argv[3], NULL, 10) : 0,
			    argc > 4 ? strtoull(argv[4], NULL, 10) : 0);
	fprintf(stderr, "mkpcap: there is no scene %s\n", argv[1]);
	return 2;
}
