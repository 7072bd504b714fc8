#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sensor itself on a bridge, with the rules that it installs: several
# queues, a worker each, all of them used and none losing a packet; a reload
# under traffic; it may go and come without stopping anything.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
cat >conf <<'TXT'
alert tcp any any -> any 7777 (msg:"seen"; content:"connection"; sid:1000001; rev:1;)
drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL"; sid:1000002; rev:1;)
reject tcp any any -> any 7777 (msg:"reset"; content:"AWFUL"; sid:1000003; rev:1;)
alert tcp any any -> any 7777 (msg:"other"; content:"aaaa"; replace:"bbbb"; sid:1000004; rev:1;)
TXT
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
for i in 3 4 5 6 7 8 9; do
	srv ip addr add "10.78.0.$i/24" dev s0
done

# sensor ARGS...: inline, until it is ended; $sensor
sensor()
{
	: >err
	"$aduana" -c conf -l log -A console -N "$@" >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for grep -q 'judging the packets' err
}
# everybody: 20 connections to each address of the server
everybody()
{
	for i in 2 3 4 5 6 7 8 9; do
		talk many "10.78.0.$i" 20 || return 1
	done
}

# The queue is had last, for its packets wait from then on: no allocation that
# fails, of those around that moment, ends a sensor which has its queue already.
# has_begun NTH: a sensor whose nth allocation fails; does it have the queue?
has_begun()
{
	: >err
	ADUANA_FAIL_ALLOC=$1 "$aduana" -c conf -l log -A none -N -Q -H 0 \
	    --watchdog 0 >out 2>err &
	sensor=$!
	started="$started $sensor"
	until grep -q 'judging the packets' err; do
		kill -0 "$sensor" 2>/dev/null || break
		sleep 0.02
	done
	kill "$sensor" 2>/dev/null
	wait "$sensor"
	ended=$?
	grep -q 'judging the packets' err
}
low=1
high=2
until has_begun $high; do
	low=$high
	high=$((high * 2))
	[ $high -lt 1000000 ] || break
done
while [ $((high - low)) -gt 1 ]; do
	nth=$(((low + high) / 2))
	if has_begun $nth; then high=$nth; else low=$nth; fi
done
early=0
nth=$((high - 5))
while [ $nth -lt $((high + 25)) ]; do
	! has_begun $nth || [ $ended -eq 0 ] || early=$((early + 1))
	nth=$((nth + 1))
done
[ $high -lt 1000000 ] && [ $early -eq 0 ]
report "a sensor that has its queue is ready ($high, $early)" $?

"$aduana" --setup bridge --queues 4 --print >printed
grep -q 'queue-balance 0:3 --queue-bypass' printed && ! iptables-save |
    grep -q ADUANA
report 'rules are printed, and nothing is changed' $?
"$aduana" --setup bridge --queues 4 >out 2>err
report 'rules are installed' $?
"$aduana" --setup bridge --queues 4 >out 2>err &&
    [ "$(iptables-save | grep -c 'FORWARD.*ADUANA_QUEUE')" -eq 1 ]
report 'once, however often' $?
everybody
report 'without a sensor all passes' $?
! "$aduana" --check-inline --setup bridge -H 0:3 >out 2>err &&
    [ "$(grep -c 'NOT  queue' out)" -eq 4 ] && ! grep -q 'NOT .*rule' out
report 'it is told that nobody reads' $?

sensor -Q -H 0:3
report 'four queues are bound' $?
"$aduana" --check-inline --setup bridge -H 0:3 >said 2>&1
report 'it is told that all is in force' $?
iptables -t mangle -I FORWARD -p udp -j ACCEPT
! "$aduana" --check-inline --setup bridge -H 0:3 >said 2>&1 &&
    [ "$(grep -c ^NOT said)" -eq 1 ] &&
    grep -q 'NOT .*-I FORWARD.*before it, "-A FORWARD -p udp -j ACCEPT"' said
