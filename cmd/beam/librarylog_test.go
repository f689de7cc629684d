package main

import (
	"log"
	"log/slog"
	"strings"
	"testing"
)

func TestLibrariesQuoteNobody(t *testing.T) {
	var text strings.Builder
	l := log.New(libraryLog{slog.New(slog.NewTextHandler(&text, nil))}, "", 0)
	const secret = "the \"secret\" answer\n\\"
	l.Printf("Unsolicited response received on idle HTTP channel starting with %q; err=%v", secret, "EOF")
	l.Printf("%#q and %q", "the secret", "cut off: the secret")
	l.Print(`a "quote of the secret that does not end`)
	l.Print("systray error: no desktop")
	said := text.String()
	if strings.Contains(said, "secret") {
		t.Errorf("the log says %s", said)
	}
	for _, want := range []string{"Unsolicited response", "err=EOF", "systray error: no desktop", "level=WARN"} {
		if !strings.Contains(said, want) {
			t.Errorf("the log does not say %q, but %s", want, said)
		}
	}
	if lines := strings.Count(said, "\n"); lines != 4 {
		t.Errorf("the log has %d lines, want 4: %s", lines, said)
	}
}
