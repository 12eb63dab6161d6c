// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/vlapic.c: states after power-up and INIT, modes,
 * priorities, errors and local pins, by the manual's text.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vlapic.h"

#define XAPIC (VLAPIC_BASE_RESET | VLAPIC_BASE_ENABLE)
#define X2APIC (XAPIC | VLAPIC_BASE_X2APIC)

static u32 page[1024] __attribute__((aligned(4096)));
static struct vlapic l;
static struct vlapic_do todo;

static void fresh(u32 id, u64 base)
{
	memset(&l, 0xa5, sizeof(l));
	memset(page, 0xa5, sizeof(page));
	l.page = page;
	l.id = id;
	l.bus_shift = 0;
	l.staged = false;
	l.posted = NULL;
	vlapic_reset(&l, base);
	memset(&todo, 0, sizeof(todo));
}

static void on(u32 id)
{
	fresh(id, XAPIC);
	VLAPIC_REG(&l, VLAPIC_SVR) = 0x1ff;
}

/* "Local APIC State After Power-Up or Reset". */
START_TEST(power_up)
{
	unsigned int i;

	fresh(3, XAPIC);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_SVR), 0xff);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_DFR), 0xffffffff);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_LDR), 0);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TPR), 0);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TIMER_INIT) |
				  VLAPIC_REG(&l, VLAPIC_TIMER_DIVIDE) |
				  VLAPIC_REG(&l, VLAPIC_ESR),
			  0);
	ck_assert_uint_eq(vlapic_icr(&l), 0);
	for (i = 0; i < VLAPIC_NR_LVT; i++)
		ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_LVT_TIMER + i),
				  0x10000);
	for (i = 0; i < VLAPIC_WORDS; i++)
		ck_assert_uint_eq(vlapic_vectors(&l, VLAPIC_IRR, i) |
					  vlapic_vectors(&l, VLAPIC_ISR, i) |
					  vlapic_vectors(&l, VLAPIC_TMR, i),
				  0);
	ck_assert(l.expiry == VLAPIC_NEVER);
	ck_assert(vlapic_enabled(&l));
	ck_assert(!vlapic_x2apic(&l));
	ck_assert_int_eq(vlapic_next(&l), -1);
	fresh(3, XAPIC | VLAPIC_BASE_BSP);
	ck_assert(l.base == 0xfee00900);
}
END_TEST

START_TEST(init_keeps_mode)
{
	fresh(0x25, X2APIC);
	VLAPIC_REG(&l, VLAPIC_SVR) = 0x1ff;
	VLAPIC_REG(&l, VLAPIC_TPR) = 0x40;
	ck_assert(vlapic_accept(&l, 0x50, false));
	vlapic_init_reset(&l);
	ck_assert(l.base == X2APIC);
	ck_assert_uint_eq(l.id, 0x25);
	/* Cluster 2, member 5. */
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_LDR), 0x20020);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_SVR), 0xff);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TPR), 0);
	ck_assert(!vlapic_requested(&l));
}
END_TEST

/* "x2APIC States". */
START_TEST(modes)
{
	on(0x11);
	VLAPIC_REG(&l, VLAPIC_LDR) = 0x04000000;
	VLAPIC_REG(&l, VLAPIC_TPR) = 0x30;
	vlapic_put_icr(&l, 0x05000000000000fdull);
	vlapic_set_base(&l, X2APIC);
	ck_assert(vlapic_x2apic(&l));
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_LDR), 0x10002);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TPR), 0x30);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_SVR), 0x1ff);
	ck_assert(vlapic_icr(&l) == 0xfd); /* the upper half is not preserved */
	vlapic_set_base(&l, VLAPIC_BASE_RESET);
	ck_assert(!vlapic_enabled(&l));
	ck_assert(!vlapic_accept(&l, 0x50, false));
	vlapic_set_base(&l, XAPIC);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_SVR), 0xff);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_LDR), 0);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_TPR), 0);
	/* Moving the page is no change of mode. */
	VLAPIC_REG(&l, VLAPIC_SVR) = 0x1ff;
	vlapic_set_base(&l, 0x12345000 | VLAPIC_BASE_ENABLE);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_SVR), 0x1ff);
}
END_TEST

