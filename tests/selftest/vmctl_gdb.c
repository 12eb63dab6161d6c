// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl gdb, spoken to as gdb does: every way to connect, breakpoints of each
 * kind on a tiny guest, and what is left when either side ends.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tests/selftest/harness.h"

#define DATA (arch.results + 64)
#define AT(label) \
	(arch.code + (uint64_t)((label) - (const char *)guest_debug.begin))
#define SOCKET "/tmp/vmctl_gdb.sock"
#define WAIT_MS ((int)(slow_ns(20000000000ull) / 1000000))

static struct vm vm;
static pid_t server;
static int client = -1; /* to and from it */
static char id[24], reply[40000];

/* ---- the program and the protocol ------------------------------------------- */

/* vmctl gdb ID ARGS with these descriptors. */
static void run_server(int in, int out, const char *arg, const char *value,
		       const char *more)
{
	const char *argv[] = { "vmctl", "gdb", id, arg, value, more, NULL };

	snprintf(id, sizeof(id), "%llu", (unsigned long long)vm.id);
	if (!value)
		argv[4] = NULL;
	server = fork();
	REQUIRE(server >= 0);
	if (server)
		return;
	dup2(in, 0);
	dup2(out, 1);
	for (int fd = 3; fd < 100; fd++)
		close(fd);
	execvp(argv[0], (char **)argv);
	_exit(127);
}

/* On a pair of sockets, which look like a pipe in each direction. */
static void serve_stdio(void)
{
	int pair[2];

	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	run_server(pair[1], pair[1], "-", NULL, NULL);
	close(pair[1]);
	client = pair[0];
}

/* Exit status, or 128 + signal. */
static int server_end(void)
{
	int status;

	if (client >= 0)
		close(client);
	client = -1;
	REQUIRE(waitpid(server, &status, 0) == server);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int get_byte(void)
{
	unsigned char c;

	if (!readable(client, WAIT_MS) || read(client, &c, 1) != 1)
		return -1;
	return c;
}

/* The next packet, its runs undone; "" when there is none. */
static const char *get(void)
{
	size_t n = 0;
	int c;

	while ((c = get_byte()) != '$') {
		if (c < 0)
			return strcpy(reply, "");
	}
	while ((c = get_byte()) != '#' && c >= 0 && n < sizeof(reply) - 100) {
		if (c == '*') {
			for (int again = get_byte() - 29; again > 0;
			     again--, n++)
				reply[n] = reply[n - 1];
		} else {
			reply[n++] = (char)(c == '}' ? get_byte() ^ 0x20 : c);
		}
	}
	get_byte();
	get_byte();
	reply[n] = '\0';
	if (write(client, "+", 1) < 0)
		return reply; /* it was the last, and nobody waits for this */
	return reply;
}

static void put(const char *fmt, ...)
{
	char packet[512], wire[520];
	unsigned char sum = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(packet, sizeof(packet), fmt, ap);
	va_end(ap);
	for (const char *p = packet; *p; p++)
		sum += (unsigned char)*p;
	snprintf(wire, sizeof(wire), "$%s#%02x", packet, sum);
	CHECK(write(client, wire, strlen(wire)) == (ssize_t)strlen(wire));
}

#define ASK(want, ...)                                                         \
	({                                                                     \
		put(__VA_ARGS__);                                              \
		if (strcmp(get(), want))                                       \
			test_fail(__FILE__, __LINE__, "'%s', not '%s'", reply, \
				  want);                                       \
	})

/* A stop with all of @words in it. */
static void stopped(const char *sig, const char *word)
{
	get();
	if (strncmp(reply, sig, strlen(sig)) || !strstr(reply, word))
		test_fail(__FILE__, __LINE__, "'%s', not %s with %s", reply,
			  sig, word);
}

static uint64_t pc(void)
{
	return arch_pc(vm.vcpu[0]);
}

static const char *swap64(uint64_t v)
{
	static char text[17];

	for (unsigned int i = 0; i < 8; i++)
		sprintf(text + 2 * i, "%02x",
			(unsigned int)(v >> 8 * i & 0xff));
	return text;
}

static void hello(void)
{
	put("qSupported:swbreak+;hwbreak+");
	CHECK(strstr(get(), "qXfer:features:read+") != NULL);
}

static void begin(const struct guest *guest)
{
	if (system("command -v vmctl >/dev/null"))
		test_skip("no vmctl");
	if (!(dev_info.caps & AXVM_CAP_DEBUG))
		test_skip("no debugging here");
	vm_guest(&vm, guest, DATA, 0);
}

/* guest_debug to its end, as if nobody had been there. */
static void finish(void)
{
	struct axvm_vm_wait w;

	REQUIRE_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &w), 0);
	CHECK_EQ(w.stop_reason, AXVM_EXIT_HALTED);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, arch.results), 1);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, arch.results + 8), 3);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, arch.results + 16), 1);
	CHECK_EQ((uint32_t)vm_read64(vm.fd, DATA), 0x600d);
	vm_close(&vm);
}

