/* SPDX-License-Identifier: MIT */
/* Every sessio_ function returns a status. Prints what a failure is called, and the version. */
#include <stdio.h>
#include <string.h>

#include <sessio/host.h>
#include <sessio/version.h>

int main(void)
{
	sessio_rules no_rules = (sessio_rules)7;
	sessio_host *host;
	sessio_status status = sessio_host_create(no_rules, &host);

	if (status != SESSIO_OK) {
		printf("%s: %s\n", sessio_status_name(status), sessio_status_text(status));
	}
	if (strcmp(SESSIO_VERSION, sessio_version()) == 0) {
		printf("the headers are those of the library\n");
	}
	return status == SESSIO_OK;
}
