/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TOML for C: a document becomes a json-c tree whose nodes remember the line
 * they stood on.
 */
#ifndef VMCTL_TOML_H
#define VMCTL_TOML_H

#include <stddef.h>

struct json_object;

#ifdef __cplusplus
extern "C" {
#endif

/**
 * toml_parse_text() - parse a document
 * @text: @len bytes, UTF-8
 * @error: when it is not TOML: a sentence without position, malloc()ed
 * @line: and the line it speaks of, from 1
 *
 * Dates and times become strings.  Return: an object (json_object_put() it),
 * or NULL with @error set.
 */
struct json_object *toml_parse_text(const char *text, size_t len, char **error,
				    int *line);

/** Line of a node made by toml_parse_text(); 0 if it is not known. */
int toml_line(struct json_object *node);

#ifdef __cplusplus
}
#endif

#endif /* VMCTL_TOML_H */
