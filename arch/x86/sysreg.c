// SPDX-License-Identifier: GPL-2.0
/*
 * CPUID, MSRs and XCR0 of a vCPU: the pure tables with the state and the
 * hardware behind them.
 */
#include <linux/slab.h>
#include <asm/cpufeature.h>
#include <asm/fpu/xcr.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#include "module/arch.h"
#include "arch/x86/hw.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

/* ---- the VM's table --------------------------------------------------- */

#define CPUID7_EBX_ERMS BIT(9)
#define CPUID7_EDX_FSRM BIT(4)

static void host_leaf(void *opaque, u32 leaf, u32 subleaf,
		      struct vcpuid_regs *r)
{
	*r = vx86_hw_cpuid(leaf, subleaf);
	/* Where firmware has switched them off they are off for guests, too. */
	if (leaf == 7 && !subleaf && !boot_cpu_has(X86_FEATURE_ERMS)) {
		r->ebx &= ~CPUID7_EBX_ERMS;
		r->edx &= ~CPUID7_EDX_FSRM;
	}
}

static u32 cpuid_features(const struct axvm_vm *vm)
{
	u32 f = VCPUID_WITH_PCID | VCPUID_WITH_MTRR | VCPUID_WITH_MCE;

	if (vx86_guest_xcr0)
		f |= VCPUID_WITH_XSAVE;
	if (vm->platform)
		f |= VCPUID_WITH_APIC | VCPUID_WITH_X2APIC |
		     VCPUID_WITH_TSC_DEADLINE | VCPUID_WITH_KVM;
	if (boot_cpu_has(X86_FEATURE_ARCH_CAPABILITIES))
		f |= VCPUID_WITH_ARCH_CAP;
	return f | vx86_call(cpuid_features)();
}

static u64 arch_cap; /* (c) since probe */

void vx86_sysreg_probe(void)
{
	u64 value = 0;

	if (boot_cpu_has(X86_FEATURE_ARCH_CAPABILITIES))
		vx86_rdmsr_safe(MSR_IA32_ARCH_CAPABILITIES, &value);
	arch_cap = vmsr_arch_cap(value);
}

int vx86_cpuid_init(struct axvm_vm *vm, unsigned int nr_cpus)
{
	struct vcpuid_policy policy = {
		.host = host_leaf,
		.hidden = vm->arch.hidden,
		.features = cpuid_features(vm),
		.xcr0 = vx86_guest_xcr0,
		.nr_cpus = nr_cpus,
		.gpa_bits = npt_gpa_bits(&vm->arch.npt),
		.tsc_khz = vm->platform ? tsc_khz : 0,
	};
	int err = vcpuid_table_init(vm->arch.cpuid, &policy);

	return err == -ENOSPC ? 0 : err;
}

int axvm_arch_vm_cpuid(struct axvm_vm *vm, struct axvm_cpuid *arg)
{
	const u32 *h = arg->hide;
	struct vcpuid_regs r = { h[0], h[1], h[2], h[3] };
	int err = 0;

	/* The number of vCPUs shows: as many as there are by now. */
	if (arg->flags & AXVM_CPUID_HIDE)
		err = vcpuid_hide(vm->arch.hidden, arg->leaf, arg->subleaf, &r);
	if (!err && vm->state == AXVM_VM_CREATED)
		err = vx86_cpuid_init(vm, max(vm->nr_vcpus, 1u));
	if (err)
		return err;
	r = vcpuid_row(vm->arch.cpuid, arg->leaf, arg->subleaf);
	arg->regs[0] = r.eax;
	arg->regs[1] = r.ebx;
	arg->regs[2] = r.ecx;
	arg->regs[3] = r.edx;
	return 0;
}

void vx86_features(struct axvm_vcpu *vcpu)
{
	const struct vcpuid_table *t = vcpu->vm->arch.cpuid;
	struct axvm_vcpu_arch *a = &vcpu->arch;

	/* The mask of bits that exit changes with it. */
	vx86_need(vcpu, VX86_CR4);
	a->cr4_allowed = vcpuid_cr4_allowed(t) & ~X86_CR4_VMXE;
	vx86_dirty(vcpu, VX86_CR4);
	a->efer_allowed = vcpuid_efer_allowed(t);
	a->xcr0_allowed = vcpuid_xcr0_allowed(t);
	a->features = vcpuid_features(t);
	a->spec_ctrl_allowed = vcpuid_spec_ctrl_allowed(t);
	a->phys_bits = vcpuid_phys_bits(t);
	vx86_cpuid_forget(vcpu);
}

