// SPDX-License-Identifier: GPL-2.0
/*
 * Taking EL2 from the kernel's hyp stub and giving it back, per CPU, and the
 * nVHE backend's table.  The stub lets anyone at EL1 set VBAR_EL2; the image's
 * first vectors then turn on EL2's MMU and install the ones that stay.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/daifflags.h>

#include "module/compat.h"
#include "arch/arm64/hyp/backend.h"
#include "arch/arm64/hyp/cache.h"
#include "arch/arm64/hyp/nvhe/el2map.h"

u64 hyp_hvc(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f);
extern const char hyp_nvhe_image[], hyp_nvhe_image_end[];

/* Per CPU: a page that stays unmapped, two of stack, struct hyp_cpu. */
#define CPU_ORDER 2
#define CPU_GUARD PAGE_SIZE
#define CPU_BYTES (PAGE_SIZE << CPU_ORDER)

static DEFINE_PER_CPU(char *, nvhe_cpu_mem);
static DEFINE_PER_CPU(bool, nvhe_taken);
static void *nvhe_image;
static size_t nvhe_image_bytes;
static struct el2map_regs nvhe_regs;
static u64 nvhe_stub; /* physical address of the stub's vectors */

bool hyp_nvhe_find_stub(void)
{
	unsigned long stub = axvm_ksym("__hyp_stub_vectors");

	nvhe_stub = stub ? __pa_symbol(stub) : 0;
	return stub;
}

static struct hyp_cpu *nvhe_cpu(unsigned int cpu)
{
	return (void *)(per_cpu(nvhe_cpu_mem, cpu) + CPU_BYTES - PAGE_SIZE);
}

static int nvhe_image_load(void)
{
	nvhe_image_bytes = PAGE_ALIGN(hyp_nvhe_image_end - hyp_nvhe_image);
	nvhe_image = alloc_pages_exact(nvhe_image_bytes,
				       GFP_KERNEL | __GFP_ZERO);
	if (!nvhe_image)
		return -ENOMEM;
	memcpy(nvhe_image, hyp_nvhe_image, hyp_nvhe_image_end - hyp_nvhe_image);
	/* EL2 fetches it before its caches are on. */
	hyp_dcache_clean_poc(nvhe_image, nvhe_image + nvhe_image_bytes);
	hyp_icache_inval_pou(nvhe_image, nvhe_image + nvhe_image_bytes);
	return el2map_add(nvhe_image, nvhe_image_bytes, EL2MAP_RX);
}

static int nvhe_cpu_alloc(unsigned int cpu)
{
	unsigned long mem = __get_free_pages(GFP_KERNEL | __GFP_ZERO,
					     CPU_ORDER);

	if (!mem)
		return -ENOMEM;
	per_cpu(nvhe_cpu_mem, cpu) = (char *)mem;
	return el2map_add((char *)mem + CPU_GUARD, CPU_BYTES - CPU_GUARD,
			  EL2MAP_RW);
}

static void nvhe_unprepare(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		free_pages((unsigned long)per_cpu(nvhe_cpu_mem, cpu),
			   CPU_ORDER);
		per_cpu(nvhe_cpu_mem, cpu) = NULL;
	}
	el2map_exit();
	if (nvhe_image)
		free_pages_exact(nvhe_image, nvhe_image_bytes);
	nvhe_image = NULL;
}

static int nvhe_prepare(struct axvm_why *why)
{
	unsigned int cpu;
	int err;

	err = el2map_init();
	if (!err)
		err = nvhe_image_load();
	for_each_possible_cpu(cpu)
		err = err ?: nvhe_cpu_alloc(cpu);
	if (err) {
		nvhe_unprepare();
		return err;
	}
	el2map_regs(&nvhe_regs);
	return 0;
}

