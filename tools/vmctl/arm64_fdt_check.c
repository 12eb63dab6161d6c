// SPDX-License-Identifier: GPL-2.0
/*
 * Is it a device tree?  Each block, token, name and length is looked at before
 * libfdt sees the tree: its own full check can be led astray by a hostile one.
 * PURE.  Implements the Devicetree Specification's flattened format.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#include "arm64_fdt.h"
#include "diag.h"

#define DTB_VERSION 17u
#define DTB_DEEPEST 64

#define ERROR(...) diag_add(d, DIAG_ERROR, file, 0, __VA_ARGS__)

/**
 * struct walk - on the way through the structure block
 * @s: the block; @n: its bytes
 * @at: where we are
 * @strings: the strings block; @nr_strings: its bytes
 * @depth: open nodes
 * @root: a root node was there
 * @props: properties may come: no child has
 */
struct walk {
	const uint8_t *s;
	uint32_t n, at;
	const char *strings;
	uint32_t nr_strings;
	int depth;
	bool root, props;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static bool take(struct walk *w, uint32_t *v)
{
	if (w->n - w->at < 4)
		return false;
	*v = be32(w->s + w->at);
	w->at += 4;
	return true;
}

/* Over @len bytes and what pads them. */
static bool skip(struct walk *w, uint32_t len)
{
	uint64_t end = ((uint64_t)w->at + len + 3) & ~3ull;

	if (end > w->n)
		return false;
	w->at = (uint32_t)end;
	return true;
}

static const char *walk_begin(struct walk *w)
{
	size_t len = strnlen((const char *)w->s + w->at, w->n - w->at);

	if (!w->depth && w->root)
		return "there are two root nodes";
	if (!w->depth && len)
		return "the root node has a name";
	if (++w->depth > DTB_DEEPEST)
		return "nodes are nested too deeply";
	if (len == w->n - w->at || !skip(w, (uint32_t)len + 1))
		return "a node's name has no end";
	w->root = w->props = true;
	return NULL;
}

static const char *walk_end(struct walk *w)
{
	w->props = false;
	return --w->depth < 0 ? "a node ends that did not begin" : NULL;
}

static const char *walk_prop(struct walk *w)
{
	uint32_t len, name;

	if (!take(w, &len) || !take(w, &name) || !skip(w, len))
		return "a property ends beyond the structure block";
	if (!w->depth)
		return "a property stands outside of all nodes";
	if (!w->props)
		return "a property follows a child node";
	if (name >= w->nr_strings ||
	    !memchr(w->strings + name, '\0', w->nr_strings - name))
		return "a property's name is outside of the strings block";
	return NULL;
}

static const char *walk_tree(struct walk *w)
{
	const char *why = NULL;
	uint32_t token;

	while (!why) {
		if (!take(w, &token))
			return "the structure block has no end";
		switch (token) {
		case FDT_BEGIN_NODE:
			why = walk_begin(w);
			break;
		case FDT_END_NODE:
			why = walk_end(w);
			break;
		case FDT_PROP:
			why = walk_prop(w);
			break;
		case FDT_NOP:
			break;
		case FDT_END:
			return w->depth || !w->root ? "a node has no end" :
						      NULL;
		default:
			why = "the structure block has an unknown token";
		}
	}
	return why;
}

static bool inside(uint32_t at, uint32_t len, uint32_t total, uint32_t align)
{
	return !(at % align) && at >= sizeof(struct fdt_header) &&
	       at <= total && len <= total - at;
}

static const char *check_reserved(const uint8_t *in, uint32_t total)
{
	static const uint8_t last[16];

	for (uint32_t at = fdt_off_mem_rsvmap(in); total - at >= 16; at += 16) {
		if (!memcmp(in + at, last, 16))
			return NULL;
	}
	return "the memory reservation block has no end";
}

static const char *check_blocks(const uint8_t *in)
{
	uint32_t total = fdt_totalsize(in);
	struct walk w = {
		.s = in + fdt_off_dt_struct(in),
		.n = fdt_size_dt_struct(in),
		.strings = (const char *)in + fdt_off_dt_strings(in),
		.nr_strings = fdt_size_dt_strings(in),
	};
	const char *why;

	if (!inside(fdt_off_dt_struct(in), w.n, total, 4))
		return "off_dt_struct and size_dt_struct do not fit totalsize";
	if (!inside(fdt_off_dt_strings(in), w.nr_strings, total, 1))
		return "off_dt_strings and size_dt_strings do not fit totalsize";
	if (!inside(fdt_off_mem_rsvmap(in), 16, total, 8))
		return "off_mem_rsvmap does not fit totalsize";
	why = check_reserved(in, total);
	return why ? why : walk_tree(&w);
}

bool arm64_fdt_check(const uint8_t *in, size_t n, const char *file,
		     struct diags *d)
{
	const char *why;

	if (n < sizeof(struct fdt_header) || fdt_magic(in) != FDT_MAGIC) {
		ERROR("it is not a device tree: magic is not 0x%08x",
		      (unsigned int)FDT_MAGIC);
		return false;
	}
	if (fdt_version(in) < DTB_VERSION ||
	    fdt_last_comp_version(in) > DTB_VERSION) {
		ERROR("device tree header: version is %" PRIu32
		      ", compatible with %" PRIu32 "; %u is served",
		      (uint32_t)fdt_version(in),
		      (uint32_t)fdt_last_comp_version(in), DTB_VERSION);
		return false;
	}
	if (fdt_totalsize(in) > ARM64_DTB_MAX) {
		ERROR("device tree header: totalsize is 0x%" PRIx32
		      "; the boot protocol allows 2 MiB",
		      (uint32_t)fdt_totalsize(in));
		return false;
	}
	if (fdt_totalsize(in) > n) {
		ERROR("it is truncated: the device tree's totalsize is 0x%" PRIx32
		      ", the file has 0x%zx bytes",
		      (uint32_t)fdt_totalsize(in), n);
		return false;
	}
	why = check_blocks(in);
	if (!why)
		return true;
	ERROR("it is a damaged device tree: %s", why);
	return false;
}
