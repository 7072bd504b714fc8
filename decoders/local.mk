# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libdecoders.a
libdecoders_a_SOURCES = decoders/stub.c
