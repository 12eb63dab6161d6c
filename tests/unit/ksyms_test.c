// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of a kernel's symbols: lists, the tables that a kernel carries, made
 * here as its build makes them, and the ELF file, read by libelf.
 */
#include <check.h>
#include <errno.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksyms.h"

static struct ksyms k;

static int parse(const char *text)
{
	ksyms_free(&k);
	return ksyms_parse(&k, text, strlen(text));
}

START_TEST(test_lists)
{
	ck_assert_int_eq(parse("ffffffff81000000 T _text\n"
			       "0000000000001000 A fixed_percpu_data\n"
			       "ffffffffa0000010 t m_init\t[mod]\n"
			       "ffffffffa0000000 t m_exit\t[mod]\n"
			       "ffffffff82000000 D data"),
			 0);
	ksyms_finish(&k, 0x1000);
	ck_assert_uint_eq(k.n, 4); /* not what is within a CPU's own data */
	ck_assert_uint_eq(k.v[0].addr, 0xffffffff81001000);
	ck_assert_str_eq(k.text + k.v[2].name, "m_exit");
	ck_assert_str_eq(k.text + k.v[2].module, "mod");
	ck_assert_uint_eq(k.v[2].module, k.v[3].module);
	ck_assert_str_eq(k.text + k.v[0].module, "");
	ck_assert(!k.arm64);
	ck_assert_uint_eq(ksyms_address(&k, "data"), 0xffffffff82001000);
	ck_assert_uint_eq(ksyms_address(&k, "m_exit"), 0);
	ck_assert_int_eq(parse("ffff800008010000 T __arm64_sys_read\n"), 0);
	ksyms_finish(&k, 0);
	ck_assert(k.arm64);
	/* what the kernel tells those who are not root */
	ck_assert_int_eq(parse("0000000000000000 T _text\n"), -EPERM);
	ck_assert_int_eq(parse(""), -EINVAL);
	ck_assert_int_eq(parse("ffffffff81000000 T \n"), -EINVAL);
	ck_assert_int_eq(parse("ffffffff81000000 T\n"), -EINVAL);
	ck_assert_int_eq(parse("MZ\x90\n"), -EINVAL);
	ksyms_free(&k);
}
END_TEST

/* ---- a kernel ----------------------------------------------------------------- */

#define SYMBOLS 1000u
#define IMAGE 0x20000u

static uint8_t image[IMAGE];

static void put32(size_t at, uint32_t v)
{
	memcpy(image + at, &v, 4);
}

static size_t align(size_t at)
{
	return (at + 7) & ~(size_t)7;
}

static uint64_t address(unsigned int i)
{
	return 0xffffffff81000000 + 0x10 * i;
}

/* Token 1 is "function_", 2 is "__", 3 is "_stext", every other one its own character. */
static size_t make_tokens(size_t at)
{
	uint16_t index[256];
	size_t begin = at;

	for (unsigned int i = 0; i < 256; i++) {
		index[i] = (uint16_t)(at - begin);
		if (i == 1)
			at += (size_t)sprintf((char *)image + at, "function_");
		else if (i == 2)
			at += (size_t)sprintf((char *)image + at, "__");
		else if (i == 3)
			at += (size_t)sprintf((char *)image + at, "_stext");
		else
			image[at++] = i ? (uint8_t)i : '!';
		image[at++] = 0;
	}
	at = align(at);
	memcpy(image + at, index, sizeof(index));
	return at + sizeof(index);
}

/*
 * The number of symbols, @padded or not, names, markers; where they end.
 * Symbol @stext is called _stext.
 */
static size_t make_names(size_t at, bool padded, unsigned int stext)
{
	uint32_t markers[SYMBOLS / 256 + 1];
	size_t names = at + (padded ? 8 : 4);

	put32(at, SYMBOLS);
	if (padded)
		put32(at + 4, 0);
	at = names;
	for (unsigned int i = 0; i < SYMBOLS; i++) {
		char number[8];
		int n = sprintf(number, "%u", i);

		if (i % 256 == 0)
			markers[i / 256] = (uint32_t)(at - names);
		if (i == stext) {
			memcpy(image + at, "\2T\3", 3);
			at += 3;
			continue;
		}
		image[at++] = (uint8_t)(3 + n);
		image[at++] = i % 10 ? 't' : 'T';
		image[at++] = 2;
		image[at++] = 1;
		memcpy(image + at, number, (size_t)n);
		at += (size_t)n;
	}
	at = align(at);
	memcpy(image + at, markers, sizeof(markers));
	return align(at + sizeof(markers));
}

