/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev/vfio/devices: binding to an iommufd, attaching, and what stands against it. */
#include "raw-cdev.h"

#include <errno.h>
#include <string.h>

#define VADDR 0x7f0000000000ull
#define NIC "0000:01:00.0"

static void a_device_is_bound_and_attached(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);
	uint32_t ioas = raw_ioas(w, fd), id = 0;
	struct iova_vfio_attach attach = { .argsz = sizeof attach, .pt_id = ioas };

	assert_int_equal(raw_bind(w, cdev, fd, &id), 0);
	assert_int_not_equal(id, 0);
	assert_int_not_equal(id, ioas);
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach), 0);
	assert_int_not_equal(attach.pt_id, ioas);
	assert_int_not_equal(attach.pt_id, id);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0xfee00000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_detach_pt(w, cdev), 0);
	/* What its interrupts keep is free again; the mapping stays. */
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0x200000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_attach_pt(w, cdev, ioas), -EADDRINUSE);
	CLOSE(w, cdev, fd);
}

static void binding_looks_at_its_argument_first(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC), group = raw_open_group(w, GROUP_NIC);
	const struct iova_vfio_bind good = { .argsz = sizeof good, .iommufd = fd };

	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_BIND_IOMMUFD, NULL), -EFAULT);
	for (int i = 0; i < 4; i++) {
		struct iova_vfio_bind bind = good;

		bind.argsz -= i == 0;
		bind.flags = i == 1;
		bind.iommufd = i == 2 ? -1 : bind.iommufd;
		assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_BIND_IOMMUFD, &bind),
				 i == 3 ? -EBUSY : -EINVAL);
	}
	CLOSE(w, group, cdev, fd);
}

static void only_an_iommufd_can_be_bound_to(void **state)
{
	const struct world *w = *state;
	int cdev = raw_cdev(w, NODE_NIC), other = raw_cdev(w, NODE_USB);
	int container = raw_open(w, "/dev/vfio/vfio"), file = raw_open(w, "/dev/vfio/2");
	int fd = raw_iommufd(w);

	assert_int_equal(raw_bind(w, cdev, 4711, NULL), -EBADF);
	assert_int_equal(raw_bind(w, cdev, container, NULL), -EBADFD);
	assert_int_equal(raw_bind(w, cdev, file, NULL), -EBADFD);
	assert_int_equal(raw_bind(w, cdev, other, NULL), -EBADFD);
	assert_int_equal(raw_bind(w, cdev, cdev, NULL), -EBADFD);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	CLOSE(w, cdev, other, container, file, fd);
}

static void a_device_is_bound_once(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC), again = raw_cdev(w, NODE_NIC);
	int second = raw_iommufd(w);
	uint32_t id = 4711;

	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_bind(w, cdev, fd, &id), -EINVAL);
	assert_int_equal(raw_bind(w, cdev, 4711, NULL), -EINVAL);
	assert_int_equal(raw_bind(w, again, fd, &id), -EINVAL);
	assert_int_equal(raw_bind(w, again, second, &id), -EINVAL);
	assert_int_equal(raw_bind(w, again, 4711, NULL), -EBADF);
	assert_int_equal(id, 0);
	assert_int_equal(raw_device_info(w, again), -EINVAL);
	assert_int_equal(raw_close(w, again), 0);
	again = raw_cdev(w, NODE_NIC);
	assert_int_equal(raw_bind(w, again, second, NULL), -EINVAL);
	assert_int_equal(raw_close(w, cdev), 0);
	assert_int_equal(raw_bind(w, again, second, NULL), 0);
	CLOSE(w, again, fd, second);
}

static void before_it_is_bound_a_device_answers_nothing(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);
	uint32_t ioas = raw_ioas(w, fd);

	for (int bound = 0; bound < 2; bound++) {
		uint8_t text[40];
		uint32_t argsz = sizeof text;

		memset(text, 0xa5, sizeof text);
		memcpy(text, &argsz, sizeof argsz);
		assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_GET_INFO, text),
				 bound ? 0 : -EINVAL);
		assert_int_equal(raw_u32(text, 0), argsz);
		assert_int_equal(raw_u32(text, 4), bound ? 3 : 0xa5a5a5a5);
		assert_int_equal(raw_u32(text, 8), bound ? 9 : 0xa5a5a5a5);
		assert_int_equal(raw_u32(text, 12), bound ? 5 : 0xa5a5a5a5);
		assert_int_equal(text[24], 0xa5);
		assert_int_equal(raw_attach_pt(w, cdev, ioas), bound ? 0 : -EINVAL);
		assert_int_equal(raw_detach_pt(w, cdev), bound ? 0 : -EINVAL);
		assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_GET_API_VERSION, NULL),
				 bound ? -ENOTTY : -EINVAL);
		assert_int_equal(raw_ioctl(w, cdev, IOVA_IOMMU_DESTROY, NULL),
				 bound ? -ENOTTY : -EINVAL);
		if (!bound)
			assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	}
	CLOSE(w, cdev, fd);
}

