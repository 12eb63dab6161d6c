// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of ELF cores: libelf, an independent reader, finds the segments and
 * notes; the notes have the layout of <sys/procfs.h> and its twin.
 */
#include <check.h>
#include <gelf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/user.h>

#include "elfcore.h"
#include "uapi/axvm_arm64.h"
#include "uapi/axvm_x86.h"

static struct axvm_x86_regs x86[2];
static struct axvm_x86_sregs x86_sys[2];
static struct axvm_arm64_regs arm64[2];
static struct axvm_arm64_sysregs arm64_sys[2];
static const struct core_span memory[] = {
	{ 0, 0xc0000000, 0 },
	{ 0x100000000, 0x1000000, 0xc0000000 },
};
static struct bytes front;
static uint64_t start;

static void make(struct elfcore *c)
{
	c->nr_cpus = 2;
	c->memory = memory;
	c->nr_memory = 2;
	start = elfcore_room(c, 4096);
	ck_assert_uint_eq(start % ELFCORE_ALIGN, 0);
	elfcore_front(c, start, &front);
	ck_assert_uint_eq(front.n, start);
}

static Elf *open_core(void)
{
	Elf *e;

	ck_assert_uint_ne(elf_version(EV_CURRENT), EV_NONE);
	e = elf_memory((char *)front.v, front.n);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(elf_kind(e), ELF_K_ELF);
	return e;
}

/* The @which-th note of that owner. */
static const uint8_t *note(Elf *e, const char *owner, uint32_t type, int which,
			   size_t len)
{
	size_t at = 0, next, name, desc;
	GElf_Phdr ph;
	GElf_Nhdr n;
	Elf_Data *d;

	ck_assert_ptr_nonnull(gelf_getphdr(e, 0, &ph));
	ck_assert_uint_eq(ph.p_type, PT_NOTE);
	d = elf_getdata_rawchunk(e, (int64_t)ph.p_offset, ph.p_filesz,
				 ELF_T_NHDR);
	ck_assert_ptr_nonnull(d);
	while ((next = gelf_getnote(d, at, &n, &name, &desc))) {
		const char *who = (const char *)d->d_buf + name;

		if (!strcmp(who, owner) && n.n_type == type && !which--) {
			ck_assert_uint_eq(n.n_descsz, len);
			return (const uint8_t *)d->d_buf + desc;
		}
		at = next;
	}
	ck_assert_uint_eq(at, ph.p_filesz);
	return NULL;
}

START_TEST(segments)
{
	struct elfcore c = { .cpus = x86, .system = x86_sys };
	GElf_Phdr ph;
	GElf_Ehdr h;
	size_t n;
	Elf *e;

	make(&c);
	e = open_core();
	ck_assert_ptr_nonnull(gelf_getehdr(e, &h));
	ck_assert_uint_eq(h.e_type, ET_CORE);
	ck_assert_uint_eq(h.e_machine, EM_X86_64);
	ck_assert_int_eq(elf_getphdrnum(e, &n), 0);
	ck_assert_uint_eq(n, 3);
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_nonnull(gelf_getphdr(e, i + 1, &ph));
		ck_assert_uint_eq(ph.p_type, PT_LOAD);
		ck_assert_uint_eq(ph.p_offset, start + memory[i].off);
		ck_assert_uint_eq(ph.p_vaddr, memory[i].gpa);
		ck_assert_uint_eq(ph.p_paddr, memory[i].gpa);
		ck_assert_uint_eq(ph.p_filesz, memory[i].len);
		ck_assert_uint_eq(ph.p_memsz, memory[i].len);
	}
	elf_end(e);
	bytes_free(&front);
}
END_TEST

