#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# kexec with VMs running: the CPUs are given back, and the next kernel, which
# finds them as firmware left them, runs guests again.
#
# box: timeout=300 --put @KERNEL@:/boot/vmlinuz

. "$(dirname "$0")/libkexec.sh"
box-kexec "$0" after
