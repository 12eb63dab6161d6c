#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Local APICs with each level of the processor's help, and without: the tests of
# APICs and chips, and Debian's kernel, in x2APIC mode and as xAPIC.
#
# box: targets=vmx timeout=1500 --mem 1024 --put @KERNEL@:/root/vmlinuz --put @GUEST_INITRD@:/root/initrd --put @SELFTEST@/x86_apic:/root/selftest/x86_apic --put @SELFTEST@/x86_chips:/root/selftest/x86_chips

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/liblinux.sh"

image=/root/vmlinuz initrd=/root/initrd limit=300
parameter=/sys/module/axvm/parameters/apicv
fast="console=ttyS0 cryptomgr.notests no_timer_check"

# reload LEVEL: the module with that much help.
reload()
{
	wanted=0
	{ rmmod axvm && modprobe axvm "apicv=$1"; } >"$out" 2>"$errs"
	status=$?
	[ "$status" = 0 ]
	tap $? "apicv=$1"
}

# part NAME LEVEL: another TAP program is content.
part()
{
	wanted=0
	"$here/$1" >"$out" 2>&1
	status=$?
	[ "$status" = 0 ]
	tap $? "$1 with apicv=$2"
}

# linux LEVEL NAME MODE ARGS: it boots, its APICs are in that mode.
linux()
{
	guest 0 "Linux with apicv=$1, $2" --cpus 2 -m 256M -c "$fast ${4:-}"
	says "both processors" "guest: nproc 2"
	says "$2" "$3"
	slept
}

x2="x2apic enabled"
x1="Switched APIC routing to physical flat\|Switched APIC routing to flat\|APIC: Switch to symmetric I/O mode setup"

best=$(cat "$parameter")
for level in $(seq 0 "$best"); do
	reload "$level"
	[ "$(cat "$parameter")" = "$level" ]
	tap $? "that is what is in force"
	part x86_apic "$level"
	part x86_chips "$level"
done
linux "$best" "x2APIC" "$x2"
linux "$best" "xAPIC" "$x1" nox2apic
reload 0
linux 0 "x2APIC" "$x2"
linux 0 "xAPIC" "$x1" nox2apic
reload 9
[ "$(cat "$parameter")" = "$best" ]
tap $? "more than there is: what there is"
tap_end
