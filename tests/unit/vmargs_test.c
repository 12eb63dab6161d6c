// SPDX-License-Identifier: GPL-2.0
/*
 * Check tests of module/lib/vmargs.c: names, modes, arguments, and every pair
 * of vCPU states against the list of allowed steps.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "module/lib/vmargs.h"

static bool name_ok(const char *s)
{
	char name[AXVM_NAME_SIZE] = "";

	memcpy(name, s, strnlen(s, sizeof(name)));
	return axvm_name_valid(name);
}

START_TEST(names)
{
	char longest[AXVM_NAME_SIZE + 1];

	ck_assert(name_ok("a"));
	ck_assert(name_ok("_x.y-Z_9"));
	ck_assert(!name_ok(""));
	ck_assert(!name_ok("9a"));
	ck_assert(!name_ok("-a"));
	ck_assert(!name_ok(".a"));
	ck_assert(!name_ok("a b"));
	ck_assert(!name_ok("a/b"));
	ck_assert(!name_ok("a\n"));
	ck_assert(!name_ok("a\xc3\xa4"));

	memset(longest, 'n', sizeof(longest));
	longest[AXVM_NAME_SIZE - 1] = 0;
	ck_assert(name_ok(longest)); /* 63 characters and a NUL */
	longest[AXVM_NAME_SIZE - 1] = 'n';
	ck_assert(!axvm_name_valid(longest)); /* no NUL inside */
}
END_TEST

START_TEST(modes)
{
	ck_assert(axvm_mode_valid(0));
	ck_assert(axvm_mode_valid(0600));
	ck_assert(axvm_mode_valid(0660));
	ck_assert(!axvm_mode_valid(0666));
	ck_assert(!axvm_mode_valid(0700));
	ck_assert(!axvm_mode_valid(01600));
}
END_TEST

START_TEST(create)
{
	struct axvm_vm_create a = { .size = sizeof(a) };

	ck_assert_int_eq(axvm_args_vm_create(&a), 0);
	a.name[5] = 'x'; /* something behind the NUL of an empty name */
	ck_assert_int_eq(axvm_args_vm_create(&a), -EINVAL);
	a.name[5] = 0;
	strcpy(a.name, "vm");
	ck_assert_int_eq(axvm_args_vm_create(&a), 0);
	a.policy = AXVM_POLICY_PAUSE + 1;
	ck_assert_int_eq(axvm_args_vm_create(&a), -EINVAL);
	a.policy = AXVM_POLICY_PAUSE;
	a.mode = 0601;
	ck_assert_int_eq(axvm_args_vm_create(&a), -EINVAL);
	a.mode = 0;
	a.reserved[1] = 1;
	ck_assert_int_eq(axvm_args_vm_create(&a), -EINVAL);
}
END_TEST

START_TEST(ref)
{
	struct axvm_vm_ref a = { .size = sizeof(a) };

	ck_assert_int_eq(axvm_args_vm_ref(&a), -EINVAL);
	a.id = 7;
	ck_assert_int_eq(axvm_args_vm_ref(&a), 0);
	a.pad = 1;
	ck_assert_int_eq(axvm_args_vm_ref(&a), -EINVAL);
	a.pad = 0;
	a.id = 0;
	strcpy(a.name, "x");
	ck_assert_int_eq(axvm_args_vm_ref(&a), 0);
}
END_TEST

START_TEST(set)
{
	struct axvm_vm_set a = { .size = sizeof(a) };

	ck_assert_int_eq(axvm_args_vm_set(&a), 0);
	a.policy = AXVM_POLICY_KEEP; /* given but not asked for */
	ck_assert_int_eq(axvm_args_vm_set(&a), -EINVAL);
	a.flags = AXVM_SET_POLICY;
	ck_assert_int_eq(axvm_args_vm_set(&a), 0);
	a.mode = 0660;
	ck_assert_int_eq(axvm_args_vm_set(&a), -EINVAL);
	a.flags |= AXVM_SET_MODE;
	ck_assert_int_eq(axvm_args_vm_set(&a), 0);
	a.policy = 3;
	ck_assert_int_eq(axvm_args_vm_set(&a), -EINVAL);
}
END_TEST

START_TEST(wait)
{
	struct axvm_vm_wait a = { .size = sizeof(a) };

	ck_assert_int_eq(axvm_args_vm_wait(&a), -EINVAL);
	a.states = 1u << AXVM_VM_STOPPED;
	ck_assert_int_eq(axvm_args_vm_wait(&a), 0);
	a.states = 1u << (AXVM_VM_STOPPED + 1);
	ck_assert_int_eq(axvm_args_vm_wait(&a), -EINVAL);
	a.states = 0;
	a.reasons = 1ull << AXVM_EXIT_NONE;
	ck_assert_int_eq(axvm_args_vm_wait(&a), -EINVAL);
	a.reasons = 1ull << (AXVM_NR_EXITS - 1);
	ck_assert_int_eq(axvm_args_vm_wait(&a), 0);
	a.reasons = 1ull << AXVM_NR_EXITS;
	ck_assert_int_eq(axvm_args_vm_wait(&a), -EINVAL);
	a.reasons = 2;
	a.pad = 1;
	ck_assert_int_eq(axvm_args_vm_wait(&a), -EINVAL);
}
END_TEST

