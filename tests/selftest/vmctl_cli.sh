#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl's command line: help, usage errors, what needs no VM.

. "$(dirname "$0")/libvmctl.sh"

t 2 "no command is a usage error"
complains "it asks which" "which command"
says "and lists them" "^  create, "
t 0 "help" help
wanted="24 lines"
[ "$(wc -l <"$out")" -le 24 ]
tap $? "help fits a screen"
wanted="80 columns"
! grep -q '.\{81\}' "$out"
tap $? "of 80 columns"
t 0 "--help" --help
says "--help is help" "^usage: vmctl"
t 2 "unknown command" frobnicate
complains "it is named" "frobnicate"
t 2 "misspelt command" crate
complains "the near one is offered" "did you mean 'create'"
t 2 "a command that steers terminals" "$(printf 'x\033[2J\ny')"
complains "as harmless text in one line" "'x\\\\x1b\[2J\\\\x0ay'"

for c in $(vmctl __complete '' | cut -f 1); do
	t 0 "help $c" help "$c"
	says "help $c says usage" "^usage: vmctl $c"
	wanted="80 columns"
	! tail -n +2 "$out" | grep -q '.\{81\}'
	tap $? "help $c fits 80 columns"
	t 0 "$c --help" "$c" --help
	t 2 "$c with an unknown option" "$c" --frobnicate
	complains "$c names it" "unknown option '--frobnicate'"
done
t 2 "help of nothing" help frobnicate

# What shells complete.
t 0 "completion of options" __complete run --
says "one of them" "^--memory"
t 0 "completion of words" __complete config ''
says "one of them" "^convert"
t 0 "completion of files" __complete config check ''
says "a file" "^:file$"
t 0 "create" create -n completed "$example"
t 0 "completion of VMs" __complete start x ''
says "its name and state" "^completed	created"
t 0 "destroy" destroy completed
t 0 "help exit-codes" help exit-codes
says "they are listed" "^ 10  run: triple fault"

for c in run create load start stop restart suspend resume reset delete show console wait \
	exits stats regs mem map unmap translate disas irq; do
	t 2 "$c without arguments" $c
done
t 2 "destroy without arguments" destroy
t 2 "destroy VM and --all" destroy a --all
t 2 "list takes none" list a
t 2 "console takes one" console a b
t 2 "load without --at" load a /bin/sh
t 2 "load with a bad --at" load a /bin/sh --at 12x
t 2 "an option without its value" wait a --timeout
complains "it is named" "value is missing after '--timeout'"
t 2 "a bad time" wait a --timeout soon
t 2 "a bad exit reason" wait a --exit frob
complains "they are listed" "triple-fault"
t 2 "a bad state" wait a --state frob
complains "they are listed" "suspended"
t 2 "a bad mask" irq a 32 --vcpus 0x
t 2 "an empty mask" irq a 32 --vcpus 0x0
t 2 "a bad level" irq a 32 --level up
t 2 "a bad vCPU" regs a --vcpu 64
t 2 "mem does what?" mem move a 0 4
t 2 "a bad address" mem read a 0y0 4
t 2 "no length" mem read a 0 0
t 2 "reset both ways" reset a --start --no-start
t 2 "a bad name to create" create -n '9lives' "$example"
t 2 "too long a name" create -n "$(printf '%064d' 0 | tr 0 a)" "$example"
t 2 "a name that cannot be" show 'a b'
complains "the rule is told" "names match"
t 2 "id 0" show 0

for c in start stop suspend resume reset destroy show console wait exits stats regs; do
	t 3 "$c of no VM" $c nosuchvm
	complains "$c says so" "there is no VM 'nosuchvm'"
	t 3 "$c of no id" $c 999999999
done
t 3 "mem of no VM" mem read nosuchvm 0 4
t 3 "irq to no VM" irq nosuchvm 32
t 3 "load into no VM" load nosuchvm /bin/sh --at 0
t 0 "destroy --if-exists of no VM" destroy --if-exists nosuchvm
t 0 "destroy --all of none" destroy --all

t 0 "list of none" list
t 0 "list --json of none" list --json
wanted="[]"
[ "$(tr -d ' \n' <"$out")" = "[]" ]
tap $? "is an empty array"
t 0 "version" version
says "of vmctl" "^vmctl "
says "of the module" "^module:"
t 0 "version --json" version --json
is_json "is JSON"
t 0 "doctor: guests can run" doctor
says "says so" "Guests can run here"
t 0 "doctor --json" doctor --json
is_json "is JSON"
says "with its verdict" '"ok": true'

# Output that nobody can take.
vmctl version >&- 2>"$errs"
status=$? wanted=1
[ $status = 1 ]
tap $? "a closed stdout is an error"
complains "and said" "cannot write the output"
vmctl version >/dev/full 2>"$errs"
status=$?
[ $status = 1 ]
tap $? "a full disk is an error"
vmctl help 2>&- >"$out"
status=$? wanted=0
[ $status = 0 ]
tap $? "a closed stderr is none"
vmctl nonsense >&- 2>&- <&-
status=$? wanted=2
[ $status = 2 ]
tap $? "everything closed: the exit code is right"

if [ "$(id -u)" = 0 ] && command -v su >/dev/null && grep -q '^nobody:' /etc/passwd; then
	su -s /bin/sh nobody -c 'vmctl list' >"$out" 2>"$errs"
	status=$? wanted=4
	[ $status = 4 ]
	tap $? "no permission on the device"
	complains "the remedy is told" "group"
	su -s /bin/sh nobody -c 'vmctl doctor' >"$out" 2>"$errs"
	status=$? wanted=27
	[ $status = 27 ]
	tap $? "doctor says no permission"
else
	skip "no permission on the device" "no user nobody"
fi
tap_end
