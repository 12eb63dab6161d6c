#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Options of vmctl by their long names that no other test has, each with what it
# is documented to do.

. "$(dirname "$0")/libvmctl.sh"

resident()
{
	vmctl list --json | grep -o '"resident": [0-9]*' | head -n 1 | tr -dc 0-9
}

# Making VMs.
t 0 "create --name --json" create --name made --json "$example"
is_json "is JSON"
says "with the name" '"name": "made"'
says "and the id" '"id": [1-9]'
t 0 "destroy it" destroy made
printf 'x' >"$work/x.bin"
t 0 "create --kernel --memory --cpus --affinity" create --name flags --kernel "$work/x.bin" \
	--memory 16M --cpus 2 --affinity 0,0 "$(toml plain "$work/x.bin")"
t 0 "show" show --json flags
says "on that host CPU" '"affinity": "0"'
t 0 "destroy it" destroy flags
t 0 "run --name --affinity" run --name ran --affinity 0 "$example"
t 3 "it is gone" show ran
t 9 "run --initrd of no such file" run --name ran --initrd "$work/none" "$example"

# Memory that is there at once.
t 0 "a guest that runs for ever" create --name busy "$(toml busy "$guests/counter.bin")"
before=$(resident)
t 0 "map" map busy 0x200000000 64K
wanted="$before"
[ "$(resident)" = "$before" ]
tap $? "is filled when it is touched"
t 0 "map --populate" map busy 0x200010000 64K --populate
v list --json
wanted="64 KiB more than $before"
[ "$(resident)" -ge $((before + 65536)) ]
tap $? "is filled at once"
t 0 "unmap" unmap busy 0x200010000
t 2 "map --host of Linux' own memory" map busy 0x300000000 4K --host 0x"$(
	awk -F '[- ]' '/System RAM/ { r = $1 } END { print r }' /proc/iomem)"

# Looking at a place by the guest's own addresses.
t 0 "mem read" mem read busy "$load" 64
cp "$out" "$work/by-gpa"
t 0 "mem read --gva --vcpu" mem read busy "$load" 64 --gva --vcpu 0
wanted="the same: the guest has no page tables"
cmp -s "$out" "$work/by-gpa"
tap $? "the same bytes"
t 0 "mem dump --gva" mem dump busy "$load" 64 --gva
t 2 "--vcpu of no such vCPU" mem read busy "$load" 64 --gva --vcpu 77
t 2 "beyond all addresses" mem read busy 0xfffffffffffffff0 64
complains "is said" "goes beyond the last address"
v mem read busy "$load" 1T
wanted="a sentence, and nothing printed before it"
[ "$status" != 0 ] && ! [ -s "$out" ] && [ -s "$errs" ]
tap $? "more than there is"
for o in --write --exec --user; do
	t 0 "translate $o" translate busy "$load" $o
	says "leads to memory" " -> 0x"
done
t 0 "disas --vcpu --count" disas busy --vcpu 0 --count 3
wanted="3 lines"
[ "$(wc -l <"$out")" = 3 ]
tap $? "so many lines"
t 0 "start" start busy
t 0 "top --vcpus" top --vcpus --count 2 --interval 200ms
says "a line for the VM" "busy .* running "
says "and one for its vCPU" "vCPU 0 .* on [0-9]"
t 0 "top --vcpus --json" top --vcpus --json --count 1
says "vCPUs" '"vcpu":\[{"index":0,'
t 2 "top --sort of nothing" top --sort size
complains "says by what" "cpu, exits, memory or name"

# Interrupts of x86.
if [ "$is_x86" ]; then
	t 0 "irq --nmi" irq busy --nmi
else
	t 2 "irq --nmi is x86's" irq busy --nmi
fi
t 2 "irq --nmi with a number" irq busy 40 --nmi
t 2 "irq --gsi with --nmi" irq busy --nmi --gsi
t 0 "destroy" destroy busy

# The log as it comes.
vmctl log --follow >"$work/followed" 2>&1 &
job=$!
for _ in $(seq 300); do
	echo "axvm: a line to be followed" >/dev/kmsg
	grep -q "a line to be followed" "$work/followed" && break
	sleep 0.2
done
wanted="a line that came meanwhile"
grep -q "a line to be followed" "$work/followed"
tap $? "log --follow"
kill -TERM $job
wait $job 2>/dev/null

# Symbols are moved.
printf 'ffffffff81000000 T _text\nffffffff81000010 T main\n' >"$work/list"
i=0
while [ $i -lt 600 ]; do
	printf 'ffffffff8100%04x t f%d\n' $((0x100 + i * 16)) $i
	i=$((i + 1))
done >>"$work/list"
t 0 "symbols --from" symbols --from "$work/list" "$work/plain.elf"
t 0 "symbols --offset" symbols --from "$work/list" --offset 0x1000000 "$work/moved.elf"
wanted="other addresses"
! cmp -s "$work/plain.elf" "$work/moved.elf"
tap $? "moves them"
tap_end
