#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make inline-late [ROUNDS=1000] [LATE_CONF=file]: attacks that come late, under
# load: in the 900th request of a connection, and in the last KiB of a body of
# 1 MiB, cut into segments anyhow. None arrives, and all that is innocent does;
# with the fast path on, too, but for what its policy names. In make check a few
# rounds.
needs="iptables"
# shellcheck disable=SC2034 # of spaces.sh
shows='err said why'
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
rounds=${ROUNDS:-5}
at_a_time=2
mkdir log
cat >rules <<'TXT'
drop tcp any any -> any 80 (msg:"late URI"; content:"EVILWORD"; http_uri; sid:9000001;)
drop tcp any any -> any 80 (msg:"late body"; content:"EVILWORD"; http_client_body; sid:9000002;)
TXT
if [ -n "${LATE_CONF-}" ]; then
	echo "include $LATE_CONF" >conf
else
	cat >conf <<'TXT'
preprocessor stream5_global: track_tcp yes, track_udp yes
preprocessor stream5_tcp: policy linux, ports both all
preprocessor stream5_udp: timeout 60
preprocessor http_inspect: global
preprocessor http_inspect_server: server default ports { 80 } post_depth 0
TXT
fi
cp conf fast
echo 'config inline_bypass: none
include rules' >>conf
echo 'pass tcp any any -> 10.78.0.3 80 (flow:established; sid:9000003;)' |
    cat rules - >fast_rules
echo 'config inline_bypass: pass
include fast_rules' >>fast
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
for i in 3 4; do
	srv ip addr add "10.78.0.$i/24" dev s0
done
nsenter --net="/proc/$server/ns/net" "$tools/lateload" serve >late 2>&1 &
started="$started $!"
wait_for grep -q ready late || skip "no server"

# sensor CONF: inline until it is ended; $sensor
sensor()
{
	: >err
	"$aduana" -c "$1" -l log -A none -N -Q -H 0 >out 2>err &
	sensor=$!
	started="$started $sensor"
	tries=0
	until grep -q 'judging the packets' err; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || { cat err; exit 1; }
		sleep 0.1
	done
}
# shellcheck disable=SC2317 # called below
burden()
{
	while [ -e loaded ]; do
		cli "$tools/lateload" load 10.78.0.4 500 || exit 1
		cli "$tools/linktest" bulk 10.78.0.4 2000000 || exit 1
	done
}
# what arrived at the server so far: $arrived requests, $attacks
arrivals()
{
	srv "$tools/lateload" count 127.0.0.1 >said
	arrived=$(awk '{ print $2 }' said)
	attacks=$(awk '{ print $4 }' said)
}
# play KIND ADDRESS N: that many, a few at a time; $answered of them, $broken
first=0
play()
{
	rm -f played.*
	for lane in $(seq $at_a_time); do
		i=$lane
		while [ "$i" -le "$3" ]; do
			cli "$tools/lateload" "$1" "$2" $((first + i)) ||
			    echo broken
			i=$((i + at_a_time))
		done >"played.$lane" 2>&1 &
		eval "lane$lane=$!"
	done
	for lane in $(seq $at_a_time); do
		eval "wait \$lane$lane"
	done
	answered=$(cat played.* | grep -c '^answered')
	broken=$(cat played.* | grep -c '^broken')
	cat played.* | grep '^lateload' | sort | uniq -c >why
}
# die ADDRESS N TEXT: none of so many attacks arrives, all that is innocent does
die()
{
	for kind in uri body; do
		each=1
		[ $kind = body ] || each=900
		arrivals
		before=$attacks
		play $kind "$1" "$2"
		arrivals
		[ $((attacks - before)) -eq 0 ] && [ "$answered" -eq 0 ] &&
		    [ "$broken" -eq 0 ]
		report "$3: $((attacks - before)) of $2 late attacks in a $kind arrived" $?
		play "fine-$kind" "$1" "$2"
		[ "$answered" -eq "$2" ] && [ "$broken" -eq 0 ]
		report "$3: $answered of $2 innocent ones ($each requests each) were answered" $?
	done
}
# conserve: the sensor ends, and nothing was lost
conserve()
{
	rm -f loaded
	wait "$load"
	report "the load was carried, $1" $?
	settles
	asked=$(awk '{ s += $8 } END { print s }' \
	    /proc/self/net/netfilter/nfnetlink_queue)
	kill -TERM "$sensor" && wait "$sensor"
	report "it ends, $1" $?
	[ "$(value received)" -eq "$asked" ] &&
	    [ "$(value verdicts)" -eq "$asked" ] &&
	    [ "$(value queue_dropped)" -eq 0 ] &&
	    [ "$(value user_dropped)" -eq 0 ]
	report "$asked packets asked about, all answered, none lost, $1" $?
}
value() { awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }' err; }
start()
{
	sensor "$1"
	wait_for talk many 10.78.0.2 1
	: >loaded
	burden >burden 2>&1 &
	load=$!
	started="$started $load"
}

"$aduana" --setup bridge >out 2>err && without_chatter || { cat err; exit 1; }
start conf
die 10.78.0.2 "$rounds" 'fast path off'
conserve 'fast path off'

first=$rounds
start fast
some=$(((rounds + 9) / 10))
die 10.78.0.2 "$some" 'fast path on'
arrivals
before=$attacks
first=$((rounds + some))
play uri 10.78.0.3 "$some"
both=$answered
play body 10.78.0.3 "$some"
both=$((both + answered))
arrivals
[ $((attacks - before)) -eq $((2 * some)) ] && [ $both -eq $((2 * some)) ]
report "fast path on: of what the policy names $((attacks - before)) of $((2 * some)) pass by" $?
conserve 'fast path on'
"$aduana" --setup remove >out 2>err
finish
