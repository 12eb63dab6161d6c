// SPDX-License-Identifier: GPL-2.0
/*
 * What of the host VMX leaves behind changed, or does not switch: MSRs of
 * system calls, segment registers of a task, descriptor-table limits, debug
 * registers, the PMU, and barriers against speculation.
 */
#include <linux/cpu.h>
#include <linux/gfp.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/segment.h>
#include <asm/special_insns.h>

#include "module/arch.h"
#include "arch/x86/hw.h"
#include "arch/x86/ksyms.h"
#include "arch/x86/vmx/host.h"
#include "arch/x86/x86.h"

unsigned long vmx_enter_flags __read_mostly;
static bool use_ibpb __read_mostly;
static bool use_l1d_flush __read_mostly; /* by the processor's command */
static bool use_l1d_fill __read_mostly; /* without it */
static const u8 *l1d_pages;
static bool use_pebs __read_mostly;

/*
 * BHI without the hardware's own barrier: the kernel keeps SPEC_CTRL's value
 * for every CPU alike.
 */
static bool need_bhb(void)
{
	u64 spec = 0;

	if (!boot_cpu_has_bug(X86_BUG_BHI))
		return false;
	vx86_rdmsr_safe(MSR_IA32_SPEC_CTRL, &spec);
	return !(spec & SPEC_CTRL_BHI_DIS_S);
}

void vmx_host_probe(void)
{
	bool mitigate = !cpu_mitigations_off();

	vmx_enter_flags = 0;
	use_pebs = boot_cpu_has(X86_FEATURE_PEBS);
	use_ibpb = mitigate && boot_cpu_has(X86_FEATURE_IBPB);
	use_l1d_flush = mitigate && boot_cpu_has_bug(X86_BUG_L1TF) &&
			boot_cpu_has(X86_FEATURE_FLUSH_L1D);
	use_l1d_fill = mitigate && boot_cpu_has_bug(X86_BUG_L1TF) &&
		       !use_l1d_flush;
	if (!mitigate)
		return;
	if (boot_cpu_has(X86_FEATURE_MD_CLEAR) &&
	    (boot_cpu_has_bug(X86_BUG_MDS) || boot_cpu_has_bug(X86_BUG_TAA) ||
	     boot_cpu_has_bug(X86_BUG_MMIO_STALE_DATA) ||
	     boot_cpu_has_bug(X86_BUG_RFDS)))
		vmx_enter_flags |= VMX_ENTER_VERW;
	if (boot_cpu_has(X86_FEATURE_KERNEL_IBRS))
		vmx_enter_flags |= VMX_ENTER_IBRS;
	if (need_bhb())
		vmx_enter_flags |= VMX_ENTER_BHB;
}

int vmx_mitigations(char *buf, size_t size)
{
	return scnprintf(buf, size, "%s%s%s%s%s%s", use_ibpb ? " ibpb" : "",
			 use_l1d_flush ? " l1d-flush" : "",
			 use_l1d_fill ? " l1d-fill" : "",
			 vmx_enter_flags & VMX_ENTER_VERW ? " verw" : "",
			 vmx_enter_flags & VMX_ENTER_IBRS ? " ibrs" : "",
			 vmx_enter_flags & VMX_ENTER_BHB ? " bhb-clear" : "");
}

/* ---- L1 data cache -------------------------------------------------------- */

/* Twice the largest L1 data cache of processors with this bug. */
#define L1D_FILL_ORDER 4
#define L1D_FILL_BYTES (PAGE_SIZE << L1D_FILL_ORDER)
#define L1D_LINE 64

int vmx_l1d_alloc(void)
{
	if (!use_l1d_fill)
		return 0;
	l1d_pages = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO,
					     L1D_FILL_ORDER);
	return l1d_pages ? 0 : -ENOMEM;
}

void vmx_l1d_free(void)
{
	free_pages((unsigned long)l1d_pages, L1D_FILL_ORDER);
	l1d_pages = NULL;
}

/*
 * A processor without the command: what was in the cache is displaced by lines
 * of no interest.  Translations first, or walks for them would bring tables in.
 */
static noinline void l1d_fill(void)
{
	unsigned int i;

	for (i = 0; i < L1D_FILL_BYTES; i += PAGE_SIZE)
		READ_ONCE(l1d_pages[i]);
	rmb();
	for (i = 0; i < L1D_FILL_BYTES; i += L1D_LINE)
		READ_ONCE(l1d_pages[i]);
	rmb();
}

/* ---- branch predictors --------------------------------------------------- */

static void ibpb(void)
{
	vx86_wrmsr(MSR_IA32_PRED_CMD, PRED_CMD_IBPB);
}

