#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What documents say of the program, the program knows; and what the program
# lists, its documents name.
. "${top_srcdir:-.}/tests/lint/lib.sh"

# options of the command line that manual pages and the README name
help=$("$ADUANA" --help)
for page in $(files '*.8') $(files '*.5'); do
	sed -n 's/^\.Fl -\([a-z-]*\).*/\1/p' "$page" | sort -u |
	while read -r option; do
		printf '%s\n' "$help" | grep -qE -e "--$option( |=|\[|\$)" ||
		    echo "$page:1:--$option"
	done
done | objects 'no such option'
sed -n 's/^ *aduana \(.*\)/\1/p' README | tr ' ' '\n' |
    grep -E '^--?[A-Za-z]' | sort -u | while read -r option; do
	printf '%s\n' "$help" | grep -qE -e "(^|[ ,])$option( |,|\$)" ||
	    echo "README:1:$option"
done | objects 'no such option'

# files the README sends its reader to
sed -n '/^Read next/,$p' README | sed -n 's/^    \([^ ]*\)  .*/\1/p' |
while read -r file; do
	case $file in
	*'<folder>'*) ;;
	*) [ -e "$file" ] || echo "README:1:$file" ;;
	esac
done | objects 'no such file'

# every counter that a limit names
sed -n 's/.*\[\([a-z]*\.[a-z_]*\)\].*/\1/p' core/limits.h | sort -u |
while read -r counter; do
	"$ADUANA" --list-counters | grep -q "^$counter " ||
	    echo "core/limits.h:1:$counter"
done | objects 'no such counter'

# every point of config memory_policy
"$ADUANA" --list-counters | sed -n 's/^policy\.\(.*\)\.pass .*/\1/p' |
while read -r point; do
	sed -n '/memory_policy/,/^\.It Cm policy_mode/p' \
	    "$top_srcdir/sensor/aduana.conf.5" |
	    grep -qE "^\.Cm (.* )?$point( |\$)" ||
	    echo "sensor/aduana.conf.5:1:$point"
done | objects 'the point is not described'

# every built-in event has its message and, for those who want it, its rule
"$ADUANA" --list-events | sed -n 's/^\([0-9]*\):\([0-9]*\) .*/\1 \2/p' |
while read -r gid sid; do
	grep -qE "^$gid \|\| $sid \|\|" rules/gen-msg.map ||
	    echo "rules/gen-msg.map:1:$gid:$sid" |
	    objects 'the event has no message'
	[ "$gid" != 116 ] ||
	    grep -qE "sid: ?$sid;.*gid: ?116;|gid: ?116;.*sid: ?$sid;" \
	    rules/decoder.rules ||
	    echo "rules/decoder.rules:1:$gid:$sid" |
	    objects 'the event has no rule'
done
finish
