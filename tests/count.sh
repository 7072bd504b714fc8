#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: count.sh BUILD...
# Sums the test results of build trees, each test case for itself: cmocka's
# lines and the lines "ok NAME", "not ok NAME" and "skip NAME" of scripts. A
# program without any counts as one. Status 1 when something failed, or when
# a tree has no results at all.
set -u
for build; do
	results=$(find "$build/tests" -name '*.trs' 2>/dev/null | sort)
	if [ -z "$results" ]; then
		echo "none $build"
		continue
	fi
	for trs in $results; do
		echo "program $(sed -n 's/^:test-result: //p' "$trs") $trs"
		cat "${trs%.trs}.log"
		echo
	done
done | awk '
	function close_program() {
		if (name == "")
			return
		# a program that died, or one that says nothing of its cases
		if (result ~ /^(FAIL|ERROR|XPASS)/ && !bad)
			bad = 1
		else if (result == "SKIP" && !good && !bad && !left)
			left = 1
		else if (result == "PASS" && !good && !bad && !left)
			good = 1
		passed += good; failed += bad; skipped += left
		good = bad = left = 0
		name = ""
	}
	/^none / { failed++; print "no test results in " $2; next }
	/^program [A-Z]+ .*[.]trs$/ {
		close_program()
		result = $2; name = $3
		next
	}
	/^\[       OK \] / || /^ok / { good++ }
	# cmocka names these twice, at once and in its summary
	/^\[  FAILED  \] [A-Za-z_]/ && !seen[name, $4]++ { bad++ }
	/^\[  SKIPPED \] [A-Za-z_]/ && !seen[name, $4]++ { left++ }
	/^not ok / { bad++ }
	/^skip / { left++ }
	END {
		close_program()
		printf "%d passed, %d failed, %d skipped\n", \
		    passed, failed, skipped
		exit failed ? 1 : 0
	}
'
