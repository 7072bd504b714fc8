#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: soak.sh [PACKETS] (make soak: ten million)
# One process reads a mixture of everything: it must not die, must inspect
# every packet, and its memory must not grow by more than a tenth once it is
# warm: after a tenth of them, and when every table has been full. Memory is
# looked at a hundred times on the way.
set -u
packets=${1:-600000}
warm=$((packets / 10))
[ $warm -ge 300000 ] || warm=300000
rules=${top_srcdir:-.}/rules
tmp=$(mktemp -d) || exit 99
# what it includes stands beside it
cp -R "$rules" "$tmp/rules" || exit 99
cat >"$tmp/rules/soak.conf" <<'CONF'
config utc
config checksum_mode: none
preprocessor frag3_global: max_frags 1024, memcap 1048576
preprocessor frag3_engine: policy linux detect_anomalies
preprocessor stream5_global: track_tcp yes, track_udp yes, track_icmp yes, \
    max_tcp 2000, max_udp 1000, max_icmp 500, memcap 2097152
preprocessor stream5_tcp: policy linux, detect_anomalies, timeout 60, \
    overlap_limit 10, small_segments 3 bytes 20, ports both all
preprocessor stream5_udp: timeout 30
preprocessor stream5_icmp: timeout 30
preprocessor http_inspect: global
preprocessor http_inspect_server: server default profile all \
    ports { 80 8080 }
preprocessor ftp_telnet: global inspection_type stateful
preprocessor smtp: ports { 25 }
preprocessor pop: ports { 110 }
preprocessor imap: ports { 143 }
preprocessor ssl: ports { 443 }, noinspect_encrypted
preprocessor dns: ports { 53 }
preprocessor dcerpc2: memcap 102400
preprocessor modbus: ports { 502 }
preprocessor sfportscan: proto { all } scan_type { all } sense_level { low }
output alert_fast: fast
output eve: eve dns http tls smtp ftp flow anomaly
include demo.conf
CONF
mkfifo "$tmp/packets"
mkdir "$tmp/log"
ln -s /dev/null "$tmp/log/fast"
ln -s /dev/null "$tmp/log/eve"
"$ADUANA" -c "$tmp/rules/soak.conf" -r - -l "$tmp/log" -N <"$tmp/packets" \
    >"$tmp/out" 2>"$tmp/err" &
sensor=$!
trap 'kill $sensor 2>/dev/null; rm -rf "$tmp"' EXIT

# of the sensor, in KiB; nothing where it is gone
memory()
{
	while read -r name value _; do
		[ "$name" != VmRSS: ] || echo "$1 $value"
	done <"/proc/$sensor/status"
} 2>/dev/null

"$MKPCAP" mixture "$tmp/packets" "$packets" $((packets / 100)) |
    while read -r sent; do
	memory "$sent"
done >"$tmp/memory"
wait $sensor
status=$?
grep -E '^ +(inspected|alerts|rate) ' "$tmp/err"
inspected=$(sed -n 's/^ *inspected  *\([0-9]*\).*/\1/p' "$tmp/err")
set -- $(awk '!warm && $1 >= '$warm' { warm = $2 }
	$2 > top { top = $2 }
	{ end = $2 }
	END { print warm + 0, top + 0, end + 0 }' "$tmp/memory")
echo "memory: $1 KiB warm, $2 KiB at most, $3 KiB at the end"
if [ $status -ne 0 ] || [ "${inspected:-0}" -ne "$packets" ] ||
    grep -qE 'Sanitizer|runtime error' "$tmp/err"; then
	tail -n 40 "$tmp/err"
	echo "not ok soak: status $status, $inspected packets inspected"
	exit 1
fi
if [ -z "${SANITIZED-}" ] && [ "$2" -gt $(($1 + $1 / 10)) ]; then
	cat "$tmp/memory"
	echo "not ok soak: memory grew"
	exit 1
fi
echo "ok soak"
