// SPDX-License-Identifier: GPL-2.0
/*
 * Symbols of a kernel: lists as /proc/kallsyms and System.map have them, and
 * what all that are found have in common.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms.h"
#include "rsp.h"
#include "vmctl.h"

static uint32_t keep_text(struct ksyms *k, const char *text, size_t len)
{
	size_t at = k->text_len;

	if (at + len + 1 > k->text_room) {
		k->text_room = 2 * (at + len + 1);
		k->text = must(realloc(k->text, k->text_room));
	}
	memcpy(k->text + at, text, len);
	k->text[at + len] = '\0';
	k->text_len += len + 1;
	return (uint32_t)at;
}

void ksyms_add(struct ksyms *k, uint64_t addr, char type, const char *name,
	       size_t name_len, const char *module, size_t module_len)
{
	struct ksym s = { .addr = addr, .type = type };
	const struct ksym *last = k->n ? &k->v[k->n - 1] : NULL;

	if (!k->text_len)
		keep_text(k, "", 0);
	if (k->n == k->room) {
		k->room = k->room ? 2 * k->room : 4096;
		k->v = must(realloc(k->v, k->room * sizeof(*k->v)));
		last = k->n ? &k->v[k->n - 1] : NULL;
	}
	s.name = keep_text(k, name, name_len);
	/* A module's symbols come one after the other. */
	if (module_len && last && last->module &&
	    strlen(k->text + last->module) == module_len &&
	    !memcmp(k->text + last->module, module, module_len))
		s.module = last->module;
	else if (module_len)
		s.module = keep_text(k, module, module_len);
	k->v[k->n++] = s;
}

/* "ffffffff81000000 T _text", and "\t[module]" behind it. */
static bool parse_line(struct ksyms *k, const char *p, const char *end)
{
	const char *name, *module = NULL;
	size_t n, module_len = 0;
	uint64_t addr = 0;
	int digits = 0;
	char type;

	for (; p < end && rsp_digit(*p) >= 0 && digits < 16; p++, digits++)
		addr = addr << 4 | (uint64_t)rsp_digit(*p);
	if (digits < 8 || end - p < 4 || p[0] != ' ' || p[2] != ' ')
		return false;
	type = p[1];
	name = p + 3;
	for (n = 0; name + n < end && name[n] > ' '; n++)
		;
	if (name + n < end && end - (name + n) > 2 && name[n] == '\t' &&
	    name[n + 1] == '[') {
		module = name + n + 2;
		while (module + module_len < end && module[module_len] != ']')
			module_len++;
	}
	if (!n)
		return false;
	ksyms_add(k, addr, type, name, n, module, module_len);
	return true;
}

int ksyms_parse(struct ksyms *k, const char *text, size_t len)
{
	const char *p = text, *end = text + len;
	bool some = false;

	while (p < end) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		eol = eol ? eol : end;
		if (eol != p && !parse_line(k, p, eol))
			return -EINVAL;
		p = eol + 1;
	}
	for (size_t i = 0; i < k->n; i++)
		some |= k->v[i].addr != 0;
	return some ? 0 : k->n ? -EPERM : -EINVAL;
}

static int by_address(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

void ksyms_finish(struct ksyms *k, uint64_t offset)
{
	static const char mark[] = "__arm64_sys_";
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++) {
		const char *name = k->text + k->v[i].name;

		/* Offsets within a CPU's own data, and marks of assemblers. */
		if (strchr("AaNnU?", k->v[i].type) || *name == '$' ||
		    !(k->v[i].addr >> 63))
			continue;
		k->arm64 |= !strncmp(name, mark, sizeof(mark) - 1);
		k->v[n] = k->v[i];
		k->v[n++].addr += offset;
	}
	k->n = n;
	k->shift = offset;
	if (n)
		qsort(k->v, n, sizeof(*k->v), by_address);
}

void ksyms_free(struct ksyms *k)
{
	free(k->v);
	free(k->text);
	memset(k, 0, sizeof(*k));
}

uint64_t ksyms_address(const struct ksyms *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++) {
		if (!k->v[i].module && !strcmp(k->text + k->v[i].name, name))
			return k->v[i].addr;
	}
	return 0;
}

bool ksyms_is_text(const struct ksym *s)
{
	return strchr("tTwW", s->type) != NULL;
}

void kbuf_add(struct kbuf *b, const void *data, size_t len)
{
	if (b->n + len > b->room) {
		b->room = 2 * (b->n + len);
		b->p = must(realloc(b->p, b->room));
	}
	if (len)
		memcpy(b->p + b->n, data, len);
	b->n += len;
}

void kbuf_u8(struct kbuf *b, uint8_t v)
{
	kbuf_add(b, &v, 1);
}

void kbuf_u32(struct kbuf *b, uint32_t v)
{
	kbuf_add(b, &v, 4);
}

void kbuf_u64(struct kbuf *b, uint64_t v)
{
	kbuf_add(b, &v, 8);
}

void kbuf_free(struct kbuf *b)
{
	free(b->p);
	memset(b, 0, sizeof(*b));
}
