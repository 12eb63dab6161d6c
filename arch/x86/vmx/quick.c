// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to devices in the kernel that are done right in the inner loop, and
 * those for userspace that are parked there: a plain MOV in 64-bit mode whose
 * code and page tables were looked at lately.  Everything else, and whatever
 * is in doubt, goes the long way (mmio.c), which decodes anything and may
 * sleep.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/msr-index.h>

#include "module/arch.h"
#include "module/exit_quick.h"
#include "arch/x86/emul/gwalk_quick.h"
#include "arch/x86/emul/insn_quick.h"
#include "arch/x86/emul/vlapic.h"
#include "arch/x86/lapic.h"
#include "arch/x86/vmx/exit.h"
#include "arch/x86/x86.h"

#define ACCESS_L BIT(13)

/* Bytes of code that are looked at: at least those of an instruction. */
#define AT_ONCE 16

static const void *page_at(void *opaque, gpa_t gpa)
{
	return axvm_mem_quick(opaque, gpa);
}

/* Paging of 64-bit mode, with four levels. */
static bool is_mode(struct axvm_vcpu *vcpu)
{
	struct vx86_state *s = &vcpu->arch.state;

	vmx_need(vcpu, VX86_RIP | VX86_RSP | VX86_CR3 | VX86_CR4 | VX86_EFER);
	return s->msr.value[VMSR_EFER] & EFER_LMA &&
	       vmcs_read32(VMCS_GUEST_CS_ACCESS) & ACCESS_L &&
	       !(s->cr4 & X86_CR4_LA57);
}

/* Guest memory stays where it is from _begin() to _end(). */
static bool decode(struct axvm_vcpu *vcpu, struct vinsn_quick *q)
{
	const struct vx86_state *s = &vcpu->arch.state;
	struct axvm_vm *vm = vcpu->vm;
	const u8 *page = NULL;
	u8 bytes[AT_ONCE];
	gpa_t gpa;

	if (!axvm_mem_quick_begin(vm))
		return false;
	if (gwalk_quick(s->cr3, s->rip, page_at, vm, &gpa) &&
	    offset_in_page(gpa) <= PAGE_SIZE - AT_ONCE)
		page = axvm_mem_quick(vm, gpa);
	/* Other processors may be writing there: decode what was read once. */
	if (page)
		memcpy(bytes, page + offset_in_page(gpa), AT_ONCE);
	axvm_mem_quick_end(vm);
	return page && vinsn_quick(q, s->gpr, s->rip, bytes, AT_ONCE);
}

/* Of the xAPIC at its usual address; not what may have to sleep. */
static bool lapic(struct axvm_vcpu *vcpu, gpa_t gpa,
		  const struct vinsn_quick *q, u64 *value)
{
	bool icr = (gpa & (VLAPIC_PAGE - 1)) == VLAPIC_ICR;

	if (q->write && icr && (*value >> 8 & 7) == VAPIC_MODE_SIPI)
		return false;
	return vx86_lapic_mmio(vcpu, gpa, q->bytes, q->write, value);
}

static bool access(struct axvm_vcpu *vcpu, bool apic,
		   const struct vinsn_quick *q, u64 *value)
{
	gpa_t gpa = vcpu->fault.gpa;

	if (apic)
		return lapic(vcpu, gpa, q, value);
	return axvm_device_access(vcpu, AXVM_BUS_MMIO, gpa, q->bytes, q->write,
				  value);
}

/* Parked as mmio.c would, and finished by its complete_mov(). */
static enum axvm_run to_user(struct axvm_vcpu *vcpu,
			     const struct vinsn_quick *q, u64 value)
{
	struct axvm_exit *e = axvm_exit_quick_begin(vcpu);
	struct axvm_vcpu_arch *a = &vcpu->arch;
	const u64 words[8] = {
		q->write ? value : 0,
		q->bytes | q->bytes << 8 |
			(u32)(q->has_imm ? 0xff : q->reg) << 24,
	};

	if (!e)
		return AXVM_RUN_FAULT;
	vmx_fetch_retire(vcpu);
	vx86_exit_begin(vcpu, e,
			q->write ? AXVM_EXIT_MMIO_WRITE : AXVM_EXIT_MMIO_READ,
			words);
	e->gpa = vcpu->fault.gpa;
	e->gva = q->ea;
	a->user_mov = (struct vx86_user_mov){
		.len = q->len,
		.reg = q->reg,
		.bytes = q->bytes,
		.write = q->write,
	};
	vcpu->exit.mmio.bytes = q->bytes;
	return axvm_exit_quick_park(vcpu, e);
}

enum axvm_run vmx_quick_mmio(struct axvm_vcpu *vcpu)
{
	const struct axvm_fault *f = &vcpu->fault;
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 value, *gpr = a->state.gpr;
	struct vinsn_quick q;
	bool apic, there;

	if (!f->gva_final || f->prot & AXVM_MEM_EXEC || a->event.valid)
		return AXVM_RUN_FAULT;
	apic = a->lapic &&
	       (f->gpa & ~(u64)(VLAPIC_PAGE - 1)) == VLAPIC_BASE_RESET;
	there = apic || axvm_device_at(vcpu, AXVM_BUS_MMIO, f->gpa);
	if (!there && !(vcpu->to_user && axvm_vcpu_in_hole(vcpu)))
		return AXVM_RUN_FAULT;
	if (!is_mode(vcpu) || !decode(vcpu, &q))
		return AXVM_RUN_FAULT;
	/* Another processor may have changed it since. */
	if (q.ea != f->gva || q.write != !!(f->prot & AXVM_MEM_WRITE))
		return AXVM_RUN_FAULT;
	if (offset_in_page(f->gpa) + q.bytes > PAGE_SIZE)
		return AXVM_RUN_FAULT;
	value = q.has_imm ? q.imm : gpr[q.reg];
	if (q.bytes == 4)
		value = (u32)value;
	if (!access(vcpu, apic, &q, &value))
		return !there && vcpu->to_user ? to_user(vcpu, &q, value) :
						 AXVM_RUN_FAULT;
	if (!q.write) {
		gpr[q.reg] = q.bytes == 4 ? (u32)value : value;
		vx86_dirty(vcpu, q.reg == GPR_RSP ? VX86_RSP : 0);
	}
	a->undecoded.len = 0;
	vx86_advance(vcpu, q.len);
	return AXVM_RUN_RESUME;
}
