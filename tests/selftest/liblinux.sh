#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2016,SC2034
#
# What the linux_*.sh tests share: running a Linux guest, judging what its init
# reports, typing into its shell. To be sourced after libvmctl.sh.

# Since boot, in hundredths of a second. A number that begins with 0 would be octal.
hundredths()
{
	read -r up _ </proc/uptime
	echo $((${up%.*} * 100 + 1${up#*.} - 100))
}

# Of an emulator that shares its processors: by how many hundredths this machine
# was late at worst, when it slept a tenth of a second at a time.
host_watch()
{
	worst=0
	echo 0 >"$work/late"
	while :; do
		a=$(hundredths)
		sleep 0.1
		late=$(($(hundredths) - a - 10))
		[ $late -gt $worst ] && worst=$late && echo $worst >"$work/late.new" &&
			mv "$work/late.new" "$work/late"
	done
}

# guest STATUS TEXT ARGS: a guest runs and ends so.
guest()
{
	code=$1 text=$2
	shift 2
	host_watch &
	watcher=$!
	t "$code" "$text" run -k "$image" -i "$initrd" --timeout "${limit:-150}" "$@"
	kill $watcher
	wait $watcher 2>/dev/null
}

# slept: is one second about one second? In hundredths. When the machine stands
# still its clock does not, for the guest and for us alike.
slept()
{
	most=$((${slept_most:=140} + 4 * $(cat "$work/late")))
	wanted="a sleep of 95 to $most hundredths"
	s=$(sed -n 's/.*sleep 1 took \([0-9]*\) .*/\1/p' "$out")
	[ "${s:-0}" -ge 95 ] && [ "$s" -le "$most" ]
	tap $? "sleep 1"
}

# dated: is its date, seconds since 1970, this machine's? It just ended.
dated()
{
	wanted="a date within 30 seconds of this machine's"
	s=$(sed -n 's/.*guest: date \([0-9]*\).*/\1/p' "$out")
	s=$(($(date +%s) - ${s:-0}))
	[ "$s" -ge -30 ] && [ "$s" -le 30 ]
	tap $? "date"
}

# memory LEAST MOST: what the guest found, in MiB.
memory()
{
	wanted="memory of $1 to $2 MiB"
	s=$(sed -n 's/.*guest: memory \([0-9]*\) MiB.*/\1/p' "$out")
	[ "${s:-0}" -ge "$1" ] && [ "$s" -le "$2" ]
	tap $? "memory"
}

# until_shells N: wait until the job's stdout has the shell N times.
until_shells()
{
	for _ in $(seq 600); do
		[ "$(grep -c '^guest: shell' "$out")" -ge "$1" ] && return 0
		sleep 0.2
	done
	return 1
}

# paste: 100 lines at once; the shell says how many bytes came.
paste()
{
	echo 'cat >/tmp/pasted <<end'
	for i in $(seq 100); do
		echo "line $i of a text that somebody pastes"
	done
	echo end
	# shellcheck disable=SC2016 # the guest's shell is to expand it
	echo 'echo pasted $(md5sum </tmp/pasted | cut -c -32)'
}

# typed ARGS: a guest whose shell reboots when told to, then takes a lot of
# text, then ends.
typed()
{
	mkfifo "$work/in"
	vmctl run --timeout "${limit:-300}" "$@" <"$work/in" >"$out" 2>"$errs" &
	job=$!
	exec 3>"$work/in"
	until_shells 1
	echo 'echo typed $((6 * 7)); reboot -f' >&3
	until_shells 2
	echo 'echo again $((7 * 8)); stty -echo' >&3
	sleep 1
	paste >&3
	# What is typed before a command has ended may be echoed into its output.
	for _ in $(seq 600); do
		grep -q 'pasted [0-9a-f]\{32\}' "$out" && break
		sleep 0.2
	done
	echo 'exit' >&3
	wait $job
	status=$? wanted=0
	exec 3>&-
	[ $status = 0 ]
	tap $? "a shell that is typed into, a reboot by policy, and an end"
	says "the first boot" "^typed 42"
	says "the second boot" "^again 56"
	says "all that was pasted" \
		"pasted $(paste | sed '1d;/^end$/,$d' | md5sum | cut -c -32)"
}

# far ARGS: a guest's shell through vmctl console.
far()
{
	t 0 "create" create -n far "$@"
	t 0 "start" start far
	: >"$out"
	(
		until_shells 1
		echo 'echo typed $((5 * 5)); exit'
	) | vmctl console far >"$out" 2>"$errs"
	status=$? wanted=0
	[ $status = 0 ]
	tap $? "console"
	says "input and output" "^typed 25"
	[ "$(state far)" = stopped ]
	tap $? "it powered off"
}
