#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel lets pass by itself is in the records of flows: of a long
# transfer beyond its depth, IPv4 and IPv6, and of a connection that goes on for
# longer than the sensor's timeout, which is one flow.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
cat >conf <<'TXT'
preprocessor stream5_global: track_tcp yes
preprocessor stream5_tcp: policy linux, ports both all, timeout 2
config inline_bypass: depth
config inline_depth: 100000
output eve: eve.json flow
include rules
TXT
echo 'drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL"; sid:3;)' >rules
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
	cli $table -A OUTPUT -p tcp --dport 7777
	cli $table -A INPUT -p tcp --sport 7777
done
"$aduana" --setup bridge >out 2>err
report 'rules are installed' $?

sensor()
{
	: >err
	"$aduana" -l log -Q -H 0 -c conf >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for grep -q 'judging the packets' err
}
stops() { kill -TERM "$sensor" && wait "$sensor"; }
# sent TABLE CHAIN: bytes that the client's own kernel saw
sent() { cli "$1" -L "$2" -nvx | awk '/7777/ { print $2 }'; }
# member OBJECT NAME: the last one of the last record of the flow; it may have
# no other objects in it
member()
{
	tail -n 1 log/eve.json | sed -n "s/.*\"$1\":{\([^{]*\).*/\1/p" |
	    sed -n "s/[^}]*\"$2\":\([0-9]*\).*/\1/p"
}
# near A B: within one in a hundred
near()
{
	[ "$1" -gt 0 ] && [ "$1" -le $(($2 + $2 / 100)) ] &&
	    [ "$1" -ge $(($2 - $2 / 100)) ]
}
# told N: there are so many records of flows
told() { [ "$(grep -c '"event_type":"flow"' log/eve.json)" -eq "$1" ]; }
# (a packet tells the sensor what time it is)
tick()
{
	cli ping -c 1 -W 1 10.78.0.2 >/dev/null 2>&1
	told "$1"
}

# all_of TABLE WORDS N: the record has what the client's kernel saw
all_of()
{
	wait_for tick "$3"
	report "$2: there is a record" $?
	cp log/eve.json said
	up=$(member flow bytes_toserver)
	near "${up:-0}" "$(sent "$1" OUTPUT)"
	report "$2: what was sent ($up of $(sent "$1" OUTPUT))" $?
	down=$(member flow bytes_toclient)
	near "${down:-0}" "$(sent "$1" INPUT)"
	report "$2: what came back ($down of $(sent "$1" INPUT))" $?
	passed=$(member bypassed bytes_toserver)
	[ "${passed:-0}" -lt "${up:-0}" ] && [ "${passed:-0}" -gt 0 ]
	report "$2: what of it passed by ($passed)" $?
	tail -n 1 log/eve.json | grep -q '"bypass":"capture"'
	report "$2: and that it did" $?
}

sensor
talk bulk 10.78.0.2 20000000
report 'a transfer' $?
all_of iptables 'IPv4' 1
talk bulk fd78::2 20000000
report 'a transfer, IPv6' $?
all_of ip6tables 'IPv6' 2
cli iptables -Z
sed -i 's/^config inline_depth.*/config inline_depth: 3000/' conf
stops
grep -q ' asked  *[1-9]' err
report 'it ends, and says how often it asked' $?
sensor
talk gap-open 10.78.0.2 7000
report 'a long connection' $?
all_of iptables 'long' 3
stops
grep -q 'kept  *[1-9]' err
report 'it was kept' $?
# the kernel forgets it before the sensor's timeout
if sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_time_wait=5 2>/dev/null
then
	cli iptables -Z
	sed 's/timeout 2$/timeout 9/' conf >conf9
	mv conf9 conf
	sensor
	talk bulk 10.78.0.2 5000000
	report 'a transfer that is forgotten' $?
	wait_for tick 4
	all_of iptables 'forgotten' 4
	stops
	sed 's/timeout 9$/timeout 2/' conf >conf2
	mv conf2 conf
	records=5
else
	echo 'skip inline_counts: a transfer that is forgotten'
	records=4
fi
sysctl -qw net.netfilter.nf_conntrack_acct=0
sensor
talk bulk 10.78.0.2 1000000
wait_for tick $records
tail -n 1 log/eve.json | grep -q '"bypass":"capture"' &&
    ! tail -n 1 log/eve.json | grep -q bypassed
report 'a kernel that does not count: nothing is made up' $?
stops
grep -q 'no_counts  *[1-9]' err
report 'and it is said' $?
finish
