/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a guest ended: the exit code and the sentence for each reason.
 */
#ifndef VMCTL_OUTCOME_H
#define VMCTL_OUTCOME_H

#include <stdint.h>

/** Exit code of `run` for a VM stopped by AXVM_EXIT_* @reason. */
int outcome_code(uint32_t reason);
/** "powered off", "triple fault", ... */
const char *outcome_text(uint32_t reason);

#endif /* VMCTL_OUTCOME_H */
