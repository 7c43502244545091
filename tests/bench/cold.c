/*
 * cold PROGRAM [ARGUMENT]...: empty the kernel's user keyring, then become the program: what it finds
 * there it would not ask the desktop for.
 */
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "banned.h"

int main(int argc, char **argv)
{
	if (argc < 2 || syscall(SYS_keyctl, KEYCTL_CLEAR, (long)KEY_SPEC_USER_KEYRING) != 0)
		return 2;
	(void)execv(argv[1], argv + 1);
	return 2;
}
