// SPDX-License-Identifier: GPL-2.0
/*
 * NMIs of the host while guests run: they are the host's at once, and the guests
 * notice nothing.  The kernel's own request for backtraces sends them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

/* Whoever reads the kernel's log has the other CPU for most of the time. */
#define TRIES 100
#define WAIT_MS 100

/* Lines of the kernel's log since the last call that hold @text. */
static unsigned int log_count(int log, const char *text)
{
	unsigned int n = 0;
	char line[1000];
	ssize_t got;

	for (;;) {
		got = read(log, line, sizeof(line) - 1);
		if (got < 0 && errno == EPIPE)
			continue; /* it wrote faster than we read */
		if (got <= 0)
			return n;
		line[got] = 0;
		n += !!strstr(line, text);
	}
}

static bool ask_backtraces(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, "l", 1) == 1;

	if (fd >= 0)
		close(fd);
	return ok;
}

static void backtraces(void)
{
	unsigned int i, n, in_guest = 0, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct vm vm[2];

	if (log < 0)
		test_skip("no /dev/kmsg");
	if (cpus < 2)
		test_skip("one CPU: it would not be sent an NMI");
	for (i = 0; i < ARRAY_SIZE(vm); i++) {
		vm_spin(&vm[i]);
		REQUIRE_RET(vm_start(vm[i].fd), 0);
		REQUIRE_RET(vm_wait_result(vm[i].fd, 0, 1), 0);
	}
	for (n = 0; n < TRIES && !in_guest; n++) {
		lseek(log, 0, SEEK_END);
		if (!ask_backtraces())
			test_skip("no /proc/sysrq-trigger");
		/* Where it came: in the handler of that exit. */
		in_guest += log_count(log, "RIP: 0010:vmx_");
		if (!in_guest)
			sleep_ms(WAIT_MS);
	}
	note("NMIs until one found a CPU in a guest: %u", n);
	CHECK(in_guest > 0);
	for (i = 0; i < ARRAY_SIZE(vm); i++) {
		CHECK_EQ(vm_state(vm[i].fd), AXVM_VM_RUNNING);
		CHECK(vm_progresses(vm[i].fd, 0));
		vm_close(&vm[i]);
	}
	close(log);
}

static const struct test tests[] = {
	{ "an NMI that ends a stay in a guest is the host's", backtraces },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
