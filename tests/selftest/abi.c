// SPDX-License-Identifier: GPL-2.0
/*
 * The rules that hold for every ioctl: sizes, flags, reserved fields,
 * pointers, numbers, and what a destroyed VM answers.  Each rejection is
 * checked with its errno.  What single ioctls reject is in abi_args.c.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/abi.h"

enum kind { DEV, VM, VCPU, KINDS };

#define MEM_FLAGS                                                              \
	(AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC | AXVM_MEM_DEVICE |    \
	 AXVM_MEM_UNCACHED | AXVM_MEM_POPULATE)
#define DEBUG_FLAGS                                               \
	(AXVM_DEBUG_INSN | AXVM_DEBUG_STEP | AXVM_DEBUG_REFLECT | \
	 AXVM_DEBUG_HOLD)
#define XLATE_FLAGS (AXVM_XLATE_WRITE | AXVM_XLATE_EXEC | AXVM_XLATE_USER)
#define IO_FLAGS (AXVM_IO_DEFAULT | AXVM_IO_REMOVE | AXVM_IO_DATAMATCH)

/* Every ioctl: descriptor, structure, flags that mean something. */
static const struct row {
	const char *name;
	enum kind kind;
	unsigned long nr;
	size_t size;
	uint32_t flags;
} rows[] = {
#define ROW(kind, nr, type, flags) { #nr, kind, nr, sizeof(struct type), flags }
	ROW(DEV, AXVM_INFO, axvm_info, 0),
	ROW(DEV, AXVM_VM_CREATE, axvm_vm_create,
	    AXVM_VM_PLATFORM | AXVM_VM_USER_CALLS | AXVM_VM_PTIMER),
	ROW(DEV, AXVM_VM_OPEN, axvm_vm_ref, 0),
	ROW(DEV, AXVM_VM_LIST, axvm_list, 0),
	ROW(DEV, AXVM_VM_DESTROY, axvm_vm_ref, 0),
	ROW(VM, AXVM_VM_INFO, axvm_vm_info, 0),
	ROW(VM, AXVM_VM_SET, axvm_vm_set,
	    AXVM_SET_POLICY | AXVM_SET_MODE | AXVM_SET_PROFILE |
		    AXVM_SET_NO_PROFILE),
	ROW(VM, AXVM_VM_START, axvm_vm_op, AXVM_OP_PAUSED),
	ROW(VM, AXVM_VM_STOP, axvm_vm_op, AXVM_OP_FORCE),
	ROW(VM, AXVM_VM_SUSPEND, axvm_vm_op, AXVM_OP_TIME_RUNS),
	ROW(VM, AXVM_VM_RESUME, axvm_vm_op, 0),
	ROW(VM, AXVM_VM_RESET, axvm_vm_op, AXVM_OP_START | AXVM_OP_PAUSED),
	ROW(VM, AXVM_VM_WAIT, axvm_vm_wait, 0),
	ROW(VM, AXVM_VM_MEM_MAP, axvm_mem, MEM_FLAGS),
	ROW(VM, AXVM_VM_MEM_UNMAP, axvm_mem, 0),
	ROW(VM, AXVM_VM_MEM_LIST, axvm_list, 0),
	ROW(VM, AXVM_VM_MEM_RW, axvm_mem_rw,
	    AXVM_RW_WRITE | AXVM_RW_GVA | AXVM_RW_PEEK),
	ROW(VM, AXVM_VCPU_CREATE, axvm_vcpu_create,
	    AXVM_VCPU_SYNC | AXVM_VCPU_HW_ID),
	ROW(VM, AXVM_VCPU_OPEN, axvm_vcpu_create, 0),
	ROW(VM, AXVM_VM_IO, axvm_io, IO_FLAGS),
	ROW(VM, AXVM_VM_IRQ, axvm_irq, AXVM_IRQ_NMI | AXVM_IRQ_GSI),
	ROW(VM, AXVM_VM_STATS, axvm_stats, 0),
	ROW(VM, AXVM_VM_PROFILE, axvm_profile, 0),
	ROW(VM, AXVM_VM_CPUID, axvm_cpuid, AXVM_CPUID_HIDE),
	ROW(VM, AXVM_VM_CONSOLE, axvm_console, AXVM_CONSOLE_TAIL),
	ROW(VM, AXVM_VM_BLOB_SET, axvm_blob, 0),
	ROW(VM, AXVM_VM_BLOB_GET, axvm_blob, 0),
	ROW(VCPU, AXVM_VCPU_INFO, axvm_vcpu_info, 0),
	ROW(VCPU, AXVM_VCPU_AFFINITY, axvm_vcpu_affinity, 0),
	ROW(VCPU, AXVM_VCPU_GET_REGS, axvm_regs, 0),
	ROW(VCPU, AXVM_VCPU_SET_REGS, axvm_regs, 0),
	ROW(VCPU, AXVM_VCPU_REG_IDS, axvm_reg_list, 0),
	ROW(VCPU, AXVM_VCPU_GET_REG, axvm_reg_list, 0),
	ROW(VCPU, AXVM_VCPU_SET_REG, axvm_reg_list, 0),
	ROW(VCPU, AXVM_VCPU_CLAIM, axvm_vcpu_claim, AXVM_CLAIM_RELEASE),
	ROW(VCPU, AXVM_VCPU_COMPLETE, axvm_vcpu_complete, AXVM_COMPLETE_FAULT),
	ROW(VCPU, AXVM_VCPU_RUN, axvm_vcpu_run,
	    AXVM_VCPU_RUN_ANSWER | AXVM_VCPU_RUN_FAULT),
	ROW(VCPU, AXVM_VCPU_TRANSLATE, axvm_translate, XLATE_FLAGS),
	ROW(VCPU, AXVM_VCPU_DEBUG, axvm_vcpu_debug, DEBUG_FLAGS),
	ROW(VCPU, AXVM_VCPU_CONTROL, axvm_control, 0),
#undef ROW
};

