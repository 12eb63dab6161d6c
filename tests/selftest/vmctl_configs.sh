#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl config: check, show, convert, generate; and VMs from our own form, as
# TOML and as JSON.

. "$(dirname "$0")/libvmctl.sh"

if [ "$is_x86" ]; then arch=x86 other=arm64; else arch=arm64 other=x86; fi

t 2 "config without a verb" config
t 2 "config chekc" config chekc x
complains "the near one is named" "did you mean check"
t 2 "config check without a file" config check
t 2 "config generate with one" config generate x
t 2 "--arch of another kind" config generate --arch riscv64

# Our own form makes a VM.
printf 'x' >"$work/x.bin"
cat >"$work/own.toml" <<END
version = 1
arch = "$arch"
name = "own"
cpus = 2
affinity = ["0", "0-1"]
memory = "16M"
[boot]
kernel = "x.bin"
kernel_at = $load
END
t 0 "check of our form" config check "$work/own.toml"
says "it is good" "own.toml: good ($arch)"
t 0 "check --json" config check --json "$work/own.toml"
is_json "is JSON"
says "ok" '"ok": true'
t 0 "create from it" create "$work/own.toml"
t 0 "show" show --json own
says "the memory" '"memory": 16777216'
says "the CPUs of the second vCPU" '"affinity": "0-1"'
t 0 "mem read" mem read own "$load" 1
says "the image" " 78  *|x|"
t 0 "show --config" show --config own
is_json "is JSON"
says "in our form" '"cpus": 2'
cp "$out" "$work/carried.json"
t 0 "reset brings it back" reset own
t 0 "destroy" destroy own

# What a VM carries is a configuration itself.
t 0 "create from what another carried" create -n again "$work/carried.json"
t 0 "mem read" mem read again "$load" 1
says "the image" " 78  *|x|"
t 0 "destroy" destroy again

# Forms into one another.
f=$(toml ax x.bin)
t 0 "convert of AxVisor's form" config convert "$f"
says "paths stay relative" '^kernel = "x.bin"$'
cp "$out" "$work/converted.toml"
t 0 "show of the converted file" config show --json "$work/converted.toml"
cp "$out" "$work/one.json"
t 0 "show of the original" config show --json "$f"
wanted="the same"
cmp -s "$out" "$work/one.json"
tap $? "they mean the same"
t 0 "check of the converted file" config check "$work/converted.toml"
t 0 "show gives absolute paths" config show "$f"
says "the kernel's" "^kernel = \"$work/x.bin\"$"
t 0 "generate" config generate -n gen -m 16M --kernel "$work/x.bin"
says "what was given" '^memory = "16M"'
says "and what was not" '^# \[\[device\]\]'
cp "$out" "$work/gen.toml"
printf '[boot]\nkernel = "x.bin"\nkernel_at = %s\n' "$load" >>"$work/plain.toml"
t 9 "check tells of memory" config check "$work/plain.toml"
t 0 "options count too" config check -m 16M "$work/plain.toml"

# Mistakes.
cat >"$work/bad.toml" <<END
arch = "$other"
mmeory = "1M"
memory = "16M"
[boot]
kernel = "missing.bin"
kernel_at = $load
[[device]]
type = "virtio-blk"
END
t 9 "create of another architecture's" create -n bad "$work/bad.toml"
complains "says whose" "bad.toml:1: the guest is for $other, and this host runs $arch"
t 9 "check --arch" config check --arch $arch "$work/bad.toml"
complains "unknown key" "bad.toml:2: unknown key mmeory.*did you mean memory"
complains "missing image" "bad.toml:5: .*missing.bin: no such file"
complains "device" "bad.toml:7: device virtio-blk is understood.*not serve"
t 9 "check --json tells the same" config check --json "$work/bad.toml" "$work/own.toml"
is_json "is JSON"
says "level" '"level": "warning"'
says "line" '"line": 5'
says "of the other file" '"ok": true'
printf '{\n"name": 1,\n"memory": "1M" }\n' >"$work/bad.json"
t 9 "JSON has lines too" config check "$work/bad.json"
complains "line" "bad.json:2: name must be a string"
t 9 "no such file" config show "$work/none.toml"
tap_end
