// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of arch/x86/emul/vmxapic.c: whatever a processor offers and
 * whatever is asked for, the controls pass the checks that VM entries make.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/vlapic.h"
#include "arch/x86/emul/vmxctl.h"

#define CR8 (VMX_PROC_CR8_LOAD | VMX_PROC_CR8_STORE)

/* The manual's checks on VM-execution control fields, those about APICs. */
static void entry_checks(u32 pin, u32 proc, u32 proc2, u32 exit)
{
	bool shadow = proc & VMX_PROC_TPR_SHADOW;
	bool delivery = proc2 & VMX_PROC2_VIRT_INTR;

	if (!shadow)
		ck_assert(!(proc2 &
			    (VMX_PROC2_VIRT_X2APIC | VMX_PROC2_APIC_REGISTER |
			     VMX_PROC2_VIRT_INTR)));
	if (proc2 & VMX_PROC2_VIRT_X2APIC)
		ck_assert(!(proc2 & VMX_PROC2_VIRT_APIC_ACCESS));
	if (delivery)
		ck_assert(pin & VMX_PIN_EXT_INTR);
	if (pin & VMX_PIN_POSTED_INTR) {
		ck_assert(delivery);
		ck_assert(exit & VMX_EXIT_ACK_INTR);
	}
	/* Not a check of the processor's: CR8 is somebody's. */
	ck_assert(shadow == !(proc & CR8));
}

static void modes(const u32 *ctl)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		bool apic = i & 1, on = i & 2, x2 = i & 4, takes = i & 8;
		u32 proc = vmx_apicv_proc(ctl[VMXCTL_PROC], apic);
		u32 proc2 =
			vmx_apicv_proc2(ctl[VMXCTL_PROC2], apic, on, x2, takes);
		u32 pin = ctl[VMXCTL_PIN];

		/* Posting goes with delivery. */
		pin = vmx_apicv_pin(pin, proc2);
		entry_checks(pin, proc, proc2, ctl[VMXCTL_EXIT]);
		if (!apic)
			ck_assert(!(proc2 & VMX_PROC2_APICV));
		if (!on || !takes)
			ck_assert(!(proc2 & VMX_PROC2_VIRT_INTR));
		if (!on || x2)
			ck_assert(!(proc2 & VMX_PROC2_VIRT_APIC_ACCESS));
		if (!on || !x2)
			ck_assert(!(proc2 & VMX_PROC2_VIRT_X2APIC));
	}
}

/* All processors there could be. */
START_TEST(every_processor)
{
	static const u32 proc2_bits[] = { VMX_PROC2_VIRT_APIC_ACCESS,
					  VMX_PROC2_VIRT_X2APIC,
					  VMX_PROC2_APIC_REGISTER,
					  VMX_PROC2_VIRT_INTR };
	u64 cap[VMXCTL_NR] = {};
	u32 ctl[VMXCTL_NR];
	unsigned int n, level, got, i;

	for (n = 0; n < 1 << 8; n++) {
		for (level = 0; level <= VMX_APICV_POSTED; level++) {
			memset(ctl, 0, sizeof(ctl));
			ctl[VMXCTL_PIN] = VMX_PIN_EXT_INTR;
			ctl[VMXCTL_PROC] = CR8;
			for (i = 0; i < 4; i++)
				if (n & 1 << i)
					ctl[VMXCTL_PROC2] |= proc2_bits[i];
			if (n & 0x10)
				ctl[VMXCTL_PROC] |= VMX_PROC_TPR_SHADOW;
			if (n & 0x20)
				ctl[VMXCTL_PIN] |= VMX_PIN_POSTED_INTR;
			if (n & 0x40)
				ctl[VMXCTL_EXIT] |= VMX_EXIT_ACK_INTR;
			cap[VMXCTL_PROC] = n & 0x80 ? CR8 : 0;
			got = vmx_apicv_limit(ctl, cap, level);
			ck_assert_uint_le(got, level);
			if (!(n & 0x10) || n & 0x80)
				ck_assert_uint_eq(got, VMX_APICV_NONE);
			ck_assert(!!(ctl[VMXCTL_PIN] & VMX_PIN_POSTED_INTR) ==
				  (got == VMX_APICV_POSTED));
			ck_assert(!!(ctl[VMXCTL_PROC2] & VMX_PROC2_VIRT_INTR) ==
				  (got >= VMX_APICV_DELIVERY));
			modes(ctl);
		}
	}
}
END_TEST

