#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# config memory_policy: a queue of two segments runs over in the demo.
case ${top_srcdir:=.} in
/*) ;;
*) top_srcdir=$PWD/$top_srcdir ;;
esac
. "$top_srcdir/tests/sh/lib.sh"

# over ACTION: a run in which ACTION is what follows
over()
{
	cat >conf <<CONF
config checksum_mode: none
config protocol_detection: ports
preprocessor stream5_global: track_tcp yes
preprocessor stream5_tcp: policy first, ports both all, max_queued_segs 2
config memory_policy: flow.full pass, stream.segments $1
alert tcp any any -> any any (msg:"any"; sid:1;)
CONF
	run -c conf -r "$top_srcdir/tests/data/demo.pcap" -l log -A console
	got=$(grep -c '\[1:1:' out)
}

over pass
all=$got
check 'pass is counted' 0 'stream.segments.pass  *1 '
over bypass
check 'bypass is counted' 0 'stream.segments.bypass  *1 ' 'bypassed  *[1-9]'
[ "$got" -lt "$all" ]
report 'bypass leaves the session alone' $?
over drop
check 'drop is counted' 0 'stream.segments.drop  *1 ' \
    'over limits, not dropped  *1$'
[ "$got" -eq "$all" ]
report 'drop goes on when passive' $?

# a rule that takes too many steps on the first of two packets: 200 a's in
# which it looks for a's everywhere, and a word in the second
{
	capture 0
	for payload in a b; do
		printf '\000\361\123\145\000\000\000\000'
		printf '\362\000\000\000\362\000\000\000'
		printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
		printf '\105\000\000\344\000\001\000\000\100\021\000\000'
		printf '\300\000\002\001\300\000\002\002'
		printf '\004\000\000\065\000\320\000\000'
		printf '%0200d' 0 | tr 0 $payload
	done
} >steps.pcap
# steps ACTION: a run in which ACTION is what follows
steps()
{
	more='content:"a"; within:200;'
	cat >conf <<CONF
config checksum_mode: none
preprocessor stream5_global: track_udp yes
preprocessor stream5_udp: timeout 30
config memory_policy: detect.steps $1
alert udp any any -> any any (content:"a"; $more $more content:"c"; within:200; sid:1;)
alert udp any any -> any any (content:"bbb"; sid:2;)
CONF
	run -c conf -r steps.pcap -l log -A console
	got=$(grep -c '\[1:2:' out)
}
steps pass
check 'too many steps are counted' 0 'detect.steps.pass  *1 '
[ "$got" -eq 1 ]
report 'and the session is inspected on' $?
steps bypass
check 'steps with bypass' 0 'detect.steps.bypass  *1 ' 'bypassed  *1 '
[ "$got" -eq 0 ]
report 'steps with bypass leave the session alone' $?
steps drop
check 'steps with drop' 0 'detect.steps.drop  *1 ' \
    'over limits, not dropped  *1$'

over nothing
check 'an action that is none' 1 'pass, bypass or drop'
echo 'config memory_policy: here pass' >conf
run -T -c conf -l log
check 'a point that is none' 1 'no such point'
finish
