// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: register model of a 16550A.  Bytes leave at once, so the transmitter
 * is always empty; no time passes on the receive line either, so bytes below
 * the FIFO's trigger level count as timed out as soon as no more come.
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/uart16550.h"

/* Registers; DLAB gives 0 and 1 to the divisor. */
#define UART_DATA 0
#define UART_IER 1
#define UART_IIR 2 /* read; FCR on write */
#define UART_LCR 3
#define UART_MCR 4
#define UART_LSR 5
#define UART_MSR 6
#define UART_SCR 7

#define IER_RDA BIT(0)
#define IER_THRE BIT(1)
#define IER_LINE BIT(2)
#define IER_MODEM BIT(3)
#define IER_MASK GENMASK(3, 0)

#define IIR_NONE 0x01
#define IIR_MODEM 0x00
#define IIR_THRE 0x02
#define IIR_RDA 0x04
#define IIR_LINE 0x06
#define IIR_TIMEOUT 0x0c
#define IIR_FIFOS 0xc0

#define FCR_ENABLE BIT(0)
#define FCR_CLEAR_RX BIT(1)
#define FCR_DMA BIT(3)
#define FCR_TRIGGER GENMASK(7, 6)

#define LCR_WORD GENMASK(1, 0) /* bits less 5 */
#define LCR_DLAB BIT(7)
#define LCR_BREAK BIT(6)

#define MCR_DTR BIT(0)
#define MCR_RTS BIT(1)
#define MCR_OUT1 BIT(2)
#define MCR_OUT2 BIT(3)
#define MCR_LOOP BIT(4)
#define MCR_MASK GENMASK(4, 0)

#define LSR_DR BIT(0)
#define LSR_OE BIT(1)
#define LSR_BI BIT(4)
#define LSR_THRE BIT(5)
#define LSR_TEMT BIT(6)
#define LSR_FIFO_ERROR BIT(7)
#define LSR_ERRORS GENMASK(4, 1)

#define MSR_DCTS BIT(0)
#define MSR_DDSR BIT(1)
#define MSR_TERI BIT(2)
#define MSR_DDCD BIT(3)
#define MSR_CTS BIT(4)
#define MSR_DSR BIT(5)
#define MSR_RI BIT(6)
#define MSR_DCD BIT(7)

static bool uart_fifos(const struct uart16550 *uart)
{
	return uart->fcr & FCR_ENABLE;
}

static bool uart_loops(const struct uart16550 *uart)
{
	return uart->mcr & MCR_LOOP;
}

static unsigned int uart_room(const struct uart16550 *uart)
{
	return uart_fifos(uart) ? UART16550_FIFO : 1;
}

/* Bytes that raise "received data available". */
static unsigned int uart_trigger(const struct uart16550 *uart)
{
	static const u8 level[4] = { 1, 4, 8, 14 };

	return uart_fifos(uart) ? level[(uart->fcr & FCR_TRIGGER) >> 6] : 1;
}

/* The source that IIR names: the highest of those pending and enabled. */
static u8 uart_source(const struct uart16550 *uart)
{
	if ((uart->ier & IER_LINE) && uart->lsr_errors)
		return IIR_LINE;
	if ((uart->ier & IER_RDA) && uart->rx_count >= uart_trigger(uart))
		return IIR_RDA;
	if ((uart->ier & IER_RDA) && uart->rx_count)
		return IIR_TIMEOUT;
	if ((uart->ier & IER_THRE) && uart->thre)
		return IIR_THRE;
	if ((uart->ier & IER_MODEM) && uart->msr_delta)
		return IIR_MODEM;
	return IIR_NONE;
}

/*
 * The line follows the sources alone.  On a PC it also needs OUT2; guests
 * that forget OUT2 but enable interrupts work on most hypervisors, and no
 * guest relies on their absence.
 */
static void uart_update_irq(struct uart16550 *uart)
{
	bool level = uart_source(uart) != IIR_NONE;

	if (level == uart->irq)
		return;
	uart->irq = level;
	uart->ops->irq(uart, level);
}

/* Modem inputs: looped outputs, or a peer that is always ready. */
static u8 uart_lines(const struct uart16550 *uart)
{
	if (!uart_loops(uart))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	return (uart->mcr & MCR_RTS ? MSR_CTS : 0) |
	       (uart->mcr & MCR_DTR ? MSR_DSR : 0) |
	       (uart->mcr & MCR_OUT1 ? MSR_RI : 0) |
	       (uart->mcr & MCR_OUT2 ? MSR_DCD : 0);
}

static void uart_update_lines(struct uart16550 *uart)
{
	u8 now = uart_lines(uart), changed = now ^ uart->msr_lines;

	if (changed & MSR_CTS)
		uart->msr_delta |= MSR_DCTS;
	if (changed & MSR_DSR)
		uart->msr_delta |= MSR_DDSR;
	if ((changed & MSR_RI) && !(now & MSR_RI)) /* trailing edge only */
		uart->msr_delta |= MSR_TERI;
	if (changed & MSR_DCD)
		uart->msr_delta |= MSR_DDCD;
	uart->msr_lines = now;
}

static void uart_rx_clear(struct uart16550 *uart)
{
	uart->rx_head = 0;
	uart->rx_count = 0;
}

static void uart_rx_put(struct uart16550 *uart, u8 byte)
{
	unsigned int tail;

	if (uart->rx_count >= uart_room(uart)) {
		uart->lsr_errors |= LSR_OE;
		if (!uart_fifos(uart)) /* the holding register is overwritten */
			uart->rx[uart->rx_head] = byte;
		return;
	}
	tail = (uart->rx_head + uart->rx_count) % UART16550_FIFO;
	uart->rx[tail] = byte;
	uart->rx_count++;
}

