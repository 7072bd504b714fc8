#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: second.sh DIR TARGET SRCDIR CONFIGURE-ARGS...
# From a build folder: makes TARGET in DIR, a second build of the same sources
# configured in another way. A source tree that is built in itself cannot be
# the source of another build, so that one is copied first.
set -eu
dir=$1
target=$2
srcdir=$(cd "$3" && pwd)
shift 3
make=${MAKE:-make}
mkdir -p "$dir"
if [ "$srcdir" = "$PWD" ]; then
	$make -s distdir distdir="$dir/src"
	srcdir=$PWD/$dir/src
fi
cd "$dir"
[ -f config.status ] || "$srcdir/configure" --quiet "$@"
exec $make "$target"
