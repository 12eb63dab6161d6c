#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Debian's x86 kernel as a guest: it boots with one to eight vCPUs, sees the
# machine it was given, takes input, powers off and reboots.
#
# box: targets=vmx timeout=900 --mem 1536 --put @KERNEL@:/root/vmlinuz --put @GUEST_INITRD@:/root/initrd --put @GUEST_BUTTON_INITRD@:/root/initrd.button

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/vmlinuz initrd=/root/initrd
# The crypto self-tests are most of a boot's instructions. Only the first guest
# does without any option.
fast="console=ttyS0 quiet cryptomgr.notests"

# Of the loaders, what needs no guest to run.
head -c 1000000 $image >"$work/short"
t 9 "a truncated bzImage" create -k "$work/short" -m 256M
complains "file, field, rule" "$work/short: it is truncated: syssize says"
head -c 600 $image >"$work/short"
t 9 "only its boot sector" create -k "$work/short" -m 256M
complains "is said" "$work/short: it is truncated"
t 9 "no kernel" create -k "$initrd" -m 256M
complains "is said" "is no kernel that a boot protocol knows"
t 9 "too little memory" create -k $image -m 32M
complains "is said" "bytes of memory in one piece between 1 MiB and 4 GiB"
t 9 "no room for the RAM disk" create -k $image -i $image -m 64M
complains "is said" "finds no room beside the kernel"
t 0 "a VM that boots" create -n made -k $image -i $initrd -m 256M --cpus 2
t 0 "its start" regs made --json
says "64-bit" '"mode": "64-bit"'
says "entry at 0x200 of the kernel" '"rip": "0x1000200"'
says "RSI: boot_params" '"rsi": "0x7000"'
says "interrupts off" '"rflags": "0x2"'
t 0 "ACPI" mem read made 0xe0000 8 --json
says "is there" 5253442050545220
vmctl destroy --all

guest 0 "2 vCPUs" --cpus 2 -m 512M -c "console=ttyS0"
says "init runs" "guest: init runs: Linux .* x86_64"
says "nproc" "guest: nproc 2"
memory 440 500
slept
dated
says "the TSC is trusted" "guest: clocksource tsc"
says "powered off" "reboot: Power down"
complains "is how it ended" "powered off"

guest 0 "1 vCPU, 128 MiB" -m 128M -c "$fast"
says "nproc" "guest: nproc 1"
memory 70 120
slept

guest 0 "4 vCPUs, 3 GiB" --cpus 4 -m 3G -c "$fast"
says "nproc" "guest: nproc 4"
memory 2800 3072
slept

guest 0 "8 vCPUs on 2 CPUs" --cpus 8 -m 512M -c "$fast"
says "nproc" "guest: nproc 8"
memory 440 500

guest 0 "6 GiB, most of it above 4 GiB" -m 6G -c "$fast"
memory 5700 6144

guest 15 "a reset that is refused" -m 256M -c "$fast guest=reboot"
complains "is said" "reset"

# Typed into, twice: the first time it reboots. A lot is pasted, too.
typed --restart -k $image -i $initrd -m 256M --cpus 2 -c "$fast guest=shell"

# The same through vmctl console, on a VM that nobody waits for.
far -k $image -i $initrd -m 256M -c "$fast guest=shell"

# vmctl stop is ACPI's power button, for which a Debian system listens.
vmctl run -n asked -k $image -i /root/initrd.button -m 256M -c "$fast guest=button" \
	--timeout 300 </dev/null >"$out" 2>"$work/run.errs" &
job=$!
for _ in $(seq 600); do
	grep -q '^guest: listens' "$out" && break
	sleep 0.2
done
says "a guest that listens to the power button" "^guest: listens"
vmctl stop asked --timeout 100 >"$errs" 2>&1
status=$? wanted=0
tap $status "stop"
wait $job
status=$? wanted=0
tap $status "it powered off by itself"
says "it was the button" "^guest: the power button was pressed"
tap_end
