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
# UNIT_LIBS_<test>, UNIT_CFLAGS_<test>: what vmctl's tests need besides.
UNIT_config_test := tools/vmctl/config.c tools/vmctl/config_check.c tools/vmctl/config_flags.c tools/vmctl/config_schema.c tools/vmctl/config_write.c tools/vmctl/diag.c tools/vmctl/dev.c tools/vmctl/err.c tools/vmctl/names.c tools/vmctl/num.c tools/vmctl/toml.cc
UNIT_CFLAGS_config_test := -I$(root)/tools/vmctl
UNIT_LIBS_config_test := -ljson-c -lstdc++
UNIT_num_test := tools/vmctl/num.c tools/vmctl/names.c
UNIT_CFLAGS_num_test := -I$(root)/tools/vmctl
UNIT_doctor_test := tools/vmctl/doctor.c tools/vmctl/names.c tools/vmctl/err.c
UNIT_CFLAGS_doctor_test := -I$(root)/tools/vmctl
UNIT_flight_test := tools/vmctl/flight.c tools/vmctl/exitfmt.c tools/vmctl/names.c tools/vmctl/num.c tools/vmctl/out.c tools/vmctl/dev.c tools/vmctl/err.c module/lib/ring.c
UNIT_CFLAGS_flight_test := -I$(root)/tools/vmctl
UNIT_LIBS_flight_test := -ljson-c -lsmartcols
UNIT_gwalk_test := arch/x86/emul/gwalk.c
UNIT_uart16550_test := arch/x86/emul/uart16550.c
UNIT_insn_zydis_test := arch/x86/emul/insn.c
UNIT_LIBS_insn_zydis_test := -lZydis -lZycore
UNIT_insn_native_test := arch/x86/emul/insn.c arch/x86/emul/insn_exec.c arch/x86/emul/insn_regs.c
UNIT_stage2_test := arch/arm64/emul/stage2.c
UNIT_insn_test := arch/x86/emul/insn.c arch/x86/emul/insn_exec.c arch/x86/emul/insn_regs.c
UNIT_pio_test := arch/x86/emul/pio.c arch/x86/emul/insn_regs.c
UNIT_vmxctl_test := arch/x86/emul/vmxctl.c
UNIT_vmcs_fields_test := arch/x86/emul/vmcs_fields.c
UNIT_esr_test := arch/arm64/emul/esr.c
UNIT_inject_test := arch/arm64/emul/inject.c
UNIT_psci_test := arch/arm64/emul/psci.c
UNIT_smccc_test := arch/arm64/emul/smccc.c arch/arm64/emul/psci.c
UNIT_sysreg_test := arch/arm64/emul/sysreg.c arch/arm64/emul/sysreg_id.c arch/arm64/emul/sysreg_table.c
UNIT_pl011_test := arch/arm64/emul/pl011.c
UNIT_ldst_test := arch/arm64/emul/ldst.c
UNIT_s1walk_test := arch/arm64/emul/s1walk.c
UNIT_ldst_run_test := arch/arm64/emul/ldst_run.c arch/arm64/emul/ldst.c arch/arm64/emul/esr.c
UNIT_vgic_test := arch/arm64/emul/vgic.c arch/arm64/emul/vgic_mmio.c
