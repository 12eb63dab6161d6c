// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/arm64/emul/sysreg*.c: the table's order, what accesses
 * do, and the guest's view of the ID registers of real and made-up CPUs.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/emul/sysreg.h"
#include "arch/arm64/emul/sysreg_table.h"
#include "uapi/axvm_arm64.h"

#define SR AXVM_ARM64_SYSREG

static u64 host_value;
static unsigned int asked;
static u32 asked_for;

static u64 host_id(void *opaque, u32 encoding)
{
	asked++;
	asked_for = encoding;
	return host_value;
}

static struct vsys_env env;
static struct vsys_state state;

static void setup(void)
{
	env = (struct vsys_env){ .id = host_id, .pa_bits = 40 };
	vsys_reset(&state);
	asked = 0;
	host_value = 0;
}

static enum vsys_outcome rd(u32 enc, u64 *value)
{
	*value = 0;
	return vsys_access(&env, &state, enc, false, value);
}

static enum vsys_outcome wr(u32 enc, u64 value)
{
	return vsys_access(&env, &state, enc, true, &value);
}

static u64 get(u32 enc)
{
	u64 v;

	ck_assert_int_eq(rd(enc, &v), VSYS_DONE);
	return v;
}

START_TEST(table)
{
	unsigned int i;

	ck_assert_uint_gt(vsys_nr_rows, 100);
	for (i = 0; i < vsys_nr_rows; i++) {
		const struct vsys_row *r = &vsys_rows[i];

		ck_assert_uint_le(r->first, r->last);
		ck_assert_ptr_nonnull(r->name);
		ck_assert_uint_ne(r->flags, 0);
		if (i)
			ck_assert_msg(vsys_rows[i - 1].last < r->first,
				      "%s before %s", vsys_rows[i - 1].name,
				      r->name);
		if (r->kind == VSYS_K_STATE)
			ck_assert_uint_lt(r->slot, VSYS_NR_SLOTS);
		ck_assert_str_eq(vsys_name(r->first), r->name);
		ck_assert_str_eq(vsys_name(r->last), r->name);
	}
	/* no two state rows share a slot */
	for (i = 0; i < vsys_nr_rows; i++) {
		unsigned int j;

		for (j = 0; j < i; j++)
			ck_assert(vsys_rows[i].kind != VSYS_K_STATE ||
				  vsys_rows[j].kind != VSYS_K_STATE ||
				  vsys_rows[i].slot != vsys_rows[j].slot);
	}
}
END_TEST

/* Every encoding there is, both ways: an outcome, and nothing out of bounds. */
START_TEST(all_encodings)
{
	u32 enc;
	u64 v;

	for (enc = 0; enc < 0x20000; enc++) {
		enum vsys_outcome r = rd(enc, &v), w = wr(enc, ~0ull);

		ck_assert_uint_le(r, VSYS_GIC);
		ck_assert_uint_le(w, VSYS_GIC);
		ck_assert_int_eq(vsys_name(enc) == NULL, r == VSYS_UNKNOWN);
		ck_assert_int_eq(r == VSYS_UNKNOWN, w == VSYS_UNKNOWN);
	}
	ck_assert_int_eq(rd(~0u, &v), VSYS_UNKNOWN);
}
END_TEST

/* What is an ID register reads, takes no write, and has no state. */
START_TEST(id_registers)
{
	u64 first, again;
	u32 enc;

	for (enc = SR(3, 0, 0, 0, 0); enc < SR(3, 0, 0, 8, 0); enc++) {
		if (!vsys_is_id(enc))
			continue;
		ck_assert_int_eq(rd(enc, &first), VSYS_DONE);
		ck_assert_int_eq(wr(enc, ~first), VSYS_UNDEF);
		ck_assert_int_eq(rd(enc, &again), VSYS_DONE);
		ck_assert(first == again);
	}
	ck_assert(vsys_is_id(SR(3, 0, 0, 7, 0)));
	ck_assert(vsys_is_id(SR(3, 0, 0, 4, 0)));
	ck_assert(!vsys_is_id(SR(2, 0, 0, 2, 2))); /* MDSCR_EL1 */
	ck_assert(!vsys_is_id(SR(3, 0, 12, 11, 5)));
	ck_assert(!vsys_is_id(~0u));
}
END_TEST

