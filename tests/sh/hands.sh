#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What blocks, against a real kernel in networks of this test's own: a client
# with two addresses, a router that has the rules, a server. With what lets
# known connections through standing first before it starts, for both kinds of
# iptables and both families.
needs='iptables iptables-nft iptables-legacy ipset'
# shellcheck disable=SC2034 # of spaces.sh
shows='out heard heard_here'
probe()
{
	unshare -n ipset create x hash:ip timeout 0 2>/dev/null ||
	    skip "the kernel has no sets"
}
. "${top_srcdir:-.}/tests/sh/spaces.sh"

# wire COMMAND PID NET HOSTS...: a network with the router at .1 and ::1
wire()
{
	run=$1 pid=$2 net=$3
	shift 3
	ip link add "r$net" type veth peer name "e$net" &&
	    ip link set "e$net" netns "$pid" && $run ip link set lo up &&
	    ip addr add "10.79.$net.1/24" dev "r$net" &&
	    ip addr add "fd79:$net::1/64" dev "r$net" nodad &&
	    ip link set "r$net" up && $run ip link set "e$net" up || return
	for host; do
		$run ip addr add "10.79.$net.$host/24" dev "e$net" &&
		    $run ip addr add "fd79:$net::$host/64" dev "e$net" nodad ||
		    return
	done
	$run ip route add default via "10.79.$net.1" &&
	    $run ip route add default via "fd79:$net::1"
}
why=$(ip link set lo up && wire cli "$client" 1 2 3 &&
    wire srv "$server" 2 2 2>&1) || skip "$why"
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding

# begin ARGS...: what blocks; ask WORD...: a job, by a line of it
begin()
{
	rm -f in
	mkfifo in
	"$tools/handsdo" "$@" <in >out 2>&1 &
	hands=$!
	started="$started $hands"
	exec 3>in
	wait_for grep -q . out
	grep -q ready out
}
ask() { echo "$*" >&3; }
# answered WORDS: the job's answer is there
answered() { wait_for grep -q -e "$*" out; }
finish_hands()
{
	exec 3>&-
	wait "$hands"
}
child() { tr -d ' ' <"/proc/$1/task/$1/children"; }
saved()
{
	for s in iptables-nft ip6tables-nft iptables-legacy ip6tables-legacy
	do
		$s-save 2>/dev/null
	done | sed '/^#/d; s/\[.*//'
	ipset save
}

# lets FROM TO: a new connection is made
lets()
{
	cli "$tools/steady" send "$1" "$2" 7900 1 >/dev/null
}

# hear: servers behind the router and on it
hear()
{
	# (not by srv: the process is to be known)
	nsenter --net="/proc/$server/ns/net" "$tools/steady" serve 7900 \
	    >heard &
	far=$!
	"$tools/steady" serve 7900 >heard_here &
	here=$!
	started="$started $far $here"
	wait_for grep -q serving heard && wait_for grep -q serving heard_here
}
heard_all()
{
	kill "$far" "$here"
	wait "$far" "$here"
}
# late FILE FROM NS: was something heard of it later than 5 ms after?
late()
{
	awk -v from="$2" -v at="$3" '$1 == from && $2 > at + 5000000 { n++ }
	    END { exit !n }' "$1"
}

