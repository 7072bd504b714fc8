#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever is wrong with what the user gave: one message that says what to do,
# and Snort's exit status.
. "${top_srcdir:-.}/tests/sh/lib.sh"

run -c conf -r three.pcap -l log -A console -N
check 'a capture is inspected' 0 'rules loaded, 0 refused' 'inspected .* 3'
alerts 3
report 'its alerts are on standard output' $?

run --no-such-option
check 'unknown option' 1 'unknown.*--no-such-option.*--help'
run -c conf
check 'no source' 1 '-i' '-r'
run -c nothere -r three.pcap -l log
check 'missing configuration' 1 'nothere.*No such file'
run -c conf -r nothere.pcap -l log -A console -N
check 'missing capture' 1 'nothere.pcap.*No such file'
run -c conf -r "$tmp" -l log -A console -N
check 'a folder for a capture' 1 '--pcap-dir'
run -c conf -r conf -l log -A console -N
check 'a text for a capture' 1 'not a capture file'
run -c conf -r three.pcap -l nothere -A fast
check 'missing log folder' 1 'nothere.*create it.*-l'
run -c conf -r three.pcap -l conf -A fast
check 'a file for a log folder' 1 'not a folder'
run -c conf --pcap-file=nothere -l log -A console -N
check 'missing list' 1 'list of captures nothere'
mkdir empty
run -c conf --pcap-dir=empty -l log -A console -N
check 'empty folder' 1 'no captures to read'
run -c conf -Q --daq afpacket -i eth0:eth1 -l log
check 'inline by afpacket is refused' 1 'iptables.*NFQUEUE' 'aduana -Q --daq nfq'
run -c conf -i nothere0 -l log -A console -N
check 'missing interface' 1 'nothere0'
run -c conf -r three.pcap -l log -A console -N no such filter
check 'bad packet filter' 1 'packet filter.*no such filter'
run -c conf --pcap-list="three.pcap three.pcap" -l log -A console -N no such filter
[ "$status" -eq 1 ] && [ "$(grep -c 'packet filter' err)" -eq 1 ]
report 'it is said once, whatever the number of captures' $?
run -c conf -r three.pcap -l log -A console -N -F "$tmp"
check 'a folder for a packet filter' 1 'cannot read the packet filter.*directory'
run -c conf --pcap-file="$tmp" -l log -A console -N
check 'a folder for a list' 1 'list of captures.*--pcap-dir'
run -c conf -r three.pcap -l log -A packet-count -A console -N
alerts 3 && [ "$status" -eq 0 ]
report "Snort's -A packet-count is accepted" $?
run -c conf -r three.pcap -l log -A console -N -u no-such-user
check 'unknown user' 1 'no such user'

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod -R a+rX .
	timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    --no-new-privs "$aduana" -c conf -i lo -A console -N \
	    >out 2>err
	status=$?
	check 'no permission to capture' 1 'run as root, or' 'setcap cap_net_raw'
	timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    "$aduana" -c conf -r three.pcap -A console -N -u root \
	    >out 2>err
	status=$?
	check 'no permission to become another' 1 'start as root for -u'
	timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    "$aduana" -c conf -r three.pcap -A console -N -t / >out 2>err
	status=$?
	check 'no permission to change the root' 1 'start as root'
	mkdir -m 755 roots
	timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    "$aduana" -c conf -r three.pcap -A console -N --pid-path roots \
	    >out 2>err
	status=$?
	check 'no folder for a pid file' 1 'pid file.*roots.*--pid-path'
	touch secret.pcap secret.rules
	chmod 0 secret.pcap secret.rules
	timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    "$aduana" -c conf -r secret.pcap -A console -N >out 2>err
	status=$?
	check 'an unreadable capture' 1 'secret.pcap: Permission denied'
	echo 'include secret.rules' >secret.conf
	timeout 60 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    "$aduana" -c secret.conf -r three.pcap -A console -N >out 2>err
	status=$?
	check 'an unreadable rule file' 1 'secret.conf:1:.*Permission denied'
else
	echo "skip $script: permissions need root to be tested"
fi

