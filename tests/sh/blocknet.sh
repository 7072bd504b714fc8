# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the tests of active response share: a client and a server with a router
# between them, each in a network namespace of this test's own. A script that
# begins with this one goes on in the router's, where a passive sensor listens
# on r0, the client's side. cli COMMAND... and srv COMMAND... run a command at
# the ends: 10.80.0.2 and fd80::2, with all of 10.99.0.0/16 and fd99::/64 the
# client's own, too; 10.81.0.2 and fd81::2, which echo on port 7777. Without
# the right to make them the test is skipped.
aduana=${ADUANA:?the sensor to test}
needs='iptables iptables-nft iptables-legacy ipset'
probe()
{
	unshare -n ipset create probe hash:ip timeout 1 2>/dev/null ||
	    skip "no sets in this kernel"
}
. "${top_srcdir:-.}/tests/sh/spaces.sh"

chmod 755 .
mkdir log

# link COMMAND PID INTERFACE OURS NET: both ends of it, and the way to us
link()
{
	ip link add "$3" type veth peer name "$4" &&
	    ip link set "$3" netns "$2" && $1 ip link set lo up &&
	    $1 ip addr add "10.$5.0.2/24" dev "$3" &&
	    $1 ip addr add "fd$5::2/64" dev "$3" nodad &&
	    $1 ip link set "$3" up && ip link set "$4" up &&
	    ip addr add "10.$5.0.1/24" dev "$4" &&
	    ip addr add "fd$5::1/64" dev "$4" nodad &&
	    $1 ip route add default via "10.$5.0.1" &&
	    $1 ip route add default via "fd$5::1"
}
network()
{
	ip link set lo up && link cli "$client" c0 r0 80 &&
	    link srv "$server" s0 r1 81 &&
	    cli ip route add local 10.99.0.0/16 dev lo &&
	    cli ip route add local fd99::/64 dev lo &&
	    ip route add 10.99.0.0/16 via 10.80.0.2 &&
	    ip route add fd99::/64 via fd80::2 &&
	    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}
why=$(network 2>&1) || skip "$why"

# (not by srv: the process is to be known)
nsenter --net="/proc/$server/ns/net" "$tools/linktest" serve >served 2>&1 &
started="$started $!"
wait_for grep -q ready served || skip "no server"

# configure WORD...: more of config block, and rules that ask for blocks
configure()
{
	cat >conf <<TXT
ipvar HOME_NET [10.81.0.0/24,fd81::/64]
preprocessor stream5_global: track_tcp yes, track_udp yes
preprocessor stream5_tcp: policy linux
preprocessor stream5_udp: timeout 60
config block: on, ceiling 0, $*
alert tcp any any -> any 7777:7778 (msg:"attack"; content:"EVIL"; \
    flow:to_server; fwsam: src; sid:1000001; rev:1;)
drop udp any any -> any 7777 (msg:"datagram"; content:"EVIL"; sid:1000002; rev:1;)
drop tcp any any -> any 7777 (msg:"syn"; flags:S; sid:1000003; rev:1;)
output eve: eve.json block
TXT
}

# sensor ARGS...: passive, until it is ended; $sensor
sensor()
{
	: >err
	"$aduana" -c conf -l log -i r0 -k none "$@" >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for test -S log/block.socket || return 1
	wait_for listens
}
listens()
{
	"$aduana" block list --socket log/block.socket
}
block()
{
	"$aduana" block "$@" --socket log/block.socket >said 2>&1
}
# ends [SIGNAL]: the sensor does
ends()
{
	kill "-${1:-TERM}" "$sensor"
	wait "$sensor" 2>/dev/null
}

# entries: how many the kernel's sets hold
entries()
{
	ipset save | grep -c '^add aduana-'
}
holds() { [ "$(entries)" -eq "$1" ]; }

# hold NAME ADDRESS FROM: a connection, to be asked through its file
hold()
{
	mkfifo "$1.in"
	nsenter --net="/proc/$client/ns/net" "$tools/blockload" hold "$2" \
	    "$3" <"$1.in" >"$1.out" 2>&1 &
	started="$started $!"
	eval "exec $4>$1.in"
	wait_for grep -q open "$1.out"
}

finish()
{
	exit $failed
}
