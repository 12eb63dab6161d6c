// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the walk of a guest's page tables.  A walk reads entries from the top
 * down, checks reserved bits on the way and rights at the end, and sets
 * accessed and dirty flags last, as one attempt that starts over when the
 * guest changes an entry meanwhile.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "arch/x86/emul/gwalk.h"

#define CR0_WP BIT_ULL(16)
#define CR0_PG BIT_ULL(31)
#define CR4_PSE BIT_ULL(4)
#define CR4_PAE BIT_ULL(5)
#define CR4_LA57 BIT_ULL(12)
#define CR4_SMEP BIT_ULL(20)
#define CR4_SMAP BIT_ULL(21)
#define CR4_PKE BIT_ULL(22)
#define EFER_LMA BIT_ULL(10)
#define EFER_NXE BIT_ULL(11)

#define PTE_P BIT_ULL(0)
#define PTE_W BIT_ULL(1)
#define PTE_U BIT_ULL(2)
#define PTE_A BIT_ULL(5)
#define PTE_D BIT_ULL(6)
#define PTE_PS BIT_ULL(7)
#define PTE_G BIT_ULL(8)
#define PTE_PSE36 GENMASK_ULL(20, 13)
#define PTE_PKEY_SHIFT 59
#define PTE_XD BIT_ULL(63)

#define GWALK_TRIES 8 /* attempts until the guest is told to come back */

/* An entry that a walk used, for its flags. */
struct gwalk_step {
	gpa_t gpa;
	u64 entry;
};

/* One attempt: where it is and what it has gathered. */
struct gwalk_try {
	struct gwalk_step step[5];
	unsigned int steps;
	unsigned int level; /* of the leaf */
	u64 leaf;
	bool writable;
	bool user;
	bool exec;
};

unsigned int gwalk_levels(u64 cr0, u64 cr4, u64 efer)
{
	if (!(cr0 & CR0_PG))
		return 0;
	if (!(cr4 & CR4_PAE))
		return 2;
	if (!(efer & EFER_LMA))
		return 3;
	return cr4 & CR4_LA57 ? 5 : 4;
}

void gwalk_init(struct gwalk_info *info, u64 cr0, u64 cr3, u64 cr4, u64 efer,
		unsigned int phys_bits)
{
	*info = (struct gwalk_info){
		.cr3 = cr3,
		.levels = gwalk_levels(cr0, cr4, efer),
		.phys_bits = phys_bits,
		.pse = cr4 & CR4_PSE,
		.pse36 = true,
		.page1g = true,
		.wp = cr0 & CR0_WP,
		.nxe = efer & EFER_NXE,
		.smep = cr4 & CR4_SMEP,
		.smap = cr4 & CR4_SMAP,
		.pke = cr4 & CR4_PKE,
	};
}

/* Bits of an address from @phys_bits up to bit 51. */
static u64 gwalk_beyond(unsigned int phys_bits)
{
	return phys_bits >= 52 ? 0 : GENMASK_ULL(51, phys_bits);
}

bool gwalk_pdpte_valid(u64 pdpte, unsigned int phys_bits)
{
	u64 reserved = GENMASK_ULL(2, 1) | GENMASK_ULL(8, 5) |
		       GENMASK_ULL(63, 52) | gwalk_beyond(phys_bits);

	return !(pdpte & PTE_P) || !(pdpte & reserved);
}

int gwalk_load_pdptes(const struct gwalk_mem *mem, u64 cr3,
		      unsigned int phys_bits, u64 pdpte[4])
{
	unsigned int i;
	u64 entry[4];
	int ret;

	for (i = 0; i < 4; i++) {
		ret = mem->read(mem->opaque, (cr3 & GENMASK_ULL(31, 5)) + 8 * i,
				8, &entry[i]);
		if (ret)
			return ret;
		if (!gwalk_pdpte_valid(entry[i], phys_bits))
			return -EINVAL;
	}
	for (i = 0; i < 4; i++)
		pdpte[i] = entry[i];
	return 0;
}

static bool gwalk_canonical(const struct gwalk_info *info, gva_t gva)
{
	unsigned int bits = info->levels == 5 ? 57 : 48;

	return (u64)((s64)(gva << (64 - bits)) >> (64 - bits)) == gva;
}

/* Does the access count as one of user mode? */
static bool gwalk_is_user(const struct gwalk_info *info)
{
	return info->cpl3 && !info->implicit;
}

