# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What the tests of this folder share: KTAP from bash. To be sourced. They run on
# the machine itself, need no emulator, change nothing outside of $work, and
# skip what this machine has no tool for.

set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
tap_n=0
tap_bad=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out
version=$(sed -n 's/^#define AXVM_VERSION "\(.*\)"/\1/p' "$root/module/core.h")
# What make hands down is meant for its own targets.
unset MAKEFLAGS MFLAGS MAKELEVEL ARCH O KDIR DESTDIR PREFIX
echo "KTAP version 1"

# tap RESULT TEXT: RESULT 0 is good; $out is shown when it is not.
tap()
{
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n $2"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_n $2"
		[ ! -f "$out" ] || tail -n 25 "$out" | sed 's/^/# /'
	fi
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n $1 # SKIP $2"
}

# t TEXT COMMAND...: it succeeds.
t()
{
	local text=$1
	shift
	"$@" >"$out" 2>&1 </dev/null
	tap $? "$text"
}

# same TEXT WANTED: what is on stdin (no pipe: this shell counts) is WANTED; else
# the difference is shown.
same()
{
	diff <(printf '%s\n' "$2") - >"$out" 2>&1
	tap $? "$1"
}

tap_end()
{
	echo "1..$tap_n"
	[ "$tap_bad" = 0 ]
	exit
}
