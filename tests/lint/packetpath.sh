#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The packet's path: nothing allocates, logs or blocks, and packet bytes are
# reached through struct cursor and pkt_bytes() alone.
. "${top_srcdir:-.}/tests/lint/lib.sh"

protocols=
for folder in link network transport tunnel wire; do
	[ ! -d "decoders/$folder" ] || protocols="$protocols decoders/$folder"
done
if [ -n "$protocols" ]; then
	# shellcheck disable=SC2046,SC2086 # names have no blanks here
	code $(files '*.[ch]' $protocols) | grep -E \
	    -e '(mem_|x)(calloc|realloc|reallocarray|strdup|asprintf)' \
	    -e '(^|[^_])free[[:space:]]*\(' -e 'arena_' \
	    -e 'log_(warn|info)|fatalx?[[:space:]]*\(|printf' |
	    objects 'decoders neither allocate nor log'
fi
# shellcheck disable=SC2046
code $(files '*.[ch]' decoders detect output) |
    grep -E '(pkt|packet|[^a-z_]p|frame|[^a-z_]f)->data[[:space:]]*(\[|[-+])' |
    grep -v '^decoders/packet\.h:' |
    objects 'packet bytes are read through struct cursor or pkt_bytes()'
# shellcheck disable=SC2046
code $(files '*.[ch]' decoders detect output) |
    grep -E '(^|[^a-z_])(c|cur|cursor|sub)(->|\.)(p|end)[[:space:]]*(\[|\+|-[-=])' |
    objects 'a cursor is moved by its own functions'
finish