#define APIC_BASE_ENABLE BIT(11)

static void cpuid_query(struct axvm_vcpu *vcpu, u32 leaf, u32 subleaf,
			struct vcpuid_regs *r)
{
	struct vx86_state *s = &vcpu->arch.state;
	struct vcpuid_cpu cpu = {
		.apic_id = vcpu->hw_id,
		.xcr0 = s->xcr0,
		.apic_enabled = s->msr.value[VMSR_APIC_BASE] & APIC_BASE_ENABLE,
		.misc_enable = s->msr.value[VMSR_MISC_ENABLE],
	};

	vx86_need(vcpu, VX86_CR4);
	cpu.cr4 = s->cr4;
	vcpuid_query(vcpu->vm->arch.cpuid, &cpu, leaf, subleaf, r);
}

/* What RESET and INIT leave in EDX: it hangs on nothing that they change. */
u32 vx86_signature(const struct axvm_vcpu *vcpu)
{
	static const struct vcpuid_cpu any;
	struct vcpuid_regs r;

	vcpuid_query(vcpu->vm->arch.cpuid, &any, 1, 0, &r);
	return r.eax;
}

/* CR4 changes without an exit: OSXSAVE, OSPKE. */
static bool cpuid_varies(u32 leaf)
{
	return leaf == 1 || leaf == 7;
}

static const struct vcpuid_regs *cpuid_look_up(struct axvm_vcpu *vcpu, u32 leaf,
					       u32 subleaf)
{
	unsigned int at = (leaf ^ subleaf << 1) % VX86_CPUID_CACHE;
	struct vx86_cpuid_line *line = &vcpu->arch.cpuid[at];

	if (likely(line->valid && line->leaf == leaf &&
		   line->subleaf == subleaf))
		return &line->regs;
	cpuid_query(vcpu, leaf, subleaf, &line->regs);
	line->leaf = leaf;
	line->subleaf = subleaf;
	line->valid = !cpuid_varies(leaf);
	return &line->regs;
}

/* XCR0 or an MSR that CPUID shows changed. */
void vx86_cpuid_forget(struct axvm_vcpu *vcpu)
{
	memset(vcpu->arch.cpuid, 0, sizeof(vcpu->arch.cpuid));
}

void vx86_cpuid(struct axvm_vcpu *vcpu)
{
	u64 *gpr = vcpu->arch.state.gpr;
	const struct vcpuid_regs *r;

	r = cpuid_look_up(vcpu, gpr[GPR_RAX], gpr[GPR_RCX]);
	gpr[GPR_RAX] = r->eax;
	gpr[GPR_RBX] = r->ebx;
	gpr[GPR_RCX] = r->ecx;
	gpr[GPR_RDX] = r->edx;
}

/* ---- MSRs --------------------------------------------------------------- */

void vx86_msr_env(struct axvm_vcpu *vcpu, struct vmsr_env *env)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u32 features = a->features;

	vx86_need(vcpu, VX86_CR0);
	*env = (struct vmsr_env){
		.efer_allowed = a->efer_allowed,
		.phys_bits = a->phys_bits,
		.linear_bits = a->cr4_allowed & X86_CR4_LA57 ? 57 : 48,
		.has_rdtscp = features & VCPUID_WITH_RDTSCP,
		.has_xsaves = features & VCPUID_WITH_XSAVES,
		.has_spec_ctrl = features & VCPUID_WITH_SPEC_CTRL,
		.has_flush_cmd = features & VCPUID_WITH_FLUSH_CMD,
		.has_arch_cap = features & VCPUID_WITH_ARCH_CAP,
		.spec_ctrl_allowed = a->spec_ctrl_allowed,
		.arch_cap = arch_cap,
		.has_x2apic = features & VCPUID_WITH_X2APIC,
		.has_tsc_deadline = features & VCPUID_WITH_TSC_DEADLINE,
		.paging = a->state.cr0 & X86_CR0_PG,
		.is_bsp = vcpu->index == 0,
		.tsc_khz = tsc_khz,
		.ucode_rev = boot_cpu_data.microcode,
	};
}

