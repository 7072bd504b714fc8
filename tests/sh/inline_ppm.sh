#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A rule that takes out of all proportion is suspended, with nothing in the
# configuration for it: that is told, traffic goes on, other rules stand, and
# the statistics name the rule and say how long packets waited.
# (what was said is long)
shows='out err'
. "${top_srcdir:-.}/tests/sh/bridge.sh"
aduana=${ADUANA:?the sensor to test}
mkdir log
# every beginning of a run of letters is tried with every way to cut it up
cat >rules <<'TXT'
drop tcp any any -> any 7777 (msg:"sick"; content:"aaaa"; \
    pcre:"/^.*(a+a?)+(a|aa)+(a+)+\d/"; sid:1;)
drop tcp any any -> any 7777 (msg:"attack"; content:"EVIL"; sid:2;)
alert (msg:"suspended"; gid:134; sid:1; metadata:rule-type preproc;)
alert (msg:"again"; gid:134; sid:2; metadata:rule-type preproc;)
TXT
cat >conf <<'TXT'
preprocessor stream5_global: track_tcp yes
preprocessor stream5_tcp: policy linux, ports both all
config pcre_match_limit: 1000000
config pcre_match_limit_recursion: 1000000
TXT
text=$(awk 'BEGIN { for (i = 0; i < 900; i++) printf "a" }')

# sensor LINE: with that line besides; $sensor
sensor()
{
	{ cat conf; echo "$1"; echo 'include rules'; } >conf2
	: >err
	"$aduana" -c conf2 -l log -A console -N -Q -H 0 >out 2>err &
	sensor=$!
	started="$started $sensor"
	wait_for grep -q 'judging the packets' err
}
stops() { kill -TERM "$sensor" && wait "$sensor"; }
told() { grep -q "\[134:$1:" out; }
# ask N: says the text in so many connections, each of which has its answer
ask()
{
	n=0
	while [ $n -lt "$1" ]; do
		talk say 10.78.0.2 "$text" && grep -q aaaa said || return 1
		n=$((n + 1))
	done
}

sensor ''
talk say 10.78.0.2 'a good word' && grep -q 'good word' said
report 'before' $?
ask 12
report 'what the rule looks at goes on' $?
wait_for told 1
report 'the rule is suspended, by default, and that is told' $?
talk bulk 10.78.0.2 5000000
report 'traffic goes on' $?
talk say 10.78.0.2 'an EVIL word'
[ "$(cat said)" = silence ]
report 'other rules stand' $?
stops
report 'it ends' $?
grep -q 'suspended 1:1  *1  times' err && grep -q ' skipped  *[1-9]' err
report 'the statistics name it' $?
awk '$1 == "p50" || $1 == "p99" || $1 == "p99.9" {
	n++
	if ($2 + 0 < last)
		exit 1
	last = $2 + 0
} END { exit n != 3 || !(last > 0) }' err
report 'and how long packets waited, p50 to p99.9' $?

words='threshold 1, suspend-expensive-rules, suspend-timeout 1'
sensor "config ppm: max-rule-time 3000, $words, rule-log alert"
ask 4
wait_for told 1
report 'as configured: it is suspended' $?
sleep 2
ask 1
wait_for told 2
report 'and when its time is over it is evaluated again' $?
stops
sensor 'config ppm: max-rule-time 0'
ask 12
report 'no limit: what the rule looks at goes on' $?
! told 1
report 'and it is not suspended' $?
stops
finish
