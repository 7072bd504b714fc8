#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# preprocessor reputation: lists from files beside the configuration; who is
# on one is told once a session, who is trusted is not inspected.
case ${top_srcdir:=.} in
/*) ;;
*) top_srcdir=$PWD/$top_srcdir ;;
esac
. "$top_srcdir/tests/sh/lib.sh"

cat >conf <<'CONF'
preprocessor stream5_global: track_tcp no, track_udp yes
preprocessor stream5_udp: timeout 30
preprocessor reputation: blacklist black, whitelist white, white trust
alert ( msg:"black"; gid:136; sid:1; )
alert ( msg:"white"; gid:136; sid:2; )
include hello.rules
CONF

# how_many SID
how_many()
{
	grep -c "\[$1:" out
}

echo '# nobody' >black
echo '192.0.2.0/24 # documentation' >white
run -c conf -r three.pcap -l log -A console
[ "$(how_many 136:2)" -eq 1 ] && alerts 0
report 'who is trusted is told once, and not inspected' $?
check 'and counted' 0 'trusted  *3 ' 'reputation_white  *1 '

echo '192.0.2.1' >black
echo >white
run -c conf -r three.pcap -l log -A console
[ "$(how_many 136:1)" -eq 1 ] && alerts 3
report 'who is blocked is told once, and inspected' $?

printf '\n1.2.3\n' >black
run -T -c conf -l log
check 'a line that is no address' 1 'black:2:' 'no address or network'
rm black
run -T -c conf -l log
check 'a list that is not there' 1 'conf:3:' 'cannot open .*black'
finish
