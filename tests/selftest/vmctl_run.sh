#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl run, console, wait and exits --follow: how they end, and what they
# leave behind.

. "$(dirname "$0")/libvmctl.sh"

t 0 "run" run "$example"
says "the console" "^Hello from a guest"
complains "how it ended" "ended: halted for good"
gone hello
tap $? "the VM is gone"
t 0 "run -n" run -n other "$example"
complains "has that name" "'other'"
v -q run "$example"
wanted="nothing on stderr"
! [ -s "$errs" ]
tap $? "-q: only the guest's words"
vmctl run "$example" <&- >"$out" 2>"$errs"
status=$? wanted=0
[ $status = 0 ]
tap $? "run with stdin closed"
says "the console" "^Hello from a guest"
yes | head -c 100000 | vmctl run "$example" >"$out" 2>"$errs"
status=$? wanted=0
[ $status = 0 ]
tap $? "run with more input than the guest takes"
vmctl run "$example" >&- 2>"$errs" </dev/null
status=$? wanted=1
[ $status = 1 ]
tap $? "run with stdout closed"
complains "is said" "cannot write the output"
gone hello
tap $? "the VM is gone"
t 9 "run of nothing" run "$work/nothing.toml"

f=$(toml loop "$guests/counter.bin")
if ! [ -f "$guests/counter.bin" ]; then
	skip "guests that never end" "no $guests/counter.bin"
	tap_end
fi

t 13 "run --timeout" run --timeout 0.5 "$f"
complains "the time is up" "time is up"
gone loop
tap $? "the VM is gone"

# ended TEXT STATUS: how the vmctl in the background ended.
ended()
{
	wait "$job" 2>/dev/null
	status=$? wanted=$2
	[ $status = "$2" ]
	tap $? "$1"
}

# background ARGS: vmctl in the background; job is its process.
background()
{
	vmctl "$@" >"$out" 2>"$errs" </dev/null &
	job=$!
}

for s in "TERM 143" "HUP 129" "KILL 137"; do
	background run "$f"
	until_state loop running
	kill "-${s% *}" $job
	ended "run and SIG${s% *}" "${s#* }"
	gone loop
	tap $? "the VM is gone"
done
# A shell ignores SIGINT for what it starts with &: that stays so.
background run "$f"
until_state loop running
kill -INT $job
sleep 0.2
wanted=running
[ "$(state loop)" = running ]
tap $? "SIGINT that is ignored stays ignored"
kill -TERM $job
wait $job 2>/dev/null
gone loop

background run "$f"
until_state loop running
t 0 "destroy from elsewhere" destroy loop
ended "run says destroyed" 14
complains "in words" "was destroyed"
background run "$f"
until_state loop running
t 0 "stop from elsewhere" stop --force loop
ended "run says stopped" 17
gone loop
tap $? "the VM is gone"

vmctl run "$f" 2>"$errs" </dev/null | true
gone loop || vmctl destroy loop
v list -H
if grep -q loop "$out"; then
	false
else
	true
fi
tap $? "run into a pipe that closes: the VM is gone"

if [ -f "$guests/triple.bin" ]; then
	t 10 "run of a triple fault" run "$(toml triple "$guests/triple.bin")"
	complains "is said" "triple fault"
	complains "with the last exits" "vCPU 0 at 0x.*triple-fault"
else
	skip "run of a triple fault" "no such guest on this architecture"
fi

# A VM that vanishes under those who look at it.
t 0 "create" create -n loop "$f"
t 0 "start" start loop
background console loop
until_views loop 2
vmctl destroy loop
ended "console of a VM that is destroyed" 14
t 0 "create" create -n loop "$f"
background wait loop
until_views loop 1
vmctl destroy loop
ended "wait for a VM that is destroyed" 14
t 0 "create" create -n loop "$f"
background exits --follow loop
until_views loop 2
vmctl destroy loop
ended "exits --follow of a VM that is destroyed" 14
t 0 "create" create -n loop "$f"
t 0 "start" start loop
background console loop
until_views loop 2
vmctl stop --force loop
ended "console of a VM that is stopped" 0
vmctl start loop
background console loop
until_views loop 2
kill -TERM $job
ended "console and SIGTERM" 143
wanted=running
[ "$(state loop)" = running ]
tap $? "the VM goes on"
background wait loop --exit reset
until_views loop 1
kill -TERM $job
ended "wait and SIGTERM" 143
background console loop
first=$job
vmctl console loop >"$work/out2" 2>"$work/err2" </dev/null &
second=$!
until_views loop 4
vmctl destroy loop
job=$first
ended "two consoles: the first" 14
job=$second
ended "two consoles: the second" 14

# exits --follow sees what happens.
t 0 "create" create -n follow "$example"
background exits --follow --json follow
until_views follow 2
vmctl start follow
vmctl wait follow --state stopped --timeout 5
until_said '"reason":"halt"'
kill -TERM $job
wait $job 2>/dev/null
says "exits --follow shows the halt" '"reason":"halt"'
t 0 "destroy" destroy follow
tap_end
