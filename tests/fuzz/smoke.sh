#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: smoke.sh SECONDS TARGET...
# Fuzzes each target for so long, from its corpus on. What is found stays in
# the current folder, and the run goes on with the next target.
set -u
seconds=$1
shift
corpora=${top_srcdir:-.}/tests/fuzz/corpus
status=0
for target; do
	name=$(basename "$target")
	corpus=$corpora/${name#fuzz_}
	mkdir -p "grown/$name"
	echo "== $name, $seconds seconds"
	if ASAN_OPTIONS=detect_leaks=1 "./$target" \
	    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
	    -print_final_stats=1 -artifact_prefix="$name-" -verbosity=0 \
	    "grown/$name" "$corpus" >"$name.out" 2>&1; then
		grep -E 'number_of_executed_units|new_units_added' "$name.out"
		echo "ok fuzz $name"
	else
		tail -n 40 "$name.out"
		echo "not ok fuzz $name"
		status=1
	fi
done
exit $status
