#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The life of VMs through vmctl: they outlive their maker, are found by name
# and by id, and every state allows and refuses what it should.

. "$(dirname "$0")/libvmctl.sh"

for n in a b c; do
	t 0 "create $n" create -n $n "$example"
	silent "silently"
	t 0 "start $n" start $n
	silent "silently"
done
t 0 "list --json" list --json
is_json "is JSON"
for n in a b c; do
	says "$n is still there" "\"name\": \"$n\""
done
t 0 "wait for the exit" wait a --exit halt --timeout 5
silent "silently"
t 0 "it has ended" wait a --state stopped --timeout 5
t 0 "the reason counts as an exit" wait a --exit halted --timeout 5
t 0 "wait --json" wait a --json
says "state" '"state": "stopped"'
says "reason" '"reason": "halted"'
t 6 "an exit that did not come" wait a --exit triple-fault --timeout 5
complains "why" "has stopped (halted) without"
t 0 "list" list
says "a table" "^ *ID *NAME *STATE *REASON"
says "with the VM" " a  *stopped *halted "
t 0 "list -H" list -H
says "tabs" "	a	stopped	halted	1	"
t 0 "console --dump" console --dump a
says "what it printed" "Hello from a guest"
t 0 "console of a VM that has stopped ends" console b
says "with what it printed" "Hello from a guest"
complains "and says so" "has stopped: halted"
t 0 "console --dump --tail" console --dump --tail a
silent "nothing new"

t 0 "exits" exits a
says "the halt is there" "  halt "
says "headings" "^TIME  *SINCE  *VCPU"
t 0 "exits --last 1" exits a --last 1
wanted="heading and one line"
[ "$(wc -l <"$out")" = 2 ]
tap $? "shows one"
t 0 "exits --json" exits a --json
is_json "is JSON"
says "with reasons" '"reason": "halt"'
t 0 "exits --reason" exits a --reason halt --json
wanted="halt only"
! grep '"reason"' "$out" | grep -v '"halt"' | grep -q .
tap $? "only those"
t 2 "exits of no vCPU" exits a --vcpu 1
t 0 "stats" stats a
says "exits" "^exits  *[1-9]"
says "by reason" "^exit.halt  *[1-9]"
t 0 "stats --json" stats a --json
is_json "is JSON"
t 2 "stats of no vCPU" stats a --vcpu 7
t 0 "regs" regs a
says "the program counter" "$pc "
t 0 "regs --json" regs a --json
is_json "is JSON"
t 2 "regs of no vCPU" regs a --vcpu 1
t 0 "show" show a
says "state" "^State: *stopped"
says "configuration" "^Configuration: */"
t 0 "show several" show a b
t 0 "show by id" show "$(vmctl list -H | awk '$2 == "b" { print $1 }')"
says "is the same VM" "^Name: *b"

t 5 "a name that is taken" create -n a "$example"
complains "what to do" "name is taken"
t 6 "stop of a stopped VM" stop a
complains "the state is named" "while it is stopped"
t 6 "suspend of a stopped VM" suspend a
t 6 "resume of a stopped VM" resume a
t 6 "interrupt to a stopped VM" irq a 32
t 3 "several, one missing" start nosuchvm a
until_state a stopped
t 0 "a stopped VM starts again" start a
t 0 "and halts again" wait a --state stopped --timeout 5
v console --dump a
wanted="at least 3 lines"
[ "$(grep -c 'Hello from a guest' "$out")" -ge 3 ]
tap $? "it printed each time"

# Paused, suspended, resumed.
t 0 "reset --no-start" reset b --no-start
wanted=created
[ "$(state b)" = created ]
tap $? "it is created again"
t 6 "suspend of one that was never started" suspend b
t 0 "start --paused" start --paused b
wanted=suspended
[ "$(state b)" = suspended ]
tap $? "it is suspended"
t 6 "start of a suspended VM" start b
t 13 "it does not run" wait b --state stopped --timeout 0.3
complains "the time is up" "time is up"
t 0 "registers at its start" regs b --json
if [ "$is_x86" ]; then
	says "rip" '"rip": "0x8000"'
	says "real mode" '"mode": "real"'
else
	says "pc" '"pc": "0x40080000"'
	says "EL1h, masked" '"pstate": "0x3c5"'
fi
t 0 "resume" resume b
t 0 "it runs to its end" wait b --state stopped --timeout 5

