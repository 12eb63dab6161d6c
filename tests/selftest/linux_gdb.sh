#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Debian's kernel as a guest that gdb debugs from outside of the box, over its
# second serial port: this is the box's half, linux_gdb.host the other.
#
# box: targets=vmx,nvhe timeout=600 beside=linux_gdb.host --mem 1024 --append nokaslr --put @KERNEL@:/root/vmlinuz --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libgdb.sh"
