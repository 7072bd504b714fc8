# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libdetect.a
libdetect_a_SOURCES =
include $(top_srcdir)/detect/options.mk
include $(top_srcdir)/detect/engine.mk
