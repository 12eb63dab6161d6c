// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what `vmctl top` makes of two looks: rates, orders, lines that fit
 * their columns, and keys.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

static struct top_vcpu vcpus[2][3], old_vcpus[2][3];
static struct top_vm vms[2], old_vms[2];
static struct top_look now, before;
static struct top_view view;
static char line[TOP_LINE_MAX];

static void fill(struct top_vm *vm, struct top_vcpu *v, uint64_t id,
		 const char *name, unsigned int n)
{
	memset(vm, 0, sizeof(*vm));
	memset(v, 0, 3 * sizeof(*v));
	vm->info.id = id;
	strcpy(vm->info.name, name);
	vm->info.state = AXVM_VM_RUNNING;
	vm->info.nr_vcpus = n;
	vm->vcpus = v;
	vm->n_vcpus = n;
	for (unsigned int i = 0; i < n; i++) {
		v[i].info.index = i;
		v[i].info.state = AXVM_VCPU_RUNNING;
	}
}

/* Two seconds; "busy" used 1.5 CPUs on two vCPUs, "idle" had the exits. */
static void setup(void)
{
	fill(&old_vms[0], old_vcpus[0], 7, "busy", 2);
	fill(&old_vms[1], old_vcpus[1], 9, "idle", 1);
	fill(&vms[0], vcpus[0], 9, "idle", 1);
	fill(&vms[1], vcpus[1], 7, "busy", 2);
	before = (struct top_look){ old_vms, 2, 1000000000 };
	now = (struct top_look){ vms, 2, 3000000000 };
	view = (struct top_view){ .rows = 24,
				  .cols = 80,
				  .interval_ns = 1000000000 };
	old_vms[0].rate.busy_ns = 5000000000;
	vms[1].rate.busy_ns = 8000000000;
	old_vcpus[0][1].rate.busy_ns = 1000000000;
	vcpus[1][1].rate.busy_ns = 3000000000;
	old_vcpus[0][1].info.exits = 50;
	vcpus[1][1].info.exits = 60;
	vcpus[1][1].info.cpu = 3;
	vcpus[1][1].info.last_exit = AXVM_EXIT_HALT;
	old_vms[1].info.exits = 100;
	vms[0].info.exits = 2100;
	vms[0].info.mem_resident = 1 << 20;
	vms[0].info.mem_bytes = 16 << 20;
}

START_TEST(rates)
{
	top_rates(&before, &now);
	ck_assert(vms[1].rate.cpu == 1.5);
	ck_assert(vms[1].rate.exits == 0);
	ck_assert(vms[0].rate.cpu == 0);
	ck_assert(vms[0].rate.exits == 1000);
	ck_assert(vcpus[1][0].rate.cpu == 0);
	ck_assert(vcpus[1][1].rate.cpu == 1);
	ck_assert(vcpus[1][1].rate.exits == 5);
	/* a thread's counter that begins anew is no negative rate */
	setup();
	vms[1].rate.busy_ns = 0;
	now.when_ns = 2000000000;
	top_rates(&before, &now);
	ck_assert(vms[1].rate.cpu == 0);
	/* a VM that has just come has none */
	setup();
	before.n = 0;
	top_rates(&before, &now);
	ck_assert(vms[0].rate.exits == 0);
	/* nor is there any without time between */
	setup();
	now.when_ns = before.when_ns;
	top_rates(&before, &now);
	ck_assert(vms[0].rate.exits == 0);
}
END_TEST

static void order(int key, const char *first, const char *second)
{
	ck_assert_int_eq(top_key(&view, &now, key), TOP_DRAW);
	top_sort(&view, &now);
	ck_assert_str_eq(now.vms[0].info.name, first);
	ck_assert_str_eq(now.vms[1].info.name, second);
}

START_TEST(orders)
{
	top_rates(&before, &now);
	order('c', "busy", "idle");
	order('e', "idle", "busy");
	order('m', "idle", "busy");
	order('n', "busy", "idle");
	order('r', "idle", "busy");
	order('c', "idle", "busy");
	order('r', "busy", "idle");
}
END_TEST

START_TEST(lines)
{
	top_rates(&before, &now);
	top_sort(&view, &now);
	top_title(&view, &now, line);
	ck_assert_str_eq(
		line,
		"2 VMs, 2 running, 150.0% of a CPU, 1000 exits/s; by cpu");
	top_headings(&view, line);
	ck_assert_str_eq(
		line, "   ID NAME                      STATE     VCPUS  CPU %"
		      "  EXITS/S RESIDENT  MEMORY");
	ck_assert_uint_eq(strlen(line), 80);
	ck_assert_uint_eq(top_lines(&view, &now), 2);
	ck_assert_int_eq(top_line(&view, &now, 0, line), TOP_LINE_VM);
	ck_assert_str_eq(
		line, "    7 busy                      running       2  150.0"
		      "        0       0B      0B");
	top_line(&view, &now, 1, line);
	ck_assert_str_eq(
		line, "    9 idle                      running       1    0.0"
		      "     1000       1M     16M");
	top_line(&view, &now, 2, line);
	ck_assert_str_eq(line, "");
}
END_TEST

