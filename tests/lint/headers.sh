#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every header compiles alone, and has the guard its path says.
. "${top_srcdir:-.}/tests/lint/lib.sh"

for header in $(files '*.h') $(files '*.h' tests/tools); do
	guard=$(echo "$header" | tr 'a-z/.-' 'A-Z___')
	grep -q "^#ifndef $guard\$" "$header" ||
	    echo "$header:1:$guard" | objects 'include guard missing'
	# shellcheck disable=SC2086 # lists of words
	printf '#include "%s"\n' "$header" |
	    $CC $CPPFLAGS -I. -std=c17 -Wall -Wextra -Wpedantic -Werror \
	    -fsyntax-only -x c - 2>"$objections.cc" || {
		cat "$objections.cc"
		echo "$header:1:" | objects 'does not compile alone'
	}
	rm -f "$objections.cc"
done
finish
