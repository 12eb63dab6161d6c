// SPDX-License-Identifier: GPL-2.0
/*
 * Cost against size: vCPUs of a VM, VMs, bytes of memory.
 */
#include "tests/bench/bench.h"

const struct op ops_scale[] = {
	{},
};
