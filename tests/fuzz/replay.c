/* Runs a fuzz target without libFuzzer, over every file in the directories that are named. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "banned.h"

#define INPUT_MAX (1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay_file(const char *directory, const char *name)
{
	char path[4096];
	const int len = snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = len > 0 && (size_t)len < sizeof(path) ? fopen(path, "rbe") : NULL;
	if (!file) {
		printf("# cannot open %s/%s\n", directory, name);
		return false;
	}
	/* Exactly as large as the input, so that a sanitizer sees a read past its end. */
	uint8_t *whole = malloc(INPUT_MAX);
	const size_t size = whole != NULL ? fread(whole, 1, INPUT_MAX, file) : 0;
	fclose(file);
	uint8_t *exact = malloc(size > 0 ? size : 1);
	for (size_t i = 0; exact != NULL && i < size; i++)
		exact[i] = whole[i];
	free(whole);
	/* Printed first: where a run stops, this is the input. */
	printf("# %s\n", path);
	fflush(stdout);
	if (exact)
		LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return true;
}

static int replay_directory(const char *directory)
{
	int count = 0;
	DIR *entries = opendir(directory);
	if (!entries)
		return 0;
	for (const struct dirent *entry = readdir(entries); entry != NULL;
	     entry = readdir(entries)) {
		if (entry->d_name[0] == '.')
			continue;
		if (!replay_file(directory, entry->d_name)) {
			closedir(entries);
			return 0;
		}
		count++;
	}
	closedir(entries);
	return count;
}

int main(int argc, char **argv)
{
	int failed = 0;
	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		const int count = replay_directory(argv[i]);
		printf("%sok %d - %d inputs of %s end well\n", count > 0 ? "" : "not ", i, count,
		    argv[i]);
		failed += count > 0 ? 0 : 1;
	}
	return failed > 0 ? 1 : 0;
}
