# SPDX-License-Identifier: GPL-2.0-or-later
# make check: unit tests, fuzz corpora, lint and whole runs, here and once
# more in san/, a second build with the sanitizers.
#
# A room lists in its part (tests/<room>.mk):
#   check_PROGRAMS  unit tests, one program per source file, and fuzz targets
#                   tests/fuzz/fuzz_<name>; a target links $(FUZZ_DRIVER) and
#                   as a test replays tests/fuzz/corpus/<name>/
#   dist_check_SCRIPTS  tests that are scripts; they see the environment below
#   EXTRA_PROGRAMS  what tests use and is none itself; named in check_DATA,
#                   too, with $(EXEEXT), to be built
# A script prints "ok NAME", "not ok NAME" or "skip NAME" for each of its cases.
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
UNIT_LIBS = $(CMOCKA_LIBS)
dist_check_SCRIPTS =
check_DATA =

# what fuzz targets link with where there is no fuzzer: a driver for files
check_LIBRARIES += tests/fuzz/libonefile.a
tests_fuzz_libonefile_a_SOURCES = tests/fuzz/onefile.c

dist_check_SCRIPTS += \
	tests/lint/banned.sh \
	tests/lint/headers.sh \
	tests/lint/layers.sh \
	tests/lint/licence.sh \
	tests/lint/packetpath.sh \
	tests/lint/whitespace.sh
EXTRA_DIST += tests/lint/lib.sh tests/lint/code.awk \
	tests/missing/cmocka.h tests/count.sh tests/san.sh

# captures made from a scene's name; tests/data/ holds some, as they come out
EXTRA_PROGRAMS += tests/tools/mkpcap
check_DATA += tests/tools/mkpcap$(EXEEXT)
tests_tools_mkpcap_SOURCES = tests/tools/mkpcap.c tests/tools/scene.c \
	tests/tools/scene.h tests/tools/scenes.def tests/tools/scene_demo.c
tests_tools_mkpcap_LDADD = libcraft.a
CLEANFILES += tests/tools/mkpcap$(EXEEXT)
EXTRA_DIST += tests/data/demo.pcap tests/data/empty.pcap
dist_check_SCRIPTS += tests/data.sh

include $(top_srcdir)/tests/core.mk
include $(top_srcdir)/tests/rules.mk
include $(top_srcdir)/tests/decoders.mk
include $(top_srcdir)/tests/detect.mk
include $(top_srcdir)/tests/output.mk
include $(top_srcdir)/tests/sensor.mk

TESTS += $(check_PROGRAMS) $(dist_check_SCRIPTS)
TEST_EXTENSIONS = .sh
AM_TESTS_ENVIRONMENT = \
	ADUANA='$(abs_top_builddir)/aduana'; export ADUANA; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC; \
	CPPFLAGS='$(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS)'; export CPPFLAGS; \
	MKPCAP='$(abs_top_builddir)/tests/tools/mkpcap'; export MKPCAP; \
	ASAN_OPTIONS=allocator_may_return_null=1; export ASAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS;

# the second build, once the tests have passed in the first
if !SANITIZERS
check-local: check-TESTS
	@MAKE='$(MAKE)' $(SHELL) $(srcdir)/tests/san.sh $(srcdir) \
	    CC='$(CC)' CFLAGS='-g -O1'
clean-local:
	rm -rf san
endif