START_TEST(hidden)
{
	static const u32 enc[] = {
		SR(3, 3, 9, 12, 0),  SR(3, 3, 9, 13, 0), SR(3, 3, 14, 8, 0),
		SR(3, 3, 14, 15, 7), SR(3, 0, 9, 14, 1), SR(3, 0, 9, 9, 0),
		SR(3, 0, 9, 11, 0),  SR(3, 0, 2, 1, 0),	 SR(3, 0, 2, 3, 1),
		SR(3, 0, 1, 2, 0),   SR(3, 0, 1, 0, 6),	 SR(3, 0, 5, 3, 0),
		SR(3, 0, 5, 4, 2),   SR(3, 0, 5, 6, 0),	 SR(3, 0, 10, 4, 7),
		SR(3, 0, 10, 5, 0),  SR(3, 0, 13, 0, 7), SR(3, 3, 13, 0, 7),
		SR(3, 3, 13, 2, 0),  SR(2, 1, 0, 0, 1),	 SR(2, 1, 8, 0, 0),
		SR(2, 0, 0, 2, 4),   SR(2, 0, 0, 15, 7), SR(1, 0, 7, 6, 4),
		SR(3, 3, 14, 0, 5),
	};
	unsigned int i;
	u64 v;

	for (i = 0; i < sizeof(enc) / sizeof(*enc); i++) {
		ck_assert_msg(rd(enc[i], &v) == VSYS_UNDEF, "0x%x", enc[i]);
		ck_assert_msg(wr(enc[i], 0) == VSYS_UNDEF, "0x%x", enc[i]);
	}
	/* implementation defined ones are nobody's */
	ck_assert_int_eq(rd(SR(3, 0, 15, 3, 4), &v), VSYS_UNKNOWN);
	ck_assert_int_eq(rd(SR(3, 1, 11, 0, 2), &v), VSYS_UNKNOWN);
}
END_TEST

START_TEST(owners)
{
	u64 v;

	ck_assert_int_eq(wr(SR(1, 0, 7, 6, 2), 0), VSYS_SETWAY);
	ck_assert_int_eq(wr(SR(1, 0, 7, 10, 2), 0), VSYS_SETWAY);
	ck_assert_int_eq(wr(SR(1, 0, 7, 14, 2), 0), VSYS_SETWAY);
	ck_assert_int_eq(rd(SR(1, 0, 7, 14, 2), &v), VSYS_UNDEF);
	ck_assert_int_eq(wr(SR(3, 0, 1, 0, 0), 0), VSYS_VM);
	ck_assert_int_eq(wr(SR(3, 0, 2, 0, 2), 0), VSYS_VM);
	ck_assert_int_eq(wr(SR(3, 0, 13, 0, 1), 0), VSYS_VM);
	ck_assert_int_eq(wr(SR(3, 3, 14, 2, 1), 0), VSYS_TIMER);
	ck_assert_int_eq(rd(SR(3, 3, 14, 0, 1), &v), VSYS_TIMER);
	ck_assert_int_eq(wr(SR(3, 3, 14, 0, 1), 0), VSYS_UNDEF);
	/* the GIC, if there is one */
	ck_assert_int_eq(wr(SR(3, 0, 12, 11, 5), 0), VSYS_UNDEF);
	env.offers = VSYS_OFFER_GICV3;
	ck_assert_int_eq(wr(SR(3, 0, 12, 11, 5), 0), VSYS_GIC);
	ck_assert_int_eq(rd(SR(3, 0, 12, 11, 5), &v), VSYS_UNDEF);
	ck_assert_int_eq(rd(SR(3, 0, 12, 12, 0), &v), VSYS_GIC);
	ck_assert_int_eq(wr(SR(3, 0, 12, 12, 5), 7), VSYS_GIC);
	ck_assert_int_eq(rd(SR(3, 0, 4, 6, 0), &v), VSYS_GIC);
}
END_TEST

