/* SPDX-License-Identifier: MIT */
/* A type with data of its own that inherits another. Prints its constructor and destructor. */
#include <stdio.h>

#include <kos/objects.h>

struct lamp {
	int watts;
};

static Retcode make_lamp(void *object, void *segment, void *createCtx)
{
	struct lamp *lamp = segment;

	lamp->watts = *(const int *)createCtx;
	printf("\"%s\" has %d watts\n", sessio_object_name(object), lamp->watts);
	return rcOk;
}

static void break_lamp(void *object, void *segment)
{
	(void)segment;
	printf("\"%s\" is gone\n", sessio_object_name(object));
}

int main(void)
{
	KosObjectType *lamps, *red_lamps;
	int watts = 40;
	void *object;
	struct lamp *lamp;

	if (KosCreateObjectType(
		    "lamp", RTL_NULL, sizeof(struct lamp), make_lamp, break_lamp, &lamps) ||
		KosCreateObjectType("red lamp", lamps, 0, RTL_NULL, RTL_NULL, &red_lamps)) {
		return 1;
	}
	if (KosCreateObject(red_lamps, "exit", &watts, &object) != rcOk) {
		return 1;
	}
	lamp = sessio_object_cast(object, lamps); /* the segment of the inherited type */
	if (lamp != RTL_NULL) {
		printf("a %s of %d watts\n", sessio_object_type_name(red_lamps), lamp->watts);
	}
	KosPutObject(object); /* the last reference: the destructor runs */
	sessio_object_type_unref(red_lamps);
	sessio_object_type_unref(lamps);
	return lamp == RTL_NULL;
}
