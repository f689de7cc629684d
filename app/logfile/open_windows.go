package logfile

import "os"

// open opens what is at path for appending. Nobody else may put links into a folder of this user.
func open(path string) (*os.File, error) { return os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0) }
