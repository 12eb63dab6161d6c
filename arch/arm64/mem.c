// SPDX-License-Identifier: GPL-2.0
/*
 * A VM's stage 2 and the caches below it: table pages, TLB maintenance, and
 * pages made coherent with a guest whose caches may be off before it can reach
 * them.  What tables look like is emul/stage2.c.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/cpufeature.h>
#include <asm/memory.h>

#include "module/compat.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/emul/stage2.h"
#include "arch/arm64/hyp/backend.h"
#include "arch/arm64/hyp/cache.h"

#define MMFR0_PARANGE GENMASK_ULL(3, 0)
#define MMFR1_VMIDBITS GENMASK_ULL(7, 4)
#define CTR_IMINLINE GENMASK_ULL(3, 0) /* log2 of words */
#define CTR_IDC BIT_ULL(28) /* no clean needed for instruction coherence */
#define CTR_DIC BIT_ULL(29) /* no instruction invalidation needed */

#define S2_VMID_SHIFT 48

static unsigned int parange(void)
{
	return FIELD_GET(MMFR0_PARANGE,
			 read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1));
}

unsigned int arm64_gpa_bits(void)
{
	return stage2_pa_bits(parange());
}

static bool vmid16(void)
{
	return FIELD_GET(MMFR1_VMIDBITS, sr_read(id_aa64mmfr1_el1)) == 2;
}

/* ---- table pages and TLBs ------------------------------------------------- */

struct vm_stage2 {
	struct stage2 s2;
	struct axvm_vm *vm;
};

static struct axvm_vm *s2_vm(struct stage2 *s2)
{
	return container_of(s2, struct vm_stage2, s2)->vm;
}

static void *s2_alloc(struct stage2 *s2, unsigned int pages)
{
	return alloc_pages_exact(pages * PAGE_SIZE,
				 GFP_KERNEL_ACCOUNT | __GFP_ZERO |
					 __GFP_NOWARN);
}

static void s2_free(struct stage2 *s2, void *table, unsigned int pages)
{
	free_pages_exact(table, pages * PAGE_SIZE);
}

static hpa_t s2_to_phys(struct stage2 *s2, const void *table)
{
	return virt_to_phys((void *)table);
}

static void *s2_to_virt(struct stage2 *s2, hpa_t pa)
{
	return phys_to_virt(pa);
}

u64 arm64_vttbr(struct axvm_vm *vm, u64 vmid)
{
	return virt_to_phys(vm->arch.s2->root) | vmid << S2_VMID_SHIFT;
}

/*
 * The entries are gone from the tables.  A vCPU that takes a new VMID between
 * that and vmid_peek() walks the new tables with it; one that took it before
 * is seen by vmid_peek().
 */
static void s2_flush(struct stage2 *s2, gpa_t gpa, u64 size)
{
	struct axvm_vm *vm = s2_vm(s2);
	u64 vmid = vmid_peek(vm);
	unsigned int n = axvm_tlbi_twice() ? 2 : 1;

	if (!vmid)
		return; /* never entered */
	while (n--)
		hyp_ops->tlbi_range(arm64_vttbr(vm, vmid), gpa,
				    size / SZ_4K);
}

static void s2_publish(struct stage2 *s2)
{
	asm volatile("dsb ishst" : : : "memory");
}

static const struct stage2_ops s2_ops = {
	.alloc = s2_alloc,
	.free = s2_free,
	.to_phys = s2_to_phys,
	.to_virt = s2_to_virt,
	.flush = s2_flush,
	.publish = s2_publish,
};

int arm64_mem_init(struct axvm_vm *vm)
{
	struct vm_stage2 *v = kzalloc(sizeof(*v), GFP_KERNEL_ACCOUNT);
	int err;

	if (!v)
		return -ENOMEM;
	v->vm = vm;
	v->s2.ops = &s2_ops;
	v->s2.ipa_bits = arm64_gpa_bits();
	v->s2.fwb = cpus_have_final_cap(ARM64_HAS_STAGE2_FWB);
	err = stage2_init(&v->s2);
	if (err) {
		kfree(v);
		return err;
	}
	vm->arch.s2 = &v->s2;
	vm->arch.vtcr = stage2_vtcr(parange(), v->s2.ipa_bits, vmid16());
	return 0;
}