/* So many mappings that the header's 16 bits do not hold their number. */
START_TEST(runs)
{
	size_t nr = _i ? 70000 : 3, n;
	struct core_run *v = calloc(nr, sizeof(*v));
	struct elfcore c = {
		.cpus = x86, .system = x86_sys, .runs = v, .nr_runs = nr
	};
	GElf_Phdr ph;
	Elf *e;

	for (size_t i = 0; i < nr; i++)
		v[i] = (struct core_run){ 0xffff800000000000 + (i << 20),
					  i % 2 ? i << 12 :
						  0x100000000 + (i << 4),
					  0x1000 };
	make(&c);
	e = open_core();
	ck_assert_int_eq(elf_getphdrnum(e, &n), 0);
	ck_assert_uint_eq(n, nr + 1);
	for (size_t i = 0; i < nr; i++) {
		ck_assert_ptr_nonnull(gelf_getphdr(e, (int)i + 1, &ph));
		ck_assert_uint_eq(ph.p_vaddr, v[i].gva);
		ck_assert_uint_eq(ph.p_paddr, v[i].gpa);
		ck_assert_uint_eq(ph.p_offset,
				  start + (i % 2 ? v[i].gpa :
						   v[i].gpa - 0x40000000));
	}
	elf_end(e);
	bytes_free(&front);
	free(v);
}
END_TEST

START_TEST(x86_notes)
{
	static const char info[] = "OSRELEASE=6.1\nPAGESIZE=4096\n";
	struct elfcore c = { .cpus = x86,
			     .system = x86_sys,
			     .vmcoreinfo = info,
			     .vmcoreinfo_len = sizeof(info) };
	struct user_regs_struct r;
	struct elf_prstatus pr;
	const uint8_t *p;
	Elf *e;

	for (int i = 0; i < 16; i++)
		x86[1].gpr[i] = 0x1000u + (unsigned)i;
	x86[1].rip = 0xffffffff81000000;
	x86[1].rflags = 0x246;
	for (int i = 0; i < 8; i++) {
		x86_sys[1].seg[i].selector = (uint16_t)(8 * i);
		x86_sys[1].seg[i].base = 0x5000u + (unsigned)i;
	}
	make(&c);
	e = open_core();
	memcpy(&pr, note(e, "CORE", NT_PRSTATUS, 1, sizeof(pr)), sizeof(pr));
	ck_assert_int_eq(pr.pr_pid, 2);
	memcpy(&r, &pr.pr_reg, sizeof(r));
	ck_assert_uint_eq(r.rax, 0x1000);
	ck_assert_uint_eq(r.rcx, 0x1001);
	ck_assert_uint_eq(r.rdx, 0x1002);
	ck_assert_uint_eq(r.rbx, 0x1003);
	ck_assert_uint_eq(r.rsp, 0x1004);
	ck_assert_uint_eq(r.rbp, 0x1005);
	ck_assert_uint_eq(r.rsi, 0x1006);
	ck_assert_uint_eq(r.rdi, 0x1007);
	ck_assert_uint_eq(r.r8, 0x1008);
	ck_assert_uint_eq(r.r9, 0x1009);
	ck_assert_uint_eq(r.r10, 0x100a);
	ck_assert_uint_eq(r.r11, 0x100b);
	ck_assert_uint_eq(r.r12, 0x100c);
	ck_assert_uint_eq(r.r13, 0x100d);
	ck_assert_uint_eq(r.r14, 0x100e);
	ck_assert_uint_eq(r.r15, 0x100f);
	ck_assert_uint_eq(r.rip, 0xffffffff81000000);
	ck_assert_uint_eq(r.eflags, 0x246);
	ck_assert_uint_eq(r.cs, 8);
	ck_assert_uint_eq(r.ss, 16);
	ck_assert_uint_eq(r.ds, 24);
	ck_assert_uint_eq(r.es, 0);
	ck_assert_uint_eq(r.fs_base, 0x5004);
	ck_assert_uint_eq(r.gs_base, 0x5005);
	p = note(e, "AXVM", 0x41580001, 1, sizeof(x86_sys[1]));
	ck_assert(!memcmp(p, &x86_sys[1], sizeof(x86_sys[1])));
	p = note(e, "VMCOREINFO", 0, 0, sizeof(info));
	ck_assert(!memcmp(p, info, sizeof(info)));
	ck_assert_ptr_null(note(e, "CORE", NT_PRSTATUS, 2, 0));
	elf_end(e);
	bytes_free(&front);
}
END_TEST

