#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl test: every verdict provoked, by every way to give one; filters,
# repeats, logs, JSON; what is left when it is interrupted.

. "$(dirname "$0")/libvmctl.sh"

examples=/usr/share/axvm/examples/tests
wild=$work/wild
mkdir "$wild"

# All examples are as they say.
t 0 "the examples" test --timeout-scale 4 --log-dir "$work/log" "$examples"
says "KTAP" "^KTAP version 1"
says "with a plan" "^1\.\.[1-9]"
says "nothing failed" "^# passed [1-9][0-9]*, failed 0, skipped 1"
says "pass by pattern" "^ok [0-9]* console$"
says "pass by hypercall" "^ok [0-9]* hypercall$"
says "skip" "^ok [0-9]* skip # SKIP "
says "panic" "^ok [0-9]* panic # PANIC PANIC: nothing.*as it should"
says "timeout" "^ok [0-9]* timeout # TIMEOUT no verdict after "
if [ "$is_x86" ]; then
	says "entry failure" "^ok [0-9]* entry # ENTRY-FAILURE "
	wanted="exits.json"
	grep -q fail-entry "$work/log/entry/exits.json"
	tap $? "--log-dir: the exits"
	says "pass by port" "^ok [0-9]* port$"
	says "pass by power-off" "^ok [0-9]* poweroff$"
	says "fail by port" "^ok [0-9]* port-fail # FAIL port 0xf4: 3, as it should"
	says "triple fault" "^ok [0-9]* triple # TRIPLE-FAULT triple fault at 0x8"
else
	says "pass by PSCI" "^ok [0-9]* psci$"
	says "fail by reset" "^ok [0-9]* psci-reset # FAIL asked for a reset"
	says "fail by address" "^ok [0-9]* mmio # FAIL address 0xa000000: 3, as it"
	skip "triple fault" "arm64 has none"
	skip "entry failure" "no register can be given a value that is refused"
fi
wanted="console.log"
grep -q "RESULT: good" "$work/log/console/console.log"
tap $? "--log-dir: the console"
wanted="exits.json"
grep -q '"reason"' "$work/log/hypercall/exits.json"
tap $? "--log-dir: exits"
grep -q '"vcpu": 0' "$work/log/panic/registers.json"
tap $? "--log-dir: the registers"
v list -H
silent "no VM is left"

# The same guests when nobody expects it: distinct, and not ok.
for f in "$examples"/*.bin; do
	n=$(basename "$f" .bin)
	case $n in
	triple | panic | timeout | port-fail | mmio | psci-reset) ;;
	*) continue ;;
	esac
	cat >"$wild/$n.toml" <<-END
		memory = "16M"
		[boot]
		kernel = "$f"
		kernel_at = $(printf '0x%x' $((0x$(echo "${load#0x}" | tr -d _))))
		[test]
		timeout = "1s"
		$([ "$n" = mmio ] && echo "mmio = 0xa00_0000")
	END
done
[ "$is_x86" ] && sed -e 's/^expect.*//' \
	-e "s,^kernel_at,kernel = \"$examples/entry.bin\"\nkernel_at," \
	"$examples/entry.toml" >"$wild/entry.toml"
cat >"$wild/other.toml" <<END
arch = "$([ "$is_x86" ] && echo arm64 || echo x86)"
[boot]
kernel = "$examples/console.bin"
[test]
END
cat >"$wild/broken.toml" <<END
cpus = 99
[boot]
kernel = "$examples/console.bin"
[test]
END
cat >"$wild/nothing.toml" <<END
[boot]
kernel = "nothing.bin"
kernel_at = 0x8000
[test]
END
cat >"$wild/halts.toml" <<END
[boot]
kernel = "$examples/console.bin"
kernel_at = $load
[test]
pass = "^THIS NEVER COMES"
END
cat >"$wild/halts-well.toml" <<END
[boot]
kernel = "$examples/console.bin"
kernel_at = $load
[test]
halt = "pass"
END
cat >"$wild/says-fail.toml" <<END
[boot]
kernel = "$examples/console.bin"
kernel_at = $load
[test]
pass = "^RESULT: great"
fail = "^RESULT"
END
echo 'name = "no test"' >"$wild/vm.toml"

