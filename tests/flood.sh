#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: flood.sh [SCENE] (make flood: ten million packets of each kind)
# Forged SYNs and fragments fill every table; the attacks among them, each in
# two parts, are found all the same, and memory stays below what was allowed.
set -u
scene=${1:-flood}
data=${top_srcdir:-.}/tests/data
measure=${top_builddir:-.}/tests/tools/measure
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
sessions=100000
stream_memcap=4194304
frag_memcap=4194304
# a flow, its session, and its place in the index
session_bytes=1024
cat >"$tmp/conf" <<CONF
config checksum_mode: none
preprocessor frag3_global: max_frags 65536, memcap $frag_memcap
preprocessor frag3_engine: policy first
preprocessor stream5_global: track_tcp yes, max_tcp $sessions, \
    memcap $stream_memcap
preprocessor stream5_tcp: policy first, ports client 80
alert tcp any any -> any 80 (msg:"split"; content:"split-attack"; \
    flow:to_server,established; sid:1;)
alert udp any any -> any 53 (msg:"pieces"; content:"pieces-of-attack"; sid:2;)
CONF

# run NAME SCENE: peak memory in KiB
run()
{
	mkfifo "$tmp/$1.pcap"
	"$MKPCAP" "$2" "$tmp/$1.pcap" &
	"$measure" "$tmp/$1.used" "$ADUANA" -c "$tmp/conf" -r - -l "$tmp" \
	    -A console -q <"$tmp/$1.pcap" >"$tmp/$1.out" 2>"$tmp/$1.err" || {
		tail -n 20 "$tmp/$1.err"
		echo "not ok $1: the sensor failed"
		exit 1
	}
	wait
	cut -d ' ' -f 3 "$tmp/$1.used"
}

failed=0
# check NAME WANTED GOT
check()
{
	if [ "$2" -eq "$3" ]; then
		echo "ok $1: $3"
	else
		echo "not ok $1: $3 instead of $2"
		failed=1
	fi
}

idle=$(run idle empty) || { echo "$idle"; exit 1; }
full=$(run full "$scene") || { echo "$full"; exit 1; }
check 'attacks in two segments' 20 "$(grep -c ':1:' "$tmp/full.out")"
check 'attacks in two fragments' 10 "$(grep -c ':2:' "$tmp/full.out")"
allowed=$(((sessions * session_bytes + stream_memcap + frag_memcap) / 1024))
echo "memory: $idle KiB idle, $full KiB flooded, $allowed KiB allowed between"
echo "time: $(cut -d ' ' -f 1 "$tmp/full.used") s"
if [ $((full - idle)) -gt $allowed ] && [ -z "${SANITIZED-}" ]; then
	echo "not ok memory under a flood"
	failed=1
fi
[ $failed -eq 0 ]
