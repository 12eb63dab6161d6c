// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of an x86 guest: the E820 map, and room in it for what is loaded.
 * PURE.
 */
#include "x86_map.h"
#include "x86_ram.h"

static bool add(struct x86_ram *r, uint64_t at, uint64_t end, uint32_t type)
{
	struct e820_range *last = r->nr_map ? &r->map[r->nr_map - 1] : NULL;

	if (at >= end)
		return true;
	if (last && last->type == type && last->at + last->len == at) {
		last->len += end - at;
		return true;
	}
	if (r->nr_map == E820_MAX)
		return false;
	r->map[r->nr_map++] = (struct e820_range){ at, end - at, type };
	return true;
}

static uint64_t clamp(uint64_t v, uint64_t low, uint64_t high)
{
	return v < low ? low : v > high ? high : v;
}

bool x86_ram_map(struct x86_ram *r, const struct x86_span *ram, size_t n)
{
	/* What memory between these bounds is to the guest. */
	static const struct {
		uint64_t at, end;
		uint32_t type; /* 0: not told of */
	} zones[] = {
		{ 0, X86_LOW_END, E820_RAM },
		{ X86_LOW_END, X86_HOLE, E820_RESERVED },
		{ X86_HOLE, X86_ACPI, 0 },
		{ X86_ACPI, X86_HIGH, E820_ACPI },
		{ X86_HIGH, UINT64_MAX, E820_RAM },
	};

	*r = (struct x86_ram){ 0 };
	for (size_t i = 0; i < n; i++) {
		uint64_t at = ram[i].at, end = at + ram[i].len;

		for (size_t z = 0; z < sizeof(zones) / sizeof(*zones); z++) {
			uint64_t from = clamp(at, zones[z].at, zones[z].end);
			uint64_t to = clamp(end, zones[z].at, zones[z].end);

			if (zones[z].type && !add(r, from, to, zones[z].type))
				return false;
		}
	}
	return true;
}

bool x86_ram_take(struct x86_ram *r, uint64_t at, uint64_t len)
{
	if (!len)
		return true;
	if (r->nr_used == E820_MAX)
		return false;
	r->used[r->nr_used++] = (struct x86_span){ at, len };
	return true;
}

static const struct x86_span *in_use(const struct x86_ram *r, uint64_t at,
				     uint64_t len)
{
	for (size_t i = 0; i < r->nr_used; i++) {
		const struct x86_span *u = &r->used[i];

		if (at < u->at + u->len && u->at < at + len)
			return u;
	}
	return NULL;
}

/* Is it within one range of RAM? */
static bool is_ram(const struct x86_ram *r, uint64_t at, uint64_t len)
{
	for (size_t i = 0; i < r->nr_map; i++) {
		const struct e820_range *e = &r->map[i];

		if (e->type == E820_RAM && at >= e->at && len <= e->len &&
		    at - e->at <= e->len - len)
			return true;
	}
	return false;
}

bool x86_ram_free(const struct x86_ram *r, uint64_t at, uint64_t len)
{
	return is_ram(r, at, len) && !in_use(r, at, len);
}

/* Up within [@at, @end); each step leaves a used span behind. */
static bool climb(const struct x86_ram *r, uint64_t at, uint64_t end,
		  uint64_t len, uint64_t align, uint64_t *out)
{
	for (;;) {
		const struct x86_span *u;
		uint64_t up = (at + align - 1) & ~(align - 1);

		if (up < at || up > end || end - up < len)
			return false;
		u = in_use(r, up, len);
		if (!u) {
			*out = up;
			return true;
		}
		at = u->at + u->len;
	}
}

static bool sink(const struct x86_ram *r, uint64_t at, uint64_t end,
		 uint64_t len, uint64_t align, uint64_t *out)
{
	for (;;) {
		const struct x86_span *u;
		uint64_t down;

		if (end < len)
			return false;
		down = (end - len) & ~(align - 1);
		if (down < at)
			return false;
		u = in_use(r, down, len);
		if (!u) {
			*out = down;
			return true;
		}
		end = u->at;
	}
}

/* The part of a range of RAM within [@min, @max]; false: nothing of it. */
static bool window(const struct e820_range *e, uint64_t min, uint64_t max,
		   uint64_t *at, uint64_t *end)
{
	uint64_t last = e->at + e->len - 1;

	if (e->type != E820_RAM || last < min || e->at > max)
		return false;
	*at = e->at > min ? e->at : min;
	*end = (last < max ? last : max) + 1;
	return true;
}

bool x86_ram_lowest(const struct x86_ram *r, uint64_t len, uint64_t align,
		    uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t at, end;

	for (size_t i = 0; i < r->nr_map; i++) {
		if (window(&r->map[i], min, max, &at, &end) &&
		    climb(r, at, end, len, align, out))
			return true;
	}
	return false;
}

bool x86_ram_highest(const struct x86_ram *r, uint64_t len, uint64_t align,
		     uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t at, end;

	for (size_t i = r->nr_map; i-- > 0;) {
		if (window(&r->map[i], min, max, &at, &end) &&
		    sink(r, at, end, len, align, out))
			return true;
	}
	return false;
}
