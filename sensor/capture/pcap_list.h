/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From --pcap-single, -file, -list, -dir and -filter to names of files. */
#ifndef SENSOR_CAPTURE_PCAP_LIST_H
#define SENSOR_CAPTURE_PCAP_LIST_H

#include "core/base.h"

enum pcap_arg_kind {
	PCAP_ARG_SINGLE,
	PCAP_ARG_FILE,      /* a file with names, one a line */
	PCAP_ARG_LIST,      /* names separated by blanks */
	PCAP_ARG_DIR,
	PCAP_ARG_FILTER,    /* for FILE and DIR that follow */
	PCAP_ARG_NO_FILTER,
};

struct pcap_arg {
	enum pcap_arg_kind kind;
	const char *text; /* NULL for NO_FILTER */
};

struct pcap_list {
	char **names; /* heap */
	size_t n;
};

enum { PCAP_LIST_MAX = 1 << 20, PCAP_DIR_DEPTH = 64 };

/*
 * Expands the arguments in their order. Folders are walked in order of name,
 * and so is a folder that a --pcap-file names. Whether a named file can be
 * read shows when its turn comes; a list or folder that cannot be read, and
 * arguments that give no name at all, are errors: false, with a message that
 * says what to do in err. Free the list in either case.
 */
NODISCARD bool pcap_list_expand(struct pcap_list *l,
    const struct pcap_arg *args, unsigned n_args, char *err, size_t err_len);
void pcap_list_fini(struct pcap_list *l);

#endif
