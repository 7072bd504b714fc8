#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Sets up, builds, checks and shows Aduana from a checkout; -h says how.
set -eu

usage()
{
	cat <<'TXT'
usage: ./autogen.sh                 generate ./configure, nothing else
       ./autogen.sh run             install what the build needs, build in
                                    ./build, and show the sensor reading a
                                    capture with the demo rules
       ./autogen.sh run -- ARGS...  the same set-up, then the sensor with ARGS
                                    (-i eth0; -c FILE -r FILE; --help)
       ./autogen.sh check           the same set-up and what the tests need,
                                    then make check
       ./autogen.sh -h | --help

Packages are installed on Debian and Ubuntu with apt-get (through sudo when
not root); elsewhere what is missing is named. CONFIGURE_ARGS in the
environment goes to ./configure, CC and CFLAGS as usual.
TXT
}

say()
{
	printf '%s\n' "autogen: $*"
}

die()
{
	printf '%s\n' "autogen: $*" >&2
	exit 1
}

# -- what the build and the tests need -----------------------------------------

has()
{
	command -v "$1" >/dev/null 2>&1
}

has_lib()
{
	has pkg-config && pkg-config --exists "$1"
}

# has_c TEXT: does the C compiler accept this program?
has_c()
{
	for cc in "${CC:-cc}" gcc clang; do
		has "$cc" && break
	done
	printf '%s\n' "$1" | "$cc" -fsyntax-only -x c - 2>/dev/null
}

has_dnet()
{
	has_c '#include <dumbnet.h>' || has_c '#include <dnet.h>'
}

# Prints the Debian packages of what is missing.
missing()
{
	has autoreconf || echo autoconf
	has automake || echo automake
	has make || echo make
	has "${CC:-cc}" || has gcc || has clang || echo gcc
	has_c '#include <stdio.h>' || echo libc6-dev
	has pkg-config || echo pkg-config
	has_lib libpcap || echo libpcap-dev
	has_lib libnetfilter_queue || echo libnetfilter-queue-dev
	has_lib libmnl || echo libmnl-dev
	has_lib libnetfilter_conntrack || echo libnetfilter-conntrack-dev
	has_dnet || echo libdumbnet-dev
	has_lib libhs || hs_package
	has_lib libpcre2-8 || echo libpcre2-dev
	has_lib zlib || echo zlib1g-dev
	has_lib libbrotlidec || echo libbrotli-dev
	has_lib liblzma || echo liblzma-dev
	has_lib cmocka || echo libcmocka-dev
}

# The tests make networks of their own; without these some are skipped.
missing_for_tests()
{
	has ip || echo iproute2
	has iptables || [ -x /usr/sbin/iptables ] || echo iptables
	has ipset || [ -x /usr/sbin/ipset ] || echo ipset
	{ has unshare && has nsenter && has setpriv; } || echo util-linux
}

# Hyperscan is for x86; elsewhere its fork Vectorscan is the same library.
hs_package()
{
	case $(uname -m) in
	x86_64 | i?86) echo libhyperscan-dev ;;
	*) echo libvectorscan-dev ;;
	esac
}

# -- installing ----------------------------------------------------------------

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

# Does apt know every one of these packages, in lists it has?
known_to_apt()
{
	for package; do
		apt-cache policy "$package" 2>/dev/null |
		    grep -q '^  Candidate: [^(]' || return 1
	done
}

install_packages()
{
	say "installing with apt-get: $*"
	known_to_apt "$@" || apt_get update
	# lists that are old name versions that are gone: refresh, once
	apt_get install -y --no-install-recommends "$@" || {
		apt_get update
		apt_get install -y --no-install-recommends "$@"
	}
}

install_missing()
{
	wanted=$(missing | tr '\n' ' ')
	wanted=${wanted% }
	[ -n "$wanted" ] || return 0
	if ! has apt-get; then
		die "these are missing, by their Debian names:
    $wanted
Install them with this system's package manager, then run this again."
	fi
	if [ "$(id -u)" -ne 0 ] && ! has sudo; then
		die "these packages are missing, and there is no sudo. As root:
    apt-get install $wanted"
	fi
	# shellcheck disable=SC2086 # a list of words
	install_packages $wanted || die "apt-get could not install: $wanted"
	wanted=$(missing | tr '\n' ' ')
	[ -z "$wanted" ] || die "still missing after the installation: $wanted"
}

install_for_tests()
{
	wanted=$(missing_for_tests | tr '\n' ' ')
	wanted=${wanted% }
	[ -n "$wanted" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	{ has apt-get && { [ "$(id -u)" -eq 0 ] || has sudo; } &&
	    install_packages $wanted; } ||
		say "some tests will be skipped without $wanted"
}

# -- building ------------------------------------------------------------------

generate()
{
	for tool in autoreconf automake pkg-config; do
		has $tool || die "autoconf, automake and pkg-config are needed
(Debian and Ubuntu: apt-get install autoconf automake pkg-config; or let
./autogen.sh run install all that the build needs)"
	done
	autoreconf --install --force
}

# Afterwards $build is configured, and everything in it is up to date.
build()
{
	if [ ! -f configure ] || [ ! -f Makefile.in ] ||
	    [ -n "$(find configure.ac -newer configure)" ]; then
		say "generating configure"
		generate
	fi
	# one who configured in the source tree goes on there
	if [ -f config.status ]; then
		build=.
	else
		build=build
	fi
	if [ ! -f "$build/config.status" ] || { [ -n "$configure_args" ] &&
	    [ "$(cat "$build/.configured")" != "$configure_args" ]; }; then
		say "configuring in ./$build"
		mkdir -p "$build"
		# shellcheck disable=SC2086 # a list of words
		(cd "$build" && "$top/configure" --quiet $configure_args) ||
		    die "configure failed; $build/config.log has the details"
		printf '%s\n' "$configure_args" >"$build/.configured"
	fi
	say "building in ./$build"
	make -C "$build" -s -j "$jobs"
}

# -- showing -------------------------------------------------------------------

demo()
{
	log=$build/demo-log
	rm -rf "$log"
	mkdir -p "$log"
	say "aduana reads tests/data/demo.pcap with the rules of rules/demo.rules"
	"$build/aduana" -c rules/demo.conf -r tests/data/demo.pcap \
	    -A console -K pcap -l "$log"
	cat <<TXT

Log files of this run:
$(find "$log" -type f | sort | sed 's/^/    /')
Try next, with an interface of yours for eth0 (as root, or with sudo):
    $build/aduana -c rules/demo.conf -i eth0 -A console -l /tmp
and see whether your own configuration is understood:
    $build/aduana -T -c /etc/snort/snort.conf
TXT
}

called_from=$PWD
cd "$(dirname "$0")"
top=$PWD
configure_args=${CONFIGURE_ARGS:-}
jobs=$(nproc 2>/dev/null || echo 1)
case ${1:-} in
'')
	generate
	;;
run)
	shift
	[ "${1:-}" != -- ] || shift
	install_missing
	build
	if [ $# -gt 0 ]; then
		cd "$called_from"
		exec "$top/$build/aduana" "$@"
	fi
	demo
	;;
check)
	[ $# -eq 1 ] || { usage >&2; exit 2; }
	install_missing
	install_for_tests
	build
	make -C "$build" -j "$jobs" check VERBOSE=1
	;;
-h | --help)
	usage
	;;
*)
	usage >&2
	exit 2
	;;
esac
