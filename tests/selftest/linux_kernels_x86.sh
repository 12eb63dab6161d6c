#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Other x86 kernels as guests: Debian's generic flavour, which is packed
# otherwise (XZ) and has more drivers that look around, and newer ones where
# they are at hand.
#
# box: targets=vmx timeout=1200 --mem 1536 --put @KERNEL_GENERIC@:/root/generic --put @KERNEL_6.12@:/root/6.12 --put @KERNEL_NEWEST@:/root/newest --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

initrd=/root/initrd limit=400

for image in /root/generic /root/6.12 /root/newest; do
	if ! [ -s $image ]; then
		skip "Debian's ${image##*/} kernel" "it is not at hand"
		continue
	fi
	guest 0 "Debian's ${image##*/} kernel, 2 vCPUs" --cpus 2 -m 512M \
		-c "console=ttyS0 cryptomgr.notests"
	says "init runs" "guest: init runs: Linux .* x86_64"
	says "nproc" "guest: nproc 2"
	memory 420 500
	slept
	dated
	says "the TSC is trusted" "guest: clocksource tsc"
	says "it powers off" "reboot: Power down"
done
tap_end
