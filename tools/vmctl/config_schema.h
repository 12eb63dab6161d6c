/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The schema of a configuration as tables: sections, keys, rows.  Reading,
 * writing, freeing and "did you mean" all walk these tables.
 */
#ifndef VMCTL_CONFIG_SCHEMA_H
#define VMCTL_CONFIG_SCHEMA_H

#include <stddef.h>

enum cfg_type {
	CFG_NUM, /* struct cfg_num */
	CFG_HEX, /* struct cfg_num, written as "0x..." */
	CFG_BOOL, /* struct cfg_bool; 0 and 1 are taken too */
	CFG_TEXT, /* struct cfg_text */
	CFG_PATH, /* struct cfg_text, made absolute */
	CFG_NUMS, /* struct cfg_nums */
	CFG_ROWS, /* struct cfg_rows of @row */
};

/**
 * struct cfg_field - a key
 * @name: as written
 * @type: type of the value
 * @offset: of its member in the struct that holds it
 * @optional: rows: may be left out
 * @row: CFG_ROWS: what a row is made of
 */
struct cfg_field {
	const char *name;
	enum cfg_type type;
	size_t offset;
	int optional;
	const struct cfg_row *row;
};

/** struct cfg_row - fields of a row in their positional order */
struct cfg_row {
	size_t size;
	const struct cfg_field *fields; /* ends with a NULL name */
};

/** struct cfg_section - a [section]; @name "" is the top level */
struct cfg_section {
	const char *name;
	const struct cfg_field *fields;
};

extern const struct cfg_section cfg_sections[]; /* ends with a NULL name */

static inline void *cfg_member(const void *base, const struct cfg_field *f)
{
	return (char *)base + f->offset;
}

#endif /* VMCTL_CONFIG_SCHEMA_H */
