// SPDX-License-Identifier: GPL-2.0
/*
 * The contract's VM and vCPU functions on x86: lifetime, nested tables, time.
 * Running is in run.c, registers in regs.c, what VMX does in vmx/.
 *
 * A vCPU other than the first waits to be brought up by the guest.  Until that
 * exists, or when a test wants several at once: writing any register of it
 * before START lets it start with the VM.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/tsc.h>

#include "module/arch.h"
#include "module/cpu.h"
#include "arch/x86/lapic.h"
#include "arch/x86/platform.h"
#include "arch/x86/x86.h"

/* ---- module and CPUs ----------------------------------------------------- */

static const struct vx86_backend *backend; /* set at insmod */

int axvm_arch_init(struct axvm_why *why)
{
	const struct vx86_backend *b = vx86_backend_choose();

	if (!b) {
		why->code = AXVM_WHY_NO_EXTENSION;
		why->err = -EOPNOTSUPP;
		strscpy(why->text,
			"this processor has neither VMX nor an extension that axvm supports",
			sizeof(why->text));
		return 0;
	}
	if (!backend) {
		vx86_fpu_probe();
		vx86_sysreg_probe();
		vx86_backend_select(b);
		backend = b;
	}
	vx86_call(probe)(why);
	return 0;
}

void axvm_arch_exit(void)
{
}

void axvm_arch_info(struct axvm_info *info)
{
	if (backend)
		vx86_call(info)(info);
}

int axvm_arch_mitigations(char *buf)
{
	int len = scnprintf(buf, PAGE_SIZE, "%s",
			    vx86_nx_blocks() ? "nx-blocks" : "");

	if (backend)
		len += vx86_call(mitigations)(buf + len, PAGE_SIZE - len);
	return len;
}

int axvm_arch_prepare(struct axvm_why *why)
{
	return vx86_call(prepare)(why);
}

void axvm_arch_unprepare(void)
{
	vx86_call(unprepare)();
}

int axvm_arch_cpu_enable(struct axvm_why *why)
{
	return vx86_call(cpu_enable)(why);
}

void axvm_arch_cpu_disable(void)
{
	vx86_call(cpu_disable)();
}

/* ---- nested tables ---------------------------------------------------------- */

