/* SPDX-License-Identifier: MIT */
#include <stdio.h>

const char *plugin_use(void);

int main(void)
{
	printf("sessio %s\n", plugin_use());
	return 0;
}
