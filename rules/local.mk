# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += librules.a
librules_a_SOURCES = rules/stub.c