static uint32_t code_word(uint64_t at)
{
	return (uint32_t)vm_read64(vm.fd, at);
}

/* ---- tests -------------------------------------------------------------------- */

static void breakpoints(void)
{
	uint32_t was;

	begin(&guest_debug);
	was = code_word(AT(debug_store));
	serve_stdio();
	hello();
	ASK("OK", "QStartNoAckMode");
	/* it was created: now it is before its first instruction */
	put("?");
	stopped("T05", "thread:1;");
	CHECK_EQ(pc(), arch.code);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	ASK("OK", "Z0,%llx,%x", AT(debug_store), arch.insn_len);
	CHECK(code_word(AT(debug_store)) != was);
	put("m%llx,1", AT(debug_store));
	CHECK_EQ(strtoul(get(), NULL, 16), was & 0xff);
	put("vCont;c");
	stopped("T05", "swbreak");
	/* past the guest's own one, of which nobody was told */
	CHECK_EQ(pc(), AT(debug_store));
	CHECK_EQ(vm_read64(vm.fd, arch.results + 16) & 0xff, 1);
	ASK("OK", "z0,%llx,%x", AT(debug_store), arch.insn_len);
	CHECK_EQ(code_word(AT(debug_store)), was);
	put("vCont;s:1");
	stopped("T05", "thread:1;");
	CHECK_EQ(pc(), AT(debug_stored));
	/* a range of two instructions */
	put("vCont;r%llx,%llx:1", AT(debug_stored), AT(debug_after));
	stopped("T05", "thread:1;");
	CHECK_EQ(pc(), AT(debug_after));
	ASK("OK", "D");
	CHECK_EQ(server_end(), 0);
	finish();
}

static void hardware(void)
{
	begin(&guest_debug);
	serve_stdio();
	hello();
	ASK("OK", "Z1,%llx,%x", AT(debug_store), arch.insn_len);
	ASK("OK", "Z2,%llx,4", DATA);
	put("c");
	stopped("T05", "hwbreak");
	CHECK_EQ(pc(), AT(debug_store));
	ASK("OK", "z1,%llx,%x", AT(debug_store), arch.insn_len);
	put("c");
	stopped("T05", ";watch:");
	CHECK_EQ(pc(), arch.watch_before ? AT(debug_store) : AT(debug_stored));
	ASK("OK", "z2,%llx,4", DATA);
	/* to its end: that is told, and the session is over */
	put("c");
	CHECK(*get() == 'O');
	CHECK(!strcmp(get(), "W00"));
	CHECK_EQ(server_end(), 0);
	finish();
}

static void registers(void)
{
	begin(&guest_debug);
	serve_stdio();
	hello();
	ASK("OK", "Z1,%llx,%x", AT(debug_after), arch.insn_len);
	put("c");
	stopped("T05", "hwbreak");
	/* the program counter, read and moved back to run the last part again */
	put("p%x", dev_info.backend <= AXVM_BACKEND_SVM ? 16 : 32);
	CHECK(!strcmp(get(), swap64(AT(debug_after))));
	ASK("OK", "P%x=%s", dev_info.backend <= AXVM_BACKEND_SVM ? 16 : 32,
	    swap64(AT(debug_store)));
	CHECK_EQ(pc(), AT(debug_store));
	ASK("OK", "M%llx,4:00000000", DATA);
	put("c");
	stopped("T05", "hwbreak");
	CHECK_EQ((uint32_t)vm_read64(vm.fd, DATA), 0x600d);
	/* all of them; the description tells of the system's */
	put("g");
	CHECK(strlen(get()) > 500 && !strchr(reply, 'x'));
	put("qXfer:features:read:target.xml:0,3fff");
	CHECK(strstr(get(), "org.gnu.gdb.") != NULL);
	for (unsigned int i = 0; i < 300; i++) {
		put("p%x", i);
		if (*get() == 'E')
			break;
		if (strchr(reply, 'x'))
			note("register %u cannot be read", i);
	}
	CHECK(*reply == 'E');
	/* commands of vmctl */
	put("qRcmd,%s", "6578697473"); /* exits */
	CHECK(*get() == 'O');
	while (*get() == 'O' && reply[1] != 'K')
		;
	CHECK(!strcmp(reply, "OK"));
	ASK("OK", "D");
	CHECK_EQ(server_end(), 0);
	finish();
}

