#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The tracepoints: each fires where it should, and its text says what happened.

. "$(dirname "$0")/libvmctl.sh"

events=/sys/kernel/tracing/events/axvm
if ! [ -w $events/enable ]; then
	echo "1..0 # SKIP no tracing here"
	exit 4
fi

# traced TEXT PATTERN: the trace so far has a line that matches.
traced()
{
	wanted="trace: $2" status=
	grep -q -E -e "$2" /sys/kernel/tracing/trace
	tap $? "$1"
}

echo >/sys/kernel/tracing/trace
echo 1 >$events/enable
vmctl create -n traced "$example" >"$out" 2>"$errs"
id=$(vmctl list -H | awk -F '\t' '$2 == "traced" { print $1 }')
vmctl start traced 2>"$errs"
vmctl wait traced --exit halt --timeout 20 2>"$errs"
vmctl destroy traced 2>"$errs"
echo 0 >$events/enable
traced "create" "axvm_vm_create: vm=$id name=traced"
traced "the VM's states" "axvm_vm_state: vm=$id from=created to=running"
traced "and its end" "axvm_vm_state: vm=$id from=running to=stopped"
traced "the vCPU's states" "axvm_vcpu_state: vm=$id vcpu=0 state=running"
traced "entries" "axvm_entry: vm=$id vcpu=0 pc=0x"
traced "exits" "axvm_exit: vm=$id vcpu=0 hw_reason=0x[0-9a-f]+ pc=0x"
traced "records" "axvm_record: vm=$id vcpu=0 seq=[0-9]+ reason=halt"
traced "destroy" "axvm_vm_destroy: vm=$id name=traced"
cp /sys/kernel/tracing/trace "$work/trace"
[ "$(grep -c axvm_entry: "$work/trace")" = "$(grep -c axvm_exit: "$work/trace")" ]
wanted="as many exits as entries"
tap $? "each entry has its exit"

case $(uname -m) in
x86_64) program=x86_guests some="injected interrupts" ;;
*) program=arm64_gic some="AXVM_VM_IRQ raises" ;;
esac
if [ -x "$here/$program" ]; then
	echo >/sys/kernel/tracing/trace
	echo 1 >$events/axvm_inject/enable
	AXVM_TEST=$some "$here/$program" >"$out" 2>"$errs"
	echo 0 >$events/axvm_inject/enable
	traced "injected events" "axvm_inject: vm=[0-9]+ vcpu=0 vector=[0-9]+ info=0x"
else
	skip "injected events" "$program is not here"
fi
echo >/sys/kernel/tracing/trace
tap_end
