// SPDX-License-Identifier: GPL-2.0
/*
 * The front of an ELF core file of a VM, of whichever architecture, made on
 * whichever.  PURE but for its memory.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "elfcore.h"
#include "le.h"
#include "uapi/axvm_arm64.h"
#include "uapi/axvm_x86.h"
#include "vmctl.h"

/* struct elf_prstatus of the 64-bit architectures. */
#define PR_PID 32u
#define PR_REGS 112u
#define X86_REGS 27u
#define ARM64_REGS 34u
#define PR_BYTES(regs) (PR_REGS + 8u * (regs) + 8u)
#define PR_MAX PR_BYTES(ARM64_REGS)

/*
 * What a QEMU of x86-64 writes of a CPU (its structure QEMUCPUState, version
 * 1), and debuggers of kernels read.
 */
#define QEMU_VERSION 1u
#define QEMU_BYTES 440u
#define QEMU_ACCESS 0xf0ffu /* of access rights: what a descriptor has */

#define NOTE_HEADER 12u
#define NOTE_ALIGN 4u
#define PAGE 4096u

static uint64_t up(uint64_t n, uint64_t align)
{
	return (n + align - 1) / align * align;
}

static size_t system_bytes(const struct elfcore *c)
{
	return c->arm64 ? sizeof(struct axvm_arm64_sysregs) :
			  sizeof(struct axvm_x86_sregs);
}

static size_t nr_loads(const struct elfcore *c)
{
	return c->runs ? c->nr_runs : c->nr_memory;
}

/* Too many for the header's 16 bits: section 0 has the number. */
static bool many(const struct elfcore *c)
{
	return nr_loads(c) + 1 >= PN_XNUM;
}

static size_t note_bytes(size_t name, size_t desc)
{
	return NOTE_HEADER + up(name, NOTE_ALIGN) + up(desc, NOTE_ALIGN);
}

static uint64_t headers(const struct elfcore *c)
{
	return sizeof(Elf64_Ehdr) + many(c) * sizeof(Elf64_Shdr) +
	       (nr_loads(c) + 1) * sizeof(Elf64_Phdr);
}

uint64_t elfcore_room(const struct elfcore *c, size_t vmcoreinfo_max)
{
	size_t a_cpu = note_bytes(5, PR_MAX) + note_bytes(5, system_bytes(c)) +
		       note_bytes(5, QEMU_BYTES);

	return up(headers(c) + c->nr_cpus * a_cpu +
			  note_bytes(11, vmcoreinfo_max),
		  ELFCORE_ALIGN);
}

/* ---- notes ------------------------------------------------------------ */

static uint8_t *put_note(uint8_t *p, const char *name, uint32_t type,
			 const void *desc, size_t len)
{
	size_t name_len = strlen(name) + 1;

	le32_put(p, (uint32_t)name_len);
	le32_put(p + 4, (uint32_t)len);
	le32_put(p + 8, type);
	memcpy(p + NOTE_HEADER, name, name_len);
	memcpy(p + NOTE_HEADER + up(name_len, NOTE_ALIGN), desc, len);
	return p + note_bytes(name_len, len);
}

/* The order of struct user_regs_struct. */
static void x86_regs(uint8_t *out, const struct axvm_x86_regs *r,
		     const struct axvm_x86_sregs *s)
{
	static const uint8_t gpr[] = { 15, 14, 13, 12, 5, 3, 11, 10,
				       9,  8,  0,  1,  2, 6, 7 };
	const uint64_t rest[] = { ~0ull, /* orig_rax: in no system call */
				  r->rip,
				  s->seg[AXVM_X86_CS].selector,
				  r->rflags,
				  r->gpr[4],
				  s->seg[AXVM_X86_SS].selector,
				  s->seg[AXVM_X86_FS].base,
				  s->seg[AXVM_X86_GS].base,
				  s->seg[AXVM_X86_DS].selector,
				  s->seg[AXVM_X86_ES].selector,
				  s->seg[AXVM_X86_FS].selector,
				  s->seg[AXVM_X86_GS].selector };

	for (size_t i = 0; i < sizeof(gpr); i++, out += 8)
		le64_put(out, r->gpr[gpr[i]]);
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++, out += 8)
		le64_put(out, rest[i]);
}

