// SPDX-License-Identifier: GPL-2.0
/*
 * The box's first process: makes the userland usable, loads modules, runs
 * COMMAND and carries what it says, the kernel's log and the files asked for
 * out of the box as checked frames. It does not judge: tests/box/box does.
 *
 * It is C and one process because on an emulated CPU each fork costs tens of
 * milliseconds. What to do stands in /box: config, argv, get, modules.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <sys/io.h>
#endif

#define FRAME_MAGIC	0x46425841	/* "AXBF" */
#define FRAME_MAX	32768
#define DEBUGCON_PORT	0xe9
#define KMSG_SETTLE_MS	50
#define AXVM_GID	990	/* as in the box's /etc/group */

/* What a frame carries; box.py has the same list. */
enum frame_type {
	FRAME_BOOT = 'B',	/* init runs */
	FRAME_START = 'S',	/* COMMAND is about to start */
	FRAME_OUT = 'O',	/* bytes of COMMAND's stdout */
	FRAME_ERR = 'E',	/* bytes of COMMAND's stderr */
	FRAME_KMSG = 'K',	/* records of /dev/kmsg */
	FRAME_GET = 'G',	/* begins file number N: "N f MODE" or "N d" (tar) */
	FRAME_DATA = 'D',	/* bytes of that file */
	FRAME_GET_END = 'H',	/* ends it: "N ERRNO" */
	FRAME_EXIT = 'X',	/* COMMAND's exit status as text */
	FRAME_FAIL = 'F',	/* the box itself failed; why */
	FRAME_REBOOT = 'R',	/* a reboot is wanted; the next boot is success */
	FRAME_CRASH = 'C',	/* a crash is wanted; the crash kernel follows */
	FRAME_DONE = 'Z',	/* nothing follows */
};

struct frame_head {
	uint32_t magic;
	uint32_t len;
	uint32_t crc;
	uint8_t type;
	uint8_t seq;
	uint16_t zero;
};

_Static_assert(sizeof(struct frame_head) == 16, "box.py unpacks 16 bytes");

static struct {
	char channel[32];	/* debugcon, ioperm or virtio */
	char console[32];
	bool shell;
	int rows, cols;
} config;

static uint32_t crc_table[256];
static int channel_fd = -1;
static uint8_t frame_seq;
static int kmsg_fd = -1;

static void crc_init(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
		crc_table[i] = c;
	}
}

static uint32_t crc(const uint8_t *p, size_t n)
{
	uint32_t c = ~0u;

	while (n--)
		c = crc_table[(c ^ *p++) & 0xff] ^ (c >> 8);
	return ~c;
}

