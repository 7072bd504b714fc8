#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: soak.sh SECONDS CONF (make soak [SECONDS=n])
# One process reads traffic without end: ordinary, hostile and spoiled. It
# must not die, and its memory must not grow once it is warm. Sessions and
# datagrams are followed, whatever CONF says.
set -u
seconds=$1
conf=$2
tmp=$(mktemp -d) || exit 99
# what it includes stands beside it
cp -R "$(dirname "$conf")" "$tmp/rules" || exit 99
cat >"$tmp/rules/soak.conf" <<CONF
preprocessor frag3_global: max_frags 65536
preprocessor frag3_engine: policy linux detect_anomalies
preprocessor stream5_global: track_tcp yes, track_udp yes, track_icmp yes
preprocessor stream5_tcp: policy linux, detect_anomalies, ports both all
preprocessor stream5_udp: timeout 30
preprocessor stream5_icmp: timeout 30
preprocessor sfportscan: proto { all } scan_type { all } sense_level { low }
include ${conf##*/}
CONF
mkfifo "$tmp/packets"
mkdir "$tmp/log"
"$MKPCAP" noise "$tmp/packets" 2>/dev/null &
source=$!
"$ADUANA" -c "$tmp/rules/soak.conf" -r - -l "$tmp/log" -A none -N <"$tmp/packets" \
    >"$tmp/out" 2>"$tmp/err" &
sensor=$!
trap 'kill $source $sensor 2>/dev/null; rm -rf "$tmp"' EXIT

memory()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sensor/status"
}

sleep $((seconds / 10 + 1))
warm=$(memory)
sleep $((seconds - seconds / 10))
end=$(memory)
if [ -z "$end" ]; then
	tail -n 40 "$tmp/err"
	echo "not ok soak: the sensor ended"
	exit 1
fi
kill -TERM $sensor
wait $sensor
status=$?
grep -E '^ +(inspected|alerts|rate) ' "$tmp/err"
echo "memory: $warm KiB warm, $end KiB at the end; status $status"
if [ $status -ne 0 ] || [ "$end" -gt $((warm + warm / 10)) ] ||
    grep -qE 'Sanitizer|runtime error' "$tmp/err"; then
	tail -n 40 "$tmp/err"
	echo "not ok soak"
	exit 1
fi
echo "ok soak"
