// SPDX-License-Identifier: GPL-2.0
/*
 * What stands in a VMCS: controls and host state, which are written once (a
 * vCPU, a CPU), and the guest's state, which moves between here and struct
 * vx86_state in parts.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <asm/cpufeature.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>

#include "arch/x86/hw.h"
#include "arch/x86/vmx/host.h"
#include "arch/x86/x86.h"

void *vmx_vmcs_alloc(void)
{
	u32 *vmcs = (u32 *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

	if (vmcs)
		*vmcs = FIELD_GET(VMXCTL_BASIC_REVISION, vmx_caps.basic);
	return vmcs;
}

void vmx_vmcs_free(void *vmcs)
{
	free_page((unsigned long)vmcs);
}

static const char *const insn_names[] = {
	[VMX_INSN_VMREAD] = "VMREAD", [VMX_INSN_VMWRITE] = "VMWRITE",
	[VMX_INSN_VMCLEAR] = "VMCLEAR", [VMX_INSN_VMPTRLD] = "VMPTRLD",
	[VMX_INSN_INVEPT] = "INVEPT", [VMX_INSN_INVVPID] = "INVVPID",
};

/* Ours to get right: no guest can make these fail. */
noinline void vmx_insn_failed(enum vmx_insn insn, u64 operand)
{
	u64 error = 0;

	vmx_vmread_any(VMCS_VM_INSN_ERROR, &error);
	pr_err_ratelimited("axvm: %s 0x%llx failed: %s (%llu)\n",
			   insn_names[insn], operand,
			   vmx_insn_error_text(error), error);
}

/* ---- controls ------------------------------------------------------------- */

/*
 * #MC is the host's.  #DB and #AC exit because a guest could make the
 * processor raise them without end.
 */
#define EXCEPTIONS (BIT(18) | BIT(1) | BIT(17))

void vmx_vmcs_setup(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	const u32 *ctl = vmx_caps.ctl;

	vmx_apicv_setup(vcpu);
	vmcs_write32(VMCS_EXIT_CONTROLS, ctl[VMXCTL_EXIT]);
	vmcs_write32(VMCS_ENTRY_CONTROLS, ctl[VMXCTL_ENTRY]);
	vcpu->arch.debug.changed = true; /* the exception bitmap */
	vmcs_write32(VMCS_PF_ERROR_CODE_MASK, 0);
	vmcs_write32(VMCS_PF_ERROR_CODE_MATCH, 0);
	vmcs_write32(VMCS_CR3_TARGET_COUNT, 0);
	vmcs_write32(VMCS_EXIT_MSR_STORE_COUNT, 0);
	vmcs_write32(VMCS_EXIT_MSR_LOAD_COUNT, 0);
	vmcs_write32(VMCS_ENTRY_MSR_LOAD_COUNT, 0);
	vmcs_write32(VMCS_ENTRY_INTR_INFO, 0);
	vmcs_write64(VMCS_EPT_POINTER, vcpu->vm->arch.npt_root);
	if (vmx->vpid)
		vmcs_write16(VMCS_VPID, vmx->vpid);
	if (vmx_has(VMX_PROC2_XSAVES))
		vmcs_write64(VMCS_XSS_EXITING_BITMAP, ~0ull);
	vmcs_write64(VMCS_VMCS_LINK_POINTER, ~0ull);
	vmcs_write64(VMCS_GUEST_DEBUGCTL, 0);
	vmcs_write32(VMCS_GUEST_ACTIVITY, 0);
	vmcs_write(VMCS_GUEST_PENDING_DEBUG, 0);
	vmcs_write(VMCS_CR0_MASK, vcpu->arch.cr0_owned);
}

/* Somebody outside watches for other things than before. */
void vmx_debug_controls(struct axvm_vcpu *vcpu)
{
	struct vx86_debug *d = &vcpu->arch.debug;

	d->changed = false;
	vmcs_write32(VMCS_EXCEPTION_BITMAP,
		     EXCEPTIONS | (d->insns ? BIT(VX86_BP) : 0));
	vmx_proc_set(vcpu, VMX_PROC_MTF, d->step ? VMX_PROC_MTF : 0);
	/* What a step holds back, or what it held back so far. */
	if (vcpu->arch.lapic)
		set_bit(VX86_PENDING_IRQ, &vcpu->arch.pending);
}

extern const char vmx_exit_point[]; /* enter.S */