static void *table_alloc(struct npt *npt)
{
	return (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
}

static void table_free(struct npt *npt, void *table)
{
	free_page((unsigned long)table);
}

/* Contents stay until the flush: the list is in struct page. */
static void table_retire(struct npt *npt, void *table)
{
	struct axvm_vm_arch *a = container_of(npt, struct axvm_vm_arch, npt);

	list_add(&virt_to_page(table)->lru, &a->retired);
}

static hpa_t table_phys(struct npt *npt, const void *table)
{
	return __pa(table);
}

static void *table_virt(struct npt *npt, hpa_t pa)
{
	return __va(pa);
}

static const struct npt_ops table_ops = {
	.alloc = table_alloc,
	.free = table_free,
	.retire = table_retire,
	.to_phys = table_phys,
	.to_virt = table_virt,
};

static void flush_here(void *data)
{
	if (axvm_cpu_ready())
		vx86_call(flush_npt)(data);
}

/*
 * Nobody translates through what was taken away when this returns: a CPU that
 * is in the guest leaves it to take the interrupt, flushes, and finds the new
 * tables.  vm->mem.lock is held.
 *
 * A CPU adds itself to npt_cpus, with a full barrier, before it enters; here
 * the tables are changed, then npt_cpus is read.
 */
static void flush(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;
	struct page *page, *next;

	if (!a->npt.flush)
		return;
	a->npt.flush = false;
	smp_mb(); /* pairs with the one in vx86_npt_used() */
	on_each_cpu_mask(&a->npt_cpus, flush_here, vm, true);
	list_for_each_entry_safe(page, next, &a->retired, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

int axvm_arch_map(struct axvm_vm *vm, gpa_t gpa, hpa_t hpa, u64 size, u32 prot)
{
	enum npt_memtype type = NPT_WB;
	int err;

	lockdep_assert_held(&vm->mem.lock);
	if (prot & (AXVM_MEM_DEVICE | AXVM_MEM_UNCACHED))
		type = NPT_UC;
	if (vx86_nx_blocks() && size > SZ_4K)
		prot &= ~AXVM_MEM_EXEC; /* page by page: axvm_arch_exec() */
	/* The same bits: AXVM_MEM_READ, WRITE, EXEC. */
	BUILD_BUG_ON(AXVM_MEM_READ != NPT_READ || AXVM_MEM_WRITE != NPT_WRITE ||
		     AXVM_MEM_EXEC != NPT_EXEC);
	err = npt_map(&vm->arch.npt, gpa, hpa, size,
		      prot & (NPT_READ | NPT_WRITE | NPT_EXEC), type);
	flush(vm);
	return err;
}

int axvm_arch_exec(struct axvm_vm *vm, gpa_t gpa, bool *split)
{
	int err;

	lockdep_assert_held(&vm->mem.lock);
	err = npt_exec(&vm->arch.npt, gpa, split);
	flush(vm);
	return err;
}

void axvm_arch_unmap(struct axvm_vm *vm, gpa_t gpa, u64 size)
{
	lockdep_assert_held(&vm->mem.lock);
	npt_unmap(&vm->arch.npt, gpa, size);
	flush(vm);
}

void axvm_arch_mem_sync(void *kaddr, size_t len)
{
}

/* ---- VMs ------------------------------------------------------------------------ */

int axvm_arch_vm_init(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;
	int err;

	if (vm->ptimer)
		return -EOPNOTSUPP; /* arm64's */
	INIT_LIST_HEAD(&a->retired);
	a->npt.ops = &table_ops;
	a->time_stopped = true;
	a->tsc_offset = -rdtsc_ordered();
	a->cpuid = kzalloc(sizeof(*a->cpuid), GFP_KERNEL_ACCOUNT);
	a->hidden = kzalloc(sizeof(*a->hidden), GFP_KERNEL_ACCOUNT);
	err = -ENOMEM;
	if (!a->cpuid || !a->hidden)
		goto out_cpuid;
	err = vx86_call(vm_init)(vm);
	if (err)
		goto out_cpuid;
	err = vx86_cpuid_init(vm, 1);
	if (err)
		goto out_vendor;
	if (vm->platform) {
		err = vx86_lapics_init(vm);
		if (err)
			goto out_vendor;
	}
	err = axvm_x86_platform_init(vm);
	if (err)
		goto out_lapics;
	return 0;

out_lapics:
	vx86_lapics_exit(vm);
out_vendor:
	vx86_call(vm_exit)(vm);
	vx86_lapic_page_exit(vm);
out_cpuid:
	kfree(a->cpuid);
	kfree(a->hidden);
	a->cpuid = NULL;
	a->hidden = NULL;
	return err;
}

void axvm_arch_vm_exit(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;

	axvm_x86_platform_exit(vm);
	vx86_lapics_exit(vm);
	vx86_call(vm_exit)(vm);
	vx86_lapic_page_exit(vm);
	kfree(a->cpuid);
	kfree(a->hidden);
	a->cpuid = NULL;
	a->hidden = NULL;
}

void axvm_arch_vm_start(struct axvm_vm *vm)
{
}

void axvm_arch_vm_reset(struct axvm_vm *vm)
{
	struct axvm_vm_arch *a = &vm->arch;

	axvm_x86_platform_reset(vm);
	a->tsc_offset = -rdtsc_ordered();
	a->tsc_stopped = 0;
	a->time_stopped = true;
}

/* All vCPUs' offsets move by what the VM slept. */
static void time_shift(struct axvm_vm *vm, u64 by)
{
	unsigned int i;

	vm->arch.tsc_offset += by;
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu)
			continue;
		mutex_lock(&vcpu->run_lock);
		vx86_need(vcpu, VX86_TSC);
		vcpu->arch.state.tsc_offset += by;
		vx86_dirty(vcpu, VX86_TSC);
		mutex_unlock(&vcpu->run_lock);
	}
}

void axvm_arch_vm_time(struct axvm_vm *vm, bool run)
{
	struct axvm_vm_arch *a = &vm->arch;
	u64 now = rdtsc_ordered() + a->tsc_offset;

	if (run == !a->time_stopped)
		return;
	if (run) {
		time_shift(vm, a->tsc_stopped - now);
		a->time_stopped = false;
		vx86_lapics_time(vm, true);
	} else {
		vx86_lapics_time(vm, false);
		a->tsc_stopped = now;
		a->time_stopped = true;
	}
	axvm_x86_platform_time(vm, run);
}

static bool hits(gpa_t gpa, u64 len, gpa_t base, u64 bytes)
{
	return gpa < base + bytes && gpa + len > base;
}

/* The local APICs' page, and what is on the bus: the IOAPIC. */
bool axvm_arch_gpa_reserved(struct axvm_vm *vm, gpa_t gpa, u64 len)
{
	return vm->platform &&
	       (hits(gpa, len, VLAPIC_BASE_RESET, VLAPIC_PAGE) ||
		hits(gpa, len, VX86_IOAPIC_BASE, VX86_IOAPIC_LEN));
}

/* ---- vCPUs ------------------------------------------------------------------------ */

u64 axvm_arch_hw_id(unsigned int index)
{
	return index;
}

/* x2APIC ids; the last one means all. */
bool axvm_arch_hw_id_valid(u64 id)
{
	return id < 0xffffffffull;
}

int axvm_arch_vcpu_init(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	int err = -ENOMEM;

	a->boot = kzalloc(sizeof(*a->boot), GFP_KERNEL_ACCOUNT);
	if (!a->boot)
		return -ENOMEM;
	err = vx86_fpu_init(vcpu);
	if (err)
		goto out_boot;
	a->valid = VX86_ALL;
	vx86_features(vcpu);
	a->state.tsc_offset = vcpu->vm->arch.tsc_offset;
	err = vx86_call(vcpu_init)(vcpu);
	if (err)
		goto out_fpu;
	vx86_reset_state(vcpu);
	err = vx86_lapic_init(vcpu);
	if (err)
		goto out_vendor;
	*a->boot = a->state;
	memcpy(a->boot_xsave, a->xsave, PAGE_SIZE);
	return 0;

out_vendor:
	vx86_call(vcpu_exit)(vcpu);
out_fpu:
	vx86_fpu_exit(vcpu);
out_boot:
	kfree(a->boot);
	a->boot = NULL;
	return err;
}

/* The struct stays for open descriptors: nothing of ours is looked at. */
void axvm_arch_vcpu_exit(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	vx86_lapic_exit(vcpu);
	vx86_call(vcpu_exit)(vcpu);
	a->valid = VX86_ALL;
	vx86_fpu_exit(vcpu);
	kfree(a->boot);
	a->boot = NULL;
}

/* The number of vCPUs is known now: CPUID tells it. */
void axvm_arch_vcpu_start(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	vx86_cpuid_init(vcpu->vm, vcpu->vm->nr_vcpus);
	vx86_need(vcpu, VX86_ALL);
	vx86_lapic_get_cr8(vcpu);
	vx86_features(vcpu);
	*a->boot = a->state;
	memcpy(a->boot_xsave, a->xsave, PAGE_SIZE);
	a->off = vcpu->index > 0 && !a->regs_given;
	vx86_lapic_start(vcpu, a->off);
}

void axvm_arch_vcpu_reset(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	a->state = *a->boot;
	a->state.tsc_offset = vcpu->vm->arch.tsc_offset;
	memcpy(a->xsave, a->boot_xsave, PAGE_SIZE);
	vx86_dirty(vcpu, VX86_ALL);
	vx86_events_reset(vcpu);
	vx86_lapic_reset(vcpu);
	vx86_cpuid_forget(vcpu);
	a->pdpte_stale = gwalk_levels(a->state.cr0, a->state.cr4,
				      a->state.msr.value[VMSR_EFER]) == 3;
}
