#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a UDP receiver gets of fragments that are sent to it over a pair of
# virtual interfaces, and what the defragmenter makes of them: the same.
set -u
script=$(basename "$0" .sh)
tool=${top_builddir:?}/tests/tools/fragkernel

skip()
{
	echo "skip $script: $1"
	exit 77
}

if [ "${1-}" != inside ]; then
	unshare -n true 2>/dev/null || skip "no right to make a namespace"
	command -v ip >/dev/null || skip "no ip command"
	unshare -n ip link add a0 type veth peer name b0 2>/dev/null ||
	    skip "no virtual interfaces here"
	exec unshare -n "$0" inside
fi

tmp=$(mktemp -d) || exit 99
receiver=
cleanup()
{
	[ -z "$receiver" ] || kill "$receiver" 2>/dev/null
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 99' INT TERM

# the receiver's namespace is told of its interface when that is there
mkfifo "$tmp/go"
# shellcheck disable=SC2016 # expanded inside
unshare -n sh -c 'read -r go <"$1/go" && ip link set lo up &&
    ip addr add 10.99.0.2/24 dev b0 && ip link set b0 up &&
    exec "$2" recv 3000' sh "$tmp" "$tool" >"$tmp/kernel" &
receiver=$!
ip link add a0 type veth peer name b0
mac=$(ip -o link show b0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')
tries=0
until ip link set b0 netns "$receiver" 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || skip "an interface could not be moved"
	sleep 0.1
done
ip addr add 10.99.0.1/24 dev a0
ip link set a0 up
echo go >"$tmp/go"
tries=0
until grep -q ready "$tmp/kernel"; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || { echo "not ok $script: no receiver"; exit 1; }
	sleep 0.1
done
sleep 0.2 # for the link to come up
seed=${SEED:-$(date +%s)}
"$tool" send a0 "$mac" "$seed" 800 >"$tmp/ours" 2>"$tmp/overlaps" || exit 1
wait "$receiver"
receiver=
grep -v ready "$tmp/kernel" | sort -n >"$tmp/got"
sort -n "$tmp/ours" >"$tmp/want"
sed 's/ .*//' "$tmp/overlaps" >"$tmp/numbers"

# Overlapping datagrams: Linux 4.19 and later throw them away whole; an older
# one's answer is not compared.
awk 'NR == FNR { skip[$1]; next } !($1 in skip)' "$tmp/numbers" "$tmp/got" \
    >"$tmp/plain"
runs=$(sed 's/ .*//' "$tmp/want" | sort -u | wc -l)
if [ "$runs" -eq 600 ] && cmp -s "$tmp/want" "$tmp/plain"; then
	echo "ok $script: 600 datagrams, as the kernel put them together"
	exit 0
fi
echo "not ok $script: seed $seed"
diff "$tmp/want" "$tmp/plain" | head -n 20 | sed 's/^/  /'
exit 1
