# SPDX-License-Identifier: GPL-2.0-or-later
check_PROGRAMS += tests/unit/test_arena
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c
tests_unit_test_arena_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_arena_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_be
tests_unit_test_be_SOURCES = tests/unit/test_be.c
tests_unit_test_be_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_be_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_buf
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c
tests_unit_test_buf_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_buf_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_cursor
tests_unit_test_cursor_SOURCES = tests/unit/test_cursor.c
tests_unit_test_cursor_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_cursor_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_digest
tests_unit_test_digest_SOURCES = tests/unit/test_digest.c
tests_unit_test_digest_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_digest_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_latency
tests_unit_test_latency_SOURCES = tests/unit/test_latency.c
tests_unit_test_latency_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_latency_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_erec
tests_unit_test_erec_SOURCES = tests/unit/test_erec.c
tests_unit_test_erec_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_erec_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_hash
tests_unit_test_hash_SOURCES = tests/unit/test_hash.c
tests_unit_test_hash_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_hash_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_ipaddr
tests_unit_test_ipaddr_SOURCES = tests/unit/test_ipaddr.c
tests_unit_test_ipaddr_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_ipaddr_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_pages
tests_unit_test_pages_SOURCES = tests/unit/test_pages.c
tests_unit_test_pages_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_pages_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_slice
tests_unit_test_slice_SOURCES = tests/unit/test_slice.c
tests_unit_test_slice_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_slice_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_xalloc
tests_unit_test_xalloc_SOURCES = tests/unit/test_xalloc.c
tests_unit_test_xalloc_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_xalloc_LDADD = libcore.a $(UNIT_LIBS)

check_PROGRAMS += tests/unit/test_slab
tests_unit_test_slab_SOURCES = tests/unit/test_slab.c
tests_unit_test_slab_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_test_slab_LDADD = libcore.a $(UNIT_LIBS)