static void arm64_regs(uint8_t *out, const struct axvm_arm64_regs *r)
{
	bool sp_el0 = !(r->pstate & 1); /* SPSel */

	for (int i = 0; i < 31; i++)
		le64_put(out + 8 * i, r->x[i]);
	le64_put(out + 248, sp_el0 ? r->sp_el0 : r->sp_el1);
	le64_put(out + 256, r->pc);
	le64_put(out + 264, r->pstate);
}

static uint8_t *cpu_notes(uint8_t *p, const struct elfcore *c, unsigned int i)
{
	uint8_t status[PR_MAX] = { 0 };
	const uint8_t *sys = (const uint8_t *)c->system + i * system_bytes(c);
	size_t regs = c->arm64 ? ARM64_REGS : X86_REGS;

	le32_put(status + PR_PID, i + 1);
	if (c->arm64)
		arm64_regs(status + PR_REGS,
			   (const struct axvm_arm64_regs *)c->cpus + i);
	else
		x86_regs(status + PR_REGS,
			 (const struct axvm_x86_regs *)c->cpus + i,
			 (const struct axvm_x86_sregs *)c->system + i);
	p = put_note(p, "CORE", NT_PRSTATUS, status, PR_BYTES(regs));
	return put_note(p, ELFCORE_NOTE_AXVM,
			ELFCORE_AXVM_TYPE(AXVM_REGS_SYSTEM), sys,
			system_bytes(c));
}

static uint8_t *put64(uint8_t *p, uint64_t v)
{
	le64_put(p, v);
	return p + 8;
}

static uint8_t *qemu_segment(uint8_t *p, uint32_t selector, uint32_t limit,
			     uint32_t access, uint64_t base)
{
	le32_put(p, selector);
	le32_put(p + 4, limit);
	le32_put(p + 8, (access & QEMU_ACCESS) << 8);
	le32_put(p + 12, 0);
	return put64(p + 16, base);
}

/* Crash takes the registers of running tasks from this note only. */
static uint8_t *qemu_note(uint8_t *out, const struct elfcore *c, unsigned int i)
{
	/* rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, r8 to r15 */
	static const uint8_t gpr[] = { 0, 3, 1,	 2,  6,	 7,  4,	 5,
				       8, 9, 10, 11, 12, 13, 14, 15 };
	static const uint8_t segments[] = { AXVM_X86_CS,   AXVM_X86_DS,
					    AXVM_X86_ES,   AXVM_X86_FS,
					    AXVM_X86_GS,   AXVM_X86_SS,
					    AXVM_X86_LDTR, AXVM_X86_TR };
	const struct axvm_x86_regs *r =
		(const struct axvm_x86_regs *)c->cpus + i;
	const struct axvm_x86_sregs *s =
		(const struct axvm_x86_sregs *)c->system + i;
	const uint64_t cr[] = { s->cr0, 0, s->cr2, s->cr3, s->cr4 };
	uint8_t cpu[QEMU_BYTES], *p = cpu;

	le32_put(p, QEMU_VERSION);
	le32_put(p + 4, sizeof(cpu));
	p += 8;
	for (size_t k = 0; k < sizeof(gpr); k++)
		p = put64(p, r->gpr[gpr[k]]);
	p = put64(p, r->rip);
	p = put64(p, r->rflags);
	for (size_t k = 0; k < sizeof(segments); k++) {
		const struct axvm_x86_segment *seg = &s->seg[segments[k]];

		p = qemu_segment(p, seg->selector, seg->limit, seg->access,
				 seg->base);
	}
	p = qemu_segment(p, 0, s->gdt.limit, 0, s->gdt.base);
	p = qemu_segment(p, 0, s->idt.limit, 0, s->idt.base);
	for (size_t k = 0; k < sizeof(cr) / sizeof(*cr); k++)
		p = put64(p, cr[k]);
	put64(p, c->kernel_gs ? c->kernel_gs[i] : 0);
	return put_note(out, "QEMU", 0, cpu, sizeof(cpu));
}