/* "Interrupt Priority": classes of 16, PPR from TPR and ISR. */
START_TEST(priorities)
{
	on(0);
	ck_assert(vlapic_accept(&l, 0x31, false));
	ck_assert(vlapic_accept(&l, 0x52, false));
	ck_assert(vlapic_accept(&l, 0x58, false));
	ck_assert_int_eq(vlapic_next(&l), 0x58);
	vlapic_take(&l, 0x58);
	ck_assert_uint_eq(vlapic_ppr(&l), 0x50);
	ck_assert_int_eq(vlapic_next(&l), -1); /* 0x52: the same class */
	ck_assert(vlapic_accept(&l, 0x60, false));
	ck_assert_int_eq(vlapic_next(&l), 0x60);
	vlapic_take(&l, 0x60);
	ck_assert_uint_eq(vlapic_ppr(&l), 0x60);
	vlapic_eoi(&l, &todo);
	ck_assert_uint_eq(todo.what, VLAPIC_DO_IRQ);
	ck_assert_uint_eq(vlapic_ppr(&l), 0x50);
	vlapic_eoi(&l, &todo);
	ck_assert_uint_eq(vlapic_ppr(&l), 0);
	ck_assert_int_eq(vlapic_next(&l), 0x52);
	vlapic_set_tpr(&l, 0x4f);
	ck_assert_uint_eq(vlapic_ppr(&l), 0x4f);
	ck_assert_int_eq(vlapic_next(&l), 0x52);
	vlapic_set_tpr(&l, 0x50);
	ck_assert_int_eq(vlapic_next(&l), -1);
	vlapic_set_tpr(&l, 0x21);
	vlapic_take(&l, 0x52);
	/* ISR above TPR: its class, subclass 0. */
	ck_assert_uint_eq(vlapic_ppr(&l), 0x50);
	vlapic_set_tpr(&l, 0x53);
	ck_assert_uint_eq(vlapic_ppr(&l), 0x53);
	vlapic_eoi(&l, &todo);
	vlapic_set_tpr(&l, 0);
	ck_assert_int_eq(vlapic_next(&l), 0x31);
	vlapic_take(&l, 0x31);
	vlapic_eoi(&l, &todo);
	ck_assert(!vlapic_requested(&l));
	/* With nothing in service EOI does nothing. */
	todo.what = 0;
	vlapic_eoi(&l, &todo);
	ck_assert_uint_eq(todo.what, 0);
}
END_TEST

START_TEST(every_vector)
{
	unsigned int v;

	on(0);
	for (v = 0; v < 256; v++) {
		ck_assert(vlapic_accept(&l, v, false) == (v >= 16));
		ck_assert_int_eq(vlapic_next(&l), v >= 16 ? (int)v : -1);
		if (v < 16)
			continue;
		vlapic_take(&l, v);
		ck_assert(vlapic_vectors(&l, VLAPIC_ISR, v / 64) ==
			  1ul << v % 64);
		vlapic_eoi(&l, &todo);
		ck_assert(!vlapic_vectors(&l, VLAPIC_ISR, v / 64));
	}
}
END_TEST

/* TMR: what the last message said; EOI of a level one is broadcast. */
START_TEST(trigger_mode)
{
	on(0);
	ck_assert(vlapic_accept(&l, 0x71, true));
	ck_assert(vlapic_vectors(&l, VLAPIC_TMR, 1) == 1ul << (0x71 - 64));
	vlapic_take(&l, 0x71);
	vlapic_eoi(&l, &todo);
	ck_assert_uint_eq(todo.what, VLAPIC_DO_IRQ | VLAPIC_DO_EOI);
	ck_assert_uint_eq(todo.vector, 0x71);
	ck_assert(vlapic_accept(&l, 0x71, false));
	ck_assert(!vlapic_vectors(&l, VLAPIC_TMR, 1));
	vlapic_take(&l, 0x71);
	todo.what = 0;
	vlapic_eoi(&l, &todo);
	ck_assert_uint_eq(todo.what, VLAPIC_DO_IRQ);
}
END_TEST

/* Disabled by software: no fixed interrupts; what is there stays. */
START_TEST(software_disabled)
{
	on(0);
	ck_assert(vlapic_accept(&l, 0x40, false));
	VLAPIC_REG(&l, VLAPIC_SVR) = 0xff;
	ck_assert(!vlapic_accept(&l, 0x50, false));
	ck_assert_int_eq(vlapic_next(&l), 0x40);
}
END_TEST

