#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl dump: the core has the memory and registers of the VM, costs no memory,
# and leaves the VM as it was.

. "$(dirname "$0")/libvmctl.sh"

core=$work/core

# at OFFSET LEN: bytes of the core, in hex.
at()
{
	od -An -v -tx1 -j "$1" -N "$2" "$core" | tr -d ' \n'
}

# number OFFSET LEN: a little-endian number of the core.
number()
{
	echo $((0x$(od -An -v -tx1 -j "$1" -N "$2" "$core" | tr -d '\n' |
		awk '{ for (i = NF; i; i--) printf "%s", $i }')))
}

# owners: owner, type and length of each note of the core.
owners()
{
	p=$(number $((64 + 8)) 8)
	end=$((p + $(number $((64 + 32)) 8)))
	while [ "$p" -lt "$end" ]; do
		name=$(number "$p" 4)
		len=$(number $((p + 4)) 4)
		echo "$(dd if="$core" bs=1 skip=$((p + 12)) count=$((name - 1)) 2>/dev/null)" \
			"$(number $((p + 8)) 4) $len"
		p=$((p + 12 + (name + 3) / 4 * 4 + (len + 3) / 4 * 4))
	done
}

resident()
{
	vmctl list --json | grep -o '"resident": [0-9]*' | head -n 1
}

t 0 "create" create -n d "$example"
t 0 "start" start d
t 0 "until it has stopped" wait d --state stopped --timeout 10
base=$(vmctl show d --json | sed -n 's/.*"gpa": "\{0,1\}\(0x[0-9a-f]*\|[0-9]*\).*/\1/p' | head -n 1)
before=$(resident)
t 0 "dump" dump d "$core"
complains "says what is in it" "$core: .* MiB of memory"
wanted="no memory more: $before"
[ "$(resident)" = "$before" ]
tap $? "what the guest never touched stays untouched"
wanted="an ELF core of one segment"
[ "$(at 0 6)" = 7f454c460201 ] && [ "$(number 16 2)" = 4 ] && [ "$(number 56 2)" = 2 ]
tap $? "the header"
# The second program header: PT_LOAD, offset, physical address, size.
off=$(number $((64 + 56 + 8)) 8) size=$(number $((64 + 56 + 32)) 8)
wanted="memory at $base"
[ "$(number $((64 + 56)) 4)" = 1 ] && [ "$(number $((64 + 56 + 24)) 8)" = "$((base))" ]
tap $? "the segment"
wanted="$((off + size)) bytes"
[ "$(wc -c <"$core")" = "$((off + size))" ]
tap $? "the file's length"
v mem read d "$((base + 0x1000))" 8192 "$work/ram"
tail -c +$((off + 0x1000 + 1)) "$core" | head -c 8192 >"$work/part"
wanted="same bytes as vmctl mem read"
cmp -s "$work/ram" "$work/part"
tap $? "the memory"
# The first note: NT_PRSTATUS of vCPU 0; its PC is what vmctl regs says.
notes=$(number $((64 + 8)) 8)
case $(number 18 2) in
62) pc_at=16 name=rip ;;
*) pc_at=32 name=pc ;;
esac
pc=$(vmctl regs d --json | sed -n "s/.*\"$name\": \"\(0x[0-9a-f]*\)\".*/\1/p")
wanted="$name $pc"
[ "$(number $((notes + 20 + 112 + 8 * pc_at)) 8)" = "$((pc))" ]
tap $? "the registers"
owners >"$out"
case $(number 18 2) in
62)
	says "a note of registers, as core(5) has it" "^CORE 1 336$"
	says "a note as QEMU writes it" "^QEMU 0 440$"
	;;
*)
	says "a note of registers, as core(5) has it" "^CORE 1 392$"
	wanted="no note of QEMU's"
	! grep -q QEMU "$out"
	tap $? "which is x86's"
	;;
esac
says "a note of system registers" "^AXVM $((0x41580001)) "
wanted="no other, and no VMCOREINFO"
[ "$(grep -c . "$out")" = "$((2 + $(grep -c QEMU "$out")))" ]
tap $? "notes for one vCPU"
t 6 "no paging" dump d "$core" --paging
complains "why" "MMU off"
t 2 "no such vCPU" dump d "$core" --paging --vcpu 7
t 2 "to a pipe" dump d -
complains "names what it wants" "cannot go to a pipe; name a file"
t 1 "no such folder" dump d /nowhere/core
complains "why" "cannot create /nowhere/core"
t 3 "no such VM" dump nobody "$core"

t 0 "reset" reset d --start --paused
t 0 "--json" dump d "$core" --json
is_json "is JSON"
says "memory" '"written": [1-9]'
wanted=suspended
[ "$(state d)" = suspended ]
tap $? "a suspended VM stays so"
t 0 "destroy" destroy d

tap_end
