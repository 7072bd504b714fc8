#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The configuration and the rules that are shipped: they load without a word,
# and in the demo's capture they find what tests/data/demo.expect says
# (shipped.sh --update writes it).
set -u
top=${top_srcdir:-.}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
status=0

for conf in aduana.conf demo.conf; do
	if "$ADUANA" -T -c "$top/rules/$conf" -l "$tmp" >"$tmp/out" 2>&1 &&
	    ! grep -E 'warning|error' "$tmp/out"; then
		echo "ok shipped $conf"
	else
		tail -n 20 "$tmp/out"
		echo "not ok shipped $conf"
		status=1
	fi
done

"$ADUANA" -q -U -c "$top/rules/demo.conf" -r "$top/tests/data/demo.pcap" \
    -A console -l "$tmp" >"$tmp/alerts" 2>"$tmp/err" || status=1
sed 's/^[^[]*\[\*\*\] \(.*\) \[\*\*\].*/\1/' "$tmp/alerts" | sort | uniq -c |
    sed 's/^ *//' >"$tmp/found"
expect=$top/tests/data/demo.expect
[ "${1:-}" != --update ] || cp "$tmp/found" "$expect"
if cmp -s "$expect" "$tmp/found" && [ ! -s "$tmp/err" ]; then
	echo "ok demo, $(wc -l <"$tmp/alerts") alerts"
else
	diff -u "$expect" "$tmp/found"
	head -n 20 "$tmp/err"
	echo "not ok demo"
	status=1
fi
exit $status
