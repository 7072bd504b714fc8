#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each file says what licence it is under, in its first three lines.
. "${top_srcdir:-.}/tests/lint/lib.sh"

for file in $(everywhere '*.[ch]') $(everywhere '*.def') \
    $(files '*.sh' tests) $(everywhere '*.mk') \
    $(files '*.awk' tests) configure.ac Makefile.am autogen.sh .ci/run; do
	head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' ||
	    echo "$file:1:" | objects 'no SPDX line'
done
finish
