#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A host with a GICv2: its guests have one too, of at most eight vCPUs.
#
# box: targets=nvhe,vhe timeout=300 --gic 2 --mem 1536 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"

t 0 "capabilities" version --json
says "a platform" '"platform"'
says "with a GICv2" '"gicv2"'
t 0 "2 vCPUs" run -k /root/Image -i /root/initrd --cpus 2 -m 512M --timeout 150 \
	-c "console=ttyAMA0" --dump-dtb "$work/dtb"
says "the guest's controller" "GIC-0  *27 Level  *arch_timer"
says "both vCPUs" "guest: nproc 2"
says "interrupts between them" "^IPI1: *[1-9][0-9]*  *[1-9]"
says "it powers off" "reboot: Power down"
grep -q cortex-a15-gic "$work/dtb"
tap $? "the device tree tells of it"
t 0 "8 vCPUs" create -n eight -k /root/Image -m 256M --cpus 8
t 1 "9 vCPUs" create -n nine -k /root/Image -m 256M --cpus 9
complains "is said" "add vCPUs"
t 0 "a bare guest" run "$example"
says "runs too" "Hello"
tap_end
