# SPDX-License-Identifier: GPL-2.0-or-later
# Rules compiled and evaluated: the options and what they share.
libdetect_a_SOURCES += \
	detect/compile.c \
	detect/early.c detect/early.h \
	detect/eval.c \
	detect/eval.h \
	detect/option.c \
	detect/option.h \
	detect/options.def \
	detect/options/appid.c \
	detect/options/arg.c \
	detect/options/arg.h \
	detect/options/asn1.c \
	detect/options/base64.c \
	detect/options/bits.c \
	detect/options/bits.h \
	detect/options/buffers.c \
	detect/options/byte.c \
	detect/options/byte.h \
	detect/options/byte_extract.c \
	detect/options/byte_jump.c \
	detect/options/byte_math.c \
	detect/options/byte_test.c \
	detect/options/content.c \
	detect/options/content.h \
	detect/options/content_match.c \
	detect/options/content_mod.c \
	detect/options/cvs.c \
	detect/options/dce.c \
	detect/options/dce.h \
	detect/options/dnp3.c \
	detect/options/dsize.c \
	detect/options/file.c \
	detect/options/filter.c \
	detect/options/flags.c \
	detect/options/flow.c \
	detect/options/flowbits.c \
	detect/options/ftpbounce.c \
	detect/options/gtp.c \
	detect/options/gtp_names.def \
	detect/options/header.c \
	detect/options/http.c \
	detect/options/ip.c \
	detect/options/isdataat.c \
	detect/options/list.c \
	detect/options/list.h \
	detect/options/modbus.c \
	detect/options/pcre.c \
	detect/options/pcre.h \
	detect/options/range.c \
	detect/options/range.h \
	detect/options/respond.c \
	detect/options/rpc.c \
	detect/options/sip.c \
	detect/options/search.c \
	detect/options/search.h \
	detect/options/sd.c \
	detect/options/ssl.c \
	detect/options/stream.c \
	detect/rule.h \
	detect/unit.c \
	detect/unit.h
EXTRA_DIST += detect/options/NOTES
