#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The full matrix, from the source tree, before a piece of work is called
# done; what each step needs and is not there is skipped, by name.
#	tests/ci.sh [STEP...]		all of them without a name
# CI_DIR names where to build (a new folder in /tmp), CI_SINCE the commit from
# which on each one must build and pass by itself (origin/HEAD).
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
work=${CI_DIR:-$(mktemp -d)}
mkdir -p "$work"
jobs=$(nproc)
passed=0 failed=0 skipped=0

# build NAME "TARGETS" CONFIGURE-ARGS...
build()
{
	mkdir -p "$work/$1"
	(
		cd "$work/$1" || exit 1
		targets=$2
		shift 2
		# shellcheck disable=SC2086 # a list of words
		"$top/configure" --quiet "$@" && make -s -j "$jobs" $targets
	)
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

sources()
{
	git ls-files '*.c' '*.h'
}

gcc_() { build gcc check --enable-werror CC=gcc; }
clang_() { build clang check --enable-werror CC=clang; }
o0_() { build o0 all --enable-werror CFLAGS='-g -O0'; }
tsan_()
{
	# two queues, under load, with reloads and statistics meanwhile, too
	build tsan "all check inline-soak MINUTES=1" \
	    CFLAGS='-g -O1 -fsanitize=thread' \
	    LDFLAGS=-fsanitize=thread
}
analyzer_()
{
	build analyzer all --enable-werror CC=gcc CFLAGS='-O1 -fanalyzer'
}
scan_()
{
	mkdir -p "$work/scan"
	(
		cd "$work/scan" &&
		    scan-build --status-bugs -o report "$top/configure" --quiet &&
		    scan-build --status-bugs -o report make -s -j "$jobs" all
	)
}
cppcheck_()
{
	# its analysis across functions takes what a callee fills in for unset
	cppcheck --quiet --std=c11 --enable=warning,portability \
	    --suppress=ctuuninitvar \
	    --inline-suppr --error-exitcode=1 -I. -D_GNU_SOURCE \
	    core decoders rules detect output sensor
}
format_() { sources | xargs clang-format --dry-run --Werror; }
shell_()
{
	git ls-files '*.sh' autogen.sh .ci/run |
	    xargs shellcheck --external-sources
}
# Hyperscan is for 64-bit x86 alone: elsewhere the rooms that know nothing of
# it are compiled, and the tests of core run where they can.
rooms_only()
{
	for file in core/*.c decoders/*.c decoders/*/*.c rules/*.c; do
		"$@" -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -O2 -I. \
		    -fsyntax-only "$file" || return 1
	done
}
m32_() { rooms_only gcc -m32; }
big_endian_() { rooms_only s390x-linux-gnu-gcc; }
distcheck_() { build dist distcheck; }
fuzz_() { build fuzz fuzz-smoke; }
in_tree_()
{
	git clone --quiet . "$work/in-tree" && (
		cd "$work/in-tree" && ./autogen.sh && ./configure --quiet &&
		    make -s -j "$jobs" check &&
		    make -s DESTDIR="$work/in-tree/root" install &&
		    [ -x root/usr/local/bin/aduana ]
	)
}
# The order of a table's lines means nothing: reversed, all tests pass.
order_()
{
	git clone --quiet . "$work/order" && (
		cd "$work/order" || exit 1
		for table in decoders/decoders.def detect/options.def \
		    output/outputs.def; do
			awk '/^[A-Z]+\(.*\)$/ { line[++n] = $0; next }
				{ print }
				END { while (n) print line[n--] }' \
			    "$table" >reversed && mv reversed "$table" || exit 1
		done
		./autogen.sh check
	)
}
# commits: each one since CI_SINCE builds and passes
commits_()
{
	git clone --quiet . "$work/commits" || return 1
	git rev-list --reverse "${CI_SINCE:-origin/HEAD}..HEAD" |
	while read -r commit; do
		(
			cd "$work/commits" && git checkout --quiet "$commit" &&
			    ./autogen.sh check >"$work/commit.log" 2>&1
		) || {
			echo "commit $commit:"
			tail -n 30 "$work/commit.log"
			return 1
		}
	done
}

# step NAME NEEDS...: runs NAME_ when all the commands it needs are there
step()
{
	name=$1
	shift
	[ -z "$wanted" ] || case " $wanted " in *" $name "*) ;; *) return ;; esac
	for need; do
		has "$need" || {
			echo "skip $name: there is no $need"
			skipped=$((skipped + 1))
			return
		}
	done
	begun=$(date +%s)
	if "${name}_" >"$work/$name.log" 2>&1; then
		echo "ok $name, $(($(date +%s) - begun)) s"
		passed=$((passed + 1))
	else
		echo "not ok $name: $work/$name.log"
		tail -n 20 "$work/$name.log"
		failed=$((failed + 1))
	fi
}

wanted="$*"
[ -x configure ] || ./autogen.sh || exit 1
step gcc gcc
step clang clang
step o0
step tsan gcc
step analyzer gcc
step scan scan-build
step cppcheck cppcheck
# by name only: .clang-format comes close to the house style, it is not it
[ -z "$wanted" ] || step format clang-format
step shell shellcheck
if echo '#include <stdio.h>' | gcc -m32 -fsyntax-only -xc - 2>/dev/null; then
	headers32() { :; }
fi
step m32 headers32
step big_endian s390x-linux-gnu-gcc
step distcheck
step in_tree git
step order git
step fuzz clang
step commits git
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
