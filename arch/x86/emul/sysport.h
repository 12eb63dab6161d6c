/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the ports by which software resets a PC: 0xcf9, 0x92 (which also gates
 * A20, here always open), and the keyboard controller's 0x64, which is not
 * there otherwise.
 */
#ifndef AXVM_X86_SYSPORT_H
#define AXVM_X86_SYSPORT_H

#include <linux/types.h>

#define SYSPORT_KBD 0x64u
#define SYSPORT_A 0x92u
#define SYSPORT_RESET 0xcf9u

/**
 * struct sysport - registers as written; under the owner's lock
 * @a: port 0x92
 * @reset: port 0xcf9
 */
struct sysport {
	u8 a;
	u8 reset;
};

void sysport_reset(struct sysport *s);
u8 sysport_read(const struct sysport *s, unsigned int port);
/** sysport_write() - Return: true: the machine is reset */
bool sysport_write(struct sysport *s, unsigned int port, u8 value);

#endif /* AXVM_X86_SYSPORT_H */
