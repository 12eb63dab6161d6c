// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl gdb: where a client of GDB's remote protocol connects, and the loop
 * between it, the VM and signals.  The protocol is gdb.c's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "attach.h"
#include "gdb_guard.h"
#include "gdb_vm.h"
#include "vmctl.h"

#define PORT 1234

static struct {
	uint64_t port, baud;
	bool port_given, keep;
	const char *path, *tty;
} o = { .port = PORT, .baud = 115200 };

static const struct opt opts[] = {
	{ "port", 'p', OPT_U64, &o.port, "N",
	  "listen on TCP port N of 127.0.0.1 (1234); 0: any", &o.port_given },
	{ "unix", 'u', OPT_STRING, &o.path, "FILE",
	  "listen on a Unix socket, for this user alone" },
	{ "tty", 't', OPT_STRING, &o.tty, "FILE", "serve a serial line" },
	{ "baud", 'b', OPT_U64, &o.baud, "N", "its speed (115200)" },
	{ "keep", 'k', OPT_FLAG, &o.keep, NULL,
	  "wait for the next client when one has gone" },
	{ 0 },
};

/* ---- where clients come from ---------------------------------------------------- */

static int listen_tcp(int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)o.port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int on = 1;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (*fd < 0 || bind(*fd, (void *)&a, sizeof(a)) || listen(*fd, 1) ||
	    getsockname(*fd, (void *)&a, &len))
		return err(
			VMCTL_FAILED,
			"gdb: cannot listen on port %u: %s; --port 0 takes any that is free",
			(unsigned int)o.port, err_text(errno));
	printf("target remote 127.0.0.1:%u\n", ntohs(a.sin_port));
	fflush(stdout);
	return 0;
}

static int listen_unix(int *fd)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	mode_t mask;
	int ret;

	if (strlen(o.path) >= sizeof(a.sun_path))
		return err(VMCTL_USAGE,
			   "gdb: the path of a socket has at most %zu bytes",
			   sizeof(a.sun_path) - 1);
	strcpy(a.sun_path, o.path);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mask = umask(0177);
	ret = *fd < 0 || bind(*fd, (void *)&a, sizeof(a));
	umask(mask);
	if (ret || listen(*fd, 1)) {
		ret = errno;
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
		return err(VMCTL_FAILED, "gdb: cannot listen on %s: %s", o.path,
			   err_text(ret));
	}
	printf("target remote %s\n", o.path);
	fflush(stdout);
	return 0;
}

static const struct {
	uint64_t baud;
	speed_t speed;
} speeds[] = {
	{ 9600, B9600 },       { 19200, B19200 },     { 38400, B38400 },
	{ 57600, B57600 },     { 115200, B115200 },   { 230400, B230400 },
	{ 460800, B460800 },   { 921600, B921600 },   { 1500000, B1500000 },
	{ 3000000, B3000000 }, { 4000000, B4000000 },
};

static int open_tty(int *fd)
{
	struct termios t;
	size_t i = 0;

	while (i < sizeof(speeds) / sizeof(speeds[0]) &&
	       speeds[i].baud != o.baud)
		i++;
	if (i == sizeof(speeds) / sizeof(speeds[0]))
		return err(VMCTL_USAGE,
			   "gdb: no serial line has a speed of %llu baud",
			   (unsigned long long)o.baud);
	*fd = open(o.tty, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || tcgetattr(*fd, &t))
		return err(VMCTL_FAILED,
			   "gdb: cannot use %s as a serial line: %s", o.tty,
			   err_text(errno));
	cfmakeraw(&t);
	cfsetspeed(&t, speeds[i].speed);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(*fd, TCSANOW, &t))
		return err(VMCTL_FAILED, "gdb: cannot set up %s: %s", o.tty,
			   err_text(errno));
	tcflush(*fd, TCIFLUSH);
	printf("target remote %s\n", o.tty);
	fflush(stdout);
	return 0;
}

/* ---- one client ------------------------------------------------------------------- */

enum { FD_SIGNAL, FD_CLIENT, FD_VM, FD_COUNT };

struct server {
	struct vm vm;
	struct gdb_vm gv;
	struct gdb *g;
	const struct gdb_arch *arch;
	int listener; /* or -1 */
	int signal; /* that ended it */
};

static bool take_signal(struct server *s)
{
	struct signalfd_siginfo si;

	if (read(s->gv.signals, &si, sizeof(si)) != sizeof(si))
		return false;
	s->signal = (int)si.ssi_signo;
	return true;
}

static bool take_bytes(struct server *s)
{
	uint8_t buf[4096];
	ssize_t n = read(s->gv.in, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0)
		return false;
	gdb_input(s->g, buf, (size_t)n);
	return true;
}

/* Until the session is over, or its client, or this process. */
static void serve(struct server *s)
{
	bool gone = false;

	while (s->g->phase < GDB_DETACHED && !s->gv.lost) {
		bool going = s->g->phase == GDB_GOING;
		struct pollfd p[FD_COUNT] = {
			[FD_SIGNAL] = { s->gv.signals, POLLIN, 0 },
			[FD_CLIENT] = { s->gv.in, POLLIN, 0 },
			/* What it is when it does not go is no news. */
			[FD_VM] = { gone && !going ? -1 : s->vm.fd,
				    going ? POLLIN : 0, 0 },
		};

		if (poll(p, FD_COUNT, -1) < 0 && errno != EINTR)
			return;
		if (p[FD_SIGNAL].revents && take_signal(s))
			return;
		if (p[FD_VM].revents & (POLLHUP | POLLERR) && !gone) {
			gone = true;
			if (!going) /* the client hears of it when it asks */
				note("VM '%s' has been destroyed", s->vm.name);
		}
		if (p[FD_VM].revents)
			gdb_poll(s->g);
		if (p[FD_CLIENT].revents && !take_bytes(s))
			return;
	}
}

