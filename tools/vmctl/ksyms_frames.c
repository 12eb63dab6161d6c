// SPDX-License-Identifier: GPL-2.0
/*
 * How to get from a function of the kernel to its caller, for debuggers: call
 * frame information out of what the kernel has for itself.  x86: the tables of
 * its ORC unwinder.  arm64: the chain of frame records, which it keeps always.
 *
 * DWARF 4, "Call Frame Information"; System V ABI, AMD64 supplement;
 * Linux: arch/x86/kernel/unwind_orc.c, asm/orc_types.h, asm/ptrace.h.
 */
#include <stdio.h>
#include <string.h>

#include "ksyms.h"
#include "le.h"

#define CFA_ADVANCE1 0x02
#define CFA_ADVANCE4 0x04
#define CFA_UNDEFINED 0x07
#define CFA_SAME 0x08
#define CFA_DEF_CFA 0x0c
#define CFA_DEF_CFA_EXPRESSION 0x0f
#define CFA_OFFSET_SF 0x11
#define CFA_ADVANCE 0x40 /* with the distance, up to 63 */
#define CFA_OFFSET 0x80 /* with the register */

#define OP_DEREF 0x06
#define OP_CONSTS 0x11
#define OP_PLUS 0x22
#define OP_BREG 0x70

#define CIE_ID 0xffffffffu
#define FUNCTION_MOST (1u << 24)

static void uleb(struct kbuf *b, uint64_t v)
{
	do {
		kbuf_u8(b, (uint8_t)((v & 0x7f) | (v >> 7 ? 0x80 : 0)));
		v >>= 7;
	} while (v);
}

static void sleb(struct kbuf *b, int64_t v)
{
	for (;;) {
		uint8_t byte = v & 0x7f;

		v >>= 7;
		if ((!v && !(byte & 0x40)) || (v == -1 && byte & 0x40)) {
			kbuf_u8(b, byte);
			return;
		}
		kbuf_u8(b, byte | 0x80);
	}
}

static void advance(struct kbuf *b, uint64_t units)
{
	if (!units)
		return;
	if (units < 64) {
		kbuf_u8(b, (uint8_t)(CFA_ADVANCE | units));
	} else if (units < 0x100) {
		kbuf_u8(b, CFA_ADVANCE1);
		kbuf_u8(b, (uint8_t)units);
	} else {
		kbuf_u8(b, CFA_ADVANCE4);
		kbuf_u32(b, (uint32_t)units);
	}
}

static void def_cfa(struct kbuf *b, unsigned int reg, uint64_t offset)
{
	kbuf_u8(b, CFA_DEF_CFA);
	uleb(b, reg);
	uleb(b, offset);
}

/* An entry's length, when it is complete: to whole words. */
static void close_entry(struct kbuf *b, size_t begin)
{
	uint32_t len;

	while ((b->n - begin) % 8 != 4) /* the length does not count itself */
		kbuf_u8(b, 0); /* DW_CFA_nop */
	len = (uint32_t)(b->n - begin - 4);
	/* Entries are padded to end on eight bytes with their length. */
	memcpy(b->p + begin, &len, sizeof(len));
}

static void open_cie(struct kbuf *b, const char *augmentation, uint64_t align,
		     unsigned int ra)
{
	kbuf_u32(b, 0);
	kbuf_u32(b, CIE_ID);
	kbuf_u8(b, 1); /* version */
	kbuf_add(b, augmentation, strlen(augmentation) + 1);
	uleb(b, align);
	sleb(b, -8);
	kbuf_u8(b, (uint8_t)ra);
}

static size_t open_fde(struct kbuf *b, size_t cie, uint64_t addr, uint64_t len)
{
	size_t begin = b->n;

	kbuf_u32(b, 0);
	kbuf_u32(b, (uint32_t)cie);
	kbuf_u64(b, addr);
	kbuf_u64(b, len);
	return begin;
}

/* The next symbol that begins a function, from @i on, and where it ends. */
static bool next_function(const struct ksyms *k, size_t *i, uint64_t *addr,
			  uint64_t *len)
{
	for (; *i + 1 < k->n; ++*i) {
		const struct ksym *s = &k->v[*i];

		if (!ksyms_is_text(s) || s[1].addr == s->addr ||
		    s[1].addr - s->addr > FUNCTION_MOST)
			continue;
		*addr = s->addr;
		*len = s[1].addr - s->addr;
		++*i;
		return true;
	}
	return false;
}

/* ---- arm64 ------------------------------------------------------------------ */

