#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sensor run again and again, in each run one allocation later fails:
# each ends with a message and status 1, or goes on without what it could not
# have. No crash, no leak, no silence.
set -u
data=${top_srcdir:-.}/tests/data
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
# one thread that ends the process does not wait for the others
export TSAN_OPTIONS="${TSAN_OPTIONS-}:report_thread_leaks=0"
cat >"$tmp/conf" <<'CONF'
ipvar HOME [192.168.10.0/24,2001:db8:10::/64]
config autogenerate_preprocessor_decoder_rules
output alert_fast: stdout
alert tcp any any -> $HOME 80 (msg:"a"; content:"passwd"; nocase; sid:1000001;)
alert udp any any -> any 53 (msg:"b"; content:"|06|botnet"; pcre:"/bot[mn]et/i"; sid:1000002;)
CONF
{
	cat <<'CONF'
preprocessor frag3_global: max_frags 1000
preprocessor frag3_engine: policy linux bind_to 192.0.2.0/24
preprocessor frag3_engine: policy first detect_anomalies
preprocessor stream5_global: track_tcp yes, track_udp yes, track_icmp yes
preprocessor stream5_tcp: policy linux, bind_to 192.168.10.0/24, ports both all
preprocessor stream5_tcp: policy first, detect_anomalies, ports both all
preprocessor stream5_udp: timeout 30
preprocessor stream5_icmp: timeout 30
preprocessor dns: ports { 53 } enable_rdata_overflow
preprocessor http_inspect: global memcap 100000 max_gzip_mem 100000
preprocessor http_inspect_server: server default profile all ports { 80 } \
	http_methods { PUT } non_rfc_char { 0x00 } enable_cookie \
	extended_response_inspection inspect_gzip enable_xff \
	xff_headers { [ x-real 1 ] }
preprocessor http_inspect_server: server { 192.0.2.0/24 } max_headers 5
output eve: eve.json dns http fileinfo=md5,sha1,sha256 flow anomaly=all \
	stats=1 payload packet community_id
preprocessor sfportscan: proto { all } scan_type { all } sense_level { high }
config memory_policy: flow.full bypass, stream.memcap drop
alert tcp any any -> any any (flow:established; flowbits:set,seen; \
    content:"GET"; sid:1000003;)
CONF
	cat "$tmp/conf"
} >"$tmp/tracked"
"$MKPCAP" fragments "$tmp/fragments.pcap" || exit 99

# try N CONF: the run in which allocation N fails
try()
{
	rm -rf "$tmp/log"
	mkdir "$tmp/log"
	ADUANA_FAIL_ALLOC=$1 "$ADUANA" -c "$2" -l "$tmp/log" \
	    "--pcap-list=$data/demo.pcap $tmp/fragments.pcap" \
	    >"$tmp/out" 2>"$tmp/err"
}

failed=0
# all_of CONF: some allocations can be done without, so only a row of runs that
# do not fail says that the last one was reached
all_of()
{
	n=1
	row=0
	refused=0
	while [ $row -lt 40 ] && [ $n -lt 5000 ] && [ $failed -lt 10 ]; do
		try $n "$1"
		status=$?
		case $status in
		0) row=$((row + 1)) ;;
		1)
			row=0
			refused=$((refused + 1))
			;;
		esac
		if [ $status -eq 1 ] && ! grep -q 'memory' "$tmp/err" ||
		    grep -qE 'Sanitizer|runtime error' "$tmp/err" ||
		    [ $status -gt 1 ]; then
			echo "not ok allocation $n fails: status $status"
			tail -n 30 "$tmp/err"
			failed=$((failed + 1))
		fi
		n=$((n + 1))
	done
	if [ $refused -eq 0 ]; then
		echo "not ok no allocation could be made to fail"
		failed=1
	fi
	[ $failed -ne 0 ] ||
	    echo "ok out of memory, ${1##*/}: $n runs, $refused refused"
}
all_of "$tmp/conf"
all_of "$tmp/tracked"
[ $failed -eq 0 ]
