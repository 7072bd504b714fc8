# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the inline tests share: a client and a server with a bridge between
# them that has no address, each in a network namespace of this test's own. A
# script that begins with this one goes on where the bridge is (br0, with the
# ports m0 to the client and m1 to the server); cli COMMAND... and srv
# COMMAND... run a command at the ends: 10.78.0.1 and fd78::1, 10.78.0.2 and
# fd78::2, of which the latter echo on port 7777. Without the right to make
# them the test is skipped.
needs=iptables
probe()
{
	unshare -n ip link add br0 type bridge 2>/dev/null ||
	    skip "no bridges here"
}
. "${top_srcdir:-.}/tests/sh/spaces.sh"

# host COMMAND PID INTERFACE PORT NUMBER; once known, a neighbour is not asked
# again whether it is there: no test sent that packet
host()
{
	ip link add "$3" type veth peer name "$4" &&
	    ip link set "$3" netns "$2" && $1 ip link set lo up &&
	    $1 ip addr add "10.78.0.$5/24" dev "$3" &&
	    { $1 ip addr add "fd78::$5/64" dev "$3" nodad 2>/dev/null || true; } &&
	    $1 ip link set "$3" up && ip link set "$4" master br0 up || return
	neigh=/proc/sys/net/ipv6/neigh/$3
	$1 sh -c "echo 3600000 >$neigh/base_reachable_time_ms" \
	    2>/dev/null
	return 0
}

bridge()
{
	ip link set lo up && ip link add br0 type bridge &&
	    ip link set br0 up && host cli "$client" c0 m0 1 &&
	    host srv "$server" s0 m1 2
}
why=$(bridge 2>&1) || skip "$why"
for file in iptables ip6tables; do
	echo 1 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-$file ||
	    skip "the kernel has no br_netfilter"
done

# queue RULE...: forwarded packets to the kernel's queues, but for what hosts
# say to all at their own times
queue()
{
	for table in iptables ip6tables; do
		all=224.0.0.0/4
		[ $table = iptables ] || all=ff00::/8
		$table -t mangle -F FORWARD &&
		    $table -t mangle -A FORWARD -d $all -j ACCEPT &&
		    $table -t mangle -A FORWARD -j NFQUEUE "$@" || return 1
	done
}
why=$(queue --queue-num 0 2>&1) || skip "$why"

# without_chatter: what hosts say to all at their own times comes before other
# rules and is not counted
without_chatter()
{
	iptables -t mangle -I FORWARD -d 224.0.0.0/4 -j ACCEPT &&
	    ip6tables -t mangle -I FORWARD -d ff00::/8 -j ACCEPT
}

# reads QUEUE [WORD...]: judges a queue's packets without the sensor; $reader
reads()
{
	: >out
	"$tools/queueread" "$@" >out 2>err &
	reader=$!
	started="$started $reader"
	wait_for grep -q ready out
}

# given: packets that rules gave to the queue
given()
{
	for table in iptables ip6tables; do
		$table -t mangle -L -nvx
	done | awk '/NFQUEUE/ { s += $1 } END { print s + 0 }'
}

# settles: waits until no more packets come
settles()
{
	settled=-1
	tries=0
	while [ "$(given)" -ne "$settled" ] && [ $tries -lt 20 ]; do
		settled=$(given)
		tries=$((tries + 1))
		sleep 0.5
	done
}

# ends: the reader ends, and says in out what it counted
ends()
{
	settles
	kill "$reader" && wait "$reader"
}

# counted NAME: one of its numbers
counted()
{
	awk -v name="$1" '$1 == name { print $2 }' out
}

# conserved: every packet that the rule gave to the queue was answered
conserved()
{
	n=$(given)
	[ "$(counted received)" -gt 0 ] &&
	    [ "$(counted received)" -eq "$n" ] &&
	    [ "$(counted verdicts)" -eq "$n" ] &&
	    [ "$(counted queue_dropped)" -eq 0 ] &&
	    [ "$(counted user_dropped)" -eq 0 ] && return
	echo "rule $n" >said
	return 1
}

# (not by srv: the process is to be known)
nsenter --net="/proc/$server/ns/net" "$tools/linktest" serve >served 2>&1 &
started="$started $!"
wait_for grep -q ready served || skip "no server"
talk() { cli "$tools/linktest" "$@" >said 2>&1; }

finish()
{
	exit $failed
}
