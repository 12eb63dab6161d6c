/* SPDX-License-Identifier: GPL-2.0 */
/*
 * GDB's remote serial protocol, the part that knows no debugger: bytes to
 * packets and back.  Pure: no I/O, no allocation.
 *
 * Manual: "GDB Remote Serial Protocol", overview.
 */
#ifndef VMCTL_RSP_H
#define VMCTL_RSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most bytes of a packet's contents, either way. */
#define RSP_MAX 16384u
/** Room for any packet in transit: frame, every byte escaped. */
#define RSP_WIRE (2 * RSP_MAX + 4)

/** What a byte that came in completes. */
enum rsp_event {
	RSP_NONE, /* nothing yet */
	RSP_PACKET, /* struct rsp_in has a packet */
	RSP_BAD, /* a packet with a wrong checksum, or too long */
	RSP_ACK,
	RSP_NAK, /* the other side wants the last packet again */
	RSP_INTERRUPT, /* Ctrl-C, between packets */
};

enum rsp_state { RSP_IDLE, RSP_BODY, RSP_ESCAPED, RSP_SUM1, RSP_SUM2 };

/**
 * struct rsp_in - a packet on its way in; all zero to begin with
 * @state: where the next byte belongs
 * @sum: of the bytes that came
 * @want: of the checksum, its first digit
 * @bad: there is something wrong with it already
 * @len: bytes of @buf
 * @buf: contents, escapes resolved; a NUL follows a complete packet
 */
struct rsp_in {
	enum rsp_state state;
	uint8_t sum, want;
	bool bad;
	size_t len;
	char buf[RSP_MAX + 1];
};

enum rsp_event rsp_feed(struct rsp_in *in, uint8_t byte);

/**
 * rsp_encode() - a packet as it goes out: framed, escaped, runs shortened
 * @data: @len contents, RSP_MAX at most
 * @wire: RSP_WIRE bytes
 * Return: how many of them.
 */
size_t rsp_encode(const char *data, size_t len, char *wire);

/**
 * struct rsp_out - contents of a packet to send
 * @len: bytes of @buf
 * @full: something did not fit and is not there
 */
struct rsp_out {
	size_t len;
	bool full;
	char buf[RSP_MAX];
};

void rsp_bytes(struct rsp_out *out, const void *data, size_t len);
void rsp_text(struct rsp_out *out, const char *text);
/** Bytes as hex digits, first byte first (the target's order). */
void rsp_hex(struct rsp_out *out, const void *data, size_t len);
/** A number as hex digits without leading zeros. */
void rsp_number(struct rsp_out *out, uint64_t value);
void rsp_error(struct rsp_out *out, int error);

/** Value of a hex digit, -1 if it is none. */
int rsp_digit(char c);
/**
 * rsp_get_number() - read a hex number of at most 64 bits
 * @p: moved behind it
 * Return: false if there is none, or it is too large.
 */
bool rsp_get_number(const char **p, uint64_t *value);
/** Read exactly @len bytes as hex digits, and move @p behind them. */
bool rsp_get_hex(const char **p, void *data, size_t len);
/** Does @p begin with @word?  Then move behind it. */
bool rsp_skip(const char **p, const char *word);

#endif /* VMCTL_RSP_H */
