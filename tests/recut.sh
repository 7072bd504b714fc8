#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: recut.sh CONF CAPTURE... (make recut CONF=... CAPTURES=...)
# Each capture as it is, cut into segments of one byte, and cut at random: what
# rules find in the streams must be the same. Prints what is not, and the sum:
# how many (flow, gid:sid) of the captures as they are were found again, and
# how many were found that are not in them.
set -u
conf=$1
shift
dir=$(cd "$(dirname "$conf")" && pwd)
tmp=$(mktemp -d) || exit 99
# what it includes is found beside it
mine=$tmp/conf/recut-$$.conf
trap 'rm -rf "$tmp"' EXIT INT TERM
mkdir "$tmp/conf" "$tmp/as" "$tmp/cut"
ln -s "$dir"/* "$tmp/conf/"
{
	# streams only, and room for a segment a byte
	sed -e 's/memcap [0-9]*,//; s/max_queued_[a-z]* [0-9]*,//g' \
	    -e 's/^preprocessor stream5_global:/& memcap 1073741824,/' \
	    -e 's/^preprocessor stream5_tcp:/& max_queued_bytes 0,/' \
	    -e 's/^preprocessor stream5_tcp:/& max_queued_segs 0,/' "$conf"
	cat <<CONF
config detection: no_stream_inserts
output eve: eve.json payload
CONF
} >"$mine"

# found DIR: what rules found in the streams of each capture of DIR: its name,
# addresses, ports, gid, sid
found()
{
	field=':"\{0,1\}\([^",]*\)"\{0,1\},.*'
	rm -rf "$tmp/log" && mkdir "$tmp/log"
	"$ADUANA" -c "$mine" --pcap-file "$tmp/list" --pcap-reset -q -k none \
	    -l "$tmp/log" 2>"$tmp/err" ||
	    echo "$1: $(tail -n 1 "$tmp/err")" | tee -a "$tmp/failed" >&2
	[ ! -e "$tmp/log/eve.json" ] || sed -n "/\"stream\":1/s/.*\
\"pcap_filename\"${field}\"src_ip\"${field}\"src_port\"${field}\
\"dest_ip\"${field}\"dest_port\"${field}\
\"gid\"${field}\"signature_id\"${field}/\1 \2 \3 \4 \5 \6:\7/p" \
	    "$tmp/log/eve.json" | sed 's,^[^ ]*/,,' | LC_ALL=C sort -u
}

for capture in "$@"; do
	echo "$(cd "$(dirname "$capture")" && pwd)/$(basename "$capture")"
done >"$tmp/list"
found "as they are" >"$tmp/whole"
# the same names, and what comes through them is cut on the way
mv "$tmp/list" "$tmp/captures"
while read -r capture; do
	mkfifo "$tmp/cut/$(basename "$capture")" || exit 99
	echo "$tmp/cut/$(basename "$capture")"
done <"$tmp/captures" >"$tmp/list"
whole=0 again=0 more=0
for seed in 0 ${SEEDS:-1}; do
	while read -r capture; do
		"$RECUT" "$seed" "$capture" "$tmp/cut/$(basename "$capture")"
	done <"$tmp/captures" &
	found "seed $seed" >"$tmp/again"
	# (one that nobody reads from, for the sensor has ended, goes on)
	kill $! 2>/dev/null
	for pipe in "$tmp"/cut/*; do
		: 3<>"$pipe"
	done
	wait
	LC_ALL=C comm -23 "$tmp/whole" "$tmp/again" |
	    sed "s/^/seed $seed: not found: /"
	LC_ALL=C comm -13 "$tmp/whole" "$tmp/again" |
	    sed "s/^/seed $seed: new: /"
	whole=$((whole + $(wc -l <"$tmp/whole")))
	again=$((again + $(LC_ALL=C comm -12 "$tmp/whole" "$tmp/again" |
	    wc -l)))
	more=$((more + $(LC_ALL=C comm -13 "$tmp/whole" "$tmp/again" |
	    wc -l)))
done
echo "$whole found in streams, $again of them again when cut anew, $more more"
[ ! -e "$tmp/failed" ] && [ $((again * 100)) -ge $((whole * 99)) ] &&
    [ $((more * 100)) -le "$whole" ]
