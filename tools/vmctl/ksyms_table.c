// SPDX-License-Identifier: GPL-2.0
/*
 * The symbol tables that Linux carries with it (CONFIG_KALLSYMS), found in its
 * image or in the memory it runs in, by what they look like: 256 tokens, which
 * nothing else is like, then names made of them, then an address for each.
 *
 * Linux: scripts/kallsyms.c, kernel/kallsyms.c.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms.h"
#include "le.h"

#define TOKENS 256u
#define TOKENS_MOST 4096u /* bytes of all tokens */
#define SYMBOLS_LEAST 500u
#define SYMBOLS_MOST (1u << 22)
#define NAME_MOST 512u
#define PER_MARKER 256u
#define NOTE_PAGE 4096u
#define ANYWHERE (1ull << 62) /* no difference goes below zero from there */
/* Names looked at in vain, characters of all: what a hostile guest may cost. */
#define WORK_MOST (1u << 25)
#define TEXT_MOST (1u << 27)

/**
 * struct table - what has been found, as offsets in the image
 * @tokens, @index: the tokens, and where each begins
 * @names, @names_end: lengths and tokens of names
 * @count_at: where the number of symbols is
 * @work: names that were looked at
 */
struct table {
	const uint8_t *image;
	size_t len, tokens, index, names, names_end, count_at;
	uint32_t count;
	uint32_t work;
};

static uint32_t u32(const struct table *t, size_t at)
{
	return at + 4 <= t->len ? le32_get(t->image + at) : 0;
}

static uint16_t u16(const struct table *t, size_t at)
{
	return at + 2 <= t->len ? le16_get(t->image + at) : 0;
}

static size_t align4(size_t at)
{
	return (at + 3) & ~(size_t)3;
}

static size_t align8(size_t at)
{
	return (at + 7) & ~(size_t)7;
}

/* Ascending, by no less than a character and its NUL. */
static bool is_index(const struct table *t, size_t at)
{
	uint16_t last = 0, now;

	if (at + 2 * TOKENS > t->len || u16(t, at) || u16(t, at + 2) < 2)
		return false;
	for (unsigned int i = 1; i < TOKENS; i++) {
		now = u16(t, at + 2 * i);
		if (now < last + 2 || now > TOKENS_MOST)
			return false;
		last = now;
	}
	return true;
}

/* The tokens of the index at @at stand before it. */
static bool find_tokens(struct table *t, size_t at)
{
	uint16_t last = u16(t, at + 2 * (TOKENS - 1));

	for (size_t back = last + 2u; back < last + 64u && back <= at; back++) {
		const uint8_t *tokens = t->image + at - back;
		unsigned int i = 1;

		while (i < TOKENS && !tokens[u16(t, at + 2 * i) - 1])
			i++;
		/* A digit that names use stands for itself. */
		if (i < TOKENS || tokens[u16(t, at + 2 * '0')] != '0' ||
		    tokens[u16(t, at + 2 * '9')] != '9')
			continue;
		t->tokens = at - back;
		t->index = at;
		return true;
	}
	return false;
}

/* The name at *@at, its type first; moves behind it.  0: there is none. */
static size_t name_get(const struct table *t, size_t *at, char *name)
{
	size_t n = 0, p = *at, left;

	if (p + 2 > t->len)
		return 0;
	left = t->image[p++];
	if (left & 0x80) /* a long one */
		left = (left & 0x7f) | (size_t)t->image[p++] << 7;
	if (!left || left > NAME_MOST || p + left > t->len)
		return 0;
	for (; left; left--) {
		const uint8_t *token = t->image + t->tokens +
				       u16(t, t->index + 2u * t->image[p++]);

		for (; *token && n < NAME_MOST; token++)
			name[n++] = (char)*token;
	}
	name[n] = '\0';
	*at = p;
	return n;
}

static bool plausible(const char *name, size_t n)
{
	if (n < 2 || !strchr("aAbBdDnNrRtTvVwW", name[0]))
		return false;
	for (size_t i = 1; i < n; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	}
	return true;
}

