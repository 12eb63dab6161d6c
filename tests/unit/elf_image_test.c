// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of ELF kernels: headers of both classes as the System V ABI lays them
 * out, every broken rule by name, and this very program as libelf sees it.
 */
#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "elf_image.h"

#define LEN 0x400u
#define AT 0x1000000ull
#define V 0xffffffff81000000ull

/* Like Linux: entered at a physical address, data before text in the table. */
struct file64 {
	Elf64_Ehdr h;
	Elf64_Phdr p[4];
	uint8_t pad[LEN - sizeof(Elf64_Ehdr) - 4 * sizeof(Elf64_Phdr)];
};

static struct file64 f;
static struct elf_image e;
static struct diags d;

static Elf64_Phdr load64(uint64_t at, uint64_t vaddr, uint64_t off,
			 uint64_t filesz, uint64_t memsz)
{
	return (Elf64_Phdr){ .p_type = PT_LOAD,
			     .p_offset = off,
			     .p_vaddr = vaddr,
			     .p_paddr = at,
			     .p_filesz = filesz,
			     .p_memsz = memsz,
			     .p_align = 0x1000 };
}

static void put_note(size_t at, const char *name, uint32_t type, uint32_t v)
{
	Elf64_Nhdr n = { (Elf64_Word)strlen(name) + 1, 4, type };
	uint8_t *p = (uint8_t *)&f + at;

	memcpy(p, &n, sizeof(n));
	memcpy(p + sizeof(n), name, n.n_namesz);
	memcpy(p + sizeof(n) + ((n.n_namesz + 3) & ~3u), &v, 4);
}

static void setup(void)
{
	memset(&f, 0, sizeof(f));
	memset(&d, 0, sizeof(d));
	memcpy(f.h.e_ident, ELFMAG, SELFMAG);
	f.h.e_ident[EI_CLASS] = ELFCLASS64;
	f.h.e_ident[EI_DATA] = ELFDATA2LSB;
	f.h.e_type = ET_EXEC;
	f.h.e_machine = EM_X86_64;
	f.h.e_entry = AT + 0x10;
	f.h.e_phoff = sizeof(f.h);
	f.h.e_phentsize = sizeof(f.p[0]);
	f.h.e_phnum = 4;
	f.p[0] = load64(AT + 0x2000, V + 0x2000, 0x300, 0x100, 0x800);
	f.p[1] = load64(AT, V, 0x200, 0x100, 0x100);
	f.p[2] = (Elf64_Phdr){ .p_type = PT_NOTE,
			       .p_offset = 0x200,
			       .p_filesz = 0x40,
			       .p_align = 4 };
	f.p[3].p_type = PT_GNU_STACK;
	put_note(0x200, "GNU", 3, 0x11111111);
	put_note(0x214, "Xen", 18, 0x01000040);
}

static void teardown(void)
{
	diag_free(&d);
}

static bool parse_bytes(const void *bytes, size_t n)
{
	/* Of its own size, so that reading beyond it is seen. */
	uint8_t *copy = memcpy(malloc(n ? n : 1), bytes, n);
	bool ok = elf_image_parse(copy, n, "vmlinux", &e, &d);

	free(copy);
	return ok;
}

static bool parse(size_t n)
{
	return parse_bytes(&f, n);
}

static void complains(const char *what)
{
	ck_assert_uint_eq(d.errors, 1);
	ck_assert_msg(strstr(d.list[0].text, what), "%s: %s", what,
		      d.list[0].text);
	ck_assert_str_eq(d.list[0].file, "vmlinux");
	diag_free(&d);
	setup();
}

static void refused(const char *what)
{
	ck_assert(!parse(LEN));
	complains(what);
}

