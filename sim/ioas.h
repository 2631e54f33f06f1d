/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_IOAS_H
#define IOVA_SIM_IOAS_H

/*
 * What the files of IOASes offer one another. See iommufd.h for the short names in comments.
 */

#include "iommufd.h"

/* ioas.c */
int sim_ioas_new_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas **ret_ioas);
void sim_ioas_free_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas *ioas);
int sim_ioas_reserve_(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t start, uint64_t last,
		      const void *owner);
void sim_ioas_unreserve_(struct sim_ioas *ioas, const void *owner);
bool sim_ioas_is_reserved_(const struct sim_ioas *ioas, uint64_t start, uint64_t last);
int sim_ioas_align_(const struct iova_sim *sim, struct sim_ioas *ioas);
int sim_ioas_small_pages_(const struct iova_sim *sim, struct sim_ioas *ioas, bool small);

/* ioas-holes.c: what is free. */
struct sim_holes {
	const struct sim_ioas *ioas;
	bool mapped; /* mappings are no holes */
	uint64_t next;
	uint64_t last; /* look no further */
	bool done;
};
struct sim_holes sim_holes_(const struct sim_ioas *ioas, uint64_t start, uint64_t last,
			    bool mapped);
bool sim_holes_next_(struct sim_holes *holes, struct iova_range *ret_hole);
int sim_ioas_choose_(const struct iova_sim *sim, const struct sim_ioas *ioas, uint64_t memory,
		     uint64_t length, uint64_t *ret_iova);

/* ioas-areas.c */
struct sim_area *sim_areas_first_(const struct sim_ioas *ioas, uint64_t start, uint64_t last);
int sim_areas_insert_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *area);
void sim_areas_remove_(struct sim_ioas *ioas, struct sim_area *area);
int sim_area_split_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *area,
		    uint64_t at);
int sim_areas_conform_(const struct iova_sim *sim, const struct sim_ioas *ioas, uint64_t alignment);

/* ioas-pages.c */
struct sim_pages *sim_pages_new_(struct iova_sim *sim, const struct sim_iommufd *iommufd,
				 uint64_t start, bool writable);
void sim_pages_put_(struct sim_pages *pages);
int sim_area_pin_(struct iova_sim *sim, struct sim_area *area);
void sim_area_unpin_(struct iova_sim *sim, struct sim_area *area);

/* ioas-map.c */
struct sim_source {
	uint64_t start; /* address, or offset in the file */
	const struct sim_fd *file;
};
struct sim_place {
	bool chosen; /* by the kernel */
	uint64_t iova;
	uint64_t length;
};
int sim_ioas_map_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas *ioas,
		  const struct sim_source *source, uint32_t flags, struct sim_place *place);
int sim_ioas_insert_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area **pieces,
		     size_t n, struct sim_place *place);
int sim_ioas_prot_(uint32_t flags, uint32_t *ret_flags);
int sim_ioas_map_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);
int sim_ioas_map_file_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);

/* ioas-copy.c */
int sim_ioas_copy_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);

/* ioas-unmap.c */
int sim_ioas_unmap_(struct iova_sim *sim, struct sim_ioas *ioas, uint64_t start, uint64_t last,
		    uint64_t *ret_unmapped);
void sim_area_drop_(struct iova_sim *sim, struct sim_ioas *ioas, struct sim_area *area);
int sim_ioas_unmap_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);

/* ioas-ranges.c */
int sim_ioas_ranges_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);
int sim_ioas_allow_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);

/* ioas-table.c: page tables of an IOAS. */
int sim_area_fill_(struct iova_sim *sim, struct sim_area *area, const struct sim_table *table);
int sim_table_new_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_ioas *ioas,
		   const struct iova_sim_iommu *iommu, struct sim_table **ret_table);
int sim_table_join_(struct iova_sim *sim, struct sim_table *table);
void sim_table_put_(struct iova_sim *sim, struct sim_iommufd *iommufd, struct sim_table *table);

/* iommufd-option.c, iommufd-objects.c */
int sim_option_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);
int sim_vfio_ioas_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);
int sim_hw_info_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);
int sim_ioas_alloc_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);
int sim_destroy_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, void *argument);

/* compat.c, compat-info.c */
int sim_compat_ioctl_(struct iova_sim *sim, struct sim_iommufd *iommufd, unsigned long request,
		      void *argument);
int sim_compat_info_(struct iova_sim *sim, struct sim_ioas *ioas, void *argument);

#endif
