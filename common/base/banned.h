/*
 * Every .c file includes this header last; afterwards the names below do not compile. They are
 * unbounded copies, parsers that report no errors, reads of the environment, and the shell.
 * No header includes it, because a system header included later may use these names.
 */
#ifndef SF_BANNED_H
#define SF_BANNED_H

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef stpcpy
#undef sprintf
#undef vsprintf
#undef sscanf
#undef strtok
#undef strtok_r
#undef gets
#undef atoi
#undef atol
#undef getenv
#undef system
#undef popen
#undef execvp
#undef execlp
#undef strdupa
#undef alloca

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf sscanf strtok strtok_r gets
#pragma GCC poison atoi atol atoll getenv system popen execvp execlp strdupa alloca

#endif