START_TEST(test_segments)
{
	ck_assert(parse(LEN));
	ck_assert(e.is64);
	ck_assert_uint_eq(e.entry, AT + 0x10);
	ck_assert_uint_eq(e.nr_load, 2);
	ck_assert_uint_eq(e.load[0].at, AT);
	ck_assert_uint_eq(e.load[0].vaddr, V);
	ck_assert_uint_eq(e.load[0].offset, 0x200);
	ck_assert_uint_eq(e.load[0].filesz, 0x100);
	ck_assert_uint_eq(e.load[1].at, AT + 0x2000);
	ck_assert_uint_eq(e.load[1].memsz, 0x800);
	ck_assert_uint_eq(e.nr_notes, 1);
	/* Empty ones are no segments. */
	f.p[1].p_filesz = f.p[1].p_memsz = 0;
	f.h.e_entry = AT + 0x2000;
	ck_assert(parse(LEN));
	ck_assert_uint_eq(e.nr_load, 1);
}
END_TEST

/* By the ABI e_entry is virtual; then it is translated. */
START_TEST(test_entry)
{
	f.h.e_entry = V + 0x2123;
	ck_assert(parse(LEN));
	ck_assert_uint_eq(e.entry, AT + 0x2123);
	f.h.e_entry = AT + 0x27ff;
	ck_assert(parse(LEN));
	ck_assert_uint_eq(e.entry, AT + 0x27ff);
	f.h.e_entry++;
	refused("e_entry 0x1002800 lies in no PT_LOAD segment");
}
END_TEST

START_TEST(test_class32)
{
	struct {
		Elf32_Ehdr h;
		Elf32_Phdr p;
		uint8_t bytes[16];
	} s = { 0 };

	memcpy(s.h.e_ident, ELFMAG, SELFMAG);
	s.h.e_ident[EI_CLASS] = ELFCLASS32;
	s.h.e_ident[EI_DATA] = ELFDATA2LSB;
	s.h.e_type = ET_EXEC;
	s.h.e_machine = EM_386;
	s.h.e_entry = 0xc0100004;
	s.h.e_phoff = sizeof(s.h);
	s.h.e_phentsize = sizeof(s.p);
	s.h.e_phnum = 1;
	s.p = (Elf32_Phdr){ .p_type = PT_LOAD,
			    .p_offset = sizeof(s.h) + sizeof(s.p),
			    .p_vaddr = 0xc0100000,
			    .p_paddr = 0x100000,
			    .p_filesz = 16,
			    .p_memsz = 0x5000 };
	ck_assert(parse_bytes(&s, sizeof(s)));
	ck_assert(!e.is64);
	ck_assert_uint_eq(e.entry, 0x100004);
	ck_assert_uint_eq(e.load[0].at, 0x100000);
	ck_assert_uint_eq(e.load[0].offset, 0x54);
	ck_assert_uint_eq(e.load[0].memsz, 0x5000);
	/* x32 is 32-bit data with 64-bit code; not for a 64-bit start. */
	s.h.e_machine = EM_X86_64;
	ck_assert(parse_bytes(&s, sizeof(s)));
	ck_assert(!e.is64);
	ck_assert(!parse_bytes(&s, 51));
	complains("51 bytes do not hold an ELF header");
	ck_assert(!parse_bytes(&s, sizeof(s) - 1));
	complains("p_offset 0x54 + p_filesz 0x10 ends beyond the file");
}
END_TEST

START_TEST(test_header_rules)
{
	f.h.e_ident[0] = 0;
	refused("does not begin with 0x7f \"ELF\"");
	f.h.e_ident[EI_CLASS] = 3;
	refused("EI_CLASS is 3");
	f.h.e_ident[EI_DATA] = ELFDATA2MSB;
	refused("EI_DATA is 2");
	f.h.e_machine = EM_AARCH64;
	refused("e_machine is 183; it must be 62 (x86-64) or 3 (i386)");
	f.h.e_type = ET_REL;
	refused("e_type is 1; it must be 2");
	f.h.e_phnum = 0;
	refused("e_phnum is 0");
	f.h.e_phentsize = 32;
	refused("e_phentsize 32; there must be program headers of 56 bytes");
	f.h.e_phoff = LEN - 4 * 56 + 1;
	refused("table of 4 program headers at 0x321 ends beyond the file");
	f.h.e_phoff = UINT64_MAX - 8;
	refused("table of 4 program headers");
	f.h.e_phnum = 0xffff;
	refused("table of 65535 program headers");
}
END_TEST

