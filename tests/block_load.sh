#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make block-load [ATTACKERS=10000] [ENTRIES=100000] [SPOOFED=100000]
#     [KILLS=100]
# Active response measured from a packet's time to the kernel's entry, in
# networks of its own: what still arrives after it, how fast, what entries
# cost, who is made up, and a sensor that is killed at any moment.
. "${top_srcdir:-.}/tests/sh/blocknet.sh"
attackers=${ATTACKERS:-10000}
wanted=${ENTRIES:-100000}
spoofed=${SPOOFED:-100000}
rounds=${KILLS:-100}

# a value of the statistics: its line's first number after NAME
value() { sed -n "s/^  $1  *\([0-9.]*\).*/\1/p" err | tail -n 1; }
latency() { grep -e '^  packet to kernel' err | tail -n 1; }
afresh() { rm -f log/block.state log/eve.json; }
# attack FROM N MS: N attackers from FROM on, MS apart
attack()
{
	case $1 in
	*:*) cli "$tools/blockload" attack fd81::2 "$@" ;;
	*) cli "$tools/blockload" attack 10.81.0.2 "$@" ;;
	esac >"${4:-said}" 2>&1
}
opened() { sed -n 's/^opened //p' "$1"; }
# rules that let what is known through stand first
for table in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
	$table -N DOCKER-USER
	$table -I FORWARD -j DOCKER-USER
	for chain in INPUT FORWARD DOCKER-USER; do
		$table -I $chain -m conntrack --ctstate ESTABLISHED -j ACCEPT
	done
done
sysctl -qw net.netfilter.nf_conntrack_max=1000000 2>/dev/null

# -- what arrives of an open connection later than 5 ms after the entry
for backend in nft legacy; do
	afresh
	configure "duration 600, backend $backend"
	sensor || { cat err; exit 1; }
	late=0 dripped=0
	for n in 1 2 3 4 5; do
		for ends in "10.81.0.2 10.99.7.$n" "fd81::2 fd99::7:$n"; do
			nsenter --net="/proc/$server/ns/net" \
			    "$tools/blockload" sink >came 2>&1 &
			sink=$!
			started="$started $sink"
			wait_for grep -q ready came
			# shellcheck disable=SC2086 # both ends
			at=$(cli "$tools/blockload" drip $ends 400)
			kill $sink
			wait $sink 2>/dev/null
			block list --json
			took=$(sed 's/},{/}\n{/g' said | grep "\"${ends#* }\"" |
			    sed -n 's/.*"latency_us":\([0-9]*\).*/\1/p')
			after=$(awk -v at="$at" -v took="$took" '/^[0-9]/ &&
			    $1 > at + took / 1e6 + 0.005 { n++ }
			    END { print n + 0 }' came)
			[ -n "$took" ] && dripped=$((dripped + 1))
			late=$((late + after))
		done
	done
	ends
	[ $dripped -eq 10 ] && [ $late -eq 0 ]
	report "$backend: 10 connections: $late packets later than 5 ms" $?
done

# -- one by one, then as fast as they come
afresh
configure 'duration 600'
sensor && attack 10.99.0.1 2000 2
wait_for holds 4000
ends
echo "   one by one: $(latency)"
afresh
sensor
begun=$(date +%s%N)
attack 10.99.20.1 "$attackers" 0 attacked
attackers=$(opened attacked)
wait_for holds $((2 * attackers))
took=$((($(date +%s%N) - begun) / 1000000))
block list
grep -q "^$attackers blocks" said
report "$attackers attackers: $((attackers * 1000 / took)) blocks a second" $?
ends
echo "   at once: $(latency)"
[ "$(value 'lost by the kernel')" = 0 ]
report 'no packet is lost' $?

# -- what entries cost, less what the sessions do that ask for none
# resident PID: of it and of its children, kB
resident()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
	for pid in $(cat "/proc/$1/task/$1/children"); do
		resident "$pid"
	done
}
memory() { resident "$sensor" | awk '{ s += $1 } END { print s }'; }
# load BLOCKED: connections, the growth; BLOCKED: until they are
load()
{
	afresh
	sensor
	before=$(memory)
	attack 10.99.0.1 $((wanted / 2)) 0 four
	attack fd99::1:1 $((wanted - wanted / 2)) 0 six
	made=$(($(opened four) + $(opened six)))
	[ -z "$1" ] || wait_for holds $((2 * made))
	sleep 1
	grown=$(($(memory) - before))
}
configure "duration 600, max $((wanted + 1000))"
sed -i 's/fwsam: src; //' conf
load ''
sessions=$grown
ends
configure "duration 600, max $((wanted + 1000))"
load blocked
kernel=$(ipset list -t | awk '/^Size in memory/ { s += $4 } END { print s }')
holds $((2 * made))
report "$made entries: $((grown - sessions)) kB here, $((kernel / 1024)) kB in\
 the kernel" $?
block flush
ends

# -- who is made up
afresh
configure 'duration 600'
sensor
mac=$(ip -o link show r0 | sed -n 's/.*link.ether \([0-9a-f:]*\).*/\1/p')
cli "$tools/blockload" spoof c0 "$mac" 10.81.0.2 "$spoofed" 10.80.0.1 \
    10.81.0.1 10.80.0.2 8.8.8.8 >said 2>&1
sleep 2
n=$(entries)
block list
grep -q '^0 blocks' said && [ "$n" -eq 0 ]
report "$spoofed made up: $n entries" $?
ends
echo "   $(value inspected) packets, $(value 'lost by the kernel') lost"

# -- killed
agreed() {
	block list || return
	awk '$1 ~ /^10\./ { print $1 }' said | sort >listed
	ipset save | sed -n 's/^add aduana-from4 \([0-9.]*\) .*/\1/p' |
	    sort >held
	cmp -s listed held
}
round=0 agreed=0 clean=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	leave=
	[ $((round % 2)) -eq 1 ] || leave=', leave'
	[ $((round % 5)) -gt 0 ] || afresh
	configure "duration 3000$leave"
	sensor || break
	attack "10.99.$((round % 200)).1" "$attackers" 0 attacked &
	load=$!
	sleep "$(awk -v s=$round 'BEGIN { srand(s * 7919)
	    printf "%.3f", 0.05 + rand() * 1.5 }')"
	ends KILL
	kill $load 2>/dev/null
	wait $load 2>/dev/null
	configure 'duration 3000'
	sensor || break
	wait_for agreed && agreed=$((agreed + 1))
	ends
	[ "$(ipset save | wc -l)" -gt 0 ] || clean=$((clean + 1))
done
[ $agreed -eq "$rounds" ] && [ $clean -eq "$rounds" ]
report "killed $round times: $agreed times kernel and list agreed, $clean times\
 nothing was left" $?
finish
