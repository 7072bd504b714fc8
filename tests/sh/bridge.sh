# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the inline tests share: a client and a server with a bridge between
# them that has no address, each in a network namespace of this test's own. A
# script that begins with this one goes on where the bridge is (br0, with the
# ports m0 to the client and m1 to the server); cli COMMAND... and srv
# COMMAND... run a command at the ends: 10.78.0.1 and fd78::1, 10.78.0.2 and
# fd78::2, of which the latter echo on port 7777. Without the right to make
# them the test is skipped.
set -u
script=$(basename "$0" .sh)
tools=${top_builddir:?}/tests/tools

skip()
{
	echo "skip $script: $1"
	exit 77
}

if [ "${1-}" != inside ]; then
	command -v ip >/dev/null || skip "no ip command"
	command -v nsenter >/dev/null || skip "no nsenter command"
	command -v iptables >/dev/null || skip "no iptables command"
	unshare -n true 2>/dev/null || skip "no right to make a namespace"
	unshare -n ip link add br0 type bridge 2>/dev/null ||
	    skip "no bridges here"
	unshare -n ip link add a0 type veth peer name b0 2>/dev/null ||
	    skip "no virtual interfaces here"
	exec unshare -n "$0" inside
fi

tmp=$(mktemp -d) || exit 99
failed=0
started= # processes to end
cleanup()
{
	for pid in $started; do
		kill -CONT "$pid" 2>/dev/null
		kill -9 "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 99' INT TERM
cd "$tmp" || exit 99

# a namespace lasts as long as a process in it
namespace()
{
	unshare -n sleep 100000 &
	holder=$!
	started="$started $holder"
	tries=0
	while [ "$(readlink "/proc/$holder/ns/net")" = \
	    "$(readlink /proc/self/ns/net)" ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || skip "no further namespace"
		sleep 0.1
	done
}
namespace
client=$holder
namespace
server=$holder
cli() { nsenter --net="/proc/$client/ns/net" "$@"; }
srv() { nsenter --net="/proc/$server/ns/net" "$@"; }

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

# wait_for COMMAND...: true once the command is, false after ten seconds
wait_for()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.1
	done
}

# report NAME STATUS
report()
{
	if [ "$2" -eq 0 ]; then
		echo "ok $script: $1"
		return
	fi
	failed=1
	echo "not ok $script: $1"
	for file in out err said; do
		[ ! -s $file ] || sed "s/^/  $file: /" $file | head -n 40
	done
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
