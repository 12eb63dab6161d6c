/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: an 8254 interval timer and port 0x61, which gates its channel 2.  Time
 * is handed in; nothing happens by itself: the owner asks when the output of
 * channel 0 will rise, and has timer, buses and locks.
 */
#ifndef AXVM_X86_PIT_H
#define AXVM_X86_PIT_H

#include <linux/types.h>

#define PIT_HZ 1193182u
#define PIT_NEVER (~0ull)

/**
 * struct pit_channel - a counter
 *
 * Times are in periods of the input clock since time 0.
 *
 * @count: initial count in use (1-65536, or -10000 in BCD)
 * @next_count: count that was written and waits to be loaded, or 0
 * @boundary: modes 2 and 3, @running: when @next_count will be loaded
 * @from: when @count was loaded into the counting element, perhaps at the next
 *	clock; while @running
 * @held: not @running: what the counting element has counted since
 * @loaded: @count is valid and was loaded
 * @running: the counting element counts
 * @struck: mode 4: the gate fell during the strobe
 * @gate: the gate input
 * @mode: 0-5
 * @access: as in the control word: 1 LSB, 2 MSB, 3 LSB then MSB
 * @bcd: counts in decimal
 * @write_msb, @read_msb: access 3: which byte is next
 * @write_lsb: access 3: the byte that waits for its other half
 * @latch: latched count
 * @latched: bytes of @latch still to be read: bit 0 LSB, bit 1 MSB
 * @status: latched status; @status_latched
 */
struct pit_channel {
	u32 count;
	u32 next_count;
	u64 boundary;
	u64 from;
	u64 held;
	bool loaded;
	bool running;
	bool struck;
	bool gate;
	u8 mode;
	u8 access;
	bool bcd;
	bool write_msb;
	bool read_msb;
	u8 write_lsb;
	u16 latch;
	u8 latched;
	u8 status;
	bool status_latched;
};

/**
 * struct pit - everything under the owner's lock
 * @channel: counters
 * @port61: bits 3:0 as written
 */
struct pit {
	struct pit_channel channel[3];
	u8 port61;
};

/** pit_reset() - no channel is programmed, all outputs are low */
void pit_reset(struct pit *pit);

/** pit_read() - ports 0x40-0x43 (@port 0-3) at @now (ns) */
u8 pit_read(struct pit *pit, unsigned int port, u64 now);
void pit_write(struct pit *pit, unsigned int port, u8 value, u64 now);

/**
 * pit_port61_read() - system control port B: gate of channel 2 and speaker as
 * written, refresh (bit 4, toggles), output of channel 2 (bit 5)
 */
u8 pit_port61_read(struct pit *pit, u64 now);
void pit_port61_write(struct pit *pit, u8 value, u64 now);

/** pit_output() - level of OUT of @channel at @now */
bool pit_output(struct pit *pit, unsigned int channel, u64 now);

/**
 * pit_next() - when OUT of @channel rises next
 *
 * Return: ns, later than @now; PIT_NEVER when it does not by itself.
 */
u64 pit_next(struct pit *pit, unsigned int channel, u64 now);

#endif /* AXVM_X86_PIT_H */
