/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The programs of iptables, executed directly and never by a shell, with an
 * empty environment. Nothing else in the sensor executes anything.
 */
#ifndef SENSOR_RESPOND_FIREWALL_RUN_H
#define SENSOR_RESPOND_FIREWALL_RUN_H

#include "core/base.h"
#include "core/buf.h"

enum firewall_family { FIREWALL_IP4, FIREWALL_IP6, FIREWALL_FAMILIES };

enum {
	FIREWALL_OUTPUT_MAX = 4 << 20, /* of a program; the rest is not read */
	FIREWALL_WORDS_MAX = 16,
};

/* "iptables" + "-nft" + "-restore" of a family, where such programs are.
 * backend: "nft", "legacy", or NULL for what goes by the plain name. */
bool firewall_program(enum firewall_family family, const char *backend,
    const char *suffix, char *path, size_t len);
/* Runs it with the text to read, or nothing; what it says is appended to said.
 * false: it could not be run, or failed. */
bool firewall_run(char *path, const char *const *words, const char *text,
    struct buf *said);
/* Rules by a family's iptables-restore --noflush: all of a table, or none.
 * false with what it says in err. */
NODISCARD bool firewall_restore(enum firewall_family family,
    const char *backend, const char *rules, char *err, size_t err_len);
/* What a family's iptables-save says, of a table or of all (NULL). false: it
 * could not be asked. */
NODISCARD bool firewall_save(enum firewall_family family, const char *backend,
    const char *table, struct buf *said, char *err, size_t err_len);

#endif