START_TEST(debug)
{
	const u32 oslar = SR(2, 0, 1, 0, 4), oslsr = SR(2, 0, 1, 1, 4);
	const u32 set = SR(2, 0, 7, 8, 6), clr = SR(2, 0, 7, 9, 6);
	u64 v;

	/* the OS lock: implemented (OSLM 0b10), locked at reset */
	ck_assert_uint_eq(get(oslsr), 0xa);
	ck_assert_int_eq(wr(oslar, 0), VSYS_DONE);
	ck_assert_uint_eq(get(oslsr), 0x8);
	wr(oslar, 3);
	ck_assert_uint_eq(get(oslsr), 0xa);
	ck_assert_int_eq(rd(oslar, &v), VSYS_UNDEF);
	ck_assert_int_eq(wr(oslsr, 0), VSYS_UNDEF);
	/* no double lock */
	wr(SR(2, 0, 1, 3, 4), 1);
	ck_assert_uint_eq(get(SR(2, 0, 1, 3, 4)), 0);
	/* claim tags: set, read as implemented, clear */
	ck_assert_uint_eq(get(set), 0xff);
	ck_assert_uint_eq(get(clr), 0);
	wr(set, 0xf0f);
	ck_assert_uint_eq(get(clr), 0x0f);
	wr(clr, 0x05);
	ck_assert_uint_eq(get(clr), 0x0a);
	/* breakpoints and watchpoints keep what has a meaning */
	wr(SR(2, 0, 0, 0, 4), ~0ull);
	ck_assert_uint_eq(get(SR(2, 0, 0, 0, 4)), ~3ull);
	ck_assert_uint_eq(get(SR(2, 0, 0, 1, 4)), 0);
	wr(SR(2, 0, 0, 1, 5), ~0ull);
	ck_assert_uint_eq(get(SR(2, 0, 0, 1, 5)), 0xffe1e7);
	wr(SR(2, 0, 0, 1, 7), ~0ull);
	ck_assert_uint_eq(get(SR(2, 0, 0, 1, 7)), 0x1f1fffff);
	wr(SR(2, 0, 0, 2, 2), 0x8000);
	ck_assert_uint_eq(get(SR(2, 0, 0, 2, 2)), 0x8000);
	ck_assert_uint_eq(state.value[VSYS_MDSCR_EL1], 0x8000);
	/* ACTLR_EL1 can be read and not be changed */
	state.value[VSYS_ACTLR_EL1] = 5;
	ck_assert_int_eq(wr(SR(3, 0, 1, 0, 1), 0x77), VSYS_DONE);
	ck_assert_uint_eq(get(SR(3, 0, 1, 0, 1)), 5);
	ck_assert_uint_eq(get(SR(2, 0, 1, 0, 0)), 0);
	ck_assert_uint_eq(get(SR(2, 3, 0, 1, 0)), 0);
	ck_assert_int_eq(wr(SR(2, 3, 5, 0, 0), 1), VSYS_UNKNOWN);
	ck_assert_int_eq(wr(SR(2, 3, 0, 5, 0), 1), VSYS_DONE);
}
END_TEST

START_TEST(id_access)
{
	u32 crm, op2;
	u64 v;

	host_value = ~0ull;
	/* the whole space of ID registers can be read, none written */
	for (crm = 1; crm < 8; crm++)
		for (op2 = 0; op2 < 8; op2++) {
			u32 enc = SR(3, 0, 0, crm, op2);

			ck_assert_int_eq(rd(enc, &v), VSYS_DONE);
			ck_assert_int_eq(wr(enc, 0), VSYS_UNDEF);
			/* AArch32's and reserved ones are zero */
			if (crm < 4 || op2 > 2)
				ck_assert_uint_eq(v, 0);
		}
	/* the host is asked for the nine that matter, and no other */
	ck_assert_uint_eq(asked, 9);
	asked = 0;
	get(SR(3, 0, 0, 6, 1));
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(asked_for, SR(3, 0, 0, 6, 1));
}
END_TEST

/* Values that a Cortex-A57 has. */
START_TEST(id_cortex_a57)
{
	env.offers = VSYS_OFFER_GICV3;
	env.pa_bits = 44;
	/* EL0-3 with AArch32, GICv3: AArch64 only, no EL2, EL3 shows */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 4, 0), 0x01002222),
			  0x01001011);
	/* PMU, trace off; two breakpoints and watchpoints; no double lock */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 5, 0), 0x10305106),
			  0xf000101006ull);
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 6, 0), 0x00011120),
			  0x00011120);
	/* 44 bits of PA, 16-bit ASIDs, mixed endian, 4K and 64K granules */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 0), 0x00001124),
			  0x00000124);
}
END_TEST

