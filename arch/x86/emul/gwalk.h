/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the walk of a guest's own page tables, as the processor does it:
 * 32-bit, PAE, 4-level and 5-level paging, with the #PF error code of a
 * refused access.  Reads guest memory through a callback; knows nothing of
 * nested tables or segmentation.
 */
#ifndef AXVM_X86_GWALK_H
#define AXVM_X86_GWALK_H

#include <linux/types.h>
#include "module/lib/types.h"

/* #PF error code.  Manual: "Page-Fault Exception". */
#define GWALK_PF_P (1u << 0) /* the page is present: rights were violated */
#define GWALK_PF_W (1u << 1) /* the access was a write */
#define GWALK_PF_U (1u << 2) /* the access was a user access */
#define GWALK_PF_RSVD (1u << 3) /* a reserved bit is set */
#define GWALK_PF_I (1u << 4) /* the access was an instruction fetch */
#define GWALK_PF_PK (1u << 5) /* a protection key forbids it */

/**
 * struct gwalk_info - the paging state of a vCPU, and what the access is
 * @cr3: CR3
 * @pdpte: PAE: the four PDPTEs as the processor loaded them
 * @levels: 0 paging off, 2 32-bit, 3 PAE, 4, 5
 * @phys_bits: MAXPHYADDR of the guest: bits above it are reserved
 * @pse: CR4.PSE (32-bit paging: 4 MiB pages)
 * @pse36: 4 MiB pages may lie above 4 GiB (CPUID PSE-36)
 * @page1g: 1 GiB pages exist
 * @wp: CR0.WP
 * @nxe: EFER.NXE
 * @smep: CR4.SMEP
 * @smap: CR4.SMAP
 * @ac: EFLAGS.AC (an explicit supervisor access with AC set passes SMAP)
 * @pke: CR4.PKE (4 and 5 levels)
 * @pkru: PKRU
 * @cpl3: the access is a user access (SS.DPL is 3)
 * @implicit: an implicit supervisor access (descriptor tables and the like):
 *	a supervisor access also at CPL 3, which AC does not exempt
 * @write: data write
 * @fetch: instruction fetch
 */
struct gwalk_info {
	u64 cr3;
	u64 pdpte[4];
	u8 levels;
	u8 phys_bits;
	bool pse;
	bool pse36;
	bool page1g;
	bool wp;
	bool nxe;
	bool smep;
	bool smap;
	bool ac;
	bool pke;
	u32 pkru;
	bool cpl3;
	bool implicit;
	bool write;
	bool fetch;
};

/**
 * struct gwalk_mem - guest-physical memory
 * @read: read @bytes (4 or 8, naturally aligned) at @gpa into @value; 0 or
 *	-errno, which gwalk() hands through
 * @update: replace @old by @new if it still is there (locked), to set the
 *	accessed and dirty flags; 0, -EAGAIN it changed, or -errno.  NULL:
 *	flags are not set (debugger's view)
 * @opaque: theirs
 */
struct gwalk_mem {
	int (*read)(void *opaque, gpa_t gpa, unsigned int bytes, u64 *value);
	int (*update)(void *opaque, gpa_t gpa, unsigned int bytes, u64 old,
		      u64 new);
	void *opaque;
};

/**
 * struct gwalk_result - where the walk led
 * @gpa: guest-physical address of the byte that was asked for
 * @page_size: 4 KiB, 2 MiB, 4 MiB or 1 GiB (paging off: 4 KiB)
 * @levels: tables read
 * @read: always true on success (x86 pages are readable)
 * @writable: R/W in every level
 * @exec: no XD in any level
 * @user: U/S in every level
 * @global: G of the leaf
 * @pkey: protection key of the leaf
 * @error_code: GWALK_PF_* after -EFAULT
 */
struct gwalk_result {
	gpa_t gpa;
	u64 page_size;
	u8 levels;
	bool read;
	bool writable;
	bool exec;
	bool user;
	bool global;
	u8 pkey;
	u32 error_code;
};

/**
 * gwalk_levels() - levels of paging that control registers select
 * @cr0: CR0, @cr4: CR4, @efer: EFER (LMA)
 */
unsigned int gwalk_levels(u64 cr0, u64 cr4, u64 efer);

/**
 * gwalk_init() - paging state from control registers
 *
 * Everything about the access (@cpl3, @implicit, @write, @fetch, @ac), @pkru
 * and @pdpte is zero; the features @pse36 and @page1g are set.
 */
void gwalk_init(struct gwalk_info *info, u64 cr0, u64 cr3, u64 cr4, u64 efer,
		unsigned int phys_bits);

/**
 * gwalk_pdpte_valid() - would MOV to CR3 (or CR0, CR4) accept this PDPTE?
 * Manual: "PDPTE Registers" (a present one with reserved bits set: #GP).
 */
bool gwalk_pdpte_valid(u64 pdpte, unsigned int phys_bits);

/**
 * gwalk_load_pdptes() - read the four PDPTEs that @cr3 points to
 *
 * Return: 0; -EINVAL one is not valid (#GP); what @mem->read said.
 */
int gwalk_load_pdptes(const struct gwalk_mem *mem, u64 cr3,
		      unsigned int phys_bits, u64 pdpte[4]);

/**
 * gwalk() - translate @gva for the access that @info describes
 * @info: paging state and access
 * @mem: guest-physical memory
 * @gva: linear address (cut to 32 bits unless @info->levels is 4 or 5)
 * @res: out
 *
 * Return: 0; -EFAULT page fault, with @res->error_code; -EINVAL @gva is not
 * canonical (#GP or #SS); -EAGAIN the guest changed its tables over and over
 * (try again later); what @mem->read or @mem->update said.
 */
int gwalk(const struct gwalk_info *info, const struct gwalk_mem *mem, gva_t gva,
	  struct gwalk_result *res);

#endif /* AXVM_X86_GWALK_H */
