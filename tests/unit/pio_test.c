// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/pio.c: exit qualifications of VMX and SVM as
 * the manuals lay them out, and the elements of string instructions.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/pio.h"
#include "uapi/axvm_x86.h"

static struct pio p;

START_TEST(vmx_plain)
{
	/* out dx, al to 0x3f8: size 0, direction 0, DX */
	ck_assert_int_eq(pio_decode_vmx(&p, 0x03f80000, 0, false,
					AXVM_X86_MODE_REAL, false),
			 0);
	ck_assert_uint_eq(p.port, 0x3f8);
	ck_assert_uint_eq(p.bytes, 1);
	ck_assert(!p.in && !p.string && !p.rep);
	/* in eax, 0x71: size 3, in, immediate */
	ck_assert_int_eq(pio_decode_vmx(&p, 0x0071004b, 0, false,
					AXVM_X86_MODE_64, false),
			 0);
	ck_assert_uint_eq(p.port, 0x71);
	ck_assert_uint_eq(p.bytes, 4);
	ck_assert(p.in);
	/* a REP that hardware reports without a string means nothing */
	ck_assert_int_eq(pio_decode_vmx(&p, 0x00710021, 0, false,
					AXVM_X86_MODE_64, false),
			 0);
	ck_assert_uint_eq(p.bytes, 2);
	ck_assert(!p.rep);
	ck_assert_int_eq(pio_decode_vmx(&p, 2, 0, false, 0, false), -EINVAL);
	ck_assert_int_eq(pio_decode_vmx(&p, 7, 0, false, 0, false), -EINVAL);
}
END_TEST

START_TEST(vmx_string)
{
	/* rep outsw, gs, 32-bit addresses */
	ck_assert_int_eq(pio_decode_vmx(&p, 0x01f00031, 1 << 7 | 5 << 15, true,
					AXVM_X86_MODE_64, false),
			 0);
	ck_assert(p.string && p.rep && !p.in);
	ck_assert_uint_eq(p.addr_bytes, 4);
	ck_assert_uint_eq(p.seg, AXVM_X86_GS);
	/* insb: always ES, whatever the field holds */
	ck_assert_int_eq(pio_decode_vmx(&p, 0x01f00018, 0 << 7 | 3 << 15, true,
					AXVM_X86_MODE_PROTECTED, true),
			 0);
	ck_assert(p.string && !p.rep && p.in);
	ck_assert_uint_eq(p.addr_bytes, 2);
	ck_assert_uint_eq(p.seg, AXVM_X86_ES);
	/* no information: sizes by mode, DS */
	pio_decode_vmx(&p, 0x01f00010, ~0u, false, AXVM_X86_MODE_64, false);
	ck_assert_uint_eq(p.addr_bytes, 8);
	ck_assert_uint_eq(p.seg, AXVM_X86_DS);
	pio_decode_vmx(&p, 0x01f00010, 0, false, AXVM_X86_MODE_COMPAT, true);
	ck_assert_uint_eq(p.addr_bytes, 4);
	pio_decode_vmx(&p, 0x01f00010, 0, false, AXVM_X86_MODE_REAL, false);
	ck_assert_uint_eq(p.addr_bytes, 2);
	/* what hardware never gives */
	ck_assert_int_eq(pio_decode_vmx(&p, 0x01f00010, 3 << 7, true, 0, 0),
			 -EINVAL);
	ck_assert_int_eq(pio_decode_vmx(&p, 0x01f00010, 6 << 15, true, 0, 0),
			 -EINVAL);
}
END_TEST

START_TEST(svm)
{
	/* in ax, 0x40 */
	ck_assert_int_eq(pio_decode_svm(&p, 0x00400000 | 1 | 1 << 5 | 1 << 8),
			 0);
	ck_assert(p.in && !p.string && !p.rep);
	ck_assert_uint_eq(p.bytes, 2);
	ck_assert_uint_eq(p.port, 0x40);
	/* rep outsd, fs, 64-bit addresses */
	ck_assert_int_eq(pio_decode_svm(&p, 0x0cf80000 | 1 << 2 | 1 << 3 |
						    1 << 6 | 1 << 9 | 4 << 10),
			 0);
	ck_assert(!p.in && p.string && p.rep);
	ck_assert_uint_eq(p.bytes, 4);
	ck_assert_uint_eq(p.addr_bytes, 8);
	ck_assert_uint_eq(p.seg, AXVM_X86_FS);
	ck_assert_int_eq(pio_decode_svm(&p, 0x00400000), -EINVAL);
	ck_assert_int_eq(pio_decode_svm(&p, 0x00400000 | 3 << 4), -EINVAL);
	ck_assert_int_eq(pio_decode_svm(&p, 1 << 2 | 1 << 4), -EINVAL);
	ck_assert_int_eq(pio_decode_svm(&p, 1 << 2 | 1 << 4 | 3 << 7), -EINVAL);
	ck_assert_int_eq(pio_decode_svm(&p, 1 << 2 | 1 << 4 | 1 << 7 | 6 << 10),
			 -EINVAL);
}
END_TEST