/* Take what fits: nothing overruns while bytes can wait with the owner. */
static void uart_pull(struct uart16550 *uart)
{
	while (!uart_loops(uart) && uart->rx_count < uart_room(uart)) {
		int byte = uart->ops->rx(uart);

		if (byte < 0)
			return;
		uart_rx_put(uart, byte);
	}
}

static u8 uart_read_data(struct uart16550 *uart)
{
	u8 byte;

	if (!uart->rx_count)
		return 0;
	byte = uart->rx[uart->rx_head];
	uart->rx_head = (uart->rx_head + 1) % UART16550_FIFO;
	uart->rx_count--;
	uart_pull(uart);
	return byte;
}

static u8 uart_read_iir(struct uart16550 *uart)
{
	u8 source = uart_source(uart);

	/* reading IIR is what acknowledges THRE, if it is what it names */
	if (source == IIR_THRE)
		uart->thre = false;
	return source | (uart_fifos(uart) ? IIR_FIFOS : 0);
}

static u8 uart_read_lsr(struct uart16550 *uart)
{
	u8 value = LSR_THRE | LSR_TEMT | uart->lsr_errors;

	if (uart->rx_count)
		value |= LSR_DR;
	/* one of a character's; an overrun is none */
	if (uart_fifos(uart) && uart->lsr_errors & LSR_BI)
		value |= LSR_FIFO_ERROR;
	uart->lsr_errors = 0;
	return value;
}

static u8 uart_read_msr(struct uart16550 *uart)
{
	u8 value = uart->msr_lines | uart->msr_delta;

	uart->msr_delta = 0;
	return value;
}

u8 uart16550_read(struct uart16550 *uart, unsigned int reg)
{
	bool dlab = uart->lcr & LCR_DLAB;
	u8 value = 0;

	switch (reg) {
	case UART_DATA:
		value = dlab ? uart->dll : uart_read_data(uart);
		break;
	case UART_IER:
		value = dlab ? uart->dlm : uart->ier;
		break;
	case UART_IIR:
		value = uart_read_iir(uart);
		break;
	case UART_LCR:
		value = uart->lcr;
		break;
	case UART_MCR:
		value = uart->mcr;
		break;
	case UART_LSR:
		value = uart_read_lsr(uart);
		break;
	case UART_MSR:
		value = uart_read_msr(uart);
		break;
	case UART_SCR:
		value = uart->scr;
		break;
	}
	uart_update_irq(uart);
	return value;
}

static void uart_write_data(struct uart16550 *uart, u8 value)
{
	if (uart_loops(uart)) /* as many bits as a character has */
		uart_rx_put(uart, value & (0x1f << (uart->lcr & LCR_WORD) |
					   0x1f));
	else
		uart->ops->tx(uart, value);
	uart->thre = true; /* taken, and empty again at once */
}

static void uart_write_ier(struct uart16550 *uart, u8 value)
{
	value &= IER_MASK;
	/* enabling it with an empty transmitter raises it, each time */
	if (value & ~uart->ier & IER_THRE)
		uart->thre = true;
	uart->ier = value;
}

static void uart_write_fcr(struct uart16550 *uart, u8 value)
{
	/* turning the FIFOs on or off empties them */
	if ((value ^ uart->fcr) & FCR_ENABLE)
		uart_rx_clear(uart);
	else if (!(value & FCR_ENABLE))
		return; /* the other bits need the enable bit set with them */
	if (value & FCR_CLEAR_RX)
		uart_rx_clear(uart);
	uart->fcr = value & FCR_ENABLE ?
			    value & (FCR_ENABLE | FCR_DMA | FCR_TRIGGER) :
			    0;
	uart_pull(uart);
}

static void uart_write_lcr(struct uart16550 *uart, u8 value)
{
	bool begins = value & ~uart->lcr & LCR_BREAK;

	uart->lcr = value;
	/* a break looped back arrives as a null character with BI */
	if (begins && uart_loops(uart)) {
		uart_rx_put(uart, 0);
		uart->lsr_errors |= LSR_BI;
	}
}

static void uart_write_mcr(struct uart16550 *uart, u8 value)
{
	uart->mcr = value & MCR_MASK;
	uart_update_lines(uart);
	uart_pull(uart);
}

void uart16550_write(struct uart16550 *uart, unsigned int reg, u8 value)
{
	bool dlab = uart->lcr & LCR_DLAB;

	switch (reg) {
	case UART_DATA:
		if (dlab)
			uart->dll = value;
		else
			uart_write_data(uart, value);
		break;
	case UART_IER:
		if (dlab)
			uart->dlm = value;
		else
			uart_write_ier(uart, value);
		break;
	case UART_IIR:
		uart_write_fcr(uart, value);
		break;
	case UART_LCR:
		uart_write_lcr(uart, value);
		break;
	case UART_MCR:
		uart_write_mcr(uart, value);
		break;
	case UART_SCR:
		uart->scr = value;
		break;
	default: /* LSR and MSR: for factory tests only */
		break;
	}
	uart_update_irq(uart);
}

void uart16550_input(struct uart16550 *uart)
{
	uart_pull(uart);
	uart_update_irq(uart);
}

void uart16550_reset(struct uart16550 *uart)
{
	const struct uart16550_ops *ops = uart->ops;
	bool irq = uart->irq;

	/* the divisor is undefined after power-on: 9600 baud, as firmware does */
	*uart = (struct uart16550){ .ops = ops, .dll = 12 };
	uart->msr_lines = uart_lines(uart);
	if (irq)
		ops->irq(uart, false);
}

void uart16550_init(struct uart16550 *uart, const struct uart16550_ops *ops)
{
	*uart = (struct uart16550){ .ops = ops };
	uart16550_reset(uart);
}
