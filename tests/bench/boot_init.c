// SPDX-License-Identifier: GPL-2.0
/*
 * /init of the kernel whose boot tests/bench/boot measures, as a guest and on
 * the machine itself: says what the TSC is, stays a while if
 * "boot.idle=SECONDS" is on the command line, and powers off.  Not as the first
 * process: prints its argument and the TSC.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long long tsc(void)
{
	unsigned int lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (unsigned long long)hi << 32 | lo;
}

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
	printf("boot: tsc %llu\n", tsc());
}

int main(int argc, char **argv)
{
	unsigned long long now = tsc();

	/* The kernel hands on what it does not know of its command line. */
	if (getpid() != 1) {
		printf("boot: %s tsc %llu\n", argc > 1 ? argv[1] : "", now);
		return 0;
	}
	printf("boot: init tsc %llu\n", now);
	fflush(stdout);
	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	stay();
	fflush(stdout);
	sleep(1);
	reboot(RB_POWER_OFF);
	return 0;
}
