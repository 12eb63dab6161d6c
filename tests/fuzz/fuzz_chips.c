// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any accesses to the chips of a PC, with time passing.  They
 * must stay in their own state, promise events only for later, and keep
 * those promises.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/x86/emul/acpi_pm.h"
#include "arch/x86/emul/ioapic.h"
#include "arch/x86/emul/pic.h"
#include "arch/x86/emul/pit.h"
#include "arch/x86/emul/rtc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool accept;

static bool deliver(struct ioapic *ioapic, const struct ioapic_msg *msg)
{
	return accept;
}

static const struct ioapic_ops ops = { .deliver = deliver };

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void rtc_promise(struct rtc *rtc, u64 *now)
{
	u64 next = rtc_next(rtc, *now);

	must(next > *now);
	if (next == RTC_NEVER)
		return;
	must(!rtc_irq(rtc, next - 1));
	*now = next;
	must(rtc_irq(rtc, next));
}

static void pit_promise(struct pit *pit, unsigned int channel, u64 *now)
{
	u64 next = pit_next(pit, channel, *now);

	must(next > *now);
	if (next == PIT_NEVER)
		return;
	*now = next;
	/* a low half of no length has no rise to be seen */
	pit_output(pit, channel, next);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ioapic ioapic = { .ops = &ops };
	struct acpi_pm pm;
	struct pic pic = {};
	struct pit pit;
	struct rtc rtc;
	u64 now = 0;

	acpi_pm_reset(&pm);
	ioapic_reset(&ioapic);
	pic_reset(&pic);
	pit_reset(&pit);
	rtc_init(&rtc);
	for (; size >= 4; data += 4, size -= 4) {
		unsigned int a = data[1], b = data[2], v = data[3];

		accept = b & 1;
		switch (data[0] % 16) {
		case 0:
			now += (u64)(a << 16 | b << 8 | v) << (data[0] >> 4);
			break;
		case 1:
			pic_write(&pic, a, b & 1, v);
			break;
		case 2:
			pic_read(&pic, a, b & 1);
			break;
		case 3:
			pic_set_input(&pic, a % 16 == 2 ? 0 : a % 16, b & 1);
			break;
		case 4:
			must(pic_output(&pic) || (pic_ack(&pic) & 7) == 7);
			break;
		case 5:
			pic_elcr_write(&pic, a, v);
			break;
		case 6:
			ioapic_write(&ioapic, a & 0x70, 1u << b % 4,
				     v | (u64)b << 8 | (u64)a << 16);
			break;
		case 7:
			ioapic_read(&ioapic, a, 1u << b % 4);
			break;
		case 8:
			ioapic_set_input(&ioapic, a, b & 2);
			ioapic_eoi(&ioapic, v);
			break;
		case 9:
			pit_write(&pit, a, v, now);
			break;
		case 10:
			pit_read(&pit, a, now);
			break;
		case 11:
			pit_port61_write(&pit, v, now);
			pit_port61_read(&pit, now);
			pit_promise(&pit, a % 3, &now);
			break;
		case 12:
			rtc_write(&rtc, 0, a, now);
			rtc_write(&rtc, 1, v, now);
			break;
		case 13:
			rtc_write(&rtc, 0, a, now);
			rtc_read(&rtc, 1, now);
			break;
		case 14:
			rtc_promise(&rtc, &now);
			break;
		case 15:
			acpi_pm_write(&pm, a % 12, 1u << b % 4, v, now);
			acpi_pm_read(&pm, a % 12, 1u << b % 4, now);
			must(acpi_pm_next(&pm, now) > now);
			break;
		}
	}
	return 0;
}
