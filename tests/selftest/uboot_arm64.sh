#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Debian's U-Boot as a guest: a raw binary at an address, with a device tree
# that it finds where its board has one. It reaches its prompt, takes commands,
# uses set/way maintenance on its way there, and powers off by PSCI.
#
# box: targets=nvhe,vhe timeout=120 --put @UBOOT@:/usr/lib/u-boot/qemu_arm64/u-boot.bin

. "$(dirname "$0")/libvmctl.sh"

mkfifo "$work/in"
vmctl run --timeout 100 /usr/share/axvm/examples/u-boot.toml \
	<"$work/in" >"$out" 2>"$errs" &
job=$!
exec 3>"$work/in"

# typed KEYS TEXT: typed in at a prompt, it prints TEXT.
typed()
{
	wanted="$2"
	for _ in $(seq 100); do
		tail -c 4 "$out" | grep -q '=> ' && break
		tail -c 40 "$out" | grep -q 'stop autoboot' && echo >&3
		sleep 0.2
	done
	echo "$1" >&3
	until_said "$2"
	tap $? "$1"
}

typed version "^aarch64-linux-gnu-gcc (Debian"
typed bdinfo "start    = 0x0*40000000"
typed "fdt addr \$fdtcontroladdr; fdt print /chosen" "stdout-path = \"serial0:115200n8\""
typed "md.l 0x40000000 1" "40000000: "
typed poweroff "poweroff"
wait $job
status=$? wanted=0
exec 3>&-
[ $status = 0 ]
tap $? "it powers off"
complains "is how it ended" "powered off"
tap_end
