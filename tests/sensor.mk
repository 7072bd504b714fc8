# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += tests/unit/test_pcap_file
tests_unit_test_pcap_file_SOURCES = tests/unit/test_pcap_file.c
tests_unit_test_pcap_file_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pcap_file_LDADD = libsensor.a libcore.a $(PCAP_LIBS) $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_pcap_list
tests_unit_test_pcap_list_SOURCES = tests/unit/test_pcap_list.c
tests_unit_test_pcap_list_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pcap_list_LDADD = libsensor.a libcore.a $(UNIT_LIBS)
