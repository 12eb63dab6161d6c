#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What a Linux guest's boot and its idling cost, and how long its second is, where
# the machine's clock counts instructions and nothing else runs: counts of exits
# and of instructions, which repeat. tests/bench/boot measures the boot beside
# the machine itself.
#
# box: targets=nvhe,vhe timeout=600 --icount --cpus 1 --mem 1024 --put @KERNEL@:/root/Image --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/Image initrd=/root/initrd slept_most=110 limit=1000

t 0 "capabilities" version --json
if ! grep -q '"platform"' "$out"; then
	skip "guests that run" "this module has no arm64 platform"
	tap_end
fi

# below WHAT NUMBER LIMIT: more than none and less than the limit
below()
{
	echo "# $1: $2"
	wanted="$1: more than 0 and less than $3"
	[ "${2:-0}" -gt 0 ] && [ "$2" -lt "$3" ]
	tap $? "$1"
}

# stat NAME: of the VM "idle"
stat()
{
	vmctl stats idle --json | tr -d '\n' |
		sed "s/.*\"name\": *\"$1\", *\"value\": *\\([0-9]*\\).*/\\1/"
}

# Nanoseconds that the vCPU's thread has run.
ran()
{
	tid=$(vmctl show idle --json | sed -n 's/.*"tid": \([0-9]*\).*/\1/p')
	cut -d ' ' -f 1 "/proc/$tid/schedstat"
}

# Without the crypto self-tests, which go on while init sleeps already.
guest 0 "1 vCPU" -m 256M -c "quiet cryptomgr.notests"
says "init runs" "guest: init runs: Linux"
slept

t 0 "a guest that does nothing" create -n idle -k $image -i $initrd -m 256M \
	-c "quiet cryptomgr.notests guest=idle"
t 0 "start" start idle
sleep 20
# Measured: 544, 218, 31. Each device access and interrupt more shows.
below "exits of a boot" "$(stat exits)" 700
below "... device accesses" "$(stat mmio_kernel)" 300
below "... blocks filled" "$(stat faults_2m)" 45
before=$(ran) exits=$(stat exits)
sleep 20
below "thousandths of a percent of a CPU, idle" $((($(ran) - before) / 200000)) 50
below "exits in 20 s, idle" $(($(stat exits) - exits)) 200
t 0 "destroy" destroy idle
tap_end
