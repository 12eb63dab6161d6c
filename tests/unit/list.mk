# SPDX-License-Identifier: GPL-2.0
# Unit tests and the pure sources that each is linked with: one line a test,
#	UNIT_<test> := <root-relative sources>
# tests/unit/<test>.c is the Check program.  Lines sorted by name.
UNIT_vmargs_test := module/lib/vmargs.c
UNIT_bus_test := module/lib/bus.c
UNIT_ring_test := module/lib/ring.c
# UNIT_SAN_<test> replaces the default -fsanitize= list of that test.
UNIT_ring_tsan_test := module/lib/ring.c
UNIT_SAN_ring_tsan_test := thread
UNIT_args_test := module/lib/args.c
UNIT_imap_test := module/lib/imap.c
UNIT_npt_test := arch/x86/emul/npt.c arch/x86/emul/npt_format.c
UNIT_msr_test := arch/x86/emul/msr.c
UNIT_cpuid_test := arch/x86/emul/cpuid.c
