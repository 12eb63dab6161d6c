// SPDX-License-Identifier: GPL-2.0
/*
 * The page behind the xAPICs' address in nested tables, for a processor that
 * recognizes accesses to it.  Nobody ever sees what is in it.
 *
 * Nested tables are the VM's, the mode of a local APIC is a vCPU's: to one that
 * is in x2APIC mode, is disabled or lives elsewhere, the page would be memory.
 * So it is there only while all are xAPICs at the usual address; at other times
 * accesses are nested page faults, which are slower and no less right.
 */
#include <linux/gfp.h>

#include "module/arch.h"
#include "arch/x86/lapic.h"
#include "arch/x86/x86.h"

bool vx86_apic_page __read_mostly;

int vx86_lapic_page_init(struct axvm_vm *vm)
{
	if (!vx86_apic_page)
		return 0;
	vm->arch.apic_page = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return vm->arch.apic_page ? 0 : -ENOMEM;
}

/* Nested tables are gone. */
void vx86_lapic_page_exit(struct axvm_vm *vm)
{
	free_page((unsigned long)vm->arch.apic_page);
	vm->arch.apic_page = NULL;
}

static bool usual(const struct vlapic *m)
{
	u64 base = READ_ONCE(m->base);

	return (base & ~(u64)VLAPIC_BASE_BSP) ==
	       (VLAPIC_BASE_RESET | VLAPIC_BASE_ENABLE);
}

static bool all_usual(struct axvm_vm *vm)
{
	const struct vapic_bus *bus = &vm->arch.lapics->bus;
	unsigned int i;

	for (i = 0; i < bus->n; i++)
		if (bus->apic[i] && !usual(bus->apic[i]))
			return false;
	return true;
}

/*
 * A vCPU that changes its mode comes here before it enters again: the last one
 * to take the lock sees all modes.
 */
void vx86_lapic_page_update(struct axvm_vm *vm)
{
	struct axvm_vm_arch *va = &vm->arch;
	bool map;

	if (!va->apic_page)
		return;
	mutex_lock(&vm->mem.lock);
	map = all_usual(vm);
	if (map && !va->apic_page_mapped) {
		va->apic_page_mapped = !axvm_arch_map(
			vm, VLAPIC_BASE_RESET, __pa(va->apic_page), PAGE_SIZE,
			AXVM_MEM_READ | AXVM_MEM_WRITE);
	} else if (!map && va->apic_page_mapped) {
		axvm_arch_unmap(vm, VLAPIC_BASE_RESET, PAGE_SIZE);
		va->apic_page_mapped = false;
	}
	mutex_unlock(&vm->mem.lock);
}
