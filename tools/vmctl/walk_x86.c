// SPDX-License-Identifier: GPL-2.0
/*
 * x86 page tables step by step: 5- and 4-level, PAE and 32-bit paging
 * (manual: "Paging", linear-address translation of each mode).
 */
#include <stdio.h>
#include <string.h>

#include "uapi/axvm_x86.h"
#include "walk.h"

#define CR0_PG (1ull << 31)
#define CR4_PSE (1ull << 4)
#define CR4_PAE (1ull << 5)
#define CR4_LA57 (1ull << 12)
#define EFER_LMA (1ull << 10)

#define ENTRY_P (1ull << 0)
#define ENTRY_PS (1ull << 7)
#define ADDRESS 0x000ffffffffff000ull
#define BITS(v, high, low) ((v) >> (low) & ((1ull << ((high) - (low) + 1)) - 1))

static const struct {
	unsigned int bit;
	const char *name;
} flags[] = { { 1, "write" },  { 2, "user" },	    { 3, "pwt" },
	      { 4, "pcd" },    { 5, "accessed" },   { 6, "dirty" },
	      { 8, "global" }, { 63, "no-execute" } };

/* @leaf: dirty and global mean something in it. */
static void describe(struct walk_step *s, bool leaf)
{
	size_t len;

	if (!(s->entry & ENTRY_P)) {
		strcpy(s->text, "not present");
		return;
	}
	len = (size_t)snprintf(s->text, WALK_TEXT, leaf ? "page" : "table");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		bool only_leaf = flags[i].bit == 6 || flags[i].bit == 8;

		if (s->entry >> flags[i].bit & 1 && (leaf || !only_leaf))
			len += (size_t)snprintf(s->text + len, WALK_TEXT - len,
						" %s", flags[i].name);
	}
}

/*
 * The entry @index, @bytes wide, of the table at @base; NULL when the walk
 * ends there.  @may_ps: bit 7 makes it a page.
 */
static struct walk_step *step(struct walk *w, walk_read_fn read, void *ctx,
			      const char *table, uint64_t base,
			      unsigned int index, unsigned int bytes,
			      bool may_ps, bool last)
{
	struct walk_step *s = &w->step[w->n++];

	*s = (struct walk_step){ .table = table,
				 .index = index,
				 .at = base + (uint64_t)index * bytes };
	if (read(ctx, s->at, &s->entry, bytes)) {
		strcpy(s->text, "there is no guest memory");
		w->why = "a table is not in guest memory";
		return NULL;
	}
	describe(s, last || (may_ps && s->entry & ENTRY_PS));
	if (s->entry & ENTRY_P)
		return s;
	w->why = "an entry is not present";
	return NULL;
}

static void found(struct walk *w, uint64_t base, uint64_t gva, uint64_t size)
{
	w->mapped = true;
	w->page_size = size;
	w->gpa = (base & ~(size - 1)) | (gva & (size - 1));
}

/* Tables of 512 entries of 64 bits, from @level (5 to 1) down. */
static void walk_wide(struct walk *w, walk_read_fn read, void *ctx,
		      uint64_t base, uint64_t gva, unsigned int level)
{
	static const char *const names[] = { "",     "PT",   "PD",
					     "PDPT", "PML4", "PML5" };

	for (; level; level--) {
		unsigned int shift = 12 + 9 * (level - 1);
		bool may_ps = level == 2 || level == 3;
		struct walk_step *s =
			step(w, read, ctx, names[level], base,
			     (unsigned int)BITS(gva, shift + 8, shift), 8,
			     may_ps, level == 1);

		if (!s)
			return;
		if (level > 3 && s->entry & ENTRY_PS) {
			w->why = "a reserved bit is set";
			return;
		}
		base = s->entry & ADDRESS;
		if (level == 1 || (may_ps && s->entry & ENTRY_PS)) {
			found(w, base, gva, 1ull << shift);
			return;
		}
	}
}

static void walk_pae(struct walk *w, walk_read_fn read, void *ctx, uint64_t cr3,
		     uint64_t gva)
{
	struct walk_step *s = step(w, read, ctx, "PDPT", cr3 & 0xffffffe0,
				   (unsigned int)BITS(gva, 31, 30), 8, false,
				   false);

	if (s)
		walk_wide(w, read, ctx, s->entry & ADDRESS, gva, 2);
}

static void walk_32(struct walk *w, walk_read_fn read, void *ctx,
		    const struct axvm_x86_sregs *regs, uint64_t gva)
{
	bool pse = regs->cr4 & CR4_PSE;
	struct walk_step *s = step(w, read, ctx, "PD", regs->cr3 & 0xfffff000,
				   (unsigned int)BITS(gva, 31, 22), 4, pse,
				   false);

	if (!s)
		return;
	if (pse && s->entry & ENTRY_PS) {
		/* PSE-36: bits 20:13 are address bits 39:32. */
		found(w, (s->entry & 0xffc00000) | BITS(s->entry, 20, 13) << 32,
		      gva, 4ull << 20);
		return;
	}
	s = step(w, read, ctx, "PT", s->entry & 0xfffff000,
		 (unsigned int)BITS(gva, 21, 12), 4, false, true);
	if (s)
		found(w, s->entry & 0xfffff000, gva, 4096);
}

static bool canonical(uint64_t gva, unsigned int bits)
{
	uint64_t top = gva >> (bits - 1);

	return !top || top == ~0ull >> (bits - 1);
}

void walk_x86(const struct axvm_x86_sregs *s, uint64_t gva, walk_read_fn read,
	      void *ctx, struct walk *w)
{
	unsigned int levels = s->cr4 & CR4_LA57 ? 5 : 4;

	*w = (struct walk){ 0 };
	if (!(s->cr0 & CR0_PG)) {
		found(w, gva, gva, 4096);
		return;
	}
	w->root = "CR3";
	w->root_value = s->cr3;
	if (!(s->efer & EFER_LMA))
		gva &= 0xffffffff;
	if (!(s->efer & EFER_LMA) && !(s->cr4 & CR4_PAE))
		walk_32(w, read, ctx, s, gva);
	else if (!(s->efer & EFER_LMA))
		walk_pae(w, read, ctx, s->cr3, gva);
	else if (canonical(gva, 12 + 9 * levels))
		walk_wide(w, read, ctx, s->cr3 & ADDRESS, gva, levels);
	else
		w->why = "the address is not canonical";
}
