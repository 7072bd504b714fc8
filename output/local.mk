# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += liboutput.a
liboutput_a_SOURCES = \
	output/ascii.c \
	output/community_id.c output/community_id.h \
	output/csv.c \
	output/dump.c output/dump.h \
	output/dump_icmp.c \
	output/eve.c output/eve.h \
	output/eve_alert.c \
	output/eve_app.c \
	output/eve_flow.c \
	output/fast.c \
	output/file.c output/file.h \
	output/full.c \
	output/hostdir.c output/hostdir.h \
	output/null.c \
	output/output.h output/outputs.c output/outputs.def \
	output/record.h \
	output/portscan_log.c \
	output/session_log.c \
	output/sniffer.c \
	output/syslog.c \
	output/tcpdump.c \
	output/test.c \
	output/text.c output/text.h \
	output/unified2.c \
	output/unixsock.c
dist_man_MANS += output/aduana.events.5
EXTRA_DIST += output/NOTES
