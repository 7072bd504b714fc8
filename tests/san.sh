#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: san.sh SRCDIR CONFIGURE-ARGS...
# From a build folder: builds the same sources with the sanitizers in san/
# and runs all tests there. A source tree that is built in itself cannot be
# the source of a second build, so that one is copied first.
set -eu
srcdir=$(cd "$1" && pwd)
shift
mkdir -p san
if [ "$srcdir" = "$PWD" ]; then
	"${MAKE:-make}" -s distdir distdir=san/src
	srcdir=$PWD/san/src
fi
cd san
[ -f config.status ] ||
    "$srcdir/configure" --quiet --enable-sanitizers "$@"
exec "${MAKE:-make}" check
