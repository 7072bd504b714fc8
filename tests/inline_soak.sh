#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make inline-soak [MINUTES=10] [QUEUES=2] [CONF=file]: all the traffic that so
# many queues (1 or 2) take, between one client and eight addresses of a server:
# no packet is lost, nothing hangs, memory stays flat. The rules are read anew
# every minute. Two runs, of one queue and of two, say what the second one is
# worth: see "carried".
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
conf=${CONF:?a configuration}
minutes=${MINUTES:-10}
queues=${QUEUES:-2}
case $queues in
1) numbers=0 ;;
2) numbers=0:1 ;;
*) echo 'inline_soak: QUEUES=1 or QUEUES=2' >&2; exit 2 ;;
esac
mkdir log
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
for i in 3 4 5 6 7 8 9; do
	srv ip addr add "10.78.0.$i/24" dev s0
done
"$aduana" --setup bridge --queues "$queues" >out 2>err && without_chatter ||
    { cat err; exit 1; }
"$aduana" -c "$conf" -l log -A none -N -Q -H "$numbers" >out 2>err &
sensor=$!
started="$started $sensor"
tries=0
until grep -q 'judging the packets' err; do
	tries=$((tries + 1))
	[ $tries -lt 1200 ] || { cat err; exit 1; }
	sleep 0.1
done
worker=$(tr -d ' ' <"/proc/$sensor/task/$sensor/children")
memory() { awk '/VmRSS/ { print $2 }' "/proc/$worker/status"; }

# (each worker has its first packet now)
for i in 2 3 4 5 6 7 8 9; do
	wait_for talk many "10.78.0.$i" 1
done

# carried: bytes that the server's interface did, both ways
carried() { srv cat /proc/net/dev | awk '$1 == "s0:" {
	printf "%.0f", $2 + $10 }'; }

# one client for each address, until the time is over
before=$(carried)
began=$(date +%s%N)
end=$(($(date +%s) + minutes * 60))
clients=
for i in 2 3 4 5 6 7 8 9; do
	(
		while [ "$(date +%s)" -lt $end ]; do
			cli "$tools/linktest" bulk "10.78.0.$i" 20000000 &&
			    cli "$tools/linktest" many "10.78.0.$i" 200 &&
			    echo 200 >>"asked$i" &&
			    cli "$tools/linktest" udp 10.78.0.2 200 1000 ||
			    exit 1
		done
	) >"client$i" 2>&1 &
	clients="$clients $!"
done
first=0
while [ "$(date +%s)" -lt $end ]; do
	sleep 55
	# (after its first reload it holds two generations, once)
	kill -HUP "$sensor"
	sleep 5
	kill -USR1 "$sensor"
	kb=$(memory) || break
	# (what rules read anew leave behind grows with the first of them)
	[ $first -gt 0 ] || [ $((end - $(date +%s))) -gt $((minutes * 30)) ] ||
		first=$kb
	echo "$(((end - $(date +%s)) / 60)) min left: $kb kB"
done
status=0
for pid in $clients; do
	wait "$pid" || status=1
done
took=$((($(date +%s%N) - began) / 1000000))
bytes=$(($(carried) - before))
requests=$(cat asked[2-9] | awk '{ n += $1 } END { print n + 0 }')
cat client[2-9] >said
report 'no client failed' $status
rate=$((bytes * 8 / 1000 / took))
[ $rate -gt 0 ] && [ "$requests" -gt 0 ]
report "$queues queues carried $rate Mbit/s, $((requests * 1000 / took)) \
requests/s" $?
kb=$(memory)
[ -n "$kb" ] && [ "$kb" -le $((first + first / 10 + 8192)) ]
report "memory stays flat: $first kB, $kb kB" $?
settles
asked=$(awk '{ s += $8 } END { print s }' \
    /proc/self/net/netfilter/nfnetlink_queue)
used=$(awk '$8 > 0' /proc/self/net/netfilter/nfnetlink_queue | wc -l)
kill -TERM "$sensor" && wait "$sensor"
report 'it ends' $?
value() { awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }' err; }
[ "$used" -eq "$queues" ] && [ "$(value received)" -eq "$asked" ] &&
    [ "$(value verdicts)" -eq "$asked" ] &&
    [ "$(value queue_dropped)" -eq 0 ] && [ "$(value user_dropped)" -eq 0 ] &&
    [ "$(value restarts)" -eq 0 ]
report "$asked packets asked about by $queues queues, all answered, none lost" $?
"$aduana" --setup remove >out 2>err
finish
