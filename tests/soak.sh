#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: soak.sh SECONDS CONF (make soak [SECONDS=n])
# One process reads traffic without end: ordinary, hostile and spoiled. It
# must not die, and its memory must not grow once it is warm.
set -u
seconds=$1
conf=$2
tmp=$(mktemp -d) || exit 99
mkfifo "$tmp/packets"
mkdir "$tmp/log"
"$MKPCAP" noise "$tmp/packets" 2>/dev/null &
source=$!
"$ADUANA" -c "$conf" -r - -l "$tmp/log" -A none -N <"$tmp/packets" \
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
