# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
	core/arena.c core/arena.h \
	core/base.h core/be.h \
	core/buf.c core/buf.h \
	core/counter.h core/cursor.h \
	core/digest.c core/digest.h \
	core/erec.c core/erec.h \
	core/field.h \
	core/hash.c core/hash.h \
	core/ipaddr.c core/ipaddr.h \
	core/latency.c core/latency.h \
	core/limits.h \
	core/lru.c core/lru.h \
	core/log.c core/log.h \
	core/mtime.h \
	core/pages.c core/pages.h \
	core/slab.c core/slab.h \
	core/slice.c core/slice.h \
	core/xalloc.c core/xalloc.h
EXTRA_DIST += core/NOTES