/* Which part of the state, if any, an MSR's live value is in. */
static u32 live_part(unsigned int slot)
{
	switch (slot) {
	case VMSR_EFER:
		return VX86_EFER;
	case VMSR_PAT:
		return VX86_PAT;
	case VMSR_SYSENTER_CS:
	case VMSR_SYSENTER_ESP:
	case VMSR_SYSENTER_EIP:
		return VX86_SYSENTER;
	case VMSR_FS_BASE:
		return VX86_SEG(AXVM_X86_FS);
	case VMSR_GS_BASE:
		return VX86_SEG(AXVM_X86_GS);
	case VMSR_TSC:
	case VMSR_TSC_ADJUST:
		return VX86_TSC;
	default:
		return 0;
	}
}

static void live_in(struct axvm_vcpu *vcpu, unsigned int slot)
{
	struct vx86_state *s = &vcpu->arch.state;
	struct axvm_vm_arch *va = &vcpu->vm->arch;
	u64 *v = &s->msr.value[slot];

	vx86_need(vcpu, live_part(slot));
	if (slot == VMSR_FS_BASE)
		*v = s->seg[AXVM_X86_FS].base;
	else if (slot == VMSR_GS_BASE)
		*v = s->seg[AXVM_X86_GS].base;
	else if (slot == VMSR_TSC)
		*v = va->time_stopped ?
			     va->tsc_stopped + s->tsc_offset - va->tsc_offset :
			     rdtsc_ordered() + s->tsc_offset;
	else if (slot == VMSR_TSC_DEADLINE)
		*v = vx86_lapic_deadline(vcpu);
}

static void tsc_write(struct axvm_vcpu *vcpu, u64 value)
{
	struct vx86_state *s = &vcpu->arch.state;
	struct axvm_vm_arch *va = &vcpu->vm->arch;

	/* While time stands still the VM's offset is what it will be. */
	s->tsc_offset = va->time_stopped ?
				value - va->tsc_stopped + va->tsc_offset :
				value - rdtsc_ordered();
	vx86_lapic_tsc_set(vcpu);
}

/*
 * "IA32_TSC_ADJUST MSR Support": what the guest adds to one of TSC and
 * TSC_ADJUST is added to the other. Userspace sets each by itself.
 */
static void tsc_adjust(struct axvm_vcpu *vcpu, unsigned int slot, u64 offset,
		       u64 adjust)
{
	struct vx86_state *s = &vcpu->arch.state;
	u64 *now = &s->msr.value[VMSR_TSC_ADJUST];

	if (slot == VMSR_TSC) {
		*now += s->tsc_offset - offset;
	} else if (slot == VMSR_TSC_ADJUST) {
		s->tsc_offset += *now - adjust;
		vx86_lapic_tsc_set(vcpu);
	}
}

static void live_out(struct axvm_vcpu *vcpu, unsigned int slot)
{
	struct vx86_state *s = &vcpu->arch.state;
	u64 v = s->msr.value[slot];
	u32 part = live_part(slot);

	if (slot == VMSR_FS_BASE)
		s->seg[AXVM_X86_FS].base = v;
	else if (slot == VMSR_GS_BASE)
		s->seg[AXVM_X86_GS].base = v;
	else if (slot == VMSR_TSC)
		tsc_write(vcpu, v);
	else if (slot == VMSR_TSC_DEADLINE)
		vx86_lapic_set_deadline(vcpu, v);
	if (part)
		vx86_dirty(vcpu, part);
	else
		vx86_call(msr_changed)(vcpu, slot);
}

int vx86_msr_read(struct axvm_vcpu *vcpu, u32 index, u64 *value)
{
	struct vx86_state *s = &vcpu->arch.state;
	const struct vmsr_rule *rule = vmsr_find(index);
	struct vmsr_env env;

	if (!rule)
		return -ENOENT;
	vx86_msr_env(vcpu, &env);
	if (rule->flags & VMSR_LIVE)
		live_in(vcpu, vmsr_slot(rule, index));
	return vmsr_read(&env, &s->msr, index, value);
}

