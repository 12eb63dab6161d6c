/* SPDX-License-Identifier: GPL-2.0 */
/* A verdict by ACPI power-off: SLP_EN at the PM1a control port. */
	.include "axvm-test.inc"
	movw	$0x604, %dx
	movw	$0x2000, %ax
	outw	%ax, %dx
	jmp	stop
	test_header "poweroff = \"pass\"\n"
