/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests include where cmocka is not installed. */
#error "cmocka is missing: make check needs it (Debian: libcmocka-dev); then run configure again"
