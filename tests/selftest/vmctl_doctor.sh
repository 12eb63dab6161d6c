#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# box: --no-module
#
# vmctl doctor on a host with KVM, before the module is loaded and after:
# each illness has its exit code, and a remedy.

no_module=1
. "$(dirname "$0")/libvmctl.sh"
ko=/lib/modules/$(uname -r)/extra/axvm.ko

if [ -c /dev/axvm ]; then
	echo "1..0 # SKIP the module is loaded"
	exit 4
fi
t 25 "the module is not loaded" doctor
says "the remedy is told" "modprobe axvm"
says "and the end of it" "cannot run here"
t 25 "doctor --json" doctor --json
is_json "is JSON"
says "its code" '"exit_code": 25'
t 7 "list without the module" list
complains "what to do" "modprobe axvm"
t 7 "create without the module" create "$example"
t 0 "version without the module" version
says "says so" "module: not loaded"
if ! insmod "$ko" 2>"$errs"; then
	false
	tap $? "the module loads beside KVM"
	tap_end
fi
if [ "$is_x86" ] && [ "$(cat /sys/module/kvm/parameters/enable_virt_at_load 2>/dev/null)" = Y ]; then
	# From 6.12 on KVM takes the CPUs when it is loaded, unless told not to.
	t 28 "KVM holds VMX" doctor
	says "the remedy is told" "rmmod kvm_intel"
	t 8 "a guest cannot run" run "$example"
	complains "why" "(busy).*modprobe -r kvm_intel"
	rmmod kvm_intel 2>"$errs"
	status=$? wanted=0
	[ $status = 0 ]
	tap $? "KVM is unloaded"
	t 0 "the remedy helps" doctor
	t 0 "a guest runs" run "$example"
elif [ "$is_x86" ]; then
	t 0 "KVM without guests is in nobody's way" doctor
	t 0 "a guest runs" run "$example"
else
	t 28 "KVM holds EL2" doctor
	says "the remedy is told" "kvm-arm.mode=none"
	t 8 "a guest cannot be made" create "$example"
	complains "why" "(kvm).*kvm-arm.mode=none"
	t 0 "version" version
	says "says so" "^status: *kvm"
fi
rmmod axvm 2>"$errs"
status=$? wanted=0
[ $status = 0 ]
tap $? "rmmod"
tap_end
