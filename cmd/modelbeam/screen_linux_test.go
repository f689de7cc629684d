package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestNoScreen(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	err := run([]string{"--state", t.TempDir()}, &bytes.Buffer{}, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "beam") {
		t.Errorf("without a screen: %v, want a hint at beam", err)
	}
}