/* One that has all of it. */
START_TEST(levels)
{
	static const u32 left[] = {
		[VMX_APICV_NONE] = 0,
		[VMX_APICV_TPR] = VMX_PROC2_VIRT_APIC_ACCESS |
				  VMX_PROC2_VIRT_X2APIC,
		[VMX_APICV_REGISTERS] = VMX_PROC2_APICV & ~VMX_PROC2_VIRT_INTR,
		[VMX_APICV_DELIVERY] = VMX_PROC2_APICV,
		[VMX_APICV_POSTED] = VMX_PROC2_APICV,
	};
	u64 cap[VMXCTL_NR] = {};
	unsigned int level;

	for (level = 0; level <= VMX_APICV_POSTED; level++) {
		u32 ctl[VMXCTL_NR] = {
			[VMXCTL_PIN] = VMX_PIN_EXT_INTR | VMX_PIN_POSTED_INTR,
			[VMXCTL_PROC] = CR8 | VMX_PROC_TPR_SHADOW,
			[VMXCTL_PROC2] = VMX_PROC2_APICV | VMX_PROC2_EPT,
			[VMXCTL_EXIT] = VMX_EXIT_ACK_INTR,
		};

		ck_assert_uint_eq(vmx_apicv_limit(ctl, cap, level), level);
		ck_assert_uint_eq(ctl[VMXCTL_PROC2],
				  left[level] | VMX_PROC2_EPT);
		ck_assert(!!(ctl[VMXCTL_PROC] & VMX_PROC_TPR_SHADOW) ==
			  (level > 0));
	}
}
END_TEST

static bool exits(const u8 *map, u32 msr, bool read)
{
	return map[(read ? 0 : 2048) + msr / 8] & 1 << msr % 8;
}

static void count(const u8 *map, unsigned int *reads, unsigned int *writes)
{
	u32 msr;

	*reads = *writes = 0;
	for (msr = 0; msr < 0x2000; msr++) {
		*reads += !exits(map, msr, true);
		*writes += !exits(map, msr, false);
	}
}

START_TEST(msrs)
{
	unsigned int reads, writes;
	u8 map[4096];

	memset(map, 0xff, sizeof(map));
	vmx_apicv_msrs(map, VMX_PROC2_APIC_REGISTER | VMX_PROC2_VIRT_INTR);
	count(map, &reads, &writes);
	ck_assert_uint_eq(reads + writes, 0);
	vmx_apicv_msrs(map, VMX_PROC2_VIRT_X2APIC);
	count(map, &reads, &writes);
	ck_assert_uint_eq(reads, 1);
	ck_assert_uint_eq(writes, 1);
	ck_assert(!exits(map, 0x808, true) && !exits(map, 0x808, false));
	vmx_apicv_msrs(map, VMX_PROC2_VIRT_X2APIC | VMX_PROC2_APIC_REGISTER);
	count(map, &reads, &writes);
	/* ID, version, TPR, LDR, SVR, 24 of vectors, ESR, 6 LVTs, 2 timer. */
	ck_assert_uint_eq(reads, 38);
	ck_assert_uint_eq(writes, 1);
	ck_assert(exits(map, 0x80a, true));
	ck_assert(exits(map, 0x830, true));
	ck_assert(exits(map, 0x839, true));
	vmx_apicv_msrs(map, VMX_PROC2_APICV & ~VMX_PROC2_VIRT_APIC_ACCESS);
	count(map, &reads, &writes);
	ck_assert_uint_eq(reads, 39);
	ck_assert_uint_eq(writes, 3);
	ck_assert(!exits(map, 0x80a, true));
	ck_assert(!exits(map, 0x80b, false));
	ck_assert(!exits(map, 0x83f, false));
	ck_assert(exits(map, 0x830, false));
	ck_assert(exits(map, 0x6e0, false));
}
END_TEST

/* "VM entry fails if the threshold is above VTPR[7:4]." */
START_TEST(threshold)
{
	int vector;
	u32 tpr;

	for (tpr = 0; tpr < 256; tpr++) {
		for (vector = -1; vector < 256; vector++) {
			u32 t = vmx_tpr_threshold(tpr, vector);

			ck_assert_uint_le(t, tpr >> 4);
			/* Held back: the class below the vector's lets it in. */
			if (vector >= 16 && (u32)vector >> 4 <= tpr >> 4)
				ck_assert_uint_eq(t, (u32)vector >> 4);
			else
				ck_assert_uint_eq(t, 0);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vmxapic");
	TCase *tc = tcase_create("controls");
	SRunner *sr;
	int failed;

	tcase_add_test(tc, every_processor);
	tcase_add_test(tc, levels);
	tcase_add_test(tc, msrs);
	tcase_add_test(tc, threshold);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
