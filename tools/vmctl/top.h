/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `vmctl top` shows: VMs and vCPUs with their rates between two looks,
 * how they become lines of text, what keys do, and the screen.
 */
#ifndef VMCTL_TOP_H
#define VMCTL_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/axvm.h"

/** struct top_rate - use between two looks */
struct top_rate {
	uint64_t busy_ns; /* in the guest or working for it, since creation */
	double cpu; /* of one host CPU */
	double exits; /* per second */
};

/** struct top_vcpu - one vCPU at a time */
struct top_vcpu {
	struct axvm_vcpu_info info;
	struct top_rate rate;
};

/** struct top_vm - one VM at a time; @rate is the sum of its vCPUs' */
struct top_vm {
	struct axvm_vm_info info;
	struct top_rate rate;
	struct top_vcpu *vcpus;
	unsigned int n_vcpus;
};

/** struct top_look - all VMs that may be opened, at a time */
struct top_look {
	struct top_vm *vms;
	unsigned int n;
	uint64_t when_ns;
};

/**
 * top_look() - look at all VMs
 * @dev: the device
 * @before: the look before, which rates are counted from
 * @now: out; top_look_free() it
 * Return: 0 or an exit code, with a message.
 */
int top_look(int dev, const struct top_look *before, struct top_look *now);
void top_look_free(struct top_look *l);

/** top_rates() - rates of @now since @before, by ids and indices.  PURE. */
void top_rates(const struct top_look *before, struct top_look *now);

/* ---- lines of text (PURE) -------------------------------------------------- */

/** enum top_sort - what comes first; the order of top_sort_words */
enum top_sort { TOP_BY_CPU, TOP_BY_EXITS, TOP_BY_MEMORY, TOP_BY_NAME };
#define TOP_SORTS 4u
extern const char *const top_sort_words[TOP_SORTS];

/** Lines of a screen that are not of VMs: title, headings, keys. */
#define TOP_FRAME 3u
#define TOP_LINE_MAX 512u

/**
 * struct top_view - how it is shown
 * @sort: what comes first; @reverse: last
 * @vcpus: a line for each vCPU, below its VM
 * @help: keys instead of VMs
 * @first: how many lines are scrolled away
 * @rows: lines of the screen, 0: no screen
 * @cols: columns
 * @interval_ns: time between looks
 */
struct top_view {
	enum top_sort sort;
	bool reverse, vcpus, help;
	unsigned int first, rows, cols;
	uint64_t interval_ns;
};

/** What a key makes necessary. */
enum top_event { TOP_NOTHING, TOP_DRAW, TOP_LOOK, TOP_QUIT };

/** Keys that are no characters. */
enum top_key {
	TOP_KEY_UP = 0x1000,
	TOP_KEY_DOWN,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
};

/** enum top_line - what a line is */
enum top_line { TOP_LINE_VM, TOP_LINE_VCPU, TOP_LINE_HELP };

void top_sort(const struct top_view *v, struct top_look *l);
/** top_key() - do what a key means; @l: what is on the screen */
enum top_event top_key(struct top_view *v, const struct top_look *l, int key);
/** Keep @first within what there is to see. */
void top_view_fit(struct top_view *v, const struct top_look *l);

/** top_lines() - lines between headings and keys, were the screen long enough */
unsigned int top_lines(const struct top_view *v, const struct top_look *l);
/** top_line() - the @n-th of them; @buf holds TOP_LINE_MAX */
enum top_line top_line(const struct top_view *v, const struct top_look *l,
		       unsigned int n, char *buf);
void top_title(const struct top_view *v, const struct top_look *l, char *buf);
void top_headings(const struct top_view *v, char *buf);
extern const char top_keys[];

/* ---- the screen ------------------------------------------------------------ */

/**
 * top_screen_open() - take the terminal
 * Return: false: it cannot be used as a screen; nothing has been changed.
 */
bool top_screen_open(void);
/** Give it back as it was; also at exit(). */
void top_screen_close(void);
void top_screen_draw(struct top_view *v, const struct top_look *l);
/**
 * top_screen_key() - wait for a key
 * @ms: at most
 * @key: out: a character or TOP_KEY_*; 0: the screen has another size
 * Return: 1, 0: none came, -1: the terminal is gone.
 */
int top_screen_key(int ms, int *key);

#endif /* VMCTL_TOP_H */