static int session(struct server *s)
{
	struct gdb_state state;

	gdb_open(s->g, s->arch, &gdb_vm_ops, &s->gv, s->gv.mask);
	s->gv.lost = false;
	serve(s);
	if (!s->signal &&
	    (s->g->phase == GDB_STOPPED || s->g->phase == GDB_GOING))
		note("the client has gone: breakpoints are taken away, VM '%s' goes on",
		     s->vm.name);
	gdb_close(s->g);
	gdb_vm_ops.state(&s->gv, &state);
	if (state.state == GDB_GONE)
		return err(VMCTL_DESTROYED, "%s", state.text);
	if (s->g->phase == GDB_OVER && state.state == GDB_ENDED)
		note("%s", state.text);
	return 0;
}

/* Wait for a client; false: a signal, or the VM's end (@ret), came first. */
static bool accept_client(struct server *s, int *ret)
{
	struct pollfd p[3] = { { s->gv.signals, POLLIN, 0 },
			       { s->listener, POLLIN, 0 },
			       { s->vm.fd, 0, 0 } };
	int on = 1, fd;

	for (;;) {
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return false;
		if (p[0].revents && take_signal(s))
			return false;
		if (p[2].revents & (POLLHUP | POLLERR)) {
			*ret = err(VMCTL_DESTROYED,
				   "VM '%s' has been destroyed", s->vm.name);
			return false;
		}
		if (!p[1].revents)
			continue;
		fd = accept4(s->listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			continue;
		/* Fails on a Unix socket, where nothing waits for more. */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		s->gv.in = s->gv.out = fd;
		return true;
	}
}

static int serve_listener(struct server *s)
{
	int ret = 0;

	do {
		if (!accept_client(s, &ret))
			return ret;
		ret = session(s);
		close(s->gv.in);
	} while (o.keep && !ret && !s->signal);
	return ret;
}

static int serve_line(struct server *s, int in, int out)
{
	int ret;

	s->gv.in = in;
	s->gv.out = out;
	do {
		ret = session(s);
	} while (o.keep && !ret && !s->signal && !s->gv.lost);
	return ret;
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int listen_and_serve(struct server *s, bool line)
{
	int ret, fd = -1;

	if (line)
		return serve_line(s, STDIN_FILENO, STDOUT_FILENO);
	if (o.tty) {
		ret = open_tty(&fd);
		if (!ret)
			ret = serve_line(s, fd, fd);
		if (fd >= 0)
			close(fd);
		return ret;
	}
	ret = o.path ? listen_unix(&s->listener) : listen_tcp(&s->listener);
	if (!ret)
		ret = serve_listener(s);
	if (s->listener >= 0 && o.path)
		unlink(o.path);
	if (s->listener >= 0)
		close(s->listener);
	return ret;
}

static int check_options(int argc, char **argv)
{
	bool line = argc > 1;

	if (line && strcmp(argv[1], "-"))
		return err(VMCTL_USAGE,
			   "gdb: '%s' is not \"-\" (standard input and output)",
			   argv[1]);
	if (line + o.port_given + !!o.path + !!o.tty > 1)
		return err(VMCTL_USAGE,
			   "gdb: one of --port, --unix, --tty and -");
	if (o.port > 0xffff)
		return err(VMCTL_USAGE, "gdb: ports are 0 to 65535");
	return 0;
}

static int run(int argc, char **argv)
{
	struct server s = { .listener = -1 };
	struct gdb_guard guard;
	struct axvm_info info;
	int ret = check_options(argc, argv);

	if (ret)
		return ret;
	ret = vmctl_find(argv[0], &s.vm, &info);
	if (ret)
		return ret;
	if (!(info.caps & AXVM_CAP_DEBUG))
		return err(VMCTL_CPU,
			   "gdb: this host's CPU cannot debug guests");
	ret = gdb_vm_open(&s.vm, info.backend, &s.gv);
	if (!ret) {
		s.gv.signals = signals_open();
		s.arch = BACKEND_IS_X86(info.backend) ? &gdb_arch_x86 :
							&gdb_arch_arm64;
		s.g = must(gdb_guard_begin(&guard));
		ret = listen_and_serve(&s, argc > 1);
		gdb_guard_end(&guard, s.g);
	}
	gdb_vm_close(&s.gv);
	close(s.vm.fd);
	if (s.signal)
		attach_die(s.signal);
	return ret;
}

const struct command cmd_gdb = {
	.name = "gdb",
	.group = "Looking at a VM",
	.args = "VM [-]",
	.summary = "let gdb debug a VM",
	.text = "Waits for gdb (`target remote`), and serves its remote protocol: threads are\n"
		"vCPUs.  The VM holds still from gdb's first word on, and goes on when it\n"
		"detaches or goes away.  One that was created is started and held before its\n"
		"first instruction.  \"-\" is standard input and output, for\n"
		"`target remote | vmctl gdb VM -`.  `monitor help` in gdb tells of more.",
	.min = 1,
	.max = 2,
	.opts = opts,
	.run = run,
};
