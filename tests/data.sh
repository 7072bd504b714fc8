#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The captures in tests/data are what mkpcap makes today: data.sh compares,
# data.sh --update writes them.
set -u
data=${top_srcdir:-.}/tests/data
mkpcap=${MKPCAP:-./tests/tools/mkpcap}
made=$(mktemp -d) || exit 99
trap 'rm -rf "$made"' EXIT
status=0
for file in "$data"/*.pcap; do
	name=$(basename "$file" .pcap)
	if [ "${1:-}" = --update ]; then
		"$mkpcap" "$name" "$file" || exit 1
	elif "$mkpcap" "$name" "$made/$name" && cmp "$made/$name" "$file"; then
		echo "ok data $name"
	else
		echo "not ok data $name"
		status=1
	fi
done
exit $status
