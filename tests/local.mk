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
	tests/lint/docs.sh \
	tests/lint/headers.sh \
	tests/lint/layers.sh \
	tests/lint/licence.sh \
	tests/lint/listed.sh \
	tests/lint/packetpath.sh \
	tests/lint/whitespace.sh
EXTRA_DIST += tests/lint/lib.sh tests/lint/code.awk \
	tests/missing/cmocka.h tests/count.sh tests/second.sh \
	tests/fuzz/smoke.sh tests/bench.sh \
	tests/ci.sh

# captures made from a scene's name; tests/data/ holds some, as they come out
EXTRA_PROGRAMS += tests/tools/mkpcap
check_DATA += tests/tools/mkpcap$(EXEEXT)
tests_tools_mkpcap_SOURCES = tests/tools/mkpcap.c tests/tools/scene.c \
	tests/tools/scene.h tests/tools/scenes.def tests/tools/scene_demo.c \
	tests/tools/scene_flood.c \
	tests/tools/scene_fragments.c \
	tests/tools/scene_halves.c \
	tests/tools/scene_mixture.c \
	tests/tools/scene_options.c \
	tests/tools/h2_make.c \
	tests/tools/h2_make.h \
	tests/tools/scene_http2.c \
	tests/tools/scene_secrets.c \
	tests/tools/scene_names.c \
	tests/tools/scene_sessions.c \
	tests/tools/scene_noise.c \
	tests/tools/scene_orifice.c \
	tests/tools/talk.c tests/tools/talk.h
tests_tools_mkpcap_LDADD = libcraft.a
CLEANFILES += tests/tools/mkpcap$(EXEEXT)

EXTRA_PROGRAMS += tests/tools/measure
check_DATA += tests/tools/measure$(EXEEXT)
tests_tools_measure_SOURCES = tests/tools/measure.c
CLEANFILES += tests/tools/measure$(EXEEXT)

EXTRA_PROGRAMS += tests/tools/recut
check_DATA += tests/tools/recut$(EXEEXT)
tests_tools_recut_SOURCES = tests/tools/recut.c
tests_tools_recut_LDADD = libdecoders.a libcore.a $(PCAP_LIBS) \
	$(DECODER_LIBS)
CLEANFILES += tests/tools/recut$(EXEEXT)

EXTRA_DIST += tests/data/demo.pcap tests/data/empty.pcap
dist_check_SCRIPTS += tests/data.sh

# whole runs of the sensor
dist_check_SCRIPTS += tests/cases.sh tests/inline_late.sh tests/shipped.sh \
	tests/trunc.sh tests/oom.sh tests/flood.sh tests/soak.sh
EXTRA_DIST += tests/data/demo.expect tests/recut.sh \
	tests/block_load.sh tests/inline_gaps.sh tests/inline_soak.sh
check_PROGRAMS += tests/trunc_decode
tests_trunc_decode_SOURCES = tests/trunc_decode.c
tests_trunc_decode_LDADD = libdecoders.a libcore.a $(PCAP_LIBS) \
	$(DECODER_LIBS)
EXTRA_DIST += tests/shared.sh tests/shared.cases tests/cases
if !SANITIZERS
TESTS += tests/shared.sh
endif

include $(top_srcdir)/tests/core.mk
include $(top_srcdir)/tests/rules.mk
include $(top_srcdir)/tests/decoders.mk
include $(top_srcdir)/tests/app.mk
include $(top_srcdir)/tests/detect.mk
include $(top_srcdir)/tests/detect-options.mk
include $(top_srcdir)/tests/output.mk
include $(top_srcdir)/tests/sensor.mk

TESTS += $(check_PROGRAMS) $(dist_check_SCRIPTS)
TEST_EXTENSIONS = .sh
ENVIRONMENT = \
	ADUANA='$(abs_top_builddir)/aduana'; export ADUANA; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	SANITIZED='$(SANITIZED)'; export SANITIZED; \
	CC='$(CC)'; export CC; \
	CPPFLAGS='$(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS)'; export CPPFLAGS; \
	MKPCAP='$(abs_top_builddir)/tests/tools/mkpcap'; export MKPCAP; \
	RECUT='$(abs_top_builddir)/tests/tools/recut'; export RECUT; \
	ASAN_OPTIONS=allocator_may_return_null=1; export ASAN_OPTIONS; \
	TSAN_OPTIONS=allocator_may_return_null=1; export TSAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS;
# whose memory is not what the sensor takes
if SANITIZERS
SANITIZED = yes
endif
AM_TESTS_ENVIRONMENT = $(ENVIRONMENT)

# how fast: make bench CAPTURE=file [CONF=file]
CONF = $(srcdir)/rules/demo.conf
bench: aduana$(EXEEXT) tests/tools/measure$(EXEEXT)
	@test -n '$(CAPTURE)' || { \
	    echo 'usage: make bench CAPTURE=file [CONF=file]'; exit 2; }
	@$(ENVIRONMENT) $(SHELL) $(srcdir)/tests/bench.sh '$(CAPTURE)' '$(CONF)'

