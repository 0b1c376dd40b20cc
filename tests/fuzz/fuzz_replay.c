/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz program without libFuzzer: on the given files, or on inputs that are
 * the same in every run and on every machine.
 */
#include "fuzz.h"
#include "random.h"

#define INPUTS 2000u
#define INPUT_BYTES 400u

static int replay_file(const char *path)
{
	static uint8_t data[1u << 20];
	FILE *file = fopen(path, "rb");
	size_t size;

	if (file == NULL) {
		perror(path);
		return EXIT_FAILURE;
	}
	size = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	return LLVMFuzzerTestOneInput(data, size);
}

int main(int argc, char **argv)
{
	struct random random = { 2026 };
	uint8_t data[INPUT_BYTES];

	for (int i = 1; i < argc; i++) {
		if (replay_file(argv[i]) != 0) {
			return EXIT_FAILURE;
		}
	}
	for (unsigned input = 0; argc == 1 && input < INPUTS; input++) {
		size_t size = random_below(&random, INPUT_BYTES + 1);

		for (size_t i = 0; i < size; i++) {
			data[i] = (uint8_t)random_next(&random);
		}
		(void)LLVMFuzzerTestOneInput(data, size);
	}
	return EXIT_SUCCESS;
}