# Memory.
t 0 "mem write hex" mem write b $((ram_base + 0x6000)) 4 DEADbeef
t 0 "mem read" mem read b $((ram_base + 0x6000)) 8
says "hex dump" "  de ad be ef 00 00 00 00 "
t 0 "mem read to a file" mem read b $((ram_base + 0x6000)) 4 "$work/dump"
wanted=deadbeef
[ "$(od -An -tx1 "$work/dump" | tr -d ' \n')" = deadbeef ]
tap $? "the bytes"
t 0 "mem write from a file" mem write b $((ram_base + 0x6100)) 4 "$work/dump"
printf 'stdin' | vmctl mem write b $((ram_base + 0x6104)) 5
t 0 "mem read --json" mem read b $((ram_base + 0x6100)) 9 --json
says "both" '"hex": "deadbeef737464696e"'
t 9 "a file too short" mem write b $((ram_base + 0x6000)) 5 "$work/dump"
t 9 "neither file nor hex" mem write b $((ram_base + 0x6000)) 4 deadbee
t 1 "no memory there" mem read b 0x7fffffff0000 4
complains "the address is named" "0x7fffffff0000"
t 1 "the end of memory inside" mem read b $((ram_base + 0x2000000 - 2)) 4

# load: part of what reset brings back.
printf 'loaded' >"$work/file"
t 0 "create" create -n l "$example"
t 0 "load" load l "$work/file" --at $((ram_base + 0x5000))
t 9 "load of no file" load l "$work/nofile" --at 0
t 9 "load outside of memory" load l "$work/file" --at 0x7fffffff0000
complains "the address is named" "0x7fffffff0000"
t 0 "overwritten" mem write l $((ram_base + 0x5000)) 6 000000000000
t 0 "reset" reset l
t 0 "read" mem read l $((ram_base + 0x5000)) 6
says "it is back" "|loaded|"
t 0 "destroy" destroy l

# A guest that never ends.
f=$(toml loop "$guests/counter.bin")
if [ -f "$guests/counter.bin" ]; then
	t 0 "create" create -n loop "$f"
	t 0 "start" start loop
	t 13 "it goes on" wait loop --timeout 0.3
	t 6 "start of a running VM" start loop
	t 0 "registers of a running VM" regs loop
	t 0 "suspend" suspend loop
	v regs loop --json
	cp "$out" "$work/regs1"
	sleep 0.2
	v regs loop --json
	wanted="the same registers"
	cmp -s "$out" "$work/regs1"
	tap $? "it stands still"
	t 6 "suspend twice" suspend loop
	t 0 "resume" resume loop
	t 2 "suspend, time neither stops nor runs" suspend --time=walk loop
	complains "is said" "stop or run"
	t 0 "suspend, time runs" suspend --time=run loop
	t 0 "reset of a suspended VM" reset loop
	wanted=suspended
	[ "$(state loop)" = suspended ]
	tap $? "is suspended at its start"
	t 0 "resume" resume loop
	t 0 "reset of a running VM" reset loop
	wanted=running
	[ "$(state loop)" = running ]
	tap $? "runs again"
	t 0 "stop --timeout" stop loop --timeout 0.2
	wanted=stopped
	[ "$(state loop)" = stopped ]
	tap $? "it is stopped"
	t 0 "start" start loop
	t 0 "stop --force" stop --force loop
	t 0 "why" wait loop --json
	says "stopped" '"reason": "stopped"'
	t 0 "start" start loop
	t 0 "destroy of a running VM" destroy loop
	t 3 "it is gone" show loop
else
	skip "a guest that never ends" "no $guests/counter.bin"
fi

# Two at once on one name: one wins, the other is told.
vmctl create -n twin "$example" >/dev/null 2>&1 &
vmctl create -n twin "$example" >/dev/null 2>&1
one=$?
wait $!
two=$?
status="$one $two" wanted="0 5 or 5 0"
[ "$status" = "0 5" ] || [ "$status" = "5 0" ]
tap $? "two creates of one name: one wins"
vmctl start twin >/dev/null 2>&1 &
vmctl start twin >/dev/null 2>&1
wait $!
t 0 "two starts: it runs, and ends" wait twin --state stopped --timeout 5
vmctl destroy twin >/dev/null 2>&1 &
vmctl destroy twin >/dev/null 2>&1
one=$?
wait $!
two=$?
status="$one $two" wanted="0 3 or 3 0"
[ "$status" = "0 3" ] || [ "$status" = "3 0" ]
tap $? "two destroys: one finds it gone"

# Killed half-way: nothing stays.
n=0
while [ $n -lt 10 ]; do
	vmctl create -n half "$example" 2>/dev/null &
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	[ -z "$(state half)" ] || vmctl destroy half
	n=$((n + 1))
done
gone half
tap $? "a create that is killed leaves nothing, or a whole VM"

t 0 "destroy several" destroy a b c
silent "silently"
for n in a b c; do
	t 3 "$n is gone" show $n
done
t 0 "the name is free" create -n a "$example"
t 0 "destroy --all" destroy --all
wanted="no VM"
v list -H
! [ -s "$out" ]
tap $? "none is left"
tap_end