/* Every descriptor kind at hand, VM not started. */
static struct vm vm;
static int fds[KINDS];

static void open_all(void)
{
	vm_guest(&vm, &guest_halt, 0, 0);
	fds[DEV] = dev_fd;
	fds[VM] = vm.fd;
	fds[VCPU] = vm.vcpu[0];
}

/* A call that must be refused before it does anything. */
static void expect(const struct row *row, const char *what, void *arg, int want)
{
	int got = call(fds[row->kind], row->nr, arg);

	if (got != want)
		test_fail(__FILE__, __LINE__, "%s, %s: %s, not %s", row->name,
			  what, err_name(got), err_name(want));
}

static void sizes(void)
{
	unsigned int i, j;

	open_all();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		const uint32_t bad[] = { 0, 1, 4, 7, 8, row->size / 2,
					 row->size - 1 };
		uint32_t *arg = calloc(1, row->size);

		for (j = 0; j < ARRAY_SIZE(bad); j++) {
			arg[0] = bad[j];
			expect(row, "a short size", arg, -EINVAL);
		}
		free(arg);
	}
}

static void longer(void)
{
	union {
		uint32_t size;
		uint8_t byte[8192];
	} big;
	unsigned int i, j;

	open_all();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		const uint32_t at[] = { 0, 1, 8, 63 };

		for (j = 0; j < ARRAY_SIZE(at); j++) {
			memset(&big, 0, sizeof(big));
			big.size = row->size + 64;
			big.byte[row->size + at[j]] = 1;
			expect(row, "a non-zero tail", &big, -E2BIG);
		}
		memset(&big, 0, sizeof(big));
		big.size = 0xffffffff;
		expect(row, "size 2^32 - 1", &big, -E2BIG);
		big.size = 1u << 20;
		expect(row, "size 1 MiB", &big, -E2BIG);
	}
}

