#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kexec with a VM alive: the CPUs are given back, and the next kernel, which
# finds them as firmware left them, runs guests again.
#
# box: timeout=300 --put @KERNEL@:/boot/vmlinuz

hello=/usr/share/axvm/examples/hello.toml

check()
{
	if "$@" > /tmp/check.out 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' /tmp/check.out
		failed=1
	fi
}

failed=0
if [ "$1" = after ]; then
	n=2 what="the next kernel runs guests"
	check vmctl run --timeout 20 $hello
	n=3 what="the VM did not come along"
	check test "$(vmctl list --json | tr -d ' \n')" = '[]'
	echo
	echo "@@axvm-test end kexec.sh $failed"
	exit $failed
fi

echo "KTAP version 1"
echo "1..3"
n=1 what="a VM runs before"
vmctl create -n keep $hello && vmctl start keep --paused
check vmctl show keep
box-kexec "$0" after
