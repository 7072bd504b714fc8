#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --fallback: without a queue the sensor is an IDS on the bridge, says so, and
# is inline again by itself; or it ends. And the watchdog's process as the
# system sees it: in the background, with its pid file, signals and users.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
chmod 755 "$tmp"
chmod 777 log
cat >conf <<'TXT'
alert tcp any any -> any 7777 (msg:"seen"; content:"connection"; sid:1000001; rev:1;)
drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL"; sid:1000002; rev:1;)
TXT
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
"$aduana" --setup bridge >out 2>err || skip "$(cat err)"

# start ARGS...: without waiting for it; $sensor
start()
{
	: >err
	rm -f log/eve.json
	"$aduana" -c conf -l log -A console -N -Q "$@" >out 2>err &
	sensor=$!
	started="$started $sensor"
}
# shellcheck disable=SC2317 # called by wait_for
says() { [ "$(grep -c -e "$1" err)" -ge "${2:-1}" ]; }
# seen N: an attack, until there are N alerts of it
seen()
{
	tries=0
	until [ "$(grep -c '1:1000002:1' out)" -ge "$1" ]; do
		talk say 10.78.0.2 'an EVIL word'
		tries=$((tries + 1))
		[ $tries -lt 10 ] || return 1
		sleep 0.2
	done
}
passes() { talk say 10.78.0.2 'an EVIL word' && grep -q EVIL said; }
dies() { talk say 10.78.0.2 'an EVIL word'; [ "$(cat said)" = silence ]; }
# over: the status of the sensor, which ends now
# shellcheck disable=SC2317 # called by wait_for
has_ended() { ! kill -0 "$sensor" || grep -q 'State:.*Z' "/proc/$sensor/status"; }
over() { wait_for has_ended && wait "$sensor"; }
worker() { tr -d ' ' <"/proc/$1/task/$1/children" 2>/dev/null; }
value() { awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }' err; }

# -- another process has the queue
reads 0
start -H 0
wait_for says 'NOT IN THE PATH: queue 0 is held by pid .*(queueread)'
report 'a queue that is taken is said' $?
says 'copies from m0:m1' && says 'tried again'
report 'and what is done meanwhile' $?
passes && seen 1 && grep -q '\[CDrop\]' out
report 'an attack passes, and is an alert that says so' $?
talk many 10.78.0.2 10
sleep 1 # that seconds are counted
kill "$reader" && wait "$reader"
wait_for says 'IN THE PATH AGAIN' && dies
report 'the queue is free: it is inline again by itself' $?
says 'NOT IN THE PATH' 1 && ! says 'NOT IN THE PATH' 2
report 'it was said once' $?
kill -USR1 "$sensor"
wait_for says '^  running ' && says '^  returns  *1 ' &&
    says '^  fallbacks  *1 ' && [ "$(value passive_packets)" -gt 40 ] &&
    [ "$(value passive_s)" -ge 1 ]
report 'all of it is in the statistics' $?

# -- the kernel takes it away
"$tools/queuesteal" "$(worker "$sensor")" 0 3000 &
wait_for says 'queue 0 is lost: the kernel has unbound it'
report 'the queue is taken away, and that is seen' $?
wait_for says 'NOT IN THE PATH: queue 0 is held by .*(queuesteal)'
report 'and it is an IDS' $?
wait_for says 'IN THE PATH AGAIN' 2 && dies
report 'it is had again' $?
kill -TERM "$sensor" && over && [ "$(value fallbacks)" -eq 2 ] &&
    [ "$(value returns)" -eq 2 ] &&
    [ "$(value received)" -eq "$(value verdicts)" ] &&
    grep -q 'every packet answered  *yes' err
report 'TERM ends it; every packet was answered' $?

# -- two queues, one of them another's; and a reload meanwhile
"$aduana" --setup bridge --queues 2 >out 2>err
reads 1
echo 'output eve: eve.json stats' >>conf
start -H 0:1
wait_for says 'judging the packets' && says 'queue 1 is held by' &&
    ! says 'NOT IN THE PATH'
report 'one queue of two is enough to be inline' $?
kill -TERM "$sensor" && over
reads 0
"$aduana" -c conf -l log -N -Q -H 0:1 --fallback-interface m0 >out 2>err &
sensor=$!
started="$started $sensor"
wait_for says 'copies from m0'
report 'copies from an interface that was named' $?
kill -HUP "$sensor"
wait_for says 'reload: done' && passes &&
    wait_for grep -q '"signature_id":1000002' log/eve.json
report 'a reload changes nothing of it' $?
for pid in $started; do
	[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != queueread ] ||
	    kill "$pid"
done
wait_for says 'IN THE PATH AGAIN' && wait_for says 'queue 0 is had' &&
    wait_for says 'queue 1 is had' && dies
report 'inline again, with both queues' $?
kill -TERM "$sensor" && over
grep -q '"signature_id":1000002.*"disposition":"cannot_drop"' log/eve.json &&
    grep -q '"fallbacks":1' log/eve.json && grep -q '"restarts":0' log/eve.json
