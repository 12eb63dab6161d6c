/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Harness of the system tests: KTAP output, one child process per test with
 * a time limit, and thin wrappers over the uapi that return 0 or -errno.
 *
 * A program is a table of tests and `return run_tests(tests, n)`.  A test
 * function fails through CHECK and its kin, skips through test_skip(), and
 * passes by returning.  Exit status: 0, 1 when a test failed, 4 when none
 * could run.
 */
#ifndef SELFTEST_HARNESS_H
#define SELFTEST_HARNESS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "uapi/axvm.h"

/**
 * struct test - one line of output
 * @name: what holds when it passes
 * @fn: runs in a child process of its own
 * @seconds: time limit, 0: 60; stretched on slow machines (by a factor that is
 *	measured, or AXVM_TEST_SLOW from the environment)
 */
struct test {
	const char *name;
	void (*fn)(void);
	unsigned int seconds;
};

int run_tests(const struct test *tests, unsigned int n);

/* ---- inside a test ---------------------------------------------------- */

void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void test_end(void) __attribute__((noreturn));
void test_skip(const char *why) __attribute__((noreturn));
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Time limits of the tests themselves, stretched for slow emulators. */
uint64_t slow_ns(uint64_t ns);
/** poll() for POLLIN. */
bool readable(int fd, int timeout_ms);
/** Write @text into @path, a switch of sysfs or a cgroup. */
bool file_write(const char *path, const char *text);
uint64_t now_ns(void);
void sleep_ms(unsigned int ms);