static uint8_t *notes(uint8_t *p, const struct elfcore *c)
{
	for (unsigned int i = 0; i < c->nr_cpus; i++)
		p = cpu_notes(p, c, i);
	for (unsigned int i = 0; !c->arm64 && i < c->nr_cpus; i++)
		p = qemu_note(p, c, i);
	if (c->vmcoreinfo_len)
		p = put_note(p, "VMCOREINFO", 0, c->vmcoreinfo,
			     c->vmcoreinfo_len);
	return p;
}

/* ---- headers ---------------------------------------------------------- */

/* The span that has @gpa: a run is within one. */
static const struct core_span *span_of(const struct elfcore *c, uint64_t gpa)
{
	const struct core_span *s = c->memory;

	while (gpa - s->gpa >= s->len)
		s++;
	return s;
}

static Elf64_Phdr load(const struct elfcore *c, struct core_run r,
		       uint64_t start)
{
	const struct core_span *s = span_of(c, r.gpa);

	return (Elf64_Phdr){ .p_type = PT_LOAD,
			     .p_flags = PF_R | PF_W | PF_X,
			     .p_offset = start + s->off + (r.gpa - s->gpa),
			     .p_vaddr = r.gva,
			     .p_paddr = r.gpa,
			     .p_filesz = r.len,
			     .p_memsz = r.len };
}

static void program_headers(const struct elfcore *c, Elf64_Phdr *ph,
			    uint64_t start)
{
	const struct core_span *m = c->memory;

	for (size_t i = 0; c->runs && i < c->nr_runs; i++)
		*ph++ = load(c, c->runs[i], start);
	for (size_t i = 0; !c->runs && i < c->nr_memory; i++, m++)
		*ph++ = load(c, (struct core_run){ m->gpa, m->gpa, m->len },
			     start);
}

void elfcore_front(const struct elfcore *c, uint64_t start, struct bytes *out)
{
	Elf64_Ehdr e = { .e_type = ET_CORE,
			 .e_machine = c->arm64 ? EM_AARCH64 : EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr) };
	Elf64_Phdr *ph = must(calloc(nr_loads(c) + 1, sizeof(*ph)));
	Elf64_Shdr sh = { .sh_info = (uint32_t)nr_loads(c) + 1 };
	size_t at = sizeof(e);

	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = ELFCLASS64;
	e.e_ident[EI_DATA] = ELFDATA2LSB;
	e.e_ident[EI_VERSION] = EV_CURRENT;
	*out = (struct bytes){ must(calloc(1, start)), start };
	e.e_phnum = many(c) ? PN_XNUM : (uint16_t)(nr_loads(c) + 1);
	if (many(c)) {
		e.e_shoff = at;
		e.e_shentsize = sizeof(sh);
		e.e_shnum = 1;
		memcpy(out->v + at, &sh, sizeof(sh));
		at += sizeof(sh);
	}
	e.e_phoff = at;
	ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = headers(c) };
	ph[0].p_filesz = ph[0].p_memsz =
		(uint64_t)(notes(out->v + headers(c), c) -
			   (out->v + headers(c)));
	program_headers(c, ph + 1, start);
	memcpy(out->v, &e, sizeof(e));
	memcpy(out->v + at, ph, (nr_loads(c) + 1) * sizeof(*ph));
	free(ph);
}

const char *elfcore_vmcoreinfo(const uint8_t *page, size_t *len)
{
	static const char name[12] = "VMCOREINFO";
	static const char first[] = "OSRELEASE=";
	const uint8_t *desc = page + NOTE_HEADER + sizeof(name);
	uint32_t n = le32_get(page + 4);

	if (le32_get(page) != 11 || le32_get(page + 8) ||
	    memcmp(page + NOTE_HEADER, name, sizeof(name)) ||
	    n > PAGE - NOTE_HEADER - sizeof(name) || n < sizeof(first) ||
	    memcmp(desc, first, sizeof(first) - 1))
		return NULL;
	*len = n;
	return (const char *)desc;
}
