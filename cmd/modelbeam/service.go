package main

import (
	"flag"
	"fmt"
	"path/filepath"
	"slices"

	"modelbeam/app/flags"
	"modelbeam/app/programs"
)

// serviceCommand is the command line of the service. It takes over what ours says of sharing.
func serviceCommand(fs *flag.FlagSet, args []string, dir string) ([]string, error) {
	command, err := programs.Service()
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir) // it may run in another folder than we
	if err != nil {
		return nil, fmt.Errorf("find the state folder: %w", err)
	}
	shared := flags.Without(fs, args, "hidden", "json", "state")
	return slices.Concat(command, []string{"--state", dir}, shared), nil
}
