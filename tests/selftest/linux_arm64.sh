#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Debian's arm64 kernel as a guest: it boots with one to four vCPUs, sees the
# machine it was given, takes input, powers off and reboots.
#
# box: targets=nvhe,vhe timeout=400 --mem 1536 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"

image=/root/Image initrd=/root/initrd

# Of the loaders, what needs no guest to run.
head -c 1000000 $image >"$work/short"
t 9 "a truncated Image" create -k "$work/short" -m 256M
complains "file, field, rule" "$work/short: it is truncated: PE section"
t 9 "no Image" create -k "$initrd" -m 256M
complains "is said" "is no arm64 Linux Image (magic"
t 9 "too little memory" create -k $image -m 32M
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

# guest TEXT STATUS ARGS: a guest runs and ends so.
guest()
{
	text=$1 code=$2
	shift 2
	t "$code" "$text" run -k $image -i $initrd --timeout 100 "$@"
}

# slept: is one second about one second? In hundredths; a busy machine's
# emulator stands still now and then, and its clock does not.
slept()
{
	wanted="a sleep of 95 to 250 hundredths"
	s=$(sed -n 's/.*sleep 1 took \([0-9]*\) .*/\1/p' "$out")
	[ "${s:-0}" -ge 95 ] && [ "$s" -le 250 ]
	tap $? "sleep 1"
}

# memory LEAST MOST: what the guest found, in MiB.
memory()
{
	wanted="memory of $1 to $2 MiB"
	s=$(sed -n 's/.*guest: memory \([0-9]*\) MiB.*/\1/p' "$out")
	[ "${s:-0}" -ge "$1" ] && [ "$s" -le "$2" ]
	tap $? "memory"
}

guest "2 vCPUs" 0 --cpus 2 -m 512M -c "console=ttyAMA0"
says "init runs" "guest: init runs: Linux .* aarch64"
says "nproc" "guest: nproc 2"
memory 440 500
slept
says "powered off" "reboot: Power down"
complains "is how it ended" "powered off"

guest "1 vCPU, 128 MiB, no command line" 0 -m 128M
says "the console is the device tree's" "guest: init runs"
says "nproc" "guest: nproc 1"
memory 60 120
slept

guest "4 vCPUs, 3 GiB" 0 --cpus 4 -m 3G -c quiet
says "nproc" "guest: nproc 4"
memory 2700 3072
slept

guest "a reset that is refused" 15 -m 256M -c "quiet guest=reboot"
complains "is said" "reset"

# prompts N: wait until shells have said N times that they are there.
prompts()
{
	for _ in $(seq 450); do
		[ "$(grep -c '^guest: shell' "$out")" -ge "$1" ] &&
			tail -c 12 "$out" | grep -q 'guest# ' && return
		sleep 0.2
	done
}

# Typed into, twice: the first time it reboots.
mkfifo "$work/in"
vmctl run --restart --timeout 200 -k $image -i $initrd -m 256M --cpus 2 \
	-c "quiet guest=shell" <"$work/in" >"$out" 2>"$errs" &
job=$!
exec 3>"$work/in"
prompts 1
# shellcheck disable=SC2016 # the guest's shell expands it
echo 'echo typed $((6 * 7)); reboot -f' >&3
prompts 2
# shellcheck disable=SC2016 # the guest's shell expands it
echo 'echo again $((7 * 8)); exit' >&3
wait $job
status=$? wanted=0
exec 3>&-
[ $status = 0 ]
tap $? "a shell that is typed into, a reboot by policy, and an end"
says "the first boot" "^typed 42"
says "the second boot" "^again 56"

# The same through vmctl console, on a VM that nobody waits for.
t 0 "create" create -n far -k $image -i $initrd -m 256M -c "quiet guest=shell"
t 0 "start" start far
: >"$out"
(
	prompts 1
	# shellcheck disable=SC2016 # the guest's shell expands it
	echo 'echo typed $((5 * 5)); exit'
) | vmctl console far >"$out" 2>"$errs"
status=$? wanted=0
[ $status = 0 ]
tap $? "console"
says "input and output" "^typed 25"
[ "$(state far)" = stopped ]
tap $? "it powered off"
tap_end
