/* Stands in for Windows' own netsh, and notes how it was called: Wine has no firewall. */
#include <stdio.h>
#include <windows.h>

int main(void) {
	char line[8192];
	FILE *notes = fopen("C:\\netsh.txt", "ab");
	if (!notes || !WideCharToMultiByte(CP_UTF8, 0, GetCommandLineW(), -1, line, sizeof line, NULL, NULL))
		return 1;
	fprintf(notes, "%s\n", line);
	return fclose(notes);
}
