// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory as the guest's instructions see it: by linear address,
 * through the guest's own tables, with the exceptions that a refused access
 * raises.  Process context.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/msr-index.h>

#include "module/arch.h"
#include "arch/x86/x86.h"

static int table_read(void *opaque, gpa_t gpa, unsigned int bytes, u64 *value)
{
	struct axvm_vcpu *vcpu = opaque;
	int err;

	*value = 0;
	err = axvm_mem_read(vcpu->vm, gpa, value, bytes);
	return err == -EPERM ? -ENOENT : err;
}

/*
 * The guest's own walk: where no memory is, all-ones are read.  No device is
 * asked: those that may answer later would have to be waited for.
 */
static int guest_table_read(void *opaque, gpa_t gpa, unsigned int bytes,
			    u64 *value)
{
	int err = table_read(opaque, gpa, bytes, value);

	if (err == -ENOENT)
		*value = ~0ull;
	return err == -ENOENT ? 0 : err;
}

/* In one access: the guest may take the entry away at the same time. */
static int table_update(void *opaque, gpa_t gpa, unsigned int bytes, u64 old,
			u64 new)
{
	struct axvm_vcpu *vcpu = opaque;
	int err;

	err = axvm_mem_cmpxchg(vcpu->vm, gpa, bytes, old, new);
	/* Tables in ROM, or outside of memory, keep their flags. */
	return err == -EPERM || err == -ENOENT ? 0 : err;
}

static void walk_init(struct axvm_vcpu *vcpu, struct gwalk_info *info,
		      u32 flags)
{
	struct vx86_state *s = &vcpu->arch.state;

	vx86_need(vcpu, VX86_WALK);
	/* Only PAE paging keeps them in registers. */
	if (s->cr4 & X86_CR4_PAE && !(s->msr.value[VMSR_EFER] & EFER_LMA))
		vx86_need(vcpu, VX86_PDPTE);
	gwalk_init(info, s->cr0, s->cr3, s->cr4, s->msr.value[VMSR_EFER],
		   vcpu->arch.phys_bits);
	memcpy(info->pdpte, s->pdpte, sizeof(info->pdpte));
	info->implicit = flags & VX86_MEM_SYSTEM;
	info->cpl3 = flags & VX86_MEM_USER || vx86_cpl(vcpu) == 3;
	info->ac = s->rflags & X86_EFLAGS_AC;
	info->write = flags & VX86_MEM_WRITE;
	info->fetch = flags & VX86_MEM_FETCH;
}

int vx86_gva_look_up(struct axvm_vcpu *vcpu, gva_t gva, u32 flags, gpa_t *gpa,
		     u32 *error)
{
	struct gwalk_mem mem = { guest_table_read, table_update, vcpu };
	struct gwalk_result res;
	struct gwalk_info info;
	int err;

	walk_init(vcpu, &info, flags);
	err = gwalk(&info, &mem, gva, &res);
	*gpa = res.gpa;
	*error = res.error_code;
	return err;
}

int vx86_gva_to_gpa(struct axvm_vcpu *vcpu, gva_t gva, u32 flags, gpa_t *gpa)
{
	u32 error;
	int err = vx86_gva_look_up(vcpu, gva, flags, gpa, &error);

	if (err == -EFAULT) {
		vx86_raise_pf(vcpu, gva, error);
		return -EFAULT;
	}
	if (err == -EINVAL) {
		vx86_raise_gp(vcpu);
		return -EFAULT;
	}
	return err;
}

int vx86_gva_rw(struct axvm_vcpu *vcpu, gva_t gva, void *buf, unsigned int len,
		u32 flags, gpa_t *gpa)
{
	int err = vx86_gva_to_gpa(vcpu, gva, flags, gpa);

	if (err)
		return err;
	if (flags & VX86_MEM_WRITE)
		err = axvm_mem_write(vcpu->vm, *gpa, buf, len);
	else
		err = axvm_mem_read(vcpu->vm, *gpa, buf, len);
	return err == -ENOENT || err == -EPERM ? -ENXIO : err;
}

int vx86_fetch(struct axvm_vcpu *vcpu, u8 *bytes, unsigned int len)
{
	struct vx86_state *s = &vcpu->arch.state;
	unsigned int first;
	gva_t at;
	gpa_t gpa;
	int err;

	vx86_need(vcpu, VX86_RIP | VX86_SEG(AXVM_X86_CS));
	at = s->rip;
	if (vx86_mode(vcpu) != AXVM_X86_MODE_64)
		at = (u32)(at + s->seg[AXVM_X86_CS].base);
	first = min_t(u64, len, PAGE_SIZE - offset_in_page(at));
	err = vx86_gva_rw(vcpu, at, bytes, first, VX86_MEM_FETCH, &gpa);
	if (err)
		return err;
	return first;
}

int vx86_load_pdptes(struct axvm_vcpu *vcpu)
{
	struct gwalk_mem mem = { table_read, NULL, vcpu };
	struct vx86_state *s = &vcpu->arch.state;
	int err;

	vx86_need(vcpu, VX86_CR3);
	err = gwalk_load_pdptes(&mem, s->cr3, vcpu->arch.phys_bits, s->pdpte);
	if (!err)
		vx86_dirty(vcpu, VX86_PDPTE);
	return err;
}

/*
 * A move to CR0 or CR4 would load PDPTEs that are not valid: #GP, and nothing
 * has changed.  Otherwise what we own of the register does, the PDPTEs are
 * loaded because of that (for the processor CD and NW never change), and the
 * processor executes the move.
 */
enum axvm_run vx86_slow_pdptes(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	struct gwalk_mem mem = { guest_table_read, NULL, vcpu };
	int err;

	vx86_need(vcpu, VX86_CR0 | VX86_CR3 | VX86_CR4 | VX86_PDPTE);
	err = gwalk_load_pdptes(&mem, a->state.cr3, a->phys_bits,
				a->state.pdpte);
	if (err == -EINVAL) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	if (err)
		return vx86_access_failed(vcpu, err);
	if (a->cr_part == VX86_CR0)
		a->state.cr0 = a->cr_value;
	else
		a->state.cr4 = a->cr_value;
	vx86_dirty(vcpu, a->cr_part | VX86_PDPTE);
	return AXVM_RUN_RESUME;
}

/* A debugger's view: flags of the tables stay as they are. */
int axvm_arch_translate(struct axvm_vcpu *vcpu, struct axvm_translate *t)
{
	struct gwalk_mem mem = { table_read, NULL, vcpu };
	struct gwalk_result res;
	struct gwalk_info info;
	int err;

	walk_init(vcpu, &info, 0);
	info.cpl3 = t->flags & AXVM_XLATE_USER;
	info.write = t->flags & AXVM_XLATE_WRITE;
	info.fetch = t->flags & AXVM_XLATE_EXEC;
	info.ac = true;
	err = gwalk(&info, &mem, t->gva, &res);
	if (err == -EFAULT || err == -EINVAL)
		return -ENXIO;
	if (err)
		return err;
	t->gpa = res.gpa;
	t->prot = AXVM_MEM_READ;
	if (res.writable)
		t->prot |= AXVM_MEM_WRITE;
	if (res.exec)
		t->prot |= AXVM_MEM_EXEC;
	if (res.user)
		t->prot |= AXVM_XLATE_P_USER;
	t->levels = res.levels;
	t->page_size = res.page_size;
	return 0;
}