START_TEST(errors)
{
	on(0);
	VLAPIC_REG(&l, VLAPIC_LVT_ERROR) = 0xfe;
	ck_assert(!vlapic_accept(&l, 7, false));
	ck_assert_int_eq(vlapic_next(&l), 0xfe);
	ck_assert(l.errors & 1ul << 6);
	ck_assert_uint_eq(VLAPIC_REG(&l, VLAPIC_ESR),
			  0); /* until it is written */
	vlapic_take(&l, 0xfe);
	vlapic_eoi(&l, &todo);
	/* No second interrupt for what nobody has read. */
	ck_assert(!vlapic_accept(&l, 8, false));
	ck_assert_int_eq(vlapic_next(&l), -1);
	/* Masked; and a bad vector in the LVT ends. */
	on(0);
	VLAPIC_REG(&l, VLAPIC_LVT_ERROR) = 0x100fe;
	vlapic_error(&l, VLAPIC_ESR_REGISTER);
	ck_assert_int_eq(vlapic_next(&l), -1);
	on(0);
	VLAPIC_REG(&l, VLAPIC_LVT_ERROR) = 0x3;
	vlapic_error(&l, VLAPIC_ESR_REGISTER);
	ck_assert_int_eq(vlapic_next(&l), -1);
	ck_assert(l.errors & 1ul << 6 && l.errors & 1ul << 7);
}
END_TEST

START_TEST(pins)
{
	u32 *lint0 = &page[4 * VLAPIC_LVT_LINT0];
	u32 *lint1 = &page[4 * VLAPIC_LVT_LINT1];

	on(0);
	ck_assert_int_eq(vlapic_lint(&l, 0), -1);
	ck_assert_int_eq(vlapic_lint(&l, 1), -1);
	ck_assert(!vlapic_takes_extint(&l));
	*lint0 = 0x700;
	ck_assert(vlapic_takes_extint(&l));
	ck_assert_int_eq(vlapic_lint(&l, 0), VAPIC_MODE_EXTINT);
	*lint0 = 0x10700;
	ck_assert(!vlapic_takes_extint(&l));
	*lint1 = 0x400;
	ck_assert_int_eq(vlapic_lint(&l, 1), VAPIC_MODE_NMI);
	*lint0 = 0x34;
	ck_assert_int_eq(vlapic_lint(&l, 0), VAPIC_MODE_FIXED);
	ck_assert_int_eq(vlapic_next(&l), 0x34);
	/* "INTR and NMI pins" of a disabled APIC. */
	vlapic_set_base(&l, VLAPIC_BASE_RESET);
	ck_assert(vlapic_takes_extint(&l));
	ck_assert_int_eq(vlapic_lint(&l, 1), VAPIC_MODE_NMI);
}
END_TEST

START_TEST(timer_next)
{
	u32 *lvt = &page[4 * VLAPIC_LVT_TIMER];

	on(0);
	*lvt = 0xec;
	ck_assert_int_eq(vlapic_timer_next(&l), 0xec);
	ck_assert_int_eq(vlapic_next(&l), -1);
	VLAPIC_REG(&l, VLAPIC_TPR) = 0xe0;
	ck_assert_int_eq(vlapic_timer_next(&l), -1);
	VLAPIC_REG(&l, VLAPIC_TPR) = 0;
	*lvt = 0x100ec;
	ck_assert_int_eq(vlapic_timer_next(&l), -1);
	ck_assert(vlapic_accept(&l, 0x41, false));
	ck_assert_int_eq(vlapic_timer_next(&l), 0x41);
	*lvt = 5;
	ck_assert_int_eq(vlapic_timer_next(&l), 0x41);
}
END_TEST

