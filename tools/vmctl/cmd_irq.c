// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl irq: inject an interrupt.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dev.h"
#include "num.h"
#include "vmctl.h"

static struct {
	const char *vcpus, *level;
	bool nmi;
	bool gsi;
} o;

static const struct opt opts[] = {
	{ "vcpus", 'v', OPT_STRING, &o.vcpus, "MASK",
	  "vCPUs: 0x3, or a list 0,2-3 (0)" },
	{ "level", 'l', OPT_STRING, &o.level, "high|low",
	  "set the line, do not pulse it" },
	{ "gsi", 'g', OPT_FLAG, &o.gsi, NULL,
	  "N is a line of the IOAPIC and PIC, 0-23 (x86)" },
	{ "nmi", 0, OPT_FLAG, &o.nmi, NULL, "an NMI instead of N (x86)" },
	{ 0 },
};

static int parse(struct axvm_irq *irq, int argc, char **argv)
{
	uint64_t n = 0, mask = 1;

	if (o.nmi == (argc > 1))
		return err(
			VMCTL_USAGE,
			"irq: it takes either a number or --nmi; see `vmctl help irq`");
	if (argc > 1 && (num_parse(argv[1], &n) || n > UINT32_MAX))
		return err(VMCTL_USAGE, "irq: '%s' is not an interrupt number",
			   argv[1]);
	if (o.vcpus && (num_parse_mask(o.vcpus, &mask) || !mask))
		return err(
			VMCTL_USAGE,
			"irq: '%s' is not a mask such as 0x3 or a list such as 0,2-3",
			o.vcpus);
	if (o.level && strcmp(o.level, "high") && strcmp(o.level, "low"))
		return err(VMCTL_USAGE,
			   "irq: --level takes high or low, not '%s'", o.level);
	if (o.gsi && (o.nmi || o.vcpus))
		return err(VMCTL_USAGE,
			   "irq: --gsi goes with neither --nmi nor --vcpus");
	irq->vcpus = o.gsi ? 0 : mask;
	irq->irq = (uint32_t)n;
	irq->flags = o.nmi ? AXVM_IRQ_NMI : o.gsi ? AXVM_IRQ_GSI : 0;
	if (o.level)
		irq->level = *o.level == 'h' ? AXVM_IRQ_HIGH : AXVM_IRQ_LOW;
	return 0;
}

static int run(int argc, char **argv)
{
	struct axvm_irq irq = { 0 };
	struct vm vm;
	int ret = parse(&irq, argc, argv);

	if (!ret)
		ret = vmctl_open(argv[0], &vm);
	if (ret)
		return ret;
	ret = DEV_CALL(vm.fd, AXVM_VM_IRQ, &irq);
	if (ret == -EINVAL)
		ret = err(
			VMCTL_USAGE,
			"irq: VM '%s' has no such vCPU or takes no such interrupt (x86: vectors 16-255; arm64: SGI 0-15, PPI 16-31, SPI from 32)",
			vm.name);
	else if (ret)
		ret = vmctl_failed(&vm, "inject an interrupt into", ret);
	close(vm.fd);
	return ret;
}

const struct command cmd_irq = {
	.name = "irq",
	.group = "Looking at a VM",
	.args = "VM N",
	.summary = "inject an interrupt",
	.text = "Injects interrupt N: a vector on x86, an INTID on arm64.",
	.min = 1,
	.max = 2,
	.opts = opts,
	.run = run,
};
