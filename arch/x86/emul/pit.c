// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: the 8254 by Intel's data sheet.  A channel is its initial count and the
 * clock at which that was loaded: what it shows and what OUT is follow from
 * the clock of the moment.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>

#include "arch/x86/emul/pit.h"

#define NSEC 1000000000ull

#define CTL_CHANNEL GENMASK(7, 6)
#define CTL_ACCESS GENMASK(5, 4)
#define CTL_MODE GENMASK(3, 1)
#define CTL_BCD BIT(0)
#define READ_BACK 3u
#define BACK_NO_COUNT BIT(5)
#define BACK_NO_STATUS BIT(4)
#define LATCH 0u
#define LSB 1u
#define MSB 2u
#define BOTH 3u

#define STATUS_OUT BIT(7)
#define STATUS_NULL BIT(6)

#define P61_GATE BIT(0)
#define P61_WRITABLE GENMASK(3, 0)
#define P61_REFRESH BIT(4)
#define P61_OUT BIT(5)
#define REFRESH_CLOCKS 18 /* about 15 us */

/* Clock number at a time; a second at a time keeps it in 64 bits. */
static u64 clock_at(u64 ns)
{
	return ns / NSEC * PIT_HZ + ns % NSEC * PIT_HZ / NSEC;
}

/* The first ns at which clock_at() is @clock. */
static u64 time_of(u64 clock)
{
	return clock / PIT_HZ * NSEC +
	       (clock % PIT_HZ * NSEC + PIT_HZ - 1) / PIT_HZ;
}

static bool mode_periodic(const struct pit_channel *c)
{
	return c->mode == 2 || c->mode == 3;
}

/* Counting starts with an edge of the gate. */
static bool mode_triggered(const struct pit_channel *c)
{
	return c->mode == 1 || c->mode == 5;
}

static u32 count_wrap(const struct pit_channel *c)
{
	return c->bcd ? 10000 : 65536;
}

/* The count is loaded at the next clock.  (Differences: @from may wrap.) */
static bool channel_waits(const struct pit_channel *c, u64 clock)
{
	return c->running && (s64)(clock - c->from) < 0;
}

/* Clocks since the count was loaded; none before that. */
static u64 channel_elapsed(const struct pit_channel *c, u64 clock)
{
	if (!c->running)
		return c->held;
	return channel_waits(c, clock) ? 0 : clock - c->from;
}

/* ---- the counting element ------------------------------------------------ */

/* Mode 3: clocks that OUT is high; low for the rest. */
static u32 square_high(const struct pit_channel *c)
{
	return (c->count + 1) / 2;
}

/*
 * Modes 2 and 3: a count that was written during a period, or half of a square
 * wave, is loaded at its end.
 */
static u64 channel_boundary(const struct pit_channel *c, u64 clock)
{
	u64 pos = channel_elapsed(c, clock) % c->count;
	u64 left = c->count - pos;

	if (c->mode == 3 && pos < square_high(c))
		left = square_high(c) - pos;
	return (channel_waits(c, clock) ? c->from : clock) + left;
}

static void channel_load(struct pit_channel *c, u64 clock)
{
	c->count = c->next_count;
	c->next_count = 0;
	c->loaded = true;
	c->from = clock;
	c->held = 0;
	c->struck = false;
}

/* A count that waited for the boundary is loaded there. */
static void channel_sync(struct pit_channel *c, u64 clock)
{
	bool was_high;

	if (!mode_periodic(c) || !c->running || !c->next_count ||
	    clock < c->boundary)
		return;
	was_high = c->mode == 3 &&
		   (c->boundary - c->from) % c->count == square_high(c);
	channel_load(c, c->boundary);
	if (was_high) /* the low half is next */
		c->from -= square_high(c);
}

/* What reading the counter gives, as a number. */
static u32 channel_value(const struct pit_channel *c, u64 clock)
{
	u64 elapsed = channel_elapsed(c, clock);
	u32 wrap = count_wrap(c), pos;

	if (!c->loaded)
		return 0;
	if (!mode_periodic(c)) /* goes on below zero */
		return (c->count + wrap - elapsed % wrap) % wrap;
	pos = elapsed % c->count;
	if (c->mode == 2)
		return (c->count - pos) % wrap;
	if (pos >= square_high(c))
		pos -= square_high(c);
	return ((c->count & ~1u) - 2 * pos) % wrap;
}

