// SPDX-License-Identifier: GPL-2.0
/*
 * VMIDs: the hardware has 256 or 65,536, there may be more VMs.  A VM takes
 * one at its first entry and keeps it for a generation.  When none is left a
 * new generation begins: all translations are forgotten everywhere, and only
 * the VMs that are inside a stay at that moment carry theirs over.
 *
 * A VM's word is generation | VMID.  Fast path: store the word into this CPU's
 * @active and see that the generation is the current one.  The roll-over takes
 * each CPU's @active away by exchanging it with 0, so of the two exactly one
 * comes first: either the VM's word is reserved, or the CPU finds 0 and goes
 * the slow way.
 */
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "module/vm.h"
#include "arch/arm64/arm64.h"
#include "arch/arm64/hyp/backend.h"

#define MMFR1_VMIDBITS_SHIFT 4
#define VMIDBITS_16 2

static DEFINE_RAW_SPINLOCK(vmid_lock); /* guards all but @active */
static unsigned int vmid_bits; /* from vmid_init() on: bits in use */
module_param(vmid_bits, uint, 0444);
MODULE_PARM_DESC(vmid_bits, "use fewer bits of a VMID than the hardware has (0: all)");
static unsigned long vmid_rollovers; /* only to be looked at */
module_param(vmid_rollovers, ulong, 0444);
MODULE_PARM_DESC(vmid_rollovers, "times that all VMIDs had been used up (read only)");
static unsigned long *vmid_map; /* used in this generation */
static atomic64_t vmid_generation;
static DEFINE_PER_CPU(atomic64_t, vmid_active);
static DEFINE_PER_CPU(u64, vmid_reserved);

static u64 vmid_mask(void)
{
	return BIT_ULL(vmid_bits) - 1;
}

static bool vmid_current(u64 word)
{
	return !((word ^ atomic64_read(&vmid_generation)) >> vmid_bits);
}

/* Each CPU may hold one, and there must be one left to give out. */
static unsigned int vmid_bits_choose(void)
{
	unsigned int bits = (sr_read(id_aa64mmfr1_el1) >> MMFR1_VMIDBITS_SHIFT &
			     0xf) == VMIDBITS_16 ? 16 : 8;

	if (!vmid_bits)
		return bits;
	return clamp_t(unsigned int, vmid_bits, ilog2(nr_cpu_ids + 1) + 1,
		       bits);
}

int vmid_init(void)
{
	vmid_bits = vmid_bits_choose();
	vmid_rollovers = 0;
	vmid_map = bitmap_zalloc(BIT(vmid_bits), GFP_KERNEL);
	if (!vmid_map)
		return -ENOMEM;
	__set_bit(0, vmid_map); /* the host's */
	atomic64_set(&vmid_generation, 2 * BIT_ULL(vmid_bits));
	return 0;
}

void vmid_exit(void)
{
	bitmap_free(vmid_map);
	vmid_map = NULL;
}

/*
 * What @active holds while no VM runs on the CPU: VMID 0 of a generation that
 * is never current again, and not 0, which says "rolled over".
 */
static u64 vmid_idle(void)
{
	return BIT_ULL(vmid_bits);
}

/* Is @word carried over by a CPU?  Then it is @now there from here on. */
static bool vmid_carried(u64 word, u64 now)
{
	unsigned int cpu;
	bool hit = false;

	for_each_possible_cpu(cpu)
		if (per_cpu(vmid_reserved, cpu) == word) {
			per_cpu(vmid_reserved, cpu) = now;
			hit = true;
		}
	return hit;
}

static void vmid_roll_over(void)
{
	unsigned int cpu;
	u64 word;

	bitmap_zero(vmid_map, BIT(vmid_bits));
	__set_bit(0, vmid_map);
	for_each_possible_cpu(cpu) {
		word = atomic64_xchg(&per_cpu(vmid_active, cpu), 0);
		/* 0: rolled over before and not entered since: still carried */
		if (!word)
			word = per_cpu(vmid_reserved, cpu);
		__set_bit(word & vmid_mask(), vmid_map);
		per_cpu(vmid_reserved, cpu) = word;
	}
	hyp_ops->tlbi_all();
	vmid_rollovers++;
}

static u64 vmid_new(struct axvm_vm *vm)
{
	u64 word = atomic64_read(&vm->arch.vmid);
	u64 generation = atomic64_read(&vmid_generation);
	unsigned long n;

	if (word) {
		u64 now = generation | (word & vmid_mask());

		if (vmid_carried(word, now))
			return now;
		/* Nobody has taken it in this generation: no need to move. */
		if (!__test_and_set_bit(word & vmid_mask(), vmid_map))
			return now;
	}
	n = find_next_zero_bit(vmid_map, BIT(vmid_bits), 1);
	if (n >= BIT(vmid_bits)) {
		generation = atomic64_add_return(BIT_ULL(vmid_bits),
						 &vmid_generation);
		vmid_roll_over();
		n = find_next_zero_bit(vmid_map, BIT(vmid_bits), 1);
	}
	if (n >= BIT(vmid_bits))
		return 0; /* more CPUs than VMIDs, each with a VM of its own */
	__set_bit(n, vmid_map);
	return generation | n;
}

u64 vmid_get(struct axvm_vm *vm)
{
	atomic64_t *active = this_cpu_ptr(&vmid_active);
	u64 word = atomic64_read(&vm->arch.vmid);
	u64 old = atomic64_read(active);
	unsigned long flags;

	lockdep_assert_preemption_disabled();
	/* Pairs with the exchange in vmid_roll_over(). */
	if (old && vmid_current(word) &&
	    atomic64_cmpxchg_relaxed(active, old, word) == old)
		return word & vmid_mask();

	raw_spin_lock_irqsave(&vmid_lock, flags);
	word = atomic64_read(&vm->arch.vmid);
	if (!vmid_current(word)) {
		word = vmid_new(vm);
		if (!word)
			goto out;
		atomic64_set(&vm->arch.vmid, word);
	}
	atomic64_set(active, word);
out:
	raw_spin_unlock_irqrestore(&vmid_lock, flags);
	return word & vmid_mask();
}

void vmid_leave(void)
{
	atomic64_t *active = this_cpu_ptr(&vmid_active);
	u64 old = atomic64_read(active);

	/* A roll-over in between leaves 0: the word stays carried, no harm. */
	if (old)
		atomic64_cmpxchg_relaxed(active, old, vmid_idle());
}

u64 vmid_peek(struct axvm_vm *vm)
{
	/* Pairs with atomic64_set() in vmid_get(): see arm64_tlbi() */
	smp_mb();
	return atomic64_read(&vm->arch.vmid) & vmid_mask();
}

void vmid_put(struct axvm_vm *vm)
{
	u64 word = atomic64_read(&vm->arch.vmid);
	unsigned long flags;
	unsigned int cpu;

	if (!word)
		return;
	raw_spin_lock_irqsave(&vmid_lock, flags);
	for_each_possible_cpu(cpu)
		if (per_cpu(vmid_reserved, cpu) == word)
			per_cpu(vmid_reserved, cpu) = 0;
	raw_spin_unlock_irqrestore(&vmid_lock, flags);
}