#define CHECK(c)                                                               \
	({                                                                     \
		bool ok_ = (c);                                                \
		if (!ok_)                                                      \
			test_fail(__FILE__, __LINE__, "%s", #c);               \
		ok_;                                                           \
	})

#define CHECK_EQ(got, want)                                                    \
	({                                                                     \
		unsigned long long got_ = (got), want_ = (want);               \
		if (got_ != want_)                                             \
			test_fail(__FILE__, __LINE__,                          \
				  "%s is %#llx (%lld), not %#llx", #got,       \
				  got_, (long long)got_, want_);               \
		got_ == want_;                                                 \
	})

/* The call returns exactly this: 0 or -E... */
#define CHECK_RET(call, want)                                                  \
	({                                                                     \
		int got_ = (call), want_ = (want);                             \
		if (got_ != want_)                                             \
			test_fail(__FILE__, __LINE__, "%s: %s, not %s", #call, \
				  err_name(got_), err_name(want_));            \
		got_ == want_;                                                 \
	})

/* As CHECK, but the test cannot go on without it. */
#define REQUIRE(c)                                                             \
	do {                                                                   \
		if (!CHECK(c))                                                 \
			test_end();                                            \
	} while (0)

#define REQUIRE_RET(call, want)                                                \
	do {                                                                   \
		if (!CHECK_RET(call, want))                                    \
			test_end();                                            \
	} while (0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

const char *err_name(int err);

/* ---- the device -------------------------------------------------------- */

/** /dev/axvm, opened once per program. */
extern int dev_fd;
extern struct axvm_info dev_info;
extern size_t page;

int dev_open(void); /* descriptor or -errno */

/** ioctl() with 0 or -errno as result. */
int call(int fd, unsigned long request, void *arg);

/* ---- VMs ---------------------------------------------------------------- */

#define VM_VCPUS AXVM_MAX_VCPUS

/**
 * struct vm - a VM of the test
 * @fd: its descriptor
 * @id: its id
 * @name: its name
 * @vcpu: vCPU descriptors, or -1
 */
struct vm {
	int fd;
	uint64_t id;
	char name[AXVM_NAME_SIZE];
	int vcpu[VM_VCPUS];
};

/** Policy destroy; @name NULL: "st-PID-N".  0 or -errno. */
int vm_create(struct vm *vm, const char *name);
/** The same with AXVM_VM_* creation flags. */
int vm_create_flags(struct vm *vm, const char *name, uint32_t flags);
/** Another descriptor of it; or -errno. */
int vm_open(uint64_t id, const char *name);
int vm_destroy(uint64_t id, const char *name);
/** Close what is open (the policy does the rest). */
void vm_close(struct vm *vm);

#define RWX (AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_EXEC)
#define MIB (1ull << 20)

/** AXVM_VM_MEM_MAP; @flags e.g. RWX. */
int vm_map(int vm_fd, uint32_t kind, uint32_t flags, uint64_t gpa, uint64_t len,
	   uint64_t source);
/** Memory of the kernel's, RWX. */
int vm_memory(struct vm *vm, uint64_t gpa, uint64_t len);
int vm_unmap(struct vm *vm, uint64_t gpa, uint64_t len);
int vm_vcpu(struct vm *vm, unsigned int index, uint32_t flags);
/** Another descriptor of a vCPU; or -errno. */
int vm_vcpu_open(int vm_fd, unsigned int index);
/** Another descriptor of its console; or -errno. */
int vm_console(int vm_fd, uint32_t flags);
int vm_read(int vm_fd, uint64_t gpa, void *buf, size_t len);
int vm_write(int vm_fd, uint64_t gpa, const void *buf, size_t len);
uint64_t vm_read64(int vm_fd, uint64_t gpa);

int vm_op(int vm_fd, unsigned long request, uint32_t flags);
#define vm_start(fd) vm_op(fd, AXVM_VM_START, 0)
#define vm_stop(fd) vm_op(fd, AXVM_VM_STOP, AXVM_OP_FORCE)
#define vm_suspend(fd) vm_op(fd, AXVM_VM_SUSPEND, 0)
#define vm_resume(fd) vm_op(fd, AXVM_VM_RESUME, 0)
#define vm_reset(fd) vm_op(fd, AXVM_VM_RESET, 0)

int vm_set_policy(int vm_fd, uint32_t policy);
/** State, or -errno. */
int vm_state(int vm_fd);
int vm_info(int vm_fd, struct axvm_vm_info *info);
/** Wait up to 10 s for a state; 0, -ETIMEDOUT, ...; @out may be NULL. */
int vm_wait_state(int vm_fd, uint32_t state, struct axvm_vm_wait *out);
int vm_wait_exit(int vm_fd, uint32_t reason, struct axvm_vm_wait *out);

int vcpu_info(int vcpu_fd, struct axvm_vcpu_info *info);
/** AXVM_VCPU_GET_REGS or AXVM_VCPU_SET_REGS of a whole block; 0 or -errno. */
int vcpu_regs(int vcpu_fd, unsigned long request, uint32_t block, void *buf,
	      uint32_t len);
/** Where it goes on; setting that returns 0 or -errno. */
uint64_t arch_pc(int vcpu_fd);
int arch_set_pc(int vcpu_fd, uint64_t pc);
/** Wait up to 10 s until a vCPU is BLOCKED for @wait. */
int vcpu_wait_blocked(int vcpu_fd, uint32_t wait);

/* ---- exits --------------------------------------------------------------- */

int vcpu_claim(int vcpu_fd, int eventfd);
int vcpu_release(int vcpu_fd);
int vcpu_complete(int vcpu_fd, uint64_t seq, uint64_t data, uint32_t flags);
/** Map the ring / the recorder; NULL with errno set. */
struct axvm_ring *vcpu_ring(int vcpu_fd);
struct axvm_flight *vcpu_flight(int vcpu_fd);
size_t ring_bytes(void);
size_t flight_bytes(void);
const struct axvm_exit *ring_slot(const void *header, uint64_t index);
/** Wait up to 10 s for a parked record; its number, or 0. */
uint64_t ring_wait_parked(struct axvm_ring *ring);

/** AXVM_VM_IO: a policy for a range, or (len 0) the default of a space. */
int vm_policy(int vm_fd, uint32_t space, uint64_t base, uint64_t len,
	      uint32_t policy);
/** One statistic, summed over all vCPUs. */
uint64_t vm_stat(int vm_fd, unsigned int index);

/* ---- guests (guest_<arch>.S, arch_<arch>.c) ------------------------------ */

/** A position-independent program for the architecture's plainest mode. */
struct guest {
	const void *begin;
	const void *end;
};

/*
 * Each gets @arg of vm_guest() in its first argument register.  "Result n" is
 * the 32-bit word at arch.results + 8 * n.
 */
extern const struct guest guest_halt; /* interrupts off, sleep for ever */
extern const struct guest guest_spin; /* counts up the word at arg, for ever */
extern const struct guest guest_store; /* word at arg = 0x600d, then halt */
extern const struct guest guest_load; /* result 0 = word at arg, then halt */
extern const struct guest guest_poweroff; /* the platform's power off */
/* hypercall 0x1234(0x11 .. 0x66); result 0 = what it gave; 1 = 1; halt */
extern const struct guest guest_hypercall;
/* hypercall(n) for n = 1, 2, ... for ever; result 0 = n */
extern const struct guest guest_hypercalls;
/* hypercall(n) for n = 1 .. arg, then one device read into result 0; halt */
extern const struct guest guest_flood;
/*
 * Device: write4(base, 0x11223344); result 0 = read4(base + 4);
 * result 1 = read1(base + 8); write2(base + 12, 0xbeef); result 2 = 1; halt.
 */
extern const struct guest guest_device;
/* write4(base, n) for n = 1, 2, ... for ever; result 0 = n */
extern const struct guest guest_device_writes;
/* prints "hello\n", then echoes each input byte plus one; 'q' halts */
extern const struct guest guest_echo;
/* prints arg bytes, byte i being '0' + i % 64, then halts */
extern const struct guest guest_print;

/*
 * A breakpoint instruction at debug_insn, whose handler counts in result 2;
 * result 0 = 1; word at arg = 0x600d (debug_store, the next: debug_stored); at
 * debug_emulated an instruction that exits; result 1 = 3; halt.
 */
extern const struct guest guest_debug;
extern const char debug_insn[], debug_behind[], debug_store[], debug_stored[],
	debug_emulated[], debug_after[];

/**
 * struct arch - what differs between architectures
 * @name: "x86" or "arm64"
 * @mem_base: where vm_guest() maps memory
 * @mem_len: how much
 * @code: where it loads the program
 * @results: see above; also room for data
 * @image: where images of tests/guest are loaded
 * @hole: an unmapped page that guests can reach
 * @space: AXVM_SPACE_* of the test device
 * @device: its base
 * @device_read: AXVM_EXIT_* of a read
 * @device_write: of a write
 * @mmio_faults: unclaimed MMIO faults in the guest
 * @watch_before: a watchpoint is hit before the access, not after it
 * @insn_len: length of a hardware breakpoint
 * @general_bytes: size of the general registers' block
 * @pc_at: where in it the instruction pointer is
 * @system_bytes: size of the system registers' block
 */
struct arch {
	const char *name;
	uint64_t mem_base;
	uint64_t mem_len;
	uint64_t code;
	uint64_t results;
	uint64_t image;
	uint64_t hole;
	uint32_t space;
	uint64_t device;
	uint32_t device_read;
	uint32_t device_write;
	bool mmio_faults;
	bool watch_before;
	unsigned int insn_len;
	size_t general_bytes;
	size_t pc_at;
	size_t system_bytes;
};

extern const struct arch arch;

/** Make @vcpu_fd begin at @pc with @arg, in the architecture's plain mode. */
int arch_set_entry(int vcpu_fd, uint64_t pc, uint64_t arg);
/**
 * arch_set_far() - begin at arch.code with @gpa within the program's reach
 *
 * For guest_store and guest_load with memory beyond what vm_guest() maps.
 *
 * Return: 0 or -errno.
 */
int arch_set_far(int vcpu_fd, uint64_t gpa);
/** Value of a record's write or the bytes of an access. */
uint64_t arch_exit_data(const struct axvm_exit *e);
unsigned int arch_exit_bytes(const struct axvm_exit *e);
uint64_t arch_exit_address(const struct axvm_exit *e);

/**
 * vm_guest() - a VM with memory and one vCPU, ready to start
 * @flags: of the vCPU (AXVM_VCPU_SYNC)
 *
 * Ends the test when that cannot be had.
 */
void vm_guest(struct vm *vm, const struct guest *guest, uint64_t arg,
	      uint32_t flags);
/** Load @guest at arch.code into a VM that has memory. */
int vm_load(int vm_fd, const struct guest *guest);
uint32_t vm_result(int vm_fd, unsigned int n);
/** Wait up to 10 s until result @n is at least @value. */
int vm_wait_result(int vm_fd, unsigned int n, uint32_t value);
/** Does result @n change within 5 s? */
bool vm_progresses(int vm_fd, unsigned int n);
/** Does result 0 stay as it is for a moment? */
bool vm_stands_still(int vm_fd);
/** guest_spin, counting in result 0. */
void vm_spin(struct vm *vm);

/* ---- processes ------------------------------------------------------------ */

/** Run @fn(@opaque) in a child; its test failures count.  Its pid. */
pid_t spawn(void (*fn)(void *opaque), void *opaque);
/** Wait for it; true when it ended well (or, @killed, by SIGKILL). */
bool reap(pid_t pid, bool killed);
/** A two-way rendezvous between parent and child. */
struct sync_point {
	int to_child[2];
	int to_parent[2];
};
void sync_init(struct sync_point *s);
void sync_tell_parent(struct sync_point *s, uint64_t value);
uint64_t sync_hear_child(struct sync_point *s);
void sync_tell_child(struct sync_point *s);
void sync_hear_parent(struct sync_point *s);

#endif /* SELFTEST_HARNESS_H */
