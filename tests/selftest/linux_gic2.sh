#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A host with a GICv2: its guests have one too, of at most eight vCPUs.
#
# box: targets=nvhe,vhe timeout=400 --gic 2 --mem 1536 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/Image initrd=/root/initrd limit=300

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
guest 0 "1 vCPU, 128 MiB, no command line" -m 128M
says "the console is the device tree's" "guest: init runs"
says "nproc" "guest: nproc 1"
slept
guest 0 "4 vCPUs, 3 GiB" --cpus 4 -m 3G -c quiet
says "nproc" "guest: nproc 4"
memory 2700 3072
typed --restart -k $image -i $initrd -m 256M --cpus 2 -c "quiet guest=shell"
t 0 "8 vCPUs" create -n eight -k /root/Image -m 256M --cpus 8
t 1 "9 vCPUs" create -n nine -k /root/Image -m 256M --cpus 9
complains "is said" "add vCPUs"
t 0 "a bare guest" run "$example"
says "runs too" "Hello"
tap_end
