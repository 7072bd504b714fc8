/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target on files, without a fuzzer: each argument is a file, or
 * a folder of files. Without arguments: the target's own corpus,
 * $top_srcdir/tests/fuzz/corpus/NAME for a program named fuzz_NAME.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static unsigned n_files;

static void
die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static void
run_file(const char *name, size_t size)
{
	FILE *f = fopen(name, "rb");
	/* exactly as large as the input, so that a sanitizer sees each read
	 * past its end */
	uint8_t *data = malloc(size ? size : 1);

	if (!f || !data || fread(data, 1, size, f) != size)
		die(name);
	fclose(f);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	n_files++;
}

static void
run_path(const char *path)
{
	struct stat st;
	struct dirent *entry;
	char name[4096];
	DIR *dir;

	if (stat(path, &st) == -1)
		die(path);
	if (!S_ISDIR(st.st_mode)) {
		run_file(path, (size_t)st.st_size);
		return;
	}
	dir = opendir(path);
	if (!dir)
		die(path);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		run_path(name);
	}
	closedir(dir);
}

int
main(int argc, char **argv)
{
	const char *base = strrchr(argv[0], '/');
	const char *top = getenv("top_srcdir");
	char corpus[4096];

	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			run_path(argv[i]);
		return 0;
	}
	base = base ? base + 1 : argv[0];
	if (strncmp(base, "fuzz_", 5) == 0)
		base += 5;
	snprintf(corpus, sizeof(corpus), "%s/tests/fuzz/corpus/%s",
	    top ? top : ".", base);
	/* nothing at all is an input, too */
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	run_path(corpus);
	printf("ok %s: %u inputs\n", base, n_files);
	return 0;
}
