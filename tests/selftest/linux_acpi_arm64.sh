#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A host that firmware started with ACPI tables and no device tree, with a GICv3:
# its timers' interrupts, its redistributors and the maintenance interrupt are
# found there, and guests run. arm64_acpi.c: the same with a GICv2.
#
# box: targets=nvhe,vhe timeout=300 --efi @EFI@ --mem 1536 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd --put @SELFTEST@/arm64_gic:/root/selftest/arm64_gic

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/Image initrd=/root/initrd

wanted="ACPI tables and no device tree"
[ -e /sys/firmware/acpi/tables/APIC ] && ! [ -e /proc/device-tree ]
tap $? "the host has ACPI"
t 0 "capabilities" version --json
says "a platform" '"platform"'
wanted="no GICv2"
! grep -q '"gicv2"' "$out"
tap $? "with a GICv3"

guest 0 "2 vCPUs" --cpus 2 -m 512M -c "console=ttyAMA0"
says "init runs" "guest: init runs: Linux .* aarch64"
says "nproc" "guest: nproc 2"
says "the timer's interrupts" "GICv3  *27 Level  *arch_timer"
says "interrupts between them" "^IPI1: *[1-9][0-9]*  *[1-9]"
slept
says "it powers off" "reboot: Power down"

/root/selftest/arm64_gic >"$out" 2>&1
status=$? wanted=0
[ $status = 0 ]
tap $? "SGIs, lines and timers: arm64_gic"
says "all of it" "^ok 13"
tap_end