/* Behind the names, at @at, every 256th is found by a marker. */
static bool markers_fit(const struct table *t, size_t at, const uint32_t *want,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (u32(t, at + 4 * i) != want[i])
			return false;
	}
	return true;
}

/* Is this the number of symbols, and do their names follow at @names? */
static bool is_count(struct table *t, size_t at, size_t names)
{
	static uint32_t markers[SYMBOLS_MOST / PER_MARKER + 1];
	char name[NAME_MOST + 1];
	size_t n = 0, len, text = 0;

	t->count = u32(t, at);
	if (t->count < SYMBOLS_LEAST || t->count > SYMBOLS_MOST)
		return false;
	t->count_at = at;
	t->names = t->names_end = names;
	for (uint32_t i = 0; i < t->count; i++) {
		if (i % PER_MARKER == 0)
			markers[n++] = (uint32_t)(t->names_end - t->names);
		len = name_get(t, &t->names_end, name);
		text += len;
		if (!plausible(name, len) || text > TEXT_MOST ||
		    t->work++ > WORK_MOST)
			return false;
	}
	return markers_fit(t, align8(t->names_end), markers, n) ||
	       markers_fit(t, align4(t->names_end), markers, n);
}

static bool find_table(struct table *t)
{
	size_t at;

	for (at = 0; at + 2 * TOKENS <= t->len; at += 8) {
		if (is_index(t, at) && find_tokens(t, at))
			break;
	}
	if (at + 2 * TOKENS > t->len)
		return false;
	/* Aligned to 8 bytes and padded, since Linux 7.0 to 4 bytes. */
	for (at = t->tokens & ~(size_t)3; at >= 4; at -= 4) {
		if (at % 8 == 0 && !u32(t, at - 4) && at >= 8 &&
		    is_count(t, at - 8, at))
			return true;
		if (is_count(t, at - 4, at))
			return true;
	}
	return false;
}

/* ---- addresses -------------------------------------------------------------- */

/**
 * struct places - where addresses are
 * @at: an offset for each symbol
 * @base: what they are relative to
 * @percpu: as x86 has them: negative ones go up from the base
 * @own: as since Linux 7.0: each is relative to where it stands itself, which
 *	is at @base + its place in the image
 */
struct places {
	size_t at;
	uint64_t base;
	bool percpu, own;
};

static uint64_t place(const struct table *t, const struct places *p, uint32_t i)
{
	size_t at = p->at + 4 * (size_t)i;
	int32_t offset = (int32_t)u32(t, at);

	if (p->own)
		return p->base + at + (uint64_t)(int64_t)offset;
	if (!p->percpu)
		return p->base + (uint32_t)offset;
	return offset < 0 ? p->base - 1 - (int64_t)offset : (uint64_t)offset;
}

/* Symbols are sorted by address. */
static bool ascending(const struct table *t, const struct places *p)
{
	uint64_t last = place(t, p, 0), now;
	uint32_t moved = 0;

	for (uint32_t i = 1; i < t->count; i++) {
		now = place(t, p, i);
		if (now < last)
			return false;
		moved += now > last;
		last = now;
	}
	return moved > t->count / 4;
}

/* ---- addresses that are relative to where they stand -------------------------- */

/* The image is an ELF file: where what it has at @at will be. */
static uint64_t elf_address(const struct table *t, size_t at)
{
	Elf64_Ehdr e;
	Elf64_Phdr ph;

	if (t->len < sizeof(e))
		return 0;
	memcpy(&e, t->image, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_phentsize != sizeof(ph) ||
	    e.e_phoff > t->len)
		return 0;
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t from = e.e_phoff + (uint64_t)i * sizeof(ph);

		if (from + sizeof(ph) > t->len)
			return 0;
		memcpy(&ph, t->image + from, sizeof(ph));
		if (ph.p_type == PT_LOAD && at >= ph.p_offset &&
		    at - ph.p_offset < ph.p_filesz)
			return ph.p_vaddr + (at - ph.p_offset);
	}
	return 0;
}

