#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions and constructs that have no place here.
. "${top_srcdir:-.}/tests/lint/lib.sh"

# calls NAMES: lines that call one of them
calls()
{
	grep -E "(^|[^A-Za-z0-9_>.])($1)[[:space:]]*\("
}

# shellcheck disable=SC2046 # names have no blanks here
all() { code $(files '*.[ch]') $(files '*.def'); }
# shellcheck disable=SC2046
in_folders() { code $(files '*.[ch]' "$@"); }

all | calls 'v?sprintf|strcpy|strcat|strncpy|strncat|strtok|strtok_r|gets' |
    objects 'writes without a bound'
all | calls 'atoi|atol|atoll|atof' | objects 'cannot report an error'
all | calls 'alloca|system|popen|rand|srand|random|drand48|tmpnam|mktemp' |
    objects 'banned'
all | calls 'setjmp|sigsetjmp|longjmp|siglongjmp' | objects 'banned'
all | grep -E 'typedef[[:space:]]+(struct|union|enum)' |
    objects 'a struct goes by its own name'
all | grep -E '__attribute__.*packed|#[[:space:]]*pragma[[:space:]]+pack' |
    objects 'wire structs consist of byte arrays'
in_folders rules decoders detect output sensor |
    calls 'malloc|calloc|realloc|reallocarray|strdup|strndup|v?asprintf' |
    objects 'memory comes from core/xalloc or an arena'
in_folders core rules decoders detect output |
    calls 'ntohs|ntohl|htons|htonl|be(16|32|64)toh|htobe(16|32|64)' |
    objects 'bytes are read through core/cursor and core/be'
finish
