#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What answers do on a bridge that has no address: a client and a server see
# resets and ICMP errors, of either version, whoever sent the packet that is
# answered; none of them is asked about itself.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
cat >rules <<'TXT'
reject tcp any any -> any 7777 (msg:"reset"; content:"AWFUL"; sid:1;)
reject udp any any -> any 7777 (msg:"reset"; content:"AWFUL"; sid:2;)
alert tcp any any -> any 7777 (msg:"only the server"; content:"SERVER"; resp:reset_dest; sid:3;)
alert tcp any any -> any 7777 (msg:"only the client"; content:"CLIENT"; resp:reset_source; sid:4;)
reject tcp any 7777 -> any any (msg:"its echo"; content:"ECHO"; sid:5;)
drop tcp any any -> any 7777 (msg:"silent"; content:"QUIET"; sid:6;)
TXT
cat >conf <<'TXT'
preprocessor stream5_global: track_tcp yes, track_udp yes
preprocessor stream5_tcp: policy linux, ports both all
preprocessor stream5_udp: timeout 60
include rules
TXT

# sensor ARGS...: inline, until it is ended; $sensor
sensor()
{
	: >err
	"$aduana" -l log -A console -N -Q -H 0 "$@" >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for grep -q 'judging the packets' err
}
# resets N: the server's program was told so often that far
resets() { [ "$(grep -c reset served)" -ge "$1" ]; }
# says ADDRESS TEXT ANSWER
says()
{
	talk say "$1" "$2"
	[ "$(cat said)" = "$3" ]
}

sensor -c conf
report 'it reads the queue' $?
n=0
for address in 10.78.0.2 fd78::2; do
	says $address 'an AWFUL word' reset
	report "reject: the client is reset, $address" $?
	n=$((n + 1))
	wait_for resets $n
	report "and the server, $address" $?
	talk ask $address 'an AWFUL word'
	[ "$(cat said)" = refused ]
	report "a datagram is refused, $address" $?
	talk ask $address 'a good word' && grep -q 'good word' said
	report "its neighbour is not, $address" $?
	# (what its kernel answers the reset server's answer with)
	talk say $address 'to the SERVER'
	n=$((n + 1))
	wait_for resets $n
	report "resp: the server alone is reset, $address" $?
	says $address 'to the CLIENT' reset
	report "resp: the client is, $address" $?
	wait_for resets $n
	n=$(grep -c reset served)
	says $address 'an ECHO' reset
	report "reject of an answer: the client is reset, $address" $?
	n=$((n + 1))
	wait_for resets $n
	report "and the server, $address" $?
	says $address 'a QUIET word' silence
	report "a drop is silent, $address" $?
done
n=$(grep -c reset served)
long=$(printf '%03500d' 0)
says 10.78.0.2 "$long AWFUL" reset
report 'in merged segments' $?
wait_for resets $((n + 1))
report 'both ends' $?
kill -TERM "$sensor" && wait "$sensor"
report 'it ends' $?
value() { awk -v name="$1" '$1 == name { print $2 }' err; }
# a client that was told nothing sends on: what is being sent again counts on
[ "$(value received)" -eq "$(value verdicts)" ] &&
    [ "$(value answers)" -gt 0 ] && [ -z "$(value answers_lost)" ]
report "$(value answers) answers, none of them lost" $?

# another sender's address, and the client's own one
mac=$(cli ip -o link show c0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')
{
	cat conf
	echo 'config layer2resets: 02:00:00:00:77:77'
	echo "config response: device m0, dst_mac $mac, attempts 2"
} >conf2
sensor -c conf2
says 10.78.0.2 'an AWFUL word' reset
report 'by the device that was named' $?
kill -TERM "$sensor" && wait "$sensor"
sed 's/device m0/device nowhere/' conf2 >conf3
"$aduana" -l log -N -Q -H 0 -c conf3 >out 2>err
[ $? -eq 1 ] && grep -q 'device nowhere: cannot be sent by' err
report 'one that is not there is said' $?

# stream5_global: a dropped session is told so
sed 's/track_udp yes/&, max_active_responses 2, min_response_seconds 1/' \
    conf >conf4
sensor -c conf4
n=$(grep -c reset served)
says 10.78.0.2 'a QUIET word' reset && wait_for resets $((n + 1))
report 'max_active_responses: a drop is told to both ends' $?
kill -TERM "$sensor" && wait "$sensor"

# a host's own packets: answers of it are not queued
iptables -t mangle -F FORWARD
ip6tables -t mangle -F FORWARD
srv "$aduana" --setup host >out 2>err
report 'rules for a host' $?
: >err
nsenter --net="/proc/$server/ns/net" "$aduana" -c conf -l log -A console -N \
    -Q -H 0 >out 2>err &
sensor=$!
started="$started $sensor"
wait_for grep -q 'judging the packets' err
says 10.78.0.2 'an AWFUL word' reset && says fd78::2 'an AWFUL word' reset
report 'a host resets its client' $?
kill -TERM "$sensor" && wait "$sensor"
srv iptables -t mangle -L ADUANA_QUEUE -nvx >said
[ "$(awk '/RETURN/ && /0x40000000/ { print $1 }' said)" -gt 0 ]
report 'and is not asked about that' $?
srv "$aduana" --setup remove
finish