/* As x86 has them, or arm64: relative to the first. */
static size_t make_places(size_t at, bool percpu, uint64_t base)
{
	for (unsigned int i = 0; i < SYMBOLS; i++)
		put32(at + 4 * i, percpu ? -1 - 0x10 * i : 0x10 * i);
	at = align(at + 4 * SYMBOLS);
	memcpy(image + at, &base, 8);
	return at + 8;
}

static void make(bool old, bool percpu, uint64_t base)
{
	size_t at = 0x1008;

	memset(image, 0xa5, sizeof(image));
	if (old)
		at = make_places(at, percpu, base);
	at = make_names(at, true, SYMBOLS);
	if (old)
		at += 3 * SYMBOLS; /* seqs_of_names */
	at = make_tokens(align(at));
	if (!old)
		make_places(align(at), percpu, base);
}

/* As since 7.0: nothing is padded, addresses are relative to where they stand. */
static size_t make_own(unsigned int stext)
{
	size_t at = 0x100c, places;

	memset(image, 0xa5, sizeof(image));
	at = make_names(at, false, stext);
	at = places = make_tokens(align(at));
	for (unsigned int i = 0; i < SYMBOLS; i++, at += 4)
		put32(at, (uint32_t)(0x10 * i - 0x100000 - at));
	return places;
}

static void check_found(uint64_t base)
{
	ck_assert_uint_eq(k.n, SYMBOLS);
	ck_assert_str_eq(k.text + k.v[777].name, "__function_777");
	ck_assert_int_eq(k.v[777].type, 't');
	ck_assert_int_eq(k.v[10].type, 'T');
	ck_assert_uint_eq(k.v[777].addr, base + 0x10 * 777);
}

START_TEST(test_tables)
{
	/* where they are, and how addresses are told, by the kernel's age */
	for (int i = 0; i < 4; i++) {
		ksyms_free(&k);
		make(i & 1, i & 2, address(0));
		ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), 0);
		check_found(address(0));
	}
	/* a base that only a relocation has */
	ksyms_free(&k);
	make(true, false, 0);
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENODATA);
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0xffff800008010000), 0);
	check_found(0xffff800008010000);
	/* nothing there; a piece of one */
	ksyms_free(&k);
	memset(image, 0, sizeof(image));
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENOENT);
	make(true, true, address(0));
	for (size_t len = 0; len < IMAGE; len += 0x100) {
		ksyms_free(&k);
		ksyms_find(&k, image, len, 0);
	}
	make(true, true, address(0));
	image[0x1008 + 8 * SYMBOLS] ^= 0xff; /* among the names */
	ksyms_free(&k);
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENOENT);
}
END_TEST

/* What is told at @at of the image: where one of its symbols is. */
static void make_note(size_t at, const char *symbol)
{
	memset(image + at, 0, 4096);
	sprintf((char *)image + at + 12, "VMCOREINFO");
	sprintf((char *)image + at + 24,
		"OSRELEASE=7.3\nSYMBOL(%s)=ffffffff81003090\nKERNELOFFSET=0\n",
		symbol);
}

START_TEST(test_own_places)
{
	const uint64_t there = 0xffffffff81000000;
	Elf64_Ehdr e = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64 },
			 .e_phoff = sizeof(e),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 1 };
	Elf64_Phdr ph = { .p_type = PT_LOAD,
			  .p_offset = 0x1000,
			  .p_vaddr = there + 0x101000,
			  .p_filesz = IMAGE - 0x1000 };

	/* nothing tells where */
	make_own(SYMBOLS);
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENODATA);
	/* the user does: their first */
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, there), 0);
	check_found(there);
	/* an ELF file */
	ksyms_free(&k);
	memcpy(image, &e, sizeof(e));
	memcpy(image + sizeof(e), &ph, sizeof(ph));
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), 0);
	check_found(there);
	/* one that has not all of its headers, or others */
	ksyms_free(&k);
	e.e_phoff = IMAGE - 10;
	memcpy(image, &e, sizeof(e));
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENODATA);
	e.e_phoff = ~0ull - 10;
	memcpy(image, &e, sizeof(e));
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENODATA);
}
END_TEST

/* Memory: the kernel's note for those who dump it says where _stext is. */
START_TEST(test_own_noted)
{
	size_t note = (make_own(9) + 4 * SYMBOLS + 4095) & ~(size_t)4095;

	ck_assert_uint_le(note + 4096, IMAGE);
	make_note(note, "_text");
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENODATA);
	make_note(note, "_stext");
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), 0);
	check_found(0xffffffff81003000);
	/* not all of it is there: a note is a page */
	ksyms_free(&k);
	ck_assert_int_eq(ksyms_find(&k, image, note + 4095, 0), -ENODATA);
	/* no symbol of that name */
	make_own(SYMBOLS);
	make_note(note, "_stext");
	ck_assert_int_eq(ksyms_find(&k, image, IMAGE, 0), -ENODATA);
}
END_TEST

