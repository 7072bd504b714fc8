/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file: struct head, then `n` struct entry, then the serialised databases
 * at the offsets that the entries name. Numbers are in host order: the file
 * never leaves the host, and another byte order fails the magic.
 */
#include "detect/hscache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hash.h"
#include "core/xalloc.h"

enum {
	FORMAT = 1,
	KEEP_UNUSED = 4,          /* saves that an unused database survives */
	MAX_ENTRIES = 65536,
	MAX_FILE = 1 << 30,
	VERSION_LEN = 64,
};
static const uint64_t MAGIC = 0x0a1a416475616e61; /* reversed: \n.Aduana */

struct head {
	uint64_t magic;
	uint32_t format, n;
	char version[VERSION_LEN]; /* Hyperscan's */
	hs_platform_info_t platform;
	uint64_t size; /* of the whole file */
	uint64_t sum;  /* of this (with sum 0) and the entries */
};

struct entry {
	uint64_t key[2];
	uint64_t off, len, sum;
	uint64_t lit_bytes;
	uint32_t n, unused;
};

struct item {
	struct entry e;
	const char *bytes; /* in the mapped file, or `own` */
	char *own;         /* from hs_serialize_database */
	bool used, dropped;
};

struct hscache {
	const char *dir;
	char *path;
	struct head head; /* what a file of ours begins with */
	struct item *items;
	uint32_t n, n_old; /* n_old: came from the file, in key order */
	void *map;
	size_t map_len;
	bool fresh;  /* something to write */
	bool closed; /* neither read nor write */
	char refused[256];
};

static void PRINTF_LIKE(2, 3)
refuse(struct hscache *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->refused, sizeof(c->refused), fmt, ap);
	va_end(ap);
}

const char *
hscache_refused(const struct hscache *c)
{
	return c->refused[0] ? c->refused : NULL;
}

/* Ours or root's, and nobody else may write. */
static bool
is_safe(const struct stat *st)
{
	return (st->st_uid == geteuid() || st->st_uid == 0) &&
	    !(st->st_mode & (S_IWGRP | S_IWOTH));
}

static uint64_t
head_sum(struct head h, const struct entry *es)
{
	h.sum = 0;
	return hash_fast(es, h.n * sizeof(*es),
	    hash_fast(&h, sizeof(h), FORMAT));
}

/* Checks the mapped file and lists what is in it. */
static bool
read_entries(struct hscache *c)
{
	const char *file = c->map;
	struct head h;
	struct entry *es;
	bool ok = false;

	if (c->map_len < sizeof(h))
		return false;
	memcpy(&h, file, sizeof(h));
	if (h.magic != MAGIC || h.format != FORMAT || h.size != c->map_len ||
	    memcmp(h.version, c->head.version, sizeof(h.version)) != 0 ||
	    memcmp(&h.platform, &c->head.platform, sizeof(h.platform)) != 0 ||
	    h.n > MAX_ENTRIES || h.n > (c->map_len - sizeof(h)) / sizeof(*es))
		return false;
	es = mem_calloc(h.n + 1u, sizeof(*es));
	c->items = mem_calloc(h.n + 1u, sizeof(*c->items));
	if (!es || !c->items)
		goto out;
	memcpy(es, file + sizeof(h), h.n * sizeof(*es));
	if (h.sum != head_sum(h, es))
		goto out;
	for (uint32_t i = 0; i < h.n; i++) {
		if (es[i].off > c->map_len || es[i].len > c->map_len -
		    es[i].off)
			goto out;
		c->items[i] = (struct item){ .e = es[i],
			.bytes = file + es[i].off };
	}
	c->n = c->n_old = h.n;
	ok = true;
out:
	free(es);
	return ok;
}

static void
open_file(struct hscache *c)
{
	int fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd == -1) {
		if (errno == ENOENT)
			return;
		if (errno == ELOOP)
			refuse(c, "%s is a symbolic link; remove it", c->path);
		else
			refuse(c, "%s: %s", c->path, strerror(errno));
		c->closed = true;
		return;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || !is_safe(&st)) {
		refuse(c, "%s belongs to someone else or others can write it; "
		    "remove it", c->path);
		c->closed = true;
	} else if (st.st_size > 0 && st.st_size <= MAX_FILE) {
		c->map_len = (size_t)st.st_size;
		c->map = mmap(NULL, c->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (c->map == MAP_FAILED)
			c->map = NULL;
	}
	close(fd);
	if (!c->closed && (!c->map || !read_entries(c)))
		refuse(c, "%s is damaged or not of this sensor's kind; it is "
		    "written anew", c->path);
}

struct hscache *
hscache_open(const char *dir)
{
	struct hscache *c = mem_calloc(1, sizeof(*c));
	struct stat st;

	if (!c)
		return NULL;
	c->dir = dir;
	/* no padding may stay unset: the struct is compared and hashed */
	c->head.magic = MAGIC;
	c->head.format = FORMAT;
	snprintf(c->head.version, VERSION_LEN, "%s", hs_version());
	if (hs_populate_platform(&c->head.platform) != HS_SUCCESS ||
	    hs_valid_platform() != HS_SUCCESS) {
		refuse(c, "Hyperscan does not run on this processor");
		c->closed = true;
		return c;
	}
	c->path = xasprintf("%s/patterns-%016llx.hsdb", dir,
	    (unsigned long long)hash_fast(&c->head, sizeof(c->head), 0));
	if (stat(dir, &st) == -1) {
		refuse(c, "%s: %s", dir, strerror(errno));
		c->closed = true;
	} else if (!S_ISDIR(st.st_mode) || !is_safe(&st)) {
		refuse(c, "%s is no folder, belongs to someone else or others "
		    "can write it", dir);
		c->closed = true;
	} else {
		open_file(c);
	}
	return c;
}