void vmx_vmcs_host(struct axvm_vcpu *vcpu)
{
	const struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;

	vmcs_write16(VMCS_HOST_CS_SELECTOR, __KERNEL_CS);
	vmcs_write16(VMCS_HOST_SS_SELECTOR, __KERNEL_DS);
	vmcs_write16(VMCS_HOST_DS_SELECTOR, 0);
	vmcs_write16(VMCS_HOST_ES_SELECTOR, 0);
	vmcs_write16(VMCS_HOST_FS_SELECTOR, 0);
	vmcs_write16(VMCS_HOST_GS_SELECTOR, 0);
	vmcs_write16(VMCS_HOST_TR_SELECTOR, GDT_ENTRY_TSS * 8);
	vmcs_write(VMCS_HOST_CR0, native_read_cr0());
	vmcs_write(VMCS_HOST_TR_BASE, c->tr_base);
	vmcs_write(VMCS_HOST_GDTR_BASE, c->gdt.address);
	vmcs_write(VMCS_HOST_IDTR_BASE, c->idt.address);
	vmcs_write(VMCS_HOST_GS_BASE, c->gs_base);
	vmcs_write32(VMCS_HOST_SYSENTER_CS, c->sysenter_cs);
	vmcs_write(VMCS_HOST_SYSENTER_ESP, c->sysenter_esp);
	vmcs_write(VMCS_HOST_SYSENTER_EIP, c->sysenter_eip);
	vmcs_write64(VMCS_HOST_EFER, vx86_rdmsr(MSR_EFER));
	vmcs_write64(VMCS_HOST_PAT, vx86_rdmsr(MSR_IA32_CR_PAT));
	vmcs_write(VMCS_HOST_RIP, (unsigned long)vmx_exit_point);
	/* Compared before entries; never equal to what a host has. */
	vmx->host_rsp = 0;
	vmx->host_cr3 = ~0ull;
	vmx->host_cr4 = 0;
	vmx->host_fs_base = 0;
	vmcs_write(VMCS_HOST_FS_BASE, 0);
}

void vmx_proc_set(struct axvm_vcpu *vcpu, u32 mask, u32 value)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;
	u32 proc = (vmx->proc & ~mask) | value;

	if (proc == vmx->proc)
		return;
	vmx->proc = proc;
	vmcs_write32(VMCS_PROC_CONTROLS, proc);
}

/* ---- segments --------------------------------------------------------------- */

/* Our order is x86's encoding, then TR, LDTR; the VMCS has LDTR first. */
static unsigned int seg_step(unsigned int n)
{
	static const u8 step[] = { 0, 2, 4, 6, 8, 10, 14, 12 };

	return step[n];
}

static void fetch_segment(struct vx86_segment *s, unsigned int n)
{
	unsigned int at = seg_step(n);

	s->selector = vmx_vmread(VMCS_GUEST_ES_SELECTOR + at);
	s->base = vmx_vmread(VMCS_GUEST_ES_BASE + at);
	s->limit = vmx_vmread(VMCS_GUEST_ES_LIMIT + at);
	s->access = vmx_vmread(VMCS_GUEST_ES_ACCESS + at);
}

static void flush_segment(const struct vx86_segment *s, unsigned int n)
{
	unsigned int at = seg_step(n);

	vmx_vmwrite(VMCS_GUEST_ES_SELECTOR + at, s->selector);
	vmx_vmwrite(VMCS_GUEST_ES_BASE + at, s->base);
	vmx_vmwrite(VMCS_GUEST_ES_LIMIT + at, s->limit);
	vmx_vmwrite(VMCS_GUEST_ES_ACCESS + at, s->access);
}

/* ---- the other parts ---------------------------------------------------------- */

static void fetch_sysenter(struct vx86_state *s)
{
	s->msr.value[VMSR_SYSENTER_CS] = vmcs_read32(VMCS_GUEST_SYSENTER_CS);
	s->msr.value[VMSR_SYSENTER_ESP] = vmcs_read(VMCS_GUEST_SYSENTER_ESP);
	s->msr.value[VMSR_SYSENTER_EIP] = vmcs_read(VMCS_GUEST_SYSENTER_EIP);
}

static void fetch_tables(struct vx86_state *s, u32 mask)
{
	if (mask & VX86_GDT) {
		s->gdt.base = vmcs_read(VMCS_GUEST_GDTR_BASE);
		s->gdt.limit = vmcs_read32(VMCS_GUEST_GDTR_LIMIT);
	}
	if (mask & VX86_IDT) {
		s->idt.base = vmcs_read(VMCS_GUEST_IDTR_BASE);
		s->idt.limit = vmcs_read32(VMCS_GUEST_IDTR_LIMIT);
	}
	if (mask & VX86_PDPTE) {
		s->pdpte[0] = vmcs_read64(VMCS_GUEST_PDPTE0);
		s->pdpte[1] = vmcs_read64(VMCS_GUEST_PDPTE1);
		s->pdpte[2] = vmcs_read64(VMCS_GUEST_PDPTE2);
		s->pdpte[3] = vmcs_read64(VMCS_GUEST_PDPTE3);
	}
}

