#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What scripts and people do to vmctl: outputs that nobody takes, an end at any
# point, several vmctls on one VM, a VM that vanishes under a command. Always a
# sentence at most and an exit code, nothing is left behind.

. "$(dirname "$0")/libvmctl.sh"

f=$(toml busy "$guests/counter.bin")
t 0 "create" create "$f"
t 0 "start" start busy
vmctl stats busy --profile on

# Every command that prints, as a line each.
cat >"$work/printers" <<END
list
list --json
show busy
show --stats --json busy
exits busy
exits --json busy
stats --all busy
stats --latency busy
regs --all busy
mem read busy $load 64K
mem search busy $load 1M 00 --most 100000
translate busy $load
disas busy --count 100
console --dump busy
version
doctor
config generate
config show $f
help
help run
help exit-codes
test --list $guests
log
END
[ "$is_x86" ] && printf "vmcs busy\ncpuid busy\n" >>"$work/printers"

# ended TEXT: the last command ended by itself, with a documented status, or as
# one does whom nobody listens to, with one sentence at most.
ended()
{
	wanted="an exit code, one sentence"
	{ [ "$status" -lt 30 ] || [ "$status" = 141 ]; } &&
		[ "$(wc -l <"$errs")" -le 1 ]
	tap $? "$1"
}

while read -r line; do
	# shellcheck disable=SC2086 # words are meant
	{
		sleep 0.05
		vmctl $line 2>"$errs" </dev/null
		echo $? >"$work/status"
	} | :
	status=$(cat "$work/status")
	ended "a closed pipe: $line"
done <"$work/printers"
for line in "exits --follow busy" "stats --watch --interval 10ms busy" \
	"stats --watch --json --interval 10ms busy" "top --interval 10ms" \
	"top --json --interval 10ms" "console busy"; do
	# shellcheck disable=SC2086 # words are meant
	timeout -s KILL 60 sh -c "vmctl $line 2>'$errs' </dev/null; echo \$? >'$work/status'" |
		head -n 1 >/dev/null &
	job=$!
	[ "$line" = "console busy" ] && sleep 1 && vmctl destroy busy &&
		vmctl create "$f" && vmctl start busy
	[ "$line" = "exits --follow busy" ] && sleep 1 && vmctl suspend busy &&
		vmctl resume busy && vmctl stop --force busy && vmctl start busy &&
		sleep 1 && vmctl destroy busy && vmctl create "$f" &&
		vmctl start busy
	wait $job
	for _ in $(seq 50); do
		[ -s "$work/status" ] && break
		sleep 0.1
	done
	status=$(cat "$work/status")
	: >"$work/status"
	ended "a reader that goes away: $line"
done

# A full disk is said.
vmctl stats busy --profile on
for _ in $(seq 100); do
	[ -n "$(vmctl stats busy --latency -H)" ] && break
	sleep 0.1
done
while read -r line; do
	# shellcheck disable=SC2086 # words are meant
	vmctl $line >/dev/full 2>"$errs" </dev/null
	status=$? wanted="1, and a sentence"
	case $line in
	log | console*) # these may have nothing to say
		[ $status -le 1 ]
		;;
	*)
		[ $status != 0 ] && grep -q "cannot write the output" "$errs"
		;;
	esac
	tap $? "a full disk: $line"
done <"$work/printers"

# Ended at any point: a VM is there as a whole, or not at all. (By SIGTERM: what
# a shell starts with & ignores SIGINT, and both end it in the same way.)
cut_short()
{
	ms=$1
	shift
	vmctl "$@" >/dev/null 2>&1 </dev/null &
	job=$!
	sleep "$(printf '0.%03d' "$ms")"
	kill -TERM $job 2>/dev/null
	wait $job
}

odd=
for ms in 0 5 15 40 120; do
	cut_short "$ms" create -n torn "$f"
	case $(state torn) in
	'') ;;
	created) vmctl start torn && vmctl destroy torn || odd="$odd create@$ms" ;;
	*) odd="$odd create@$ms" ;;
	esac
	cut_short "$ms" run -n torn "$f"
	gone torn || odd="$odd run@$ms"
	cut_short "$ms" dump busy "$work/core"
	[ "$(state busy)" = running ] || odd="$odd dump@$ms"
	rm -f "$work/core"
	cut_short "$ms" restart --force busy
	case $(state busy) in
	running) ;;
	created | stopped) vmctl start busy || odd="$odd restart@$ms" ;;
	*) odd="$odd restart@$ms" ;;
	esac
done
wanted="nothing torn, not:$odd"
[ -z "$odd" ]
tap $? "ended at any point of create, run, dump, restart"

# Many vmctls on one VM at once.
loop()
{
	: >"$work/codes.$1"
	shift
	n=0
	while [ $n -lt 6 ]; do
		# shellcheck disable=SC2068 # words are meant
		vmctl $@ >/dev/null 2>>"$work/said.$1" </dev/null
		echo $? >>"$work/codes"
		n=$((n + 1))
	done
}
: >"$work/codes"
for c in "start busy" "stop --force busy" "suspend busy" "resume busy" \
	"reset busy --start" "exits busy" "regs busy --all" "show busy --stats" \
	"mem read busy $load 4K" "stats busy --profile on" \
	"stats busy --profile off" "stats busy --latency" "dump --live busy $work/core"; do
	# shellcheck disable=SC2086 # words are meant
	loop ${c%% *} $c &
done
[ "$is_x86" ] && loop vmcs vmcs busy &
wait
wanted="only documented codes"
sort -u "$work/codes" | tr '\n' ' ' >"$out"
! grep -qvE '^([0-9]|1[0-9])$' "$work/codes"
tap $? "many vmctls on one VM: every one ends with a documented code"
v show busy
wanted="the VM is whole"
[ "$status" = 0 ]
tap $? "and the VM is there"
t 0 "destroy" destroy busy

# A VM that vanishes under each command.
bad=
for c in "show busy --stats --json" "exits busy" "exits --follow busy" \
	"stats busy" "stats --watch --interval 10ms busy" "regs busy --all" \
	"mem read busy $load 1M" "mem search busy $load 1M ff" "disas busy" \
	"translate busy $load" "console busy" "wait busy --state suspended" \
	"dump busy $work/core" "suspend busy" "stop busy --timeout 5" \
	"restart busy --timeout 5" "reset busy" "irq busy 40" "vmcs busy" \
	"load busy $f --at $load" "map busy 0x80000000 4K" \
	"gdb busy --unix $work/socket" "symbols busy $work/elf" \
	"top --count 2 --interval 10ms" "log busy" "list --json"; do
	vmctl create "$f" >/dev/null && vmctl start busy
	# shellcheck disable=SC2086 # words are meant
	timeout -s KILL 60 vmctl $c >/dev/null 2>"$errs" </dev/null &
	job=$!
	sleep 0.015
	vmctl destroy --if-exists busy
	wait $job
	status=$?
	{ [ $status -lt 20 ] && [ "$(wc -l <"$errs")" -le 1 ]; } ||
		bad="$bad '$c'=$status"
done
v list
wanted="codes below 20 and one sentence, not:$bad"
[ -z "$bad" ]
tap $? "a VM that vanishes under a command"
v list -H
silent "no VM is left"
tap_end
