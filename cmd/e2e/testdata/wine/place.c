/* place TITLE TEXT prints where a control of a dialog is, for who wants to click it, and whether it is ticked: the
 * middle of it on the screen, and 0 or 1. The dialog is found by how its title begins, the control by how its text
 * does. Where there is none that can be clicked, it prints nothing. */
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

static wchar_t **words;

static BOOL begins(HWND window, const wchar_t *with) {
	wchar_t text[256] = L"";
	GetWindowTextW(window, text, 256);
	return IsWindowVisible(window) && IsWindowEnabled(window) && wcsncmp(text, with, wcslen(with)) == 0;
}

static BOOL CALLBACK tell(HWND control, LPARAM unused) {
	RECT place;
	(void)unused;
	if (!begins(control, words[2]) || !GetWindowRect(control, &place))
		return TRUE;
	printf("%ld %ld %d\n", (place.left + place.right) / 2, (place.top + place.bottom) / 2,
		(int)SendMessageW(control, BM_GETCHECK, 0, 0));
	return FALSE;
}

static BOOL CALLBACK look(HWND dialog, LPARAM unused) {
	if (begins(dialog, words[1]))
		EnumChildWindows(dialog, tell, unused);
	return TRUE;
}

int main(void) {
	int count;
	words = CommandLineToArgvW(GetCommandLineW(), &count);
	return !words || count != 3 || !EnumWindows(look, 0);
}
