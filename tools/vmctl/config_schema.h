/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The schema of a configuration as tables: sections, keys, rows, in our own
 * form and in AxVisor's.  Reading, writing, freeing, generating and "did you
 * mean" all walk these tables.
 */
#ifndef VMCTL_CONFIG_SCHEMA_H
#define VMCTL_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Version of the schema: what `version =` may say. */
#define CFG_VERSION 1

enum cfg_type {
	CFG_NUM, /* struct cfg_num */
	CFG_HEX, /* struct cfg_num, an address: written as "0x..." */
	CFG_SIZE, /* struct cfg_num, bytes: written as "512M" */
	CFG_WORD, /* struct cfg_num, one of @words (or its number) */
	CFG_ACCESS, /* struct cfg_num, map flags: written as "rwx" */
	CFG_MASK, /* struct cfg_num, host CPUs: written as "0,2-3" */
	CFG_BOOL, /* struct cfg_bool */
	CFG_TEXT, /* struct cfg_text */
	CFG_PATH, /* struct cfg_text, made absolute */
	CFG_NUMS, /* struct cfg_nums */
	CFG_MASKS, /* struct cfg_nums of CFG_MASK */
	CFG_ROWS, /* struct cfg_rows of @row */
};

/** struct cfg_word - a word for a number; a table ends with a NULL name */
struct cfg_word {
	const char *name;
	uint64_t v;
};

/**
 * struct cfg_field - a key
 * @key: with its section, as messages name it: "boot.kernel"
 * @name: as written within its section or row
 * @type: type of the value
 * @offset: of its member in the struct that holds it
 * @optional: rows: may be left out
 * @alias: rows: another name for an earlier field, without a position
 * @row: CFG_ROWS: what a row is made of
 * @words: CFG_WORD: the words; the first one of a number is what is written
 * @example: a value as `config generate` proposes it, in TOML
 * @help: what it is, half a sentence; keys of our own form have one
 */
struct cfg_field {
	const char *key;
	const char *name;
	enum cfg_type type;
	size_t offset;
	bool optional;
	bool alias;
	const struct cfg_row *row;
	const struct cfg_word *words;
	const char *example;
	const char *help;
};

/**
 * struct cfg_row - fields of a row in their positional order
 * @size: of the struct it is read into
 * @fields: end with a NULL name
 * @flatten: an array of more than one string is as many rows
 */
struct cfg_row {
	size_t size;
	const struct cfg_field *fields;
	bool flatten;
};

/** struct cfg_section - a [section]; @name "" is the top level */
struct cfg_section {
	const char *name;
	const struct cfg_field *fields;
	const char *help;
};

/*
 * Our own form, whose first section is the top level, and AxVisor's sections.
 * Every member of struct config has a key in our own form, except those that
 * mean nothing outside of AxVisor.  Both end with a NULL name.
 */
extern const struct cfg_section cfg_own[];
extern const struct cfg_section cfg_axvisor[];

/** Every spelling of an architecture, also of those that we do not run. */
extern const struct cfg_word cfg_arch_words[];
extern const struct cfg_word cfg_device_words[];
/** What test.expect can be. */
extern const struct cfg_word cfg_verdict_words[];

/** The word for a number, or NULL. */
const char *cfg_word_name(const struct cfg_word *words, uint64_t v);

static inline void *cfg_member(const void *base, const struct cfg_field *f)
{
	return (char *)base + f->offset;
}

/** Does the kind of a value fit the field at all? An array, or one value. */
static inline bool cfg_is_list(const struct cfg_field *f)
{
	return f->type == CFG_NUMS || f->type == CFG_MASKS ||
	       f->type == CFG_ROWS;
}

#endif /* VMCTL_CONFIG_SCHEMA_H */