/* As QEMU declares it, in target/i386/arch_dump.c. */
struct qemu_segment {
	uint32_t selector, limit, flags, pad;
	uint64_t base;
};

struct qemu_cpu {
	uint32_t version, size;
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rip, rflags;
	struct qemu_segment cs, ds, es, fs, gs, ss, ldt, tr, gdt, idt;
	uint64_t cr[5];
	uint64_t kernel_gs_base;
};

START_TEST(qemu_notes)
{
	static const uint64_t kernel_gs[2] = { 0, 0xffff888000000000 };
	struct elfcore c = { .cpus = x86,
			     .system = x86_sys,
			     .kernel_gs = kernel_gs };
	struct qemu_cpu q;
	Elf *e;

	for (int i = 0; i < 16; i++)
		x86[1].gpr[i] = 0x1000u + (unsigned)i;
	x86[1].rip = 0xffffffff81000000;
	x86[1].rflags = 0x246;
	for (int i = 0; i < 8; i++) {
		x86_sys[1].seg[i].selector = (uint16_t)(8 * i);
		x86_sys[1].seg[i].base = 0x5000u + (unsigned)i;
		x86_sys[1].seg[i].limit = 0x100u + (unsigned)i;
	}
	x86_sys[1].seg[AXVM_X86_CS].access = 0x1a09b;
	x86_sys[1].gdt.base = 0xfffffe0000001000;
	x86_sys[1].gdt.limit = 0x7f;
	x86_sys[1].idt.base = 0xfffffe0000000000;
	x86_sys[1].idt.limit = 0xfff;
	x86_sys[1].cr0 = 0x80050033;
	x86_sys[1].cr2 = 0x1234;
	x86_sys[1].cr3 = 0x2000000;
	x86_sys[1].cr4 = 0x20;
	make(&c);
	e = open_core();
	memcpy(&q, note(e, "QEMU", 0, 1, sizeof(q)), sizeof(q));
	ck_assert_uint_eq(q.version, 1);
	ck_assert_uint_eq(q.size, sizeof(q));
	ck_assert_uint_eq(q.rax, 0x1000);
	ck_assert_uint_eq(q.rbx, 0x1003);
	ck_assert_uint_eq(q.rcx, 0x1001);
	ck_assert_uint_eq(q.rdx, 0x1002);
	ck_assert_uint_eq(q.rsi, 0x1006);
	ck_assert_uint_eq(q.rdi, 0x1007);
	ck_assert_uint_eq(q.rsp, 0x1004);
	ck_assert_uint_eq(q.rbp, 0x1005);
	ck_assert_uint_eq(q.r8, 0x1008);
	ck_assert_uint_eq(q.r15, 0x100f);
	ck_assert_uint_eq(q.rip, 0xffffffff81000000);
	ck_assert_uint_eq(q.rflags, 0x246);
	ck_assert_uint_eq(q.cs.selector, 8);
	ck_assert_uint_eq(q.cs.limit, 0x101);
	ck_assert_uint_eq(q.cs.base, 0x5001);
	ck_assert_uint_eq(q.cs.flags, 0xa09b00);
	ck_assert_uint_eq(q.ds.selector, 24);
	ck_assert_uint_eq(q.es.base, 0x5000);
	ck_assert_uint_eq(q.fs.base, 0x5004);
	ck_assert_uint_eq(q.gs.base, 0x5005);
	ck_assert_uint_eq(q.ss.selector, 16);
	ck_assert_uint_eq(q.tr.base, 0x5006);
	ck_assert_uint_eq(q.ldt.base, 0x5007);
	ck_assert_uint_eq(q.gdt.base, 0xfffffe0000001000);
	ck_assert_uint_eq(q.gdt.limit, 0x7f);
	ck_assert_uint_eq(q.idt.base, 0xfffffe0000000000);
	ck_assert_uint_eq(q.cr[0], 0x80050033);
	ck_assert_uint_eq(q.cr[2], 0x1234);
	ck_assert_uint_eq(q.cr[3], 0x2000000);
	ck_assert_uint_eq(q.cr[4], 0x20);
	ck_assert_uint_eq(q.kernel_gs_base, 0xffff888000000000);
	/* all CPUs' NT_PRSTATUS come first, and there is none too many */
	ck_assert_ptr_null(note(e, "QEMU", 0, 2, 0));
	elf_end(e);
	bytes_free(&front);
}
END_TEST