/* Values that a Neoverse N1 has. */
START_TEST(id_neoverse_n1)
{
	env.pa_bits = 40;
	/* RAS and GIC hidden, CSV2, CSV3, half-precision stay */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 4, 0),
				       0x1100000011111112ull),
			  0x1100000000111011ull);
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 4, 1), 0x20), 0x20);
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 6, 0),
				       0x0000100010211120ull),
			  0x0000100010211120ull);
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 6, 1), 0x00100001),
			  0x00100001);
	/* PA cut to 40 bits; ExS none; 16K granule there */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 0), 0x101125),
			  0x100122);
	/* VMIDs, VHE, LORegions hidden; HAFDBS, HPDS, PAN stay */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 1), 0x10212122),
			  0x00202002);
	/* IESB hidden */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 2), 0x1011), 0x11);
}
END_TEST

/* A CPU that claims everything shows only what somebody has thought about. */
START_TEST(id_everything)
{
	u64 v;

	/* F: signed fields that stay negative; nothing where a view is 0 */
	v = vsys_id_view(&env, SR(3, 0, 0, 4, 0), 0x7777777777777777ull);
	ck_assert_uint_eq(v, 0x1101000000111011ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 4, 0), ~0ull);
	ck_assert_uint_eq(v & 0xff0000, 0xff0000); /* no FP, no SIMD */
	v = vsys_id_view(&env, SR(3, 0, 0, 4, 1), ~0ull);
	ck_assert_uint_eq(v, 0x0000000100000021ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 5, 0), ~0ull);
	ck_assert_uint_eq(v, 0x000000f000101006ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 6, 0), ~0ull);
	ck_assert_uint_eq(v, 0x1221111110212120ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 6, 1), ~0ull);
	ck_assert_uint_eq(v, 0x0011211100211002ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 6, 2), ~0ull);
	ck_assert_uint_eq(v, 0x0011000010100010ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 7, 0), ~0ull);
	ck_assert_uint_eq(v, 0x00001000ff110122ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 7, 1), ~0ull);
	ck_assert_uint_eq(v, 0x1001103001302002ull);
	v = vsys_id_view(&env, SR(3, 0, 0, 7, 2), ~0ull);
	ck_assert_uint_eq(v, 0x1021001110100111ull);
	/* pointer authentication, if it is offered */
	env.offers = VSYS_OFFER_PAUTH;
	v = vsys_id_view(&env, SR(3, 0, 0, 6, 1), 0x11000110);
	ck_assert_uint_eq(v, 0x11000110);
	v = vsys_id_view(&env, SR(3, 0, 0, 6, 2), 0x1003100);
	ck_assert_uint_eq(v, 0x1003100);
	/* not an ID register that shows anything */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 1, 0), ~0ull), 0);
}
END_TEST

START_TEST(parange)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };
	unsigned int i;

	for (i = 0; i < 6; i++) {
		env.pa_bits = bits[i];
		ck_assert_uint_eq(
			vsys_id_view(&env, SR(3, 0, 0, 7, 0), 0xf) & 15, i);
		env.pa_bits = 48;
		ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 0), i) & 15,
				  i);
	}
	env.pa_bits = 43; /* between two: the smaller */
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 0), 5) & 15, 3);
	env.pa_bits = 20;
	ck_assert_uint_eq(vsys_id_view(&env, SR(3, 0, 0, 7, 0), 5) & 15, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sysreg");
	TCase *t = tcase_create("sysreg");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, table);
	tcase_add_test(t, all_encodings);
	tcase_add_test(t, id_registers);
	tcase_add_test(t, hidden);
	tcase_add_test(t, owners);
	tcase_add_test(t, debug);
	tcase_add_test(t, id_access);
	tcase_add_test(t, id_cortex_a57);
	tcase_add_test(t, id_neoverse_n1);
	tcase_add_test(t, id_everything);
	tcase_add_test(t, parange);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