/* Bits of CR0 and CR4 that exit never change behind our back. */
static void fetch_control(struct axvm_vcpu *vcpu, u32 mask)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;

	if (mask & VX86_CR0)
		s->cr0 = (vmcs_read(VMCS_GUEST_CR0) & ~a->cr0_owned) |
			 (s->cr0 & a->cr0_owned);
	if (mask & VX86_CR3)
		s->cr3 = vmcs_read(VMCS_GUEST_CR3);
	if (mask & VX86_CR4)
		s->cr4 = (vmcs_read(VMCS_GUEST_CR4) & ~a->vmx.cr4_mask) |
			 (s->cr4 & a->vmx.cr4_mask);
	if (mask & VX86_EFER)
		s->msr.value[VMSR_EFER] = vmcs_read64(VMCS_GUEST_EFER);
	if (mask & VX86_DR7)
		s->dr7 = vmcs_read(VMCS_GUEST_DR7);
}

static void fetch_rest(struct axvm_vcpu *vcpu, u32 mask)
{
	struct vx86_state *s = &vcpu->arch.state;
	unsigned int n;

	for (n = 0; mask & VX86_SEGS && n < 8; n++)
		if (mask & VX86_SEG(n))
			fetch_segment(&s->seg[n], n);
	fetch_tables(s, mask);
	fetch_control(vcpu, mask);
	if (mask & VX86_SYSENTER)
		fetch_sysenter(s);
	if (mask & VX86_PAT)
		s->msr.value[VMSR_PAT] = vmcs_read64(VMCS_GUEST_PAT);
	if (mask & VX86_TSC)
		s->tsc_offset = vmcs_read64(VMCS_TSC_OFFSET);
}

void vmx_fetch(struct axvm_vcpu *vcpu, u32 mask)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;

	if (mask & VX86_RIP)
		s->rip = vmcs_read(VMCS_GUEST_RIP);
	if (mask & VX86_RSP)
		s->gpr[GPR_RSP] = vmcs_read(VMCS_GUEST_RSP);
	if (mask & VX86_RFLAGS)
		s->rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	if (mask & VX86_SHADOW)
		s->intr_shadow = vmcs_read32(VMCS_GUEST_INTERRUPTIBILITY);
	mask &= VX86_ALL;
	if (mask & ~(VX86_RIP | VX86_RSP | VX86_RFLAGS | VX86_SHADOW))
		fetch_rest(vcpu, mask);
	a->valid |= mask;
}

/* Guest bits that exit take what VMX operation and the host need. */
static void flush_cr0(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 cr0 = a->state.cr0 & ~a->cr0_owned;

	cr0 |= vmx_caps.cr0_fixed0 & a->cr0_owned;
	vmcs_write(VMCS_GUEST_CR0, cr0 | X86_CR0_ET);
	vmcs_write(VMCS_CR0_SHADOW, a->state.cr0);
}

static void flush_cr4(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 mask = ~a->cr4_allowed | vmx_caps.cr4_fixed0 | X86_CR4_MCE |
		   X86_CR4_VMXE;
	u64 cr4 = a->state.cr4 & ~mask;

	cr4 |= vmx_caps.cr4_fixed0 | (native_read_cr4() & X86_CR4_MCE);
	a->vmx.cr4_mask = mask;
	vmcs_write(VMCS_CR4_MASK, mask);
	vmcs_write(VMCS_GUEST_CR4, cr4);
	vmcs_write(VMCS_CR4_SHADOW, a->state.cr4);
}

/* With unrestricted guest, exits keep the entry control in step with LMA. */
static void flush_efer(struct axvm_vcpu *vcpu)
{
	u64 efer = vcpu->arch.state.msr.value[VMSR_EFER];
	u32 entry = vmx_caps.ctl[VMXCTL_ENTRY];

	if (efer & EFER_LMA)
		entry |= VMX_ENTRY_IA32E;
	vmcs_write64(VMCS_GUEST_EFER, efer);
	vmcs_write32(VMCS_ENTRY_CONTROLS, entry);
	vmx_efer_changed(vcpu);
}

