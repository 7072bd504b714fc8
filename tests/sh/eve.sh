#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# EVE besides alerts, whole runs: what is asked for and nothing else, the same
# for captures alone and in a row, statistics by the packets' time, words that
# come and go with a reload.
. "${top_srcdir:-.}/tests/sh/lib.sh"
"$MKPCAP" names names.pcap || exit 99
"$MKPCAP" demo demo.pcap || exit 99

# conf_with WORDS: sessions, DNS, and EVE with these words
conf_with()
{
	cat <<CONF
config utc
preprocessor stream5_global: track_tcp yes, track_udp yes, track_icmp yes
preprocessor stream5_tcp: policy linux
preprocessor stream5_udp: timeout 30
preprocessor stream5_icmp: timeout 30
preprocessor dns: ports { 53 }
output eve: stdout no_alert $1
include hello.rules
CONF
}

# events TYPE: how many records of it the last run wrote
events()
{
	grep -c "\"event_type\":\"$1\"" out
}

conf_with '' >none
run -c none -r names.pcap -q -N -l log
[ "$status" -eq 0 ] && [ ! -s out ]
report 'nothing that nobody asks for' $?
conf_with dns >dns
run -c dns -r names.pcap -q -N -l log
[ "$(events dns)" -eq 13 ] && [ "$(wc -l <out)" -eq 13 ]
report 'transactions alone' $?
conf_with flow >flow
run -c flow -r names.pcap -q -N -l log
[ "$(events flow)" -eq 7 ] && [ "$(wc -l <out)" -eq 7 ] &&
    [ "$(grep -c '"reason":"timeout"' out)" -eq 4 ] &&
    [ "$(grep -c '"reason":"closed"' out)" -eq 2 ] &&
    [ "$(grep -c '"app_proto":"dns"' out)" -eq 5 ]
report 'flows alone, with their protocol and end' $?
run -c flow -r names.pcap -N -l log
grep -q '^ *told besides alerts  *7$' err && ! grep -q '^ *logs ' err
report 'what is told is counted, what is not is not made' $?

# each capture's records, alone and in a row
conf_with 'dns flow' >both
for capture in names demo; do
	run -c both -r $capture.pcap -q -N -l log
	sed 's/"flow_id":[0-9]*,//; s/"pcap_cnt":[0-9]*,//' out
done >alone
run -c both --pcap-list='names.pcap demo.pcap' --pcap-reset -q -N -l log
sed 's/"flow_id":[0-9]*,//; s/"pcap_cnt":[0-9]*,//' out >row
cmp -s alone row
report 'the same with --pcap-reset' $?
# without it sessions may go on, but transactions are the same
run -c dns --pcap-list='names.pcap demo.pcap' -q -N -l log
sed 's/"flow_id":[0-9]*,//; s/"pcap_cnt":[0-9]*,//' out >row
grep '"event_type":"dns"' alone | cmp -s - row
report 'the same transactions without it' $?

conf_with stats=5 >stats
run -c stats -r demo.pcap -q -N -l log
[ "$(events stats)" -eq 6 ] && [ "$(wc -l <out)" -eq 6 ] &&
    tail -n 1 out | grep -q '"decoder":{.*"pkts":186[,}].*"uptime":'
report 'statistics by the time of packets, and at the end' $?
conf_with stats >stats
run -c stats -r three.pcap -q -N -l log
[ "$(events stats)" -eq 1 ]
report 'and at the end alone of a short capture' $?

# HUP, or here --pcap-reload, brings a word and takes it away
mkfifo first second
cp none now
"$aduana" -c now --pcap-list='first second names.pcap' --pcap-reload -q -N \
    -l log >out 2>err &
pid=$!
started="$started $pid"
exec 3>first
cp both now
cat names.pcap >&3
exec 3>&-
exec 3>second
cp none now
cat names.pcap >&3
exec 3>&-
wait $pid
status=$?
[ $status -eq 0 ] && [ "$(events dns)" -eq 13 ] &&
    [ "$(events dns)" -eq "$(grep 'second' out | grep -c '"dns":{')" ]
report 'a reload brings words and takes them away' $?
finish
