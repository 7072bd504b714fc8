#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Signals, reload, background, pid file: on a pipe that stays open, so that
# no interface and no privileges are needed.
. "${top_srcdir:-.}/tests/sh/lib.sh"

# start ARGS...: the sensor on a pipe that we hold open as descriptor 3
start()
{
	rm -f pipe
	mkfifo pipe
	"$aduana" -c conf -r pipe -l log -A console -N "$@" >out 2>err &
	pid=$!
	started="$started $pid"
	exec 3>pipe
	status=0
}

# shellcheck disable=SC2317 # called by wait_for
has_alerts() { alerts "$1"; }
# shellcheck disable=SC2317
says() { grep -q -e "$1" err; }

# stop: ends the sensor and takes its status
stop()
{
	kill -TERM "$pid"
	exec 3>&-
	wait "$pid"
	status=$?
}

start
capture 3 >&3
wait_for has_alerts 3
report 'a pipe is inspected as it fills' $?
kill -USR1 "$pid"
wait_for says 'inspected .* 3'
report 'USR1 prints statistics' $?
kill -USR2 "$pid"; kill -URG "$pid"

echo 'alert udp any any -> any 53 (msg:"new"; content:"hello"; sid:1000002; rev:1;)' >>hello.rules
kill -HUP "$pid"
wait_for says 'new rules are in force'
report 'HUP reads the rules again' $?
capture 1 | tail -c +25 >&3
wait_for grep -q '\[1:1000002:1\]' out
report 'and they alert' $?

echo 'config no_such_directive' >>conf
kill -HUP "$pid"
wait_for says 'old rules go on'
report 'a bad configuration changes nothing' $?
capture 1 | tail -c +25 >&3
wait_for has_alerts 5
report 'and packets go on' $?
sed -i '$d' conf
stop
check 'TERM ends with status 0 and statistics' 0 'inspected .* 5' \
    '1 reloads, 1 that changed nothing'

start -A fast
capture 1 >&3
wait_for grep -q hello log/alert
report 'an alert file' $?
mv log/alert log/alert.1
kill -HUP "$pid"
wait_for says 'new rules are in force'
capture 1 | tail -c +25 >&3
wait_for grep -q hello log/alert
report 'HUP opens a new one after a rotation' $?
echo 'output alert_full: full' >>conf
kill -HUP "$pid"
# shellcheck disable=SC2317
has_lines() { [ "$(grep -c "$2" "$3")" -eq "$1" ]; }
wait_for has_lines 2 'new rules are in force' err
capture 1 | tail -c +25 >&3
wait_for has_lines 2 hello log/alert && [ ! -e log/full ]
report '-A still wins over an output that is new in the file' $?
sed -i '$d' conf
stop
report 'and it ends' "$status"

mkdir run
start -D --pid-path "$tmp/run" -q
capture 3 >&3
wait_for test -s run/snort.pid
report '-D writes a pid file' $?
wait "$pid"
status=$?
report 'the process in front ends with 0' "$status"
daemon=$(cat run/snort.pid 2>/dev/null)
started="$started $daemon"
[ -n "$daemon" ] && kill -0 "$daemon"
report 'which names the one in the background' $?
run -c conf -r three.pcap -l log -A console -N --pid-path "$tmp/run"
check 'a second one is refused by the lock' 1 'is locked'
[ "$(cat run/snort.pid)" = "$daemon" ]
report 'and leaves the pid file alone' $?
kill -TERM "$daemon"
exec 3>&-
# shellcheck disable=SC2317
gone() { ! kill -0 "$daemon" 2>/dev/null; }
wait_for gone
report 'TERM ends it' $?
[ ! -e run/snort.pid ] && [ ! -e run/snort.pid.lck ]
report 'and its files are gone' $?

if [ "$(id -u)" -eq 0 ] && id nobody >/dev/null 2>&1; then
	chmod 755 .
	mkdir -m 700 nobody
	chown nobody nobody
	rm -f pipe
	mkfifo -m 644 pipe
	"$aduana" -c conf -r pipe -l nobody -A fast -N -u nobody -g nogroup -q \
	    -m 027 --pid-path run >out 2>err &
	pid=$!
	started="$started $pid"
	exec 3>pipe
	capture 1 >&3
	wait_for grep -q hello nobody/alert
	report '-u: alerts are written' $?
	[ "$(stat -c '%U %a' nobody/alert)" = 'nobody 640' ]
	report 'by that user, with the umask of -m' $?
	grep -q '^Uid:.[1-9][0-9]*.[1-9][0-9]*.[1-9]' "/proc/$pid/status" &&
	    grep -q '^CapEff:.0*$' "/proc/$pid/status"
	report 'and no privileges are left' $?
	[ "$(stat -c %U run/snort.pid)" = nobody ]
	report 'the pid file is given away' $?
	mv nobody/alert nobody/alert.1
	kill -HUP "$pid"
	wait_for test -e nobody/alert
	report 'HUP opens the next file without privileges' $?
	kill -TERM "$pid"
	exec 3>&-
	wait "$pid"
	status=$?
	report 'the end has status 0' $status

	mkdir -p root/logs
	rm -f root/in.pcap
	cp three.pcap root/
	# without /proc below the new root the search for leaks cannot work
	export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
	run -c conf -r three.pcap -t "$tmp/root" -l "$tmp/root/logs" -A fast -N -q
	ASAN_OPTIONS=${ASAN_OPTIONS%:detect_leaks=0}
	[ "$status" -eq 0 ] && [ "$(grep -c hello root/logs/alert)" -eq 3 ]
	report '-t: the log folder below the new root keeps its name' $?
	run -c conf -r three.pcap -l log -A fast -N -u nobody
	check 'a log folder that is not for that user' 1 'Permission denied'
else
	echo "skip $script: -u, -g and -t need root"
fi
finish