START_TEST(elements)
{
	struct vinsn_cpu cpu = { .mode = AXVM_X86_MODE_REAL };
	struct vinsn_access a;
	u8 fault;

	cpu.seg[AXVM_X86_ES].base = 0x20000;
	cpu.seg[AXVM_X86_ES].limit = 0xffff;
	cpu.gpr[VINSN_RDI] = 0x99990ffe;
	cpu.gpr[VINSN_RCX] = 0x88880002;
	p = (struct pio){ .bytes = 2,
			  .in = true,
			  .string = true,
			  .rep = true,
			  .addr_bytes = 2,
			  .seg = AXVM_X86_ES };
	ck_assert_uint_eq(pio_count(&p, &cpu), 2);
	ck_assert_int_eq(pio_element(&p, &cpu, &a, &fault), 0);
	ck_assert(a.write);
	ck_assert_uint_eq(a.linear, 0x20ffe);
	ck_assert_uint_eq(a.bytes, 2);
	ck_assert(!pio_advance(&p, &cpu));
	ck_assert_uint_eq(cpu.gpr[VINSN_RDI], 0x99991000);
	ck_assert_uint_eq(cpu.gpr[VINSN_RCX], 0x88880001);
	ck_assert(pio_advance(&p, &cpu));
	ck_assert_uint_eq(pio_count(&p, &cpu), 0);
	/* backwards, OUTS from a segment that is too short */
	cpu.rflags = 1 << 10;
	p = (struct pio){
		.bytes = 4, .string = true, .addr_bytes = 4, .seg = AXVM_X86_SS
	};
	cpu.gpr[VINSN_RSI] = 0x100000002;
	ck_assert_int_eq(pio_element(&p, &cpu, &a, &fault), -EFAULT);
	ck_assert_uint_eq(fault, VINSN_FAULT_SS);
	cpu.seg[AXVM_X86_SS].limit = ~0u;
	ck_assert_int_eq(pio_element(&p, &cpu, &a, &fault), 0);
	ck_assert(!a.write);
	ck_assert_uint_eq(a.linear, 2);
	ck_assert_uint_eq(pio_count(&p, &cpu), 1);
	ck_assert(pio_advance(&p, &cpu));
	ck_assert_uint_eq(cpu.gpr[VINSN_RSI], 0xfffffffe);
}
END_TEST

START_TEST(result)
{
	struct vinsn_cpu cpu = { .gpr[0] = ~0ull };

	p.bytes = 1;
	pio_set_result(&p, &cpu, 0x12345678);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffffffffffff78);
	p.bytes = 2;
	pio_set_result(&p, &cpu, 0x12345678);
	ck_assert_uint_eq(cpu.gpr[0], 0xffffffffffff5678);
	p.bytes = 4;
	pio_set_result(&p, &cpu, 0x12345678);
	ck_assert_uint_eq(cpu.gpr[0], 0x12345678);
}
END_TEST

START_TEST(poweroff)
{
	ck_assert(pio_is_poweroff(0x604, 2, true, 0x2000));
	ck_assert(pio_is_poweroff(0x604, 2, true, 0xffff2000));
	ck_assert(!pio_is_poweroff(0x604, 2, false, 0x2000));
	ck_assert(!pio_is_poweroff(0x604, 1, true, 0x2000));
	ck_assert(!pio_is_poweroff(0x604, 4, true, 0x2000));
	ck_assert(!pio_is_poweroff(0x605, 2, true, 0x2000));
	ck_assert(!pio_is_poweroff(0x604, 2, true, 0x2001));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pio");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, vmx_plain);
	tcase_add_test(t, vmx_string);
	tcase_add_test(t, svm);
	tcase_add_test(t, elements);
	tcase_add_test(t, result);
	tcase_add_test(t, poweroff);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
