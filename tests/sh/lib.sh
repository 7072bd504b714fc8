# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the end-to-end tests share: a folder $tmp to work in, a small capture
# and configuration, and checks that print "ok NAME" or "not ok NAME".
set -u
aduana=${ADUANA:?the sensor to test}
script=$(basename "$0" .sh)
tmp=$(mktemp -d) || exit 99
failed=0
started= # processes to end
cleanup()
{
	for pid in $started; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 99' INT TERM
cd "$tmp" || exit 99
mkdir log

# frame: one UDP packet, 192.0.2.1:1024 to 192.0.2.2:53, payload "hello aduana"
frame()
{
	printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
	printf '\105\000\000\050\000\001\000\000\100\021\366\300'
	printf '\300\000\002\001\300\000\002\002'
	printf '\004\000\000\065\000\024\000\000hello aduana'
}

# capture N: a capture of N such packets, 54 bytes each
capture()
{
	printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000'
	printf '\377\377\000\000\001\000\000\000'
	n=0
	while [ $n -lt "$1" ]; do
		printf '\000\361\123\145\000\000\000\000\066\000\000\000\066\000\000\000'
		frame
		n=$((n + 1))
	done
}
capture 3 >three.pcap
echo 'alert udp any any -> any 53 (msg:"hello"; content:"hello"; sid:1000001; rev:1;)' >hello.rules
echo 'include hello.rules' >conf

# run ARGS...: the sensor to its end; sets $status, fills out and err
run()
{
	timeout 60 "$aduana" "$@" >out 2>err
	status=$?
}

# report NAME: by the status of the command before
report()
{
	if [ "$2" -eq 0 ]; then
		echo "ok $script: $1"
		return
	fi
	failed=1
	echo "not ok $script: $1 (exit status $status)"
	sed 's/^/  out: /' out | head -n 20
	sed 's/^/  err: /' err | head -n 20
}

# check NAME STATUS [PATTERN...]: the last run ended so, and standard error
# has each pattern
check()
{
	name=$1
	wanted=$2
	shift 2
	[ "$status" -eq "$wanted" ] || { report "$name" 1; return; }
	for pattern; do
		grep -q -e "$pattern" err || {
			echo "  wanted: $pattern"
			report "$name" 1
			return
		}
	done
	report "$name" 0
}

# alerts N: standard output has so many
alerts()
{
	[ "$(grep -c '\[1:1000001:1\]' out)" -eq "$1" ]
}

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

finish()
{
	exit $failed
}
