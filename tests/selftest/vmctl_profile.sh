#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl stats --latency, vmctl vmcs: what they show, in every form, and what
# they say when there is nothing to show.

. "$(dirname "$0")/libvmctl.sh"

f=$(toml busy "$guests/counter.bin")
t 0 "create" create "$f"
t 6 "stats --latency of a VM that does not count" stats busy --latency
complains "what to do" "vmctl stats --profile on busy"
t 2 "--profile of nonsense" stats busy --profile maybe
t 0 "--profile on" stats busy --profile on
silent "says nothing"
t 0 "start" start busy
for _ in $(seq 100); do
	v stats busy --latency -H
	[ -s "$out" ] && break
	sleep 0.1
done
t 0 "--latency" stats busy --latency
says "a table" "^REASON  *COUNT  *TIME  *MEAN  *MAX"
says "interrupts of the host" "interrupt"
says "a histogram" "+  *[0-9]* #"
t 0 "--latency --json" stats busy --latency --json
is_json "is JSON"
says "with its histogram" '"log2_ns":'
says "and the hardware's number" '"hw_reason": "0x'
t 0 "--latency -H" stats busy --latency -H
says "tabs" "interrupt	0x[0-9a-f]*	[0-9]*	[0-9]*	[0-9]*	[0-9]*$"
t 0 "--latency of a vCPU" stats busy --latency --vcpu 0
t 2 "of one that is not there" stats busy --latency --vcpu 3
t 0 "--latency --watch" stats busy --latency --watch --interval 0.3 --count 2
says "rates" "PER SECOND"
t 0 "--latency --watch --json" stats busy --latency --watch --interval 0.3 --count 2 --json
wanted="two lines"
[ "$(wc -l <"$out")" = 2 ]
tap $? "a line each"
t 0 "--profile off" stats busy --profile off
t 0 "what was counted stays" stats busy --latency
says "the table" "^REASON"
t 6 "--watch has nothing to watch" stats busy --latency --watch --interval 0.1 --count 1
t 3 "no such VM" stats nobody --latency

# ---- vmcs ----
if [ "$is_x86" ]; then
	t 0 "vmcs" vmcs busy
	says "fields" "^GUEST_RIP  *0x681e  *guest  *64  *0x[1-9a-f]"
	says "controls" "^PIN_CONTROLS  *0x4000  *control  *32  *0x"
	says "read-only ones" "^EXIT_REASON .*read-only"
	says "the host's, for root" "^HOST_RIP .*host"
	t 0 "vmcs FIELD" vmcs busy guest_rip guest-rsp 0x4402
	wanted="three fields and a heading"
	[ "$(wc -l <"$out")" = 4 ]
	tap $? "only those"
	t 0 "vmcs with *" vmcs busy 'guest_*_selector' -H
	wanted="eight fields"
	[ "$(wc -l <"$out")" = 8 ]
	tap $? "all that match, without heading"
	says "tabs" "^GUEST_CS_SELECTOR	0x802	guest	16	0x"
	t 0 "vmcs --json" vmcs busy --json guest_rip
	is_json "is JSON"
	says "complete" '"partial": false'
	t 2 "a field that is none" vmcs busy guest_rib
	complains "and what was meant" "did you mean 'GUEST_RIP'"
	t 2 "a vCPU that is none" vmcs busy --vcpu 9
	t 0 "suspend" suspend busy
	t 0 "of a suspended VM" vmcs busy guest_rip
	vmctl regs busy --json >"$work/regs"
	rip=$(sed -n 's/.*"rip": "\(0x[0-9a-f]*\)".*/\1/p' "$work/regs")
	says "RIP is the vCPU's" "GUEST_RIP .* $rip\$"
	t 0 "regs --set" regs busy --set rip=0x8123
	t 0 "again" vmcs busy guest_rip
	says "what is set is there" "GUEST_RIP .* 0x8123\$"
	if id alice >/dev/null 2>&1; then
		vmctl destroy busy
		chmod 755 "$work"
		chmod 644 "$work"/*
		su alice -c "vmctl create $f && vmctl start busy"
		su alice -c "vmctl vmcs busy --json" >"$out" 2>"$errs"
		status=$? wanted=0
		[ $status = 0 ]
		tap $? "vmcs of a user"
		says "is partial" '"partial": true'
		wanted="no HOST_"
		! grep -q HOST_ "$out" && ! grep -q EPT_POINTER "$out"
		tap $? "nothing of the host"
		su alice -c "vmctl vmcs busy host_rip" >"$out" 2>"$errs"
		status=$? wanted=1
		[ $status = 1 ]
		tap $? "not even by name"
		complains "and why" "for administrators"
	fi
else
	t 1 "vmcs on arm64" vmcs busy
	complains "has none, and what to use" "arm64 has no VMCS.*regs --all"
fi
t 2 "vmcs of nothing" vmcs
t 3 "vmcs of a VM that is not there" vmcs nobody
tap_end