/* What a newer client sends: longer, the rest zero. */
static void newer(void)
{
	static const unsigned long harmless[] = { AXVM_INFO, AXVM_VM_INFO,
						  AXVM_VM_STATS,
						  AXVM_VCPU_INFO };
	uint8_t arg[1024];
	unsigned int i, j, k;

	open_all();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];

		for (j = 0; j < ARRAY_SIZE(harmless); j++) {
			if (harmless[j] != row->nr)
				continue;
			memset(arg, 0, sizeof(arg));
			*(uint32_t *)arg = row->size + 128;
			expect(row, "a longer structure", arg, 0);
			for (k = row->size; k < sizeof(arg); k++)
				CHECK_EQ(arg[k], 0);
			CHECK_EQ(*(uint32_t *)arg, row->size + 128);
		}
	}
}

static void flags(void)
{
	unsigned int i, bit;

	open_all();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		uint32_t *arg = calloc(1, row->size);

		for (bit = 0; bit < 32; bit++) {
			if (row->flags & 1u << bit)
				continue;
			memset(arg, 0, row->size);
			arg[0] = row->size;
			arg[1] = 1u << bit;
			expect(row, "an unknown flag", arg, -EINVAL);
		}
		free(arg);
	}
}

static void pointers(void)
{
	uint8_t *area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i, j;

	open_all();
	REQUIRE(area != MAP_FAILED);
	REQUIRE(!mprotect(area + page, page, PROT_NONE));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		void *const bad[] = {
			NULL,
			(void *)8,
			area + page,
			(void *)-4096l,
			(void *)0xffff800000000000ul,
			(void *)0x0000800000000000ul,
			(void *)~0ul,
			area + page - 2, /* inside of size */
			area + page - 8, /* after size and flags */
			area + page - (row->size - 1), /* before the end */
		};

		for (j = 0; j < ARRAY_SIZE(bad); j++) {
			memset(area, 0, page);
			if (j >= 8)
				memcpy(bad[j], &(uint32_t){ row->size }, 4);
			expect(row, "a bad pointer", bad[j], -EFAULT);
		}
	}
}

static unsigned int count_fds(void)
{
	unsigned int n = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* The answer cannot be written back: nothing may be left over. */
static void read_only(void)
{
	struct axvm_vm_create *create;
	struct axvm_console *console;
	struct axvm_info *info;
	unsigned int before;
	struct vm other;

	open_all();
	info = mmap(NULL, page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(info != MAP_FAILED);
	create = (void *)info;
	console = (void *)info;
	before = count_fds();

	info->size = sizeof(*info);
	REQUIRE(!mprotect(info, page, PROT_READ));
	CHECK_RET(call(dev_fd, AXVM_INFO, info), -EFAULT);

	REQUIRE(!mprotect(info, page, PROT_READ | PROT_WRITE));
	memset(info, 0, page);
	create->size = sizeof(*create);
	strcpy(create->name, "st-read-only");
	REQUIRE(!mprotect(info, page, PROT_READ));
	CHECK_RET(call(dev_fd, AXVM_VM_CREATE, create), -EFAULT);
	CHECK_RET(vm_open(0, "st-read-only"), -ENOENT);
	CHECK_RET(vm_create(&other, "st-read-only"), 0);
	vm_close(&other);

	REQUIRE(!mprotect(info, page, PROT_READ | PROT_WRITE));
	memset(info, 0, page);
	console->size = sizeof(*console);
	REQUIRE(!mprotect(info, page, PROT_READ));
	CHECK_RET(call(vm.fd, AXVM_VM_CONSOLE, console), -EFAULT);
	CHECK_EQ(count_fds(), before);
}

static bool known(enum kind kind, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == kind && rows[i].nr == _IO(AXVM_IOC, nr))
			return true;
	/* It has no structure. */
	return kind == VCPU && AXVM_VCPU_NEXT == _IO(AXVM_IOC, nr);
}

static void numbers(void)
{
	static uint8_t arg[4096];
	unsigned int kind, nr;

	open_all();
	for (kind = 0; kind < KINDS; kind++) {
		for (nr = 0; nr < 256; nr++) {
			int fd = fds[kind];

			/* in no table, or another descriptor's */
			if (!known(kind, nr))
				CHECK_RET(call(fd, _IO(AXVM_IOC, nr), arg),
					  -ENOTTY);
			/* another type, direction or size */
			CHECK_RET(call(fd, _IO(AXVM_IOC ^ 1, nr), arg),
				  -ENOTTY);
			CHECK_RET(call(fd, _IOC(_IOC_READ, AXVM_IOC, nr, 0),
				       arg), -ENOTTY);
			CHECK_RET(call(fd, _IOC(_IOC_NONE, AXVM_IOC, nr, 8),
				       arg), -ENOTTY);
		}
	}
}

static void destroyed(void)
{
	unsigned int i;

	open_all();
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		uint32_t *arg = calloc(1, row->size);

		arg[0] = row->size;
		if (row->kind != DEV)
			expect(row, "after destroy", arg, -ENODEV);
		free(arg);
	}
	CHECK(mmap(NULL, page, PROT_READ, MAP_SHARED, vm.fd,
		   arch.mem_base) == MAP_FAILED && errno == ENODEV);
	CHECK(!vcpu_flight(vm.vcpu[0]) && errno == ENODEV);
	CHECK_RET(vm_destroy(vm.id, NULL), -ENOENT);
	CHECK_RET(vm_open(vm.id, NULL), -ENOENT);
}