report 'and of a rule that comes before ours' $?
iptables -t mangle -D FORWARD -p udp -j ACCEPT
iptables -t mangle -I FORWARD -p tcp --syn -j TCPMSS --set-mss 1400
"$aduana" --check-inline --setup bridge -H 0:3 >said 2>&1
report 'but of none that only changes packets' $?
iptables -t mangle -F FORWARD && "$aduana" --setup bridge --queues 4 >out 2>&1
everybody
report 'many connections' $?
talk bulk 10.78.0.2 5000000 && talk bulk fd78::2 2000000
report 'bulk' $?
talk say 10.78.0.2 'an EVIL word'
[ "$(cat said)" = silence ]
report 'an attack is dropped' $?
talk say 10.78.0.2 'a good word' && grep -q 'good word' said
report 'its neighbour is not' $?
talk say fd78::2 'an EVIL word'
[ "$(cat said)" = silence ]
report 'an attack is dropped, IPv6' $?
talk again 10.78.0.2 'an EVIL word' && ms4=$(cat said) &&
    talk again fd78::2 'an EVIL word'
report "who was dropped comes back with his port (${ms4:-no} ms, $(cat said))" $?
talk say 10.78.0.3 'an aaaa word' && grep -q 'an bbbb word' said
report 'a payload is replaced' $?
talk say 10.78.0.3 'an AWFUL word'
[ "$(cat said)" = reset ]
report 'a client is reset' $?
kill -HUP "$sensor"
everybody && wait_for grep -q 'reload: done' err
report 'a reload while packets pass' $?
( everybody ) &
busy=$!
for i in 1 2 3; do
	kill -USR1 "$sensor"
	sleep 0.2
done
wait "$busy" && wait_for grep -q 'statistics of' err
report 'statistics while packets pass' $?
settles
used=$(awk '$8 > 0' /proc/self/net/netfilter/nfnetlink_queue | wc -l)
asked=$(awk '{ s += $8 } END { print s }' \
    /proc/self/net/netfilter/nfnetlink_queue)
[ "$used" -ge 2 ]
report "$used queues are used" $?
kill -TERM "$sensor" && wait "$sensor"
report 'it ends' $?
# (the last ones)
value() { awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }' err; }
[ "$(value received)" -eq "$asked" ] && [ "$(value verdicts)" -eq "$asked" ] &&
    [ "$(value inspected)" -eq "$asked" ]
report 'asked, inspected and answered are one number' $?
[ "$(grep -c '1:1000001:1' out)" -eq 480 ]
report 'every connection is seen by some worker' $?
talk many 10.78.0.2 5
report 'and all passes again' $?

sensor -Q --daq nfq --daq-mode inline --daq-var queue=0 --daq-var fail_open \
    --daq-var queue_maxlen=2000
report 'as typed for Snort' $?
kill -KILL "$sensor"
wait "$sensor" 2>/dev/null
talk many 10.78.0.2 5
report 'killed: all passes' $?
sensor -Q -H 0
"$aduana" -c conf -l log -N -Q -H 0 --fallback exit >out 2>second
[ $? -eq 1 ] && grep -q "queue 0 is held by pid $sensor (aduana)" second
report 'a second one is told who holds the queue' $?
kill -TERM "$sensor" && wait "$sensor"


# stuck, killed, and asked to end, under the watchdog
sensor -Q -H 0:3 --watchdog 1
# shellcheck disable=SC2317 # called by wait_for
again() { [ "$(grep -c 'judging the packets' err)" -ge "$1" ]; }
everybody
worker=$(cat "/proc/$sensor/task/$sensor/children")
cli "$tools/linktest" gap 10.78.0.2 5000 >gap &
talker=$!
sleep 0.5
kill -STOP $worker
wait_for again 2
report 'a stuck process is ended, and another begins' $?
wait "$talker"
grep -q 'has not moved for 1 s' err && [ "$(cat gap)" -lt 3000 ]
report "it took $(cat gap) ms" $?
kill -KILL $(cat "/proc/$sensor/task/$sensor/children")
wait_for again 3 && wait_for talk many 10.78.0.2 1 && everybody
report 'a killed one is followed by another' $?
kill -TERM "$sensor" && wait "$sensor"
report 'TERM ends both' $?

