#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a limit cut short is in the statistics at the end.
. "${top_srcdir:-.}/tests/sh/lib.sh"

# record LENGTH: the record header of a packet of so many bytes (below 256)
record()
{
	printf '\000\361\123\145\000\000\000\000'
	# shellcheck disable=SC2059 # the octal escapes are made here
	printf "\\$(printf %03o "$1")\\000\\000\\000"
	# shellcheck disable=SC2059
	printf "\\$(printf %03o "$1")\\000\\000\\000"
}

# repeat N TEXT: as printf reads it
repeat()
{
	n=0
	while [ $n -lt "$1" ]; do
		# shellcheck disable=SC2059 # escapes are meant
		printf "$2"
		n=$((n + 1))
	done
}

# thirty VLAN tags in each other
{
	capture 0
	record 132
	repeat 12 '\002'
	repeat 30 '\201\000\000\001'
} >tags.pcap
run -c conf -r tags.pcap -l log -A none -N
check 'layers not decoded are counted' 0 '^ *too_deep  *1 '

# a payload of 200 a's in which two contents are found everywhere
{
	capture 0
	record 242
	printf '\002\000\000\000\000\002\002\000\000\000\000\001\010\000'
	printf '\105\000\000\344\000\001\000\000\100\021\000\000'
	printf '\300\000\002\001\300\000\002\002'
	printf '\004\000\000\065\000\320\000\000'
	repeat 200 a
} >steps.pcap
more='content:"a"; within:200;'
echo "alert udp any any -> any any (content:\"a\"; $more $more" \
    'content:"b"; within:200; sid:1;)' >steps.conf
run -c steps.conf -r steps.pcap -l log -A none -N -k none
check 'rules given up are counted' 0 '^ *step_limit  *1 '
finish
