# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += librules.a
librules_a_SOURCES = rules/conf.c rules/general.c rules/ipset.c rules/list.c \
	rules/parse.h rules/portset.c rules/print.c rules/rule.c \
	rules/source.c rules/state.c rules/table.c rules/table.h \
	rules/tree.h rules/vars.c
EXTRA_DIST += rules/NOTES
