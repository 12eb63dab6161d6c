// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl __complete: what could stand where the cursor is, for the completion
 * scripts of shells.  Everything comes from the table of commands, so a new
 * command or option is completed without a word here.
 *
 * Each line is a candidate, a tab, and what it is; a line ":file" means that
 * a file belongs there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complete.h"
#include "dev.h"
#include "names.h"
#include "vmctl.h"

static void say(const char *word, const char *text)
{
	printf("%s\t%.*s\n", word, (int)strcspn(text, "\n"), text);
}

static void say_vms(void)
{
	struct axvm_vm_info *list;
	unsigned int n;
	int dev = dev_open();

	if (dev < 0)
		return;
	if (!vm_list(dev, &list, &n)) {
		for (unsigned int i = 0; i < n; i++)
			say(list[i].name, name_vm_state(list[i].state));
		free(list);
	}
	close(dev);
}

/* Words of a list as messages show it: "a, b, c". */
static void say_list(const char *list)
{
	char *copy = must(strdup(list)), *rest = copy, *one;

	while ((one = strsep(&rest, ", "))) {
		if (*one)
			say(one, "");
	}
	free(copy);
}

/* What a word of the usage line stands for. */
static void say_kind(const char *kind, const struct command *const *all,
		     size_t n)
{
	char *copy = must(strdup(kind)), *rest = copy, *one;

	if (!strncmp(kind, "VM", 2)) {
		say_vms();
	} else if (!strncmp(kind, "STATE", 5)) {
		say_list(names_vm_state());
	} else if (!strncmp(kind, "REASON", 6)) {
		say_list(names_exit());
	} else if (!strcmp(kind, "ARCH")) {
		say_list("x86, arm64");
	} else if (!strcmp(kind, "COMMAND")) {
		for (size_t i = 0; i < n; i++)
			say(all[i]->name, all[i]->summary);
	} else if (strstr(kind, "FILE") || strstr(kind, "CONFIG")) {
		puts(":file");
	} else if (strchr(kind, '|') || (*kind >= 'a' && *kind <= 'z')) {
		while ((one = strsep(&rest, "|")))
			say(one, "");
	}
	free(copy);
}

/* The usage line's word for the positional argument @index, in @buf. */
static const char *positional(const struct command *cmd, size_t index,
			      char *buf, size_t size)
{
	const char *p = cmd->args ? cmd->args : "";
	size_t i = 0, len = 0;

	for (;; i++) {
		p += strspn(p, " []");
		len = strcspn(p, " ]");
		if (!len)
			return "";
		if (i == index || strstr(p, "...") == p + strcspn(p, ".]"))
			break;
		if (!p[len + strspn(p + len, "] ")])
			return "";
		p += len;
	}
	len = strcspn(p, " ].");
	snprintf(buf, size, "%.*s", (int)len, p);
	return buf;
}

static const struct opt *option(const struct command *cmd, const char *word)
{
	for (const struct opt *o = cmd->opts; o && o->name; o++) {
		if (!strncmp(word, "--", 2) ?
			    !strcmp(word + 2, o->name) :
			    word[0] == '-' && o->key && word[1] == o->key &&
				    !word[2])
			return o;
	}
	return NULL;
}

static void say_options(const struct command *cmd)
{
	char word[64];

	for (const struct opt *o = cmd->opts; o && o->name; o++) {
		snprintf(word, sizeof(word), "--%s", o->name);
		say(word, o->help);
	}
	say("--help", "explain the command");
}

int complete(const struct command *const *all, size_t n, int argc, char **argv)
{
	const struct command *cmd = NULL;
	const struct opt *before = NULL;
	size_t index = 0;
	char buf[64];

	while (argc > 1 &&
	       (!strcmp(argv[0], "-q") || !strcmp(argv[0], "--quiet")))
		argc--, argv++;
	if (argc <= 1) {
		say_kind("COMMAND", all, n);
		return 0;
	}
	for (size_t i = 0; i < n && !cmd; i++) {
		if (!strcmp(all[i]->name, argv[0]))
			cmd = all[i];
	}
	if (!cmd)
		return 0;
	for (int i = 1; i < argc - 1; i++) {
		bool value = before && before->type != OPT_FLAG;

		before = value ? NULL : option(cmd, argv[i]);
		index += !value && argv[i][0] != '-';
	}
	if (before && before->type != OPT_FLAG)
		say_kind(before->arg, all, n);
	else if (argv[argc - 1][0] == '-')
		say_options(cmd);
	else
		say_kind(positional(cmd, index, buf, sizeof(buf)), all, n);
	return 0;
}
