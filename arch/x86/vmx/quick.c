// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to devices in the kernel that are done right in the inner loop: a
 * plain MOV in 64-bit mode whose code and page tables were looked at lately.
 * Everything else, and whatever is in doubt, goes the long way (mmio.c), which
 * decodes anything and may sleep.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/msr-index.h>

#include "module/arch.h"
#include "arch/x86/emul/gwalk_quick.h"
#include "arch/x86/emul/insn_quick.h"
#include "arch/x86/emul/vlapic.h"
#include "arch/x86/lapic.h"
#include "arch/x86/vmx/exit.h"
#include "arch/x86/x86.h"

#define ACCESS_L BIT(13)

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
	bool good = false;
	const u8 *page;
	gpa_t gpa;

	if (!axvm_mem_quick_begin(vm))
		return false;
	if (gwalk_quick(s->cr3, s->rip, page_at, vm, &gpa)) {
		page = axvm_mem_quick(vm, gpa);
		good = page && vinsn_quick(q, s->gpr, s->rip,
					   page + offset_in_page(gpa),
					   PAGE_SIZE - offset_in_page(gpa));
	}
	axvm_mem_quick_end(vm);
	return good;
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

	if (offset_in_page(gpa) + q->bytes > PAGE_SIZE)
		return false;
	if (apic)
		return lapic(vcpu, gpa, q, value);
	return axvm_device_access(vcpu, AXVM_BUS_MMIO, gpa, q->bytes, q->write,
				  value);
}

bool vmx_quick_mmio(struct axvm_vcpu *vcpu)
{
	const struct axvm_fault *f = &vcpu->fault;
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u64 value, *gpr = a->state.gpr;
	struct vinsn_quick q;
	bool apic;

	if (!f->gva_final || f->prot & AXVM_MEM_EXEC || a->event.valid)
		return false;
	apic = a->lapic &&
	       (f->gpa & ~(u64)(VLAPIC_PAGE - 1)) == VLAPIC_BASE_RESET;
	if (!apic && !axvm_device_at(vcpu, AXVM_BUS_MMIO, f->gpa))
		return false;
	if (!is_mode(vcpu) || !decode(vcpu, &q))
		return false;
	/* Another processor may have changed it since. */
	if (q.ea != f->gva || q.write != !!(f->prot & AXVM_MEM_WRITE))
		return false;
	value = q.has_imm ? q.imm : gpr[q.reg];
	if (q.bytes == 4)
		value = (u32)value;
	if (!access(vcpu, apic, &q, &value))
		return false;
	if (!q.write) {
		gpr[q.reg] = q.bytes == 4 ? (u32)value : value;
		vx86_dirty(vcpu, q.reg == GPR_RSP ? VX86_RSP : 0);
	}
	a->undecoded.len = 0;
	vx86_advance(vcpu, q.len);
	return true;
}