/* One VM must not train the predictor for another. */
static void barrier_between_vms(struct vmx_cpu *c, u64 vm)
{
	if (c->last_vm == vm)
		return;
	if (use_ibpb && c->last_vm)
		ibpb();
	c->last_vm = vm;
}

/* Irqs off: no guest has trained this CPU's predictors. */
void vmx_forget_guest(void)
{
	this_cpu_ptr(&vmx_cpu)->last_vm = 0;
	ibpb();
}

/*
 * Nor for other tasks: a switch away from a kernel thread has no barrier of
 * its own.  It is made when the thread is switched out, wherever that is; on
 * kernels that cannot tell, and for the caller of AXVM_VCPU_RUN, who is about
 * to leave the kernel, at once.
 */
static void barrier_to_tasks(struct axvm_vcpu *vcpu)
{
	if (!use_ibpb)
		return;
	if (vcpu->watched)
		vcpu->arch.trained = true;
	else
		vmx_forget_guest();
}

/* ---- MSRs ------------------------------------------------------------------- */

/* VMSR slot, MSR, where the CPU's own value is. */
#define SWITCHED(X)                                                            \
	X(VMSR_STAR, MSR_STAR, star)                                           \
	X(VMSR_LSTAR, MSR_LSTAR, lstar)                                        \
	X(VMSR_CSTAR, MSR_CSTAR, cstar)                                        \
	X(VMSR_FMASK, MSR_SYSCALL_MASK, fmask)

/*
 * Without EFER.SCE there is no SYSCALL, and reading or writing these MSRs
 * exits: the host's may stay.
 */
static bool needs_syscall(const u64 *v)
{
	return v[VMSR_EFER] & EFER_SCE;
}

static void syscall_to_guest(struct axvm_vcpu *vcpu, const struct vmx_cpu *c)
{
	const u64 *v = vcpu->arch.state.msr.value;

#define TO_GUEST(slot, msr, host)                                              \
	if (v[slot] != c->host)                                                \
		vx86_wrmsr(msr, v[slot]);
	SWITCHED(TO_GUEST)
	vcpu->arch.syscall_loaded = true;
}

void vmx_efer_changed(struct axvm_vcpu *vcpu)
{
	if (vcpu->arch.in_stay && !vcpu->arch.syscall_loaded &&
	    needs_syscall(vcpu->arch.state.msr.value))
		syscall_to_guest(vcpu, this_cpu_ptr(&vmx_cpu));
}

static void msrs_to_guest(struct axvm_vcpu *vcpu, const struct vmx_cpu *c)
{
	const u64 *v = vcpu->arch.state.msr.value;

	if (needs_syscall(v))
		syscall_to_guest(vcpu, c);
	if (vmx_has(VMX_PROC2_RDTSCP) && v[VMSR_TSC_AUX] != c->tsc_aux)
		vx86_wrmsr(MSR_TSC_AUX, v[VMSR_TSC_AUX]);
	if (c->xss)
		vx86_wrmsr(MSR_IA32_XSS, 0);
	vcpu->arch.host_kernel_gs = vx86_rdmsr(MSR_KERNEL_GS_BASE);
	if (v[VMSR_KERNEL_GS_BASE] != vcpu->arch.host_kernel_gs)
		vx86_wrmsr(MSR_KERNEL_GS_BASE, v[VMSR_KERNEL_GS_BASE]);
}

/* The guest changes KERNEL_GS_BASE by itself (SWAPGS), the others by exits. */
static void msrs_to_host(struct axvm_vcpu *vcpu, const struct vmx_cpu *c)
{
	u64 *v = vcpu->arch.state.msr.value;

	if (vcpu->arch.syscall_loaded) {
#define TO_HOST(slot, msr, host)                                               \
	if (v[slot] != c->host)                                                \
		vx86_wrmsr(msr, c->host);
		SWITCHED(TO_HOST)
		vcpu->arch.syscall_loaded = false;
	}
	if (vmx_has(VMX_PROC2_RDTSCP) && v[VMSR_TSC_AUX] != c->tsc_aux)
		vx86_wrmsr(MSR_TSC_AUX, c->tsc_aux);
	if (c->xss)
		vx86_wrmsr(MSR_IA32_XSS, c->xss);
	v[VMSR_KERNEL_GS_BASE] = vx86_rdmsr(MSR_KERNEL_GS_BASE);
	if (v[VMSR_KERNEL_GS_BASE] != vcpu->arch.host_kernel_gs)
		vx86_wrmsr(MSR_KERNEL_GS_BASE, vcpu->arch.host_kernel_gs);
}

/* ---- segment registers of the task (AXVM_VCPU_RUN) ---------------------------- */

static void segments_save(struct axvm_vcpu_arch *a)
{
	savesegment(ds, a->host_ds);
	savesegment(es, a->host_es);
	savesegment(fs, a->host_fs);
	savesegment(gs, a->host_gs);
}

