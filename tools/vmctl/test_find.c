// SPDX-License-Identifier: GPL-2.0
/*
 * Which files are tests: configurations with a [test] section, and guests
 * that carry one in themselves, have one beside them, or look like guests.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arm64_image.h"
#include "boot.h"
#include "bzimage.h"
#include "diag.h"
#include "elf_image.h"
#include "multiboot.h"
#include "test.h"
#include "vmctl.h"

#define DEPTH 16
#define MEMORY (128ull << 20)
#define X86_FLAT 0x8000u
#define ARM64_FLAT 0x40080000u

/* Endings that make a file a guest without further word. */
static const char *const endings[] = { ".flat", ".bin", ".elf", NULL };

static const char *ending(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');

	return dot ? dot : path + strlen(path);
}

static bool looks_like_guest(const char *path)
{
	for (size_t i = 0; endings[i]; i++) {
		if (!strcmp(ending(path), endings[i]))
			return true;
	}
	return false;
}

/* ---- one test ------------------------------------------------------------- */

static void say_why(struct test *t, const struct diags *d)
{
	t->bad = true;
	for (size_t i = 0; i < d->n; i++) {
		if (d->list[i].level != DIAG_ERROR)
			continue;
		snprintf(t->why, sizeof(t->why), "%s: %s",
			 diag_where(d->list[i].file, d->list[i].line),
			 d->list[i].text);
		return;
	}
	snprintf(t->why, sizeof(t->why), "its configuration cannot be read");
}

/* A key that nobody knows may be the one that the test was about. */
static void say_odd(const struct diags *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];

		if (one->level == DIAG_WARNING)
			warn("%s: %s", diag_where(one->file, one->line),
			     one->text);
	}
}

static size_t read_head(const char *path, uint8_t *head)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, TEST_HEADER_WITHIN);

	if (fd >= 0)
		close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* A flat binary goes where such binaries go. */
static void place_flat(struct config *c, const uint8_t *head, size_t n)
{
	bool x86 = boot_host() == CFG_ARCH_X86;

	if (c->kernel_load_addr.set || c->entry_point.set ||
	    c->boot_protocol.set || !n)
		return;
	if (x86 ? bzimage_is(head, n) || multiboot_is(head, n) ||
			    elf_image_is(head, n) :
		  arm64_image_is(head, n))
		return;
	c->kernel_load_addr =
		(struct cfg_num){ .set = true,
				  .v = x86 ? X86_FLAT : ARM64_FLAT };
}

/* @d: what came of reading it so far. */
static void finish(struct test *t, const char *guest, struct diags *d)
{
	uint8_t *head = must(malloc(TEST_HEADER_WITHIN));
	struct config *c = &t->config;

	if (!c->kernel_path.set && guest)
		c->kernel_path =
			(struct cfg_text){ .set = true,
					   .v = must(realpath(guest, NULL)) };
	if (!c->memory.set && !c->memory_regions.n)
		c->memory = (struct cfg_num){ .set = true, .v = MEMORY };
	if (c->kernel_path.set)
		place_flat(c, head, read_head(c->kernel_path.v, head));
	if (d->errors || !config_finish(c, d))
		say_why(t, d);
	say_odd(d);
	free(head);
}

/* The name: what comes after @root, without the ending. */
static struct test *add(struct tests *list, const char *root, const char *path)
{
	size_t skip = strlen(root);
	const char *name = path + skip;
	struct test *t;

	while (*name == '/')
		name++;
	list->v = must(realloc(list->v, (list->n + 1) * sizeof(*list->v)));
	t = &list->v[list->n++];
	*t = (struct test){ .file = must(strdup(path)) };
	t->name = must(strndup(name, (size_t)(ending(name) - name)));
	for (char *p = t->name; *p; p++) {
		unsigned char ch = (unsigned char)*p;

		if (ch == '#' || ch <= ' ' || ch == 0x7f)
			*p = '_';
	}
	return t;
}

static void drop(struct tests *list)
{
	struct test *t = &list->v[--list->n];

	config_free(&t->config);
	free(t->name);
	free(t->file);
}

/* The guest beside NAME.toml that has no boot.kernel: NAME, NAME.bin, ... */
static char *beside(const char *toml)
{
	char path[4096];
	int len = (int)(ending(toml) - toml);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(path, sizeof(path), "%.*s%s", len, toml,
			 endings[i] ? endings[i] : "");
		if (!access(path, R_OK) && strcmp(path, toml))
			return must(strdup(path));
	}
	return NULL;
}

