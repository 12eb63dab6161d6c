// SPDX-License-Identifier: GPL-2.0
/*
 * Breakpoints of a debugging session: instructions of ours in guest memory,
 * the CPU's own points, and guest memory as it would be without the former.
 *
 * An instruction is remembered by where it is in guest-physical memory, and is
 * taken away there, whatever the guest did to its page tables meanwhile.
 */
#include <errno.h>
#include <string.h>

#include "gdb.h"

#define PIECE_MOST 8u /* bytes of one watchpoint of the CPU */

/* ---- where a guest-virtual address is --------------------------------------- */

/*
 * By the tables of the thread that is looked at.  The kernel's half is the
 * same for all, but not where one is in user mode with the kernel's pages
 * unmapped: ask the others, too.
 */
static int locate(struct gdb *g, uint64_t addr, uint64_t *gpa, uint64_t *room)
{
	int ret;

	if (g->phys) {
		*gpa = addr;
		*room = UINT64_MAX;
		return 0;
	}
	ret = g->ops->translate(g->ctx, g->thread, addr, gpa, room);
	if (ret != -ENXIO || !(addr >> 63))
		return ret;
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS && ret == -ENXIO; i++) {
		if (g->vcpus[i].there && i != g->thread)
			ret = g->ops->translate(g->ctx, i, addr, gpa, room);
	}
	return ret;
}

/* ---- memory without our instructions ------------------------------------------ */

/*
 * What @s and @len bytes at @gpa share: offsets in both, bytes in common.
 */
static size_t overlap(const struct gdb *g, const struct gdb_soft *s,
		      uint64_t gpa, size_t len, size_t *in_point,
		      size_t *in_buf)
{
	uint64_t n = g->arch->trap_len;

	if (!s->used || s->gpa >= gpa + len || gpa >= s->gpa + n)
		return 0;
	*in_point = gpa > s->gpa ? (size_t)(gpa - s->gpa) : 0;
	*in_buf = gpa > s->gpa ? 0 : (size_t)(s->gpa - gpa);
	n -= *in_point;
	return n < len - *in_buf ? (size_t)n : len - *in_buf;
}

/* @buf, just read at @gpa: what the guest put there instead of our bytes. */
static void hide(const struct gdb *g, uint64_t gpa, uint8_t *buf, size_t len)
{
	for (size_t i = 0; i < GDB_SOFT_POINTS; i++) {
		const struct gdb_soft *s = &g->soft[i];
		size_t point, at, n = overlap(g, s, gpa, len, &point, &at);

		/* Not ours any more if the guest wrote over it. */
		if (n && !memcmp(buf + at, g->arch->trap + point, n))
			memcpy(buf + at, s->saved + point, n);
	}
}

/* @buf, to be written at @gpa: our bytes stay, theirs are kept for later. */
static void keep(struct gdb *g, uint64_t gpa, uint8_t *buf, size_t len)
{
	for (size_t i = 0; i < GDB_SOFT_POINTS; i++) {
		struct gdb_soft *s = &g->soft[i];
		size_t point, at, n = overlap(g, s, gpa, len, &point, &at);

		if (n)
			memcpy(s->saved + point, buf + at, n);
	}
	for (size_t i = 0; i < GDB_SOFT_POINTS; i++) {
		struct gdb_soft *s = &g->soft[i];
		size_t point, at, n = overlap(g, s, gpa, len, &point, &at);

		if (n)
			memcpy(buf + at, g->arch->trap + point, n);
	}
}

static long transfer(struct gdb *g, uint64_t addr, uint8_t *buf, size_t len,
		     bool write)
{
	size_t done = 0;
	long ret = 0;

	while (done < len) {
		uint64_t gpa, room;
		size_t n = len - done;

		ret = locate(g, addr + done, &gpa, &room);
		if (ret)
			break;
		n = room < n ? (size_t)room : n;
		if (!n || gpa + n < gpa)
			return done ? (long)done : -ENOENT;
		if (write) {
			keep(g, gpa, buf + done, n);
			ret = g->ops->write(g->ctx, gpa, buf + done, n);
		} else {
			ret = g->ops->read(g->ctx, gpa, buf + done, n);
		}
		if (ret <= 0)
			break;
		n = (size_t)ret < n ? (size_t)ret : n;
		if (!write)
			hide(g, gpa, buf + done, n);
		done += n;
	}
	return done ? (long)done : ret;
}