/* The bits of the error code that the access alone decides. */
static u32 gwalk_error(const struct gwalk_info *info, u32 bits)
{
	bool shows_fetch = info->smep || (info->nxe && info->levels >= 3);

	if (info->write)
		bits |= GWALK_PF_W;
	if (gwalk_is_user(info))
		bits |= GWALK_PF_U;
	if (info->fetch && shows_fetch)
		bits |= GWALK_PF_I;
	return bits;
}

/* Is the entry at @level (1: PTE) the last one? */
static bool gwalk_is_leaf(const struct gwalk_info *info, u64 entry,
			  unsigned int level)
{
	if (level == 1)
		return true;
	if (!(entry & PTE_PS))
		return false;
	if (info->levels == 2)
		return info->pse;
	return level == 2 || (level == 3 && info->levels > 3 && info->page1g);
}

/* Reserved bits of a present entry.  Manual: "Paging", figures per mode. */
static u64 gwalk_reserved(const struct gwalk_info *info, u64 entry,
			  unsigned int level)
{
	bool leaf = gwalk_is_leaf(info, entry, level);
	u64 reserved;

	if (info->levels == 2) {
		unsigned int bits = min_t(unsigned int, info->phys_bits, 40);

		if (level == 1 || !leaf)
			return 0;
		/* PDE bits 20:13 are address bits 39:32 */
		return info->pse36 && bits > 32 ? GENMASK_ULL(21, bits - 19) :
						  GENMASK_ULL(21, 13);
	}
	reserved = gwalk_beyond(info->phys_bits);
	if (info->levels == 3)
		reserved |= GENMASK_ULL(62, 52);
	if (!info->nxe)
		reserved |= PTE_XD;
	if (level > 1 && leaf)
		reserved |= GENMASK_ULL(level == 3 ? 29 : 20, 13);
	if (level > 2 && !leaf)
		reserved |= PTE_PS;
	return reserved;
}

static unsigned int gwalk_shift(const struct gwalk_info *info,
				unsigned int level)
{
	return 12 + (info->levels == 2 ? 10 : 9) * (level - 1);
}

/* Where the walk starts: the table and the level of its entries. */
static int gwalk_top(const struct gwalk_info *info, gva_t gva, gpa_t *table,
		     unsigned int *level)
{
	u64 pdpte;

	switch (info->levels) {
	case 2:
		*table = info->cr3 & GENMASK_ULL(31, 12);
		*level = 2;
		return 0;
	case 3:
		pdpte = info->pdpte[(gva >> 30) & 3];
		*table = pdpte & GENMASK_ULL(51, 12);
		*level = 2;
		return pdpte & PTE_P ? 0 : -EFAULT;
	default:
		*table = info->cr3 & GENMASK_ULL(51, 12) &
			 ~gwalk_beyond(info->phys_bits);
		*level = info->levels;
		return 0;
	}
}

/* Read entries down to the leaf.  Sets res->error_code with -EFAULT. */
static int gwalk_down(const struct gwalk_info *info,
		      const struct gwalk_mem *mem, gva_t gva,
		      struct gwalk_try *try, struct gwalk_result *res)
{
	unsigned int bytes = info->levels == 2 ? 4 : 8, level;
	gpa_t table;
	int ret;

	res->error_code = gwalk_error(info, 0);
	ret = gwalk_top(info, gva, &table, &level);
	if (ret)
		return ret;
	for (;; level--) {
		unsigned int index = (gva >> gwalk_shift(info, level)) &
				     (4096 / bytes - 1);
		struct gwalk_step *step = &try->step[try->steps++];

		step->gpa = table + index * bytes;
		ret = mem->read(mem->opaque, step->gpa, bytes, &step->entry);
		if (ret)
			return ret;
		if (bytes == 4)
			step->entry = lower_32_bits(step->entry);
		if (!(step->entry & PTE_P))
			return -EFAULT;
		if (step->entry & gwalk_reserved(info, step->entry, level)) {
			res->error_code |= GWALK_PF_P | GWALK_PF_RSVD;
			return -EFAULT;
		}
		try->writable &= !!(step->entry & PTE_W);
		try->user &= !!(step->entry & PTE_U);
		if (info->levels > 2)
			try->exec &= !(step->entry & PTE_XD);
		if (gwalk_is_leaf(info, step->entry, level))
			break;
		table = step->entry & (bytes == 4 ? GENMASK_ULL(31, 12) :
						    GENMASK_ULL(51, 12));
	}
	try->level = level;
	try->leaf = try->step[try->steps - 1].entry;
	return 0;
}

