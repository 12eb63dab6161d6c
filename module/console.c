// SPDX-License-Identifier: GPL-2.0
/*
 * The console of a VM: a scrollback that the guest's UART writes and any
 * number of descriptors read at their own pace, and a queue of input for the
 * guest.  Owns the descriptors of AXVM_VM_CONSOLE.
 *
 * The object is counted: the VM holds it, and so does each descriptor, which
 * can be read to its end after the VM is gone.
 */
#include <linux/anon_inodes.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "uapi/axvm.h"
#include "module/console.h"
#include "module/vm.h"

#define CONSOLE_INPUT 4096u
#define CONSOLE_CHUNK 256u /* copied at a time, on the stack */

/**
 * struct axvm_console_ring - a console
 *
 * Legend: (c) constant; (k) @lock; (i) @input_lock.
 *
 * @ref: the VM and the descriptors
 * @lock: raw, as the guest's UART comes with preemption or irqs off
 * @wake: wakes @wq from wherever the guest's byte came
 * @wq: readers and writers
 * @written: (k) bytes ever printed; the last AXVM_CONSOLE_BYTES are in @out
 * @queued: (k) bytes ever queued as input
 * @taken: (k) bytes ever taken by the guest
 * @closed: (k) the VM is destroyed; read lockless
 * @input_lock: the callback is called, and taken away, under it
 * @on_input: (i) or NULL
 * @opaque: (i) its argument
 * @in: (k) input, byte n at n % CONSOLE_INPUT
 * @out: (k) output, byte n at n % AXVM_CONSOLE_BYTES; on its own, or both would
 *	take the next larger power of two
 */
struct axvm_console_ring {
	struct kref ref;
	raw_spinlock_t lock;
	struct irq_work wake;
	wait_queue_head_t wq;
	u64 written;
	u64 queued;
	u64 taken;
	bool closed;
	struct mutex input_lock;
	void (*on_input)(void *opaque);
	void *opaque;
	u8 *out;
	u8 in[CONSOLE_INPUT]; /* not zeroed, as *@out: last */
};

/**
 * struct console_file - one descriptor
 * @con: a reference
 * @vm: a view, which is a reference too
 * @lock: one read at a time
 * @cursor: bytes ever printed before the next one to read; @lock
 */
struct console_file {
	struct axvm_console_ring *con;
	struct axvm_vm *vm;
	struct mutex lock;
	u64 cursor;
};

static void console_wake(struct irq_work *work)
{
	struct axvm_console_ring *con =
		container_of(work, struct axvm_console_ring, wake);

	wake_up_all(&con->wq);
}

static void console_release(struct kref *ref)
{
	struct axvm_console_ring *con =
		container_of(ref, struct axvm_console_ring, ref);

	irq_work_sync(&con->wake);
	kvfree(con->out);
	kfree(con);
}

static void console_put(struct axvm_console_ring *con)
{
	kref_put(&con->ref, console_release);
}

int axvm_console_init(struct axvm_vm *vm)
{
	struct axvm_console_ring *con;

	/* What is in the buffers was written first: indices bound the reads. */
	con = kmalloc(sizeof(*con), GFP_KERNEL_ACCOUNT);
	if (!con)
		return -ENOMEM;
	memset(con, 0, offsetof(struct axvm_console_ring, in));
	con->out = kvmalloc(AXVM_CONSOLE_BYTES, GFP_KERNEL_ACCOUNT);
	if (!con->out) {
		kfree(con);
		return -ENOMEM;
	}
	kref_init(&con->ref);
	raw_spin_lock_init(&con->lock);
	/*
	 * Lazy: at the next tick at the latest.  A guest prints byte by byte;
	 * readers are woken once for a batch, not for each.
	 */
	con->wake = IRQ_WORK_INIT_LAZY(console_wake);
	init_waitqueue_head(&con->wq);
	mutex_init(&con->input_lock);
	vm->console = con;
	return 0;
}

void axvm_console_close(struct axvm_vm *vm)
{
	struct axvm_console_ring *con = vm->console;
	unsigned long flags;

	mutex_lock(&con->input_lock);
	con->on_input = NULL;
	mutex_unlock(&con->input_lock);
	raw_spin_lock_irqsave(&con->lock, flags);
	/* release: pairs with the acquire in console_read() */
	smp_store_release(&con->closed, true);
	raw_spin_unlock_irqrestore(&con->lock, flags);
	wake_up_all(&con->wq);
}

