#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# -Q -r: what goes on of a capture, what does not and why; and the law of
# parity: what inline finds is what the test of inline finds.
case ${top_srcdir:=.} in
/*) ;;
*) top_srcdir=$PWD/$top_srcdir ;;
esac
. "$top_srcdir/tests/sh/lib.sh"

head='preprocessor stream5_global: track_tcp yes, track_udp yes
preprocessor stream5_tcp: policy first, ports both all
preprocessor stream5_udp
preprocessor frag3_global
preprocessor frag3_engine: policy first'

# records FILE: bytes of packets, without the file header
records()
{
	tail -c +25 "$1" | cksum
}

demo=$top_srcdir/tests/data/demo.pcap
printf '%s\n' "$head" >conf
run -c conf -Q -r "$demo" -l log -A none -N
[ "$(records "$demo")" = "$(records log/inline-out.pcap)" ]
report 'what nothing drops goes on as it came' $?
check 'and is counted' 0 'accepted  *[1-9]'

run -c conf -Q -r three.pcap -l log -A none -N --daq dump \
    --daq-var file=other.pcap
[ "$(records three.pcap)" = "$(records log/other.pcap)" ]
report 'a file by name' $?
run -c conf -Q -r three.pcap -r "$demo" -l log -A none -N
check 'several captures join' 0
[ "$(wc -c <log/inline-out.pcap)" -eq \
    $(($(wc -c <three.pcap) + $(wc -c <"$demo") - 24)) ]
report 'all of them' $?
run -c conf -Q -r three.pcap -l log -A none -N --daq-var file=/no/such/f
check 'a file that cannot be written' 1 '/no/such/f'
run -c conf -Q -l log -A none -N --daq afpacket -i lo
check 'commands for the queue' 1 'iptables -t mangle -I FORWARD -j NFQUEUE' \
    'aduana -Q --daq nfq'

{
	printf '%s\noutput eve: eve.json drop\n' "$head"
	echo 'drop udp any any -> any 53 (msg:"hello"; content:"hello"; sid:1;)'
} >conf
run -c conf -Q -r three.pcap -l log -N
[ "$(wc -c <log/inline-out.pcap)" -eq 24 ]
report 'a dropped session' $?
check 'by reason' 0 'drop.rules  *1 ' 'drop.session  *2 ' 'dropped  *3 ' \
    'accepted  *0 \|dropped'
grep -q '"event_type":"alert".*"action":"blocked".*"disposition":"dropped","reason":"rules"' \
    log/eve.json
report 'EVE says what became of it' $?
[ "$(grep -c '"event_type":"drop".*"reason":"rules".*"signature_id":1' \
    log/eve.json)" -eq 1 ]
report 'and has a record of the drop' $?
run -c conf -Q -r three.pcap -l log -N -A console
grep -q '\[Drop\] \[\*\*\] \[1:1:' out
report 'text says [Drop]' $?
sed 's/^output.*//; s/content:"hello"/content:"hello"; replace:"HELLO"/; s/^drop/alert/' \
    conf >replace.conf
run -c replace.conf -Q -r three.pcap -l log -N -A console
[ "$(grep -ac 'HELLO aduana' log/inline-out.pcap)" -ge 1 ] &&
    ! grep -aq 'hello aduana' log/inline-out.pcap
report 'replace writes over what goes on' $?
check 'counted' 0 'rewritten  *3 '
cp log/inline-out.pcap again.pcap
run -c conf -r again.pcap -l log -N -A console -k all
check 'with right checksums' 0
! grep -q 'bad checksum' err
report 'none is wrong' $?

# found ARGS...: who was told of what, without a time or what became of it
found()
{
	run "$@"
	sed 's/^[^ ]* *//; s/^ *\[[WC]*Drop\]//; s/^ *//' out | sort -u
}

# The rules match what is in these, in one segment or in several.
{
	printf '%s\n' "$head"
	echo 'config autogenerate_preprocessor_decoder_rules'
	i=0
	for word in a e GET HTTP USER passwd admin '|0d 0a|' '|00 00|'; do
		i=$((i + 1))
		echo "alert ip any any -> any any (msg:\"x\"; content:\"$word\"; sid:$i;)"
	done
	echo 'alert tcp any any -> any any (msg:"s"; flags:S; sid:20;)'
} >conf
: "${MKPCAP:=$top_builddir/tests/tools/mkpcap}"
for scene in demo fragments sessions options names; do
	"$MKPCAP" "$scene" in.pcap || exit 99
	found -c conf -Q -r in.pcap -l log -A console -N >inline
	found -c conf -r in.pcap -l log -A console -N \
	    --enable-inline-test >tested
	[ -s inline ] && cmp -s inline tested
	report "parity: $scene" $?
	# with drops: all that inline finds, up to the drop, the test finds
	sed 's/^alert ip/drop ip/' conf >drop.conf
	found -c drop.conf -Q -r in.pcap -l log -A console -N >inline
	found -c drop.conf -r in.pcap -l log -A console -N \
	    --enable-inline-test >tested
	[ -s inline ] && [ -z "$(comm -23 inline tested)" ]
	report "parity with drops: $scene" $?
done
finish
