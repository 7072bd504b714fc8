#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Tabs, no blanks at a line's end, at most 100 columns.
. "${top_srcdir:-.}/tests/lint/lib.sh"

text=$(
	everywhere '*.[ch]'
	everywhere '*.def'
	files '*.sh' tests
	everywhere '*.mk'
	everywhere NOTES
	ls configure.ac Makefile.am autogen.sh .ci/run README CHANGES \
	    PRINCIPLES THREATS
)
# shellcheck disable=SC2086 # names have no blanks here
{
	grep -n '[[:blank:]]$' $text | objects 'blank at the end'
	grep -n "$(printf '\r')" $text | objects 'carriage return'
	for file in $text; do
		expand "$file" | awk -v file="$file" '
			length > 100 { print file ":" NR ":" length " columns" }'
		[ -z "$(tail -c 1 "$file")" ] || echo "$file:1:no newline at end"
	done | objects 'layout'
}
# (what stands behind code, comments and line ends, is aligned with blanks)
# shellcheck disable=SC2046
grep -nE '^(        | +	)[^ \\]' $(everywhere '*.[ch]') /dev/null |
    grep -v '\*/$' | objects 'indent with tabs'
finish