static bool channel_output(const struct pit_channel *c, u64 clock)
{
	u64 elapsed = channel_elapsed(c, clock);

	if (!c->loaded || (channel_waits(c, clock) && !mode_periodic(c)))
		return c->mode != 0;
	switch (c->mode) {
	case 0:
	case 1:
		return elapsed >= c->count;
	case 2:
		return !c->gate || elapsed % c->count != c->count - 1;
	case 3:
		return !c->gate || elapsed % c->count < square_high(c);
	default:
		return c->struck || elapsed != c->count;
	}
}

/* The clock at which OUT rises next, after @clock; PIT_NEVER. */
static u64 channel_rise(const struct pit_channel *c, u64 clock)
{
	u64 elapsed = channel_elapsed(c, clock), at;
	bool high;

	if (!c->loaded || !c->running)
		return PIT_NEVER;
	if (!mode_periodic(c)) {
		at = c->from + c->count + (c->mode >= 4);
		return at > clock && !c->struck ? at : PIT_NEVER;
	}
	high = c->mode == 3 && elapsed % c->count < square_high(c);
	if (c->next_count)
		return c->boundary + (high ? c->next_count / 2 : 0);
	if (c->count == 1) /* not allowed; OUT never changes */
		return PIT_NEVER;
	return channel_boundary(c, clock) + (high ? c->count / 2 : 0);
}

/* ---- counts and gates ------------------------------------------------------ */

static u32 from_bcd(u32 v)
{
	return (v & 15) + (v >> 4 & 15) * 10 + (v >> 8 & 15) * 100 +
	       (v >> 12 & 15) * 1000;
}

static u32 to_bcd(u32 v)
{
	return v % 10 | v / 10 % 10 << 4 | v / 100 % 10 << 8 |
	       v / 1000 % 10 << 12;
}

/* A whole count was written. */
static void channel_set_count(struct pit_channel *c, u32 raw, u64 clock)
{
	u32 count = c->bcd ? from_bcd(raw) : raw;

	c->next_count = count ? count : count_wrap(c);
	if (mode_triggered(c)) /* waits for the gate */
		return;
	if (mode_periodic(c) && c->loaded) {
		if (c->running)
			c->boundary = channel_boundary(c, clock);
		return;
	}
	channel_load(c, clock + 1);
	c->running = c->gate;
}

/*
 * Mode 0: the first of two bytes stops the counter and takes OUT low.
 */
static void channel_first_byte(struct pit_channel *c, u64 clock)
{
	if (c->mode != 0)
		return;
	c->held = 0;
	c->running = false;
}

static void channel_write(struct pit_channel *c, u8 value, u64 clock)
{
	switch (c->access) {
	case LSB:
		channel_set_count(c, value, clock);
		break;
	case MSB:
		channel_set_count(c, value << 8, clock);
		break;
	default:
		c->write_msb = !c->write_msb;
		if (c->write_msb) {
			c->write_lsb = value;
			channel_first_byte(c, clock);
		} else {
			channel_set_count(c, value << 8 | c->write_lsb, clock);
		}
		break;
	}
}

/*
 * Low: modes 0 and 4 stand still, modes 2 and 3 stop with OUT high, modes 1
 * and 5 do not care.
 */
static void gate_falls(struct pit_channel *c, u64 clock)
{
	if (mode_triggered(c) || !c->running)
		return;
	c->held = channel_elapsed(c, clock);
	c->running = false;
	c->struck = c->held == c->count; /* the strobe lasts one clock */
}

/* High: modes 0 and 4 go on, the others load the count and begin. */
static void gate_rises(struct pit_channel *c, u64 clock)
{
	if (mode_triggered(c) || mode_periodic(c)) {
		if (!c->next_count && !c->loaded)
			return;
		if (!c->next_count)
			c->next_count = c->count;
		channel_load(c, clock + 1);
		c->running = true;
	} else if (c->loaded && !c->write_msb) {
		c->from = clock - c->held;
		c->running = true;
	}
}

static void channel_gate(struct pit_channel *c, bool gate, u64 clock)
{
	if (gate == c->gate)
		return;
	c->gate = gate;
	if (gate)
		gate_rises(c, clock);
	else
		gate_falls(c, clock);
}

/* ---- registers -------------------------------------------------------------- */

static void channel_latch(struct pit_channel *c, u64 clock)
{
	u32 value;

	if (c->latched) /* until it was read */
		return;
	value = channel_value(c, clock);
	c->latch = c->bcd ? to_bcd(value) : value;
	c->latched = c->access;
}

/* Null count: what was written is not in the counting element yet. */
static bool channel_null(const struct pit_channel *c, u64 clock)
{
	return !c->loaded || c->next_count || channel_waits(c, clock);
}