# whole BACKEND FAMILY ATTACKER NEIGHBOUR SERVER ROUTER
whole()
{
	b=$1 f=$2 bad=$3 good=$4 far_to=$5 here_to=$6
	name="$b, IPv$f"
	hear
	begin --backend "$b" --check 500
	report "$name: begins" $?
	talkers=
	for from in "$bad" "$good"; do
		for to in "$far_to" "$here_to"; do
			cli "$tools/steady" send "$from" "$to" 7900 2500 \
			    >/dev/null &
			talkers="$talkers $!"
		done
	done
	sleep 0.7
	ask "add both $bad 60"
	answered "add both $bad: done"
	report "$name: blocked" $?
	at=$(sed -n "s/^add both $bad: done at //p" out)
	# shellcheck disable=SC2086 # a list
	wait $talkers
	! lets "$bad" "$far_to" && ! lets "$bad" "$here_to"
	report "$name: its next packet is lost" $?
	lets "$good" "$far_to" && lets "$good" "$here_to"
	report "$name: its neighbour's is not" $?
	ask stats
	answered 'connections [2-9]'
	report "$name: the connections tracked have ended" $?
	heard_all
	grep -q "^$bad" heard && ! late heard "$bad" "$at" &&
	    grep -q "^$bad" heard_here && ! late heard_here "$bad" "$at"
	report "$name: nothing comes 5 ms after the answer" $?
	late heard "$good" $((at + 500000000)) &&
	    late heard_here "$good" $((at + 500000000))
	report "$name: its neighbour's connections go on" $?
	hear
	ask "del both $bad"
	answered "del both $bad: done" && lets "$bad" "$far_to"
	report "$name: let go again" $?
	ask "add from $bad 2"
	answered "add from $bad: done" && ! lets "$bad" "$far_to"
	sleep 1.5
	lets "$bad" "$far_to"
	report "$name: a block ends by itself" $?
	ask "add conn $bad $far_to 6 7900 60"
	answered "add conn $bad $far_to 6 7900: done" &&
	    ! lets "$bad" "$far_to" && lets "$bad" "$here_to"
	report "$name: one connection's" $?
	heard_all
	finish_hands
	grep -q stopped out
	report "$name: stops" $?
	saved | cmp -s before -
	report "$name: and leaves no trace" $?
}

for b in nft legacy; do
	for t in iptables ip6tables; do
		"$t-$b" -N DOCKER-USER
		for c in INPUT FORWARD DOCKER-USER; do
			"$t-$b" -A $c -m conntrack --ctstate ESTABLISHED \
			    -j ACCEPT
		done
		"$t-$b" -A FORWARD -j DOCKER-USER
	done
	saved >before
	whole "$b" 4 10.79.1.2 10.79.1.3 10.79.2.2 10.79.1.1
	whole "$b" 6 fd79:1::2 fd79:1::3 fd79:2::2 fd79:1::1
	for t in iptables ip6tables; do
		"$t-$b" -F
		"$t-$b" -X
	done
done
saved >before

begin --entries 100 --check 200
ask 'many 100 60'
ask 'add from 192.0.2.1 60'
answered 'add from 192.0.2.1: the set is full'
report 'a full set' $?
# (at one stroke: between -F and -X it may have been mended)
printf '*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n' |
    iptables-restore && answered 'ADUANA-BLOCK is gone; mended' &&
    iptables-save | grep -q -e '-A INPUT -j ADUANA-BLOCK'
report 'a flushed firewall is mended' $?
ip6tables -I FORWARD -j ACCEPT
answered 'was put before the jump of FORWARD.*mended, again' &&
    ip6tables-save | grep -A 1 -e '-A FORWARD -j ADUANA' | grep -q ACCEPT
report 'and who goes before us' $?
tries=0
until grep -q 'mended every [0-9]* s only' out || [ $tries -ge 20 ]; do
	ip6tables -D FORWARD -j ACCEPT
	ip6tables -I FORWARD -j ACCEPT
	sleep 0.5
	tries=$((tries + 1))
done
[ $tries -lt 20 ]
report 'no fight is begun' $?
ip6tables -D FORWARD -j ACCEPT
iptables -N DOCKER-USER
iptables -I FORWARD -j DOCKER-USER
# shellcheck disable=SC2317 # called by wait_for
in_docker() { iptables-save | grep -q -e '-A DOCKER-USER -j ADUANA-BLOCK'; }
tries=0
until in_docker || [ $tries -ge 40 ]; do
	sleep 1
	tries=$((tries + 1))
done
# (as Docker does when it starts: ours is first of that)
iptables -D FORWARD -j DOCKER-USER
iptables -I FORWARD -j DOCKER-USER
ask where
answered '^< -A FORWARD -j DOCKER-USER' &&
    answered '^= -A DOCKER-USER -j ADUANA-BLOCK' &&
    answered '^= -A INPUT -j ADUANA-BLOCK'
