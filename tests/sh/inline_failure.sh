#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# --on-failure open and closed, each with the sensor absent, starting, with a
# full queue, stuck, crashed, killed, out of room and reading new rules:
# packets pass, or do not, as was promised, and nothing hangs.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
cat >rules <<'TXT'
alert tcp any any -> any 7777 (msg:"seen"; content:"connection"; sid:1000001; rev:1;)
drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL"; sid:1000002; rev:1;)
TXT
echo 'include rules' >conf
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done

# start ARGS...: inline, without waiting for it; $sensor
start()
{
	: >err
	"$aduana" -l log -A console -N -Q -H 0 --on-failure $mode "$@" \
	    >out 2>err &
	sensor=$!
	started="$started $sensor"
}
# shellcheck disable=SC2317 # called by wait_for
works() { [ "$(grep -c 'judging the packets' err)" -ge "$1" ]; }
sensor() { start "$@" && wait_for works 1; }
worker() { tr -d " " <"/proc/$sensor/task/$sensor/children"; }
ends() { kill -TERM "$sensor" && wait "$sensor"; }

# a datagram and its answer pass
# shellcheck disable=SC2317 # called by wait_for
passes() { cli "$tools/linktest" once 10.78.0.2 300 >/dev/null 2>&1; }
# as_promised NAME: without anybody who judges
as_promised()
{
	if [ $mode = open ]; then
		wait_for passes
		report "$mode, $1: packets pass" $?
	else
		! passes && ! passes
		report "$mode, $1: packets stop" $?
	fi
}
# measure MS: the longest time without an answer, for $gap, in the background
measure()
{
	cli "$tools/linktest" gap 10.78.0.2 "$1" >gap &
	talker=$!
	sleep 0.5
}
measured() { wait "$talker"; gap=$(cat gap); }

for mode in open closed; do
	"$aduana" --setup bridge --on-failure $mode >out 2>err
	report "$mode: the kernel's rules" $?
	as_promised 'no sensor'

	# it reads its rules as long as nobody writes the last of them
	rm -f late
	mkfifo late
	echo 'include rules
include late' >late.conf
	start -c late.conf
	sleep 0.5
	as_promised 'the sensor starts'
	echo >late
	wait_for works 1 && wait_for passes
	report "$mode, started: packets pass" $?
	ends
	as_promised 'it has ended'

	# a full queue, of whose reader nobody takes notice
	sensor -c conf --watchdog 0 --daq-var queue_maxlen=20
	passes
	report "$mode: a sensor without a watchdog" $?
	kill -STOP "$sensor"
	cli "$tools/linktest" gap 10.78.0.2 300 >/dev/null
	as_promised 'a full queue'
	kill -CONT "$sensor"
	wait_for passes
	report "$mode, read again: packets pass" $?
	ends

	# stuck, crashed, killed; each time the next begins later
	sensor -c conf --watchdog 1
	measure 4000
	kill -STOP "$(worker)"
	wait_for works 2
	measured
	[ "$gap" -ge 500 ] && [ "$gap" -lt 3500 ] && passes &&
	    grep -q 'has not moved for 1 s.* packets that wait .*lost' err
	report "$mode, stuck: another one begins, after $gap ms" $?
	# ABRT and not SEGV, which sanitizers would take for a finding
	kill -ABRT "$(worker)"
	wait_for works 3 && wait_for passes && grep -q 'by signal 6 ' err
	report "$mode, crashed: another one begins" $?
	kill -KILL "$(worker)"
	wait_for works 4 && wait_for passes && grep -q 'by signal 9 ' err
	report "$mode, killed: another one begins" $?
	measure 3000
	kill -SEGV "$(worker)"
	as_promised 'crashed and not begun yet'
	wait_for works 5 && wait_for passes
	report "$mode, begun: packets pass" $?
	measured
	if [ $mode = open ]; then
		[ "$gap" -lt 700 ]
	else
		[ "$gap" -ge 700 ] && [ "$gap" -lt 2900 ]
	fi
	report "$mode, a crash: no answer for $gap ms" $?
	kill -USR1 "$sensor"
	wait_for grep -q 'restarts  *4 ' err && grep -q 'stuck  *1 ' err &&
	    grep -q 'crashed  *3 ' err
	report "$mode: all of it is in the statistics" $?
	talk say 10.78.0.2 'an EVIL word'
	[ "$(cat said)" = silence ]
	report "$mode: the last one drops an attack" $?

	# new rules, while packets pass
	echo 'drop tcp any any -> any 7777 (msg:"new"; content:"NASTY"; sid:1000003; rev:1;)' \
	    >>rules
	measure 3000
	kill -HUP "$sensor"
	wait_for grep -q 'reload: done' err
	report "$mode: a reload" $?
	measured
	[ "$gap" -lt 500 ]
	report "$mode: and no answer for $gap ms" $?
	talk say 10.78.0.2 'a NASTY word'
	[ "$(cat said)" = silence ]
	report "$mode: the new rules are in force" $?
	sed -i '$d' rules

	# the process that watches is killed: so is the one that works
	child=$(worker)
	kill -KILL "$sensor"
	wait "$sensor" 2>/dev/null
	# shellcheck disable=SC2317 # called by wait_for
	gone() { ! kill -0 "$child"; }
	wait_for gone
	report "$mode: no process is left alone" $?
	as_promised 'all processes are killed'

	# no room for what is put together
	cat >room.conf <<'TXT'
preprocessor stream5_global: track_tcp yes
preprocessor stream5_tcp: policy first, ports both all, max_queued_bytes 1024
include rules
TXT
	sensor -c room.conf
	talk say 10.78.0.2 "$(printf '%03000d' 0)"
	if [ $mode = open ]; then
		[ "$(cut -c1-3 said)" = 000 ]
		report "$mode, no room: packets pass" $?
	else
		[ "$(cat said)" = silence ]
		report "$mode, no room: packets stop" $?
	fi
	passes
	report "$mode: others pass" $?
	ends
	grep -q "stream.segments.$([ $mode = open ] && echo pass || echo drop)" err
	report "$mode: and that is counted" $?
done

# the configuration's word, and the command line's over it
{ cat conf && echo 'config on_failure: closed'; } >closed.conf
"$aduana" --setup bridge -c closed.conf --print >out 2>err &&
    ! grep -q queue-bypass out
report 'a directive closes' $?
"$aduana" --setup bridge -c closed.conf --on-failure open --print >out 2>err &&
    grep -q queue-bypass out
report 'the command line opens' $?
echo 'config on_failure: ajar' >bad.conf
! "$aduana" -T -c bad.conf -l log >out 2>err && grep -q 'open or closed' err
report 'a word that is none' $?
"$aduana" --setup remove >out 2>err
report 'the kernel has no rules of ours' $?
finish