START_TEST(test_segment_rules)
{
	f.p[0].p_filesz = 0x101;
	refused("program header 0 (PT_LOAD): p_offset 0x300 + p_filesz 0x101 ends beyond the file (0x400 bytes)");
	f.p[0].p_offset = UINT64_MAX;
	refused("program header 0 (PT_LOAD): p_offset 0xffffffffffffffff");
	f.p[1].p_memsz = 0xff;
	refused("program header 1 (PT_LOAD): p_filesz 0x100 is more than p_memsz 0xff");
	f.p[0].p_memsz = UINT64_MAX;
	refused("program header 0 (PT_LOAD): p_memsz 0xffffffffffffffff reaches beyond");
	f.p[0].p_paddr = AT + 0xff;
	refused("0x1000000 (0x100 bytes) and 0x10000ff overlap");
	f.p[2].p_filesz = 0x201;
	refused("program header 2 (PT_NOTE)");
	f.p[0].p_type = f.p[1].p_type = PT_NULL;
	refused("there is no PT_LOAD");
}
END_TEST

/* One more than there is room for; both kinds. */
START_TEST(test_many)
{
	size_t n = sizeof(Elf64_Ehdr) + 33 * sizeof(Elf64_Phdr);
	uint8_t *many = calloc(1, n);
	Elf64_Phdr *p = (Elf64_Phdr *)(many + sizeof(f.h));

	f.h.e_phnum = 33;
	f.h.e_entry = AT;
	memcpy(many, &f.h, sizeof(f.h));
	for (unsigned int i = 0; i < 33; i++)
		p[i] = load64(AT + (33 - i) * 0x1000, V + (33 - i) * 0x1000, 0,
			      0, 0x1000);
	ck_assert(!parse_bytes(many, n));
	complains("program header 32 (PT_LOAD): more than 32 of them");
	p[32].p_type = PT_NULL;
	((Elf64_Ehdr *)many)->e_entry = AT + 0x5000;
	ck_assert(parse_bytes(many, n));
	ck_assert_uint_eq(e.nr_load, 32);
	for (size_t i = 0; i < 32; i++)
		ck_assert_uint_eq(e.load[i].at, AT + (2 + i) * 0x1000);
	for (unsigned int i = 0; i < 33; i++)
		p[i].p_type = PT_NOTE;
	ck_assert(!parse_bytes(many, n));
	complains("program header 32 (PT_NOTE): more than 32 of them");
	free(many);
}
END_TEST

static const uint8_t *note(const char *name, uint32_t type)
{
	size_t len = 99;
	const uint8_t *p =
		elf_image_note(&e, (uint8_t *)&f, LEN, name, type, &len);

	if (p)
		ck_assert_uint_eq(len, 4);
	return p;
}

START_TEST(test_notes)
{
	const uint8_t *base = (uint8_t *)&f;

	ck_assert(parse(LEN));
	ck_assert_ptr_eq(note("GNU", 3), base + 0x210);
	ck_assert_ptr_eq(note("Xen", 18), base + 0x224);
	ck_assert_ptr_null(note("Xen", 3));
	ck_assert_ptr_null(note("Xe", 18));
	ck_assert_ptr_null(note("Xenon", 18));
	/* A damaged note hides those behind it and is not read beyond. */
	((Elf64_Nhdr *)(base + 0x200))->n_descsz = 0x31;
	ck_assert_ptr_null(note("GNU", 3));
	ck_assert_ptr_null(note("Xen", 18));
	((Elf64_Nhdr *)(base + 0x200))->n_descsz = 0xffffffff;
	((Elf64_Nhdr *)(base + 0x200))->n_namesz = 0xffffffff;
	ck_assert_ptr_null(note("Xen", 18));
}
END_TEST

