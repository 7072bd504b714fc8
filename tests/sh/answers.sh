#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A sensor on copies of packets that answers them: the connection of a client
# and a server with a bridge between them is reset at both ends, where the
# configuration wants it and nowhere else.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
cat >rules <<'TXT'
reject tcp any any -> any 7900 (msg:"reset"; flow:to_server,established; \
    content:"x"; sid:1000003; rev:1;)
TXT
ip addr add 10.78.0.99/24 dev br0
ip addr add fd78::99/64 dev br0 nodad
nsenter --net="/proc/$server/ns/net" "$tools/steady" serve 7900 >heard &
started="$started $!"
wait_for grep -q serving heard || skip "no server"

# sensor LINE...: on copies, with these lines of configuration
sensor()
{
	printf '%s\n' "$@" 'include rules' >conf
	: >out
	"$aduana" -c conf -i br0 -l log -A console -N -k none \
	    --create-pidfile --pid-path "$tmp" >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for test -s snort_br0.pid
}
ends()
{
	kill -TERM "$sensor" && wait "$sensor"
	rm -f snort_br0.pid
}
# talks FROM TO: what became of the connection
talks() { cli "$tools/steady" send "$1" "$2" 7900 1500 >said; }
# shellcheck disable=SC2317 # called by wait_for
alerted() { grep -q '1:1000003:1' out; }
value() { awk -v name="$1" '$1 == name { print $2 }' err; }
tracks='preprocessor stream5_global: track_tcp yes'

sensor "$tracks" 'preprocessor stream5_tcp:'
talks 10.78.0.1 10.78.0.2 && wait_for alerted
report 'an alert only, unless configured' $?
ends

sensor "$tracks" 'preprocessor stream5_tcp:' \
    'config response: attempts 4'
talks 10.78.0.1 10.78.0.2
[ $? -eq 3 ] && wait_for alerted
report 'a client is reset, routed' $?
talks fd78::1 fd78::2
[ $? -eq 3 ]
report 'a client is reset, routed, IPv6' $?
ends
[ "$(value answers)" -ge 16 ] && ! grep -q 'answers lost' err
report 'answers are counted' $?

ip addr flush dev br0
sensor "$tracks, max_active_responses 2, min_response_seconds 1" \
    'preprocessor stream5_tcp:' 'config response: device br0, attempts 4'
talks 10.78.0.1 10.78.0.2
[ $? -eq 3 ]
report 'a client is reset, by the device' $?
talks fd78::1 fd78::2
[ $? -eq 3 ]
report 'a client is reset, by the device, IPv6' $?
ends

sensor "$tracks, max_active_responses 2, min_response_seconds 300" \
    'preprocessor stream5_tcp:' \
    'config response: device br0, dst_mac 02:00:00:00:00:77'
talks 10.78.0.1 10.78.0.2
report 'to another address: for nobody here' $?
ends
[ "$(value answers)" -eq 2 ]
report 'a session is answered so often, and not sooner' $?
printf '%s\n' 'config response: device br0, dst_mac nonsense' >conf
! "$aduana" -c conf -T >out 2>err && grep -q 'aa:bb:cc' err
report 'what is no address' $?
finish
