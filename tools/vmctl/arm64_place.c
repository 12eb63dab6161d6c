// SPDX-License-Identifier: GPL-2.0
/*
 * Where kernel, RAM disk and device tree of an arm64 guest go.  PURE:
 * addresses in, addresses out; who gave them is the caller's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "arm64_image.h"
#include "arm64_place.h"
#include "diag.h"
#include "vmctl.h"

#define GIB (1ull << 30)
/* A RAM disk and its kernel share a window of this size, 1 GiB aligned. */
#define WINDOW (32 * GIB)
/* Kernels before 4.2 look for the device tree within this. */
#define DTB_REACH (512ull << 20)
#define DTB_ALIGN 8u
/* Rather than the least that is right: its own 64 KiB granules. */
#define FREE_ALIGN (64ull << 10)

#define ERROR(line, ...) diag_add(d, DIAG_ERROR, p->file, line, __VA_ARGS__)

/**
 * struct map - what is free
 * @ram: memory, sorted, spans that touch each other joined
 * @used: taken, in no order
 */
struct map {
	struct span *ram, *used;
	size_t nr_ram, nr_used;
};

/** struct wish - where an item may go: at @align + @offset, in [@min, @max] */
struct wish {
	uint64_t align, offset, min, max;
	bool high;
};

static uint64_t last_of(const struct span *s)
{
	return s->at + s->len - 1;
}

