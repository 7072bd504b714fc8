#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a TCP receiver reads of segments that are sent to it over a pair of
# virtual interfaces, in any order, twice, over each other, with other bytes,
# and among what no receiver takes; and what tracking hands out of the same
# packets, policy linux: the same. Passive, all of it; inline, where no other
# bytes are sent, what was read is what was handed out first (more may follow,
# which the receiver did not take). A failure prints its packets, and SEED=n
# FIRST=n SETS=1 with this script sends them again, among those that were sent
# with them.
#
# Such sets are not made, or not with other bytes, since there Snort does
# otherwise, and passive tracking does as Snort:
# - URG with a pointer other than 1. Linux leaves out the one byte it points
#   at (pointer 0 as 1), and an older one that was not read yet comes back when
#   a newer one is named; Snort leaves out all bytes up to it (never a whole
#   segment).
# - Data without ACK, or that acknowledges what was never sent or is long done:
#   Linux drops it, Snort queues it. What the client acknowledges so is final
#   to Snort; then what the receiver says is not compared.
# - A reset within the window, not at the next byte expected: Linux answers it
#   (RFC 5961), Snort takes it.
# - Other bytes over such as are in order and not acknowledged yet: to Linux
#   they are read, to Snort they may lose. So other bytes come only where the
#   route says that every segment is acknowledged at once.
# - A timestamp of 0 in SYN: Snort's linux has none then; Linux takes the next.
# And these, which depend on the kernel more than on TCP:
# - It may join neighbours that wait out of order to one segment, which then
#   counts as one where others overlap it (and a FIN in the middle of it moves
#   to its end). It cannot while somebody holds a copy of the packet: in three
#   of four batches the capture does, and only there bytes differ.
# - Newer ones drop a segment that reaches over the window's end while others
#   wait to be read.
# - A segment is dropped where the socket's memory is full.
# - Newer ones drop an opening ACK that echoes another timestamp than SYN/ACK's.
# - Bytes that a reset, or data behind FIN, overtakes before they were
#   acknowledged are read all the same.
. "${top_srcdir:?}/tests/sh/netpair.sh"

far ip route add 10.99.1.0/24 via 10.99.0.1 quickack 1 ||
    skip "no routes with quickack"
for view in passive inline; do
	judged $view "${top_builddir:?}/tests/tools/streamkernel" $view "$far" \
	    "$seed" "${SETS:-640}" "${FIRST:-0}"
done