static struct item *
find(struct hscache *c, const uint64_t key[2], uint32_t n, size_t lit_bytes)
{
	uint32_t lo = 0, hi = c->n_old;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		struct entry *e = &c->items[mid].e;

		if (e->key[0] < key[0] ||
		    (e->key[0] == key[0] && e->key[1] < key[1]))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->n_old)
		return NULL;
	if (c->items[lo].e.key[0] != key[0] || c->items[lo].e.key[1] != key[1])
		return NULL;
	return c->items[lo].e.n == n && c->items[lo].e.lit_bytes == lit_bytes ?
	    &c->items[lo] : NULL;
}

hs_database_t *
hscache_get(struct hscache *c, const uint64_t key[2], uint32_t n,
    size_t lit_bytes)
{
	struct item *it = find(c, key, n, lit_bytes);
	hs_database_t *db = NULL;

	if (!it || it->dropped)
		return NULL;
	if (hash_fast(it->bytes, it->e.len, it->e.key[0]) == it->e.sum &&
	    hs_deserialize_database(it->bytes, it->e.len, &db) == HS_SUCCESS) {
		it->used = true;
		return db;
	}
	refuse(c, "%s is damaged; it is written anew", c->path);
	it->dropped = true;
	c->fresh = true;
	return NULL;
}

void
hscache_put(struct hscache *c, const uint64_t key[2], uint32_t n,
    size_t lit_bytes, const hs_database_t *db)
{
	struct item it = { .e = { .key = { key[0], key[1] }, .n = n,
		.lit_bytes = lit_bytes }, .used = true };
	struct item *old = find(c, key, n, lit_bytes);
	size_t len;

	if (c->closed || c->n >= MAX_ENTRIES ||
	    hs_serialize_database(db, &it.own, &len) != HS_SUCCESS)
		return;
	if (old)
		old->dropped = true;
	it.bytes = it.own;
	it.e.len = len;
	it.e.sum = hash_fast(it.own, len, key[0]);
	c->items = xreallocarray(c->items, c->n + 1u, sizeof(*c->items));
	c->items[c->n++] = it;
	c->fresh = true;
}

static int
by_key(const void *pa, const void *pb)
{
	const struct entry *a = &((const struct item *)pa)->e;
	const struct entry *b = &((const struct item *)pb)->e;

	if (a->key[0] != b->key[0])
		return a->key[0] < b->key[0] ? -1 : 1;
	return a->key[1] < b->key[1] ? -1 : a->key[1] > b->key[1];
}

static bool
write_all(FILE *f, struct hscache *c, struct item **keep, struct entry *es)
{
	if (fwrite(&c->head, sizeof(c->head), 1, f) != 1)
		return false;
	if (c->head.n && fwrite(es, sizeof(*es), c->head.n, f) != c->head.n)
		return false;
	for (uint32_t i = 0; i < c->head.n; i++)
		if (fwrite(keep[i]->bytes, 1, keep[i]->e.len, f) !=
		    keep[i]->e.len)
			return false;
	return fflush(f) == 0 && fsync(fileno(f)) == 0;
}

static bool
write_file(struct hscache *c, struct item **keep, struct entry *es)
{
	char *tmp = xasprintf("%s.XXXXXX", c->path);
	int fd = mkostemp(tmp, O_CLOEXEC);
	FILE *f = fd == -1 ? NULL : fdopen(fd, "wb");
	bool ok = f && write_all(f, c, keep, es);

	if (f)
		ok = fclose(f) == 0 && ok;
	else if (fd != -1)
		close(fd);
	ok = ok && rename(tmp, c->path) == 0;
	if (!ok) {
		refuse(c, "%s: %s", tmp, strerror(errno));
		if (fd != -1)
			unlink(tmp);
	}
	free(tmp);
	return ok;
}

bool
hscache_save(struct hscache *c)
{
	struct item **keep;
	struct entry *es;
	uint64_t off = sizeof(c->head);
	uint32_t n = 0;
	bool ok;

	if (c->closed)
		return false;
	if (!c->fresh)
		return true;
	qsort(c->items, c->n, sizeof(*c->items), by_key);
	keep = xcalloc(c->n + 1u, sizeof(struct item *));
	es = xcalloc(c->n + 1u, sizeof(*es));
	for (uint32_t i = 0; i < c->n; i++) {
		struct item *it = &c->items[i];

		it->e.unused = it->used ? 0 : it->e.unused + 1;
		if (!it->dropped && it->e.unused <= KEEP_UNUSED && off + it->e.len < MAX_FILE) {
			off += it->e.len + sizeof(*es);
			keep[n++] = it;
		}
	}
	c->head.n = n;
	c->head.size = off;
	off = sizeof(c->head) + n * sizeof(*es);
	for (uint32_t i = 0; i < n; i++) {
		keep[i]->e.off = off;
		off += keep[i]->e.len;
		es[i] = keep[i]->e;
	}
	c->head.sum = head_sum(c->head, es);
	ok = write_file(c, keep, es);
	free(keep);
	free(es);
	c->fresh = false;
	c->n_old = 0; /* the items were reordered: nothing is found any more */
	return ok;
}

void
hscache_close(struct hscache *c)
{
	if (!c)
		return;
	for (uint32_t i = 0; i < c->n; i++)
		free(c->items[i].own);
	free(c->items);
	if (c->map)
		munmap(c->map, c->map_len);
	free(c->path);
	free(c);
}
