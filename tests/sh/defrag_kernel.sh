#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a UDP receiver gets of fragments that are sent to it over a pair of
# virtual interfaces, and what the defragmenter makes of them: the same. A
# datagram is sent again by SEED=n FIRST=n SETS=1 and this script.
#
# Overlapping datagrams are sent and not compared: Linux 4.19 and later throw
# them away whole (RFC 5722), Snort puts them together.
. "${top_srcdir:?}/tests/sh/netpair.sh"

# what is left of them is kept for a second, and there is room for all of it
far sh -c 'cd /proc/sys/net && echo 1 >ipv4/ipfrag_time &&
    echo 0 >ipv4/ipfrag_max_dist && echo 1000000000 >ipv4/ipfrag_high_thresh &&
    { ! cd ipv6 || { echo 1 >ip6frag_time &&
    echo 1000000000 >ip6frag_high_thresh; }; }' 2>/dev/null ||
    skip "no setting of the kernel's reassembly"
versions=4
[ -z "$(far ip -6 addr show dev b0 to fd99::2)" ] || versions=46
judged IPv$versions "${top_builddir:?}/tests/tools/fragkernel" $versions \
    "$far" "$seed" "${SETS:-2000}" "${FIRST:-0}"