/* The image is memory: what the kernel notes there for those who dump it. */
static uint64_t noted_address(const struct table *t, const char *symbol)
{
	static const char name[12] = "VMCOREINFO";
	char word[64], *value;

	snprintf(word, sizeof(word), "\nSYMBOL(%s)=", symbol);
	for (size_t at = 0; at + NOTE_PAGE <= t->len; at += NOTE_PAGE) {
		char text[NOTE_PAGE + 1];

		if (memcmp(t->image + at + 12, name, sizeof(name)))
			continue;
		/* Strings end at a NUL. */
		memcpy(text, t->image + at + 24, NOTE_PAGE - 24);
		text[NOTE_PAGE - 24] = '\0';
		value = strstr(text, word);
		if (value)
			return strtoull(value + strlen(word), NULL, 16);
	}
	return 0;
}

/* The number of a symbol; the count of all if there is none of that name. */
static uint32_t find_symbol(const struct table *t, const char *wanted)
{
	char name[NAME_MOST + 1];
	size_t at = t->names;
	uint32_t i = 0;

	while (i < t->count && name_get(t, &at, name) &&
	       strcmp(name + 1, wanted))
		i++;
	return i;
}

/* @base: the first symbol's address, or 0. */
static int find_own_base(const struct table *t, struct places *p, uint64_t base)
{
	uint64_t there = elf_address(t, p->at), noted;
	uint32_t stext;

	if (base) {
		p->base = base - place(t, p, 0);
		return 0;
	}
	if (there) {
		p->base = there - p->at;
		return 0;
	}
	noted = noted_address(t, "_stext");
	stext = find_symbol(t, "_stext");
	if (!noted || stext == t->count)
		return -ENODATA;
	p->base = noted - place(t, p, stext);
	return 0;
}

/* Before the names as older kernels have it, behind the tokens as newer do. */
static int find_places(const struct table *t, struct places *p, uint64_t base)
{
	size_t bytes = align8(4 * (size_t)t->count);
	size_t at[2] = { t->count_at - 8 - bytes,
			 align8(t->index + 2 * TOKENS) };

	for (int i = 0; i < 4; i++) {
		p->at = at[i / 2];
		p->percpu = i % 2;
		if (p->at + bytes + 8 > t->len ||
		    (i < 2 && t->count_at < 8 + bytes))
			continue;
		p->base = le64_get(t->image + p->at + bytes);
		if (!ascending(t, p))
			continue;
		if (!p->base) /* a relocation has it */
			p->base = base;
		return p->base ? 0 : -ENODATA;
	}
	return -ENOENT;
}

/* As since 7.0, where nothing is padded any more. */
static int find_own_places(const struct table *t, struct places *p,
			   uint64_t base)
{
	*p = (struct places){ .at = align4(t->index + 2 * TOKENS),
			      .base = ANYWHERE,
			      .own = true };
	if (p->at + 4 * (size_t)t->count > t->len || !ascending(t, p))
		return -ENOENT;
	p->base = 0;
	return find_own_base(t, p, base);
}

int ksyms_find(struct ksyms *k, const uint8_t *image, size_t len, uint64_t base)
{
	struct table t = { .image = image, .len = len };
	char name[NAME_MOST + 1];
	struct places p = { 0 };
	size_t at;
	int ret;

	if (!find_table(&t))
		return -ENOENT;
	ret = t.names == t.count_at + 4 ? find_own_places(&t, &p, base) :
					  find_places(&t, &p, base);
	if (ret)
		return ret;
	at = t.names;
	for (uint32_t i = 0; i < t.count; i++) {
		size_t n = name_get(&t, &at, name);

		ksyms_add(k, place(&t, &p, i), name[0], name + 1, n - 1, NULL,
			  0);
	}
	k->image = image;
	k->image_len = len;
	k->tokens = t.tokens;
	return 0;
}
