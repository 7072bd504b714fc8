# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the tests in networks of their own share. Before it a script names the
# programs it needs ($needs), has a function probe() that skips where the kernel
# lacks something, and may name the files that a failure shows ($shows). It goes
# on in a network namespace, in a folder $tmp, with two others: cli COMMAND...
# and srv COMMAND... run a command there ($client, $server: processes in them).
# Processes named in $started are ended with it. Without the right to make
# namespaces the test is skipped.
set -u
script=$(basename "$0" .sh)
tools=${top_builddir:?}/tests/tools

skip()
{
	echo "skip $script: $1"
	exit 77
}

if [ "${1-}" != inside ]; then
	for program in ip nsenter ${needs:?}; do
		command -v "$program" >/dev/null || skip "no $program command"
	done
	unshare -n true 2>/dev/null || skip "no right to make a namespace"
	unshare -n ip link add a0 type veth peer name b0 2>/dev/null ||
	    skip "no virtual interfaces here"
	probe
	exec unshare -n "$0" inside "$@"
fi
shift

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
	for file in ${shows:-out err said}; do
		[ ! -s $file ] || sed "s/^/  $file: /" $file | tail -n 40
	done
}
