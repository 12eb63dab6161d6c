// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of module/lib/args.c: every rejection of the memory ioctls that needs
 * neither a VM nor the host, and their neighbours that are accepted.
 */
#include <check.h>
#include <errno.h>
#include <linux/kernel.h>

#include "module/lib/args.h"

#define PAGE 4096ull
#define BITS 40

START_TEST(test_range)
{
	/* start, len, bits, result */
	static const struct {
		u64 start, len;
		unsigned int bits;
		int want;
	} t[] = {
		{ 0, PAGE, 40, 0 },
		{ PAGE, PAGE, 40, 0 },
		{ 0, 0, 40, -EINVAL },
		{ PAGE, 0, 64, -EINVAL },
		{ 1, PAGE, 40, -EINVAL },
		{ PAGE - 1, PAGE, 40, -EINVAL },
		{ 0, 1, 40, -EINVAL },
		{ 0, PAGE + 1, 40, -EINVAL },
		{ PAGE / 2, PAGE / 2, 40, -EINVAL },
		/* the end of the address space, and one page more */
		{ (1ull << 40) - PAGE, PAGE, 40, 0 },
		{ (1ull << 40) - PAGE, 2 * PAGE, 40, -EINVAL },
		{ 1ull << 40, PAGE, 40, -EINVAL },
		{ 0, 1ull << 40, 40, 0 },
		{ 0, (1ull << 40) + PAGE, 40, -EINVAL },
		/* 64 bits: the last page fits, what wraps does not */
		{ 0 - PAGE, PAGE, 64, 0 },
		{ 0 - PAGE, 2 * PAGE, 64, -EINVAL },
		{ 0 - PAGE, 0 - PAGE, 64, -EINVAL },
		{ PAGE, 0 - PAGE, 64, 0 },
		{ 2 * PAGE, 0 - PAGE, 64, -EINVAL },
		{ 0 - PAGE, PAGE, 40, -EINVAL },
		{ 0 - PAGE, 2 * PAGE, 40, -EINVAL },
	};

	ck_assert_int_eq(axvm_args_range(t[_i].start, t[_i].len, t[_i].bits),
			 t[_i].want);
}
END_TEST
#define NR_RANGE 21

static struct axvm_mem region(u32 kind, u32 flags)
{
	return (struct axvm_mem){
		.size = sizeof(struct axvm_mem),
		.flags = flags,
		.gpa = 16 * PAGE,
		.len = 4 * PAGE,
		.source = kind == AXVM_MEM_ALLOC ? 0 : 32 * PAGE,
		.kind = kind,
	};
}

static int map(struct axvm_mem m)
{
	return axvm_args_mem_map(&m, BITS);
}

/* Each flag with each kind: what the header says, nothing else. */
START_TEST(test_map_flags)
{
	static const u32 allowed[] = {
		[AXVM_MEM_ALLOC] = AXVM_MEM_READ | AXVM_MEM_WRITE |
				   AXVM_MEM_EXEC | AXVM_MEM_POPULATE,
		[AXVM_MEM_USER] = AXVM_MEM_READ | AXVM_MEM_WRITE |
				  AXVM_MEM_EXEC,
		[AXVM_MEM_HOST] = AXVM_MEM_READ | AXVM_MEM_WRITE |
				  AXVM_MEM_EXEC | AXVM_MEM_DEVICE |
				  AXVM_MEM_UNCACHED,
	};
	unsigned int kind, bit;

	for (kind = 0; kind < ARRAY_SIZE(allowed); kind++) {
		ck_assert_int_eq(map(region(kind, AXVM_MEM_READ)), 0);
		ck_assert_int_eq(map(region(kind, 0)), -EINVAL);
		ck_assert_int_eq(map(region(kind, AXVM_MEM_WRITE)), -EINVAL);
		for (bit = 1; bit < 32; bit++) {
			u32 flag = 1u << bit;
			int want = allowed[kind] & flag ? 0 : -EINVAL;

			ck_assert_int_eq(map(region(kind,
						    AXVM_MEM_READ | flag)),
					 want);
		}
	}
	ck_assert_int_eq(map(region(AXVM_MEM_HOST,
				    AXVM_MEM_READ | AXVM_MEM_DEVICE |
					    AXVM_MEM_UNCACHED)),
			 -EINVAL);
}
END_TEST

START_TEST(test_map_kinds)
{
	ck_assert_int_eq(map(region(3, AXVM_MEM_READ)), -EINVAL);
	ck_assert_int_eq(map(region(~0u, AXVM_MEM_READ)), -EINVAL);
}
END_TEST

