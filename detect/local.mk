# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libdetect.a
libdetect_a_SOURCES = detect/stub.c
