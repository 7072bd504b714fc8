#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Reading capture files: lists, loops, limits, standard input, and the modes
# without rules.
. "${top_srcdir:-.}/tests/sh/lib.sh"
quiet='-q -A console -N -l log'

# shellcheck disable=SC2086 # options are words
{
run -c conf $quiet -r three.pcap -n 2
alerts 2; report '-n counts packets' $?
run -c conf $quiet --pcap-list="three.pcap three.pcap" -n 4
alerts 4; report '-n counts over all captures' $?
run -c conf $quiet -r three.pcap --pcap-loop 3
alerts 9; report '--pcap-loop' $?
run -c conf $quiet -r - <three.pcap
alerts 3; report 'standard input' $?
mkfifo pipe
cat three.pcap >pipe &
run -c conf $quiet -r pipe
alerts 3; report 'a pipe' $?
run -c conf $quiet -r three.pcap udp port 53
alerts 3; report 'a filter that passes' $?
run -c conf $quiet -r three.pcap tcp
alerts 0; report 'a filter that does not' $?
printf '# comment\nudp # and\nport 53\n' >filter
run -c conf $quiet -r three.pcap -F filter
alerts 3; report '-F' $?

mkdir -p dir/sub
cp three.pcap dir/b.pcap; cp three.pcap dir/sub/a.pcap; echo no >dir/no.txt
run -c conf $quiet --pcap-filter='*.pcap' --pcap-dir=dir --pcap-show
alerts 6; report '--pcap-dir with --pcap-filter' $?
printf 'three.pcap\ndir\n' >list
run -c conf $quiet --pcap-filter='*.pcap' --pcap-file=list --pcap-reset
alerts 9; report '--pcap-file names folders, too' $?

# the header says the first packet, an alert follows the name of its capture
run -c conf $quiet --pcap-list="three.pcap dir/b.pcap" --pcap-show
[ "$(grep -n '^Reading' out | cut -d: -f1 | tr '\n' ' ')" = "1 5 " ]
report 'alerts stand behind the name of their capture' $?
}

# one threshold over both captures, or one for each
cat >hello.rules <<'TXT'
alert udp any any -> any 53 (msg:"hello"; content:"hello"; \
    detection_filter:track by_src, count 4, seconds 60; sid:1000001; rev:1;)
TXT
run -c conf -q -A console -N -l log --pcap-list="three.pcap three.pcap"
alerts 2; report 'counts go on over captures' $?
run -c conf -q -A console -N -l log --pcap-list="three.pcap three.pcap" --pcap-reset
alerts 0; report '--pcap-reset: each capture stands alone' $?

run -r three.pcap -v -U -q
[ "$(grep -c '192.0.2.1:1024 -> 192.0.2.2:53' out)" -eq 3 ]
report 'without rules packets are printed' $?
run -r three.pcap -l log -q --nostamps
[ "$status" -eq 0 ] && cmp -s three.pcap log/snort.log
report '-l without rules logs packets' $?
run -r three.pcap -L mine.pcap -l log -q --nostamps -K none
[ ! -e log/mine.pcap ]
report '-K none logs none' $?
finish
