// SPDX-License-Identifier: GPL-2.0
/*
 * Where every field of the uapi stands.  All but the last test is done by the
 * compiler; a line that has to change here is a change of the ABI.
 */
#include <check.h>
#include <stddef.h>
#include <stdlib.h>

#include "uapi/axvm.h"
#include "uapi/axvm_arm64.h"
#include "uapi/axvm_x86.h"

#define SIZE(s, bytes)                                                         \
	_Static_assert(sizeof(struct s) == (bytes), "size of struct " #s)
#define AT(s, field, bytes)                                                    \
	_Static_assert(offsetof(struct s, field) == (bytes),                   \
		       "offset of " #s "." #field)

/* clang-format off */

SIZE(axvm_info, 304);
AT(axvm_info, size, 0);
AT(axvm_info, flags, 4);
AT(axvm_info, abi, 8);
AT(axvm_info, backend, 12);
AT(axvm_info, why, 16);
AT(axvm_info, max_vcpus, 20);
AT(axvm_info, caps, 24);
AT(axvm_info, block_sizes, 32);
AT(axvm_info, gpa_bits, 40);
AT(axvm_info, nr_vms, 44);
AT(axvm_info, cpus_taken, 48);
AT(axvm_info, cpus_online, 52);
AT(axvm_info, max_vms, 56);
AT(axvm_info, max_vms_uid, 60);
AT(axvm_info, max_mem_uid, 64);
AT(axvm_info, boot_symbol, 72);
AT(axvm_info, nr_stats, 76);
AT(axvm_info, version, 80);
AT(axvm_info, why_text, 112);

SIZE(axvm_vm_create, 112);
AT(axvm_vm_create, size, 0);
AT(axvm_vm_create, flags, 4);
AT(axvm_vm_create, name, 8);
AT(axvm_vm_create, policy, 72);
AT(axvm_vm_create, mode, 76);
AT(axvm_vm_create, fd, 80);
AT(axvm_vm_create, why, 84);
AT(axvm_vm_create, id, 88);
AT(axvm_vm_create, reserved, 96);

SIZE(axvm_vm_ref, 88);
AT(axvm_vm_ref, size, 0);
AT(axvm_vm_ref, flags, 4);
AT(axvm_vm_ref, id, 8);
AT(axvm_vm_ref, name, 16);
AT(axvm_vm_ref, fd, 80);
AT(axvm_vm_ref, pad, 84);

SIZE(axvm_vm_info, 168);
AT(axvm_vm_info, size, 0);
AT(axvm_vm_info, flags, 4);
AT(axvm_vm_info, id, 8);
AT(axvm_vm_info, name, 16);
AT(axvm_vm_info, state, 80);
AT(axvm_vm_info, stop_reason, 84);
AT(axvm_vm_info, uid, 88);
AT(axvm_vm_info, gid, 92);
AT(axvm_vm_info, mode, 96);
AT(axvm_vm_info, policy, 100);
AT(axvm_vm_info, nr_vcpus, 104);
AT(axvm_vm_info, nr_regions, 108);
AT(axvm_vm_info, nr_views, 112);
AT(axvm_vm_info, pad, 116);
AT(axvm_vm_info, mem_bytes, 120);
AT(axvm_vm_info, mem_resident, 128);
AT(axvm_vm_info, created_ns, 136);
AT(axvm_vm_info, started_ns, 144);
AT(axvm_vm_info, exits, 152);
AT(axvm_vm_info, stop_detail, 160);

SIZE(axvm_list, 40);
AT(axvm_list, size, 0);
AT(axvm_list, flags, 4);
AT(axvm_list, after, 8);
AT(axvm_list, entries, 16);
AT(axvm_list, entry_size, 24);
AT(axvm_list, capacity, 28);
AT(axvm_list, count, 32);
AT(axvm_list, pad, 36);

SIZE(axvm_vm_set, 16);
AT(axvm_vm_set, size, 0);
AT(axvm_vm_set, flags, 4);
AT(axvm_vm_set, policy, 8);
AT(axvm_vm_set, mode, 12);

SIZE(axvm_vm_op, 16);
AT(axvm_vm_op, size, 0);
AT(axvm_vm_op, flags, 4);
AT(axvm_vm_op, timeout_ns, 8);

SIZE(axvm_vm_wait, 56);
AT(axvm_vm_wait, size, 0);
AT(axvm_vm_wait, flags, 4);
AT(axvm_vm_wait, timeout_ns, 8);
AT(axvm_vm_wait, states, 16);
AT(axvm_vm_wait, pad, 20);
AT(axvm_vm_wait, reasons, 24);
AT(axvm_vm_wait, state, 32);
AT(axvm_vm_wait, stop_reason, 36);
AT(axvm_vm_wait, reason, 40);
AT(axvm_vm_wait, vcpu, 44);
AT(axvm_vm_wait, stop_detail, 48);

SIZE(axvm_blob, 24);
AT(axvm_blob, size, 0);
AT(axvm_blob, flags, 4);
AT(axvm_blob, buf, 8);
AT(axvm_blob, len, 16);

SIZE(axvm_mem, 48);
AT(axvm_mem, size, 0);
AT(axvm_mem, flags, 4);
AT(axvm_mem, gpa, 8);
AT(axvm_mem, len, 16);
AT(axvm_mem, source, 24);
AT(axvm_mem, kind, 32);
AT(axvm_mem, pad, 36);
AT(axvm_mem, resident, 40);

SIZE(axvm_mem_rw, 40);
AT(axvm_mem_rw, size, 0);
AT(axvm_mem_rw, flags, 4);
AT(axvm_mem_rw, addr, 8);
AT(axvm_mem_rw, buf, 16);
AT(axvm_mem_rw, len, 24);
AT(axvm_mem_rw, vcpu, 32);
AT(axvm_mem_rw, pad, 36);

SIZE(axvm_exit, 128);
AT(axvm_exit, seq, 0);
AT(axvm_exit, time_ns, 8);
AT(axvm_exit, reason, 16);
AT(axvm_exit, flags, 20);
AT(axvm_exit, vcpu, 24);
AT(axvm_exit, hw_reason, 28);
AT(axvm_exit, pc, 32);
AT(axvm_exit, gpa, 40);
AT(axvm_exit, gva, 48);
AT(axvm_exit, qual, 56);
AT(axvm_exit, io, 64);
AT(axvm_exit, io.data, 64);
AT(axvm_exit, io.count, 72);
AT(axvm_exit, io.port, 76);
AT(axvm_exit, io.bytes, 78);
AT(axvm_exit, io.string, 79);
AT(axvm_exit, mmio, 64);
AT(axvm_exit, mmio.data, 64);
AT(axvm_exit, mmio.bytes, 72);
AT(axvm_exit, mmio.reg_bytes, 73);
AT(axvm_exit, mmio.sign_extend, 74);
AT(axvm_exit, mmio.reg, 75);
AT(axvm_exit, hypercall, 64);
AT(axvm_exit, hypercall.nr, 64);
AT(axvm_exit, hypercall.args, 72);
AT(axvm_exit, hypercall.level, 120);
AT(axvm_exit, hypercall.pad, 124);
AT(axvm_exit, sysreg, 64);
AT(axvm_exit, sysreg.id, 64);
AT(axvm_exit, sysreg.value, 72);
AT(axvm_exit, sysreg.reg, 80);
AT(axvm_exit, fail, 64);
AT(axvm_exit, fail.hw_reason, 64);
AT(axvm_exit, fail.insn_error, 72);
AT(axvm_exit, fail.info, 80);
AT(axvm_exit, cpu, 64);
AT(axvm_exit, cpu.target, 64);
AT(axvm_exit, cpu.entry, 72);
AT(axvm_exit, cpu.arg, 80);
AT(axvm_exit, irq, 64);
AT(axvm_exit, irq.vector, 64);
AT(axvm_exit, irq.info, 72);
AT(axvm_exit, debug, 64);
AT(axvm_exit, debug.what, 64);
AT(axvm_exit, debug.pad, 68);
AT(axvm_exit, raw, 64);
AT(axvm_exit, answer, 64);
AT(axvm_exit, answer.pad, 64);
AT(axvm_exit, answer.pad1, 120);
AT(axvm_exit, answer.ns, 124);

SIZE(axvm_ring, 256);
AT(axvm_ring, magic, 0);
AT(axvm_ring, slots, 4);
AT(axvm_ring, produced, 8);
AT(axvm_ring, dropped, 16);
AT(axvm_ring, parked_seq, 24);
AT(axvm_ring, pad0, 32);
AT(axvm_ring, consumed, 64);
AT(axvm_ring, pad1, 72);
AT(axvm_ring, parked, 128);

SIZE(axvm_flight, 16);
AT(axvm_flight, magic, 0);
AT(axvm_flight, slots, 4);
AT(axvm_flight, produced, 8);

SIZE(axvm_io, 48);
AT(axvm_io, size, 0);
AT(axvm_io, flags, 4);
AT(axvm_io, space, 8);
AT(axvm_io, policy, 12);
AT(axvm_io, base, 16);
AT(axvm_io, len, 24);
AT(axvm_io, datamatch, 32);
AT(axvm_io, fd, 40);
AT(axvm_io, pad, 44);

SIZE(axvm_irq, 24);
AT(axvm_irq, size, 0);
AT(axvm_irq, flags, 4);
AT(axvm_irq, vcpus, 8);
AT(axvm_irq, irq, 16);
AT(axvm_irq, level, 20);

SIZE(axvm_vcpu_create, 24);
AT(axvm_vcpu_create, size, 0);
AT(axvm_vcpu_create, flags, 4);
AT(axvm_vcpu_create, index, 8);
AT(axvm_vcpu_create, fd, 12);
AT(axvm_vcpu_create, hw_id, 16);

SIZE(axvm_vcpu_info, 192);
AT(axvm_vcpu_info, size, 0);
AT(axvm_vcpu_info, flags, 4);
AT(axvm_vcpu_info, state, 8);
AT(axvm_vcpu_info, wait, 12);
AT(axvm_vcpu_info, index, 16);
AT(axvm_vcpu_info, sync, 20);
AT(axvm_vcpu_info, hw_id, 24);
AT(axvm_vcpu_info, tid, 32);
AT(axvm_vcpu_info, cpu, 36);
AT(axvm_vcpu_info, last_exit, 40);
AT(axvm_vcpu_info, claimed, 44);
AT(axvm_vcpu_info, exits, 48);
AT(axvm_vcpu_info, run_ns, 56);
AT(axvm_vcpu_info, affinity, 64);

SIZE(axvm_vcpu_affinity, 136);
AT(axvm_vcpu_affinity, size, 0);
AT(axvm_vcpu_affinity, flags, 4);
AT(axvm_vcpu_affinity, mask, 8);

SIZE(axvm_regs, 24);
AT(axvm_regs, size, 0);
AT(axvm_regs, flags, 4);
AT(axvm_regs, block, 8);
AT(axvm_regs, len, 12);
AT(axvm_regs, buf, 16);

SIZE(axvm_reg, 16);
AT(axvm_reg, id, 0);
AT(axvm_reg, value, 8);

SIZE(axvm_reg_list, 24);
AT(axvm_reg_list, size, 0);
AT(axvm_reg_list, flags, 4);
AT(axvm_reg_list, regs, 8);
AT(axvm_reg_list, count, 16);
AT(axvm_reg_list, pad, 20);

SIZE(axvm_vcpu_claim, 16);
AT(axvm_vcpu_claim, size, 0);
AT(axvm_vcpu_claim, flags, 4);
AT(axvm_vcpu_claim, eventfd, 8);
AT(axvm_vcpu_claim, pad, 12);

SIZE(axvm_vcpu_complete, 24);
AT(axvm_vcpu_complete, size, 0);
AT(axvm_vcpu_complete, flags, 4);
AT(axvm_vcpu_complete, seq, 8);
AT(axvm_vcpu_complete, data, 16);

SIZE(axvm_vcpu_run, 144);
AT(axvm_vcpu_run, size, 0);
AT(axvm_vcpu_run, flags, 4);
AT(axvm_vcpu_run, answer, 8);
AT(axvm_vcpu_run, exit, 16);

SIZE(axvm_control, 32);
AT(axvm_control, size, 0);
AT(axvm_control, flags, 4);
AT(axvm_control, kind, 8);
AT(axvm_control, count, 12);
AT(axvm_control, fields, 16);
AT(axvm_control, pad, 24);

SIZE(axvm_debug_point, 16);
AT(axvm_debug_point, addr, 0);
AT(axvm_debug_point, kind, 8);
AT(axvm_debug_point, len, 12);

SIZE(axvm_vcpu_debug, 280);
AT(axvm_vcpu_debug, size, 0);
AT(axvm_vcpu_debug, flags, 4);
AT(axvm_vcpu_debug, nr_exec, 8);
AT(axvm_vcpu_debug, nr_data, 12);
AT(axvm_vcpu_debug, nr_points, 16);
AT(axvm_vcpu_debug, pad, 20);
AT(axvm_vcpu_debug, points, 24);

SIZE(axvm_translate, 40);
AT(axvm_translate, size, 0);
AT(axvm_translate, flags, 4);
AT(axvm_translate, gva, 8);
AT(axvm_translate, gpa, 16);
AT(axvm_translate, prot, 24);
AT(axvm_translate, levels, 28);
AT(axvm_translate, page_size, 32);

SIZE(axvm_stats, 24);
AT(axvm_stats, size, 0);
AT(axvm_stats, flags, 4);
AT(axvm_stats, vcpu, 8);
AT(axvm_stats, count, 12);
AT(axvm_stats, values, 16);

SIZE(axvm_profile_row, 288);
AT(axvm_profile_row, hw_reason, 0);
AT(axvm_profile_row, pad, 4);
AT(axvm_profile_row, count, 8);
AT(axvm_profile_row, ns, 16);
AT(axvm_profile_row, max_ns, 24);
AT(axvm_profile_row, bucket, 32);

SIZE(axvm_profile, 32);
AT(axvm_profile, size, 0);
AT(axvm_profile, flags, 4);
AT(axvm_profile, vcpu, 8);
AT(axvm_profile, count, 12);
AT(axvm_profile, rows, 16);
AT(axvm_profile, on, 24);
AT(axvm_profile, pad, 28);

SIZE(axvm_console, 16);
AT(axvm_console, size, 0);
AT(axvm_console, flags, 4);
AT(axvm_console, fd, 8);
AT(axvm_console, pad, 12);

SIZE(axvm_x86_regs, 144);
AT(axvm_x86_regs, gpr, 0);
AT(axvm_x86_regs, rip, 128);
AT(axvm_x86_regs, rflags, 136);

SIZE(axvm_x86_segment, 24);
AT(axvm_x86_segment, base, 0);
AT(axvm_x86_segment, limit, 8);
AT(axvm_x86_segment, selector, 12);
AT(axvm_x86_segment, pad, 14);
AT(axvm_x86_segment, access, 16);
AT(axvm_x86_segment, pad2, 20);

SIZE(axvm_x86_dtable, 16);
AT(axvm_x86_dtable, base, 0);
AT(axvm_x86_dtable, limit, 8);
AT(axvm_x86_dtable, pad, 10);

SIZE(axvm_x86_sregs, 360);
AT(axvm_x86_sregs, seg, 0);
AT(axvm_x86_sregs, gdt, 192);
AT(axvm_x86_sregs, idt, 208);
AT(axvm_x86_sregs, cr0, 224);
AT(axvm_x86_sregs, cr2, 232);
AT(axvm_x86_sregs, cr3, 240);
AT(axvm_x86_sregs, cr4, 248);
AT(axvm_x86_sregs, cr8, 256);
AT(axvm_x86_sregs, efer, 264);
AT(axvm_x86_sregs, apic_base, 272);
AT(axvm_x86_sregs, xcr0, 280);
AT(axvm_x86_sregs, dr, 288);
AT(axvm_x86_sregs, mode, 352);
AT(axvm_x86_sregs, pad, 356);

SIZE(axvm_x86_fpu, 4096);
AT(axvm_x86_fpu, xsave, 0);

SIZE(axvm_arm64_regs, 296);
AT(axvm_arm64_regs, x, 0);
AT(axvm_arm64_regs, pc, 248);
AT(axvm_arm64_regs, pstate, 256);
AT(axvm_arm64_regs, sp_el0, 264);
AT(axvm_arm64_regs, sp_el1, 272);
AT(axvm_arm64_regs, elr_el1, 280);
AT(axvm_arm64_regs, spsr_el1, 288);

SIZE(axvm_arm64_sysregs, 224);
AT(axvm_arm64_sysregs, sctlr_el1, 0);
AT(axvm_arm64_sysregs, actlr_el1, 8);
AT(axvm_arm64_sysregs, cpacr_el1, 16);
AT(axvm_arm64_sysregs, ttbr0_el1, 24);
AT(axvm_arm64_sysregs, ttbr1_el1, 32);
AT(axvm_arm64_sysregs, tcr_el1, 40);
AT(axvm_arm64_sysregs, esr_el1, 48);
AT(axvm_arm64_sysregs, far_el1, 56);
AT(axvm_arm64_sysregs, afsr0_el1, 64);
AT(axvm_arm64_sysregs, afsr1_el1, 72);
AT(axvm_arm64_sysregs, par_el1, 80);
AT(axvm_arm64_sysregs, mair_el1, 88);
AT(axvm_arm64_sysregs, amair_el1, 96);
AT(axvm_arm64_sysregs, vbar_el1, 104);
AT(axvm_arm64_sysregs, contextidr_el1, 112);
AT(axvm_arm64_sysregs, tpidr_el0, 120);
AT(axvm_arm64_sysregs, tpidrro_el0, 128);
AT(axvm_arm64_sysregs, tpidr_el1, 136);
AT(axvm_arm64_sysregs, mdscr_el1, 144);
AT(axvm_arm64_sysregs, csselr_el1, 152);
AT(axvm_arm64_sysregs, cntkctl_el1, 160);
AT(axvm_arm64_sysregs, cntv_ctl_el0, 168);
AT(axvm_arm64_sysregs, cntv_cval_el0, 176);
AT(axvm_arm64_sysregs, cntp_ctl_el0, 184);
AT(axvm_arm64_sysregs, cntp_cval_el0, 192);
AT(axvm_arm64_sysregs, cntvoff_el2, 200);
AT(axvm_arm64_sysregs, midr_el1, 208);
AT(axvm_arm64_sysregs, mpidr_el1, 216);

SIZE(axvm_arm64_fpsimd, 528);
AT(axvm_arm64_fpsimd, v, 0);
AT(axvm_arm64_fpsimd, fpsr, 512);
AT(axvm_arm64_fpsimd, fpcr, 516);
AT(axvm_arm64_fpsimd, pad, 520);
/* clang-format on */

/* Compilers for 32 and for 64 bits agree on structures without a ragged end. */
START_TEST(no_ragged_ends)
{
	static const size_t sizes[] = {
		sizeof(struct axvm_info),
		sizeof(struct axvm_vm_create),
		sizeof(struct axvm_vm_ref),
		sizeof(struct axvm_vm_info),
		sizeof(struct axvm_list),
		sizeof(struct axvm_vm_set),
		sizeof(struct axvm_vm_op),
		sizeof(struct axvm_vm_wait),
		sizeof(struct axvm_blob),
		sizeof(struct axvm_mem),
		sizeof(struct axvm_mem_rw),
		sizeof(struct axvm_exit),
		sizeof(struct axvm_ring),
		sizeof(struct axvm_flight),
		sizeof(struct axvm_io),
		sizeof(struct axvm_irq),
		sizeof(struct axvm_vcpu_create),
		sizeof(struct axvm_vcpu_info),
		sizeof(struct axvm_vcpu_affinity),
		sizeof(struct axvm_regs),
		sizeof(struct axvm_reg),
		sizeof(struct axvm_reg_list),
		sizeof(struct axvm_vcpu_claim),
		sizeof(struct axvm_vcpu_complete),
		sizeof(struct axvm_vcpu_run),
		sizeof(struct axvm_control),
		sizeof(struct axvm_debug_point),
		sizeof(struct axvm_vcpu_debug),
		sizeof(struct axvm_translate),
		sizeof(struct axvm_stats),
		sizeof(struct axvm_profile_row),
		sizeof(struct axvm_profile),
		sizeof(struct axvm_cpuid),
		sizeof(struct axvm_console),
		sizeof(struct axvm_x86_regs),
		sizeof(struct axvm_x86_segment),
		sizeof(struct axvm_x86_dtable),
		sizeof(struct axvm_x86_sregs),
		sizeof(struct axvm_x86_fpu),
		sizeof(struct axvm_arm64_regs),
		sizeof(struct axvm_arm64_sysregs),
		sizeof(struct axvm_arm64_fpsimd),
	};
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		ck_assert_msg(sizes[i] % 8 == 0, "structure %zu: %zu bytes", i,
			      sizes[i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("uapi_layout");
	TCase *tc = tcase_create("uapi_layout");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, no_ragged_ends);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
