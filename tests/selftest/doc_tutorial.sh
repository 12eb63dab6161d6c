#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Documentation/tutorial.md, line by line: each command prints what the page says.
#
# box: targets=vmx,nvhe timeout=500 --mem 1536 --put @KERNEL@:/boot/vmlinuz --put @ROOT@/Documentation:/root/Documentation

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/libdoc.sh"

doc /root/Documentation/tutorial.md
tap_end
