// SPDX-License-Identifier: GPL-2.0
/*
 * Configurations on their way in: files, TOML or JSON.  Which keys there are
 * is config_schema.c's, taking them config_reader.c's.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "config_reader.h"
#include "dev.h"
#include "toml.h"
#include "vmctl.h"

#define CONFIG_MAX_BYTES (1u << 20)

void config_blank(struct config *c, const char *file)
{
	char *slash, *full = realpath(file, NULL);

	*c = (struct config){ .file = must(strdup(file)) };
	if (!full)
		full = must(strdup(*file == '/' ? file : "./"));
	slash = strrchr(full, '/');
	if (slash)
		slash[slash == full] = '\0';
	c->dir = full;
}

/* One mask for all vCPUs becomes one for each. */
static void spread_affinity(struct config *c, struct diags *d)
{
	uint64_t cpus = c->cpu_num.set ? c->cpu_num.v : 1;
	struct cfg_nums *sets = &c->phys_cpu_sets;

	if (!c->affinity.set)
		return;
	if (sets->set)
		diag_add(d, DIAG_ERROR, c->file, c->affinity.line,
			 "%s and %s exclude each other",
			 CFG_KEY(c->affinity, "affinity"),
			 CFG_KEY(*sets, "affinity"));
	if (sets->set || cpus > AXVM_MAX_VCPUS)
		return;
	*sets = (struct cfg_nums){ true, c->affinity.line, c->affinity.key,
				   cpus,
				   must(calloc(cpus + 1, sizeof(*sets->v))) };
	for (uint64_t i = 0; i < cpus; i++)
		sets->v[i] = c->affinity.v;
	c->affinity.set = false;
}

bool config_finish(struct config *c, struct diags *d)
{
	spread_affinity(c, d);
	if (!d->errors)
		config_check(c, d);
	return !d->errors;
}

bool config_from_json(struct json_object *root, const char *file,
		      struct config *c, struct diags *d)
{
	config_blank(c, file);
	config_read_tree(c, root, d);
	return !d->errors && config_finish(c, d);
}

/* Does a document begin as a JSON object does? No TOML does. */
static bool is_json(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t' ||
			   text[i] == '\n' || text[i] == '\r'))
		i++;
	return i < len && text[i] == '{';
}

bool config_read_text(const char *text, size_t len, const char *file,
		      struct config *c, struct diags *d)
{
	const char *json_error = NULL;
	struct json_object *root;
	char *error = NULL;
	int line = 0;

	config_blank(c, file);
	if (is_json(text, len)) {
		root = json_parse_text(text, len, &json_error, &line);
		if (!root)
			diag_add(d, DIAG_ERROR, file, line,
				 "this is not JSON: %s", json_error);
	} else {
		root = toml_parse_text(text, len, &error, &line);
		if (!root)
			diag_add(d, DIAG_ERROR, file, line,
				 "this is not TOML: %s",
				 error ? error : "out of memory");
		free(error);
	}
	if (root)
		config_read_tree(c, root, d);
	json_object_put(root);
	return !d->errors;
}

bool config_parse(const char *text, size_t len, const char *file,
		  struct config *c, struct diags *d)
{
	return config_read_text(text, len, file, c, d) && config_finish(c, d);
}

/* A whole file, or NULL with errno; EFBIG above CONFIG_MAX_BYTES. */
static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *buf;

	if (!f)
		return NULL;
	if (!fstat(fileno(f), &st) && S_ISDIR(st.st_mode)) {
		fclose(f);
		errno = EISDIR;
		return NULL;
	}
	buf = must(malloc(CONFIG_MAX_BYTES + 1));
	errno = 0;
	*len = fread(buf, 1, CONFIG_MAX_BYTES + 1, f);
	if (!ferror(f) && *len <= CONFIG_MAX_BYTES) {
		fclose(f);
		return buf;
	}
	errno = ferror(f) ? (errno ? errno : EIO) : EFBIG;
	free(buf);
	fclose(f);
	return NULL;
}

bool config_read(const char *path, struct config *c, struct diags *d)
{
	size_t len = 0;
	char *text = slurp(path, &len);
	bool ok;

	if (!text) {
		int error = errno;

		config_blank(c, path);
		diag_add(d, DIAG_ERROR, path, 0,
			 "cannot read this configuration: %s", err_text(error));
		return false;
	}
	ok = config_read_text(text, len, path, c, d);
	free(text);
	return ok;
}

bool config_load(const char *path, struct config *c, struct diags *d)
{
	return config_read(path, c, d) && config_finish(c, d);
}
