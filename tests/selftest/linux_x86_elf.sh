#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The other boot protocols of x86: Debian's vmlinux, an ELF file, by its PVH
# note and by Linux's 64-bit entry point; Multiboot 1 kernels that print what
# they are given.
#
# box: targets=vmx timeout=500 --mem 1536 --put @GUEST_VMLINUX@:/root/vmlinux --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/vmlinux initrd=/root/initrd
fast="console=ttyS0 quiet cryptomgr.notests"

# by PROTOCOL NAME: a configuration for file NAME.
by()
{
	cat >"$work/$1.toml" <<-END
		[base]
		cpu_num = 2
		[kernel]
		kernel_path = "$2"
		ramdisk_path = "$initrd"
		cmdline = "$fast"
		boot_protocol = "$1"
		memory_regions = [[0, 0x2000_0000]]
	END
}

# ---- loaders -----------------------------------------------------------------

head -c 30000000 $image >"$work/short"
t 9 "a truncated vmlinux" create -k "$work/short" -m 256M
complains "file, field, rule" "$work/short: it is truncated: program header 1 (PT_LOAD)"
t 9 "too little memory" create -k $image -m 60M
complains "is said" "has a segment of 0x"
by multiboot $image
t 9 "no Multiboot header" create "$work/multiboot.toml"
complains "is said" "is \"multiboot\", but $image is no kernel of that kind"
by pvh "$guests/multiboot.elf"
t 9 "no PVH note" create "$work/pvh.toml"
complains "is said" "has no note of name Xen and type 18"
by linux $image
t 0 "a VM by the 64-bit entry" create -n l "$work/linux.toml"
t 0 "its start" regs l --json
says "64-bit" '"mode": "64-bit"'
says "entry" '"rip": "0x1000000"'
by pvh $image
t 0 "a VM by the PVH note" create -n p "$work/pvh.toml"
t 0 "its start" regs p --json
says "32-bit" '"mode": "protected"'
says "RBX: start info" '"rbx": "0x7000"'
t 0 "start info" mem read p 0x7000 4 --json
says "is there" 78c56e33
vmctl destroy --all

# ---- Multiboot ---------------------------------------------------------------

for kind in elf raw; do
	t 0 "Multiboot, $kind file" run -k "$guests/multiboot.$kind" \
		-i "$initrd" -m 64M -c "one  two" --timeout 20
	says "state" "mb: eax 2badb002 pe 1 pg 0 if 0 bss 0"
	says "command line" "mb: cmdline <one  two>"
	says "memory" "mb: lower 27f upper fc00"
	says "module" "mb: module 0 initrd bytes $(printf %x "$(wc -c <$initrd)") offset 0 first 30"
	says "memory map" "mb: memory 100000 + 3f00000 type 1"
	says "is all there" "mb: done"
done

# ---- Linux -------------------------------------------------------------------

t 0 "Linux by the PVH note" run -k $image -i $initrd -m 512M --cpus 2 \
	-c "$fast" --timeout 150
says "init runs" "guest: init runs: Linux .* x86_64"
says "nproc" "guest: nproc 2"
memory 440 500
t 0 "Linux by the 64-bit entry" run "$work/linux.toml" --timeout 150
says "init runs" "guest: init runs: Linux .* x86_64"
says "nproc" "guest: nproc 2"
memory 440 500
tap_end
