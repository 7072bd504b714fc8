#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What rules do to sessions, and settings that say which rules are tried: the
# scene `options'.
case ${top_srcdir:=.} in
/*) ;;
*) top_srcdir=$PWD/$top_srcdir ;;
esac
case ${MKPCAP:=tests/tools/mkpcap} in
/*) ;;
*) MKPCAP=$PWD/$MKPCAP ;;
esac
. "$top_srcdir/tests/sh/lib.sh"
"$MKPCAP" options in.pcap || exit 99

# sensor CONF: a run with sessions and these lines; for this run $tcp and $udp
# hold settings of stream5_tcp and stream5_udp, $args more arguments
tcp='ports both all' udp='' args=''
sensor()
{
	rm -rf log
	mkdir log
	cat >conf <<-CONF
	config checksum_mode: none
	config event_queue: max_queue 20 log 20
	preprocessor stream5_global: track_tcp yes, track_udp yes
	preprocessor stream5_tcp: policy linux, $tcp
	preprocessor stream5_udp: timeout 30$udp
	$1
	CONF
	# shellcheck disable=SC2086 # args are words
	run -c conf -r in.pcap -l log -A console $args
	tcp='ports both all' udp='' args=''
}

# fired SID N: so many alerts of it
fired()
{
	[ "$(grep -c "\[1:$1:" out)" -eq "$2" ]
}

# has NAME FILE: the file in log has what standard input has, to the byte
has()
{
	cat >want
	cmp want "log/$2"
	report "$1" $?
}

alarm='alert tcp any any -> any any (content:"alarm"; sid:1;)'
leave='tcp any 80 -> any any (content:"leave me"; flow:to_client'

# -- session -------------------------------------------------------------

sensor 'log tcp any any <> any any (session:printable; sid:1;)
log udp any any <> any any (session:binary; sid:2;)'
check 'sessions are logged' 0 'session data logged  *10$' \
    'lost by outputs  *0$'
printf 'first alarm leave me second alarm third alarm fourth alarm ' |
    has 'printable, both directions' 192.0.2.10/SESSION:2000-80
printf 'a tail \\ ofbytesin two segments' |
    has 'printable leaves out the rest' 192.0.2.80/SESSION:9999-2001
printf 'a tailan answer' |
    has 'UDP in binary' 192.0.2.80/SESSION:9999-2002

sensor 'config detection: no_stream_inserts
log tcp any any <> any any (session:printable; sid:1;)'
printf 'a tail \\ ofbytesin two segments' |
    has 'also what is searched in streams only' 192.0.2.80/SESSION:9999-2001

# from the match on, to the end of the session; how it began is kept
sensor "alert $leave; session:all; sid:1;)
alert tcp any any -> any any (content:\"second\"; session:binary; sid:2;)"
printf 'leave me second alarm third alarm ' |
    has 'from the match on' 192.0.2.10/SESSION:2000-80
sensor 'log tcp any any -> any 9999 (content:"tail"; session:all; sid:1;)'
printf 'a tail \\\\ of\\00bytes\\FFin two segments' |
    has 'all is escaped' 192.0.2.80/SESSION:9999-2001
# seen in the rebuilt packet only: its bytes, and what comes then
sensor 'alert tcp any any -> any 9999 (content:"two segments"; session:all; sid:1;)'
printf 'a tail \\\\ of\\00bytes\\FFin two segments' |
    has 'a rebuilt packet' 192.0.2.80/SESSION:9999-2001

args=-N
sensor 'log tcp any any <> any any (session:printable; sid:1;)'
[ "$status" -eq 0 ] && [ ! -e log/192.0.2.10 ]
report 'nothing with -N' $?
sensor 'output log_session: 1K 1
log tcp any any <> any any (session:printable; sid:1;)'
check 'sessions beyond the files that may be' 0 'as many files were made' \
    'lost by outputs  *3$'
sensor 'output log_session: lots'
check 'a limit that is none' 1 'log_session'

# without sessions: the packets that match
sed 's/^preprocessor.*//' conf >plain
echo 'log udp any any -> any 9999 (content:"tail"; session:all; sid:1;)' \
    >>plain
sed 's/^output.*//' plain >conf
rm -rf log
mkdir log
run -c conf -r in.pcap -l log -A console
printf 'a tail' | has 'without a session' 192.0.2.80/SESSION:9999-2002

