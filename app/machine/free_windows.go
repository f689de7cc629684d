package machine

import (
	"fmt"

	"golang.org/x/sys/windows"
)

func free(folder string) (int64, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	var mine uint64
	if err := windows.GetDiskFreeSpaceEx(name, &mine, nil, nil); err != nil {
		return 0, fmt.Errorf("ask for the room at %s: %w", folder, err)
	}
	return int64(mine), nil
}
