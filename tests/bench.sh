#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: bench.sh CAPTURE CONF (make bench CAPTURE=file [CONF=file])
# How fast the sensor reads a capture with a configuration: medians of five
# runs, taken in turn with runs over a capture without packets, whose time -
# loading - is subtracted. Alerts are written as the configuration says, into
# a folder that is thrown away.
set -eu
capture=$1
conf=$2
runs=5
empty=${top_srcdir:-.}/tests/data/empty.pcap
measure=${MEASURE:-./tests/tools/measure}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/log" "$tmp/cache"

# run KIND ARGS...: one line more in the file of that kind
run()
{
	kind=$1
	shift
	"$measure" "$tmp/one" "$ADUANA" -c "$conf" -l "$tmp/log" "$@" \
	    >"$tmp/$kind.out" 2>"$tmp/$kind.err" || {
		tail -n 20 "$tmp/$kind.err" >&2
		exit 1
	}
	cat "$tmp/one" >>"$tmp/$kind"
	rm -rf "$tmp/log"
	mkdir "$tmp/log"
}

# median KIND FIELD
median()
{
	cut -d ' ' -f "$2" "$tmp/$1" | sort -n |
	    awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

run cold --rule-cache "$tmp/cache" -r "$empty"
i=0
while [ $i -lt $runs ]; do
	run whole -r "$capture"
	run load -r "$empty"
	run cached --rule-cache "$tmp/cache" -r "$empty"
	i=$((i + 1))
done

awk -v capture="$capture" -v conf="$conf" \
    -v whole="$(median whole 1)" -v whole_cpu="$(median whole 2)" \
    -v memory="$(median whole 3)" -v load="$(median load 1)" \
    -v load_cpu="$(median load 2)" -v cold="$(median cold 1)" \
    -v cached="$(median cached 1)" '
	$1 == "inspected" { packets = $2 }
	$1 == "rate" { pps = $2; mbps = $4 }
	$1 == "alerts" { alerts = $2 }
	/^Time:/ { stages = 1; next }
	/^[^ ]/ { stages = 0 }
	stages { stage[++n] = $0 }
	END {
		mbit = pps ? packets * mbps / pps : 0
		time = whole - load
		cpu = whole_cpu - load_cpu
		printf "%s with %s\n", capture, conf
		printf "  packets, Mbit, alerts    %d, %.1f, %d\n",
		    packets, mbit, alerts
		if (time > 0)
			printf "  wall clock               %.3f s: " \
			    "%.0f packets/s, %.1f Mbit/s\n",
			    time, packets / time, mbit / time
		if (cpu > 0)
			printf "  processor                %.3f s: " \
			    "%.0f packets/s, %.1f Mbit/s\n",
			    cpu, packets / cpu, mbit / cpu
		printf "  loading                  %.3f s; first with a rule " \
		    "cache %.3f s, then %.3f s\n", load, cold, cached
		printf "  peak memory              %.1f MiB\n", memory / 1024
		print "time by stage, in the last run:"
		for (i = 1; i <= n; i++)
			print stage[i]
	}' "$tmp/whole.err"
