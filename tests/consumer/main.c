/* SPDX-License-Identifier: MIT */
/* What another project's program may look like: our headers, our library, no more. */
#include <sessio/status.h>
#include <stdio.h>

int main(void)
{
	printf("%s: %s\n", sessio_status_name(SESSIO_BUSY), sessio_status_text(SESSIO_BUSY));
	return 0;
}