long gdb_mem_read(struct gdb *g, uint64_t addr, void *buf, size_t len)
{
	return transfer(g, addr, buf, len, false);
}

long gdb_mem_write(struct gdb *g, uint64_t addr, void *buf, size_t len)
{
	return transfer(g, addr, buf, len, true);
}

/* ---- instructions in memory ----------------------------------------------------- */

static struct gdb_soft *soft_find(struct gdb *g, uint64_t gva)
{
	for (size_t i = 0; i < GDB_SOFT_POINTS; i++) {
		if (g->soft[i].used && g->soft[i].gva == gva)
			return &g->soft[i];
	}
	return NULL;
}

bool gdb_points_own(const struct gdb *g, uint64_t gva)
{
	return soft_find((struct gdb *)g, gva) != NULL;
}

static int put(struct gdb *g, uint64_t gpa, const uint8_t *bytes)
{
	long ret = g->ops->write(g->ctx, gpa, bytes, g->arch->trap_len);

	if (ret < 0)
		return (int)ret;
	return ret == g->arch->trap_len ? 0 : -EFAULT;
}

static int soft_set(struct gdb *g, uint64_t gva)
{
	struct gdb_soft s = { .used = true, .gva = gva }, *slot = NULL;
	uint64_t room;
	long ret;

	if (soft_find(g, gva))
		return 0;
	for (size_t i = 0; !slot && i < GDB_SOFT_POINTS; i++) {
		if (!g->soft[i].used)
			slot = &g->soft[i];
	}
	if (!slot)
		return -ENOSPC;
	ret = locate(g, gva, &s.gpa, &room);
	if (ret)
		return (int)ret;
	if (room < g->arch->trap_len)
		return -EINVAL; /* none is aligned like this */
	ret = g->ops->read(g->ctx, s.gpa, s.saved, g->arch->trap_len);
	if (ret != g->arch->trap_len)
		return ret < 0 ? (int)ret : -EFAULT;
	hide(g, s.gpa, s.saved, g->arch->trap_len);
	/* Remembered first: if we die in between, somebody else takes it away. */
	*slot = s;
	g->n_soft++;
	ret = put(g, s.gpa, g->arch->trap);
	if (!ret)
		return 0;
	slot->used = false;
	g->n_soft--;
	return (int)ret;
}

/* The same memory may have a second name, and a breakpoint there. */
static bool shared(const struct gdb *g, const struct gdb_soft *s)
{
	for (size_t i = 0; i < GDB_SOFT_POINTS; i++) {
		const struct gdb_soft *other = &g->soft[i];

		if (other->used && other != s && other->gpa == s->gpa)
			return true;
	}
	return false;
}

/* What the guest has there comes back. */
static int restore(struct gdb *g, const struct gdb_soft *s)
{
	uint8_t now[sizeof(s->saved)];
	long ret;

	if (shared(g, s))
		return 0;
	ret = g->ops->read(g->ctx, s->gpa, now, g->arch->trap_len);
	if (ret != g->arch->trap_len)
		return ret < 0 ? (int)ret : -EFAULT;
	if (memcmp(now, g->arch->trap, g->arch->trap_len))
		return 0; /* the guest has put something else there */
	return put(g, s->gpa, s->saved);
}

static int soft_clear(struct gdb *g, struct gdb_soft *s)
{
	int ret = restore(g, s);

	s->used = false;
	g->n_soft--;
	return ret;
}

/* ---- points of the CPU ------------------------------------------------------------ */

static struct gdb_hard *hard_find(struct gdb *g, unsigned int type,
				  uint64_t addr, uint64_t len)
{
	for (unsigned int i = 0; i < g->n_hard; i++) {
		struct gdb_hard *h = &g->hard[i];

		if (h->type == type && h->addr == addr && h->len == len)
			return h;
	}
	return NULL;
}

