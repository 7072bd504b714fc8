# SPDX-License-Identifier: GPL-2.0-or-later
# Parsers of application protocols, each by itself and in a session.
check_LIBRARIES += librig.a
librig_a_SOURCES = tests/tools/app_rig.c tests/tools/app_rig.h
APP_TEST_LIBS = librig.a $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_app
tests_unit_test_app_SOURCES = tests/unit/test_app.c
tests_unit_test_app_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_app_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_dns
tests_unit_test_dns_SOURCES = tests/unit/test_dns.c
tests_unit_test_dns_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_dns_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_track_ends
tests_unit_test_track_ends_SOURCES = tests/unit/test_track_ends.c
tests_unit_test_track_ends_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_track_ends_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_tls
tests_unit_test_tls_SOURCES = tests/unit/test_tls.c
tests_unit_test_tls_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_tls_LDADD = $(APP_TEST_LIBS)

# A parser under a fuzzer; as a test it replays its corpus.
FUZZ_APP_LIBS = librig.a $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_dns
tests_fuzz_fuzz_dns_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_dns_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_DNS
tests_fuzz_fuzz_dns_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_dns_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/dns/datagrams tests/fuzz/corpus/dns/stream
check_PROGRAMS += tests/fuzz/fuzz_tls
tests_fuzz_fuzz_tls_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_tls_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_TLS
tests_fuzz_fuzz_tls_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_tls_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/tls/handshake
