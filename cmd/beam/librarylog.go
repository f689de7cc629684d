package main

import (
	"bytes"
	"log/slog"
	"regexp"
)

// libraryLog is where package log writes, which is how libraries speak: to a service's file, since nobody reads
// its standard error. What they quote is left out: net/http quotes what servers answer.
type libraryLog struct{ log *slog.Logger }

// quoted is a string as %q writes it.
var quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"?|`[^`]*`?")

func (l libraryLog) Write(line []byte) (int, error) {
	l.log.Warn(quoted.ReplaceAllString(string(bytes.TrimSpace(line)), `"…"`), "by", "a library")
	return len(line), nil
}
