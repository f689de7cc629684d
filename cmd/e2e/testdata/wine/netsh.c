/* Stands in for Windows' own netsh, and notes how it was called: Wine has no firewall. */
#include <stdio.h>
#include <windows.h>

int main(void) {
	FILE *notes = fopen("C:\\netsh.txt", "a");
	if (!notes)
		return 1;
	fprintf(notes, "%s\n", GetCommandLineA());
	return fclose(notes);
}
