// SPDX-License-Identifier: GPL-2.0
/*
 * The console: output for several readers at their own pace, scrollback,
 * input, blocking and not, end of file.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

static int console(const struct vm *vm, uint32_t flags)
{
	struct axvm_console arg = { .size = sizeof(arg), .flags = flags };

	REQUIRE_RET(call(vm->fd, AXVM_VM_CONSOLE, &arg), 0);
	return arg.fd;
}

static void set_nonblock(int fd)
{
	REQUIRE(!fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK));
}

static short events(int fd, short want, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = want };

	return poll(&p, 1, timeout_ms) == 1 ? p.revents : 0;
}

/* Read exactly @len bytes, blocking. */
static bool read_all(int fd, char *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, buf + done, len - done);

		if (n <= 0)
			return false;
		done += n;
	}
	return true;
}

static void hello(void)
{
	char a[16] = {}, b[16] = {}, one;
	struct vm vm;
	int fd, early;

	vm_guest(&vm, &guest_echo, 0, 0);
	early = console(&vm, 0);
	set_nonblock(early);
	CHECK(read(early, a, 1) < 0 && errno == EAGAIN);
	CHECK(!events(early, POLLIN, 0));
	REQUIRE_RET(vm_start(vm.fd), 0);
	/* one that waits, one that comes later: both read all of it */
	CHECK(events(early, POLLIN, 10000) & POLLIN);
	fd = console(&vm, 0);
	REQUIRE(read_all(fd, a, 6));
	CHECK(!strcmp(a, "hello\n"));
	for (one = 0; one < 6; one++)
		CHECK(read(early, &b[(int)one], 1) == 1);
	CHECK(!strcmp(b, "hello\n"));
	CHECK(read(early, b, 1) < 0 && errno == EAGAIN);
	CHECK(read(early, NULL, 0) == 0);
}

