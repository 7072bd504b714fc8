# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the lint tests share. Each one prints what it objects to as
# file:line: text and ends with finish.
set -u
cd "${top_srcdir:-.}" || exit 1
rooms="core rules decoders detect output sensor"
objections=$(mktemp) || exit 1
trap 'rm -f "$objections"' EXIT

# files PATTERN [FOLDER...]: those files of the folders, or of all rooms
files()
{
	pattern=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	[ $# -gt 0 ] || set -- $rooms
	find "$@" -type f -name "$pattern" | sort
}

# everywhere PATTERN: those files of the rooms and the tests
everywhere()
{
	# shellcheck disable=SC2086 # a list of words
	files "$1" $rooms tests
}

# code FILE...: the lines of C files as file:line:code, comments and the
# contents of strings left out
code()
{
	[ $# -eq 0 ] || awk -f tests/lint/code.awk "$@"
}

# objects MESSAGE: every line of the input is an objection
objects()
{
	awk -v message="$1" 'NF {
		match($0, /^[^:]*:[0-9]+:/)
		place = substr($0, 1, RLENGTH)
		print place " " message ": " substr($0, RLENGTH + 1)
	}' >>"$objections"
}

finish()
{
	name=$(basename "$0" .sh)
	if [ -s "$objections" ]; then
		cat "$objections"
		echo "not ok $name"
		exit 1
	fi
	echo "ok $name"
}
