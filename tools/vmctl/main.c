// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl: the table of commands, finding the one that is meant, and help.
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "complete.h"
#include "names.h"
#include "out.h"
#include "vmctl.h"

/* clang-format off */
extern const struct command
	cmd_config,
	cmd_console,
	cmd_cpuid,
	cmd_create,
	cmd_delete,
	cmd_destroy,
	cmd_disas,
	cmd_doctor,
	cmd_dump,
	cmd_exits,
	cmd_gdb,
	cmd_irq,
	cmd_list,
	cmd_load,
	cmd_log,
	cmd_map,
	cmd_mem,
	cmd_regs,
	cmd_reset,
	cmd_restart,
	cmd_resume,
	cmd_run,
	cmd_show,
	cmd_start,
	cmd_stats,
	cmd_stop,
	cmd_suspend,
	cmd_symbols,
	cmd_test,
	cmd_top,
	cmd_translate,
	cmd_unmap,
	cmd_version,
	cmd_vmcs,
	cmd_wait;
/* clang-format on */

static int help(int argc, char **argv);

static const struct command cmd_help = {
	.name = "help",
	.group = "This host",
	.args = "[COMMAND]",
	.summary = "explain a command, or exit-codes",
	.text = "Explains a command and its options.  `vmctl help exit-codes` lists the exit\n"
		"codes; vmctl(1) has everything.",
	.min = 0,
	.max = 1,
	.run = help,
};

/*
 * The lines of the help text: a screen of 24.  Commands that are close share
 * a line, whose text is the first one's summary if it has none of its own.
 */
#define PER_LINE 4

static const struct line {
	const struct command *commands[PER_LINE];
	const char *text;
} lines[] = {
	{ { &cmd_run, &cmd_test },
	  "run a VM to its end; run guests that are tests" },
	{ { &cmd_create, &cmd_load }, "make a VM; put more into its memory" },
	{ { &cmd_start, &cmd_stop, &cmd_restart },
	  "start VMs; stop them; boot them anew" },
	{ { &cmd_suspend, &cmd_resume, &cmd_reset },
	  "stop time, let it go on; back to the start" },
	{ { &cmd_destroy, &cmd_delete }, NULL },
	{ { &cmd_list, &cmd_show },
	  "list all VMs; show one with vCPUs and memory" },
	{ { &cmd_console }, NULL },
	{ { &cmd_top }, NULL },
	{ { &cmd_wait }, NULL },
	{ { &cmd_exits, &cmd_stats },
	  "the last exits (flight recorder); counters" },
	{ { &cmd_regs, &cmd_vmcs, &cmd_cpuid },
	  "registers of a vCPU; its VMCS; what CPUID tells" },
	{ { &cmd_mem, &cmd_map, &cmd_unmap },
	  "guest memory: read, write, search; add and take away" },
	{ { &cmd_translate, &cmd_disas },
	  "walk the guest's page tables; disassemble its code" },
	{ { &cmd_gdb, &cmd_symbols, &cmd_dump },
	  "let gdb debug it; symbols for that; a core file" },
	{ { &cmd_irq }, NULL },
	{ { &cmd_config }, NULL },
	{ { &cmd_doctor }, NULL },
	{ { &cmd_log }, NULL },
	{ { &cmd_version, &cmd_help },
	  "versions and limits; explain COMMAND or exit-codes" },
};

#define LINES (sizeof(lines) / sizeof(lines[0]))
#define COMMANDS_MOST (LINES * PER_LINE)

static const struct {
	const char *name, *text;
	int code;
} codes[] = {
#define CODE_ROW(name, nr, text) { #name, text, nr },
	VMCTL_EXITS(CODE_ROW)
};

static void list_commands(void)
{
	const char *group = "";

	puts("usage: vmctl [-q] COMMAND [ARGUMENT]...   (VM: a name or an id; -q: only errors)");
	for (size_t i = 0; i < LINES; i++) {
		const struct command *const *c = lines[i].commands;
		char names[64];
		size_t len = 0;

		if (strcmp(group, c[0]->group))
			printf("%s:\n", group = c[0]->group);
		for (size_t k = 0; k < PER_LINE && c[k]; k++)
			len += (size_t)snprintf(names + len,
						sizeof(names) - len, "%s%s",
						k ? ", " : "", c[k]->name);
		printf("  %-23s %s\n", names,
		       lines[i].text ? lines[i].text : c[0]->summary);
	}
}

/* Every command, in the order of the lines; returns how many. */
static size_t all_commands(const struct command **all)
{
	size_t n = 0;

	for (size_t i = 0; i < LINES; i++) {
		for (size_t k = 0; k < PER_LINE && lines[i].commands[k]; k++)
			all[n++] = lines[i].commands[k];
	}
	return n;
}

static const struct command *find(const char *name)
{
	const struct command *all[COMMANDS_MOST];
	size_t n = all_commands(all);

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(all[i]->name, name))
			return all[i];
	}
	return NULL;
}

static int unknown(const char *name)
{
	const struct command *all[COMMANDS_MOST];
	const char *names[COMMANDS_MOST], *near;
	size_t n = all_commands(all);

	for (size_t i = 0; i < n; i++)
		names[i] = all[i]->name;
	near = name_nearest(name, names, (unsigned int)n);
	return err(VMCTL_USAGE,
		   "there is no command '%s'%s%s%s; `vmctl help` lists them",
		   name, near ? " (did you mean '" : "", near ? near : "",
		   near ? "'?)" : "");
}

static int help(int argc, char **argv)
{
	const struct command *cmd;

	if (!argc) {
		list_commands();
		return 0;
	}
	if (!strcmp(argv[0], "exit-codes")) {
		for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
			printf("%3d  %s\n", codes[i].code, codes[i].text);
		return 0;
	}
	cmd = find(argv[0]);
	if (!cmd)
		return unknown(argv[0]);
	args_help(cmd);
	return 0;
}

/*
 * A closed standard descriptor would be reused for the device, and messages
 * would go into it: put in its place what fails as a closed one does.
 */
static void guard_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(VMCTL_FAILED);
	}
}

int main(int argc, char **argv)
{
	const struct command *cmd, *all[COMMANDS_MOST];
	size_t n;
	int ret;

	guard_descriptors();
	setlocale(LC_CTYPE, "");
	argc--, argv++;
	while (argc &&
	       (!strcmp(argv[0], "-q") || !strcmp(argv[0], "--quiet"))) {
		opt_quiet = true;
		argc--, argv++;
	}
	if (!argc) {
		err(0, "which command?");
		fflush(stderr);
		list_commands();
		return out_finish(VMCTL_USAGE);
	}
	if (!strcmp(argv[0], "--help") || !strcmp(argv[0], "-h"))
		argv[0] = "help";
	if (!strcmp(argv[0], "--version"))
		argv[0] = "version";
	if (!strcmp(argv[0], "__complete")) {
		n = all_commands(all);
		return out_finish(complete(all, n, argc - 1, argv + 1));
	}
	cmd = find(argv[0]);
	if (!cmd)
		return unknown(argv[0]);
	ret = args_parse(cmd, &argc, &argv);
	if (ret)
		return out_finish(ret < 0 ? VMCTL_OK : ret);
	return out_finish(cmd->run(argc, argv));
}
