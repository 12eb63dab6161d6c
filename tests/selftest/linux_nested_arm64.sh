#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# axvm in a guest of axvm, which has no EL2: an HVC too many would go to the host.
# The module loads there, says why no VM can be, and goes.
#
# box: targets=nvhe,vhe timeout=300 --mem 1536 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/Image initrd=$work/initrd

t 0 "capabilities" version --json
if ! grep -q '"platform"' "$out"; then
	skip "guests that run" "this module has no arm64 platform"
	tap_end
fi

# A second archive after the first: the module.
mkdir -p "$work/extra/lib"
cp "/lib/modules/$(uname -r)/extra/axvm.ko" "$work/extra/lib"
(cd "$work/extra" && find . | cpio -o -H newc 2>/dev/null) >"$work/cpio"
cat /root/initrd "$work/cpio" >"$initrd"

guest 0 "a guest that loads axvm" -m 512M -c \
	'quiet guest.sh="insmod /lib/axvm.ko hold=1; echo loaded $?; ls /dev/axvm; dmesg | grep axvm:; rmmod axvm; echo gone $?"'
says "it loads" "^loaded 0"
says "its device is there" "^/dev/axvm"
says "it says why it cannot run guests" "not entered at EL2: firmware or an outer hypervisor"
says "it can be removed" "^gone 0"
says "nobody is the worse" "reboot: Power down"
tap_end
