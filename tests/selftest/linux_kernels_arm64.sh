#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Other arm64 kernels as guests: packed ones, and newer ones of Debian's where
# they are at hand.
#
# box: targets=nvhe,vhe timeout=500 --mem 1536 --put @KERNEL_GZIP@:/root/gzip --put @KERNEL_ZBOOT@:/root/zboot --put @KERNEL_ZSTD@:/root/zstd --put @KERNEL_6.12@:/root/6.12 --put @KERNEL_NEWEST@:/root/newest --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

initrd=/root/initrd limit=300

t 0 "capabilities" version --json
if ! grep -q '"platform"' "$out"; then
	skip "guests that run" "this module has no arm64 platform"
	tap_end
fi

image=/root/gzip
guest 0 "an Image in gzip" --cpus 2 -m 512M -c quiet
says "init runs" "guest: init runs: Linux"
says "nproc" "guest: nproc 2"

# Unpacking is vmctl's: created is enough for the others.
image=/root/zboot
t 0 "zboot, gzip" create -n zboot -k $image -i $initrd -m 512M
t 0 "its start" mem read zboot 0x40000038 4 --json
says "is an Image's" 41524d64
image=/root/zstd
t 0 "zboot, zstd" create -n zstd -k $image -i $initrd -m 512M
t 0 "its start" mem read zstd 0x40000038 4 --json
says "is an Image's" 41524d64
vmctl destroy --all

for image in /root/6.12 /root/newest; do
	if ! [ -s $image ]; then
		skip "Debian's ${image##*/} kernel" "it is not at hand"
		continue
	fi
	guest 0 "Debian's ${image##*/} kernel, 2 vCPUs" --cpus 2 -m 512M -c "console=ttyAMA0"
	says "init runs" "guest: init runs: Linux"
	says "nproc" "guest: nproc 2"
	memory 430 500
	slept
	says "it powers off" "reboot: Power down"
done
tap_end
