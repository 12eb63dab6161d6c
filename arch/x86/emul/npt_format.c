// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the entry formats of nested page tables: Intel's EPT and AMD's nested
 * paging.  Knows single entries only; npt.c owns the tables.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/npt.h"

#define NPT_ADDRESS GENMASK_ULL(51, 12)
#define NPT_PAGE_SIZE BIT_ULL(7) /* leaf at levels 2 and 3, both formats */

/* ---- EPT: "EPT Paging-Structure Entries" ----------------------------- */

#define EPT_READ BIT_ULL(0)
#define EPT_WRITE BIT_ULL(1)
#define EPT_EXEC BIT_ULL(2)
#define EPT_RWX (EPT_READ | EPT_WRITE | EPT_EXEC)
#define EPT_MEMTYPE GENMASK_ULL(5, 3)
#define EPT_IGNORE_PAT BIT_ULL(6)
#define EPT_ACCESSED BIT_ULL(8)
#define EPT_DIRTY BIT_ULL(9)

static const u8 ept_memtypes[NPT_NR_MEMTYPES] = {
	[NPT_WB] = 6, [NPT_UC] = 0, [NPT_WC] = 1, [NPT_WT] = 4, [NPT_WP] = 5,
};

static bool ept_valid(const struct npt *npt, u32 prot)
{
	if (prot & NPT_READ)
		return true;
	return prot == NPT_EXEC && (npt->features & NPT_HAS_EXEC_ONLY);
}

static u64 ept_leaf(unsigned int level, hpa_t pa, u32 prot,
		    enum npt_memtype memtype)
{
	u64 entry = (pa & NPT_ADDRESS) |
		    FIELD_PREP(EPT_MEMTYPE, ept_memtypes[memtype]);

	if (memtype == NPT_WB)
		entry |= EPT_IGNORE_PAT;
	if (level > 1)
		entry |= NPT_PAGE_SIZE;
	if (prot & NPT_READ)
		entry |= EPT_READ;
	if (prot & NPT_WRITE)
		entry |= EPT_WRITE;
	if (prot & NPT_EXEC)
		entry |= EPT_EXEC;
	return entry;
}

static u64 ept_table(hpa_t pa)
{
	return (pa & NPT_ADDRESS) | EPT_RWX;
}

static bool ept_present(u64 entry)
{
	return entry & EPT_RWX;
}

static u32 ept_prot(u64 entry)
{
	return (entry & EPT_READ ? NPT_READ : 0) |
	       (entry & EPT_WRITE ? NPT_WRITE : 0) |
	       (entry & EPT_EXEC ? NPT_EXEC : 0);
}

static enum npt_memtype ept_memtype(u64 entry, unsigned int level)
{
	u8 type = FIELD_GET(EPT_MEMTYPE, entry);
	unsigned int i;

	for (i = 0; i < NPT_NR_MEMTYPES; i++)
		if (ept_memtypes[i] == type)
			return i;
	return NPT_UC;
}

const struct npt_format npt_format_ept = {
	.valid = ept_valid,
	.leaf = ept_leaf,
	.table = ept_table,
	.present = ept_present,
	.prot = ept_prot,
	.memtype = ept_memtype,
	.accessed = EPT_ACCESSED,
	.dirty = EPT_DIRTY,
};

/* ---- AMD: "Nested Page Tables" use the format of long mode ------------ */

#define AMD_PRESENT BIT_ULL(0)
#define AMD_WRITE BIT_ULL(1)
#define AMD_USER BIT_ULL(2) /* every guest access is a user access */
#define AMD_PWT BIT_ULL(3)
#define AMD_PCD BIT_ULL(4)
#define AMD_ACCESSED BIT_ULL(5)
#define AMD_DIRTY BIT_ULL(6)
#define AMD_PAT_4K BIT_ULL(7)
#define AMD_PAT_LARGE BIT_ULL(12)
#define AMD_NX BIT_ULL(63)

/* Index into the host's PAT: PAT, PCD, PWT are bits 2, 1, 0. */
static const u8 amd_pat[NPT_NR_MEMTYPES] = {
	[NPT_WB] = 0, [NPT_UC] = 3, [NPT_WC] = 1, [NPT_WT] = 7, [NPT_WP] = 5,
};

static bool amd_valid(const struct npt *npt, u32 prot)
{
	return prot & NPT_READ;
}

static u64 amd_pat_bit(unsigned int level)
{
	return level > 1 ? AMD_PAT_LARGE : AMD_PAT_4K;
}

static u64 amd_leaf(unsigned int level, hpa_t pa, u32 prot,
		    enum npt_memtype memtype)
{
	u64 entry = (pa & NPT_ADDRESS) | AMD_PRESENT | AMD_USER;
	u8 pat = amd_pat[memtype];

	if (level > 1)
		entry |= NPT_PAGE_SIZE;
	if (prot & NPT_WRITE)
		entry |= AMD_WRITE;
	if (!(prot & NPT_EXEC))
		entry |= AMD_NX;
	if (pat & 1)
		entry |= AMD_PWT;
	if (pat & 2)
		entry |= AMD_PCD;
	if (pat & 4)
		entry |= amd_pat_bit(level);
	return entry;
}

static u64 amd_table(hpa_t pa)
{
	return (pa & NPT_ADDRESS) | AMD_PRESENT | AMD_WRITE | AMD_USER;
}

static bool amd_present(u64 entry)
{
	return entry & AMD_PRESENT;
}

static u32 amd_prot(u64 entry)
{
	return NPT_READ | (entry & AMD_WRITE ? NPT_WRITE : 0) |
	       (entry & AMD_NX ? 0 : NPT_EXEC);
}

static enum npt_memtype amd_memtype(u64 entry, unsigned int level)
{
	u8 pat = (entry & AMD_PWT ? 1 : 0) | (entry & AMD_PCD ? 2 : 0) |
		 (entry & amd_pat_bit(level) ? 4 : 0);
	unsigned int i;

	for (i = 0; i < NPT_NR_MEMTYPES; i++)
		if (amd_pat[i] == pat)
			return i;
	return NPT_UC;
}

const struct npt_format npt_format_amd = {
	.valid = amd_valid,
	.leaf = amd_leaf,
	.table = amd_table,
	.present = amd_present,
	.prot = amd_prot,
	.memtype = amd_memtype,
	.accessed = AMD_ACCESSED,
	.dirty = AMD_DIRTY,
};