#define ARM64_FP 29
#define ARM64_LR 30
#define ARM64_SP 31
/* Instructions before a function has its frame: BTI, two for ftrace, PACIASP. */
#define ARM64_PROLOGUE 4u

static bool frames_arm64(const struct ksyms *k, struct kbuf *b)
{
	uint64_t addr, len;
	size_t i = 0, at;

	open_cie(b, "", 4, ARM64_LR);
	def_cfa(b, ARM64_SP, 0);
	kbuf_u8(b, CFA_SAME);
	uleb(b, ARM64_LR);
	close_entry(b, 0);
	while (next_function(k, &i, &addr, &len)) {
		at = open_fde(b, 0, addr, len);
		advance(b, ARM64_PROLOGUE);
		def_cfa(b, ARM64_FP, 16);
		kbuf_u8(b, CFA_OFFSET | ARM64_FP);
		uleb(b, 2);
		kbuf_u8(b, CFA_OFFSET | ARM64_LR);
		uleb(b, 1);
		close_entry(b, at);
	}
	return true;
}

/* ---- x86 -------------------------------------------------------------------- */

#define X86_BP 6
#define X86_SP 7
#define X86_RA 16

enum orc_reg {
	ORC_UNDEFINED,
	ORC_PREV_SP,
	ORC_DX,
	ORC_DI,
	ORC_BP,
	ORC_SP,
	ORC_R10,
	ORC_R13,
	ORC_BP_INDIRECT,
	ORC_SP_INDIRECT,
};

enum orc_type { ORC_STOP, ORC_CALL, ORC_REGS, ORC_REGS_PARTIAL };

/* Numbers of DWARF for those that can be a base. */
/* clang-format off */
static const uint8_t orc_dwarf[] = {
	[ORC_DX] = 1, [ORC_DI] = 5, [ORC_BP] = X86_BP, [ORC_SP] = X86_SP,
	[ORC_R10] = 10, [ORC_R13] = 13, [ORC_BP_INDIRECT] = X86_BP,
	[ORC_SP_INDIRECT] = X86_SP,
};
/* clang-format on */

/* pt_regs from its begin on, by DWARF's numbers; orig_rax, cs, flags left out. */
static const struct {
	uint8_t reg, at;
} pt_regs[] = {
	{ 15, 0 }, { 14, 8 },  { 13, 16 }, { 12, 24 }, { 6, 32 },
	{ 3, 40 }, { 11, 48 }, { 10, 56 }, { 9, 64 },  { 8, 72 },
	{ 0, 80 }, { 2, 88 },  { 1, 96 },  { 4, 104 }, { 5, 112 },
};

#define PT_RIP 128
#define PT_RSP 152

/**
 * struct orc - the tables
 * @ip: places, each relative to itself: @n
 * @entry: six bytes for each
 * @ip_addr: address of the first of @ip
 * @types: kinds of entries have other numbers since Linux 6.4
 * @regs: so have registers, in 7.x
 */
struct orc {
	const uint8_t *ip, *entry;
	size_t n;
	uint64_t ip_addr;
	bool types, regs;
};

struct orc_entry {
	int16_t sp, bp;
	uint8_t sp_reg, bp_reg;
	enum orc_type type;
};

static uint64_t orc_ip(const struct orc *o, size_t i)
{
	return o->ip_addr + 4 * i + (uint64_t)(int32_t)le32_get(o->ip + 4 * i);
}

/* What newer kernels mean; RAX is a base nowhere that matters. */
/* clang-format off */
static const uint8_t orc_renumbered[16] = {
	ORC_UNDEFINED, 15, ORC_DX, ORC_SP, ORC_BP, ORC_DI, ORC_R10, ORC_R13,
	ORC_PREV_SP, ORC_SP_INDIRECT, ORC_BP_INDIRECT, 15, 15, 15, 15, 15,
};
/* clang-format on */

/* The stack pointer is what most entries start from: 5, or the newer 3. */
static bool newer_regs(const struct orc *o)
{
	size_t three = 0, five = 0;

	for (size_t i = 0; i < o->n; i++) {
		three += (o->entry[6 * i + 4] & 15) == 3;
		five += (o->entry[6 * i + 4] & 15) == 5;
	}
	return three > five;
}

static struct orc_entry orc_entry(const struct orc *o, size_t i)
{
	const uint8_t *p = o->entry + 6 * i;
	struct orc_entry e = { .sp = (int16_t)le16_get(p),
			       .bp = (int16_t)le16_get(p + 2),
			       .sp_reg = p[4] & 15,
			       .bp_reg = p[4] >> 4 };
	unsigned int type = p[5] & (o->types ? 7 : 3);