static void requests_look_at_their_arguments(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);
	struct iova_vfio_device_info info = { .argsz = sizeof info - 1 };
	struct iova_vfio_attach attach = { .argsz = sizeof attach, .pt_id = raw_ioas(w, fd) };
	struct iova_vfio_detach detach = { .argsz = sizeof detach };

	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_GET_INFO, NULL), -EFAULT);
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_GET_INFO, &info), -EINVAL);
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, NULL), -EFAULT);
	attach.argsz--;
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach), -EINVAL);
	attach.argsz++;
	attach.flags = 1;
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach), -EINVAL);
	assert_int_equal(raw_attach_pt(w, cdev, 4711), -ENOENT);
	assert_int_equal(raw_attach_pt(w, cdev, 0), -ENOENT);
	assert_int_equal(raw_attach_pt(w, cdev, attach.pt_id), 0);
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, NULL), -EFAULT);
	detach.argsz--;
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach), -EINVAL);
	detach.argsz++;
	detach.flags = 1;
	assert_int_equal(raw_ioctl(w, cdev, IOVA_VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach), -EINVAL);
	assert_int_equal(raw_destroy(w, fd, attach.pt_id), -EBUSY);
	assert_int_equal(raw_detach_pt(w, cdev), 0);
	assert_int_equal(raw_detach_pt(w, cdev), 0);
	assert_int_equal(raw_destroy(w, fd, attach.pt_id), 0);
	CLOSE(w, cdev, fd);
}

static void attaching_again_moves_the_device(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);
	uint32_t first = raw_ioas(w, fd), second = raw_ioas(w, fd);

	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, cdev, first), 0);
	assert_int_equal(raw_attach_pt(w, cdev, second), 0);
	assert_int_equal(raw_ioas_map(w, fd, first, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(raw_ioas_map(w, fd, second, 0xfee00000, VADDR, PAGE), -EINVAL);
	/* Where it cannot go it stays where it is. */
	assert_int_equal(raw_attach_pt(w, cdev, first), -EADDRINUSE);
	assert_int_equal(raw_ioas_map(w, fd, second, 0xfee00000, VADDR, PAGE), -EINVAL);
	assert_int_equal(raw_destroy(w, fd, second), -EBUSY);
	CLOSE(w, cdev, fd);
}

static void closing_detaches_and_lets_go(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);
	uint32_t ioas = raw_ioas(w, fd);

	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, cdev, ioas), 0);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0x200000, VADDR, PAGE), 0);
	assert_int_equal(raw_close(w, cdev), 0);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0x200000, VADDR, PAGE), -EEXIST);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(raw_destroy(w, fd, ioas), 0);
	CLOSE(w, fd);
}

/* The device holds it; nobody else can do anything with it. */
static void what_is_left_open_is_named(void **state)
{
	const struct world *w = *state;
	int cdev = raw_cdev(w, NODE_NIC);
	char text[128];

	assert_true(iova_sim_leftovers(w->sim, text, sizeof text) > 0);
	assert_memory_equal(text, "node of device " NIC " is open as fd 0x", 44);
	CLOSE(w, cdev);
	assert_int_equal(iova_sim_leftovers(w->sim, text, sizeof text), 0);
}

static void the_iommufd_may_be_closed_first(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC), second = raw_iommufd(w);
	uint32_t ioas = raw_ioas(w, fd);

	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(raw_attach_pt(w, cdev, ioas), 0);
	assert_int_equal(raw_close(w, fd), 0);
	assert_int_equal(raw_detach_pt(w, cdev), 0);
	assert_int_equal(raw_attach_pt(w, cdev, ioas), 0);
	assert_int_equal(raw_close(w, cdev), 0);
	cdev = raw_cdev(w, NODE_NIC);
	assert_int_equal(raw_bind(w, cdev, second, NULL), 0);
	CLOSE(w, cdev, second);
}

static void a_fd_of_the_group_is_not_bound_by_itself(void **state)
{
	const struct world *w = *state;
	struct raw raw = raw_attach(w, GROUP_NIC);
	int device = raw_device(w, raw.group, NIC), fd = raw_iommufd(w);

	assert_int_equal(raw_device_info(w, device), 0);
	assert_int_equal(raw_ioctl(w, device, IOVA_VFIO_DEVICE_BIND_IOMMUFD, NULL), -EFAULT);
	assert_int_equal(raw_bind(w, device, fd, NULL), -EINVAL);
	assert_int_equal(raw_attach_pt(w, device, 1), -ENOTTY);
	assert_int_equal(raw_detach_pt(w, device), -ENOTTY);
	assert_int_equal(raw_ioctl(w, device, 1, NULL), -ENOTTY);
	world_kernel(w, "6.12");
	assert_int_equal(raw_bind(w, device, fd, NULL), -ENOTTY);
	CLOSE(w, device, fd);
	raw_detach(w, raw);
}