/* A configuration; @all: also one without [test]. */
static bool add_config(struct tests *list, const char *root, const char *path,
		       bool all)
{
	struct test *t = add(list, root, path);
	struct diags d = { 0 };
	char *guest;

	config_read(path, &t->config, &d);
	if (!all && !t->config.test.here) {
		drop(list);
		diag_free(&d);
		return false;
	}
	guest = t->config.kernel_path.set ? NULL : beside(path);
	finish(t, guest, &d);
	free(guest);
	diag_free(&d);
	return true;
}

/* A guest by itself; @all: also one that says nothing and is called anything. */
static void add_guest(struct tests *list, const char *root, const char *path,
		      bool all)
{
	uint8_t *head = must(malloc(TEST_HEADER_WITHIN));
	size_t n = read_head(path, head), len;
	const char *text = test_header(head, n, &len);
	struct diags d = { 0 };

	if (text || all || looks_like_guest(path)) {
		struct test *t = add(list, root, path);

		if (text)
			config_read_text(text, len, path, &t->config, &d);
		else
			config_blank(&t->config, path);
		finish(t, path, &d);
	}
	diag_free(&d);
	free(head);
}

/* Is there a configuration for this guest already? */
static bool has_test(const struct tests *list, size_t from, const char *path)
{
	char *full = realpath(path, NULL);
	bool found = false;

	for (size_t i = from; full && i < list->n && !found; i++) {
		const struct cfg_text *k = &list->v[i].config.kernel_path;
		char *other = k->set ? realpath(k->v, NULL) : NULL;

		found = other && !strcmp(full, other);
		free(other);
	}
	free(full);
	return found;
}

/* ---- folders ------------------------------------------------------------------ */

static bool is_toml(const char *path)
{
	return !strcmp(ending(path), ".toml");
}

static int walk(struct tests *list, const char *root, const char *dir,
		int depth)
{
	struct dirent **names = NULL;
	size_t from = list->n;
	char path[4096];
	struct stat st;
	int n = scandir(dir, &names, NULL, alphasort), ret = 0;

	if (n < 0)
		return err(VMCTL_CONFIG, "cannot read the folder %s: %s", dir,
			   err_text(errno));
	/* First the configurations: they speak for guests. */
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < n && !ret; i++) {
			const char *name = names[i]->d_name;

			if (*name == '.' ||
			    snprintf(path, sizeof(path), "%s/%s", dir, name) >=
				    (int)sizeof(path) ||
			    stat(path, &st))
				continue;
			if (S_ISDIR(st.st_mode) && pass && depth < DEPTH)
				ret = walk(list, root, path, depth + 1);
			if (!S_ISREG(st.st_mode) || is_toml(path) == !!pass)
				continue;
			if (!pass)
				add_config(list, root, path, false);
			else if (!has_test(list, from, path))
				add_guest(list, root, path, false);
		}
	}
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return ret;
}

/* ---- what was named ------------------------------------------------------------ */

/* FILE.toml or NAME.toml beside NAME.bin, with a [test] section. */
static bool add_sidecar(struct tests *list, const char *root, const char *path)
{
	char toml[4096];
	const int stem = (int)(ending(path) - path);

	for (int whole = 1; whole >= 0; whole--) {
		snprintf(toml, sizeof(toml), "%.*s.toml",
			 whole ? (int)strlen(path) : stem, path);
		if (access(toml, R_OK) || !add_config(list, root, toml, false))
			continue;
		if (has_test(list, list->n - 1, path))
			return true;
		drop(list); /* it is about another guest */
	}
	return false;
}

int tests_find(const char *path, struct tests *list)
{
	const char *slash = strrchr(path, '/');
	char *root = must(strndup(path, slash ? (size_t)(slash - path) : 0));
	struct stat st;
	int ret = 0;

	if (stat(path, &st))
		ret = err(VMCTL_CONFIG, "cannot open %s: %s", path,
			  err_text(errno));
	else if (S_ISDIR(st.st_mode))
		ret = walk(list, path, path, 0);
	else if (is_toml(path))
		add_config(list, root, path, true);
	else if (!add_sidecar(list, root, path))
		add_guest(list, root, path, true);
	free(root);
	return ret;
}

void tests_free(struct tests *list)
{
	while (list->n)
		drop(list);
	free(list->v);
	list->v = NULL;
}