	if (o->regs) {
		e.sp_reg = orc_renumbered[e.sp_reg];
		e.bp_reg = orc_renumbered[e.bp_reg];
	}
	if (o->types)
		e.type = type < 2 ? ORC_STOP : (enum orc_type)(type - 1);
	else
		e.type = p[5] & 4 ? ORC_STOP : (enum orc_type)(type + 1);
	if (e.sp_reg == ORC_UNDEFINED || e.sp_reg == ORC_PREV_SP ||
	    e.sp_reg > ORC_SP_INDIRECT || e.type > ORC_REGS_PARTIAL)
		e.type = ORC_STOP;
	return e;
}

static const char banner[] = "Linux version ";

/* The next one of the image from @from on, or where it ends. */
static size_t find_banner(const struct ksyms *k, size_t from)
{
	const uint8_t *p = memmem(k->image + from, k->image_len - from, banner,
				  sizeof(banner) - 1);

	return p ? (size_t)(p - k->image) : k->image_len;
}

/* Of several (there is a log, too) the one close to the table of symbols. */
static size_t nearest_banner(const struct ksyms *k)
{
	size_t best = k->image_len, at, far = SIZE_MAX;

	for (at = find_banner(k, 0); at < k->image_len;
	     at = find_banner(k, at + 1)) {
		size_t d = at > k->tokens ? at - k->tokens : k->tokens - at;

		if (d < far) {
			far = d;
			best = at;
		}
	}
	return best;
}

/* "Linux version 6.1..." */
static bool newer_types(const struct ksyms *k)
{
	size_t at = nearest_banner(k) + sizeof(banner) - 1;
	unsigned int major = 0, minor = 0;
	char text[16] = "";

	if (at >= k->image_len)
		return false;
	memcpy(text, k->image + at,
	       k->image_len - at < 15 ? k->image_len - at : 15);
	return sscanf(text, "%u.%u", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 4));
}

/* Where an ELF file has this address, by its segments. */
static uint64_t at_segment(const struct ksyms *k, uint64_t addr)
{
	const uint8_t *p = k->image;
	uint64_t phoff = le64_get(p + 32), at = UINT64_MAX;
	unsigned int n = le16_get(p + 56);

	for (unsigned int i = 0; i < n; i++, phoff += 56) {
		uint64_t vaddr, size;

		if (phoff > k->image_len - 56)
			return UINT64_MAX;
		vaddr = le64_get(p + phoff + 16);
		size = le64_get(p + phoff + 32);
		if (le32_get(p + phoff) == 1 && addr - vaddr < size)
			at = le64_get(p + phoff + 8) + addr - vaddr;
	}
	return at;
}

/* @len bytes at an address, as the symbols have it; NULL: not there. */
static const uint8_t *at_address(const struct ksyms *k, uint64_t addr,
				 uint64_t len)
{
	uint64_t at = UINT64_MAX, known = ksyms_address(k, "linux_banner");

	if (k->image_len > 64 && !memcmp(k->image, "\177ELF\2", 5))
		at = at_segment(k, addr - k->shift);
	else if (known) /* memory: the kernel is in one piece */
		at = nearest_banner(k) + addr - known;
	return at < k->image_len && len <= k->image_len - at ? k->image + at :
							       NULL;
}

static bool orc_find(const struct ksyms *k, struct orc *o)
{
	uint64_t ip = ksyms_address(k, "__start_orc_unwind_ip");
	uint64_t end = ksyms_address(k, "__stop_orc_unwind_ip");
	uint64_t entry = ksyms_address(k, "__start_orc_unwind");

	if (!k->image || !ip || !entry || end <= ip || end - ip < 4)
		return false;
	o->ip_addr = ip;
	o->n = (size_t)(end - ip) / 4;
	o->ip = at_address(k, ip, 4 * (uint64_t)o->n);
	o->entry = at_address(k, entry, 6 * (uint64_t)o->n);
	o->types = newer_types(k);
	if (!o->ip || !o->entry)
		return false;
	o->regs = newer_regs(o);
	/* Sorted, or it is something else. */
	for (size_t i = 1; i < o->n; i++) {
		if (orc_ip(o, i) < orc_ip(o, i - 1))
			return false;
	}
	return true;
}

