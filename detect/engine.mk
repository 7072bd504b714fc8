# SPDX-License-Identifier: GPL-2.0-or-later
libdetect_a_SOURCES += \
	detect/detect.h detect/unit.h detect/rule.h detect/vec.h \
	detect/addrindex.c detect/addrindex.h \
	detect/builtin.c detect/builtin.h \
	detect/detector.c \
	detect/filetype.c detect/filetype.h \
	detect/fwsam.c detect/fwsam.h \
	detect/flowbits.c detect/flowbits.h \
	detect/group.c detect/group.h \
	detect/hscache.c detect/hscache.h \
	detect/ignore_any.c detect/ignore_any.h \
	detect/kept.c detect/kept.h \
	detect/ppm.c detect/ppm.h \
	detect/prefilter.c detect/prefilter.h \
	detect/room.c detect/room.h \
	detect/ruleset.c detect/ruleset.h \
	detect/scan.c detect/scan.h \
	detect/sd.c detect/sd.h detect/sd_pattern.c \
	detect/select.c detect/select.h \
	detect/filter/detect_filter.c \
	detect/filter/event_filter.c \
	detect/filter/filter.h \
	detect/filter/filter_conf.c \
	detect/filter/filter_tables.c \
	detect/filter/rate_filter.c \
	detect/filter/suppress.c \
	detect/filter/tagging.c detect/filter/tagging.h
EXTRA_DIST += detect/NOTES
