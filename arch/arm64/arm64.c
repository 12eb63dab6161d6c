// SPDX-License-Identifier: GPL-2.0
/*
 * The arm64 side of the contract in module/arch.h, as far as it is no more
 * than calling the right file: life of module, CPUs, VMs and vCPUs, waking,
 * and who completes which record.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/string.h>

#include "module/cpu.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/mitigate.h"
#include "arch/arm64/trap.h"
#include "arch/arm64/vgic.h"
#include "arch/arm64/platform.h"
#include "arch/arm64/emul/s1walk.h"
#include "arch/arm64/hyp/backend.h"

#define ID_MMFR1 AXVM_ARM64_SYSREG(3, 0, 0, 7, 1)
#define MMFR1_HAFDBS GENMASK_ULL(3, 0)
#define MMFR1_HPDS GENMASK_ULL(15, 12)

const struct hyp_ops *hyp_ops;

/* ---- module and CPUs -------------------------------------------------------- */

int axvm_arch_init(struct axvm_why *why)
{
	arm64_id_init();
	vgic_hw_probe();
	vtimer_probe();
	arm64_id_views_init();
	hyp_ops = hyp_probe(why);
	return hyp_ops ? vmid_init() : 0;
}

void axvm_arch_exit(void)
{
	vmid_exit();
}

void axvm_arch_info(struct axvm_info *info)
{
	info->backend = hyp_ops ? hyp_ops->backend : AXVM_BACKEND_NONE;
	info->boot_symbol = info->backend == AXVM_BACKEND_VHE;
	info->gpa_bits = arm64_gpa_bits();
	info->block_sizes = SZ_4K | SZ_2M | SZ_1G;
	info->caps |= AXVM_CAP_TRANSLATE | AXVM_CAP_DEBUG;
	if (vgic_hw_present())
		info->caps |= AXVM_CAP_PLATFORM |
			      (vgic_hw_is_v2() ? AXVM_CAP_GICV2 : 0) |
			      (vtimer_has_physical() ? AXVM_CAP_PTIMER : 0);
}

int axvm_arch_mitigations(char *buf)
{
	return hyp_ops ? mitigate_words(buf, PAGE_SIZE) : 0;
}

int axvm_arch_prepare(struct axvm_why *why)
{
	int err = hyp_ops->prepare(why);

	if (err)
		return err;
	/* Without its interrupt a guest's timer can only be polled. */
	if (vtimer_init())
		pr_notice_once("axvm: the virtual timer's interrupt cannot be had\n");
	if (vtimer_physical_lost())
		pr_notice_once("axvm: the physical timer's interrupt is somebody else's: no AXVM_VM_PTIMER\n");
	if (vgic_hw_init())
		pr_notice_once("axvm: the GIC's maintenance interrupt cannot be had\n");
	return 0;
}

void axvm_arch_unprepare(void)
{
	vgic_hw_exit();
	vtimer_exit();
	hyp_ops->unprepare();
}

int axvm_arch_cpu_enable(struct axvm_why *why)
{
	int err = hyp_ops->cpu_enable(why);

	if (err)
		return err;
	arm64_controls_cpu_enable();
	vgic_hw_cpu_enable();
	vtimer_cpu_enable();
	return 0;
}

void axvm_arch_cpu_disable(void)
{
	vtimer_cpu_disable();
	vgic_hw_cpu_disable();
	hyp_ops->cpu_disable();
}

/* ---- VMs ------------------------------------------------------------------------ */

/* Lines of devices; a bare VM has nothing to take them. */
static void platform_irq(struct axvm_vm *vm, unsigned int spi, bool level)
{
	arm64_vgic_spi(vm, VGIC_NR_PRIVATE + spi, level);
}

int axvm_arch_vm_init(struct axvm_vm *vm)
{
	int err;

	/* Its interrupt needs a controller to go to. */
	if (vm->ptimer && !vm->platform)
		return -EINVAL;
	if (vm->ptimer && !vtimer_has_physical())
		return -EOPNOTSUPP;
	err = arm64_mem_init(vm);
	if (err)
		return err;
	if (vm->platform)
		err = arm64_vgic_init(vm);
	if (err)
		goto out_mem;
	err = axvm_arm64_platform_init(vm);
	if (err)
		goto out_vgic;
	axvm_arm64_platform_set_irq(vm, platform_irq);
	return 0;

out_vgic:
	arm64_vgic_exit(vm);
out_mem:
	arm64_mem_exit(vm);
	return err;
}

void axvm_arch_vm_exit(struct axvm_vm *vm)
{
	axvm_arm64_platform_exit(vm);
	arm64_vgic_exit(vm);
	arm64_mem_exit(vm);
}

/* Pages were made coherent when the guest first touched them, not since. */
void axvm_arch_vm_start(struct axvm_vm *vm)
{
	arm64_mem_flush(vm);
}

void axvm_arch_vm_reset(struct axvm_vm *vm)
{
	axvm_arm64_platform_reset(vm);
	arm64_vgic_reset(vm);
	vm->arch.counter_at = 0;
	vm->arch.counter_off = 0;
}

void axvm_arch_vm_time(struct axvm_vm *vm, bool run)
{
	vtimer_vm_time(vm, run);
}

int axvm_arch_irq(struct axvm_vm *vm, const struct axvm_irq *irq)
{
	if (irq->flags & AXVM_IRQ_GSI)
		return -EOPNOTSUPP;
	if (irq->irq >= VGIC_NR_INTIDS || (irq->flags & AXVM_IRQ_NMI))
		return -EINVAL;
	return vm->arch.vgic ? arm64_vgic_irq(vm, irq) : -EOPNOTSUPP;
}

