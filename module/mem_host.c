// SPDX-License-Identifier: GPL-2.0
/*
 * HOST regions: host-physical ranges that are not Linux' memory (devices,
 * reserved RAM).  Who may have them, and access to them from the kernel;
 * there are no pages to own.
 */
#include <linux/capability.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/security.h>

#include "module/lib/args.h"
#include "module/mem_region.h"

/*
 * May the caller give this range to a guest?
 *
 * Return: 0; -EPERM no CAP_SYS_RAWIO, or the kernel is locked down; -EINVAL
 * the range is Linux' own RAM or beyond what the host can address.
 */
int axvm_host_check(const struct axvm_region *r)
{
	u64 last = r->source + (r->len - 1);

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (security_locked_down(LOCKDOWN_DEV_MEM))
		return -EPERM;
	if (last > iomem_resource.end)
		return -EINVAL;
	if (region_intersects(r->source, r->len, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_DISJOINT)
		return -EINVAL;
	return 0;
}

static int host_copy_cached(hpa_t hpa, void *buf, size_t len, bool write)
{
	void *at = memremap(hpa, len, MEMREMAP_WB);

	if (!at)
		return -ENOMEM;
	if (write)
		memcpy(at, buf, len);
	else
		memcpy(buf, at, len);
	memunmap(at);
	return 0;
}

static int host_copy_uncached(hpa_t hpa, void *buf, size_t len, bool write)
{
	void __iomem *at = ioremap_wc(hpa, len);

	if (!at)
		return -ENOMEM;
	if (write)
		memcpy_toio(at, buf, len);
	else
		memcpy_fromio(buf, at, len);
	iounmap(at);
	return 0;
}

/*
 * Registers want naturally aligned accesses of their own width: the largest
 * of 4, 2 and 1 bytes that address and rest allow.  Both architectures are
 * little-endian here, as readl() and writel() are.
 */
static unsigned int device_access(void __iomem *at, void *buf, size_t len,
				  bool write)
{
	unsigned long a = (unsigned long)at;
	u32 v = 0;

	if (IS_ALIGNED(a, 4) && len >= 4) {
		len = 4;
		memcpy(&v, buf, len);
		write ? writel(v, at) : (void)(v = readl(at));
	} else if (IS_ALIGNED(a, 2) && len >= 2) {
		len = 2;
		memcpy(&v, buf, len);
		write ? writew(v, at) : (void)(v = readw(at));
	} else {
		len = 1;
		memcpy(&v, buf, len);
		write ? writeb(v, at) : (void)(v = readb(at));
	}
	if (!write)
		memcpy(buf, &v, len);
	return len;
}

static int host_copy_device(hpa_t hpa, void *buf, size_t len, bool write)
{
	void __iomem *at = ioremap(hpa, len);
	size_t done = 0;

	if (!at)
		return -ENOMEM;
	while (done < len)
		done += device_access(at + done, buf + done, len - done, write);
	iounmap(at);
	return 0;
}

int axvm_host_copy(hpa_t hpa, u32 flags, void *buf, size_t len, bool write)
{
	if (flags & AXVM_MEM_DEVICE)
		return host_copy_device(hpa, buf, len, write);
	if (flags & AXVM_MEM_UNCACHED)
		return host_copy_uncached(hpa, buf, len, write);
	return host_copy_cached(hpa, buf, len, write);
}
