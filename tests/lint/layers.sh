#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A room includes itself and rooms below it, by paths from the top:
# sensor > output > detect > decoders, rules > core.
. "${top_srcdir:-.}/tests/lint/lib.sh"

# may FOLDER PATTERN: what its files include matches the pattern
may()
{
	# shellcheck disable=SC2046 # names have no blanks here
	grep -n '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
	    $(files '*.[ch]' "$1") /dev/null |
	    grep -Ev "include[[:space:]]*\"($2)" |
	    objects "$1 may not include"
}

may core 'core/'
may rules 'core/|rules/'
may decoders 'core/|decoders/'
may detect 'core/|rules/|decoders/|detect/'
may output 'core/|output/|decoders/wire/'
may sensor 'core/|rules/|decoders/|detect/|output/|sensor/'
[ ! -d sensor/capture ] ||
    may sensor/capture 'core/|decoders/|sensor/capture/'
[ ! -d sensor/respond ] ||
    may sensor/respond 'core/|decoders/|output/|sensor/respond/'
finish
