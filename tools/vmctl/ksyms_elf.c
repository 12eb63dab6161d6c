// SPDX-License-Identifier: GPL-2.0
/*
 * Symbols of a kernel as an ELF file that debuggers read: a section without
 * contents for each stretch of code or data, the symbols, and how to unwind.
 *
 * System V ABI: ELF header, sections, symbol table.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms.h"
#include "vmctl.h"

#define SECTIONS_MOST 60000u
#define LAST_BYTES 4096u /* how long the last one of a stretch may be */

/* Everything that a file is made of. */
struct file {
	struct kbuf sections, symbols, names, section_names, frames;
	unsigned int n; /* sections */
};

static bool is_local(const struct ksym *s)
{
	return s->type >= 'a';
}

static Elf64_Word name_add(struct kbuf *names, const char *name)
{
	size_t at = names->n;

	kbuf_add(names, name, strlen(name) + 1);
	return (Elf64_Word)at;
}

static void section_add(struct file *f, const Elf64_Shdr *s)
{
	kbuf_add(&f->sections, s, sizeof(*s));
	f->n++;
}

/* Symbols @from to @to - 1 are neighbours of the same kind. */
static void stretch_add(struct file *f, const struct ksyms *k, size_t from,
			size_t to)
{
	const struct ksym *first = &k->v[from], *last = &k->v[to - 1];
	bool text = ksyms_is_text(first);
	uint64_t end = last->addr + LAST_BYTES;
	Elf64_Shdr s = {
		.sh_type = SHT_NOBITS,
		.sh_flags = SHF_ALLOC | (text ? SHF_EXECINSTR : SHF_WRITE),
		.sh_addr = first->addr,
		.sh_addralign = 1,
	};
	char name[96];

	if (to < k->n && k->v[to].addr < end)
		end = k->v[to].addr;
	s.sh_size = end - first->addr;
	snprintf(name, sizeof(name), "%s%s%s", text ? ".text" : ".data",
		 first->module ? "." : "", k->text + first->module);
	s.sh_name = name_add(&f->section_names, name);
	section_add(f, &s);
}

static void symbol_add(struct file *f, const struct ksyms *k, size_t i,
		       unsigned int section)
{
	const struct ksym *s = &k->v[i];
	Elf64_Sym sym = {
		.st_name = name_add(&f->names, k->text + s->name),
		.st_info =
			ELF64_ST_INFO(is_local(s) ? STB_LOCAL : STB_GLOBAL,
				      ksyms_is_text(s) ? STT_FUNC : STT_OBJECT),
		.st_shndx = (Elf64_Section)section,
		.st_value = s->addr,
	};

	if (i + 1 < k->n && s[1].addr - s->addr < 1u << 24)
		sym.st_size = s[1].addr - s->addr;
	kbuf_add(&f->symbols, &sym, sizeof(sym));
}

static bool neighbours(const struct ksyms *k, size_t i)
{
	const struct ksym *a = &k->v[i], *b = a + 1;

	return ksyms_is_text(a) == ksyms_is_text(b) &&
	       b->addr - a->addr < 1u << 24 &&
	       !strcmp(k->text + a->module, k->text + b->module);
}

/* The section of each symbol; malloc()ed. */
static uint16_t *stretches_add(struct file *f, const struct ksyms *k)
{
	uint16_t *section = must(calloc(k->n + 1, sizeof(*section)));

	for (size_t i = 0, to; i < k->n; i = to) {
		for (to = i + 1; to < k->n && neighbours(k, to - 1); to++)
			;
		if (f->n < SECTIONS_MOST)
			stretch_add(f, k, i, to);
		for (size_t n = i; n < to; n++)
			section[n] = (uint16_t)(f->n - 1);
	}
	return section;
}

/* Local ones have to come first.  Returns how many these are. */
static unsigned int symbols_add(struct file *f, const struct ksyms *k)
{
	uint16_t *section = stretches_add(f, k);
	unsigned int locals = 1;

	for (int local = 1; local >= 0; local--) {
		for (size_t i = 0; i < k->n; i++) {
			if (is_local(&k->v[i]) != local)
				continue;
			symbol_add(f, k, i, section[i]);
			locals += (unsigned int)local;
		}
	}
	free(section);
	return locals;
}

static Elf64_Shdr table(struct file *f, const char *name, Elf64_Word type)
{
	return (Elf64_Shdr){ .sh_name = name_add(&f->section_names, name),
			     .sh_type = type,
			     .sh_addralign = 8 };
}

static void place(struct kbuf *out, Elf64_Shdr *s, const struct kbuf *b)
{
	static const uint8_t zeros[8];

	kbuf_add(out, zeros, -out->n & 7);
	s->sh_offset = out->n;
	s->sh_size = b->n;
	kbuf_add(out, b->p, b->n);
}

/* The contents, then the table of sections, which the header names. */
static struct kbuf assemble(const struct ksyms *k, struct file *f,
			    unsigned int locals)
{
	Elf64_Shdr sym = table(f, ".symtab", SHT_SYMTAB);
	Elf64_Shdr str = table(f, ".strtab", SHT_STRTAB);
	Elf64_Shdr frame = table(f, ".debug_frame", SHT_PROGBITS);
	Elf64_Shdr shstr = table(f, ".shstrtab", SHT_STRTAB);
	Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = k->arm64 ? EM_AARCH64 : EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(head),
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	struct kbuf out = { 0 };

	kbuf_add(&out, &head, sizeof(head));
	place(&out, &sym, &f->symbols);
	place(&out, &str, &f->names);
	place(&out, &frame, &f->frames);
	place(&out, &shstr, &f->section_names);
	sym.sh_entsize = sizeof(Elf64_Sym);
	sym.sh_info = locals;
	sym.sh_link = f->n + 1;
	section_add(f, &sym);
	section_add(f, &str);
	section_add(f, &frame);
	section_add(f, &shstr);
	head.e_shstrndx = (Elf64_Half)(f->n - 1);
	head.e_shnum = (Elf64_Half)f->n;
	kbuf_add(&out, "\0\0\0\0\0\0\0", -out.n & 7);
	head.e_shoff = out.n;
	kbuf_add(&out, f->sections.p, f->sections.n);
	memcpy(out.p, &head, sizeof(head));
	return out;
}

struct kbuf ksyms_elf(const struct ksyms *k, bool *frames)
{
	Elf64_Sym none = { 0 };
	Elf64_Shdr null = { 0 };
	struct file f = { 0 };
	struct kbuf out;
	unsigned int locals;

	kbuf_u8(&f.names, 0);
	kbuf_u8(&f.section_names, 0);
	kbuf_add(&f.symbols, &none, sizeof(none));
	section_add(&f, &null);
	locals = symbols_add(&f, k);
	*frames = ksyms_frames(k, &f.frames);
	out = assemble(k, &f, locals);
	kbuf_free(&f.sections);
	kbuf_free(&f.symbols);
	kbuf_free(&f.names);
	kbuf_free(&f.section_names);
	kbuf_free(&f.frames);
	return out;
}
