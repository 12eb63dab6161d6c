#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# [cpuid] of a configuration and vmctl cpuid: what is hidden is not there for
# the guest, what is insisted on is there or the VM is not made; arm64 refuses.

. "$(dirname "$0")/libvmctl.sh"

# config [TEXT]: a configuration for the guest that looks at CPUID.
config()
{
	cat >"$work/c.toml" <<-END
		name = "c"
		memory = "1M"
		[boot]
		kernel = "$guests/cpuid.bin"
		kernel_at = $load
		${1:-}
	END
}

# regs LEAF [SUBLEAF]: EAX, EBX, ECX, EDX of the VM c as the shell's numbers.
regs()
{
	vmctl cpuid c "$@" -H | tr '\t' ' ' | cut -d ' ' -f 3-
}

# reg N: that one of them.
reg()
{
	n=$1
	shift
	echo $(($(regs "$@" | cut -d ' ' -f "$n")))
}

# result N: what the guest left there.
result()
{
	echo $((0x$(vmctl mem read c $((0x7000 + 8 * (16 + $1))) 8 --json |
		sed -n 's/.*"hex": "\([0-9a-f]*\)".*/\1/p' |
		sed 's/\(..\)\(..\)\(..\)\(..\).*/\4\3\2\1/')))
}

# is TEXT WANTED GOT
is()
{
	wanted="$2, not $3"
	[ "$2" = "$3" ]
	tap $? "$1"
}

t 0 "all names, without a VM" cpuid
says "a name with its place" '^avx2  *0x7  *0  *ebx  *5  *avx$'
t 0 "as JSON" cpuid --json
is_json "it is"
t 2 "a leaf that is none" cpuid c 0x7x
complains "is said" "'0x7x' is no leaf"
t 2 "one of more than 32 bits" cpuid c 0x100000000
t 3 "of a VM that is not there" cpuid nobody

if [ -z "$is_x86" ]; then
	cat >"$work/c.toml" <<-END
		name = "c"
		memory = "1M"
		[cpuid]
		features = "-avx"
		[[cpuid.hide]]
		leaf = 7
		ebx = 1
		[boot]
		entry = $load
	END
	t 9 "arm64 refuses it" create "$work/c.toml"
	complains "by key and line" 'c.toml:4: cpuid.features is for x86 guests'
	complains "each of them" 'c.toml:5: cpuid.hide is for x86 guests'
	t 9 "and the option" create -n c -k "$work/c.toml" -m 1M --cpuid -avx
	complains "by its name" 'command line: --cpuid is for x86 guests'
	printf 'x' >"$work/x.bin"
	printf 'name = "c"\nmemory = "1M"\n[boot]\nkernel = "x.bin"\nkernel_at = %s\n' \
		"$load" >"$work/plain.toml"
	t 0 "a VM without it" create "$work/plain.toml"
	t 1 "has no CPUID" cpuid c
	complains "is said" "CPUID is x86's"
	t 9 "so does config check" config check --arch arm64 "$work/c.toml"
	tap_end
fi

# ---- what there is ----
config
t 0 "a VM" create "$work/c.toml"
t 0 "its CPUID" cpuid c
says "a line for each leaf" '^0x7  *0 0x00000000 0x'
says "the extended ones" '^0x80000001  *0 '
says "the hypervisor's" '^0x40000000  *0 '
t 0 "by name" cpuid c --features
says "FSGSBASE" '^fsgsbase  *0x7  *0  *ebx  *0'
t 0 "one leaf" cpuid c 0xd 1 -H
says "fields" '^0xd	1	0x'
t 0 "as JSON" cpuid c --json
is_json "it is"
says "leaves" '"leaves": \['
says "features" '"name": "fsgsbase"'
plain=$(reg 2 7) ext=$(reg 4 0x80000001) ecx=$(reg 3 1) xcr0=$(reg 1 0xd)
t 0 "start" start c
t 0 "it ran" wait c --timeout 60
is "the guest saw the same" "$plain" "$(result 0)"
is "FSGSBASE can be switched on" 0 "$(result 3)"
vmctl destroy c

