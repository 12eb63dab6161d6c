#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The host panics while VMs run: every CPU leaves its guest and the extension,
# the crash kernel comes up, and it can run guests itself.
#
# box: timeout=300 --mem 1536 --append crashkernel=320M --put @KERNEL@:/boot/vmlinuz

. "$(dirname "$0")/libkexec.sh"
box-kexec --crash "$0" after