# -- stream_reassemble ---------------------------------------------------

sensor "$alarm
alert $leave; stream_reassemble:disable,both; sid:2;)"
fired 1 4 && fired 2 1
report 'disable alone goes on inspecting' $?
sensor "$alarm
alert $leave; stream_reassemble:disable,both,noalert,fastpath; sid:2;)"
fired 1 2 && fired 2 0
report 'noalert, and fastpath to the end of the session' $?
check 'fastpath is counted' 0 'left by fastpath  *[1-9]'
sensor "$alarm
alert $leave; stream_reassemble:enable,both,fastpath; sid:2;)"
check 'fastpath with enable' 0 '1 refused'

split='alert tcp any any -> any 9999 (content:"two segments"; sid:3;)'
tcp='ports both none'
sensor "$split"
fired 3 0
report 'nothing is put together without ports' $?
tcp='ports both none'
sensor "$split
alert tcp any any -> any 9999 (flags:S; stream_reassemble:enable,client,noalert; sid:2;)"
fired 3 1 && fired 2 0
report 'enable' $?

# -- no_stream_inserts ---------------------------------------------------

sensor "config detection: no_stream_inserts
alert tcp any any -> any any (content:\"alarm\"; flow:no_stream; sid:1;)
alert tcp any any -> any any (content:\"alarm\"; flow:only_stream; sid:2;)
alert tcp any any -> any 9999 (dsize:5; sid:3;)
alert udp any any -> any any (content:\"tail\"; sid:4;)"
fired 1 0 && fired 2 3 && fired 3 1 && fired 4 1
report 'no_stream_inserts' $?
check 'it is counted' 0 'searched in streams  *8 '
tcp='ports both none'
sensor "config detection: no_stream_inserts
config protocol_detection: ports
$alarm"
fired 1 4
report 'no_stream_inserts needs a stream' $?

# -- tag -----------------------------------------------------------------

# 10 of the first session's packets follow the alarm, and none of the next
sensor 'alert tcp any any -> any 80 (content:"first"; tag:session,100,packets; sid:1;)'
check 'a tag ends with its session' 0 '  tagged  *10 '

# -- ignore_any_rules ----------------------------------------------------

any='alert tcp any any -> any any (content:"a tail"; sid:1;)
alert tcp any any -> any any (content:"first alarm"; sid:2;)
alert tcp any any -> any any (dsize:5; sid:3;)
alert tcp any any -> any 80 (content:"fourth"; sid:4;)
alert ip any any -> any any (content:"a tail"; sid:5;)
alert udp any any -> any any (content:"a tail"; sid:6;)'
sensor "$any"
fired 1 1 && fired 2 1 && fired 3 1 && fired 4 1 && fired 5 2 && fired 6 1
report 'all rules are tried' $?
tcp='ports both all, ignore_any_rules'
sensor "$any"
fired 1 0 && fired 2 1 && fired 3 1 && fired 4 1 && fired 5 2 && fired 6 1
report 'TCP rules for any port are not tried at a port of no rule' $?
check 'units without them are counted' 0 '  any_ignored  *[1-9]'
args=-T tcp='ports both all, ignore_any_rules'
sensor "$any"
check 'they are named' 0 'conf:4:.*tcp rule names a port, 2 rules .*1:[12], 1:[12]$'
udp=', ignore_any_rules'
sensor "$any"
fired 1 1 && fired 2 1 && fired 3 1 && fired 4 1 && fired 5 2 && fired 6 0
report 'UDP rules likewise' $?
tcp='bind_to 192.0.2.80, ports both all, ignore_any_rules'
sensor "$any"
fired 1 0
report 'where the server is bound to such a line' $?
tcp='bind_to 192.0.2.81, ports both all, ignore_any_rules
preprocessor stream5_tcp: ports both all'
sensor "$any"
fired 1 1
report 'and not where it is bound to another one' $?
tcp='ports both all, ignore_any_rules'
sensor "$any
alert tcp any any -> any any (flow:established; content:\"third\"; sid:7;)"
fired 1 1 && fired 7 1
report 'a rule with flow switches it off' $?
args=-T tcp='ports both all, ignore_any_rules'
sensor "$any
alert tcp any any -> any any (flow:established; content:\"third\"; sid:7;)"
check 'which is said' 0 'conf:4:.*ignore_any_rules is off.*1:7'
finish