static void flush_control(struct axvm_vcpu *vcpu, u32 mask)
{
	struct vx86_state *s = &vcpu->arch.state;

	if (mask & VX86_CR0)
		flush_cr0(vcpu);
	if (mask & VX86_CR3)
		vmcs_write(VMCS_GUEST_CR3, s->cr3);
	if (mask & VX86_CR4)
		flush_cr4(vcpu);
	if (mask & VX86_EFER)
		flush_efer(vcpu);
	if (mask & VX86_DR7)
		vmcs_write(VMCS_GUEST_DR7,
			   vcpu->arch.debug.on ? vcpu->arch.debug.dr7 : s->dr7);
}

static void flush_tables(struct vx86_state *s, u32 mask)
{
	if (mask & VX86_GDT) {
		vmcs_write(VMCS_GUEST_GDTR_BASE, s->gdt.base);
		vmcs_write32(VMCS_GUEST_GDTR_LIMIT, s->gdt.limit);
	}
	if (mask & VX86_IDT) {
		vmcs_write(VMCS_GUEST_IDTR_BASE, s->idt.base);
		vmcs_write32(VMCS_GUEST_IDTR_LIMIT, s->idt.limit);
	}
	if (mask & VX86_PDPTE) {
		vmcs_write64(VMCS_GUEST_PDPTE0, s->pdpte[0]);
		vmcs_write64(VMCS_GUEST_PDPTE1, s->pdpte[1]);
		vmcs_write64(VMCS_GUEST_PDPTE2, s->pdpte[2]);
		vmcs_write64(VMCS_GUEST_PDPTE3, s->pdpte[3]);
	}
}

static void flush_rest(struct axvm_vcpu *vcpu, u32 mask)
{
	struct vx86_state *s = &vcpu->arch.state;
	unsigned int n;

	for (n = 0; mask & VX86_SEGS && n < 8; n++)
		if (mask & VX86_SEG(n))
			flush_segment(&s->seg[n], n);
	flush_tables(s, mask);
	flush_control(vcpu, mask);
	if (mask & VX86_SYSENTER) {
		vmcs_write32(VMCS_GUEST_SYSENTER_CS,
			     s->msr.value[VMSR_SYSENTER_CS]);
		vmcs_write(VMCS_GUEST_SYSENTER_ESP,
			   s->msr.value[VMSR_SYSENTER_ESP]);
		vmcs_write(VMCS_GUEST_SYSENTER_EIP,
			   s->msr.value[VMSR_SYSENTER_EIP]);
	}
	if (mask & VX86_PAT)
		vmcs_write64(VMCS_GUEST_PAT, s->msr.value[VMSR_PAT]);
	if (mask & VX86_TSC)
		vmcs_write64(VMCS_TSC_OFFSET, s->tsc_offset);
}

/* A vCPU that was reset: what was under way is forgotten. */
static void flush_reset(void)
{
	vmcs_write32(VMCS_ENTRY_INTR_INFO, 0);
	vmcs_write32(VMCS_GUEST_ACTIVITY, 0);
	vmcs_write(VMCS_GUEST_PENDING_DEBUG, 0);
}

/*
 * With a VPID translations survive an entry, and one that loads other control
 * registers than the exit saved does not drop them, as a MOV would.
 */
static void flush_vpid(const struct vmx_vcpu *vmx)
{
	if (vmx->vpid)
		vmx_invvpid(VMX_INVVPID_SINGLE, vmx->vpid);
}

#define PAGING (VX86_CR0 | VX86_CR3 | VX86_CR4 | VX86_EFER | VX86_PDPTE)

void vmx_flush(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct vx86_state *s = &a->state;
	u32 mask = a->dirty;

	a->dirty = 0;
	if (mask & VX86_RIP)
		vmcs_write(VMCS_GUEST_RIP, s->rip);
	if (mask & VX86_RSP)
		vmcs_write(VMCS_GUEST_RSP, s->gpr[GPR_RSP]);
	if (mask & VX86_RFLAGS)
		vmcs_write(VMCS_GUEST_RFLAGS, s->rflags);
	if (mask & VX86_SHADOW)
		vmcs_write32(VMCS_GUEST_INTERRUPTIBILITY, s->intr_shadow);
	if (mask & ~(VX86_RIP | VX86_RSP | VX86_RFLAGS | VX86_SHADOW))
		flush_rest(vcpu, mask);
	if (mask & PAGING)
		flush_vpid(&a->vmx);
	if (mask == VX86_ALL)
		flush_reset();
}