static int nvhe_cpu_enable(struct axvm_why *why)
{
	struct hyp_cpu *c = nvhe_cpu(smp_processor_id());
	u64 image = virt_to_phys(nvhe_image);
	unsigned long flags;
	u64 ret;

	if (__this_cpu_read(nvhe_taken))
		return 0;
	memset(c, 0, sizeof(*c));
	local_irq_save(flags);
	ret = hyp_hvc(STUB_SET_VECTORS, image + ((u32 *)nvhe_image)[1],
		      0, 0, 0, 0, 0);
	if (!ret) {
		ret = hyp_hvc(HYP_CALL_INIT, nvhe_regs.ttbr0, nvhe_regs.tcr,
			      nvhe_regs.mair, virt_to_phys(c), nvhe_stub,
			      nvhe_regs.sctlr);
		if (ret)
			hyp_hvc(STUB_SET_VECTORS, nvhe_stub, 0, 0, 0, 0, 0);
	}
	local_irq_restore(flags);
	if (ret)
		return hyp_why(why, AXVM_WHY_ENTER_FAILED, -EPROTO,
			       "CPU %u: EL2 did not let itself be taken (0x%llx); boot with kvm-arm.mode=none",
			       smp_processor_id(), ret);
	__this_cpu_write(nvhe_taken, true);
	return 0;
}

static void nvhe_cpu_disable(void)
{
	unsigned long flags;

	local_irq_save(flags);
	if (__this_cpu_read(nvhe_taken)) {
		hyp_hvc(HYP_CALL_RELEASE, 0, 0, 0, 0, 0, 0);
		__this_cpu_write(nvhe_taken, false);
	}
	local_irq_restore(flags);
}

static int nvhe_share(void *page)
{
	return el2map_add(page, PAGE_SIZE, EL2MAP_RW);
}

/* A call on this CPU if it is taken; else another's answers for all. */
static void nvhe_call_any(u64 nr, u64 a, u64 b, u64 c)
{
	unsigned long flags;

	local_irq_save(flags);
	if (__this_cpu_read(nvhe_taken))
		hyp_hvc(nr, a, b, c, 0, 0, 0);
	local_irq_restore(flags);
}

static void nvhe_unshare(void *page)
{
	el2map_remove(page, PAGE_SIZE);
	nvhe_call_any(HYP_CALL_TLBI_EL2, virt_to_phys(page), 0, 0);
}

static void nvhe_tlbi_vmid(u64 vttbr)
{
	nvhe_call_any(HYP_CALL_TLBI_VMID, vttbr, 0, 0);
}

static void nvhe_tlbi_range(u64 vttbr, u64 ipa, u64 pages)
{
	nvhe_call_any(HYP_CALL_TLBI_RANGE, vttbr, ipa, pages);
}

static void nvhe_tlbi_all(void)
{
	nvhe_call_any(HYP_CALL_TLBI_ALL, 0, 0, 0);
}

const struct hyp_ops hyp_nvhe_ops = {
	.backend = AXVM_BACKEND_NVHE,
	.prepare = nvhe_prepare,
	.unprepare = nvhe_unprepare,
	.cpu_enable = nvhe_cpu_enable,
	.cpu_disable = nvhe_cpu_disable,
	.share = nvhe_share,
	.unshare = nvhe_unshare,
	.tlbi_vmid = nvhe_tlbi_vmid,
	.tlbi_range = nvhe_tlbi_range,
	.tlbi_all = nvhe_tlbi_all,
};

/* irqs off on a taken CPU. */
u64 hyp_nvhe_run(struct hyp_vcpu *v)
{
	u64 code;

	local_daif_mask();
	pmr_sync();
	code = hyp_hvc(HYP_CALL_RUN, virt_to_phys(v), 0, 0, 0, 0, 0);
	local_daif_restore(DAIF_PROCCTX_NOIRQ);
	return code;
}

void hyp_nvhe_put(struct hyp_vcpu *v)
{
	hyp_hvc(HYP_CALL_PUT, virt_to_phys(v), 0, 0, 0, 0, 0);
}

u64 hyp_nvhe_read(u64 what)
{
	return hyp_hvc(HYP_CALL_READ, what, 0, 0, 0, 0, 0);
}
