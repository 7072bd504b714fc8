#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make inline-soak [MINUTES=10] [CONF=file]: all the traffic that two queues
# take, for so long: no packet is lost, nothing hangs, memory stays flat. The
# rules are read anew every minute.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
conf=${CONF:?a configuration}
minutes=${MINUTES:-10}
mkdir log
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
for i in 3 4 5 6 7 8 9; do
	srv ip addr add "10.78.0.$i/24" dev s0
done
"$aduana" --setup bridge --queues 2 >out 2>err || { cat err; exit 1; }
"$aduana" -c "$conf" -l log -A none -N -Q -H 0:1 >out 2>err &
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

# one client for each address, until the time is over
end=$(($(date +%s) + minutes * 60))
clients=
for i in 2 3 4 5 6 7 8 9; do
	(
		while [ "$(date +%s)" -lt $end ]; do
			cli "$tools/linktest" bulk "10.78.0.$i" 20000000 &&
			    cli "$tools/linktest" many "10.78.0.$i" 200 &&
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
	[ $first -gt 0 ] || first=$kb
	echo "$(((end - $(date +%s)) / 60)) min left: $kb kB"
done
status=0
for pid in $clients; do
	wait "$pid" || status=1
done
cat client[2-9] >said
report 'no client failed' $status
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
[ "$used" -eq 2 ] && [ "$(value received)" -eq "$asked" ] &&
    [ "$(value verdicts)" -eq "$asked" ] &&
    [ "$(value queue_dropped)" -eq 0 ] && [ "$(value user_dropped)" -eq 0 ] &&
    [ "$(value restarts)" -eq 0 ]
report "$asked packets asked about by two queues, all answered, none lost" $?
"$aduana" --setup remove >out 2>err
finish