# --on-failure closed: nothing passes that no sensor judges
"$aduana" --setup bridge --on-failure closed >out 2>err &&
    grep -q 'queue 0; .*aduana -Q -H 0 --on-failure closed' err &&
    ! iptables-save | grep -q queue-bypass && ! talk many 10.78.0.2 1
report 'closed, nothing passes without a sensor' $?
cli "$tools/linktest" gap 10.78.0.2 2000 >gap &
talker=$!
for i in 1 2 3 4 5 6; do
	"$aduana" --setup bridge --on-failure closed >out 2>err
done
wait "$talker"
[ "$(cat gap)" -ge 1900 ]
report 'nor while the rules are installed anew' $?
sensor -Q -H 0 --on-failure closed
everybody
report 'and all does with one' $?
kill -TERM "$sensor" && wait "$sensor"
"$aduana" --setup bridge >out 2>err && talk many 10.78.0.2 1
report 'open again' $?

"$aduana" --setup remove --print >commands &&
    iptables-save | grep -q ADUANA
report 'what would be removed is printed, and nothing is changed' $?
sh commands 2>/dev/null
! { iptables-save && ip6tables-save; } | grep -q ADUANA
report 'and these commands do it' $?
"$aduana" --setup bridge >out 2>err && "$aduana" --setup remove >out 2>err &&
    ! { iptables-save && ip6tables-save; } | grep -q ADUANA
report 'removed without a trace' $?
# what is missing is named, with the command for it
"$aduana" --setup bridge >out 2>err
"$aduana" --check-inline --setup bridge -H 0 >said 2>&1
grep -q 'ok .*offloads of m0: large-receive-offload off, generic-rec' said &&
    grep -q 'offloads of m1' said && ! grep -q 'offloads of br0' said
report 'offloads are told' $?
"$aduana" --setup remove >out 2>err
! unshare -m sh -c 'mount -t tmpfs none /proc/sys/net && exec "$1" --setup \
    bridge' sh "$aduana" >out 2>err && grep -q \
    'lacks br_netfilter .*modprobe -a br_netfilter' err
report 'a kernel without br_netfilter' $?
mkdir fakes
printf '#!/bin/sh\nexit 1\n' >fakes/iptables
cp fakes/iptables fakes/ip6tables
printf '#!/bin/sh\nif grep -q NFQUEUE; then exit 1; fi\n' >fakes/iptables-restore
cp fakes/iptables-restore fakes/ip6tables-restore
chmod 755 fakes/*
! unshare -m sh -c 'mount --bind fakes /usr/sbin && exec "$1" --setup bridge' \
    sh "$aduana" >out 2>err && grep -q \
    'lacks xt_NFQUEUE (packets to a queue): try "modprobe -a xt_NFQUEUE"' err
report 'a kernel without xt_NFQUEUE' $?
"$aduana" --setup bridge >out 2>err
iptables-save | grep ADUANA | grep -v ^: >before
! unshare -m sh -c 'mount --bind fakes /usr/sbin && exec "$1" --setup bridge' \
    sh "$aduana" >out 2>err && grep -q 'earlier --setup installed stays' err &&
    iptables-save | grep ADUANA | grep -v ^: | cmp -s - before
report 'and where there are rules already these stay' $?
for place in route host; do
	"$aduana" --setup $place >out 2>err
	report "rules for $place" $?
	"$aduana" --check-inline --setup $place >said 2>&1
	! grep -q 'NOT .*rule' said
	report "and they are found" $?
done
iptables -F ADUANA_SAVE
"$aduana" --check-inline --setup host >said 2>&1
grep -q 'NOT .*IPv4 rule -A ADUANA_SAVE.*in the table filter' said
report 'the same rule in another table is none' $?
! "$aduana" --setup bridge -H 65534 --queues 4 >out 2>err &&
    grep -q 'queue 65537, .*as -H 65532' err
report 'queues past the last one' $?
"$aduana" --setup remove >out 2>err &&
    ! { iptables-save && ip6tables-save; } | grep -q ADUANA
report 'and removed' $?
finish