# ---- hidden ----
config '[cpuid]
features = "-fsgsbase,-rdtscp -rdpid, -avx"
[[cpuid.hide]]
leaf = 0x7
ebx = 0x80
[[cpuid.need]]
leaf = 0x1
edx = 0x2000011'
t 0 "a VM with less" create "$work/c.toml"
is "a bit by name, a bit by number, and what builds on AVX" \
	$((plain & ~0xd02300a1)) "$(reg 2 7)"
is "leaf 1: AVX, FMA, F16C" $((ecx & ~0x30001000)) "$(reg 3 1)"
is "XCR0: no AVX" $((xcr0 & ~0xe4)) "$(reg 1 0xd)"
is "RDTSCP" $((ext & ~0x8000000)) "$(reg 4 0x80000001)"
t 0 "by name" cpuid c --features
wanted="no fsgsbase, no avx2"
! grep -q -e '^fsgsbase' -e '^avx' "$out"
tap $? "they are not there"
hidden=$(reg 2 7)
t 0 "start" start c
t 0 "it ran" wait c --timeout 60
is "the guest saw what vmctl said" "$hidden" "$(result 0)"
is "setting CR4.FSGSBASE is #GP" 269 "$(result 3)"
is "TSC_AUX is no MSR" 269 "$(result 4)"
t 0 "show --config" show --config c
says "the VM carries it" '"features": "-fsgsbase,-rdtscp -rdpid, -avx"'
says "and the bits" '"ebx": "0x80"'
cp "$out" "$work/again.json"
t 0 "another boot" restart c
t 0 "it ran" wait c --timeout 60
is "nothing has come back" "$hidden" "$(reg 2 7)"
vmctl destroy c
t 0 "a VM from what it carried" create "$work/again.json"
is "has the same" "$hidden" "$(reg 2 7)"
vmctl destroy c
t 0 "the option" create "$work/c.toml" --cpuid -erms
is "beats the key" 0 $(($(reg 2 7) >> 9 & 1))
is "which hides nothing then" $((plain & 1)) $(($(reg 2 7) & 1))
vmctl destroy c

# ---- refused ----
config '[cpuid]
features = "+fsgsbase,+vmx"'
t 9 "what no guest has" create "$work/c.toml"
complains "is said by line, key and name" \
	"c.toml:7: cpuid.features: guests of this host have no vmx (CPUID 0x1, 0)"
config '[cpuid]
[[cpuid.need]]
leaf = 0x12
eax = 3'
t 9 "bits that are not there" create "$work/c.toml"
complains "likewise" "c.toml:7: cpuid.need: guests of this host have no eax bit 0, eax bit 1 (CPUID 0x12"
config '[cpuid]
features = "+avx2 -avx"'
t 9 "hidden and needed" create "$work/c.toml"
complains "is a contradiction" "c.toml:7: .*avx2 is insisted on, and hidden"
config '[cpuid]
features = "-x2apik"'
t 9 "a name that is none" create "$work/c.toml"
complains "with the nearest" 'no feature "x2apik" is known (did you mean "x2apic"?)'
wanted="no VM"
[ -z "$(vmctl list -H)" ]
tap $? "nothing is left behind"

# ---- what the start state stands on ----
config 'mode = "long64"
[cpuid]
features = "-lm"'
t 9 "64-bit mode, and none" create "$work/c.toml"
complains "is refused with a reason" "c.toml:8: cpuid.features hides lm, without which there is no boot.mode"
config '[cpuid]
features = "-hle,+sse2"'
t 0 "config convert" config convert "$work/c.toml"
says "keeps it" '^features = "-hle,+sse2"'
t 0 "config generate" config generate -m 1M --cpuid -avx
says "writes it" '^features = "-avx"'
tap_end
