// SPDX-License-Identifier: GPL-2.0
/*
 * x86 kernels as ELF files.  PURE: bytes in, numbers out; only the ELF header,
 * the program headers and notes are looked at, as a loader does.
 */
#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "elf_image.h"
#include "le.h"

#define ERROR(...) diag_add(d, DIAG_ERROR, file, 0, __VA_ARGS__)

/* Fields of both classes at once: where they are, and how wide. */
struct elf_layout {
	size_t header, phdr; /* bytes of an ELF header, of a program header */
	size_t entry, phoff, phentsize, phnum;
	size_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
	bool wide; /* addresses, offsets and sizes have 8 bytes */
};

#define LAYOUT(bits, is_wide)                                         \
	{                                                             \
		.header = sizeof(Elf##bits##_Ehdr),                   \
		.phdr = sizeof(Elf##bits##_Phdr),                     \
		.entry = offsetof(Elf##bits##_Ehdr, e_entry),         \
		.phoff = offsetof(Elf##bits##_Ehdr, e_phoff),         \
		.phentsize = offsetof(Elf##bits##_Ehdr, e_phentsize), \
		.phnum = offsetof(Elf##bits##_Ehdr, e_phnum),         \
		.p_offset = offsetof(Elf##bits##_Phdr, p_offset),     \
		.p_vaddr = offsetof(Elf##bits##_Phdr, p_vaddr),       \
		.p_paddr = offsetof(Elf##bits##_Phdr, p_paddr),       \
		.p_filesz = offsetof(Elf##bits##_Phdr, p_filesz),     \
		.p_memsz = offsetof(Elf##bits##_Phdr, p_memsz),       \
		.p_align = offsetof(Elf##bits##_Phdr, p_align),       \
		.wide = is_wide,                                      \
	}

static const struct elf_layout layout32 = LAYOUT(32, false);
static const struct elf_layout layout64 = LAYOUT(64, true);

/* These stand at the same place in both. */
#define E_TYPE offsetof(Elf64_Ehdr, e_type)
#define E_MACHINE offsetof(Elf64_Ehdr, e_machine)
#define P_TYPE offsetof(Elf64_Phdr, p_type)

static uint64_t word(const struct elf_layout *l, const uint8_t *p)
{
	return l->wide ? le64_get(p) : le32_get(p);
}

bool elf_image_is(const uint8_t *head, size_t n)
{
	return n >= SELFMAG && !memcmp(head, ELFMAG, SELFMAG);
}

static bool check_ident(const uint8_t *in, size_t n, const char *file,
			const struct elf_layout **l, struct diags *d)
{
	unsigned int type, machine;

	if (!elf_image_is(in, n)) {
		ERROR("it is no ELF file: it does not begin with 0x7f \"ELF\"");
		return false;
	}
	if (n < sizeof(Elf32_Ehdr)) {
		ERROR("it is truncated: %zu bytes do not hold an ELF header",
		      n);
		return false;
	}
	*l = in[EI_CLASS] == ELFCLASS64 ? &layout64 : &layout32;
	if (in[EI_CLASS] != ELFCLASS32 && in[EI_CLASS] != ELFCLASS64) {
		ERROR("ELF header: EI_CLASS is %u; it must be 1 (32-bit) or 2 (64-bit)",
		      in[EI_CLASS]);
		return false;
	}
	if (in[EI_DATA] != ELFDATA2LSB) {
		ERROR("ELF header: EI_DATA is %u; it must be 1 (little-endian)",
		      in[EI_DATA]);
		return false;
	}
	if (n < (*l)->header) {
		ERROR("it is truncated: %zu bytes do not hold an ELF header",
		      n);
		return false;
	}
	type = le16_get(in + E_TYPE);
	machine = le16_get(in + E_MACHINE);
	if (machine != EM_X86_64 && machine != EM_386) {
		ERROR("ELF header: e_machine is %u; it must be 62 (x86-64) or 3 (i386)",
		      machine);
		return false;
	}
	if (type != ET_EXEC && type != ET_DYN) {
		ERROR("ELF header: e_type is %u; it must be 2 (executable) or 3 (position-independent)",
		      type);
		return false;
	}
	return true;
}

static bool check_table(const struct elf_layout *l, const uint8_t *in, size_t n,
			const char *file, struct diags *d)
{
	uint64_t at = word(l, in + l->phoff);
	unsigned int size = le16_get(in + l->phentsize);
	unsigned int count = le16_get(in + l->phnum);

	if (!count || size != l->phdr) {
		ERROR("ELF header: e_phnum is %u and e_phentsize %u; there must be program headers of %zu bytes",
		      count, size, l->phdr);
		return false;
	}
	if (at > n || (n - at) / size < count) {
		ERROR("it is truncated: the table of %u program headers at 0x%" PRIx64
		      " ends beyond the file (0x%zx bytes)",
		      count, at, n);
		return false;
	}
	return true;
}

/* Keep the segments in order; the table's own order is not relied on. */
static void insert(struct elf_image *e, const struct elf_segment *s)
{
	size_t i = e->nr_load++;

	for (; i && e->load[i - 1].at > s->at; i--)
		e->load[i] = e->load[i - 1];
	e->load[i] = *s;
}

static bool add_segment(struct elf_image *e, unsigned int nr, uint32_t type,
			const struct elf_segment *s, size_t n, const char *file,
			struct diags *d)
{
	const char *what = type == PT_LOAD ? "PT_LOAD" : "PT_NOTE";
	uint64_t end;

	if (s->offset > n || s->filesz > n - s->offset) {
		ERROR("it is truncated: program header %u (%s): p_offset 0x%" PRIx64
		      " + p_filesz 0x%" PRIx64
		      " ends beyond the file (0x%zx bytes)",
		      nr, what, s->offset, s->filesz, n);
		return false;
	}
	if ((type == PT_LOAD ? e->nr_load : e->nr_notes) == ELF_SEGMENTS) {
		ERROR("program header %u (%s): more than %u of them", nr, what,
		      ELF_SEGMENTS);
		return false;
	}
	if (type == PT_NOTE) {
		e->notes[e->nr_notes++] = *s;
		return true;
	}
	if (s->filesz > s->memsz) {
		ERROR("program header %u (PT_LOAD): p_filesz 0x%" PRIx64
		      " is more than p_memsz 0x%" PRIx64,
		      nr, s->filesz, s->memsz);
		return false;
	}
	if (__builtin_add_overflow(s->at, s->memsz, &end) ||
	    __builtin_add_overflow(s->vaddr, s->memsz, &end)) {
		ERROR("program header %u (PT_LOAD): p_memsz 0x%" PRIx64
		      " reaches beyond the end of the address space",
		      nr, s->memsz);
		return false;
	}
	if (s->memsz)
		insert(e, s);
	return true;
}

static bool read_segments(const struct elf_layout *l, const uint8_t *in,
			  size_t n, const char *file, struct elf_image *e,
			  struct diags *d)
{
	const uint8_t *p = in + word(l, in + l->phoff);
	unsigned int count = le16_get(in + l->phnum);

	for (unsigned int i = 0; i < count; i++, p += l->phdr) {
		uint32_t type = le32_get(p + P_TYPE);
		struct elf_segment s = {
			.at = word(l, p + l->p_paddr),
			.vaddr = word(l, p + l->p_vaddr),
			.offset = word(l, p + l->p_offset),
			.filesz = word(l, p + l->p_filesz),
			.memsz = word(l, p + l->p_memsz),
		};

		if (type != PT_LOAD && type != PT_NOTE)
			continue;
		/* Notes of 8-byte alignment say so; all others have 4. */
		if (type == PT_NOTE && e->nr_notes < ELF_SEGMENTS)
			e->note_align[e->nr_notes] =
				word(l, p + l->p_align) == 8 ? 8 : 4;
		if (!add_segment(e, i, type, &s, n, file, d))
			return false;
	}
	if (!e->nr_load) {
		ERROR("ELF program headers: there is no PT_LOAD: nothing to load");
		return false;
	}
	for (size_t i = 1; i < e->nr_load; i++) {
		const struct elf_segment *a = &e->load[i - 1];

		if (a->at + a->memsz > e->load[i].at) {
			ERROR("ELF program headers: the segments at p_paddr 0x%" PRIx64
			      " (0x%" PRIx64 " bytes) and 0x%" PRIx64
			      " overlap",
			      a->at, a->memsz, e->load[i].at);
			return false;
		}
	}
	return true;
}

/*
 * e_entry is a virtual address by the ABI, but kernels that are entered with
 * paging off (Linux) put the physical one there.
 */
static bool find_entry(uint64_t entry, const char *file, struct elf_image *e,
		       struct diags *d)
{
	for (size_t i = 0; i < e->nr_load; i++) {
		const struct elf_segment *s = &e->load[i];

		if (entry - s->vaddr < s->memsz) {
			e->entry = entry - s->vaddr + s->at;
			return true;
		}
	}
	for (size_t i = 0; i < e->nr_load; i++) {
		if (entry - e->load[i].at < e->load[i].memsz) {
			e->entry = entry;
			return true;
		}
	}
	ERROR("ELF header: e_entry 0x%" PRIx64 " lies in no PT_LOAD segment",
	      entry);
	return false;
}

bool elf_image_parse(const uint8_t *in, size_t n, const char *file,
		     struct elf_image *e, struct diags *d)
{
	const struct elf_layout *l;

	*e = (struct elf_image){ 0 };
	if (!check_ident(in, n, file, &l, d) || !check_table(l, in, n, file, d))
		return false;
	e->is64 = l->wide && le16_get(in + E_MACHINE) == EM_X86_64;
	return read_segments(l, in, n, file, e, d) &&
	       find_entry(word(l, in + l->entry), file, e, d);
}

/* Padding of a note's name and descriptor; the lengths have 32 bits. */
static uint64_t padded(uint64_t len, uint64_t align)
{
	return (len + align - 1) & ~(align - 1);
}

const uint8_t *elf_image_note(const struct elf_image *e, const uint8_t *in,
			      size_t n, const char *name, uint32_t type,
			      size_t *len)
{
	const uint64_t head = sizeof(Elf64_Nhdr), want = strlen(name) + 1;

	for (size_t i = 0; i < e->nr_notes; i++) {
		uint64_t at = e->notes[i].offset;
		uint64_t end = at + e->notes[i].filesz;
		uint64_t align = e->note_align[i];

		while (end <= n && at <= end && end - at >= head) {
			uint64_t name_len = le32_get(in + at);
			uint64_t desc_len = le32_get(in + at + 4);
			uint64_t desc = padded(head + name_len, align);

			if (desc + desc_len > end - at)
				break; /* damaged: nothing to find behind it */
			if (name_len == want && le32_get(in + at + 8) == type &&
			    !memcmp(in + at + head, name, want)) {
				*len = desc_len;
				return in + at + desc;
			}
			at += padded(desc + desc_len, align);
		}
	}
	return NULL;
}
