/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every command of vmctl shares: the shape of a command, its options,
 * and how errors are said.
 */
#ifndef VMCTL_H
#define VMCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exitcodes.h"

enum opt_type {
	OPT_FLAG, /* bool: set to true */
	OPT_STRING, /* const char * */
	OPT_U64, /* uint64_t: 0x.., 1_000, 4K */
	OPT_TIME, /* struct opt_time: seconds, or with ms, s, m, h */
};

struct opt_time {
	bool set;
	uint64_t ns;
};

/**
 * struct opt - one option of a command
 * @name: long name without dashes; NULL ends a table
 * @key: short letter, or 0
 * @type: what follows it
 * @dest: where the value goes, by @type
 * @arg: name of the value in the help text, NULL for a flag
 * @help: what it does
 * @given: if not NULL: set to true when the option was there
 */
struct opt {
	const char *name;
	char key;
	enum opt_type type;
	void *dest;
	const char *arg;
	const char *help;
	bool *given;
};

/**
 * struct command - one command of vmctl
 * @name: as typed
 * @group: heading in the list of commands
 * @args: positional arguments as the usage line shows them
 * @summary: half a sentence for lists of commands
 * @text: what `vmctl help NAME` says besides usage and options
 * @min: fewest positional arguments
 * @max: most, -1: any number
 * @opts: its options, or NULL
 * @run: does it; @argv are the positional arguments.  Returns VMCTL_*.
 */
struct command {
	const char *name;
	const char *group;
	const char *args;
	const char *summary;
	const char *text;
	int min;
	int max;
	const struct opt *opts;
	int (*run)(int argc, char **argv);
};

#define OPT_JSON(var)                                                          \
	{                                                                      \
		"json", 0, OPT_FLAG, &(var), NULL, "print JSON", NULL          \
	}

/* args.c: options, then positional arguments; 0 or VMCTL_USAGE. */
int args_parse(const struct command *cmd, int *argc, char ***argv);
void args_help(const struct command *cmd);

/*
 * err.c: one sentence on stderr: what, where, what to do.  Returns @code so
 * that `return err(VMCTL_..., ...)` reads well.
 */
int err(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** A word on what happens, to stderr; nothing with --quiet. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/** The code that an errno deserves when nothing more special is known. */
int err_code(int error);
/** The library's sentence for @error, without its capital letter. */
const char *err_text(int error);
/** vmctl's own memory ran out: there is nothing better to do than to say so. */
void *must(void *allocated);

extern bool opt_quiet;

#define VMCTL_VERSION "0.1.0"

/* each.c: the same for every VM named on the command line. */
struct vm;
int each_vm(int argc, char **argv, int (*fn)(struct vm *vm));
/**
 * each_or_all() - likewise, or with @all for every VM
 * @command: its name, for messages
 * @states: with @all: bit n: VMs in AXVM_VM_* state n
 */
int each_or_all(const char *command, bool all, uint32_t states, int argc,
		char **argv, int (*fn)(struct vm *vm));

#endif /* VMCTL_H */