static void descriptors(void)
{
	struct axvm_console console = { .size = sizeof(console) };
	struct axvm_vcpu_create open = { .size = sizeof(open) };
	struct rlimit limit;
	struct vm other;
	int fd;

	open_all();
	REQUIRE_RET(call(vm.fd, AXVM_VM_CONSOLE, &console), 0);
	REQUIRE_RET(call(vm.fd, AXVM_VCPU_OPEN, &open), 0);
	fd = vm_open(vm.id, NULL);
	REQUIRE(fd >= 0);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(vm.fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(vm.vcpu[0], F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(open.fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(console.fd, F_GETFD) & FD_CLOEXEC);

	/* no number left: no VM, no descriptor */
	REQUIRE(!getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = dup(0);
	close(limit.rlim_cur);
	REQUIRE(!setrlimit(RLIMIT_NOFILE, &limit));
	CHECK_RET(vm_create(&other, "st-no-fd"), -EMFILE);
	CHECK_RET(vm_open(0, "st-no-fd"), -ENOENT);
	CHECK_RET(vm_open(vm.id, NULL), -EMFILE);
	console.fd = 0;
	CHECK_RET(call(vm.fd, AXVM_VM_CONSOLE, &console), -EMFILE);
	CHECK_RET(call(vm.fd, AXVM_VCPU_OPEN, &open), -EMFILE);
}

/* One structure with a field that must be zero. */
struct reserved {
	const char *name;
	int fd;
	unsigned long nr;
	const void *arg;
	size_t size;
	size_t offset;
	size_t bytes;
};

/* Each byte alone, low and high bit: -EINVAL; without it: anything else. */
static void check_reserved(const struct reserved *r)
{
	uint8_t arg[512];
	size_t i;

	for (i = 0; i < 2 * r->bytes; i++) {
		memcpy(arg, r->arg, r->size);
		arg[r->offset + i / 2] |= i % 2 ? 0x80 : 0x01;
		if (call(r->fd, r->nr, arg) != -EINVAL)
			test_fail(__FILE__, __LINE__,
				  "%s: byte %zu of a reserved field is taken",
				  r->name, i / 2);
	}
	memcpy(arg, r->arg, r->size);
	if (call(r->fd, r->nr, arg) == -EINVAL)
		test_fail(__FILE__, __LINE__,
			  "%s: refused for another reason", r->name);
}

static void reserved(void)
{
	struct axvm_vm_create create = { .size = sizeof(create) };
	struct axvm_vm_ref ref = { .size = sizeof(ref) };
	struct axvm_vm_wait wait = { .size = sizeof(wait), .states = 1 };
	struct axvm_mem mem = { .size = sizeof(mem), .flags = AXVM_MEM_READ };
	struct axvm_mem unmap = { .size = sizeof(unmap) };
	struct axvm_list list = { .size = sizeof(list),
				  .entry_size = sizeof(struct axvm_vm_info) };
	struct axvm_list mem_list = { .size = sizeof(mem_list),
				      .entry_size = sizeof(struct axvm_mem) };
	struct axvm_mem_rw rw = { .size = sizeof(rw) };
	struct axvm_reg one = {}; /* an unknown id */
	struct axvm_reg_list regs = { .size = sizeof(regs), .count = 1,
				      .regs = (uintptr_t)&one };
	struct axvm_vcpu_claim claim = { .size = sizeof(claim),
					 .eventfd = -1 };
	struct axvm_console console = { .size = sizeof(console) };
	struct axvm_io io = { .size = sizeof(io), .flags = AXVM_IO_DEFAULT,
			      .space = AXVM_SPACE_MMIO };
	unsigned int i;

	open_all();
	ref.id = vm.id;
	mem.gpa = arch.mem_base + (1ull << 28);
	mem.len = page;
	unmap.gpa = mem.gpa;
	unmap.len = page;
	rw.addr = arch.results;

#define FIELD(fd, nr, var, field)                                              \
	{ #nr, fd, nr, &(var), sizeof(var),                                    \
	  (size_t)((char *)&(var).field - (char *)&(var)), sizeof((var).field) }
	const struct reserved list_of[] = {
		FIELD(dev_fd, AXVM_VM_CREATE, create, reserved),
		FIELD(dev_fd, AXVM_VM_OPEN, ref, pad),
		FIELD(dev_fd, AXVM_VM_LIST, list, pad),
		FIELD(vm.fd, AXVM_VM_WAIT, wait, pad),
		FIELD(vm.fd, AXVM_VM_MEM_MAP, mem, pad),
		FIELD(vm.fd, AXVM_VM_MEM_UNMAP, unmap, pad),
		FIELD(vm.fd, AXVM_VM_MEM_LIST, mem_list, pad),
		FIELD(vm.fd, AXVM_VM_MEM_RW, rw, pad),
		FIELD(vm.fd, AXVM_VM_IO, io, pad),
		FIELD(vm.fd, AXVM_VM_CONSOLE, console, pad),
		FIELD(vm.vcpu[0], AXVM_VCPU_GET_REG, regs, pad),
		FIELD(vm.vcpu[0], AXVM_VCPU_SET_REG, regs, pad),
		FIELD(vm.vcpu[0], AXVM_VCPU_REG_IDS, regs, pad),
		FIELD(vm.vcpu[0], AXVM_VCPU_CLAIM, claim, pad),
	};
#undef FIELD
	for (i = 0; i < ARRAY_SIZE(list_of); i++)
		check_reserved(&list_of[i]);
}

static const struct test tests[] = {
	{ "every ioctl refuses short structures", sizes },
	{ "every ioctl refuses long structures with a tail", longer },
	{ "longer structures with zeros are taken", newer },
	{ "every ioctl refuses unknown flags", flags },
	{ "every ioctl refuses bad pointers", pointers },
	{ "an answer that cannot be written leaves nothing behind", read_only },
	{ "unknown numbers are ENOTTY", numbers },
	{ "a destroyed VM answers ENODEV", destroyed },
	{ "descriptors close on exec, and can run out", descriptors },
	{ "reserved fields must be zero", reserved },
	{ "VM_CREATE: names, policies, modes", args_create },
	{ "VM_OPEN, VM_DESTROY: ids and names", args_ref },
	{ "VM_LIST: entries, capacity, buffers", args_list },
	{ "VM_SET, VM_WAIT: values", args_set_wait },
	{ "VM_BLOB: sizes and buffers", args_blob },
	{ "VM_IO: spaces, ranges, policies", args_io },
	{ "VM_IRQ: vCPUs, numbers, states", args_irq },
	{ "VM_STATS: vCPUs and buffers", args_stats },
	{ "VCPU_CREATE, VCPU_OPEN: indices and ids", args_vcpu },
	{ "VCPU_GET_REGS, SET_REGS: blocks, sizes, states", args_regs },
	{ "VCPU_REG_IDS, GET_REG, SET_REG: every id", args_reg_list },
	{ "VCPU_AFFINITY: masks", args_affinity },
	{ "VCPU_CLAIM, COMPLETE, RUN: values", args_claim },
	{ "VCPU_TRANSLATE: without paging", args_translate },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