/* The last entry that begins at @addr or before; they are sorted. */
static size_t orc_at(const struct orc *o, uint64_t addr)
{
	size_t low = 0, high = o->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (orc_ip(o, middle) <= addr)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The caller's stack pointer, or where pt_regs are. */
static void put_cfa(struct kbuf *b, const struct orc_entry *e)
{
	struct kbuf x = { 0 };
	uint8_t reg = orc_dwarf[e->sp_reg];

	if (e->sp_reg < ORC_BP_INDIRECT && e->sp >= 0) {
		def_cfa(b, reg, (uint64_t)e->sp);
		return;
	}
	kbuf_u8(&x, (uint8_t)(OP_BREG + reg));
	sleb(&x, e->sp_reg == ORC_SP_INDIRECT ? 0 : e->sp);
	if (e->sp_reg >= ORC_BP_INDIRECT)
		kbuf_u8(&x, OP_DEREF);
	if (e->sp_reg == ORC_SP_INDIRECT) {
		kbuf_u8(&x, OP_CONSTS);
		sleb(&x, e->sp);
		kbuf_u8(&x, OP_PLUS);
	}
	kbuf_u8(b, CFA_DEF_CFA_EXPRESSION);
	uleb(b, x.n);
	kbuf_add(b, x.p, x.n);
	kbuf_free(&x);
}

static void put_saved(struct kbuf *b, unsigned int reg, int64_t at)
{
	kbuf_u8(b, CFA_OFFSET_SF);
	uleb(b, reg);
	sleb(b, at / -8);
}

static void put_same(struct kbuf *b, unsigned int reg)
{
	kbuf_u8(b, CFA_SAME);
	uleb(b, reg);
}

/* Rules of one entry; @before was in force until here, or NULL. */
static void put_rules(struct kbuf *b, const struct orc_entry *e,
		      const struct orc_entry *before)
{
	bool were_regs = before && before->type >= ORC_REGS;
	int64_t base = e->type == ORC_REGS_PARTIAL ? PT_RIP : 0;

	if (e->type == ORC_STOP) {
		kbuf_u8(b, CFA_UNDEFINED);
		uleb(b, X86_RA);
		return;
	}
	put_cfa(b, e);
	for (size_t i = 0; i < sizeof(pt_regs) / sizeof(pt_regs[0]); i++) {
		if (e->type == ORC_REGS)
			put_saved(b, pt_regs[i].reg, pt_regs[i].at);
		else if (were_regs && pt_regs[i].reg != X86_BP)
			put_same(b, pt_regs[i].reg);
	}
	if (e->type >= ORC_REGS) {
		put_saved(b, X86_RA, PT_RIP - base);
		put_saved(b, X86_SP, PT_RSP - base);
	} else {
		put_saved(b, X86_RA, -8);
	}
	if (e->type == ORC_REGS)
		return;
	if (e->type == ORC_CALL && e->bp_reg == ORC_PREV_SP && !(e->bp % 8))
		put_saved(b, X86_BP, e->bp);
	else
		put_same(b, X86_BP);
}

static void put_function(struct kbuf *b, const struct orc *o, const size_t *cie,
			 uint64_t addr, uint64_t len)
{
	struct orc_entry e, before;
	size_t i = orc_at(o, addr), k, at;
	bool regs = false, first = true;
	uint64_t last = addr;

	for (k = i; k < o->n && orc_ip(o, k) < addr + len; k++)
		regs |= orc_entry(o, k).type >= ORC_REGS;
	at = open_fde(b, cie[regs], addr, len);
	for (k = i; k < o->n && orc_ip(o, k) < addr + len; k++) {
		uint64_t ip = orc_ip(o, k);

		e = orc_entry(o, k);
		if (ip > last) {
			advance(b, ip - last);
			last = ip;
		}
		put_rules(b, &e, first ? NULL : &before);
		before = e;
		first = false;
	}
	close_entry(b, at);
}

static bool frames_x86(const struct ksyms *k, struct kbuf *b)
{
	/* One for frames of interrupts ("S"), whose callers did not call. */
	size_t cie[2], i = 0;
	uint64_t addr, len;
	struct orc o;

	if (!orc_find(k, &o))
		return false;
	for (unsigned int n = 0; n < 2; n++) {
		cie[n] = b->n;
		open_cie(b, n ? "S" : "", 1, X86_RA);
		def_cfa(b, X86_SP, 8);
		kbuf_u8(b, CFA_OFFSET | X86_RA);
		uleb(b, 1);
		close_entry(b, cie[n]);
	}
	while (next_function(k, &i, &addr, &len))
		put_function(b, &o, cie, addr, len);
	return true;
}

bool ksyms_frames(const struct ksyms *k, struct kbuf *out)
{
	return k->arm64 ? frames_arm64(k, out) : frames_x86(k, out);
}
