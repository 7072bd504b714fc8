# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the tests share in which the kernel is the judge: a script that begins
# with this one goes on in a network namespace with the interface a0, which
# has no address and answers nothing; its other end b0 is in a second one, as
# 10.99.0.2 and fd99::2, with all the world behind 10.99.0.1 at a0. $far names
# that namespace, far COMMAND... runs a command in it. Without the right to
# make them the test is skipped. SEED, SETS and FIRST in the environment choose
# what is sent; a failure says how to send it again.
set -u
script=$(basename "$0" .sh)

skip()
{
	echo "skip $script: $1"
	exit 77
}

if [ "${1-}" != inside ]; then
	command -v ip >/dev/null || skip "no ip command"
	command -v nsenter >/dev/null || skip "no nsenter command"
	unshare -n true 2>/dev/null || skip "no right to make a namespace"
	unshare -n ip link add a0 type veth peer name b0 2>/dev/null ||
	    skip "no virtual interfaces here"
	exec unshare -n "$0" inside
fi

holder=
cleanup()
{
	[ -z "$holder" ] || kill "$holder" 2>/dev/null
}
trap cleanup EXIT
trap 'exit 99' INT TERM

far()
{
	nsenter --net="$far" "$@"
}

# the second namespace lasts as long as a process in it
unshare -n sleep 100000 &
holder=$!
far=/proc/$holder/ns/net
tries=0
while [ "$(readlink "$far")" = "$(readlink /proc/self/ns/net)" ]; do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || skip "no second namespace"
	sleep 0.1
done
# one step after the other: each needs the one before
pair()
{
	# (there may be no IPv6)
	ip link add a0 mtu 9000 type veth peer name b0 mtu 9000 &&
	    ip link set b0 netns "$holder" &&
	    { ip link set a0 addrgenmode none 2>/dev/null || true; } &&
	    ip link set a0 up && far ip link set lo up &&
	    far ip addr add 10.99.0.2/24 dev b0 && far ip link set b0 up &&
	    mac=$(ip -o link show a0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/') &&
	    far ip neigh add 10.99.0.1 dev b0 nud permanent lladdr "$mac" &&
	    far ip route add default via 10.99.0.1 &&
	    { far ip addr add fd99::2/64 dev b0 nodad 2>/dev/null || true; }
}
why=$(pair 2>&1) || skip "$why"
seed=${SEED:-$(date +%s)}

# judged NAME COMMAND...: reports what the command says, and by its status
judged()
{
	name=$1
	shift
	said=$("$@") && {
		echo "ok $script: $name: $said"
		return
	}
	echo "not ok $script: $name, seed $seed"
	printf '%s\n' "$said" | head -n 400 | sed 's/^/  /'
	exit 1
}
