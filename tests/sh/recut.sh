#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What rules find in the demonstration's streams is found again when each
# segment comes a byte at a time, or cut at random.
. "${top_srcdir:-.}/tests/sh/lib.sh"

cp "$top_srcdir"/rules/demo.rules "$top_srcdir"/rules/*.config .
cat >recut.conf <<'CONF'
config checksum_mode: none
include classification.config
include reference.config
preprocessor stream5_global: track_tcp yes
preprocessor stream5_tcp: policy linux, ports both all
preprocessor http_inspect: global
preprocessor http_inspect_server: server default profile apache ports { 80 }
include demo.rules
alert tcp any any -> any any (msg:"a path"; content:"/"; http_uri; sid:1;)
alert tcp any any -> any any (msg:"a method"; content:"T"; http_method; sid:2;)
alert tcp any any -> any any (msg:"a host"; content:"Host"; http_header; sid:3;)
alert tcp any any -> any any (content:"200"; http_stat_code; sid:4;)
CONF
"$MKPCAP" demo demo.pcap && "$MKPCAP" sessions sessions.pcap
SEEDS='1 2' sh "$top_srcdir/tests/recut.sh" recut.conf demo.pcap \
    sessions.pcap >out 2>err
status=$?
report 'the same is found in streams that are cut anew' $status
n=$(sed -n 's/^\([0-9]*\) found in streams.*/\1/p' out)
[ "${n:-0}" -ge 20 ]
status=$?
report 'there was something to find' $status
finish