static void channel_write(const void *data, size_t n)
{
	const uint8_t *p = data;

#if defined(__x86_64__)
	if (channel_fd < 0) {
		asm volatile("rep outsb" : "+S"(p), "+c"(n)
			     : "d"(DEBUGCON_PORT) : "memory");
		return;
	}
#endif
	while (n && channel_fd >= 0) {
		ssize_t w = write(channel_fd, p, n);

		if (w < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (w > 0) {
			p += w;
			n -= w;
		}
	}
}

static void frame_send(enum frame_type type, const void *data, size_t n)
{
	struct frame_head h = {
		.magic = FRAME_MAGIC,
		.len = n,
		.crc = crc(data, n),
		.type = type,
		.seq = frame_seq++,
	};

	channel_write(&h, sizeof(h));
	channel_write(data, n);
}

static void frame_text(enum frame_type type, const char *fmt, ...)
{
	char buf[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(buf))
		n = sizeof(buf) - 1;
	frame_send(type, buf, n);
}

/* Read a whole file; the result ends in NUL and is never freed. */
static char *file_read(const char *path, size_t *len)
{
	size_t n = 0, size = 65536;
	char *buf = malloc(size + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t r;

	while (fd >= 0 && buf && (r = read(fd, buf + n, size - n)) > 0) {
		n += r;
		if (n == size)
			buf = realloc(buf, (size *= 2) + 1);
	}
	if (fd >= 0)
		close(fd);
	if (buf)
		buf[n] = '\0';
	*len = n;
	return buf;
}

/* Split NUL-terminated words; the array ends in NULL. */
static char **words_read(const char *path, int *count)
{
	size_t len;
	char *buf = file_read(path, &len);
	char **words = NULL;
	int n = 0;

	for (char *p = buf; buf && p < buf + len; p += strlen(p) + 1) {
		words = realloc(words, (n + 2) * sizeof(*words));
		words[n++] = p;
		words[n] = NULL;
	}
	*count = n;
	return words;
}

static void config_read(void)
{
	char key[32], val[96], line[160];
	FILE *f = fopen("/box/config", "re");

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%31s %95s", key, val) != 2)
			continue;
		if (!strcmp(key, "channel"))
			snprintf(config.channel, sizeof(config.channel), "%.31s", val);
		else if (!strcmp(key, "console"))
			snprintf(config.console, sizeof(config.console), "/dev/%.20s", val);
		else if (!strcmp(key, "shell"))
			config.shell = true;
		else if (!strcmp(key, "rows"))
			config.rows = atoi(val);
		else if (!strcmp(key, "cols"))
			config.cols = atoi(val);
	}
	if (f)
		fclose(f);
}

static bool booted_by_kexec(void)
{
	size_t len;
	char *args = file_read("/proc/cmdline", &len);

	return args && strstr(args, "box.kexec");
}

static void mounts_make(void)
{
	static const struct {
		const char *type, *dir, *data;
		unsigned long flags;
	} table[] = {
		{ "devtmpfs", "/dev", "mode=0755", MS_NOSUID },
		{ "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
		{ "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
		{ "debugfs", "/sys/kernel/debug", NULL, 0 },
		{ "tracefs", "/sys/kernel/tracing", NULL, 0 },
		{ "cgroup2", "/sys/fs/cgroup", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
		{ "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV },
		{ "tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV },
		{ "tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV },
		{ "devpts", "/dev/pts", "gid=5,mode=0620,ptmxmode=0666", MS_NOSUID },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		mkdir(table[i].dir, 0755);
		mount(table[i].type, table[i].dir, table[i].type, table[i].flags,
		      table[i].data);
	}
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
	if (access("/dev/ttyAMA0", F_OK) == 0)
		symlink("ttyS0", "/dev/serial2");
	else
		symlink("ttyS1", "/dev/serial2");
	mkdir("/run/box", 0755);
}

static void network_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (fd >= 0) {
		ioctl(fd, SIOCSIFFLAGS, &ifr);
		close(fd);
	}
}

static int module_load(char *line)
{
	char *params = strchr(line, ' ');
	int fd, rc;

	if (params)
		*params++ = '\0';
	fd = open(line, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = syscall(SYS_finit_module, fd, params ? params : "", 0) ? -errno : 0;
	close(fd);
	return rc == -EEXIST ? 0 : rc;
}

/* The kernel's node belongs to root; the udev rule gives it to the group. */
static void device_own(void)
{
	if (chown("/dev/axvm", 0, AXVM_GID) == 0)
		chmod("/dev/axvm", 0660);
	if (access("/dev/kvm", F_OK) == 0)
		chmod("/dev/kvm", 0666);
}

/*
 * Load each module that /box/modules names ("PATH PARAMS", "!PATH" if the box
 * can go on without it). With @channel_only, just those before the line "-",
 * which are what the channel itself needs.
 */
static char *modules_load(bool channel_only)
{
	static char why[256];
	size_t len;
	char *save = NULL, *buf = file_read("/box/modules", &len);
	bool channel = true;

	for (char *l = strtok_r(buf, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		bool optional = *l == '!';
		int rc;

		if (!strcmp(l, "-")) {
			channel = false;
			continue;
		}
		if (channel != channel_only)
			continue;
		rc = module_load(l + optional);
		if (rc && !optional) {
			snprintf(why, sizeof(why), "loading %.150s: %s", l, strerror(-rc));
			return why;
		}
	}
	free(buf);
	return NULL;
}

static void channel_open(void)
{
#if defined(__x86_64__)
	if (!strcmp(config.channel, "ioperm"))
		ioperm(DEBUGCON_PORT, 1, 1);
	return;
#endif
	for (int try = 0; try < 500 && channel_fd < 0; try++) {
		channel_fd = open("/dev/vport0p1", O_RDWR | O_CLOEXEC);
		if (channel_fd < 0)
			usleep(10000);
	}
}

static void kmsg_pump(void)
{
	static char buf[FRAME_MAX];
	size_t n = 0;

	for (;;) {
		ssize_t r;

		if (sizeof(buf) - n < 9000) {
			frame_send(FRAME_KMSG, buf, n);
			n = 0;
		}
		r = read(kmsg_fd, buf + n, 8192);
		if (r < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (r <= 0)
			break;
		n += r;
	}
	if (n)
		frame_send(FRAME_KMSG, buf, n);
}

/* Forward what @fd holds now; false at its end. */
static bool pipe_pump(int fd, enum frame_type type, bool all)
{
	static char buf[FRAME_MAX];
	ssize_t r;

	do {
		r = read(fd, buf, sizeof(buf));
		if (r > 0)
			frame_send(type, buf, r);
	} while (all && r > 0);
	return r > 0 || (r < 0 && (errno == EAGAIN || errno == EINTR));
}

static void file_send(int index, int fd)
{
	static char buf[FRAME_MAX];
	ssize_t r;

	while ((r = read(fd, buf, sizeof(buf))) != 0) {
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			break;
		frame_send(FRAME_DATA, buf, r);
	}
	frame_text(FRAME_GET_END, "%d %d", index, r < 0 ? errno : 0);
}

static void folder_send(int index, const char *path)
{
	int p[2];
	pid_t pid;

	frame_text(FRAME_GET, "%d d", index);
	if (pipe2(p, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid) {
		dup2(p[1], 1);
		execl("/bin/busybox", "tar", "-c", "-C", path, ".", NULL);
		_exit(127);
	}
	close(p[1]);
	file_send(index, p[0]);
	close(p[0]);
	waitpid(pid, NULL, 0);
}

static void gets_send(void)
{
	int n;
	char **paths = words_read("/box/get", &n);

	for (int i = 0; i < n; i++) {
		struct stat st;
		int fd;

		if (chdir("/root") || stat(paths[i], &st)) {
			frame_text(FRAME_GET_END, "%d %d", i, errno);
			continue;
		}
		if (S_ISDIR(st.st_mode)) {
			folder_send(i, paths[i]);
			continue;
		}
		fd = open(paths[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0) {
			frame_text(FRAME_GET_END, "%d %d", i, errno);
			continue;
		}
		frame_text(FRAME_GET, "%d f %o", i, st.st_mode & 07777);
		file_send(i, fd);
		close(fd);
	}
}

static int status_of(int wstatus)
{
	return WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
}

/*
 * A terminal drops what it has not sent yet when its session's leader exits:
 * stay the leader, let a child go on, and leave after the last byte.
 */
static void terminal_keep(void)
{
	int wstatus = 0;
	pid_t pid = fork();

	if (pid <= 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		tcsetpgrp(0, getpid());
		signal(SIGTTOU, SIG_DFL);
		return;
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(pid, &wstatus, 0) != pid)
		;
	tcdrain(1);
	usleep(200000);
	_exit(status_of(wstatus));
}

static _Noreturn void command_exec(char **argv, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	if (config.shell) {
		int fd = open(config.console, O_RDWR | O_NOCTTY);

		ioctl(fd, TIOCSCTTY, 1);
		if (config.rows && config.cols) {
			struct winsize ws = { config.rows, config.cols, 0, 0 };

			ioctl(fd, TIOCSWINSZ, &ws);
		}
		for (int i = 0; i < 3; i++)
			dup2(fd, i);
		setenv("TERM", "linux", 1);
	} else {
		int fd = open("/dev/null", O_RDONLY);

		dup2(fd, 0);
		dup2(out, 1);
		dup2(err, 2);
	}
	syscall(SYS_close_range, 3, ~0u, 0);
	if (config.shell)
		terminal_keep();
	if (chdir("/root"))
		_exit(126);
	execvp(argv[0], argv);
	dprintf(2, "box: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static int control_open(void)
{
	struct termios t;
	int fd;

	fd = open(config.console, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	/* A shell's is only kept open, so that no early key is lost. */
	if (!config.shell && fd >= 0 && tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		t.c_oflag |= OPOST | ONLCR;
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

static int uevent_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd >= 0)
		bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	return fd;
}

static void uevents_read(int fd)
{
	char buf[4096];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf) - 1, 0)) > 0) {
		buf[n] = '\0';
		if (!strncmp(buf, "add@", 4) && strstr(buf, "/misc/"))
			device_own();
	}
}

/* Helpers in the box write words here, to announce what they want to happen. */
static int helper_open(void)
{
	if (mkfifo("/run/box/ctl", 0600))
		return -1;
	return open("/run/box/ctl", O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static void helper_read(int fd)
{
	char buf[256];
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	if (n <= 0)
		return;
	buf[n] = '\0';
	kmsg_pump();
	if (strstr(buf, "reboot"))
		frame_text(FRAME_REBOOT, "reboot");
	if (strstr(buf, "crash"))
		frame_text(FRAME_CRASH, "crash");
	unlink("/run/box/ctl.wait");
}

/* Run COMMAND to its end, or until the host says that its time is over. */
static void command_run(char **argv)
{
	enum { FD_OUT, FD_ERR, FD_KMSG, FD_SIGNAL, FD_CONTROL, FD_UEVENT, FD_HELPER, FD_COUNT };
	struct pollfd fds[FD_COUNT];
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	int wstatus, status = -1;
	sigset_t chld;
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) {
		frame_text(FRAME_FAIL, "no pipes");
		return;
	}
	fcntl(out[1], F_SETPIPE_SZ, 1 << 20);
	fcntl(err[1], F_SETPIPE_SZ, 1 << 20);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < FD_COUNT; i++)
		fds[i].events = POLLIN;
	fds[FD_OUT].fd = out[0];
	fds[FD_ERR].fd = err[0];
	fds[FD_KMSG].fd = kmsg_fd;
	fds[FD_SIGNAL].fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	fds[FD_CONTROL].fd = control_open();
	if (config.shell)
		fds[FD_CONTROL].events = 0;
	fds[FD_UEVENT].fd = uevent_open();
	fds[FD_HELPER].fd = helper_open();
	device_own();

	kmsg_pump();
	frame_text(FRAME_START, "%s", argv[0]);
	pid = fork();
	if (!pid)
		command_exec(argv, out[1], err[1]);
	close(out[1]);
	close(err[1]);

	while (status < 0) {
		struct signalfd_siginfo si;
		char c;

		if (poll(fds, FD_COUNT, -1) < 0)
			continue;
		if (fds[FD_UEVENT].revents)
			uevents_read(fds[FD_UEVENT].fd);
		if (fds[FD_OUT].revents && !pipe_pump(out[0], FRAME_OUT, false))
			fds[FD_OUT].fd = -1;
		if (fds[FD_ERR].revents && !pipe_pump(err[0], FRAME_ERR, false))
			fds[FD_ERR].fd = -1;
		if (fds[FD_KMSG].revents)
			kmsg_pump();
		if (fds[FD_HELPER].revents)
			helper_read(fds[FD_HELPER].fd);
		if ((fds[FD_CONTROL].revents & POLLIN) &&
		    read(fds[FD_CONTROL].fd, &c, 1) == 1 && c == 'T') {
			kill(-pid, SIGKILL);
			break;
		}
		if (fds[FD_SIGNAL].revents) {
			while (read(fds[FD_SIGNAL].fd, &si, sizeof(si)) > 0)
				;
			for (pid_t p; (p = waitpid(-1, &wstatus, WNOHANG)) > 0;)
				if (p == pid)
					status = status_of(wstatus);
		}
	}
	pipe_pump(out[0], FRAME_OUT, true);
	pipe_pump(err[0], FRAME_ERR, true);
	gets_send();
	usleep(KMSG_SETTLE_MS * 1000);
	kmsg_pump();
	frame_text(FRAME_EXIT, "%d", status);
}

int main(void)
{
	char *why, **argv;
	int argc;

	crc_init();
	mounts_make();
	config_read();
	sethostname("box", 3);
	umask(022);
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("LOGNAME", "root", 1);
	setenv("SHELL", "/bin/sh", 1);
	signal(SIGPIPE, SIG_IGN);

	why = modules_load(true);
	channel_open();
	frame_text(FRAME_BOOT, booted_by_kexec() ? "kexec" : "boot");
	kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	network_up();
	if (!why)
		why = modules_load(false);
	argv = words_read("/box/argv", &argc);
	if (why) {
		kmsg_pump();
		frame_text(FRAME_FAIL, "%s", why);
	} else if (argc == 0) {
		frame_text(FRAME_FAIL, "no command in /box/argv");
	} else {
		command_run(argv);
	}
	frame_text(FRAME_DONE, "done");
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
