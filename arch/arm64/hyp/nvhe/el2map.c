// SPDX-License-Identifier: GPL-2.0
/*
 * EL2's own stage 1 under nVHE: the image read-only and executable, the pages
 * shared with it writable and not executable, and nothing else of RAM.  A page
 * is mapped at its physical address, so that the MMU can be turned on and off
 * under running code.  One set of tables serves every CPU.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "arch/arm64/hyp/bits.h"
#include "arch/arm64/hyp/sysreg.h"
#include "arch/arm64/hyp/nvhe/el2map.h"

#define VA_BITS_EL2 48
#define TABLE_ENTRIES 512

#define DESC_VALID BIT_ULL(0)
#define DESC_TABLE BIT_ULL(1) /* also: a page at the last level */
#define DESC_AP_RES1 BIT_ULL(6)
#define DESC_AP_RO BIT_ULL(7)
#define DESC_SH_INNER (3ull << 8)
#define DESC_AF BIT_ULL(10)
#define DESC_XN BIT_ULL(54)
#define DESC_ADDR GENMASK_ULL(47, 12)

#define TCR_EL2_RES1 (BIT_ULL(31) | BIT_ULL(23))
#define TCR_EL2_PS GENMASK_ULL(18, 16)
#define TCR_EL2_SH_INNER (3ull << 12)
#define TCR_EL2_WBWA ((1ull << 10) | (1ull << 8))
#define MMFR0_PARANGE GENMASK_ULL(3, 0)
#define PARANGE_48 5

static DEFINE_MUTEX(el2map_lock); /* guards the tables */
static u64 *el2map_root;

int el2map_init(void)
{
	el2map_root = (u64 *)get_zeroed_page(GFP_KERNEL);
	return el2map_root ? 0 : -ENOMEM;
}

static void el2map_free(u64 *table, unsigned int level)
{
	unsigned int i;

	for (i = 0; level < 3 && i < TABLE_ENTRIES; i++)
		if (table[i] & DESC_VALID)
			el2map_free(phys_to_virt(table[i] & DESC_ADDR),
				    level + 1);
	free_page((unsigned long)table);
}

void el2map_exit(void)
{
	if (el2map_root)
		el2map_free(el2map_root, 0);
	el2map_root = NULL;
}

void el2map_regs(struct el2map_regs *regs)
{
	u64 ps = FIELD_GET(MMFR0_PARANGE, sr_read(id_aa64mmfr0_el1));

	regs->ttbr0 = virt_to_phys(el2map_root);
	regs->tcr = TCR_EL2_RES1 | TCR_EL2_SH_INNER | TCR_EL2_WBWA |
		    FIELD_PREP(TCR_EL2_PS, min_t(u64, ps, PARANGE_48)) |
		    (64 - VA_BITS_EL2);
	regs->mair = 0xff; /* index 0: normal, write-back */
	regs->sctlr = HYP_SCTLR_RES1 | SCTLR_BIT_M | SCTLR_BIT_C |
		      SCTLR_BIT_SA | SCTLR_BIT_I | SCTLR_BIT_WXN;
}

/* The last-level entry for @pa; tables on the way are made if @make. */
static u64 *el2map_entry(u64 pa, bool make)
{
	u64 *table = el2map_root;
	unsigned int level;

	for (level = 0; level < 3; level++) {
		u64 *e = &table[pa >> (39 - 9 * level) & (TABLE_ENTRIES - 1)];

		if (!(*e & DESC_VALID)) {
			u64 *next = make ? (u64 *)get_zeroed_page(GFP_KERNEL) :
					   NULL;

			if (!next)
				return NULL;
			/* The walker sees the new table zeroed. */
			asm volatile("dsb ishst" : : : "memory");
			WRITE_ONCE(*e, virt_to_phys(next) | DESC_TABLE |
				       DESC_VALID);
		}
		table = phys_to_virt(*e & DESC_ADDR);
	}
	return &table[pa >> 12 & (TABLE_ENTRIES - 1)];
}

int el2map_add(void *from, size_t bytes, unsigned int prot)
{
	u64 pa = virt_to_phys(from), end = pa + bytes, *e;
	u64 bits = DESC_VALID | DESC_TABLE | DESC_AP_RES1 | DESC_SH_INNER |
		   DESC_AF | (prot == EL2MAP_RX ? DESC_AP_RO : DESC_XN);
	int err = 0;

	if (end > BIT_ULL(VA_BITS_EL2))
		return -ERANGE;
	mutex_lock(&el2map_lock);
	for (; pa < end; pa += SZ_4K) {
		e = el2map_entry(pa, true);
		if (!e) {
			err = -ENOMEM;
			break;
		}
		WRITE_ONCE(*e, pa | bits);
	}
	/* Visible to every walker before anybody uses the address. */
	asm volatile("dsb ishst\n\tisb" : : : "memory");
	mutex_unlock(&el2map_lock);
	if (err)
		el2map_remove(from, pa - virt_to_phys(from));
	return err;
}

void el2map_remove(void *from, size_t bytes)
{
	u64 pa = virt_to_phys(from), end = pa + bytes, *e;

	mutex_lock(&el2map_lock);
	for (; pa < end; pa += SZ_4K) {
		e = el2map_entry(pa, false);
		if (e)
			WRITE_ONCE(*e, 0);
	}
	asm volatile("dsb ishst" : : : "memory");
	mutex_unlock(&el2map_lock);
}