/* What the ABI calls 8-byte alignment: name and descriptor are padded to 8. */
START_TEST(test_notes_aligned)
{
	const Elf64_Nhdr n = { 4, 5, 7 };

	f.p[2].p_align = 8;
	memset((uint8_t *)&f + 0x200, 0, 0x40);
	memcpy((uint8_t *)&f + 0x200, &n, sizeof(n));
	memcpy((uint8_t *)&f + 0x20c, "ONE", 4);
	/* header 12 + name 4 = 16, descriptor 5, padded to 24 */
	put_note(0x218, "Xen", 18, 0x1234);
	ck_assert(parse(LEN));
	ck_assert_ptr_eq(note("Xen", 18), (uint8_t *)&f + 0x228);
}
END_TEST

START_TEST(test_is)
{
	ck_assert(elf_image_is((uint8_t *)&f, 4));
	ck_assert(!elf_image_is((uint8_t *)&f, 3));
	f.h.e_ident[3] = 'E';
	ck_assert(!elf_image_is((uint8_t *)&f, LEN));
	refused("no ELF file");
}
END_TEST

/* A linker's output for x86, read by an independent library. */
START_TEST(test_libelf)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	struct stat st;
	size_t nr, loads = 0, len;
	uint8_t *in;
	const uint8_t *id;
	bool found = false;
	Elf *elf;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	in = malloc((size_t)st.st_size);
	ck_assert_int_eq(read(fd, in, (size_t)st.st_size), st.st_size);
	ck_assert_uint_ne(elf_version(EV_CURRENT), EV_NONE);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	ck_assert_ptr_nonnull(elf);
	ck_assert_int_eq(elf_getphdrnum(elf, &nr), 0);
	if (((Elf64_Ehdr *)in)->e_machine == EM_AARCH64) /* built there */
		((Elf64_Ehdr *)in)->e_machine = EM_X86_64;
	ck_assert(elf_image_parse(in, (size_t)st.st_size, "self", &e, &d));
	id = elf_image_note(&e, in, (size_t)st.st_size, "GNU", NT_GNU_BUILD_ID,
			    &len);
	for (size_t i = 0; i < nr; i++) {
		GElf_Phdr p;
		GElf_Nhdr n;
		size_t at = 0, name, desc;
		Elf_Data *data;

		ck_assert_ptr_nonnull(gelf_getphdr(elf, (int)i, &p));
		if (p.p_type == PT_LOAD) {
			ck_assert_uint_eq(e.load[loads].at, p.p_paddr);
			ck_assert_uint_eq(e.load[loads].vaddr, p.p_vaddr);
			ck_assert_uint_eq(e.load[loads].offset, p.p_offset);
			ck_assert_uint_eq(e.load[loads].filesz, p.p_filesz);
			ck_assert_uint_eq(e.load[loads++].memsz, p.p_memsz);
		}
		if (p.p_type != PT_NOTE)
			continue;
		data = elf_getdata_rawchunk(elf, (off_t)p.p_offset, p.p_filesz,
					    p.p_align == 8 ? ELF_T_NHDR8 :
							     ELF_T_NHDR);
		while ((at = gelf_getnote(data, at, &n, &name, &desc))) {
			if (n.n_type != NT_GNU_BUILD_ID ||
			    strcmp((char *)data->d_buf + name, "GNU"))
				continue;
			found = true;
			ck_assert_uint_eq(len, n.n_descsz);
			ck_assert_mem_eq(id, (uint8_t *)data->d_buf + desc,
					 len);
		}
	}
	ck_assert_uint_eq(e.nr_load, loads);
	ck_assert_uint_gt(loads, 1);
	ck_assert(found);
	elf_end(elf);
	close(fd);
	free(in);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("elf_image");
	TCase *tc = tcase_create("elf_image");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_segments);
	tcase_add_test(tc, test_entry);
	tcase_add_test(tc, test_class32);
	tcase_add_test(tc, test_header_rules);
	tcase_add_test(tc, test_segment_rules);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_notes);
	tcase_add_test(tc, test_notes_aligned);
	tcase_add_test(tc, test_is);
	tcase_add_test(tc, test_libelf);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
