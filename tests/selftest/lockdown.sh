#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A locked-down kernel, as after secure boot: VMs run, host-physical memory is
# refused, a module without a signature is not loaded, and doctor says so.
#
# box: targets=nvhe

. "$(dirname "$0")/libvmctl.sh"

lock=/sys/kernel/security/lockdown
mount -t securityfs securityfs /sys/kernel/security 2>/dev/null
if ! echo integrity >$lock 2>/dev/null; then
	echo "1..0 # SKIP no lockdown in this kernel"
	exit 4
fi
t 0 "a guest runs" run "$example"
t 0 "doctor" doctor
says "warns" "lockdown.*warn\|warn.*lockdown\|lockdown is on"
cat >"$work/host.toml" <<END
version = 1
name = "host"
[boot]
kernel = "${example%/*}/hello.bin"
kernel_at = $load
entry = $load
[[memory]]
at = $ram_base
size = "2M"
kind = "reserved"
host = 0x7000_0000
END
v create "$work/host.toml"
wanted="not 0"
[ $status != 0 ]
tap $? "memory at a host-physical address"
complains "is refused" "lockdown\|[Pp]ermi\|not permitted"
rmmod axvm
insmod "/lib/modules/$(uname -r)/extra/axvm.ko" >"$out" 2>"$errs"
status=$? wanted="not 0"
[ $status != 0 ]
tap $? "insmod of a module that is not signed"
complains "is refused" "rejected\|not permitted"
t 24 "doctor" doctor
says "says what to do" "mokutil --import"
tap_end