void axvm_console_free(struct axvm_vm *vm)
{
	if (vm->console)
		console_put(vm->console);
	vm->console = NULL;
}

/* ---- the guest's side ----------------------------------------------- */

/* wq_has_sleeper() has the barrier that pairs with prepare_to_wait(). */
static void console_notify(struct axvm_console_ring *con)
{
	if (wq_has_sleeper(&con->wq))
		irq_work_queue(&con->wake);
}

void axvm_console_put(struct axvm_vm *vm, u8 byte)
{
	struct axvm_console_ring *con = vm->console;
	unsigned long flags;

	raw_spin_lock_irqsave(&con->lock, flags);
	if (!con->closed)
		con->out[con->written++ % AXVM_CONSOLE_BYTES] = byte;
	raw_spin_unlock_irqrestore(&con->lock, flags);
	console_notify(con);
}

int axvm_console_get(struct axvm_vm *vm)
{
	struct axvm_console_ring *con = vm->console;
	unsigned long flags;
	int byte = -1;

	raw_spin_lock_irqsave(&con->lock, flags);
	if (con->taken != con->queued)
		byte = con->in[con->taken++ % CONSOLE_INPUT];
	raw_spin_unlock_irqrestore(&con->lock, flags);
	if (byte >= 0)
		console_notify(con);
	return byte;
}

void axvm_console_on_input(struct axvm_vm *vm, void (*fn)(void *opaque),
			   void *opaque)
{
	struct axvm_console_ring *con = vm->console;

	mutex_lock(&con->input_lock);
	if (!READ_ONCE(con->closed)) {
		con->on_input = fn;
		con->opaque = opaque;
	}
	mutex_unlock(&con->input_lock);
}

/* ---- descriptors: reading ------------------------------------------- */

/* Take up to @room bytes at the cursor; skips what was overwritten. */
static unsigned int console_take(struct console_file *cf, u8 *buf,
				 unsigned int room)
{
	struct axvm_console_ring *con = cf->con;
	unsigned long flags;
	unsigned int n, i;

	raw_spin_lock_irqsave(&con->lock, flags);
	if (con->written - cf->cursor > AXVM_CONSOLE_BYTES)
		cf->cursor = con->written - AXVM_CONSOLE_BYTES;
	n = min_t(u64, room, con->written - cf->cursor);
	for (i = 0; i < n; i++)
		buf[i] = con->out[(cf->cursor + i) % AXVM_CONSOLE_BYTES];
	raw_spin_unlock_irqrestore(&con->lock, flags);
	return n;
}

/* Copy what is there now; 0 when there is nothing.  cf->lock held. */
static ssize_t console_copy(struct console_file *cf, char __user *to,
			    size_t count)
{
	u8 chunk[CONSOLE_CHUNK];
	size_t done = 0;

	while (done < count && !signal_pending(current)) {
		unsigned int n = console_take(cf, chunk,
					      min_t(size_t, count - done,
						    sizeof(chunk)));

		if (!n)
			break;
		if (copy_to_user(to + done, chunk, n))
			return done ? done : -EFAULT;
		cf->cursor += n;
		done += n;
	}
	return done;
}

static u64 console_written(struct axvm_console_ring *con)
{
	unsigned long flags;
	u64 n;

	raw_spin_lock_irqsave(&con->lock, flags);
	n = con->written;
	raw_spin_unlock_irqrestore(&con->lock, flags);
	return n;
}

static bool console_readable(struct console_file *cf)
{
	return console_written(cf->con) != READ_ONCE(cf->cursor);
}

static ssize_t console_read(struct file *file, char __user *to, size_t count,
			    loff_t *pos)
{
	struct console_file *cf = file->private_data;
	struct axvm_console_ring *con = cf->con;
	ssize_t done;
	bool closed;

	if (!count)
		return 0;
	for (;;) {
		/* Before the look at the bytes: none come after it. */
		closed = smp_load_acquire(&con->closed);
		if (mutex_lock_interruptible(&cf->lock))
			return -ERESTARTSYS;
		done = console_copy(cf, to, count);
		mutex_unlock(&cf->lock);
		if (done || closed)
			return done;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(con->wq,
					     READ_ONCE(con->closed) ||
						     console_readable(cf)))
			return -ERESTARTSYS;
	}
}

/* ---- descriptors: writing ------------------------------------------- */

