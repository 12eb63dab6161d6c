// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl: the table of commands, finding the one that is meant, and help.
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "names.h"
#include "out.h"
#include "vmctl.h"

extern const struct command cmd_console, cmd_create, cmd_destroy, cmd_doctor,
	cmd_exits, cmd_irq, cmd_list, cmd_load, cmd_mem, cmd_regs, cmd_reset,
	cmd_resume, cmd_run, cmd_show, cmd_start, cmd_stats, cmd_stop,
	cmd_suspend, cmd_version, cmd_wait;

static int help(int argc, char **argv);

static const struct command cmd_help = {
	.name = "help",
	.group = "This host",
	.args = "[COMMAND]",
	.summary =
		"explain a command, or exit-codes (also: vmctl COMMAND --help)",
	.text = "Explains a command and its options.  `vmctl help exit-codes` lists the exit\n"
		"codes; vmctl(1) has everything.",
	.min = 0,
	.max = 1,
	.run = help,
};

/* In the order of the help text: a group's commands stand together. */
static const struct command *const commands[] = {
	&cmd_run,     &cmd_create,  &cmd_load,	&cmd_start,   &cmd_stop,
	&cmd_suspend, &cmd_resume,  &cmd_reset, &cmd_destroy, &cmd_list,
	&cmd_show,    &cmd_console, &cmd_wait,	&cmd_exits,   &cmd_stats,
	&cmd_regs,    &cmd_mem,	    &cmd_irq,	&cmd_doctor,  &cmd_version,
	&cmd_help,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct {
	const char *name, *text;
	int code;
} codes[] = {
#define CODE_ROW(name, nr, text) { #name, text, nr },
	VMCTL_EXITS(CODE_ROW)
};

/* A screen of 24 lines: commands without a summary share their neighbour's. */
static void list_commands(void)
{
	const char *group = "";
	char names[32];

	puts("usage: vmctl [-q] COMMAND [ARGUMENT]...   (VM: a name or an id; -q: only errors)");
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = commands[i];
		bool two = i + 1 < COMMANDS && !commands[i + 1]->summary;

		if (!c->summary)
			continue;
		if (strcmp(group, c->group))
			printf("%s:\n", group = c->group);
		snprintf(names, sizeof(names), "%s%s%s", c->name,
			 two ? ", " : "", two ? commands[i + 1]->name : "");
		printf("  %-16s %s\n", names, c->summary);
	}
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static int unknown(const char *name)
{
	const char *names[COMMANDS], *near;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i]->name;
	near = name_nearest(name, names, COMMANDS);
	return err(VMCTL_USAGE,
		   "there is no command '%s'%s%s%s; `vmctl help` lists them",
		   name, near ? "; did you mean '" : "", near ? near : "",
		   near ? "'?" : "");
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
	const struct command *cmd;
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
	cmd = find(argv[0]);
	if (!cmd)
		return unknown(argv[0]);
	ret = args_parse(cmd, &argc, &argv);
	if (ret)
		return out_finish(ret < 0 ? VMCTL_OK : ret);
	return out_finish(cmd->run(argc, argv));
}
