// SPDX-License-Identifier: GPL-2.0
/*
 * Module init and exit: the ordered table of units, torn down in reverse.
 */
#include <linux/module.h>

#include "module/arch.h"
#include "module/core.h"
#include "module/cpu.h"
#include "module/mem.h"

/**
 * struct axvm_unit - a part of the module with something to set up
 * @name: for the log when it fails
 * @init: 0 or -errno
 * @exit: undoes @init
 */
struct axvm_unit {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
};

static const struct axvm_unit axvm_units[] = {
	{ "memory", axvm_mem_module_init, axvm_mem_module_exit },
	{ "VMs", axvm_vms_init, axvm_vms_exit },
	{ "CPUs", axvm_cpu_init, axvm_cpu_exit },
	{ "device", axvm_dev_init, axvm_dev_exit },
};

static void axvm_units_exit(unsigned int n)
{
	while (n--)
		axvm_units[n].exit();
}

static int __init axvm_module_init(void)
{
	unsigned int n;
	int err;

	for (n = 0; n < ARRAY_SIZE(axvm_units); n++) {
		err = axvm_units[n].init();
		if (err) {
			pr_err("axvm: setting up %s failed: %d\n",
			       axvm_units[n].name, err);
			axvm_units_exit(n);
			return err;
		}
	}
	return 0;
}

static void __exit axvm_module_exit(void)
{
	axvm_units_exit(ARRAY_SIZE(axvm_units));
}

static int mitigations_get(char *buf, const struct kernel_param *kp)
{
	int len = axvm_arch_mitigations(buf);

	return len + scnprintf(buf + len, PAGE_SIZE - len, "\n");
}

static const struct kernel_param_ops mitigations_ops = {
	.get = mitigations_get,
};
module_param_cb(mitigations, &mitigations_ops, NULL, 0444);
MODULE_PARM_DESC(mitigations, "what protects the host from guests on these CPUs (read only)");

module_init(axvm_module_init);
module_exit(axvm_module_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(AXVM_VERSION);
MODULE_DESCRIPTION("Scriptable hypervisor: VMs as named kernel objects");
