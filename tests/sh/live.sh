#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Live interfaces: two pairs of virtual ones in a network namespace of our
# own; one goes down and comes back, one goes away and comes back.
. "${top_srcdir:-.}/tests/sh/lib.sh"

if [ "${1-}" != inside ]; then
	if ! unshare -n true 2>/dev/null; then
		echo "skip $script: no right to make a network namespace"
		exit 77
	fi
	if ! command -v ip >/dev/null || ! unshare -n ip link add a0 type \
	    veth peer name b0 2>/dev/null; then
		echo "skip $script: no virtual interfaces here"
		exit 77
	fi
	cd "$OLDPWD" || exit 99
	cleanup
	exec unshare -n "$0" inside
fi

pair()
{
	ip link add "$1" type veth peer name "$2"
	ip link set "$1" up
	ip link set "$2" up
}

# send INTERFACE: one packet out of it, with the sensor's own packet
send()
{
	capture 1 | tail -c +41 >frame
	"${top_builddir:?}/tests/tools/sendframe" "$1" <frame
}

# send_until N INTERFACE: packets until the sensor has N alerts or more
send_until()
{
	tries=0
	until [ "$(grep -c '\[1:1000001:1\]' out)" -ge "$1" ]; do
		send "$2"
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.1
	done
}

# shellcheck disable=SC2317 # called by wait_for
says() { grep -q -e "$1" err; }

seen() { grep -c '\[1:1000001:1\]' out; }

pair a0 b0
pair a1 b1
status=0
"$aduana" -c conf -i b0:b1 -l log -A console -N -I -k none --pid-path "$tmp" \
    >out 2>err &
pid=$!
started=$pid
wait_for test -s snort_b0:b1.pid
send_until 1 a0
report 'the first interface is heard' $?
# (what was sent to the first one again may come late)
send_until $(($(seen) + 1)) a1 && wait_for grep -q '<b1>' out
report 'and the second' $?

ip link set b0 down
wait_for says 'b0: .*waiting for it to come back'
report 'an interface that goes down is said' $?
n=$(seen)
send_until $((n + 1)) a1
report 'the other one goes on' $?
ip link set b0 up
wait_for says 'b0: is back'
report 'it is said when it is up again' $?
n=$(grep -c '<b0>' out)
send_until "$(($(seen) + 1))" a0 && [ "$(grep -c '<b0>' out)" -gt "$n" ]
report 'and it is heard again' $?

ip link del b1
wait_for says 'b1: .*waiting for it to come back'
report 'an interface that goes away is said' $?
pair a1 b1
wait_for says 'b1: is back'
report 'and awaited' $?
n=$(grep -c '<b1>' out)
send_until "$(($(seen) + 1))" a1 && [ "$(grep -c '<b1>' out)" -gt "$n" ]
report 'and heard again' $?

kill -TERM "$pid"
wait "$pid"
status=$?
check 'TERM ends with status 0 and the drops of the kernel' 0 \
    'lost by the kernel' 'lost by the interface'

ip link set b0 down
"$aduana" -c conf -i b0 -l log -A console -N -k none >out 2>err &
pid=$!
started=$pid
wait_for says 'b0: the interface is down; waiting'
report 'a start on an interface that is down waits' $?
ip link set b0 up
wait_for says 'b0: is back' && send_until 1 a0
report 'until it is up' $?
kill -TERM "$pid"
wait "$pid"
finish
