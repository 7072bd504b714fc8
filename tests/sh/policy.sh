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

over nothing
check 'an action that is none' 1 'pass, bypass or drop'
echo 'config memory_policy: here pass' >conf
run -T -c conf -l log
check 'a point that is none' 1 'no such point'
finish
