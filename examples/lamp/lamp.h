/* SPDX-License-Identifier: MIT */
/* The agreement between the provider of a lamp and its consumers. */
#ifndef LAMP_H
#define LAMP_H

#define LAMP_LOOK 1u /* rights */
#define LAMP_SWITCH 2u

enum lamp_operation { LAMP_IS_LIT = 1, LAMP_TOGGLE = 2 };

#endif /* LAMP_H */