/* Manual: "Determination of Access Rights". */
static bool gwalk_allowed(const struct gwalk_info *info,
			  const struct gwalk_try *try)
{
	if (gwalk_is_user(info)) {
		if (!try->user)
			return false;
		if (info->fetch)
			return try->exec;
		return !info->write || try->writable;
	}
	if (info->fetch)
		return try->exec && !(try->user && info->smep);
	if (try->user && info->smap && (info->implicit || !info->ac))
		return false;
	return !info->write || !info->wp || try->writable;
}

/* Manual: "Protection Keys": data accesses to user pages only. */
static bool gwalk_key_forbids(const struct gwalk_info *info,
			      const struct gwalk_try *try)
{
	unsigned int key = (try->leaf >> PTE_PKEY_SHIFT) & 15;
	u32 rights = info->pkru >> (2 * key);

	if (!info->pke || info->levels < 4 || !try->user || info->fetch)
		return false;
	if (rights & 1)
		return true;
	return (rights & 2) && info->write && (gwalk_is_user(info) || info->wp);
}

/* Set accessed flags, and dirty in the leaf of a write. */
static int gwalk_flags(const struct gwalk_info *info,
		       const struct gwalk_mem *mem, struct gwalk_try *try)
{
	unsigned int bytes = info->levels == 2 ? 4 : 8, i;

	for (i = 0; i < try->steps; i++) {
		struct gwalk_step *step = &try->step[i];
		u64 want = step->entry | PTE_A;
		int ret;

		if (i == try->steps - 1 && info->write)
			want |= PTE_D;
		if (want == step->entry)
			continue;
		ret = mem->update(mem->opaque, step->gpa, bytes, step->entry,
				  want);
		if (ret)
			return ret;
	}
	return 0;
}

static void gwalk_fill(const struct gwalk_info *info,
		       const struct gwalk_try *try, gva_t gva,
		       struct gwalk_result *res)
{
	unsigned int shift = gwalk_shift(info, try->level);
	u64 offset = BIT_ULL(shift) - 1;
	gpa_t base = try->leaf & GENMASK_ULL(51, 12) & ~offset;

	if (info->levels == 2 && try->level == 2)
		base |= (try->leaf & PTE_PSE36) << 19;
	res->gpa = base | (gva & offset);
	res->page_size = BIT_ULL(shift);
	res->levels = try->steps + (info->levels == 3);
	res->read = true;
	res->writable = try->writable;
	res->exec = try->exec;
	res->user = try->user;
	res->global = try->leaf & PTE_G;
	res->pkey = info->levels > 3 ? (try->leaf >> PTE_PKEY_SHIFT) & 15 : 0;
	res->error_code = 0;
}

static int gwalk_once(const struct gwalk_info *info,
		      const struct gwalk_mem *mem, gva_t gva,
		      struct gwalk_result *res)
{
	struct gwalk_try try = { .writable = true, .user = true, .exec = true };
	bool allowed, key;
	int ret;

	ret = gwalk_down(info, mem, gva, &try, res);
	if (ret)
		return ret;
	allowed = gwalk_allowed(info, &try);
	key = gwalk_key_forbids(info, &try);
	if (!allowed || key) {
		res->error_code |= GWALK_PF_P | (key ? GWALK_PF_PK : 0);
		return -EFAULT;
	}
	ret = mem->update ? gwalk_flags(info, mem, &try) : 0;
	if (!ret)
		gwalk_fill(info, &try, gva, res);
	return ret;
}

int gwalk(const struct gwalk_info *info, const struct gwalk_mem *mem, gva_t gva,
	  struct gwalk_result *res)
{
	unsigned int i;
	int ret;

	*res = (struct gwalk_result){ 0 };
	if (info->levels == 1 || info->levels > 5)
		return -EINVAL;
	if (info->levels < 4)
		gva = lower_32_bits(gva);
	else if (!gwalk_canonical(info, gva))
		return -EINVAL;
	if (!info->levels) {
		*res = (struct gwalk_result){
			.gpa = gva,
			.page_size = 4096,
			.read = true,
			.writable = true,
			.exec = true,
			.user = true,
		};
		return 0;
	}
	for (i = 0; i < GWALK_TRIES; i++) {
		ret = gwalk_once(info, mem, gva, res);
		if (ret != -EAGAIN)
			return ret;
	}
	return -EAGAIN;
}
