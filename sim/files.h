/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef IOVA_SIM_FILES_H
#define IOVA_SIM_FILES_H

/* What sysfs and /dev look like: a part of private.h. */

#include "state.h"

/* entries.c */
typedef int sim_child_fn(void *arg, const char *name, const struct sim_node *child);
int sim_each_child_(struct iova_sim *sim, const struct sim_node *dir, sim_child_fn *call,
		    void *arg);
bool sim_find_child_(struct iova_sim *sim, const struct sim_node *dir, const char *name,
		     size_t length, struct sim_node *ret_child);
void sim_go_up_(struct sim_node *node);

/* tree.c */
#define SIM_FOLLOW 1u /* a link at the end of the path, too */
#define SIM_BLIND 2u  /* to files that misbehave */
const struct sim_file_fault *sim_file_fault_(const struct iova_sim *sim,
					     const struct sim_node *node);
int sim_walk_(struct iova_sim *sim, const struct sim_node *from, const char *path, unsigned int how,
	      struct sim_node *ret_node);
int sim_node_list_(struct iova_sim *sim, const struct sim_node *node, iova_sys_name_fn *each,
		   void *arg);

/* contents.c */
bool sim_node_is_link_(const struct sim_node *node);
bool sim_node_is_dir_(const struct sim_node *node);
int sim_node_text_(struct iova_sim *sim, const struct sim_node *node, char **ret_text);
void sim_node_link_(const struct sim_node *node, char *target, size_t size);

/* files.c */
int sim_start_of_path_(struct iova_sim *sim, int dir, const char *path, struct sim_node *ret_node);
int64_t sim_sys_read_file_(void *data, int dir, const char *path, char *buffer, size_t size);
int64_t sim_sys_read_link_(void *data, int dir, const char *path, char *buffer, size_t size);
int sim_sys_list_(void *data, int dir, const char *path, iova_sys_name_fn *each, void *arg);

#endif
