#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Agreement with Snort 2.9.19 on real captures and on recorded cases, with the
# measuring tools that stand beside a checkout (../shared). Skipped where they
# are not. ADUANA_SHARED names another place, ADUANA_DATA where to unpack.
set -u
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
build=${top_builddir:-.}
sensor=${ADUANA:-$build/aduana}
shared=${ADUANA_SHARED:-$top/../shared}
data=${ADUANA_DATA:-/tmp/aduana-data}
if [ ! -x "$shared/tools/agree" ] || ! command -v python3 >/dev/null; then
	echo "skip agreement with Snort: no ../shared (or no python3)"
	exit 77
fi
"$shared/tools/unpack" "$data" >/dev/null || exit 77
failed=0
check() {
	if "$@" > "$build/shared.out" 2>&1; then
		echo "ok $*" | sed "s|$shared/tools/||; s|$sensor ||; s|$data ||"
	else
		failed=$((failed + 1))
		echo "not ok $*"
		cat "$build/shared.out"
	fi
}
check "$shared/tools/agree" "$sensor" "$data" --kind "packet,tcp stream"
check "$shared/tools/agree" "$sensor" "$data" --builtin --kind "gid 116,gid 123"
[ -e "$top/tests/shared.cases" ] && while read -r only; do
	case $only in '' | '#'*) continue ;; esac
	check "$shared/tools/verify" "$sensor" "$data" --folder semantics \
	    --exact --only "$only"
done <"$top/tests/shared.cases"
[ $failed -eq 0 ]
