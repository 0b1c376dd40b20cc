/* SPDX-License-Identifier: MIT */
#ifndef ACTS_H
#define ACTS_H

#include "provider.h"

/* Hears the provider's callbacks; told aloud in the acts that are about them. */
provider_tell_fn act_heard;

/* One after the other, some consumers open the same file. */
void act_sharing(struct provider *provider);

/* Many threads at once, all over the tree. */
void act_crowd(struct provider *provider);

/* A file is withdrawn while it is being read. */
void act_administrator(struct provider *provider);

#endif /* ACTS_H */
