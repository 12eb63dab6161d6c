#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Start states that vmctl makes: a few bytes of code in each, and what the
# registers say afterwards.

. "$(dirname "$0")/libvmctl.sh"

# guest NAME ENTRY MODE MEMORY: a configuration for $work/code.bin.
guest()
{
	cat >"$work/$1.toml" <<-END
		[base]
		name = "$1"
		[kernel]
		entry_point = $2
		kernel_path = "code.bin"
		kernel_load_addr = $2
		memory_regions = [$4]
		$3
	END
	t 0 "create $1" create "$work/$1.toml"
	t 0 "start" start "$1"
	t 0 "it halts" wait "$1" --exit halt --timeout 5
	t 0 "registers" regs "$1" --json
}

if [ "$is_x86" ]; then
	# mov $'A', %al; mov $0x3f8, %dx; out %al, (%dx); hlt
	printf '\260\101\272\370\003\356\364' >"$work/code.bin"
	guest low 0x1234 '' '[0, 0x10_0000]'
	says "real mode below 1 MiB" '"mode": "real"'
	says "ip" '"rip": "0x123b"'
	t 0 "console" console --dump low
	says "printed in 16-bit mode" "^A"
	guest high 0x1_2345 '' '[0, 0x10_0000]'
	says "cs:ip: ip" '"rip": "0x234c"'
	grep -A 1 '"cs"' "$out" >"$work/cs"
	mv "$work/cs" "$out"
	says "cs" '"selector": "0x1000"'

	# mov $0x12345678, %eax; hlt
	printf '\270\170\126\064\022\364' >"$work/code.bin"
	guest flat 0x20_0000 '' '[0, 0x40_0000]'
	says "32-bit above 1 MiB" '"mode": "protected"'
	says "eax" '"rax": "0x12345678"'
	says "eip" '"rip": "0x200006"'
	guest low32 0x1000 'start_mode = "protected32"' '[0, 0x10_0000]'
	says "32-bit below 1 MiB" '"mode": "protected"'
	says "eax" '"rax": "0x12345678"'

	# movabs $0x1122334455667788, %rax; mov 0x3ff000, %bl; hlt
	printf '\110\270\210\167\146\125\104\063\042\021\212\034\045\000\360\077\000\364' \
		>"$work/code.bin"
	guest long 0x20_0000 'start_mode = "long64"' '[0, 0x40_0000]'
	says "64-bit" '"mode": "64-bit"'
	says "rax" '"rax": "0x1122334455667788"'
	says "page tables at the end of memory" '"cr3": "0x3fa000"'
	cat >"$work/tables.toml" <<-END
		[base]
		name = "tables"
		[kernel]
		entry_point = 0x20_0000
		kernel_path = "code.bin"
		kernel_load_addr = 0x20_0000
		start_mode = "long64"
		page_table_addr = 0x50_0000
		memory_regions = [[0, 0x40_0000]]
	END
	t 9 "page tables outside of memory" create "$work/tables.toml"
	complains "is said" "page_table_addr"

	# At the reset vector: hlt
	printf '\364' >"$work/code.bin"
	guest reset 0xffff_fff0 'start_mode = "reset"' '[0, 0x1000], [0xffff_0000, 0x1_0000]'
	says "the reset vector" '"rip": "0xfff1"'
	says "its segment" '"base": "0xffff0000"'
else
	# ldr w4, [x0]; movz x1, #0x1234; mrs x2, CurrentEL; mrs x3, DAIF; wfi
	printf '\004\000\100\271\201\106\202\322\102\102\070\325\043\102\073\325\177\040\003\325' \
		>"$work/code.bin"
	guest el1 0x4000_0000 'dtb_load_addr = 0x4010_0000' '[0x4000_0000, 0x20_0000]'
	says "x0: the device tree" '"x0": "0x40100000"'
	says "which is there" '"x4": "0xedfe0dd0"'
	says "x1" '"x1": "0x1234"'
	says "EL1" '"x2": "0x4"'
	says "interrupts masked" '"x3": "0x3c0"'
fi
tap_end
