#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl's looks into a VM: regs --all and --set, translate, top, log.

. "$(dirname "$0")/libvmctl.sh"

t 0 "create" create -n look "$example"

# Registers.
if [ "$is_x86" ]; then reg=rbx all=msr:0x277; else reg=x5 all=s3_0_c2_c0_2; fi
t 0 "regs --set before the start" regs look --set "$reg=0x1234,$pc=$load"
t 0 "regs" regs look
says "the new value" "$reg  *0000000000001234"
t 0 "regs --all" regs --all look
says "by id too" "^$all \| $all "
t 0 "regs --all --json" regs --all --json look
is_json "is JSON"
t 2 "regs --set of no register" regs look --set nosuch=1
complains "is named" "no register 'nosuch'"
t 2 "regs --set of no value" regs look --set "$reg=x"
t 2 "regs --set without =" regs look --set "$reg"
t 0 "start" start look
t 0 "wait" wait look --state stopped --timeout 10
t 6 "regs --set afterwards" regs look --set "$reg=1"

# Page tables.
t 0 "translate with paging off" translate look "$load"
says "is the address itself" "-> 0x$(printf %x $(($(echo "$load" | tr -d _))))  "
t 0 "translate --json" translate --json look "$load"
is_json "is JSON"
says "mapped" '"mapped": true'
t 2 "translate of no address" translate look nowhere
t 2 "translate by no vCPU" translate --vcpu 64 look 0

# Code.
t 0 "disas at the start" disas look "$load" --count 3
wanted="3 lines"
[ "$(wc -l <"$out")" = 3 ]
tap $? "three instructions"
t 0 "disas where it is" disas look
says "marks it" "^=> 0x"
t 0 "disas --json" disas --json look "$load" --gpa
is_json "is JSON"
says "text" '"text": "[a-z]'
t 1 "disas where nothing is" disas look 0xb0000000
t 2 "disas --gpa alone" disas look --gpa

# All VMs, again and again.
t 0 "top" top --count 2 --interval 100ms
says "a heading" "ID NAME  *STATE"
says "the VM" " look  *stopped"
t 0 "top --json" top --json --count 1
says "a line" '"name":"look"'
t 2 "top --sort nonsense" top --sort colour
t 0 "destroy" destroy look

f=$guests/counter.bin
if [ -f "$f" ]; then
	t 0 "create a busy one" create "$(toml busy "$f")"
	t 0 "start" start busy
	v top --json --count 3 --interval 500ms
	wanted="some use of a CPU"
	tail -n 1 "$out" | grep -q '"cpu":0\.[1-9]\|"cpu":[1-9]\|"cpu":0\.0[1-9]'
	tap $? "top sees that it is busy"
	t 0 "destroy" destroy busy
fi

f=$guests/mmu.bin
if [ -f "$f" ]; then
	t 0 "create with page tables" create "$(toml tables "$f")"
	t 0 "start" start tables
	vmctl wait tables --exit hypercall,halt --timeout 10 >/dev/null 2>&1
	t 0 "suspend or stopped" show tables
	t 0 "translate" translate tables "$load"
	says "the root" "^TTBR0_EL1 "
	says "steps" "^level [0-3] "
	says "the end" " -> 0x40080000"
	t 1 "translate of what is not mapped" translate tables 0x7f00000000
	complains "why" "not mapped"
	t 0 "destroy" destroy tables
else
	skip "page tables" "no such guest on this architecture"
fi

# The log is there, whatever stands in it.
t 0 "log" log
t 0 "log --json" log --json
is_json "is JSON"
t 3 "log of no VM" log look
tap_end
