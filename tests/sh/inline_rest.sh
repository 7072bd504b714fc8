#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel does by itself with the rest of connections, and addresses
# whose packets are held: sticky drop.
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
cat >rules <<'TXT'
pass tcp any any -> 10.78.0.3 7777 (msg:"backups"; flow:established; sid:1;)
pass tcp any any -> 10.78.0.4 7777 (msg:"a word"; content:"connection"; sid:2;)
drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL"; sid:3;)
TXT
cat >conf <<'TXT'
preprocessor stream5_global: track_tcp yes, track_udp yes
preprocessor stream5_tcp: policy linux, ports both all
preprocessor stream5_udp: timeout 60
config inline_bypass: dropped pass depth
config inline_depth: 300000
include rules
TXT
for table in iptables ip6tables; do
	$table -t mangle -F FORWARD
done
for i in 3 4; do
	srv ip addr add "10.78.0.$i/24" dev s0
done
# sensor ARGS...: inline, until it is ended; $sensor
sensor()
{
	: >err
	"$aduana" -l log -A console -N -Q -H 0 "$@" >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for grep -q 'judging the packets' err
}
stops() { kill -TERM "$sensor" && wait "$sensor"; }
# counts TABLE PATTERN: packets of the rule
counts()
{
	"$1" -t mangle -L ADUANA_QUEUE -nvx | awk -v p="$2" \
	    '$0 ~ p { s += $1 } END { print s + 0 }'
}

sed '/inline_bypass/d' conf >default
sensor -c default && ! grep -q 'the kernel judges the rest' err
report 'with rules of others it inspects all' $?
stops
"$aduana" --setup bridge >out 2>err
report 'rules are installed' $?
sensor -c default && grep -q 'rest of .*: fastpath, .* depth of 300000 bytes' err
report 'with ours what needs no inspection is left to the kernel' $?
stops
sed 's/inline_bypass:.*/inline_bypass: none/' conf >none
sensor -c none && ! grep -q 'the kernel judges the rest' err
report 'unless that is not wanted' $?
stops
sensor -c conf
for table in iptables ip6tables; do
	address=10.78.0.2
	[ $table = iptables ] || address=fd78::2
	talk say $address 'an EVIL word'
	[ "$(cat said)" = silence ]
	report "an attack is dropped, $address" $?
	[ "$(counts $table 'DROP .* mark match')" -eq 1 ] &&
	    [ "$(counts $table 'DROP .* connmark match')" -gt 0 ]
	report 'by the kernel, but for its first packet' $?
	talk say $address 'a good word' && grep -q 'good word' said
	report 'its neighbour is not' $?
done
before=$(given)
talk bulk 10.78.0.2 5000000
report 'bulk' $?
settles
after=$(given)
[ $((after - before)) -lt 600 ] && [ "$(counts iptables 'RETURN')" -gt 0 ]
report "beyond its depth the kernel asks no more ($((after - before)))" $?
before=$(given)
talk bulk 10.78.0.3 200000
report 'bulk that a rule passes' $?
settles
after=$(given)
[ $((after - before)) -lt 30 ]
report "of it the kernel asks no more ($((after - before)))" $?
before=$(counts iptables RETURN)
talk many 10.78.0.4 3 && [ "$(counts iptables RETURN)" -eq "$before" ]
report 'a rule that passes a word passes no session' $?
stops
report 'it ends' $?
grep -q 'rest_drop  *[1-9]' err && grep -q 'rest_accept  *[1-9]' err
report 'marks are counted' $?

# without rules that take it back, what is dropped stays dropped
"$aduana" --setup remove >out 2>err
queue --queue-num 0 --queue-bypass
sensor -c conf
talk say 10.78.0.2 'an EVIL word'
[ "$(cat said)" = silence ]
report 'rules of another make: dropped all the same' $?
stops

# sticky drop; what was dropped above is still sent again
sed 's/content:"EVIL"/content:"WICKED"; sticky-drop:10,src/' rules >rules2
{
	sed '/^include/d' conf
	echo 'preprocessor stickydrop: max_entries 100, log, log-file held.log'
	echo 'include rules2'
} >conf2
# does the neighbour hear what the address says?
heard() { talk say 10.78.0.4 'a good word' && grep -q 'good word' said; }
sensor -c conf2
heard
report 'before: all passes' $?
talk say 10.78.0.2 'a WICKED word'
! heard
report 'sticky drop: nothing of the address passes' $?
wait_for heard
report 'until its time is over' $?
grep -q 'Dropped .* TCP 10.78.0.1:[0-9]* -> 10.78.0.4:7777' log/held.log
report 'it is logged' $?
stops
grep -q 'drop.sticky-drop  *[1-9]' err && grep -q 'added  *1 ' err
report 'and counted' $?
sed 's/^preprocessor stickydrop.*/&\npreprocessor stickydrop-ignorehosts: 10.78.0.1/' \
    conf2 >conf3
sensor -c conf3
talk say 10.78.0.2 'a WICKED word'
heard
report 'not of one that is ignored' $?
stops

# a rule for test only
attack='drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL";'
sed "s/^drop.*/$attack metadata:inline-test yes; sid:3;)/" rules >rules3
sed 's/include rules/include rules3/' conf >conf4
sensor -c conf4
talk say 10.78.0.2 'an EVIL word' && grep -q EVIL said && grep -q '\[WDrop\]' out
report 'a rule for test only drops nothing, and says so' $?
stops
grep -q 'would_drop.rules  *[1-9]' err
report 'and is counted' $?
finish
