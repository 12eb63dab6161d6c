// SPDX-License-Identifier: GPL-2.0
/*
 * [cpuid] of a configuration, done to a VM that has not been started.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpuid_policy.h"
#include "dev.h"
#include "vmctl.h"

#define TEXT_MOST 160

/* The missing bits of a register by name where they have one. */
static const char *missing_text(const struct cpuid_leaf *l,
				const uint32_t missing[CPUID_REGS],
				char buf[TEXT_MOST])
{
	size_t len = 0;

	for (unsigned int i = 0; i < 32 * CPUID_REGS; i++) {
		enum cpuid_reg reg = i / 32;
		const struct cpuid_word *w;
		char bit[24];

		if (!(missing[reg] >> i % 32 & 1))
			continue;
		w = cpuid_word_at(l->leaf, l->subleaf, reg, i % 32);
		snprintf(bit, sizeof(bit), "%s bit %u", cpuid_reg_names[reg],
			 i % 32);
		if (len < TEXT_MOST)
			len += (size_t)snprintf(buf + len, TEXT_MOST - len,
						"%s%s", len ? ", " : "",
						w ? w->name : bit);
	}
	return buf;
}

static int check_needs(const struct config *c, const struct cpuid_leaf *l,
		       const uint32_t *regs)
{
	uint32_t missing[CPUID_REGS], any = 0;
	char text[TEXT_MOST];

	for (unsigned int i = 0; i < CPUID_REGS; i++)
		any |= missing[i] = l->need[i] & ~regs[i];
	if (!any)
		return 0;
	return err(
		VMCTL_CONFIG,
		"%s: %s: guests of this host have no %s (CPUID 0x%x, %u): take it out, or run the VM on a host where they do",
		diag_where(c->file, l->line), l->key,
		missing_text(l, missing, text), l->leaf, l->subleaf);
}

static int apply_leaf(const struct vm *vm, const struct config *c,
		      const struct cpuid_leaf *l)
{
	struct axvm_cpuid arg = { .leaf = l->leaf, .subleaf = l->subleaf };
	int ret;

	for (unsigned int i = 0; i < CPUID_REGS; i++) {
		arg.hide[i] = l->hide[i];
		if (l->hide[i])
			arg.flags = AXVM_CPUID_HIDE;
	}
	ret = DEV_CALL(vm->fd, AXVM_VM_CPUID, &arg);
	if (ret == -ENOTTY || ret == -EOPNOTSUPP)
		return err(
			VMCTL_CONFIG,
			"%s: %s: this module cannot change what CPUID tells; take it out, or load the module that belongs to this vmctl",
			diag_where(c->file, l->line), l->key);
	if (ret)
		return vmctl_failed(vm, "hide bits of CPUID from", ret);
	return check_needs(c, l, arg.regs);
}

int cpuid_apply(const struct vm *vm, const struct config *c)
{
	struct cpuid_policy *p = must(calloc(1, sizeof(*p)));
	struct diags d = { 0 };
	int ret = 0;

	/* What is wrong with it has been said by config_check(). */
	cpuid_policy_read(c, p, &d);
	diag_free(&d);
	for (unsigned int i = 0; i < p->n && !ret; i++)
		ret = apply_leaf(vm, c, &p->leaf[i]);
	free(p);
	return ret;
}