/* ---- the file ------------------------------------------------------------------- */

static Elf *open_elf(struct kbuf *b, bool *frames)
{
	Elf *e;

	*b = ksyms_elf(&k, frames);
	ck_assert_uint_ne(elf_version(EV_CURRENT), EV_NONE);
	e = elf_memory((char *)b->p, b->n);
	ck_assert_ptr_nonnull(e);
	return e;
}

static Elf_Scn *section(Elf *e, const char *name, GElf_Shdr *sh)
{
	Elf_Scn *s = NULL;
	size_t names;

	ck_assert_int_eq(elf_getshdrstrndx(e, &names), 0);
	while ((s = elf_nextscn(e, s))) {
		gelf_getshdr(s, sh);
		if (!strcmp(elf_strptr(e, names, sh->sh_name), name))
			return s;
	}
	ck_abort_msg("no section %s", name);
}

START_TEST(test_elf)
{
	bool frames, found = false, global = false;
	struct kbuf b;
	GElf_Shdr sh, of;
	GElf_Ehdr head;
	GElf_Sym sym;
	Elf_Data *d;
	Elf_Scn *s;
	Elf *e;

	ck_assert_int_eq(parse("ffffffff81000000 T _text\n"
			       "ffffffff81000100 t middle\n"
			       "ffffffff81000180 T end\n"
			       "ffffffff82000000 D data\n"
			       "ffffffffa0000000 t m_exit\t[mod]\n"),
			 0);
	ksyms_finish(&k, 0);
	e = open_elf(&b, &frames);
	ck_assert(!frames);
	ck_assert_ptr_nonnull(gelf_getehdr(e, &head));
	ck_assert_int_eq(head.e_machine, EM_X86_64);
	section(e, ".text.mod", &sh);
	ck_assert_uint_eq(sh.sh_addr, 0xffffffffa0000000);
	section(e, ".text", &sh);
	ck_assert_uint_eq(sh.sh_addr, 0xffffffff81000000);
	ck_assert_uint_ge(sh.sh_size, 0x181);
	ck_assert_int_eq(sh.sh_type, SHT_NOBITS);
	s = section(e, ".symtab", &sh);
	d = elf_getdata(s, NULL);
	ck_assert_uint_eq(sh.sh_size / sh.sh_entsize, 6);
	for (int i = 1; i < 6; i++) {
		const char *name;

		gelf_getsym(d, i, &sym);
		name = elf_strptr(e, sh.sh_link, sym.st_name);
		/* local ones first, and as many as the section says */
		global |= GELF_ST_BIND(sym.st_info) == STB_GLOBAL;
		ck_assert_int_eq(global, i >= (int)sh.sh_info);
		gelf_getshdr(elf_getscn(e, sym.st_shndx), &of);
		ck_assert(sym.st_value >= of.sh_addr &&
			  sym.st_value < of.sh_addr + of.sh_size);
		if (strcmp(name, "middle"))
			continue;
		found = true;
		ck_assert_uint_eq(sym.st_value, 0xffffffff81000100);
		ck_assert_uint_eq(sym.st_size, 0x80);
		ck_assert_int_eq(GELF_ST_TYPE(sym.st_info), STT_FUNC);
	}
	ck_assert(found);
	elf_end(e);
	kbuf_free(&b);
	ksyms_free(&k);
}
END_TEST

/* What readelf makes of the rules is held against what they were made of. */
static void check_rules(struct kbuf *b, const char *const *lines)
{
	char path[] = "/tmp/ksyms.XXXXXX", cmd[160], *line = NULL;
	int fd = mkstemp(path);
	size_t size = 0;
	FILE *f;

	ck_assert_int_eq(write(fd, b->p, b->n), (ssize_t)b->n);
	close(fd);
	snprintf(cmd, sizeof(cmd),
		 "readelf -W --debug-dump=frames-interp %s 2>&1 | tr -s ' '",
		 path);
	f = popen(cmd, "r");
	while (getline(&line, &size, f) > 0) {
		ck_assert_msg(!strstr(line, "Warning") &&
				      !strstr(line, "Error"),
			      "%s", line);
		if (*lines && strstr(line, *lines))
			lines++;
	}
	pclose(f);
	unlink(path);
	free(line);
	ck_assert_msg(!*lines, "'%s' is not there", *lines);
}

