#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The guard of libbench.sh over what one CPU is enough for.
#
# box: targets=vmx,nvhe,vhe @ICOUNT@ --cpus 1 --put @BENCH@:/root/bench

. "$(dirname "$0")/libbench.sh"

both="call reg-read reg-write mmio-kernel mmio-user user-process self-ipi timer timer-halted
	fault-4k map-1g unmap-1g vm-create-destroy vcpu-create first-instruction"
x86="cpuid pio-kernel pio-user ioapic"

# shellcheck disable=SC2086 # lists of words
case $(uname -m) in
x86_64) guard $both $x86 ;;
*) guard $both ;;
esac
