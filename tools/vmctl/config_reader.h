/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A parsed document into struct config.
 */
#ifndef VMCTL_CONFIG_READER_H
#define VMCTL_CONFIG_READER_H

#include <stddef.h>

struct config;
struct diags;
struct json_object;

/**
 * config_read_tree() - take every key the schema knows
 * @c: config_blank()ed
 * @root: a tree whose nodes may know their lines (toml_line())
 * @d: unknown keys (warnings), wrong types, keys that are given twice
 */
void config_read_tree(struct config *c, struct json_object *root,
		      struct diags *d);

/**
 * json_parse_text() - JSON into a tree that knows its lines
 * @error: when it is not JSON: a sentence without position, static
 * @line: and the line it speaks of, from 1
 *
 * Return: an object (json_object_put() it), or NULL with @error set.
 */
struct json_object *json_parse_text(const char *text, size_t len,
				    const char **error, int *line);

#endif /* VMCTL_CONFIG_READER_H */
