// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl config: configurations as such, without a VM: check them, show them
 * normalised, convert them to our own form, make new ones.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "build.h"
#include "config_schema.h"
#include "names.h"
#include "out.h"
#include "vmctl.h"

static struct {
	struct config_flags flags;
	const char *arch;
	bool json;
} o;

static const struct opt opts[] = {
	{ "arch", 'a', OPT_STRING, &o.arch, "ARCH",
	  "check, generate: for x86 or arm64 guests" },
	BUILD_OPTS(o.flags),
	OPT_JSON(o.json),
	{ 0 },
};

static struct json_object *problem_json(const struct diag *one)
{
	struct json_object *obj = out_object();

	out_str(obj, "level", one->level == DIAG_ERROR ? "error" : "warning");
	if (one->line == DIAG_COMMAND_LINE)
		out_str(obj, "file", "command line");
	else
		out_str(obj, "file", one->file);
	if (one->line > 0)
		out_num(obj, "line", (uint64_t)one->line);
	out_str(obj, "text", one->text);
	return obj;
}

static void report(const char *file, enum cfg_arch arch, const struct diags *d,
		   struct json_object *list)
{
	const char *word = cfg_word_name(cfg_arch_words, arch);
	size_t warnings = 0;

	for (size_t i = 0; i < d->n; i++)
		warnings += d->list[i].level == DIAG_WARNING;
	if (o.json) {
		struct json_object *obj = out_object(), *all = out_array();

		out_str(obj, "file", file);
		out_bool(obj, "ok", !d->errors);
		out_str(obj, "arch", word ? word : "?");
		for (size_t i = 0; i < d->n; i++)
			out_push(all, problem_json(&d->list[i]));
		out_add(obj, "problems", all);
		out_push(list, obj);
		return;
	}
	diag_print(d);
	if (!d->errors)
		printf("%s: good (%s)%s\n", file, word ? word : "?",
		       warnings ? ", with warnings" : "");
}

static int check(int n, char **files, enum cfg_arch arch)
{
	struct json_object *list = out_array();
	int ret = 0;

	for (int i = 0; i < n; i++) {
		struct diags d = { 0 };
		enum cfg_arch used = build_check(files[i], &o.flags, arch, &d);

		report(files[i], used, &d, list);
		if (d.errors)
			ret = VMCTL_CONFIG;
		diag_free(&d);
	}
	if (o.json)
		out_json(list);
	json_object_put(list);
	return ret;
}

/* Our own form of one file, as TOML or JSON. */
static int print(const char *file, bool relative)
{
	struct config c = { 0 };
	struct diags d = { 0 };
	bool ok = config_read(file, &c, &d);

	if (ok) {
		config_override(&c, &o.flags, &d);
		ok = !d.errors && config_finish(&c, &d);
		c.version.set = true;
		c.version.v = CFG_VERSION;
	}
	diag_print(&d);
	diag_free(&d);
	if (ok && o.json) {
		struct json_object *obj = config_to_json(&c);

		out_json(obj);
		json_object_put(obj);
	} else if (ok) {
		char *text = config_to_toml(&c, relative ? c.dir : NULL);

		fputs(text, stdout);
		free(text);
	}
	config_free(&c);
	return ok ? 0 : VMCTL_CONFIG;
}

static int generate(enum cfg_arch arch)
{
	struct config c = { 0 };
	struct diags d = { 0 };
	char *text;

	config_blank(&c, "command line");
	config_override(&c, &o.flags, &d);
	c.version.set = true;
	c.version.v = CFG_VERSION;
	c.arch.set = arch || boot_host();
	c.arch.v = arch ? arch : boot_host();
	diag_print(&d);
	if (!d.errors && o.json) {
		struct json_object *obj = config_to_json(&c);

		out_json(obj);
		json_object_put(obj);
	} else if (!d.errors) {
		puts("# A configuration of axvm; axvm-config(5) explains it.\n"
		     "# What is commented out shows the form, not the default.\n");
		text = config_template(&c);
		fputs(text, stdout);
		free(text);
	}
	config_free(&c);
	diag_free(&d);
	return d.errors ? VMCTL_CONFIG : 0;
}

static int arch_of(const char *word, enum cfg_arch *arch)
{
	*arch = 0;
	for (const struct cfg_word *w = cfg_arch_words; word && w->name; w++) {
		if (!strcmp(w->name, word))
			*arch = w->v;
	}
	if (word && !boot_of(*arch))
		return err(VMCTL_USAGE,
			   "config: --arch is x86 or arm64, not '%s'", word);
	return 0;
}

static int run(int argc, char **argv)
{
	static const char *const verbs[] = { "check", "show", "convert",
					     "generate" };
	const char *verb = argv[0], *near;
	enum cfg_arch arch;
	int ret = arch_of(o.arch, &arch);

	if (ret)
		return ret;
	if (!strcmp(verb, "generate") && argc == 1)
		return generate(arch);
	if (!strcmp(verb, "check") && argc > 1)
		return check(argc - 1, argv + 1, arch);
	if (!strcmp(verb, "show") && argc == 2)
		return print(argv[1], false);
	if (!strcmp(verb, "convert") && argc == 2)
		return print(argv[1], true);
	for (size_t i = 0; i < 4; i++) {
		if (!strcmp(verb, verbs[i]))
			return err(VMCTL_USAGE,
				   "config %s: %s; see `vmctl help config`",
				   verb,
				   i == 3 ? "it takes no file" :
				   i	  ? "it takes one file" :
					    "it takes one file or more");
	}
	near = name_nearest(verb, verbs, 4);
	return err(VMCTL_USAGE,
		   "config: '%s' is not check, show, convert or generate%s%s%s",
		   verb, near ? " (did you mean " : "", near ? near : "",
		   near ? "?)" : "");
}

const struct command cmd_config = {
	.name = "config",
	.group = "This host",
	.args = "check|show|convert|generate [FILE]...",
	.summary = "check, show, convert or make configuration files",
	.text = "check tells everything that create would find wrong: keys, types, values,\n"
		"images, what nothing serves yet; no VM is made and no module needed.\n"
		"show prints a file in our own form, with absolute paths; convert likewise, but\n"
		"leaves paths as they are: it turns AxVisor's form into ours.  generate prints\n"
		"a file with every key there is, explained, filled in from the options.\n"
		"Files are TOML or JSON, in our form or AxVisor's: axvm-config(5).",
	.min = 1,
	.max = -1,
	.opts = opts,
	.run = run,
};