static void interrupt(void)
{
	begin(&guest_spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	serve_stdio();
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING); /* nobody has spoken */
	hello();
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	put("vCont;c");
	sleep_ms(50);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	CHECK(write(client, "\003", 1) == 1);
	stopped("T02", "thread:1;");
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_SUSPENDED);
	put("k");
	CHECK_EQ(server_end(), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_STOPPED);
	vm_close(&vm);
}

/* The client is gone, without a word. */
static void client_gone(void)
{
	uint32_t was;

	begin(&guest_debug);
	was = code_word(AT(debug_after));
	serve_stdio();
	hello();
	ASK("OK", "Z0,%llx,%x", AT(debug_store), arch.insn_len);
	ASK("OK", "Z0,%llx,%x", AT(debug_after), arch.insn_len);
	put("c");
	stopped("T05", "swbreak");
	CHECK_EQ(server_end(), 0);
	CHECK_EQ(code_word(AT(debug_after)), was);
	finish();
	/* while the guest runs */
	begin(&guest_spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	serve_stdio();
	hello();
	ASK("OK", "Z1,%llx,%x", arch.code, arch.insn_len);
	put("c");
	CHECK_EQ(server_end(), 0);
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	vm_close(&vm);
}

static bool left(uint64_t vm_id)
{
	int fd = vm_open(vm_id, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void server_killed(void)
{
	uint64_t was_id;
	uint32_t was;

	begin(&guest_debug);
	was = code_word(AT(debug_store));
	serve_stdio();
	hello();
	ASK("OK", "Z0,%llx,%x", AT(debug_store), arch.insn_len);
	CHECK(!kill(server, SIGTERM));
	while (get_byte() >= 0)
		;
	CHECK_EQ(server_end(), 128 + SIGTERM);
	CHECK_EQ(code_word(AT(debug_store)), was);
	finish();
	/* even so that it cannot help itself */
	begin(&guest_debug);
	serve_stdio();
	hello();
	ASK("OK", "Z0,%llx,%x", AT(debug_store), arch.insn_len);
	ASK("OK", "Z2,%llx,4", DATA);
	CHECK(!kill(server, SIGKILL));
	CHECK_EQ(server_end(), 128 + SIGKILL);
	was_id = vm.id;
	finish();
	/* the one that cleaned up lets go of the VM a moment later */
	for (int i = 0; i < 100 && left(was_id); i++)
		sleep_ms(50);
	CHECK(!left(was_id));
}

static void destroyed(void)
{
	begin(&guest_spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	serve_stdio();
	hello();
	put("c");
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	CHECK(*get() == 'O');
	CHECK(!strcmp(get(), "X09"));
	CHECK_EQ(server_end(), 14);
	vm_close(&vm);
	/* while it holds still */
	begin(&guest_spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	serve_stdio();
	hello();
	CHECK_RET(vm_destroy(vm.id, NULL), 0);
	put("m%llx,4", arch.code);
	CHECK(*get() == 'E');
	put("c");
	CHECK(*get() == 'O');
	CHECK(!strcmp(get(), "X09"));
	CHECK_EQ(server_end(), 14);
	vm_close(&vm);
}

/* The line that tells where to connect. */
static const char *where(int fd)
{
	static char line[200];
	size_t n = 0;

	while (n < sizeof(line) - 1 && readable(fd, WAIT_MS) &&
	       read(fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	CHECK(!strncmp(line, "target remote ", 14));
	return line + 14;
}

static void speak_and_detach(void)
{
	hello();
	put("?");
	stopped("T05", "thread:1;");
	ASK("OK", "D");
}

static void over_tcp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *port;
	int out[2];

	if (system("ip link set lo up 2>/dev/null || ifconfig lo up"))
		test_skip("no loopback");
	begin(&guest_debug);
	REQUIRE(!pipe(out));
	run_server(open("/dev/null", O_RDONLY), out[1], "--port", "0", NULL);
	close(out[1]);
	port = where(out[0]);
	CHECK(!strncmp(port, "127.0.0.1:", 10));
	a.sin_port = htons((uint16_t)atoi(port + 10));
	client = socket(AF_INET, SOCK_STREAM, 0);
	REQUIRE(!connect(client, (void *)&a, sizeof(a)));
	speak_and_detach();
	CHECK_EQ(server_end(), 0);
	close(out[0]);
	finish();
}

static void connect_unix(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = SOCKET };

	client = socket(AF_UNIX, SOCK_STREAM, 0);
	REQUIRE(!connect(client, (void *)&a, sizeof(a)));
}

/* Twice: with --keep it waits for the next one. */
static void over_unix(void)
{
	struct stat st;
	int out[2];

	unlink(SOCKET);
	begin(&guest_spin);
	REQUIRE_RET(vm_start(vm.fd), 0);
	REQUIRE(!pipe(out));
	run_server(open("/dev/null", O_RDONLY), out[1], "--unix", SOCKET,
		   "--keep");
	close(out[1]);
	CHECK(!strcmp(where(out[0]), SOCKET));
	CHECK(!stat(SOCKET, &st));
	CHECK_EQ(st.st_mode & 0777, 0600);
	for (int i = 0; i < 2; i++) {
		connect_unix();
		speak_and_detach();
		close(client);
	}
	CHECK_EQ(vm_state(vm.fd), AXVM_VM_RUNNING);
	client = -1;
	CHECK(!kill(server, SIGINT));
	CHECK_EQ(server_end(), 128 + SIGINT);
	CHECK(stat(SOCKET, &st) && errno == ENOENT);
	close(out[0]);
	vm_close(&vm);
}

static void over_tty(void)
{
	char name[64];
	int out[2], far;

	begin(&guest_debug);
	REQUIRE(!pipe(out) && !openpty(&client, &far, name, NULL, NULL));
	run_server(open("/dev/null", O_RDONLY), out[1], "--tty", name, NULL);
	close(out[1]);
	CHECK(!strcmp(where(out[0]), name));
	hello();
	/* the client goes away and comes back, which nobody sees on a line */
	ASK("OK", "QStartNoAckMode");
	ASK("OK", "Z0,%llx,%x", AT(debug_store), arch.insn_len);
	put("c");
	stopped("T05", "swbreak");
	put("vCont;c");
	/* the guest's own breakpoint may be quicker than the next client */
	put("qSupported:swbreak+;hwbreak+");
	if (!strncmp(get(), "T05", 3))
		get();
	CHECK(strstr(reply, "qXfer:features:read+") != NULL);
	put("?");
	stopped("T05", "thread:1;");
	ASK("OK", "D");
	close(far);
	CHECK_EQ(server_end(), 0);
	close(out[0]);
	finish();
}

static int status_of(const char *fmt, ...)
{
	char command[256];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void wrong(void)
{
	begin(&guest_spin);
	snprintf(id, sizeof(id), "%llu", (unsigned long long)vm.id);
	CHECK_EQ(status_of("vmctl gdb %s --port 1 --unix x 2>/dev/null", id),
		 2);
	CHECK_EQ(status_of("vmctl gdb %s --port 70000 2>/dev/null", id), 2);
	CHECK_EQ(status_of("vmctl gdb %s x 2>/dev/null", id), 2);
	CHECK_EQ(status_of("vmctl gdb nosuch - 2>/dev/null", id), 3);
	CHECK_EQ(status_of("vmctl gdb %s --tty /dev/null 2>/dev/null", id), 1);
	CHECK_EQ(status_of("vmctl gdb %s --tty /dev/tty --baud 1 2>/dev/null",
			   id),
		 2);
	CHECK_EQ(status_of("vmctl gdb %s --unix /no/such/folder 2>/dev/null",
			   id),
		 1);
	vm_close(&vm);
	/* one whose vCPUs another program runs */
	vm_guest(&vm, &guest_spin, DATA, AXVM_VCPU_SYNC);
	snprintf(id, sizeof(id), "%llu", (unsigned long long)vm.id);
	CHECK_EQ(status_of("vmctl gdb %s - 2>/dev/null", id), 6);
	vm_close(&vm);
}

static const struct test tests[] = {
	{ "breakpoints and steps", breakpoints },
	{ "hardware breakpoints, watchpoints, the end", hardware },
	{ "registers, memory and monitor commands", registers },
	{ "an interrupt, a kill", interrupt },
	{ "a client that goes away", client_gone },
	{ "vmctl is killed", server_killed },
	{ "the VM is destroyed", destroyed },
	{ "TCP", over_tcp },
	{ "a Unix socket, and the next client", over_unix },
	{ "a serial line, and a client that comes back", over_tty },
	{ "what is refused", wrong },
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	return run_tests(tests, ARRAY_SIZE(tests));
}
