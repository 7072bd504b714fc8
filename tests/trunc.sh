#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A capture file cut at many lengths, through the whole sensor: it says that
# the file ends early, reports what was whole, and ends in good order.
# (Every packet cut at every length: tests/trunc_decode.c.)
set -u
data=${top_srcdir:-.}/tests/data
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
printf 'output alert_fast: stdout\nconfig autogenerate_preprocessor_decoder_rules\n' \
    >"$tmp/conf"
whole=$data/demo.pcap
size=$(wc -c <"$whole")
runs=0
whole_records=0
failed=0

# cut_at LENGTH: the status is 1, with a reason, unless the cut falls between
# two records
cut_at()
{
	head -c "$1" "$whole" >"$tmp/cut.pcap"
	rm -rf "$tmp/log"
	mkdir "$tmp/log"
	"$ADUANA" -q -c "$tmp/conf" -r "$tmp/cut.pcap" -l "$tmp/log" \
	    >"$tmp/out" 2>"$tmp/err"
	status=$?
	runs=$((runs + 1))
	if [ $status -gt 1 ] || grep -qE 'Sanitizer|runtime error' "$tmp/err" ||
	    { [ $status -eq 1 ] && ! grep -q 'cut\.pcap' "$tmp/err"; }; then
		echo "not ok cut at $1: status $status"
		head -n 20 "$tmp/err"
		failed=1
	fi
	[ $status -ne 0 ] || whole_records=$((whole_records + 1))
}

# all of the file's header and of the first record's; then lengths that share
# no factor with the sizes of packets
length=0
while [ "$length" -lt 48 ]; do
	cut_at $length
	length=$((length + 1))
done
while [ "$length" -lt "$size" ]; do
	cut_at "$length"
	length=$((length + 331))
done
cut_at "$size"
# the file's header alone, and the whole file, are whole records at least
if [ $whole_records -lt 2 ] || [ $status -ne 0 ]; then
	echo "not ok cut file: a whole file is taken for a cut one"
	failed=1
fi
[ $failed -ne 0 ] || echo "ok cut file, $runs lengths"
exit $failed