START_TEST(arm64_notes)
{
	struct elfcore c = { .arm64 = true,
			     .cpus = arm64,
			     .system = arm64_sys };
	uint64_t reg[34];
	const uint8_t *p;
	Elf *e;

	for (int i = 0; i < 31; i++)
		arm64[0].x[i] = 0x2000u + (unsigned)i;
	arm64[0].pc = 0xffff800008010000;
	arm64[0].pstate = 0x3c5; /* EL1h */
	arm64[0].sp_el0 = 1;
	arm64[0].sp_el1 = 2;
	arm64[1] = arm64[0];
	arm64[1].pstate = 0; /* EL0t */
	make(&c);
	e = open_core();
	for (int i = 0; i < 2; i++) {
		p = note(e, "CORE", NT_PRSTATUS, i, 392);
		memcpy(reg, p + 112, sizeof(reg));
		ck_assert_uint_eq(p[32], i + 1);
		for (unsigned int k = 0; k < 31; k++)
			ck_assert_uint_eq(reg[k], 0x2000 + k);
		ck_assert_uint_eq(reg[31], i ? 1 : 2);
		ck_assert_uint_eq(reg[32], arm64[i].pc);
		ck_assert_uint_eq(reg[33], arm64[i].pstate);
	}
	ck_assert_ptr_null(note(e, "QEMU", 0, 0, 0));
	elf_end(e);
	bytes_free(&front);
}
END_TEST

START_TEST(vmcoreinfo)
{
	static const uint32_t head[] = { 11, 20, 0 };
	uint8_t page[4096] = { 0 };
	size_t n = 0;

	memcpy(page, head, sizeof(head));
	memcpy(page + 12, "VMCOREINFO", 11);
	memcpy(page + 24, "OSRELEASE=6.1.0-99\n", 20);
	ck_assert_ptr_eq(elfcore_vmcoreinfo(page, &n), page + 24);
	ck_assert_uint_eq(n, 20);
	page[4] = 0;
	page[5] = 0x10; /* 4096 bytes do not fit the page any more */
	ck_assert_ptr_null(elfcore_vmcoreinfo(page, &n));
	page[4] = 2;
	page[5] = 0;
	ck_assert_ptr_null(elfcore_vmcoreinfo(page, &n));
	page[4] = 20;
	page[24] = 'X';
	ck_assert_ptr_null(elfcore_vmcoreinfo(page, &n));
	page[24] = 'O';
	page[12] = 'W';
	ck_assert_ptr_null(elfcore_vmcoreinfo(page, &n));
}
END_TEST

void bytes_free(struct bytes *b)
{
	free(b->v);
	*b = (struct bytes){ 0 };
}

int main(void)
{
	Suite *s = suite_create("elfcore");
	TCase *tc = tcase_create("core");
	SRunner *sr;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, segments);
	tcase_add_loop_test(tc, runs, 0, 2);
	tcase_add_test(tc, x86_notes);
	tcase_add_test(tc, qemu_notes);
	tcase_add_test(tc, arm64_notes);
	tcase_add_test(tc, vmcoreinfo);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? 1 : 0;
}