static void echo(void)
{
	char c, late[4] = {};
	struct vm vm;
	int fd, tail;

	vm_guest(&vm, &guest_echo, 0, 0);
	fd = console(&vm, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	for (c = 0; c != '\n';)
		REQUIRE(read(fd, &c, 1) == 1);
	tail = console(&vm, AXVM_CONSOLE_TAIL);
	set_nonblock(tail);
	CHECK(read(tail, &c, 1) < 0 && errno == EAGAIN);
	for (c = 'a'; c < 'p'; c++) {
		char back = 0;

		CHECK(events(fd, POLLOUT, 1000) & POLLOUT);
		REQUIRE(write(fd, &c, 1) == 1);
		REQUIRE(read(fd, &back, 1) == 1);
		CHECK_EQ(back, c + 1);
	}
	/* the tail has seen only what came after it was opened */
	CHECK(read(tail, late, 3) == 3);
	CHECK(!strncmp(late, "bcd", 3));
	REQUIRE(write(fd, "q", 1) == 1);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
}

/* A reader that falls behind skips to what is still kept. */
static void overrun(void)
{
	static char buf[2 * AXVM_CONSOLE_BYTES];
	const unsigned int n = AXVM_CONSOLE_BYTES + 5000;
	int fd, err = -ETIMEDOUT;
	unsigned int i;
	struct vm vm;

	vm_guest(&vm, &guest_print, n, 0);
	fd = console(&vm, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	/* one exit a byte: it takes what it takes */
	for (i = 0; i < 10 && err; i++)
		err = vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL);
	REQUIRE_RET(err, 0);
	REQUIRE(read_all(fd, buf, AXVM_CONSOLE_BYTES));
	for (i = 0; i < AXVM_CONSOLE_BYTES; i++)
		if (buf[i] != '0' + (int)(i + 5000) % 64) {
			CHECK_EQ(i, AXVM_CONSOLE_BYTES);
			break;
		}
	set_nonblock(fd);
	CHECK(read(fd, buf, 1) < 0 && errno == EAGAIN);
	close(fd);
	fd = console(&vm, 0);
	REQUIRE(read(fd, buf, 1) == 1);
	CHECK_EQ(buf[0], '0' + 5000 % 64);
}

/* A reader that keeps up loses nothing. */
static void keeps_up(void)
{
	static char buf[4096];
	const unsigned int n = 20000;
	unsigned int seen = 0, i;
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_print, n, 0);
	fd = console(&vm, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	while (seen < n) {
		ssize_t got = read(fd, buf, sizeof(buf));

		REQUIRE(got > 0);
		for (i = 0; i < got; i++)
			CHECK_EQ(buf[i], '0' + (seen + i) % 64);
		seen += got;
	}
	CHECK_EQ(seen, n);
}

/* The queue, and what a UART's own FIFO may take besides. */
#define ROOM_MIN 4096
#define ROOM_MAX (4096 + 64)

static bool filled(ssize_t n)
{
	return n >= ROOM_MIN && n <= ROOM_MAX;
}

/* The guest does not take its input: there is room for 4 KiB. */
static void input_full(void)
{
	static char buf[8192];
	struct vm vm;
	int fd;

	vm_guest(&vm, &guest_halt, 0, 0);
	fd = console(&vm, 0);
	set_nonblock(fd);
	CHECK(events(fd, POLLOUT, 0) & POLLOUT);
	CHECK(filled(write(fd, buf, sizeof(buf))));
	CHECK(write(fd, buf, 1) < 0 && errno == EAGAIN);
	CHECK(!(events(fd, POLLOUT, 0) & POLLOUT));
	CHECK(write(fd, (void *)0xdead000000000000ul, 16) < 0 &&
	      errno == EFAULT);
}

static void bad_buffers(void)
{
	void *const bad = (void *)0xdead000000000000ul;
	struct vm vm;
	char c;
	int fd;

	vm_guest(&vm, &guest_echo, 0, 0);
	fd = console(&vm, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK(events(fd, POLLIN, 10000) & POLLIN);
	CHECK(read(fd, bad, 6) < 0 && errno == EFAULT);
	CHECK(write(fd, bad, 6) < 0 && errno == EFAULT);
	/* what could not be delivered is still there */
	REQUIRE(read(fd, &c, 1) == 1);
	CHECK_EQ(c, 'h');
	CHECK(lseek(fd, 0, SEEK_SET) <= 0);
}

static void on_signal(int sig)
{
}

static void interrupted(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	static char buf[8192];
	struct vm vm;
	char c;
	int fd;

	vm_guest(&vm, &guest_halt, 0, 0);
	fd = console(&vm, 0);
	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 0);
	CHECK(read(fd, &c, 1) < 0 && errno == EINTR);
	ualarm(50000, 0);
	CHECK(filled(write(fd, buf, sizeof(buf))));
	ualarm(50000, 0);
	CHECK(write(fd, buf, 1) < 0 && errno == EINTR);
}

struct reader {
	pthread_t thread;
	int fd;
	char buf[64];
	size_t got;
	ssize_t last;
};

static void *read_to_end(void *opaque)
{
	struct reader *r = opaque;

	do {
		r->last = read(r->fd, r->buf + r->got,
			       sizeof(r->buf) - r->got);
		r->got += r->last > 0 ? r->last : 0;
	} while (r->last > 0);
	return NULL;
}

/* After destroy: what is left, then end of file; writers are told. */
static void end_of_file(void)
{
	struct reader blocked = {}, late = {};
	static char full[8192];
	struct vm vm;
	int writer;

	vm_guest(&vm, &guest_print, 10, 0);
	blocked.fd = console(&vm, 0);
	late.fd = console(&vm, 0);
	writer = console(&vm, 0);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE(!pthread_create(&blocked.thread, NULL, read_to_end, &blocked));
	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, NULL), 0);
	sleep_ms(50);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	pthread_join(blocked.thread, NULL);
	CHECK_EQ(blocked.last, 0);
	CHECK_EQ(blocked.got, 10);
	CHECK(!memcmp(blocked.buf, "0123456789", 10));
	vm_close(&vm);
	CHECK(events(late.fd, POLLIN, 0) & POLLHUP);
	read_to_end(&late);
	CHECK_EQ(late.last, 0);
	CHECK_EQ(late.got, 10);
	CHECK(!memcmp(late.buf, "0123456789", 10));
	CHECK(write(writer, full, 1) < 0 && errno == ENODEV);
}

static void *write_much(void *opaque)
{
	static char full[8192];
	struct reader *r = opaque;

	r->last = write(r->fd, full, sizeof(full));
	if (filled(r->last))
		r->last = write(r->fd, full, 1) < 0 ? -errno : 1;
	return NULL;
}

static void destroy_wakes_writer(void)
{
	struct reader w = {};
	struct vm vm;

	vm_guest(&vm, &guest_halt, 0, 0);
	w.fd = console(&vm, 0);
	REQUIRE(!pthread_create(&w.thread, NULL, write_much, &w));
	sleep_ms(50);
	REQUIRE_RET(vm_destroy(vm.id, NULL), 0);
	pthread_join(w.thread, NULL);
	CHECK_RET(w.last, -ENODEV);
}

static const struct test tests[] = {
	{ "output for early and late readers", hello },
	{ "input reaches the guest; the tail starts at the end", echo },
	{ "a late reader gets the last 64 KiB", overrun, 120 },
	{ "a reader that keeps up loses nothing", keeps_up },
	{ "input has room for 4 KiB", input_full },
	{ "bad buffers lose nothing", bad_buffers },
	{ "signals end waiting", interrupted },
	{ "end of file after destroy", end_of_file },
	{ "destroy wakes a blocked writer", destroy_wakes_writer },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
