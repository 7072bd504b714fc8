/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compiled pattern databases on disk, so that a restart need not compile them
 * again: one file in a folder, named after Hyperscan's version and the
 * processor. A database is found by the hash of its literals and flags.
 *
 * The sensor trusts what it loads as code, so a folder or file that belongs to
 * someone else, or that others can write, is not read and not written. A file
 * that is cut short, foreign or damaged is not read and is written anew.
 */
#ifndef DETECT_HSCACHE_H
#define DETECT_HSCACHE_H

#include <hs.h>

#include "core/base.h"

struct hscache;

/* Opens the folder's cache; `dir` is borrowed. Never fails: without a usable
 * file nothing is found in it. NULL: out of memory. */
NODISCARD struct hscache *hscache_open(const char *dir);
/* Why the file or folder was refused; NULL: it was not (a missing file is
 * fine). Borrowed. */
const char *hscache_refused(const struct hscache *c);

/* The database of that key, n literals and lit_bytes; the caller frees it.
 * NULL: not there. */
NODISCARD hs_database_t *hscache_get(struct hscache *c, const uint64_t key[2],
    uint32_t n, size_t lit_bytes);
/* Adds a copy, to be written by hscache_save. */
void hscache_put(struct hscache *c, const uint64_t key[2], uint32_t n,
    size_t lit_bytes, const hs_database_t *db);
/* Writes the file when there is something new: to a temporary file that is
 * then renamed. False when it could not; the message is in hscache_refused.
 * Databases that the last loads did not use are left out. */
bool hscache_save(struct hscache *c);
void hscache_close(struct hscache *c);

#endif
