// SPDX-License-Identifier: GPL-2.0
/*
 * The physical timer, whoever provides it.  First ARG 0 rounds of four accesses
 * to it, for the host to count exits by; OUT 0: when they are done.  Then
 * what it must do, in the order of the functions below.  OUT 1: done.  OUT 2:
 * CNTPCT, OUT 3: CNTVCT read after it.  OUT 8: expectations that failed, behind
 * it their lines.  At the end it is on, masked, and long due: LAST_CVAL.
 */
#include "gic.h"

#define EXPECT(c) EXPECT_AT(8, 20, c)
#define LAST_CVAL 0x1234
#define SGI_GROUP1 5
#define SGI_GROUP0 6
#define ISR_I 0x80
#define ISR_F 0x40

static volatile u64 fired, others, virtuals;
static volatile bool keep; /* the next one leaves the line high */
static volatile u64 due;

static u64 count(void)
{
	asm volatile("isb");
	return READ(cntpct_el0);
}

static void on_irq(void)
{
	u64 intid = ICC_READ(IAR1);

	if (intid >= 1020)
		return;
	if (intid == PTIMER) {
		EXPECT(MMIO(u32, ISACTIVER(PTIMER)) >> PTIMER & 1);
		EXPECT((READ(cntp_ctl_el0) & 7) == 5);
		EXPECT(count() >= due);
		if (!keep)
			WRITE(cntp_ctl_el0, 0);
		keep = false;
		fired++;
	} else if (intid == VTIMER) {
		WRITE(cntv_ctl_el0, 0);
		virtuals++;
	} else {
		others++;
	}
	ICC_WRITE(EOIR1, intid);
}

static void accesses(u64 rounds)
{
	u64 i;

	for (i = 0; i < rounds; i++) {
		WRITE(cntp_cval_el0, i);
		WRITE(cntp_ctl_el0, 2);
		(void)READ(cntpct_el0);
		(void)READ(cntp_ctl_el0);
	}
	WRITE(cntp_ctl_el0, 0);
}

/* With interrupts on. */
static void pass(u64 counts)
{
	u64 begin = count();

	irqs_on();
	while (count() - begin < counts)
		;
	irqs_off();
}

static void spin_for(volatile u64 *what, u64 value)
{
	u64 begin = count();

	irqs_on();
	while (*what < value && count() - begin < 60 * READ(cntfrq_el0))
		;
	irqs_off();
}

/* What is masked is due, and does not interrupt; later it does, once. */
static void masked(void)
{
	due = count();
	WRITE(cntp_cval_el0, due);
	WRITE(cntp_ctl_el0, 3);
	EXPECT((READ(cntp_ctl_el0) & 7) == 7);
	EXPECT(!(MMIO(u32, ISPENDR(PTIMER)) >> PTIMER & 1));
	pass(100000);
	EXPECT(fired == 0);
	WRITE(cntp_ctl_el0, 1);
	spin_for(&fired, 1);
	EXPECT(fired == 1);
	pass(100000);
	EXPECT(fired == 1);
	EXPECT(READ(cntp_ctl_el0) == 0);
}

static void by_tval(void)
{
	u64 now = count();
	s32 left;

	WRITE(cntp_tval_el0, 1000000);
	due = READ(cntp_cval_el0);
	EXPECT(due - now >= 1000000 && due <= count() + 1000000);
	left = (s32)READ(cntp_tval_el0);
	EXPECT(left <= 1000000);
	WRITE(cntp_ctl_el0, 1);
	spin_for(&fired, 2);
	EXPECT(fired == 2);
}

/* A line that stays high through the handler interrupts again. */
static void again(void)
{
	keep = true;
	due = count() + 1000;
	WRITE(cntp_cval_el0, due);
	WRITE(cntp_ctl_el0, 1);
	spin_for(&fired, 4);
	pass(100000);
	EXPECT(fired == 4);
}

static void asleep(unsigned int times)
{
	u64 before = fired;
	unsigned int i;

	for (i = 0; i < times; i++) {
		due = count() + 30000;
		WRITE(cntp_cval_el0, due);
		WRITE(cntp_ctl_el0, 1);
		while (fired == before + i)
			wait_irq();
	}
	EXPECT(fired == before + times);
}

/* Due together with the virtual one: neither is lost. */
static void with_virtual(unsigned int times)
{
	u64 before = fired;
	unsigned int i;

	for (i = 0; i < times; i++) {
		due = count() + 20000;
		WRITE(cntp_cval_el0, due);
		WRITE(cntv_cval_el0, READ(cntvct_el0) + 20000);
		WRITE(cntp_ctl_el0, 1);
		WRITE(cntv_ctl_el0, 1);
		while (fired == before + i || virtuals == i)
			wait_irq();
	}
	EXPECT(fired == before + times);
	EXPECT(virtuals == times);
}

/*
 * What pends for the guest are virtual interrupts, of both kinds (HCR_EL2.IMO
 * and FMO): while it masks them it sees its own, and nothing of the host's.
 */
static void isr(void)
{
	MMIO(u32, ISENABLER(0)) = BIT_OF(SGI_GROUP1) | BIT_OF(SGI_GROUP0);
	MMIO(u32, IGROUPR(0)) &= ~BIT_OF(SGI_GROUP0);
	MMIO(u32, GICD) |= 1; /* group 0 */
	ICC_WRITE(IGRPEN0, 1);
	EXPECT((READ(isr_el1) & (ISR_I | ISR_F)) == 0);
	MMIO(u32, ISPENDR(0)) = BIT_OF(SGI_GROUP1);
	EXPECT((READ(isr_el1) & (ISR_I | ISR_F)) == ISR_I);
	MMIO(u32, ICPENDR(0)) = BIT_OF(SGI_GROUP1);
	MMIO(u32, ISPENDR(0)) = BIT_OF(SGI_GROUP0);
	EXPECT((READ(isr_el1) & (ISR_I | ISR_F)) == ISR_F);
	MMIO(u32, ICPENDR(0)) = BIT_OF(SGI_GROUP0);
	EXPECT((READ(isr_el1) & (ISR_I | ISR_F)) == 0);
	ICC_WRITE(IGRPEN0, 0);
}

void guest_main(u64 index)
{
	irq_handler = on_irq;
	gic_init(index);
	gic_enable(PTIMER);
	gic_enable(VTIMER);
	accesses(ARG(0));
	OUT(0) = 1;
	masked();
	by_tval();
	again();
	asleep(100);
	with_virtual(50);
	isr();
	EXPECT(others == 0);
	OUT(2) = count();
	OUT(3) = READ(cntvct_el0);
	WRITE(cntp_cval_el0, LAST_CVAL);
	WRITE(cntp_ctl_el0, 3);
	OUT(1) = 1;
	/* Nothing can end the last WFI any more: the VM is halted. */
	ICC_WRITE(IGRPEN1, 0);
}
