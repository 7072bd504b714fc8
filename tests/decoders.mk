# SPDX-License-Identifier: GPL-2.0-or-later
# Packets for tests: crafted by the library, never captured.
check_LIBRARIES += libcraft.a
libcraft_a_SOURCES = tests/tools/craft.c tests/tools/craft.h