/* Exits load null selectors and the FS base; loading FS spoils the base. */
static void segments_restore(struct axvm_vcpu_arch *a)
{
	if (unlikely(a->host_ds | a->host_es)) {
		loadsegment(ds, a->host_ds);
		loadsegment(es, a->host_es);
	}
	if (unlikely(a->host_fs)) {
		loadsegment(fs, a->host_fs);
		vx86_wrmsr(MSR_FS_BASE, a->vmx.host_fs_base);
	}
	if (unlikely(a->host_gs)) {
		load_gs_index(a->host_gs);
		vx86_wrmsr(MSR_KERNEL_GS_BASE, a->host_kernel_gs);
	}
}

/* ---- debug registers ------------------------------------------------------------ */

#define DR7_ENABLED 0xffull

void vmx_debug_load(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	u64 dr7 = a->debug.on ? a->debug.dr7 : a->state.dr7;
	const u64 *dr = a->debug.on ? a->debug.addr : a->state.dr;

	if (a->dr_loaded || !(dr7 & DR7_ENABLED))
		return;
	set_debugreg(dr[0], 0);
	set_debugreg(dr[1], 1);
	set_debugreg(dr[2], 2);
	set_debugreg(dr[3], 3);
	a->dr_loaded = true;
}

/* ---- a stay ------------------------------------------------------------------------ */

void vmx_host_leave(struct axvm_vcpu *vcpu)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 fs_base;

	barrier_between_vms(c, vcpu->vm->id);
	segments_save(a);
	fs_base = vx86_rdmsr(MSR_FS_BASE);
	if (fs_base != a->vmx.host_fs_base) {
		a->vmx.host_fs_base = fs_base;
		vmcs_write(VMCS_HOST_FS_BASE, fs_base);
	}
	msrs_to_guest(vcpu, c);
	if (unlikely((a->debug.on ? a->debug.dr7 : a->state.dr7) & DR7_ENABLED))
		vmx_debug_load(vcpu);
	if (unlikely(a->vmx.spec_on || a->state.msr.value[VMSR_SPEC_CTRL]))
		vmx_spec_load(vcpu);
	a->host_stale = true;
}

static noinline void reload_tss(void)
{
	invalidate_tss_limit();
}

void vmx_host_return(struct axvm_vcpu *vcpu)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	struct axvm_vcpu_arch *a = &vcpu->arch;

	msrs_to_host(vcpu, c);
	if (unlikely(a->vmx.spec_on))
		vmx_spec_save(vcpu);
	segments_restore(a);
	/* Exits leave limits of 0xffff, and 0x67 in TR. */
	native_load_gdt(&c->gdt);
	native_load_idt(&c->idt);
	/* A task with I/O permissions needs it at once, others when they ask. */
	if (unlikely(test_thread_flag(TIF_IO_BITMAP)))
		reload_tss();
	else
		this_cpu_write(__tss_limit_invalid, true);
	a->dr_loaded = false;
	if (hw_breakpoint_active())
		vx86_ksyms.hw_breakpoint_restore();
	barrier_to_tasks(vcpu);
}

/*
 * Interrupts may have switched the address space of a lazy kernel thread,
 * changed CR4, or started a profiler.
 */
void vmx_host_refresh(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 cr3 = __native_read_cr3(), cr4 = native_read_cr4();

	a->host_stale = false;
	if (cr3 != a->vmx.host_cr3) {
		a->vmx.host_cr3 = cr3;
		vmcs_write(VMCS_HOST_CR3, cr3);
	}
	if (cr4 != a->vmx.host_cr4) {
		a->vmx.host_cr4 = cr4;
		vmcs_write(VMCS_HOST_CR4, cr4);
	}
	if (unlikely(a->vmx.spec_on))
		vmx_spec_host(vcpu);
	a->host_debugctl = vx86_rdmsr(MSR_IA32_DEBUGCTLMSR);
	a->host_pebs = 0;
	if (use_pebs)
		a->host_pebs = vx86_rdmsr(MSR_IA32_PEBS_ENABLE);
	/* Its buffer is at a host address, which the guest would translate. */
	if (a->host_pebs)
		vx86_wrmsr(MSR_IA32_PEBS_ENABLE, 0);
	if (use_l1d_flush)
		vx86_wrmsr(MSR_IA32_FLUSH_CMD, L1D_FLUSH);
	if (use_l1d_fill)
		l1d_fill();
}

/* The next entry turns PEBS off again, if anything is to be put back. */
void vmx_host_repair(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (a->host_debugctl)
		vx86_wrmsr(MSR_IA32_DEBUGCTLMSR, a->host_debugctl);
	if (a->host_pebs)
		vx86_wrmsr(MSR_IA32_PEBS_ENABLE, a->host_pebs);
	a->host_stale = true;
}
