/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values of a configuration as people write them.
 */
#ifndef VMCTL_CONFIG_TEXT_H
#define VMCTL_CONFIG_TEXT_H

#include <stdint.h>

/** Room for the longest of them. */
#define CFG_TEXT_MAX 256

/** "0,2-3" for 0xd */
const char *cfg_mask_text(uint64_t mask, char buf[CFG_TEXT_MAX]);
/** "rwx", "rw+device"; "0x41" when a bit has no letter */
const char *cfg_access_text(uint64_t flags, char buf[CFG_TEXT_MAX]);
/** "512M" for a round number, else decimal */
const char *cfg_size_text(uint64_t bytes, char buf[CFG_TEXT_MAX]);
/** "0x8020_0000" */
const char *cfg_hex_text(uint64_t v, char buf[CFG_TEXT_MAX]);

#endif /* VMCTL_CONFIG_TEXT_H */