START_TEST(test_frames_arm64)
{
	static const char *const lines[] = {
		"pc=ffff800008010000..ffff800008010100",
		"ffff800008010000 sp+0 u s",
		"ffff800008010010 x29+16 c-16 c-8",
		NULL,
	};
	struct kbuf b;
	bool frames;

	ck_assert_int_eq(parse("ffff800008010000 T __arm64_sys_read\n"
			       "ffff800008010100 T end\n"),
			 0);
	ksyms_finish(&k, 0);
	elf_end(open_elf(&b, &frames));
	ck_assert(frames);
	check_rules(&b, lines);
	kbuf_free(&b);
	ksyms_free(&k);
}
END_TEST

/*
 * An ORC entry as 6.1 has it: registers 4 bp, 5 sp, 1 the caller's sp; or as
 * 7.3 does: 4, 3, 8.
 */
static bool orc_new;
static void orc(size_t i, uint64_t ip, int16_t sp, int16_t bp, uint8_t regs,
		uint8_t type)
{
	size_t at = 0x18000 + 6 * i;

	if (orc_new) {
		regs = (regs & 15) == 5 ? (regs & 0xf0) | 3 : regs;
		regs = regs >> 4 == 1 ? (regs & 15) | 0x80 : regs;
		type = type == 4 ? 1 : type + 2;
	}
	put32(0x17000 + 4 * i, (uint32_t)(ip - (address(0) + 0x17000 + 4 * i)));
	memcpy(image + at, &sp, 2);
	memcpy(image + at + 2, &bp, 2);
	image[at + 4] = regs;
	image[at + 5] = type;
}

START_TEST(test_frames_x86)
{
	static const char *const lines[] = {
		/* push %rbp, then a frame, then an interrupt's */
		"pc=ffffffff81000000..ffffffff81000010",
		"ffffffff81000000 rsp+8 s c-8",
		"ffffffff81000001 rsp+16 c-16 c-8",
		"ffffffff81000004 rbp+16 c-16 c-8",
		"pc=ffffffff81000010..ffffffff81000020",
		"ffffffff81000010 rsp+0 c+80 c+96 c+88 c+40 c+104 c+112 c+32 c+152 "
		"c+72 c+64 c+56 c+48 c+24 c+16 c+8 c+0 c+128",
		"pc=ffffffff81000020..ffffffff81000030",
		"ffffffff81000020 rsp+8 u",
		NULL,
	};
	struct kbuf b;
	bool frames;
	char text[512];

	make(true, true, address(0));
	/* the banner tells where the image is, and how old; a log has it, too */
	orc_new = _i;
	memcpy(image + 0x100,
	       _i ? "Linux version 7.3.4 (x)" : "Linux version 6.1.0 (x)", 24);
	memcpy(image + 0x1f000, "Linux version 6.12.0 (x)", 24);
	orc(0, address(0), 8, 0, 0x05, 0);
	orc(1, address(0) + 1, 16, -16, 0x15, 0);
	orc(2, address(0) + 4, 16, -16, 0x14, 0);
	orc(3, address(1), 0, 0, 0x05, 1);
	orc(4, address(2), 0, 0, 0x00, 4);
	snprintf(
		text, sizeof(text),
		"%lx T a\n%lx T b\n%lx T c\n%lx T d\n%lx d __start_orc_unwind_ip\n"
		"%lx d __stop_orc_unwind_ip\n%lx d __start_orc_unwind\n"
		"%lx d linux_banner\n",
		address(0), address(1), address(2), address(3),
		address(0) + 0x17000, address(0) + 0x17000 + 4 * 5,
		address(0) + 0x18000, address(0) + 0x100);
	ck_assert_int_eq(parse(text), 0);
	k.image = image;
	k.image_len = IMAGE;
	k.tokens = 0x500;
	ksyms_finish(&k, 0);
	elf_end(open_elf(&b, &frames));
	ck_assert(frames);
	check_rules(&b, lines);
	kbuf_free(&b);
	/* tables that are not within the image */
	k.image_len = 0x18000;
	elf_end(open_elf(&b, &frames));
	ck_assert(!frames);
	kbuf_free(&b);
	ksyms_free(&k);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ksyms");
	TCase *tc = tcase_create("ksyms");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_lists);
	tcase_add_test(tc, test_tables);
	tcase_add_test(tc, test_own_places);
	tcase_add_test(tc, test_own_noted);
	tcase_add_test(tc, test_elf);
	tcase_add_test(tc, test_frames_arm64);
	tcase_add_loop_test(tc, test_frames_x86, 0, 2);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