START_TEST(vcpu_lines)
{
	top_rates(&before, &now);
	top_sort(&view, &now);
	ck_assert_int_eq(top_key(&view, &now, 'v'), TOP_DRAW);
	ck_assert_uint_eq(top_lines(&view, &now), 5);
	ck_assert_int_eq(top_line(&view, &now, 0, line), TOP_LINE_VM);
	ck_assert_int_eq(top_line(&view, &now, 1, line), TOP_LINE_VCPU);
	ck_assert_int_eq(top_line(&view, &now, 2, line), TOP_LINE_VCPU);
	ck_assert_str_eq(
		line, "        vCPU 1                  running    on 3  100.0"
		      "        5             halt");
	ck_assert_int_eq(top_line(&view, &now, 3, line), TOP_LINE_VM);
	ck_assert_ptr_nonnull(strstr(line, " idle "));
	ck_assert_int_eq(top_line(&view, &now, 4, line), TOP_LINE_VCPU);
}
END_TEST

/* Long names are cut, narrow screens are no trouble. */
START_TEST(widths)
{
	memset(vms[0].info.name, 'x', sizeof(vms[0].info.name) - 1);
	vms[0].info.name[sizeof(vms[0].info.name) - 1] = '\0';
	for (unsigned int cols = 1; cols < 200; cols++) {
		view.cols = cols;
		top_headings(&view, line);
		ck_assert_uint_ge(strlen(line), 60);
		if (cols >= 64)
			ck_assert_uint_le(strlen(line), cols);
		top_line(&view, &now, 0, line);
		if (cols >= 64)
			ck_assert_uint_le(strlen(line), cols);
	}
	ck_assert_uint_le(strlen(top_keys), 79);
}
END_TEST

START_TEST(scrolling)
{
	view.vcpus = true;
	view.rows = 6; /* of five lines three are seen */
	ck_assert_int_eq(top_key(&view, &now, TOP_KEY_DOWN), TOP_DRAW);
	ck_assert_uint_eq(view.first, 1);
	top_key(&view, &now, TOP_KEY_PAGE_DOWN);
	ck_assert_uint_eq(view.first, 2);
	top_key(&view, &now, TOP_KEY_DOWN);
	ck_assert_uint_eq(view.first, 2);
	top_key(&view, &now, TOP_KEY_UP);
	ck_assert_uint_eq(view.first, 1);
	top_key(&view, &now, TOP_KEY_PAGE_UP);
	ck_assert_uint_eq(view.first, 0);
	top_key(&view, &now, TOP_KEY_UP);
	ck_assert_uint_eq(view.first, 0);
	top_key(&view, &now, TOP_KEY_END);
	ck_assert_uint_eq(view.first, 2);
	top_key(&view, &now, 'v'); /* two lines: all are seen */
	ck_assert_uint_eq(view.first, 0);
	view.rows = 1;
	view.first = 100;
	top_view_fit(&view, &now);
	ck_assert_uint_eq(view.first, 1);
	top_key(&view, &now, TOP_KEY_HOME);
	ck_assert_uint_eq(view.first, 0);
}
END_TEST

START_TEST(keys)
{
	ck_assert_int_eq(top_key(&view, &now, 'q'), TOP_QUIT);
	ck_assert_int_eq(top_key(&view, &now, ' '), TOP_LOOK);
	ck_assert_int_eq(top_key(&view, &now, 0), TOP_DRAW);
	ck_assert_int_eq(top_key(&view, &now, 'x'), TOP_NOTHING);
	ck_assert_int_eq(top_key(&view, &now, -1), TOP_NOTHING);
	ck_assert_int_eq(top_key(&view, &now, '+'), TOP_LOOK);
	ck_assert_uint_eq(view.interval_ns, 500000000);
	for (int i = 0; i < 20; i++)
		top_key(&view, &now, '+');
	ck_assert_uint_ge(view.interval_ns, 60000000);
	for (int i = 0; i < 40; i++)
		top_key(&view, &now, '-');
	ck_assert_uint_le(view.interval_ns, 64000000000);
	ck_assert_int_eq(top_key(&view, &now, 'h'), TOP_DRAW);
	ck_assert_uint_gt(top_lines(&view, &now), 5);
	for (unsigned int i = 0; i < top_lines(&view, &now); i++) {
		ck_assert_int_eq(top_line(&view, &now, i, line), TOP_LINE_HELP);
		ck_assert_uint_gt(strlen(line), 5);
		ck_assert_uint_lt(strlen(line), 80);
	}
	ck_assert_int_eq(top_line(&view, &now, 1000, line), TOP_LINE_HELP);
	ck_assert_str_eq(line, "");
	top_key(&view, &now, '?');
	ck_assert_uint_eq(top_lines(&view, &now), 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("top_view");
	TCase *tc = tcase_create("top_view");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, rates);
	tcase_add_test(tc, orders);
	tcase_add_test(tc, lines);
	tcase_add_test(tc, vcpu_lines);
	tcase_add_test(tc, widths);
	tcase_add_test(tc, scrolling);
	tcase_add_test(tc, keys);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