/* Queue up to @n bytes; -ENODEV after the VM is destroyed. */
static int console_queue(struct axvm_console_ring *con, const u8 *buf,
			 unsigned int n)
{
	unsigned long flags;
	unsigned int i;
	int done;

	raw_spin_lock_irqsave(&con->lock, flags);
	n = min_t(u64, n, CONSOLE_INPUT - (con->queued - con->taken));
	for (i = 0; i < n; i++)
		con->in[con->queued++ % CONSOLE_INPUT] = buf[i];
	done = con->closed ? -ENODEV : n;
	raw_spin_unlock_irqrestore(&con->lock, flags);
	return done;
}

static bool console_has_room(struct axvm_console_ring *con)
{
	unsigned long flags;
	bool room;

	raw_spin_lock_irqsave(&con->lock, flags);
	room = con->queued - con->taken < CONSOLE_INPUT;
	raw_spin_unlock_irqrestore(&con->lock, flags);
	return room;
}

static void console_tell_guest(struct axvm_console_ring *con)
{
	mutex_lock(&con->input_lock);
	if (con->on_input)
		con->on_input(con->opaque);
	mutex_unlock(&con->input_lock);
}

/* One chunk: bytes queued, or -EAGAIN when there is no room. */
static ssize_t console_write_chunk(struct axvm_console_ring *con,
				   const char __user *from, size_t count)
{
	unsigned int n = min_t(size_t, count, CONSOLE_CHUNK);
	u8 chunk[CONSOLE_CHUNK];
	int done;

	if (copy_from_user(chunk, from, n))
		return -EFAULT;
	done = console_queue(con, chunk, n);
	if (done > 0)
		console_tell_guest(con);
	return done ? done : -EAGAIN;
}

static ssize_t console_write(struct file *file, const char __user *from,
			     size_t count, loff_t *pos)
{
	struct console_file *cf = file->private_data;
	struct axvm_console_ring *con = cf->con;
	size_t done = 0;
	ssize_t n;

	while (done < count) {
		n = console_write_chunk(con, from + done, count - done);
		if (n > 0) {
			done += n;
			if (!signal_pending(current))
				continue;
			break;
		}
		if (n != -EAGAIN || (file->f_flags & O_NONBLOCK))
			return done ? done : n;
		if (wait_event_interruptible(con->wq,
					     READ_ONCE(con->closed) ||
						     console_has_room(con)))
			return done ? done : -ERESTARTSYS;
	}
	return done;
}

/* ---- descriptors: the rest ------------------------------------------ */

static __poll_t console_poll(struct file *file, struct poll_table_struct *pt)
{
	struct console_file *cf = file->private_data;
	struct axvm_console_ring *con = cf->con;
	__poll_t mask = 0;

	poll_wait(file, &con->wq, pt);
	smp_mb(); /* pairs with the one in console_notify() */
	if (READ_ONCE(con->closed))
		mask |= EPOLLHUP | EPOLLIN | EPOLLRDNORM;
	if (console_readable(cf))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!READ_ONCE(con->closed) && console_has_room(con))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static void console_file_free(struct console_file *cf)
{
	console_put(cf->con);
	axvm_vm_view_put_sync(cf->vm);
	kfree(cf);
}

static int console_file_release(struct inode *inode, struct file *file)
{
	console_file_free(file->private_data);
	return 0;
}

static const struct file_operations console_fops = {
	.owner = THIS_MODULE,
	.read = console_read,
	.write = console_write,
	.poll = console_poll,
	.release = console_file_release,
	.llseek = noop_llseek,
};

/**
 * axvm_console_file() - AXVM_VM_CONSOLE: make a descriptor's file
 * @vm: the VM
 * @flags: AXVM_CONSOLE_TAIL or 0
 *
 * It counts as a view of the VM.
 * Return: the file; ERR_PTR: -ENODEV the VM is destroyed; -ENOMEM; -ENFILE.
 */
struct file *axvm_console_file(struct axvm_vm *vm, u32 flags)
{
	struct console_file *cf;
	struct file *file;

	if (READ_ONCE(vm->dead))
		return ERR_PTR(-ENODEV);
	cf = kzalloc(sizeof(*cf), GFP_KERNEL_ACCOUNT);
	if (!cf)
		return ERR_PTR(-ENOMEM);
	mutex_init(&cf->lock);
	cf->con = vm->console;
	kref_get(&cf->con->ref);
	cf->vm = vm;
	axvm_vm_view_get(vm);
	if (flags & AXVM_CONSOLE_TAIL)
		cf->cursor = console_written(cf->con);
	file = anon_inode_getfile("axvm-console", &console_fops, cf,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		console_file_free(cf);
	return file;
}
