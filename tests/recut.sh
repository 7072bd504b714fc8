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
mkdir "$tmp/cache" "$tmp/conf"
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

# What rules found in streams: addresses, ports, gid, sid.
found()
{
	field=':"\{0,1\}\([^",]*\)"\{0,1\},.*'
	sed -n "/\"stream\":1/s/.*\"src_ip\"${field}\"src_port\"${field}\
\"dest_ip\"${field}\"dest_port\"${field}\
\"gid\"${field}\"signature_id\"${field}/\1 \2 \3 \4 \5:\6/p" \
	    "$1/eve.json" | LC_ALL=C sort -u
}

run()
{
	rm -rf "$tmp/log" && mkdir "$tmp/log"
	"$ADUANA" -c "$mine" -r - -l "$tmp/log" -q -k none \
	    --rule-cache "$tmp/cache" 2>"$tmp/err" ||
	    echo "$1: $(tail -n 1 "$tmp/err")" | tee -a "$tmp/failed" >&2
	[ ! -e "$tmp/log/eve.json" ] || found "$tmp/log"
}

whole=0 again=0 more=0
for capture in "$@"; do
	run "$capture" <"$capture" >"$tmp/whole"
	for seed in 0 ${SEEDS:-1}; do
		"$RECUT" "$seed" "$capture" - | run "$capture" >"$tmp/cut"
		name=$(basename "$capture")
		LC_ALL=C comm -23 "$tmp/whole" "$tmp/cut" |
		    sed "s/^/$name seed $seed: not found: /"
		LC_ALL=C comm -13 "$tmp/whole" "$tmp/cut" |
		    sed "s/^/$name seed $seed: new: /"
		whole=$((whole + $(wc -l <"$tmp/whole")))
		again=$((again + $(LC_ALL=C comm -12 "$tmp/whole" "$tmp/cut" |
		    wc -l)))
		more=$((more + $(LC_ALL=C comm -13 "$tmp/whole" "$tmp/cut" |
		    wc -l)))
	done
done
echo "$whole found in streams, $again of them again when cut anew, $more more"
[ ! -e "$tmp/failed" ] && [ $((again * 100)) -ge $((whole * 99)) ] &&
    [ $((more * 100)) -le "$whole" ]