t 19 "tests that are not ok: 19" test -j 2 "$wild"
says "panic" "^not ok [0-9]* panic # PANIC PANIC: nothing is"
says "timeout" "^not ok [0-9]* timeout # TIMEOUT no verdict after 1 s"
says "another architecture: skipped" "^ok [0-9]* other # SKIP for "
says "bad configuration: an error" "^not ok [0-9]* broken # ERROR .*broken.toml:1: cpus is 1 to 64"
says "no image: an error" "^not ok [0-9]* nothing # ERROR .*boot.kernel: cannot open"
says "halted without verdict" "^not ok [0-9]* halts # FAIL halted for good, which was not to be"
says "with its console" "^# console: RESULT: good"
says "halted, and that is right" "^ok [0-9]* halts-well$"
says "fail by pattern" "^not ok [0-9]* says-fail # FAIL RESULT: good"
if [ "$is_x86" ]; then
	says "entry failure" "^not ok [0-9]* entry # ENTRY-FAILURE the CPU refused"
	says "fail by port" "^not ok [0-9]* port-fail # FAIL port 0xf4: 3$"
	says "triple fault" "^not ok [0-9]* triple # TRIPLE-FAULT triple fault at"
else
	says "fail by address" "^not ok [0-9]* mmio # FAIL address 0xa000000: 3$"
	says "fail by reset" "^not ok [0-9]* psci-reset # FAIL asked for a reset"
fi
wanted="no vm.toml"
! grep -q " vm" "$out"
tap $? "a configuration without [test] is none"
v list -H
silent "no VM is left"

t 0 "--list" test --list "$examples"
says "names" "^console "
t 0 "--list --json" test --list --json "$wild"
is_json "is JSON"
says "with problems" '"problem": ".*cpus is 1 to 64'
t 0 "--list -H" test --list -H "$examples"
says "tabs" "^console	pass	"
t 0 "--filter" test --filter '^con' "$examples"
says "one" "^1\.\.1$"
t 9 "--filter of nothing" test --filter nothing "$examples"
complains "is said" "no test of such a name"
t 2 "a bad --filter" test --filter '(' "$examples"
t 9 "no such folder" test "$work/nowhere"
t 2 "-j 0" test -j 0 "$examples"
t 0 "--repeat" test --repeat 5 -j 3 --filter hypercall "$examples"
says "five times" "^ok 5 hypercall:5$"
t 0 "--json" test --json --filter '^(console|skip)$' "$examples"
is_json "is JSON"
says "summary" '"passed": 1'
says "verdicts" '"verdict": "skip"'
says "console" '"console": ".*RESULT: good'
t 19 "--fail-fast" test -j 1 --fail-fast "$wild"
says "the rest is not run" "# SKIP not run"
t 0 "one file" test "$examples/console.bin"
says "with its sidecar" "^ok 1 console$"
t 0 "a configuration" test "$examples/console.toml"
t 9 "a folder without tests" test /proc/self/fdinfo

# Interrupted: nothing is left.
cat >"$wild/loop.toml" <<END
[boot]
kernel = "$examples/timeout.bin"
kernel_at = $load
[test]
timeout = "100s"
END
# (A shell ignores SIGINT for what it starts with &: setsid does not help, so
# SIGINT comes from timeout, which is a child's parent.)
for s in INT TERM HUP; do
	begun=$(date +%s)
	env --default-signal=INT true 2>/dev/null
	timeout -s $s 3 vmctl test -j 3 --repeat 3 "$wild/loop.toml" >"$out" 2>"$errs"
	status=$? wanted="it ends"
	[ $status != 0 ] && [ $(($(date +%s) - begun)) -lt 60 ]
	tap $? "SIG$s ends it"
	wanted="no VM is left"
	[ -z "$(vmctl list -H)" ]
	tap $? "and its VMs"
done
says "TAP says so" "^Bail out! signal"
vmctl test -j 2 --repeat 2 "$wild/loop.toml" >"$out" 2>"$errs" </dev/null &
job=$!
for _ in $(seq 100); do
	[ "$(vmctl list -H | grep -c running)" = 2 ] && break
	sleep 0.1
done
kill -KILL $job
wait $job 2>/dev/null
for _ in $(seq 100); do
	[ -z "$(vmctl list -H)" ] && break
	sleep 0.1
done
wanted="no VM is left"
[ -z "$(vmctl list -H)" ]
tap $? "SIGKILL ends its VMs"
vmctl test -j 1 "$wild" 2>"$errs" </dev/null | head -n 1 >/dev/null
for _ in $(seq 100); do
	[ -z "$(vmctl list -H)" ] && break
	sleep 0.1
done
[ -z "$(vmctl list -H)" ]
tap $? "a pipe that closes ends its VMs"
# A VM that somebody destroys meanwhile.
vmctl test --json "$wild/loop.toml" >"$out" 2>"$errs" </dev/null &
job=$!
for _ in $(seq 100); do
	[ "$(vmctl list -H | grep -c running)" = 1 ] && break
	sleep 0.1
done
vmctl destroy --all
wait $job
status=$? wanted=19
[ $status = 19 ]
tap $? "a VM that is destroyed from elsewhere"
says "is an error" '"verdict": "error"'
tap_end
