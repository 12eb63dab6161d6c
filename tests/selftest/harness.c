// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program's tests, each in a child with a time limit, and prints KTAP.
 * What a test says goes to standard output as diagnostics before its result.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define EXIT_SKIP 4
#define MAX_NOTES 20 /* failures that one test explains */

int dev_fd = -1;
struct axvm_info dev_info;
size_t page;

/* Shared with children, so that a child's child can fail the test. */
static struct {
	unsigned int failures;
	char skip[160];
} *shared;

static unsigned int slow;

void note(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	unsigned int n = __atomic_add_fetch(&shared->failures, 1,
					    __ATOMIC_SEQ_CST);
	const char *base = strrchr(file, '/');
	char text[400];
	va_list ap;

	if (n > MAX_NOTES)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note("%s:%d: %s", base ? base + 1 : file, line, text);
	if (n == MAX_NOTES)
		note("more failures are not shown");
}

void test_end(void)
{
	fflush(stdout);
	_exit(0);
}

void test_skip(const char *why)
{
	snprintf(shared->skip, sizeof(shared->skip), "%s", why);
	test_end();
}

const char *err_name(int err)
{
	if (err == 0)
		return "success";
	if (err > 0)
		return "a positive result";
	return strerrorname_np(-err) ?: "an unknown error";
}

uint64_t slow_ns(uint64_t ns)
{
	return ns * slow;
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000l };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

bool readable(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1 && p.revents & POLLIN;
}

int call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

int dev_open(void)
{
	int fd = open(AXVM_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* ---- children -------------------------------------------------------------- */

pid_t spawn(void (*fn)(void *opaque), void *opaque)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fn(opaque);
	test_end();
}

bool reap(pid_t pid, bool killed)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	if (killed)
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void sync_init(struct sync_point *s)
{
	REQUIRE(!pipe2(s->to_child, O_CLOEXEC));
	REQUIRE(!pipe2(s->to_parent, O_CLOEXEC));
}

void sync_tell_parent(struct sync_point *s, uint64_t value)
{
	REQUIRE(write(s->to_parent[1], &value, sizeof(value)) == sizeof(value));
}

uint64_t sync_hear_child(struct sync_point *s)
{
	uint64_t value = 0;

	REQUIRE(read(s->to_parent[0], &value, sizeof(value)) == sizeof(value));
	return value;
}

void sync_tell_child(struct sync_point *s)
{
	REQUIRE(write(s->to_child[1], "", 1) == 1);
}

void sync_hear_parent(struct sync_point *s)
{
	char c;

	REQUIRE(read(s->to_child[0], &c, 1) == 1);
}

/* ---- running ---------------------------------------------------------------- */

static void run_child(void *opaque)
{
	const struct test *t = opaque;

	setpgid(0, 0);
	t->fn();
}

/* Wait with a limit; what is left of the test's process group dies. */
static void run_one(const struct test *t)
{
	uint64_t limit = now_ns() + slow_ns((t->seconds ?: 60) * 1000000000ull);
	pid_t pid = spawn(run_child, (void *)t);
	int status = 0;

	if (pid < 0) {
		test_fail(__FILE__, __LINE__, "fork: %s", strerror(errno));
		return;
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (now_ns() > limit) {
			test_fail(__FILE__, __LINE__, "timed out");
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			break;
		}
		usleep(2000);
	}
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status))
		test_fail(__FILE__, __LINE__, "killed by signal %d",
			  WTERMSIG(status));
	else if (WEXITSTATUS(status))
		test_fail(__FILE__, __LINE__, "exit status %d",
			  WEXITSTATUS(status));
}

/* VMs of a test have names that begin with "st-"; none may be left. */
static void check_leftovers(void)
{
	struct axvm_vm_info info;
	struct axvm_list list = {
		.size = sizeof(list),
		.entries = (uintptr_t)&info,
		.entry_size = sizeof(info),
		.capacity = 1,
	};

	while (!call(dev_fd, AXVM_VM_LIST, &list) && list.count) {
		if (!strncmp(info.name, "st-", 3)) {
			test_fail(__FILE__, __LINE__, "VM %s is left behind",
				  info.name);
			vm_destroy(info.id, NULL);
		}
		list.after = info.id;
	}
}

/*
 * How much slower than hardware is this machine?  Emulators interpret: one
 * step for each 25 ms that a loop of some milliseconds takes.
 */
static unsigned int measure_slowness(void)
{
	uint64_t begin = now_ns();
	volatile unsigned int i;

	for (i = 0; i < 4000000; i++)
		;
	return 1 + (now_ns() - begin) / 25000000;
}

static void print_skip_all(const char *why)
{
	printf("KTAP version 1\n1..0 # SKIP %s\n", why);
	fflush(stdout);
}

/* 0, or the program cannot run here. */
static int start(void)
{
	dev_info.size = sizeof(dev_info);
	dev_fd = dev_open();
	if (dev_fd < 0) {
		print_skip_all("no " AXVM_DEVICE ", or no right to open it");
		return EXIT_SKIP;
	}
	if (call(dev_fd, AXVM_INFO, &dev_info)) {
		print_skip_all("AXVM_INFO fails: another ABI?");
		return EXIT_SKIP;
	}
	if (dev_info.why != AXVM_WHY_OK) {
		print_skip_all(dev_info.why_text);
		return EXIT_SKIP;
	}
	return 0;
}

int run_tests(const struct test *tests, unsigned int n)
{
	const char *s = getenv("AXVM_TEST_SLOW"), *only = getenv("AXVM_TEST");
	unsigned int i, failed = 0, skipped = 0;
	int err;

	page = sysconf(_SC_PAGESIZE);
	slow = s && atoi(s) > 0 ? atoi(s) : (int)measure_slowness();
	shared = mmap(NULL, page, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	err = start();
	if (err)
		return err;
	printf("KTAP version 1\n1..%u\n", n);
	for (i = 0; i < n; i++) {
		const char *dash = tests[i].name;

		if (only && !strstr(tests[i].name, only)) {
			printf("ok %u %s # SKIP not asked for\n", i + 1, dash);
			continue;
		}
		memset(shared, 0, sizeof(*shared));
		run_one(&tests[i]);
		check_leftovers();
		printf("%sok %u %s", shared->failures ? "not " : "", i + 1,
		       tests[i].name);
		if (!shared->failures && shared->skip[0]) {
			printf(" # SKIP %s", shared->skip);
			skipped++;
		}
		putchar('\n');
		fflush(stdout);
		failed += shared->failures != 0;
	}
	return failed ? 1 : skipped == n ? EXIT_SKIP : 0;
}
