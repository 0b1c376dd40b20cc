/* SPDX-License-Identifier: MIT */
#ifndef ACTS_H
#define ACTS_H

#include "provider.h"

/* Hear the provider's callbacks, and print them in the acts that are about them. */
provider_tell_fn act_users_heard;
provider_tell_fn act_administrator_heard;

/* One after the other, some consumers open the same file. */
void act_sharing(struct provider *provider);

/* Many threads at once, all over the tree. */
void act_crowd(struct provider *provider);

/* Consumers belong to users, one of whom logs off while a file is being read. */
void act_users(struct provider *provider);

/* A file is withdrawn while it is being read. */
void act_administrator(struct provider *provider);

#endif /* ACTS_H */