# no room for all: a limit of 512 bytes a file stands for a full disk
capture 20 >twenty.pcap
rm -f log/alert
(ulimit -f 1 && run -q -c conf -r twenty.pcap -l log -A fast -N -k none
    exit "$status")
status=$?
check 'a full disk is said' 0 'cannot write log/alert' 'records were never written'
[ -s log/alert ] && ! grep -v '192.0.2.2:53$' log/alert
report 'the alerts that it took stay whole' $?
rm -f log/alert

run -T -c conf
check '-T needs no log folder of its own' 0 'conf is valid'
run -T -c conf -l nothere
check '-T misses the one that is named' 1 'nothere.*create it'
mkdir tested
run -T -c conf -l tested
[ "$status" -eq 0 ] && [ -z "$(ls tested)" ]
report '-T leaves no file behind' $?

head -c 170 three.pcap >cut.pcap
run -c conf -r cut.pcap -l log -A console -N
check 'truncated capture' 1 'cut off inside a packet; the 2 packets'
alerts 2
report 'its whole packets are inspected' $?

# link type 147 is nobody's
{ head -c 20 three.pcap; printf '\223\000\000\000'; tail -c +25 three.pcap; } >dlt.pcap
run -c conf -r dlt.pcap -l log -A console -N
check 'unknown link type' 1 'link type (147)'

run -c conf --pcap-list="three.pcap conf nothere three.pcap" --pcap-show \
    -l log -A console -N -q
check 'a bad capture does not end the others' 1 'not a capture' 'nothere'
alerts 6 && [ "$(grep -c '^Reading network traffic from "' out)" -eq 4 ] &&
    [ "$(head -n 1 out)" = 'Reading network traffic from "three.pcap" with snaplen = 65535' ]
report '--pcap-show says each name in order' $?

cat >bad.rules <<'TXT'
alert udp any any -> any 53 (msg:"hello"; content:"hello"; sid:1000001; rev:1;)
alert udp any any -> any 53 (msg:"bad"; no_such_option:1; sid:2;)
TXT
echo 'include bad.rules' >bad.conf
run -c bad.conf -r three.pcap -l log -A console -N
check 'a refused rule does not stop the others' 0 'bad.rules:2:41: error:' \
    '1 rules loaded, 1 refused'
alerts 3
report 'and they alert' $?
run -T -c bad.conf -l log -A console -N
check '-T fails for it' 1 'bad.rules:2:41: error:' 'not valid'
run -x -c bad.conf -r three.pcap -l log -A console -N
check '-x does not start' 1 'not started'
run -T -c conf -l log -A console -N --dirty-pig
check '-T of a good one' 0 'conf is valid' '--dirty-pig does nothing here'
echo 'include nothere.rules' >>bad.conf
run -c bad.conf -r three.pcap -l log -A console -N
check 'an unreadable rule file' 1 'bad.conf:2:.*nothere.rules'

printf 'config set_uid: no-such-user\nconfig daq: nfq\n' >who.conf
run -T -c who.conf
check '-T knows users and what cannot be inline' 1 'no such user' \
    'config daq: nfq is for inline'
printf 'output alert_csv: stdout default a b\noutput alert_fast: x y z\n' >badout.conf
run -T -c badout.conf
check '-T says all outputs that are wrong' 1 'badout.conf:1: output alert_csv' \
    'badout.conf:2: output alert_fast' 'not valid'
printf 'config nope\nconfig neither\n' >badconf.conf
run -c badconf.conf -r three.pcap -l log -A console -N
check 'errors in the configuration stop a start' 1 'badconf.conf:1:8' \
    'badconf.conf:2:8' '2 errors in the configuration'
for list in decoders options events counters outputs; do
	run --list-$list
	[ "$status" -eq 0 ] && [ -s out ]
	report "--list-$list" $?
done
run --help
[ "$status" -eq 0 ] && grep -q -- '--pcap-reset' out
report '--help' $?
run '-?'
check '-? exits with 1 as in Snort' 1 'usage'
run -V
[ "$status" -eq 0 ] && grep -q '^aduana [0-9]' out
report '-V' $?
finish
