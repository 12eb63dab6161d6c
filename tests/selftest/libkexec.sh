# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the kexec*.sh tests share: VMs that run while the kernel is replaced,
# and what the next kernel must be able to do. To be sourced, with the
# script's arguments; box-kexec starts the script again with "after".

hello=/usr/share/axvm/examples/hello.toml
failed=0

# check N TEXT COMMAND...: one result.
check()
{
	n=$1 what=$2
	shift 2
	if "$@" >/tmp/check.out 2>&1; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/# /' /tmp/check.out
		failed=1
	fi
}

case $(uname -m) in
x86_64) load=0x8000 ram=0x0 ;;
aarch64) load=0x4008_0000 ram=0x4000_0000 ;;
esac

# A VM on each CPU that never leaves its guest by itself.
vms_start()
{
	for i in $(seq 0 $(($(nproc) - 1))); do
		cat >"/tmp/loop$i.toml" <<-END
			[base]
			id = 1
			name = "loop$i"
			cpu_num = 1
			phys_cpu_sets = [$((1 << i))]
			[kernel]
			entry_point = $load
			kernel_path = "/root/guest/counter.bin"
			kernel_load_addr = $load
			memory_regions = [[$ram, 0x40_0000, 0x7, 0]]
		END
		vmctl create -n "loop$i" "/tmp/loop$i.toml" &&
			vmctl start "loop$i" || return 1
	done
}

vms_run()
{
	for i in $(seq 0 $(($(nproc) - 1))); do
		vmctl show "loop$i" | grep -i running || return 1
	done
}

no_vms()
{
	test "$(vmctl list --json | tr -d ' \n')" = '[]'
}

# The end of the script in the kernel that came up.
if [ "${1:-}" = after ]; then
	check 3 "the next kernel runs guests" vmctl run --timeout 60 $hello
	check 4 "the VMs did not come along" no_vms
	check 5 "the module leaves" rmmod axvm
	echo
	echo "@@axvm-test end ${0##*/} $failed"
	exit $failed
fi

echo "KTAP version 1"
echo "1..5"
check 1 "a VM is started on each CPU" vms_start
check 2 "they run" vms_run
