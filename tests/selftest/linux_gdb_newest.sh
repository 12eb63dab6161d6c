#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# linux_gdb.sh with the newest kernel of Debian's as the guest, where it is at
# hand: its symbols, its ways to find callers, the place where it lies.
#
# box: targets=vmx,nvhe timeout=600 beside=linux_gdb_newest.host --mem 1024 --append nokaslr --put @KERNEL_NEWEST@:/root/vmlinuz --put @GUEST_INITRD@:/root/initrd

if ! [ -s /root/vmlinuz ]; then
	echo "1..0 # SKIP the newest kernel is not at hand"
	exit 4
fi
. "$(dirname "$0")/libgdb.sh"
