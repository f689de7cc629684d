package logfile

import "path/filepath"

// Folder is where the logs are of the Modelbeam that keeps its state in the folder state: in the place that the
// system has for logs when that is the usual one, else in state itself, so that two of them never share a
// file. It makes nothing.
func Folder(state, usual string) string {
	if filepath.Clean(state) == filepath.Clean(usual) {
		if dir, err := systemFolder(); err == nil {
			return dir
		}
	}
	return filepath.Join(state, "logs")
}
