# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += liboutput.a
liboutput_a_SOURCES = \
	output/dump.c output/dump.h \
	output/dump_icmp.c \
	output/fast.c \
	output/file.c output/file.h \
	output/output.h output/outputs.c output/outputs.def \
	output/record.h \
	output/sniffer.c \
	output/tcpdump.c \
	output/text.c output/text.h
EXTRA_DIST += output/NOTES
