#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The guard of libbench.sh over what happens between two CPUs.
#
# box: targets=vmx,nvhe,vhe @ICOUNT@ --cpus 2 --put @BENCH@:/root/bench

. "$(dirname "$0")/libbench.sh"

guard ipi ipi-halted irq-running irq-halted pause-resume
