#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A passive sensor that has the firewall block: real attackers are, their open
# connections with them, and nobody else is, whatever is made up.
. "${top_srcdir:-.}/tests/sh/blocknet.sh"

for table in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy; do
	$table -N DOCKER-USER
	$table -I FORWARD -j DOCKER-USER
	for chain in INPUT FORWARD DOCKER-USER; do
		$table -I $chain -m conntrack --ctstate ESTABLISHED -j ACCEPT
	done
done

# attacked BACKEND: who is blocked by it, and who is not
attacked()
{
	configure "duration 60, backend $1"
	sensor
	report "$1: it starts" $?
	hold attacker 10.81.0.2 10.99.0.1 3
	hold neighbour 10.81.0.2 10.99.0.2 4
	hold six fd81::2 fd99::1 5
	echo hello >&3; echo hello >&4; echo hello >&5
	wait_for grep -q hello attacker.out &&
	    wait_for grep -q hello neighbour.out &&
	    wait_for grep -q hello six.out
	report "$1: connections are open" $?
	cli "$tools/blockload" attack 10.81.0.2 10.99.0.1 1 >said 2>&1
	cli "$tools/blockload" attack fd81::2 fd99::1 1 >said 2>&1
	wait_for holds 4
	report "$1: attackers are in the sets" $?
	echo again >&3; echo again >&4; echo again >&5
	wait_for grep -q again neighbour.out
	report "$1: the neighbour lives" $?
	wait_for grep -q silence attacker.out && ! grep -q again attacker.out
	report "$1: the attacker's open connection is dead" $?
	wait_for grep -q silence six.out && ! grep -q again six.out
	report "$1: and with IPv6" $?
	cli "$tools/blockload" attack 10.81.0.2 10.99.0.1 1 >said 2>&1
	grep -q 'opened 0' said
	report "$1: it opens no other" $?
}

# rules as they are now, of both kinds
rules()
{
	for t in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy
	do
		$t-save 2>/dev/null
	done | sed '/^#/d; s/\[[0-9:]*\]//'
	ipset save
}

rules >before
attacked legacy
ends
rules | diff before - >said 2>&1
report 'legacy: nothing is left' $?
exec 3>&- 4>&- 5>&-
rm -f attacker.* neighbour.* six.* log/block.state log/eve.json
attacked nft

block list
grep -q '^10.99.0.1 .*either .*1:1000001.*handshake.*in force.*attack' said &&
    grep -q '^fd99::1 ' said && grep -q '^2 blocks' said
report 'block list' $?
block list --json
grep -q '"address":"10.99.0.1".*"evidence":"handshake"' said
report 'block list --json' $?
block explain 10.99.0.1
grep -q 'rule 1:1000001 rev 1: attack' said && grep -q 's left' said
report 'block explain of who is blocked' $?
block explain 10.81.0.2
grep -q 'is not blocked' said && grep -q 'it never is: HOME_NET' said
report 'block explain of who never is' $?
! block add 10.80.0.1 && grep -q 'never blocked: own address' said
report 'own addresses are not blocked by hand either' $?
block add 10.99.0.9 '5 min' && holds 6
report 'block add' $?
block del 10.99.0.9 && holds 4 && ! block del 10.99.0.9
report 'block del' $?
block where && grep -q ADUANA-BLOCK said
report 'block where' $?
block flush && holds 0
report 'block flush' $?
echo third >&4
wait_for grep -q third neighbour.out && [ "$(grep -c \
    '"event_type":"block".*"status":"blocked"' log/eve.json)" -eq 3 ] &&
    grep -q '"status":"unblocked"' log/eve.json
report 'EVE tells of it' $?

# -- what is made up
mac=$(ip -o link show r0 | sed -n 's/.*link.ether \([0-9a-f:]*\).*/\1/p')
cli "$tools/blockload" spoof c0 "$mac" 10.81.0.2 "${SPOOFED:-3000}" \
    10.80.0.1 10.81.0.1 10.80.0.2 8.8.8.8 >said 2>&1
cli "$tools/blockload" spoof c0 "$mac" fd81::2 1000 fd80::1 fd81::1 >said 2>&1
sleep 1
block list
holds 0 && grep -q '^0 blocks' said &&
    grep -q '"reason":"spoofable"' log/eve.json
report 'who is made up is not blocked' $?
block explain 8.8.8.8
grep -q 'anybody can have sent its packet' said
report 'and it is explained why' $?

# -- time
ends
configure 'duration 2, max_duration 2, repeat 0'
sensor && cli "$tools/blockload" attack 10.81.0.2 10.99.0.3 1 >said 2>&1
wait_for holds 2
report 'blocked for two seconds' $?
sleep 3
block list
holds 0 && grep -q '^0 blocks' said &&
    cli "$tools/blockload" attack 10.81.0.2 10.99.0.3 1 >said 2>&1
report 'and no longer' $?
block flush
ends

# -- too many
configure 'ceiling 20/10, rollback 10, pause 60'
sensor && cli "$tools/blockload" attack 10.81.0.2 10.99.1.1 60 >said 2>&1
sleep 1
block list
grep -q 'more than 20 in 10 s' err && holds 20 &&
    grep -q '^10 blocks' said && grep -q '"status":"rolled_back"' log/eve.json
report 'too many at once are rolled back' $?
block flush
ends

# -- a crash
configure 'duration 600'
sensor && cli "$tools/blockload" attack 10.81.0.2 10.99.2.1 50 >said 2>&1
wait_for holds 100
ends KILL
sensor && sleep 1
block list
holds 100 && grep -q '^50 blocks' said &&
    grep -q '^10.99.2.50 .*1:1000001 .*attack' said
report 'after a crash all is as before' $?
ends
rules | diff before - >said 2>&1
report 'after the end nothing is left' $?
sensor && sleep 1
block list
grep -q '^50 blocks' said && holds 100
report 'and with the next start they are there again' $?
block flush
ends

# -- not really
configure dry_run
sensor && cli "$tools/blockload" attack 10.81.0.2 10.99.3.1 1 >said 2>&1
sleep 1
block list
grep -q '^10.99.3.1 .*would block' said && holds 0 &&
    grep -q '"status":"would_block"' log/eve.json
report 'dry run' $?
ends
finish
