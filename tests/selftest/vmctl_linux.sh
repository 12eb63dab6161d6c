#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A Linux guest driven by a script: from a configuration of our own form, with
# a console that is told what to type and what to wait for, and looks into it
# while it runs.
#
# box: targets=nvhe,vhe timeout=400 --mem 1536 --put @KERNEL@:/root/kernel --put @GUEST_INITRD@:/root/initrd

. "$(dirname "$0")/libvmctl.sh"

t 0 "capabilities" version --json
if ! grep -q '"platform"' "$out"; then
	skip "guests that run" "this module has no platform"
	tap_end
fi

cat >"$work/linux.toml" <<END
version = 1
name = "linux"
cpus = 2
memory = "256M"
interrupts = "emulated"

[boot]
kernel = "/root/kernel"
initrd = "/root/initrd"
cmdline = "quiet guest=shell"
END
t 0 "config check" config check "$work/linux.toml"
t 0 "create" create "$work/linux.toml"
t 0 "start" start linux
t 0 "its shell comes" console linux --expect '^guest# $' --timeout 120
# shellcheck disable=SC2016 # the guest's shell is to expand it
t 0 "--send is answered" console linux --send 'echo sum $((40 + 2))\n' \
	--expect '^sum 42$' --timeout 30 --log "$work/log"
wanted="the log"
grep -q '^sum 42' "$work/log"
tap $? "and logged"
t 0 "both CPUs are there" console linux --send 'grep -c ^processor /proc/cpuinfo\n' \
	--expect '^2$' --timeout 30
t 13 "what does not come" console linux --send '\n' --expect 'never' --timeout 1
t 0 "suspend" suspend linux
t 0 "regs" regs --json linux
addr=$(sed -n 's/.*"\(pc\|rip\)": "\(0x[0-9a-f]*\)".*/\2/p' "$out" | head -n 1)
t 0 "translate where it is" translate linux "$addr"
says "table by table" "^level 3 \|^PT \|^PD \|^level 2 "
says "to an address" "^$addr -> 0x"
t 0 "disas where it is" disas linux
says "marks it" "^=> 0x"
t 1 "translate of nothing" translate linux 0x10
t 0 "dump" dump --json linux "$work/core"
says "has what the kernel says of itself" '"vmcoreinfo": true'
for word in "OSRELEASE=$(uname -r)" 'SYMBOL(init_uts_ns)=' 'NUMBER(VA_BITS)=' KERNELOFFSET=; do
	wanted="$word in the core's notes"
	head -c 65536 "$work/core" | tr '\000' '\n' | grep -qF "$word"
	tap $? "VMCOREINFO: $word"
done
rm -f "$work/core"
t 0 "resume" resume linux
t 0 "top" top --json --count 2 --interval 300ms
says "shows it" '"name":"linux","state":"running","vcpus":2'
t 0 "restart boots it anew" restart --force linux
t 0 "its shell comes again" console --tail linux --expect '^guest# $' --timeout 120
t 0 "console --send" console linux --send 'exit\n'
t 0 "it powers off" wait linux --state stopped --timeout 60
t 6 "a console of a stopped VM" console --tail --expect x linux
t 0 "destroy" destroy linux
tap_end
