#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Golden cases: tests/cases/NAME/ holds `packets` (a scenario name of mkpcap, or
# a port and conversations of tests/fuzz/corpus with a server there), `rules`
# (or a whole `conf`), optional `args`, and `expect`: what the sensor prints on
# standard output. Prints one line a case and the sum.
#	cases.sh [--update] [NAME...]
set -u
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=$(cd "${top_builddir:-.}" && pwd)
sensor=${ADUANA:-$build/aduana}
mkpcap=${MKPCAP:-$build/tests/tools/mkpcap}
update=no
if [ "${1-}" = --update ]; then update=yes; shift; fi
case $sensor in /*) ;; *) sensor=$PWD/$sensor ;; esac
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT INT TERM
passed=0 failed=0
[ $# -gt 0 ] || set -- "$top"/tests/cases/*/
for case in "$@"; do
	[ -d "$case" ] || case=$top/tests/cases/$case
	name=$(basename "$case")
	[ -e "$case/packets" ] || continue
	rm -rf "$tmp/run"; mkdir "$tmp/run"
	packets=$(cat "$case/packets")
	case $packets in
	# shellcheck disable=SC2086 # conversations are words
	[0-9]*)
		(cd "$top/tests/fuzz/corpus" && "$mkpcap" "${packets%% *}" \
		    "$tmp/run/in.pcap" ${packets#* }) || exit 99
		;;
	*) "$mkpcap" "$packets" "$tmp/run/in.pcap" || exit 99 ;;
	esac
	if [ -e "$case/conf" ]; then
		cp "$case/conf" "$tmp/run/conf"
	else
		echo "include test.rules" > "$tmp/run/conf"
	fi
	[ ! -e "$case/rules" ] || cp "$case/rules" "$tmp/run/test.rules"
	args=$(cat "$case/args" 2>/dev/null || echo "-A console -q -U")
	# shellcheck disable=SC2086 # args are words
	(cd "$tmp/run" && "$sensor" -c conf -r in.pcap -l . $args) \
	    > "$tmp/out" 2> "$tmp/err"
	status=$?
	[ $status -eq 0 ] || echo "exit status $status" >> "$tmp/out"
	if [ $update = yes ]; then
		cp "$tmp/out" "$case/expect"
	fi
	if cmp -s "$tmp/out" "$case/expect"; then
		passed=$((passed + 1))
		echo "ok $name"
	else
		failed=$((failed + 1))
		echo "not ok $name: expected (-) and got (+):"
		diff -u "$case/expect" "$tmp/out" | sed 1,2d
		sed 's/^/  stderr: /' "$tmp/err" | head -n 20
	fi
done
echo "$passed as expected, $failed not"
[ $failed -eq 0 ]