report 'EVE tells it' $?
sed -i '$d' conf
"$aduana" --setup bridge >out 2>said

# -- --fallback exit
reads 0
start -H 0 --fallback exit
over
[ $? -eq 1 ] && says 'queue 0 is held by'
report 'exit: a taken queue ends the sensor' $?
kill "$reader" && wait "$reader"
start -H 0 --fallback exit
wait_for says 'judging the packets'
"$tools/queuesteal" "$(worker "$sensor")" 0 2000 &
thief=$!
over
[ $? -eq 1 ] && says 'fallback exit ends the sensor'
report 'exit: so does a lost one' $?
wait "$thief"
echo 'config fallback: perhaps' >bad.conf
! "$aduana" -T -c bad.conf -l log >out 2>err && grep -q 'ids or exit' err
report 'a word that is none' $?

# -- crashes, one after the other
start -H 0
for i in 1 2 3 4 5; do
	wait_for says 'judging the packets' $i
	# (its process may be known before it is there)
	wait_for test -n "$(worker "$sensor")"
	kill -KILL "$(worker "$sensor")"
done
wait_for says 'NOT IN THE PATH: queue 0 is left alone for 60 s'
report 'five crashes: not inline for a while' $?
passes && seen 1
report 'but an IDS' $?
kill -TERM "$sensor" && over
report 'TERM ends it' $?
start -H 0 --fallback exit
for i in 1 2 3 4 5; do
	wait_for says 'judging the packets' $i
	wait_for test -n "$(worker "$sensor")"
	kill -KILL "$(worker "$sensor")"
done
over
[ $? -eq 1 ] && says 'so does this one'
report 'five crashes: the end, with exit' $?

# -- in the background, with a pid file, as another user
# shellcheck disable=SC2317 # called by wait_for
bound() { [ "$(wc -l </proc/self/net/netfilter/nfnetlink_queue)" -eq 1 ]; }
# shellcheck disable=SC2317
another() { new=$(worker "$pid"); [ -n "$new" ] && [ "$new" != "$child" ]; }
# shellcheck disable=SC2317
gone() { ! kill -0 "$1"; }
"$aduana" -c conf -l log -A fast -N -Q -H 0 -D --pid-path "$tmp" -R test \
    -u nobody >out 2>err
report 'a daemon: the one in front ends when the other works' $?
pid=$(cat snorttest.pid)
started="$started $pid"
child=$(worker "$pid")
[ "$(cat "/proc/$pid/comm")" = aduana ] && [ -n "$child" ]
report 'the pid file names the one that watches' $?
[ "$(stat -c %U "/proc/$child")" = nobody ] &&
    [ "$(stat -c %U "/proc/$pid")" = root ]
report 'the one that works is another user' $?
# shellcheck disable=SC2317 # called by wait_for
lets_go()
{
	for file in 0 1 2; do
		[ "$(readlink "/proc/$pid/fd/$file")" = /dev/null ] || return 1
	done
}
wait_for lets_go
report 'both let go of the terminal' $?
"$aduana" -c conf -l log -N -Q -H 0 -D --pid-path "$tmp" -R test \
    >out 2>second
[ $? -eq 1 ] && grep -q 'is locked' second
report 'its lock holds' $?
mv log/alert log/before 2>/dev/null
kill -HUP "$pid"
dies
wait_for test -s log/alert
report 'HUP is handed on' $?
kill -USR1 "$pid" && kill -USR2 "$pid" && sleep 0.3 && kill -0 "$child"
report 'so are USR1 and USR2' $?
kill -KILL "$child"
wait_for another && wait_for bound && dies
report 'another user binds the queue anew' $?
[ "$(stat -c %U "/proc/$new")" = nobody ]
report 'as that user' $?
kill -KILL "$pid"
wait_for gone "$new"
report 'the one that works ends with it, whoever it is' $?
rm -f snorttest.pid snorttest.pid.lck
"$aduana" -c conf -l log -A fast -N -Q -H 0 -D --pid-path "$tmp" -R test \
    >out 2>err
pid=$(cat snorttest.pid)
started="$started $pid"
child=$(worker "$pid")
# a whole group is ended, as by a service manager
kill -TERM "$pid" "$child"
wait_for gone "$pid" && wait_for gone "$child" && [ ! -e snorttest.pid ]
report 'TERM, to both at once, ends both, and the pid file goes' $?

# -- behind a change of the root nothing tells of queues
mkdir root root/log && chmod 777 root/log
: >err
"$aduana" -c conf -l "$tmp/root/log" -A console -N -Q -H 0 -t "$tmp/root" \
    >out 2>err &
sensor=$!
started="$started $sensor"
wait_for says 'judging the packets' && sleep 2.5 && dies &&
    ! says 'is lost'
report 'a queue is kept behind a change of the root' $?
kill -TERM "$sensor" && over
"$aduana" --setup remove >out 2>err
report 'the kernel has no rules of ours' $?
finish
