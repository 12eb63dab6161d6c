// SPDX-License-Identifier: GPL-2.0
/*
 * Registers for a debugging session: the packets g, G, p and P.  Blocks are
 * fetched when first asked for, and kept while the VM holds still.
 */
#include <errno.h>
#include <string.h>

#include "gdb.h"

void gdb_regs_forget(struct gdb *g)
{
	g->regs.valid = 0;
}

static int fetch(struct gdb *g, unsigned int vcpu, unsigned int block)
{
	struct gdb_blocks *b = &g->regs;
	int ret;

	if (b->vcpu != vcpu) {
		b->valid = 0;
		b->vcpu = vcpu;
	}
	if (b->valid >> block & 1)
		return 0;
	ret = g->ops->get(g->ctx, vcpu, block, b->block[block],
			  g->arch->sizes[block]);
	if (ret)
		return ret;
	if (block == AXVM_REGS_FPU && g->arch->fpu_fetched)
		g->arch->fpu_fetched(b->block[block]);
	b->valid |= 1u << block;
	return 0;
}

static int store(struct gdb *g, unsigned int vcpu, unsigned int block)
{
	int ret = g->ops->set(g->ctx, vcpu, block, g->regs.block[block],
			      g->arch->sizes[block]);

	/* What it made of it: bits may be fixed, or it said no. */
	gdb_regs_forget(g);
	return ret;
}

static int get(struct gdb *g, unsigned int vcpu, const struct gdb_reg *r,
	       uint8_t *value)
{
	unsigned int block = r->from;
	uint64_t one;
	int ret;

	memset(value, 0, GDB_REG_MOST);
	if (r->from == GDB_BY_ID) {
		ret = g->ops->get_id(g->ctx, vcpu, r->id, &one);
		memcpy(value, &one, sizeof(one));
		return ret;
	}
	if (r->from == GDB_SPECIAL)
		block = g->arch->special_from;
	ret = fetch(g, vcpu, block);
	if (ret)
		return ret;
	if (r->from == GDB_SPECIAL)
		g->arch->special_get(g->regs.block[block], value);
	else
		memcpy(value, g->regs.block[block] + r->at, r->bytes);
	return 0;
}

static int set(struct gdb *g, unsigned int vcpu, const struct gdb_reg *r,
	       const uint8_t *value)
{
	unsigned int block = r->from, n = r->bits / 8;
	uint64_t one;
	int ret;

	if (r->from == GDB_BY_ID) {
		memcpy(&one, value, sizeof(one));
		return g->ops->set_id(g->ctx, vcpu, r->id, one);
	}
	if (r->from == GDB_SPECIAL)
		block = g->arch->special_from;
	ret = fetch(g, vcpu, block);
	if (ret)
		return ret;
	if (r->from == GDB_SPECIAL)
		g->arch->special_set(g->regs.block[block], value);
	else
		memcpy(g->regs.block[block] + r->at, value,
		       n < r->bytes ? n : r->bytes);
	if (block == r->from && block == AXVM_REGS_FPU && g->arch->fpu_written)
		g->arch->fpu_written(g->regs.block[block], r->at);
	return store(g, vcpu, block);
}

bool gdb_reg_put(struct gdb *g, unsigned int vcpu, unsigned int nr)
{
	const struct gdb_reg *r = gdb_arch_reg(g->arch, nr);
	uint8_t value[GDB_REG_MOST];

	if (!r)
		return false;
	if (!get(g, vcpu, r, value)) {
		rsp_hex(&g->out, value, r->bits / 8);
		return true;
	}
	for (unsigned int i = 0; i < r->bits / 8; i++)
		rsp_text(&g->out, "xx");
	return true;
}

uint64_t gdb_pc(struct gdb *g, unsigned int vcpu)
{
	uint64_t pc = 0;

	if (!fetch(g, vcpu, AXVM_REGS_GENERAL))
		memcpy(&pc, g->regs.block[0] + g->arch->pc_at, sizeof(pc));
	return pc;
}

bool gdb_reg_value(struct gdb *g, unsigned int vcpu, const char *name,
		   uint64_t *value)
{
	const struct gdb_reg *r;
	uint8_t bytes[GDB_REG_MOST];
	unsigned int nr = 0;

	if (!strcmp(name, "pc"))
		nr = g->arch->pc;
	else if (!strcmp(name, "sp"))
		nr = g->arch->sp;
	else
		while ((r = gdb_arch_reg(g->arch, nr)) && strcmp(r->name, name))
			nr++;
	r = gdb_arch_reg(g->arch, nr);
	if (!r || get(g, vcpu, r, bytes))
		return false;
	memcpy(value, bytes, sizeof(*value));
	return true;
}

static int set_one(struct gdb *g, const char **p, unsigned int nr)
{
	const struct gdb_reg *r = gdb_arch_reg(g->arch, nr);
	uint8_t value[GDB_REG_MOST] = { 0 };

	if (!r)
		return -ENOENT;
	if (!rsp_get_hex(p, value, r->bits / 8))
		return -EINVAL;
	return set(g, g->thread, r, value);
}

/* As "g" gave them; gdb may send registers that it could not read as "xx". */
static int set_all(struct gdb *g, const char *p)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < g->arch->n_general && *p; i++) {
		size_t digits = gdb_arch_reg(g->arch, i)->bits / 4;

		if (*p == 'x') {
			if (strspn(p, "x") < digits)
				return -EINVAL;
			p += digits;
			continue;
		}
		ret = set_one(g, &p, i);
	}
	return ret ? ret : *p ? -EINVAL : 0;
}

static int one_register(struct gdb *g, const char *p, bool write)
{
	uint64_t nr;

	if (!rsp_get_number(&p, &nr) || nr >= gdb_arch_n_regs(g->arch))
		return -ENOENT;
	if (!write) {
		gdb_reg_put(g, g->thread, (unsigned int)nr);
		return 0;
	}
	if (*p++ != '=')
		return -EINVAL;
	return set_one(g, &p, (unsigned int)nr);
}

void gdb_regs_packet(struct gdb *g, const char *p)
{
	int ret = 0;

	switch (*p) {
	case 'g':
		for (unsigned int i = 0; i < g->arch->n_general; i++)
			gdb_reg_put(g, g->thread, i);
		return;
	case 'p':
		ret = one_register(g, p + 1, false);
		break;
	case 'P':
		ret = one_register(g, p + 1, true);
		break;
	case 'G':
		ret = set_all(g, p + 1);
		break;
	}
	if (ret)
		rsp_error(&g->out, ret);
	else if (*p != 'p')
		gdb_ok(g);
}
