#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# bait-and-switch: after an attack what the attacker begins with his victim
# goes to a honeypot, behind a router and on a bridge, IPv4 and IPv6, and the
# answers come from the victim's address; nobody else is sent there.
. "${top_srcdir:-.}/tests/sh/blocknet.sh"
namespace
third=$holder
pot() { nsenter --net="/proc/$third/ns/net" "$@"; }
why=$(link pot "$third" p0 r2 82 2>&1) || skip "$why"
for table in iptables ip6tables; do
	why=$($table -t nat -L 2>&1) || skip "$why"
	pot $table -A INPUT -p tcp --dport 7777 --syn
done
nsenter --net="/proc/$third/ns/net" "$tools/linktest" serve >baited 2>&1 &
started="$started $!"
wait_for grep -q ready baited || skip "no server"
talk() { cli "$tools/linktest" "$@" >said 2>&1; }
# came TABLE: connections that the honeypot was asked for
came() { pot "$1" -L INPUT -nvx | awk '/7777/ { print $1 }'; }
ours() { { iptables-save; ip6tables-save; } | grep -c ADUANA_BAIT; }

# inline RULE...: a sensor in the path; $sensor
inline()
{
	{
		echo 'preprocessor stream5_global: track_tcp yes'
		echo 'preprocessor stream5_tcp: policy linux, ports both all'
		echo "preprocessor bait-and-switch: max_entries 10, log"
		echo "include rules"
	} >conf
	: >err
	"$aduana" -c conf -l log -A console -N -Q -H 0 >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for grep -q 'judging the packets' err && wait_for has_ours
}
has_ours() { [ "$(ours)" -gt 0 ]; }
# rules HONEYPOT HONEYPOT6 SECONDS
rules()
{
	cat >rules <<TXT
alert tcp 10.0.0.0/8 any -> any 7777 (msg:"four"; content:"EVIL"; \
    flow:to_server; bait-and-switch:$3,src,$1; sid:1;)
alert tcp fd00::/8 any -> any 7777 (msg:"six"; content:"EVIL"; \
    flow:to_server; bait-and-switch:$3,src,$2; sid:2;)
TXT
}

# baits TABLE VICTIM NEIGHBOUR: all of it
baits()
{
	before=$(came "$1")
	talk say "$2" 'a good word' && grep -q 'good word' said &&
	    [ "$(came "$1")" -eq "$before" ]
	report "$4 before: the victim answers, $2" $?
	talk say "$2" 'an EVIL word'
	grep -q reset said
	report "$4 the attack's session is reset, $2" $?
	wait_for rules_of "$1" "$2"
	report "$4 the kernel has the rules, $2" $?
	talk say "$2" 'another EVIL word' && grep -q 'another EVIL' said &&
	    [ "$(came "$1")" -gt "$before" ]
	report "$4 then the honeypot answers in its name, $2" $?
	before=$(came "$1")
	talk bulk "$2" 2000000 && [ "$(came "$1")" -gt "$before" ]
	report "$4 and much of it, unchanged, $2" $?
	before=$(came "$1")
	talk say "$3" 'a good word' && grep -q 'good word' said &&
	    [ "$(came "$1")" -eq "$before" ]
	report "$4 not who is no victim, $3" $?
}
rules_of() { "$1-save" -t nat | grep -q -e "-d $2/.* DNAT"; }
no_rules_of() { ! rules_of "$@"; }

srv ip addr add 10.81.0.3/24 dev s0
srv ip addr add fd81::3/64 dev s0 nodad
"$aduana" --setup route >out 2>err
report 'rules are installed' $?
rules 10.82.0.2 fd82::2 20
inline
report 'it starts' $?
! grep -q 'no way' err
report 'there is a way to the honeypot' $?
baits iptables 10.81.0.2 10.81.0.3 router:
baits ip6tables fd81::2 fd81::3 router:
grep -q '10.80.0.2 -> 10.81.0.2 to 10.82.0.2 for 20 s' log/bands.log
report 'it is logged' $?
[ "$(grep -c 'four' out)" -ge 2 ]
report 'attacks on the honeypot are told, and go on' $?
kill -KILL "$(pgrep -P "$sensor" -x aduana | head -n 1)"
wait_for no_rules_of iptables 10.81.0.2
report 'a sensor that is killed leaves none of its rules' $?
kill -TERM "$sensor"; wait "$sensor" 2>/dev/null
[ "$(ours)" -eq 0 ]
report 'it ends, and nothing is left' $?

rules 10.82.0.2 fd82::2 2
inline
talk say 10.81.0.2 'an EVIL word'
wait_for rules_of iptables 10.81.0.2 && wait_for no_rules_of iptables 10.81.0.2
report 'until its time is over' $?
before=$(came iptables)
talk say 10.81.0.2 'a good word' && [ "$(came iptables)" -eq "$before" ]
report 'then the victim answers again' $?
kill -TERM "$sensor"; wait "$sensor" 2>/dev/null
grep -q 'rejected  *1 ' err && grep -q 'added  *1 ' err &&
    grep -q 'expired  *1 ' err && grep -q 'drop.bait-and-switch  *1 ' err
report 'and all is counted' $?
"$aduana" --setup remove >out 2>err

# a bridge in the router's place, all three on it
bridge()
{
	ip link add br0 type bridge && ip link set br0 up &&
	    for i in 0 1 2; do
		    ip addr flush dev r$i && ip link set r$i master br0 ||
			return
	    done
	for host in "cli c0 1" "srv s0 2" "srv s0 3" "pot p0 9"; do
		set -- $host
		$1 ip addr add "10.78.0.$3/24" dev "$2" &&
		    $1 ip addr add "fd78::$3/64" dev "$2" nodad || return
	done
	sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
}
bridge >said 2>&1
report 'a bridge is made' $?
if ! "$aduana" --setup bridge >out 2>err; then
	echo "skip $script: the bridge: $(cat err)"
	finish
fi
rules 10.78.0.9 fd78::9 60
inline
wait_for grep -q 'knows no way to the honeypot.* 10.78.0.9.*A bridge needs an address' err
report 'a bridge without an address: it is said' $?
kill -TERM "$sensor"; wait "$sensor" 2>/dev/null
ip addr add 10.78.0.200/24 dev br0
ip addr add fd78::200/64 dev br0 nodad
inline
wait_for grep -q 'sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1' err
report 'a kernel that forwards nothing: it is said' $?
kill -TERM "$sensor"; wait "$sensor" 2>/dev/null
sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
inline
! grep -q 'bait-and-switch: ' err
report 'else nothing is' $?
baits iptables 10.78.0.2 10.78.0.3 bridge:
baits ip6tables fd78::2 fd78::3 bridge:
kill -TERM "$sensor"; wait "$sensor" 2>/dev/null
[ "$(ours)" -eq 0 ]
report 'and nothing is left' $?
"$aduana" --setup remove >out 2>err
finish