int vx86_msr_write(struct axvm_vcpu *vcpu, u32 index, u64 value, bool user)
{
	struct vx86_state *s = &vcpu->arch.state;
	const struct vmsr_rule *rule = vmsr_find(index);
	struct vmsr_env env;
	u64 offset, adjust;
	int err;

	if (!rule)
		return -ENOENT;
	vx86_msr_env(vcpu, &env);
	if (rule->flags & VMSR_LIVE)
		live_in(vcpu, vmsr_slot(rule, index));
	offset = s->tsc_offset;
	adjust = s->msr.value[VMSR_TSC_ADJUST];
	if (user)
		err = vmsr_set(&env, &s->msr, index, value);
	else
		err = vmsr_write(&env, &s->msr, index, value);
	if (err)
		return err;
	vx86_cpuid_forget(vcpu);
	if (rule->flags & VMSR_LIVE)
		live_out(vcpu, vmsr_slot(rule, index));
	else if (rule->slot == VMSR_APIC_BASE)
		vx86_lapic_base(vcpu);
	if (!user)
		tsc_adjust(vcpu, rule->slot, offset, adjust);
	return 0;
}

static enum axvm_run msr_unknown(struct axvm_vcpu *vcpu, u32 reason, u64 value)
{
	struct axvm_exit *e = vx86_exit_new(vcpu, reason);

	e->sysreg.id = (u32)vcpu->arch.state.gpr[GPR_RCX];
	e->sysreg.value = value;
	return AXVM_RUN_EXIT;
}

enum axvm_run vx86_exit_rdmsr(struct axvm_vcpu *vcpu)
{
	u64 *gpr = vcpu->arch.state.gpr;
	u64 value;
	int err;

	if (vcpu->arch.lapic && vx86_lapic_has_msr(gpr[GPR_RCX]))
		return vx86_lapic_rdmsr(vcpu, gpr[GPR_RCX]);
	err = vx86_msr_read(vcpu, gpr[GPR_RCX], &value);
	if (err == -ENOENT)
		return msr_unknown(vcpu, AXVM_EXIT_SYSREG_READ, 0);
	if (err) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	gpr[GPR_RAX] = (u32)value;
	gpr[GPR_RDX] = value >> 32;
	vx86_advance(vcpu, vcpu->arch.insn_len);
	return AXVM_RUN_RESUME;
}

enum axvm_run vx86_exit_wrmsr(struct axvm_vcpu *vcpu)
{
	u64 *gpr = vcpu->arch.state.gpr;
	u64 value = (u32)gpr[GPR_RAX] | gpr[GPR_RDX] << 32;
	int err;

	if (vcpu->arch.lapic && vx86_lapic_has_msr(gpr[GPR_RCX]))
		return vx86_lapic_wrmsr(vcpu, gpr[GPR_RCX], value);
	err = vx86_msr_write(vcpu, gpr[GPR_RCX], value, false);
	if (err == -ENOENT)
		return msr_unknown(vcpu, AXVM_EXIT_SYSREG_WRITE, value);
	if (err) {
		vx86_raise_gp(vcpu);
		return AXVM_RUN_RESUME;
	}
	vx86_advance(vcpu, vcpu->arch.insn_len);
	if (likely(!vcpu->arch.apic_moved))
		return AXVM_RUN_RESUME;
	vcpu->arch.slow = VX86_SLOW_LEAVE;
	return AXVM_RUN_SLOW;
}

/* ---- XCR0 -------------------------------------------------------------------- */

bool vx86_xsetbv(struct axvm_vcpu *vcpu, u32 index, u64 value)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (index || !vcpuid_xcr0_valid(value, a->xcr0_allowed))
		return false;
	a->state.xcr0 = value;
	vx86_cpuid_forget(vcpu);
	if (a->in_stay && value != xgetbv(XCR_XFEATURE_ENABLED_MASK))
		xsetbv(XCR_XFEATURE_ENABLED_MASK, value);
	return true;
}