static int by_address(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static void map_take(struct map *m, const struct arm64_item *it)
{
	m->used[m->nr_used++] = (struct span){ it->at, it->len, it->what };
}

static void map_init(struct map *m, const struct arm64_place *p)
{
	m->ram = must(calloc(p->nr_ram + 1, sizeof(*m->ram)));
	/* Room for kernel, device tree and RAM disk besides. */
	m->used = must(calloc(p->nr_used + 3, sizeof(*m->used)));
	m->nr_ram = m->nr_used = 0;
	for (size_t i = 0; i < p->nr_ram; i++) {
		if (p->ram[i].len)
			m->ram[m->nr_ram++] = p->ram[i];
	}
	qsort(m->ram, m->nr_ram, sizeof(*m->ram), by_address);
	for (size_t i = 1, k = 0, n = m->nr_ram; i < n; i++) {
		struct span *prev = &m->ram[k];

		if (last_of(prev) + 1 == m->ram[i].at)
			prev->len += m->ram[i].len;
		else
			m->ram[++k] = m->ram[i];
		m->nr_ram = k + 1;
	}
	for (size_t i = 0; i < p->nr_used; i++) {
		if (p->used[i].len)
			m->used[m->nr_used++] = p->used[i];
	}
}

static void map_free(struct map *m)
{
	free(m->ram);
	free(m->used);
}

static const struct span *taken(const struct map *m, uint64_t at, uint64_t len)
{
	for (size_t i = 0; i < m->nr_used; i++) {
		if (at <= last_of(&m->used[i]) && m->used[i].at <= at + len - 1)
			return &m->used[i];
	}
	return NULL;
}

/* The first address from @from on that is @offset above a multiple of @align. */
static bool align_up(uint64_t from, const struct wish *w, uint64_t *at)
{
	uint64_t rest = (from - w->offset) & (w->align - 1);

	*at = from;
	return !rest || !__builtin_add_overflow(from, w->align - rest, at);
}

/* The last such address up to @from. */
static bool align_down(uint64_t from, const struct wish *w, uint64_t *at)
{
	return !__builtin_sub_overflow(from,
				       (from - w->offset) & (w->align - 1), at);
}

/* The lowest place in @lo..@hi. */
static bool find_low(const struct map *m, const struct wish *w, uint64_t lo,
		     uint64_t hi, uint64_t len, uint64_t *at)
{
	const struct span *s;

	while (lo <= hi && hi - lo >= len - 1) {
		if (!align_up(lo, w, at) || *at > hi || hi - *at < len - 1)
			return false;
		s = taken(m, *at, len);
		if (!s)
			return true;
		if (last_of(s) == UINT64_MAX)
			return false;
		lo = last_of(s) + 1;
	}
	return false;
}

/* The highest place in @lo..@hi. */
static bool find_high(const struct map *m, const struct wish *w, uint64_t lo,
		      uint64_t hi, uint64_t len, uint64_t *at)
{
	const struct span *s;

	while (lo <= hi && hi - lo >= len - 1) {
		if (!align_down(hi - (len - 1), w, at) || *at < lo)
			return false;
		s = taken(m, *at, len);
		if (!s)
			return true;
		if (!s->at)
			return false;
		hi = s->at - 1;
	}
	return false;
}

static bool find(const struct map *m, const struct wish *w, uint64_t len,
		 uint64_t *at)
{
	for (size_t i = 0; i < m->nr_ram; i++) {
		const struct span *r = &m->ram[w->high ? m->nr_ram - 1 - i : i];
		uint64_t lo = r->at > w->min ? r->at : w->min;
		uint64_t hi = last_of(r) < w->max ? last_of(r) : w->max;

		if ((w->high ? find_high : find_low)(m, w, lo, hi, len, at))
			return true;
	}
	return false;
}

static bool in_ram(const struct map *m, const struct arm64_item *it)
{
	for (size_t i = 0; i < m->nr_ram; i++) {
		if (it->at >= m->ram[i].at &&
		    it->at - m->ram[i].at <= m->ram[i].len - 1 &&
		    m->ram[i].len - (it->at - m->ram[i].at) >= it->len)
			return true;
	}
	return false;
}

/* A place that the configuration gave. */
static bool take_fixed(const struct arm64_place *p, struct map *m,
		       const struct arm64_item *it, uint64_t align,
		       uint64_t offset, struct diags *d)
{
	const struct span *s;

	if ((it->at - offset) & (align - 1)) {
		ERROR(it->line,
		      "%s: the address 0x%" PRIx64 " must be 0x%" PRIx64
		      " above a multiple of 0x%" PRIx64,
		      it->what, it->at, offset, align);
		return false;
	}
	if (!in_ram(m, it)) {
		ERROR(it->line,
		      "%s: 0x%" PRIx64 " bytes at 0x%" PRIx64
		      " do not lie within the guest's memory",
		      it->what, it->len, it->at);
		return false;
	}
	s = taken(m, it->at, it->len);
	if (s) {
		ERROR(it->line,
		      "%s: 0x%" PRIx64 " bytes at 0x%" PRIx64
		      " overlap %s at 0x%" PRIx64,
		      it->what, it->len, it->at,
		      s->name ? s->name : "another image", s->at);
		return false;
	}
	map_take(m, it);
	return true;
}

static bool take_free(const struct arm64_place *p, struct map *m,
		      struct arm64_item *it, const struct wish *w,
		      struct diags *d)
{
	if (!find(m, w, it->len, &it->at)) {
		ERROR(it->line,
		      "%s: the guest's memory has no free place for 0x%" PRIx64
		      " bytes (%" PRIu64 " KiB)",
		      it->what, it->len, it->len >> 10);
		return false;
	}
	map_take(m, it);
	return true;
}

static bool place_kernel(struct arm64_place *p, struct map *m, struct diags *d)
{
	struct wish w = { .align = ARM64_IMAGE_ALIGN, .max = UINT64_MAX };

	w.offset = p->image->text_offset;
	return p->kernel.fixed ?
		       take_fixed(p, m, &p->kernel, w.align, w.offset, d) :
		       take_free(p, m, &p->kernel, &w, d);
}

/* Near the kernel, so that old ones find it too, else anywhere. */
static bool place_dtb(struct arm64_place *p, struct map *m, struct diags *d)
{
	struct wish w = { .align = FREE_ALIGN, .max = UINT64_MAX };
	struct wish any = w;

	if (p->dtb.len > ARM64_DTB_MAX) {
		ERROR(p->dtb.line,
		      "%s: the device tree has %" PRIu64
		      " bytes; the boot protocol allows 2 MiB",
		      p->dtb.what, p->dtb.len);
		return false;
	}
	if (p->dtb.fixed)
		return take_fixed(p, m, &p->dtb, DTB_ALIGN, 0, d);
	if (p->image) {
		w.min = p->kernel.at - p->image->text_offset;
		any.high = w.high = !p->image->bounded;
		if (__builtin_add_overflow(w.min, DTB_REACH - 1, &w.max))
			w.max = UINT64_MAX;
		if (find(m, &w, p->dtb.len, &p->dtb.at))
			return take_free(p, m, &p->dtb, &w, d);
	}
	return take_free(p, m, &p->dtb, &any, d);
}

/* The windows that hold the kernel, as what a RAM disk may begin and end at. */
static void initrd_window(const struct arm64_place *p, struct wish *w)
{
	uint64_t last = p->kernel.at + p->kernel.len - 1;

	w->max = (p->kernel.at & ~(GIB - 1)) + (WINDOW - 1);
	if (w->max < WINDOW - 1)
		w->max = UINT64_MAX;
	w->min = (last & ~(GIB - 1)) + GIB;
	w->min = w->min > WINDOW ? w->min - WINDOW : 0;
}

static bool place_initrd(struct arm64_place *p, struct map *m, struct diags *d)
{
	struct wish w = { .align = FREE_ALIGN, .max = UINT64_MAX };

	if (p->initrd.fixed)
		return take_fixed(p, m, &p->initrd, 1, 0, d);
	if (p->image) {
		initrd_window(p, &w);
		w.high = !p->image->bounded;
	}
	return take_free(p, m, &p->initrd, &w, d);
}

static bool check_window(const struct arm64_place *p, struct diags *d)
{
	const struct arm64_item *it = &p->initrd;
	uint64_t lo, hi;

	if (!p->image || !it->len)
		return true;
	lo = it->at < p->kernel.at ? it->at : p->kernel.at;
	hi = it->at + it->len - 1;
	if (hi < p->kernel.at + p->kernel.len - 1)
		hi = p->kernel.at + p->kernel.len - 1;
	if (hi - (lo & ~(GIB - 1)) < WINDOW)
		return true;
	ERROR(it->line,
	      "%s: RAM disk at 0x%" PRIx64 " and kernel at 0x%" PRIx64
	      " must lie within one window of 32 GiB that begins on 1 GiB",
	      it->what, it->at, p->kernel.at);
	return false;
}

bool arm64_place(struct arm64_place *p, struct diags *d)
{
	static bool (*const steps[])(struct arm64_place *, struct map *,
				     struct diags *) = {
		place_kernel,
		place_dtb,
		place_initrd,
	};
	const struct arm64_item *items[] = { &p->kernel, &p->dtb, &p->initrd };
	struct map m;
	bool ok = true;

	if (p->nr_ram + p->nr_used > ARM64_PLACE_SPANS) {
		ERROR(0, "more than %d memory regions and images",
		      ARM64_PLACE_SPANS);
		return false;
	}
	map_init(&m, p);
	/* What is told first, so that nothing free comes into its way. */
	for (int i = 0; ok && i < 6; i++) {
		const struct arm64_item *it = items[i % 3];

		if (it->len && it->fixed == (i < 3))
			ok = steps[i % 3](p, &m, d);
	}
	map_free(&m);
	return ok && check_window(p, d);
}
