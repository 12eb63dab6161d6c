// SPDX-License-Identifier: GPL-2.0
/*
 * /init of the kernel whose boot tests/bench/boot measures, as a guest and on
 * the machine itself: says what ticks_now() is, stays a while if
 * "boot.idle=SECONDS" is on the command line, and powers off.  Not as the first
 * process: prints its argument and that number.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot_ticks.h"

static void stay(void)
{
	char line[4096] = "", *at;
	int fd = open("/proc/cmdline", O_RDONLY);

	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		return;
	at = strstr(line, "boot.idle=");
	if (!at)
		return;
	printf("boot: idle\n");
	fflush(stdout);
	sleep(atoi(at + strlen("boot.idle=")));
	printf("boot: ticks %llu\n", ticks_now());
}

int main(int argc, char **argv)
{
	unsigned long long now = ticks_now();

	/* The kernel hands on what it does not know of its command line. */
	if (getpid() != 1) {
		printf("boot: %s ticks %llu\n", argc > 1 ? argv[1] : "", now);
		return 0;
	}
	printf("boot: init ticks %llu\n", now);
	fflush(stdout);
	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	stay();
	fflush(stdout);
	sleep(1);
	reboot(RB_POWER_OFF);
	return 0;
}