report 'rules are listed, with what is before ours' $?
ipset flush
answered 'emptied the sets' && answered 'mended lost'
report 'emptied sets are told' $?
finish_hands
iptables -D FORWARD -j DOCKER-USER
iptables -X DOCKER-USER
saved | cmp -s before -
report 'no trace of it' $?

begin
ask 'add from 192.0.2.1 60'
answered 'add from 192.0.2.1: done'
keeper=$(child "$hands")
grep -q 'CapBnd:.*0000000000003000' "/proc/$keeper/status" &&
    grep -q 'CapPrm:.*0000000000003000' "/proc/$keeper/status"
report 'only two rights are kept' $?
kill -INT "$keeper"
kill -TERM "$keeper"
kill -9 "$(child "$keeper" | head -n 1)"
ask 'add from 192.0.2.2 60'
answered 'add from 192.0.2.2: done' && answered 'was killed; another one'
report 'a killed helper is replaced' $?
kill -9 "$hands"
exec 3>&-
# shellcheck disable=SC2317 # called by wait_for
same() { saved | cmp -s before -; }
wait_for same
report 'a killed sensor leaves nothing' $?

begin --leave
ask 'add from 192.0.2.1 60'
ask 'add conn fd79:1::2 fd79:2::2 17 53 0'
answered 'add conn fd79:1::2.*: done'
kill -9 "$hands"
exec 3>&-
sleep 0.5
ipset save | grep -q 'aduana-from4 192.0.2.1 timeout'
report 'unless it is to' $?
begin --entries 5000
ask list
answered 'held from 192.0.2.1 [1-9]' &&
    answered 'held conn fd79:1::2 fd79:2::2 17 53 0'
report 'the next one takes over what is held' $?
finish_hands
saved | cmp -s before -
report 'and takes it away' $?

ipset create aduana-to4 hash:net
begin
[ $? -eq 1 ] && grep -q 'aduana-to4 is not of the kind' out
report 'a set of another kind' $?
exec 3>&-
ipset destroy aduana-to4
saved | cmp -s before -
report 'it left nothing' $?
setpriv --bounding-set -net_admin --inh-caps -net_admin \
    "$tools/handsdo" </dev/null >out
[ $? -eq 1 ] && grep -q 'needs CAP_NET_ADMIN' out
report 'no permission' $?
begin
"$tools/handsdo" </dev/null >second
grep -q 'another aduana blocks here' second
report 'two at once' $?
ask wrong
answered 'not to be blocked'
report 'jobs that are none' $?
ask flush
ask 'one 300 600'
answered '300 adds: p50'
ask flush
ask 'many 50000 600'
answered '50000 adds:'
echo "   $(grep '300 adds' out); $(grep '50000 adds' out)"
[ "$(sed -n 's/^50000 adds: \([0-9]*\).*/\1/p' out)" -ge 10000 ]
report '10,000 a second' $?
finish_hands

for t in iptables ip6tables; do
	$t -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
done
saved >before
hear
begin --plain --check 300
ask 'add both 10.79.1.2 60'
ask 'add from fd79:1::3 2'
ask 'add conn 10.79.1.3 10.79.2.2 6 7900 60'
answered 'add conn 10.79.1.3 10.79.2.2 6 7900: done' &&
    ! lets 10.79.1.2 10.79.2.2 && ! lets 10.79.1.3 10.79.2.2 &&
    lets 10.79.1.3 10.79.1.1
report 'without sets' $?
wait_for lets fd79:1::3 fd79:2::2
report 'without sets: a block ends' $?
kill -9 "$(child "$(child "$hands")" | head -n 1)"
ask list
answered 'held both 10.79.1.2' && answered 'held conn 10.79.1.3'
report 'without sets: killed, it reads its rules' $?
ask 'many 1000 60'
answered 'the set is full'
report 'without sets: there are as many as there may be' $?
finish_hands
heard_all
saved | cmp -s before -
report 'without sets: no trace' $?
exit $failed
