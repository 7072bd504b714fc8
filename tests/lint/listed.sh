#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source file is named in a makefile part, so that it is built and
# distributed; and none that is named is missing.
. "${top_srcdir:-.}/tests/lint/lib.sh"

parts="Makefile.am $(everywhere '*.mk')"
# shellcheck disable=SC2086 # names have no blanks here
words=$(cat $parts | tr -s '[:blank:]' '\n' | sort -u)
# the folders that are distributed whole
whole=$(printf '%s\n' "$words" | sed -n 's,^\(tests/[a-z/]*\)$,\1,p')
for file in $(everywhere '*.[ch]') $(files '*.def') \
    $(files '*.sh' tests) $(files NOTES) $(files '*.[1-8]') \
    $(files '*.rules') $(files '*.config') $(files '*.map'); do
	printf '%s\n' "$words" | grep -qxF "$file" && continue
	for folder in $whole; do
		case $file in "$folder"/*) continue 2 ;; esac
	done
	echo "$file:1:" | objects 'not named in any makefile part'
done
finish
