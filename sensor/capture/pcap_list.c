/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sensor/capture/pcap_list.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/slice.h"
#include "core/xalloc.h"

struct expansion {
	struct pcap_list *list;
	const char *filter; /* NULL: every name */
	char *err;
	size_t err_len;
};

/* Takes the name. */
static bool
add(struct expansion *x, char *name)
{
	struct pcap_list *l = x->list;

	if (l->n == PCAP_LIST_MAX) {
		snprintf(x->err, x->err_len,
		    "more than %d captures: read them in several runs",
		    PCAP_LIST_MAX);
		free(name);
		return false;
	}
	if (!(l->n & (l->n - 1)))
		l->names = xreallocarray(l->names, l->n ? 2 * l->n : 1,
		    sizeof(*l->names));
	l->names[l->n++] = name;
	return true;
}

static bool
passes_filter(const struct expansion *x, const char *name)
{
	return !x->filter || fnmatch(x->filter, name, 0) == 0;
}

static bool add_dir(struct expansion *x, const char *dir, unsigned depth);

/* Takes the path of one entry of a folder. */
static bool
add_entry(struct expansion *x, char *path, const char *name, unsigned depth)
{
	struct stat st;
	bool ok = true;

	if (stat(path, &st) == -1)
		; /* a dangling link: nothing to read */
	else if (S_ISDIR(st.st_mode))
		ok = add_dir(x, path, depth + 1);
	else if (S_ISREG(st.st_mode) && passes_filter(x, name))
		return add(x, path);
	free(path);
	return ok;
}

static bool
add_dir(struct expansion *x, const char *dir, unsigned depth)
{
	struct dirent **entries;
	bool ok = true;
	int n;

	if (depth > PCAP_DIR_DEPTH) {
		snprintf(x->err, x->err_len,
		    "%s: folders nest deeper than %d, or a link makes a loop",
		    dir, PCAP_DIR_DEPTH);
		return false;
	}
	n = scandir(dir, &entries, NULL, alphasort);
	if (n == -1) {
		snprintf(x->err, x->err_len, "cannot read the folder %s: %s",
		    dir, strerror(errno));
		return false;
	}
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (ok && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			ok = add_entry(x, xasprintf("%s/%s", dir, name), name,
			    depth);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static bool
add_file_of_names(struct expansion *x, const char *file)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	bool ok = true;

	if (!f) {
		snprintf(x->err, x->err_len,
		    "cannot read the list of captures %s: %s", file,
		    strerror(errno));
		return false;
	}
	while (ok && (len = getline(&line, &size, f)) != -1) {
		struct text t = text_trim(text_make(line, (size_t)len));
		struct stat st;
		char *name;

		if (!t.len)
			continue;
		name = xasprintf("%.*s", TEXT_ARG(t));
		if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
			ok = add_dir(x, name, 0);
			free(name);
		} else if (passes_filter(x, name)) {
			ok = add(x, name);
		} else {
			free(name);
		}
	}
	if (ok && ferror(f)) {
		snprintf(x->err, x->err_len,
		    "cannot read the list of captures %s: %s%s", file,
		    strerror(errno), errno == EISDIR ?
		    "; --pcap-dir reads a folder" : "");
		ok = false;
	}
	free(line);
	if (f != stdin)
		fclose(f);
	return ok;
}

static bool
add_words(struct expansion *x, const char *words)
{
	struct text rest = text_of(words), word;

	while ((word = text_word(&rest)).len)
		if (!add(x, xasprintf("%.*s", TEXT_ARG(word))))
			return false;
	return true;
}

static bool
expand_one(struct expansion *x, const struct pcap_arg *arg)
{
	switch (arg->kind) {
	case PCAP_ARG_SINGLE:
		return add(x, xstrdup(arg->text));
	case PCAP_ARG_FILE:
		return add_file_of_names(x, arg->text);
	case PCAP_ARG_LIST:
		return add_words(x, arg->text);
	case PCAP_ARG_DIR:
		return add_dir(x, arg->text, 0);
	case PCAP_ARG_FILTER:
		x->filter = arg->text;
		return true;
	case PCAP_ARG_NO_FILTER:
		x->filter = NULL;
		return true;
	}
	return true;
}

bool
pcap_list_expand(struct pcap_list *l, const struct pcap_arg *args,
    unsigned n_args, char *err, size_t err_len)
{
	struct expansion x = { .list = l, .err = err, .err_len = err_len };

	*l = (struct pcap_list){ 0 };
	for (unsigned i = 0; i < n_args; i++)
		if (!expand_one(&x, &args[i]))
			return false;
	if (!l->n) {
		snprintf(err, err_len, "no captures to read: the lists and "
		    "folders given name none (see --pcap-filter)");
		return false;
	}
	return true;
}

void
pcap_list_fini(struct pcap_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i]);
	free(l->names);
	*l = (struct pcap_list){ 0 };
}
