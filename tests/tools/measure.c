/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: measure FILE COMMAND...: runs COMMAND and writes to FILE, on one
 * line, its wall clock time and processor time in seconds and its largest
 * memory in KiB. Ends with the command's status.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct timespec begin, end;
	struct rusage used;
	FILE *f;
	int status;
	pid_t child;

	if (argc < 3 || !(f = fopen(argv[1], "w"))) {
		fprintf(stderr, "usage: measure FILE COMMAND...\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &begin);
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child == -1 || wait4(child, &status, 0, &used) == -1) {
		perror("measure");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	fprintf(f, "%.6f %.6f %ld\n",
	    (double)(end.tv_sec - begin.tv_sec) +
	        (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
	    seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
	if (fclose(f) == EOF)
		return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