static void channel_latch_status(struct pit_channel *c, u64 clock)
{
	if (c->status_latched)
		return;
	c->status = (channel_output(c, clock) ? STATUS_OUT : 0) |
		    (channel_null(c, clock) ? STATUS_NULL : 0) |
		    FIELD_PREP(CTL_ACCESS, c->access) |
		    FIELD_PREP(CTL_MODE, c->mode) | (c->bcd ? CTL_BCD : 0);
	c->status_latched = true;
}

static void read_back(struct pit *pit, u8 value, u64 clock)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (!(value & BIT(i + 1)))
			continue;
		if (!(value & BACK_NO_COUNT))
			channel_latch(&pit->channel[i], clock);
		if (!(value & BACK_NO_STATUS))
			channel_latch_status(&pit->channel[i], clock);
	}
}

/* Modes 6 and 7 are 2 and 3. */
static void channel_program(struct pit_channel *c, u8 value)
{
	u8 mode = FIELD_GET(CTL_MODE, value);
	bool gate = c->gate;

	*c = (struct pit_channel){
		.gate = gate,
		.mode = mode > 5 ? mode - 4 : mode,
		.access = FIELD_GET(CTL_ACCESS, value),
		.bcd = value & CTL_BCD,
	};
}

static void control_write(struct pit *pit, u8 value, u64 clock)
{
	unsigned int channel = FIELD_GET(CTL_CHANNEL, value);

	if (channel == READ_BACK)
		read_back(pit, value, clock);
	else if (FIELD_GET(CTL_ACCESS, value) == LATCH)
		channel_latch(&pit->channel[channel], clock);
	else
		channel_program(&pit->channel[channel], value);
}

static u8 channel_read(struct pit_channel *c, u64 clock)
{
	u32 value;
	u8 byte;

	if (c->status_latched) {
		c->status_latched = false;
		return c->status;
	}
	if (c->latched) {
		byte = c->latched & LSB ? c->latch : c->latch >> 8;
		c->latched &= c->latched & LSB ? ~LSB : ~MSB;
		return byte;
	}
	value = channel_value(c, clock);
	if (c->bcd)
		value = to_bcd(value);
	byte = c->access == MSB || c->read_msb ? value >> 8 : value;
	if (c->access == BOTH)
		c->read_msb = !c->read_msb;
	return byte;
}

static void pit_sync(struct pit *pit, u64 clock)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		channel_sync(&pit->channel[i], clock);
}

u8 pit_read(struct pit *pit, unsigned int port, u64 now)
{
	u64 clock = clock_at(now);

	pit_sync(pit, clock);
	port &= 3;
	if (port == 3) /* the control register cannot be read */
		return 0xff;
	return channel_read(&pit->channel[port], clock);
}

void pit_write(struct pit *pit, unsigned int port, u8 value, u64 now)
{
	u64 clock = clock_at(now);

	pit_sync(pit, clock);
	port &= 3;
	if (port == 3)
		control_write(pit, value, clock);
	else
		channel_write(&pit->channel[port], value, clock);
}

u8 pit_port61_read(struct pit *pit, u64 now)
{
	u64 clock = clock_at(now);

	pit_sync(pit, clock);
	return pit->port61 | (clock / REFRESH_CLOCKS & 1 ? P61_REFRESH : 0) |
	       (channel_output(&pit->channel[2], clock) ? P61_OUT : 0);
}

void pit_port61_write(struct pit *pit, u8 value, u64 now)
{
	u64 clock = clock_at(now);

	pit_sync(pit, clock);
	pit->port61 = value & P61_WRITABLE;
	channel_gate(&pit->channel[2], value & P61_GATE, clock);
}

bool pit_output(struct pit *pit, unsigned int channel, u64 now)
{
	u64 clock = clock_at(now);

	pit_sync(pit, clock);
	return channel_output(&pit->channel[channel % 3], clock);
}

u64 pit_next(struct pit *pit, unsigned int channel, u64 now)
{
	u64 clock = clock_at(now), rise;

	pit_sync(pit, clock);
	rise = channel_rise(&pit->channel[channel % 3], clock);
	return rise == PIT_NEVER ? PIT_NEVER : time_of(rise);
}

void pit_reset(struct pit *pit)
{
	unsigned int i;

	*pit = (struct pit){};
	for (i = 0; i < 3; i++)
		pit->channel[i] = (struct pit_channel){
			.access = BOTH,
			.gate = i != 2,
		};
}
