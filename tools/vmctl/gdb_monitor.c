// SPDX-License-Identifier: GPL-2.0
/*
 * What a gdb user types behind "monitor": vmctl's own commands for this VM,
 * run as programs of their own, their output sent to the client.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gdb_vm.h"
#include "vmctl.h"

#define WORDS 16
#define LIMIT_MS 60000

/**
 * struct word - a command
 * @name: of vmctl's too
 * @args, @text: for help
 * @before: words that come before the VM (of "mem read VM ...")
 * @vcpu: it takes --vcpu
 * @only: if not NULL: the words that may come before the VM
 */
static const struct word {
	const char *name, *args, *text;
	int before;
	bool vcpu;
	const char *only;
} words[] = {
	{ "exits", "[--last N]", "the last exits of all vCPUs", 0, false,
	  NULL },
	{ "translate", "ADDRESS", "walk this vCPU's page tables", 0, true,
	  NULL },
	{ "regs", "[--all]", "this vCPU's registers", 0, true, NULL },
	{ "mem", "read ADDRESS LENGTH",
	  "guest-physical memory (--gva: virtual)", 1, false,
	  "read dump search" },
	{ "disas", "[ADDRESS]", "instructions", 0, true, NULL },
	{ "show", "", "the VM", 0, false, NULL },
	{ "stats", "", "its counters", 0, false, NULL },
	{ "irq", "N", "inject an interrupt", 0, false, NULL },
	{ "dump", "FILE", "write a core file", 0, false, NULL },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void say(struct gdb *g, const char *text)
{
	gdb_console(g, text, strlen(text));
}

static void help(struct gdb *g)
{
	char line[160];
	int n;

	for (size_t i = 0; i < COUNT(words); i++) {
		n = snprintf(line, sizeof(line), "monitor %-9s %-20s %s\n",
			     words[i].name, words[i].args, words[i].text);
		gdb_console(g, line, (size_t)n);
	}
	say(g,
	    "monitor phys      on|off               addresses of memory are guest-physical\n"
	    "monitor reset                          back to the first instruction, images loaded\n"
	    "monitor suspend                        (it is, whenever gdb has its prompt)\n"
	    "The first ones are commands of vmctl: `vmctl help COMMAND` tells more.\n"
	    "Instead of a number there may be a register: $pc.\n");
}

/* In the child: become vmctl, with the pipe as its output. */
static void become(char **argv, int out)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execv("/proc/self/exe", argv);
	_exit(127);
}

static void forward(struct gdb *g, int in, pid_t child)
{
	struct pollfd p = { in, POLLIN, 0 };
	char buf[4096];
	ssize_t n;

	for (;;) {
		if (poll(&p, 1, LIMIT_MS) <= 0) {
			kill(child, SIGKILL);
			say(g, "It took too long.\n");
			return;
		}
		n = read(in, buf, sizeof(buf));
		if (n <= 0)
			return;
		gdb_console(g, buf, (size_t)n);
	}
}

static void run(struct gdb *g, char **argv)
{
	int pipes[2], status;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC)) {
		say(g, "No pipe can be had.\n");
		return;
	}
	child = fork();
	if (!child)
		become(argv, pipes[1]);
	close(pipes[1]);
	if (child > 0) {
		forward(g, pipes[0], child);
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
	} else {
		say(g, "No process can be had.\n");
	}
	close(pipes[0]);
}

static bool allowed(const struct word *w, char *const *typed, int n)
{
	return !w->only || (n && strstr(w->only, typed[0]));
}

/* "$pc" and the like, which gdb leaves to us: as numbers. */
static void expand(struct gdb *g, unsigned int vcpu, char **typed, int n)
{
	static char numbers[WORDS][24];
	uint64_t value;

	for (int i = 0; i < n; i++) {
		if (*typed[i] != '$' ||
		    !gdb_reg_value(g, vcpu, typed[i] + 1, &value))
			continue;
		snprintf(numbers[i], sizeof(numbers[i]), "0x%" PRIx64, value);
		typed[i] = numbers[i];
	}
}

static void vmctl(struct gdb *g, const struct gdb_vm *v, unsigned int vcpu,
		  const struct word *w, char **typed, int n)
{
	char *argv[WORDS + 8], id[24], index[8];
	int argc = 0, i = 0;

	snprintf(id, sizeof(id), "%llu", (unsigned long long)v->vm->id);
	snprintf(index, sizeof(index), "%u", vcpu);
	argv[argc++] = "vmctl";
	argv[argc++] = (char *)w->name;
	while (i < w->before && i < n)
		argv[argc++] = typed[i++];
	argv[argc++] = id;
	while (i < n)
		argv[argc++] = typed[i++];
	if (w->vcpu) {
		argv[argc++] = "--vcpu";
		argv[argc++] = index;
	}
	if (!strcmp(w->name, "exits") && !n) {
		argv[argc++] = "--last";
		argv[argc++] = "20";
	}
	argv[argc] = NULL;
	run(g, argv);
}

void gdb_monitor(void *ctx, struct gdb *g, unsigned int vcpu,
		 const char *command)
{
	char *copy = must(strdup(command)), *rest = copy, *typed[WORDS], *one;
	int n = 0;

	while ((one = strsep(&rest, " ")) && n < WORDS) {
		if (*one)
			typed[n++] = one;
	}
	if (n && !strcmp(typed[0], "suspend")) {
		say(g, "It is suspended; `continue` lets it go on.\n");
		free(copy);
		return;
	}
	for (size_t i = 0; n && i < COUNT(words); i++) {
		if (strcmp(words[i].name, typed[0]) ||
		    !allowed(&words[i], typed + 1, n - 1))
			continue;
		expand(g, vcpu, typed, n);
		vmctl(g, ctx, vcpu, &words[i], typed + 1, n - 1);
		free(copy);
		return;
	}
	help(g);
	free(copy);
}