/* A watched piece of memory is cut into what the CPU can watch. */
static int fill_watch(const struct gdb_hard *h, struct axvm_vcpu_debug *d,
		      unsigned int *n)
{
	uint64_t addr = h->addr, left = h->len;

	while (left) {
		uint32_t len = PIECE_MOST;

		while (addr % len || len > left)
			len /= 2;
		if (*n == AXVM_DEBUG_POINTS)
			return -ENOSPC;
		d->points[(*n)++] = (struct axvm_debug_point){
			.addr = addr,
			.kind = h->type == 2 ? AXVM_DEBUG_WRITE :
					       AXVM_DEBUG_ACCESS,
			.len = len,
		};
		addr += len;
		left -= len;
	}
	return 0;
}

int gdb_points_fill(const struct gdb *g, struct axvm_vcpu_debug *d)
{
	unsigned int n = 0;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < g->n_hard; i++) {
		const struct gdb_hard *h = &g->hard[i];

		if (h->type != 1)
			ret = fill_watch(h, d, &n);
		else if (n == AXVM_DEBUG_POINTS)
			ret = -ENOSPC;
		else
			d->points[n++] = (struct axvm_debug_point){
				.addr = h->addr,
				.kind = AXVM_DEBUG_EXEC,
				.len = g->arch->exec_len,
			};
	}
	return ret;
}

/* All vCPUs have the same; one that cannot says so now. */
static int hard_apply(struct gdb *g)
{
	int ret = 0;

	g->generation++;
	for (unsigned int i = 0; !ret && i < AXVM_MAX_VCPUS; i++) {
		if (g->vcpus[i].there)
			ret = gdb_arm(g, i, 0);
	}
	return ret;
}

static int hard_set(struct gdb *g, unsigned int type, uint64_t addr,
		    uint64_t len)
{
	int ret;

	if (hard_find(g, type, addr, len))
		return 0;
	if (g->n_hard == AXVM_DEBUG_POINTS)
		return -ENOSPC;
	if (!len || addr + len - 1 < addr ||
	    len > PIECE_MOST * AXVM_DEBUG_POINTS)
		return -EINVAL;
	g->hard[g->n_hard++] = (struct gdb_hard){ (uint8_t)type, addr, len };
	ret = hard_apply(g);
	if (ret) {
		g->n_hard--;
		hard_apply(g);
	}
	return ret;
}

static int hard_clear(struct gdb *g, struct gdb_hard *h)
{
	*h = g->hard[--g->n_hard];
	return hard_apply(g);
}

const struct gdb_hard *gdb_points_watch(const struct gdb *g, uint64_t gva)
{
	for (unsigned int i = 0; i < g->n_hard; i++) {
		const struct gdb_hard *h = &g->hard[i];

		if (h->type != 1 && gva - h->addr < h->len)
			return h;
	}
	return NULL;
}

bool gdb_points_at(const struct gdb *g, uint64_t gva)
{
	for (unsigned int i = 0; i < g->n_hard; i++) {
		if (g->hard[i].type == 1 && g->hard[i].addr == gva)
			return true;
	}
	return gdb_points_own(g, gva);
}

/* ---- packets ------------------------------------------------------------------------ */

/* "Z0,ADDRESS,KIND": kind is the length of what is watched, or of the trap. */
void gdb_points_packet(struct gdb *g, const char *p)
{
	bool set = *p++ == 'Z';
	unsigned int type = (unsigned int)(*p++ - '0');
	uint64_t addr, len;
	struct gdb_soft *s;
	struct gdb_hard *h;
	int ret = 0;

	if (type > 4)
		return; /* not supported */
	if (*p++ != ',' || !rsp_get_number(&p, &addr) || *p++ != ',' ||
	    !rsp_get_number(&p, &len)) {
		rsp_error(&g->out, EINVAL);
		return;
	}
	if (type == 0 && set) {
		ret = soft_set(g, addr);
	} else if (type == 0) {
		s = soft_find(g, addr);
		ret = s ? soft_clear(g, s) : 0;
	} else if (set) {
		ret = hard_set(g, type, addr, type == 1 ? 1 : len);
	} else {
		h = hard_find(g, type, addr, type == 1 ? 1 : len);
		ret = h ? hard_clear(g, h) : 0;
	}
	if (ret)
		rsp_error(&g->out, ret);
	else
		gdb_ok(g);
}

void gdb_points_away(struct gdb *g)
{
	for (size_t i = 0; i < GDB_SOFT_POINTS; i++) {
		if (g->soft[i].used)
			soft_clear(g, &g->soft[i]);
	}
	g->n_hard = 0;
	g->generation++;
}
