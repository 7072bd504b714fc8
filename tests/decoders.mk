# SPDX-License-Identifier: GPL-2.0-or-later
# Packets for tests: crafted by the library, never captured.
check_LIBRARIES += libcraft.a
libcraft_a_SOURCES = tests/tools/craft.c tests/tools/craft.h

# Not a test: prints what the decoders make of capture files.
noinst_PROGRAMS += tests/tools/dec_events
tests_tools_dec_events_SOURCES = tests/tools/dec_events.c
tests_tools_dec_events_LDADD = libdecoders.a libcore.a $(PCAP_LIBS) -lpthread