START_TEST(irq)
{
	struct axvm_irq a = { .size = sizeof(a), .irq = 32 };

	ck_assert_int_eq(axvm_args_irq(&a, 3), -EINVAL); /* no vCPU */
	a.vcpus = 2;
	ck_assert_int_eq(axvm_args_irq(&a, 3), 0);
	ck_assert_int_eq(axvm_args_irq(&a, 1), -EINVAL);
	a.level = AXVM_IRQ_HIGH + 1;
	ck_assert_int_eq(axvm_args_irq(&a, 3), -EINVAL);
	a.level = 0;
	a.flags = AXVM_IRQ_NMI; /* an NMI has no number */
	ck_assert_int_eq(axvm_args_irq(&a, 3), -EINVAL);
	a.irq = 0;
	ck_assert_int_eq(axvm_args_irq(&a, 3), 0);
	a.flags = AXVM_IRQ_GSI; /* a line has no vCPU */
	ck_assert_int_eq(axvm_args_irq(&a, 3), -EINVAL);
	a.vcpus = 0;
	a.irq = 10;
	a.level = AXVM_IRQ_HIGH;
	ck_assert_int_eq(axvm_args_irq(&a, 3), 0);
	a.flags = AXVM_IRQ_GSI | AXVM_IRQ_NMI;
	ck_assert_int_eq(axvm_args_irq(&a, 3), -EINVAL);
}
END_TEST

/* Allowed steps, written as a list so that it does not mirror the table. */
static const struct {
	u32 from, to;
} allowed[] = {
	{ AXVM_VCPU_CREATED, AXVM_VCPU_FREE },
	{ AXVM_VCPU_FREE, AXVM_VCPU_READY },
	{ AXVM_VCPU_READY, AXVM_VCPU_RUNNING },
	{ AXVM_VCPU_READY, AXVM_VCPU_BLOCKED },
	{ AXVM_VCPU_RUNNING, AXVM_VCPU_BLOCKED },
	{ AXVM_VCPU_RUNNING, AXVM_VCPU_READY },
	{ AXVM_VCPU_BLOCKED, AXVM_VCPU_READY },
	{ AXVM_VCPU_BLOCKED, AXVM_VCPU_RUNNING },
	{ AXVM_VCPU_READY, AXVM_VCPU_FREE },
	{ AXVM_VCPU_RUNNING, AXVM_VCPU_FREE },
	{ AXVM_VCPU_BLOCKED, AXVM_VCPU_FREE },
};

static int point(uint64_t addr, uint32_t kind, uint32_t len)
{
	struct axvm_vcpu_debug d = { .points = { { addr, kind, len } } };

	return axvm_args_vcpu_debug(&d);
}

START_TEST(debug)
{
	static const uint32_t lens[] = { 1, 2, 4, 8 };
	struct axvm_vcpu_debug d = { .nr_exec = 7, .nr_data = 7 };
	uint32_t kind, len, i;

	ck_assert_int_eq(axvm_args_vcpu_debug(&d), 0); /* out fields */
	d.pad = 1;
	ck_assert_int_eq(axvm_args_vcpu_debug(&d), -EINVAL);
	ck_assert_int_eq(point(1, 0, 0), -EINVAL);
	ck_assert_int_eq(point(0, 0, 1), -EINVAL);
	ck_assert_int_eq(point(0, 4, 1), -EINVAL);
	for (len = 0; len < 17; len++) {
		bool good = false;

		for (i = 0; i < 4; i++)
			good |= len == lens[i];
		for (kind = 2; kind < 4; kind++) {
			ck_assert_int_eq(point(~0ull << 6, kind, len),
					 good ? 0 : -EINVAL);
			/* aligned to itself */
			for (i = 1; good && i < len; i++)
				ck_assert_int_eq(point(i, kind, len), -EINVAL);
		}
		ck_assert_int_eq(point(3, 1, len),
				 len == 1 || len == 4 ? 0 : -EINVAL);
	}
	d.pad = 0;
	for (i = 0; i < AXVM_DEBUG_POINTS; i++) {
		d.points[i] = (struct axvm_debug_point){ i, 1, 1 };
		ck_assert_int_eq(axvm_args_vcpu_debug(&d), 0);
	}
	d.points[4] = (struct axvm_debug_point){ 0 }; /* a gap */
	ck_assert_int_eq(axvm_args_vcpu_debug(&d), -EINVAL);
}
END_TEST

START_TEST(steps)
{
	u32 from, to;

	for (from = 0; from < 8; from++)
		for (to = 0; to < 8; to++) {
			int want = -EBADFD;
			size_t i;

			for (i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
				if (allowed[i].from == from &&
				    allowed[i].to == to)
					want = 0;
			ck_assert_msg(axvm_vcpu_step_ok(from, to) == want,
				      "%u -> %u", from, to);
		}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vmargs");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, names);
	tcase_add_test(t, debug);
	tcase_add_test(t, modes);
	tcase_add_test(t, create);
	tcase_add_test(t, ref);
	tcase_add_test(t, set);
	tcase_add_test(t, wait);
	tcase_add_test(t, irq);
	tcase_add_test(t, steps);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
