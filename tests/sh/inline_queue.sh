#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The front end of the kernel's queues by itself, on a bridge between two
# hosts: traffic of all kinds comes through as it was, what is rewritten has
# right checksums, what is dropped is gone, every packet gets one verdict.
. "${top_srcdir:-.}/tests/sh/bridge.sh"

reads 0
report 'a queue is bound' $?
talk bulk 10.78.0.2 20000000
report 'bulk, IPv4' $?
talk bulk fd78::2 5000000
report 'bulk, IPv6' $?
talk many 10.78.0.2 500
report 'connections, one after the other' $?
talk udp 10.78.0.2 300 100
report 'small datagrams' $?
talk udp 10.78.0.2 30 9000
report 'datagrams in fragments, IPv4' $?
talk udp fd78::2 30 9000
report 'datagrams in fragments, IPv6' $?
talk udp 10.78.0.2 10 65000
report 'the longest datagrams' $?
pids=
for i in 1 2 3 4; do
	cli "$tools/linktest" many 10.78.0.2 200 &
	pids="$pids $!"
done
status=0
for pid in $pids; do
	wait "$pid" || status=1
done
report 'many connections at a time' $status
ends
report 'the reader ends' $?
conserved
report 'rule counter, packets and verdicts agree' $?
[ "$(counted gso)" -gt 0 ] && [ "$(counted batched)" -gt 0 ]
report 'merged segments come whole, and verdicts share messages' $?

queue --queue-num 0
reads 0 drop=EVIL from=aaaa to=bbbb
talk say 10.78.0.2 'one aaaa two' && grep -q 'one bbbb two' said
report 'rewritten bytes pass a checksum, IPv4' $?
talk say fd78::2 'one aaaa two' && grep -q 'one bbbb two' said
report 'rewritten bytes pass a checksum, IPv6' $?
long=$(printf '%03000d' 0)
talk say 10.78.0.2 "$long aaaa two" && grep -q '0 bbbb two' said
report 'rewritten in merged segments' $?
talk say 10.78.0.2 'an EVIL word'
[ "$(cat said)" = silence ]
report 'what is dropped does not arrive' $?
talk say 10.78.0.2 'a good word' && grep -q 'good word' said
report 'its neighbour does' $?
ends
# (what was dropped is still being sent again: the rule may count on)
[ "$(counted rewritten)" -ge 3 ] && [ "$(counted dropped)" -ge 1 ] &&
    [ "$(counted received)" -eq "$(counted verdicts)" ]
report 'and all of it is counted' $?

queue --queue-num 0
reads 0 no_gso
talk bulk 10.78.0.2 3000000
report 'segmented by the kernel' $?
ends
# (the rule counts before they are segmented)
[ "$(counted gso)" -eq 0 ] && [ "$(counted received)" -gt 1500 ] &&
    [ "$(counted received)" -eq "$(counted verdicts)" ]
report 'no merged segments were asked for' $?

# the kernel does the rest where a verdict says so
queue --queue-num 0
iptables -t mangle -F FORWARD
iptables -t mangle -A FORWARD -m connmark ! --mark 1/1 -j NFQUEUE --queue-num 0
iptables -t mangle -A POSTROUTING -m mark --mark 1/1 -j CONNMARK --save-mark \
    --nfmask 1 --ctmask 1
reads 0 mark=connection
talk bulk 10.78.0.2 1000000
talk many 10.78.0.2 1
report 'marked connections' $?
ends
[ "$(counted rest_accept)" -eq 1 ]
report 'after the mark the kernel asks no more' $?
iptables -t mangle -F POSTROUTING

# a queue that another process holds
queue --queue-num 0
reads 0
"$tools/queueread" 0 >/dev/null 2>second
grep -q "held by pid $reader (queueread)" second
report 'it is said who holds a queue' $?
ends

# losses are the kernel's to count
queue --queue-num 0
reads 0 maxlen=4 slow=3000
talk gap 10.78.0.2 1000
ends
[ "$(counted queue_dropped)" -gt 0 ] &&
    [ "$(counted received)" -eq "$(counted verdicts)" ]
report 'packets lost to a full queue are counted' $?
queue --queue-num 0
reads 0 fail_open rcvbuf=20000 slow=3000
talk gap 10.78.0.2 1000
ends
[ "$(counted passed_unseen)" -gt 0 ] && [ "$(counted user_dropped)" -eq 0 ]
report 'fail_open lets through what does not fit, and that is counted' $?

# without a reader: stopped, or let through by the rule itself
queue --queue-num 0
talk say 10.78.0.2 hello
[ "$(cat said)" = silence ]
report 'nobody reads: the rule stops all' $?
queue --queue-num 0 --queue-bypass
talk say 10.78.0.2 hello && grep -q hello said
report 'nobody reads: queue-bypass lets all through' $?
reads 0
cli "$tools/linktest" gap 10.78.0.2 3000 >gap &
pid=$!
sleep 1
kill -9 "$reader"
wait "$pid"
[ "$(cat gap)" -lt 500 ]
report "killed under queue-bypass: no answer for $(cat gap) ms" $?
reads 0 fail_open rcvbuf=100000
kill -STOP "$reader"
cli "$tools/linktest" gap 10.78.0.2 5000 >gap
[ "$(cat gap)" -lt 4900 ]
report "stopped with fail_open: no answer for $(cat gap) ms" $?
kill -9 "$reader"
finish
