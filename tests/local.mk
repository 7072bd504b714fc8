# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests, one program per source file, in a part per room.
UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
UNIT_LIBS = $(CMOCKA_LIBS)
include $(top_srcdir)/tests/core.mk
include $(top_srcdir)/tests/rules.mk
include $(top_srcdir)/tests/decoders.mk
include $(top_srcdir)/tests/detect.mk
include $(top_srcdir)/tests/output.mk
include $(top_srcdir)/tests/sensor.mk
TESTS += $(check_PROGRAMS)
