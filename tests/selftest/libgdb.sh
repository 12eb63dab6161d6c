#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The box's half of a test in which gdb, outside, debugs the kernel
# /root/vmlinuz; linux_gdb.host is the other. To be sourced.

. "$(dirname "$0")/libvmctl.sh"

console=ttyAMA0
[ -n "$is_x86" ] && console=ttyS0
t 0 "a guest" create -n guest -k /root/vmlinuz -i /root/initrd -m 256M --cpus 2 \
	-c "console=$console nokaslr quiet cryptomgr.notests guest=report"
t 1 "symbols of memory that has none" symbols guest "$work/elf"
complains "is said" "no Linux kernel"

# The other half waits for this word, and lets gdb in.
echo READY >/dev/serial2
t 0 "a session over a serial line" gdb guest --tty /dev/serial2
says "where to connect" "^target remote /dev/serial2"
t 0 "the guest goes on to its end" wait guest --timeout 200
t 0 "that was a power-off" list -H
says "is its reason" "guest	stopped	system-down"
t 0 "its console" console guest --dump
says "nothing was lost on the way" "guest: report done"

# Its memory still has the kernel that ran there.
t 0 "symbols of the guest" symbols guest "$work/elf"
complains "and callers" "symbols, and how to find callers"
grep -q do_sys_openat2 "$work/elf"
tap $? "they are its own"
tap_end
