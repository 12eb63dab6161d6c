// SPDX-License-Identifier: GPL-2.0
/*
 * The screen of `vmctl top`, by ncurses: lines, keys, another size, and the
 * terminal as it was when it ends.
 */
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "top.h"

#define CTRL_L 0x0c

static SCREEN *screen;

bool top_screen_open(void)
{
	const char *term = getenv("TERM");
	static bool registered;

	/* newterm() would end the program for want of a name. */
	if (!term || !*term)
		return false;
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	if (!registered)
		registered = !atexit(top_screen_close);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	return true;
}

void top_screen_close(void)
{
	if (!screen)
		return;
	curs_set(1);
	endwin();
	delscreen(screen);
	screen = NULL;
}

static void put(int row, int attributes, const char *text)
{
	move(row, 0);
	attrset(attributes);
	/* The last cell of the screen is left alone: some terminals scroll. */
	addnstr(text, COLS - (row == LINES - 1));
	if (attributes == A_REVERSE) {
		int used = getcurx(stdscr);

		if (getcury(stdscr) == row)
			hline(' ' | A_REVERSE, COLS - used);
	}
	attrset(A_NORMAL);
}

void top_screen_draw(struct top_view *v, const struct top_look *l)
{
	char buf[TOP_LINE_MAX];
	unsigned int n;

	v->rows = LINES > 0 ? (unsigned int)LINES : 1;
	v->cols = COLS > 0 ? (unsigned int)COLS : 1;
	top_view_fit(v, l);
	n = top_lines(v, l);
	erase();
	top_title(v, l, buf);
	put(0, A_BOLD, buf);
	if (v->rows > 1) {
		top_headings(v, buf);
		put(1, A_REVERSE, buf);
	}
	for (unsigned int i = 0; i + TOP_FRAME < v->rows && v->first + i < n;
	     i++) {
		enum top_line kind = top_line(v, l, v->first + i, buf);

		put((int)(2 + i), kind == TOP_LINE_VCPU ? A_DIM : A_NORMAL,
		    buf);
	}
	if (v->rows >= TOP_FRAME)
		put((int)v->rows - 1, A_DIM, top_keys);
	refresh();
}

static int translate(int key)
{
	switch (key) {
	case CTRL_L:
		clearok(curscr, TRUE);
		return 0;
	case KEY_UP:
		return TOP_KEY_UP;
	case KEY_DOWN:
		return TOP_KEY_DOWN;
	case KEY_PPAGE:
		return TOP_KEY_PAGE_UP;
	case KEY_NPAGE:
		return TOP_KEY_PAGE_DOWN;
	case KEY_HOME:
		return TOP_KEY_HOME;
	case KEY_END:
		return TOP_KEY_END;
	case KEY_RESIZE:
		return 0;
	}
	return key > 0 && key < 0x80 ? key : -1;
}

int top_screen_key(int ms, int *key)
{
	struct pollfd p = { STDIN_FILENO, POLLIN, 0 };
	int got = getch(); /* one that ncurses has already, or another size */

	if (got == ERR) {
		int n = poll(&p, 1, ms);

		if (n < 0 && errno != EINTR)
			return -1;
		got = getch();
		if (got == ERR && n > 0 && p.revents & ~POLLIN)
			return -1;
	}
	if (got == ERR)
		return 0;
	*key = translate(got);
	return 1;
}
