# SPDX-License-Identifier: GPL-2.0-or-later
# Parsers of application protocols, each by itself and in a session.
check_LIBRARIES += librig.a
librig_a_SOURCES = tests/tools/app_rig.c tests/tools/app_rig.h
APP_TEST_LIBS = librig.a $(STREAM_TEST_LIBS)

check_PROGRAMS += tests/unit/test_app
tests_unit_test_app_SOURCES = tests/unit/test_app.c
tests_unit_test_app_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_app_LDADD = $(APP_TEST_LIBS)

check_PROGRAMS += tests/unit/test_tls
tests_unit_test_tls_SOURCES = tests/unit/test_tls.c
tests_unit_test_tls_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_tls_LDADD = $(APP_TEST_LIBS)

# A parser under a fuzzer; as a test it replays its corpus.
FUZZ_APP_LIBS = librig.a $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_tls
tests_fuzz_fuzz_tls_SOURCES = tests/fuzz/fuzz_app.c
tests_fuzz_fuzz_tls_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_APP=APP_TLS
tests_fuzz_fuzz_tls_LDADD = $(FUZZ_APP_LIBS)
EXTRA_tests_fuzz_fuzz_tls_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/tls/handshake

# Bodies and files, for all of them.
check_PROGRAMS += tests/unit/test_body
tests_unit_test_body_SOURCES = tests/unit/test_body.c
tests_unit_test_body_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_body_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS) -lbrotlienc

check_PROGRAMS += tests/unit/test_mime
tests_unit_test_mime_SOURCES = tests/unit/test_mime.c
tests_unit_test_mime_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_mime_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_utf
tests_unit_test_utf_SOURCES = tests/unit/test_utf.c tests/unit/feed_help.h
tests_unit_test_utf_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_utf_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_js
tests_unit_test_js_SOURCES = tests/unit/test_js.c tests/unit/feed_help.h
tests_unit_test_js_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_js_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_unpack
tests_unit_test_unpack_SOURCES = tests/unit/test_unpack.c \
	tests/unit/feed_help.h
tests_unit_test_unpack_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_unpack_LDADD = libdecoders.a libcore.a $(UNIT_LIBS) \
	$(DECODER_LIBS)

check_PROGRAMS += tests/unit/test_file
tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_file_LDADD = $(APP_TEST_LIBS)

# Decoders under a fuzzer: the same whole and in pieces.
FUZZ_FEED_LIBS = $(FUZZ_DRIVER) libdecoders.a libcore.a $(DECODER_LIBS)
check_PROGRAMS += tests/fuzz/fuzz_body
tests_fuzz_fuzz_body_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_body_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=body
tests_fuzz_fuzz_body_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_body_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_js
tests_fuzz_fuzz_js_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_js_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=js
tests_fuzz_fuzz_js_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_js_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_unpack
tests_fuzz_fuzz_unpack_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_unpack_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=unpack
tests_fuzz_fuzz_unpack_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_unpack_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_utf
tests_fuzz_fuzz_utf_SOURCES = tests/fuzz/fuzz_feed.c
tests_fuzz_fuzz_utf_CPPFLAGS = $(AM_CPPFLAGS) -DFUZZ_FEED=utf
tests_fuzz_fuzz_utf_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_utf_DEPENDENCIES = tests/fuzz/libonefile.a

check_PROGRAMS += tests/fuzz/fuzz_mime
tests_fuzz_fuzz_mime_SOURCES = tests/fuzz/fuzz_mime.c
tests_fuzz_fuzz_mime_LDADD = $(FUZZ_FEED_LIBS)
EXTRA_tests_fuzz_fuzz_mime_DEPENDENCIES = tests/fuzz/libonefile.a
EXTRA_DIST += tests/fuzz/corpus/body/gzip \
	tests/fuzz/corpus/body/layers \
	tests/fuzz/corpus/body/brotli \
	tests/fuzz/corpus/js/calls \
	tests/fuzz/corpus/mime/parts \
	tests/fuzz/corpus/unpack/pdf \
	tests/fuzz/corpus/unpack/swf \
	tests/fuzz/corpus/utf/mark