/* The processor delivers: others stage, IRR is its own until it is out. */
START_TEST(staged)
{
	on(0);
	l.staged = true;
	ck_assert(vlapic_tmr_moved(&l)); /* since the reset */
	ck_assert(!vlapic_tmr_moved(&l));
	ck_assert(vlapic_accept(&l, 0x31, false));
	ck_assert(!vlapic_tmr_moved(&l));
	ck_assert(vlapic_accept(&l, 0x9f, true));
	ck_assert(vlapic_accept(&l, 0xe0, false));
	ck_assert_uint_eq(vlapic_status(&l), 0);
	ck_assert(vlapic_vectors(&l, VLAPIC_IRR, 2) == 0);
	ck_assert(vlapic_requested(&l));
	ck_assert_int_eq(vlapic_next(&l), 0xe0);
	vlapic_merge(&l);
	ck_assert(vlapic_tmr_moved(&l));
	ck_assert(vlapic_vectors(&l, VLAPIC_TMR, 2) == 1ull << (0x9f - 128));
	ck_assert(vlapic_vectors(&l, VLAPIC_IRR, 0) == 1ull << 0x31);
	ck_assert(vlapic_vectors(&l, VLAPIC_IRR, 2) == 1ull << (0x9f - 128));
	ck_assert(vlapic_vectors(&l, VLAPIC_IRR, 3) == 1ull << (0xe0 - 192));
	ck_assert_uint_eq(vlapic_status(&l), 0xe0);
	/* What the processor does: it delivers e0, is asked to end it. */
	vlapic_put(&l, VLAPIC_IRR + 7, 0);
	vlapic_put(&l, VLAPIC_ISR + 7, 1);
	ck_assert_uint_eq(vlapic_status(&l), 0xe09f);
	ck_assert_int_eq(vlapic_next(&l), -1);
	vlapic_put(&l, VLAPIC_ISR + 7, 0);
	todo.what = 0;
	vlapic_ended(&l, 0xe0, &todo);
	ck_assert_uint_eq(todo.what, VLAPIC_DO_IRQ);
	vlapic_ended(&l, 0x9f, &todo);
	ck_assert_uint_eq(todo.what, VLAPIC_DO_IRQ | VLAPIC_DO_EOI);
	ck_assert_uint_eq(todo.vector, 0x9f);
	/* The vector is an edge's now; staged requests can be taken, too. */
	ck_assert(vlapic_accept(&l, 0x9f, false));
	ck_assert(vlapic_tmr_moved(&l));
	ck_assert(vlapic_accept(&l, 0xb0, false));
	vlapic_take(&l, 0xb0);
	ck_assert_uint_eq(vlapic_status(&l), 0xb09f);
	ck_assert(vlapic_accept(&l, 0xc0, false));
	vlapic_init_reset(&l);
	ck_assert(!vlapic_requested(&l));
	ck_assert_uint_eq(vlapic_status(&l), 0);
}
END_TEST

/* Posting: what the processor may take without having heard of TMR. */
START_TEST(posted)
{
	static struct vlapic_posted p;

	fresh(0, XAPIC);
	memset(&p, 0, sizeof(p));
	ck_assert_uint_eq(sizeof(p), 64);
	ck_assert_uint_eq((char *)&p.on - (char *)&p, 32);
	l.staged = true;
	l.posted = &p;
	ck_assert_int_eq(vlapic_post(&l, 0x50), VLAPIC_REFUSED); /* disabled */
	vlapic_put(&l, VLAPIC_SVR, 0x1ff);
	ck_assert_int_eq(vlapic_post(&l, 15), VLAPIC_REFUSED);
	ck_assert_int_eq(vlapic_post(&l, 0x50), VLAPIC_POSTED);
	ck_assert_int_eq(vlapic_post(&l, 0xf3), VLAPIC_POSTED);
	ck_assert(p.pir[1] == 1ull << (0x50 - 64));
	ck_assert(p.pir[3] == 1ull << (0xf3 - 192));
	ck_assert_int_eq(vlapic_next(&l), 0xf3);
	ck_assert(vlapic_unmerged(&l));
	/* Level: never posted; nor an edge on its vector afterwards. */
	ck_assert(vlapic_accept(&l, 0x66, true));
	ck_assert(!(p.pir[1] & 1ull << (0x66 - 64)));
	ck_assert_int_eq(vlapic_post(&l, 0x66), VLAPIC_STAGED);
	ck_assert(!(p.pir[1] & 1ull << (0x66 - 64)));
	ck_assert(vlapic_vectors(&l, VLAPIC_TMR, 1) == 0);
	p.on = 1;
	vlapic_merge(&l);
	ck_assert(!p.on && !p.pir[1] && !p.pir[3]);
	ck_assert(!vlapic_unmerged(&l));
	ck_assert(vlapic_tmr_moved(&l));
	ck_assert_int_eq(vlapic_post(&l, 0x66), VLAPIC_POSTED);
	ck_assert(vlapic_vectors(&l, VLAPIC_IRR, 1) ==
		  (1ull << (0x50 - 64) | 1ull << (0x66 - 64)));
	vlapic_init_reset(&l);
	ck_assert(!vlapic_unmerged(&l));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vlapic");
	TCase *tc = tcase_create("state");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, power_up);
	tcase_add_test(tc, init_keeps_mode);
	tcase_add_test(tc, modes);
	tcase_add_test(tc, priorities);
	tcase_add_test(tc, every_vector);
	tcase_add_test(tc, trigger_mode);
	tcase_add_test(tc, software_disabled);
	tcase_add_test(tc, errors);
	tcase_add_test(tc, pins);
	tcase_add_test(tc, timer_next);
	tcase_add_test(tc, staged);
	tcase_add_test(tc, posted);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