int axvm_arch_vm_cpuid(struct axvm_vm *vm, struct axvm_cpuid *arg)
{
	return -EOPNOTSUPP;
}

int axvm_arch_ask_poweroff(struct axvm_vm *vm)
{
	return -EOPNOTSUPP;
}

bool axvm_arch_gpa_reserved(struct axvm_vm *vm, gpa_t gpa, u64 len)
{
	return false;
}

/* ---- vCPUs ------------------------------------------------------------------------ */

int axvm_arch_vcpu_init(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	int err;

	BUILD_BUG_ON(PAGE_SIZE < sizeof(struct hyp_vcpu));
	if (vcpu->vm->arch.vgic && vgic_hw_is_v2() &&
	    vcpu->index >= VGIC_V2_CPUS)
		return -EINVAL;
	a->hyp = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!a->hyp)
		return -ENOMEM;
	err = hyp_ops->share(a->hyp);
	if (err)
		goto out_page;
	vtimer_vcpu_init(vcpu);
	err = arm64_regs_init(vcpu);
	if (err)
		goto out_share;
	arm64_controls_init(vcpu);
	err = arm64_vgic_vcpu_init(vcpu);
	if (err)
		goto out_regs;
	return 0;

out_regs:
	arm64_regs_exit(vcpu);
out_share:
	hyp_ops->unshare(a->hyp);
out_page:
	free_page((unsigned long)a->hyp);
	a->hyp = NULL;
	return err;
}

void axvm_arch_vcpu_exit(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	vtimer_wait_end(vcpu);
	ptimer_stop(vcpu);
	arm64_regs_exit(vcpu);
	hyp_ops->unshare(a->hyp);
	free_page((unsigned long)a->hyp);
	a->hyp = NULL;
}

enum axvm_run axvm_arch_vcpu_slow(struct axvm_vcpu *vcpu)
{
	/* Set/way maintenance: the guest's caches go off, or come on. */
	arm64_mem_flush(vcpu->vm);
	return AXVM_RUN_RESUME;
}

enum axvm_run axvm_arch_vcpu_complete(struct axvm_vcpu *vcpu, u64 data,
				      bool fault)
{
	switch (vcpu->exit.reason) {
	case AXVM_EXIT_MMIO_READ:
	case AXVM_EXIT_MMIO_WRITE:
	case AXVM_EXIT_NESTED_PAGE_FAULT:
		return arm64_mmio_complete(vcpu, data, fault);
	case AXVM_EXIT_HYPERCALL:
		arm64_hypercall_complete(vcpu, data, fault);
		break;
	case AXVM_EXIT_SYSREG_READ:
	case AXVM_EXIT_SYSREG_WRITE:
		arm64_sysreg_complete(vcpu, data, fault);
		break;
	}
	return AXVM_RUN_RESUME;
}

bool axvm_arch_unclaimed_faults(u32 reason)
{
	return true;
}

bool axvm_arch_vcpu_can_wake(struct axvm_vcpu *vcpu)
{
	return arm64_vgic_wakes(vcpu);
}

/*
 * WFI ends whatever PSTATE masks, so what counts is whether the guest's CPU
 * interface lets anything through: a timer's interrupt, or one from outside.
 */
bool axvm_arch_vcpu_may_wake(struct axvm_vcpu *vcpu)
{
	struct vgic_mask mask;

	if (!vcpu->vm->arch.vgic)
		return false;
	vgic_hw_mask(vcpu, &mask);
	return mask.priority && (mask.group[0] || mask.group[1]);
}

void axvm_arch_vcpu_woken(struct axvm_vcpu *vcpu)
{
	arm64_wait_end(vcpu);
}

static int translate_read(void *opaque, gpa_t gpa, u64 *value)
{
	return axvm_mem_read(opaque, gpa, value, sizeof(*value));
}

static u32 translate_prot(u32 prot, bool user)
{
	u32 p = 0;

	if (prot & (user ? S1WALK_EL0_READ : S1WALK_EL1_READ))
		p |= AXVM_MEM_READ;
	if (prot & (user ? S1WALK_EL0_WRITE : S1WALK_EL1_WRITE))
		p |= AXVM_MEM_WRITE;
	if (prot & (user ? S1WALK_EL0_EXEC : S1WALK_EL1_EXEC))
		p |= AXVM_MEM_EXEC;
	if (prot & (S1WALK_EL0_READ | S1WALK_EL0_WRITE | S1WALK_EL0_EXEC))
		p |= AXVM_XLATE_P_USER;
	return p;
}

int axvm_arch_translate(struct axvm_vcpu *vcpu, struct axvm_translate *t)
{
	const struct hyp_sysregs *s = &vcpu->arch.hyp->sys;
	struct s1walk_info info = {
		.sctlr = s->sctlr_el1,
		.tcr = s->tcr_el1,
		.ttbr0 = s->ttbr0_el1,
		.ttbr1 = s->ttbr1_el1,
		.ipa_bits = arm64_gpa_bits(),
		.hpd = FIELD_GET(MMFR1_HPDS, arm64_id(ID_MMFR1)),
		.haf = FIELD_GET(MMFR1_HAFDBS, arm64_id(ID_MMFR1)),
		.el0 = t->flags & AXVM_XLATE_USER,
		.write = t->flags & AXVM_XLATE_WRITE,
		.fetch = t->flags & AXVM_XLATE_EXEC,
	};
	struct s1walk_mem mem = { translate_read, vcpu->vm };
	struct s1walk_result r;
	int err = s1walk(&info, &mem, t->gva, &r);

	if (err)
		return err == -EFAULT ? -ENXIO : err;
	t->gpa = r.gpa;
	t->levels = r.levels;
	t->page_size = r.page_size;
	t->prot = translate_prot(r.prot, info.el0);
	return 0;
}
