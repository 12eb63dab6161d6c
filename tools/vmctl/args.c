// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines: the options of a command from its table, and the help text
 * that the same table gives.  Every mistake names the command and its help.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "vmctl.h"

#define MAX_OPTS 24
#define KEY_HELP 1
#define KEY_FIRST 256

static int usage(const struct command *cmd, const char *what, const char *arg)
{
	return err(VMCTL_USAGE, "%s: %s%s%s%s; see `vmctl help %s`", cmd->name,
		   what, arg ? " '" : "", arg ? arg : "", arg ? "'" : "",
		   cmd->name);
}

static int bad_value(const struct command *cmd, const struct opt *o,
		     const char *arg, const char *form)
{
	return err(VMCTL_USAGE,
		   "%s: --%s takes %s, not '%s'; see `vmctl help %s`",
		   cmd->name, o->name, form, arg, cmd->name);
}

static int take(const struct command *cmd, const struct opt *o, const char *arg)
{
	if (o->given)
		*o->given = true;
	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->dest = true;
		return 0;
	case OPT_STRING:
		*(const char **)o->dest = arg;
		return 0;
	case OPT_U64:
		if (num_parse(arg, o->dest))
			return bad_value(cmd, o, arg, "a number");
		return 0;
	case OPT_TIME: {
		struct opt_time *t = o->dest;

		if (num_parse_time(arg, &t->ns))
			return bad_value(cmd, o, arg,
					 "a time such as 5, 0.5 or 200ms");
		t->set = true;
		return 0;
	}
	}
	return 0;
}

/* What getopt_long() wants, made from the command's table. */
static unsigned int build(const struct opt *opts, struct option *longs,
			  char *shorts)
{
	unsigned int n = 0;

	*shorts++ = ':';
	for (const struct opt *o = opts; o && o->name && n < MAX_OPTS;
	     o++, n++) {
		longs[n] = (struct option){
			.name = o->name,
			.has_arg = o->type == OPT_FLAG ? no_argument :
							 required_argument,
			.val = KEY_FIRST + (int)n,
		};
		if (!o->key)
			continue;
		*shorts++ = o->key;
		if (o->type != OPT_FLAG)
			*shorts++ = ':';
	}
	*shorts++ = 'h';
	*shorts = '\0';
	longs[n] = (struct option){ .name = "help", .val = KEY_HELP };
	return n;
}

static const struct opt *find(const struct opt *opts, unsigned int n, int key)
{
	if (key >= KEY_FIRST)
		return &opts[key - KEY_FIRST];
	for (unsigned int i = 0; i < n; i++) {
		if (opts[i].key == key)
			return &opts[i];
	}
	return NULL;
}

static int count_check(const struct command *cmd, int argc, char **argv)
{
	if (argc < cmd->min) {
		if (!cmd->args || !*cmd->args)
			return usage(cmd, "an argument is missing", NULL);
		return err(VMCTL_USAGE, "%s: it needs %s; see `vmctl help %s`",
			   cmd->name, cmd->args, cmd->name);
	}
	if (cmd->max >= 0 && argc > cmd->max)
		return usage(cmd, "one argument too many:", argv[cmd->max]);
	return 0;
}

int args_parse(const struct command *cmd, int *argc, char ***argv)
{
	struct option longs[MAX_OPTS + 2] = { 0 };
	char shorts[2 * MAX_OPTS + 4], letter[3] = "-";
	unsigned int n = build(cmd->opts, longs, shorts);
	int key, ret;

	opterr = 0;
	optind = 1;
	while ((key = getopt_long(*argc, *argv, shorts, longs, NULL)) != -1) {
		if (key == KEY_HELP || key == 'h') {
			args_help(cmd);
			return -1;
		}
		if (key == ':')
			return usage(cmd, "a value is missing after",
				     (*argv)[optind - 1]);
		if (key == '?') {
			letter[1] = (char)optopt;
			return usage(cmd, "unknown option",
				     optopt && optopt < KEY_FIRST ?
					     letter :
					     (*argv)[optind - 1]);
		}
		ret = take(cmd, find(cmd->opts, n, key), optarg);
		if (ret)
			return ret;
	}
	*argc -= optind;
	*argv += optind;
	return count_check(cmd, *argc, *argv);
}

void args_help(const struct command *cmd)
{
	char left[64];

	printf("usage: vmctl %s%s%s%s\n\n%s\n", cmd->name,
	       cmd->args && *cmd->args ? " " : "", cmd->args ? cmd->args : "",
	       cmd->opts ? " [OPTION]..." : "", cmd->text);
	if (!cmd->opts)
		return;
	printf("\nOptions:\n");
	for (const struct opt *o = cmd->opts; o->name; o++) {
		int len = 0;

		if (o->key)
			len = snprintf(left, sizeof(left), "-%c, ", o->key);
		snprintf(left + len, sizeof(left) - (size_t)len, "--%s%s%s",
			 o->name, o->arg ? " " : "", o->arg ? o->arg : "");
		printf("  %-24s %s\n", left, o->help);
	}
}
