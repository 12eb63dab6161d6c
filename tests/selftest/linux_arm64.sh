#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Debian's arm64 kernel as a guest: it boots with one to four vCPUs, sees the
# machine it was given, takes input, powers off and reboots.
#
# box: targets=nvhe,vhe timeout=400 --mem 1536 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/Image initrd=/root/initrd

# Of the loaders, what needs no guest to run.
head -c 1000000 $image >"$work/short"
t 9 "a truncated Image" create -k "$work/short" -m 256M
complains "file, field, rule" "$work/short: it is truncated: PE section"
t 9 "no Image" create -k "$initrd" -m 256M
complains "is said" "is no arm64 Linux Image (magic"
t 9 "too little memory" create -k $image -m $(($(wc -c <$image) / 1048576 + 1))M
complains "is said" "no free place for"
t 9 "no device tree" create -k $image -m 256M --dtb $initrd
complains "is said" "not a device tree"
t 0 "a VM that boots" create -n made -k $image -i $initrd -m 256M --cpus 2 \
	--dump-dtb "$work/made.dtb"
t 0 "its start" regs made --json
says "the kernel begins at the start of memory" '"pc": "0x40000000"'
says "EL1h, masked" '"pstate": "0x3c5"'
says "x1 is 0" '"x1": "0x0"'
tree=$(sed -n 's/.*"x0": "\(.*\)".*/\1/p' "$out")
t 0 "x0: the device tree" mem read made "$tree" 4 --json
says "is one" d00dfeed
t 0 "its own tree again" create -n again -k $image -m 256M --cpus 1 \
	--dtb "$work/made.dtb" --dump-dtb "$work/again.dtb"
[ "$(grep -c 'cpu@1' "$work/made.dtb")$(grep -c 'cpu@1' "$work/again.dtb")" = 10 ]
tap $? "has the CPUs of the VM that it is for"
vmctl destroy --all

t 0 "capabilities" version --json
if ! grep -q '"platform"' "$out"; then
	skip "guests that run" "this module has no arm64 platform"
	tap_end
fi

# linux_time_arm64.sh is strict, where instructions are the clock.
limit=300

guest 0 "2 vCPUs" --cpus 2 -m 512M -c "console=ttyAMA0"
says "init runs" "guest: init runs: Linux .* aarch64"
says "nproc" "guest: nproc 2"
memory 440 500
slept
says "powered off" "reboot: Power down"
complains "is how it ended" "powered off"

guest 0 "1 vCPU, 128 MiB, no command line" -m 128M
says "the console is the device tree's" "guest: init runs"
says "nproc" "guest: nproc 1"
memory 60 120
slept

guest 0 "4 vCPUs, 3 GiB" --cpus 4 -m 3G -c quiet
says "nproc" "guest: nproc 4"
memory 2700 3072
slept

guest 15 "a reset that is refused" -m 256M -c "quiet guest=reboot"
complains "is said" "reset"

# Typed into, twice: the first time it reboots.
typed --restart -k $image -i $initrd -m 256M --cpus 2 -c "quiet guest=shell"

# The same through vmctl console, on a VM that nobody waits for.
far -k $image -i $initrd -m 256M -c "quiet guest=shell"
tap_end
