#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# make inline-gaps [CONF=file]: what a failure costs, as the longest time in
# milliseconds without an answer, of a ping (datagrams, one a millisecond), of
# new connections and of one that is open; with --on-failure open and closed.
# Each case begins a second after the measuring, which lasts GAP_MS (8000).
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
ms=${GAP_MS:-8000}
conf=${CONF:?a configuration}
mkdir log
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done

# shellcheck disable=SC2317 # called by wait_for
works() { [ "$(grep -c 'judging the packets' err)" -ge "$1" ]; }
start()
{
	: >err
	"$aduana" -c "$conf" -l log -A none -N -Q -H 0 --on-failure $mode "$@" \
	    >out 2>err &
	sensor=$!
	started="$started $sensor"
}
sensor()
{
	start "$@"
	tries=0
	until works 1; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || { cat err; exit 1; }
		sleep 0.1
	done
}
worker() { tr -d ' ' <"/proc/$sensor/task/$sensor/children"; }
over() { kill -TERM "$sensor" 2>/dev/null; wait "$sensor" 2>/dev/null; }

# case NAME COMMAND...: measures around the command
measure()
{
	name=$1
	shift
	pids=
	for kind in gap gap-new gap-open; do
		cli "$tools/linktest" $kind 10.78.0.2 "$ms" >$kind &
		pids="$pids $!"
	done
	sleep 1
	"$@" >said 2>&1
	for pid in $pids; do
		wait "$pid"
	done
	printf '%-12s %-7s %8s %8s %8s\n' "$name" $mode "$(cat gap)" \
	    "$(cat gap-new)" "$(cat gap-open)"
}
# the queue's reader rests for a second: the queue is full at once
# shellcheck disable=SC2317 # called by measure
fills() { kill -STOP "$sensor"; sleep 1; kill -CONT "$sensor"; }
# shellcheck disable=SC2317
hit() { kill "$1" "$(worker)"; }
# shellcheck disable=SC2317
reload() { kill -HUP "$sensor"; }
# a memory cap that a long segment reaches, again and again
# shellcheck disable=SC2317
runs_over()
{
	for i in 1 2 3 4 5; do
		cli "$tools/linktest" say 10.78.0.2 "$(printf '%03000d' $i)"
	done
}

echo "longest time without an answer, ms   (of $ms; $conf)"
printf '%-12s %-7s %8s %8s %8s\n' failure policy ping new open
for mode in open closed; do
	"$aduana" --setup bridge --on-failure $mode >out 2>err
	if [ $mode = open ]; then
		measure absent true
		measure starting start
		over
	else
		# nothing passes at all: so long
		printf '%-12s %-7s %8s %8s %8s\n' absent closed all all all
		start
		cli "$tools/linktest" gap 10.78.0.2 "$ms" >gap
		printf '%-12s %-7s %8s %8s %8s\n' starting closed \
		    "$(cat gap)" - -
		over
	fi
	sensor --watchdog 0 --daq-var queue_maxlen=16
	measure full fills
	over
	sensor
	measure STOP hit -STOP
	over
	sensor
	measure KILL hit -KILL
	over
	sensor
	measure crash hit -SEGV
	over
	echo "preprocessor stream5_global: track_tcp yes
preprocessor stream5_tcp: policy first, ports both all, max_queued_bytes 1024" \
	    >room.conf
	whole=$conf
	conf=room.conf
	sensor
	measure 'memory cap' runs_over
	over
	conf=$whole
	sensor
	measure reload reload
	over
done
"$aduana" --setup remove >out 2>err