START_TEST(test_map_fields)
{
	struct axvm_mem m;
	unsigned int kind;

	for (kind = 0; kind <= AXVM_MEM_HOST; kind++) {
		m = region(kind, AXVM_MEM_READ);
		m.pad = 1;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.resident = PAGE;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.gpa++;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.len--;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.len = 0;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.gpa = (1ull << BITS) - 4 * PAGE;
		ck_assert_int_eq(map(m), 0);
		m.gpa += PAGE;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.gpa = 0 - 4 * PAGE;
		ck_assert_int_eq(map(m), -EINVAL);
		m = region(kind, AXVM_MEM_READ);
		m.source += 1;
		ck_assert_int_eq(map(m), -EINVAL);
	}
}
END_TEST

START_TEST(test_map_source)
{
	struct axvm_mem m = region(AXVM_MEM_ALLOC, AXVM_MEM_READ);

	m.source = PAGE;
	ck_assert_int_eq(map(m), -EINVAL);

	/* a user range may be anywhere, but not wrap */
	m = region(AXVM_MEM_USER, AXVM_MEM_READ);
	m.source = 0 - 4 * PAGE;
	ck_assert_int_eq(map(m), 0);
	m.source = 0 - 3 * PAGE;
	ck_assert_int_eq(map(m), -EINVAL);

	/* a host range ends with the physical address space */
	m = region(AXVM_MEM_HOST, AXVM_MEM_READ);
	m.source = (1ull << 52) - 4 * PAGE;
	ck_assert_int_eq(map(m), 0);
	m.source = (1ull << 52) - 3 * PAGE;
	ck_assert_int_eq(map(m), -EINVAL);
	m.source = 0 - 4 * PAGE;
	ck_assert_int_eq(map(m), -EINVAL);
}
END_TEST

START_TEST(test_unmap)
{
	const struct axvm_mem good = {
		.size = sizeof(good), .gpa = PAGE, .len = PAGE,
	};
	struct axvm_mem m = good;

	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), 0);
	m.flags = AXVM_MEM_READ;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
	m = good;
	m.source = PAGE;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
	m = good;
	m.kind = 1;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
	m = good;
	m.pad = 1;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
	m = good;
	m.resident = 1;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
	m = good;
	m.len = 0;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
	m = good;
	m.gpa = 1ull << BITS;
	ck_assert_int_eq(axvm_args_mem_unmap(&m, BITS), -EINVAL);
}
END_TEST

START_TEST(test_list)
{
	struct axvm_list l = { .entry_size = sizeof(struct axvm_mem) };

	ck_assert_int_eq(axvm_args_mem_list(&l), 0);
	l.entry_size = 4096;
	ck_assert_int_eq(axvm_args_mem_list(&l), 0);
	l.entry_size = 4104;
	ck_assert_int_eq(axvm_args_mem_list(&l), -EINVAL);
	l.entry_size = sizeof(struct axvm_mem) - 8;
	ck_assert_int_eq(axvm_args_mem_list(&l), -EINVAL);
	l.entry_size = sizeof(struct axvm_mem) + 4;
	ck_assert_int_eq(axvm_args_mem_list(&l), -EINVAL);
	l.entry_size = sizeof(struct axvm_mem);
	l.flags = 1;
	ck_assert_int_eq(axvm_args_mem_list(&l), -EINVAL);
	l.flags = 0;
	l.pad = 1;
	ck_assert_int_eq(axvm_args_mem_list(&l), -EINVAL);
}
END_TEST

START_TEST(test_rw)
{
	const struct axvm_mem_rw good = {
		.size = sizeof(good), .addr = 123, .buf = 456, .len = 789,
	};
	struct axvm_mem_rw rw = good;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		rw.flags = 1u << bit;
		ck_assert_int_eq(axvm_args_mem_rw(&rw), bit < 3 ? 0 : -EINVAL);
	}
	rw = good;
	rw.pad = 1;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), -EINVAL);
	/* a vCPU only where its tables are walked */
	rw = good;
	rw.vcpu = 1;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), -EINVAL);
	rw.flags = AXVM_RW_GVA;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), 0);
	/* up to the last byte of either space, and past it */
	rw = good;
	rw.addr = 0 - rw.len;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), 0);
	rw.addr++;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), -EINVAL);
	rw = good;
	rw.buf = 0 - rw.len;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), 0);
	rw.buf++;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), -EINVAL);
	rw = good;
	rw.addr = rw.buf = ~0ull;
	rw.len = 0;
	ck_assert_int_eq(axvm_args_mem_rw(&rw), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("args");
	TCase *tcase = tcase_create("args");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_range, 0, NR_RANGE);
	tcase_add_test(tcase, test_map_flags);
	tcase_add_test(tcase, test_map_kinds);
	tcase_add_test(tcase, test_map_fields);
	tcase_add_test(tcase, test_map_source);
	tcase_add_test(tcase, test_unmap);
	tcase_add_test(tcase, test_list);
	tcase_add_test(tcase, test_rw);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
