#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# axvm@NAME.service: what systemd would run of it, run here, with the unit that
# is installed. That systemd accepts the unit is tests/host/packaging.sh's.

. "$(dirname "$0")/libvmctl.sh"

unit=/lib/systemd/system/axvm@.service
if ! [ -f "$unit" ]; then
	echo "1..0 # SKIP no $unit"
	exit 4
fi
mkdir -p /etc/axvm

# line KEY VM: the unit's line for this VM; a leading "-" is systemd's.
line()
{
	sed -n "s/^$1=-\{0,1\}//p" "$unit" | sed "s/%i/$2/g"
}

# unit_run KEY VM: run it; $status.
unit_run()
{
	eval "$(line "$1" "$2")" >"$out" 2>"$errs" </dev/null
	status=$?
}

# Is $status one that the unit calls a success?
unit_success()
{
	wanted="0 or one of SuccessExitStatus"
	case " 0 $(sed -n 's/^SuccessExitStatus=//p' "$unit") " in
	*" $status "*) return 0 ;;
	esac
	return 1
}

# starts VM: ExecStart in the background; $job.
starts()
{
	eval "exec $(line ExecStart "$1")" >"$out" 2>"$errs" </dev/null &
	job=$!
	wanted="$1 runs"
	until_state "$1" running
	tap $? "$1: ExecStart runs it"
}

STOP_SECONDS=
eval "$(sed -n 's/^Environment=//p' "$unit")"
wanted="Environment=STOP_SECONDS=N"
[ "${STOP_SECONDS:-0}" -gt 0 ] && [ "$STOP_SECONDS" -lt "$(sed -n 's/^TimeoutStopSec=//p' "$unit")" ]
tap $? "ExecStop is done before systemd loses patience"

# Where the files of a configuration are is said relative to it.
cp "$example" /etc/axvm/once.toml
cp "${example%/*}"/*.bin /etc/axvm/
unit_run ExecStartPre once
wanted=0
[ $status = 0 ]
tap $? "ExecStartPre: a good configuration"
unit_run ExecStart once
wanted=0
[ $status = 0 ]
tap $? "ExecStart: a guest that ends by itself"
says "its console is on stdout" "^Hello from a guest"
gone once
tap $? "and nothing is left"
unit_run ExecStop once
wanted=3
[ $status = 3 ] && grep -q '^ExecStop=-' "$unit"
tap $? "ExecStop then: there is no VM, and the unit does not mind"

echo 'version = "many"' >/etc/axvm/bad.toml
unit_run ExecStartPre bad
wanted=9
[ $status = 9 ]
tap $? "ExecStartPre: a bad configuration"
complains "is said with file and line" "/etc/axvm/bad.toml:1"

if [ -f "$guests/counter.bin" ]; then
	STOP_SECONDS=0.5
	cp "$(toml anything "$guests/counter.bin")" /etc/axvm/loop-1.toml
	starts loop-1
	unit_run ExecStop loop-1
	wanted=0
	[ $status = 0 ]
	tap $? "ExecStop"
	wait $job
	status=$?
	unit_success
	tap $? "ExecStart ends in a way that the unit calls a success"
	gone loop-1
	tap $? "and nothing is left"

	starts loop-1
	kill -TERM $job
	wait $job
	gone loop-1
	tap $? "SIGTERM to ExecStart: likewise"
fi
rm -rf /etc/axvm
tap_end