static void the_container_of_iommufd_is_an_iommufd(void **state)
{
	const struct world *w = *state;
	int container = raw_open(w, "/dev/vfio/vfio"), cdev = raw_cdev(w, NODE_NIC);
	uint32_t ioas = raw_ioas(w, container);

	assert_int_equal(raw_bind(w, cdev, container, NULL), 0);
	assert_int_equal(raw_attach_pt(w, cdev, ioas), 0);
	CLOSE(w, cdev, container);
}

static void a_binding_that_is_refused_leaves_nothing(void **state)
{
	const struct world *w = *state;
	int fd = raw_iommufd(w), cdev = raw_cdev(w, NODE_NIC);
	uint32_t ioas = raw_ioas(w, fd);

	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_BIND_IOMMUFD, 1, ENOMEM), 0);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), -ENOMEM);
	assert_int_equal(raw_device_info(w, cdev), -EINVAL);
	assert_int_equal(raw_bind(w, cdev, fd, NULL), 0);
	assert_int_equal(iova_sim_fail(w->sim, IOVA_SIM_CALL_ATTACH_PT, 1, ENOMEM), 0);
	assert_int_equal(raw_attach_pt(w, cdev, ioas), -ENOMEM);
	assert_int_equal(raw_ioas_map(w, fd, ioas, 0xfee00000, VADDR, PAGE), 0);
	assert_int_equal(raw_destroy(w, fd, ioas), 0);
	CLOSE(w, cdev, fd);
}

/* What can be done with two devices, up to the first thing that fails. */
static int use(const struct world *w, int fds[3])
{
	struct iova_iommu_ioas_alloc alloc = { .size = sizeof alloc };
	int r = 0;

	fds[0] = raw_iommufd(w);
	fds[1] = fds[0] < 0 ? fds[0] : raw_cdev(w, NODE_NIC);
	fds[2] = fds[1] < 0 ? fds[1] : raw_cdev(w, NODE_USB);
	r = fds[2] < 0 ? fds[2] : raw_ioctl(w, fds[0], IOVA_IOMMU_IOAS_ALLOC, &alloc);
	r = r < 0 ? r : raw_bind(w, fds[1], fds[0], NULL);
	r = r < 0 ? r : raw_bind(w, fds[2], fds[0], NULL);
	r = r < 0 ? r : raw_attach_pt(w, fds[1], alloc.out_ioas_id);
	r = r < 0 ? r : raw_ioas_map(w, fds[0], alloc.out_ioas_id, 0x200000, VADDR, 2 * PAGE);
	r = r < 0 ? r : raw_attach_pt(w, fds[2], alloc.out_ioas_id);
	return r < 0 ? r : raw_detach_pt(w, fds[1]);
}

static void each_allocation_may_fail(void **state)
{
	struct iova_sim_report report = { .size = sizeof report };
	const struct world *w = *state;
	uint64_t n = 0;

	do {
		int fds[3], r;

		assert_int_equal(iova_sim_fail_allocation(w->sim, ++n), 0);
		r = use(w, fds);
		iova_sim_report(w->sim, &report);
		assert_int_equal(r, report.n_pending_faults ? 0 : -ENOMEM);
		iova_sim_clear_faults(w->sim);
		for (int i = 0; i < 3; i++)
			assert_int_equal(fds[i] < 0 ? 0 : raw_close(w, fds[i]), 0);
		world_assert_clean(w);
	} while (!report.n_pending_faults);
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(nodes, a_device_is_bound_and_attached),
		ON(nodes, binding_looks_at_its_argument_first),
		ON(nodes, only_an_iommufd_can_be_bound_to),
		ON(nodes, a_device_is_bound_once),
		ON(nodes, before_it_is_bound_a_device_answers_nothing),
		ON(nodes, requests_look_at_their_arguments),
		ON(nodes, attaching_again_moves_the_device),
		ON(nodes, closing_detaches_and_lets_go),
		ON(nodes, what_is_left_open_is_named),
		ON(nodes, the_iommufd_may_be_closed_first),
		ON(nodes, a_fd_of_the_group_is_not_bound_by_itself),
		ON(compat_nodes, the_container_of_iommufd_is_an_iommufd),
		ON(nodes, a_binding_that_is_refused_leaves_nothing),
		ON(nodes, each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