void arm64_mem_exit(struct axvm_vm *vm)
{
	u64 vmid = vmid_peek(vm);

	if (!vm->arch.s2)
		return;
	if (vmid)
		hyp_ops->tlbi_vmid(arm64_vttbr(vm, vmid));
	vmid_put(vm);
	stage2_destroy(vm->arch.s2);
	kfree(container_of(vm->arch.s2, struct vm_stage2, s2));
	vm->arch.s2 = NULL;
}

/* ---- caches ------------------------------------------------------------------ */

/* Each line is a message to all CPUs: of more lines, all is cheaper. */
#define ICACHE_LINES_MAX 512

static size_t icache_line(u64 ctr)
{
	return 4ul << FIELD_GET(CTR_IMINLINE, ctr);
}

void axvm_arch_mem_sync(void *kaddr, size_t len)
{
	u64 ctr = read_sanitised_ftr_reg(SYS_CTR_EL0);
	bool fwb = cpus_have_final_cap(ARM64_HAS_STAGE2_FWB);

	if (!len)
		return;
	/* With FWB the guest cannot get past the caches. */
	if (!fwb || !(ctr & CTR_IDC))
		hyp_dcache_clean_poc(kaddr, kaddr + len);
	if (ctr & CTR_DIC)
		return;
	if (len > ICACHE_LINES_MAX * icache_line(ctr))
		hyp_icache_inval_all();
	else
		hyp_icache_inval_pou(kaddr, kaddr + len);
}

/* Only what Linux knows as RAM is in the linear map, and in its caches. */
static void sync_range(hpa_t hpa, u64 size)
{
	u64 at;

	for (at = hpa; at < hpa + size; at += SZ_2M) {
		u64 part = min_t(u64, size - (at - hpa), SZ_2M);

		if (pfn_is_map_memory(PHYS_PFN(at)))
			axvm_arch_mem_sync(phys_to_virt(at), part);
	}
}

int axvm_arch_map(struct axvm_vm *vm, gpa_t gpa, hpa_t hpa, u64 size,
		  u32 prot)
{
	lockdep_assert_held(&vm->mem.lock);
	sync_range(hpa, size);
	return stage2_map(vm->arch.s2, gpa, hpa, size, prot);
}

/* Blocks may be executed here: what axvm_arch_map() did was all. */
int axvm_arch_exec(struct axvm_vm *vm, gpa_t gpa, bool *split)
{
	struct stage2_mapping m;
	int err = stage2_lookup(vm->arch.s2, gpa, &m);

	return err ?: m.prot & AXVM_MEM_EXEC ? 0 : -ENOENT;
}

void axvm_arch_unmap(struct axvm_vm *vm, gpa_t gpa, u64 size)
{
	lockdep_assert_held(&vm->mem.lock);
	/* The core asks for whole pages inside gpa_bits only. */
	WARN_ON_ONCE(stage2_unmap(vm->arch.s2, gpa, size));
}

static void flush_region(struct axvm_vm *vm, u64 gpa, u64 last)
{
	struct stage2_mapping m;
	bool mapped;
	u64 step;

	for (; gpa <= last; gpa += step) {
		m.gpa = gpa;
		m.size = SZ_4K;
		mapped = !stage2_lookup(vm->arch.s2, gpa, &m);
		step = min(m.gpa + m.size - gpa, last - gpa + 1);
		if (mapped)
			sync_range(m.hpa + (gpa - m.gpa), step);
		cond_resched();
		if (last - gpa < step)
			break;
	}
}

void arm64_mem_flush(struct axvm_vm *vm)
{
	unsigned int i;

	mutex_lock(&vm->mem.lock);
	for (i = 0; i < vm->mem.regions.n; i++)
		flush_region(vm, vm->mem.regions.v[i].start,
			     vm->mem.regions.v[i].last);
	mutex_unlock(&vm->mem.lock);
}