# how long: make soak [PACKETS=10000000] (in san/: with the sanitizers)
PACKETS = 10000000
soak: aduana$(EXEEXT) tests/tools/mkpcap$(EXEEXT)
	@$(ENVIRONMENT) $(SHELL) $(srcdir)/tests/soak.sh $(PACKETS)

# the kernel as judge: make judge [SETS=100000] [SEED=n]
SETS = 100000
judge: tests/tools/fragkernel$(EXEEXT) tests/tools/streamkernel$(EXEEXT)
	@$(ENVIRONMENT) SETS=$(SETS); export SETS; \
	    '$(abs_srcdir)/tests/sh/defrag_kernel.sh' && \
	    '$(abs_srcdir)/tests/sh/stream_kernel.sh'

# streams cut anew: make recut CAPTURES='file...' [CONF=file] [SEEDS='1 2']
recut: aduana$(EXEEXT) tests/tools/recut$(EXEEXT)
	@test -n '$(CAPTURES)' || { \
	    echo 'usage: make recut CAPTURES=file... [CONF=file]'; exit 2; }
	@$(ENVIRONMENT) $(SHELL) $(srcdir)/tests/recut.sh '$(CONF)' $(CAPTURES)

# what a failure inline costs: make inline-gaps [CONF=file]
inline_tools = aduana$(EXEEXT) tests/tools/linktest$(EXEEXT)
inline-gaps: $(inline_tools)
	@$(ENVIRONMENT) CONF='$(abspath $(CONF))'; export CONF; \
	    '$(abs_srcdir)/tests/inline_gaps.sh'

# how long inline: make inline-soak [MINUTES=10] [QUEUES=2] [CONF=file]
MINUTES = 10
QUEUES = 2
inline-soak: $(inline_tools)
	@$(ENVIRONMENT) CONF='$(abspath $(CONF))'; export CONF; \
	    MINUTES=$(MINUTES) QUEUES=$(QUEUES); \
	    export MINUTES QUEUES; \
	    '$(abs_srcdir)/tests/inline_soak.sh' || [ $$? -eq 77 ]

# active response under load: make block-load [ATTACKERS=10000] [ENTRIES=100000]
# [SPOOFED=100000] [KILLS=100]
ATTACKERS = 10000
ENTRIES = 100000
SPOOFED = 100000
KILLS = 100
block-load: aduana$(EXEEXT) tests/tools/blockload$(EXEEXT) \
    tests/tools/linktest$(EXEEXT)
	@$(ENVIRONMENT) ATTACKERS=$(ATTACKERS); export ATTACKERS; \
	    ENTRIES=$(ENTRIES); export ENTRIES; \
	    SPOOFED=$(SPOOFED); export SPOOFED; \
	    KILLS=$(KILLS); export KILLS; \
	    '$(abs_srcdir)/tests/block_load.sh' || [ $$? -eq 77 ]

# attacks that come late, under load: make inline-late [ROUNDS=1000]
# [LATE_CONF=file]
ROUNDS = 1000
inline-late: $(inline_tools) tests/tools/lateload$(EXEEXT)
	@$(ENVIRONMENT) ROUNDS=$(ROUNDS); export ROUNDS; \
	    LATE_CONF='$(LATE_CONF)'; export LATE_CONF; \
	    '$(abs_srcdir)/tests/inline_late.sh' || [ $$? -eq 77 ]

# what sessions cost
bench-flow: tests/bench_flow$(EXEEXT)
	@tests/bench_flow$(EXEEXT)

# ten million SYNs and as many fragments
flood: aduana$(EXEEXT) tests/tools/mkpcap$(EXEEXT) \
    tests/tools/measure$(EXEEXT)
	@$(ENVIRONMENT) $(SHELL) $(srcdir)/tests/flood.sh deluge

# seconds of fuzzing for each target of make fuzz-smoke
FUZZ_SECONDS = 60

# the second build, once the tests have passed in the first
if !SANITIZERS
SECOND = MAKE='$(MAKE)' $(SHELL) $(srcdir)/tests/second.sh

check-local: check-TESTS
	+@$(SECOND) san check $(srcdir) --enable-sanitizers \
	    CC='$(CC)' CFLAGS='-g -O1'

# each fuzz target for a minute, with clang's libFuzzer
fuzz-smoke:
	+@$(SECOND) fuzz fuzz-run $(srcdir) --enable-fuzz CC=clang \
	    CFLAGS='-g -O1'

clean-local:
	rm -rf san fuzz
endif
if FUZZ
fuzz_targets = $(filter tests/fuzz/fuzz_%,$(check_PROGRAMS))
fuzz-run: $(fuzz_targets)
	@top_srcdir='$(abs_top_srcdir)' $(SHELL) \
	    $(srcdir)/tests/fuzz/smoke.sh $(FUZZ_SECONDS) $(fuzz_targets)
endif
.PHONY: bench bench-flow block-load flood inline-gaps inline-late inline-soak \
	judge recut soak fuzz-smoke fuzz-run
